import { inspect } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createApiClient } from '../../../src/main/adapters/sources/api-client.ts';
import {
  createDvidsSource,
  probeDvids,
  searchUnits,
  type DvidsOptions,
} from '../../../src/main/adapters/sources/dvids.ts';
import { createDvidsClient } from '../../../src/main/adapters/sources/dvids-client.ts';
import { dvidsTerms } from '../../../src/main/adapters/sources/dvids-terms.ts';
import { sourceIdOf } from '../../../src/main/adapters/sources/publisher.ts';
import { SqliteCatalogueStore } from '../../../src/main/adapters/sqlite/library/catalogue-store.ts';
import { Catalogue } from '../../../src/main/catalogue/catalogue.ts';
import { faultOf } from '../../../src/main/catalogue/sync-fault.ts';
import { AppError, toWire } from '../../../src/shared/errors.ts';
import { memoryLibrary, sourcesOf } from '../../support/fakes/library.ts';
import { DvidsDouble, type DvidsFault } from '../../support/sources/dvids-double.ts';
import { SkippingClock } from '../../support/fakes/clock.ts';
import { viewerAt } from '../../support/viewer.ts';

const KEY = 'key-hush/0+1';
const NOON = Date.UTC(2026, 10, 25, 12);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const query = { text: '', sort: 'newest' } as const;
const { signal } = new AbortController();

type Options = Partial<Pick<DvidsOptions, 'follows' | 'origin' | 'downloaded'>> & {
  /** The key of the user. */
  key?: string;
  /** The site that the key is bound to. */
  boundTo?: string | null;
  maxMs?: number;
};

/** DVIDS, the source that reads it, and a library. */
async function open(options: Options = {}) {
  const double = await DvidsDouble.start({
    key: KEY,
    origin: options.boundTo ?? null,
    nowMs: NOON,
  });
  const clock = new SkippingClock(NOON);
  const client = createApiClient('0.1.0', {
    intervalMs: 1000,
    clock,
    ...(options.maxMs === undefined ? {} : { maxMs: options.maxMs }),
  });
  onTestFinished(async () => {
    client.close();
    await double.stop();
  });
  const id = sourceIdOf('dvids', double.url);
  const db = memoryLibrary();
  const store = new SqliteCatalogueStore(db, sourcesOf(db, id), (one) =>
    expect.unreachable(`damaged: ${one}`),
  );
  const access = {
    api: double.url,
    key: async () => options.key ?? KEY,
    origin: options.origin ?? null,
    client,
  };
  const sourceOf = (more: Partial<DvidsOptions> = {}) =>
    createDvidsSource(id, {
      ...access,
      follows: options.follows ?? [{ by: 'unit', value: 'Natochannel' }],
      nowMs: clock.nowMs,
      language: () => 'en',
      held: () => store.held(id),
      downloaded: options.downloaded ?? (() => new Set()),
      ...more,
    });
  const source = sourceOf();
  const catalogue = new Catalogue({
    sourceFor: () => source,
    store,
    viewer: () => viewerAt(clock.nowMs()),
    localAssets: () => new Set(),
    sourceNames: () => [],
    language: () => 'en',
    articlesAbout: async () => [],
  });
  const rows = async () =>
    (await catalogue.search(query, { offset: 0, count: 3000 })).items.toSorted((a, b) =>
      a.id < b.id ? -1 : 1,
    );
  /** @returns ids of the assets that it asked for */
  async function sync(by = source): Promise<string[]> {
    const before = double.requests.length;
    await catalogue.sync(by, signal);
    return double.requests
      .slice(before)
      .flatMap(({ path, query: asked }) => (path === '/asset' ? (asked['id'] ?? []) : []));
  }
  return {
    double,
    clock,
    access,
    id,
    db,
    store,
    source,
    sourceOf,
    catalogue,
    client: createDvidsClient(client, { base: access.api, key: access.key, origin: access.origin }),
    sync,
    rows,
    row: async (number: number) => (await rows()).find((row) => row.id.endsWith(`-${number}`)),
    revOf: (number: number) =>
      db.prepare('SELECT rev FROM asset WHERE id = ?').get(`${id}/video-${number}`)?.['rev'],
    /** What is held, by the ends of their ids. */
    states: async () =>
      Object.fromEntries(
        (await rows()).map(({ id: rowId, badges, unlistedAt }) => [
          rowId.split('-').at(-1),
          badges.includes('withdrawn') ? 'withdrawn' : unlistedAt === null ? 'listed' : 'unlisted',
        ]),
      ),
  };
}
const failureOf = async (work: Promise<unknown>): Promise<AppError> => {
  const thrown = await work.then(
    () => expect.unreachable('it succeeded'),
    (error: unknown) => error,
  );
  if (!(thrown instanceof AppError)) throw thrown;
  // Nowhere in it, not even where only a debugger looks.
  for (const text of [
    inspect(thrown, { depth: 12, showHidden: true }),
    JSON.stringify(toWire(thrown)),
  ])
    expect(text).not.toMatch(/hush/u);
  return thrown;
};
const search = { follow: { by: 'unit', value: 'Nato' }, sort: 'publishdate', page: 1 } as const;

