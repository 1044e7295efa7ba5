import { articleSummary } from '../../support/articles.ts';
import { ALL_ARTICLES } from '../../../src/shared/model/article-query.ts';
import { filtered } from '../../support/asked.ts';
import { expect, test } from 'vitest';
import { SqliteArticleStore } from '../../../src/main/adapters/sqlite/library/article-store.ts';
import { SqliteCatalogueStore } from '../../../src/main/adapters/sqlite/library/catalogue-store.ts';
import { LibrarySources } from '../../../src/main/adapters/sqlite/library/sources.ts';
import type {
  AssetChange,
  AssetDetail,
  IndexedSummary,
} from '../../../src/main/catalogue/asset.ts';
import type { ArticleChange } from '../../../src/shared/model/article.ts';
import { assetSummary, memoryLibrary } from '../../support/fakes/library.ts';
import { viewerAt } from '../../support/viewer.ts';

const SERVICE = 'https://service.example';
const OTHER = 'https://other.example';
const FEED = 'feed:0a1b2c3d4e5f60718293a4b5c6d7e8f9';
const NOW = Date.parse('2026-03-01T00:00:00Z');

const damaged = (id: string): never => expect.unreachable(`damaged: ${id}`);
const unused = async (): Promise<never> => expect.unreachable('no picture is asked for');

function library() {
  const db = memoryLibrary();
  const sources = new LibrarySources(db);
  return {
    db,
    sources,
    store: new SqliteCatalogueStore(db, sources, damaged),
    articles: new SqliteArticleStore(
      db,
      sources,
      { has: unused, put: unused, read: unused, remove: unused },
      damaged,
    ),
  };
}
const asset = (id: string, headline: string, country = 'NO'): IndexedSummary =>
  assetSummary(id, { headline, countries: [country] });
const detailOf = (summary: IndexedSummary): AssetDetail => ({
  ...summary,
  pubStatus: 'usable',
  statusNote: null,
  descriptionHtml: '',
  descriptionText: '',
  credits: [],
  source: '',
  dateline: '',
  place: null,
  subjects: [],
  usageTerms: '',
  copyrightNotice: '',
  shotlist: [],
  script: null,
  soundbites: [],
  captions: [],
  renditions: [],
  packages: summary.packageSizes.map(({ packageId, rev = 1, label, purpose, bytes }) => ({
    id: packageId,
    rev,
    label,
    purpose,
    renditionId: null,
    components: [],
    bytes,
    fileCount: 1,
  })),
  preview: null,
  stills: [],
  frameRate: null,
  timecodeStart: null,
  relatedAssetIds: [],
  relatedArticleIds: [],
  history: [],
  sourceUrl: null,
  files: [],
});
const query = (text = '', fields: Parameters<typeof filtered>[1] = {}) => filtered(text, fields);
const article = (id: string, headline: string): ArticleChange => ({
  op: 'upsert',
  id,
  rev: 1,
  article: articleSummary(id, { headline }),
});
const whole = { begins: true, completes: true } as const;
const put = (
  store: SqliteCatalogueStore,
  source: string,
  assets: IndexedSummary[],
  mark = 'mark',
): Promise<void> =>
  store.apply(
    source,
    {
      changes: assets.map((one) => ({ op: 'upsert', id: one.id, rev: one.rev, asset: one })),
      mark,
      list: { ...whole, missing: 'removed' },
    },
    NOW,
  );
/** As a source announces it that doesn't number its versions. */
const list = (store: SqliteCatalogueStore, assets: [IndexedSummary, string][]): Promise<void> =>
  store.apply(
    FEED,
    {
      changes: assets.map(([one, stamp]) => ({ op: 'upsert', id: one.id, stamp, asset: one })),
      mark: 'mark',
      list: { ...whole, missing: 'unlisted' },
    },
    NOW,
  );

