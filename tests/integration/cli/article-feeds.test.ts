import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { desk, deskText } from '../../support/app/desk.ts';
import { png } from '../../support/articles.ts';
import { FeedServer, film, mediaRss } from '../../support/sources/feed-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const TEXT = '<p>The night ferry is back, and so are the people who knit on it.</p>';
const rss = (items: string) =>
  `<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Harbour Notes</title><link>https://harbour.example/</link><description>d</description><copyright>Harbour Notes</copyright>${items}</channel></rss>`;
const item = (n: number, inner = TEXT) =>
  `<item><guid isPermaLink="false">${n}</guid><title>Ferry ${n}</title><pubDate>Thu, ${10 + n} Nov 2026 08:00:00 GMT</pubDate><content:encoded><![CDATA[${inner}]]></content:encoded></item>`;

test('a feed is added, read whole with its pictures, opened without a network, listed for others and removed', async () => {
  const server = await FeedServer.start();
  const home = temporaryFolder();
  const run = (...args: string[]) => desk(['articles', ...args], { home });
  const pictured = (n: number) =>
    item(n, `${TEXT}<img src="${server.url(`/boat.png?token=${n}`)}" alt="A boat">`);
  server.serve('/feed', rss(pictured(1) + pictured(2)));
  server.serve('/boat.png', png('boat'), { 'content-type': 'image/png' });

  const added = await run('feed', 'add', server.url('/feed'));
  expect(added).toMatchObject({ code: 0, result: { ok: true } });
  expect(added.lines).toContainEqual(
    expect.objectContaining({ type: 'feed', name: 'Harbour Notes', total: 2, unread: 2 }),
  );
  // Twice published, once fetched: it is the same picture however it is signed.
  expect(server.requests.filter(({ url }) => url.startsWith('/boat.png'))).toHaveLength(1);
  const id = added.result['id'] as string;
  expect(await run('feed', 'add', server.url('/feed'))).toMatchObject({
    code: 2,
    result: { code: 'usage' },
  });

  await server.stop();
  const { lines } = await run('list');
  expect(lines.filter(({ type }) => type === 'item')).toMatchObject([
    { headline: 'Ferry 2', stored: true, source: id },
    { headline: 'Ferry 1', stored: true, source: id },
  ]);
  const shown = await run('show', lines[0]?.['id'] as string);
  expect(shown.lines[0]).toMatchObject({
    bodyHtml: expect.stringContaining('night ferry'),
    pictures: 1,
  });

  // Marks are kept from run to run, and found.
  const newest = lines[0]?.['id'] as string;
  expect((await run('mark', newest, '--read', '--tags', 'To air, desk')).result).toMatchObject({
    count: 1,
    read: true,
    tags: ['To air', 'desk'],
  });
  const found = await run('list', 'ferry', 'tag:desk', 'is:read');
  expect(found.lines[0]).toMatchObject({
    id: newest,
    excerpt: expect.stringContaining('night ferry'),
  });
  expect(found.result).toMatchObject({ count: 1 });
  expect((await run('list', 'fps:25')).result).toMatchObject({ code: 'usage' });
  expect((await run('mark', newest, '--star', '--unstar')).result).toMatchObject({ code: 'usage' });
  expect((await run('mark', 'nothing', '--star')).result).toMatchObject({ code: 'not-found' });

  const file = path.join(temporaryFolder(), 'feeds.opml');
  expect(await run('feed', 'export', '--to', file)).toMatchObject({
    code: 0,
    result: { count: 1, leftOut: 0 },
  });
  expect(await readFile(file, 'utf8')).toContain('text="Harbour Notes"');
  expect((await run('feed', 'remove', 'harbour notes')).code).toBe(0);
  // What was tagged stays.
  expect((await run('list')).lines).toMatchObject([{ id: newest, tags: ['To air', 'desk'] }, {}]);
});

