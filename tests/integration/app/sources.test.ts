import { ALL_ARTICLES } from '../../../src/shared/model/article-query.ts';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type http from 'node:http';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DEMO_ACCOUNT } from '../../../src/service/accounts/demo-account.ts';
import type { Application } from '../../../src/main/app/services.ts';
import { AppError } from '../../../src/shared/errors.ts';
import type { SourceView } from '../../../src/shared/contract/sources.ts';
import { invoke, openApplication } from '../../support/app/application.ts';
import { content } from '../../support/engine/origin.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { DvidsDouble } from '../../support/sources/dvids-double.ts';
import { type Answer, FeedServer, film, mediaRss } from '../../support/sources/feed-server.ts';
import { startDemo } from '../../support/service/demo.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const EVERYTHING = { text: '', sort: 'newest' } as const;
const XML = { 'content-type': 'application/rss+xml' };

let server: FeedServer;
let home: string;
let application: Application;
const open = async (options: Parameters<typeof openApplication>[1] = {}): Promise<void> => {
  application = await openApplication(home, options);
};
beforeEach(async () => {
  server = await FeedServer.start();
  home = temporaryFolder();
  await open();
});
afterEach(async () => {
  await application.close();
  await server.stop();
});

const films = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, n) => film(from + n)).join('');
const sources = async (): Promise<SourceView[]> => (await invoke(application, 'sources.get')).items;
const found = async (query = {}): Promise<string[]> =>
  (
    await invoke(application, 'catalogue.search', {
      query: { ...EVERYTHING, ...query },
      range: { offset: 0, count: 100 },
    })
  ).items.map(({ headline }) => headline);
const feedAt = (address: string) => ({ kind: 'feed' as const, address });
const probeOf = (address: string) => ({ id: null, input: feedAt(address) });
const probeDvids = (key: string | null) =>
  invoke(application, 'sources.probe', {
    id: null,
    input: { kind: 'dvids', key, follows: [{ by: 'unit', value: 'Natochannel' }] },
  });
async function add(address: string, accepted: string | null = null): Promise<string> {
  const { items } = await invoke(application, 'sources.add', { input: feedAt(address), accepted });
  const id = items.at(-1)?.id ?? '';
  await application.services.sources.check(id);
  return id;
}

test('from an address to its films: looked at, added, searched, removed; nothing else is needed', async () => {
  server.serve('/feed.xml', mediaRss(films(1, 12)));
  const address = server.url('/feed.xml');
  expect(await sources()).toEqual([]);
  const probe = await invoke(application, 'sources.probe', probeOf(address));
  expect(probe).toMatchObject({
    kind: 'feed',
    format: 'rss',
    name: 'Harbour Notes',
    count: 12,
    isAdded: false,
    integrity: 'recorded',
    rights: 'unknown',
    terms: null,
    isResumable: null,
  });
  expect(probe.items).toHaveLength(10);
  expect(await sources()).toEqual([]);
  const id = await add(address);
  expect(await sources()).toMatchObject([
    { id, name: 'Harbour Notes', address, assets: 12, fault: null, isPaused: false },
  ]);
  expect(await found()).toHaveLength(12);
  expect(await found({ text: 'cloud 7' })).toEqual(['Low cloud 7']);
  expect((await invoke(application, 'library.get')).assets).toBe(12);
  expect(await invoke(application, 'sources.probe', probeOf(address))).toMatchObject({
    isAdded: true,
  });
  await expect(
    invoke(application, 'sources.add', { input: feedAt(address), accepted: null }),
  ).rejects.toMatchObject({ code: 'usage' });
  await invoke(application, 'sources.remove', { id });
  expect(await sources()).toEqual([]);
  expect(await found()).toEqual([]);
  expect(await invoke(application, 'catalogue.facets', EVERYTHING)).toEqual({});
  await expect.poll(() => application.services.library.counts()).toMatchObject({ assets: 0 });
  // Added anew, it starts from nothing.
  await add(address);
  expect(await found()).toHaveLength(12);
});

