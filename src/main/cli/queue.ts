import { momentText } from '../catalogue/rights.ts';
import path from 'node:path';
import { Command, Option } from 'commander';
import { AppError, type WireError } from '../../shared/errors.ts';
import type {
  ExportFormat,
  LeftOut,
  TransfersApi,
  TransferRow,
  TransferOptions,
} from '../transfers/api.ts';
import type { KeychainState } from '../account/ports.ts';
import type { Application } from '../app/services.ts';
import { keychainOf, onApplication, type CommandContext } from './context.ts';
import type { Output } from './output.ts';
import { isEnded, type TransferState } from '../../shared/model/transfer.ts';
import type { RightsState } from '../../shared/api/rights.ts';
import { parseRate } from '../../shared/model/rate.ts';
import { parseTimeOption } from './get.ts';
import { bytesText } from '../../shared/model/figures.ts';
import {
  ProgressPrinter,
  progressOf,
  shownTime,
  interruptedError,
  outcomeOf,
  waitUntilSettled,
  waitText,
  waitedOf,
  type WaitRow,
} from './progress.ts';

type Context = { transfers: TransfersApi; out: Output };
/** Settings of a command that changes the queue and starts nothing. */
const QUEUE_ONLY = { scope: 'started-here', activeTransfers: 0 } as const;
export type ExportOptions = { to: string };
export type ImportOptions = { to?: string; strict?: boolean };

const REASONS: Record<LeftOut['reason'], string> = {
  secret: 'its URL has a query or password, which may be secret',
  address: 'one of its URLs has a query or password, which may be secret',
  package: 'packages need a .json file',
  unread: 'its Metalink hasn’t been read yet',
  local: 'it came from a local file',
  name: 'its name leads out of the folder',
  'too-long': 'its URL is too long',
  same: 'it’s already in the file',
};
const FORMATS: Record<string, ExportFormat> = {
  '.json': 'queue',
  '.meta4': 'metalink',
  '.txt': 'aria2',
};

export async function runExport(
  { transfers, out }: Context,
  ids: string[],
  { to }: ExportOptions,
): Promise<number> {
  const format = FORMATS[path.extname(to).toLowerCase()];
  if (!format)
    throw new AppError('usage', 'Use a file name ending in .json, .meta4 or .txt for --to');
  const { text, count, leftOut } = await transfers.exportQueue(
    ids.length === 0 ? null : ids,
    format,
  );
  for (const entry of leftOut) {
    out.line({ type: 'left-out', ...entry });
    out.note(`Left out (${REASONS[entry.reason]}): ${entry.name}`);
  }
  const target = await out.terminal.documents.write(to, text);
  return out.done(
    { path: target, count, leftOut: leftOut.length },
    `Exported ${count === 1 ? '1 entry' : `${count} entries`} to ${target}${leftOut.length > 0 ? `, ${leftOut.length} left out` : ''}`,
  );
}

/** @param folder destination unless `to` names one */
export async function runImport(
  { transfers, out }: Context,
  file: string,
  { to, strict = false }: ImportOptions,
  folder: string,
): Promise<number> {
  const destination = to === undefined ? folder : out.terminal.resolve(to);
  const text = await out.terminal.documents.read(file);
  await transfers.configure(QUEUE_ONLY);
  const { ids, renamed, refused } = await transfers.importDocument(
    { name: path.basename(file), text },
    destination,
    { strict },
  );
  for (const { given, path: name } of renamed) {
    out.line({ type: 'renamed', given, path: name });
    out.note(`${JSON.stringify(given)} will be saved as ${name}`);
  }
  const errors = refused.map(({ given, fault }): WireError => ({
    code: 'unsafe-name',
    message: `Unsafe file name ${JSON.stringify(given)} (${fault}), not queued`,
    retryable: false,
  }));
  const [first, ...others] = errors;
  const queued = queuedText(ids.length, out);
  if (!first) return out.done({ count: ids.length, ids }, queued);
  for (const { code, message } of others)
    out.line({ type: 'error', code, message, retryable: false }, message);
  out.note(queued);
  return out.failedWith(first, {
    count: ids.length,
    ids,
    refused: refused.map(({ given }) => given),
  });
}

export type ReportOptions = { to: string; language: 'en' | 'fr' };

