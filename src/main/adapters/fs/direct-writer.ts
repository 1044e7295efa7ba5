import { constants, writevSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { hasErrno, mapPathErrors } from './errors.ts';
import type { DiskFile } from '../../transfers/ports.ts';
import { PAGE_BYTES } from '../http/fast/blocks.ts';

/**
 * A write into the cache that takes this long has waited for the medium: for a while no thread of
 * ours waits with it.
 */
const SLOW_CACHED_MS = 20;
/** The medium cannot follow: the system's cache collects and orders what comes, for a while. */
const SLOW_DIRECT_MS = 200;
const CACHE_ONLY_MS = 1_000;
/** Less than this is cheaper through the cache. */
const MIN_DIRECT_BYTES = 128 * 1024;

type Run = { direct: boolean; chunks: Uint8Array[]; position: number; bytes: number };

/**
 * Direct writes (O_DIRECT, open(2)) need a position and memory that start at a page; growable
 * shared memory starts at one.
 */
function isPageAligned(chunk: Uint8Array, position: number): boolean {
  return (
    chunk.buffer instanceof SharedArrayBuffer &&
    chunk.buffer.growable &&
    (chunk.byteOffset - position) % PAGE_BYTES === 0
  );
}

/**
 * Splits a write into what may bypass the cache and what may not: the parts of pages at its ends.
 */
export function runsOf(chunks: readonly Uint8Array[], position: number): Run[] {
  const runs: Run[] = [];
  let at = position;
  const add = (direct: boolean, bytes: Uint8Array) => {
    if (bytes.byteLength === 0) return;
    const last = runs.at(-1);
    if (last?.direct === direct) {
      last.chunks.push(bytes);
      last.bytes += bytes.byteLength;
    } else runs.push({ direct, chunks: [bytes], position: at, bytes: bytes.byteLength });
    at += bytes.byteLength;
  };
  for (const chunk of chunks) {
    const head = (PAGE_BYTES - (at % PAGE_BYTES)) % PAGE_BYTES;
    const pages = Math.floor((chunk.byteLength - head) / PAGE_BYTES) * PAGE_BYTES;
    if (pages < MIN_DIRECT_BYTES || !isPageAligned(chunk, at)) add(false, chunk);
    else {
      add(false, chunk.subarray(0, head));
      add(true, chunk.subarray(head, head + pages));
      add(false, chunk.subarray(head + pages));
    }
  }
  return runs;
}

/**
 * A positioned vectored write may write less than asked (a signal, a nearly full disk): goes on
 * until all is written or it fails.
 */
async function writeAll(
  { chunks, position }: Run,
  write: (chunks: Uint8Array[], position: number) => Promise<number> | number,
): Promise<void> {
  let rest = chunks;
  let at = position;
  while (rest.length > 0) {
    let bytesWritten = await write(rest, at);
    at += bytesWritten;
    while (rest[0] && bytesWritten >= rest[0].byteLength) {
      bytesWritten -= rest[0].byteLength;
      rest = rest.slice(1);
    }
    if (rest[0] && bytesWritten > 0) rest = [rest[0].subarray(bytesWritten), ...rest.slice(1)];
  }
}

/**
 * Writes of one file, each in the way that costs least. Large ones go past the system's cache where
 * the system can (Linux): that saves a copy, the cache's own work, and what the last sync would
 * wait for. Others go into the cache at once: handing them to another thread costs more. When the
 * medium proves slow, all go into the cache for a while, and no thread of ours waits.
 */
export class FileWriter {
  readonly #handle: FileHandle;
  #direct: Promise<FileHandle | null> | null = null;
  #cacheOnlyUntilMs = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async write(chunks: Uint8Array[], position: number): Promise<void> {
    for (const run of runsOf(chunks, position)) {
      if (run.direct && !this.#usesCacheOnly && (await this.#writeDirect(run))) continue;
      await writeAll(run, (rest, at) => this.#writeCached(rest, at));
    }
  }

  async close(): Promise<void> {
    await (await this.#direct)?.close();
  }

  get #usesCacheOnly(): boolean {
    return performance.now() < this.#cacheOnlyUntilMs;
  }

  #noteDuration(startedAtMs: number, slowMs: number): void {
    const endedAtMs = performance.now();
    if (endedAtMs - startedAtMs > slowMs) this.#cacheOnlyUntilMs = endedAtMs + CACHE_ONLY_MS;
  }

  async #writeCached(chunks: Uint8Array[], position: number): Promise<number> {
    if (this.#usesCacheOnly) return (await this.#handle.writev(chunks, position)).bytesWritten;
    const startedAtMs = performance.now();
    const bytes = writevSync(this.#handle.fd, chunks, position);
    this.#noteDuration(startedAtMs, SLOW_CACHED_MS);
    return bytes;
  }

  /**
   * False where this system, file system or memory has no direct writes: nothing was written then,
   * and it is not tried again.
   */
  async #writeDirect(run: Run): Promise<boolean> {
    const handle = await (this.#direct ??= this.#openDirect());
    if (!handle) return false;
    const startedAtMs = performance.now();
    try {
      await writeAll(run, async (rest, at) => (await handle.writev(rest, at)).bytesWritten);
    } catch (thrown) {
      if (!hasErrno(thrown, 'EINVAL')) throw thrown;
      await handle.close();
      this.#direct = Promise.resolve(null);
      return false;
    }
    this.#noteDuration(startedAtMs, SLOW_DIRECT_MS);
    return true;
  }

  /** The same file once more, whatever its path leads to by now. */
  async #openDirect(): Promise<FileHandle | null> {
    if (!constants.O_DIRECT) return null;
    try {
      return await open(
        `/proc/self/fd/${this.#handle.fd}`,
        constants.O_WRONLY | constants.O_DIRECT,
      );
    } catch {
      return null;
    }
  }
}

/** The port over an open file; its failures are AppErrors. */
export function toDiskFile(handle: FileHandle, path: string): DiskFile {
  const writer = new FileWriter(handle);
  return {
    write: (chunks, position) => mapPathErrors(path, () => writer.write(chunks, position)),
    read: (into, position) =>
      mapPathErrors(
        path,
        async () => (await handle.read(into, 0, into.byteLength, position)).bytesRead,
      ),
    truncate: (bytes) => mapPathErrors(path, () => handle.truncate(bytes)),
    // The bytes and the length they need to be found; times may be lost.
    sync: () => mapPathErrors(path, () => handle.datasync()),
    close: () =>
      mapPathErrors(path, async () => {
        await writer.close();
        await handle.close();
      }),
  };
}
