import { describe, expect, test } from 'vitest';
import type { IndexedSummary } from '../../../src/main/catalogue/asset.ts';
import { SORTS } from '../../../src/shared/model/sorts.ts';
import { asked } from '../../support/asked.ts';
import { assetSummary, catalogueOf, memoryLibrary } from '../../support/fakes/library.ts';
import { viewerAt } from '../../support/viewer.ts';

const VIEWER = viewerAt(0);

const restriction = {
  id: 'r1',
  kind: 'territory' as const,
  mode: 'deny' as const,
  values: ['CA'],
  note: '',
};
const of = (id: string, day: number, more: Partial<IndexedSummary>): IndexedSummary => ({
  ...assetSummary(id),

  publishedAt: new Date(2026, 10, day, 12).toISOString(),
  countries: [],
  languages: [],
  topics: [],
  formats: ['hd'],
  videoFormats: ['1080p25'],
  frameRates: ['25/1'],
  people: [],
  restrictions: [],
  parts: [],
  searchText: '',
  durationMs: 70_000,
  ...more,
});
const ASSETS = [
  of('gauge', 20, {
    headline: 'Tide gauge room: the night shift',
    countries: ['NL'],
    languages: ['nl', 'en'],
    topics: ['Rivers and lakes'],
    durationMs: 45_000,
    location: 'Nijmegen',
    genre: 'b-roll',
    videoFormats: ['1080i50'],
    packageSizes: [{ packageId: 'p', label: 'HD', purpose: 'broadcast', bytes: 900 }],
  }),
  of('flood', 21, {
    headline: 'Flood model: the first public run',
    countries: ['IT', 'SE'],
    languages: ['it'],
    topics: ['Science', 'weather'],
    durationMs: 125_000,
    location: 'Ålesund',
    genre: 'edited',
    people: ['Rosa di Vico'],
    parts: ['soundbite', 'script'],
    restrictions: [restriction],
    searchText: 'The gauge shows the tide at night. Rain or snow.',
  }),
  of('ecluse', 22, {
    headline: 'Écluse ouverte',
    countries: ['FR'],
    languages: ['fr'],
    topics: ['Economy'],
    durationMs: 60_000,
    location: 'Zandvliet',
    frameRates: ['30000/1001'],
    formats: ['uhd'],
    videoFormats: ['2160p29.97'],
    searchText: 'Flood gate. Marée basse.',
    hasCaptions: true,
  }),
  of('harbour', 24, {
    headline: 'Harbour dims its lights',
    durationMs: 0,
    type: 'image',
    formats: ['still'],
    videoFormats: [],
    frameRates: [],
    embargoUntil: new Date(2030, 0, 1).toISOString(),
  }),
];

async function library() {
  const store = catalogueOf(memoryLibrary());
  await store.put(
    ASSETS.map((asset) => ({ op: 'upsert', id: asset.id, rev: asset.rev, asset })),
    'mark',
  );
  return store;
}

