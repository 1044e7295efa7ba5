import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { PictureStore } from '../../../src/main/adapters/fs/file-cache.ts';
import { SqliteArticleStore } from '../../../src/main/adapters/sqlite/library/article-store.ts';
import { SqliteCatalogueStore } from '../../../src/main/adapters/sqlite/library/catalogue-store.ts';
import type { ReadArticleQuery } from '../../../src/main/articles/ports.ts';
import { parseQuery } from '../../../src/shared/api/query/parse.ts';
import type { ArticleChange, ArticleDetail } from '../../../src/shared/model/article.ts';
import { ALL_ARTICLES } from '../../../src/shared/model/article-query.ts';
import { SAVED_PAGES } from '../../../src/shared/model/source.ts';
import { articleDetail, articleMedium, articleSummary, png } from '../../support/articles.ts';
import { memoryLibrary, SERVICE, sourcesOf } from '../../support/fakes/library.ts';

const FEED = 'feed:0a1b2c3d4e5f60718293a4b5c6d7e8f9';
const RANGE = { offset: 0, count: 50 };

function library() {
  const db = memoryLibrary();
  const sources = sourcesOf(db);
  sources.show([SERVICE, FEED]);
  const files = new Map<string, Uint8Array>();
  const pictures: PictureStore = {
    has: async (sha256) => files.has(sha256),
    put: async (sha256, bytes) => void files.set(sha256, bytes),
    read: async (sha256) => files.get(sha256) ?? null,
    remove: async (sha256) => void files.delete(sha256),
  };
  const store = new SqliteArticleStore(db, sources, pictures, (id) =>
    expect.unreachable(`damaged: ${id}`),
  );
  let marks = 0;
  /** As a feed publishes it: the stamp is what it says. */
  const publish = (detail: ArticleDetail): Promise<string[]> =>
    store.apply(
      FEED,
      [{ op: 'upsert', id: detail.id, stamp: JSON.stringify(detail), article: detail, detail }],
      `mark ${(marks += 1)}`,
    );
  return { db, sources, store, files, publish };
}
const query = (text: string, more: Partial<ReadArticleQuery> = {}): ReadArticleQuery => {
  const { text: _, ...filters } = ALL_ARTICLES;
  const { clauses, faults } = parseQuery(text, Date.parse('2026-01-10T12:00:00Z'), 'articles');
  expect(faults).toEqual([]);
  return { ...filters, clauses, ...more };
};

const day = (n: number) => ({
  publishedAt: `2026-01-0${n}T12:00:00.000Z`,
  updatedAt: `2026-01-0${n}T12:00:00.000Z`,
});

test.each([
  ['', ['a', 'b', 'c']],
  ['ferry', ['a']],
  ['FÉRRY', ['a']],
  ['"night ferry"', ['a']],
  ['ferry OR frost', ['a', 'b']],
  ['-ferry', ['b', 'c']],
  ['title:ferries', []],
  ['author:tolveg', ['a']],
  ['place:harbour', ['c']],
  ['topic:rivers', ['a', 'b']],
  ['sujet:Transport', ['a']],
  ['lang:fr', ['b']],
  ['is:unread', ['a', 'c']],
  ['is:lu', ['b']],
  ['is:starred,read', ['a', 'b']],
  ['-is:starred', ['b', 'c']],
  ['tag:"to air"', ['c']],
  ['tag:nothing', []],
  ['date:2026-01-02', ['b']],
  ['after:2026-01-02 -topic:rivers', ['c']],
  ['country:NL', ['c']],
])('%s finds %j', async (text, ids) => {
  const { store, publish } = library();
  await publish(
    articleDetail('a', {
      ...day(1),
      headline: 'A boat for the small hours',
      bodyText: 'The night ferry is back.',
      byline: ['Maren Tolveg'],
      section: 'Transport',
      topics: ['Rivers'],
    }),
  );
  await publish(
    articleDetail('b', {
      ...day(2),
      summary: 'Frost on the pass',
      language: 'fr-BE',
      topics: ['Rivers'],
    }),
  );
  await publish(articleDetail('c', { ...day(3), dateline: 'OLD HARBOUR', countries: ['NL'] }));
  await store.mark(['b'], { read: true });
  await store.mark(['a'], { starred: true });
  await store.mark(['c'], { tags: ['To air', 'to air', 'Later'] });
  const found = await store.list(query(text), RANGE);
  expect(found.items.map(({ id }) => id).toSorted()).toEqual(ids);
  expect(found.total).toBe(ids.length);
  expect((await store.ids(query(text))).toSorted()).toEqual(ids);
});

