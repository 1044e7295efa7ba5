import { expect, test } from 'vitest';
import {
  createServiceArticles,
  createServiceSource,
} from '../../../src/main/adapters/service/catalogue.ts';
import type { CatalogueSource } from '../../../src/main/catalogue/ports.ts';
import type { ArticleDetail } from '../../../src/shared/model/article.ts';
import type { ServiceClient } from '../../../src/main/adapters/service/client.ts';
import { articleDetail, articleMedium, articleSummary } from '../../support/articles.ts';
import { assetSummary } from '../../support/fakes/library.ts';

/** A service whose pages of changes carry these entries, as they come over the wire. */
const serviceWith = (changes: unknown): ServiceClient => {
  const page = async () => ({ changes, cursor: 'c1', hasMore: false, pollAfterSeconds: 60 });
  return { raw: { assetChanges: page, articleChanges: page } } as unknown as ServiceClient;
};
const at = '2026-01-01T00:00:00Z';
const good = [
  { op: 'withdraw', id: 'a_1', rev: 2, at },
  { op: 'delete', id: 'a_2', rev: 3, at },
];
const bad = [
  { op: 'upsert', id: 'a_3', rev: 'three', at },
  { op: 'explode', id: 'a_4', rev: 1, at },
  null,
  7,
  { op: 'withdraw', id: 5, rev: 1, at },
];

async function firstPage(source: CatalogueSource) {
  for await (const { changes, mark, list } of source.sync(null, new AbortController().signal))
    return { changes, cursor: mark, hasMore: list?.completes !== true };
  return null;
}

const summary = (id: string, packageId = 'pkg_1') => ({
  ...assetSummary(id),
  packageSizes: [{ packageId, label: 'HD', purpose: 'web', bytes: 1 }],
});
const FEEDS = [
  [
    'catalogue',
    (changes: unknown, told: string[]) =>
      firstPage(
        createServiceSource(
          'https://service.example',
          serviceWith(changes),
          (work) => work(undefined),
          (message) => told.push(message),
        ),
      ),
  ],
  [
    'articles',
    (changes: unknown, told: string[]) =>
      createServiceArticles('https://service.example', serviceWith(changes), (message) =>
        told.push(message),
      ).changes(null),
  ],
] as const;

test.each(FEEDS)(
  '%s: an entry that makes no sense is left out and told; the others and the cursor stand',
  async (_name, ask) => {
    const told: string[] = [];
    const page = await ask([good[0], ...bad, good[1]], told);
    expect(page).toMatchObject({
      changes: good.map(({ op, id, rev }) => ({ op, id, rev })),
      cursor: 'c1',
      hasMore: false,
    });
    expect(told).toEqual([
      'left out 5 entries that don’t match the service’s API: a_3 (rev), a_4 (op), ? (), ? (), ? (id)',
    ]);
  },
);

test.each([
  ['embargoUntil', '12/11/2026', '2200-01-01T00:00:00.000Z'],
  ['embargoUntil', '2026-11-31T10:00:00Z', '2200-01-01T00:00:00.000Z'],
  ['embargoUntil', '2026-11-12T10:00:00', '2200-01-01T00:00:00.000Z'],
  ['embargoUntil', 7, '2200-01-01T00:00:00.000Z'],
  ['expiresAt', 'soon', '1970-01-01T00:00:00.000Z'],
  ['expiresAt', '2026-11-12T10:00:00+02:00', '2026-11-12T08:00:00.000Z'],
  ['expiresAt', null, null],
] as const)('%s %s of an entry is read as %s: it is never left out', async (name, stated, read) => {
  const told: string[] = [];
  const asset = { ...summary('a_9'), [name]: stated };
  const page = await FEEDS[0][1]([{ op: 'upsert', id: 'a_9', rev: 1, at, asset }], told);
  expect(page?.changes).toMatchObject([{ op: 'upsert', id: 'a_9', asset: { [name]: read } }]);
  const isUnreadable = read?.startsWith('2200') === true || read?.startsWith('1970') === true;
  expect(told).toEqual(
    isUnreadable
      ? [
          `embargo or expiry with a date that can’t be read, so nothing may be used by it: a_9 (asset.${name})`,
        ]
      : [],
  );
});

