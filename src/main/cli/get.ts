import { momentText } from '../catalogue/rights.ts';
import path from 'node:path';
import { Command } from 'commander';
import { AppError, toWire, type WireError } from '../../shared/errors.ts';
import { parseRate } from '../../shared/model/rate.ts';
import { parseTime } from '../../shared/model/when.ts';
import { bytesText } from '../../shared/model/figures.ts';
import { recordText } from '../../shared/model/integrity.ts';
import {
  isMetalinkName,
  type EnqueueItem,
  type FileReport,
  type TransferSettings,
  type TransfersApi,
} from '../transfers/api.ts';
import {
  DelayedPrinter,
  ProgressPrinter,
  progressOf,
  COMMAND_SETTINGS,
  interruptedError,
  outcomeOf,
  requireNotPaused,
  waitUntilSettled,
} from './progress.ts';
import type { KeychainState } from '../account/ports.ts';
import { namedBy } from '../app/enqueue.ts';
import type { PackageTarget } from '../app/resolve-target.ts';
import { templatesOf, withNamingOptions, type NamingOptions } from './naming.ts';
import type { Output } from './output.ts';
import { hostName, type Terminal } from './terminal.ts';
import { systemClock } from '../../shared/clock.ts';

type GetContext = {
  transfers: TransfersApi;
  /**
   * Resolves an asset by its ID or slug, or a package ID.
   *
   * @param format house format by its name or ID, which says which package of an asset
   * @throws codes of account, network and content; `embargoed` without the embargo's ID in
   * `acknowledge`
   */
  resolveTarget(
    target: string,
    format: string,
    acknowledge: readonly string[],
  ): Promise<PackageTarget>;
  /** Which names count, where the policy has a say. @throws `managed` */
  templatesUnder?(given: ReturnType<typeof templatesOf>): ReturnType<typeof templatesOf>;
  /** The download folder of the settings. */
  destination: string;
  out: Output;
  keychain?(): KeychainState;
  /** Hands over what waited for embargoes that have lifted. */
  release?(): Promise<void>;
};
export type GetOptions = NamingOptions & {
  to?: string;
  format: string;
  acknowledge?: string;
  connections?: string;
  limit?: string;
  sha256?: string;
  hash?: boolean;
  deadline?: string;
  strict?: boolean;
};

/** Arguments and options of `desk get`, without its action. */
export function getCommand(): Command {
  const get = new Command('get')
    .description('download packages, URLs or Metalinks (run it again to resume)')
    .argument('<target...>', 'asset ID or slug, package ID, http(s) URL, .meta4 or .metalink file')
    .option('--to <dir>', 'destination folder (default: the one in the settings)')
    .option(
      '--format <format>',
      'which package of an asset: a house format by name or ID (see desk format list); nothing stands in for what it names',
      'broadcast',
    )
    .option(
      '--acknowledge <ids>',
      'IDs of the restrictions (and embargo) you confirm, comma-separated',
    )
    .option('--connections <n>', 'connections per file, 1 to 16')
    .option('--limit <rate>', 'speed limit in bytes per second; K, M and G are powers of 1024')
    .option('--deadline <when>', 'warn if it won’t finish by 18:00, +2h, 2026-11-24 18:00')
    .option('--sha256 <hex>', 'hash the file of a single URL must have')
    .option('--hash', 'compute a hash even if there’s none to compare it with')
    .option(
      '--strict',
      'refuse a whole Metalink if one name in it leads out of the folder, not just that file',
    );
  return withNamingOptions(get);
}

