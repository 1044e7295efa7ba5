import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { bootId } from './boot-id.ts';
import { isFolder, makeFolders } from './make-folders.ts';

/** Homes held by this process: its own pid in a lock may also be left from before a restart of the machine. */
const held = new Set<string>();

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const read = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
};

/** Pid and boot of the owner; a pid from before the machine was started again says nothing about who has it now. */
function isOwned(text: string, home: string): boolean {
  const [pid = '', boot = ''] = text.split(' ');
  if (boot !== bootId()) return false;
  return Number(pid) === process.pid ? held.has(home) : Number(pid) > 0 && isAlive(Number(pid));
}

/** Linked into place with its content: nobody ever reads a lock that says nothing yet. False when there is one already. */
function place(mine: string, file: string): boolean {
  try {
    linkSync(mine, file);
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw thrown;
  }
}

/** What keeps a home from being used, in words for whoever starts the program. */
function homeError(home: string, thrown: unknown): AppError {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  if (code === 'ENOSPC' || code === 'EDQUOT') return new AppError('disk-full', `There is no room left in ${home}. Make some, or name another folder with --home.`, { cause: thrown });
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return new AppError('not-permitted', `${home} cannot be written to (${code}). Change its permissions, or name another folder with --home.`, { cause: thrown });
  return new AppError('disk-error', `${home} cannot be used (${code || String(thrown)})`, { cause: thrown });
}

/** Makes the home, for its owner only, where it is missing. @throws `disk-full`, `not-permitted`, `disk-error`. */
export async function ensureHome(home: string): Promise<void> {
  try {
    await makeFolders(home, { mode: 0o700 });
    if (!(await isFolder(home))) throw Object.assign(new Error('A file is in its place'), { code: 'ENOTDIR' });
  } catch (thrown) {
    throw homeError(home, thrown);
  }
}

/**
 * One process owns a home. A lock left by one that has died is taken over.
 * @throws `home-in-use`, `disk-full`, `not-permitted`, `disk-error`. @returns the release.
 */
export function lockHome(folder: string): () => void {
  const home = path.resolve(folder);
  try {
    return lock(home);
  } catch (thrown) {
    throw thrown instanceof AppError ? thrown : homeError(home, thrown);
  }
}

function lock(home: string): () => void {
  const file = path.join(home, 'desk.lock');
  const mine = `${file}.${process.pid}`;
  try {
    writeFileSync(mine, `${process.pid} ${bootId()}`, { mode: 0o600 });
    while (!place(mine, file)) {
      const seen = read(file);
      if (seen === null) continue;
      if (isOwned(seen, home)) throw new AppError('home-in-use', `Another Multimedia Desk (process ${seen.split(' ')[0]}) uses ${home}. Close it, or name another folder with --home.`);
      takeAway(file, seen);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  held.add(home);
  return () => {
    held.delete(home);
    rmSync(file, { force: true });
  };
}

/** Removes a dead owner's lock, and only that: another contender may have put its own there meanwhile. */
function takeAway(file: string, seen: string): void {
  const aside = `${file}.${process.pid}.dead`;
  try {
    renameSync(file, aside);
  } catch {
    return; // gone already
  }
  if (read(aside) !== seen) place(aside, file);
  rmSync(aside, { force: true });
}