test(
  'a feed that can’t be read isn’t added, and the list says of each article where it is from and when',
  { tags: ['long'] },
  async () => {
    const server = await FeedServer.start();
    const home = temporaryFolder();
    const run = (...args: string[]) => desk(['articles', ...args], { home });
    const said = async (...args: string[]) => (await deskText(['articles', ...args], { home })).out;
    expect(await run('feed', 'add', server.url('/feed'))).toMatchObject({
      code: 7,
      result: { code: 'not-found' },
    });
    expect((await run('feed', 'list')).result).toMatchObject({ count: 0 });

    server.serve(
      '/feed',
      rss(
        item(
          1,
          '<table><tr><th>Port</th><th>Sailings</th></tr><tr><td>Quay</td><td>3</td></tr></table><p>One<br>Two</p>',
        ),
      ),
    );
    expect(await run('feed', 'add', server.url('/feed'))).toMatchObject({ code: 0 });
    const [article] = (await run('list')).lines;
    const id = String(article?.['id']);
    await run('mark', id, '--tags', 'To air');
    const listed = await said('list', 'source:harbour');
    expect(listed).toContain(`${id}  11 Nov 2026, 08:00 UTC  [und]  unread  #To air\n`);
    expect(listed).toContain('  Harbour Notes: Ferry 1\n');
    const shown = await said('show', id);
    expect(shown).toContain('Ferry 1\nHarbour Notes, 11 Nov 2026, 08:00 UTC\n');
    expect(shown).toContain('\nPort Sailings\nQuay 3\nOne\nTwo\n');
    expect(shown).toContain('This is the beginning.');

    const file = path.join(temporaryFolder(), 'air.md');
    const exported = (...query: string[]) =>
      run('export', '--query', ...query, '--format', 'md', '-o', file);
    expect(await exported('tag:air')).toMatchObject({ code: 7, result: { code: 'not-found' } });
    expect(await exported('is:aired')).toMatchObject({ code: 2, result: { code: 'usage' } });
    expect(await exported('ferry', '--all')).toMatchObject({ code: 2, result: { code: 'usage' } });
    expect(await exported('tag:"To air" source:harbour')).toMatchObject({
      code: 0,
      result: { count: 1 },
    });
    expect(await readFile(file, 'utf8')).toContain('# Ferry 1');
    await server.stop();
  },
);

test('a list of feeds is taken but for those that nobody may add, and each says how it is', async () => {
  const home = temporaryFolder();
  const run = (...args: string[]) => desk(['articles', 'feed', ...args], { home });
  const file = path.join(temporaryFolder(), 'feeds.opml');
  await writeFile(
    file,
    '<opml version="2.0"><body><outline text="Quay" xmlUrl="https://quay.invalid/feed"/><outline text="Inside" xmlUrl="http://192.168.1.1/feed"/><outline text="Plain" xmlUrl="http://quay.invalid/feed"/><outline text="Keyed" xmlUrl="https://quay.invalid/feed?key=5ecre7"/></body></opml>',
  );
  const imported = await run('import', file);
  expect(imported.result).toMatchObject({ ok: true, known: 0, refused: 2 });
  expect(
    imported.lines.flatMap(({ type, name, code }) => (type === 'refused' ? [[name, code]] : [])),
  ).toEqual([
    ['Inside', 'https-required'],
    ['Plain', 'https-required'],
  ]);
  expect((await run('import', file)).result).toMatchObject({ added: 0, known: 2 });
  const { code, result } = await run('refresh', 'Quay');
  expect([code === 0, result['code']]).toEqual([false, 'offline']);
  const out = path.join(temporaryFolder(), 'mine.opml');
  expect((await run('export', '--to', out)).result).toMatchObject({ count: 1, leftOut: 1 });
  expect(await readFile(out, 'utf8')).not.toContain('5ecre7');
  await writeFile(file, 'no list');
  expect((await run('import', file)).result).toMatchObject({ code: 'usage' });
});

test(
  'a page is saved from the command line, its feed is found, and one article has its text taken from its page',
  { tags: ['long'] },
  async () => {
    const server = await FeedServer.start();
    const home = temporaryFolder();
    const run = (...args: string[]) => desk(['articles', ...args], { home });
    const html = { 'content-type': 'text/html' };
    const words = 'The night ferry is back after eleven winters, and so are its knitters. '.repeat(
      4,
    );
    const page = `<html lang="en"><head><title>Ferry</title><link rel="alternate" type="application/rss+xml" href="/feed"></head><body><article><h1>Ferry</h1><p>${words}</p></article></body></html>`;
    server.serve('/ferry', page, html);
    const saved = await run('save', server.url('/ferry'));
    expect(saved.result).toMatchObject({ ok: true, headline: 'Ferry' });
    expect(
      (await desk(['articles', 'save', '-'], { home, input: `${server.url('/ferry')}\n` })).result,
    ).toMatchObject({ ok: true, id: saved.result['id'] });
    expect((await run('save', server.url('/none'))).result).toMatchObject({ code: 'not-found' });

    server.serve(
      '/feed',
      rss(item(1).replace('</guid>', `</guid><link>${server.url('/ferry')}</link>`)),
    );
    const added = await run('feed', 'add', server.url('/ferry'));
    expect(added.lines).toContainEqual(
      expect.objectContaining({ type: 'feed', address: server.url('/feed'), total: 1 }),
    );
    const tested = await desk(['source', 'test', server.url('/ferry')], { home });
    expect(tested.result).toMatchObject({ ok: true, address: server.url('/feed') });
    const { lines } = await run('list');
    const listed = lines.find(({ source }) => source === added.result['id']);
    const taken = await run('full-text', String(listed?.['id']));
    expect(taken.result).toMatchObject({ ok: true, isWhole: true });
    const shown = await run('show', String(listed?.['id']));
    expect(shown.lines[0]).toMatchObject({ bodyHtml: expect.stringContaining('eleven winters') });
    await server.stop();
  },
);

