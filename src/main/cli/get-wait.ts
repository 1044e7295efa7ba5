import { AppError, type ErrorCode, type WireError } from '../../shared/errors.ts';
import { momentText } from '../catalogue/rights.ts';
import type { TransferState, WaitReason } from '../../shared/model/transfer.ts';
import type { TransferRow, TransfersClient } from '../transfers/api.ts';

/**
 * A line that is dead for so many tries in a row ends the call; what was fetched stays for the next
 * one.
 */
export const CALL_SETTINGS = { scope: 'touched', maxAttempts: 5 } as const;
export const INTERRUPTED: WireError = {
  code: 'cancelled',
  message: 'Interrupted; the same call again goes on',
  retryable: true,
};

export async function mustNotBePaused(transfers: TransfersClient): Promise<void> {
  if ((await transfers.totals()).paused)
    throw new AppError('usage', 'All transfers are paused; `desk queue resume` lets them go on');
}

/**
 * What a call that must end takes as its end, though the queue of the app would wait for somebody.
 */
const ENDS: Partial<Record<WaitReason, { code: ErrorCode; message: string }>> = {
  'signed-out': { code: 'signed-out', message: 'Sign in first: desk account login' },
  terms: {
    code: 'terms-not-accepted',
    message: 'The terms of use have changed: desk account terms --accept',
  },
  quota: { code: 'quota-exceeded', message: 'The quota of the day is used up' },
  embargo: { code: 'embargoed', message: 'Under embargo' },
  superseded: { code: 'superseded', message: 'There is a newer version: desk catalogue sync' },
  'disk-full': { code: 'disk-full', message: 'There is not enough room on the disk' },
  'destination-missing': { code: 'destination-missing', message: 'The folder is not there' },
};

/** Null for a transfer that is done or still on its way. */
export function endOf(state: TransferState | undefined): WireError | null {
  if (state?.phase === 'failed')
    return {
      code: state.code,
      message: state.message,
      retryable: state.retryable,
      ...(state.restrictionIds ? { restrictionIds: state.restrictionIds } : {}),
    };
  if (state?.phase === 'cancelled')
    return { code: 'cancelled', message: 'It was cancelled', retryable: true };
  if (state?.phase !== 'waiting') return null;
  const end = ENDS[state.reason];
  if (!end) return null;
  const short = state.shortBytes === null ? '' : `: ${state.shortBytes} bytes are missing`;
  const until =
    state.reason === 'embargo' && state.untilMs !== null
      ? ` until ${momentText(state.untilMs)}`
      : '';
  return { ...end, message: `${end.message}${short}${until}`, retryable: true };
}

const isSettled = (state: TransferState): boolean =>
  state.phase === 'done' || endOf(state) !== null;

/** What of a row is needed to wait for it: ten thousand of them are held at once. */
export type Waited = Pick<
  TransferRow,
  | 'id'
  | 'title'
  | 'state'
  | 'receivedBytes'
  | 'totalBytes'
  | 'bytesPerSecond'
  | 'filesDone'
  | 'filesTotal'
  | 'deadline'
>;

export const waitedOf = ({
  id,
  title,
  state,
  receivedBytes,
  totalBytes,
  bytesPerSecond,
  filesDone,
  filesTotal,
  deadline,
}: Waited): Waited => ({
  id,
  title,
  state,
  receivedBytes,
  totalBytes,
  bytesPerSecond,
  filesDone,
  filesTotal,
  deadline,
});

/**
 * Waits for the transfers, by id or as they were read last, to come to an end, or for SIGINT or
 * SIGTERM; tells the rows whenever one changes.
 */
export async function untilSettled(
  transfers: TransfersClient,
  waitedFor: readonly (string | Waited)[],
  onProgress: (rows: Waited[]) => void,
  settled: (state: TransferState) => boolean = isSettled,
): Promise<{ interrupted: boolean; rows: Waited[] }> {
  const ids = waitedFor.map((one) => (typeof one === 'string' ? one : one.id));
  const wanted = new Set(ids);
  const rows = new Map<string, Waited>();
  const all = () => ids.flatMap((id) => rows.get(id) ?? []);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const look = (current: readonly Waited[]) => {
    if (current.length === ids.length && current.every(({ state }) => settled(state)))
      resolve(false);
  };
  const stop = transfers.onChanged((change) => {
    for (const row of change.rows) if (wanted.has(row.id)) rows.set(row.id, waitedOf(row));
    const current = all();
    onProgress(current);
    look(current);
  });
  const interrupt = () => resolve(true);
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    for (const one of waitedFor) {
      const row = typeof one === 'string' ? await transfers.detail(one) : one;
      // A push that came meanwhile is newer.
      if (!rows.has(row.id)) rows.set(row.id, row);
    }
    look(all());
    return { interrupted: await promise, rows: all() };
  } finally {
    stop();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}
