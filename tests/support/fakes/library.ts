import type { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';
import type { PictureStore } from '../../../src/main/adapters/fs/file-cache.ts';
import { SqliteArticleStore } from '../../../src/main/adapters/sqlite/library/article-store.ts';
import { SqliteCatalogueStore } from '../../../src/main/adapters/sqlite/library/catalogue-store.ts';
import { MIGRATIONS } from '../../../src/main/adapters/sqlite/library/schema.ts';
import { SOURCE_LIMITS } from '../../../src/main/adapters/sqlite/library/size-limit.ts';
import { LibrarySources } from '../../../src/main/adapters/sqlite/library/sources.ts';
import { connect } from '../../../src/main/adapters/sqlite/kit.ts';
import type { AssetChange, IndexedSummary } from '../../../src/main/catalogue/asset.ts';

/** The source of everything in these libraries. */
export const SERVICE = 'https://service.example';

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

/** With one source shown. */
export function sourcesOf(db: DatabaseSync, source = SERVICE): LibrarySources {
  const sources = new LibrarySources(db);
  sources.name(source);
  sources.show([source]);
  return sources;
}

/** What is the same in every summary of our own service. */
export const OF_SERVICE = {
  integrity: 'signed',
  rights: 'stated',
  isDateStated: true,
  unlistedAt: null,
} as const;

/** The summary of an asset that states as little as it may. */
export const assetSummary = (
  id: string,
  more: Partial<IndexedSummary> = {},
): IndexedSummary & { durationMs: number; thumbnails: []; packageSizes: [] } => ({
  id,
  rev: 1,
  type: 'video',
  slug: id,
  headline: id,
  descriptionShort: '',
  publishedAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
  topics: [],
  countries: [],
  languages: [],
  formats: [],
  frameRates: [],
  aspect: null,
  location: null,
  people: [],
  restrictions: [],
  embargoUntil: null,
  expiresAt: null,
  hasCaptions: false,
  searchText: '',
  badges: [],
  ...OF_SERVICE,
  ...more,
  durationMs: more.durationMs ?? 1,
  thumbnails: [],
  packageSizes: [],
});
export const assetChange = (id: string, rev: number): AssetChange => ({
  op: 'upsert',
  id,
  rev,
  asset: assetSummary(id, { rev }),
});

/** The catalogue of sources that have articles too. */
export const withArticles = (db: DatabaseSync, sources: LibrarySources): SqliteCatalogueStore =>
  new SqliteCatalogueStore(
    db,
    sources,
    unreachable,
    SOURCE_LIMITS,
    new SqliteArticleStore(db, sources, noPictures, unreachable),
  );

/** A catalogue of one source alone. */
export class ServiceCatalogue extends SqliteCatalogueStore {
  source = SERVICE;
  /** A page of changes that is no list of everything. */
  put(changes: AssetChange[], mark: string): Promise<void> {
    return this.apply(this.source, { changes, mark, list: null }, 0);
  }
  async size(): Promise<number> {
    return (await this.counts())[this.source] ?? 0;
  }
}
export const catalogueOf = (db: DatabaseSync, source = SERVICE): ServiceCatalogue =>
  Object.assign(new ServiceCatalogue(db, sourcesOf(db, source), unreachable), { source });
export const articlesOf = (db: DatabaseSync): SqliteArticleStore =>
  new SqliteArticleStore(db, sourcesOf(db), noPictures, unreachable);
