import path from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { partPath } from '../package/folder.ts';
import type { FileEvidence, StoredFile } from '../ports.ts';
import type { RunDeps } from './deps.ts';
import { fetchFile, type Addresses, type FileRun } from './fetch.ts';
import { PartFile } from './part-file.ts';
import { isVouched, type PlannedFile } from './plan.ts';
import { hashName } from '../../../shared/model/integrity.ts';
import type { Digests } from '../hashing.ts';

/** `digests` are those of a file that is to be recorded. */
type Checked = { sha256: string | null; digests?: Digests };
type Verdict = ({ ok: true } & Checked) | { ok: false; retry: 'pieces' | 'whole' };

/** Compares the bytes on disk with every known hash. */
async function verify({ deps, file, part }: FileRun): Promise<Verdict> {
  if (file.sha256 === null && file.unsigned !== null) {
    const { hash } = file.unsigned;
    const found = await part.digests(hash?.algorithm ?? null);
    return found === null || (hash !== null && found.other !== hash.hex)
      ? { ok: false, retry: 'whole' }
      : { ok: true, sha256: found.digests.sha256, digests: found.digests };
  }
  if (file.sha256 === null) {
    if (file.pieces && (await part.recheckPieces('unverified')) > 0)
      return { ok: false, retry: 'pieces' };
    return { ok: true, sha256: deps.transfer.hashAnyway ? await part.hashWhole() : null };
  }
  const sha256 = await part.hashWhole();
  if (sha256 === file.sha256) return { ok: true, sha256 };
  // Bytes lost with the power, or a piece that was damaged on its way to the disk: fetch only the
  // wrong ones.
  return {
    ok: false,
    retry: file.pieces && (await part.recheckPieces('all')) > 0 ? 'pieces' : 'whole',
  };
}

/**
 * The origin sent wrong content: asks for another one.
 * @returns true if there is another address
 */
async function suspectOrigin({ deps, file, addresses }: FileRun): Promise<boolean> {
  const evidence = deps.records.evidence(file.index);
  const suspect = await addresses.current();
  evidence.failed(suspect, 'hash-mismatch');
  const isReplaced = await addresses.replace(suspect, false);
  if (isReplaced) evidence.dropped(suspect);
  return isReplaced;
}

/** Null if the content is complete and wrong, and another attempt would not help. */
async function fetchAndVerify(run: FileRun): Promise<Checked | null> {
  const { deps, file, part } = run;
  const { progress, transfer } = deps;
  const evidence = deps.records.evidence(file.index);
  const counters = progress.file(file.index);
  const downloadedBefore = counters.downloadedBytes;
  // A wrong hash may be the connection's fault, and is worth one more try.
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
    // Which bytes are wrong is unknown: fetch all of it from another mirror, else once more from
    // the same.
    // What lay on disk says nothing of the address; an empty body does.
    if (part.writtenBytes > 0 && counters.downloadedBytes === downloadedBefore)
      mayRetry = mayBeConnection;
    else if (!(await suspectOrigin(run))) {
      if (!mayRetry) return null;
      mayRetry = false;
    }
    evidence.copiedFrom(null);
    await part.restart(false);
  }
}

function verifiedBy({ pieces, sha256, unsigned }: PlannedFile): FileEvidence['verifiedBy'] {
  if (unsigned !== null)
    return unsigned.text !== null ? 'written' : unsigned.hash === null ? 'recorded' : 'published';
  if (pieces) return sha256 === null ? 'pieces' : 'pieces and whole';
  return sha256 === null ? null : 'whole';
}

const mismatch = ({ path: name, sha256, unsigned }: PlannedFile) =>
  new AppError(
    'hash-mismatch',
    unsigned === null
      ? `${name} doesn’t have the expected SHA-256`
      : sha256 !== null
        ? `${name} isn’t what this computer recorded: the publisher’s file has changed since`
        : `${name} doesn’t have the publisher’s ${unsigned.hash ? hashName(unsigned.hash.algorithm) : 'length'}`,
    { retryable: false },
  );

/**
 * Fetches one file and publishes it: part file, hash and fsync side by side, rename, fsync of the
 * folder, so that a file under its final name is always complete and correct. On failure the part
 * file and its record stay for the next run, unless the content proved wrong.
 * @param record called before the rename for a file whose hashes weren't known; durable when it
 * returns
 */
export async function runFile(
  deps: RunDeps,
  folder: string,
  file: PlannedFile,
  addresses: Addresses,
  record: (digests: Digests) => void,
): Promise<StoredFile> {
  const { disk, clock, records, progress, transfer } = deps;
  const { index } = file;
  const finalPath = path.join(folder, file.path);
  const evidence = records.evidence(index);
  const counters = progress.file(index);
  const part = await PartFile.open(deps, file, partPath(finalPath)).catch((thrown: unknown) => {
    // The name was taken by another program meanwhile.
    if (thrown instanceof AppError && thrown.code === 'exists') records.releasePart(index);
    throw thrown;
  });
  if (part.writtenBytes === 0) evidence.copiedFrom(null);
  const highWaterBytes = Math.max(counters.highWaterBytes, part.writtenBytes);
  let checked: Checked | null;
  counters.receivedBytes = part.writtenBytes;
  counters.pieceStates = file.pieces ? () => part.pieceStates() : null;
  try {
    checked = await fetchAndVerify({ deps, folder, file, part, addresses });
  } catch (thrown) {
    // A file without a single byte leaves no trace.
    if (part.writtenBytes === 0) await part.remove();
    throw thrown;
  } finally {
    // Only what the next run can resume from counts: otherwise a permanent error would be retried
    // forever.
    progress.newBytes += Math.max(0, part.resumableBytes - highWaterBytes);
    progress.refetchedBytes += part.refetchedBytes;
    counters.highWaterBytes = Math.max(highWaterBytes, part.resumableBytes);
    counters.pieceStates = null;
    evidence.refetched(part.refetchedBytes);
    await part.close();
  }
  if (!checked) {
    // Wrong content is removed.
    await part.remove();
    throw mismatch(file);
  }
  if (checked.digests) record(checked.digests);
  // Without a hash a restart can't recompute the record, so it must be durable before the rename.
  if (file.sha256 === null) records.commit(index, part.progress);
  await (transfer.repair ? disk.replace(part.path, finalPath) : disk.move(part.path, finalPath));
  await disk.syncFolder(path.dirname(finalPath));
  counters.state = 'done';
  const verified = isVouched(file);
  return {
    ...records.get(index),
    done: true,
    verified,
    sha256: checked.sha256,
    bytes: part.totalBytes,
    error: null,
    // The part file was renamed: one that appears later isn't ours.
    ownsPart: false,
    // Without a digest only the origin's ETag shows later whether this is still its content.
    progress: verified || file.unsigned !== null ? null : part.progress,
    evidence: evidence.finished(verifiedBy(file), clock.nowMs()),
  };
}
