import { expect, test } from 'vitest';
import { Articles } from '../../../src/main/articles/articles.ts';
import { createHash } from 'node:crypto';
import { SqliteArticleStore } from '../../../src/main/adapters/sqlite/library/article-store.ts';
import type { ArticleStore, ServiceArticles } from '../../../src/main/articles/ports.ts';
import { ALL_ARTICLES } from '../../../src/shared/model/article-query.ts';
import type { ArticleChange } from '../../../src/shared/model/article.ts';
import { articleDetail, articleSummary } from '../../support/articles.ts';
import { articlesOf, memoryLibrary, SERVICE, sourcesOf } from '../../support/fakes/library.ts';

const at = '2026-01-01T00:00:00Z';
const unreachable = async (): Promise<never> => expect.unreachable();
/** The articles of one service, which has all of them. */
const articlesFrom = (service: ServiceArticles, store: ArticleStore): Articles =>
  new Articles({
    store: () => store,
    sourceOf: () => service,
    sourceNames: () => [],
    rules: () => ({ newest: 300, topics: [], sources: [], limitBytes: 500e6, keepDays: null }),
    nowMs: () => Date.parse(at),
    assets: async () => [],
    onChanged: () => undefined,
  });
const LIMITS = { own: 2 * 1024 * 1024, foreign: 0 };

test('a service that says there is more and does not go on is not asked without end', async () => {
  let asked = 0;
  const service: ServiceArticles = {
    id: SERVICE,
    changes: async () => ((asked += 1), { changes: [], cursor: 'same', hasMore: true }),
    article: unreachable,
    picture: unreachable,
  };
  const articles = articlesFrom(service, articlesOf(memoryLibrary()));
  await expect(articles.sync(service)).rejects.toMatchObject({ code: 'service-error' });
  expect(asked).toBe(2);
});

const upsert = (id: string, headline = id): ArticleChange => ({
  op: 'upsert',
  id,
  rev: 1,
  article: summary(id, headline),
});
const summary = (id: string, headline = id) => articleSummary(id, { headline });

test('more than is stored of one service is refused; what was stored before stays', async () => {
  const files = { has: unreachable, put: unreachable, read: unreachable, remove: unreachable };
  const db = memoryLibrary();
  const store = new SqliteArticleStore(db, sourcesOf(db), files, () => undefined, LIMITS);
  let asked = 0;
  const service: ServiceArticles = {
    id: SERVICE,
    changes: async () => {
      asked += 1;
      return {
        changes: Array.from({ length: 100 }, (_, n) => upsert(`${asked}-${n}`, 'x'.repeat(2000))),
        cursor: `c${asked}`,
        hasMore: true,
      };
    },
    article: unreachable,
    picture: unreachable,
  };
  const articles = articlesFrom(service, store);
  await expect(articles.sync(service)).rejects.toMatchObject({
    code: 'service-error',
    message: expect.stringContaining('Nothing more is stored'),
  });
  expect(asked).toBeGreaterThan(2);
  expect(asked).toBeLessThan(20);
  expect(await store.count()).toBe((asked - 1) * 100);
});

test('pictures beyond the limit are shown and not stored, whatever size the service says they have', async () => {
  const stored = new Map<string, Uint8Array>();
  const db = memoryLibrary();
  const store = new SqliteArticleStore(
    db,
    sourcesOf(db),
    {
      has: async (sha256) => stored.has(sha256),
      put: async (sha256, bytes) => void stored.set(sha256, bytes),
      read: async (sha256) => stored.get(sha256) ?? null,
      remove: unreachable,
    },
    () => undefined,
    LIMITS,
  );
  const pictures = Array.from({ length: 4 }, (_, n) => Buffer.alloc(900 * 1024, n));
  const detail = articleDetail('a', {
    media: pictures.map((picture, n) => ({
      mediaId: `m${n}`,
      role: 'inline',
      mediaType: 'image/png',
      bytes: 1,
      sha256: createHash('sha256').update(picture).digest('hex'),
      width: 1,
      height: 1,
      alt: '',
      caption: '',
      credit: '',
      placeholder: `media:m${n}`,
      url: `/media/${n}`,
    })),
  });
  const service: ServiceArticles = {
    id: SERVICE,
    changes: async () => ({
      changes: [upsert('a')],
      cursor: 'c',
      hasMore: false,
    }),
    article: async () => detail,
    picture: async (url) => pictures[Number(url.split('/')[2])] ?? Buffer.alloc(0),
  };
  const articles = articlesFrom(service, store);
  await expect(articles.sync(service)).rejects.toMatchObject({ code: 'service-error' });
  expect(stored.size).toBe(2);
  for (const n of [0, 1, 2, 3])
    expect((await articles.picture(`m${n}`))?.bytes).toHaveLength(900 * 1024);
  expect(stored.size).toBe(2);
});

test('of what a list shows as many ids are named as a command takes, and how many there are', async () => {
  const store = articlesOf(memoryLibrary());
  const service: ServiceArticles = {
    id: SERVICE,
    changes: unreachable,
    article: unreachable,
    picture: unreachable,
  };
  const articles = articlesFrom(service, store);
  const names = Array.from({ length: 501 }, (_, at) => `art_${at}`);
  await store.apply(
    SERVICE,
    names.map((name) => upsert(name)),
    'cursor',
  );
  const listed = await articles.list(ALL_ARTICLES, { offset: 0, count: 3 });
  const { ids, total } = await articles.firstIds(ALL_ARTICLES);
  expect([ids.length, total]).toEqual([500, 501]);
  expect(ids.slice(0, 3)).toEqual(listed.items.map(({ id }) => id));
  const [first] = names;
  await articles.mark([first ?? ''], { starred: true });
  expect(await articles.firstIds({ ...ALL_ARTICLES, starredOnly: true })).toEqual({
    ids: [first],
    total: 1,
  });
});
