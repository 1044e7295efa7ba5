import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
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
  isDamage,
  markBackup,
  markSuspect,
  sqliteError,
  transaction,
} from './kit.ts';
import * as z from 'zod';
import { wireError } from '../../../shared/contract/common.ts';
import { NO_EVIDENCE, fileEvidence, transferEvidence } from '../../../shared/contract/transfers.ts';
import type { WireError } from '../../../shared/errors.ts';
import { RIGHTS_STATES } from '../../../shared/api/rights.ts';
import { recall, recallPlace } from '../../../shared/model/recall.ts';
import { transferState } from '../../../shared/model/transfer.ts';
import { SpaceReserve } from '../fs/space-reserve.ts';
import type {
  FileEvidence,
  FileProgress,
  StoredFile,
  StoredHistory,
  StoredRecall,
  StoredTransfer,
  TransferStore,
} from '../../transfers/ports.ts';
import { systemClock } from '../../../shared/clock.ts';

const TRANSFERS = 'The queue';

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
  // `run_crc` covers the columns that change while a file is fetched, `crc` the others.
  `ALTER TABLE transfers ADD COLUMN crc INTEGER;
   UPDATE transfers SET crc = checksum(id, position, data, manifest);
   ALTER TABLE files ADD COLUMN crc INTEGER;
   ALTER TABLE files ADD COLUMN run_crc INTEGER;
   UPDATE files SET crc = checksum(transfer_id, idx, data), run_crc = checksum(transfer_id, idx, progress, evidence);
   ${META_TABLE}
   INSERT INTO meta SELECT name, value, checksum(name, value) FROM facts WHERE name = 'paused';
   DROP TABLE facts;`,
  // Rows with a wrong checksum keep it: a new one would make the damage look sound.
  `ALTER TABLE files RENAME COLUMN run_crc TO progress_crc;
   UPDATE files SET
     data = replace(data, '"partIsOurs":', '"ownsPart":'),
     crc = checksum(transfer_id, idx, replace(data, '"partIsOurs":', '"ownsPart":'))
   WHERE crc IS checksum(transfer_id, idx, data);`,
  `CREATE TABLE recalls (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, data TEXT NOT NULL, crc INTEGER NOT NULL) STRICT;
   CREATE TABLE history (id TEXT PRIMARY KEY, data TEXT NOT NULL, snapshot TEXT, crc INTEGER NOT NULL) STRICT;`,
];

/** SQL conditions for rows that were not written by this program. */
const DAMAGED = {
  transfer: 'crc IS NOT checksum(id, position, data, manifest)',
  file: 'crc IS NOT checksum(transfer_id, idx, data)',
  run: 'progress_crc IS NOT checksum(transfer_id, idx, progress, evidence)',
  recall: 'crc IS NOT checksum(id, data)',
  history: 'crc IS NOT checksum(id, data, snapshot)',
};
export const ROW_CHECKS = {
  transfers: DAMAGED.transfer,
  files: `${DAMAGED.file} OR ${DAMAGED.run}`,
  recalls: DAMAGED.recall,
  history: DAMAGED.history,
  meta: 'crc IS NOT checksum(key, value)',
};

const BACKUPS = 2;
const BACKUP_AGE_MS = 3_600_000;
const backupFile = (file: string, n: number): string => `${file}.backup-${n}`;

/**
 * Backs the database up unless the last backup is less than an hour old. Written under another name
 * and renamed, so that a backup is always complete.
 */
export function backUp(db: DatabaseSync, file: string): void {
  const newest = backupFile(file, 1);
  // A backup from the future was made while the clock was wrong; it must not suppress later ones.
  if (
    existsSync(newest) &&
    Math.abs(systemClock.nowMs() - statSync(newest).mtimeMs) < BACKUP_AGE_MS
  )
    return;
  const fresh = `${file}.backup-new`;
  rmSync(fresh, { force: true });
  makePrivate(fresh);
  db.prepare('VACUUM INTO ?').run(fresh);
  markBackup(fresh);
  for (let n = BACKUPS; n > 1; n--)
    if (existsSync(backupFile(file, n - 1)))
      renameSync(backupFile(file, n - 1), backupFile(file, n));
  renameSync(fresh, newest);
}

const textOf = (value: SQLInputValue | undefined): string =>
  typeof value === 'string' ? value : '';

