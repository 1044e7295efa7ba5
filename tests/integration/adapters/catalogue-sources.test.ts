import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createServiceSource } from '../../../src/main/adapters/service/catalogue.ts';
import { createServiceClient } from '../../../src/main/adapters/service/client.ts';
import { createApiClient } from '../../../src/main/adapters/sources/api-client.ts';
import { createDocumentClient } from '../../../src/main/adapters/sources/document-client.ts';
import { createDvidsSource } from '../../../src/main/adapters/sources/dvids.ts';
import { createFolderSource } from '../../../src/main/adapters/sources/folder.ts';
import { readFeed, type FeedReader } from '../../../src/main/adapters/sources/feed-page.ts';
import { createFeedSource, feedSourceId } from '../../../src/main/adapters/sources/feed.ts';
import { createNasaClient } from '../../../src/main/adapters/sources/nasa-client.ts';
import { createNasaSource, NASA_API } from '../../../src/main/adapters/sources/nasa.ts';
import { sourceIdOf } from '../../../src/main/adapters/sources/publisher.ts';
import { SqliteCatalogueStore } from '../../../src/main/adapters/sqlite/library/catalogue-store.ts';
import { LibrarySources } from '../../../src/main/adapters/sqlite/library/sources.ts';
import { assetDetail } from '../../../src/main/catalogue/asset.ts';
import { Catalogue } from '../../../src/main/catalogue/catalogue.ts';
import type {
  CatalogueSource,
  CatalogueStore,
  SyncStep,
} from '../../../src/main/catalogue/ports.ts';
import { faultOf } from '../../../src/main/catalogue/sync-fault.ts';
import { createDocumentReader } from '../../../src/main/threads/document-reader.ts';
import { AppError, toWire } from '../../../src/shared/errors.ts';
import { memoryLibrary, withArticles } from '../../support/fakes/library.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { startDemo } from '../../support/service/demo.ts';
import { DvidsDouble } from '../../support/sources/dvids-double.ts';
import { FeedServer, film, mediaRss } from '../../support/sources/feed-server.ts';
import { NasaDouble } from '../../support/sources/nasa-double.ts';
import { SkippingClock } from '../../support/fakes/clock.ts';
import { viewerAt } from '../../support/viewer.ts';

type Broken = 'page' | 'cut' | 'blocked' | 'silent';
/** A source on a real server, which can be broken. */
type Opened = {
  /** Which of these it states. */
  says: { lengths: boolean; sizes: boolean };
  source: CatalogueSource;
  /** From now on it answers with something else than before. */
  breakIt(how: Broken): Promise<void>;
  stop(): Promise<void>;
};

const readHere: FeedReader = async (document, context) => readFeed(document, context);
const reader = createDocumentReader();
afterAll(() => reader.close());
const next = (to: string): string =>
  `<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="next" href="${to}"/>`;
const openSourceAt = (url: string, options: Parameters<typeof createFeedSource>[2]) =>
  createFeedSource(feedSourceId(url), async () => url, options);
const lastMark = (all: { mark: string }[]): string => all.at(-1)?.mark ?? expect.unreachable();
const feedOf = (from: number, to: number, more = ''): string =>
  mediaRss(Array.from({ length: to - from }, (_, n) => film(from + n)).join('') + more);

/** Of a feed's items nothing is said but their title, date and file, whose address holds a secret. */
const SECRET_FILE = (n: number): string => `https://me:hush@cdn.example/${n}.mp4?token=hush&f=${n}`;
const DATE = (n: number): Date => new Date(Date.UTC(2026, 0, n));
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, n) => from + n);
const inXml = (text: string): string => text.replaceAll('&', '&amp;');
const secretFilm = (n: number): string =>
  film(n, { media: `<media:content url="${inXml(SECRET_FILE(n))}" type="video/mp4"/>` });

