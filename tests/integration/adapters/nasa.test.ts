import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createNasaClient } from '../../../src/main/adapters/sources/nasa-client.ts';
import {
  createNasaLibrary,
  type NasaFollow,
} from '../../../src/main/adapters/sources/nasa-list.ts';
import { nasaAssetId } from '../../../src/main/adapters/sources/nasa-map.ts';
import { createNasaSource, NASA_API, probeNasa } from '../../../src/main/adapters/sources/nasa.ts';
import { createPackages, ofPublisher } from '../../../src/main/adapters/sources/packages.ts';
import { sourceIdOf } from '../../../src/main/adapters/sources/publisher.ts';
import { SqliteCatalogueStore } from '../../../src/main/adapters/sqlite/library/catalogue-store.ts';
import { LibrarySources } from '../../../src/main/adapters/sqlite/library/sources.ts';
import { sourceOf } from '../../../src/main/app/service-switch.ts';
import type { SyncStep } from '../../../src/main/catalogue/ports.ts';
import { faultOf } from '../../../src/main/catalogue/sync-fault.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { settled } from '../../support/engine/bench.ts';
import { content, sha256 } from '../../support/engine/origin.ts';
import { openBench } from '../../support/engine/per-test.ts';
import { SkippingClock } from '../../support/fakes/clock.ts';
import { memoryLibrary } from '../../support/fakes/library.ts';
import { signedOutSource } from '../../support/fakes/package-source.ts';
import { NasaDouble, type NasaEntry } from '../../support/sources/nasa-double.ts';
import { viewerAt } from '../../support/viewer.ts';

const SOURCE = sourceIdOf('nasa', NASA_API);
const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 25, 9);
const { signal } = new AbortController();
const PAD: NasaFollow = { by: 'search', value: 'pad' };
const ALBUM: NasaFollow = { by: 'collection', value: 'Pad_5' };
const idOf = (nasaId: string): string => nasaAssetId(SOURCE, nasaId);

const FILM = content(3 * 2 ** 20 + 17);
const video = (id: string, more: Partial<NasaEntry> = {}): NasaEntry => ({
  id,
  created: '2026-10-01T00:00:00Z',
  files: { '~orig.mp4': FILM, '~mobile.mp4': content(1000, 2) },
  metadata: { 'QuickTime:Duration': '12.5 s', 'Composite:ImageSize': '1920x1080' },
  ...more,
});
const many = (count: number, more: (n: number) => Partial<NasaEntry> = () => ({})): NasaEntry[] =>
  Array.from({ length: count }, (_, n) =>
    video(`Pad ${n + 1}`, { files: {}, metadata: {}, ...more(n) }),
  );

async function openNasa(entries: readonly NasaEntry[], follows: NasaFollow[] = [PAD]) {
  const double = await NasaDouble.start(entries);
  const client = createNasaClient('0.1.0', { clock: new SkippingClock(Date.now()) });
  onTestFinished(async () => {
    client.close();
    await double.stop();
  });
  const db = memoryLibrary();
  const shown = new LibrarySources(db);
  const store = new SqliteCatalogueStore(db, shown, (id) => expect.unreachable(`damaged: ${id}`));
  shown.show([SOURCE]);
  const now = { ms: NOW, language: 'en' as 'en' | 'fr', downloaded: new Set<string>() };
  const options = {
    api: double.api,
    follows,
    client,
    nowMs: () => now.ms,
    language: () => now.language,
  };
  const source = createNasaSource(SOURCE, {
    ...options,
    held: () => store.held(SOURCE),
    detail: (id) => store.detail(id),
    downloaded: () => now.downloaded,
  });
  /** Each step as it is stored; `most` of them. */
  async function sync(most = Infinity): Promise<SyncStep[]> {
    const steps: SyncStep[] = [];
    for await (const step of source.sync(await store.mark(SOURCE), signal)) {
      await store.apply(SOURCE, step, now.ms);
      if (steps.push(step) >= most) break;
    }
    return steps;
  }
  const state = async () =>
    Object.fromEntries(
      (await store.held(SOURCE)).map(({ id, isWithdrawn, isUnlisted }) => [
        id,
        isWithdrawn ? 'withdrawn' : isUnlisted ? 'unlisted' : 'listed',
      ]),
    );
  const rev = async (nasaId: string) => (await store.detail(idOf(nasaId)))?.rev;
  return { double, client, store, source, options, now, sync, state, rev, follows };
}
async function openList(entries: readonly NasaEntry[]) {
  const it = await openNasa(entries);
  const { list } = createNasaLibrary({ source: SOURCE, ...it.options });
  return { ...it, list };
}
const opsOf = (steps: readonly SyncStep[]) =>
  steps.flatMap(({ changes }) => changes.map(({ op, id }) => `${op} ${id.slice(-16)}`));
