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
import { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { AppError } from '../../../shared/errors.ts';
import { errnoOf, isDiskFull as isVolumeFull } from '../fs/errors.ts';
import { makePrivate } from '../fs/home-files.ts';
import { asideName, clearPlace } from '../fs/quarantine.ts';
import { BESIDE, isEmpty, moveDatabase, removeDatabase } from './database-files.ts';
import { syncFolder } from '../fs/atomic-write.ts';
import { schemaOf, schemasOf } from './schemas.ts';
import { isLogCutShort, mendLog } from './write-ahead-log.ts';

/**
 * Part of the first or a later migration of every database: how the last run ended is kept there.
 */
export const META_TABLE =
  'CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL, crc INTEGER NOT NULL) STRICT, WITHOUT ROWID;';

export type DatabaseOptions = {
  file: string;
  /** For people, at the start of a sentence. */
  what: string;
  /**
   * Entry n takes version n to n + 1; a released one is never changed. Each changes the schema, by
   * which a file's version is told: the number in its header may be what is damaged.
   */
  migrations: readonly string[];
  /** Run on every connection. */
  pragmas: string;
  /** Tables with checksums, and the condition under which one of their rows is damaged. */
  rowChecks: Readonly<Record<string, string>>;
  /**
   * Tables whose structure is verified at every open; the whole file is after an unclean end, and
   * while that costs next to nothing.
   */
  alwaysVerified: readonly string[];
  /**
   * Older copies, the newest first. A file that is empty or missing beside one of them has been
   * lost.
   */
  backups: readonly string[];
  /**
   * Fills the new database from what can still be read of the others, the newest first. Any of
   * their calls may throw.
   */
  recover(db: DatabaseSync, sources: Iterable<Source>): RecoveredRows;
  onRecovered(recovery: Recovery): void;
};

/**
 * `hasChecksums` is false for a file of an older version that could not be taken to this one: its
 * schema is the older one. `isWhole` is false for a log whose database is gone: what is not in it
 * may be in a backup.
 */
export type Source = {
  db: DatabaseSync;
  isBackup: boolean;
  hasChecksums: boolean;
  isWhole: boolean;
};
/** `lost` names what could not be recovered, `fromBackup` counts what is older than it was. */
export type RecoveredRows = { kept: number; fromBackup: number; lost: string[] };
/**
 * `aside` is where the damaged file is now; null where nothing was left of it. `kept` is null where
 * no row had to be recovered.
 */
export type Recovery = Omit<RecoveredRows, 'kept'> & { kept: number | null; aside: string | null };

/** A file up to this size is verified whole in some 20 ms. */
const SMALL_BYTES = 32 * 1024 * 1024;

// Result codes: https://www.sqlite.org/rescode.html
const SQLITE_FULL = 13;
const SQLITE_IOERR_SHMSIZE = 4_874;
const CORRUPT = [11, 26];
/** What else SQLite answers to a header, a schema or rows that no program of ours has written. */
const UNUSABLE = new Set([1, 8, 10, 18, 19, 20, 24, ...CORRUPT]);

/** The primary result code, which is the low byte; null if SQLite did not throw it. */
const resultCode = (thrown: unknown): number | null =>
  thrown instanceof Error && 'errcode' in thrown ? Number(thrown.errcode) & 0xff : null;

export const isDamage = (thrown: unknown): boolean => CORRUPT.includes(resultCode(thrown) ?? 0);

/** Damage, or what no program of ours has written. */
export const isUnusable = (thrown: unknown): boolean =>
  UNUSABLE.has(resultCode(thrown) ?? 0) && !isDiskFull(thrown);

/**
 * The volume is full; also where there is no room for the index of the log, which is a file of its
 * own, or for a copy.
 */
export const isDiskFull = (thrown: unknown): boolean =>
  resultCode(thrown) === SQLITE_FULL ||
  (thrown instanceof Error && 'errcode' in thrown && thrown.errcode === SQLITE_IOERR_SHMSIZE) ||
  isVolumeFull(thrown);

/**
 * What SQLite threw as an `AppError`; anything else as it is. @param what the database, for people,
 * at the start of a sentence
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

/**
 * CRC-32 over the values, also an SQL function: it tells a row with a flipped bit from the one that
 * was written.
 */
export function checksum(...values: unknown[]): number {
  let sum = 0;
  for (const value of values) sum = crc32(`${String(value)}\0`, sum);
  return sum;
}

export function transaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (thrown) {
    // A full disk has rolled it back already.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw thrown;
  }
}