test('an id that two sources use is two assets, and only that of a shown source is found, counted and read', async () => {
  const { store, sources } = library();
  await put(store, SERVICE, [asset('ast_1', 'otter'), asset('ast_2', 'otter', 'SE')]);
  await put(store, OTHER, [asset('ast_1', 'otter at the other', 'FI')]);
  sources.show([SERVICE]);
  expect(await store.ids(query('otter'))).toEqual(['ast_2', 'ast_1']);
  expect((await store.search(query(), { offset: 0, count: 9 }, viewerAt(0))).total).toBe(2);
  expect((await store.facets(query()))['country']?.map(({ value }) => value)).toEqual(['NO', 'SE']);
  expect((await store.facets(query('', { country: ['FI'] })))['topic']).toEqual([]);
  expect(await store.counts()).toEqual({ [SERVICE]: 2 });
  sources.show([OTHER]);
  expect(
    (await store.rows(['ast_1', 'ast_2'], viewerAt(0))).map(({ headline }) => headline),
  ).toEqual(['otter at the other']);
  expect(await store.ids(query('', { country: ['NO'] }))).toEqual([]);
  expect(await store.rights(['ast_2'], viewerAt(0))).toEqual([]);
  sources.show([]);
  expect(await store.ids(query())).toEqual([]);
  expect(await store.facets(query('otter'))).toMatchObject({ country: [] });
  sources.show([SERVICE, OTHER]);
  expect(await store.ids(query('other'))).toEqual(['ast_1']);
  expect((await store.ids(query())).length).toBe(3);
});

test('how far a sync has come, and what a full list lacked, is of its source alone', async () => {
  const { store, sources } = library();
  await put(store, SERVICE, [asset('ast_1', 'otter')], 'ours');
  await put(store, OTHER, [asset('ast_2', 'snow')], 'theirs');
  await put(store, SERVICE, [asset('ast_3', 'harbour')], 'later');
  sources.show([SERVICE, OTHER]);
  expect((await store.ids(query())).toSorted()).toEqual(['ast_2', 'ast_3']);
  expect([await store.mark(SERVICE), await store.mark(OTHER), await store.mark(FEED)]).toEqual([
    'later',
    'theirs',
    null,
  ]);
  await store.restart(SERVICE, 'fr');
  expect([await store.mark(SERVICE), await store.mark(OTHER)]).toEqual([null, 'theirs']);
  expect([await store.language(SERVICE), await store.language(OTHER)]).toEqual(['fr', null]);
});

test('versions that a source does not number are counted here, by what has changed', async () => {
  const { store, sources } = library();
  sources.show([FEED]);
  const rev = async () =>
    (await store.rows(['a'], viewerAt(0))).map((row) => [row.rev, row.headline]);
  await list(store, [[asset('a', 'otter'), 'h1']]);
  expect(await rev()).toEqual([[1, 'otter']]);
  await list(store, [[asset('a', 'otter'), 'h1']]);
  expect(await rev()).toEqual([[1, 'otter']]);
  await list(store, [[asset('a', 'otters'), 'h2']]);
  expect(await rev()).toEqual([[2, 'otters']]);
  await list(store, [[asset('a', 'otter'), 'h1']]);
  expect(await rev()).toEqual([[3, 'otter']]);
});

test('packages of such versions are of the revision that is counted, in the row and in its detail', async () => {
  const { store, sources } = library();
  sources.show([FEED]);
  const one = (stamp: string): AssetChange => {
    const sizes = [
      { packageId: `${FEED}/a/1`, rev: 1, label: 'MP4', purpose: 'web', bytes: 7 },
    ] as const;
    const summary: IndexedSummary = { ...asset('a', stamp), packageSizes: [...sizes] };
    return { op: 'upsert', id: 'a', stamp, asset: summary, detail: detailOf(summary) };
  };
  for (const stamp of ['h1', 'h2', 'h3'])
    await store.apply(FEED, { changes: [one(stamp)], mark: stamp, list: null }, 0);
  expect(await store.rights(['a'], viewerAt(0))).toMatchObject([{ packages: [{ rev: 3 }] }]);
  expect(await store.detail('a')).toMatchObject({
    rev: 3,
    packages: [{ rev: 3 }],
    packageSizes: [{ rev: 3 }],
  });
});

const stamped = (stamp: string): AssetChange => {
  const summary = asset('a', stamp);
  return { op: 'upsert', id: 'a', stamp, asset: summary, detail: detailOf(summary) };
};
test('a full sync that starts again counts such versions on, and keeps what nothing has changed', async () => {
  const { store, sources } = library();
  sources.show([FEED]);
  const again = async (stamp: string) => {
    await store.apply(FEED, { changes: [stamped(stamp)], mark: stamp, list: null }, 0);
    return [(await store.rows(['a'], viewerAt(0)))[0]?.rev, (await store.detail('a'))?.headline];
  };
  await again('h1');
  expect(await again('h2')).toEqual([2, 'h2']);
  await store.restart(FEED, '');
  expect(await store.mark(FEED)).toBeNull();
  expect(await again('h2')).toEqual([2, 'h2']);
  await store.restart(FEED, '');
  expect(await again('h3')).toEqual([3, 'h3']);
});

