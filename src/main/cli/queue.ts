import { Command } from 'commander';
import { AppError } from '../../shared/errors.ts';
import { isEnded } from '../../shared/model/transfer-reducer.ts';
import type { RightsState } from '../../shared/model/rights.ts';
import type { TransferState } from '../../shared/model/transfer.ts';
import { parseRate } from '../../shared/model/rate.ts';
import type { TransferRow, TransfersClient, Wishes } from '../transfers/api.ts';
import { momentOf } from './get.ts';
import { ProgressTeller, progressOf, shownBytes } from './get-progress.ts';
import { endOf, untilSettled, waitedOf, type Waited } from './get-wait.ts';
import type { Output } from './output.ts';

export type QueueContext = { transfers: TransfersClient; out: Output };
export const QUEUE_ACTIONS = [
  'list',
  'run',
  'set',
  'pause',
  'resume',
  'cancel',
  'retry',
  'clear',
] as const;
export type QueueAction = (typeof QUEUE_ACTIONS)[number];

const DESCRIPTIONS: Record<QueueAction, string> = {
  list: 'what is queued, running and ended',
  set: 'deadline, limit and urgency of one',
  run: 'run the queue until nothing is left that can go on by itself',
  pause: 'pause these, or all',
  resume: 'let these go on, or all',
  cancel: 'take these out; what was fetched stays until clear',
  retry: 'try these again, or all that failed',
  clear: 'remove these from the list, or all that are done or cancelled',
};

/** The commands of `desk queue`; the one who opens the desk gives each its action, `runQueue`. */
export function queueCommand(
  action: (name: QueueAction, ids: string[], command: Command) => Promise<void>,
): Command {
  const queue = new Command('queue').description('the queue of downloads');
  for (const name of QUEUE_ACTIONS) {
    const command = queue.command(name).description(DESCRIPTIONS[name]);
    if (name === 'set') addWishes(command);
    else if (name === 'list')
      command
        .option(
          '--search <words>',
          'only those with these words in title, id, names of files or date',
        )
        .option('--removed', 'those that were finished and removed from the list');
    else if (name === 'cancel') command.argument('<id...>');
    else if (name !== 'run') command.argument('[id...]');
    command.action(() => action(name, command.args, command));
  }
  return queue;
}

function addWishes(command: Command): void {
  command
    .argument('<id>')
    .option('--deadline <when>', 'when it is needed: 18:00, +2h, 2026-11-24 18:00, or none')
    .option(
      '--limit <rate>',
      'bytes a second for this one, with K, M or G for powers of 1024, or none',
    )
    .option('--urgent', 'before all others')
    .option('--not-urgent', 'in its turn');
}

export type WishOptions = {
  deadline?: string;
  limit?: string;
  urgent?: boolean;
  notUrgent?: boolean;
};

/** @throws `usage` when nothing is wanted or it is no time or rate. */
function wishesOf({ deadline, limit, urgent, notUrgent }: WishOptions): Wishes {
  const rate = limit === undefined || limit === 'none' ? null : parseRate(limit);
  if (limit !== undefined && limit !== 'none' && rate === null)
    throw new AppError('usage', '--limit takes bytes a second, for example 500K or 20M, or none');
  if (deadline === undefined && limit === undefined && !urgent && !notUrgent)
    throw new AppError(
      'usage',
      'Say what is to be set: --deadline, --limit, --urgent or --not-urgent',
    );
  return {
    ...(deadline === undefined
      ? {}
      : { deadlineMs: deadline === 'none' ? null : momentOf(deadline) }),
    ...(limit === undefined ? {} : { limitBytesPerSecond: rate }),
    ...(urgent || notUrgent ? { urgent: urgent === true } : {}),
  };
}

const PAGE = 500;

async function allRows(transfers: TransfersClient, search?: string): Promise<TransferRow[]> {
  const rows: TransferRow[] = [];
  await eachPage(transfers, search, (page) => rows.push(...page));
  return rows;
}

async function eachPage(
  transfers: TransfersClient,
  search: string | undefined,
  take: (rows: TransferRow[]) => void,
): Promise<void> {
  for (let offset = 0, total = 1; offset < total; offset += PAGE) {
    const page = await transfers.list('all', { offset, count: PAGE }, search);
    take(page.rows);
    total = page.rows.length === 0 ? 0 : page.total;
  }
}

const RIGHTS_TEXTS: Record<RightsState, string> = {
  withdrawn: 'withdrawn: do not use, delete copies',
  'on-hold': 'on hold: do not use until it is released',
  expired: 'expired: no new use',
  'expires-today': 'expires today',
  'newer-version': 'newer version available',
};

function shownState(state: TransferState): string {
  if (state.phase === 'waiting') return `waiting (${state.reason})`;
  return state.phase === 'failed' ? `failed (${state.code})` : state.phase;
}

/** Their files are still here: they can be verified, repaired and reported on. */
async function removedRows(transfers: TransfersClient): Promise<TransferRow[]> {
  const rows: TransferRow[] = [];
  for (const { id, isRemoved } of await transfers.packages())
    if (isRemoved) rows.push(await transfers.detail(id));
  return rows;
}

