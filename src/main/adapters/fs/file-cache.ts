import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, readFile, rm, readdir, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { createMutex } from '../../../shared/mutex.ts';
import { AppError } from '../../../shared/errors.ts';
import { writeFileAtomic } from './atomic-write.ts';
import { hasErrno, saveError } from './errors.ts';
import { systemClock } from '../../../shared/clock.ts';

/** O_NONBLOCK: opening a FIFO at this path would block otherwise. */
const READ_NONBLOCK = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Content-addressed files, keyed by SHA-256. */
export interface PictureStore {
  has(sha256: string): Promise<boolean>;
  /**
   * @throws `hash-mismatch` if the bytes do not have this digest, `disk-full`, `disk-error`;
   * nothing is stored then
   */
  put(sha256: string, bytes: Uint8Array): Promise<void>;
  read(sha256: string): Promise<Uint8Array | null>;
  remove(sha256: string): Promise<void>;
}

/** Files named by the SHA-256 of their content, in 256 folders, written atomically. */
export function createPictureFiles(folder: string): PictureStore {
  const fileOf = (sha256: string): string => {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new AppError('bug', 'not a SHA-256');
    return path.join(folder, sha256.slice(0, 2), sha256);
  };
  return {
    has: (sha256) =>
      access(fileOf(sha256)).then(
        () => true,
        () => false,
      ),
    async put(sha256, bytes) {
      if (hashOf(bytes) !== sha256)
        throw new AppError('hash-mismatch', 'The picture doesn’t match its hash', {
          retryable: true,
        });
      const file = fileOf(sha256);
      try {
        await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
        await writeFileAtomic(file, bytes);
      } catch (thrown) {
        throw saveError(thrown, 'The picture can’t be saved');
      }
    },
    async read(sha256) {
      try {
        const bytes = await readFile(fileOf(sha256), { flag: READ_NONBLOCK });
        // A file that has changed on disk counts as missing and is fetched again.
        return hashOf(bytes) === sha256 ? bytes : null;
      } catch (thrown) {
        if (hasErrno(thrown, 'ENOENT', 'EISDIR', 'ELOOP', 'EAGAIN')) return null;
        throw thrown;
      }
    },
    remove: (sha256) => rm(fileOf(sha256), { force: true, recursive: true }),
  };
}

/** About ten thousand thumbnails. */
export const MAX_THUMBNAIL_BYTES = 256 * 1024 * 1024;
/**
 * Fraction of the limit that a clean-up leaves, so that the next picture does not trigger another.
 */
const TARGET_FRACTION = 0.9;
/** Access times are updated at most this often, to keep reads from writing to disk. */
const ATIME_INTERVAL_MS = 24 * 3_600_000;

type ThumbnailCache = {
  read(url: string): Promise<Uint8Array | null>;
  put(url: string, bytes: Uint8Array): Promise<void>;
};

/** LRU cache of pictures by URL, in files, up to `maxBytes`. Never throws. */
export function createThumbnailCache(folder: string, maxBytes: number): ThumbnailCache {
  let heldBytes: Promise<number> | null = null;
  const mutex = createMutex();
  const fileOf = (url: string): string => {
    const name = createHash('sha256').update(url).digest('hex');
    return path.join(folder, name.slice(0, 2), name);
  };

  async function all(): Promise<{ file: string; bytes: number; usedAt: number }[]> {
    const names = await readdir(folder, { recursive: true }).catch(() => []);
    const found = await Promise.all(
      names.map(async (name) => {
        const file = path.join(folder, name);
        const facts = await stat(file).catch(() => null);
        return facts?.isFile() ? [{ file, bytes: facts.size, usedAt: facts.mtimeMs }] : [];
      }),
    );
    return found.flat();
  }

  async function clean(): Promise<void> {
    const counted = (await heldBytes) ?? 0;
    if (counted <= maxBytes) return;
    const files = (await all()).toSorted((a, b) => a.usedAt - b.usedAt);
    let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    for (const file of files) {
      if (bytes <= maxBytes * TARGET_FRACTION) break;
      await rm(file.file, { force: true }).catch(() => undefined);
      bytes -= file.bytes;
    }
    // Files added meanwhile may be counted twice, never missed.
    const left = bytes;
    heldBytes = heldBytes?.then((held) => held - counted + left) ?? null;
  }

  return {
    async read(url) {
      const file = fileOf(url);
      // O_NONBLOCK: opening a FIFO at this path would block otherwise.
      const bytes = await readFile(file, {
        flag: constants.O_RDONLY | (constants.O_NONBLOCK ?? 0),
      }).catch(() => null);
      if (!bytes || bytes.byteLength === 0) return null;
      const usedAt = (await stat(file).catch(() => null))?.mtimeMs ?? 0;
      if (systemClock.nowMs() - usedAt > ATIME_INTERVAL_MS)
        await utimes(file, new Date(), new Date()).catch(() => undefined);
      return bytes;
    },
    /** Failures, such as a full disk, are ignored: the picture is fetched again the next time. */
    async put(url, bytes) {
      const file = fileOf(url);
      heldBytes ??= all().then((files) => files.reduce((sum, { bytes: size }) => sum + size, 0));
      // Counted before the first write; a slower count would include the new file twice.
      await heldBytes;
      try {
        await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
        await writeFileAtomic(file, bytes);
      } catch {
        return;
      }
      heldBytes = heldBytes.then((held) => held + bytes.byteLength);
      await mutex(clean);
    },
  };
}