const seen = (headline: string, at: string, isDateStated = false): AssetChange => {
  const summary: IndexedSummary = { ...asset('a', headline), publishedAt: at, isDateStated };
  return { op: 'upsert', id: 'a', stamp: headline, asset: summary, detail: detailOf(summary) };
};
test('what has no date keeps the time at which it was first seen, also when it is corrected', async () => {
  const { store, sources } = library();
  sources.show([FEED]);
  const times = async (change: AssetChange) => {
    await store.apply(FEED, { changes: [change], mark: 'm', list: null }, 0);
    const [row] = await store.rows(['a'], viewerAt(0));
    const detail = await store.detail('a');
    return [row?.headline, new Date(row?.publishedAt ?? 0).toISOString(), detail?.publishedAt];
  };
  const first = '2026-03-01T00:00:00.000Z';
  expect(await times(seen('otter', first))).toEqual(['otter', first, first]);
  expect(await times(seen('otters', '2026-04-01T00:00:00.000Z'))).toEqual(['otters', first, first]);
  const stated = '2026-02-01T00:00:00.000Z';
  expect(await times(seen('dated', stated, true))).toEqual(['dated', stated, stated]);
});

test('thousands of one time are stored, and found in the order they came', async () => {
  const { store, sources } = library();
  sources.show([FEED]);
  const ids = Array.from({ length: 6000 }, (_, n) => String(n));
  await list(
    store,
    ids.map((id) => [asset(id, 'same time'), 'h']),
  );
  expect(await store.ids(query())).toEqual(ids.toReversed());
});

test('what one source may store is limited for it alone', async () => {
  const { db, sources } = library();
  sources.show([SERVICE, FEED]);
  const limits = { own: 8 * 1024 ** 2, foreign: 200_000 };
  const store = new SqliteCatalogueStore(db, sources, damaged, limits);
  const page = (source: string, from: number) => {
    const changes = Array.from({ length: 50 }, (_, n): AssetChange => {
      const one = asset(`${from + n}`, 'x'.repeat(1000));
      return { op: 'upsert', id: one.id, rev: 1, asset: one };
    });
    return store.apply(source, { changes, mark: `${from}`, list: null }, 0);
  };
  await page(FEED, 0);
  await page(FEED, 100);
  for (const again of [200, 300])
    await expect(page(FEED, again)).rejects.toMatchObject({ code: 'service-error' });
  expect((await store.counts())[FEED]).toBe(100);
  expect(await store.mark(FEED)).toBe('100');
  for (const source of [SERVICE, `feed:${'1'.repeat(32)}`]) {
    await page(source, 0);
    expect(await store.mark(source)).toBe('0');
  }
});

test('what a refused page was to be found by is written with the next that has it', async () => {
  const { db, sources } = library();
  sources.show([FEED]);
  const store = new SqliteCatalogueStore(db, sources, damaged, { own: 0, foreign: 100_000 });
  const put = (id: string, letters: number) => {
    const one = { ...asset(id, 'otter', 'SE'), descriptionShort: 'x'.repeat(letters) };
    const change: AssetChange = { op: 'upsert', id, rev: 1, asset: one };
    return store.apply(FEED, { changes: [change], mark: id, list: null }, 0);
  };
  await expect(put('a', 200_000)).rejects.toMatchObject({ code: 'service-error' });
  await put('b', 1);
  expect((await store.facets(query()))['country']).toMatchObject([{ value: 'SE', count: 1 }]);
});

test('what a list lacks stays where that does not withdraw it, and is as before once it is listed again', async () => {
  const { store, sources } = library();
  sources.show([FEED]);
  const unlisted = async () =>
    (await store.rows(['a', 'b'], viewerAt(0))).map(({ id, unlistedAt, badges }) => [
      id,
      unlistedAt,
      badges,
    ]);
  await list(store, [
    [asset('a', 'otter'), 'h'],
    [asset('b', 'snow'), 'h'],
  ]);
  await list(store, [[asset('b', 'snow'), 'h']]);
  expect(await unlisted()).toEqual([
    ['a', NOW, []],
    ['b', null, []],
  ]);
  expect(await store.ids(query('otter'))).toEqual(['a']);
  await list(store, [[asset('a', 'otter'), 'h']]);
  expect(await unlisted()).toEqual([
    ['a', null, []],
    ['b', NOW, []],
  ]);
});

