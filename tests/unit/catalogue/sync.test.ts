import { asked } from '../../support/asked.ts';
import { expect, test } from 'vitest';
import { Catalogue } from '../../../src/main/catalogue/catalogue.ts';
import { createServiceSource } from '../../../src/main/adapters/service/catalogue.ts';
import type { AssetDetail } from '../../../src/main/catalogue/asset.ts';
import type { ServiceClient } from '../../../src/main/adapters/service/client.ts';
import type { AssetChanges } from '../../../src/shared/api/catalogue.ts';
import { AppError } from '../../../src/shared/errors.ts';
import {
  assetSummary,
  catalogueOf,
  memoryLibrary,
  SERVICE,
  ServiceCatalogue,
  sourcesOf,
} from '../../support/fakes/library.ts';
import { viewerAt } from '../../support/viewer.ts';

const page = (cursor: string, hasMore: boolean, ...ids: string[]): AssetChanges => ({
  changes: ids.map((id) => ({
    op: 'upsert' as const,
    id,
    rev: 1,
    at: '2026-01-01T00:00:00Z',
    asset: assetSummary(id),
  })),
  cursor,
  hasMore,
  pollAfterSeconds: 60,
});
type Changes = (since: string | null) => Promise<AssetChanges>;
/** One sync of a service that answers like this. */
async function sync(store: ServiceCatalogue, changes: Changes): Promise<void> {
  const client = {
    raw: {
      assetChanges: ({ query }: { query: { since?: string } }) => changes(query.since ?? null),
    },
  } as unknown as ServiceClient;
  const source = createServiceSource(
    SERVICE,
    client,
    (work) => work(undefined),
    (message) => expect.unreachable(message),
  );
  await new Catalogue({
    sourceFor: () => source,
    store,
    viewer: () => viewerAt(0),
    localAssets: () => new Set(),
    sourceNames: () => [],
    language: () => 'en',
    articlesAbout: async () => [],
  }).sync(source, new AbortController().signal);
}
const expired = async (): Promise<never> =>
  Promise.reject(new AppError('cursor-expired', 'start anew'));
const offline = async (): Promise<never> => Promise.reject(new AppError('offline', 'away'));

test('what an account may no longer see goes, also when the new snapshot was broken off in between', async () => {
  const store = catalogueOf(memoryLibrary());
  await sync(store, async () => page('signed-in', false, 'public', 'embargoed'));
  expect(await store.size()).toBe(2);
  // Signed out: the cursor counts no longer, and the connection goes after the first page.
  await expect(
    sync(store, async (since) =>
      since === 'signed-in' ? expired() : since === null ? page('half', true, 'public') : offline(),
    ),
  ).rejects.toMatchObject({ code: 'offline' });
  await sync(store, async (since) =>
    since === 'half' ? page('whole', false, 'other') : expired(),
  );
  expect((await store.ids(asked())).toSorted()).toEqual(['other', 'public']);
});

test('a page that removes nothing and is no snapshot leaves the rest alone', async () => {
  const store = catalogueOf(memoryLibrary());
  await sync(store, async () => page('a', false, 'one'));
  await sync(store, async () => page('b', false, 'two'));
  expect(await store.size()).toBe(2);
});

test('a service that says there is more and does not go on is not asked without end', async () => {
  const store = catalogueOf(memoryLibrary());
  let asked = 0;
  await expect(sync(store, async () => ((asked += 1), page('same', true)))).rejects.toMatchObject({
    code: 'service-error',
  });
  expect(asked).toBe(2);
});

test('nor one that gives two cursors in turn', async () => {
  const store = catalogueOf(memoryLibrary());
  let asked = 0;
  await expect(sync(store, async () => page(`${(asked += 1) % 2}`, true))).rejects.toMatchObject({
    code: 'service-error',
  });
  expect(asked).toBe(3);
});

test('more than is stored of one service is refused; what was stored before stays', async () => {
  const db = memoryLibrary();
  const store = new ServiceCatalogue(db, sourcesOf(db), () => undefined, {
    own: 2 * 1024 * 1024,
    foreign: 0,
  });
  let asked = 0;
  const endless = async (): Promise<AssetChanges> => {
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
          asset: { ...assetSummary(id), headline: 'x'.repeat(2000) },
        };
      }),
    };
  };
  await expect(sync(store, endless)).rejects.toMatchObject({
    code: 'service-error',
    message: expect.stringContaining('Nothing more is stored'),
  });
  expect(asked).toBeGreaterThan(3);
  expect(asked).toBeLessThan(20);
  expect(await store.size()).toBeGreaterThanOrEqual(100);
  // What takes nothing goes on, such as a removal.
  await store.put([{ op: 'delete', id: '1-0', rev: 2 }], 'later');
  expect(await store.mark(SERVICE)).toBe('later');
});

test('a detail that is of another asset than was asked for is refused, and not stored', async () => {
  const store = catalogueOf(memoryLibrary());
  await sync(store, async () => page('a', false, 'one', 'two'));
  const catalogue = new Catalogue({
    sourceFor: () => ({
      ...createServiceSource(
        SERVICE,
        {} as ServiceClient,
        (work) => work(undefined),
        () => undefined,
      ),
      detail: async () => ({ id: 'two' }) as AssetDetail,
    }),
    store,
    viewer: () => viewerAt(0),
    localAssets: () => new Set(),
    sourceNames: () => [],
    language: () => 'en',
    articlesAbout: async () => [],
  });
  await expect(catalogue.detail('one')).rejects.toMatchObject({ code: 'service-error' });
  expect([await store.detail('one'), await store.detail('two')]).toEqual([null, null]);
});