test('removed and added anew before its rows are gone: nothing of before comes back, nothing new goes', async () => {
  server.serve('/other.xml', mediaRss(films(1, 2), 'Fjord'));
  await add(server.url('/other.xml'));
  server.serve('/feed.xml', mediaRss(films(1, 4000)));
  const address = server.url('/feed.xml');
  const id = await add(address);
  await invoke(application, 'sources.remove', { id });
  server.serve('/feed.xml', mediaRss(films(1, 3)));
  await add(address);
  expect(await found({ text: `source:"${id}"` })).toHaveLength(3);
  expect((await sources()).map(({ assets }) => assets)).toEqual([2, 3]);
  // As long as the removal of before may take.
  await application.services.sources.sweep();
  expect(await found({ text: `source:"${id}"` })).toHaveLength(3);
});

test('an address that the settings can’t keep is refused, and one that a publisher moves to isn’t followed', async () => {
  const long = `/${'a'.repeat(3000)}.xml`;
  server.serve(long, mediaRss(films(1, 2)));
  await expect(
    invoke(application, 'sources.add', { input: feedAt(server.url(long)), accepted: null }),
  ).rejects.toMatchObject({ code: 'usage' });
  server.on('/feed.xml', (_request, response) => {
    response.writeHead(301, { location: long }).end();
  });
  const id = await add(server.url('/feed.xml'));
  for (let n = 0; n < 3; n++) await application.services.sources.check(id);
  expect(await sources()).toMatchObject([{ address: server.url('/feed.xml'), assets: 2 }]);
  await application.close();
  await open();
  expect(await sources()).toMatchObject([{ id, address: server.url('/feed.xml') }]);
});

test('two sources beside the service: one search, a facet, and no fault that reaches another', async () => {
  const demo = await startDemo();
  await application.close();
  await open({ serviceUrl: demo.url });
  server.serve('/a.xml', mediaRss(films(1, 3), 'Quay'));
  server.serve('/b.xml', mediaRss(films(10, 14), 'Fjord'));
  const [a, b] = [await add(server.url('/a.xml')), await add(server.url('/b.xml'))];
  await invoke(application, 'library.sync');
  const ofService = (await found()).length - 8;
  expect(ofService).toBeGreaterThan(10);
  const facets = await invoke(application, 'catalogue.facets', EVERYTHING);
  expect(facets['source']).toEqual([
    { value: demo.url, label: new URL(demo.url).host, count: ofService },
    { value: b, label: 'Fjord', count: 5 },
    { value: a, label: 'Quay', count: 3 },
  ]);
  expect(await found({ text: 'source:Quay' })).toHaveLength(3);
  expect(await found({ text: 'cloud source:Quay,Fjord' })).toHaveLength(8);
  server.serve('/a.xml', '<!doctype html><html><body>Log in</body></html>');
  server.serve('/b.xml', mediaRss(films(10, 15), 'Fjord'));
  // It doesn't fail for one source either.
  await invoke(application, 'library.sync');
  expect(await sources()).toMatchObject([
    { id: demo.url, kind: 'service', assets: ofService, fault: null },
    { id: a, assets: 3, fault: { code: 'source-blocked' } },
    { id: b, assets: 6, fault: null },
  ]);
  await demo.close();
  server.serve('/a.xml', mediaRss(films(1, 4), 'Quay'));
  await expect(invoke(application, 'library.sync')).rejects.toMatchObject({
    code: 'service-unreachable',
  });
  expect(await sources()).toMatchObject([
    { fault: { code: 'service-unreachable' } },
    { id: a, assets: 4, fault: null },
    { id: b, fault: null },
  ]);
});

test('the demo is left with one command: its footage goes, the rest stays, and no account is shown', async () => {
  await application.close();
  const pushed: { rev: number; status: string }[] = [];
  await open({
    demo: true,
    send: (name, payload) =>
      void (name === 'account.changed' && pushed.push(payload as { rev: number; status: string })),
  });
  server.serve('/feed.xml', mediaRss(films(1, 3)));
  const id = await add(server.url('/feed.xml'));
  await invoke(application, 'library.sync');
  await invoke(application, 'account.sign-in', { ...DEMO_ACCOUNT });
  expect((await sources()).map(({ kind }) => kind)).toEqual(['demo', 'feed']);
  const before = pushed.at(-1);
  expect(before?.status).toBe('signed-in');
  expect(await invoke(application, 'settings.use-service', { none: true })).toMatchObject({
    serviceUrl: null,
    demo: false,
  });
  expect(await sources()).toMatchObject([{ id, assets: 3 }]);
  expect(await found()).toHaveLength(3);
  expect((await invoke(application, 'library.get')).assets).toBe(3);
  expect(await invoke(application, 'app.connection')).toMatchObject({
    state: 'no-service',
    demo: false,
  });
  expect(pushed.at(-1)?.status).toBe('signed-out');
  expect(pushed.at(-1)?.rev).toBeGreaterThan(before?.rev ?? 0);
  expect(
    await invoke(application, 'articles.list', {
      query: ALL_ARTICLES,
      range: { offset: 0, count: 5 },
    }),
  ).toMatchObject({ total: 0 });
  expect(existsSync(path.join(home, 'demo'))).toBe(true);
  // Back in it, the account is there again.
  await invoke(application, 'settings.use-service', { demo: true });
  await invoke(application, 'library.sync');
  expect((await sources()).map(({ kind }) => kind)).toEqual(['demo', 'feed']);
  expect((await invoke(application, 'account.get')).status).toBe('signed-in');
});