describe('what it answers instead', () => {
  test.each([
    ['page', 'source-blocked', 'blocked'],
    ['page-403', 'source-blocked', 'blocked'],
    ['blocked', 'source-blocked', 'blocked'],
    ['challenge', 'source-blocked', 'blocked'],
    ['down', 'origin-error', 'offline'],
    ['limited', 'rate-limited', 'limited'],
    ['cut', 'feed-invalid', 'changed-shape'],
    ['other-shape', 'feed-invalid', 'changed-shape'],
  ] satisfies [DvidsFault, string, string][])('%s: %s', async (fault, code, meaning) => {
    const { double, client } = await open();
    double.add();
    double.fault = fault;
    const error = await failureOf(client.search(search, signal));
    expect([error.code, faultOf(error)]).toEqual([code, meaning]);
    expect((await failureOf(client.asset('video:900001', signal))).code).toBe(code);
  });

  test('how long it wants to be left alone is said', async () => {
    const { double, client } = await open();
    double.fault = 'limited';
    expect((await failureOf(client.search(search, signal))).detail).toMatchObject({
      retryable: true,
      retryAfterMs: 600_000,
    });
  });

  test('a server that isn’t there is offline', async () => {
    const { double, client } = await open();
    await double.stop();
    const error = await failureOf(client.search(search, signal));
    expect([error.code, faultOf(error)]).toEqual(['origin-error', 'offline']);
  });

  test('silence ends', async () => {
    const { double, client } = await open({ maxMs: 50 });
    double.fault = 'silent';
    expect((await failureOf(client.search(search, signal))).code).toBe('timeout');
  });

  test.each([false, true])(
    'a refused key is told in its words, with 200 as well (%s), and they lack the key',
    async (refusesWith200) => {
      const { double, client } = await open({ key: 'key-hush/2' });
      double.refusesWith200 = refusesWith200;
      const error = await failureOf(client.search(search, signal));
      expect([error.code, error.message]).toEqual([
        'key-refused',
        'DVIDS refuses the key: Unauthorized - API key … is not valid.',
      ]);
      expect((await failureOf(client.asset('video:900001', signal))).code).toBe('key-refused');
      expect((await failureOf(client.units('x', signal))).code).toBe('key-refused');
    },
  );

  test('no key is refused before anything is asked', async () => {
    const { double, client } = await open({ key: ' ' });
    expect((await failureOf(client.search(search, signal))).code).toBe('key-refused');
    expect(double.requests).toEqual([]);
  });

  test('a key that is bound to a site works with that site, and it is told if it is used elsewhere', async () => {
    const boundTo = 'https://station.example';
    const elsewhere = await open({ boundTo, origin: 'https://other.example' });
    const error = await failureOf(elsewhere.client.search(search, signal));
    expect([error.code, error.message]).toEqual([
      'origin-refused',
      'DVIDS refuses the key from here: Unauthorized - API key … may not be used from this origin.',
    ]);
    expect(elsewhere.double.requests[0]?.origin).toBe('https://other.example');
    const without = await open({ boundTo });
    expect((await failureOf(without.client.search(search, signal))).code).toBe('origin-refused');
    expect(without.double.requests[0]?.origin).toBeNull();
    const there = await open({ boundTo, origin: boundTo });
    expect((await there.client.search(search, signal)).total).toBe(0);
  });

  test('a request that it doesn’t understand is told in its words', async () => {
    const { client } = await open();
    const error = await failureOf(
      client.search({ ...search, sort: 'relevance' as 'timestamp' }, signal),
    );
    expect([error.code, error.message]).toEqual([
      'feed-invalid',
      'DVIDS doesn’t understand the request: Invalid Sort Value (relevance)',
    ]);
  });

  test('an asset is published, pulled, or not there', async () => {
    const { double, client } = await open();
    const { id } = double.add();
    expect(await client.asset(id, signal)).toMatchObject({ kind: 'found', json: { id } });
    double.edit(id, { state: 'unpublished' });
    expect(await client.asset(id, signal)).toEqual({
      kind: 'unpublished',
      words: `Asset ${id} was found, but is not published.`,
    });
    double.edit(id, { state: 'gone' });
    expect(await client.asset(id, signal)).toEqual({
      kind: 'missing',
      words: `Asset ${id} was not found`,
    });
  });

  test('long values are shortened, since long queries were refused', async () => {
    const { double, client } = await open();
    await client.search({ ...search, follow: { by: 'keyword', value: 'x'.repeat(500) } }, signal);
    expect(double.requests[0]?.query['keywords[]']).toHaveLength(200);
  });
});

