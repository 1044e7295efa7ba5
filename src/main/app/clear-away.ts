import type { ClearingStore } from '../adapters/fs/clearings-file.ts';
import { AppError, toWire, type WireError } from '../../shared/errors.ts';
import type { ClearedPlace, PlaceRef, TransfersApi } from '../transfers/api.ts';
import { reportedSubject, type Ledger } from './ledger.ts';

type Deps = {
  transfers: Pick<TransfersApi, 'clearFromDisk' | 'clearedFromDisk'>;
  ledger: Pick<Ledger, 'append'>;
  clearings: ClearingStore;
};
type Outcome = {
  items: ClearedPlace[];
  failed: { id: string; folder: string; error: WireError }[];
};

const isSame =
  ({ id, folder }: PlaceRef) =>
  (other: PlaceRef): boolean =>
    other.id === id && other.folder === folder;

/**
 * Deletes what may not be used any more, one place after the other. What is begun is noted before,
 * and each place is in the ledger before the last trace of it goes; after a kill between the two it
 * can be cleared again, or is recorded by the next start.
 */
export async function clearFromDisk(
  { transfers, ledger, clearings }: Deps,
  places: readonly PlaceRef[],
): Promise<Outcome> {
  const outcome: Outcome = { items: [], failed: [] };
  for (const { id, folder } of places) {
    const place = { id, folder };
    try {
      const others = clearings.read().filter((one) => !isSame(place)(one));
      clearings.write([...others, place]);
      const { subject, reason, ...cleared } = await transfers.clearFromDisk(place);
      await ledger.append([
        {
          kind: 'cleared-from-disk',
          subject,
          what: { folder, transferId: id, count: cleared.files, value: reason },
        },
      ]);
      await transfers.clearedFromDisk(place);
      clearings.write(others);
      outcome.items.push({ ...cleared, subject, reason });
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
      outcome.failed.push({ ...place, error: toWire(thrown) });
    }
  }
  return outcome;
}

/**
 * Records what an earlier run has cleared and could not record. What is still there can be cleared
 * again; of what can't be reached nothing is known yet.
 */
export async function catchUpClearings({
  transfers,
  ledger,
  clearings,
}: Pick<Deps, 'ledger' | 'clearings'> & { transfers: TransfersApi }): Promise<void> {
  const begun = clearings.read();
  if (begun.length === 0) return;
  const { items, away } = await transfers.clearable();
  if (away > 0) return;
  const gone = begun.filter((place) => !items.some(isSame(place)));
  const facts = await Promise.all(
    gone.map(async ({ id, folder }) => ({
      kind: 'cleared-from-disk' as const,
      subject: await reportedSubject(transfers, id),
      what: { folder, transferId: id },
    })),
  );
  await ledger.append(facts);
  clearings.write([]);
}
