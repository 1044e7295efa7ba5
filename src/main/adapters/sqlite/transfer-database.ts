import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { makePrivate } from '../fs/home-files.ts';
import {
  META_TABLE,
  closeDatabase,
  connect,
  isDiskFull,
  openDatabase,
  readMeta,
  writeMeta,
  type DatabaseOptions,
  type Recovery,
  type RecoveredRows,
  type Source,
} from './kit.ts';

export const TRANSFERS = 'The list of downloads';

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
  // Checksums: `run_crc` is that of what changes while a file is fetched.
  `ALTER TABLE transfers ADD COLUMN crc INTEGER;
   UPDATE transfers SET crc = checksum(id, position, data, manifest);
   ALTER TABLE files ADD COLUMN crc INTEGER;
   ALTER TABLE files ADD COLUMN run_crc INTEGER;
   UPDATE files SET crc = checksum(transfer_id, idx, data), run_crc = checksum(transfer_id, idx, progress, evidence);
   ${META_TABLE}
   INSERT INTO meta SELECT name, value, checksum(name, value) FROM facts WHERE name = 'paused';
   DROP TABLE facts;`,
];

/** Conditions that tell a row that is not what was written. */
export const DAMAGED = {
  transfer: 'crc IS NOT checksum(id, position, data, manifest)',
  file: 'crc IS NOT checksum(transfer_id, idx, data)',
  run: 'run_crc IS NOT checksum(transfer_id, idx, progress, evidence)',
};
export const ROW_CHECKS = {
  transfers: DAMAGED.transfer,
  files: `${DAMAGED.file} OR ${DAMAGED.run}`,
  meta: 'crc IS NOT checksum(key, value)',
};

const BACKUPS = 2;
export const BACKUP_AGE_MS = 3_600_000;
const backupFile = (file: string, n: number): string => `${file}.backup-${n}`;

/**
 * Backs the database up unless that was done within the hour. Written beside, then renamed, so that
 * a backup is always a whole one.
 */
export function backUp(db: DatabaseSync, file: string): void {
  const newest = backupFile(file, 1);
  // One from the future was made while the clock was wrong, and would be the last for as long.
  if (existsSync(newest) && Math.abs(Date.now() - statSync(newest).mtimeMs) < BACKUP_AGE_MS) return;
  const fresh = `${file}.backup-new`;
  rmSync(fresh, { force: true });
  makePrivate(fresh);
  db.prepare('VACUUM INTO ?').run(fresh);
  for (let n = BACKUPS; n > 1; n--)
    if (existsSync(backupFile(file, n - 1)))
      renameSync(backupFile(file, n - 1), backupFile(file, n));
  renameSync(fresh, newest);
}

const textOf = (value: SQLInputValue | undefined): string =>
  typeof value === 'string' ? value : '';

/** What a person calls it, of a row that may be damaged. */
const titleOf = (id: string, data: string): string =>
  /"title":"((?:[^"\\]|\\.){1,200})"/u.exec(data)?.[1] ?? id;

/** Rows of a query as long as they can be read. @returns false if not all could. */
function eachRow(
  db: DatabaseSync,
  sql: string,
  take: (row: Record<string, SQLInputValue>) => void,
  ...values: string[]
): boolean {
  try {
    for (const row of db.prepare(sql).iterate(...values)) take(row);
    return true;
  } catch (thrown) {
    if (isDiskFull(thrown)) throw thrown;
    return false;
  }
}