async function list(
  { transfers, out }: QueueContext,
  { search, removed = false }: { search?: string; removed?: boolean },
): Promise<number> {
  const rows = removed ? await removedRows(transfers) : await allRows(transfers, search);
  for (const row of rows) {
    const { id, state, receivedBytes, totalBytes, title, deadline, rights } = row;
    const bytes = `${shownBytes(receivedBytes)}${totalBytes === null ? '' : ` of ${shownBytes(totalBytes)}`}`;
    const needed = deadline
      ? [`${deadline.late ? 'late for' : 'by'} ${new Date(deadline.atMs).toLocaleString()}`]
      : [];
    // The title comes last, so that none passes for what stands before it.
    out.line(
      { type: 'item', ...row },
      [
        id,
        `${shownState(state)}${rights && state.phase === 'done' ? `, ${RIGHTS_TEXTS[rights.state]}` : ''}`,
        bytes,
        ...needed,
        title,
      ].join('  '),
    );
  }
  return out.done({ count: rows.length });
}

/**
 * Ended, paused, waiting for somebody, or for days: it will not go on by itself while this call
 * runs.
 */
const isAtRest = (state: TransferState): boolean =>
  isEnded(state) ||
  state.phase === 'paused' ||
  (state.phase === 'waiting' && (state.untilMs === null || state.reason === 'embargo'));

async function run({ transfers, out }: QueueContext): Promise<number> {
  out.line({ type: 'queue', pid: process.pid });
  const open: Waited[] = [];
  await eachPage(transfers, undefined, (rows) =>
    open.push(...rows.filter(({ state }) => !isEnded(state)).map(waitedOf)),
  );
  await transfers.pauseAll(false);
  await transfers.configure({ scope: 'all' });
  const teller = new ProgressTeller(out);
  const { interrupted, rows } = await untilSettled(
    transfers,
    open,
    (current) => teller.tell(progressOf(current)),
    isAtRest,
  );
  teller.end();
  if (interrupted)
    return out.failedWith(
      {
        code: 'cancelled',
        message: 'Interrupted; the queue goes on with the next start',
        retryable: true,
      },
      { count: rows.length },
    );
  const failures = rows.map(({ state }) => endOf(state)).filter((error) => error !== null);
  const [first, ...others] = failures;
  if (!first) return out.done({ count: rows.length }, `${rows.length} transfers`);
  for (const { code, message, retryable = false } of others)
    out.line({ type: 'error', code, message, retryable });
  return out.failedWith(first, { count: rows.length, failed: failures.length });
}

async function change(
  { transfers }: QueueContext,
  name: Exclude<QueueAction, 'list' | 'run' | 'set'>,
  named: string[],
): Promise<number> {
  const rows = await allRows(transfers);
  const unknown = named.find((id) => !rows.some((row) => row.id === id));
  if (unknown !== undefined) throw new AppError('not-found', `No transfer ${unknown}`);
  const those = (test: (state: TransferState) => boolean) =>
    named.length > 0 ? named : rows.filter(({ state }) => test(state)).map(({ id }) => id);
  // Changing the queue is not running it.
  await transfers.configure({ scope: 'touched', activeTransfers: 0 });
  if (named.length === 0 && (name === 'pause' || name === 'resume'))
    await transfers.pauseAll(name === 'pause');
  const ids = {
    pause: () => (named.length > 0 ? named : []),
    resume: () => those(({ phase }) => phase === 'paused'),
    cancel: () => named,
    retry: () => those(({ phase }) => phase === 'failed'),
    clear: () => those(({ phase }) => phase === 'done' || phase === 'cancelled'),
  }[name]();
  if (ids.length > 0) await transfers[name](ids);
  return ids.length;
}

async function set({ transfers, out }: QueueContext, id: string, wishes: Wishes): Promise<number> {
  // Changing the queue is not running it.
  await transfers.configure({ scope: 'touched', activeTransfers: 0 });
  await transfers.wish(id, wishes);
  const { deadline, limitBytesPerSecond, urgent } = await transfers.detail(id);
  const atMs = wishes.deadlineMs === undefined ? (deadline?.atMs ?? null) : wishes.deadlineMs;
  return out.done({
    id,
    urgent,
    limitBytesPerSecond,
    deadlineAt: atMs === null ? null : new Date(atMs).toISOString(),
  });
}

/**
 * One action on the queue; resolves to the exit code. Without ids `pause`, `resume`, `retry` and
 * `clear` mean all they make sense for.
 */
export async function runQueue(
  context: QueueContext,
  name: QueueAction,
  ids: string[],
  options: WishOptions & { search?: string; removed?: boolean } = {},
): Promise<number> {
  if (name === 'list') return list(context, options);
  if (name === 'set') return set(context, ids[0] ?? '', wishesOf(options));
  if (name === 'run') return run(context);
  return context.out.done({ count: await change(context, name, ids) });
}