const KINDS = {
  rss: () => ({ '/feed.xml': mediaRss(range(1, 31).map(secretFilm).join('')) }),
  paged: () => ({
    '/feed.xml': mediaRss(next('/2.xml?key=hush') + range(1, 12).map(secretFilm).join('')),
    '/2.xml': mediaRss(next('/3.xml') + range(12, 20).map(secretFilm).join('')),
    '/3.xml': mediaRss(range(20, 31).map(secretFilm).join('')),
  }),
  atom: () => ({
    '/feed.xml': `<feed xmlns="http://www.w3.org/2005/Atom"><title>Weather</title><id>urn:w</id><updated>2026-11-24T16:20:00Z</updated>${range(
      1,
      31,
    )
      .map(
        (n) =>
          `<entry><id>urn:w:${n}</id><title>Snow ${n}</title><published>${DATE(n).toISOString()}</published><updated>${DATE(n).toISOString()}</updated><link rel="enclosure" type="video/mp4" href="${inXml(SECRET_FILE(n))}"/></entry>`,
      )
      .join('')}</feed>`,
  }),
  json: () => ({
    '/feed.xml': JSON.stringify({
      version: 'https://jsonfeed.org/version/1.1',
      title: 'River gauge',
      items: range(1, 31).map((n) => ({
        id: String(n),
        title: `Gauge ${n}`,
        date_published: DATE(n).toISOString(),
        attachments: [{ url: SECRET_FILE(n), mime_type: 'video/mp4' }],
      })),
    }),
  }),
  podcast: () => ({
    '/feed.xml': mediaRss(
      range(1, 31)
        .map(
          (n) =>
            `<item><guid>p-${n}</guid><title>Talk ${n}</title><pubDate>${DATE(n).toUTCString()}</pubDate><enclosure url="${inXml(SECRET_FILE(n))}" length="0" type="audio/mpeg"/></item>`,
        )
        .join(''),
    ),
  }),
} satisfies Record<string, () => Record<string, string>>;

async function openFeed(kind: keyof typeof KINDS): Promise<Opened> {
  const server = await FeedServer.start();
  const client = createDocumentClient('0.1.0');
  const pages = KINDS[kind]();
  for (const [path, text] of Object.entries(pages)) server.serve(path, text);
  return {
    says: { lengths: false, sizes: false },
    source: openSourceAt(server.url('/feed.xml'), {
      client,
      read: reader.readFeed,
      nowMs: Date.now,
    }),
    async breakIt(how) {
      if (how === 'silent') server.on('/feed.xml', () => undefined);
      else if (how === 'blocked')
        server.on('/feed.xml', (_request, response) => void response.writeHead(403).end('hush'));
      else
        server.serve(
          '/feed.xml',
          how === 'page' ? '<html><body>hush</body></html>' : pages['/feed.xml'].slice(0, -30),
        );
    },
    async stop() {
      client.close();
      await server.stop();
    },
  };
}

async function openService(): Promise<Opened> {
  const service = await startDemo({ limits: 'relaxed' });
  const front = await FeedServer.start();
  const client = createServiceClient({
    origin: front.url(''),
    version: '0.1.0',
    language: () => 'en',
  });
  let broken: Broken | null = null;
  const changes = '/v1/catalogue/changes';
  const pass: Parameters<FeedServer['on']>[1] = (request, response) => {
    if (broken === 'silent') return;
    void fetch(`${service.url}${request.url ?? ''}`).then(async (answer) => {
      const text = await answer.text();
      const headers = { 'content-type': 'application/json' };
      if (broken === 'blocked') response.writeHead(403).end('hush');
      else if (broken === 'page')
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
      else
        response
          .writeHead(answer.status, headers)
          .end(broken === 'cut' ? text.slice(0, text.length / 2) : text);
    });
  };
  front.on(changes, pass);
  return {
    says: { lengths: true, sizes: true },
    source: createServiceSource(
      'https://service.example',
      client,
      (work) => work(undefined),
      (message) => expect.unreachable(message),
    ),
    async breakIt(how) {
      broken = how;
    },
    async stop() {
      client.close();
      await front.stop();
      await service.close();
    },
  };
}