test('what is set up and how it went is there after a restart, and without the service', async () => {
  server.serve('/feed.xml', mediaRss(films(1, 3)));
  const id = await add(server.url('/feed.xml'));
  await invoke(application, 'sources.rename', { id, name: 'Quay' });
  server.on('/feed.xml', (_request, response) => void response.writeHead(403).end());
  await application.services.sources.check(id);
  await invoke(application, 'sources.pause', { id, isPaused: true });
  const [before] = await sources();
  expect(before).toMatchObject({ name: 'Quay', isPaused: true, fault: { code: 'origin-refused' } });
  expect(before?.syncedAt).toEqual(expect.any(Number));
  await application.close();
  await open();
  expect(await sources()).toEqual([before]);
  expect(await found()).toHaveLength(3);
});

describe('while a long sync goes on', () => {
  let clock: FakeClock;
  let pushed: { name: string; assets: number }[];
  /** Answers with the second of two pages. */
  let older: Promise<http.ServerResponse>;
  let id: string;

  beforeEach(async () => {
    clock = new FakeClock();
    pushed = [];
    await application.close();
    await open({
      clock,
      send: (name, payload) => {
        if (name === 'library.changed')
          pushed.push({ name, assets: (payload as { assets: number }).assets });
        if (name === 'sources.changed')
          pushed.push({ name, assets: (payload as { items: SourceView[] }).items[0]?.assets ?? 0 });
      },
    });
    const asked = Promise.withResolvers<http.ServerResponse>();
    older = asked.promise;
    const next = `<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="next" href="/older.xml"/>`;
    server.serve('/feed.xml', mediaRss(`${next}${films(4, 6)}`));
    const answerLater: Answer = (_request, response) => asked.resolve(response);
    server.on('/older.xml', (_request, response) => {
      // The look before it is added reads all pages too.
      response.writeHead(200, XML).end(mediaRss(films(1, 3)));
      server.on('/older.xml', answerLater);
    });
    const input = feedAt(server.url('/feed.xml'));
    id = (await invoke(application, 'sources.add', { input, accepted: null })).items[0]?.id ?? '';
    await older;
  });

  test('what is there by then is in the catalogue, the counts and the window', async () => {
    await expect.poll(() => found()).toHaveLength(3);
    expect(pushed.filter(({ assets }) => assets > 0)).toEqual([]);
    await clock.advance(2000);
    await expect
      .poll(() => pushed.filter(({ assets }) => assets === 3).map(({ name }) => name))
      .toEqual(expect.arrayContaining(['library.changed', 'sources.changed']));
    expect(await sources()).toMatchObject([{ isChecking: true, syncedAt: null, assets: 3 }]);
    expect((await invoke(application, 'library.get')).syncedAt).toBeNull();
    const before = pushed.length;
    await clock.advance(10_000);
    // Nothing has changed since.
    expect(pushed).toHaveLength(before);
    (await older).writeHead(200, XML).end(mediaRss(films(1, 3)));
    await expect.poll(sources).toMatchObject([{ isChecking: false, assets: 6, fault: null }]);
    expect((await invoke(application, 'library.get')).syncedAt).not.toBeNull();
  });

  test('one that is stopped shows nothing more', async () => {
    await expect.poll(() => found()).toHaveLength(3);
    await invoke(application, 'sources.pause', { id, isPaused: true });
    const before = pushed.filter(({ name }) => name === 'library.changed').length;
    await clock.advance(10_000);
    // Whatever was asked of the library before this has been answered.
    await found();
    expect(pushed.filter(({ name }) => name === 'library.changed')).toHaveLength(before);
    expect(await sources()).toMatchObject([{ isChecking: false, isPaused: true, assets: 0 }]);
  });
});

