import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cp, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { startLibraryWorker } from '../../src/main/threads/library.ts';
import { parseQuery } from '../../src/shared/api/query/parse.ts';
import type { Received } from '../../src/shared/contract/define.ts';
import type { AppContract } from '../../src/shared/contract/index.ts';
import { ALL_ARTICLES } from '../../src/shared/model/article-query.ts';
import { invoke, openApplication } from '../support/app/application.ts';
import { ARTICLES_EACH, FEEDS, TYPED } from './article-texts.ts';
import { median } from './contest.ts';
import { addressOf, stop, timed, type Run } from './machine.ts';

const COUNT = FEEDS * ARTICLES_EACH;
const ROUNDS = 3;
const OPENED = 100;
const RANGE = { offset: 0, count: 60 };
const MIB = 1024 * 1024;

const p95 = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? NaN;
const inMs = (times: readonly number[]): string =>
  `median ${median(times).toFixed(1)} ms, p95 ${p95(times).toFixed(1)}`;

async function ms(work: () => unknown): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** Each in turn, timed. */
async function timesOf<T>(items: readonly T[], work: (item: T) => unknown): Promise<number[]> {
  const times: number[] = [];
  for (const item of items) times.push(await ms(() => work(item)));
  return times;
}

const shuffled = <T>(items: readonly T[]): T[] =>
  items
    .map((item) => ({ item, key: Math.random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ item }) => item);

async function bytesIn(folder: string, isOf: (name: string) => boolean): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  let bytes = 0;
  for (const entry of entries)
    if (entry.isFile() && isOf(entry.name))
      bytes += (await stat(path.join(entry.parentPath, entry.name))).size;
  return bytes;
}

/** What is typed, by what it is; words come key by key too. */
const SEARCHES: readonly (readonly [string, readonly string[]])[] = [
  ['a letter', [...new Set(TYPED.map((word) => word.slice(0, 1)))]],
  ['two letters', [...new Set(TYPED.map((word) => word.slice(0, 2)))]],
  ['a word', TYPED],
  ['two words', TYPED.map((word, n) => `${word} ${TYPED[(n + 5) % TYPED.length] ?? ''}`)],
  ['a phrase', TYPED.map((word) => `"the ${word}"`)],
  [
    'each key of a word as it is typed',
    TYPED.flatMap((word) => Array.from(word, (_, n) => word.slice(0, n + 1))),
  ],
];

type Place = { url: string; pid: number; folder: string; desk: string };

const settings = (home: string, articlesNewest: number, sources: unknown): Promise<void> =>
  writeFile(
    path.join(home, 'settings.json'),
    JSON.stringify({ language: 'en', demo: false, articlesNewest, sources }),
  );

/** A home that has the feeds and has read none of them. @returns their entries in its settings */
async function addFeeds(home: string, url: string): Promise<unknown> {
  await mkdir(home, { recursive: true });
  await settings(home, 0, []);
  const application = await openApplication(home);
  try {
    await application.services.sources.addFeeds(
      Array.from({ length: FEEDS }, (_, n) => ({
        name: `Paper ${n}`,
        address: `${url}/feed/${n}`,
      })),
      { isTyped: true },
    );
    return application.services.settings.view.sources;
  } finally {
    await application.close();
  }
}

/** Debian's package; null where it isn't installed. */
function newsboatVersion(): string | null {
  const { error, stdout } = spawnSync('newsboat', ['--version'], { encoding: 'utf8' });
  return error ? null : (stdout.split('\n')[0] ?? '');
}

type Contestant = { prepare(): Promise<void>; command(what: What): string[] };
type What = 'fresh' | 'unchanged' | 'unread';

/** Both once a round, in a new order each; the ratio is taken within a round. */
async function contest(
  { pid, folder }: Place,
  contestants: ReadonlyMap<string, Contestant>,
): Promise<Map<What, Map<string, Run>[]>> {
  const rounds = new Map<What, Map<string, Run>[]>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const { prepare } of contestants.values()) await prepare();
    for (const what of ['fresh', 'unchanged', 'unread'] as const) {
      const runs = new Map<string, Run>();
      for (const [name, { command }] of shuffled([...contestants])) {
        const run = await timed(command(what), { cwd: folder, originPid: pid });
        if (run.exit !== 0) throw new Error(`${name}, ${what}: exit ${run.exit}`);
        runs.set(name, run);
      }
      rounds.set(what, [...(rounds.get(what) ?? []), runs]);
    }
  }
  return rounds;
}

