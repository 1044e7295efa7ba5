import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { SqliteArticleStore } from '../../../src/main/adapters/sqlite/library/article-store.ts';
import { Articles } from '../../../src/main/articles/articles.ts';
import { AppError } from '../../../src/shared/errors.ts';
import type { ArticleDetail } from '../../../src/shared/model/article.ts';
import { articleDetail, articleMedium, png } from '../../support/articles.ts';
import { memoryLibrary, sourcesOf } from '../../support/fakes/library.ts';

const LOUD = 'feed:0a1b2c3d4e5f60718293a4b5c6d7e8f9';
const QUIET = 'feed:f9e8d7c6b5a493827160f5e4d3c2b1a0';
const LIMIT_BYTES = 1_000_000;

const published = (n: number): Pick<ArticleDetail, 'publishedAt' | 'updatedAt'> => {
  const at = new Date(Date.UTC(2026, 0, 1) + n * 60_000).toISOString();
  return { publishedAt: at, updatedAt: at };
};

/**
 * A library with these articles, and what has been asked for and told so far.
 *
 * @param onAsked awaited before a source answers with an article
 * @param pictureMs how long a picture takes
 * @param contentOf what a picture shows: the same is the same file
 */
async function opened(
  articles: readonly ArticleDetail[],
  pictureBytes: (url: string) => number,
  onAsked: (id: string, store: SqliteArticleStore) => Promise<unknown> = async () => undefined,
  pictureMs: (url: string) => number = () => 0,
  contentOf: (url: string) => string = (url) => url,
) {
  const db = memoryLibrary();
  const sources = sourcesOf(db);
  sources.show([LOUD, QUIET]);
  const files = new Map<string, Uint8Array>();
  const store = new SqliteArticleStore(
    db,
    sources,
    {
      has: async (sha256) => files.has(sha256),
      put: async (sha256, bytes) => void files.set(sha256, bytes),
      read: async (sha256) => files.get(sha256) ?? null,
      remove: async (sha256) => void files.delete(sha256),
    },
    (id) => expect.unreachable(`damaged: ${id}`),
  );
  for (const detail of articles) {
    const source = detail.id.startsWith(LOUD) ? LOUD : QUIET;
    const stamp = createHash('sha256').update(detail.id).digest('hex');
    await store.apply(
      source,
      [{ op: 'upsert', id: detail.id, stamp, article: detail, detail }],
      'm',
    );
  }
  const asked: string[] = [];
  const told: (readonly string[])[] = [];
  const bytesHere = (): number => [...files.values()].reduce((sum, { length }) => sum + length, 0);
  let mostBytes = 0;
  let passedMs = 0;
  const kept = new Articles({
    store: () => store,
    sourceOf: (id) => ({
      id: id.startsWith(LOUD) ? LOUD : QUIET,
      article: async () => {
        await onAsked(id, store);
        return articles.find((one) => one.id === id) ?? articleDetail(id);
      },
      picture: async (url) => {
        asked.push(url);
        passedMs += pictureMs(url);
        mostBytes = Math.max(mostBytes, bytesHere());
        const start = png(contentOf(url));
        return Buffer.concat([start, Buffer.alloc(pictureBytes(url) - start.length)]);
      },
    }),
    sourceNames: () => [],
    rules: () => ({
      newest: 1000,
      topics: [],
      sources: [],
      limitBytes: LIMIT_BYTES,
      keepDays: null,
    }),
    nowMs: () => Date.UTC(2026, 0, 2) + passedMs,
    assets: async () => [],
    onChanged: (ids) => void told.push(ids),
  });
  return { store, articles: kept, asked, told, bytesHere, mostBytes: () => mostBytes };
}

const pictured = (id: string, n: number, count = 1): ArticleDetail =>
  articleDetail(id, {
    ...published(n),
    bodyText: 'The ferry',
    media: Array.from({ length: count }, (_, at) => articleMedium(`${id}-${at}`)),
  });

test('pictures larger than was planned keep to the limit, nothing kept goes, and they aren’t fetched again and again', async () => {
  const articles = [
    pictured(`${QUIET}/starred`, 0),
    ...Array.from({ length: 200 }, (_, n) => pictured(`${LOUD}/${n}`, n + 1)),
  ];
  const large = 60_000;
  const {
    store,
    articles: shelf,
    asked,
    bytesHere,
    mostBytes,
  } = await opened(articles, () => large);
  await store.mark([`${QUIET}/starred`], { starred: true });
  await shelf.keep();
  expect(mostBytes()).toBeLessThanOrEqual(LIMIT_BYTES + large);
  expect(bytesHere()).toBeLessThanOrEqual(LIMIT_BYTES);
  expect(await store.missingPictures(`${QUIET}/starred`)).toEqual([]);
  for (let again = 0; again < 30; again++) await shelf.keep();
  const settled = asked.length;
  await shelf.keep();
  expect(asked.length).toBe(settled);
  expect(bytesHere()).toBeLessThanOrEqual(LIMIT_BYTES);
  expect(await store.missingPictures(`${QUIET}/starred`)).toEqual([]);
});