async function openNasa(library: () => CatalogueStore): Promise<Opened> {
  const id = sourceIdOf('nasa', NASA_API);
  const double = await NasaDouble.start(
    range(1, 31).map((n) => ({
      id: `Low cloud, day ${n}'s end`,
      created: DATE(n).toISOString(),
      files: { '~orig.mp4': Buffer.from('a film'), '.srt': Buffer.from('1') },
      said: { description: `By https://me:hush@cloud.example/?key=hush` },
    })),
  );
  const client = createNasaClient('0.1.0', { clock: new SkippingClock(Date.now()) });
  return {
    says: { lengths: false, sizes: false },
    source: createNasaSource(id, {
      api: double.api,
      follows: [{ by: 'search', value: 'cloud' }],
      client,
      nowMs: Date.now,
      language: () => 'en',
      held: () => library().held(id),
      detail: (assetId) => library().detail(assetId),
      downloaded: () => new Set(),
    }),
    async breakIt(how) {
      double.broken = how;
    },
    async stop() {
      client.close();
      await double.stop();
    },
  };
}

const NOON = Date.UTC(2026, 10, 25, 12);
async function openDvids(library: () => CatalogueStore): Promise<Opened> {
  const double = await DvidsDouble.start({ key: 'key-hush', nowMs: NOON });
  double.addMany(30);
  const clock = new SkippingClock(NOON);
  const client = createApiClient('0.1.0', { intervalMs: 1000, clock });
  return {
    says: { lengths: true, sizes: true },
    source: createDvidsSource(sourceIdOf('dvids', double.url), {
      api: double.url,
      key: async () => 'key-hush',
      origin: null,
      client,
      follows: [{ by: 'unit', value: 'Natochannel' }],
      nowMs: clock.nowMs,
      language: () => 'en',
      held: () => library().held(sourceIdOf('dvids', double.url)),
      downloaded: () => new Set(),
    }),
    async breakIt(how) {
      double.fault = how;
    },
    async stop() {
      client.close();
      await double.stop();
    },
  };
}

async function openFolder(library: () => CatalogueStore): Promise<Opened> {
  const root = temporaryFolder();
  for (const n of range(1, 31)) {
    const name = path.join(root, `day ${n % 3}`, `Low cloud, day ${n}’s end`);
    mkdirSync(path.dirname(name), { recursive: true });
    writeFileSync(`${name}.mp4`, 'a film');
    writeFileSync(
      `${name}.json`,
      JSON.stringify({
        uri: `urn:quay:${n}`,
        headline: `Low cloud ${n}`,
        firstcreated: DATE(n).toISOString(),
        description_text: 'By https://me:hush@cloud.example/?key=hush',
      }),
    );
  }
  const id = sourceIdOf('folder', root);
  return {
    says: { lengths: false, sizes: true },
    source: createFolderSource(id, {
      root,
      nowMs: () => Date.now() + 3_600_000,
      held: () => library().held(id),
    }),
    async breakIt(how) {
      // What is there at once can't be waited for.
      if (how === 'silent') return;
      rmSync(root, { recursive: true });
      if (how === 'page') writeFileSync(root, '<html>hush</html>');
    },
    async stop() {
      rmSync(root, { recursive: true, force: true });
    },
  };
}

const query = { text: '', sort: 'newest' } as const;
const whole = { offset: 0, count: 500 };

