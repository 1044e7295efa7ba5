import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  lstatSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf, hasErrno, isDiskFull } from '../fs/errors.ts';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../../../shared/errors.ts';
import { isFolder, makeFolders } from '../fs/disk.ts';

const SQLITE_BUSY = 5;
/**
 * On a busy machine the system may take a moment to end a process that was killed, and to release
 * its lock.
 */
const DYING_MS = 1000;
/**
 * Locks of this process. They are referenced from here, because a connection that is collected as
 * garbage gives its lock up.
 */
const held = new Set<DatabaseSync>();

/** What keeps a home from being used, in words for whoever starts the program. */
function homeError(home: string, thrown: unknown): AppError {
  if (isDiskFull(thrown))
    return new AppError(
      'disk-full',
      `No space left in ${home}. Free up space, or use another folder with --home.`,
      { cause: thrown },
    );
  if (hasErrno(thrown, 'EACCES', 'EPERM', 'EROFS'))
    return new AppError(
      'not-permitted',
      `${home} can’t be written to (${errnoOf(thrown)}). Change its permissions, or use another folder with --home.`,
      { cause: thrown },
    );
  return new AppError(
    'disk-error',
    `${home} can’t be used (${errnoOf(thrown) ?? String(thrown)})`,
    {
      cause: thrown,
    },
  );
}

/**
 * Makes the home, for its owner only, where it is missing. @throws `disk-full`, `not-permitted`,
 * `disk-error`.
 */
export async function ensureHome(home: string): Promise<void> {
  try {
    await makeFolders(home, { mode: 0o700 });
    if (!(await isFolder(home)))
      throw Object.assign(new Error('A file is in its place'), { code: 'ENOTDIR' });
    // Otherwise the first file that is needed says so, in other words.
    await access(home, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (thrown) {
    throw homeError(home, thrown);
  }
}

/**
 * Makes the lock file where it is missing, and refuses what is no lock of ours: opening a FIFO
 * would block, a link would lead elsewhere.
 */
function prepareLockFile(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
    return;
  } catch (thrown) {
    if (!hasErrno(thrown, 'EEXIST')) throw thrown;
  }
  const found = lstatSync(file);
  if (!found.isFile() || found.size > 0)
    throw new AppError(
      'disk-error',
      `${file} isn’t a lock of Multimedia Desk. Remove it, or use another folder with --home.`,
    );
  try {
    // By its name only: in the process that holds the lock, closing any descriptor of the file
    // would release it (POSIX).
    if ((found.mode & 0o777) !== 0o600) chmodSync(file, 0o600);
    accessSync(file, constants.R_OK | constants.W_OK);
  } catch (thrown) {
    throw new AppError(
      'not-permitted',
      `${file} can’t be opened (${errnoOf(thrown)}). It belongs to another user. Remove it, or use another folder with --home.`,
      { cause: thrown },
    );
  }
}

/** Pid of the owner, for the message only; null where the note is missing or makes no sense. */
function readOwner(file: string): number | null {
  try {
    const { size } = lstatSync(file);
    if (!lstatSync(file).isFile() || size > 200) return null;
    const { pid } = JSON.parse(readFileSync(file, 'utf8')) as { pid?: unknown };
    return Number.isSafeInteger(pid) && Number(pid) > 0 ? Number(pid) : null;
  } catch {
    return null;
  }
}

/**
 * The note informs only: where it cannot be written or removed, the message of another process does
 * without the pid.
 */
function tolerate(change: () => void): void {
  try {
    change();
  } catch (thrown) {
    if (errnoOf(thrown) === null) throw thrown;
  }
}

const removeNote = (file: string): void => tolerate(() => rmSync(file, { force: true }));

function writeNote(file: string): void {
  removeNote(file);
  tolerate(() =>
    writeFileSync(file, JSON.stringify({ pid: process.pid }), { mode: 0o600, flag: 'wx' }),
  );
}

/**
 * One process owns a home, by an exclusive lock of SQLite on an empty file to which nothing is
 * written. The system releases it with the process, however that ends (docs/adr/0004-home-lock.md).
 * @throws `home-in-use`, `disk-full`, `not-permitted`, `disk-error`. @returns the release.
 */
export function lockHome(folder: string): () => void {
  const home = path.resolve(folder);
  const file = path.join(home, 'home.lock');
  const note = path.join(home, 'home.json');
  let lock: DatabaseSync | null = null;
  try {
    prepareLockFile(file);
    lock = new DatabaseSync(file, { timeout: DYING_MS });
    // In memory: no journal appears beside it.
    lock.exec('PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE');
  } catch (thrown) {
    lock?.close();
    throw lockError(thrown, { home, file, note });
  }
  const owned = lock;
  held.add(owned);
  writeNote(note);
  return () => {
    if (!held.delete(owned)) return;
    removeNote(note);
    owned.close();
  };
}

function lockError(
  thrown: unknown,
  { home, file, note }: { home: string; file: string; note: string },
): AppError {
  if (thrown instanceof AppError) return thrown;
  if (errnoOf(thrown) !== 'ERR_SQLITE_ERROR') return homeError(home, thrown);
  const code = thrown instanceof Error && 'errcode' in thrown ? Number(thrown.errcode) & 0xff : 0;
  if (code !== SQLITE_BUSY)
    return new AppError(
      'disk-error',
      `${file} can’t be locked (${String(thrown)}). Use a folder on a disk with file locks with --home.`,
      { cause: thrown },
    );
  const pid = readOwner(note);
  return new AppError(
    'home-in-use',
    `Another Multimedia Desk${pid === null ? '' : ` (process ${pid})`} is using ${home}. Close it, or use another folder with --home.`,
  );
}
