import { Command } from 'commander';
import type { WireError } from '../../shared/errors.ts';
import type { FileReport, FolderCheck, Repair, TransfersApi } from '../transfers/api.ts';
import { bytesText } from '../../shared/model/figures.ts';
import { recordText } from '../../shared/model/integrity.ts';
import {
  ProgressPrinter,
  progressOf,
  COMMAND_SETTINGS,
  interruptedError,
  outcomeOf,
  requireNotPaused,
  waitUntilSettled,
} from './progress.ts';
import type { KeychainState } from '../account/ports.ts';
import { isAddress } from './get.ts';
import type { Output } from './output.ts';
import { recalledText } from './recall.ts';
import type { Terminal } from './terminal.ts';

type Context = { transfers: TransfersApi; out: Output; keychain?(): KeychainState };
export type VerifyOptions = { metalink?: string };
export type RepairOptions = VerifyOptions & { acknowledge?: string };

/** Arguments of `desk verify`, which needs no service, without its action. */
export function verifyCommand(): Command {
  return new Command('verify')
    .description(
      'check files against their signed manifests, or against the record of their download',
    )
    .argument(
      '<path>',
      'a package folder, a folder with downloads in it, or a file from a URL or Metalink',
    )
    .option(
      '--metalink <file>',
      'check the folder against this Metalink, whichever tool downloaded it',
    );
}

export function repairCommand(): Command {
  return new Command('repair')
    .description('verify, then re-download what’s damaged or missing')
    .argument(
      '<path>',
      'a package folder, a folder with downloads in it, or a file from a URL or Metalink',
    )
    .option('--metalink <file>', 'repair the folder by this Metalink, whichever tool downloaded it')
    .option(
      '--acknowledge <ids>',
      'IDs of the restrictions (and embargo) you confirm, comma-separated',
    );
}

/** For other programs: how a package without a signature is known. */
const recordOutput = ({
  packageId,
  rev,
  atMs,
  hash,
  isOwn,
}: NonNullable<FolderCheck['recorded']>) => ({
  packageId,
  rev,
  recordedAt: new Date(atMs).toISOString(),
  recordedHere: isOwn,
  publishedHash: hash,
});

const filesText = (n: number): string => (n === 1 ? '1 file' : `${n} files`);
const piecesText = (pieces: readonly number[]): string =>
  pieces.length === 1 ? `piece ${pieces[0]}` : `pieces ${pieces.join(', ')}`;

/**
 * Resolves to the exit code: 0 if every file matches its manifest or record, else 5. Piece numbers
 * start at 0.
 */
export async function runVerify(
  { transfers, out }: Context,
  wanted: string,
  { metalink }: VerifyOptions = {},
): Promise<number> {
  const teller = new ProgressPrinter(out);
  const stop = transfers.onVerification(
    ({ isRunning, doneBytes, totalBytes, packagesDone, packagesTotal }) => {
      if (isRunning)
        teller.tell({
          receivedBytes: doneBytes,
          totalBytes: totalBytes === 0 ? null : totalBytes,
          bytesPerSecond: 0,
          etaSeconds: null,
          files: { done: packagesDone, total: packagesTotal },
        });
    },
  );
  const checks = await transfers
    .verifyFolder(
      out.terminal.resolve(wanted),
      metalink === undefined ? {} : { metalink: out.terminal.resolve(metalink) },
    )
    .finally(() => {
      stop();
      teller.end();
    });
  const files = checks.flatMap((check) =>
    check.files.map(({ path: name, ok, badPieces, unverifiable }) => ({
      path: name,
      ok,
      badPieces,
      ...(unverifiable ? { verified: false } : {}),
    })),
  );
  const packages = checks.flatMap(({ folder, signed, recorded, recalled }): object[] => {
    const known = signed ?? (recorded && recordOutput(recorded));
    return known
      ? [{ folder, ...known, ...(recalled ? { recalled: recalled.state ?? 'recalled' } : {}) }]
      : [];
  });
  for (const { folder, signed, recorded, recalled } of checks) {
    if (recalled) out.note(`${recalledText(recalled.state)}: ${folder}`);
    if (signed)
      out.note(
        `${signed.packageId}, version ${signed.rev}, signed by ${signed.service}: ${folder}`,
      );
    if (!recorded) continue;
    out.note(`${recorded.packageId}, version ${recorded.rev}: ${folder}`);
    out.note(recordText(recorded, 'en'));
  }
  const errors = checks.flatMap(({ error }) => error ?? []);
  const wrong = checks.flatMap((check) => check.files).filter(({ ok }) => !ok);
  for (const { path: name, missing, badPieces } of wrong)
    out.note(
      `${name}: ${missing ? 'missing' : badPieces.length > 0 ? `${piecesText(badPieces)} damaged` : 'damaged'}`,
    );
  const [first, ...others] = errors;
  for (const { code, message, retryable = false } of others)
    out.line({ type: 'error', code, message, retryable }, `${message} (${code})`);
  if (first) return out.failedWith(first, { files, packages });
  const unverified = files.filter(({ ok, verified = true }) => ok && !verified).length;
  if (unverified > 0)
    out.note(
      `${filesText(unverified)} unverified (no published checksum). Only the size was compared.`,
    );
  const asRecorded = checks
    .filter(({ recorded }) => recorded !== null)
    .flatMap((check) => check.files)
    .filter(({ unverifiable = false }) => !unverifiable).length;
  const verified = files.length - unverified - asRecorded;
  const counts = [
    ...(verified > 0 ? [`${filesText(verified)} verified`] : []),
    ...(asRecorded > 0 ? [`${filesText(asRecorded)} as recorded`] : []),
  ];
  if (wrong.length === 0)
    return out.done(
      { files, packages },
      counts.length > 0 ? `${counts.join(', ')}, no damage` : 'No damage found',
    );
  return out.failedWith(
    {
      code: 'hash-mismatch',
      message: `${wrong.length} of ${filesText(files.length)} damaged or missing. Fix with: desk repair`,
      retryable: false,
    },
    { files, packages },
  );
}

