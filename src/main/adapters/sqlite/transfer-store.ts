import type { DatabaseSync, StatementSync } from 'node:sqlite';
import * as z from 'zod';
import { wireError } from '../../../shared/contract/common.ts';
import { NO_EVIDENCE, fileEvidence, transferEvidence } from '../../../shared/contract/evidence.ts';
import type { WireError } from '../../../shared/errors.ts';
import { RIGHTS_STATES } from '../../../shared/model/rights.ts';
import { transferState } from '../../../shared/model/transfer.ts';
import { RoomReserve } from '../fs/space-reserve.ts';
import {
  isDamage,
  isDiskFull,
  markSuspect,
  readMeta,
  sqliteError,
  transaction,
  writeMeta,
  type Recovery,
} from './kit.ts';
import {
  DAMAGED,
  TRANSFERS,
  openTransferDatabase,
  type TransferDatabase,
} from './transfer-database.ts';
import type {
  FileEvidence,
  FileProgress,
  StoredFile,
  StoredTransfer,
  TransferStore,
} from '../../transfers/ports.ts';

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
  state: transferState,
  attempts: z.number(),
  urgent: z.boolean(),
  position: z.number(),
  // Rows of earlier versions lack these.
  deadlineMs: z.number().nullable().default(null),
  limitBytesPerSecond: z.number().nullable().default(null),
  folderName: z.string().nullable().default(null),
  cleared: z.boolean().default(false),
  strict: z.boolean().default(false),
  rights: z
    .object({ state: z.enum(RIGHTS_STATES), since: z.number() })
    .nullable()
    .default(null),
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
  partIsOurs: z.boolean().default(false),
  error: z.custom<WireError>((value) => wireError.safeParse(value).success).nullable(),
});
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
  run_damaged: z.number(),
});

