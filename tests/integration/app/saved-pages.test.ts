import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Application } from '../../../src/main/app/services.ts';
import { ALL_ARTICLES } from '../../../src/shared/model/article-query.ts';
import { SAVED_PAGES } from '../../../src/shared/model/source.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { invoke, openApplication } from '../../support/app/application.ts';
import { png } from '../../support/articles.ts';
import { FeedServer, film, mediaRss } from '../../support/sources/feed-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const HTML = { 'content-type': 'text/html; charset=utf-8' };
const PARAGRAPH =
  'The night ferry is back after eleven winters, and so are the people who knit on it, every evening from the quay to the island and home again.';
const page = (words = PARAGRAPH, more = '', head = '') =>
  `<html lang="en"><head><title>The night ferry</title>${head}</head><body><article><h1>The night ferry</h1><p>${words}</p><p>${PARAGRAPH}</p>${more}</article></body></html>`;
const FIGURE =
  '<figure><img src="/boat.png?token=5ecre7" alt="A boat" width="900" height="600"></figure>';

let server: FeedServer;
let home: string;
let application: Application;
const open = async (): Promise<void> => {
  application = await openApplication(home, {
    clock: { ...systemClock, sleep: async () => undefined },
  });
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
const save = (address: string) => invoke(application, 'articles.save-page', { address });
const get = (id: string) => invoke(application, 'articles.get', { id });
const count = async () => (await application.services.articles.ids(ALL_ARTICLES)).length;

test('a page is saved with its pictures, for good, and is here without its publisher and after a restart', async () => {
  server.serve('/ferry', page(PARAGRAPH, FIGURE), HTML);
  server.serve('/boat.png', png('boat'), { 'content-type': 'image/png' });
  const address = server.url('/ferry');
  const { id } = await save(address);
  expect(id).toMatch(new RegExp(`^${SAVED_PAGES}/[0-9a-f]{24}$`, 'u'));
  await server.stop();
  await application.close();
  await open();
  const article = await get(id);
  expect(article).toMatchObject({
    source: SAVED_PAGES,
    headline: 'The night ferry',
    bodyHtml: expect.stringContaining('people who knit'),
    canonicalUrl: address,
    stored: true,
    pictures: 1,
    isWhole: true,
  });
  const [picture] = article.media;
  const shown = await application.services.articles.picture(picture?.mediaId ?? '');
  expect(shown?.mediaType).toBe('image/png');
  const found = (text: string) => application.services.articles.ids({ ...ALL_ARTICLES, text });
  expect(await found('source:saved')).toEqual([id]);
  expect(await found('source:"pages enregistrées"')).toEqual([id]);
  expect(await found('source:harbour')).toEqual([]);
  const { groups } = await invoke(application, 'articles.storage');
  expect(groups).toContainEqual(expect.objectContaining({ group: 'kept', articles: 1 }));
});

test('a page that is saved twice is one article; what it says now is beside what it said', async () => {
  server.serve('/ferry', page(), HTML);
  const first = await save(server.url('/ferry?utm_source=letter'));
  expect(await save(server.url('/ferry#crew'))).toEqual(first);
  expect((await get(first.id)).isChanged).toBe(false);
  server.serve('/ferry', page(PARAGRAPH.replace('eleven', 'twelve')), HTML);
  expect(await save(server.url('/ferry'))).toEqual(first);
  expect(await count()).toBe(1);
  const article = await get(first.id);
  expect(article).toMatchObject({ isChanged: true, stored: true, rev: 2 });
  const { before, now } = await invoke(application, 'articles.correction', first);
  expect([before.text, now.text]).toEqual([
    expect.stringContaining('eleven'),
    expect.stringContaining('twelve'),
  ]);
});

test('pages that differ in a parameter nobody knows are two, and a front page as canonical is no address', async () => {
  server.on('/story', (request, response) =>
    response
      .writeHead(200, HTML)
      .end(page(PARAGRAPH.replace('eleven', String(request.url?.length)), request.url?.slice(-1))),
  );
  const one = await save(server.url('/story?nr=1'));
  expect(await save(server.url('/story?nr=2'))).not.toEqual(one);
  const front = `<link rel="canonical" href="${server.url('/')}">`;
  server.serve('/a', page(PARAGRAPH, '', front), HTML);
  server.serve('/b', page(PARAGRAPH, '', front), HTML);
  expect(await save(server.url('/a'))).not.toEqual(await save(server.url('/b')));
});

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));

test('what opens a page to one reader is stored nowhere', async () => {
  server.on('/ferry', (request, response) =>
    response
      .writeHead(request.headers.authorization ? 200 : 401, HTML)
      .end(page(`${PARAGRAPH} <a href="/next?session=5ecre7">On</a>`, FIGURE)),
  );
  server.serve('/boat.png', png('boat'), { 'content-type': 'image/png' });
  const { id } = await save(server.url('/ferry?key=5ecre7').replace('//', '//reader:5ecre7@'));
  expect(await get(id)).toMatchObject({ canonicalUrl: server.url('/ferry'), pictures: 1 });
  await application.close();
  for (const file of filesOf(home)) expect(readFileSync(file).includes('5ecre7'), file).toBe(false);
  await open();
});