test('an article with more pictures than there is room for takes a part of it alone', async () => {
  const {
    store,
    articles: shelf,
    bytesHere,
  } = await opened([pictured(`${LOUD}/all`, 1, 400), pictured(`${QUIET}/one`, 0)], () => 20_000);
  await shelf.keep();
  expect(bytesHere()).toBeLessThan(LIMIT_BYTES / 5);
  expect(await store.missingPictures(`${QUIET}/one`)).toEqual([]);
  expect(await store.row(`${LOUD}/all`)).toMatchObject({ stored: true });
});

test('lists hear of many at once', async () => {
  const { articles: shelf, told } = await opened(
    Array.from({ length: 40 }, (_, n) => pictured(`${QUIET}/${n}`, n)),
    () => 100,
  );
  await shelf.keep();
  expect(told.map((ids) => ids.length)).toEqual([3]);
});

test('what is saved by hand and can’t be reached doesn’t stop the rest, and comes with the next sync', async () => {
  const ids = [`${LOUD}/a`, `${LOUD}/b`, `${QUIET}/a`, `${QUIET}/b`] as const;
  let isLoudAway = true;
  const { store, articles, asked } = await opened(
    ids.map((id, n) => pictured(id, n)),
    (url) => {
      if (isLoudAway && url.includes(LOUD)) throw new AppError('offline', 'no network');
      return 1000;
    },
  );
  const here = async () => {
    const rows = await Promise.all(ids.map((id) => store.row(id)));
    return rows.filter((row) => row?.stored).map((row) => row?.id);
  };
  expect(await articles.setStored(ids, true)).toBe(2);
  expect(await here()).toEqual([ids[2], ids[3]]);
  // The second one of the same feed wasn't tried.
  expect(asked.filter((url) => url.includes(LOUD))).toHaveLength(1);
  await expect(articles.setStored([ids[0]], true)).rejects.toMatchObject({ code: 'offline' });
  isLoudAway = false;
  await articles.keep();
  expect(await here()).toEqual(ids);
  const kept = (await store.stored()).filter(({ isKept }) => isKept);
  expect(kept).toHaveLength(4);
});

test('an article that is taken back while it is asked for is withdrawn, and nothing of it stays', async () => {
  const id = `${LOUD}/held`;
  const withdrawn = { op: 'withdraw', id, stamp: 'deleted' } as const;
  const { store, articles: shelf } = await opened(
    [pictured(id, 1)],
    () => 100,
    async (asked, library) => asked === id && library.apply(LOUD, [withdrawn], 'n'),
  );
  const corrected = { op: 'upsert', id, stamp: '2', article: pictured(id, 1) } as const;
  await store.apply(LOUD, [corrected], 'm2');
  await expect(shelf.get(id)).rejects.toMatchObject({ code: 'withdrawn' });
  expect(await store.detail(id)).toBeNull();
});

test('one that is taken back while all are stored keeps none of the others from it', async () => {
  const id = `${LOUD}/held`;
  const withdrawn = { op: 'withdraw', id, stamp: 'deleted' } as const;
  const { store, articles: shelf } = await opened(
    [pictured(id, 3), pictured(`${QUIET}/plain`, 2)],
    () => 100,
    async (asked, library) => asked === id && library.apply(LOUD, [withdrawn], 'n'),
  );
  await shelf.keep();
  expect(await store.detail(id)).toBeNull();
  expect(await store.row(`${QUIET}/plain`)).toMatchObject({ stored: true });
});

test('a publisher whose pictures come slowly is waited for so long, and the others are here meanwhile', async () => {
  const slow = [pictured(`${LOUD}/b`, 2, 20), pictured(`${LOUD}/a`, 3, 20)];
  const plain = pictured(`${QUIET}/plain`, 1);
  const {
    store,
    articles: shelf,
    asked,
  } = await opened(
    [...slow, plain],
    () => 100,
    undefined,
    (url) => (url.includes(LOUD) ? 301_000 : 0),
  );
  await shelf.keep();
  expect(asked.filter((url) => url.includes(LOUD))).toHaveLength(1);
  expect(await store.row(`${QUIET}/plain`)).toMatchObject({ stored: true });
  expect(await store.missingPictures(`${QUIET}/plain`)).toEqual([]);
  // It isn't forgotten for that.
  await shelf.keep();
  expect(asked.filter((url) => url.includes(LOUD))).toHaveLength(2);
  expect(await store.row(`${LOUD}/b`)).toMatchObject({ stored: true });
});

test('an article says what its text and its pictures take here, though its feed states no sizes', async () => {
  const id = `${QUIET}/ferry`;
  const { store, articles: shelf } = await opened(
    [
      articleDetail(id, {
        ...published(0),
        bodyHtml: '<p>The ferry</p>',
        media: [articleMedium('boat'), articleMedium('boat-again'), articleMedium('quay')],
      }),
    ],
    (url) => (url.includes('boat') ? 218_000 : 60_000),
    undefined,
    undefined,
    // The same bytes under two names are on disk once.
    (url) => url.replace('-again', ''),
  );
  expect(await shelf.get(id)).toMatchObject({ bytes: 16, pictures: 0 });
  await shelf.setStored([id], true);
  expect(await shelf.get(id)).toMatchObject({ bytes: 278_016, pictures: 3 });
  await store.unstore([id], true);
  expect(await shelf.get(id)).toMatchObject({ bytes: 16, pictures: 0 });
});
