import { readFileSync, constants } from 'node:fs';
import os from 'node:os';
import {
  mkdir,
  stat,
  copyFile,
  lstat,
  open,
  opendir,
  readdir,
  realpath,
  rename,
  rmdir,
  statfs,
  unlink,
  type FileHandle,
} from 'node:fs/promises';
import path from 'node:path';
import { toDiskFile } from './direct-writer.ts';
import { AppError } from '../../../shared/errors.ts';
import {
  errnoOf,
  fsError,
  hasErrno,
  mapPathErrors,
  UNOPENABLE_FOLDER,
  UNSYNCABLE_FOLDER,
} from './errors.ts';
import type { Disk, DiskEntry } from '../../transfers/ports.ts';
import { systemClock } from '../../../shared/clock.ts';

/** Id of the current boot; where the system has none, the minute it was booted in. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return `up-${Math.round((systemClock.nowMs() - os.uptime() * 1000) / 60_000)}`;
  }
}

export async function isFolder(name: string): Promise<boolean> {
  try {
    return (await stat(name)).isDirectory();
  } catch (thrown) {
    if (hasErrno(thrown, 'ENOENT', 'ENOTDIR')) return false;
    throw thrown;
  }
}

/**
 * Creates a folder and its missing parents one by one: Node's recursive mkdir never returns if
 * mkdir fails with ENOENT although the parent exists (/proc, some automounts). A file in the way
 * stays.
 * @param options.made called with the parent of each created folder
 * @throws the error of the file system
 */
export async function makeFolders(
  name: string,
  options: { mode?: number; made?(parent: string): Promise<void> } = {},
): Promise<void> {
  if (await isFolder(name)) return;
  const parent = path.dirname(name);
  if (parent !== name) await makeFolders(parent, options);
  try {
    await mkdir(name, options.mode);
  } catch (thrown) {
    if (!hasErrno(thrown, 'EEXIST')) throw thrown;
  }
  await options.made?.(parent);
}

/** Runs one system call; throws an `AppError`, except for tolerated errnos. */
async function mapErrors<T>(
  path: string,
  call: () => Promise<T>,
  tolerated: readonly string[] = [],
): Promise<T | null> {
  try {
    return await call();
  } catch (thrown) {
    if (tolerated.includes(errnoOf(thrown) ?? '')) return null;
    throw fsError(thrown, path);
  }
}

async function syncFolder(path: string): Promise<void> {
  // Windows can't open a folder; some network file systems can't fsync one.
  const handle = await mapErrors(path, () => open(path, constants.O_RDONLY), UNOPENABLE_FOLDER);
  await mapErrors(path, async () => handle?.sync(), UNSYNCABLE_FOLDER);
  await handle?.close();
}

async function entry(path: string): Promise<DiskEntry | null> {
  const found = await mapErrors(path, () => lstat(path), ['ENOENT', 'ENOTDIR']);
  if (!found) return null;
  return {
    kind: kindOf(found),
    bytes: found.size,
  };
}

const LISTED_AT_ONCE = 128;
const kindOf = (one: { isFile(): boolean; isDirectory(): boolean }): DiskEntry['kind'] =>
  one.isFile() ? 'file' : one.isDirectory() ? 'folder' : 'other';

/** Coalesces fsyncs of a folder in which many files finish: calls during one share the next. */
class FolderSync {
  readonly #running = new Map<string, Promise<void>>();
  readonly #next = new Map<string, Promise<void>>();

  run(path: string): Promise<void> {
    const running = this.#running.get(path);
    if (!running) return this.#start(path);
    const next =
      this.#next.get(path) ??
      running
        .catch(() => {})
        .then(() => {
          this.#next.delete(path);
          return this.#start(path);
        });
    this.#next.set(path, next);
    return next;
  }

  #start(path: string): Promise<void> {
    const sync = syncFolder(path).finally(() => this.#running.delete(path));
    this.#running.set(path, sync);
    return sync;
  }
}

/**
 * FAT on Linux (linux/magic.h) has 32-bit lengths. Other systems fail the write with
 * `file-too-large`.
 */