describe('its manners', () => {
  test('one request a second, one after another, whoever asks', async () => {
    const { double, client, clock } = await open();
    await Promise.all(['a', 'b', 'c'].map((name) => client.units(name, signal)));
    expect(double.atOnce).toBe(1);
    expect(clock.slept).toEqual([1000, 1000]);
    clock.pass(400);
    await client.units('d', signal);
    clock.pass(DAY);
    await client.units('e', signal);
    // The clock was put back meanwhile.
    clock.pass(-DAY);
    await client.units('f', signal);
    expect(clock.slept).toEqual([1000, 1000, 600, 1000]);
    expect(double.requests.map(({ query: { unit_name } }) => unit_name)).toEqual(
      'a b c d e f'.split(' '),
    );
  });

  test('a request that waits for its turn ends with its signal, and those after it don’t', async () => {
    const { double, client } = await open();
    double.fault = 'silent';
    const [stopFirst, stopSecond] = [new AbortController(), new AbortController()];
    const first = failureOf(client.units('first', stopFirst.signal));
    const second = failureOf(client.units('second', stopSecond.signal));
    const third = client.units('nato', signal);
    stopSecond.abort();
    expect((await second).code).toBe('cancelled');
    double.fault = null;
    stopFirst.abort();
    expect((await first).code).toBe('cancelled');
    expect((await third).map(({ name }) => name)).toEqual(['Natochannel']);
    expect(double.requests.some(({ query: { unit_name } }) => unit_name === 'second')).toBe(false);
  });

  test('it names itself, and sends neither cookies nor a referrer', async () => {
    const { double, client } = await open();
    await client.units('nato', signal);
    expect(double.headers).toMatchObject({ 'user-agent': 'MultimediaDesk/0.1.0' });
    expect(Object.keys(double.headers)).not.toEqual(expect.arrayContaining(['cookie', 'referer']));
  });
});

