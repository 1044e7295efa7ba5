import path from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import type { ExpectedFile } from '../api.ts';
import { hashFile } from '../hashing.ts';
import { manifestFilesIn, partPath } from '../package/folder.ts';
import { checkFile } from '../package/verify.ts';
import type { FileProgress, StoredFile } from '../ports.ts';
import { bytesIn, missingRanges, withRange, type Range } from '../ranges.ts';
import { originIdOf } from './addresses.ts';
import type { RunDeps } from './deps.ts';
import { copyToPart, requireOwnPart, requireSpace, writeToPart } from './part-file.ts';
import { hasDigest, isVouched, type PlannedFile } from './plan.ts';
import { openRange, StallWatch } from './range-request.ts';

/** Progress of a part file made by a copy: none of it is fsynced. */
const copied = ({ disk }: RunDeps, written: Range[], totalBytes: number | null): FileProgress => ({
  written,
  durable: [],
  bootId: disk.bootId(),
  validator: null,
  totalBytes,
});

/**
 * Requests the last byte with the ETag of an earlier transfer, and reads no body.
 * @returns the progress of then, if the origin still has the same content
 */
async function findUnchanged(
  deps: RunDeps,
  { index, urls, expected }: PlannedFile,
  bytes: number,
): Promise<FileProgress | null> {
  const { clock, limits, records, signal } = deps;
  const before = records.earlier(index);
  const progress = before?.done && before.bytes === bytes ? before.progress : null;
  const { originId, etag = null } = progress?.validator ?? {};
  const url = urls.find((one) => originIdOf(one) === originId);
  if (etag === null || url === undefined || bytes === 0) return null;
  const watch = new StallWatch(clock, limits.stallMs, signal);
  const request = {
    url,
    headers: {},
    ranges: true,
    from: bytes - 1,
    to: bytes,
    totalBytes: bytes,
    etag,
    expected,
    isPublishers: false,
    signal: watch.signal,
  };
  try {
    const opened = await watch.during(openRange(deps.bytes, request, clock.nowMs()));
    if ('answer' in opened) opened.answer.discard();
    // Without range support a server answers 200 with the full body and the same ETag.
    const isSame =
      opened.kind === 'partial' ||
      (opened.kind === 'full' && opened.etag === etag && opened.totalBytes === bytes);
    return isSame ? progress : null;
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'source-changed') return null;
    throw thrown;
  }
}

/**
 * Looks for the file under its final name: null if nothing is there, a done record if it has the
 * right content. A file renamed just before the program died counts as done.
 * @throws `exists` for different content: nothing is ever overwritten
 */
export async function findExisting(
  deps: RunDeps,
  folder: string,
  planned: PlannedFile,
): Promise<StoredFile | null> {
  const found = await matchExisting(deps, folder, planned);
  if (found === null || found.sha256 !== null || !deps.transfer.hashAnyway) return found;
  const finalPath = path.join(folder, planned.path);
  return { ...found, sha256: await hashFile(deps.disk, finalPath, found.bytes, deps.signal) };
}

async function matchExisting(
  deps: RunDeps,
  folder: string,
  planned: PlannedFile,
): Promise<StoredFile | null> {
  const { disk, records, signal } = deps;
  const stored = records.get(planned.index);
  const finalPath = path.join(folder, planned.path);
  const entry = await disk.entry(finalPath);
  if (stored.done && entry?.kind === 'file' && entry.bytes === stored.bytes) return stored;
  if (!entry) return null;
  // Comparing may take long; the list shows the files meanwhile.
  records.flush();
  const known = planned.sha256 ?? stored.sha256;
  const done = { ...stored, done: true, bytes: entry.bytes, error: null };
  if (known !== null && (await hashFile(disk, finalPath, planned.bytes, signal)) === known)
    return { ...done, verified: planned.sha256 !== null && isVouched(planned), sha256: known };
  const { path: name, bytes, pieces } = planned;
  if (
    planned.sha256 === null &&
    pieces &&
    bytes !== null &&
    (await checkFile(disk, folder, { path: name, bytes, sha256: null, pieces }, { signal })).ok
  )
    return { ...done, verified: isVouched(planned) };
  if (planned.sha256 === null) {
    const { progress } = stored;
    const isPublished =
      progress?.totalBytes === entry.bytes &&
      missingRanges(progress.written, entry.bytes).length === 0;
    if (isPublished && !(await disk.entry(partPath(finalPath)))) return done;
    const before = await findUnchanged(deps, planned, entry.bytes);
    // The ETag is kept, for the next transfer of the same address.
    if (before) return { ...done, progress: before };
  }
  throw new AppError('exists', `${finalPath} already exists and is a different file`, {
    retryable: false,
  });
}

