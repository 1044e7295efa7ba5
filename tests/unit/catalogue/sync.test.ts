import { expect, test } from 'vitest';
import type { SqliteCatalogueStore } from '../../../src/main/adapters/sqlite/library/catalogue-store.ts';
import { Catalogue } from '../../../src/main/catalogue/catalogue.ts';
import type { CatalogueApi } from '../../../src/main/catalogue/ports.ts';
import type { AssetChanges, AssetSummary } from '../../../src/shared/api/catalogue.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { catalogueOf, memoryLibrary } from '../../support/fakes/library.ts';

const asset = (id: string): AssetSummary => ({
  id,
  rev: 1,
  type: 'video',
  slug: id,
  headline: id,
  descriptionShort: '',
  publishedAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
  durationMs: 1,
  thumbnails: [],
  topics: [],
  countries: [],
  languages: [],
  formats: [],
  frameRates: [],
  aspect: '16:9',
  location: '',
  people: [],
  restrictions: [],
  embargoUntil: null,
  expiresAt: null,
  hasCaptions: false,
  searchText: '',
  badges: [],
  packageSizes: [],
});
const page = (cursor: string, hasMore: boolean, ...ids: string[]): AssetChanges => ({
  changes: ids.map((id) => ({
    op: 'upsert' as const,
    id,
    rev: 1,
    at: '2026-01-01T00:00:00Z',
    asset: asset(id),
  })),
  cursor,
  hasMore,
  pollAfterSeconds: 60,
});
const catalogueWith = (store: SqliteCatalogueStore, changes: CatalogueApi['changes']): Catalogue =>
  new Catalogue({
    api: { changes, asset: async () => Promise.reject(new AppError('not-found', 'none')) },
    store,
    serviceNow: () => 0,
    localAssets: () => new Set(),
    language: () => 'en',
    articlesAbout: async () => [],
  });
const expired = async (): Promise<never> =>
  Promise.reject(new AppError('cursor-expired', 'start anew'));
const offline = async (): Promise<never> => Promise.reject(new AppError('offline', 'away'));

test('what an account may no longer see goes, also when the new snapshot was broken off in between', async () => {
  const store = catalogueOf(memoryLibrary());
  await catalogueWith(store, async () => page('signed-in', false, 'public', 'embargoed')).sync();
  expect(await store.count()).toBe(2);
  // Signed out: the cursor counts no longer, and the connection goes after the first page.
  await expect(
    catalogueWith(store, async (since) =>
      since === 'signed-in' ? expired() : since === null ? page('half', true, 'public') : offline(),
    ).sync(),
  ).rejects.toMatchObject({ code: 'offline' });
  await catalogueWith(store, async (since) =>
    since === 'half' ? page('whole', false, 'other') : expired(),
  ).sync();
  expect(
    (await store.ids({ text: '', facets: {}, publishedAfter: null, sort: 'newest' })).toSorted(),
  ).toEqual(['other', 'public']);
});

test('a page that removes nothing and is no snapshot leaves the rest alone', async () => {
  const store = catalogueOf(memoryLibrary());
  await catalogueWith(store, async () => page('a', false, 'one')).sync();
  await catalogueWith(store, async () => page('b', false, 'two')).sync();
  expect(await store.count()).toBe(2);
});

test('a service that says there is more and does not go on is not asked without end', async () => {
  const store = catalogueOf(memoryLibrary());
  let asked = 0;
  await expect(
    catalogueWith(store, async () => ((asked += 1), page('same', true))).sync(),
  ).rejects.toMatchObject({ code: 'service-error' });
  expect(asked).toBe(2);
});
