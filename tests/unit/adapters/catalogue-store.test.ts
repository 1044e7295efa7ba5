import type { Term } from '../../../src/shared/api/query/parse.ts';
import { asked } from '../../support/asked.ts';
import { embargoOf, unavailableBecause } from '../../../src/shared/api/rights.ts';
import { array, assert, asyncProperty, constantFrom, integer, record } from 'fast-check';
import { expect, test } from 'vitest';
import type { ReadQuery } from '../../../src/main/catalogue/ports.ts';
import type { AssetChange, IndexedSummary } from '../../../src/main/catalogue/asset.ts';
import {
  assetSummary,
  catalogueOf,
  memoryLibrary,
  type ServiceCatalogue,
} from '../../support/fakes/library.ts';
import { viewerAt } from '../../support/viewer.ts';

const WORDS = ['otter', 'harbour', 'snow'];
const at = (minute: number): string => new Date(1_700_000_000_000 + minute * 60_000).toISOString();
const asset = (
  id: string,
  rev: number,
  minute: number,
  word: string,
  country: string,
  durationMs = 1,
): IndexedSummary =>
  assetSummary(id, {
    rev,
    headline: word,
    publishedAt: at(minute),
    updatedAt: at(minute),
    countries: [country],
    durationMs,
  });
const upsert = (of: IndexedSummary): AssetChange => ({
  op: 'upsert',
  id: of.id,
  rev: of.rev,
  asset: of,
});
const publishedFrom = (from: number): Term => ({
  start: 0,
  end: 1,
  isExcluded: false,
  criterion: { kind: 'range', field: 'date', from, below: null },
});
const fresh = (): ServiceCatalogue => catalogueOf(memoryLibrary());

test('an asset is found by its whole slug, in any case, and by no part of it', async () => {
  const store = fresh();
  const slugs = ['AUR-26-1', 'AUR-26-11', 'Quay “late”', 'twice', 'Twice'];
  await store.put(
    slugs.map((slug, n) => upsert({ ...asset(`ast_${n}`, 1, n, 'otter', 'NO'), slug })),
    '1',
  );
  const ids = (slug: string): Promise<string[]> => store.idsOfSlug(slug);
  expect(await ids('aur-26-1')).toEqual(['ast_0']);
  expect(await ids('quay “late”')).toEqual(['ast_2']);
  expect((await ids('TWICE')).toSorted()).toEqual(['ast_3', 'ast_4']);
  for (const none of ['AUR-26', '26-1', 'otter', '"', '', '*']) expect(await ids(none)).toEqual([]);
});

const change = record({
  id: integer({ min: 0, max: 8 }),
  minute: integer({ min: 0, max: 3 }),
  word: constantFrom(...WORDS),
  country: constantFrom('NO', 'SE'),
  durationMs: integer({ min: 0, max: 2 }),
  goes: integer({ min: 0, max: 5 }).map((n) => n === 0),
});

