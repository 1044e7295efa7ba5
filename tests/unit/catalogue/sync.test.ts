import { expect, test } from 'vitest';
import { SqliteCatalogueStore } from '../../../src/main/adapters/sqlite/library/catalogue-store.ts';
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

test('nor one that gives two cursors in turn', async () => {
  const store = catalogueOf(memoryLibrary());
  let asked = 0;
  await expect(
    catalogueWith(store, async () => page(`${(asked += 1) % 2}`, true)).sync(),
  ).rejects.toMatchObject({ code: 'service-error' });
  expect(asked).toBe(3);
});

test('more than is stored of one service is refused; what was stored before stays', async () => {
  const store = new SqliteCatalogueStore(memoryLibrary(), () => undefined, 2 * 1024 * 1024);
  let asked = 0;
  const endless = catalogueWith(store, async () => {
    asked += 1;
    return {
      ...page(`c${asked}`, true),
      changes: Array.from({ length: 100 }, (_, n) => {
        const id = `${asked}-${n}`;
        return {
          op: 'upsert' as const,
          id,
          rev: 1,
          at: '2026-01-01T00:00:00Z',
          asset: { ...asset(id), headline: 'x'.repeat(2000) },
        };
      }),
    };
  });
  await expect(endless.sync()).rejects.toMatchObject({
    code: 'service-error',
    message: expect.stringContaining('Nothing more is stored'),
  });
  expect(asked).toBeGreaterThan(3);
  expect(asked).toBeLessThan(20);
  expect(await store.count()).toBeGreaterThanOrEqual(100);
  // What takes nothing goes on, such as a removal.
  await store.apply([{ op: 'delete', id: '1-0', rev: 2, at: '2026-01-01T00:00:00Z' }], 'later');
  expect(await store.cursor()).toBe('later');
});
