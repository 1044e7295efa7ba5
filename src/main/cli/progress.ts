import { bytesText, formatDuration, rateText } from '../../shared/model/figures.ts';
import { etaSeconds } from '../../shared/model/rate.ts';
import type { Output } from './output.ts';
import { AppError, type ErrorCode, type WireError } from '../../shared/errors.ts';
import type { KeychainState } from '../account/ports.ts';
import { momentText } from '../catalogue/rights.ts';
import {
  isActive,
  isEnded,
  type TransferState,
  type WaitReason,
} from '../../shared/model/transfer.ts';
import type { TransferRow, TransferTotals, TransfersApi } from '../transfers/api.ts';
import { hostName, type Terminal } from './terminal.ts';

const BAR_CELLS = 24;

const TIME = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
/** `24 Nov 2026, 18:00` in local time, in which deadlines are given. */
export const shownTime = (ms: number): string => TIME.format(ms);

type Progress = {
  receivedBytes: number;
  totalBytes: number | null;
  bytesPerSecond: number;
  etaSeconds: number | null;
  files: { done: number; total: number };
};

/**
 * Sums the rows. Bytes already on disk count as received; the total is null while one is unknown.
 */
export function progressOf(rows: readonly WaitRow[]): Progress {
  const sum = (of: (row: WaitRow) => number) => rows.reduce((total, row) => total + of(row), 0);
  const receivedBytes = sum((row) => row.receivedBytes);
  const totalBytes = rows.some((row) => row.totalBytes === null)
    ? null
    : sum((row) => row.totalBytes ?? 0);
  const bytesPerSecond = sum((row) => row.bytesPerSecond);
  return {
    receivedBytes,
    totalBytes,
    bytesPerSecond,
    etaSeconds:
      totalBytes === null
        ? null
        : etaSeconds(Math.max(0, totalBytes - receivedBytes), bytesPerSecond),
    files: { done: sum((row) => row.filesDone), total: sum((row) => row.filesTotal) },
  };
}

/** @param waits why nothing moves; null while something does */
function bar(
  { receivedBytes, totalBytes, bytesPerSecond, etaSeconds, files }: Progress,
  waits: string | null,
): string {
  const share =
    totalBytes === null || totalBytes === 0 ? 0 : Math.min(1, receivedBytes / totalBytes);
  const cells = Math.round(share * BAR_CELLS);
  const of = totalBytes === null ? '' : ` of ${bytesText(totalBytes)}`;
  const left = etaSeconds === null ? '' : `, ${formatDuration(etaSeconds)} left`;
  const pace = waits === null ? `${rateText(bytesPerSecond)}${left}` : `waiting: ${waits}`;
  return `[${'#'.repeat(cells)}${'-'.repeat(BAR_CELLS - cells)}] ${bytesText(receivedBytes)}${of}, ${files.done}/${files.total} files, ${pace}`;
}

/**
 * Progress of a command: JSON lines, or a bar where stderr is a terminal. Where stderr is a file or
 * a log, only the reasons to wait.
 */
export class ProgressPrinter {
  readonly #out: Output;
  #drawn: Progress | null = null;
  #waits: string | null = null;
  #noted: string | null = null;

  constructor(out: Output) {
    this.#out = out;
  }

