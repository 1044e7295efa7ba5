import path from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { checkFile } from '../package/verify.ts';
import { fetchFile, type Addresses, type FetchContext } from './fetch.ts';
import { hashFile } from '../hashing.ts';
import type { FileCounters, TransferProgress } from './progress.ts';
import { requireSpace, PartFile } from './part-file.ts';
import type { PlannedFile } from './plan.ts';
import type { Disk, FileProgress, Hasher, StoredFile } from '../ports.ts';
import { missingRanges } from '../ranges.ts';
import { partPath } from '../package/folder.ts';

export type FileJob = {
  disk: Disk;
  hasher: Hasher;
  /** Folder the file's path is under; it exists and stays inside the destination. */
  folder: string;
  planned: PlannedFile;
  stored: StoredFile;
  live: TransferProgress;
  addresses: Addresses;
  fetch: Omit<FetchContext, 'onReceived' | 'onWritten'>;
  hashAnyway: boolean;
  /** What is under its name is wrong and gives way to it. */
  replaces: boolean;
  /**
   * A wrong hash may be the line's fault and is worth one more try even if nothing of an earlier
   * run was in the file.
   */
  retryWrongHash: boolean;
  journal(progress: FileProgress | null): void;
  /** As `journal`, and on the medium when it returns. */
  commit(progress: FileProgress): void;
  /** Its part file is gone: one that comes after it is not ours. */
  released(): void;
  onChange(): void;
};

/** Less than this is fetched again rather than recorded on its way, if its hash is known. */
const SMALL_BYTES = 256 * 1024;

/** Something tells its content from any other. */
export const hasDigest = ({ sha256, pieces }: PlannedFile): boolean =>
  sha256 !== null || pieces !== null;
/**
 * The record of an earlier transfer from the same address if a file of this length is what it
 * fetched and the origin still has the same.
 */
type Unchanged = (bytes: number) => Promise<FileProgress | null>;

/**
 * What of this file is there already: `done` if the right content lies under its name. Different
 * content under it is `exists`: nothing is ever overwritten. A file that was published just before
 * the program died counts as done.
 */
export async function findExisting(
  disk: Disk,
  folder: string,
  planned: PlannedFile,
  stored: StoredFile,
  signal: AbortSignal,
  unchanged: Unchanged,
): Promise<StoredFile | null> {
  const finalPath = path.join(folder, planned.path);
  const entry = await disk.entry(finalPath);
  if (!entry) return null;
  const known = planned.sha256 ?? stored.sha256;
  if (known !== null && (await hashFile(disk, finalPath, planned.bytes, signal)) === known) {
    return {
      ...stored,
      done: true,
      verified: planned.sha256 !== null,
      sha256: known,
      bytes: entry.bytes,
      error: null,
    };
  }
  const { path: name, bytes, pieces } = planned;
  if (
    planned.sha256 === null &&
    pieces &&
    bytes !== null &&
    (await checkFile(disk, folder, { path: name, bytes, sha256: null, pieces }, { signal })).ok
  ) {
    return { ...stored, done: true, verified: true, bytes, error: null };
  }
  const { progress } = stored;
  const wasPublished =
    planned.sha256 === null &&
    progress?.totalBytes === entry.bytes &&
    missingRanges(progress.written, entry.bytes).length === 0;
  if (wasPublished && !(await disk.entry(partPath(finalPath))))
    return { ...stored, done: true, bytes: entry.bytes, error: null };
  const before = planned.sha256 === null ? await unchanged(entry.bytes) : null;
  // Its tag goes on with this one: the next transfer from there asks again.
  if (before) return { ...stored, done: true, bytes: entry.bytes, error: null, progress: before };
  throw new AppError('exists', `${finalPath} already exists and is a different file`, {
    retryable: false,
  });
}

type Verdict = { right: true; sha256: string | null } | { right: false; again: 'pieces' | 'whole' };

/** Compares what is on disk with everything that is known about it. */
async function judge({ planned, hashAnyway }: FileJob, part: PartFile): Promise<Verdict> {
  if (planned.sha256 === null) {
    if (planned.pieces && (await part.recheckPieces('unproved')) > 0)
      return { right: false, again: 'pieces' };
    return { right: true, sha256: hashAnyway ? await part.hashWhole() : null };
  }
  const sha256 = await part.hashWhole();
  if (sha256 === planned.sha256) return { right: true, sha256 };
  // Bytes of before a power loss, or a piece that went wrong on the way to the disk: only what is
  // wrong comes again.
  return {
    right: false,
    again: planned.pieces && (await part.recheckPieces('all')) > 0 ? 'pieces' : 'whole',
  };
}