test('whatever changes come, in pages of any size, searches and counts are those of the last word on each asset', async () => {
  await assert(
    asyncProperty(
      array(change, { maxLength: 40 }),
      integer({ min: 1, max: 9 }),
      async (changes, size) => {
        const store = fresh();
        const model = new Map<string, IndexedSummary>();
        const wire = changes.map(
          ({ id, minute, word, country, durationMs, goes }, index): AssetChange => {
            const of = asset(`ast_${id}`, index + 1, minute, word, country, durationMs);
            if (goes) model.delete(of.id);
            else model.set(of.id, of);
            return goes ? { op: 'delete', id: of.id, rev: of.rev } : upsert(of);
          },
        );
        for (let i = 0; i < wire.length; i += size)
          await store.put(wire.slice(i, i + size), String(i));
        const held = [...model.values()];
        expect(await store.size()).toBe(held.length);
        for (const word of ['', ...WORDS]) {
          for (const country of [null, 'NO']) {
            for (const after of [null, 2]) {
              const query = asked(`${word} ${country === null ? '' : `country:${country}`}`);
              const sought: ReadQuery =
                after === null
                  ? query
                  : {
                      ...query,
                      clauses: [...query.clauses, [publishedFrom(Date.parse(at(after)))]],
                    };
              const ofWord = held.filter(
                ({ headline, publishedAt }) =>
                  headline.startsWith(word) && (after === null || publishedAt >= at(after)),
              );
              const expected = ofWord.filter(
                ({ countries }) => country === null || countries.includes(country),
              );
              const { total, items } = await store.search(
                sought,
                { offset: 0, count: 100 },
                viewerAt(0),
              );
              expect(total).toBe(expected.length);
              expect(items.map(({ publishedAt }) => publishedAt)).toEqual(
                expected
                  .map(({ publishedAt }) => Date.parse(publishedAt))
                  .toSorted((a, b) => b - a),
              );
              expect(new Set(items.map(({ id }) => id))).toEqual(
                new Set(expected.map(({ id }) => id)),
              );
              const longest = await store.search(
                { ...sought, sort: 'longest' },
                { offset: 0, count: 100 },
                viewerAt(0),
              );
              expect(longest.items.map(({ durationMs }) => durationMs)).toEqual(
                expected.map(({ durationMs }) => durationMs ?? 0).toSorted((a, b) => b - a),
              );
              const counts = await store.facets(sought);
              const byCountry = ['NO', 'SE'].map((value) => ({
                value,
                label: value,
                count: ofWord.filter(({ countries }) => countries.includes(value)).length,
              }));
              expect(counts['country']).toEqual(
                byCountry
                  .filter(({ count }) => count > 0)
                  .toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1)),
              );
              expect((counts['type'] ?? []).reduce((sum, { count }) => sum + count, 0)).toBe(
                expected.length,
              );
            }
          }
        }
      },
    ),
    { numRuns: 40 },
  );
});

test('the best of the newest two thousand come first, then older ones by age, without a gap between pages', async () => {
  const store = fresh();
  const many = Array.from({ length: 2500 }, (_, index) => ({
    ...asset(`ast_${index}`, 1, index, 'a quiet day', 'NO'),
    searchText: 'otter',
  }));
  // Among the newest, and by its headline the best of them.
  many[1000] = asset('ast_1000', 1, 1000, 'otter', 'NO');
  await store.put(many.map(upsert), 'c');
  const sought = asked('otter', 'relevance');
  const pages = [];
  for (let offset = 0; offset < 2600; offset += 100)
    pages.push(
      ...(await store.search(sought, { offset, count: 100 }, viewerAt(0))).items.map(
        ({ id }) => id,
      ),
    );
  expect(pages[0]).toBe('ast_1000');
  expect(new Set(pages).size).toBe(2500);
  expect(pages).toHaveLength(2500);
  expect(pages.slice(2000)).toEqual(
    Array.from({ length: 500 }, (_, index) => `ast_${499 - index}`),
  );
  expect(await store.ids(sought)).toEqual(pages);
});

test('times nobody means do no harm: they are found, ordered, changed and deleted like any other', async () => {
  const store = fresh();
  const times = [
    '9999-12-31T00:00:00Z',
    '9999-12-31T00:00:00Z',
    '2300-01-01T00:00:00Z',
    '1965-05-01T00:00:00Z',
    '2026-01-01T00:00:00Z',
  ];
  const strange = times.map((publishedAt, i) => ({
    ...asset(`ast_${i}`, 1, 0, 'otter', 'NO'),
    publishedAt,
  }));
  await store.put(strange.map(upsert), 'a');
  for (const sort of ['newest', 'relevance', 'longest'] as const)
    expect(await store.ids(asked('otter', sort)), sort).toHaveLength(5);
  expect((await store.ids(asked())).slice(3)).toEqual(['ast_4', 'ast_3']);
  expect(await store.ids(asked('otter after:2100'))).toHaveLength(3);
  await store.put(
    [
      { op: 'delete', id: 'ast_0', rev: 2 },
      upsert({
        ...(strange[1] ?? asset('x', 1, 0, '', '')),
        rev: 2,
        publishedAt: '2025-01-01T00:00:00Z',
      }),
    ],
    'b',
  );
  expect(await store.ids(asked('otter'))).toEqual(['ast_2', 'ast_4', 'ast_1', 'ast_3']);
});