const WHATS: readonly (readonly [What, string])[] = [
  ['fresh', `first sync of ${FEEDS} feeds, texts alone`],
  ['unchanged', 'sync with nothing changed (304)'],
  ['unread', 'count of what is unread'],
];

function contestRows(rounds: ReadonlyMap<What, readonly Map<string, Run>[]>): string[] {
  return WHATS.map(([what, title]) => {
    const runs = rounds.get(what) ?? [];
    const of = (name: string, value: (run: Run) => number): number[] =>
      runs.flatMap((round) => {
        const run = round.get(name);
        return run ? [value(run)] : [];
      });
    const cell = (name: string): string => {
      const seconds = of(name, (run) => run.seconds);
      if (seconds.length === 0) return 'not installed';
      const others = median(of(name, (run) => run.othersCores));
      return `${median(seconds).toFixed(2)} s, CPU ${median(of(name, (run) => run.cpuSeconds)).toFixed(2)} s, ${Math.max(...of(name, (run) => run.peakMiB)).toFixed(0)} MiB (others ${others.toFixed(1)} cores)`;
    };
    const each = runs.flatMap((round) => {
      const [ours, theirs] = [round.get('desk'), round.get('newsboat')];
      return ours && theirs ? [theirs.seconds / ours.seconds] : [];
    });
    const ratio =
      each.length === 0
        ? ''
        : `${median(each).toFixed(2)} × newsboat (${Math.min(...each).toFixed(2)}–${Math.max(...each).toFixed(2)})`;
    return `| ${title} | ${cell('desk')} | ${cell('newsboat')} | ${ratio} |`;
  });
}

type Query = Received<AppContract, 'articles.list'>['query'];
const queryOf = (text: string): Query => ({ ...ALL_ARTICLES, text });

/** In the library's thread alone, and with what newsboat's search asks of its own file. */
async function threadRows(home: string, cache: string | null, ids: string[]): Promise<string[]> {
  const worker = startLibraryWorker(home, {
    onError: (message) => console.error(message),
    onDamaged: (damage) => console.error(damage),
  });
  const theirs = cache === null ? null : new DatabaseSync(cache, { readOnly: true });
  // The statement is in its program (Cache::search_for_items in src/cache.cpp).
  const search = theirs?.prepare(
    `SELECT guid, title, author, url, pubDate, length(content), unread, feedurl, enclosure_url, enclosure_type, enclosure_description, enclosure_description_mime_type, enqueued, flags, base FROM rss_item WHERE (title LIKE '%' || ?1 || '%' OR content LIKE '%' || ?1 || '%') AND deleted = 0 ORDER BY pubDate DESC, id DESC`,
  );
  try {
    await worker.show(ids);
    const { text: _, ...filters } = ALL_ARTICLES;
    const list = (text: string) =>
      worker.articles.list(
        { ...filters, clauses: parseQuery(text, Date.now(), 'articles').clauses },
        RANGE,
      );
    await list('');
    const rows = [
      `| first page, in the thread | ${inMs(await timesOf(TYPED, () => list('')))} | | |`,
    ];
    for (const [name, texts] of SEARCHES) {
      const ours = await timesOf(texts, list);
      const beside = search
        ? await timesOf(texts, (text) => search.all(text.replaceAll('"', '')))
        : [];
      const ratio = ours.map((time, n) => (beside[n] ?? NaN) / time);
      rows.push(
        `| search of ${name}, in the thread | ${inMs(ours)} | ${search ? inMs(beside) : 'not installed'} | ${search ? `${median(ratio).toFixed(1)} × its statement` : ''} |`,
      );
    }
    return rows;
  } finally {
    theirs?.close();
    await worker.close();
  }
}

/** As a page asks. */
async function contractRows(home: string): Promise<string[]> {
  const application = await openApplication(home);
  try {
    const list = (text: string, offset = 0) =>
      invoke(application, 'articles.list', { query: queryOf(text), range: { ...RANGE, offset } });
    const { total } = await list('');
    if (total !== COUNT) throw new Error(`${total} articles`);
    const rows = [
      `| first page, over the contract | ${inMs(await timesOf(TYPED, () => list('')))} | | |`,
    ];
    for (const [name, texts] of SEARCHES)
      rows.push(
        `| search of ${name}, over the contract | ${inMs(await timesOf(texts, (text) => list(text)))} | | |`,
      );
    const some = await Promise.all(
      Array.from({ length: OPENED }, (_, n) => list('', (n * COUNT) / OPENED)),
    );
    const opened = await timesOf(
      some.flatMap(({ items: [first] }) => (first ? [first.id] : [])),
      (id) => invoke(application, 'articles.get', { id }),
    );
    rows.push(`| an article opened | ${inMs(opened)} | | |`);
    let undo = '';
    const marking = await ms(async () => {
      const marked = await invoke(application, 'articles.mark-all-read', { query: queryOf('') });
      if (marked.count !== COUNT) throw new Error(`${marked.count} were marked`);
      ({ undo } = marked);
    });
    const undoing = await ms(() => invoke(application, 'articles.undo-read', { undo }));
    rows.push(
      `| all marked as read, and undone | ${marking.toFixed(0)} ms, ${undoing.toFixed(0)} ms | | |`,
      `| what storing takes is counted | ${(await ms(() => invoke(application, 'articles.storage'))).toFixed(0)} ms | | |`,
    );
    return rows;
  } finally {
    await application.close();
  }
}

