import {
  chmodSync,
  closeSync,
  lstatSync,
  openSync,
  readdirSync,
  statSync,
  unlinkSync,
  type Stats,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { TEMPORARY_SUFFIX } from './atomic-write.ts';
import { hasErrno } from './errors.ts';
import { clearPlace } from './quarantine.ts';

/** Files by how their names begin: copies, logs and what was set aside are named after them. */
const FILES = [
  'settings.',
  'window.json',
  'trusted-keys.json',
  'home.lock',
  'home.json',
  'incidents.json',
  'desk.log',
  'transfers.sqlite',
  'library-',
  'station.sock',
];
const FOLDERS = ['demo', 'keychain-removed', 'notices-told', 'pictures', 'thumbnails'];
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
/** Bits of the group and of everybody else. */
const OTHERS = 0o077;
/** A folder for everybody, such as /tmp. */
const STICKY = 0o1000;

/**
 * A link to the right kind is followed, as it is where the file is used; null where it leads
 * nowhere.
 */
function look(file: string): Stats | null {
  try {
    return statSync(file, { throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}

/**
 * True where others were let in until now. @throws `not-permitted` where they are and that cannot
 * be changed.
 */
function close(file: string, { mode, uid }: Stats, wanted: number): boolean {
  if ((mode & OTHERS) === 0) return false;
  try {
    chmodSync(file, wanted);
  } catch (thrown) {
    // On a file system without modes it is the mount that says who may read.
    if (uid === process.getuid?.()) return false;
    throw new AppError(
      'not-permitted',
      `${file} can be read by others and belongs to another user. Change its owner, or use another folder with --home.`,
      { cause: thrown },
    );
  }
  return true;
}

function closeFolder(folder: string): void {
  const found = look(folder);
  // Nobody else comes past one that was closed before.
  if (!found?.isDirectory() || !close(folder, found, FOLDER_MODE)) return;
  for (const { name } of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, name);
    const inside = lstatSync(file);
    if (inside.isDirectory()) closeFolder(file);
    else if (!inside.isSymbolicLink()) close(file, inside, FILE_MODE);
  }
}

/**
 * Keeps other users of the machine out of a home: what the program keeps there is its owner's only,
 * also where an earlier version or a careless umask has left it open. What else is there, if
 * somebody has named a folder of his own, is not touched. Nothing on Windows, where a profile's
 * folders are its user's. Opens no file, for the sake of the lock.
 * @throws `not-permitted` naming what can be read by others and cannot be changed.
 */
export function secureHome(home: string): void {
  if (process.platform === 'win32') return;
  const found = look(home);
  if (found && (found.mode & STICKY) === 0 && path.resolve(home) !== os.homedir())
    close(home, found, FOLDER_MODE);
  for (const name of readdirSync(home)) {
    const file = path.join(home, name);
    if (FOLDERS.includes(name)) closeFolder(file);
    else if (FILES.some((begins) => name.startsWith(begins))) {
      const entry = look(file);
      // What a link leads to may be everybody's, such as /dev/null in the place of the log.
      if (entry?.isFile() || entry?.isSocket()) close(file, entry, FILE_MODE);
    }
  }
}

/**
 * Makes an empty file, for its owner only, where there is none: who opens it next might go by the
 * umask. SQLite gives its log the same mode.
 */
export function makePrivate(file: string): void {
  if (file === ':memory:') return;
  try {
    closeSync(openSync(file, 'wx', FILE_MODE));
  } catch (thrown) {
    if (!hasErrno(thrown, 'EEXIST')) throw thrown;
  }
}

/** Files that nothing else looks after before it opens them. */
const PLACES = [
  'trusted-keys.json',
  'station.sock-at',
  'incidents.json',
  'desk.log.1',
  'transfers.sqlite.reserve',
  'transfers.sqlite.backup-1',
  'transfers.sqlite.backup-2',
  'transfers.sqlite.backup-new',
];

/** Removes what `writeFileAtomic` had begun when the last run was killed. */
function removeTemporaryFiles(home: string): void {
  for (const name of readdirSync(home)) {
    if (!name.endsWith(TEMPORARY_SUFFIX) || !FILES.some((begins) => name.startsWith(begins)))
      continue;
    try {
      unlinkSync(path.join(home, name));
    } catch {
      // A folder of this name, or a folder that only lets files be read: it is in nobody's way.
    }
  }
}

/**
 * Sets aside what is in the place of a file or folder of ours and is of another kind, for example a
 * link that leads nowhere.
 * @returns where each is now. @throws `disk-error` naming the path, where it cannot be moved.
 */
export function clearHome(home: string): string[] {
  removeTemporaryFiles(home);
  const places = [
    ...PLACES.map((name) => [name, 'file'] as const),
    ...FOLDERS.map((name) => [name, 'folder'] as const),
    ['station.sock', 'socket'] as const,
    ['desk.log', 'log'] as const,
  ];
  return places.flatMap(([name, kind]) => clearPlace(path.join(home, name), kind) ?? []);
}