test('a removed source is gone for good, also if the rest of it was still being deleted', async () => {
  server.serve('/feed.xml', mediaRss(films(1, 3)));
  const id = await add(server.url('/feed.xml'));
  await application.close();
  // As after a kill between the two: it is in the library, and not in the settings.
  await open();
  application.services.settings.setSources([]);
  await application.close();
  server.serve('/other.xml', mediaRss(films(5, 6)));
  await open({ background: true });
  await add(server.url('/other.xml'));
  await application.services.sources.sweep();
  expect(await found()).toEqual(['Low cloud 6', 'Low cloud 5']);
  await application.close();
  expect(readFileSync(path.join(home, 'source-status.json'), 'utf8')).not.toContain(id);
  await open();
});

/** A feed that says this of itself. */
const feed = (text: string): string => mediaRss(films(1, 2)).replace('<item>', `${text}<item>`);
/** A film with this picture. */
const pictured = (url: string): string =>
  film(1, { more: `<media:thumbnail url="${url}" width="640" height="360"/>` });

describe('terms', () => {
  const copyright = '<copyright>Quay Trust, 2026. Credit the source.</copyright>';

  test('they are accepted once for each version, and nothing is queued without', async () => {
    server.serve('/feed.xml', feed(copyright));
    const address = server.url('/feed.xml');
    const { terms } = await invoke(application, 'sources.probe', probeOf(address));
    expect(terms).toMatchObject({ text: 'Quay Trust, 2026. Credit the source.' });
    await expect(add(address)).rejects.toMatchObject({ code: 'terms-not-accepted' });
    expect(await sources()).toEqual([]);
    const id = await add(address, terms?.version ?? null);
    expect((await sources())[0]).toMatchObject({ terms, acceptedAt: expect.any(Number) });
    // Another year is no other version.
    server.serve('/feed.xml', feed(copyright.replace('2026', '2027')));
    await application.services.sources.check(id);
    expect((await sources())[0]?.acceptedAt).toEqual(expect.any(Number));
    server.serve('/feed.xml', feed(copyright.replace('Credit the source', 'Ask first')));
    await application.services.sources.check(id);
    const [due] = await sources();
    expect(due).toMatchObject({
      acceptedAt: null,
      terms: { text: 'Quay Trust, 2026. Ask first.' },
    });
    const [asset] = (
      await invoke(application, 'catalogue.search', {
        query: EVERYTHING,
        range: { offset: 0, count: 1 },
      })
    ).items;
    const assetId = asset?.id ?? '';
    const plan = await invoke(application, 'transfers.plan', {
      assetIds: [assetId],
      profile: 'broadcast',
    });
    expect(plan.items).toMatchObject([{ blocked: 'terms' }]);
    const packageId = plan.items[0]?.packageId ?? '';
    const enqueue = () =>
      invoke(application, 'transfers.enqueue', {
        packages: [{ assetId, packageId }],
        acknowledge: [],
      });
    await expect(enqueue()).rejects.toMatchObject({ code: 'terms-not-accepted' });
    await expect(
      invoke(application, 'sources.accept-terms', { id, version: terms?.version ?? '' }),
    ).rejects.toMatchObject({ code: 'terms-not-accepted' });
    await invoke(application, 'sources.accept-terms', { id, version: due?.terms?.version ?? '' });
    expect((await enqueue()).ids).toHaveLength(1);
  });
});

test('an address that opens the feed to one reader is in the keychain, and shown without that', async () => {
  server.serve('/feed.xml', mediaRss(films(1, 2)));
  const secret = 'k3yOfOneReader';
  const address = server.url(`/feed.xml?category=5&ks=${secret}`);
  const probe = await invoke(application, 'sources.probe', probeOf(address));
  expect(probe).toMatchObject({ isKeyed: true });
  const id = await add(address);
  expect(server.requests.at(-1)?.url).toContain(secret);
  const [source] = await sources();
  expect(source?.address).toContain('category=5');
  expect(JSON.stringify([probe, source])).not.toContain(secret);
  // A fault neither.
  server.on('/feed.xml', (_request, response) => void response.writeHead(500).end());
  await application.services.sources.check(id);
  expect((await sources())[0]?.fault).toMatchObject({ code: 'origin-error' });
  await application.close();
  for (const name of readdirSync(home, { recursive: true, withFileTypes: true })) {
    if (!name.isFile()) continue;
    const file = path.join(name.parentPath, name.name);
    expect(readFileSync(file).includes(secret), file).toBe(false);
  }
  await open();
  await invoke(application, 'sources.remove', { id });
});

