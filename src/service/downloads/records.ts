import { requireLiveSession } from '../accounts/authenticate.ts';
import { DAY, iso } from '../clock.ts';
import type { PackageEntry } from '../content/library.ts';
import type { Context } from '../context.ts';
import { newId } from '../crypto/tokens.ts';
import type { Authenticated } from '../http/call.ts';
import { problem } from '../http/problems.ts';
import type { DownloadRecord, StoreTx } from '../store/ports.ts';

/**
 * Each package counts once a day (UTC), however often its addresses are asked for. @returns whether
 * it counts by now
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

/**
 * Writes down who is given the addresses of which package, within what an account may fetch in a
 * day.
 */
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
     * With its addresses a Metalink is a download. It may be asked for often, so it is written down
     * only to be counted. @throws quota-exceeded, invalid-token
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
