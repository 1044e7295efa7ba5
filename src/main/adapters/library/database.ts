import { existsSync, mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../../../shared/errors.ts';
import { salvageArticles } from './salvage.ts';

/** Each entry takes the schema one version further; none is ever changed once released. */
const MIGRATIONS = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE asset (
    rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, rev INTEGER NOT NULL, summary TEXT NOT NULL, detail TEXT,
    published_at INTEGER NOT NULL, duration_ms INTEGER NOT NULL, withdrawn INTEGER NOT NULL, generation INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX asset_newest ON asset (published_at DESC);
  CREATE TABLE asset_facet (
    facet TEXT NOT NULL, value TEXT NOT NULL, asset INTEGER NOT NULL REFERENCES asset (rowid) ON DELETE CASCADE, PRIMARY KEY (facet, value, asset)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX asset_facet_of ON asset_facet (asset);
  CREATE VIRTUAL TABLE asset_text USING fts5 (headline, slug, place, body, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2', prefix='2 3');
  CREATE TABLE article (
    rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, rev INTEGER NOT NULL, summary TEXT NOT NULL, detail TEXT, detail_rev INTEGER,
    section TEXT NOT NULL, language TEXT NOT NULL, published_at INTEGER NOT NULL, withdrawn INTEGER NOT NULL,
    stored INTEGER NOT NULL DEFAULT 0, wanted INTEGER NOT NULL DEFAULT 1, read INTEGER NOT NULL DEFAULT 0, position REAL NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX article_newest ON article (published_at DESC);
  CREATE TABLE article_picture (
    media_id TEXT NOT NULL, article TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE, sha256 TEXT NOT NULL, media_type TEXT NOT NULL,
    url TEXT NOT NULL, bytes INTEGER NOT NULL, PRIMARY KEY (media_id, article)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE picture (sha256 TEXT PRIMARY KEY, bytes INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE related (asset TEXT NOT NULL, article TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE, PRIMARY KEY (asset, article)) STRICT, WITHOUT ROWID;
  CREATE VIRTUAL TABLE article_text USING fts5 (headline, summary, body, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2', prefix='2 3');
  `,
  // The rowid of an asset tells its time, so that the newest of whatever is searched come first without sorting; see rowids.ts. What is only
  // searched is kept in the index alone. A page of changes goes into the index as one segment, and segments are merged less often.
  `
  CREATE TEMP TABLE moved (old INTEGER PRIMARY KEY, new INTEGER NOT NULL) STRICT;
  INSERT INTO moved
    SELECT old, n + max(first - n) OVER (ORDER BY n)
    FROM (SELECT rowid AS old, min(max(published_at, 0), 8790000000000) * 1024 AS first, row_number() OVER (ORDER BY published_at, rowid) AS n FROM asset);
  CREATE TABLE new_asset (
    rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, rev INTEGER NOT NULL, duration_ms INTEGER NOT NULL, withdrawn INTEGER NOT NULL,
    generation INTEGER NOT NULL
  ) STRICT;
  INSERT INTO new_asset SELECT new, id, rev, duration_ms, withdrawn, generation FROM moved JOIN asset ON rowid = old ORDER BY new;
  CREATE TABLE asset_document (asset INTEGER PRIMARY KEY REFERENCES asset (rowid) ON DELETE CASCADE, summary TEXT NOT NULL, detail TEXT) STRICT;
  INSERT INTO asset_document SELECT new, json_remove(summary, '$.searchText'), detail FROM moved JOIN asset ON rowid = old ORDER BY new;
  CREATE TABLE new_asset_facet (
    facet TEXT NOT NULL, value TEXT NOT NULL, asset INTEGER NOT NULL REFERENCES asset (rowid) ON DELETE CASCADE, PRIMARY KEY (facet, value, asset)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO new_asset_facet SELECT facet, value, new FROM asset_facet JOIN moved ON old = asset;
  DROP TABLE asset_text;
  CREATE VIRTUAL TABLE asset_text USING fts5 (headline, slug, place, body, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2', prefix='1 2');
  INSERT INTO asset_text (asset_text, rank) VALUES ('hashsize', 16777216), ('automerge', 16);
  INSERT INTO asset_text (rowid, headline, slug, place, body)
    SELECT new, summary ->> 'headline', summary ->> 'slug',
      concat_ws(' ', summary ->> 'location', (SELECT group_concat(value, ' ') FROM json_each(summary, '$.countries'))),
      concat_ws(' ', summary ->> 'descriptionShort', (SELECT group_concat(value, ' ') FROM json_each(summary, '$.people')),
        (SELECT group_concat(value, ' ') FROM json_each(summary, '$.topics')), summary ->> 'searchText')
    FROM moved JOIN asset ON rowid = old ORDER BY new;
  DROP TABLE moved;
  DROP TABLE asset_facet;
  DROP TABLE asset;
  ALTER TABLE new_asset RENAME TO asset;
  ALTER TABLE new_asset_facet RENAME TO asset_facet;
  CREATE INDEX asset_longest ON asset (duration_ms DESC, rowid DESC);
  CREATE INDEX asset_facet_of ON asset_facet (asset);
  `,
];

const SQLITE_FULL = 13;
/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const DAMAGED = new Set([11, 26]);
/** SQLITE_ERROR, SQLITE_CONSTRAINT and SQLITE_MISMATCH: rows that no migration knows what to do with. */
const UNFIT = new Set([1, 19, 20]);
const OPEN = 'library.open';

/** The primary result code, which is the low byte; null if SQLite did not throw it. */
const resultCode = (thrown: unknown): number | null => (thrown instanceof Error && 'errcode' in thrown ? Number(thrown.errcode) & 0xff : null);
export const isDamage = (thrown: unknown): boolean => DAMAGED.has(resultCode(thrown) ?? 0);

/** What SQLite threw as an `AppError`; anything else as it is. */
export function libraryError(thrown: unknown): unknown {
  const code = resultCode(thrown);
  if (code === null) return thrown;
  if (code === SQLITE_FULL) return new AppError('disk-full', 'There is no room for the library', { retryable: true, cause: thrown });
  return new AppError('disk-error', DAMAGED.has(code) ? 'The library is damaged; it is built anew at the next start' : `The library cannot be used (${code})`, { cause: thrown });
}

const versionOf = (db: DatabaseSync): number => Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);

function migrate(db: DatabaseSync, file: string): void {
  const version = versionOf(db);
  if (version > MIGRATIONS.length) throw new AppError('disk-error', `The library ${path.basename(file)} was written by a newer version of this program`);
  for (let next = version; next < MIGRATIONS.length; next += 1) {
    transaction(db, () => db.exec(`${MIGRATIONS[next]}; PRAGMA user_version = ${next + 1}`));
  }
}

/** Looked through after an unclean end; what a newer version wrote is not ours to judge. */
function isUnsound(db: DatabaseSync): boolean {
  const version = versionOf(db);
  return version > 0 && version <= MIGRATIONS.length && readMeta(db, OPEN) === 'true' && db.prepare('PRAGMA quick_check(1)').get()?.['quick_check'] !== 'ok';
}

function connect(file: string): DatabaseSync {
  // A migration drops tables that others refer to.
  const db = new DatabaseSync(file, { enableForeignKeyConstraints: false });
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -32000; PRAGMA wal_autocheckpoint = 8000; PRAGMA busy_timeout = 5000');
    return db;
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}

function makeReady(db: DatabaseSync, file: string): DatabaseSync {
  migrate(db, file);
  db.exec('PRAGMA foreign_keys = ON');
  return db;
}

/** Null if the file is damaged. */
function openSound(file: string): DatabaseSync | null {
  let db: DatabaseSync | null = null;
  try {
    db = connect(file);
    if (!isUnsound(db)) return makeReady(db, file);
    db.close();
    return null;
  } catch (thrown) {
    if (db?.isOpen) db.close();
    if (isDamage(thrown) || UNFIT.has(resultCode(thrown) ?? 0)) return null;
    throw thrown;
  }
}

/**
 * Opens the library of one service, creating or migrating it. A damaged file is put aside, never deleted; what can still be read of its
 * articles is taken over, the catalogue comes anew from the service, and `onDamaged` is told in words.
 * @throws AppError a schema newer than ours, because an older program must not write to it; a full disk.
 */
export function openLibrary(file: string, onDamaged: (message: string) => void): DatabaseSync {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  let db = openSound(file);
  if (!db) {
    const aside = `${file}.damaged-${new Date().toISOString().replaceAll(/[:.]/gu, '-')}`;
    for (const part of ['', '-wal', '-shm']) if (existsSync(file + part)) renameSync(file + part, aside + part);
    db = makeReady(connect(file), file);
    const articles = salvageArticles(aside, db);
    onDamaged(`The library was damaged. It was put aside as ${aside}; ${articles} articles were taken over, the rest comes from the service again.`);
  }
  writeMeta(db, OPEN, 'true');
  return db;
}

/** @param isSound false when damage showed meanwhile: the next start looks the file through. */
export function closeLibrary(db: DatabaseSync, isSound: boolean): void {
  try {
    if (isSound) writeMeta(db, OPEN, 'false');
  } catch {
    // A full disk: the next start looks the file through, that is all.
  }
  db.close();
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

export function readMeta(db: DatabaseSync, key: string): string | null {
  const row = db.prepare('SELECT value FROM meta WHERE key = ?').get(key);
  return typeof row?.['value'] === 'string' ? row['value'] : null;
}

export function writeMeta(db: DatabaseSync, key: string, value: string): void {
  db.prepare('INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value').run(key, value);
}

/**
 * What a person typed as an FTS5 expression: every word must be there, each as a prefix, in any column. Null where there is no word.
 * Quoting makes operators and punctuation of FTS5 plain text.
 */
export function matchExpression(text: string): string | null {
  const words = text.normalize('NFC').match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  return words.length === 0 ? null : words.slice(0, 20).map((word) => `"${word}"*`).join(' ');
}