export async function runReport(
  { transfers, out }: { transfers: Pick<TransfersApi, 'evidence'>; out: Output },
  id: string,
  { to, language }: ReportOptions,
): Promise<number> {
  const extension = path.extname(to).toLowerCase();
  if (extension !== '.json' && extension !== '.html')
    throw new AppError('usage', 'Use a file name ending in .json or .html for --to');
  const { text } = await transfers.evidence(id, extension === '.json' ? 'json' : 'html', language);
  const target = await out.terminal.documents.write(to, text);
  return out.done({ path: target }, `Saved to ${target}`);
}

type QueueContext = { transfers: TransfersApi; out: Output; keychain?(): KeychainState };

type SetOptions = {
  deadline?: string;
  limit?: string;
  urgent?: boolean;
  notUrgent?: boolean;
};

/** @throws `usage` if no option is given, or one isn't a time or a rate */
function transferOptions({ deadline, limit, urgent, notUrgent }: SetOptions): TransferOptions {
  const rate = limit === undefined || limit === 'none' ? null : parseRate(limit);
  if (limit !== undefined && limit !== 'none' && rate === null)
    throw new AppError(
      'usage',
      'Use bytes per second for --limit, for example 500K or 20M, or none',
    );
  if (deadline === undefined && limit === undefined && !urgent && !notUrgent)
    throw new AppError('usage', 'Use at least one of --deadline, --limit, --urgent, --not-urgent');
  return {
    ...(deadline === undefined
      ? {}
      : { deadlineMs: deadline === 'none' ? null : parseTimeOption(deadline) }),
    ...(limit === undefined ? {} : { limitBytesPerSecond: rate }),
    ...(urgent || notUrgent ? { urgent: urgent === true } : {}),
  };
}

const PAGE = 500;

async function allRows(transfers: TransfersApi, search?: string): Promise<TransferRow[]> {
  const rows: TransferRow[] = [];
  await eachPage(transfers, search, (page) => rows.push(...page));
  return rows;
}

async function eachPage(
  transfers: TransfersApi,
  search: string | undefined,
  take: (rows: TransferRow[]) => void,
): Promise<void> {
  for (let offset = 0, total = 1; offset < total; offset += PAGE) {
    const page = await transfers.list('all', { offset, count: PAGE }, search);
    take(page.rows);
    total = page.rows.length === 0 ? 0 : page.total;
  }
}

export const RIGHTS_TEXTS: Record<RightsState, string> = {
  withdrawn: 'withdrawn: do not use, delete copies',
  'on-hold': 'on hold: do not use until it’s released',
  expired: 'expired: no new use',
  barred: 'not cleared for you: do not use',
  'expires-today': 'expires today',
  'newer-version': 'newer version available',
};

const PHASES: Partial<Record<TransferState['phase'], string>> = {
  running: 'downloading',
  publishing: 'moving files into place',
};

function shownState(state: TransferState): string {
  if (state.phase === 'waiting') return `waiting: ${waitText(state)}`;
  return state.phase === 'failed' ? `failed (${state.code})` : (PHASES[state.phase] ?? state.phase);
}

/**
 * Removed downloads keep their files and records: they can be verified, repaired and reported on.
 */
async function removedRows(transfers: TransfersApi): Promise<TransferRow[]> {
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
    const { id, state, receivedBytes, totalBytes, title, deadline, rights, heldUntil } = row;
    const bytes = `${bytesText(receivedBytes)}${totalBytes === null ? '' : ` of ${bytesText(totalBytes)}`}`;
    const needed = deadline
      ? [`${deadline.late ? 'late, ' : ''}due ${shownTime(deadline.atMs)}`]
      : [];
    // The title comes last: a hostile one must not imitate the columns before it.
    out.line(
      { type: 'item', ...row },
      [
        id,
        [
          shownState(state),
          ...(rights && state.phase === 'done' ? [RIGHTS_TEXTS[rights.state]] : []),
          ...(heldUntil === null ? [] : [`under embargo until ${momentText(heldUntil)}`]),
        ].join(', '),
        bytes,
        ...needed,
        title,
      ].join('  '),
    );
  }
  return out.done({ count: rows.length });
}

/** Ended, paused, or waiting for a person or an embargo: it won't continue during this command. */
const isAtRest = (state: TransferState): boolean =>
  isEnded(state) ||
  state.phase === 'paused' ||
  (state.phase === 'waiting' && (state.untilMs === null || state.reason === 'embargo'));