const looksAt = (asked: readonly string[]) =>
  asked.filter((one) => one.endsWith('/collection.json'));
const failure = (work: Promise<unknown>): Promise<AppError> =>
  work.then(
    () => expect.unreachable('It should have failed'),
    (thrown: unknown) => {
      if (thrown instanceof AppError) return thrown;
      throw thrown;
    },
  );

describe('a first sync', () => {
  test('asks for each new asset once, in two hops where its list of files doesn’t name the metadata', async () => {
    const it = await openNasa([
      video("Pad 5 walk, day 2's end", { created: '2026-10-02T00:00:00Z' }),
      video('Pad 4', { namesMetadata: false }),
      video('Pad song', { type: 'audio', files: { '~orig.mp3': FILM } }),
      video('Pad view', { type: 'image' }),
      video('Elsewhere'),
    ]);
    const steps = await it.sync();
    expect(it.double.asked()).toEqual([
      '/search?media_type=video&page=1',
      '/search?media_type=audio&page=1',
      "/asset/Pad 5 walk, day 2's end",
      "/video/Pad 5 walk, day 2's end/metadata.json",
      '/asset/Pad 4',
      '/metadata/Pad 4',
      '/video/Pad 4/metadata.json',
      '/asset/Pad song',
      '/audio/Pad song/metadata.json',
    ]);
    expect(steps.map(({ changes }) => changes.length)).toEqual([3, 0]);
    expect(it.source.facts).toMatchObject({ name: 'NASA', restMs: DAY_MS });
    const detail = await it.store.detail(idOf('Pad 4'));
    expect(detail).toMatchObject({ headline: 'Pad 4', durationMs: 12_500, rights: 'general' });
    expect(detail?.packages.map(({ purpose, bytes }) => [purpose, bytes])).toEqual([
      ['broadcast', null],
      ['preview', null],
    ]);
    await it.sync();
    expect(it.double.asked()).toEqual([
      '/search?media_type=video&page=1',
      '/search?media_type=audio&page=1',
    ]);
  });

  test('stores ten at a time, the newest first, and goes on where it was stopped', async () => {
    const it = await openNasa(
      many(25, (n) => ({ created: new Date(Date.UTC(2026, 0, n + 1)).toISOString() })),
    );
    expect(opsOf(await it.sync(1))).toEqual(
      Array.from({ length: 10 }, (_, n) => `upsert ${idOf(`Pad ${25 - n}`).slice(-16)}`),
    );
    it.double.asked();
    await it.sync();
    expect(it.double.asked().filter((one) => one.startsWith('/asset/'))).toHaveLength(15);
    expect(Object.keys(await it.state())).toHaveLength(25);
  });

  test('reads a collection, of which pictures are left out, and what two lists have once', async () => {
    const said = { album: ['Pad_5', 'Other'] };
    const it = await openNasa(
      [
        video('Pad 1', { said }),
        video('Low cloud', { said }),
        video('View', { said, type: 'image' }),
      ],
      [ALBUM, PAD],
    );
    await it.sync();
    expect(it.double.asked()).toEqual([
      '/album/Pad_5?page=1',
      '/asset/Pad 1',
      '/video/Pad 1/metadata.json',
      '/asset/Low cloud',
      '/video/Low cloud/metadata.json',
      '/search?media_type=video&page=1',
      '/search?media_type=audio&page=1',
    ]);
    expect((await it.store.detail(idOf('Low cloud')))?.topics).toEqual(['Pad_5', 'Other']);
  });
});