const MSDOS_SUPER_MAGIC = 0x4d44;
const FAT_MAX_FILE_BYTES = 2 ** 32 - 1;
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;
const FLAGS = {
  read: constants.O_RDONLY,
  write: constants.O_RDWR | NO_FOLLOW,
  new: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | NO_FOLLOW,
};

/** Our files have one name: a second hard link means that the file isn't ours. */
async function requireSingleLink(handle: FileHandle, path: string): Promise<void> {
  const { nlink } = await mapPathErrors(path, () => handle.stat());
  if (nlink <= 1) return;
  await handle.close();
  throw new AppError(
    'exists',
    `${path} is a hard link and isn’t from this app. Move it away or choose another folder.`,
    { retryable: false },
  );
}

/** Errors on Windows while a virus scanner or an indexer has the file open, usually for seconds. */
const BUSY_ERRNOS = new Set(['EBUSY', 'EPERM', 'EACCES']);
const FIRST_PAUSE_MS = 50;
const LAST_PAUSE_MS = 3_200;

/** @param options.rename replaces rename(2) in tests */
export function createDisk({
  rename: renameFile = rename,
}: { rename?: (from: string, to: string) => Promise<void> } = {}): Disk {
  const boot = bootId();
  const folders = new FolderSync();
  return {
    entry,
    open: async (path, mode) => {
      const handle = await mapPathErrors(path, () => open(path, FLAGS[mode], 0o666));
      if (mode === 'write') await requireSingleLink(handle, path);
      return toDiskFile(handle, path);
    },
    async move(from, to) {
      for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
        // rename(2) replaces silently and Node has no flag against it. One process owns the part
        // files of a destination, so checking first is safe.
        if (await entry(to))
          throw new AppError('exists', `${to} already exists`, { retryable: false });
        try {
          return await renameFile(from, to);
        } catch (thrown) {
          if (!BUSY_ERRNOS.has(errnoOf(thrown) ?? '') || pauseMs > LAST_PAUSE_MS)
            throw fsError(thrown, to);
        }
        await systemClock.sleep(pauseMs);
      }
    },
    replace: (from, to) => mapPathErrors(to, () => rename(from, to)),
    async copy(from, to) {
      // A symbolic link in its place would be followed.
      await mapErrors(to, () => unlink(to), ['ENOENT']);
      try {
        await mapPathErrors(to, () =>
          copyFile(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL),
        );
      } catch (thrown) {
        await mapErrors(to, () => unlink(to), ['ENOENT', 'ENOTDIR']);
        throw thrown;
      }
    },
    async entries(path) {
      const found =
        (await mapErrors(path, () => readdir(path, { withFileTypes: true }), [
          'ENOENT',
          'ENOTDIR',
        ])) ?? [];
      return found
        .map((one) => ({ name: one.name, kind: kindOf(one) }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    },
    async *list(path) {
      const folder = await mapErrors(path, () => opendir(path, { bufferSize: LISTED_AT_ONCE }), [
        'ENOENT',
        'ENOTDIR',
      ]);
      if (!folder) return;
      try {
        for (;;) {
          const one = await mapPathErrors(path, () => folder.read());
          if (one === null) return;
          yield { name: one.name, kind: kindOf(one) };
        }
      } finally {
        await mapPathErrors(path, () => folder.close());
      }
    },
    async remove(path) {
      await mapErrors(path, () => unlink(path), ['ENOENT', 'ENOTDIR']);
    },
    // Files in a folder are lost with the folder's own name.
    makeFolder: (path) => mapPathErrors(path, () => makeFolders(path, { made: syncFolder })),
    async removeEmptyFolder(path) {
      await mapErrors(path, () => rmdir(path), ['ENOENT', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST']);
    },
    syncFolder: (path) => folders.run(path),
    realPath: (path) => mapPathErrors(path, () => realpath(path)),
    async freeBytes(path) {
      const { bavail, bsize } = await mapPathErrors(path, () => statfs(path));
      return bavail * bsize;
    },
    async maxFileBytes(path) {
      const { type } = await mapPathErrors(path, () => statfs(path));
      return type === MSDOS_SUPER_MAGIC ? FAT_MAX_FILE_BYTES : null;
    },
    bootId: () => boot,
  };
}