async function runAll({ transfers, out, keychain }: QueueContext): Promise<number> {
  out.line({ type: 'queue', pid: out.terminal.pid });
  const open: WaitRow[] = [];
  await eachPage(transfers, undefined, (rows) =>
    open.push(...rows.filter(({ state }) => !isEnded(state)).map(waitedOf)),
  );
  await transfers.pauseAll(false);
  await transfers.configure({ scope: 'all' });
  const teller = new ProgressPrinter(out);
  const { interrupted, rows } = await waitUntilSettled(
    transfers,
    open,
    {
      terminal: out.terminal,
      onProgress: (current) => teller.tell(progressOf(current)),
      onWait: (reason) => teller.wait(reason),
    },
    isAtRest,
  );
  teller.end();
  if (interrupted)
    return out.failedWith(interruptedError(out.terminal, null), { count: rows.length });
  const failures = rows
    .map(({ state }) => outcomeOf(state, keychain?.()))
    .filter((error) => error !== null);
  const [first, ...others] = failures;
  if (!first) {
    const done = rows.filter(({ state }) => state.phase === 'done').length;
    const paused = rows.length - done;
    return out.done(
      { count: rows.length },
      `${done === 1 ? '1 download' : `${done} downloads`} finished${paused === 0 ? '' : `, ${paused} paused`}`,
    );
  }
  for (const { code, message, retryable = false } of others)
    out.line({ type: 'error', code, message, retryable });
  return out.failedWith(first, { count: rows.length, failed: failures.length });
}

/**
 * An action on the named downloads, or without names on all whose state it is meant for. Nothing is
 * started by it.
 */
const change =
  (
    name: 'pause' | 'resume' | 'cancel' | 'retry' | 'clear',
    isMeant: (state: TransferState) => boolean,
  ) =>
  async ({ transfers, out }: QueueContext, named: string[]): Promise<number> => {
    const rows = await allRows(transfers);
    const unknown = named.find((id) => !rows.some((row) => row.id === id));
    if (unknown !== undefined) throw new AppError('not-found', `No download ${unknown}`);
    await transfers.configure(QUEUE_ONLY);
    const isAll = named.length === 0 && (name === 'pause' || name === 'resume');
    if (isAll) await transfers.pauseAll(name === 'pause');
    const ids =
      named.length > 0 ? named : rows.filter(({ state }) => isMeant(state)).map(({ id }) => id);
    if (ids.length > 0) await transfers[name](ids);
    const downloads = isAll
      ? 'All downloads'
      : ids.length === 1
        ? '1 download'
        : `${ids.length} downloads`;
    return out.done({ count: ids.length }, `${downloads} ${changedText(name, out)}`);
  };

/** Where nothing else runs the queue. */
const runText = (what: string, { terminal }: Output): string =>
  terminal.host === null ? `. ${what} with: desk queue run` : '';

/** How many downloads were queued, and what downloads them. */
export const queuedText = (count: number, out: Output): string =>
  `${count} queued${count === 0 ? '.' : runText(`Download ${count === 1 ? 'it' : 'them'}`, out)}`;

const changedText = (name: keyof typeof CHANGED, out: Output): string =>
  `${CHANGED[name]}${name === 'resume' || name === 'retry' ? runText('Continue them', out) : ''}`;

/** What a change has done, after the number of downloads. */
const CHANGED = {
  pause: 'paused',
  resume: 'resumed',
  cancel: 'cancelled. Partial files stay until: desk queue clear',
  retry: 'queued again',
  clear: 'removed from the list. Finished files stay on disk',
};

async function set(
  { transfers, out }: QueueContext,
  id: string,
  options: TransferOptions,
): Promise<number> {
  await transfers.configure(QUEUE_ONLY);
  await transfers.setOptions(id, options);
  const { deadline, limitBytesPerSecond, urgent } = await transfers.detail(id);
  const atMs = options.deadlineMs === undefined ? (deadline?.atMs ?? null) : options.deadlineMs;
  return out.done({
    id,
    urgent,
    limitBytesPerSecond,
    deadlineAt: atMs === null ? null : new Date(atMs).toISOString(),
  });
}

type QueueOptions = SetOptions & { search?: string; removed?: boolean };
type QueueAction = {
  description: string;
  /** Adds its arguments and options. */
  define(command: Command): Command;
  /** It downloads, and connects to the service if there is one. */
  downloads?: boolean;
  /** Resolves to the exit code. */
  run(context: QueueContext, ids: string[], options: QueueOptions): Promise<number>;
};

