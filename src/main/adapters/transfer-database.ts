import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { AppError } from '../../shared/errors.ts';

/** One entry a version; a released one is never changed, a change is a new entry. */
const MIGRATIONS = [
  `CREATE TABLE transfers (
     id TEXT PRIMARY KEY, position REAL NOT NULL, data TEXT NOT NULL, manifest TEXT
   ) STRICT;
   CREATE TABLE files (
     transfer_id TEXT NOT NULL REFERENCES transfers(id) ON DELETE CASCADE, idx INTEGER NOT NULL, data TEXT NOT NULL, progress TEXT,
     PRIMARY KEY (transfer_id, idx)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;`,
  `CREATE TABLE contents (sha256 TEXT NOT NULL, path TEXT NOT NULL, seen_ms INTEGER NOT NULL, PRIMARY KEY (sha256, path)) STRICT, WITHOUT ROWID;`,
  'ALTER TABLE files ADD COLUMN evidence TEXT;',
];
const BACKUPS = 2;
const BACKUP_AGE_MS = 3_600_000;

const SQLITE_FULL = 13;
/** No room for the index of the write-ahead log, which is a file of its own. */
const SQLITE_IOERR_SHMSIZE = 4_874;
/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const DAMAGED = new Set([11, 26]);

/** The primary result code, which is the low byte; null if SQLite did not throw it. */
function resultCode(thrown: unknown): number | null {
  return thrown instanceof Error && 'errcode' in thrown ? Number(thrown.errcode) & 0xff : null;
}

/** Runs a call to SQLite; what it throws leaves as an `AppError`. */
export function guarded<T>(call: () => T): T {
  try {
    return call();
  } catch (thrown) {
    const code = resultCode(thrown);
    if (code === null) throw thrown;
    throw new AppError(isNoRoom(thrown) ? 'disk-full' : 'disk-error', `The file of the transfers ${DAMAGED.has(code) ? 'is damaged' : `cannot be written (${code})`}`, { cause: thrown });
  }
}

export function isNoRoom(thrown: unknown): boolean {
  return resultCode(thrown) === SQLITE_FULL || (thrown instanceof Error && 'errcode' in thrown && thrown.errcode === SQLITE_IOERR_SHMSIZE);
}

export function transaction(db: DatabaseSync, work: () => void): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    work();
    db.exec('COMMIT');
  } catch (thrown) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw thrown;
  }
}

function migrate(db: DatabaseSync): void {
  const version = z.object({ user_version: z.number() }).parse(db.prepare('PRAGMA user_version').get()).user_version;
  if (version > MIGRATIONS.length) throw new AppError('disk-error', 'The transfers were written by a newer version of the program');
  for (const [index, sql] of MIGRATIONS.entries()) {
    if (index >= version) transaction(db, () => db.exec(`${sql} PRAGMA user_version = ${index + 1};`));
  }
}

function connect(file: string): DatabaseSync {
  const db = new DatabaseSync(file);
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000;');
    migrate(db);
    return db;
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}

const isSound = (db: DatabaseSync): boolean => db.prepare('PRAGMA quick_check(1)').get()?.['quick_check'] === 'ok';
const endedWell = (db: DatabaseSync): boolean => db.prepare("SELECT value FROM facts WHERE name = 'open'").get()?.['value'] !== 'true';
const note = (db: DatabaseSync, open: boolean): void => db.exec(`INSERT OR REPLACE INTO facts (name, value) VALUES ('open', '${open}')`);

/** Null if the file is damaged. After an unclean end it is looked through first. */
function openSound(file: string): DatabaseSync | null {
  try {
    const db = connect(file);
    if (endedWell(db) || isSound(db)) return db;
    db.close();
    return null;
  } catch (thrown) {
    const code = resultCode(thrown);
    if (code !== null && DAMAGED.has(code)) return null;
    throw thrown;
  }
}

const backupFile = (file: string, n: number): string => `${file}.backup-${n}`;

/** The newest first; each is written beside, then renamed, so that a backup is always a whole one. */
function backUp(db: DatabaseSync, file: string): void {
  const newest = backupFile(file, 1);
  if (existsSync(newest) && Date.now() - statSync(newest).mtimeMs < BACKUP_AGE_MS) return;
  const fresh = `${file}.backup-new`;
  rmSync(fresh, { force: true });
  db.prepare('VACUUM INTO ?').run(fresh);
  for (let n = BACKUPS; n > 1; n--) if (existsSync(backupFile(file, n - 1))) renameSync(backupFile(file, n - 1), backupFile(file, n));
  renameSync(fresh, newest);
}

/** Puts the damaged file aside, never deletes it, and goes on with the newest backup that is sound, or with nothing. */
function restore(file: string, onDamaged: (message: string) => void): DatabaseSync {
  const aside = `${file}.damaged-${new Date().toISOString().replaceAll(/[:.]/gu, '-')}`;
  for (const part of ['', '-wal', '-shm']) if (existsSync(file + part)) renameSync(file + part, aside + part);
  for (let n = 1; n <= BACKUPS; n++) {
    if (!existsSync(backupFile(file, n))) continue;
    copyFileSync(backupFile(file, n), file);
    const db = openSound(file);
    if (db) {
      onDamaged(`The list of transfers was damaged. It was put aside as ${aside} and a backup is used.`);
      return db;
    }
    rmSync(file, { force: true });
  }
  onDamaged(`The list of transfers was damaged and there is no backup of it. It was put aside as ${aside}.`);
  return connect(file);
}

export type TransferDatabase = { db: DatabaseSync; journal: DatabaseSync; close(): void };

/** Opens the file of the transfers with two connections: `db` syncs every commit to the medium, `journal` leaves that to the next of those. */
export function openTransferDatabase(file: string, onDamaged: (message: string) => void): TransferDatabase {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const db = openSound(file) ?? restore(file, onDamaged);
  db.exec('PRAGMA synchronous = FULL');
  try {
    note(db, true);
    backUp(db, file);
  } catch (thrown) {
    // With a full disk the queue must still open and say what it waits for.
    if (!isNoRoom(thrown)) throw thrown;
  }
  const journal = connect(file);
  journal.exec('PRAGMA synchronous = NORMAL');
  return {
    db,
    journal,
    close() {
      journal.close();
      try {
        note(db, false);
      } catch (thrown) {
        // The next start looks the file through, that is all.
        if (!isNoRoom(thrown)) throw thrown;
      }
      db.close();
    },
  };
}