test('a filter counts what choosing another value of it would find', async () => {
  const { store, publish } = library();
  await publish(articleDetail('a', { section: 'Sea', topics: ['Boats', 'Ports'] }));
  await publish(articleDetail('b', { section: 'Sea', topics: ['Ports'] }));
  await publish(articleDetail('c', { section: 'Land' }));
  const { total, sections, topics } = await store.list(
    query('', { section: 'Sea', topic: 'Boats' }),
    RANGE,
  );
  expect(total).toBe(1);
  expect(sections).toEqual([{ name: 'Sea', count: 1 }]);
  expect(topics).toEqual([
    { name: 'Ports', count: 2 },
    { name: 'Boats', count: 1 },
  ]);
  expect(await store.list(query('', { source: FEED }), RANGE)).toMatchObject({ total: 3 });
  expect(await store.list(query('', { source: SERVICE }), RANGE)).toMatchObject({ total: 0 });
});

test('the overview counts by source and tag, whatever is filtered', async () => {
  const { store, publish } = library();
  await store.apply(
    SERVICE,
    [{ op: 'upsert', id: 'ours', rev: 1, article: articleSummary('ours') }],
    'm',
  );
  await publish(articleDetail('a'));
  await publish(articleDetail('b'));
  await store.mark(['a'], { read: true, starred: true, tags: ['desk'] });
  expect(await store.overview(null)).toEqual({
    total: 3,
    unread: 2,
    starred: 1,
    sources: [
      { id: SERVICE, total: 1, unread: 1 },
      { id: FEED, total: 2, unread: 1 },
    ],
    tags: [{ name: 'desk', count: 1 }],
  });
});

test('of our own service, which has each in two languages, one of them counts', async () => {
  const { store, publish } = library();
  await store.apply(
    SERVICE,
    ['en', 'fr'].map((language) => ({
      op: 'upsert',
      id: language,
      rev: 1,
      article: articleSummary(language, { language }),
    })),
    'm',
  );
  await publish(articleDetail('a', { language: 'fr' }));
  expect(await store.overview('en')).toMatchObject({
    total: 2,
    sources: [
      { id: SERVICE, total: 1 },
      { id: FEED, total: 1 },
    ],
  });
  const { items } = await store.list(query('', { ownLanguage: 'en' }), RANGE);
  expect(items.map(({ id }) => id).toSorted()).toEqual(['a', 'en']);
});

test('hits say where in the text they are', async () => {
  const { store, publish } = library();
  const bodyText = `${'Word after word. '.repeat(30)}Then the crème brûlée came.${' And so on.'.repeat(30)}`;
  await publish(articleDetail('a', { bodyText }));
  const { items } = await store.list(query('creme'), RANGE);
  expect(items[0]?.excerpt).toMatch(/^… .*Then the crème brûlée came\. .* …$/u);
  expect((await store.list(query(''), RANGE)).items[0]?.excerpt).toBeNull();
});

test('a text that was corrected keeps the one before; other changes don’t', async () => {
  const { store, publish } = library();
  await publish(articleDetail('a', { bodyText: 'Twelve boats.' }));
  await publish(articleDetail('a', { bodyText: 'Twelve boats.', section: 'Sea' }));
  expect((await store.detail('a'))?.former).toBeNull();
  await publish(articleDetail('a', { bodyText: 'Eleven boats.', section: 'Sea' }));
  expect(await store.detail('a')).toMatchObject({
    detail: { rev: 3, bodyText: 'Eleven boats.' },
    former: { rev: 2, bodyText: 'Twelve boats.' },
  });
  expect((await store.list(query('twelve'), RANGE)).total).toBe(0);
});