const fixture = (name: string) =>
  readFile(new URL(`../../fixtures/pages/${name}.html`, import.meta.url), 'utf8');
test.each([
  ['has to be paid for', 'origin-refused', 402, async () => ''],
  ['is refused', 'origin-refused', 403, async () => ''],
  ['asks for a password', 'key-refused', 401, async () => ''],
  ['is withdrawn', 'source-gone', 410, async () => ''],
  ['isn’t there', 'not-found', 404, async () => ''],
  ['shows a beginning', 'origin-refused', 200, () => fixture('paywall-teaser')],
  ['asks for consent', 'page-unreadable', 200, () => fixture('cookie-wall')],
  ['needs scripts', 'page-unreadable', 200, () => fixture('needs-script')],
])('a page that %s isn’t saved, and says so', async (_, code, status, text) => {
  const body = await text();
  server.on('/ferry', (_request, response) => response.writeHead(status, HTML).end(body));
  await expect(save(server.url('/ferry'))).rejects.toMatchObject({ code });
  expect(await count()).toBe(0);
});

test.each([
  '',
  'no address',
  'ftp://harbour.example/a',
  'javascript:alert(1)',
  'file:///etc/passwd',
])('“%s” is no address of a page', async (address) => {
  await expect(save(address)).rejects.toMatchObject({ code: 'usage' });
});

test('a hostile page leaves clean text, and leads nowhere in the local network', async () => {
  const inside = await FeedServer.start();
  inside.serve('/secret', page(), HTML);
  inside.serve('/secret.png', png('secret'), { 'content-type': 'image/png' });
  const local = inside.url('/secret.png').replace('127.0.0.1', 'localhost');
  server.serve(
    '/ferry',
    page(
      `${PARAGRAPH}<script>alert(1)</script><a href="javascript:alert(1)" onclick="alert(1)">x</a>`,
      `<figure><img src="${local}" onerror="alert(1)" width="900" height="600"></figure><iframe src="${local}"></iframe>`,
    ),
    HTML,
  );
  const { id } = await save(server.url('/ferry'));
  const article = await get(id);
  expect(article.bodyHtml).not.toMatch(/script|onclick|onerror|iframe|javascript/u);
  expect([article.pictures, inside.requests]).toEqual([0, []]);
  server.on('/away', (_request, response) =>
    response.writeHead(302, { location: local.replace('.png', '') }).end(),
  );
  await expect(save(server.url('/away'))).rejects.toMatchObject({ code: 'redirect-refused' });
  expect(inside.requests).toEqual([]);
  await inside.stop();
});

test('a saved page outlives sources that come and go, and what was kept of a removed feed stays with it', async () => {
  server.serve('/ferry', page(), HTML);
  const saved = await save(server.url('/ferry'));
  server.serve(
    '/feed.xml',
    mediaRss(film(1, { media: '', more: `<description>${PARAGRAPH}</description>` })),
  );
  const { sources, articles } = application.services;
  const {
    ids: [feed = ''],
  } = await sources.addFeeds([{ name: '', address: server.url('/feed.xml') }], { isTyped: true });
  await sources.check(feed);
  const kept = (await articles.ids({ ...ALL_ARTICLES, source: feed }))[0] ?? '';
  await invoke(application, 'articles.mark', { ids: [kept], starred: true });
  server.serve('/other.xml', mediaRss(film(2)));
  await sources.addFeeds([{ name: '', address: server.url('/other.xml') }], { isTyped: true });
  await sources.remove(feed);
  await sources.sweep();
  await articles.keep();
  expect((await get(kept)).source).toBe(SAVED_PAGES);
  expect(await get(saved.id)).toMatchObject({ headline: 'The night ferry', stored: true });
});

test('a page whose copy was removed is stored again from its address; one that has gone stays as it is', async () => {
  server.serve('/ferry', page(PARAGRAPH, FIGURE.replace('?token=5ecre7', '')), HTML);
  server.serve('/boat.png', png('boat'), { 'content-type': 'image/png' });
  const { id } = await save(server.url('/ferry'));
  await invoke(application, 'articles.store', { ids: [id], stored: false });
  expect(await get(id)).toMatchObject({ stored: false, pictures: 0 });
  await invoke(application, 'articles.store', { ids: [id], stored: true });
  expect(await get(id)).toMatchObject({ stored: true, pictures: 1 });
  server.on('/ferry', (_request, response) => response.writeHead(404).end());
  await invoke(application, 'articles.store', { ids: [id], stored: true });
  expect((await get(id)).bodyHtml).toContain('people who knit');
});
