import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Application } from '../../../src/main/app/services.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { ALL_ARTICLES } from '../../../src/shared/model/article-query.ts';
import { invoke, openApplication } from '../../support/app/application.ts';
import { png } from '../../support/articles.ts';
import { eventually } from '../../support/eventually.ts';
import { FeedServer } from '../../support/sources/feed-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const HTML = { 'content-type': 'text/html; charset=utf-8' };
const PARAGRAPH =
  'The night ferry is back after eleven winters, and so are the people who knit on it, every evening from the quay to the island and home again.';
const page = (more = '', words = PARAGRAPH) =>
  `<html lang="en"><head><title>Ferry</title></head><body><article><h1>Ferry</h1><p>${words}</p><p>${PARAGRAPH}</p>${more}</article></body></html>`;

let server: FeedServer;
let application: Application;
/** Pauses that the app would have made, ms. */
let slept: number[];
beforeEach(async () => {
  server = await FeedServer.start();
  slept = [];
  application = await openApplication(temporaryFolder(), {
    clock: { ...systemClock, sleep: async (ms) => void slept.push(ms) },
  });
});
afterEach(async () => {
  await application.close();
  await server.stop();
});

const serveFeed = (
  articles: readonly number[],
  text: (n: number) => string = (n) => `The ferry ${n} is back …`,
) =>
  server.serve(
    '/feed.xml',
    `<rss version="2.0"><channel><title>Quay</title><link>${server.url('/')}</link><description>d</description>${articles.map((n) => `<item><guid isPermaLink="false">${n}</guid><title>Ferry ${n}</title><link>${server.url(`/${n}.html`)}</link><pubDate>Thu, ${10 + n} Nov 2026 08:00:00 GMT</pubDate><description>${text(n)}</description></item>`).join('')}</channel></rss>`,
  );
async function addFeed(fullText: boolean): Promise<string> {
  const { sources } = application.services;
  const {
    ids: [id = ''],
  } = await sources.addFeeds([{ name: '', address: server.url('/feed.xml') }], { isTyped: true });
  if (fullText) await invoke(application, 'sources.full-text', { id, fullText });
  await refresh(id);
  return id;
}
async function refresh(id: string): Promise<void> {
  await application.services.sources.check(id);
  await application.services.articles.keep();
}
const ids = () => application.services.articles.ids(ALL_ARTICLES);
const get = async (at = 0) => invoke(application, 'articles.get', { id: (await ids())[at] ?? '' });
const asked = (path: string): number => server.requests.filter(({ url }) => url === path).length;

test('texts and pictures come from the pages, one page a second, and are here without the publisher', async () => {
  serveFeed([1, 2, 3]);
  for (const n of [1, 2, 3])
    server.serve(
      `/${n}.html`,
      page(`<figure><img src="/${n}.png" alt="A boat" width="900" height="600"></figure>`),
      HTML,
    );
  for (const n of [1, 2, 3])
    server.serve(`/${n}.png`, png(`boat ${n}`), { 'content-type': 'image/png' });
  await addFeed(true);
  expect(slept).toHaveLength(2);
  for (const ms of slept) expect(ms).toBeGreaterThan(0);
  for (const ms of slept) expect(ms).toBeLessThanOrEqual(1000);
  await server.stop();
  expect(await get()).toMatchObject({
    headline: 'Ferry 3',
    bodyHtml: expect.stringContaining('people who knit'),
    isWhole: true,
    stored: true,
    pictures: 1,
  });
});

test('without the wish no page is asked for; it is followed from the moment it changes, both ways', async () => {
  serveFeed([1]);
  server.serve('/1.html', page(), HTML);
  const id = await addFeed(false);
  expect([asked('/1.html'), (await get()).bodyHtml]).toEqual([
    0,
    expect.stringContaining('back …'),
  ]);
  await invoke(application, 'sources.full-text', { id, fullText: true });
  await application.services.articles.keep();
  expect((await get()).bodyHtml).toContain('people who knit');
  await invoke(application, 'sources.full-text', { id, fullText: false });
  await application.services.articles.keep();
  expect((await get()).bodyHtml).toContain('back …');
  expect(asked('/1.html')).toBe(1);
});

test('an article that is opened before its page was read gets the text of the page meanwhile', async () => {
  serveFeed([1]);
  server.serve('/1.html', page(), HTML);
  const { sources } = application.services;
  const {
    ids: [id = ''],
  } = await sources.addFeeds([{ name: '', address: server.url('/feed.xml') }], { isTyped: true });
  await sources.setFullText(id, true);
  await sources.check(id);
  expect((await get()).bodyHtml).toContain('back …');
  await eventually(async () => expect((await get()).bodyHtml).toContain('people who knit'));
  expect(asked('/1.html')).toBe(1);
});

