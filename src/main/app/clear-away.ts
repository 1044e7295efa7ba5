import { AppError, toWire, type WireError } from '../../shared/errors.ts';
import type { ClearedPlace, PlaceRef, TransfersApi } from '../transfers/api.ts';
import type { Ledger } from './ledger.ts';

type Deps = {
  transfers: Pick<TransfersApi, 'clearFromDisk' | 'clearedFromDisk'>;
  ledger: Pick<Ledger, 'append'>;
};
type Outcome = {
  items: ClearedPlace[];
  failed: { id: string; folder: string; error: WireError }[];
};

/**
 * Deletes what may not be used any more, one place after the other. Each is in the ledger before the
 * last trace of it goes; after a kill between the two it can be cleared again, and is recorded again.
 */
export async function clearFromDisk(
  { transfers, ledger }: Deps,
  places: readonly PlaceRef[],
): Promise<Outcome> {
  const outcome: Outcome = { items: [], failed: [] };
  for (const place of places) {
    try {
      const { subject, reason, ...cleared } = await transfers.clearFromDisk(place);
      await ledger.append([
        {
          kind: 'cleared-from-disk',
          subject,
          what: {
            folder: place.folder,
            transferId: place.id,
            count: cleared.files,
            value: reason,
          },
        },
      ]);
      await transfers.clearedFromDisk(place);
      outcome.items.push({ ...cleared, subject, reason });
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
      outcome.failed.push({ ...place, error: toWire(thrown) });
    }
  }
  return outcome;
}
