import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { wireError } from '../../shared/contract/common.ts';
import { AppError } from '../../shared/errors.ts';
import type { WireError } from '../../shared/errors.ts';
import { transferState } from '../../shared/model/transfer.ts';
import type { FileProgress, StoredFile, StoredTransfer, TransferStore } from '../transfers/ports.ts';

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
];

const range = z.tuple([z.number(), z.number()]);
const progressSchema: z.ZodType<FileProgress> = z.object({
  written: z.array(range), durable: z.array(range), bootId: z.string(),
  validator: z.object({ originId: z.string(), etag: z.string() }).nullable(), totalBytes: z.number().nullable(),
});
const transferSchema = z.object({
  id: z.string(), kind: z.enum(['package', 'url', 'metalink']),
  assetId: z.string().nullable(), packageId: z.string().nullable(), rev: z.number().nullable(), purpose: z.string().nullable(),
  title: z.string(), label: z.string(), source: z.string(), destination: z.string(), folder: z.string().nullable(),
  acknowledge: z.array(z.string()), sha256: z.string().nullable(), hashAnyway: z.boolean(),
  state: transferState, attempts: z.number(), urgent: z.boolean(), position: z.number(),
  receivedBytes: z.number(), totalBytes: z.number().nullable(), filesDone: z.number(), filesTotal: z.number(),
  addedAtMs: z.number(), finishedAtMs: z.number().nullable(), resumes: z.number(), refetchedBytes: z.number(),
});
const fileSchema = z.object({
  index: z.number(), path: z.string(), bytes: z.number().nullable(), sha256: z.string().nullable(),
  done: z.boolean(), verified: z.boolean(),
  error: z.custom<WireError>((value) => wireError.safeParse(value).success).nullable(),
});
const transferRow = z.object({ data: z.string(), manifest: z.string().nullable() });
const fileRow = z.object({ data: z.string(), progress: z.string().nullable() });

const SQLITE_FULL = 13;
const SQLITE_CORRUPT = new Set([11, 26]);

function guarded<T>(call: () => T): T {
  try {
    return call();
  } catch (thrown) {
    if (!(thrown instanceof Error) || !('errcode' in thrown)) throw thrown;
    // The primary result code is the low byte.
    const code = Number(thrown.errcode) & 0xff;
    const what = SQLITE_CORRUPT.has(code) ? 'is damaged' : `cannot be written (${code})`;
    throw new AppError(code === SQLITE_FULL ? 'disk-full' : 'disk-error', `The file of the transfers ${what}`, { cause: thrown });
  }
}

function migrate(db: DatabaseSync): void {
  const version = z.object({ user_version: z.number() }).parse(db.prepare('PRAGMA user_version').get()).user_version;
  if (version > MIGRATIONS.length) throw new AppError('disk-error', 'The transfers were written by a newer version of the program');
  for (const [index, sql] of MIGRATIONS.entries()) {
    if (index < version) continue;
    db.exec(`BEGIN IMMEDIATE; ${sql} PRAGMA user_version = ${index + 1}; COMMIT;`);
  }
}

function openDatabase(file: string): DatabaseSync {
  const db = new DatabaseSync(file);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000;');
  migrate(db);
  return db;
}

function transaction(db: DatabaseSync, work: () => void): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    work();
    db.exec('COMMIT');
  } catch (thrown) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw thrown;
  }
}

function statementsOf(db: DatabaseSync) {
  return {
    all: db.prepare('SELECT data, manifest FROM transfers ORDER BY position'),
    save: db.prepare(`INSERT INTO transfers (id, position, data, manifest) VALUES (?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET position = excluded.position, data = excluded.data, manifest = excluded.manifest`),
    remove: db.prepare('DELETE FROM transfers WHERE id = ?'),
    files: db.prepare('SELECT data, progress FROM files WHERE transfer_id = ? ORDER BY idx'),
    saveFile: db.prepare(`INSERT INTO files (transfer_id, idx, data, progress) VALUES (?, ?, ?, ?)
      ON CONFLICT (transfer_id, idx) DO UPDATE SET data = excluded.data, progress = excluded.progress`),
    fact: db.prepare('SELECT value FROM facts WHERE name = ?'),
    setFact: db.prepare('INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value'),
  };
}

const text = (progress: FileProgress | null) => (progress === null ? null : JSON.stringify(progress));

/**
 * The transfers of one home in SQLite. States are synced to the medium with each commit; the record of written bytes, which changes many
 * times a second, goes through a second connection that leaves that to the next commit: it survives the program, not the power.
 */
export function createTransferStore(file: string): TransferStore {
  mkdirSync(path.dirname(file), { recursive: true });
  return guarded(() => {
    const db = openDatabase(file);
    db.exec('PRAGMA synchronous = FULL');
    const journal = openDatabase(file);
    journal.exec('PRAGMA synchronous = NORMAL');
    const sql = statementsOf(db);
    const saveProgress = journal.prepare('UPDATE files SET progress = ? WHERE transfer_id = ? AND idx = ?');
    return {
      all: () => guarded(() => sql.all.all().map((row): StoredTransfer => {
        const { data, manifest } = transferRow.parse(row);
        return { ...transferSchema.parse(JSON.parse(data)), manifest };
      })),
      save: (transfers) => guarded(() => transaction(db, () => {
        for (const { manifest, ...data } of transfers) sql.save.run(data.id, data.position, JSON.stringify(data), manifest);
      })),
      remove: (ids) => guarded(() => transaction(db, () => ids.forEach((id) => sql.remove.run(id)))),
      files: (transferId) => guarded(() => sql.files.all(transferId).map((row): StoredFile => {
        const { data, progress } = fileRow.parse(row);
        return { ...fileSchema.parse(JSON.parse(data)), progress: progress === null ? null : progressSchema.parse(JSON.parse(progress)) };
      })),
      saveFiles: (transferId, files) => guarded(() => transaction(db, () => {
        for (const { progress, ...data } of files) sql.saveFile.run(transferId, data.index, JSON.stringify(data), text(progress));
      })),
      saveProgress: (transferId, index, progress) => guarded(() => void saveProgress.run(text(progress), transferId, index)),
      paused: () => guarded(() => sql.fact.get('paused')?.['value'] === 'true'),
      setPaused: (paused) => guarded(() => void sql.setFact.run('paused', String(paused))),
      close() {
        journal.close();
        db.close();
      },
    };
  });
}
