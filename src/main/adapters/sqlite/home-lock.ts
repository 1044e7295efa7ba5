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
import { requireOwnHome } from '../fs/home-files.ts';

const SQLITE_BUSY = 5;
/**
 * How long to wait for the lock of a killed process, ms; a busy system may release it with a delay.
 */
const LOCK_TIMEOUT_MS = 1000;
/**
 * Locks of this process. Referenced here because garbage collection of a connection would release
 * its lock.
 */
const held = new Set<DatabaseSync>();

/** Explains why the home cannot be used, for the person starting the program. */
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
 * Creates the home with mode 0700 if it is missing.
 *
 * @throws `disk-full`, `not-permitted`, also as `requireOwnHome`, `disk-error`
 */
export async function ensureHome(home: string): Promise<void> {
  requireOwnHome(home);
  try {
    await makeFolders(home, { mode: 0o700 });
    if (!(await isFolder(home)))
      throw Object.assign(new Error('A file is in its place'), { code: 'ENOTDIR' });
    // Checked here for a clear message, instead of failing at the first file.
    await access(home, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (thrown) {
    throw homeError(home, thrown);
  }
}

/**
 * Creates the lock file if it is missing and rejects anything else at its path: opening a FIFO
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
    // By path only: closing any descriptor of the file would release the lock of this process
    // (POSIX).
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

/** Pid of the owner, for the message only; null if `home.json` is missing or invalid. */
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
 * `home.json` is informational: if it cannot be written or removed, the message of another process
 * lacks the pid.
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
 * Locks the home for this process, with an exclusive SQLite lock on an empty file to which nothing
 * is written. The system releases it when the process ends, however that happens
 * (docs/adr/0004-home-lock.md).
 *
 * @returns the release
 * @throws `home-in-use`, `disk-full`, `not-permitted`, `disk-error`
 */
export function lockHome(folder: string): () => void {
  const home = path.resolve(folder);
  const file = path.join(home, 'home.lock');
  const note = path.join(home, 'home.json');
  let lock: DatabaseSync | null = null;
  try {
    prepareLockFile(file);
    lock = new DatabaseSync(file, { timeout: LOCK_TIMEOUT_MS });
    // Journal in memory, so that no file is created beside it.
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