test('what speaks under the id of another asset or source is left out and told', async () => {
  const told: string[] = [];
  const foreign = 'feed:0a1b2c3d4e5f60718293a4b5c6d7e8f9/1';
  const changes = [
    good[1],
    { op: 'delete', id: foreign, rev: 1, at },
    { op: 'upsert', id: 'a_8', rev: 1, at, asset: summary(foreign) },
    { op: 'upsert', id: 'a_8', rev: 1, at, asset: summary('a_9') },
    { op: 'withdraw', id: 'a_8', rev: 1, at, asset: summary('a_8', foreign) },
  ];
  expect(await FEEDS[0][1](changes, told)).toMatchObject({
    changes: [{ op: 'delete', id: 'a_2', rev: 3 }],
  });
  expect(told).toEqual(['left out 4 with ids that are another asset’s or source’s']);
});

test('an article of the service has pictures and an id of its own', async () => {
  const told: string[] = [];
  const foreign = 'feed:0a1b2c3d4e5f60718293a4b5c6d7e8f9/1';
  const { isDateStated: _, isWhole: __, ...article } = articleSummary('n_1');
  const upsert = (more: object) => ({
    op: 'upsert',
    id: 'n_1',
    rev: 1,
    at,
    article: { ...article, ...more },
  });
  const changes = [
    upsert({ leadMediaId: 'm_1' }),
    upsert({ leadMediaId: foreign }),
    upsert({ id: 'n_2' }),
    { op: 'withdraw', id: foreign, rev: 1, at },
  ];
  const page = await FEEDS[1][1](changes, told);
  expect(page?.changes).toMatchObject([{ id: 'n_1', article: { leadMediaId: 'm_1' } }]);
  expect(told).toEqual(['left out 3 with ids that are another article’s or source’s']);

  let answer: ArticleDetail;
  const { article: get } = createServiceArticles(
    'https://service.example',
    { api: { getArticle: async () => answer } } as unknown as ServiceClient,
    () => undefined,
  );
  const asked = () => get('n_1', { here: null, isPageWanted: false });
  answer = articleDetail('n_1', { media: [articleMedium('m_1')] });
  expect(await asked()).toMatchObject({ id: 'n_1', media: [{ mediaId: 'm_1' }] });
  for (const other of [
    articleDetail('n_2'),
    articleDetail(foreign),
    articleDetail('n_1', { leadMediaId: foreign }),
    articleDetail('n_1', { media: [articleMedium(foreign)] }),
  ]) {
    answer = other;
    await expect(asked()).rejects.toMatchObject({ code: 'service-error' });
  }
});

test('a page that makes no sense itself is refused whole', async () => {
  await expect(
    createServiceArticles('https://service.example', serviceWith('none'), () => undefined).changes(
      null,
    ),
  ).rejects.toMatchObject({ code: 'service-error' });
});

test.each(FEEDS)(
  '%s: of many entries that make no sense ten are named, once',
  async (_name, ask) => {
    const told: string[] = [];
    await ask(
      Array.from({ length: 500 }, (_, n) => ({ id: `a_${n}` })),
      told,
    );
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^left out 500 entries .*: a_0 \(op\), .* a_9 \(op\), …$/u);
  },
);

test.each(FEEDS)(
  '%s: a page with more than was asked for is refused, and none of it is told',
  async (_name, ask) => {
    const told: string[] = [];
    await expect(
      ask(
        Array.from({ length: 501 }, () => ({})),
        told,
      ),
    ).rejects.toMatchObject({
      code: 'service-error',
      message: 'The service sent a page of 501 changes; it was asked for 500',
    });
    expect(told).toEqual([]);
  },
);
