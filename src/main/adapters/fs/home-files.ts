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
import { clearPath } from './quarantine.ts';

/** Prefixes of the program's files; copies, logs and quarantined files share them. */
const FILE_PREFIXES = [
  'settings.',
  'window.json',
  'trusted-keys.json',
  'home.lock',
  'home.json',
  'credentials.',
  'incidents.json',
  'api-tokens.json',
  'station-sessions.json',
  'clearings.json',
  'source-status.json',
  'auto-fetch.sqlite',
  'automation.sqlite',
  'ledger.jsonl',
  'ledger-head.json',
  'desk.log',
  'transfers.sqlite',
  'library.sqlite',
  'library-',
  'station.sock',
];
const FOLDERS = ['demo', 'keychain-removed', 'notices-told', 'pictures', 'thumbnails'];
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
/** Permission bits of group and others. */
const OTHERS_MASK = 0o077;
/** Sticky bit: a shared folder such as /tmp. */
const STICKY = 0o1000;

/**
 * Stats of the file, following links as its users do; null for a missing file or a dangling link.
 */
function statsOf(file: string): Stats | null {
  try {
    return statSync(file, { throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}

/**
 * Removes access by group and others.
 *
 * @returns true if others had access
 * @throws `not-permitted` if they have and the mode cannot be changed
 */
function restrict(file: string, { mode, uid }: Stats, wanted: number): boolean {
  if ((mode & OTHERS_MASK) === 0) return false;
  try {
    chmodSync(file, wanted);
  } catch (thrown) {
    // The owner cannot change the mode: a file system without modes, where the mount decides.
    if (uid === process.getuid?.()) return false;
    throw new AppError(
      'not-permitted',
      `${file} can be read by others and belongs to another user. Change its owner, or use another folder with --home.`,
      { cause: thrown },
    );
  }
  return true;
}

function restrictFolder(folder: string): void {
  const found = statsOf(folder);
  // A folder without access for others protects its contents.
  if (!found?.isDirectory() || !restrict(folder, found, FOLDER_MODE)) return;
  for (const { name } of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, name);
    const inside = lstatSync(file);
    if (inside.isDirectory()) restrictFolder(file);
    else if (!inside.isSymbolicLink()) restrict(file, inside, FILE_MODE);
  }
}

/** User ID; null for nothing, also below what is no folder. */
function ownerOf(file: string): number | null {
  try {
    return lstatSync(file).uid;
  } catch (thrown) {
    if (hasErrno(thrown, 'ENOENT', 'ENOTDIR')) return null;
    throw thrown;
  }
}

/**
 * Keeps root out of a home that another user can change, or can replace by changing what leads to
 * it: links there would have root read, write and close other files.
 *
 * @throws `not-permitted` naming what belongs to another user
 */
export function requireOwnHome(home: string): void {
  if (process.getuid?.() !== 0) return;
  for (let at = path.resolve(home); ; at = path.dirname(at)) {
    const owner = ownerOf(at);
    if (owner !== null && owner !== 0)
      throw new AppError(
        'not-permitted',
        `${at} belongs to another user (${owner}), and root doesn’t open a home there. Run desk as that user: sudo -u '#${owner}' desk …`,
      );
    if (path.dirname(at) === at) return;
  }
}

/**
 * Restricts the program's files in a home to their owner, also where an earlier version or the
 * umask left them open. Other files in a folder that the user chose are not touched. No-op on
 * Windows, where profile folders are private. Opens no file, since closing one would drop the POSIX
 * lock on `home.lock`.
 *
 * @throws `not-permitted` naming the file that others can read and whose mode cannot be changed
 */
export function secureHome(home: string): void {
  if (process.platform === 'win32') return;
  const found = statsOf(home);
  if (found && (found.mode & STICKY) === 0 && path.resolve(home) !== os.homedir())
    restrict(home, found, FOLDER_MODE);
  for (const name of readdirSync(home)) {
    const file = path.join(home, name);
    if (FOLDERS.includes(name)) restrictFolder(file);
    else if (FILE_PREFIXES.some((prefix) => name.startsWith(prefix))) {
      const entry = statsOf(file);
      // The target of a link may be shared, such as /dev/null in place of the log.
      if (entry?.isFile() || entry?.isSocket()) restrict(file, entry, FILE_MODE);
    }
  }
}

/**
 * Creates an empty file with mode 0600 if there is none, so that SQLite does not create it by the
 * umask; SQLite gives its journals the same mode.
 */
export function makePrivate(file: string): void {
  if (file === ':memory:') return;
  try {
    closeSync(openSync(file, 'wx', FILE_MODE));
  } catch (thrown) {
    if (!hasErrno(thrown, 'EEXIST')) throw thrown;
  }
}

/** Files whose users do not check what is at their path before opening it. */
const UNCHECKED_FILES = [
  'trusted-keys.json',
  'station.sock-at',
  'incidents.json',
  'api-tokens.json',
  'station-sessions.json',
  'clearings.json',
  'ledger.jsonl',
  'ledger-head.json',
  'desk.log.1',
  'transfers.sqlite.reserve',
  'transfers.sqlite.backup-1',
  'transfers.sqlite.backup-2',
  'transfers.sqlite.backup-new',
];

/** Removes temporary files that `writeFileAtomic` left when a run was killed. */
function removeTemporaryFiles(home: string): void {
  for (const name of readdirSync(home)) {
    if (
      !name.endsWith(TEMPORARY_SUFFIX) ||
      !FILE_PREFIXES.some((prefix) => name.startsWith(prefix))
    )
      continue;
    try {
      unlinkSync(path.join(home, name));
    } catch {
      // A folder of this name or a read-only home; harmless.
    }
  }
}

/**
 * Quarantines whatever is at the path of one of the program's files or folders and is of another
 * kind, e.g. a dangling link.
 *
 * @returns the new path of each
 * @throws `disk-error` naming the path that cannot be moved
 */
export function clearHome(home: string): string[] {
  removeTemporaryFiles(home);
  const places = [
    ...UNCHECKED_FILES.map((name) => [name, 'file'] as const),
    ...FOLDERS.map((name) => [name, 'folder'] as const),
    ['station.sock', 'socket'] as const,
    ['desk.log', 'log'] as const,
  ];
  return places.flatMap(([name, kind]) => clearPath(path.join(home, name), kind) ?? []);
}