describe('what a query finds', () => {
  test.each<[string, string[]]>([
    ['', ['harbour', 'ecluse', 'flood', 'gauge']],
    ['flood', ['ecluse', 'flood']],
    ['floo', ['ecluse', 'flood']],
    ['"floo"', []],
    ['gauge tide', ['flood', 'gauge']],
    ['"tide gauge"', ['gauge']],
    ['ecluse', ['ecluse']],
    ['ÉCLUSE', ['ecluse']],
    ['flood -gate', ['flood']],
    ['-flood', ['harbour', 'gauge']],
    ['-flood -tide', ['harbour']],
    ['-"tide gauge" -harbour', ['ecluse', 'flood']],
    ['harbour OR ecluse', ['harbour', 'ecluse']],
    ['flood gate OR model', ['ecluse', 'flood']],
    ['night -shift OR gauge', ['flood', 'gauge']],
    ['country:NL', ['gauge']],
    ['country:NL,SE', ['flood', 'gauge']],
    ['country:IT country:SE', ['flood']],
    ['country:IT country:NL', []],
    ['-country:NL,IT', ['harbour', 'ecluse']],
    ['country:NL OR ecluse', ['ecluse', 'gauge']],
    ['country:NL OR -type:video', ['harbour', 'gauge']],
    ['type:b-roll', ['gauge']],
    ['type:video', ['ecluse', 'flood', 'gauge']],
    ['lang:fr,nl', ['ecluse', 'gauge']],
    ['topic:"rivers and LAKES"', ['gauge']],
    ['sujet:météo', ['flood']],
    ['format:1080i50', ['gauge']],
    ['format:4k', ['ecluse']],
    ['fps:29.97', ['ecluse']],
    ['rights:none', ['ecluse', 'gauge']],
    ['rights:territory', ['flood']],
    ['rights:embargo', ['harbour']],
    ['-rights:none', ['harbour', 'flood']],
    ['has:soundbite,captions', ['ecluse', 'flood']],
    ['-has:soundbite', ['harbour', 'ecluse', 'gauge']],
    ['speaker:vico', ['flood']],
    ['speaker:"di vico"', ['flood']],
    ['-speaker:rosa flood', ['ecluse']],
    ['vico', ['flood']],
    ['place:alesund', ['flood']],
    ['title:tide', ['gauge']],
    ['title:gauge,lights', ['harbour', 'gauge']],
    ['duration:<60', ['gauge']],
    ['duration:<=60', ['ecluse', 'gauge']],
    ['duration:1:00..3:00', ['ecluse', 'flood']],
    ['-duration:<60', ['harbour', 'ecluse', 'flood']],
    ['date:2026-11-21..22', ['ecluse', 'flood']],
    ['after:2026-11-22', ['harbour', 'ecluse']],
    ['before:2026-11-21 OR harbour', ['harbour', 'gauge']],
    ['-date:2026-11-22', ['harbour', 'flood', 'gauge']],
    ['flood after:2026-11-22', ['ecluse']],
    ['source:nobody', []],
    ['-source:nobody flood', ['ecluse', 'flood']],
    ['speaker:"-"', []],
    ['flood zzz:1', ['ecluse', 'flood']],
    ['rain"; DROP TABLE asset; --', []],
    ['date:constructor after:__proto__ flood', ['ecluse', 'flood']],
  ])('%s', async (text, ids) => {
    const store = await library();
    expect(await store.ids(asked(text))).toEqual(ids);
    const { total, items } = await store.search(asked(text), { offset: 0, count: 9 }, VIEWER);
    expect([total, items.map(({ id }) => id)]).toEqual([ids.length, ids]);
  });
});

test('every column is sorted both ways, and what has no value comes last', async () => {
  const store = await library();
  const first = async (sort: (typeof SORTS)[number]) => (await store.ids(asked('', sort)))[0];
  expect(
    Object.fromEntries(await Promise.all(SORTS.map(async (sort) => [sort, await first(sort)]))),
  ).toEqual({
    newest: 'harbour',
    oldest: 'gauge',
    relevance: 'harbour',
    longest: 'flood',
    shortest: 'gauge',
    'title-az': 'ecluse',
    'title-za': 'gauge',
    'place-az': 'flood',
    'place-za': 'ecluse',
    'languages-az': 'ecluse',
    'languages-za': 'gauge',
    'format-best': 'ecluse',
    'format-least': 'harbour',
    largest: 'gauge',
    smallest: 'gauge',
  });
  for (const sort of SORTS) {
    expect(await store.ids(asked('flood', sort))).toHaveLength(2);
    expect(new Set(await store.ids(asked('', sort))).size).toBe(4);
  }
});

