import type { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';
import type { PictureStore } from '../../../src/main/adapters/fs/file-cache.ts';
import { SqliteArticleStore } from '../../../src/main/adapters/sqlite/library/article-store.ts';
import { SqliteCatalogueStore } from '../../../src/main/adapters/sqlite/library/catalogue-store.ts';
import { MIGRATIONS } from '../../../src/main/adapters/sqlite/library/schema.ts';
import { connect } from '../../../src/main/adapters/sqlite/kit.ts';

/** A library that no file is behind. */
export function memoryLibrary(): DatabaseSync {
  const db = connect(':memory:');
  for (const sql of MIGRATIONS) db.exec(sql);
  db.exec('PRAGMA foreign_keys = ON');
  return db;
}

const noFile = async (): Promise<never> => expect.unreachable('no picture is asked for');
const noPictures: PictureStore = { has: noFile, put: noFile, read: noFile, remove: noFile };
const unreachable = (id: string): never => expect.unreachable(`damaged: ${id}`);
export const catalogueOf = (db: DatabaseSync): SqliteCatalogueStore =>
  new SqliteCatalogueStore(db, unreachable);
export const articlesOf = (db: DatabaseSync): SqliteArticleStore =>
  new SqliteArticleStore(db, noPictures, unreachable);
