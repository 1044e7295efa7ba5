import { expect, test } from 'vitest';
import {
  createArticlesApi,
  createCatalogueApi,
} from '../../../src/main/adapters/service/catalogue.ts';
import type { ServiceClient } from '../../../src/main/adapters/service/client.ts';

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

test.each([
  [
    'catalogue',
    (changes: unknown, told: string[]) =>
      createCatalogueApi(
        serviceWith(changes),
        (work) => work(undefined),
        (message) => told.push(message),
      ).changes(null),
  ],
  [
    'articles',
    (changes: unknown, told: string[]) =>
      createArticlesApi(serviceWith(changes), (message) => told.push(message)).changes(null),
  ],
])(
  '%s: an entry that makes no sense is left out and told; the others and the cursor stand',
  async (_name, ask) => {
    const told: string[] = [];
    const page = await ask([good[0], ...bad, good[1]], told);
    expect(page).toMatchObject({ changes: good, cursor: 'c1', hasMore: false });
    expect(told.map((message) => /^left out (\S+):/u.exec(message)?.[1])).toEqual([
      'a_3',
      'a_4',
      '?',
      '?',
      '?',
    ]);
  },
);

test('a page that makes no sense itself is refused whole', async () => {
  await expect(
    createArticlesApi(serviceWith('none'), () => undefined).changes(null),
  ).rejects.toMatchObject({ code: 'service-error' });
});