test('a change that can’t be stored leaves what opens the source as it was', async () => {
  server.serve('/feed.xml', mediaRss(films(1, 2)));
  const id = await add(server.url('/feed.xml?ks=f0rmerKey'));
  const { settings } = application.services;
  const { setSources } = settings;
  settings.setSources = () => {
    throw new AppError('disk-full', 'No room');
  };
  await expect(
    invoke(application, 'sources.change', {
      id,
      input: feedAt(server.url('/feed.xml?ks=0therKey')),
      accepted: null,
    }),
  ).rejects.toMatchObject({ code: 'disk-full' });
  settings.setSources = setSources.bind(settings);
  await application.services.sources.check(id);
  expect(server.requests.at(-1)?.url).toContain('f0rmerKey');
  await invoke(application, 'sources.remove', { id });
});

describe('a key of DVIDS', () => {
  afterEach(() => vi.unstubAllEnvs());

  test('that is so short that its shown part would be most of it is none', async () => {
    await expect(probeDvids('abcd')).rejects.toMatchObject({ code: 'usage' });
  });

  test('in an empty variable is none', async () => {
    vi.stubEnv('MULTIMEDIA_DESK_DVIDS_KEY', '');
    await expect(probeDvids(null)).rejects.toMatchObject({ code: 'key-refused' });
  });
});

test('its address is changed, and what it had stays until it is read there', async () => {
  server.serve('/old.xml', mediaRss(films(1, 2)), { etag: '"same"' });
  const id = await add(server.url('/old.xml'));
  server.on('/new.xml', (request, response) => {
    if (request.headers['if-none-match'] === '"same"') response.writeHead(304).end();
    else response.writeHead(200, { etag: '"same"' }).end(mediaRss(films(1, 3)));
  });
  await invoke(application, 'sources.change', {
    id,
    input: feedAt(server.url('/new.xml')),
    accepted: null,
  });
  await application.services.sources.check(id);
  expect(await sources()).toMatchObject([{ id, address: server.url('/new.xml'), assets: 3 }]);
  expect(await found()).toHaveLength(3);
});

test('the same source isn’t added twice, nor by a change', async () => {
  server.serve('/one.xml', mediaRss(films(1, 2)));
  server.serve('/two.xml', mediaRss(films(1, 3)));
  const [one, two] = [server.url('/one.xml'), server.url('/two.xml')];
  const id = await add(one);
  const other = await add(two);
  const change = (address: string) =>
    invoke(application, 'sources.change', { id: other, input: feedAt(address), accepted: null });
  await expect(change(one)).rejects.toMatchObject({ code: 'usage' });
  await invoke(application, 'sources.remove', { id });
  await change(one);
  await expect(add(one)).rejects.toMatchObject({ code: 'usage' });
  expect(await sources()).toMatchObject([{ id: other, address: one }]);
});

test('a feed that has moved for good is asked at its new address after the second time', async () => {
  server.on('/old.xml', (_request, response) => {
    response.writeHead(301, { location: '/new.xml' }).end();
  });
  server.serve('/new.xml', mediaRss(films(1, 2)));
  const id = await add(server.url('/old.xml'));
  expect(await sources()).toMatchObject([{ id, address: server.url('/old.xml') }]);
  await application.services.sources.check(id);
  expect(await sources()).toMatchObject([{ id, address: server.url('/new.xml') }]);

  // Not at one that another feed has.
  server.on('/older.xml', (_request, response) => {
    response.writeHead(301, { location: '/new.xml' }).end();
  });
  const other = await add(server.url('/older.xml'));
  await application.services.sources.check(other);
  await application.services.sources.check(other);
  expect(await sources()).toMatchObject([
    { id, address: server.url('/new.xml') },
    { id: other, address: server.url('/older.xml'), fault: null },
  ]);
});

