import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

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
];

/** Opens the library of one service, creating or migrating it. A newer schema than ours throws: an older program must not write to it. */
export function openLibrary(file: string): DatabaseSync {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(file);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -32000; PRAGMA busy_timeout = 5000');
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (version > MIGRATIONS.length) throw new Error(`the library ${file} was written by a newer version of this program`);
  for (let next = version; next < MIGRATIONS.length; next += 1) {
    transaction(db, () => db.exec(`${MIGRATIONS[next]}; PRAGMA user_version = ${next + 1}`));
  }
  return db;
}

export function transaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (thrown) {
    db.exec('ROLLBACK');
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