const hasTable = (db: DatabaseSync, name: string): boolean =>
  db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(name) !==
  undefined;

/** Title of a row that may be damaged, for messages. */
const titleOf = (id: string, data: string): string =>
  /"title":"((?:[^"\\]|\\.){1,200})"/u.exec(data)?.[1] ?? id;

/**
 * Reads the rows of a query as far as possible.
 * @returns false if not all could be read
 */
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
  /** Titles by id of rows that were seen and not recovered. */
  readonly #lost = new Map<string, string>();
  #fromBackup = 0;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /**
   * Each row comes from the newest source that has it undamaged. Once a source was read completely,
   * older ones have nothing to add.
   */
  run(sources: Iterable<Source>): RecoveredRows {
    for (const { db, isBackup, hasChecksums, isWhole } of sources) {
      const before = this.#kept.size;
      const isComplete = this.#takeTransfers(
        db,
        hasChecksums ? DAMAGED : { transfer: '0', file: '0', run: '0', recall: '0', history: '0' },
      );
      const hasHistory = this.#takeHistory(db, hasChecksums ? DAMAGED.history : '0');
      const hasRecalls = this.#takeRecalls(db, hasChecksums ? DAMAGED.recall : '0');
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
      if (isComplete && hasRecalls && hasHistory && isWhole) break;
    }
    return { kept: this.#kept.size, fromBackup: this.#fromBackup, lost: [...this.#lost.values()] };
  }

  /**
   * An unreadable page ends a scan, so rows are read from both ends.
   * @returns true if every row was sound
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
    // The index knows the ids of rows that can't be read any more.
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

  /** In their order. @returns true if every row was sound */
  #takeRecalls(source: DatabaseSync, damaged: string): boolean {
    // Of a backup of an earlier version.
    if (!hasTable(source, 'recalls')) return true;
    const insert = this.#db.prepare(
      'INSERT OR IGNORE INTO recalls (seq, id, data, crc) VALUES (?1, ?2, ?3, checksum(?2, ?3))',
    );
    let areSound = true;
    const isComplete = eachRow(
      source,
      `SELECT seq, id, data, ${damaged} AS damaged FROM recalls`,
      (row) => {
        const id = textOf(row['id']);
        if (row['damaged'] === 0) {
          insert.run(row['seq'] ?? null, id, row['data'] ?? '');
          this.#lost.delete(id);
        } else {
          areSound = false;
          this.#lost.set(id, `a recall: ${titleOf(id, textOf(row['data']))}`);
        }
      },
    );
    return isComplete && areSound;
  }

  /** @returns true if every row was sound */
  #takeHistory(source: DatabaseSync, damaged: string): boolean {
    if (!hasTable(source, 'history')) return true;
    const insert = this.#db.prepare(
      'INSERT OR IGNORE INTO history (id, data, snapshot, crc) VALUES (?1, ?2, ?3, checksum(?1, ?2, ?3))',
    );
    let areSound = true;
    const isComplete = eachRow(
      source,
      `SELECT id, data, snapshot, ${damaged} AS damaged FROM history`,
      (row) => {
        const id = textOf(row['id']);
        if (row['damaged'] === 0) insert.run(id, row['data'] ?? '', row['snapshot'] ?? null);
        else areSound = false;
        // Its transfer, if it is there, makes it anew.
        if (row['damaged'] !== 0 && !this.#kept.has(id))
          this.#lost.set(id, titleOf(id, textOf(row['data'])));
        else this.#lost.delete(id);
      },
    );
    return isComplete && areSound;
  }

  /** A file with damaged progress keeps its record and is checked from the start. */
  #takeFiles(source: DatabaseSync, transferId: string, damaged: typeof DAMAGED): boolean {
    const insert = this.#db.prepare(
      'INSERT OR IGNORE INTO files (transfer_id, idx, data, progress, evidence, crc, progress_crc) VALUES (?1, ?2, ?3, ?4, ?5, checksum(?1, ?2, ?3), checksum(?1, ?2, ?4, ?5))',
    );
    let areSound = true;
    const isComplete = eachRow(
      source,
      `SELECT idx, data, progress, evidence, ${damaged.file} AS damaged, ${damaged.run} AS progress_damaged FROM files WHERE transfer_id = ?`,
      (row) => {
        if (row['damaged'] !== 0) {
          areSound = false;
          return;
        }
        const [progress, evidence] =
          row['progress_damaged'] === 0
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
      // Its page can't be read.
    }
  }
}