describe('pictures and previews', () => {
  test('come from where the source says, and never from the local network of this computer', async () => {
    server.serve('/1.jpg', Buffer.from([0xff, 0xd8, 0xff]), { 'content-type': 'image/jpeg' });
    server.serve('/media/1.mp4', Buffer.alloc(64), { 'content-type': 'video/mp4' });
    server.serve('/feed.xml', mediaRss(pictured(server.url('/1.jpg'))));
    await add(server.url('/feed.xml'));
    const [row] = (
      await invoke(application, 'catalogue.search', {
        query: EVERYTHING,
        range: { offset: 0, count: 1 },
      })
    ).items;
    const name = encodeURIComponent(row?.id ?? '');
    expect(await application.media(`thumb/${name}`, null)).toMatchObject({ status: 200 });
    const preview = await application.media(`proxy/${name}`, 'bytes=0-9');
    expect(preview).toMatchObject({ status: 200, headers: { 'content-type': 'video/mp4' } });
    const leading = '/leads.xml';
    server.on('/leads.jpg', (_request, response) => {
      response.writeHead(302, { location: 'http://192.168.1.1/admin' }).end();
    });
    server.serve(leading, mediaRss(pictured(server.url('/leads.jpg')).replace('n-1', 'n-2')));
    await add(server.url(leading));
    const rows = await invoke(application, 'catalogue.search', {
      query: EVERYTHING,
      range: { offset: 0, count: 5 },
    });
    const other = rows.items.find(({ id }) => id !== row?.id)?.id ?? '';
    expect(await application.media(`thumb/${encodeURIComponent(other)}`, null)).toMatchObject({
      status: 503,
    });
  });
});

const MASTER = content(2 * 1024 * 1024 + 5);
const SECRET = 'S3cretOfTheAddress';
const state = async (id: string): Promise<string> => {
  const { state: now } = await invoke(application, 'transfers.detail', { id });
  return now.phase === 'waiting' ? now.reason : now.phase;
};
async function queue(): Promise<string> {
  const { items } = await invoke(application, 'catalogue.search', {
    query: EVERYTHING,
    range: { offset: 0, count: 1 },
  });
  const assetId = items[0]?.id ?? '';
  const packageId = items[0]?.packages[0]?.packageId ?? '';
  const { ids } = await invoke(application, 'transfers.enqueue', {
    packages: [{ assetId, packageId }],
    acknowledge: [],
  });
  return ids[0] ?? '';
}
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));

const underTerms = (text: string): string =>
  mediaRss(film(1)).replace('<link>', `<copyright>${text}</copyright><link>`);

describe('downloads', () => {
  test('a package needs no account; its signed address is nowhere; without its source it waits', async () => {
    const to = temporaryFolder();
    await invoke(application, 'settings.set', { destination: to });
    const media = `<media:content url="/master.mp4?token=${SECRET}" type="video/mp4" height="1080"/>`;
    server.serve('/feed.xml', mediaRss(film(1, { media })));
    server.serve('/master.mp4', MASTER, { 'content-type': 'video/mp4' });
    const address = server.url('/feed.xml');
    const source = await add(address);
    const id = await queue();
    await expect.poll(() => state(id)).toBe('done');
    const film1 = filesIn(to).find((file) => file.endsWith('.mp4')) ?? '';
    expect(readFileSync(film1).equals(MASTER)).toBe(true);
    expect(await invoke(application, 'transfers.detail', { id })).toMatchObject({
      service: source,
      recorded: { hash: null, isOwn: true },
    });
    await invoke(application, 'transfers.verify', { ids: [id] });
    await expect
      .poll(() => invoke(application, 'transfers.verification'))
      .toMatchObject({ isRunning: false, packagesDone: 1, faulty: 0, recorded: 1 });
    const evidence = await Promise.all(
      (['json', 'html'] as const).map((format) =>
        invoke(application, 'transfers.evidence', { id, format, language: 'fr' }),
      ),
    );
    expect(JSON.stringify(evidence)).not.toContain(SECRET);
    // Its source is taken out, and it is damaged meanwhile.
    await invoke(application, 'sources.remove', { id: source });
    writeFileSync(film1, MASTER.subarray(5));
    await invoke(application, 'transfers.repair', { ids: [id] });
    await expect.poll(() => state(id)).toBe('other-service');
    const document = mediaRss(film(1, { media }));
    const asked = Promise.withResolvers<http.ServerResponse>();
    server.on('/feed.xml', (_request, response) => {
      // The look before it is added; its films come later.
      response.writeHead(200, XML).end(document);
      server.on('/feed.xml', (_again, later) => asked.resolve(later));
    });
    await invoke(application, 'sources.add', { input: feedAt(address), accepted: null });
    const later = await asked.promise;
    await expect.poll(() => state(id)).toBe('other-service');
    server.serve('/feed.xml', document);
    later.writeHead(200, XML).end(document);
    await expect.poll(() => state(id)).toBe('done');
    expect(readFileSync(film1).equals(MASTER)).toBe(true);
    await application.close();
    for (const file of [...filesIn(home), ...filesIn(to)])
      expect(readFileSync(file).includes(SECRET), file).toBe(false);
    await open();
  });

  test('terms that change while a package waits are accepted before its first byte', async () => {
    await invoke(application, 'settings.set', { destination: temporaryFolder() });
    server.serve('/feed.xml', underTerms('Credit the source.'));
    server.serve('/media/1.mp4', MASTER, { 'content-type': 'video/mp4' });
    const address = server.url('/feed.xml');
    const { terms: first } = await invoke(application, 'sources.probe', probeOf(address));
    const source = await add(address, first?.version ?? null);
    await invoke(application, 'transfers.pause-all', { paused: true });
    const id = await queue();
    server.serve('/feed.xml', underTerms('Ask first.'));
    await application.services.sources.check(source);
    await invoke(application, 'transfers.pause-all', { paused: false });
    await expect.poll(() => state(id)).toBe('terms');
    const [due] = await sources();
    await invoke(application, 'sources.accept-terms', {
      id: source,
      version: due?.terms?.version ?? '',
    });
    await expect.poll(() => state(id)).toBe('done');
  });
});

