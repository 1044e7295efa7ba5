import { gzipSync, brotliCompressSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Application } from '../../../src/main/app/services.ts';
import { readOpml, writeOpml } from '../../../src/main/formats/opml.ts';
import { ALL_ARTICLES } from '../../../src/shared/model/article-query.ts';
import { invoke, openApplication } from '../../support/app/application.ts';
import { png } from '../../support/articles.ts';
import { FeedServer, type Answer } from '../../support/sources/feed-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const MIB = 1024 * 1024;
const MANY_ITEMS = process.env['LONG'] ? 100_000 : 25_000;
const RSS = { 'content-type': 'application/rss+xml' };
const rss = (items: string): string =>
  `<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Loud</title><link>https://loud.example/</link><description>d</description>${items}</channel></rss>`;
const item = (id: string, title: string, html: string, more = ''): string =>
  `<item><guid isPermaLink="false">${id}</guid><title>${title}</title><content:encoded><![CDATA[${html}]]></content:encoded>${more}</item>`;
const answer =
  (body: string | Uint8Array, headers = {}): Answer =>
  (_request, response) =>
    void response.writeHead(200, { ...RSS, ...headers }).end(body);
const TEXT = '<p>The night ferry is back.</p>';
const bomb = (name: string): string =>
  `<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "${'&a;'.repeat(100)}"><!ENTITY c "${'&b;'.repeat(100)}"><!ENTITY d "${'&c;'.repeat(100)}">]>${rss(item('1', name, TEXT))}`;

let server: FeedServer;
let application: Application;
beforeAll(async () => {
  server = await FeedServer.start();
  application = await openApplication(temporaryFolder());
  server.serve('/quiet', rss(item('1', 'Quiet', TEXT)));
  await add('/quiet');
});
afterAll(async () => {
  await application.close();
  await server.stop();
});
afterEach(async () => {
  const { sources } = application.services;
  for (const { id, name } of sources.views) if (name !== '/quiet') await sources.remove(id);
});

/** Adds and reads a feed. @returns its id, and the code of what was wrong with it */
async function add(path: string): Promise<{ id: string; fault: string | null }> {
  const { sources } = application.services;
  const {
    ids: [id = ''],
  } = await sources.addFeeds([{ name: path, address: server.url(path) }], { isTyped: true });
  await sources.check(id);
  const { fault = null } = sources.views.find((one) => one.id === id) ?? {};
  return { id, fault: fault?.code ?? null };
}
const list = async (source: string | null = null) =>
  (
    await invoke(application, 'articles.list', {
      query: { ...ALL_ARTICLES, source },
      range: { offset: 0, count: 100 },
    })
  ).items;
/** The feed beside it is read, and found, as if nothing had been. */
async function expectQuiet(): Promise<void> {
  const { sources } = application.services;
  await sources.check(sources.views.find(({ name }) => name === '/quiet')?.id ?? null);
  const { views } = application.services.sources;
  expect(views.find(({ name }) => name === '/quiet')).toMatchObject({ fault: null });
  expect((await list()).map(({ headline }) => headline)).toContain('Quiet');
}

