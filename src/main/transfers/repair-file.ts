import path from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { checkFile } from './check-file.ts';
import { EvidenceLog } from './evidence/log.ts';
import type { LiveFile } from './live.ts';
import { needRoom } from './no-room.ts';
import type { PlannedFile } from './plan.ts';
import type { StoredFile, TransferPorts } from './ports.ts';
import { withRange } from './ranges.ts';
import type { Range } from './ranges.ts';
import { partPath } from './run-file.ts';

type Expected = PlannedFile & { bytes: number };

/** All pieces but the bad ones. */
function goodRanges({ bytes, pieces }: Expected, badPieces: readonly number[]): Range[] {
  const { pieceBytes, hashes } = pieces ?? { pieceBytes: 0, hashes: [] };
  const bad = new Set(badPieces);
  return [...hashes.keys()].filter((index) => !bad.has(index))
    .reduce<Range[]>((ranges, index) => withRange(ranges, [index * pieceBytes, Math.min((index + 1) * pieceBytes, bytes)]), []);
}

/**
 * Looks whether a finished file is still what it should be. If not, what is right of it is put into a part file beside it, so that only
 * the rest is fetched; the file itself stays as it is until that is whole and verified. A part file of an interrupted repair is used
 * again. Resolves to the file's record: done, or with what its part file has.
 */
export async function inspectFile({ disk, clock }: Pick<TransferPorts, 'disk' | 'clock'>, folder: string, planned: Expected, stored: StoredFile, live: LiveFile, signal: AbortSignal): Promise<StoredFile> {
  const finalPath = path.join(folder, planned.path);
  const partial = partPath(finalPath);
  live.state = 'verifying';
  live.receivedBytes = 0;
  const check = await checkFile(disk, folder, planned, { signal, onRead: (bytes) => void (live.receivedBytes += bytes) });
  if (check.ok) return { ...stored, done: true, verified: true, sha256: planned.sha256 ?? stored.sha256, bytes: planned.bytes, error: null };
  const before = new EvidenceLog(stored.evidence, clock.nowMs()).now;
  const evidence = { ...before, repairedPieces: [...new Set([...before.repairedPieces, ...check.badPieces])] };
  const wrong: StoredFile = { ...stored, done: false, verified: false, bytes: planned.bytes, error: null, evidence };
  live.badPieces = check.badPieces;
  const entry = await disk.entry(finalPath);
  if (!entry) return stored.done ? { ...wrong, progress: null } : wrong;
  if (entry.kind !== 'file') throw new AppError('exists', `${finalPath} is there and is not a file`, { retryable: false });
  // An interrupted repair goes on with its part file.
  if (!stored.done && stored.progress && (await disk.entry(partial))) return wrong;
  await disk.remove(partial);
  const written = goodRanges(planned, check.badPieces);
  if (written.length === 0) return { ...wrong, progress: null };
  await needRoom(disk, folder, entry.bytes);
  await disk.copy(finalPath, partial);
  return { ...wrong, progress: { written, durable: [], bootId: disk.bootId(), validator: null, totalBytes: planned.bytes } };
}
