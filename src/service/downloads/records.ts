import { requireLiveSession } from '../accounts/authenticate.ts';
import { DAY, iso } from '../clock.ts';
import type { PackageEntry } from '../content/library.ts';
import type { Context } from '../context.ts';
import { newId } from '../crypto/tokens.ts';
import type { Authenticated } from '../http/call.ts';
import { problem } from '../http/problems.ts';
import type { DownloadRecord, StoreTx } from '../store/ports.ts';

/**
 * Counts each package once per UTC day, however often its addresses are requested.
 * @returns whether it was counted before
 * @throws quota-exceeded
 */
async function isCounted(tx: StoreTx, wanted: DownloadRecord, quota: number): Promise<boolean> {
  const midnight = Math.floor(wanted.createdAt / DAY) * DAY;
  const today = (await tx.downloads.ofAccount(wanted.accountId)).filter(
    ({ createdAt }) => createdAt >= midnight,
  );
  const had = new Map(today.map(({ packageId, rev, bytes = 0 }) => [`${packageId} ${rev}`, bytes]));
  if (had.has(`${wanted.packageId} ${wanted.rev}`)) return true;
  const used = [...had.values()].reduce((sum, bytes) => sum + bytes, 0);
  if (used + (wanted.bytes ?? 0) > quota)
    throw problem(
      'quota-exceeded',
      { resetsAt: iso(midnight + DAY) },
      { retryAfterMs: midnight + DAY - wanted.createdAt },
    );
  return false;
}

/** Records which account got the addresses of which package, within the daily quota. */
export function createDownloadRecords({
  clock,
  store,
  quotaBytesPerDay,
}: Pick<Context, 'clock' | 'store' | 'quotaBytesPerDay'>) {
  const recordOf = (
    { package: { id: packageId, rev, bytes } }: PackageEntry,
    { account }: Authenticated,
    acknowledged: string[],
  ): DownloadRecord => ({
    id: newId('dl'),
    accountId: account.id,
    packageId,
    rev,
    bytes,
    state: 'open',
    createdAt: clock.now(),
    acknowledged,
    receipt: null,
  });

  return {
    /** @throws quota-exceeded, invalid-token */
    open: (
      entry: PackageEntry,
      auth: Authenticated,
      acknowledged: string[],
    ): Promise<DownloadRecord> =>
      store.transaction(async (tx) => {
        const record = recordOf(entry, auth, acknowledged);
        await requireLiveSession(tx, auth);
        if (quotaBytesPerDay !== null) await isCounted(tx, record, quotaBytesPerDay);
        await tx.downloads.put(record);
        return record;
      }),

    /**
     * A Metalink includes addresses, so it counts as a download. Only the first of a day is
     * recorded, since it may be requested often.
     * @throws quota-exceeded, invalid-token
     */
    async countMetalink(entry: PackageEntry, auth: Authenticated): Promise<void> {
      if (quotaBytesPerDay === null) return;
      await store.transaction(async (tx) => {
        const record = recordOf(entry, auth, []);
        await requireLiveSession(tx, auth);
        if (!(await isCounted(tx, record, quotaBytesPerDay))) await tx.downloads.put(record);
      });
    },
  };
}