describe('the first sync', () => {
  test('the newest come first, ten at a time, by when they were published', async () => {
    const { double, source, sync, rows } = await open();
    double.addMany(25);
    const sizes: number[] = [];
    const ids: string[] = [];
    for await (const { changes } of source.sync(null, signal)) {
      sizes.push(changes.length);
      ids.push(...changes.map(({ id }) => id.split('-').at(-1) ?? ''));
    }
    expect(sizes).toEqual([10, 10, 5, 0, 0]);
    expect(ids).toEqual(Array.from({ length: 25 }, (_, n) => String(900_001 + n)));
    expect(await sync()).toHaveLength(25);
    expect((await rows()).map(({ publishedAt }) => publishedAt)).toEqual(
      [...double.assets.values()].map(({ publishedMs }) => publishedMs),
    );
  });

  test('nothing is asked for again that is as it was', async () => {
    const { double, clock, sync, rows } = await open();
    double.addMany(60);
    expect(await sync()).toHaveLength(60);
    const first = await rows();
    clock.pass(HOUR);
    expect(await sync()).toEqual([]);
    clock.pass(2 * DAY);
    expect(await sync()).toEqual([]);
    expect(await rows()).toEqual(first);
  });

  test('it reaches 24 months back', async () => {
    const { double, sync, states } = await open();
    double.add({ publishedMs: NOON - 729 * DAY });
    double.add({ publishedMs: NOON - 731 * DAY });
    await sync();
    expect(await states()).toEqual({ 900001: 'listed' });
  });

  test('where a fault ends it, it goes on from there', async () => {
    const { double, sync, rows } = await open();
    double.addMany(45, (n) => ({ publishedMs: NOON - HOUR - n * 10 * DAY }));
    const asked: (string | undefined)[] = [];
    double.onRequest = ({ path, query: { id } }) => path === '/asset' && asked.push(id);
    // Two searches before the assets, and again one for the rest of the list.
    double.fault = 'down';
    double.faultAfter = 27;
    await failureOf(sync());
    expect((await rows()).length).toBe(20);
    double.faultAfter = 20;
    await failureOf(sync());
    double.fault = null;
    await sync();
    expect((await rows()).length).toBe(45);
    // Of those between two steps.
    expect(asked.length - new Set(asked).size).toBeLessThan(20);
  });

  test('of several units and keywords it takes what fits one of them', async () => {
    const { double, sync, states } = await open({
      follows: [
        { by: 'unit', value: 'natochannel' },
        { by: 'keyword', value: 'Ferry' },
      ],
    });
    double.add();
    double.add({ unit: 'Lakeside Media Centre', keywords: ['ferry'] });
    double.add({ unit: 'Lakeside Media Centre' });
    double.add({ keywords: ['ferry'] });
    expect(await sync()).toEqual(['video:900001', 'video:900002', 'video:900004']);
    expect(Object.keys(await states())).toEqual(['900001', '900002', '900004']);
  });

  test('films and sound are footage; news, pictures and magazines aren’t', async () => {
    const { double, sync, rows } = await open();
    const kinds = ['video', 'audio', 'news', 'image', 'graphics', 'webcast', 'publication_issue'];
    for (const kind of kinds) double.add({ id: `${kind}:77` });
    await sync();
    expect((await rows()).map(({ id }) => id.split('/')[1])).toEqual(['audio-77', 'video-77']);
  });

  test('the shotlists of NATO come whole, in each of their layouts', async () => {
    const { double, store, id, sync } = await open();
    const items = double.addNato();
    await sync();
    const all = await Promise.all(
      items.map((item) => store.detail(`${id}/${item.id.replace(':', '-')}`)),
    );
    expect(all.map((detail) => detail?.descriptionText)).toEqual(
      items.map(({ description }) => description),
    );
    expect(all.map((detail) => detail?.usageTerms.slice(0, 15))).toEqual(
      Array.from({ length: 3 }, () => 'Footage of NATO'),
    );
  });

  test('without anything to follow it asks nothing and takes nothing away', async () => {
    const { double, sync, sourceOf, states } = await open();
    double.add();
    await sync();
    double.requests.length = 0;
    await sync(sourceOf({ follows: [] }));
    expect(double.requests).toEqual([]);
    expect(await states()).toEqual({ 900001: 'listed' });
  });
});

describe('more than a search shows', () => {
  test(
    'windows are halved until each is whole, and where more has changed all is compared',
    { tags: ['long'] },
    async () => {
      const { double, clock, sync, states, row } = await open();
      // As one window they are too many, in halves they aren’t.
      double.addMany(1100, (n) => ({
        publishedMs: NOON - HOUR - n * 12 * HOUR,
        hasCaptions: false,
      }));
      expect(await sync()).toHaveLength(1100);
      const windows = double.requests.filter(({ query: asked }) => asked['page'] === '1');
      expect(windows.map(({ query: { from_publishdate: from } }) => from)).toEqual([
        undefined,
        '2024-11-25T12:00:00Z',
        expect.stringMatching(/^2025-11-25/u),
        '2024-11-25T12:00:00Z',
      ]);
      double.edit('video:900500', { state: 'unpublished' });
      clock.pass(25 * HOUR);
      expect(await sync()).toEqual(['video:900500']);
      expect((await states())[900_500]).toBe('withdrawn');
      for (const { id } of double.assets.values()) double.edit(id, { category: 'Interviews' });
      expect(new Set(await sync()).size).toBe(1099);
      const corrected = { rev: 2, topics: ['Interviews', 'harbour', 'drill'] };
      expect([await row(900_001), await row(901_100)]).toMatchObject([corrected, corrected]);
      expect(await sync()).toEqual([]);
    },
  );

  test('an hour that is full is taken as incomplete', async () => {
    const { double, clock, sync, states } = await open();
    const busy = NOON - 5 * DAY;
    double.addMany(1003, (n) => ({ publishedMs: busy - n, hasCaptions: false }));
    double.add({ publishedMs: busy - 2 * DAY });
    expect(await sync()).toHaveLength(1001);
    for (const id of ['video:900010', 'video:901004']) double.edit(id, { state: 'unpublished' });
    clock.pass(25 * HOUR);
    expect(await sync()).toContain('video:901004');
    expect(await states()).toMatchObject({ 900_010: 'listed', 901_004: 'withdrawn' });
  });
});