test('a filter counts without itself; an excluded or alternative term counts as any other', async () => {
  const store = await library();
  const countries = async (text: string) =>
    (await store.facets(asked(text)))['country']?.map(({ value, count }) => [value, count]);
  const all = [
    ['FR', 1],
    ['IT', 1],
    ['NL', 1],
    ['SE', 1],
  ];
  expect(await countries('country:NL')).toEqual(all);
  expect(await countries('pays:NL type:b-roll')).toEqual([['NL', 1]]);
  expect(await countries('-country:NL')).toEqual(all.filter(([value]) => value !== 'NL'));
  expect(await countries('country:NL OR ecluse')).toEqual([
    ['FR', 1],
    ['NL', 1],
  ]);
  expect((await store.facets(asked('flood')))['has']).toEqual([
    { value: 'captions', label: 'captions', count: 1 },
    { value: 'script', label: 'script', count: 1 },
    { value: 'soundbite', label: 'soundbite', count: 1 },
  ]);
});

test('what is removed is found by no index', async () => {
  const store = await library();
  await store.put([{ op: 'delete', id: 'flood', rev: 2 }], 'next');
  for (const text of ['speaker:vico', 'has:soundbite', 'flood -gate', 'country:SE'])
    expect([text, await store.ids(asked(text))]).toEqual([text, []]);
});

test('what came since it was looked at is new, however old it is; what is corrected isn’t', async () => {
  const store = catalogueOf(memoryLibrary());
  const put = (nowMs: number, ...assets: IndexedSummary[]) =>
    store.apply(
      store.source,
      {
        changes: assets.map((asset) => ({ op: 'upsert', id: asset.id, rev: asset.rev, asset })),
        mark: String(nowMs),
        list: null,
      },
      nowMs,
    );
  await put(1000, of('a', 20, { headline: 'flood' }), of('b', 21, { headline: 'ice' }));
  await put(2000, of('c', 1, { headline: 'flood' }));
  await put(3000, of('a', 22, { headline: 'flood again', rev: 2 }));
  expect(await store.count(asked('flood'), null)).toBe(2);
  expect(await store.count(asked('flood'), 1000)).toBe(1);
  expect(await store.count(asked(), 1500)).toBe(1);
  expect(await store.count(asked('ice'), 1000)).toBe(0);
  expect(await store.count(asked('-ice'), 0)).toBe(2);
});

test('a word that nothing begins with is taken for the one most like it', async () => {
  const store = await library();
  expect(
    await store.similarWords(['harbuor', 'flood', 'ecluze', 'xylophone', 'gauje', 'ab']),
  ).toEqual({
    harbuor: 'harbour',
    ecluze: 'ecluse',
    gauje: 'gauge',
  });
});

test('a query of nothing but unknown words isn’t put right: each costs a look through the vocabulary', async () => {
  const store = await library();
  const mistyped = ['harbuor', 'ecluze', 'gauje', 'floud', 'modle', 'lihgts'];
  expect(Object.keys(await store.similarWords(mistyped.slice(1)))).toHaveLength(5);
  expect(await store.similarWords(mistyped)).toEqual({});
});

test('values that every object has a member for are values as any other', async () => {
  const store = catalogueOf(memoryLibrary());
  const words = ['constructor', '__proto__', 'hd'];
  const asset = of('odd', 20, { formats: words, topics: words, countries: words, people: words });
  await store.put([{ op: 'upsert', id: 'odd', rev: 1, asset }], 'mark');
  for (const sort of SORTS) expect(await store.ids(asked('', sort))).toEqual(['odd']);
  const { topic, format } = await store.facets(asked());
  for (const counts of [topic, format])
    expect(counts?.map(({ value, count }) => [value, count])).toEqual(
      expect.arrayContaining(words.map((word) => [word, 1])),
    );
  expect(await store.ids(asked('topic:constructor format:__proto__'))).toEqual(['odd']);
});

test('as many words may be excluded as a query has room for', async () => {
  const store = await library();
  const text = `flood${' -x'.repeat(98)} -gate`;
  expect(text.length).toBeLessThan(1000);
  expect(await store.ids(asked(text))).toEqual(['flood']);
});