/** Null when the content is complete and wrong, and fetching it again would not help. */
async function fetchAndCheck(
  job: FileJob,
  part: PartFile,
  live: FileCounters,
): Promise<{ sha256: string | null } | null> {
  const { planned, fetch, addresses } = job;
  const vouched = hasDigest(planned);
  let received = 0;
  const onReceived = (bytes: number) => {
    received += bytes;
    job.live.received(planned.index, bytes, fetch.clock.nowMs());
  };
  const onWritten = () => {
    live.receivedBytes = part.writtenBytes;
    live.totalBytes = part.totalBytes;
    job.onChange();
  };
  const onLength = (totalBytes: number) =>
    requireSpace(job.disk, job.folder, totalBytes - part.writtenBytes);
  let mayRetry = job.retryWrongHash || part.resumed;
  for (;;) {
    live.state = 'running';
    await fetchFile(
      {
        part,
        addresses,
        expected: planned.expected,
        vouched,
        pieceBytes: planned.pieces?.pieceBytes ?? null,
        onLength,
      },
      { ...fetch, onReceived, onWritten },
    );
    live.receivedBytes = part.writtenBytes;
    live.state = 'verifying';
    job.onChange();
    const [verdict] = await Promise.all([judge(job, part), part.sync()]);
    if (verdict.right) return verdict;
    if (verdict.again === 'pieces') {
      if (part.writtenBytes === 0) fetch.evidence.notCopied();
      continue;
    }
    // Nobody can tell which bytes are wrong: another mirror is asked for all of it, else the same
    // one once more.
    if (received === 0) mayRetry = job.retryWrongHash;
    else if (!(await suspectOrigin(job))) {
      if (!mayRetry) return null;
      mayRetry = false;
    }
    fetch.evidence.notCopied();
    await part.restart(false);
  }
}

/**
 * The address has sent what is not the file; true if another one takes its place. One that has sent
 * nothing is not to blame.
 */
async function suspectOrigin({ addresses, fetch: { evidence } }: FileJob): Promise<boolean> {
  const lying = await addresses.current();
  evidence.failed(lying, 'hash-mismatch');
  const isReplaced = await addresses.replace(lying, false);
  if (isReplaced) evidence.dropped(lying);
  return isReplaced;
}

/**
 * Fetches one file and puts it under its name: part file, bytes on the medium, hash, rename, folder
 * on the medium, in this order, so that a file under its final name is always whole and right. On
 * failure its part file and the record of it stay for the next run, unless the whole of it proved
 * wrong.
 */
export async function runFile(job: FileJob): Promise<StoredFile> {
  const { disk, planned, stored, live: transfer } = job;
  const finalPath = path.join(job.folder, planned.path);
  const live = transfer.file(planned.index);
  const isSmall = planned.sha256 !== null && planned.bytes !== null && planned.bytes <= SMALL_BYTES;
  const journal = (progress: FileProgress | null) => {
    if (!isSmall) job.journal(progress);
  };
  const part = await PartFile.open(disk, {
    path: partPath(finalPath),
    bytes: planned.bytes,
    pieces: planned.pieces,
    hasher: job.hasher,
    hashesWhole: planned.sha256 !== null || job.hashAnyway,
    vouched: hasDigest(planned),
    progress: stored.progress,
    journal,
    commit: (progress) => job.commit(progress),
    clock: job.fetch.clock,
    signal: job.fetch.signal,
  }).catch((thrown: unknown) => {
    // Something else has taken its name meanwhile.
    if (thrown instanceof AppError && thrown.code === 'exists') job.released();
    throw thrown;
  });
  if (part.writtenBytes === 0) job.fetch.evidence.notCopied();
  const mostBefore = Math.max(live.highWaterBytes, part.writtenBytes);
  let checked: { sha256: string | null } | null;
  live.receivedBytes = part.writtenBytes;
  live.pieceStates = planned.pieces ? () => part.pieceStates() : null;
  const discard = async () => {
    journal(null);
    await disk.remove(partPath(finalPath));
    // On the medium before it is given up: after a loss of power it would be there again and be
    // nobody's.
    await disk.syncFolder(path.dirname(finalPath));
    job.released();
  };
  try {
    checked = await fetchAndCheck(job, part, live);
  } catch (thrown) {
    // A file of which nothing came leaves no trace.
    if (part.writtenBytes === 0) await discard();
    throw thrown;
  } finally {
    // What does not stay for the next run is no gain: a fault that never ends would be tried
    // without end.
    const kept = isSmall && !part.isComplete ? 0 : part.writtenBytes;
    transfer.gainedBytes += Math.max(0, kept - mostBefore);
    live.highWaterBytes = Math.max(mostBefore, kept);
    transfer.refetchedBytes += part.refetchedBytes;
    job.fetch.evidence.refetched(part.refetchedBytes);
    live.pieceStates = null;
    await part.close();
  }
  if (!checked) {
    // Nothing of a file that proved wrong stays.
    await discard();
    throw new AppError('hash-mismatch', `${planned.path} doesn’t have the expected SHA-256`, {
      retryable: false,
    });
  }
  // Where no hash can tell it again, the record must not be older than the name.
  if (planned.sha256 === null) job.commit(part.progress);
  await (job.replaces
    ? disk.replace(partPath(finalPath), finalPath)
    : disk.move(partPath(finalPath), finalPath));
  await disk.syncFolder(path.dirname(finalPath));
  live.state = 'done';
  const verified = hasDigest(planned);
  // Where nothing vouches, the origin's tag is all that can tell later whether this is still what
  // it has.
  const verifiedBy = planned.pieces
    ? planned.sha256 === null
      ? 'pieces'
      : 'pieces and whole'
    : planned.sha256 === null
      ? null
      : 'whole';
  const evidence = job.fetch.evidence.finished(verifiedBy, job.fetch.clock.nowMs());
  // Its part file has its name now: another one that comes after it is not ours.
  return {
    ...stored,
    done: true,
    verified,
    sha256: checked.sha256,
    bytes: part.totalBytes,
    error: null,
    ownsPart: false,
    progress: verified ? null : part.progress,
    evidence,
  };
}