describe('what is new and what has changed', () => {
  test('what is published since comes at the next sync, also with an earlier date', async () => {
    const { double, clock, sync, states } = await open();
    double.addMany(3);
    await sync();
    clock.pass(HOUR);
    double.add({ publishedMs: NOON + HOUR / 2 });
    double.add({ publishedMs: NOON - 30 * HOUR, changedMs: NOON - 40 * DAY });
    expect(await sync()).toEqual(['video:900004', 'video:900005']);
    expect(Object.keys(await states())).toHaveLength(5);
    expect(await sync()).toEqual([]);
  });

  test('a correction is a new version, however old the asset is', async () => {
    const { double, clock, sync, row } = await open();
    double.addMany(3, (n) => ({ publishedMs: NOON - n * 100 * DAY - HOUR }));
    await sync();
    clock.pass(HOUR);
    double.edit('video:900003', { title: 'Harbour drill, corrected' });
    expect(await sync()).toEqual(['video:900003']);
    expect(await row(900_003)).toMatchObject({ rev: 2, headline: 'Harbour drill, corrected' });
    expect(await sync()).toEqual([]);
  });

  test('a time of change alone makes no version, and is asked about once', async () => {
    const { double, clock, sync, row } = await open();
    double.addMany(3);
    await sync();
    const before = await row(900_002);
    clock.pass(HOUR);
    double.edit('video:900002', {});
    expect(await sync()).toEqual(['video:900002']);
    expect(await row(900_002)).toEqual(before);
    expect(await sync()).toEqual([]);
    clock.pass(2 * DAY);
    expect(await sync()).toEqual([]);
  });

  test('a time of change that lies ahead hides no other', async () => {
    const { double, clock, sync, row } = await open();
    double.addMany(3);
    double.edit('video:900001', { changedMs: Date.UTC(2038, 0, 1) });
    await sync();
    clock.pass(HOUR);
    double.edit('video:900002', { title: 'Corrected', changedMs: NOON + HOUR });
    expect(await sync()).toEqual(['video:900002']);
    expect(await row(900_002)).toMatchObject({ headline: 'Corrected' });
  });

  test('all is compared again where the mark was lost', async () => {
    const { double, store, id, sync, rows } = await open();
    double.addMany(12);
    await sync();
    const before = await rows();
    await store.restart(id, 'en');
    expect(await sync()).toHaveLength(12);
    expect(await rows()).toEqual(before);
  });

  test('a mark that makes no sense is none', async () => {
    const { double, source } = await open();
    double.add();
    for (const mark of ['', '{', '{"follows":1}', '"x"']) {
      const ops = [];
      for await (const { changes } of source.sync(mark, signal))
        ops.push(...changes.map(({ op }) => op));
      expect(ops).toEqual(['upsert']);
    }
  });
});

