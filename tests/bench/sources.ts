import { asked, filtered } from '../support/asked.ts';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { SqliteCatalogueStore } from '../../src/main/adapters/sqlite/library/catalogue-store.ts';
import { openLibrary } from '../../src/main/adapters/sqlite/library/database.ts';
import { LibrarySources } from '../../src/main/adapters/sqlite/library/sources.ts';
import { closeDatabase } from '../../src/main/adapters/sqlite/kit.ts';
import type { AssetChange, IndexedSummary } from '../../src/main/catalogue/asset.ts';
import { median } from './contest.ts';
import { viewerAt } from '../support/viewer.ts';

const ASSETS = 100_000;
const PAGE = 500;
const ROUNDS = 15;
const WORDS =
  'harbour glacier library river bridge night survey rain lighthouse otter snow quay'.split(' ');
const COUNTRIES = ['EE', 'FR', 'NO', 'BE', 'PT'];
const RANGE = { offset: 0, count: 60 };

const word = (n: number): string => WORDS[n % WORDS.length] ?? '';
function summary(id: string, n: number): IndexedSummary {
  const at = new Date(Date.UTC(2026, 10, 25) - n * 60_000).toISOString();
  return {
    id,
    rev: 1,
    type: 'video',
    slug: `${word(n)}-${n}`,
    headline: `${word(n)} and ${word(n * 7 + 3)}, part ${n}`,
    descriptionShort: `The ${word(n * 3)} by the ${word(n * 5 + 1)} from morning to evening`,
    publishedAt: at,
    isDateStated: true,
    updatedAt: at,
    durationMs: 60_000 + (n % 600) * 100,
    thumbnails: [],
    topics: [word(n), word(n * 11)],
    countries: [COUNTRIES[n % COUNTRIES.length] ?? ''],
    languages: [n % 3 === 0 ? 'fr' : 'en'],
    formats: [n % 2 === 0 ? 'hd' : 'uhd'],
    frameRates: ['25/1'],
    aspect: null,
    location: null,
    people: [],
    restrictions: [],
    embargoUntil: null,
    expiresAt: null,
    hasCaptions: false,
    searchText: Array.from({ length: 60 }, (_, k) => word(n * 13 + k * k)).join(' '),
    badges: [],
    packageSizes: [],
    integrity: 'recorded',
    rights: 'unknown',
    unlistedAt: null,
  };
}

type Opened = {
  store: SqliteCatalogueStore;
  sources: LibrarySources;
  ids: string[];
  close(): void;
};

/** A library with all the assets, spread evenly over this many sources. */
async function fill(home: string, count: number): Promise<Opened> {
  await mkdir(home, { recursive: true });
  const db = openLibrary(home, null, () => undefined);
  const sources = new LibrarySources(db);
  const store = new SqliteCatalogueStore(db, sources, (id) => {
    throw new Error(`damaged: ${id}`);
  });
  const ids = Array.from({ length: count }, (_, n) => `feed:${String(n).padStart(32, '0')}`);
  sources.show(ids);
  for (const [at, source] of ids.entries())
    for (let from = at; from < ASSETS; from += count * PAGE) {
      const isLast = from + count * PAGE >= ASSETS;
      const list = { begins: from === at, completes: isLast, missing: 'unlisted' } as const;
      const changes: AssetChange[] = [];
      for (let n = from; n < Math.min(ASSETS, from + count * PAGE); n += count)
        changes.push({
          op: 'upsert',
          id: `${source}/${n}`,
          stamp: String(n),
          asset: summary(`${source}/${n}`, n),
        });
      await store.apply(source, { changes, mark: String(from), list }, 0);
    }
  sources.refresh();
  return { store, sources, ids, close: () => closeDatabase(db, false) };
}

const query = (text = '', fields: Parameters<typeof filtered>[1] = {}) => filtered(text, fields);

async function ms(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

async function inTurn<T>(times: number, work: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let n = 0; n < times; n++) results.push(await work());
  return results;
}

/** Times of the same questions to both, taken in turns. */
async function both(
  one: Opened,
  five: Opened,
  ask: (store: SqliteCatalogueStore, round: number) => Promise<unknown>,
): Promise<string> {
  const times: [number, number][] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const first = await ms(() => ask(one.store, round));
    times.push([first, await ms(() => ask(five.store, round))]);
  }
  const of = (at: 0 | 1): string => median(times.map((pair) => pair[at])).toFixed(1);
  const ratio = median(times.map(([a, b]) => b / a)).toFixed(2);
  return `${of(0)} ms | ${of(1)} ms | ${ratio}`;
}