describe('a list', () => {
  const whole = { items: 2000, pages: 101 };

  test('has pages by their next links, whose words aren’t encoded', async () => {
    const words = "rock & roll, pad 5's #1";
    const it = await openList(many(230, () => ({ said: { description: words } })));
    const list = await it.list({ by: 'search', value: words }, whole, signal);
    expect([list.items.length, list.count, list.isWhole]).toEqual([230, 230, true]);
    expect(it.double.requests.map(({ url }) => url).join(' ')).not.toContain('+');
    expect(it.double.asked()).toEqual([
      ...[1, 2, 3].map((page) => `/search?media_type=video&page=${page}`),
      '/search?media_type=audio&page=1',
    ]);
  });

  test.each([
    ['a full page, more of which are said', 230, { omitsNext: true }],
    ['a full page, of nobody knows how many', 230, { omitsNext: true, omitsTotal: true }],
    ['full pages alone', 200, { omitsNext: true, omitsTotal: true }],
    ['short pages, more of which are said', 120, { omitsNext: true, pageSize: 50 }],
    ['short pages with links', 120, { omitsTotal: true, pageSize: 50 }],
  ])('goes on after %s', async (_, count, ways) => {
    const it = await openList(many(count, () => ({ said: { album: 'Pad_5' } })));
    Object.assign(it.double, ways);
    // That of a collection ends with a refusal where there is no page.
    for (const follow of [PAD, ALBUM]) {
      const list = await it.list(follow, whole, signal);
      expect([list.items.length, list.count, list.isWhole]).toEqual([count, count, true]);
    }
  });

  test('that says it has more than it gives is not whole', async () => {
    const it = await openList(many(3));
    it.double.say(
      '/search',
      200,
      '{"collection":{"items":[{"data":[{"nasa_id":"x","media_type":"video"}]}],"metadata":{"total_hits":2}}}',
    );
    expect(await it.list(PAD, whole, signal)).toMatchObject({ isWhole: false });
    expect(it.double.asked()).toHaveLength(4);
  });

  test('ends at ten thousand items, and is then not whole, which is no fault', async () => {
    const it = await openList(
      many(10_150, (n) => ({
        type: n % 100 === 0 ? 'video' : 'image',
        said: { album: ['Pad_5'] },
      })),
    );
    const list = await it.list(ALBUM, whole, signal);
    expect([list.items.length, list.isWhole]).toEqual([100, false]);
    expect(it.double.asked().at(-1)).toBe('/album/Pad_5?page=101');
  });

  test('that is long is read by the year, the newest first', async () => {
    const it = await openList(
      many(60, (n) => ({
        created: `${n < 3 ? 2027 : 2026 - Math.floor(n / 20)}-0${1 + (n % 9)}-01T00:00:00Z`,
      })),
    );
    const list = await it.list(PAD, { items: 30, pages: 5 }, signal);
    expect([list.items.length, list.count, list.isWhole]).toEqual([30, 60, false]);
    expect(it.double.asked()).toEqual([
      '/search?media_type=video&page=1',
      '/search?media_type=video&year_start=2026&page=1',
      '/search?media_type=video&year_start=2025&year_end=2025&page=1',
      '/search?media_type=audio&page=1',
    ]);
    const years = list.items.map(({ createdMs }) => new Date(createdMs ?? 0).getUTCFullYear());
    expect(years).toEqual(years.toSorted((a, b) => b - a));
  });

  test.each([
    ['a refusal', 403, 'origin-refused'],
    ['another server', 404, 'origin-error'],
  ])('is an error: %s', async (_, status, code) => {
    const it = await openList([]);
    it.double.say('/search', status);
    await expect(it.list(PAD, whole, signal)).rejects.toMatchObject({ code });
  });

  test('is an error while the library is down', async () => {
    const it = await openList(many(3));
    it.double.broken = 'down';
    await expect(it.list(PAD, whole, signal)).rejects.toMatchObject({ code: 'origin-error' });
  });

  test('that asks for nothing is refused with the reason', async () => {
    const it = await openList([]);
    const thrown = await failure(it.list({ by: 'collection', value: 'Nowhere' }, whole, signal));
    expect(thrown).toMatchObject({ code: 'not-found' });
    expect(thrown.message).toContain('No assets found for album="Nowhere" page=1');
  });

  test('of another shape is an error, a fifth of its items too', async () => {
    const it = await openList([...many(9), video('Pad odd', { said: { nasa_id: 5 } })]);
    const list = await it.list(PAD, whole, signal);
    expect([list.items.length, list.isWhole]).toEqual([9, false]);
    for (const n of [1, 2]) it.double.put(video(`Pad odd ${n}`, { said: { nasa_id: '' } }));
    await expect(it.list(PAD, whole, signal)).rejects.toMatchObject({ code: 'feed-invalid' });
  });
});