function statementsOf(db: DatabaseSync) {
  return {
    save: db.prepare(`INSERT INTO transfers (id, position, data, manifest, crc) VALUES (?1, ?2, ?3, ?4, checksum(?1, ?2, ?3, ?4))
      ON CONFLICT (id) DO UPDATE SET position = excluded.position, data = excluded.data, manifest = excluded.manifest, crc = excluded.crc`),
    remove: db.prepare('DELETE FROM transfers WHERE id = ?'),
    files: db.prepare(
      `SELECT idx, data, progress, evidence, ${DAMAGED.file} AS damaged, ${DAMAGED.run} AS run_damaged FROM files WHERE transfer_id = ? ORDER BY idx`,
    ),
    withFile: db.prepare(
      String.raw`SELECT DISTINCT transfer_id FROM files WHERE data LIKE ?1 ESCAPE '\' AND json_valid(data) AND json_extract(data, '$.path') LIKE ?1 ESCAPE '\'`,
    ),
    saveFile:
      db.prepare(`INSERT INTO files (transfer_id, idx, data, progress, evidence, crc, run_crc)
      VALUES (?1, ?2, ?3, ?4, ?5, checksum(?1, ?2, ?3), checksum(?1, ?2, ?4, ?5))
      ON CONFLICT (transfer_id, idx) DO UPDATE SET data = excluded.data, progress = excluded.progress, evidence = excluded.evidence, crc = excluded.crc, run_crc = excluded.run_crc`),
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
 * Damage to the list: `recovery` if it was repaired at the start, null if it was found in use and
 * the next start repairs it.
 */
export type TransferDamage = { recovery: Recovery | null; lost: string[] };

type Loaded = { transfers: StoredTransfer[]; damaged: string[] };

/** One row after the other: the text of thousands need not be held beside what is made of it. */
function load(db: DatabaseSync): Loaded {
  const loaded: Loaded = { transfers: [], damaged: [] };
  for (const row of db
    .prepare(
      `SELECT id, data, manifest, ${DAMAGED.transfer} AS damaged FROM transfers ORDER BY position`,
    )
    .iterate()) {
    const { id, data, manifest, damaged } = transferRow.parse(row);
    const transfer = damaged === 0 ? transferSchema.safeParse(JSON.parse(data)) : null;
    if (transfer?.success) loaded.transfers.push(Object.assign(transfer.data, { manifest }));
    else loaded.damaged.push(id);
  }
  return loaded;
}

/**
 * The transfers of one home in SQLite. States are synced to the medium with each commit; the record
 * of written bytes, which changes many times a second, goes through a second connection that leaves
 * that to the next commit: it survives the program, not the power. A full volume costs neither:
 * room for them is set aside. A row that is not what was written is never taken for one:
 * `onDamaged` is told, and the row comes from a backup or is named as lost.
 */
export class SqliteTransferStore implements TransferStore {
  readonly #onDamaged: (damage: TransferDamage) => void;
  readonly #reserve: RoomReserve;
  readonly #told = new Set<string>();
  #isSuspect = false;
  #database: TransferDatabase;
  #sql: ReturnType<typeof statementsOf>;
  #saveProgress: StatementSync;
  /** What was read to see whether it is sound, for the first who asks. */
  #loaded: StoredTransfer[] | null;

  /** @throws `disk-full`, `not-permitted`, `disk-error` */
  constructor(file: string, onDamaged: (damage: TransferDamage) => void) {
    this.#onDamaged = onDamaged;
    this.#reserve = new RoomReserve(`${file}.reserve`);
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
        `UPDATE files SET progress = ?1, evidence = ?2, run_crc = checksum(?3, ?4, ?1, ?2) WHERE transfer_id = ?3 AND idx = ?4`,
      );
      this.#loaded = loaded.transfers;
      if (loaded.damaged.length > 0) this.found(...loaded.damaged);
    } catch (thrown) {
      throw sqliteError(thrown, TRANSFERS);
    }
  }

  all(): StoredTransfer[] {
    const loaded = this.#loaded ?? this.#kept(() => load(this.#database.db).transfers);
    this.#loaded = null;
    return loaded;
  }

  save(transfers: StoredTransfer[]): void {
    this.#loaded = null;
    this.#kept(() =>
      transaction(this.#database.db, () => {
        for (const { manifest, ...data } of transfers)
          this.#sql.save.run(data.id, data.position, JSON.stringify(data), manifest);
      }),
    );
    this.#reserve.refill();
  }

  remove(ids: string[]): void {
    this.#loaded = null;
    this.#kept(() =>
      transaction(this.#database.db, () => ids.forEach((id) => this.#sql.remove.run(id))),
    );
  }

  files(transferId: string): StoredFile[] {
    return this.#kept(() =>
      this.#sql.files.all(transferId).flatMap((row): StoredFile[] => {
        const {
          idx,
          data,
          progress,
          evidence,
          damaged,
          run_damaged: runDamaged,
        } = fileRow.parse(row);
        if (damaged !== 0) {
          this.found(`${transferId}: the record of file ${idx}`);
          return [];
        }
        if (runDamaged !== 0) this.found(`${transferId}: the progress of file ${idx}`);
        const run = <T>(value: string | null, schema: z.ZodType<T>): T | null =>
          value === null || runDamaged !== 0 ? null : schema.parse(JSON.parse(value));
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
    return this.#kept(() =>
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
    this.#kept(() =>
      transaction(this.#database.db, () => {
        for (const { progress, evidence, ...data } of files)
          this.#sql.saveFile.run(
            transferId,
            data.index,
            JSON.stringify(data),
            text(progress),
            text(evidence),
          );
        for (const { sha256, path } of contents) this.#sql.remember.run(sha256, path, Date.now());
      }),
    );
  }

  contents(sha256: string): string[] {
    return this.#kept(() => this.#sql.contents.all(sha256).map((row) => String(row['path'])));
  }

  saveProgress(
    transferId: string,
    index: number,
    progress: FileProgress | null,
    evidence: FileEvidence | null,
  ): void {
    this.#kept(
      () => void this.#saveProgress.run(text(progress), text(evidence), transferId, index),
    );
  }

  paused(): boolean {
    return this.#kept(() => readMeta(this.#database.db, 'paused') === 'true');
  }

  setPaused(paused: boolean): void {
    this.#kept(() => writeMeta(this.#database.db, 'paused', String(paused)));
  }

  eraseDue(): boolean {
    return this.#kept(() => readMeta(this.#database.db, 'erase-due') === 'true');
  }

  setEraseDue(due: boolean): void {
    this.#kept(() => writeMeta(this.#database.db, 'erase-due', String(due)));
  }

  /**
   * Damage that showed in use: the next start repairs what it can. @param lost names for people,
   * each told once
   */
  found(...lost: string[]): void {
    const isFirst = !this.#isSuspect;
    this.#isSuspect = true;
    markSuspect(this.#database.db);
    const fresh = lost.filter((name) => !this.#told.has(name));
    for (const name of fresh) this.#told.add(name);
    if (isFirst || fresh.length > 0) this.#onDamaged({ recovery: null, lost: fresh });
  }

  close(): void {
    this.#kept(() => this.#database.close(this.#isSuspect));
  }

  #kept<T>(call: () => T): T {
    try {
      return this.#reserve.during(call, isDiskFull);
    } catch (thrown) {
      if (isDamage(thrown)) this.found();
      throw sqliteError(thrown, TRANSFERS);
    }
  }
}