test('what has changed is found as corrected, whoever says so, until it is withdrawn', async () => {
  const { store, publish } = library();
  await publish(articleDetail('a', { ...day(1), bodyText: 'Twelve boats.' }));
  await publish(articleDetail('b', { ...day(2), corrected: true }));
  await publish(articleDetail('c', day(3)));
  const found = async (text: string) =>
    (await store.list(query(text), RANGE)).items.map(({ id, isChanged }) => [id, isChanged]);
  expect(await found('is:corrected')).toEqual([['b', false]]);
  await publish(articleDetail('a', { ...day(1), bodyText: 'Eleven boats.' }));
  expect(await found('is:corrected')).toEqual([
    ['b', false],
    ['a', true],
  ]);
  expect(await found('is:changed boats')).toEqual([['a', true]]);
  expect(await found('-is:corrigé')).toEqual([['c', false]]);
  await store.apply(FEED, [{ op: 'withdraw', id: 'a', stamp: 'deleted' }], 'm');
  expect(await found('is:corrected')).toEqual([['b', false]]);
});

test('what the page has of a text stays when the list changes, and is out of date then', async () => {
  const { store, publish } = library();
  await publish(articleDetail('a', { bodyText: 'Twelve', isWhole: false }));
  await store.save(articleDetail('a', { bodyText: 'Twelve boats came.', textFrom: 'page' }));
  expect(await store.stored()).toMatchObject([{ isCurrent: true }]);
  await publish(articleDetail('a', { bodyText: 'Eleven', isWhole: false }));
  expect((await store.detail('a'))?.detail.bodyText).toBe('Twelve boats came.');
  expect(await store.stored()).toMatchObject([{ isCurrent: false }]);
});

test('a list tells how long the text of the page is, also once its source lists it again', async () => {
  const { db, store, publish } = library();
  const listed = { isWhole: false, wordCount: 40 };
  await publish(articleDetail('a', { ...listed, bodyText: 'Twelve' }));
  expect(await store.row('a')).toMatchObject({ minutes: 1, isWhole: false });
  const page = { isWhole: true, wordCount: 2300, textFrom: 'page' } as const;
  await store.save(articleDetail('a', { ...page, bodyText: 'Twelve boats came.' }));
  expect(await store.row('a')).toMatchObject({ minutes: 10, isWhole: true });
  await publish(articleDetail('a', { ...listed, bodyText: 'Eleven' }));
  expect(await store.row('a')).toMatchObject({ rev: 2, minutes: 10, isWhole: true });
  // Of a damaged text nothing is known.
  db.exec("UPDATE article SET detail = '{'");
  await publish(articleDetail('a', { ...listed, bodyText: 'Ten' }));
  expect(await store.row('a')).toMatchObject({ rev: 3, minutes: 1, isWhole: false });
});