describe('from one day to the next', () => {
  test('what a whole list lacks is no longer listed, and listed again comes back', async () => {
    const it = await openNasa([video('Pad 1'), video('Pad 2')]);
    await it.sync();
    it.double.delist('Pad 1');
    it.now.ms += DAY_MS;
    expect(opsOf(await it.sync())).toEqual([`unlist ${idOf('Pad 1').slice(-16)}`]);
    expect(await it.state()).toEqual({ [idOf('Pad 1')]: 'unlisted', [idOf('Pad 2')]: 'listed' });
    it.now.ms += DAY_MS;
    expect(opsOf(await it.sync())).toEqual([]);
    it.double.put(video('Pad 1'));
    it.now.ms += DAY_MS;
    await it.sync();
    expect(await it.state()).toMatchObject({ [idOf('Pad 1')]: 'listed' });
    expect(await it.rev('Pad 1')).toBe(1);
  });

  test('what NASA knows no more is withdrawn, once it has said so twice, a day apart', async () => {
    const it = await openNasa([video('Pad 1'), video('Pad 2')]);
    await it.sync();
    it.double.remove('Pad 1');
    await it.sync();
    expect(await it.state()).toMatchObject({ [idOf('Pad 1')]: 'unlisted' });
    it.now.ms += DAY_MS / 2;
    it.double.asked();
    await it.sync();
    expect(it.double.asked()).not.toContain('/asset/Pad 1');
    it.now.ms += DAY_MS / 2;
    await it.sync();
    expect(await it.state()).toEqual({ [idOf('Pad 1')]: 'withdrawn', [idOf('Pad 2')]: 'listed' });
    it.now.ms += DAY_MS;
    await it.sync();
    expect(it.double.asked().filter((one) => one === '/asset/Pad 1')).toHaveLength(1);
    it.double.put(video('Pad 1'));
    it.now.ms += DAY_MS;
    await it.sync();
    expect(await it.state()).toMatchObject({ [idOf('Pad 1')]: 'listed' });
  });

  test.each([
    ['refused by another server', 404],
    ['forbidden', 403],
  ])('what was unknown once and then %s isn’t withdrawn', async (_, status) => {
    const it = await openNasa([video('Pad 1'), video('Pad 2')]);
    await it.sync();
    it.double.remove('Pad 1');
    await it.sync();
    it.double.say('/asset/Pad 1', status);
    for (let day = 0; day < 2; day++) {
      it.now.ms += DAY_MS;
      await it.sync();
    }
    expect(await it.state()).toMatchObject({ [idOf('Pad 1')]: 'unlisted' });
  });

  test('what was there again in between has to be unknown twice once more', async () => {
    const it = await openNasa([video('Pad 1'), video('Pad 2')]);
    await it.sync();
    const days = async (count: number) => {
      for (let day = 0; day < count; day++) {
        it.now.ms += DAY_MS;
        await it.sync();
      }
      return (await it.state())[idOf('Pad 1')];
    };
    it.double.remove('Pad 1');
    await it.sync();
    it.double.put(video('Pad 1'));
    it.double.delist('Pad 1');
    expect(await days(1)).toBe('unlisted');
    it.double.remove('Pad 1');
    it.now.downloaded.add(idOf('Pad 1'));
    expect(await days(1)).toBe('unlisted');
    expect(await days(1)).toBe('withdrawn');
  });

  test('what is listed all the same is withdrawn if NASA knows it no more, and comes back', async () => {
    const it = await openNasa([video('Pad 1'), video('Pad 2')]);
    await it.sync();
    it.double.put(video('Pad 1', { title: 'Pad one' }));
    it.double.say('/asset/Pad 1', 404, '{"reason":"No AssetDB records for nasaid=Pad 1"}');
    await it.sync();
    it.now.ms += DAY_MS;
    await it.sync();
    expect(await it.state()).toMatchObject({ [idOf('Pad 1')]: 'withdrawn' });
    it.double.say('/asset/Pad 1', null);
    it.now.ms += DAY_MS;
    await it.sync();
    expect(await it.state()).toMatchObject({ [idOf('Pad 1')]: 'listed' });
  });

  test.each([
    ['empty', [], [PAD]],
    ['of a collection that isn’t there', [video('Pad 3')], [PAD, ALBUM]],
    [
      'with what can’t be read',
      [
        video('Pad 3'),
        video('Pad 4'),
        video('Pad 5'),
        video('Pad 6'),
        video('Pad odd', { said: { nasa_id: 5 } }),
      ],
      [PAD],
    ],
  ])('a list %s takes nothing away', async (_, left, follows) => {
    const said = { album: ['Pad_5'] };
    const it = await openNasa([video('Pad 1', { said }), video('Pad 2', { said })], follows);
    await it.sync();
    for (const id of ['Pad 1', 'Pad 2']) it.double.delist(id);
    for (const one of left) it.double.put(one);
    it.now.ms += DAY_MS;
    await it.sync().catch(() => undefined);
    expect(Object.values(await it.state())).not.toContain('unlisted');
  });

  test('a collection that isn’t there is said after all others were read, and asked for a day later', async () => {
    const it = await openNasa([video('Pad 1')], [ALBUM, PAD]);
    const thrown = await failure(it.sync());
    expect(thrown).toMatchObject({ code: 'not-found', detail: { retryAfterMs: DAY_MS } });
    expect(thrown.message).toContain('Pad_5');
    expect(faultOf(thrown)).toBe('offline');
    expect(await it.state()).toEqual({ [idOf('Pad 1')]: 'listed' });
  });

  test('words that were corrected are found with the next list', async () => {
    const it = await openNasa([video('Pad 1'), video('Pad 2')]);
    await it.sync();
    it.double.put(video('Pad 1', { title: 'Pad one' }));
    it.double.asked();
    it.now.ms += 8 * DAY_MS;
    await it.sync();
    const asked = it.double.asked();
    expect(asked.filter((one) => one.startsWith('/asset/'))).toEqual(['/asset/Pad 1']);
    // And isn't looked at besides.
    expect(looksAt(asked)).toEqual(['/video/Pad 2/collection.json']);
    expect(await it.store.detail(idOf('Pad 1'))).toMatchObject({ headline: 'Pad one', rev: 2 });
  });

  test('within seven days each is looked at once, and its list of files is asked for by its tag', async () => {
    const it = await openNasa(many(12, () => ({ files: { '~orig.mp4': FILM } })));
    await it.sync();
    const perDay: number[] = [];
    for (let day = 0; day < 7; day++) {
      it.now.ms += DAY_MS;
      it.double.asked();
      await it.sync();
      perDay.push(looksAt(it.double.asked()).length);
      await it.sync();
      expect(looksAt(it.double.asked())).toEqual([]);
    }
    expect(perDay.reduce((sum, one) => sum + one, 0)).toBe(12);
    // After a week in which nothing ran, all at once.
    it.now.ms += 30 * DAY_MS;
    await it.sync();
    const tags = it.double.requests
      .filter((one) => one.path.endsWith('/collection.json'))
      .map(({ headers }) => headers['if-none-match']);
    expect(tags).toHaveLength(12);
    expect(tags.every((tag) => tag?.startsWith('"'))).toBe(true);
  });

  test.each([true, false])(
    'files that have changed are found within seven days: tags %s',
    async (hasTags) => {
      const it = await openNasa([video('Pad 1')]);
      it.double.hasTags = hasTags;
      await it.sync();
      it.now.ms += 8 * DAY_MS;
      await it.sync();
      expect(await it.rev('Pad 1')).toBe(1);
      it.double.put(video('Pad 1', { files: { '~orig.mov': FILM } }));
      it.now.ms += 8 * DAY_MS;
      await it.sync();
      const detail = await it.store.detail(idOf('Pad 1'));
      expect([detail?.rev, detail?.renditions.map(({ name }) => name)]).toEqual([2, ['1080p MOV']]);
    },
  );

  test('a change of files that couldn’t be read is found later, though the tag is known by then', async () => {
    const it = await openNasa([video('Pad 1')]);
    await it.sync();
    it.double.put(video('Pad 1', { files: { '~orig.mov': FILM } }));
    it.double.say('/asset/Pad 1', 403);
    it.now.ms += 8 * DAY_MS;
    await it.sync();
    expect(await it.rev('Pad 1')).toBe(1);
    it.double.say('/asset/Pad 1', null);
    it.now.ms += 8 * DAY_MS;
    await it.sync();
    expect(await it.rev('Pad 1')).toBe(2);
  });

  test('where many are no longer listed it is what is followed that has changed: none is asked for', async () => {
    const it = await openNasa(many(102));
    await it.sync();
    for (let n = 1; n <= 101; n++) it.double.delist(`Pad ${n}`);
    it.double.asked();
    expect(opsOf(await it.sync())).toHaveLength(101);
    expect(it.double.asked().filter((one) => one.startsWith('/asset/'))).toEqual([]);
  });

  test('what is downloaded is looked at daily', async () => {
    const it = await openNasa([video('Pad 1'), video('Pad 2')]);
    await it.sync();
    it.now.downloaded.add(idOf('Pad 2'));
    for (let day = 0; day < 3; day++) {
      it.now.ms += DAY_MS;
      it.double.asked();
      await it.sync();
      expect(it.double.asked()).toContain('/video/Pad 2/collection.json');
    }
  });

  test('looks that were interrupted go on behind the last that was stored', async () => {
    const it = await openNasa(many(25));
    await it.sync();
    it.now.ms += 8 * DAY_MS;
    it.double.asked();
    await it.sync(1);
    const first = looksAt(it.double.asked()).slice(0, 10);
    await it.sync();
    const rest = looksAt(it.double.asked());
    expect([first.length, rest.length]).toEqual([10, 15]);
    expect(new Set([...first, ...rest]).size).toBe(25);
  });

  test('another language changes nothing that is here, a new one is in it', async () => {
    const it = await openNasa([video('Pad 1')]);
    await it.sync();
    it.now.language = 'fr';
    it.double.put(video('Pad 2'));
    it.now.ms += 8 * DAY_MS;
    await it.sync();
    expect(await it.rev('Pad 1')).toBe(1);
    expect((await it.store.detail(idOf('Pad 2')))?.usageTerms).toContain('conditions générales');
    expect(it.source.facts?.terms?.text).toContain('Citez la NASA');
  });
});