test('a feed that changes its text has the page read again; the former text stays beside it', async () => {
  serveFeed([1]);
  server.serve('/1.html', page(), HTML);
  const id = await addFeed(true);
  server.serve('/1.html', page('', PARAGRAPH.replace('eleven', 'twelve')), HTML);
  serveFeed([1], () => 'The ferry is back, after twelve winters …');
  await refresh(id);
  const article = await get();
  expect(article.bodyHtml).toContain('twelve winters');
  expect(article.isChanged).toBe(true);
  const { before, now } = await invoke(application, 'articles.correction', { id: article.id });
  expect([before.text, now.text]).toEqual([
    expect.stringContaining('eleven winters'),
    expect.stringContaining('twelve winters'),
  ]);
});

const fixture = (name: string) =>
  readFile(new URL(`../../fixtures/pages/${name}.html`, import.meta.url), 'utf8');

test.each([
  ['has to be paid for', 402, async () => 'Pay'],
  ['is refused', 403, async () => 'No'],
  ['asks for consent', 200, () => fixture('cookie-wall')],
  [
    'shows a beginning to those who don’t pay',
    200,
    async () => (await fixture('paywall-teaser')).replace(/<p>\s+For eleven.*?<\/p>/su, ''),
  ],
  ['is gone', 410, async () => ''],
])(
  'a page that %s leaves the text of the feed, and isn’t asked for each time',
  async (_, status, text) => {
    serveFeed([1], () => `${PARAGRAPH} ${PARAGRAPH} …`);
    const body = await text();
    server.on('/1.html', (_request, response) => response.writeHead(status, HTML).end(body));
    const id = await addFeed(true);
    expect(await get()).toMatchObject({
      bodyHtml: expect.stringContaining('people who knit'),
      stored: true,
    });
    await refresh(id);
    await get();
    expect(asked('/1.html')).toBe(1);
  },
);

test('a page that was read and can’t be any more keeps its text; a server with a problem is asked again', async () => {
  serveFeed([1]);
  server.serve('/1.html', page(), HTML);
  const id = await addFeed(true);
  server.on('/1.html', (_request, response) => response.writeHead(403).end());
  serveFeed([1], () => 'Changed …');
  await refresh(id);
  expect(await get()).toMatchObject({
    bodyHtml: expect.stringContaining('people who knit'),
    stored: true,
  });
  server.on('/1.html', (_request, response) => response.writeHead(503).end());
  serveFeed([1], () => 'Changed again …');
  await expect(refresh(id)).rejects.toMatchObject({ code: 'origin-error' });
  server.serve(
    '/1.html',
    page('<p>And now with cocoa, which was missed by everybody who ever crossed.</p>'),
    HTML,
  );
  await refresh(id);
  expect((await get()).bodyHtml).toContain('cocoa');
});

test('the text of one page is taken by hand where the feed has beginnings, and stays when the feed changes', async () => {
  serveFeed([1, 2]);
  for (const n of [1, 2]) server.serve(`/${n}.html`, page(), HTML);
  const feed = await addFeed(false);
  const [id = ''] = await ids();
  expect(await get()).toMatchObject({ isWhole: false });
  await invoke(application, 'articles.take-page', { id });
  expect(await get()).toMatchObject({
    bodyHtml: expect.stringContaining('people who knit'),
    stored: true,
  });
  expect([asked('/2.html'), asked('/1.html')]).toEqual([1, 0]);
  serveFeed([1, 2], () => 'Changed …');
  await refresh(feed);
  expect((await get()).bodyHtml).toContain('people who knit');
  expect((await get(1)).bodyHtml).toContain('Changed');
});

test('a page that can’t be taken by hand says why, and what was here stays', async () => {
  serveFeed([1]);
  await addFeed(false);
  const [id = ''] = await ids();
  const body = await fixture('paywall-teaser');
  server.serve('/1.html', body, HTML);
  await expect(invoke(application, 'articles.take-page', { id })).rejects.toMatchObject({
    code: 'origin-refused',
  });
  server.on('/1.html', (_request, response) => response.writeHead(404).end());
  await expect(invoke(application, 'articles.take-page', { id })).rejects.toMatchObject({
    code: 'not-found',
  });
  expect((await get()).bodyHtml).toContain('back …');
});