const KIND_NAMES = Object.keys(KINDS) as (keyof typeof KINDS)[];
describe.each([
  ['our service', openService] as const,
  ['NASA', openNasa] as const,
  ['DVIDS', openDvids] as const,
  ['a folder', openFolder] as const,
  ...KIND_NAMES.map((kind) => [`a feed, ${kind}`, () => openFeed(kind)] as const),
])('every source keeps the contract: %s', (_, open) => {
  let opened: Opened;
  let db: DatabaseSync;
  let store: SqliteCatalogueStore;
  let catalogue: Catalogue;
  const { signal } = new AbortController();

  /** In place of what was stored before. */
  function openStore(): void {
    db = memoryLibrary();
    const sources = new LibrarySources(db);
    store = withArticles(db, sources);
    sources.show([opened.source.id]);
    catalogue = new Catalogue({
      sourceFor: () => opened.source,
      store,
      viewer: () => viewerAt(Date.now()),
      localAssets: () => new Set(),
      sourceNames: () => [],
      language: () => 'en',
      articlesAbout: async () => [],
    });
  }
  beforeEach(async () => {
    opened = await open(() => store);
    openStore();
  });
  afterEach(() => opened.stop());
  const rows = async () => (await catalogue.search(query, whole)).items;
  async function allSteps(): Promise<SyncStep[]> {
    const steps: SyncStep[] = [];
    for await (const step of opened.source.sync(null, signal)) steps.push(step);
    return steps;
  }

  test('what it lists is its own, fits the model, and a second sync changes nothing', async () => {
    const { source, says } = opened;
    await catalogue.sync(source, signal);
    const first = await rows();
    expect(first.length).toBeGreaterThan(20);
    expect(first.every((row) => source.owns(row.id) && row.source === source.id)).toBe(true);
    for (const { packages, durationMs } of first) {
      expect(packages.length > 0 || says.lengths).toBe(true);
      expect(packages.every(({ packageId }) => source.owns(packageId))).toBe(true);
      // What it doesn't say is unknown, and not nothing.
      expect(durationMs !== null).toBe(says.lengths);
      expect(packages.every(({ bytes }) => (bytes !== null) === says.sizes)).toBe(true);
    }
    await catalogue.sync(source, signal);
    expect(await rows()).toEqual(first);
    // Also where everything is asked for again.
    await store.restart(source.id, 'en');
    await catalogue.sync(source, signal);
    expect((await rows()).map(({ id }) => id)).toEqual(first.map(({ id }) => id));
  });

  const versions = async () =>
    (await allSteps()).flatMap(({ changes }) =>
      changes.map(({ id, rev, stamp }) => [id, rev, stamp]),
    );
  test('the same answers give the same versions', async () => {
    const first = await versions();
    expect(first.length).toBeGreaterThan(20);
    expect(await versions()).toEqual(first);
  });

  test('stopped between any two steps nothing is lost, and repeating one does no harm', async () => {
    const { source } = opened;
    const steps = await allSteps();
    await catalogue.sync(source, signal);
    const reference = await rows();
    for (let stopped = 0; stopped <= steps.length; stopped++) {
      openStore();
      for (const step of steps.slice(0, stopped)) await store.apply(source.id, step, Date.now());
      const again = steps[stopped - 1];
      if (again) await store.apply(source.id, again, Date.now());
      await catalogue.sync(source, signal);
      expect(await rows(), `after step ${stopped}`).toEqual(reference);
    }
  });

  test('stopped while nothing answers it ends as stopped', async () => {
    const { source } = opened;
    await opened.breakIt('silent');
    const stop = new AbortController();
    const syncing = catalogue.sync(source, stop.signal).catch((thrown: unknown) => thrown);
    stop.abort();
    // Else it would be told that nothing answers.
    expect(await syncing).toMatchObject({ code: 'cancelled' });
    await expect(catalogue.sync(source, stop.signal)).rejects.toMatchObject({ code: 'cancelled' });
  });

  test.each(['page', 'cut', 'blocked'] as const)(
    'an answer that is none (%s) is an error, and takes nothing away',
    async (how) => {
      const { source } = opened;
      await catalogue.sync(source, signal);
      const before = await rows();
      const mark = await store.mark(source.id);
      await opened.breakIt(how);
      const broken = async (): Promise<void> => {
        const thrown: unknown = await catalogue
          .sync(source, signal)
          .catch((error: unknown) => error);
        expect(thrown).toBeInstanceOf(AppError);
        expect(faultOf(thrown as AppError)).not.toBeNull();
        expect(JSON.stringify(toWire(thrown))).not.toContain('hush');
      };
      await broken();
      expect(await rows()).toEqual(before);
      expect(await store.mark(source.id)).toBe(mark);
      await store.restart(source.id, 'en');
      await broken();
      const after = await rows();
      expect(after.map(({ id, badges, unlistedAt }) => [id, badges, unlistedAt])).toEqual(
        before.map(({ id, badges, unlistedAt }) => [id, badges, unlistedAt]),
      );
    },
  );

  test('no secret is in anything that is stored', async () => {
    await catalogue.sync(opened.source, signal);
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    for (const { name } of tables) {
      const all = db.prepare(`SELECT * FROM ${String(name)}`).all();
      expect(JSON.stringify(all), String(name)).not.toContain('hush');
    }
    // The index keeps words alone.
    expect((await catalogue.search({ ...query, text: 'hush' }, whole)).total).toBe(0);
  });
});