test('of several changes of one asset in a page the highest revision counts, and a withdrawal of what came just before is one', async () => {
  const store = fresh();
  await store.put(
    [upsert(asset('ast_1', 6, 3, 'snow', 'NO')), upsert(asset('ast_1', 5, 1, 'otter', 'NO'))],
    'a',
  );
  expect(
    (await store.rows(['ast_1'], viewerAt(0))).map(({ rev, headline }) => [rev, headline]),
  ).toEqual([[6, 'snow']]);
  await store.put(
    [upsert(asset('ast_2', 5, 1, 'otter', 'NO')), { op: 'withdraw', id: 'ast_2', rev: 6 }],
    'b',
  );
  expect((await store.rows(['ast_2'], viewerAt(0))).map(({ badges }) => badges)).toEqual([
    ['withdrawn'],
  ]);
});

const told = (id: string, more: Partial<IndexedSummary>) => ({
  ...asset(id, 1, 1, 'otter', 'NO'),
  packageSizes: [{ packageId: 'pkg_1', label: '', purpose: 'web' as const, bytes: 1 }],
  ...more,
});

test('withdrawn, on hold, expired and under embargo are four badges, by the status that was told and the clock', async () => {
  const store = fresh();
  const [held, canceled, ending, closed] = [
    told('ast_h', { pubStatus: 'withheld', badges: ['withdrawn'] }),
    told('ast_c', { pubStatus: 'canceled', badges: ['withdrawn'] }),
    told('ast_e', { expiresAt: at(5) }),
    told('ast_m', { embargoUntil: at(5) }),
  ];
  // Of a service that does not tell the status.
  const [silent, silentEnding] = [
    told('ast_s', { badges: ['withdrawn'] }),
    told('ast_t', { badges: ['withdrawn'], expiresAt: at(5) }),
  ];
  await store.put(
    [
      { op: 'withdraw', id: 'ast_h', rev: 1, asset: held },
      { op: 'withdraw', id: 'ast_c', rev: 1, asset: canceled },
      ...[ending, closed, silent, silentEnding].map(upsert),
    ],
    'a',
  );
  const ids = ['ast_h', 'ast_c', 'ast_e', 'ast_m', 'ast_s', 'ast_t'];
  const badges = async (nowMs: number) =>
    (await store.rows(ids, viewerAt(nowMs))).map((row) => [...row.badges, row.packages.length]);
  expect(await badges(Date.parse(at(5)) - 1)).toEqual([
    ['on-hold', 0],
    ['withdrawn', 0],
    [1],
    ['embargoed', 1],
    ['withdrawn', 0],
    ['withdrawn', 0],
  ]);
  expect(await badges(Date.parse(at(5)))).toEqual([
    ['on-hold', 0],
    ['withdrawn', 0],
    ['expired', 0],
    [1],
    ['withdrawn', 0],
    ['expired', 0],
  ]);
  // A withdrawal without a summary: what was on hold is withdrawn now, and intact.
  await store.put([{ op: 'withdraw', id: 'ast_h', rev: 2 }], 'b');
  expect((await store.rows(['ast_h'], viewerAt(0))).map((row) => row.badges)).toEqual([
    ['withdrawn'],
  ]);
  expect(
    (await store.rights(['ast_h', 'ast_m', 'ast_none'], viewerAt(0))).map(
      ({ assetId, verdict }) => [assetId, unavailableBecause(verdict), embargoOf(verdict)],
    ),
  ).toEqual([
    ['ast_h', 'withdrawn', null],
    ['ast_m', null, Date.parse(at(5))],
  ]);
});