describe('what is gone', () => {
  test('what was pulled or removed is withdrawn within a day, once it says so itself', async () => {
    const { double, clock, sync, states, row, revOf } = await open();
    double.addMany(4, (n) => ({ publishedMs: NOON - n * 10 * DAY - HOUR }));
    await sync();
    double.edit('video:900002', { state: 'unpublished' });
    double.edit('video:900003', { state: 'gone' });
    clock.pass(HOUR);
    expect(await sync()).toEqual([]);
    clock.pass(DAY);
    expect((await sync()).toSorted()).toEqual(['video:900002', 'video:900003']);
    expect(await states()).toEqual({
      900_001: 'listed',
      900_002: 'withdrawn',
      900_003: 'withdrawn',
      900_004: 'listed',
    });
    expect(await row(900_002)).toMatchObject({ packages: [] });
    expect(revOf(900_002)).toBe(2);
    clock.pass(DAY);
    expect(await sync()).toEqual([]);
    // It is published again.
    double.edit('video:900002', { state: 'published' });
    clock.pass(2 * HOUR);
    await sync();
    expect(await row(900_002)).toMatchObject({ rev: 3, badges: [], packages: [{}, {}] });
  });

  test('of the last two days it is noticed at once', async () => {
    const { double, clock, sync, states } = await open();
    double.addMany(3);
    await sync();
    double.edit('video:900002', { state: 'unpublished' });
    clock.pass(HOUR);
    expect(await sync()).toEqual(['video:900002']);
    expect(await states()).toMatchObject({ 900_002: 'withdrawn' });
  });

  test('a refusal of the key, of a firewall or of the service withdraws nothing', async () => {
    const { double, clock, sync, states } = await open();
    double.addMany(3);
    await sync();
    const before = await states();
    double.edit('video:900002', { state: 'unpublished', isListed: false });
    clock.pass(2 * DAY);
    for (const fault of ['blocked', 'page-403', 'limited', 'challenge', 'cut'] as const) {
      double.onRequest = ({ path }) => (double.fault = path === '/asset' ? fault : null);
      await failureOf(sync());
    }
    for (const fault of ['down', 'other-shape'] as const) {
      double.onRequest = ({ path }) => (double.fault = path === '/asset' ? fault : null);
      expect(await sync()).toContain('video:900002');
    }
    double.fault = null;
    double.onRequest = ({ path }) => (double.key = path === '/asset' ? 'another' : KEY);
    expect((await failureOf(sync())).code).toBe('key-refused');
    expect(await states()).toEqual(before);
    double.onRequest = () => undefined;
    double.key = KEY;
    await sync();
    expect(await states()).toMatchObject({ 900_002: 'withdrawn' });
  });

  test('an asset that was taken back between its listing and its answer isn’t shown', async () => {
    const { double, clock, sync, states, revOf } = await open();
    double.addMany(2);
    double.add({ state: 'unpublished', isListed: true });
    await sync();
    expect(Object.keys(await states())).toEqual(['900001', '900002']);
    double.edit('video:900002', { state: 'unpublished', isListed: true });
    clock.pass(HOUR);
    await sync();
    expect([await states(), revOf(900_002)]).toMatchObject([{ 900_002: 'withdrawn' }, 2]);
    clock.pass(HOUR);
    await sync();
    expect([await states(), revOf(900_002)]).toMatchObject([{ 900_002: 'withdrawn' }, 2]);
  });

  test('what is there and no longer followed is no longer listed, and asked about every week', async () => {
    const { double, clock, sync, states, row } = await open();
    double.addMany(2);
    await sync();
    double.edit('video:900002', { unit: 'Lakeside Media Centre' });
    clock.pass(25 * HOUR);
    expect(await sync()).toEqual(['video:900002']);
    expect(await states()).toEqual({ 900_001: 'listed', 900_002: 'unlisted' });
    const unlisted = await row(900_002);
    clock.pass(DAY);
    expect(await sync()).toEqual([]);
    clock.pass(6 * DAY);
    expect(await sync()).toEqual(['video:900002']);
    // As it was, and so is the time since when.
    expect(await row(900_002)).toEqual(unlisted);
    double.edit('video:900002', { state: 'unpublished' });
    clock.pass(7.5 * DAY);
    expect(await sync()).toEqual(['video:900002']);
    expect(await states()).toMatchObject({ 900_002: 'withdrawn' });
  });

  test('what was unlisted and is listed again is shown as before', async () => {
    const { double, clock, sync, states, row } = await open();
    double.addMany(2);
    await sync();
    const before = await row(900_002);
    double.edit('video:900002', { unit: 'Elsewhere' });
    clock.pass(25 * HOUR);
    await sync();
    expect(await states()).toMatchObject({ 900_002: 'unlisted' });
    double.edit('video:900002', { unit: 'Natochannel' });
    clock.pass(HOUR);
    await sync();
    expect(await row(900_002)).toMatchObject({
      unlistedAt: null,
      headline: before?.headline,
      packages: [{}, {}],
    });
  });

  test('other units or keywords are looked for at once', async () => {
    const { double, clock, sync, sourceOf, states } = await open();
    double.add();
    double.add({ unit: 'Lakeside Media Centre' });
    await sync();
    clock.pass(HOUR);
    const other = sourceOf({ follows: [{ by: 'unit', value: 'Lakeside Media Centre' }] });
    expect((await sync(other)).toSorted()).toEqual(['video:900001', 'video:900002']);
    expect(await states()).toEqual({ 900_001: 'unlisted', 900_002: 'listed' });
  });

  test('what was downloaded is asked about every week, though every list has it', async () => {
    const local = new Set<string>();
    const { double, clock, id, sync } = await open({ downloaded: () => local });
    double.addMany(3);
    await sync();
    local.add(`${id}/video-900002`);
    clock.pass(6 * DAY);
    expect(await sync()).toEqual([]);
    clock.pass(2 * DAY);
    expect(await sync()).toEqual(['video:900002']);
    clock.pass(DAY);
    expect(await sync()).toEqual([]);
  });
});

