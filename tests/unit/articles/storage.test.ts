import { expect, test } from 'vitest';
import type { StoredArticle } from '../../../src/main/articles/ports.ts';
import { storagePlan, storageView, type StorageRules } from '../../../src/main/articles/storage.ts';

const DAY = 86_400_000;
const NOW = 100 * DAY;
const RULES: StorageRules = {
  newest: 2,
  topics: [],
  sources: [],
  limitBytes: 10_000,
  keepDays: null,
};
const stored = (id: string, daysOld: number, more: Partial<StoredArticle> = {}): StoredArticle => ({
  id,
  source: 's',
  section: '',
  topics: [],
  publishedAt: NOW - daysOld * DAY,
  isRead: false,
  isKept: false,
  isUnwanted: false,
  isStored: true,
  isCurrent: true,
  textBytes: 1000,
  pictures: [],
  missingBytes: null,
  until: null,
  ...more,
});
const planOf = (articles: StoredArticle[], rules: Partial<StorageRules> = {}) =>
  storagePlan(articles, { ...RULES, ...rules }, NOW);

test('the newest and the chosen are fetched, others stay while there is room', () => {
  const plan = planOf(
    [
      stored('a', 1, { isStored: false }),
      stored('b', 2, { isCurrent: false }),
      stored('c', 3, { isStored: false }),
      stored('d', 4, { isStored: false, topics: ['Rivers'] }),
      stored('e', 5, { isStored: false, source: 'feed' }),
      stored('f', 6),
    ],
    { topics: ['Rivers'], sources: ['feed'], limitBytes: 5_000_000 },
  );
  expect(plan.fetch).toEqual(['a', 'b', 'd', 'e']);
  expect(plan.remove).toEqual([]);
  expect(plan.groups).toMatchObject({
    newest: { articles: 1, bytes: 1000 },
    chosen: { articles: 0 },
    others: { articles: 1 },
  });
});

test('without room the read and the old go first, and what is kept never goes', () => {
  const articles = [
    stored('new', 1),
    stored('new-read', 2, { isRead: true }),
    stored('unread', 3),
    stored('read', 4, { isRead: true }),
    stored('old', 5),
    stored('kept', 90, { isKept: true, isRead: true, textBytes: 9000 }),
  ];
  expect(planOf(articles, { limitBytes: 12_000 }).remove).toEqual([
    { id: 'old', reason: 'room', bytes: 1000 },
    { id: 'read', reason: 'room', bytes: 1000 },
  ]);
  const small = planOf(articles, { limitBytes: 100 });
  expect(small.remove.map(({ id }) => id).toSorted()).toEqual(
    ['new', 'new-read', 'old', 'read', 'unread'].toSorted(),
  );
  expect(small.groups.kept).toEqual({ articles: 1, bytes: 9000 });
  expect(planOf(articles, { limitBytes: 1e6 }).next.map(({ id }) => id)).toEqual([
    'read',
    'old',
    'unread',
    'new-read',
    'new',
  ]);
});

/** Its pictures were here, and have gone. */
const gone = (id: string, missingBytes: number | null): StoredArticle =>
  stored(id, 1, { isStored: false, textBytes: 0, missingBytes });

test('what its pictures took when they were here counts before they are fetched again', () => {
  const plan = planOf([gone('large', 500_000), gone('small', 10), gone('unknown', null)], {
    newest: 3,
    limitBytes: 400_000,
  });
  expect(plan.fetch).toEqual(['small', 'unknown']);
});

test('the publisher’s date and the age count, but not for what is kept', () => {
  const past = { until: NOW - 1 };
  const plan = planOf(
    [
      stored('expired', 1, past),
      stored('expired-kept', 1, { ...past, isKept: true }),
      stored('until-later', 1, { until: NOW + 1 }),
      stored('old', 40, { isRead: true }),
      stored('old-unread', 40),
      stored('removed', 1, { isUnwanted: true }),
      stored('removed-before', 1, { isUnwanted: true, isStored: false }),
    ],
    { keepDays: 30 },
  );
  expect(plan.remove).toEqual([
    { id: 'expired', reason: 'expired', bytes: 1000 },
    { id: 'old', reason: 'old', bytes: 1000 },
    { id: 'removed', reason: 'expired', bytes: 1000 },
  ]);
  expect(plan.fetch).toEqual([]);
});

test('a picture of several articles counts once, where it lasts longest', () => {
  const shared = [['f'.repeat(64), 5000]] as const;
  const plan = planOf([
    stored('kept', 9, { isKept: true, pictures: shared }),
    stored('new', 1, { pictures: shared }),
  ]);
  expect(plan.groups.kept.bytes).toBe(6000);
  expect(plan.groups.newest.bytes).toBe(1000);
  expect(storageView(plan, RULES)).toMatchObject({ usedBytes: 7000, articles: 2 });
});

test('what would go is told in parts: read ones in two, then the unread', () => {
  const plan = planOf(
    [
      ...Array.from({ length: 4 }, (_, n) => stored(`read-${n}`, 10 + n, { isRead: true })),
      ...Array.from({ length: 3 }, (_, n) =>
        stored(`unread-${n}`, 20 + n, { source: n === 0 ? 'a' : 'b' }),
      ),
    ],
    { limitBytes: 1e6 },
  );
  expect(storageView(plan, RULES).goes).toEqual([
    { isRead: true, before: NOW - 12 * DAY, articles: 2, bytes: 2000, sources: ['s'] },
    { isRead: true, before: NOW - 10 * DAY, articles: 2, bytes: 2000, sources: ['s'] },
    { isRead: false, before: NOW - 20 * DAY, articles: 3, bytes: 3000, sources: ['b', 'a'] },
  ]);
});
