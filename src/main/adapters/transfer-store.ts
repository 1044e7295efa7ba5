import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { wireError } from '../../shared/contract/common.ts';
import { NO_EVIDENCE, fileEvidence, transferEvidence } from '../../shared/contract/evidence.ts';
import type { WireError } from '../../shared/errors.ts';
import { transferState } from '../../shared/model/transfer.ts';
import { RoomReserve } from './room-reserve.ts';
import { guarded, isNoRoom, openTransferDatabase, transaction } from './transfer-database.ts';
import type { FileEvidence, FileProgress, StoredFile, StoredTransfer, TransferStore } from '../transfers/ports.ts';

const range = z.tuple([z.number(), z.number()]);
const progressSchema: z.ZodType<FileProgress> = z.object({
  written: z.array(range), durable: z.array(range), bootId: z.string(),
  validator: z.object({ originId: z.string(), etag: z.string().nullable(), servedBy: z.string().nullable().default(null) }).nullable(), totalBytes: z.number().nullable(),
});
const transferSchema = z.object({
  id: z.string(), kind: z.enum(['package', 'url', 'metalink']),
  assetId: z.string().nullable(), packageId: z.string().nullable(), rev: z.number().nullable(), purpose: z.string().nullable(),
  title: z.string(), label: z.string(), source: z.string(), destination: z.string(), folder: z.string().nullable(),
  acknowledge: z.array(z.string()), sha256: z.string().nullable(), hashAnyway: z.boolean(),
  state: transferState, attempts: z.number(), urgent: z.boolean(), position: z.number(),
  // Rows of earlier versions lack these.
  deadlineMs: z.number().nullable().default(null), limitBytesPerSecond: z.number().nullable().default(null), folderName: z.string().nullable().default(null), cleared: z.boolean().default(false),
  receivedBytes: z.number(), totalBytes: z.number().nullable(), filesDone: z.number(), filesTotal: z.number(),
  addedAtMs: z.number(), finishedAtMs: z.number().nullable(), resumes: z.number(), refetchedBytes: z.number(),
  repair: z.boolean().default(false), evidence: transferEvidence.default(NO_EVIDENCE),
});
const fileSchema = z.object({
  index: z.number(), path: z.string(), bytes: z.number().nullable(), sha256: z.string().nullable(),
  done: z.boolean(), verified: z.boolean(), partIsOurs: z.boolean().default(false),
  error: z.custom<WireError>((value) => wireError.safeParse(value).success).nullable(),
});
const transferRow = z.object({ data: z.string(), manifest: z.string().nullable() });
const fileRow = z.object({ data: z.string(), progress: z.string().nullable(), evidence: z.string().nullable() });

function statementsOf(db: DatabaseSync) {
  return {
    all: db.prepare('SELECT data, manifest FROM transfers ORDER BY position'),
    save: db.prepare(`INSERT INTO transfers (id, position, data, manifest) VALUES (?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET position = excluded.position, data = excluded.data, manifest = excluded.manifest`),
    remove: db.prepare('DELETE FROM transfers WHERE id = ?'),
    files: db.prepare('SELECT data, progress, evidence FROM files WHERE transfer_id = ? ORDER BY idx'),
    withFile: db.prepare(String.raw`SELECT DISTINCT transfer_id FROM files WHERE data LIKE ?1 ESCAPE '\' AND json_extract(data, '$.path') LIKE ?1 ESCAPE '\'`),
    saveFile: db.prepare(`INSERT INTO files (transfer_id, idx, data, progress, evidence) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (transfer_id, idx) DO UPDATE SET data = excluded.data, progress = excluded.progress, evidence = excluded.evidence`),
    contents: db.prepare('SELECT path FROM contents WHERE sha256 = ? ORDER BY seen_ms DESC LIMIT 20'),
    remember: db.prepare('INSERT OR REPLACE INTO contents (sha256, path, seen_ms) VALUES (?, ?, ?)'),
    fact: db.prepare('SELECT value FROM facts WHERE name = ?'),
    setFact: db.prepare('INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value'),
  };
}

const text = (value: FileProgress | FileEvidence | null) => (value === null ? null : JSON.stringify(value));

/**
 * The transfers of one home in SQLite. States are synced to the medium with each commit; the record of written bytes, which changes many
 * times a second, goes through a second connection that leaves that to the next commit: it survives the program, not the power.
 * A full volume costs neither: room for them is set aside. A damaged file is put aside and the newest backup used; `onDamaged` is told in words.
 */
export function createTransferStore(file: string, onDamaged: (message: string) => void): TransferStore {
  const reserve = new RoomReserve(`${file}.reserve`);
  const kept = <T>(call: () => T): T => guarded(() => reserve.during(call, isNoRoom));
  return kept(() => {
    const { db, journal, close } = openTransferDatabase(file, onDamaged);
    const sql = statementsOf(db);
    const saveProgress = journal.prepare('UPDATE files SET progress = ?, evidence = ? WHERE transfer_id = ? AND idx = ?');
    return {
      // One row after the other: the text of thousands need not be held beside what is made of it.
      all: () => kept(() => Array.from(sql.all.iterate(), (row): StoredTransfer => {
        const { data, manifest } = transferRow.parse(row);
        const transfer = transferSchema.parse(JSON.parse(data));
        return Object.assign(transfer, { manifest });
      })),
      save: (transfers) => {
        kept(() => transaction(db, () => {
          for (const { manifest, ...data } of transfers) sql.save.run(data.id, data.position, JSON.stringify(data), manifest);
        }));
        reserve.refill();
      },
      remove: (ids) => kept(() => transaction(db, () => ids.forEach((id) => sql.remove.run(id)))),
      files: (transferId) => kept(() => sql.files.all(transferId).map((row): StoredFile => {
        const { data, progress, evidence } = fileRow.parse(row);
        return {
          ...fileSchema.parse(JSON.parse(data)), progress: progress === null ? null : progressSchema.parse(JSON.parse(progress)),
          evidence: evidence === null ? null : fileEvidence.parse(JSON.parse(evidence)),
        };
      })),
      withFile: (searched) => kept(() => sql.withFile.all(`%${searched.replaceAll(/[\\%_]/gu, '\\$&')}%`).map((row) => String(row['transfer_id']))),
      saveFiles: (transferId, files, contents = []) => kept(() => transaction(db, () => {
        for (const { progress, evidence, ...data } of files) sql.saveFile.run(transferId, data.index, JSON.stringify(data), text(progress), text(evidence));
        for (const { sha256, path } of contents) sql.remember.run(sha256, path, Date.now());
      })),
      contents: (sha256) => kept(() => sql.contents.all(sha256).map((row) => String(row['path']))),
      saveProgress: (transferId, index, progress, evidence) => kept(() => void saveProgress.run(text(progress), text(evidence), transferId, index)),
      paused: () => kept(() => sql.fact.get('paused')?.['value'] === 'true'),
      setPaused: (paused) => kept(() => void sql.setFact.run('paused', String(paused))),
      close: () => close(),
    };
  });
}