/** Null also for a value that is damaged. */
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
 * One more connection to a file that `openDatabase` has open, or a look at another one. @throws
 * what SQLite throws.
 */
export function connect(file: string, pragmas = '', { readOnly = false } = {}): DatabaseSync {
  // A migration drops tables that others refer to.
  const db = new DatabaseSync(file, {
    readOnly,
    enableForeignKeyConstraints: false,
    timeout: 5000,
  });
  try {
    db.function('checksum', { deterministic: true, varargs: true }, checksum);
    db.exec(`PRAGMA journal_mode = WAL; ${pragmas}`);
    return db;
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}

/** Besides `meta`, which all of ours have. */
const hasTableOf = (db: DatabaseSync, rowChecks: Readonly<Record<string, string>>): boolean =>
  Object.keys(rowChecks).some(
    (name) =>
      name !== 'meta' &&
      db.prepare('SELECT 1 FROM pragma_table_list WHERE name = ?').get(name) !== undefined,
  );

const inMemory = (): DatabaseSync => connect(':memory:');

/**
 * Takes the file to the newest version.
 * @returns false if the schema is none that was ever written. @throws `disk-error` for the file of
 * a newer program.
 */
function migrate(
  db: DatabaseSync,
  { file, what, migrations, rowChecks }: DatabaseOptions,
): boolean {
  const schemas = schemasOf(migrations, inMemory);
  const version = schemas.lastIndexOf(schemaOf(db));
  const claimed = Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
  // One of another kind, which was put in its place, is no newer one: of that, tables of ours are
  // left.
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

const WHOLE = ['integrity_check(1)'];

/**
 * Whether the pages fit together and the rows are what was written.
 * @param structure the checks of SQLite to run, as they stand behind PRAGMA
 * @throws what SQLite throws at damage
 */
export function isSound(
  db: DatabaseSync,
  rowChecks: Readonly<Record<string, string>>,
  structure: readonly string[] = WHOLE,
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

/** A file that was cut keeps the count of its pages in its header. */
function isCut(db: DatabaseSync, bytes: number): boolean {
  const [pages, pageBytes] = ['page_count', 'page_size'].map((name) =>
    Number(db.prepare(`PRAGMA ${name}`).get()?.[name]),
  );
  return bytes % (pageBytes ?? 1) !== 0 || bytes < (pages ?? 0) * (pageBytes ?? 0);
}

/** How the last run ended: `open` if it did not get to say so, `suspect` if it had seen damage. */
const END = 'end';
type End = 'closed' | 'open' | 'suspect';

/**
 * What must be looked at before anything is read. An unclean end may leave torn pages, and changes
 * no row.
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
    return { structure: WHOLE, rowChecks };
  const always = alwaysVerified.map((table) => `integrity_check('${table}')`);
  // The indexes of a large file are left to the check in the background: they take half as long
  // again as all pages.
  return {
    structure:
      end === ('closed' satisfies End) && !isCut(db, bytes)
        ? always
        : [...always, 'quick_check(1)'],
    rowChecks: {},
  };
}

/**
 * Null if the file is damaged. @param isSuspect verify all of it. @throws what is no damage: a full
 * disk, a newer version.
 */
function openSound(options: DatabaseOptions, isSuspect: boolean): DatabaseSync | null {
  makePrivate(options.file);
  let db: DatabaseSync | null = null;
  try {
    db = connect(options.file, options.pragmas);
    const { structure, rowChecks } = checksOf(db, options, isSuspect);
    // Structure first: a migration of a damaged file would spread the damage.
    if (isSound(db, {}, structure) && migrate(db, options) && isSound(db, rowChecks, [])) {
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

/** Beside the file: what it was before its log was mended, and the new one while it is made. */
const unmended = (file: string): string => `${file}.before-mending`;
const recovered = (file: string): string => `${file}.recovered`;
/** The copy of a source that is read. */
const sourceCopy = (file: string): string => `${file}.source`;

function isTakenFurther(db: DatabaseSync, options: DatabaseOptions): boolean {
  try {
    if (migrate(db, options)) return true;
  } catch (thrown) {
    if (isDiskFull(thrown)) throw thrown;
  }
  // A schema that is damaged somewhere else may still have what is asked for.
  return (
    db.prepare("SELECT 1 FROM pragma_table_list WHERE name = 'meta'").get() !== undefined &&
    Number(db.prepare('PRAGMA user_version').get()?.['user_version']) >= options.migrations.length
  );
}

/** For the pages of a log to lie over. */
function makeEmpty(file: string, options: DatabaseOptions): void {
  const db = connect(file, options.pragmas);
  migrate(db, options);
  db.close();
}

/**
 * Copies, so that nothing is changed by looking; of an older version they are taken to this one
 * where that works.
 */
function* sourcesOf(options: DatabaseOptions): Generator<Source> {
  const { file, backups } = options;
  const copy = sourceCopy(file);
  for (const source of [file, unmended(file), ...backups].filter(
    (name) => !isEmpty(name) || !isEmpty(`${name}-wal`),
  )) {
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
        hasChecksums: isTakenFurther(db, options),
        isWhole,
      };
    } catch (thrown) {
      // Not even its header can be read, or its version is too old to be taken further.
      if (isDiskFull(thrown)) throw thrown;
    } finally {
      if (db?.isOpen) db.close();
      removeDatabase(copy);
    }
  }
}

/** A new database beside the damaged one, filled with what can be read of it and of its backups. */
function buildRecovered(options: DatabaseOptions): void {
  const { file } = options;
  const target = recovered(file);
  removeDatabase(target);
  makePrivate(target);
  const db = connect(target, options.pragmas);
  try {
    migrate(db, options);
    const rows = transaction(db, () => options.recover(db, sourcesOf(options)));
    writeMeta(db, 'recovered', JSON.stringify(rows));
    // The name of the file is what makes it valid: everything is in it by then.
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    db.close();
  }
}

/**
 * What a recovery found, which stays in the database until a run that has told it ends by itself:
 * one that is killed may not have come to it.
 */
function readRecovery(db: DatabaseSync): Recovery | null {
  const kept = readMeta(db, 'recovered');
  return kept === null
    ? null
    : { aside: null, ...(JSON.parse(kept) as RecoveredRows & Partial<Recovery>) };
}

/**
 * Sets the damaged file aside and gives its name to the recovered one. May be cut off anywhere and
 * done again.
 */
function takeRecovered(options: DatabaseOptions): Recovery {
  const { file } = options;
  const db = connect(recovered(file));
  const rows = readRecovery(db) ?? { kept: 0, fromBackup: 0, lost: [], aside: null };
  const name = asideName(file);
  const moved = [file, `${file}-wal`].find((one) => existsSync(one));
  // One that was cut off may have moved it already.
  const aside = moved === undefined ? rows.aside : name + moved.slice(file.length);
  const recovery = { ...rows, aside };
  writeMeta(db, 'recovered', JSON.stringify(recovery));
  db.close();
  // Also a log whose database is gone: it must not meet the new one.
  moveDatabase(file, name);
  if (existsSync(unmended(file))) moveDatabase(unmended(file), asideName(file));
  renameSync(recovered(file), file);
  syncFolder(path.dirname(file));
  return recovery;
}

/** One that was complete when the program ended: only its name was missing. */
function isRecoveredComplete(file: string): boolean {
  if (!existsSync(recovered(file))) return false;
  try {
    const db = connect(recovered(file));
    const isComplete = readMeta(db, 'recovered') !== null;
    db.close();
    return isComplete;
  } catch {
    return false;
  }
}

/**
 * What is in the place of a log is told like damage: commits of the last run may have been in the
 * one that was there.
 */
function clearBeside(file: string): string | null {
  const names = [file, sourceCopy(file), recovered(file), unmended(file)].flatMap((name) =>
    ['', ...BESIDE].map((suffix) => name + suffix),
  );
  return names.map((name) => clearPlace(name)).find((aside) => aside !== null) ?? null;
}

/** @throws `not-permitted` for a file of ours that the system keeps us from using. */
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
 * Opens the database of one process, creating or migrating it. Damage of any kind never keeps it
 * from opening and never goes unsaid: what can be read of the file and of its backups goes into a
 * new one, the damaged one is set aside, and `onRecovered` is told what was lost.
 * @param isSuspect verify all of it, however the last run ended
 * @throws AppError `disk-full`, `not-permitted`; `disk-error` for the file of a newer program,
 * which an older one must not write to
 */
export function openDatabase(given: DatabaseOptions, isSuspect = false): DatabaseSync {
  mkdirSync(path.dirname(given.file), { recursive: true, mode: 0o700 });
  const inTheWay = clearPlace(given.file);
  // SQLite puts the log beside the file that a link leads to.
  const file = existsSync(given.file) ? realpathSync(given.file) : given.file;
  const options = { ...given, file };
  const besideInTheWay = clearBeside(file);
  requireAccess(file);
  // Of a recovery that was cut off.
  removeDatabase(sourceCopy(file));
  const isCutShort = isLogCutShort(file);
  // The index of the log is made from the log. Whatever process wrote it has ended: the home has
  // one owner.
  rmSync(`${file}-shm`, { force: true });
  let recovery: Recovery | null = isRecoveredComplete(file) ? takeRecovered(options) : null;
  const isMended = mendLog(file, () => {
    for (const suffix of ['', '-wal'])
      if (existsSync(file + suffix)) copyFileSync(file + suffix, unmended(file) + suffix);
  });
  // Even a new file is never left empty: one that is was cut, as some file systems do at a loss of
  // power.
  const isLost =
    (isEmpty(file) && [file, `${file}-wal`, ...options.backups].some((name) => existsSync(name))) ||
    inTheWay !== null;
  let db = isLost || isCutShort ? null : openSound(options, isSuspect || isMended);
  if (!db) {
    buildRecovered(options);
    recovery = takeRecovered(options);
    db = openSound(options, true);
    if (!db)
      throw new AppError(
        'disk-error',
        `${options.what} (${file}) is damaged again as soon as it’s written. The disk may be failing.`,
      );
  } else if (existsSync(unmended(file))) {
    const aside = asideName(file);
    moveDatabase(unmended(file), aside);
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
    // On a full disk it opens all the same and says what it waits for.
    if (!isDiskFull(thrown)) throw thrown;
  }
}

/**
 * Damage has shown while the database was in use: the next start verifies everything, however this
 * run ends.
 */
export function markSuspect(db: DatabaseSync): void {
  try {
    writeMeta(db, END, 'suspect' satisfies End);
  } catch {
    // It cannot be written to at all; an end that is not said to be clean is looked at too.
  }
}

/** @param isSuspect what `markSuspect` was told stays. */
export function closeDatabase(db: DatabaseSync, isSuspect: boolean): void {
  try {
    db.prepare("DELETE FROM meta WHERE key = 'recovered'").run();
    if (!isSuspect) writeMeta(db, END, 'closed' satisfies End);
  } catch {
    // The next start verifies more than it would have to, that is all.
  }
  db.close();
}