const MAX_DEPTH = 8;
/** Files examined in the folders of transfers. */
const MAX_FILES = 100_000;

/**
 * Content that was verified on this machine before: at its old path or, if it was moved, under the
 * folders that transfers were saved to. Other content is not searched for.
 */
export class LocalContent {
  readonly #deps: RunDeps;
  #bySize: Promise<Map<number, string[]>> | null = null;

  constructor(deps: RunDeps) {
    this.#deps = deps;
  }

  /**
   * Copies it into the part file; the run verifies the copy like fetched bytes. What the manifest
   * has as text is written.
   */
  async reuse(folder: string, planned: PlannedFile): Promise<void> {
    const { disk, records } = this.#deps;
    const { index, path: name, bytes, sha256, unsigned } = planned;
    const finalPath = path.join(folder, name);
    if (unsigned !== null && unsigned.text !== null) {
      const text = Buffer.from(unsigned.text, 'utf8');
      await requireSpace(disk, folder, text.byteLength);
      return writeToPart(this.#deps, planned, text, partPath(finalPath));
    }
    if (bytes === null || bytes === 0 || sha256 === null) return;
    const from = await this.#find(bytes, sha256, finalPath);
    if (from === null) return this.#reusePieces(folder, planned);
    await requireSpace(disk, folder, bytes);
    await copyToPart(this.#deps, planned, from, partPath(finalPath));
    records.evidence(index).copiedFrom(from);
    records.journal(index, copied(this.#deps, [[0, bytes]], bytes));
  }

  /**
   * Of a file that another version of the package publishes under the same path: the pieces at the same
   * place that are alike by both manifests.
   */
  async #reusePieces(folder: string, planned: PlannedFile): Promise<void> {
    const { disk, records, transfer, versions } = this.#deps;
    const { index, path: name, given, bytes, pieces } = planned;
    const { packageId } = transfer;
    if (packageId === null || bytes === null || !pieces) return;
    for (const version of versions()) {
      const of = { packageId, rev: { from: version.rev } };
      const files = await manifestFilesIn(disk, version.folder, of);
      const older = files?.find((file) => file.path === (given ?? name));
      if (older?.pieces?.pieceBytes !== pieces.pieceBytes) continue;
      const from = path.join(version.folder, older.name);
      if ((await disk.entry(from))?.bytes !== older.bytes) continue;
      const known = older.pieces.hashes;
      const other = [...pieces.hashes.keys()].filter((at) => pieces.hashes[at] !== known[at]);
      const written = goodRanges(planned, other);
      if (written.length === 0) continue;
      await requireSpace(disk, folder, Math.max(bytes, older.bytes));
      await copyToPart(this.#deps, planned, from, partPath(path.join(folder, name)));
      records.evidence(index).copiedFrom(from);
      records.journal(index, copied(this.#deps, written, bytes));
      return;
    }
  }

  async #find(bytes: number, sha256: string, finalPath: string): Promise<string | null> {
    const { disk, records, signal } = this.#deps;
    const known = records.contents(sha256);
    if (known.length === 0) return null;
    const matches = async (candidate: string) =>
      candidate !== finalPath && (await hashFile(disk, candidate, bytes, signal)) === sha256;
    for (const candidate of known) if (await matches(candidate)) return candidate;
    this.#bySize ??= this.#scan();
    for (const candidate of (await this.#bySize).get(bytes) ?? [])
      if (await matches(candidate)) return candidate;
    return null;
  }

  async #scan(): Promise<Map<number, string[]>> {
    const { disk, roots, signal } = this.#deps;
    const bySize = new Map<number, string[]>();
    const seen = new Set<string>();
    let files = 0;
    const scan = async (folder: string, depth: number): Promise<void> => {
      if (seen.has(folder) || signal.aborted) return;
      seen.add(folder);
      for (const { name, kind } of await disk.entries(folder)) {
        const at = path.join(folder, name);
        if (kind === 'folder' && depth < MAX_DEPTH) await scan(at, depth + 1);
        if (kind !== 'file' || ++files > MAX_FILES) continue;
        const entry = await disk.entry(at);
        if (!entry) continue;
        const same = bySize.get(entry.bytes);
        if (same) same.push(at);
        else bySize.set(entry.bytes, [at]);
      }
    };
    for (const root of roots()) await scan(root, 0);
    return bySize;
  }
}

/** Ranges of all pieces but the bad ones. */
function goodRanges({ bytes, pieces }: PlannedFile, badPieces: readonly number[]): Range[] {
  if (!pieces || bytes === null) return [];
  const { pieceBytes, hashes } = pieces;
  const bad = new Set(badPieces);
  return [...hashes.keys()]
    .filter((index) => !bad.has(index))
    .reduce<Range[]>(
      (ranges, index) =>
        withRange(ranges, [index * pieceBytes, Math.min((index + 1) * pieceBytes, bytes)]),
      [],
    );
}

/** Without a digest the recorded size and hash are all there is to compare with. */
function expectedOf(planned: PlannedFile, stored: StoredFile): ExpectedFile {
  const { path: name, pieces } = planned;
  return hasDigest(planned)
    ? { path: name, bytes: planned.bytes, sha256: planned.sha256, pieces }
    : { path: name, bytes: planned.bytes ?? stored.bytes, sha256: stored.sha256, pieces: null };
}

/**
 * Checks a finished file. If it is wrong, its good pieces are copied into a part file, so that only
 * the rest is fetched; without pieces all of it is. The file itself stays until the replacement is
 * complete and verified. The part file of an interrupted repair is used again.
 * @returns the record: done, or with what the part file has
 */
export async function planRepair(
  deps: RunDeps,
  folder: string,
  planned: PlannedFile,
): Promise<StoredFile> {
  const { disk, records, progress, signal } = deps;
  const stored = records.get(planned.index);
  const finalPath = path.join(folder, planned.path);
  const partial = partPath(finalPath);
  const counters = progress.file(planned.index);
  counters.state = 'verifying';
  counters.receivedBytes = 0;
  const expected = expectedOf(planned, stored);
  const check = await checkFile(disk, folder, expected, {
    signal,
    onRead: (bytes) => void (counters.receivedBytes += bytes),
  });
  counters.wasWrong = !check.ok;
  const entry = await disk.entry(finalPath);
  if (check.ok)
    return {
      ...stored,
      done: true,
      verified: isVouched(planned),
      sha256: planned.sha256 ?? stored.sha256,
      bytes: expected.bytes ?? entry?.bytes ?? null,
      error: null,
    };
  const evidence = records.evidence(planned.index);
  evidence.repaired(check.badPieces);
  counters.badPieces = check.badPieces;
  const wrong: StoredFile = {
    ...stored,
    done: false,
    verified: false,
    bytes: expected.bytes,
    error: null,
    evidence: evidence.now,
  };
  if (!entry) return stored.done ? { ...wrong, progress: null } : wrong;
  if (entry.kind !== 'file')
    throw new AppError('exists', `${finalPath} exists and isn’t a file`, { retryable: false });
  // An interrupted repair resumes with its part file.
  const isBegun = !stored.done && bytesIn(stored.progress?.written ?? []) > 0;
  if (isBegun && (await disk.entry(partial))) return wrong;
  records.update(stored.done ? { ...wrong, progress: null } : wrong);
  await requireOwnPart(deps, folder, planned);
  const written = goodRanges(planned, check.badPieces);
  if (written.length > 0) await requireSpace(disk, folder, entry.bytes);
  await disk.remove(partial);
  records.lacksPart(planned.index);
  if (written.length === 0) return records.get(planned.index);
  await copyToPart(deps, planned, finalPath, partial);
  return { ...records.get(planned.index), progress: copied(deps, written, planned.bytes) };
}