  tell(progress: Progress): void {
    if (this.#out.json) this.#out.line({ type: 'progress', ...progress });
    else if (this.#out.terminal.isTTY) {
      this.#out.terminal.err(`\r\u001b[K${bar(progress, this.#waits)}`);
      this.#drawn = progress;
    }
  }

  /** A repeated reason is noted once: each retry would report the same one again. */
  wait(reason: string | null): void {
    if (reason === this.#waits) return;
    this.#waits = reason;
    if (this.#out.terminal.isTTY) {
      if (this.#drawn) this.tell(this.#drawn);
    } else if (reason !== null && reason !== this.#noted) {
      this.#noted = reason;
      this.#out.note(`Waiting: ${reason}`);
    }
  }

  end(): void {
    if (this.#drawn) this.#out.terminal.err('\n');
    this.#drawn = null;
  }
}

/**
 * Warns once per transfer that will miss its deadline: a `late` line for scripts, a note for
 * people.
 */
export class DelayedPrinter {
  readonly #out: Output;
  readonly #told = new Set<string>();

  constructor(out: Output) {
    this.#out = out;
  }

  tell(rows: readonly WaitRow[]): void {
    for (const { id, title, deadline } of rows) {
      if (!deadline?.late || this.#told.has(id)) continue;
      this.#told.add(id);
      const [deadlineAt, expectedAt] = [
        new Date(deadline.atMs).toISOString(),
        deadline.expectedAtMs === null ? null : new Date(deadline.expectedAtMs).toISOString(),
      ];
      this.#out.line({ type: 'late', id, deadlineAt, expectedAt });
      this.#out.note(
        `${title} won’t be ready by ${shownTime(deadline.atMs)}${deadline.expectedAtMs === null ? '' : `, expected ${shownTime(deadline.expectedAtMs)}`}`,
      );
    }
  }
}

/** Gives up after this many failed attempts in a row; partial files stay for the next run. */
export const COMMAND_SETTINGS = { scope: 'started-here', maxAttempts: 5 } as const;
/**
 * What a command ends with that was interrupted; the queue of a host is not.
 *
 * @param rows its own downloads; null if they are the whole queue
 */
export const interruptedError = (
  { host }: Terminal,
  rows: readonly WaitRow[] | null,
): WireError => ({
  code: 'cancelled',
  message:
    host === null
      ? 'Interrupted. Run the same command again to resume.'
      : `Interrupted. ${hostName(host, true)} continues downloading.${pauseText(rows)}`,
  retryable: true,
});

/** Without IDs it would pause the downloads of everybody. */
function pauseText(rows: readonly WaitRow[] | null): string {
  if (rows === null) return ' Pause it with: desk queue pause';
  const ids = rows.filter(({ state }) => !isEnded(state)).map(({ id }) => id);
  if (ids.length === 0) return '';
  return ` Pause ${ids.length === 1 ? 'it' : 'them'} with: desk queue pause ${ids.join(' ')}`;
}

export async function requireNotPaused(transfers: TransfersApi): Promise<void> {
  if ((await transfers.totals()).paused)
    throw new AppError('usage', 'All downloads are paused. Resume them with: desk queue resume');
}

type Waiting = Extract<TransferState, { phase: 'waiting' }>;

const REASONS: Record<WaitReason, string> = {
  offline: 'no connection',
  retry: 'connection lost, retrying',
  'disk-full': 'disk full',
  'destination-missing': 'folder not found',
  'signed-out': 'sign in to continue',
  terms: 'accept the new terms of use',
  quota: 'daily quota reached',
  embargo: 'under embargo',
  superseded: 'newer version available',
  'other-service': 'its service isn’t in use',
  'all-paused': 'all downloads paused',
};

const shortText = ({ shortBytes }: Waiting): string =>
  shortBytes === null ? '' : `, ${bytesText(shortBytes)} more needed`;
const untilText = ({ reason, untilMs }: Waiting): string =>
  untilMs === null
    ? ''
    : reason === 'embargo'
      ? ` until ${momentText(untilMs)}`
      : reason === 'quota'
        ? `, resets ${momentText(untilMs)}`
        : '';
/**
 * The reason to wait, as a state line has it: with the size that is missing, or the end of an
 * embargo or quota.
 */
export const waitText = (state: Waiting): string =>
  `${REASONS[state.reason]}${shortText(state)}${untilText(state)}`;

/** Why none of `rows` moves; null while one does or is about to start. */
function waitOf(rows: readonly WaitRow[], { isPaused, untilMs }: Limit): string | null {
  const states = rows.map(({ state }) => state);
  if (states.some(isActive)) return null;
  const waiting = states.find((state) => state.phase === 'waiting');
  if (waiting) return waitText(waiting);
  return isPaused && states.some(({ phase }) => phase === 'queued')
    ? `paused by schedule${untilMs === null ? '' : ` until ${shownTime(untilMs)}`}`
    : null;
}
type Limit = TransferTotals['limit'];

/** Reasons that end a command, although the queue itself would wait for a person. */
const ENDS: Partial<Record<WaitReason, { code: ErrorCode; message: string }>> = {
  'signed-out': { code: 'signed-out', message: 'Sign in first. Run: desk account login' },
  terms: {
    code: 'terms-not-accepted',
    message: 'The terms of use have changed. Accept them with: desk account terms --accept',
  },
  quota: { code: 'quota-exceeded', message: 'Daily quota reached' },
  embargo: { code: 'embargoed', message: 'Under embargo' },
  superseded: { code: 'superseded', message: 'Newer version available. Run: desk catalogue sync' },
  'other-service': {
    code: 'other-service',
    message:
      'From another service. Name it with --service URL or --demo and run the same command again.',
  },
  'disk-full': { code: 'disk-full', message: 'Disk full' },
  'destination-missing': { code: 'destination-missing', message: 'Folder not found' },
};

/** Signing in doesn't help while the keychain withholds the session. */
const KEYCHAIN_ENDS: Partial<Record<KeychainState, string>> = {
  locked: 'The keychain is locked. Unlock it and run the same command again.',
  unanswered: 'The keychain isn’t responding. Run the same command again in a moment.',
};

/** The error that ends the command; null for a transfer that is done or still under way. */
export function outcomeOf(
  state: TransferState | undefined,
  keychain: KeychainState = 'ok',
): WireError | null {
  if (state?.phase === 'failed')
    return {
      code: state.code,
      message: state.message,
      retryable: state.retryable,
      ...(state.restrictionIds ? { restrictionIds: state.restrictionIds } : {}),
    };
  if (state?.phase === 'cancelled')
    return { code: 'cancelled', message: 'Cancelled', retryable: true };
  if (state?.phase !== 'waiting') return null;
  const end = ENDS[state.reason];
  if (!end) return null;
  const held = state.reason === 'signed-out' ? KEYCHAIN_ENDS[keychain] : undefined;
  return {
    ...end,
    message: held ?? `${end.message}${shortText(state)}${untilText(state)}`,
    retryable: true,
  };
}

const isSettled = (state: TransferState): boolean =>
  state.phase === 'done' || outcomeOf(state) !== null;

/** Only the members that waiting needs: ten thousand rows are held at once. */
export type WaitRow = Pick<
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
  | 'recorded'
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
  recorded,
}: WaitRow): WaitRow => ({
  id,
  title,
  state,
  receivedBytes,
  totalBytes,
  bytesPerSecond,
  filesDone,
  filesTotal,
  deadline,
  recorded,
});

type Progressing = {
  terminal: Terminal;
  onProgress(rows: WaitRow[]): void;
  /** Called at the start and with each change: why nothing moves, null while something does. */
  onWait(reason: string | null): void;
};

/**
 * Waits until the transfers, given by ID or as rows read before, are settled, or for an interrupt.
 */
export async function waitUntilSettled(
  transfers: TransfersApi,
  waitedFor: readonly (string | WaitRow)[],
  { terminal, onProgress, onWait }: Progressing,
  settled: (state: TransferState) => boolean = isSettled,
): Promise<{ interrupted: boolean; rows: WaitRow[] }> {
  const ids = waitedFor.map((one) => (typeof one === 'string' ? one : one.id));
  const wanted = new Set(ids);
  const rows = new Map<string, WaitRow>();
  const all = () => ids.flatMap((id) => rows.get(id) ?? []);
  const isOpen = ({ state }: WaitRow) => !settled(state);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const look = (current: readonly WaitRow[]) => {
    if (current.length === ids.length && !current.some(isOpen)) resolve(false);
  };
  const stop = transfers.onChanged((change) => {
    for (const row of change.rows) if (wanted.has(row.id)) rows.set(row.id, waitedOf(row));
    const current = all();
    onWait(waitOf(current.filter(isOpen), change.totals.limit));
    onProgress(current);
    look(current);
  });
  const stopListening = terminal.onInterrupt(() => resolve(true));
  try {
    for (const one of waitedFor) {
      const row = typeof one === 'string' ? await transfers.detail(one) : one;
      // A push during the read is newer than its result.
      if (!rows.has(row.id)) rows.set(row.id, row);
    }
    onWait(waitOf(all().filter(isOpen), (await transfers.totals()).limit));
    look(all());
    return { interrupted: await promise, rows: all() };
  } finally {
    stop();
    stopListening();
  }
}