/** 10,000 articles of 20 feeds, as a table, beside newsboat where that is installed. */
export async function articleRows({
  folder,
  desk,
}: Pick<Place, 'folder' | 'desk'>): Promise<string> {
  const server = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', path.join(import.meta.dirname, 'article-feeds.ts')],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  try {
    const url = await addressOf(server);
    const place = { url, pid: server.pid ?? 0, folder, desk };
    const [seed, home, boat] = ['articles-seed', 'articles', 'newsboat'].map((name) =>
      path.join(folder, name),
    ) as [string, string, string];
    const sources = (await addFeeds(seed, url)) as { id: string }[];
    const own = [
      process.execPath,
      '--disable-warning=ExperimentalWarning',
      desk,
      'articles',
      'feed',
    ];
    const version = newsboatVersion();
    const cache = path.join(boat, 'cache.db');
    const contestants = new Map<string, Contestant>([
      [
        'desk',
        {
          async prepare() {
            await rm(home, { recursive: true, force: true });
            await cp(seed, home, { recursive: true });
          },
          command: (what) => [...own, what === 'unread' ? 'list' : 'refresh', '--home', home],
        },
      ],
    ]);
    if (version !== null)
      contestants.set('newsboat', {
        async prepare() {
          await rm(boat, { recursive: true, force: true });
          await mkdir(boat, { recursive: true });
          await writeFile(path.join(boat, 'config'), 'max-items 0\n');
          // It reads no JSON Feed: those come to it as RSS.
          await writeFile(
            path.join(boat, 'urls'),
            Array.from({ length: FEEDS }, (_, n) => `${url}/xml/${n}\n`).join(''),
          );
        },
        command: (what) => [
          'newsboat',
          '-C',
          path.join(boat, 'config'),
          '-u',
          path.join(boat, 'urls'),
          '-c',
          cache,
          '-x',
          what === 'unread' ? 'print-unread' : 'reload',
        ],
      });
    const rounds = await contest(place, contestants);
    const texts = await bytesIn(home, (name) => name.startsWith('library'));
    const theirs = version === null ? null : await bytesIn(boat, (name) => name === 'cache.db');
    if (version !== null) {
      const unread = execFileSync(
        'newsboat',
        contestants.get('newsboat')?.command('unread').slice(1) ?? [],
        { encoding: 'utf8' },
      );
      if (!unread.includes(String(COUNT))) throw new Error(`newsboat has ${unread}`);
    }
    const thread = await threadRows(
      home,
      version === null ? null : cache,
      sources.map(({ id }) => id),
    );
    const contract = await contractRows(home);
    await settings(home, 300, sources);
    const pictured = await timed([...own, 'refresh', '--home', home], {
      cwd: folder,
      originPid: place.pid,
    });
    const pictures = await bytesIn(path.join(home, 'pictures'), () => true);
    return [
      `| ${new Intl.NumberFormat('en').format(COUNT)} articles of ${FEEDS} feeds | desk | ${version ?? 'newsboat'} | |`,
      '|---|---|---|---|',
      ...contestRows(rounds),
      `| sync that also stores the newest 300 with their pictures | ${pictured.seconds.toFixed(2)} s, CPU ${pictured.cpuSeconds.toFixed(2)} s, ${pictured.peakMiB.toFixed(0)} MiB; ${(pictures / MIB).toFixed(1)} MiB of pictures | | |`,
      ...thread,
      ...contract,
      `| file | ${(texts / MIB).toFixed(1)} MiB with its index | ${theirs === null ? 'not installed' : `${(theirs / MIB).toFixed(1)} MiB without one`} | |`,
    ].join('\n');
  } finally {
    await stop(server);
  }
}
