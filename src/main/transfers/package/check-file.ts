import path from 'node:path';
import { hashRange } from '../hashing.ts';
import type { Disk, DiskFile } from '../ports.ts';
import type { Range } from '../ranges.ts';

/** What a file should be. Without `bytes` its hash alone tells, and it has no pieces. */
export type ExpectedFile = {
  path: string;
  bytes: number | null;
  sha256: string | null;
  pieces: { pieceBytes: number; hashes: readonly string[] } | null;
};
/** Without pieces a wrong file is wrong as a whole. */
export type FileCheck = {
  path: string;
  ok: boolean;
  missing: boolean;
  badPieces: number[];
  /** No hash of it is known: it has the length it should have. */ unverifiable?: true;
};
export type CheckContext = { signal?: AbortSignal | undefined; onRead?(bytes: number): void };

async function badPiecesOf(
  opened: DiskFile,
  bytes: number,
  { pieceBytes, hashes }: NonNullable<ExpectedFile['pieces']>,
  { signal, onRead }: CheckContext,
): Promise<number[]> {
  const bad: number[] = [];
  for (const [index, hash] of hashes.entries()) {
    const range: Range = [index * pieceBytes, Math.min((index + 1) * pieceBytes, bytes)];
    if ((await hashRange(opened, range, signal)) !== hash) bad.push(index);
    onRead?.(range[1] - range[0]);
  }
  return bad;
}

/**
 * One file against what it should be: piece by piece where it has pieces, which together cover
 * every byte, otherwise as a whole.
 */
export async function checkFile(
  disk: Disk,
  folder: string,
  file: ExpectedFile,
  context: CheckContext = {},
): Promise<FileCheck> {
  const target = path.join(folder, file.path);
  const entry = await disk.entry(target);
  const result = (ok: boolean, badPieces: number[] = []): FileCheck => ({
    path: file.path,
    ok,
    missing: false,
    badPieces,
    ...(file.sha256 === null && file.pieces === null ? { unverifiable: true } : {}),
  });
  if (entry?.kind !== 'file') return { ...result(false), missing: entry === null };
  const { sha256, pieces } = file;
  const bytes = file.bytes ?? entry.bytes;
  const opened = await disk.open(target, 'read');
  try {
    if (pieces) {
      const badPieces = await badPiecesOf(opened, bytes, pieces, context);
      return result(badPieces.length === 0 && entry.bytes === bytes, badPieces);
    }
    const right =
      entry.bytes === bytes &&
      (sha256 === null || (await hashRange(opened, [0, bytes], context.signal)) === sha256);
    context.onRead?.(bytes);
    return result(right);
  } finally {
    await opened.close();
  }
}