describe('what fails alone', () => {
  test('a page that is forbidden costs its asset, metadata that is only what it would say', async () => {
    const it = await openNasa([video('Pad 1'), video('Pad 2'), video('Pad 3')]);
    it.double.say('/asset/Pad 1', 403);
    it.double.say('/video/Pad 2/metadata.json', 403);
    it.double.say('/asset/Pad 3', 404);
    await it.sync();
    expect(await it.state()).toEqual({ [idOf('Pad 2')]: 'listed' });
    expect(await it.store.detail(idOf('Pad 2'))).toMatchObject({ durationMs: null });
    it.double.say('/asset/Pad 1', null);
    await it.sync();
    expect(Object.keys(await it.state())).toHaveLength(2);
  });

  test('an asset whose page doesn’t work is left for later; three in a row are a fault', async () => {
    const it = await openNasa(many(12));
    for (const n of [2, 3, 5, 6]) it.double.say(`/asset/Pad ${n}`, 500);
    await it.sync();
    expect(Object.keys(await it.state())).toHaveLength(8);
    it.double.say('/asset/Pad 4', 500);
    it.double.put(video('Pad 4', { title: 'Pad four' }));
    expect(await failure(it.sync())).toMatchObject({ code: 'origin-error' });
    expect(Object.keys(await it.state())).toHaveLength(8);
  });

  test('answers about assets that aren’t understood are another format, a single one is not', async () => {
    const it = await openNasa(many(10));
    it.double.say('/asset/Pad 1', 200, '{"collection":5}');
    it.double.say('/asset/Pad 2', 200, '{"collection":{"ite');
    await it.sync();
    expect(Object.keys(await it.state())).toHaveLength(8);
    for (const n of [1, 2, 3]) it.double.put(video(`Pad new ${n}`));
    for (const n of [1, 2]) it.double.say(`/asset/Pad new ${n}`, 200, '[5]');
    expect(await failure(it.sync())).toMatchObject({ code: 'feed-invalid' });
    expect(Object.keys(await it.state())).toHaveLength(8);
  });

  test('metadata that is no JSON says nothing, and hides nothing else', async () => {
    const it = await openNasa([video('Pad 1')]);
    it.double.say('/video/Pad 1/metadata.json', 200, '{"QuickTime:Dura');
    await it.sync();
    expect(await it.store.detail(idOf('Pad 1'))).toMatchObject({ durationMs: null });
  });

  test('a web page in place of an asset ends the sync, and nothing is withdrawn by it', async () => {
    const it = await openNasa([video('Pad 1')]);
    await it.sync();
    it.double.put(video('Pad 2'));
    it.double.say('/asset/Pad 2', 200, '<html>Are you a browser?</html>');
    expect(await failure(it.sync())).toMatchObject({ code: 'source-blocked' });
    expect(await it.state()).toEqual({ [idOf('Pad 1')]: 'listed' });
  });
});

