import { constants, readlinkSync, writevSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { hasErrno, mapPathErrors } from './errors.ts';
import type { DiskFile } from '../../transfers/ports.ts';
import { PAGE_BYTES } from '../http/fast/blocks.ts';

/**
 * A cached write this slow has waited for the medium: no thread of ours should wait with it for a
 * while.
 */
const SLOW_CACHED_MS = 20;
/** The medium can't keep up: let the page cache collect and order writes for a while. */
const SLOW_DIRECT_MS = 200;
const CACHE_ONLY_MS = 1_000;
/** Below this the page cache is cheaper. */
const MIN_DIRECT_BYTES = 128 * 1024;

type Run = { direct: boolean; chunks: Uint8Array[]; position: number; bytes: number };

/**
 * O_DIRECT (open(2)) needs page-aligned offsets and memory; growable shared memory is page-aligned.
 */
function isPageAligned(chunk: Uint8Array, position: number): boolean {
  return (
    chunk.buffer instanceof SharedArrayBuffer &&
    chunk.buffer.growable &&
    (chunk.byteOffset - position) % PAGE_BYTES === 0
  );
}

/** Splits a write into runs that may bypass the page cache and partial pages that may not. */
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
 * pwritev(2) may write less than asked (a signal, a nearly full disk): repeats until all is
 * written.
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
 * Writes one file in the cheapest way. Large writes bypass the page cache where the system can
 * (Linux): no copy, no cache work, no backlog for the last fsync. Small ones go to the cache
 * synchronously, which costs less than another thread. While the medium is slow all go to the
 * cache, and no thread of ours waits.
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
   * False if the system, file system or memory doesn't support O_DIRECT: nothing was written, and
   * it is not tried again.
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

  /** Reopens the same file, whatever its path leads to by now. */
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

/** Linux has it without asking the medium, so that another thread would cost more. */
function realPathOf(handle: FileHandle): string | null {
  try {
    return readlinkSync(`/proc/self/fd/${handle.fd}`);
  } catch {
    return null;
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
    // Data and the length needed to find it; timestamps may be lost.
    sync: () => mapPathErrors(path, () => handle.datasync()),
    realPath: () => realPathOf(handle),
    close: () =>
      mapPathErrors(path, async () => {
        await writer.close();
        await handle.close();
      }),
  };
}