type RepairResult = {
  path: string;
  ok: boolean;
  wasWrong: boolean;
  badPieces: number[];
  downloadedBytes: number;
  error?: WireError;
};

const toRepairResult = ({
  path: name,
  done,
  wasWrong = false,
  badPieces = [],
  downloadedBytes,
  error,
}: FileReport): RepairResult => ({
  path: name,
  ok: done,
  wasWrong,
  badPieces,
  downloadedBytes,
  ...(error ? { error } : {}),
});

function formatText(files: readonly RepairResult[]): string[] {
  const mended = files.filter(({ ok, wasWrong }) => ok && wasWrong);
  const lines = mended.map(({ path: name, badPieces, downloadedBytes }) =>
    downloadedBytes > 0
      ? `${name}: ${badPieces.length > 0 ? piecesText(badPieces) : 'whole file'} downloaded again, ${bytesText(downloadedBytes)}`
      : `${name}: restored from this computer`,
  );
  return [
    ...lines,
    mended.length === 0
      ? `No damage in ${filesText(files.length)}`
      : `${mended.length} of ${filesText(files.length)} repaired`,
  ];
}

async function start(
  transfers: TransfersApi,
  terminal: Terminal,
  { wanted, metalink, acknowledge = '' }: RepairOptions & { wanted: string },
): Promise<Repair[]> {
  if (metalink !== undefined)
    return (
      await transfers.enqueue([
        {
          url: isAddress(metalink) ? metalink : terminal.resolve(metalink),
          metalink: true,
          destination: wanted,
          sha256: null,
          hashAnyway: false,
          repair: true,
        },
      ])
    ).map((id) => ({ id, paths: null }));
  return transfers.repairFolder(
    wanted,
    acknowledge
      .split(',')
      .map((id) => id.trim())
      .filter((id) => id !== ''),
  );
}

/**
 * Repairs the files and resolves to the exit code. An interrupted repair resumes with the next run.
 */
export async function runRepair(
  { transfers, out, keychain }: Context,
  wanted: string,
  options: RepairOptions,
): Promise<number> {
  out.line({ type: 'repair', pid: out.terminal.pid });
  await transfers.configure(COMMAND_SETTINGS);
  await requireNotPaused(transfers);
  const repairs = await start(transfers, out.terminal, {
    wanted: out.terminal.resolve(wanted),
    ...options,
  });
  const ids = repairs.map(({ id }) => id);
  const teller = new ProgressPrinter(out);
  const { interrupted, rows } = await waitUntilSettled(transfers, ids, {
    terminal: out.terminal,
    onProgress: (current) => teller.tell(progressOf(current)),
    onWait: (reason) => teller.wait(reason),
  });
  teller.end();
  const files: RepairResult[] = [];
  for (const { id, paths } of repairs)
    files.push(
      ...(await transfers.report(id))
        .filter((file) => paths?.includes(file.path) ?? true)
        .map(toRepairResult),
    );
  const errors = [
    ...(interrupted ? [interruptedError(out.terminal, rows)] : []),
    ...rows.flatMap(({ state }) => outcomeOf(state, keychain?.()) ?? []),
  ];
  const [first, ...others] = errors;
  if (!first) return out.done({ files }, formatText(files));
  for (const { code, message, retryable = false, ...facts } of others)
    out.line({ type: 'error', code, message, retryable, ...facts });
  return out.failedWith(first, {
    ...(first.restrictionIds ? { restrictionIds: first.restrictionIds } : {}),
    files,
  });
}
