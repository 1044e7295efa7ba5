import path from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { hashRange } from '../hashing.ts';
import type { PlannedFile } from './plan.ts';
import type { Disk, StoredFile } from '../ports.ts';
import type { Range } from '../ranges.ts';
import { partPath } from './run-file.ts';

/** Records of before this was kept have a journal instead. */
export const isPartOurs = ({
  partIsOurs,
  progress,
}: Pick<StoredFile, 'partIsOurs' | 'progress'>): boolean => partIsOurs || progress !== null;

/**
 * True where there is no part file, or one in which a piece proves that it was begun here though
 * its record is lost.
 */
async function mayTakePart(
  disk: Disk,
  folder: string,
  { path: name, bytes, pieces }: PlannedFile,
  signal: AbortSignal,
): Promise<boolean> {
  const part = partPath(path.join(folder, name));
  const entry = await disk.entry(part);
  if (!entry) return true;
  if (entry.kind !== 'file' || !pieces || entry.bytes !== bytes) return false;
  // For writing, which a file with another name refuses.
  const file = await disk.open(part, 'write');
  try {
    for (const [index, hash] of pieces.hashes.entries()) {
      const range: Range = [
        index * pieces.pieceBytes,
        Math.min((index + 1) * pieces.pieceBytes, bytes),
      ];
      if ((await hashRange(file, range, signal)) === hash) return true;
    }
    return false;
  } finally {
    await file.close();
  }
}
/**
 * The record of a file with its part file claimed, to be kept before that is made. Browsers use
 * such names too: a part file that was there before any of ours is neither written to nor removed.
 * Fails with `exists`.
 */
export async function claimedPart(
  disk: Disk,
  folder: string,
  planned: PlannedFile,
  stored: StoredFile,
  signal: AbortSignal,
): Promise<StoredFile> {
  if (stored.done || isPartOurs(stored)) return stored;
  if (await mayTakePart(disk, folder, planned, signal)) return { ...stored, partIsOurs: true };
  throw new AppError(
    'exists',
    `${partPath(path.join(folder, planned.path))} is there already and was not made here; move it away or choose another folder`,
    { retryable: false },
  );
}