test(
  'without a service all feeds are updated by the same command; one at fault says when it is tried again',
  { tags: ['long'] },
  async () => {
    const server = await FeedServer.start();
    const home = temporaryFolder();
    const run = (...args: string[]) => desk(['articles', ...args], { home });
    expect((await run('sync')).result).toMatchObject({ ok: false, code: 'usage' });
    server.serve('/feed', rss(item(1)));
    await run('feed', 'add', server.url('/feed'));
    server.serve('/feed', rss(item(1) + item(2)));
    expect(await run('sync')).toMatchObject({ code: 0, result: { ok: true, count: 2 } });
    expect((await run('list')).result).toMatchObject({ count: 2 });

    server.on('/feed', (_request, response) => {
      response.writeHead(503, { 'retry-after': '7200' }).end();
    });
    const before = Date.now();
    const faulty = await run('sync');
    expect(faulty.result).toMatchObject({ ok: false, code: 'origin-error' });
    expect(faulty.result['message']).toMatch(/ status 503\. Next try from .+ UTC on$/u);
    expect(faulty.lines).toContainEqual(
      expect.objectContaining({ type: 'error', retryable: true, retryAfterMs: 7_200_000 }),
    );
    const [listed] = (await run('feed', 'list')).lines;
    // Ten per cent around it.
    expect(Number(listed?.['nextAt']) - before).toBeGreaterThan(6_400_000);
    const { out } = await deskText(['articles', 'feed', 'list'], { home });
    expect(out).toMatch(/fault since .+ status 503\. Next try from .+ UTC on/u);
    // One that isn't there isn't tried again by itself.
    server.on('/away', (_request, response) => {
      response.writeHead(503, { 'retry-after': '7200' }).end();
    });
    expect((await run('feed', 'add', server.url('/away'))).result['message']).toMatch(
      / status 503\. Try again from .+ UTC on$/u,
    );
    await server.stop();
  },
);

test('a feed that is empty is added and says so; its list replaces no file', async () => {
  const server = await FeedServer.start();
  const home = temporaryFolder();
  server.serve('/feed', rss(''));
  const added = await deskText(['articles', 'feed', 'add', server.url('/feed')], { home });
  expect(added).toMatchObject({
    code: 0,
    out: expect.stringContaining('Harbour Notes added. It has nothing yet.\n'),
  });
  const file = path.join(temporaryFolder(), 'feeds.opml');
  await writeFile(file, 'mine');
  const exported = (...more: string[]) =>
    desk(['articles', 'feed', 'export', '--to', file, ...more], { home });
  expect((await exported()).result).toMatchObject({ ok: false, code: 'exists' });
  expect(await readFile(file, 'utf8')).toBe('mine');
  expect((await exported('--overwrite')).result).toMatchObject({ ok: true, count: 1 });
  expect(await readFile(file, 'utf8')).toContain('Harbour Notes');
  await server.stop();
});

test(
  'a feed that has moved for good is asked at its new address once two commands have seen it',
  { tags: ['long'] },
  async () => {
    const server = await FeedServer.start();
    const home = temporaryFolder();
    const run = (...args: string[]) => desk(['articles', 'feed', ...args], { home });
    server.on('/old', (_request, response) => {
      response.writeHead(301, { location: '/new' }).end();
    });
    server.serve('/new', rss(item(1)));
    await run('add', server.url('/old'));
    expect((await run('list')).lines[0]).toMatchObject({ address: server.url('/old') });
    await run('refresh');
    expect((await run('list')).lines[0]).toMatchObject({ address: server.url('/new') });
    await server.stop();
  },
);

test('without a keychain a secret address is refused at once, and nothing is added', async () => {
  const server = await FeedServer.start();
  const home = temporaryFolder();
  const { DBUS_SESSION_BUS_ADDRESS: _bus, DISPLAY: _display, ...env } = process.env;
  server.serve('/feed', rss(item(1)));
  const secret = server.url('/feed').replace('://', '://maren:5ecre7@');
  const { code, lines, result } = await desk(['articles', 'feed', 'add', '-'], {
    home,
    env,
    input: `${secret}\n`,
  });
  expect([code, result['code']]).toEqual([3, 'keychain-absent']);
  expect(JSON.stringify(lines)).not.toContain('5ecre7');
  // One without terms, which would have to be accepted first.
  server.serve('/film', mediaRss(film(1)));
  const bySource = await desk(['source', 'add', '-'], {
    home,
    env,
    input: `${secret.replace('/feed', '/film')}\n`,
  });
  expect(bySource.result).toMatchObject({ ok: false, code: 'keychain-absent' });
  expect((await desk(['articles', 'feed', 'list'], { home, env })).result).toMatchObject({
    count: 0,
  });
  await server.stop();
});