describe('downloads', () => {
  test('addresses are asked for anew by the id that is stored; none of what is gone', async () => {
    const it = await openNasa([video("Pad 5 walk's end")]);
    await it.sync();
    const id = idOf("Pad 5 walk's end");
    const [first] = (await it.source.files(id, true)) ?? [];
    expect(first).toMatchObject({
      url: `${it.double.api}/video/Pad%205%20walk's%20end/Pad%205%20walk's%20end~orig.mp4`,
      bytes: null,
    });
    expect((await it.store.detail(id))?.files[0]?.fileId).toBe(first?.fileId);
    it.double.say("/asset/Pad 5 walk's end", 403);
    expect(await failure(it.source.files(id, true))).toMatchObject({ code: 'origin-refused' });
    it.double.say("/asset/Pad 5 walk's end", null);
    it.double.remove("Pad 5 walk's end");
    expect(await it.source.files(id, true)).toBeNull();
    expect(await it.source.files(idOf('never seen'), true)).toBeNull();
  });

  test('a package of unknown size comes whole, without the captions that aren’t there', async () => {
    const name = "Pad 5 walk, day 2's end";
    const captions = Buffer.from('1\n00:00:00,000 --> 00:00:01,000\nLow cloud\n');
    const it = await openNasa([
      video(name, {
        title: 'Walk to the pad',
        files: { '~orig.mov': FILM, '~large.jpg': content(5000, 3), '.srt': captions },
      }),
    ]);
    it.double.say(`/video/${name}/${name}.srt`, 404);
    await it.sync();
    const packages = createPackages({
      source: SOURCE,
      files: it.source.files,
      mayLeadTo: ofPublisher(async () => it.double.api),
      library: it.store,
      viewer: () => viewerAt(it.now.ms),
      accepted: () => ({ version: '1', text: 'Citez la NASA', at: NOW }),
    });
    const bench = await openBench({
      ports: {
        source: sourceOf(
          () => ({ scope: 'https://ours.example', source: signedOutSource }),
          async () => [],
          (wanted) => (wanted === SOURCE ? packages : null),
        ),
      },
    });
    const detail = await it.store.detail(idOf(name));
    const [wanted] = detail?.packages ?? [];
    if (!detail || !wanted) throw new Error('No package');
    const [transfer = ''] = await bench.transfers.enqueue(
      [
        {
          assetId: detail.id,
          packageId: wanted.id,
          rev: null,
          title: detail.headline,
          label: wanted.label,
          purpose: 'broadcast',
          destination: bench.to,
          acknowledge: [],
        },
      ],
      { makeDestination: true },
    );
    expect(await settled(bench.transfers, transfer)).toEqual({ phase: 'done' });
    const [root = ''] = await readdir(bench.to);
    const folder = path.join(bench.to, root);
    expect((await readdir(folder, { recursive: true })).toSorted()).toEqual([
      '.done',
      'Walk to the pad.mov',
      'Walk to the pad_metadata.json',
      'Walk to the pad_ninjs.json',
      'Walk to the pad_rights.txt',
      'captions',
      'manifest.json',
      'stills',
      'stills/Walk to the pad_01.jpg',
    ]);
    expect(sha256(await readFile(path.join(folder, 'Walk to the pad.mov')))).toBe(sha256(FILM));
    const [check] = await bench.transfers.verifyFolder(bench.to);
    expect([check?.error, check?.files.every(({ ok }) => ok)]).toEqual([null, true]);
    const rights = await readFile(path.join(folder, 'Walk to the pad_rights.txt'), 'utf8');
    expect(rights).toContain('Citez la NASA');
    expect(rights).toContain('https://www.nasa.gov/nasa-brand-center/images-and-media/');
    const manifest = JSON.parse(await readFile(path.join(folder, 'manifest.json'), 'utf8'));
    expect(manifest.signature).toBeNull();
    expect(manifest.files[0]).toMatchObject({ bytes: FILM.length, sha256: sha256(FILM) });
  });

  test('an original of three gigabytes has ranges, and is the same whenever it is asked for', async () => {
    const bytes = 3 * 2 ** 30 + 5;
    const it = await openNasa([video('Pad 1', { files: { '~orig.mov': { bytes } } })]);
    await it.sync();
    const url = (await it.store.detail(idOf('Pad 1')))?.files[0]?.url ?? '';
    const last = async (headers: Record<string, string>) => {
      const answer = await fetch(url, { headers });
      return { answer, body: Buffer.from(await answer.arrayBuffer()) };
    };
    const range = { range: `bytes=${bytes - 100}-` };
    const { answer, body } = await last(range);
    expect(answer.status).toBe(206);
    expect(answer.headers.get('content-range')).toBe(`bytes ${bytes - 100}-${bytes - 1}/${bytes}`);
    const etag = answer.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"/u);
    expect(body).toHaveLength(100);
    expect((await last({ ...range, 'if-range': etag })).body).toEqual(body);
  });

  test('a file of this disk is served as it is, and with ranges', async () => {
    const file = import.meta.filename;
    const it = await openNasa([video('Pad 1', { files: { '~orig.mov': { path: file } } })]);
    await it.sync();
    const url = (await it.store.detail(idOf('Pad 1')))?.files[0]?.url ?? '';
    const answer = await fetch(url, { headers: { range: 'bytes=5-14' } });
    const text = await readFile(file, 'utf8');
    expect(await answer.text()).toBe(text.slice(5, 15));
    expect((await (await fetch(url)).text()).length).toBe(text.length);
  });
});