test('an asset that is taken back without a word more keeps its page, which says so', async () => {
  const { store, sources, db } = library();
  sources.show([FEED]);
  const summary = asset('a', 'otter');
  const apply = (...changes: AssetChange[]) =>
    store.apply(FEED, { changes, mark: 'm', list: null }, NOW);
  await apply({ op: 'upsert', id: 'a', stamp: 'h', asset: summary, detail: detailOf(summary) });
  await apply({ op: 'withdraw', id: 'a', stamp: 'gone' });
  expect((await store.rows(['a'], viewerAt(0)))[0]).toMatchObject({
    badges: ['withdrawn'],
    packages: [],
  });
  expect(await store.detail('a')).toMatchObject({ headline: 'otter', pubStatus: 'canceled' });
  // Of a damaged one nothing is kept.
  await apply({ op: 'upsert', id: 'a', stamp: 'i', asset: summary, detail: detailOf(summary) });
  db.exec("UPDATE asset_document SET detail = '{}'");
  await apply({ op: 'withdraw', id: 'a', stamp: 'gone' });
  expect(await store.detail('a')).toBeNull();
});

test('what a source says it lists no more is told so, once, and what is held is told by asset', async () => {
  const { store, sources, db } = library();
  sources.show([FEED]);
  await list(store, [
    [asset('a', 'otter'), 'h'],
    [asset('b', 'snow'), 'i'],
  ]);
  const unlist = (id: string, nowMs: number) =>
    store.apply(FEED, { changes: [{ op: 'unlist', id }], mark: 'm', list: null }, nowMs);
  await unlist('a', NOW);
  await unlist('a', NOW + 1);
  await unlist('nobody', NOW);
  expect((await store.rows(['a', 'b'], viewerAt(0))).map(({ unlistedAt }) => unlistedAt)).toEqual([
    NOW,
    null,
  ]);
  const held = { publishedAt: Date.UTC(2026, 0, 1), isWithdrawn: false };
  expect(await store.held(FEED)).toEqual([
    { ...held, id: 'a', stamp: 'h', isUnlisted: true },
    { ...held, id: 'b', stamp: 'i', isUnlisted: false },
  ]);
  expect(await store.held(SERVICE)).toEqual([]);
  // A damaged one is asked for again.
  db.exec("UPDATE asset_document SET summary = '{' WHERE summary ->> '$.id' = 'b'");
  expect((await store.held(FEED)).map(({ isUnlisted }) => isUnlisted)).toEqual([true, true]);
});

test('a removed source is out of every list at once, and its assets go some at a time', async () => {
  const { store, sources, db } = library();
  const many = Array.from({ length: 1200 }, (_, n) => asset(`f${n}`, 'otter', 'SE'));
  await put(store, FEED, many);
  await put(store, SERVICE, [asset('ast_1', 'otter')]);
  sources.show([SERVICE]);
  expect(await store.ids(query('otter'))).toEqual(['ast_1']);
  let rounds = 1;
  while (await store.removeAssets(FEED)) rounds += 1;
  expect(rounds).toBe(3);
  const left = ['asset', 'asset_document', 'asset_text'].map(
    (table) => db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n'],
  );
  expect(left).toEqual([1, 1, 1]);
  expect(sources.hidden).toEqual([]);
  expect(await store.mark(FEED)).toBeNull();
  expect(db.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
});

test('articles are of their source too, with the marks that the reader has set', async () => {
  const { articles, sources } = library();
  await articles.apply(SERVICE, [article('art_1', 'Ours')], 'ours');
  await articles.apply(OTHER, [article('art_1', 'Theirs')], 'theirs');
  const { text: _, ...filters } = ALL_ARTICLES;
  const everything = { ...filters, clauses: [] };
  const shown = async () =>
    (await articles.list(everything, { offset: 0, count: 9 })).items.map(({ headline, read }) => [
      headline,
      read,
    ]);
  sources.show([SERVICE]);
  await articles.mark(['art_1'], { read: true });
  expect(await shown()).toEqual([['Ours', true]]);
  expect(await articles.count()).toBe(1);
  sources.show([OTHER]);
  expect(await shown()).toEqual([['Theirs', false]]);
  expect(await articles.cursor(SERVICE)).toBe('ours');
  sources.show([SERVICE]);
  expect(await shown()).toEqual([['Ours', true]]);
});
