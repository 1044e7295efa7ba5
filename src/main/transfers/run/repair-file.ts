import path from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { checkFile, type ExpectedFile } from '../package/check-file.ts';
import { EvidenceLog } from '../evidence/record.ts';
import type { LiveFile } from './progress.ts';
import { needRoom } from './no-room.ts';
import type { PlannedFile } from './plan.ts';
import type { Clock, Disk, StoredFile } from '../ports.ts';
import { withRange, type Range } from '../ranges.ts';
import { isVouched, partPath } from './run-file.ts';

/** All pieces but the bad ones. */
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

/**
 * Where nobody vouches for it, what was recorded when it came is all that it can be compared with.
 */
function expectedOf(planned: PlannedFile, stored: StoredFile): ExpectedFile {
  const { path: name, pieces } = planned;
  return isVouched(planned)
    ? { path: name, bytes: planned.bytes, sha256: planned.sha256, pieces }
    : { path: name, bytes: planned.bytes ?? stored.bytes, sha256: stored.sha256, pieces: null };
}

export type Inspection = {
  disk: Disk;
  clock: Clock;
  folder: string;
  live: LiveFile;
  signal: AbortSignal;
  /** The record with its part file claimed, kept before that is made. */
  claim(stored: StoredFile): Promise<StoredFile>;
};

/**
 * Looks whether a finished file is still what it should be. If not, what is right of it by its
 * pieces is put into a part file beside it, so that only the rest is fetched, and without pieces
 * all of it is; the file itself stays as it is until that is whole and verified. A part file of an
 * interrupted repair is used again. Resolves to the file's record: done, or with what its part file
 * has.
 */
export async function inspectFile(
  { disk, clock, folder, live, signal, claim }: Inspection,
  planned: PlannedFile,
  stored: StoredFile,
): Promise<StoredFile> {
  const finalPath = path.join(folder, planned.path);
  const partial = partPath(finalPath);
  live.state = 'verifying';
  live.receivedBytes = 0;
  const expected = expectedOf(planned, stored);
  const check = await checkFile(disk, folder, expected, {
    signal,
    onRead: (bytes) => void (live.receivedBytes += bytes),
  });
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
  const before = new EvidenceLog(stored.evidence, clock.nowMs()).now;
  const evidence = {
    ...before,
    repairedPieces: [...new Set([...before.repairedPieces, ...check.badPieces])],
  };
  const wrong: StoredFile = {
    ...stored,
    done: false,
    verified: false,
    bytes: expected.bytes,
    error: null,
    evidence,
  };
  live.badPieces = check.badPieces;
  if (!entry) return stored.done ? { ...wrong, progress: null } : wrong;
  if (entry.kind !== 'file')
    throw new AppError('exists', `${finalPath} is there and is not a file`, { retryable: false });
  // An interrupted repair goes on with its part file.
  if (!stored.done && stored.progress && (await disk.entry(partial))) return wrong;
  const claimed = await claim({ ...wrong, progress: null });
  await disk.remove(partial);
  const written = goodRanges(planned, check.badPieces);
  if (written.length === 0) return claimed;
  await needRoom(disk, folder, entry.bytes);
  await disk.copy(finalPath, partial);
  return {
    ...claimed,
    progress: {
      written,
      durable: [],
      bootId: disk.bootId(),
      validator: null,
      totalBytes: planned.bytes,
    },
  };
}