test('a look at what would be followed has the newest ten, and keeps nothing', async () => {
  const it = await openNasa(
    many(30, (n) => ({
      created: new Date(Date.UTC(2026, 0, n + 1)).toISOString(),
      said: { album: ['Pad_5'] },
      type: n === 29 ? 'audio' : 'video',
    })),
  );
  const probe = async (follows: NasaFollow[]) =>
    probeNasa(SOURCE, { ...it.options, follows, signal });
  const found = await probe([PAD, ALBUM]);
  expect(found).toMatchObject({ source: SOURCE, count: 60, name: 'NASA' });
  expect(found.assets.map(({ headline }) => headline)).toEqual(
    Array.from({ length: 10 }, (_, n) => `Pad ${30 - n}`),
  );
  expect(found.assets[0]?.type).toBe('audio');
  expect(await it.state()).toEqual({});
  expect(await probe([{ by: 'search', value: 'nothing' }])).toMatchObject({ count: 0, assets: [] });
  await expect(probe([{ by: 'collection', value: 'Nowhere' }])).rejects.toMatchObject({
    code: 'not-found',
  });
});

test('captions, and what lacks a parameter, are refused as NASA does it', async () => {
  const double = await NasaDouble.start([
    video('Pad 1', { files: { '.srt': FILM } }),
    video('Pad 2'),
  ]);
  onTestFinished(() => double.stop());
  const said = async (where: string) => {
    const answer = await fetch(`${double.api}${where}`);
    return [answer.status, await answer.json()];
  };
  expect(await said('/captions/Pad%201')).toEqual([
    200,
    { location: `${double.api}/video/Pad 1/Pad 1.srt` },
  ]);
  const unknown = { reason: 'No AssetDB records for nasaid=Pad 2' };
  expect(await said('/captions/Pad%202')).toEqual([404, unknown]);
  expect((await said('/search'))[0]).toBe(400);
});