test('whether an interrupted download goes on is known before it is added', async () => {
  const probe = async () =>
    (await invoke(application, 'sources.probe', probeOf(server.url('/feed.xml')))).isResumable;
  server.serve('/feed.xml', mediaRss(films(1, 2)));
  // Nothing is there.
  expect(await probe()).toBeNull();
  server.serve('/media/2.mp4', Buffer.alloc(64), { 'content-type': 'video/mp4' });
  expect(await probe()).toBe(false);
  for (const [etag, isStrong] of [
    ['W/"1"', false],
    ['"1"', true],
  ] as const) {
    server.on('/media/2.mp4', (request, response) => {
      expect(request.headers.range).toBe('bytes=0-0');
      response.writeHead(206, { etag, 'content-range': 'bytes 0-0/64' }).end('a');
    });
    expect(await probe()).toBe(isStrong);
  }
});

test('a library that can’t be used keeps neither the app nor the service from starting', async () => {
  server.serve('/feed.xml', mediaRss(films(1, 2)));
  const id = await add(server.url('/feed.xml'));
  await application.close();
  const library = new DatabaseSync(path.join(home, 'library.sqlite'));
  library.exec('PRAGMA user_version = 99; CREATE TABLE later (id TEXT)');
  library.close();
  const demo = await startDemo();
  await open({ serviceUrl: demo.url });
  expect((await sources()).map((one) => one.id)).toEqual([demo.url, id]);
  await demo.close();
});

test('a newer look at an archive takes the place of an older one, which would hold it up', async () => {
  const key = 'key-0123456789abcdef7f3a';
  const dvids = await DvidsDouble.start({ key });
  dvids.addNato();
  vi.stubEnv('MULTIMEDIA_DESK_DVIDS', dvids.url);
  try {
    const lookAt = (...values: string[]) =>
      invoke(application, 'sources.probe', {
        id: null,
        input: {
          kind: 'dvids',
          key,
          follows: values.map((value) => ({ by: 'unit' as const, value })),
        },
      });
    dvids.fault = 'silent';
    const isAsked = new Promise<void>((resolve) => {
      dvids.onRequest = () => resolve();
    });
    const older = lookAt('Natochannel').catch((error: unknown) => error);
    await isAsked;
    dvids.fault = null;
    await expect(lookAt('Lakeside')).resolves.toMatchObject({ kind: 'dvids', count: 0 });
    await expect(older).resolves.toMatchObject({ code: 'cancelled' });
  } finally {
    vi.unstubAllEnvs();
    await dvids.stop();
  }
});