describe('what can’t be understood', () => {
  test('an asset that has no answer holds up no other, and is asked for again', async () => {
    const { double, clock, sync, states } = await open();
    double.addMany(12);
    double.onRequest = ({ query: { id } }) =>
      (double.fault = id === 'video:900003' ? 'down' : null);
    await sync();
    expect(Object.keys(await states())).toHaveLength(11);
    clock.pass(HOUR);
    expect(await sync()).toEqual(['video:900003']);
    double.onRequest = () => undefined;
    double.fault = null;
    clock.pass(3 * DAY);
    expect(await sync()).toEqual(['video:900003']);
    expect(Object.keys(await states())).toHaveLength(12);
  });

  test('where none has an answer, that is the source’s fault', async () => {
    const { double, sync, rows } = await open();
    double.addMany(12);
    double.onRequest = ({ path }) => (double.fault = path === '/asset' ? 'down' : null);
    expect((await failureOf(sync())).code).toBe('origin-error');
    expect(await rows()).toEqual([]);
  });

  test('little of it is left out', async () => {
    const { double, clock, sync, states } = await open();
    double.addMany(12);
    double.edit('video:900003', { absent: ['title'] });
    double.edit('video:900004', { instead: { id: 'nothing' } });
    await sync();
    expect(Object.keys(await states())).toHaveLength(10);
    // Neither is asked for again until it changes, or for a week.
    clock.pass(HOUR);
    expect(await sync()).toEqual([]);
    // Its list isn’t whole, so it says nothing of what it lacks.
    double.edit('video:900005', { state: 'unpublished' });
    clock.pass(25 * HOUR);
    await sync();
    expect(await states()).toMatchObject({ 900_005: 'listed' });
    double.edit('video:900003', { absent: [] });
    await sync();
    expect(await states()).toMatchObject({ 900_003: 'listed' });
  });

  test.each([
    ['in its searches', { absent: ['publishdate', 'date_published'] }],
    ['in its assets', { absent: ['title'] }],
  ])('of much of it nothing is written: %s', async (_, change) => {
    const { double, store, id, sync, rows } = await open();
    double.addMany(12);
    await sync();
    const [before, mark] = [await rows(), await store.mark(id)];
    for (const one of double.assets.values()) double.edit(one.id, change);
    double.addMany(5, () => change);
    expect((await failureOf(sync())).code).toBe('feed-invalid');
    expect(await rows()).toEqual(before);
    expect(await store.mark(id)).toBe(mark);
  });
});

