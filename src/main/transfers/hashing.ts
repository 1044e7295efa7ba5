import { createHash } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import { abortReason } from './limiter.ts';
import type { Disk, DiskFile } from './ports.ts';
import type { Range } from './ranges.ts';
import type { PrefixHash } from './stream-hashes.ts';

const BLOCK_BYTES = 1024 * 1024;

export const sha256Of = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

/** Reads a range block by block; false if the file ends before the range does. */
async function readThrough(
  file: DiskFile,
  [from, to]: Range,
  signal: AbortSignal | undefined,
  use: (bytes: Uint8Array, at: number) => void,
): Promise<boolean> {
  const block = new Uint8Array(Math.min(BLOCK_BYTES, Math.max(1, to - from)));
  for (let at = from; at < to;) {
    if (signal?.aborted) throw abortReason(signal);
    const read = await file.read(block.subarray(0, Math.min(block.byteLength, to - at)), at);
    if (read === 0) return false;
    use(block.subarray(0, read), at);
    at += read;
  }
  return true;
}

/**
 * SHA-256 of a range as it is on disk, in lower-case hex; null if the file ends before the range
 * does.
 */
export async function hashRange(
  file: DiskFile,
  range: Range,
  signal?: AbortSignal,
): Promise<string | null> {
  const hash = createHash('sha256');
  return (await readThrough(file, range, signal, (bytes) => void hash.update(bytes)))
    ? hash.digest('hex')
    : null;
}

/**
 * SHA-256 of a file up to `end`, of which the prefix is hashed already; null if the file ends
 * before.
 */
export async function hashRest(
  file: DiskFile,
  prefix: PrefixHash,
  end: number,
  signal?: AbortSignal,
): Promise<string | null> {
  if (prefix.at > end) prefix.forget(end);
  return (await readThrough(file, [prefix.at, end], signal, (bytes, at) => prefix.add(bytes, at)))
    ? prefix.digest()
    : null;
}

/**
 * Hash of a whole file of a known length; null if nothing, or a file of another length, is there.
 */
export async function hashFile(
  disk: Disk,
  path: string,
  bytes: number | null,
  signal?: AbortSignal,
): Promise<string | null> {
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
  if (entry.bytes > maxBytes)
    throw new AppError('file-too-large', `${path} is larger than ${maxBytes} bytes`);
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