const someIds = (command: Command): Command => command.argument('[id...]');

/** The actions of `desk queue` on what is queued. */
export const QUEUE_ACTIONS: Readonly<Record<string, QueueAction>> = {
  list: {
    description: 'list downloads',
    define: (command) =>
      command
        .option('--search <words>', 'only those with these words in title, ID, file names or date')
        .option('--removed', 'finished downloads that were removed from the list'),
    run: (context, _ids, options) => list(context, options),
  },
  run: {
    description: 'run until nothing can continue without you',
    define: (command) => command,
    downloads: true,
    run: runAll,
  },
  set: {
    description: 'set deadline, speed limit and urgency',
    define: (command) =>
      command
        .argument('<id>')
        .option('--deadline <when>', '18:00, +2h, 2026-11-24 18:00, or none')
        .option(
          '--limit <rate>',
          'speed limit in bytes per second, or none; K, M and G are powers of 1024',
        )
        .option('--urgent', 'download before all others')
        .option('--not-urgent', 'download in queue order'),
    run: (context, [id = ''], options) => set(context, id, transferOptions(options)),
  },
  pause: {
    description: 'pause these, or all',
    define: someIds,
    run: change('pause', () => false),
  },
  resume: {
    description: 'resume these, or all',
    define: someIds,
    run: change('resume', ({ phase }) => phase === 'paused'),
  },
  cancel: {
    description: 'cancel these (partial files stay until clear)',
    define: (command) => command.argument('<id...>'),
    run: change('cancel', () => false),
  },
  retry: {
    description: 'retry these, or all that failed',
    define: someIds,
    run: change('retry', ({ phase }) => phase === 'failed'),
  },
  clear: {
    description: 'remove these, or all finished and cancelled, from the list',
    define: someIds,
    run: change('clear', ({ phase }) => phase === 'done' || phase === 'cancelled'),
  },
};

const contextOf = ({ services }: Application, out: Output): QueueContext => ({
  transfers: services.transfers,
  out,
  keychain: () => keychainOf(services),
});

export function addQueueCommands(program: Command, context: CommandContext): void {
  const queue = program.command('queue').description('the download queue');
  for (const [name, action] of Object.entries(QUEUE_ACTIONS))
    action.define(queue.command(name).description(action.description)).action(
      onApplication<QueueOptions>(
        context,
        async (application, { args, options, output }) => {
          if (name === 'list') await application.services.rights.judge();
          return action.run(contextOf(application, output), args, options);
        },
        { needsService: false, connect: action.downloads === true },
      ),
    );
  const alone = { needsService: false };
  queue
    .command('export')
    .description(
      'export these, or the whole queue, for another computer (.json), as Metalink 4 (.meta4) or for aria2 (.txt)',
    )
    .argument('[id...]')
    .requiredOption('--to <file>', 'file to write (overwrites an existing file)')
    .action(
      onApplication<ExportOptions>(
        context,
        (application, { args, options, output }) =>
          runExport(contextOf(application, output), args, options),
        alone,
      ),
    );
  queue
    .command('import')
    .description('queue the downloads of an exported queue, a Metalink or an aria2 list')
    .argument('<file>')
    .option('--to <dir>', 'destination folder (default: the one in the settings)')
    .option(
      '--strict',
      'refuse a whole list if one name in it leads out of the folder, not just that file',
    )
    .action(
      onApplication<ImportOptions>(
        context,
        (application, { args: [file = ''], options, output }) =>
          runImport(
            contextOf(application, output),
            file,
            options,
            application.services.settings.view.destination,
          ),
        alone,
      ),
    );
  queue
    .command('report')
    .description('evidence report of a download: sources, verification, restrictions confirmed')
    .argument('<id>', 'download ID, as desk queue list shows it')
    .requiredOption('--to <file>', 'file to write, .json or .html (overwrites an existing file)')
    .addOption(
      new Option('--language <language>', 'language of the .html page')
        .choices(['en', 'fr'])
        .default('en'),
    )
    .action(
      onApplication<ReportOptions>(
        context,
        (application, { args: [id = ''], options, output }) =>
          runReport(contextOf(application, output), id, options),
        alone,
      ),
    );
}