/** What the query language can say, each beside a search of its plain word. */
const SAID = [
  'glacier',
  '"glacier and"',
  'glacier -night',
  'glacier OR otter',
  'country:EE glacier',
  'country:EE,FR lang:fr format:2160p25 glacier',
  'country:EE OR glacier',
  '-country:EE',
  'date:2026-11-20..24',
  'after:2026-11-01 duration:<90',
  'duration:<90 -country:EE -glacier',
  'gl',
  'source:feed',
];

/** Each question of the language, its first page and its count, beside its plain word's. */
async function languageRows({ store }: Opened): Promise<string> {
  const rows: string[] = [];
  for (const text of SAID) {
    const times: [number, number, number][] = [];
    let total = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const plain = await ms(() => store.search(asked('glacier'), RANGE, viewerAt(0)));
      const page = await ms(async () => {
        ({ total } = await store.search(asked(text), RANGE, viewerAt(0)));
      });
      const facets = await ms(() => store.facets(asked(text)));
      times.push([plain, page, facets]);
    }
    const page = median(times.map(([, time]) => time));
    const ratio = median(times.map(([plain, time]) => time / plain));
    const facets = median(times.map(([, , time]) => time));
    rows.push(
      `| \`${text}\` | ${new Intl.NumberFormat('en').format(total)} | ${page.toFixed(1)} ms | ${ratio.toFixed(2)} | ${facets.toFixed(0)} ms |`,
    );
  }
  const counting = median(
    await inTurn(ROUNDS, () =>
      ms(async () => {
        for (const text of SAID) {
          await store.count(asked(text), null);
          await store.count(asked(text), 0);
        }
      }),
    ),
  );
  return [
    '| query, 100,000 assets of one source | found | first page | beside the plain word | facets |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    `What is found and what is new of these ${SAID.length} as saved searches: ${counting.toFixed(0)} ms, one after the other.`,
  ].join('\n');
}

/** As many assets of five sources as of one, asked the same, as a table. */
export async function sourceRows(folder: string): Promise<string> {
  const one = await fill(path.join(folder, 'one-source'), 1);
  const five = await fill(path.join(folder, 'five-sources'), 5);
  try {
    const rows = [
      ['first page', await both(one, five, (store) => store.search(query(''), RANGE, viewerAt(0)))],
      [
        'search of a word',
        await both(one, five, (store, n) => store.search(query(word(n)), RANGE, viewerAt(0))),
      ],
      [
        'search of the first two letters',
        await both(one, five, (store, n) =>
          store.search(query(word(n).slice(0, 2)), RANGE, viewerAt(0)),
        ),
      ],
      ['facets of everything', await both(one, five, (store) => store.facets(query('')))],
      ['facets of a word', await both(one, five, (store, n) => store.facets(query(word(n))))],
      [
        'search within a facet',
        await both(one, five, (store, n) =>
          store.search(query(word(n), { country: ['EE'] }), RANGE, viewerAt(0)),
        ),
      ],
    ];
    const language = await languageRows(one);
    const [gone = '', ...left] = five.ids;
    const hiding = await ms(async () => {
      five.sources.show(left);
      const { total } = await five.store.search(query(''), RANGE, viewerAt(0));
      if (total !== (ASSETS / 5) * 4) throw new Error(`${total} are shown`);
    });
    const searches: number[] = [];
    const removing = await ms(async () => {
      while (await five.store.removeAssets(gone))
        searches.push(
          await ms(() => five.store.search(query(word(searches.length)), RANGE, viewerAt(0))),
        );
    });
    return [
      `| ${new Intl.NumberFormat('en').format(ASSETS)} assets | one source | five sources | five : one |`,
      '|---|---|---|---|',
      ...rows.map(([name, figures]) => `| ${name} | ${figures} |`),
      '',
      `A source with ${ASSETS / 5} of them was out of every list after ${hiding.toFixed(0)} ms. Its rows were deleted within ${(removing / 1000).toFixed(1)} s, searches in between took ${median(searches).toFixed(1)} ms (median), ${Math.max(...searches).toFixed(1)} at most.`,
      '',
      language,
    ].join('\n');
  } finally {
    one.close();
    five.close();
  }
}
