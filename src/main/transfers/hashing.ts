import { createHash } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import { abortReason } from './limiter.ts';
import type { Disk, DiskFile } from './ports.ts';
import type { Range } from './ranges.ts';

const BLOCK_BYTES = 1024 * 1024;

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** SHA-256 of a range as it is on disk, in lower-case hex; null if the file ends before the range does. */
export async function hashRange(file: DiskFile, [from, to]: Range, signal?: AbortSignal): Promise<string | null> {
  const hash = createHash('sha256');
  const block = new Uint8Array(Math.min(BLOCK_BYTES, Math.max(1, to - from)));
  for (let at = from; at < to; ) {
    if (signal?.aborted) throw abortReason(signal);
    const read = await file.read(block.subarray(0, Math.min(block.byteLength, to - at)), at);
    if (read === 0) return null;
    hash.update(block.subarray(0, read));
    at += read;
  }
  return hash.digest('hex');
}

/** Hash of a whole file of a known length; null if nothing, or a file of another length, is there. */
export async function hashFile(disk: Disk, path: string, bytes: number | null, signal?: AbortSignal): Promise<string | null> {
  const entry = await disk.entry(path);
  if (entry?.kind !== 'file' || (bytes !== null && entry.bytes !== bytes)) return null;
  const file = await disk.open(path, 'read');
  try {
    return await hashRange(file, [0, entry.bytes], signal);
  } finally {
    await file.close();
  }
}

export async function readText(disk: Disk, path: string, maxBytes: number): Promise<string> {
  const entry = await disk.entry(path);
  if (entry?.kind !== 'file') throw new AppError('not-found', `${path} is not there`);
  if (entry.bytes > maxBytes) throw new AppError('file-too-large', `${path} is larger than ${maxBytes} bytes`);
  const file = await disk.open(path, 'read');
  try {
    const bytes = new Uint8Array(entry.bytes);
    let at = 0;
    while (at < bytes.byteLength) {
      const read = await file.read(bytes.subarray(at), at);
      if (read === 0) break;
      at += read;
    }
    return new TextDecoder('utf-8').decode(bytes.subarray(0, at));
  } finally {
    await file.close();
  }
}
