import { spawnSync } from 'node:child_process';
import { mkdirSync, rmdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { desk } from '../../support/app/desk.ts';
import { program } from '../../support/built.ts';
import { DvidsDouble } from '../../support/sources/dvids-double.ts';
import { FeedServer, film, mediaRss } from '../../support/sources/feed-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let server: FeedServer;
const home = temporaryFolder();
beforeAll(async () => {
  server = await FeedServer.start();
});
afterAll(() => server.stop());

test('a feed is looked at: the newest ten, what each offers, and what the source promises', async () => {
  const hash = '<media:hash algo="md5">d41d8cd98f00b204e9800998ecf8427e</media:hash>';
  const items = Array.from({ length: 12 }, (_, n) => film(n + 1));
  items.push(
    film(20, {
      media: `<media:content url="/20.mp4" type="video/mp4" height="720" fileSize="5000000">${hash}</media:content>`,
    }),
    '<item><guid>text</guid><title>Only words</title></item>',
  );
  server.serve('/feed.xml', mediaRss(items.join('')));
  const { code, lines, result } = await desk(['source', 'test', server.url('/feed.xml')], { home });
  expect(code).toBe(0);
  const shown = lines.filter(({ type }) => type === 'item');
  expect(shown).toHaveLength(10);
  expect(shown[0]).toMatchObject({
    headline: 'Low cloud 20',
    files: ['720p MP4'],
    durationMs: null,
  });
  expect(shown[1]).toMatchObject({ headline: 'Low cloud 12', durationMs: 64_000 });
  expect(result).toMatchObject({
    ok: true,
    format: 'rss',
    name: 'Harbour Notes',
    count: 13,
    articles: 1,
    integrity: 'published',
    rights: 'unknown',
  });
});

test.each([
  ['/page', '<!doctype html><html><body>Log in</body></html>', 2, 'feed-invalid'],
  ['/cut', mediaRss(film(1)).slice(0, -20), 2, 'feed-invalid'],
] as const)('%s is no feed, and said so', async (path, body, exit, code) => {
  server.serve(path, body);
  expect(await desk(['source', 'test', server.url(path)], { home })).toMatchObject({
    code: exit,
    result: { code },
  });
});

test.each([
  ['http://harbour.example/feed', 'https-required'],
  ['ftp://harbour.example/feed', 'usage'],
  ['not an address', 'usage'],
])('%s is refused before anything is asked', async (address, code) => {
  expect(await desk(['source', 'test', address], { home })).toMatchObject({
    code: 2,
    result: { code },
  });
});

test('added, listed, searched, paused and removed, without a service', async () => {
  const terms = '<copyright>Credit Harbour Notes</copyright>';
  server.serve('/own.xml', mediaRss(`${terms}${film(1)}${film(2)}`));
  const address = server.url('/own.xml');
  const run = (...args: string[]) => desk(args, { home: own });
  const own = temporaryFolder();
  expect(await run('catalogue', 'search')).toMatchObject({ code: 2, result: { code: 'usage' } });
  expect(await run('source', 'add', address)).toMatchObject({
    code: 8,
    result: { code: 'terms-not-accepted' },
  });
  const { result: seen } = await run('source', 'test', address);
  const { version } = seen['terms'] as { version: string };
  const added = await run('source', 'add', address, '--name', 'Quay', '--accept-terms', version);
  expect(added).toMatchObject({ code: 0, result: { count: 2 } });
  expect((await run('source', 'list')).lines).toMatchObject([
    { type: 'source', name: 'Quay', address, assets: 2, fault: null, isPaused: false },
    { type: 'result', count: 1 },
  ]);
  const { lines } = await run('catalogue', 'search', 'cloud', 'source:Quay');
  expect(lines.map(({ headline }) => headline)).toEqual(['Low cloud 2', 'Low cloud 1', undefined]);
  expect(await run('source', 'pause', 'quay')).toMatchObject({ code: 0 });
  server.serve('/own.xml', mediaRss(`${terms}${film(1)}${film(2)}${film(3)}`));
  expect(await run('source', 'check', 'Quay')).toMatchObject({ code: 0 });
  server.serve('/own.xml', 'Log in');
  expect(await run('source', 'check', address)).toMatchObject({
    code: 2,
    result: { code: 'feed-invalid' },
  });
  expect((await run('source', 'list')).lines[0]).toMatchObject({
    isPaused: true,
    assets: 3,
    fault: { code: 'feed-invalid' },
  });
  expect(await run('source', 'remove', 'Quay')).toMatchObject({ code: 0 });
  expect(await run('source', 'remove', 'Quay')).toMatchObject({
    code: 7,
    result: { code: 'not-found' },
  });
  expect((await run('source', 'list')).lines).toMatchObject([{ count: 0 }]);
});

test('a source of any kind that fails is named when all are checked', async () => {
  const own = temporaryFolder();
  const delivered = path.join(own, 'Deliveries');
  mkdirSync(delivered);
  expect(await desk(['source', 'add', delivered], { home: own })).toMatchObject({ code: 0 });
  rmdirSync(delivered);
  const { status, stderr } = spawnSync(
    process.execPath,
    [program('desk'), 'catalogue', 'sync', '--home', own],
    { encoding: 'utf8' },
  );
  expect(status).toBe(0);
  expect(stderr).toMatch(/^desk: Deliveries: \S/mu);
});

test('an address is read from standard input, and changed', async () => {
  server.serve('/stdin.xml', mediaRss(film(1)));
  server.serve('/moved.xml', mediaRss(`${film(1)}${film(2)}`));
  const own = temporaryFolder();
  const input = `${server.url('/stdin.xml')}\n`;
  const added = await desk(['source', 'add', '-'], { home: own, input });
  expect(added).toMatchObject({ code: 0, result: { count: 1 } });
  const id = added.result['id'] as string;
  expect(await desk(['source', 'change', id], { home: own })).toMatchObject({
    code: 2,
    result: { code: 'usage' },
  });
  expect(
    await desk(['source', 'change', id, server.url('/moved.xml')], { home: own }),
  ).toMatchObject({ code: 0, result: { id, count: 2 } });
});

test(
  'what is followed of an archive is found by name, and changed without its key',
  { tags: ['long'] },
  async () => {
    const key = 'key-0123456789abcdef7f3a';
    const double = await DvidsDouble.start({ key, nowMs: Date.now() });
    double.add({ title: 'Lamp lit at Solle', keywords: ['lamp'] });
    double.add({ title: 'Boats at Averne', keywords: ['boats'], unit: 'Lakeside Media Centre' });
    const options = {
      home: temporaryFolder(),
      env: { ...process.env, MULTIMEDIA_DESK_DVIDS: double.url },
    };
    const withKey = { ...options, input: `${key}\n` };
    const { lines } = await desk(['source', 'units', 'lake', '--key-stdin'], withKey);
    expect(lines[0]).toMatchObject({ type: 'unit', name: 'Lakeside Media Centre' });
    expect(await desk(['source', 'add', 'dvids', '--key-stdin'], withKey)).toMatchObject({
      code: 2,
      result: { code: 'usage' },
    });
    // Nobody has given a key, and none is kept.
    expect(
      (await desk(['source', 'test', 'dvids', '--unit', 'Natochannel'], options)).result,
    ).toMatchObject({ code: 'key-refused' });
    const follow = ['dvids', '--unit', 'Natochannel'];
    const { result } = await desk(['source', 'test', ...follow, '--key-stdin'], withKey);
    const { version } = result['terms'] as { version: string };
    const keyed = { ...options, env: { ...options.env, MULTIMEDIA_DESK_DVIDS_KEY: key } };
    const add = ['source', 'add', ...follow, '--accept-terms', version];
    expect(await desk(add, keyed)).toMatchObject({ code: 0, result: { count: 1 } });
    const change = ['source', 'change', 'DVIDS', '--keyword', 'boats'];
    expect(await desk(change, keyed)).toMatchObject({ code: 0 });
    const { lines: rows } = await desk(['source', 'list'], keyed);
    expect(rows[0]).toMatchObject({
      keyEnding: '7f3a',
      follows: [{ by: 'keyword', value: 'boats' }],
    });
    const { lines: all } = await desk(['catalogue', 'search'], keyed);
    // What is followed no longer stays, and is told.
    expect(
      Object.fromEntries(all.map(({ headline, unlistedAt }) => [headline, unlistedAt])),
    ).toMatchObject({ 'Boats at Averne': null, 'Lamp lit at Solle': expect.any(Number) });
    await double.stop();
  },
);
