import path from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { partPath } from '../package/folder.ts';
import type { FileEvidence, StoredFile } from '../ports.ts';
import type { RunDeps } from './deps.ts';
import { fetchFile, type Addresses, type FileRun } from './fetch.ts';
import { PartFile } from './part-file.ts';
import { hasDigest, type PlannedFile } from './plan.ts';

type Verdict = { ok: true; sha256: string | null } | { ok: false; retry: 'pieces' | 'whole' };

/** Compares what is on disk with everything that is known about it. */
async function verify({ deps, file, part }: FileRun): Promise<Verdict> {
  if (file.sha256 === null) {
    if (file.pieces && (await part.recheckPieces('unverified')) > 0)
      return { ok: false, retry: 'pieces' };
    return { ok: true, sha256: deps.transfer.hashAnyway ? await part.hashWhole() : null };
  }
  const sha256 = await part.hashWhole();
  if (sha256 === file.sha256) return { ok: true, sha256 };
  // Bytes of before a power loss, or a piece that went wrong on the way to the disk: only what is
  // wrong comes again.
  return {
    ok: false,
    retry: file.pieces && (await part.recheckPieces('all')) > 0 ? 'pieces' : 'whole',
  };
}

/**
 * The address has sent what is not the file; true if another one takes its place. One that has sent
 * nothing is not to blame.
 */
async function suspectOrigin({ deps, file, addresses }: FileRun): Promise<boolean> {
  const evidence = deps.records.evidence(file.index);
  const suspect = await addresses.current();
  evidence.failed(suspect, 'hash-mismatch');
  const isReplaced = await addresses.replace(suspect, false);
  if (isReplaced) evidence.dropped(suspect);
  return isReplaced;
}

/** Null when the content is complete and wrong, and fetching it again would not help. */
async function fetchAndVerify(run: FileRun): Promise<{ sha256: string | null } | null> {
  const { deps, file, part } = run;
  const { progress, transfer } = deps;
  const evidence = deps.records.evidence(file.index);
  const counters = progress.file(file.index);
  const downloadedBefore = counters.downloadedBytes;
  // A wrong hash may be the fault of the connection, and is worth one more try.
  const mayBeConnection = transfer.kind !== 'url';
  let mayRetry = mayBeConnection || part.isResumed;
  for (;;) {
    counters.state = 'running';
    await fetchFile(run);
    progress.update(file.index, { receivedBytes: part.writtenBytes, state: 'verifying' });
    const [verdict] = await Promise.all([verify(run), part.sync()]);
    if (verdict.ok) return verdict;
    if (verdict.retry === 'pieces') {
      if (part.writtenBytes === 0) evidence.copiedFrom(null);
      continue;
    }
    // Nobody can tell which bytes are wrong: another mirror is asked for all of it, else the same
    // one once more.
    if (counters.downloadedBytes === downloadedBefore) mayRetry = mayBeConnection;
    else if (!(await suspectOrigin(run))) {
      if (!mayRetry) return null;
      mayRetry = false;
    }
    evidence.copiedFrom(null);
    await part.restart(false);
  }
}

const verifiedBy = ({ pieces, sha256 }: PlannedFile): FileEvidence['verifiedBy'] =>
  pieces ? (sha256 === null ? 'pieces' : 'pieces and whole') : sha256 === null ? null : 'whole';

/**
 * Fetches one file and puts it under its name: part file, bytes on the medium, hash, rename, folder
 * on the medium, in this order, so that a file under its final name is always whole and right. On
 * failure its part file and the record of it stay for the next run, unless the whole of it proved
 * wrong.
 */
export async function runFile(
  deps: RunDeps,
  folder: string,
  file: PlannedFile,
  addresses: Addresses,
): Promise<StoredFile> {
  const { disk, clock, records, progress, transfer } = deps;
  const { index } = file;
  const finalPath = path.join(folder, file.path);
  const evidence = records.evidence(index);
  const counters = progress.file(index);
  const part = await PartFile.open(deps, file, partPath(finalPath)).catch((thrown: unknown) => {
    // Something else has taken its name meanwhile.
    if (thrown instanceof AppError && thrown.code === 'exists') records.releasePart(index);
    throw thrown;
  });
  if (part.writtenBytes === 0) evidence.copiedFrom(null);
  const highWaterBytes = Math.max(counters.highWaterBytes, part.writtenBytes);
  let checked: { sha256: string | null } | null;
  counters.receivedBytes = part.writtenBytes;
  counters.pieceStates = file.pieces ? () => part.pieceStates() : null;
  try {
    checked = await fetchAndVerify({ deps, folder, file, part, addresses });
  } catch (thrown) {
    // A file of which nothing came leaves no trace.
    if (part.writtenBytes === 0) await part.remove();
    throw thrown;
  } finally {
    // What does not stay for the next run is no gain: a fault that never ends would be tried
    // without end.
    progress.newBytes += Math.max(0, part.resumableBytes - highWaterBytes);
    progress.refetchedBytes += part.refetchedBytes;
    counters.highWaterBytes = Math.max(highWaterBytes, part.resumableBytes);
    counters.pieceStates = null;
    evidence.refetched(part.refetchedBytes);
    await part.close();
  }
  if (!checked) {
    // Nothing of a file that proved wrong stays.
    await part.remove();
    throw new AppError('hash-mismatch', `${file.path} doesn’t have the expected SHA-256`, {
      retryable: false,
    });
  }
  // Where no hash can tell it again, the record must not be older than the name.
  if (file.sha256 === null) records.commit(index, part.progress);
  await (transfer.repair ? disk.replace(part.path, finalPath) : disk.move(part.path, finalPath));
  await disk.syncFolder(path.dirname(finalPath));
  counters.state = 'done';
  const verified = hasDigest(file);
  return {
    ...records.get(index),
    done: true,
    verified,
    sha256: checked.sha256,
    bytes: part.totalBytes,
    error: null,
    // Its part file has its name now: another one that comes after it is not ours.
    ownsPart: false,
    // Where nothing vouches, the origin's tag is all that can tell later whether this is still what
    // it has.
    progress: verified ? null : part.progress,
    evidence: evidence.finished(verifiedBy(file), clock.nowMs()),
  };
}