describe('its files', () => {
  test('addresses with a key have it when they are asked for, and are stored without', async () => {
    const { double, source, store, id, db, sync } = await open();
    const asset = double.add();
    await sync();
    const assetId = `${id}/video-900001`;
    const detail = await store.detail(assetId);
    expect(detail?.files.map(({ fileId, url }) => [fileId.split('-')[0], url === null])).toEqual([
      ['media', false],
      ['media', false],
      ['media', false],
      ['captions', true],
      ['captions', true],
      ['picture', false],
    ]);
    const files = await source.files(assetId, false);
    const captions = files?.find(({ fileId }) => fileId === 'captions-srt')?.url ?? '';
    expect(new URL(captions).searchParams.get('api_key')).toBe(KEY);
    expect((await fetch(captions)).status).toBe(200);
    // Also where it was stated with another one.
    const srt = `${double.url}/captions/900001.srt?api_key=key-old`;
    double.edit(asset.id, { instead: { closed_caption_urls: { srt } } });
    const again = await source.files(assetId, true);
    const renewed = again?.find(({ fileId }) => fileId === 'captions-srt')?.url ?? '';
    expect((await fetch(renewed)).status).toBe(200);
    expect(files?.map(({ fileId }) => fileId)).toEqual(detail?.files.map(({ fileId }) => fileId));
    expect(files?.find(({ fileId }) => fileId.startsWith('media'))?.url).toBe(
      `${double.cdn.url}/video/2611/DOD_900001/DOD_900001-1920x1080-9173k.mp4`,
    );
    expect(asset.files).toHaveLength(3);
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    for (const { name } of tables)
      expect(JSON.stringify(db.prepare(`SELECT * FROM ${String(name)}`).all())).not.toContain(
        'hush',
      );
  });

  test('of what was taken back it says so, and of what isn’t there nothing', async () => {
    const { double, source, id } = await open();
    double.add({ state: 'unpublished' });
    const error = await failureOf(source.files(`${id}/video-900001`, true));
    expect(error).toMatchObject({
      code: 'withdrawn',
      message: 'DVIDS has taken this back: Asset video:900001 was found, but is not published.',
      detail: { retryable: false },
    });
    expect(await source.files(`${id}/video-1`, false)).toBeNull();
    expect(await source.files('dvids:0/video-1', false)).toBeNull();
    double.key = 'another';
    expect((await failureOf(source.files(`${id}/video-900001`, true))).code).toBe('key-refused');
  });
});

const language = (): 'fr' => 'fr';
describe('before it is added', () => {
  test('one look says what there is', async () => {
    const { double, access, id, clock } = await open();
    double.addMany(12);
    double.add({ id: 'news:5' });
    const follows = [
      { by: 'unit', value: 'Natochannel' },
      { by: 'keyword', value: 'glacier' },
    ] as const;
    const probe = await probeDvids(id, {
      ...access,
      follows,
      nowMs: clock.nowMs,
      language,
      signal,
    });
    expect(probe).toMatchObject({ name: 'DVIDS', count: 12, articles: 1, terms: dvidsTerms('fr') });
    expect(probe.found.map(({ count, articles }) => [count, articles])).toEqual([
      [12, 1],
      [0, 0],
    ]);
    expect(probe.assets.map(({ headline }) => headline)).toEqual(
      Array.from({ length: 5 }, (_, n) => `Harbour drill ${n + 1}, B-Roll`),
    );
  });

  test('of many units it counts no articles, so that it ends within a minute', async () => {
    const { double, access, id, clock } = await open();
    double.add({ id: 'news:5' });
    const follows = Array.from({ length: 21 }, (_, n) => ({
      by: 'unit' as const,
      value: `Nato${'channel'.slice(0, n % 7)}`,
    }));
    const look = { ...access, follows, nowMs: clock.nowMs, language, signal };
    expect(await probeDvids(id, look)).toMatchObject({ count: 0, articles: 0, assets: [] });
    expect(double.requests).toHaveLength(21);
  });

  test('a key that is refused ends it with the first request', async () => {
    const { double, access, id, clock } = await open({ key: 'key-hush/2' });
    const follows = [{ by: 'unit', value: 'Natochannel' }] as const;
    const look = { ...access, follows, nowMs: clock.nowMs, language, signal };
    expect((await failureOf(probeDvids(id, look))).code).toBe('key-refused');
    expect(double.requests).toHaveLength(1);
  });

  test('units are found by a part of their names', async () => {
    const { access } = await open();
    expect(await searchUnits('media', access, signal)).toEqual([
      { id: '9', name: 'Lakeside Media Centre', abbreviation: 'LMC', branch: 'Civilian' },
    ]);
  });
});

test('what it says of itself: its name and its terms, in the language of the reader', async () => {
  const { double, sourceOf } = await open();
  double.add();
  const source = sourceOf({ language: () => 'fr' });
  expect(source.facts).toBeNull();
  for await (const _step of source.sync(null, signal));
  expect(source.facts).toEqual({
    name: 'DVIDS',
    terms: dvidsTerms('fr'),
    movedTo: null,
    restMs: null,
  });
  expect(dvidsTerms('fr').version).toBe(dvidsTerms('en').version);
  expect(dvidsTerms('fr').text).not.toBe(dvidsTerms('en').text);
});