type TransferDatabase = {
  db: DatabaseSync;
  journal: DatabaseSync;
  close(isSuspect: boolean): void;
};

/**
 * Opens the database with two connections: `db` fsyncs every commit, `journal` leaves that to the
 * next one of `db`.
 * @param isSuspect verify every row
 */
function openTransferDatabase(
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
    // The queue must open on a full disk too, and say what it waits for.
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

const range = z.tuple([z.number(), z.number()]);
const progressSchema: z.ZodType<FileProgress> = z.object({
  written: z.array(range),
  durable: z.array(range),
  bootId: z.string(),
  validator: z
    .object({
      originId: z.string(),
      etag: z.string().nullable(),
      servedBy: z.string().nullable().default(null),
    })
    .nullable(),
  totalBytes: z.number().nullable(),
});
const transferSchema = z.object({
  id: z.string(),
  kind: z.enum(['package', 'url', 'metalink']),
  assetId: z.string().nullable(),
  packageId: z.string().nullable(),
  rev: z.number().nullable(),
  purpose: z.string().nullable(),
  title: z.string(),
  label: z.string(),
  source: z.string(),
  destination: z.string(),
  folder: z.string().nullable(),
  acknowledge: z.array(z.string()),
  sha256: z.string().nullable(),
  hashAnyway: z.boolean(),
  state: z.union([
    transferState,
    // Stored by versions before 0.2.
    z.object({ phase: z.literal('verifying') }).transform(() => ({ phase: 'running' as const })),
  ]),
  attempts: z.number(),
  urgent: z.boolean(),
  position: z.number(),
  // Missing in rows of earlier versions.
  deadlineMs: z.number().nullable().default(null),
  limitBytesPerSecond: z.number().nullable().default(null),
  folderName: z.string().nullable().default(null),
  fileNaming: z
    .object({
      template: z.string(),
      facts: z.object({
        date: z.string(),
        place: z.string(),
        title: z.string(),
        id: z.string(),
        language: z.string(),
        format: z.string(),
        rendition: z.string(),
      }),
    })
    .nullable()
    .default(null),
  cleared: z.boolean().default(false),
  strict: z.boolean().default(false),
  rights: z
    .object({
      state: z.enum(RIGHTS_STATES),
      since: z.number(),
      atMs: z.number().optional(),
      rev: z.number().nullable().optional(),
      revAtMs: z.number().nullable().optional(),
    })
    .nullable()
    .default(null),
  embargo: z
    .object({ untilMs: z.number(), isHeld: z.boolean(), isMarked: z.boolean().optional() })
    .nullable()
    .default(null),
  isMarkerAside: z.boolean().optional(),
  isHandedOut: z.boolean().optional(),
  importKey: z.string().optional(),
  receivedBytes: z.number(),
  totalBytes: z.number().nullable(),
  filesDone: z.number(),
  filesTotal: z.number(),
  addedAtMs: z.number(),
  finishedAtMs: z.number().nullable(),
  resumes: z.number(),
  refetchedBytes: z.number(),
  repair: z.boolean().default(false),
  repairOnly: z.array(z.string()).nullable().default(null),
  evidence: transferEvidence.default(NO_EVIDENCE),
});
const fileSchema = z.object({
  index: z.number(),
  path: z.string(),
  given: z.string().nullable().default(null),
  bytes: z.number().nullable(),
  sha256: z.string().nullable(),
  done: z.boolean(),
  verified: z.boolean(),
  ownsPart: z.boolean().default(false),
  error: z.custom<WireError>((value) => wireError.safeParse(value).success).nullable(),
});
const recallSchema = recall.extend({
  places: z.array(recallPlace.extend({ root: z.string(), own: z.array(z.string()) })),
  isDue: z.boolean(),
  isExplained: z.boolean(),
  searchedAtMs: z.number().nullable().default(null),
  reported: z.object({ recall: z.boolean(), acknowledgement: z.boolean() }),
});
const historySchema = z.object({
  id: z.string(),
  assetId: z.string(),
  packageId: z.string(),
  rev: z.number().nullable(),
  service: z.string().nullable(),
  title: z.string(),
  label: z.string(),
  purpose: z.string().nullable(),
  destination: z.string(),
  folder: z.string(),
  totalBytes: z.number().nullable(),
  filesTotal: z.number(),
  addedAtMs: z.number(),
  finishedAtMs: z.number().nullable(),
  files: z.array(z.object({ path: z.string(), bytes: z.number(), sha256: z.string() })),
  isHere: z.boolean(),
  // Rows of earlier versions know neither.
  isCleared: z.boolean().default(false),
  movedFrom: z.string().nullable().default(null),
});
const recallRow = z.object({ id: z.string(), data: z.string(), damaged: z.number() });
const transferRow = z.object({
  id: z.string(),
  data: z.string(),
  manifest: z.string().nullable(),
  damaged: z.number(),
});
const fileRow = z.object({
  idx: z.number(),
  data: z.string(),
  progress: z.string().nullable(),
  evidence: z.string().nullable(),
  damaged: z.number(),
  progress_damaged: z.number(),
});

function statementsOf(db: DatabaseSync) {
  return {
    save: db.prepare(`INSERT INTO transfers (id, position, data, manifest, crc) VALUES (?1, ?2, ?3, ?4, checksum(?1, ?2, ?3, ?4))
      ON CONFLICT (id) DO UPDATE SET position = excluded.position, data = excluded.data, manifest = excluded.manifest, crc = excluded.crc`),
    remove: db.prepare('DELETE FROM transfers WHERE id = ?'),
    files: db.prepare(
      `SELECT idx, data, progress, evidence, ${DAMAGED.file} AS damaged, ${DAMAGED.run} AS progress_damaged FROM files WHERE transfer_id = ? ORDER BY idx`,
    ),
    withFile: db.prepare(
      String.raw`SELECT DISTINCT transfer_id FROM files WHERE data LIKE ?1 ESCAPE '\' AND json_valid(data) AND json_extract(data, '$.path') LIKE ?1 ESCAPE '\'`,
    ),
    saveFile:
      db.prepare(`INSERT INTO files (transfer_id, idx, data, progress, evidence, crc, progress_crc)
      VALUES (?1, ?2, ?3, ?4, ?5, checksum(?1, ?2, ?3), checksum(?1, ?2, ?4, ?5))
      ON CONFLICT (transfer_id, idx) DO UPDATE SET data = excluded.data, progress = excluded.progress, evidence = excluded.evidence, crc = excluded.crc, progress_crc = excluded.progress_crc`),
    recalls: db.prepare(`SELECT id, data, ${DAMAGED.recall} AS damaged FROM recalls ORDER BY seq`),
    saveRecall: db.prepare(`INSERT INTO recalls (id, data, crc) VALUES (?1, ?2, checksum(?1, ?2))
      ON CONFLICT (id) DO UPDATE SET data = excluded.data, crc = excluded.crc`),
    history: db.prepare(`SELECT id, data, ${DAMAGED.history} AS damaged FROM history`),
    saveHistory:
      db.prepare(`INSERT INTO history (id, data, snapshot, crc) VALUES (?1, ?2, NULL, checksum(?1, ?2, NULL))
      ON CONFLICT (id) DO UPDATE SET data = excluded.data, crc = checksum(id, excluded.data, snapshot)`),
    snapshot: db.prepare(`SELECT snapshot FROM history WHERE id = ? AND NOT (${DAMAGED.history})`),
    unsnapped: db.prepare('SELECT id FROM history WHERE snapshot IS NULL LIMIT 500'),
    saveSnapshot: db.prepare(
      'UPDATE history SET snapshot = ?2, crc = checksum(id, data, ?2) WHERE id = ?1',
    ),
    contents: db.prepare(
      'SELECT path FROM contents WHERE sha256 = ? ORDER BY seen_ms DESC LIMIT 20',
    ),
    remember: db.prepare(
      'INSERT OR REPLACE INTO contents (sha256, path, seen_ms) VALUES (?, ?, ?)',
    ),
  };
}

const text = (value: FileProgress | FileEvidence | null) =>
  value === null ? null : JSON.stringify(value);

/**
 * Damage to the queue: `recovery` if it was repaired at the start, null if it was found in use and
 * the next start repairs it.
 */
export type TransferDamage = { recovery: Recovery | null; lost: string[] };

type Loaded = { transfers: StoredTransfer[]; damaged: string[] };

/** Row by row: the text of thousands isn't held beside the parsed rows. */
function load(db: DatabaseSync): Loaded {
  const loaded: Loaded = { transfers: [], damaged: [] };
  for (const row of db
    .prepare(
      `SELECT id, data, manifest, ${DAMAGED.transfer} AS damaged FROM transfers ORDER BY position`,
    )
    .iterate()) {
    const { id, data, manifest, damaged } = transferRow.parse(row);
    const transfer = damaged === 0 ? transferSchema.safeParse(JSON.parse(data)) : null;
    // Spread, not assigned: `Object.assign` makes V8 keep each as a hash table, of 1.5 kB more.
    if (transfer?.success) loaded.transfers.push({ ...transfer.data, manifest });
    else loaded.damaged.push(id);
  }
  return loaded;
}

/**
 * Transfers of one home in SQLite. States are fsynced with each commit. The progress of files,
 * which changes many times a second, goes through a second connection without fsync: it survives a
 * crash, not a power loss. Reserved space keeps both working on a full volume. A damaged row is
 * never used: it is reported with `onDamaged` and restored from a backup, or named as lost.
 */
export class SqliteTransferStore implements TransferStore {
  readonly #onDamaged: (damage: TransferDamage) => void;
  readonly #reserve: SpaceReserve;
  readonly #reported = new Set<string>();
  #isSuspect = false;
  #database: TransferDatabase;
  #sql: ReturnType<typeof statementsOf>;
  #saveProgress: StatementSync;
  /** Rows read by the check at the start, for the first call of `all`. */
  #loaded: StoredTransfer[] | null;

  /** @throws `disk-full`, `not-permitted`, `disk-error` */
  constructor(file: string, onDamaged: (damage: TransferDamage) => void) {
    this.#onDamaged = onDamaged;
    this.#reserve = new SpaceReserve(`${file}.reserve`);
    const open = (isSuspect: boolean): TransferDatabase =>
      this.#reserve.during(
        () =>
          openTransferDatabase(
            file,
            (recovery) => onDamaged({ recovery, lost: recovery.lost }),
            isSuspect,
          ),
        isDiskFull,
      );
    try {
      this.#database = open(false);
      let loaded = load(this.#database.db);
      if (loaded.damaged.length > 0) {
        this.#database.close(true);
        this.#database = open(true);
        loaded = load(this.#database.db);
      }
      this.#sql = statementsOf(this.#database.db);
      this.#saveProgress = this.#database.journal.prepare(
        `UPDATE files SET progress = ?1, evidence = ?2, progress_crc = checksum(?3, ?4, ?1, ?2) WHERE transfer_id = ?3 AND idx = ?4`,
      );
      this.#loaded = loaded.transfers;
      if (loaded.damaged.length > 0) this.reportDamage(...loaded.damaged);
    } catch (thrown) {
      throw sqliteError(thrown, TRANSFERS);
    }
  }

  all(): StoredTransfer[] {
    const loaded = this.#loaded ?? this.#run(() => load(this.#database.db).transfers);
    this.#loaded = null;
    return loaded;
  }

  save(transfers: StoredTransfer[]): void {
    this.#loaded = null;
    this.#run(() =>
      transaction(this.#database.db, () => {
        for (const { manifest, ...data } of transfers)
          this.#sql.save.run(data.id, data.position, JSON.stringify(data), manifest);
      }),
    );
    this.#reserve.refill();
  }

  remove(ids: string[]): void {
    this.#loaded = null;
    this.#run(() =>
      transaction(this.#database.db, () => ids.forEach((id) => this.#sql.remove.run(id))),
    );
  }

  files(transferId: string): StoredFile[] {
    return this.#run(() =>
      this.#sql.files.all(transferId).flatMap((row): StoredFile[] => {
        const {
          idx,
          data,
          progress,
          evidence,
          damaged,
          progress_damaged: isProgressDamaged,
        } = fileRow.parse(row);
        if (damaged !== 0) {
          this.reportDamage(`${transferId}: the record of file ${idx}`);
          return [];
        }
        if (isProgressDamaged !== 0)
          this.reportDamage(`${transferId}: the progress of file ${idx}`);
        const run = <T>(value: string | null, schema: z.ZodType<T>): T | null =>
          value === null || isProgressDamaged !== 0 ? null : schema.parse(JSON.parse(value));
        return [
          {
            ...fileSchema.parse(JSON.parse(data)),
            progress: run(progress, progressSchema),
            evidence: run(evidence, fileEvidence),
          },
        ];
      }),
    );
  }

  withFile(searched: string): string[] {
    return this.#run(() =>
      this.#sql.withFile
        .all(`%${searched.replaceAll(/[\\%_]/gu, '\\$&')}%`)
        .map((row) => String(row['transfer_id'])),
    );
  }

  saveFiles(
    transferId: string,
    files: StoredFile[],
    contents: { sha256: string; path: string }[] = [],
  ): void {
    this.#run(() =>
      transaction(this.#database.db, () => {
        for (const { progress, evidence, ...data } of files)
          this.#sql.saveFile.run(
            transferId,
            data.index,
            JSON.stringify(data),
            text(progress),
            text(evidence),
          );
        for (const { sha256, path } of contents)
          this.#sql.remember.run(sha256, path, systemClock.nowMs());
      }),
    );
  }

  contents(sha256: string): string[] {
    return this.#run(() => this.#sql.contents.all(sha256).map((row) => String(row['path'])));
  }

  saveProgress(
    transferId: string,
    index: number,
    progress: FileProgress | null,
    evidence: FileEvidence | null,
  ): void {
    this.#run(() => void this.#saveProgress.run(text(progress), text(evidence), transferId, index));
  }

  recalls(): StoredRecall[] {
    return this.#run(() =>
      this.#sql.recalls.all().flatMap((row): StoredRecall[] => {
        const { id, data, damaged } = recallRow.parse(row);
        const read = damaged === 0 ? recallSchema.safeParse(JSON.parse(data)) : null;
        if (read?.success) return [read.data];
        this.reportDamage(`the recall ${id}`);
        return [];
      }),
    );
  }

  saveRecalls(recalls: readonly StoredRecall[]): void {
    this.#run(() =>
      transaction(this.#database.db, () => {
        for (const one of recalls) this.#sql.saveRecall.run(one.id, JSON.stringify(one));
      }),
    );
  }

  history(): StoredHistory[] {
    return this.#run(() =>
      this.#sql.history.all().flatMap((row): StoredHistory[] => {
        const { id, data, damaged } = recallRow.parse(row);
        const read = damaged === 0 ? historySchema.safeParse(JSON.parse(data)) : null;
        if (read?.success) return [read.data];
        this.reportDamage(`the history of ${id}`);
        return [];
      }),
    );
  }

  saveHistory(rows: readonly StoredHistory[]): void {
    this.#run(() =>
      transaction(this.#database.db, () => {
        for (const row of rows) this.#sql.saveHistory.run(row.id, JSON.stringify(row));
      }),
    );
  }

  snapshot(id: string): string | null {
    const found = this.#run(() => this.#sql.snapshot.get(id))?.['snapshot'];
    return typeof found === 'string' ? found : null;
  }

  unsnapped(): string[] {
    return this.#run(() => this.#sql.unsnapped.all().map((row) => String(row['id'])));
  }

  saveSnapshot(id: string, snapshot: string): void {
    this.#run(() => void this.#sql.saveSnapshot.run(id, snapshot));
  }

  paused(): boolean {
    return this.#run(() => readMeta(this.#database.db, 'paused') === 'true');
  }

  setPaused(paused: boolean): void {
    this.#run(() => writeMeta(this.#database.db, 'paused', String(paused)));
  }

  eraseDue(): boolean {
    return this.#run(() => readMeta(this.#database.db, 'erase-due') === 'true');
  }

  setEraseDue(due: boolean): void {
    this.#run(() => writeMeta(this.#database.db, 'erase-due', String(due)));
  }

  /**
   * Reports damage found in use; the next start repairs it.
   * @param lost names for messages, each reported once
   */
  reportDamage(...lost: string[]): void {
    const isFirst = !this.#isSuspect;
    this.#isSuspect = true;
    markSuspect(this.#database.db);
    const fresh = lost.filter((name) => !this.#reported.has(name));
    for (const name of fresh) this.#reported.add(name);
    if (isFirst || fresh.length > 0) this.#onDamaged({ recovery: null, lost: fresh });
  }

  close(): void {
    this.#run(() => this.#database.close(this.#isSuspect));
  }

  #run<T>(call: () => T): T {
    try {
      return this.#reserve.during(call, isDiskFull);
    } catch (thrown) {
      if (isDamage(thrown)) this.reportDamage();
      throw sqliteError(thrown, TRANSFERS);
    }
  }
}