class TransferRecovery {
  readonly #db: DatabaseSync;
  readonly #kept = new Set<string>();
  /** Titles by id of what has been seen and not been recovered. */
  readonly #lost = new Map<string, string>();
  #fromBackup = 0;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /**
   * The newest source that has a row sound gives it. Once one of them could be read to its end,
   * older ones have nothing to add.
   */
  run(sources: Iterable<Source>): RecoveredRows {
    for (const { db, isBackup, hasChecksums, isWhole } of sources) {
      const before = this.#kept.size;
      const isComplete = this.#takeTransfers(
        db,
        hasChecksums ? DAMAGED : { transfer: '0', file: '0', run: '0' },
      );
      if (isBackup) this.#fromBackup += this.#kept.size - before;
      for (const key of ['paused', 'erase-due'])
        if (readMeta(this.#db, key) === null) this.#takeMeta(db, key);
      eachRow(
        db,
        'SELECT sha256, path, seen_ms FROM contents',
        ({ sha256, path, seen_ms: seenMs }) => {
          this.#db
            .prepare('INSERT OR IGNORE INTO contents VALUES (?, ?, ?)')
            .run(textOf(sha256), textOf(path), Number(seenMs));
        },
      );
      if (isComplete && isWhole) break;
    }
    return { kept: this.#kept.size, fromBackup: this.#fromBackup, lost: [...this.#lost.values()] };
  }

  /**
   * A page that cannot be read ends the reading from that side: rows are read from both. @returns
   * true if all there were are sound.
   */
  #takeTransfers(source: DatabaseSync, damaged: typeof DAMAGED): boolean {
    let isComplete = true;
    const fresh: string[] = [];
    for (const order of ['ASC', 'DESC']) {
      isComplete =
        eachRow(
          source,
          `SELECT id, position, data, manifest, ${damaged.transfer} AS damaged FROM transfers ORDER BY rowid ${order}`,
          (row) => {
            const id = textOf(row['id']);
            if (this.#kept.has(id)) return;
            if (row['damaged'] !== 0) {
              isComplete = false;
              this.#lost.set(id, titleOf(id, textOf(row['data'])));
              return;
            }
            this.#db
              .prepare(
                'INSERT INTO transfers (id, position, data, manifest, crc) VALUES (?1, ?2, ?3, ?4, checksum(?1, ?2, ?3, ?4))',
              )
              .run(id, row['position'] ?? 0, row['data'] ?? '', row['manifest'] ?? null);
            this.#kept.add(id);
            this.#lost.delete(id);
            fresh.push(id);
          },
        ) && isComplete;
    }
    // The index knows ids whose rows cannot be read any more.
    eachRow(
      source,
      'SELECT id FROM transfers INDEXED BY sqlite_autoindex_transfers_1 ORDER BY id',
      (row) => {
        const id = textOf(row['id']);
        if (!this.#kept.has(id) && !this.#lost.has(id)) this.#lost.set(id, id);
      },
    );
    for (const id of fresh) isComplete = this.#takeFiles(source, id, damaged) && isComplete;
    return isComplete;
  }

  /** A file whose progress is damaged keeps its record and is looked at from the beginning. */
  #takeFiles(source: DatabaseSync, transferId: string, damaged: typeof DAMAGED): boolean {
    const insert = this.#db.prepare(
      'INSERT OR IGNORE INTO files (transfer_id, idx, data, progress, evidence, crc, run_crc) VALUES (?1, ?2, ?3, ?4, ?5, checksum(?1, ?2, ?3), checksum(?1, ?2, ?4, ?5))',
    );
    let areSound = true;
    const isComplete = eachRow(
      source,
      `SELECT idx, data, progress, evidence, ${damaged.file} AS damaged, ${damaged.run} AS run_damaged FROM files WHERE transfer_id = ?`,
      (row) => {
        if (row['damaged'] !== 0) {
          areSound = false;
          return;
        }
        const [progress, evidence] =
          row['run_damaged'] === 0
            ? [row['progress'] ?? null, row['evidence'] ?? null]
            : [null, null];
        insert.run(transferId, row['idx'] ?? 0, row['data'] ?? '', progress, evidence);
      },
      transferId,
    );
    if (!isComplete || !areSound)
      this.#lost.set(`files of ${transferId}`, `${transferId}: records of single files`);
    return isComplete && areSound;
  }

  #takeMeta(source: DatabaseSync, key: string): void {
    try {
      const value = readMeta(source, key);
      if (value !== null) writeMeta(this.#db, key, value);
    } catch {
      // Its page cannot be read.
    }
  }
}

export type TransferDatabase = {
  db: DatabaseSync;
  journal: DatabaseSync;
  close(isSuspect: boolean): void;
};

/**
 * Opens the file of the transfers with two connections: `db` syncs every commit to the medium,
 * `journal` leaves that to the next of those.
 * @param isSuspect verify every row of it
 */
export function openTransferDatabase(
  file: string,
  onRecovered: (recovery: Recovery) => void,
  isSuspect: boolean,
): TransferDatabase {
  const options: DatabaseOptions = {
    file,
    what: TRANSFERS,
    migrations: MIGRATIONS,
    pragmas: 'PRAGMA synchronous = FULL',
    rowChecks: ROW_CHECKS,
    alwaysVerified: ['transfers'],
    onRecovered,
    backups: Array.from({ length: BACKUPS }, (_, n) => backupFile(file, n + 1)),
    recover: (db, sources) => new TransferRecovery(db).run(sources),
  };
  const db = openDatabase(options, isSuspect);
  try {
    backUp(db, file);
  } catch (thrown) {
    // With a full disk the queue must still open and say what it waits for.
    if (!isDiskFull(thrown)) throw thrown;
  }
  const journal = connect(file, 'PRAGMA synchronous = NORMAL');
  return {
    db,
    journal,
    close(suspect) {
      journal.close();
      closeDatabase(db, suspect);
    },
  };
}
