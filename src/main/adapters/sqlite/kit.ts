import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { foldText } from '../../../shared/api/text.ts';
import { AppError } from '../../../shared/errors.ts';
import { errnoOf, isDiskFull as isVolumeFull } from '../fs/errors.ts';
import { makePrivate } from '../fs/home-files.ts';
import { quarantineName, clearPath } from '../fs/quarantine.ts';
import { SIDECAR_SUFFIXES, isEmpty, moveDatabase, removeDatabase } from './database-files.ts';
import { syncFolder } from '../fs/atomic-write.ts';
import { schemaOf, schemasOf } from './schemas.ts';
import { isLogCutShort, repairLog } from './write-ahead-log.ts';

/**
 * Every database creates this table in one of its migrations; it records how the last run ended.
 */
export const META_TABLE =
  'CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL, crc INTEGER NOT NULL) STRICT, WITHOUT ROWID;';

export type DatabaseOptions = {
  file: string;
  /** Name for people, at the start of a sentence. */
  what: string;
  /**
   * Entry n migrates version n to n + 1; a released one is never changed. Each must change the
   * schema, from which a file's version is detected: `user_version` in the header may be damaged.
   */
  migrations: readonly string[];
  /** Executed on every connection. */
  pragmas: string;
  /** Tables with checksums, each with the condition that marks a row as damaged. */
  rowChecks: Readonly<Record<string, string>>;
  /**
   * Tables whose structure is verified at every open. The whole file is verified after an unclean
   * end, or if it is small.
   */
  alwaysVerified: readonly string[];
  /**
   * Paths of backups, newest first. If the file is empty or missing while one exists, it has been
   * lost.
   */
  backups: readonly string[];
  /**
   * Fills the new database from what is still readable of the sources, newest first. Any access to
   * a source may throw.
   */
  recover(db: DatabaseSync, sources: Iterable<Source>): RecoveredRows;
  onRecovered(recovery: Recovery): void;
};

/**
 * A file to recover rows from. `hasChecksums` is false for an older version that could not be
 * migrated and still has its old schema. `isWhole` is false for a log whose database is gone;
 * missing rows may be in a backup.
 */
export type Source = {
  db: DatabaseSync;
  isBackup: boolean;
  hasChecksums: boolean;
  isWhole: boolean;
};
/**
 * Result of a recovery. `lost` names what could not be recovered, `fromBackup` counts the rows with
 * an older state.
 */
export type RecoveredRows = { kept: number; fromBackup: number; lost: string[] };
/**
 * A reported recovery. `aside` is the path of the quarantined file, null if nothing was left of it.
 * `kept` is null if no rows had to be recovered.
 */
export type Recovery = Omit<RecoveredRows, 'kept'> & { kept: number | null; aside: string | null };

/** Files up to this size are verified completely, in about 20 ms. */
const SMALL_BYTES = 32 * 1024 * 1024;

// Result codes: https://www.sqlite.org/rescode.html
const SQLITE_FULL = 13;
const SQLITE_IOERR_SHMSIZE = 4_874;
const CORRUPT = [11, 26];
/** Further result codes caused by a header, schema or rows that this program has never written. */
const UNUSABLE = new Set([1, 8, 10, 18, 19, 20, 24, ...CORRUPT]);

/** Primary result code, the low byte; null if SQLite did not throw it. */
const resultCode = (thrown: unknown): number | null =>
  thrown instanceof Error && 'errcode' in thrown ? Number(thrown.errcode) & 0xff : null;

export const isDamage = (thrown: unknown): boolean => CORRUPT.includes(resultCode(thrown) ?? 0);

/** Damage, or content that this program has never written. */
export const isUnusable = (thrown: unknown): boolean =>
  UNUSABLE.has(resultCode(thrown) ?? 0) && !isDiskFull(thrown);

/**
 * The volume is full, also if there is no space for the shared-memory index of the log or for a
 * copy.
 */
export const isDiskFull = (thrown: unknown): boolean =>
  resultCode(thrown) === SQLITE_FULL ||
  (thrown instanceof Error && 'errcode' in thrown && thrown.errcode === SQLITE_IOERR_SHMSIZE) ||
  isVolumeFull(thrown);

/**
 * The `AppError` for an error of SQLite; anything else is returned unchanged.
 *
 * @param what the database, for people, at the start of a sentence
 */