test.each<[string, Answer, string | null]>([
  [
    'more items than anybody reads',
    answer(rss('<item><guid>1</guid><title>t</title></item>'.repeat(MANY_ITEMS))),
    'feed-invalid',
  ],
  [
    'an item of ten megabytes',
    answer(rss(item('1', 'Large', 'x'.repeat(10 * MIB)))),
    'origin-error',
  ],
  [
    'an item of nearly as much',
    answer(rss(item('1', 'Large', `<p>${'word '.repeat(1.8 * MIB)}`))),
    null,
  ],
  [
    'a packed one that is a gigabyte',
    answer(gzipSync(Buffer.alloc(200 * MIB, 'a')), { 'content-encoding': 'gzip' }),
    'origin-error',
  ],
  [
    'one packed by Brotli',
    answer(brotliCompressSync(Buffer.alloc(200 * MIB, 'a')), { 'content-encoding': 'br' }),
    'origin-error',
  ],
  [
    'one that never ends',
    (_request, response) => {
      response.writeHead(200, RSS).write('<rss version="2.0"><channel>');
      const more = (): void => {
        while (!response.destroyed && response.write('<item><title>x</title></item>'.repeat(1000)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    },
    'origin-error',
  ],
  ['elements in elements', answer(rss('<a>'.repeat(200_000))), 'feed-invalid'],
  [
    'no feed',
    answer('{"version": "https://jsonfeed.org/version/1.1", "items": {"a": 1}}'),
    'feed-invalid',
  ],
])('%s is read or refused, and costs no other feed anything', async (_, answered, code) => {
  server.on('/loud', answered);
  const before = process.memoryUsage().arrayBuffers;
  const { fault } = await add('/loud');
  expect(fault).toBe(code);
  await expectQuiet();
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 * MIB);
});

test('entities of entities aren’t expanded', async () => {
  server.serve('/loud', bomb('&d;'));
  const { id } = await add('/loud');
  for (const { headline } of await list(id)) expect(headline.length).toBeLessThan(100);
  await expectQuiet();
});

test('one item a thousand times is one article', async () => {
  server.serve('/loud', rss(item('1', 'Again', TEXT).repeat(1000)));
  const { id, fault } = await add('/loud');
  expect(fault).toBeNull();
  expect(await list(id)).toHaveLength(1);
});

test('ids, titles, names and topics of megabytes stay as short as the lists have them', async () => {
  const long = 'n'.repeat(MIB);
  const bytes = (await application.services.library.counts()).storedBytes;
  server.serve(
    '/loud',
    rss(
      item(
        long,
        `${'&lt;b&gt;'.repeat(50_000)}${long}`,
        TEXT,
        `<author>${long}</author><category>${long}</category>${'<category>x</category>'.repeat(5000)}`,
      ),
    ),
  );
  const { id, fault } = await add('/loud');
  expect(fault).toBeNull();
  const [article] = await list(id);
  expect(article?.id.length).toBeLessThan(100);
  expect(article?.headline.length).toBeLessThanOrEqual(300);
  expect(JSON.stringify(article).length).toBeLessThan(5000);
  expect((await application.services.library.counts()).storedBytes - bytes).toBeLessThan(MIB);
});

test('what is written in names, titles and topics is text', async () => {
  const evil = '&lt;img src=x onerror=alert(1)&gt;&lt;script&gt;alert(1)&lt;/script&gt;';
  server.serve(
    '/loud',
    rss(
      item('1', `${evil}Ferry`, TEXT, `<author>${evil}</author><category>${evil}</category>`),
    ).replace('<rss', '<?xml-stylesheet href="https://loud.example/x.xsl" type="text/xsl"?><rss'),
  );
  const { id } = await add('/loud');
  const [listed] = await list(id);
  expect(listed?.headline).toBe('Ferry');
  const { bodyHtml } = await invoke(application, 'articles.get', { id: listed?.id ?? '' });
  expect(bodyHtml).toBe(TEXT);
});

test.each([
  ['9999-12-31T23:59:59Z'],
  ['-000100-01-01T00:00:00Z'],
  ['+275760-09-13T00:00:00.001Z'],
  ['1e400'],
])('a date such as %s doesn’t stand before what is new', async (date) => {
  server.serve(
    '/loud',
    `<feed xmlns="http://www.w3.org/2005/Atom"><title>Loud</title><id>l</id><updated>${date}</updated><entry><id>1</id><title>Dated</title><updated>${date}</updated><published>${date}</published><content>x</content></entry></feed>`,
    { 'content-type': 'application/atom+xml' },
  );
  const { id, fault } = await add('/loud');
  expect(fault).toBeNull();
  const [article] = await list(id);
  expect(article?.publishedAt).toBeLessThanOrEqual(Date.now() + 86_400_000);
  await expectQuiet();
});

test('pictures of another source aren’t met by their ids or addresses', async () => {
  const picture = (mark: string, path: string): string => {
    server.serve(path, png(mark), { 'content-type': 'image/png' });
    return `${TEXT}<img src="${server.url(path)}">`;
  };
  server.serve('/first', rss(item('1', 'First', picture('mine', '/same.png'))));
  const first = await add('/first');
  await application.services.articles.keep();
  const leadMediaId = (await list(first.id))[0]?.leadMediaId ?? '';
  server.serve('/same.png', png('other'), { 'content-type': 'image/png' });
  server.serve(
    '/loud',
    rss(item('1', 'Loud', `${picture('other', '/same.png')}<img src="media:${leadMediaId}">`)),
  );
  const loud = await add('/loud');
  await application.services.articles.keep();
  const [other] = await list(loud.id);
  expect(other?.leadMediaId).not.toBe(leadMediaId);
  const bytesOf = async (mediaId: string): Promise<string> =>
    Buffer.from((await application.services.articles.picture(mediaId))?.bytes ?? []).toString(
      'latin1',
    );
  expect(await bytesOf(leadMediaId)).toContain('mine');
  expect(await bytesOf(other?.leadMediaId ?? '')).toContain('other');
  const { media } = await invoke(application, 'articles.get', { id: other?.id ?? '' });
  expect(media.map(({ mediaId }) => mediaId)).not.toContain(leadMediaId);
});

test('what calls itself a picture and is none isn’t stored or shown, and the text is', async () => {
  const pictures: Record<string, [string, string]> = {
    page: ['<script>alert(1)</script>', 'image/png'],
    drawing: ['<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', 'image/svg+xml'],
    nothing: ['', 'image/png'],
    cut: ['\u0089PN', 'image/png'],
  };
  for (const [name, [body, type]] of Object.entries(pictures))
    server.serve(`/${name}`, Buffer.from(body, 'latin1'), { 'content-type': type });
  server.serve(
    '/loud',
    rss(
      item(
        '1',
        'Pictured',
        `${TEXT}${Object.keys(pictures)
          .map((name) => `<img src="${server.url(`/${name}`)}">`)
          .join('')}`,
      ),
    ),
  );
  const { id } = await add('/loud');
  await application.services.articles.keep();
  const [listed] = await list(id);
  expect(listed?.stored).toBe(true);
  const article = await invoke(application, 'articles.get', { id: listed?.id ?? '' });
  expect(article.pictures).toBe(0);
  for (const { mediaId } of article.media)
    expect(
      (await application.media(`article/${encodeURIComponent(mediaId)}`, null))?.status,
    ).not.toBe(200);
});

test('xml:base leads neither to scripts nor to files', async () => {
  server.serve(
    '/loud',
    `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="javascript:alert(1)//"><title>Loud</title><id>l</id><updated>2026-11-24T00:00:00Z</updated><entry xml:base="file:///etc/"><id>1</id><title>Based</title><updated>2026-11-24T00:00:00Z</updated><link href="passwd"/><content type="html" xml:base="data:text/html,">&lt;a href="x">x&lt;/a>&lt;img src="passwd">&lt;base href="file:///">&lt;p>Text&lt;/p></content></entry></feed>`,
    { 'content-type': 'application/atom+xml' },
  );
  const { id, fault } = await add('/loud');
  expect(fault).toBeNull();
  const [listed] = await list(id);
  const article = await invoke(application, 'articles.get', { id: listed?.id ?? '' });
  expect(`${article.bodyHtml} ${article.canonicalUrl}`).not.toMatch(/javascript:|file:|data:/u);
});

test('a list of a thousand addresses of the local network adds none of them', async () => {
  const feeds = Array.from({ length: 1000 }, (_, n) => ({
    name: `Inside ${n}`,
    address: `https://192.168.${n % 250}.${(n % 7) + 1}/feed/${n}`,
  }));
  const asked = server.requests.length;
  const { ids, refused } = await application.services.sources.addFeeds(
    readOpml(writeOpml(feeds, 'Inside')),
    { isTyped: false },
  );
  expect(ids).toEqual([]);
  expect(refused).toHaveLength(1000);
  expect(server.requests).toHaveLength(asked);
});