test('a picture is here once, whatever article has it, and its type is what its bytes say', async () => {
  const { db, store, files, publish } = library();
  const media = [articleMedium('m')];
  await publish(articleDetail('a', { media }));
  await publish(articleDetail('b', { media }));
  expect(await store.missingPictures('b')).toEqual([
    { mediaId: 'm', url: 'https://pictures.example/m.png' },
  ]);
  await expect(
    store.savePicture('m', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')),
  ).rejects.toMatchObject({ code: 'origin-error' });
  expect(files.size).toBe(0);
  const picture = png('one');
  await store.savePicture('m', picture);
  expect([...files.keys()]).toEqual([createHash('sha256').update(picture).digest('hex')]);
  expect(await store.missingPictures('a')).toEqual([]);
  expect(await store.missingPictures('b')).toEqual([]);
  expect(await store.picture('m')).toMatchObject({ mediaType: 'image/png', bytes: picture });
  // Corrected, with the same picture: it isn't asked for again.
  await publish(articleDetail('a', { media, bodyText: 'more' }));
  expect(await store.missingPictures('a')).toEqual([]);
  await store.unstore(['a'], true);
  await store.removeUnusedPictures();
  expect(files.size).toBe(1);
  await store.unstore(['b'], true);
  await store.removeUnusedPictures();
  expect(files.size).toBe(0);
  expect(db.prepare('SELECT count(*) AS n FROM picture').get()).toEqual({ n: 0 });
  // The text of a feed may be nowhere else any more.
  expect((await store.detail('a'))?.detail.bodyText).toBe('more');
});

test('an address that may hold a secret isn’t stored', async () => {
  const { db, store, publish } = library();
  const url = 'https://pictures.example/1.png?token=5ecre7';
  await publish(articleDetail('a', { media: [articleMedium('m', { url })] }));
  expect(await store.missingPictures('a')).toEqual([{ mediaId: 'm', url: '' }]);
  expect(JSON.stringify(db.prepare('SELECT detail FROM article').all())).not.toContain('5ecre7');
});

test('a withdrawn article is found by its headline alone, and has no text', async () => {
  const { store, publish } = library();
  await publish(articleDetail('a', { headline: 'Boats', bodyText: 'secret', topics: ['Sea'] }));
  await store.apply(FEED, [{ op: 'withdraw', id: 'a', stamp: 'deleted' }], 'm');
  expect(await store.detail('a')).toBeNull();
  expect((await store.list(query('secret'), RANGE)).total).toBe(0);
  expect((await store.list(query('boats'), RANGE)).items).toMatchObject([{ withdrawn: true }]);
  expect((await store.list(query(''), RANGE)).topics).toEqual([]);
});

test('of a withdrawn article nothing is told but what names it, whatever comes with the withdrawal', async () => {
  const { db, store, publish } = library();
  const said = {
    summary: 'The crossing is at risk',
    dateline: 'OLD HARBOUR',
    topics: ['Sea'],
    countries: ['NL'],
    leadMediaId: 'boat',
  };
  await publish(articleDetail('a', { headline: 'Boats', ...said }));
  await store.apply(FEED, [{ op: 'withdraw', id: 'a', stamp: 'deleted' }], 'm');
  const ours = articleSummary('b', { headline: 'Boats', ...said });
  await store.apply(SERVICE, [{ op: 'withdraw', id: 'b', rev: 1, article: ours }], 'm');
  const named = { summary: '', dateline: '', topics: [], leadMediaId: null, excerpt: null };
  const { items } = await store.list(query('boats'), RANGE);
  expect(items).toMatchObject([named, named]);
  expect(JSON.stringify(db.prepare('SELECT summary FROM article').all())).not.toContain('risk');
});

test('an article that is withdrawn while its text is on its way stays without it', async () => {
  const { store, files, publish } = library();
  const detail = articleDetail('a', { bodyText: 'secret', media: [articleMedium('boat')] });
  await publish(detail);
  await store.apply(FEED, [{ op: 'withdraw', id: 'a', stamp: 'deleted' }], 'm');
  await expect(store.save(detail)).rejects.toMatchObject({ code: 'withdrawn' });
  await store.setStored('a', true);
  await store.savePicture('boat', png('boat'));
  expect(await store.detail('a')).toBeNull();
  expect((await store.list(query('secret'), RANGE)).total).toBe(0);
  expect(await store.row('a')).toMatchObject({ stored: false });
  expect(files.size).toBe(0);
});

test('what was kept of a source that was removed is its own again once it is added anew, also to be withdrawn', async () => {
  const { store, publish } = library();
  const detail = articleDetail(`${FEED}/a`, { bodyText: 'secret' });
  await publish(detail);
  await store.mark([detail.id], { starred: true, tags: ['desk'] });
  await store.removeArticles(FEED);
  await publish({ ...detail, bodyText: 'public' });
  expect((await store.list(query(''), RANGE)).items).toMatchObject([
    { id: detail.id, source: FEED, starred: true, tags: ['desk'] },
  ]);
  expect(await store.detail(detail.id)).toMatchObject({
    detail: { bodyText: 'public' },
    former: { bodyText: 'secret' },
  });
  await store.apply(FEED, [{ op: 'withdraw', id: detail.id, stamp: 'deleted' }], 'm');
  expect((await store.list(query('secret OR public'), RANGE)).total).toBe(0);
});

test('an id that isn’t of a source takes nothing over that was kept of another', async () => {
  const { store } = library();
  const kept = articleDetail('other/a', { bodyText: 'kept' });
  const change = { op: 'upsert', id: kept.id, stamp: '1', article: kept, detail: kept } as const;
  await store.apply(SAVED_PAGES, [change], 'm');
  await store.mark([kept.id], { starred: true });
  await store.apply(FEED, [{ op: 'withdraw', id: kept.id, stamp: 'deleted' }], 'm');
  expect((await store.list(query('kept'), RANGE)).items).toMatchObject([{ source: SAVED_PAGES }]);
});

const never = async (): Promise<never> => expect.unreachable('no picture is asked for');

test('of what a feed no longer lists so much stays, and what is kept or still listed stays anyway', async () => {
  const { db, sources } = library();
  const store = new SqliteArticleStore(
    db,
    sources,
    { has: never, put: never, read: never, remove: never },
    (id) => expect.unreachable(`damaged: ${id}`),
    undefined,
    3,
  );
  const catalogue = new SqliteCatalogueStore(
    db,
    sources,
    (id) => expect.unreachable(`damaged: ${id}`),
    undefined,
    store,
  );
  const list = async (ids: readonly string[], completes = true): Promise<string[]> => {
    const articles = ids.map((id): ArticleChange => {
      const detail = articleDetail(id, { bodyText: 'Ferry' });
      return { op: 'upsert', id, stamp: '1', article: detail, detail };
    });
    const step = { begins: true, completes, missing: 'unlisted' } as const;
    await catalogue.apply(FEED, { changes: [], articles, mark: 'm', list: step }, 0);
    return (await store.ids(query('ferry'))).toSorted();
  };
  expect(await list(['a', 'b', 'c'])).toEqual(['a', 'b', 'c']);
  await store.mark(['a'], { starred: true });
  await store.mark(['c'], { read: true });
  expect(await list(['d', 'e', 'f'])).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  // Of b to f, the newest unread ones; c was read.
  expect(await list(['g', 'd'])).toEqual(['a', 'b', 'd', 'e', 'f', 'g']);
  // A list that is cut takes nothing away before the next one begins.
  expect(await list(['h', 'i', 'j'], false)).toEqual('abdefghij'.split(''));
  expect(await list(['j'])).toEqual(['a', 'g', 'h', 'i', 'j']);
  expect(await store.count()).toBe(5);
});

test('a source that is removed leaves what was kept, as saved pages', async () => {
  const { db, sources, store, publish } = library();
  for (const id of ['plain', 'starred', 'tagged', 'saved'])
    await publish(articleDetail(id, { bodyText: `text of ${id}` }));
  await store.mark(['starred'], { starred: true });
  await store.mark(['tagged'], { tags: ['x'] });
  await store.setStored('saved', true);
  expect(await store.removeArticles(FEED)).toBe(false);
  sources.show([SERVICE]);
  const { items } = await store.list(query(''), RANGE);
  expect(items.map(({ id }) => id).toSorted()).toEqual(['saved', 'starred', 'tagged']);
  expect(items.every(({ source }) => source === SAVED_PAGES)).toBe(true);
  expect((await store.detail('saved'))?.detail.bodyText).toBe('text of saved');
  expect((await store.list(query('text'), RANGE)).total).toBe(3);
  expect(db.prepare('SELECT count(*) AS n FROM article').get()).toEqual({ n: 3 });
});