export function sqliteError(thrown: unknown, what: string): unknown {
  const code = resultCode(thrown);
  if (thrown instanceof AppError || (code === null && !isDiskFull(thrown))) return thrown;
  if (isDiskFull(thrown))
    return new AppError(
      'disk-full',
      `No space left for ${what.charAt(0).toLowerCase()}${what.slice(1)}`,
      { retryable: true, cause: thrown },
    );
  return new AppError(
    'disk-error',
    CORRUPT.includes(code ?? 0)
      ? `${what} is damaged. The next start repairs it.`
      : `${what} can’t be used (SQLite ${code})`,
    { cause: thrown },
  );
}

/** CRC-32 over the values, also available in SQL; detects bit flips in rows. */
export function checksum(...values: unknown[]): number {
  let sum = 0;
  for (const value of values) sum = crc32(`${String(value)}\0`, sum);
  return sum;
}

/** Prepares each statement once: a sync runs some of them 100,000 times. */
export function statementsOf(db: DatabaseSync): (sql: string) => StatementSync {
  const statements = new Map<string, StatementSync>();
  return (sql) => {
    const known = statements.get(sql) ?? db.prepare(sql);
    statements.set(sql, known);
    return known;
  };
}

export function transaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (thrown) {
    // On a full disk SQLite has already rolled it back.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw thrown;
  }
}

/** Null if the value is missing or damaged. */
export function readMeta(db: DatabaseSync, key: string): string | null {
  const value = db
    .prepare('SELECT value FROM meta WHERE key = ? AND crc = checksum(key, value)')
    .get(key)?.['value'];
  return typeof value === 'string' ? value : null;
}

export function writeMeta(db: DatabaseSync, key: string, value: string): void {
  db.prepare(
    'INSERT INTO meta (key, value, crc) VALUES (?1, ?2, checksum(?1, ?2)) ON CONFLICT (key) DO UPDATE SET value = excluded.value, crc = excluded.crc',
  ).run(key, value);
}

/**
 * Opens a further connection to a file that `openDatabase` has open, or any other file.
 *
 * @throws what SQLite throws
 */