export const isAddress = (target: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//iu.test(target);
const isMetalink = (target: string): boolean =>
  isMetalinkName(isAddress(target) && URL.canParse(target) ? new URL(target).pathname : target);

/** URLs and Metalinks need neither a source nor an account. */
export const needsSource = (targets: readonly string[]): boolean =>
  targets.some((target) => !isAddress(target) && !isMetalink(target));

function settingsOf({ connections, limit }: GetOptions): Partial<TransferSettings> {
  const connectionsPerFile = connections === undefined ? undefined : Number(connections);
  if (
    connectionsPerFile !== undefined &&
    !(Number.isInteger(connectionsPerFile) && connectionsPerFile >= 1 && connectionsPerFile <= 16)
  ) {
    throw new AppError('usage', 'Use a number from 1 to 16 for --connections');
  }
  const limitBytesPerSecond = limit === undefined ? undefined : parseRate(limit);
  if (limitBytesPerSecond === null)
    throw new AppError('usage', 'Use bytes per second for --limit, for example 500K or 20M');
  return {
    ...COMMAND_SETTINGS,
    ...(connectionsPerFile === undefined ? {} : { connectionsPerFile }),
    ...(limitBytesPerSecond === undefined ? {} : { limitBytesPerSecond }),
  };
}

/**
 * In a host the limit of a call is that of its downloads, which share it: all others have theirs.
 * @returns undefined where the limit is set for the whole process
 * @throws `usage` for what only a process of its own can have
 */
function limitForEach(
  { host }: Terminal,
  { connections, limit }: GetOptions,
  count: number,
): number | undefined {
  if (host === null) return undefined;
  if (connections !== undefined)
    throw new AppError(
      'usage',
      `Leave out --connections, or change it in the settings of ${hostName(host)}`,
    );
  const rate = limit === undefined ? null : parseRate(limit);
  return rate === null ? undefined : Math.max(1, Math.floor(rate / count));
}

/** @throws `usage` if `text` isn't a time */
export function parseTimeOption(text: string): number {
  const ms = parseTime(text, systemClock.nowMs());
  if (ms === null)
    throw new AppError('usage', `${text} isn’t a time. Use 18:00, +2h or 2026-11-24 18:00.`);
  return ms;
}

function checkHash(targets: readonly string[], { sha256 }: GetOptions): void {
  if (sha256 === undefined) return;
  const [target = ''] = targets;
  if (targets.length !== 1 || !isAddress(target) || isMetalink(target))
    throw new AppError('usage', 'Use --sha256 with exactly one URL');
  if (!/^[0-9a-f]{64}$/iu.test(sha256))
    throw new AppError('usage', 'Use 64 hexadecimal digits for --sha256');
}

/** Addresses and Metalinks say their files' names themselves. @throws `usage` */
function checkNaming(targets: readonly string[], options: GetOptions): void {
  const { folderTemplate, fileTemplate } = templatesOf(options);
  if (folderTemplate === null && fileTemplate === null) return;
  if (targets.some((target) => isAddress(target) || isMetalink(target)))
    throw new AppError(
      'usage',
      'Use --folder-name and --file-name with packages, not with URLs or Metalinks',
    );
}

async function itemOf(
  {
    resolveTarget,
    templatesUnder,
    destination: ownDestination,
    out: { terminal },
  }: Pick<GetContext, 'resolveTarget' | 'templatesUnder' | 'destination' | 'out'>,
  target: string,
  options: GetOptions,
): Promise<EnqueueItem> {
  const destination = options.to === undefined ? ownDestination : terminal.resolve(options.to);
  const deadlineMs = options.deadline === undefined ? null : parseTimeOption(options.deadline);
  if (isAddress(target) || isMetalink(target)) {
    // Of a list on the disk of whoever calls, another process gets the text.
    const isSent = terminal.host !== null && !isAddress(target);
    return {
      url: isSent ? path.basename(target) : target,
      ...(isSent ? { metalinkText: await terminal.documents.read(target) } : {}),
      metalink: isMetalink(target),
      destination,
      sha256: options.sha256 ?? null,
      hashAnyway: options.hash === true,
      strict: options.strict === true,
      deadlineMs,
    };
  }
  const acknowledge = (options.acknowledge ?? '')
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
  const { facts, ...found } = await resolveTarget(target, options.format, acknowledge);
  return {
    ...found,
    ...namedBy(facts, templatesUnder?.(templatesOf(options)) ?? templatesOf(options)),
    destination,
    deadlineMs,
  };
}

type Outcome = { target: string; id: string | null; error: WireError | null };

/**
 * Queues what resolves. Outcomes keep the order of the targets, so that the first failure in that
 * order becomes the result.
 */
async function enqueueAll(
  context: GetContext,
  targets: readonly string[],
  options: GetOptions,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const limitBytesPerSecond = limitForEach(context.out.terminal, options, targets.length);
  for (const target of targets) {
    try {
      const item = await itemOf(context, target, options);
      const [id = null] = await context.transfers.enqueue([item], { makeDestination: true });
      if (limitBytesPerSecond !== undefined && id !== null)
        await context.transfers.setOptions(id, { limitBytesPerSecond });
      outcomes.push({ target, id, error: null });
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
      outcomes.push({ target, id: null, error: toWire(thrown) });
    }
  }
  return outcomes;
}

type FileOutput = Omit<FileReport, 'done' | 'badPieces'>;

/** A file without an error of its own gets the download's error unless it is done. */
function told(files: readonly FileReport[], error: WireError | null): FileOutput[] {
  return files.map(({ path: name, given, done, error: own, ...file }) => {
    const { bytes, sha256, verified, verifiedBy, downloadedBytes } = file;
    const failure = own ?? (done ? null : error);
    return {
      path: name,
      ...(given === undefined ? {} : { given }),
      bytes,
      sha256,
      verified,
      ...(verifiedBy === undefined ? {} : { verifiedBy }),
      downloadedBytes,
      ...(failure ? { error: failure } : {}),
    };
  });
}

/** The name comes last: a hostile one must not imitate the columns before it. */
function formatText(files: readonly FileOutput[]): string[] {
  return files.map(({ path: name, given, bytes, verified, verifiedBy, sha256, error }) => {
    const state = error
      ? `failed (${error.code})`
      : verifiedBy === 'written' || verifiedBy === 'recorded'
        ? verifiedBy
        : verified
          ? 'verified'
          : `unverified (no published checksum${sha256 ? `, SHA-256 ${sha256}` : ''})`;
    return `${state}${bytes === null ? '' : `  ${bytesText(bytes)}`}  ${name}${given === undefined ? '' : ` (was ${JSON.stringify(given)})`}${error ? `: ${error.message}` : ''}`;
  });
}

/** The last of the embargoes that packages wait for; null if none does. */
async function heldUntil(transfers: TransfersApi, ids: readonly string[]): Promise<number | null> {
  let last: number | null = null;
  for (const id of ids) {
    const { heldUntil: untilMs } = await transfers.detail(id);
    if (untilMs !== null) last = Math.max(last ?? untilMs, untilMs);
  }
  return last;
}

async function fetchAll(
  context: GetContext,
  targets: readonly string[],
  options: GetOptions,
): Promise<number> {
  const { transfers, out } = context;
  checkHash(targets, options);
  checkNaming(targets, options);
  if (options.deadline !== undefined) parseTimeOption(options.deadline);
  await transfers.configure(settingsOf(options));
  await requireNotPaused(transfers);
  const outcomes = await enqueueAll(context, targets, options);
  const ids = [...new Set(outcomes.flatMap(({ id }) => id ?? []))];
  const teller = new ProgressPrinter(out);
  const late = new DelayedPrinter(out);
  const { interrupted, rows } = await waitUntilSettled(transfers, ids, {
    terminal: out.terminal,
    onProgress: (current) => {
      teller.tell(progressOf(current));
      late.tell(current);
    },
    onWait: (reason) => teller.wait(reason),
  });
  teller.end();
  await context.release?.();
  const embargoUntil = await heldUntil(transfers, ids);
  const files: FileOutput[] = [];
  const interruption = interrupted ? interruptedError(out.terminal, rows) : null;
  const errors: WireError[] = interruption ? [interruption] : [];
  for (const { id, error } of outcomes) {
    const failure =
      error ?? outcomeOf(rows.find((row) => row.id === id)?.state, context.keychain?.());
    if (failure) errors.push(failure);
    if (id !== null) files.push(...told(await transfers.report(id), failure ?? interruption));
  }
  for (const { recorded } of rows) if (recorded) out.note(recordText(recorded, 'en'));
  const [first, ...others] = errors;
  if (embargoUntil !== null)
    out.note(
      `Complete. Under embargo until ${momentText(embargoUntil)}: .done is written once it has lifted${out.terminal.host === null ? ', the next time the app or desk runs in this home' : ''}.`,
    );
  if (!first)
    return out.done(
      {
        files,
        ...(embargoUntil === null ? {} : { embargoUntil: new Date(embargoUntil).toISOString() }),
      },
      formatText(files),
    );
  for (const { code, message, retryable = false, ...facts } of others)
    out.line({ type: 'error', code, message, retryable, ...facts });
  // No file was requested without the restrictions confirmed; `failed` says so once.
  const tried = files.filter(({ error }) => error?.code !== 'restriction-unacknowledged');
  if (tried.length > 0) out.note(formatText(tried));
  return failed(out, first, files);
}

function failed(out: Output, error: WireError, files: FileOutput[]): number {
  return out.failedWith(error, {
    ...(error.restrictionIds ? { restrictionIds: error.restrictionIds } : {}),
    files,
  });
}

/**
 * Downloads the targets and resolves to the exit code once all have ended or a signal arrives.
 * State stays in the home, so the same command resumes.
 */
export async function runGet(
  context: GetContext,
  targets: readonly string[],
  options: GetOptions,
): Promise<number> {
  context.out.line({ type: 'get', pid: context.out.terminal.pid });
  try {
    return await fetchAll(context, targets, options);
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    return failed(context.out, toWire(thrown), []);
  }
}