const ops = (all: SyncStep[]) => all.flatMap(({ articles = [] }) => articles.map(({ op }) => op));
const ids = (all: SyncStep[]) => all.flatMap(({ changes }) => changes.map(({ id }) => id));
const lists = (all: { list: unknown }[]) => all.map(({ list }) => list);
describe('a feed from one reading to the next', () => {
  let server: FeedServer;
  let client: ReturnType<typeof createDocumentClient>;
  let now: number;
  beforeEach(async () => {
    server = await FeedServer.start();
    client = createDocumentClient('0.1.0');
    now = Date.UTC(2026, 10, 25);
  });
  afterEach(async () => {
    client.close();
    await server.stop();
  });
  const { signal } = new AbortController();
  const source = () =>
    openSourceAt(server.url('/feed.xml'), { client, read: readHere, nowMs: () => now });
  async function steps(mark: string | null) {
    const all = [];
    for await (const step of source().sync(mark, signal)) all.push(step);
    return all;
  }

  test('it is asked whether it has changed, with what it said last, and once a week for all of it', async () => {
    let etag = '"1"';
    server.on('/feed.xml', (request, response) => {
      const known = request.headers['if-none-match'] === etag;
      // The tag moves on although nothing has changed.
      etag = '"2"';
      if (known) response.writeHead(304, { etag }).end();
      else response.writeHead(200, { etag, 'last-modified': 'yesterday' }).end(feedOf(1, 3));
    });
    etag = '"1"';
    const first = await steps(null);
    expect(first).toMatchObject([{ list: { begins: true, completes: true } }]);
    etag = '"2"';
    server.on('/feed.xml', (request, response) => {
      if (request.headers['if-none-match'] === undefined) response.end(feedOf(1, 4));
      else response.writeHead(304, { etag: '"3"' }).end();
    });
    const second = await steps(lastMark(first));
    expect(second).toMatchObject([{ changes: [], list: null }]);
    const third = await steps(lastMark(second));
    expect(third).toMatchObject([{ changes: [], list: null }]);
    expect(server.requests.map(({ headers }) => headers['if-none-match'])).toEqual([
      undefined,
      '"2"',
      '"3"',
    ]);
    now += 8 * 24 * 3_600_000;
    expect((await steps(lastMark(third)))[0]?.changes).toHaveLength(3);
  });

  test('it is asked for whole once what an item was held back until has passed', async () => {
    const until = new Date(now + 3 * 3_600_000).toISOString();
    const held = `<item><guid>h</guid><title>Tide tables</title><description>High water at nine, and again in the evening.</description><dcterms:valid xmlns:dcterms="http://purl.org/dc/terms/">start=${until}; scheme=W3C-DTF</dcterms:valid></item>`;
    server.on('/feed.xml', (request, response) => {
      if (request.headers['if-none-match'] === '"1"') response.writeHead(304).end();
      else response.writeHead(200, { etag: '"1"' }).end(mediaRss(held + film(1)));
    });
    const first = await steps(null);
    expect(ops(first)).toEqual(['withdraw']);
    now += 2 * 3_600_000;
    const second = await steps(lastMark(first));
    expect(ops(second)).toEqual([]);
    now += 2 * 3_600_000;
    const third = await steps(lastMark(second));
    expect(ops(third)).toEqual(['upsert']);
    // Nothing is held any more.
    expect(ops(await steps(lastMark(third)))).toEqual([]);
    expect(server.requests.map(({ headers }) => headers['if-none-match'])).toEqual([
      undefined,
      '"1"',
      undefined,
      '"1"',
    ]);
  });

  test('a list that is empty all at once takes nothing away, and is asked for again', async () => {
    server.serve('/feed.xml', feedOf(1, 4), { etag: '"1"' });
    const first = await steps(null);
    server.serve('/feed.xml', mediaRss(''), { etag: '"2"' });
    const second = await steps(lastMark(first));
    expect(second).toMatchObject([{ changes: [], list: null }]);
    await steps(lastMark(second));
    expect(server.requests.at(-1)?.headers).not.toHaveProperty('if-none-match');
  });

  test('pages that lead in a circle end', async () => {
    server.serve('/feed.xml', feedOf(1, 3).replace('<item>', `${next('/2.xml')}<item>`));
    server.serve('/2.xml', feedOf(3, 5).replace('<item>', `${next('/feed.xml')}<item>`));
    expect((await steps(null)).map(({ list }) => list)).toEqual([
      { begins: true, completes: false, missing: 'unlisted' },
      { begins: false, completes: true, missing: 'unlisted' },
    ]);
  });

  const deleted = '<media:status state="deleted"/>';

  test('one that never ends is left at its fiftieth page, and what lies beyond stays listed', async () => {
    server.on('/feed.xml', (request, response) => {
      const n = Number(new URL(server.url(request.url ?? '')).searchParams.get('p') ?? 1);
      response.end(feedOf(n, n + 1).replace('<item>', `${next(`/feed.xml?p=${n + 1}`)}<item>`));
    });
    const all = await steps(null);
    expect(all).toHaveLength(50);
    expect(all.filter(({ list }) => list?.completes)).toEqual([]);
  });

  test.each(['file:///etc/passwd', 'http://printer.local/feed'])(
    'a next page that mustn’t be asked for (%s) ends the reading and not the list',
    async (address) => {
      server.serve('/feed.xml', feedOf(1, 3).replace('<item>', `${next(address)}<item>`));
      expect(lists(await steps(null))).toMatchObject([{ completes: address.startsWith('file') }]);
    },
  );

  test('a page that isn’t there, or is a web page, ends no list', async () => {
    server.serve('/feed.xml', feedOf(1, 3).replace('<item>', `${next('/2.xml')}<item>`));
    await expect(steps(null)).rejects.toMatchObject({ code: 'not-found' });
    server.serve('/2.xml', '<html><body>Checking your browser</body></html>');
    await expect(steps(null)).rejects.toMatchObject({ code: 'source-blocked' });
  });

  test('what the first page says of an item, older pages don’t undo', async () => {
    const first = film(1, { more: deleted }) + film(2);
    server.serve('/feed.xml', mediaRss(next('/2.xml') + first));
    server.serve('/2.xml', feedOf(1, 4));
    const all = await steps(null);
    expect(all.map(({ changes }) => changes.map(({ op }) => op))).toEqual([
      ['withdraw', 'upsert'],
      ['upsert'],
    ]);
    expect(new Set(ids(all)).size).toBe(3);
  });

  test('one that is empty says nothing of what is here, also where its mark was lost', async () => {
    server.serve('/feed.xml', mediaRss(''));
    expect(lists(await steps(null))).toEqual([null]);
  });

  test('a web page where the feed was is a fault of the way, one where none was of the address', async () => {
    server.serve('/feed.xml', '<!-- gate --><!doctype html><html></html>');
    await expect(steps(null)).rejects.toMatchObject({ code: 'feed-invalid' });
    server.serve('/feed.xml', feedOf(1, 3));
    const mark = lastMark(await steps(null));
    server.serve('/feed.xml', '<!-- gate --><!doctype html><html></html>');
    await expect(steps(mark)).rejects.toMatchObject({ code: 'source-blocked' });
  });

  test('what cannot be understood takes nothing away, and of much of it nothing is written', async () => {
    const nameless = '<item><media:content url="/x.mp4" type="video/mp4"/></item>';
    server.serve('/feed.xml', feedOf(1, 10, nameless));
    expect(lists(await steps(null))).toMatchObject([{ completes: false }]);
    server.serve('/feed.xml', feedOf(1, 4, nameless));
    await expect(steps(null)).rejects.toMatchObject({ code: 'feed-invalid' });
  });

  test('items stay what they are known by when the shape of their guids changes', async () => {
    server.serve('/feed.xml', feedOf(1, 7));
    const first = await steps(null);
    const same = feedOf(1, 7).replaceAll(/<guid>n-[4-7]/gu, '<guid>n-3');
    server.serve('/feed.xml', same.replaceAll('https://harbour.example/', 'https://quay.example/'));
    const second = await steps(lastMark(first));
    expect(ids(second).slice(0, 2)).toEqual(ids(first).slice(0, 2));
  });

  const rest = async (ttl: string, headers = {}) => {
    server.serve('/feed.xml', mediaRss(`${ttl}${film(1)}`), headers);
    const asked = source();
    for await (const _step of asked.sync(null, signal));
    return asked.facts?.restMs;
  };
  test('how long it wants to be left alone, by its own word and by the answer’s', async () => {
    expect(await rest('')).toBeNull();
    expect(await rest('<ttl>90</ttl>', { 'cache-control': 'max-age=600' })).toBe(5_400_000);
    expect(await rest('<ttl>5</ttl>', { 'cache-control': 'max-age=7200' })).toBe(7_200_000);
    expect(await rest('', { 'cache-control': 'max-age=0' })).toBeNull();
    expect(await rest('', { 'cache-control': 'max-age=31536000' })).toBe(86_400_000);
  });

  test('its server’s clock is known from its first answer on', async () => {
    const date = 'Tue, 24 Nov 2026 12:00:00 GMT';
    server.serve('/feed.xml', feedOf(1, 2), { date });
    const asked = source();
    expect(asked.nowMs()).toBeNull();
    for await (const _step of asked.sync(null, signal));
    const elapsedMs = (asked.nowMs() ?? 0) - Date.parse(date);
    expect(elapsedMs).toBeGreaterThanOrEqual(0);
    expect(elapsedMs).toBeLessThan(60_000);
  });

  test('what a feed states of an asset is kept with it', async () => {
    server.serve('/feed.xml', feedOf(1, 2));
    const [step] = await steps(null);
    const [change] = step?.changes ?? [];
    const detail = change?.op === 'upsert' ? change.detail : null;
    expect(assetDetail.safeParse(detail).success).toBe(true);
    expect(await source().detail(change?.id ?? '')).toBeNull();
  });
});

test('a long document is stored in steps that hold up no search, and completed by the last', async () => {
  const server = await FeedServer.start();
  const client = createDocumentClient('0');
  try {
    server.serve('/feed.xml', feedOf(1, 1101), { etag: '"1"' });
    const source = openSourceAt(server.url('/feed.xml'), {
      client,
      read: readHere,
      nowMs: () => Date.now(),
    });
    const steps: SyncStep[] = [];
    for await (const step of source.sync(null, new AbortController().signal)) steps.push(step);
    expect(
      steps.map(({ changes, list, mark }) => [
        changes.length,
        list?.begins,
        list?.completes,
        JSON.parse(mark).etag,
      ]),
    ).toEqual([
      [500, true, false, null],
      [500, false, false, null],
      [100, false, true, '"1"'],
    ]);
  } finally {
    client.close();
    await server.stop();
  }
});