export function connect(file: string, pragmas = '', { readOnly = false } = {}): DatabaseSync {
  // Foreign keys are off: migrations drop tables that others refer to.
  const db = new DatabaseSync(file, {
    readOnly,
    enableForeignKeyConstraints: false,
    timeout: 5000,
  });
  try {
    db.function('checksum', { deterministic: true, varargs: true }, checksum);
    db.function('fold', { deterministic: true }, (text) => foldText(String(text ?? '')));
    db.exec(`PRAGMA journal_mode = WAL; ${pragmas}`);
    return db;
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}

/** True if the database has any of its own tables besides `meta`. */
const hasTableOf = (db: DatabaseSync, rowChecks: Readonly<Record<string, string>>): boolean =>
  Object.keys(rowChecks).some(
    (name) =>
      name !== 'meta' &&
      db.prepare('SELECT 1 FROM pragma_table_list WHERE name = ?').get(name) !== undefined,
  );

/** Key of a backup's own: the database itself never has it. */
const IS_BACKUP = 'is-backup';

/** Marks a copy, so that it is known for one wherever it lies. */
export function markBackup(file: string): void {
  // Not in WAL mode, which leaves files beside it.
  const db = connect(file, 'PRAGMA journal_mode = DELETE');
  try {
    writeMeta(db, IS_BACKUP, 'yes');
  } finally {
    db.close();
  }
}

/** False also for what can't be read, and for backups of earlier versions. */
function isMarkedBackup(file: string): boolean {
  try {
    const db = new DatabaseSync(file, { readOnly: true });
    try {
      db.function('checksum', { deterministic: true, varargs: true }, checksum);
      return readMeta(db, IS_BACKUP) !== null;
    } finally {
      db.close();
    }
  } catch {
    return false;
  }
}

const inMemory = (): DatabaseSync => connect(':memory:');

/**
 * Migrates the file to the newest version.
 *
 * @returns false if the schema is of no known version
 * @throws `disk-error` for the file of a newer program
 */
function migrate(
  db: DatabaseSync,
  { file, what, migrations, rowChecks }: DatabaseOptions,
): boolean {
  const schemas = schemasOf(migrations, inMemory);
  const version = schemas.lastIndexOf(schemaOf(db));
  const claimed = Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
  // A database of another kind has none of these tables; it is not a newer version.
  if (version === -1 && claimed > migrations.length && hasTableOf(db, rowChecks))
    throw new AppError(
      'disk-error',
      `${what} (${file}) was written by a newer version of the app. Use that version, or use another folder with --home.`,
    );
  if (version === -1) return false;
  for (let next = version; next < migrations.length; next++)
    transaction(db, () => db.exec(`${migrations[next]}; PRAGMA user_version = ${next + 1}`));
  if (version === migrations.length && claimed !== version)
    db.exec(`PRAGMA user_version = ${version}`);
  return true;
}

const FULL_CHECK = ['integrity_check(1)'];

/**
 * Verifies the structure and the row checksums.
 *
 * @param structure the SQLite checks to run, as written after PRAGMA
 * @throws what SQLite throws at damage
 */
export function isValid(
  db: DatabaseSync,
  rowChecks: Readonly<Record<string, string>>,
  structure: readonly string[] = FULL_CHECK,
): boolean {
  return (
    structure.every(
      (check) => Object.values(db.prepare(`PRAGMA ${check}`).get() ?? {})[0] === 'ok',
    ) &&
    Object.entries(rowChecks).every(
      ([table, isDamaged]) =>
        db.prepare(`SELECT 1 FROM ${table} WHERE ${isDamaged} LIMIT 1`).get() === undefined,
    )
  );
}

/** True if the file is shorter than the page count in its header. */
function isCut(db: DatabaseSync, bytes: number): boolean {
  const [pages, pageBytes] = ['page_count', 'page_size'].map((name) =>
    Number(db.prepare(`PRAGMA ${name}`).get()?.[name]),
  );
  return bytes % (pageBytes ?? 1) !== 0 || bytes < (pages ?? 0) * (pageBytes ?? 0);
}

/** Key of how the last run ended: `open` after an unclean end, `suspect` if it saw damage. */
const END = 'end';
type End = 'closed' | 'open' | 'suspect';

/**
 * Chooses the checks before anything is read. An unclean end may leave torn pages, but does not
 * change rows.
 */
function checksOf(
  db: DatabaseSync,
  { file, migrations, rowChecks, alwaysVerified }: DatabaseOptions,
  isSuspect: boolean,
): { structure: readonly string[]; rowChecks: Readonly<Record<string, string>> } {
  const bytes = statSync(file).size;
  const isCurrent = schemasOf(migrations, inMemory).at(-1) === schemaOf(db);
  const end = isCurrent ? readMeta(db, END) : null;
  if (isSuspect || bytes <= SMALL_BYTES || end === ('suspect' satisfies End))
    return { structure: FULL_CHECK, rowChecks };
  const always = alwaysVerified.map((table) => `integrity_check('${table}')`);
  // The indexes of a large file are left to the background check: they would add half the time
  // again.
  return {
    structure:
      end === ('closed' satisfies End) && !isCut(db, bytes)
        ? always
        : [...always, 'quick_check(1)'],
    rowChecks: {},
  };
}

/**
 * Opens and verifies the file; null if it is damaged.
 *
 * @param isSuspect verify all of it
 * @throws for anything but damage: a full disk, a newer version
 */
function openValid(options: DatabaseOptions, isSuspect: boolean): DatabaseSync | null {
  makePrivate(options.file);
  let db: DatabaseSync | null = null;
  try {
    db = connect(options.file, options.pragmas);
    const { structure, rowChecks } = checksOf(db, options, isSuspect);
    // Structure first: migrating a damaged file would spread the damage.
    if (isValid(db, {}, structure) && migrate(db, options) && isValid(db, rowChecks, [])) {
      db.exec('PRAGMA foreign_keys = ON');
      return db;
    }
  } catch (thrown) {
    if (db?.isOpen) db.close();
    if (isUnusable(thrown)) return null;
    throw thrown;
  }
  db.close();
  return null;
}

/**
 * Working files beside the database: its state before the log was repaired, and the new database
 * while it is being built.
 */
const unrepairedFile = (file: string): string => `${file}.before-mending`;
const recoveredFile = (file: string): string => `${file}.recovered`;
/** The copy of a source that is being read. */
const sourceCopyFile = (file: string): string => `${file}.source`;

function tryMigrate(db: DatabaseSync, options: DatabaseOptions): boolean {
  try {
    if (migrate(db, options)) return true;
  } catch (thrown) {
    if (isDiskFull(thrown)) throw thrown;
  }
  // A schema damaged elsewhere may still contain the needed tables.
  return (
    db.prepare("SELECT 1 FROM pragma_table_list WHERE name = 'meta'").get() !== undefined &&
    Number(db.prepare('PRAGMA user_version').get()?.['user_version']) >= options.migrations.length
  );
}

/** Creates an empty database for a log without one to apply to. */
function makeEmpty(file: string, options: DatabaseOptions): void {
  const db = connect(file, options.pragmas);
  migrate(db, options);
  db.close();
}

/**
 * Yields copies of the sources, so that reading changes nothing; older versions are migrated if
 * possible.
 */
function* sourcesOf(options: DatabaseOptions): Generator<Source> {
  const { file } = options;
  const copy = sourceCopyFile(file);
  const present = [file, unrepairedFile(file), ...options.backups].filter(
    (name) => !isEmpty(name) || !isEmpty(`${name}-wal`),
  );
  // With a backup in its place the database itself may lie where a backup did.
  const isSwapped = isMarkedBackup(file);
  const backups = isSwapped ? present.filter(isMarkedBackup) : options.backups;
  const newestFirst = isSwapped
    ? [...present.filter((name) => !backups.includes(name)), ...backups]
    : present;
  for (const source of newestFirst) {
    const isWhole = !isEmpty(source);
    let db: DatabaseSync | null = null;
    removeDatabase(copy);
    try {
      if (!isWhole) makeEmpty(copy, options);
      for (const suffix of isWhole ? ['', '-wal'] : ['-wal'])
        if (existsSync(source + suffix)) copyFileSync(source + suffix, copy + suffix);
      db = connect(copy, options.pragmas);
      yield {
        db,
        isBackup: backups.includes(source),
        hasChecksums: tryMigrate(db, options),
        isWhole,
      };
    } catch (thrown) {
      // Unreadable header, or a version too old to be migrated.
      if (isDiskFull(thrown)) throw thrown;
    } finally {
      if (db?.isOpen) db.close();
      removeDatabase(copy);
    }
  }
}

/** Builds a new database beside the damaged one from what is readable of it and of its backups. */
function buildRecovered(options: DatabaseOptions): void {
  const { file } = options;
  const target = recoveredFile(file);
  removeDatabase(target);
  makePrivate(target);
  const db = connect(target, options.pragmas);
  try {
    migrate(db, options);
    const rows = transaction(db, () => options.recover(db, sourcesOf(options)));
    writeMeta(db, 'recovered', JSON.stringify(rows));
    // The rename makes the file valid, so everything must be in it before, not in a log.
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    db.close();
  }
}

/**
 * Result of a recovery. It stays in the database until a run that reported it ends cleanly: a
 * killed one may not have come to it.
 */
function readRecovery(db: DatabaseSync): Recovery | null {
  const stored = readMeta(db, 'recovered');
  return stored === null
    ? null
    : { aside: null, ...(JSON.parse(stored) as RecoveredRows & Partial<Recovery>) };
}

/**
 * Quarantines the damaged file and renames the recovered one to its name. Can be interrupted and
 * repeated at any point.
 */
function installRecovered(options: DatabaseOptions): Recovery {
  const { file } = options;
  const db = connect(recoveredFile(file));
  const rows = readRecovery(db) ?? { kept: 0, fromBackup: 0, lost: [], aside: null };
  const name = quarantineName(file);
  const moved = [file, `${file}-wal`].find((one) => existsSync(one));
  // An interrupted attempt may have moved it already.
  const aside = moved === undefined ? rows.aside : name + moved.slice(file.length);
  const recovery = { ...rows, aside };
  writeMeta(db, 'recovered', JSON.stringify(recovery));
  db.close();
  // Also moves a log whose database is gone: SQLite would apply it to the new one.
  moveDatabase(file, name);
  if (existsSync(unrepairedFile(file))) moveDatabase(unrepairedFile(file), quarantineName(file));
  renameSync(recoveredFile(file), file);
  syncFolder(path.dirname(file));
  return recovery;
}

/** True if an interrupted recovery was complete except for the rename. */
function isRecoveredComplete(file: string): boolean {
  if (!existsSync(recoveredFile(file))) return false;
  try {
    const db = connect(recoveredFile(file));
    const isComplete = readMeta(db, 'recovered') !== null;
    db.close();
    return isComplete;
  } catch {
    return false;
  }
}

/**
 * Anything else at the path of a log is reported as damage: the log may have held commits of the
 * last run.
 */
function clearSidecars(file: string): string | null {
  const names = [file, sourceCopyFile(file), recoveredFile(file), unrepairedFile(file)].flatMap(
    (name) => ['', ...SIDECAR_SUFFIXES].map((suffix) => name + suffix),
  );
  return names.map((name) => clearPath(name)).find((aside) => aside !== null) ?? null;
}

/** @throws `not-permitted` if the file exists but cannot be read and written */
function requireAccess(file: string): void {
  try {
    if (existsSync(file)) accessSync(file, constants.R_OK | constants.W_OK);
  } catch (thrown) {
    throw new AppError(
      'not-permitted',
      `${file} can’t be read and written (${errnoOf(thrown) ?? String(thrown)}). Change its permissions or its owner, then start again.`,
      { cause: thrown },
    );
  }
}

/**
 * Opens the database of one process, creating or migrating it. Damage never prevents opening and is
 * never silent: what is readable of the file and its backups goes into a new one, the damaged one
 * is quarantined, and `onRecovered` receives what was lost.
 *
 * @param isSuspect verify all of it, however the last run ended
 * @throws `disk-full`, `not-permitted`; `disk-error` for the file of a newer program, which an
 * older one must not write
 */
export function openDatabase(given: DatabaseOptions, isSuspect = false): DatabaseSync {
  mkdirSync(path.dirname(given.file), { recursive: true, mode: 0o700 });
  const inTheWay = clearPath(given.file);
  // SQLite resolves links and puts the log beside the target.
  const file = existsSync(given.file) ? realpathSync(given.file) : given.file;
  const options = { ...given, file };
  const besideInTheWay = clearSidecars(file);
  requireAccess(file);
  // Left by an interrupted recovery.
  removeDatabase(sourceCopyFile(file));
  const isCutShort = isLogCutShort(file);
  // SQLite rebuilds the index from the log. Safe to delete: the process that wrote it has ended,
  // since the home has one owner.
  rmSync(`${file}-shm`, { force: true });
  let recovery: Recovery | null = isRecoveredComplete(file) ? installRecovered(options) : null;
  const isLogRepaired = repairLog(file, () => {
    for (const suffix of ['', '-wal'])
      if (existsSync(file + suffix)) copyFileSync(file + suffix, unrepairedFile(file) + suffix);
  });
  // A new database is never empty: an empty file was truncated, as some file systems do at a power
  // loss.
  const isLost =
    (isEmpty(file) && [file, `${file}-wal`, ...options.backups].some((name) => existsSync(name))) ||
    inTheWay !== null;
  let db = isLost || isCutShort ? null : openValid(options, isSuspect || isLogRepaired);
  // What came after that backup would be missing without a word.
  if (db && readMeta(db, IS_BACKUP) !== null) {
    db.close();
    db = null;
  }
  if (!db) {
    buildRecovered(options);
    recovery = installRecovered(options);
    db = openValid(options, true);
    if (!db)
      throw new AppError(
        'disk-error',
        `${options.what} (${file}) is damaged again as soon as it’s written. The disk may be failing.`,
      );
  } else if (existsSync(unrepairedFile(file))) {
    const aside = quarantineName(file);
    moveDatabase(unrepairedFile(file), aside);
    recovery = { kept: null, fromBackup: 0, lost: [], ...recovery, aside };
  }
  markOpen(db);
  recovery ??= readRecovery(db);
  if (besideInTheWay !== null)
    recovery ??= { kept: 0, fromBackup: 0, lost: [], aside: besideInTheWay };
  if (recovery) options.onRecovered({ ...recovery, aside: inTheWay ?? recovery.aside });
  return db;
}

function markOpen(db: DatabaseSync): void {
  try {
    writeMeta(db, END, 'open' satisfies End);
  } catch (thrown) {
    // Opens even on a full disk; later writes report it.
    if (!isDiskFull(thrown)) throw thrown;
  }
}

/** Records damage seen while in use: the next start verifies everything, however this run ends. */
export function markSuspect(db: DatabaseSync): void {
  try {
    writeMeta(db, END, 'suspect' satisfies End);
  } catch {
    // Not writable at all; without a clean end the next start verifies as well.
  }
}

/**
 * Closes the database and records a clean end.
 *
 * @param isSuspect keeps the mark of `markSuspect`
 */
export function closeDatabase(db: DatabaseSync, isSuspect: boolean): void {
  try {
    db.prepare("DELETE FROM meta WHERE key = 'recovered'").run();
    if (!isSuspect) writeMeta(db, END, 'closed' satisfies End);
  } catch {
    // Harmless: the next start only verifies more than needed.
  }
  db.close();
}
