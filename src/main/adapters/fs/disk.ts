import { readFileSync, constants } from 'node:fs';
import os from 'node:os';
import {
  mkdir,
  stat,
  copyFile,
  lstat,
  open,
  readdir,
  realpath,
  rename,
  rmdir,
  statfs,
  unlink,
  type FileHandle,
} from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { toDiskFile } from './direct-writer.ts';
import { AppError } from '../../../shared/errors.ts';
import { errnoOf, fsError, hasErrno, mapPathErrors } from './errors.ts';
import type { Disk, DiskEntry } from '../../transfers/ports.ts';

/**
 * Changes with every start of the machine. Where the system does not name one, the minute it
 * started in stands for it.
 */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return `up-${Math.round((Date.now() - os.uptime() * 1000) / 60_000)}`;
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
 * Makes a folder and those above it where they are missing; throws what the file system says.
 * Folder by folder: Node's recursive mkdir never returns where mkdir fails with ENOENT although the
 * parent is there (/proc, some automounted shares). A file in the way stays.
 * @param options.made told of the folder in which one was made
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

/**
 * Runs one system call; what it throws leaves as an `AppError`, except the listed errnos, which are
 * no failure here.
 */
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
  // Windows cannot open a folder; some network file systems cannot sync one.
  const handle = await mapErrors(path, () => open(path, constants.O_RDONLY), [
    'EISDIR',
    'EPERM',
    'EACCES',
  ]);
  await mapErrors(path, async () => handle?.sync(), ['EINVAL', 'ENOTSUP', 'EPERM', 'EBADF']);
  await handle?.close();
}

async function entry(path: string): Promise<DiskEntry | null> {
  const found = await mapErrors(path, () => lstat(path), ['ENOENT', 'ENOTDIR']);
  if (!found) return null;
  return {
    kind: found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other',
    bytes: found.size,
  };
}

/**
 * Many files end in one folder at once: who comes while it is being synced shares the next time
 * with all who come meanwhile.
 */
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
 * Of FAT on Linux (linux/magic.h); its lengths have 32 bits. Other systems say so when it is
 * written: `file-too-large`.
 */
const MSDOS_SUPER_MAGIC = 0x4d44;
const FAT_MAX_FILE_BYTES = 2 ** 32 - 1;
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;
const FLAGS = {
  read: constants.O_RDONLY,
  write: constants.O_RDWR | NO_FOLLOW,
  new: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | NO_FOLLOW,
};

/** No file of ours has a second name: one that has belongs to somebody else. */
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

/**
 * What Windows says while a virus scanner or an indexer has the file open, which is over in
 * seconds.
 */
const BUSY_ERRNOS = new Set(['EBUSY', 'EPERM', 'EACCES']);
const FIRST_PAUSE_MS = 50;
const LAST_PAUSE_MS = 3_200;

/** @param options.rename stands in for the system's in tests */
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
        // rename() replaces silently and Node has no flag against it; one process owns a
        // destination's partial files, so look first.
        if (await entry(to))
          throw new AppError('exists', `${to} already exists`, { retryable: false });
        try {
          return await renameFile(from, to);
        } catch (thrown) {
          if (!BUSY_ERRNOS.has(errnoOf(thrown) ?? '') || pauseMs > LAST_PAUSE_MS)
            throw fsError(thrown, to);
        }
        await setTimeout(pauseMs);
      }
    },
    replace: (from, to) => mapPathErrors(to, () => rename(from, to)),
    async copy(from, to) {
      // A link in its place would be followed.
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
        .map((one) => ({
          name: one.name,
          kind: one.isFile()
            ? ('file' as const)
            : one.isDirectory()
              ? ('folder' as const)
              : ('other' as const),
        }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    },
    async remove(path) {
      await mapErrors(path, () => unlink(path), ['ENOENT', 'ENOTDIR']);
    },
    // What is put into a folder later is lost with the folder's own name.
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
