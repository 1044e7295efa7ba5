import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Application } from '../../../src/main/app/services.ts';
import { invoke, openApplication } from '../../support/app/application.ts';
import { FeedServer, film, mediaRss } from '../../support/sources/feed-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const HTML = { 'content-type': 'text/html; charset=utf-8' };
const page = (head: string) =>
  `<!doctype html><html lang="en"><head><title>Quay</title>${head}</head><body><p>Welcome to the quay.</p></body></html>`;
const link = (href: string, title: string, type = 'application/rss+xml') =>
  `<link rel="alternate" type="${type}" title="${title}" href="${href}">`;

let server: FeedServer;
let application: Application;
beforeEach(async () => {
  server = await FeedServer.start();
  application = await openApplication(temporaryFolder());
});
afterEach(async () => {
  await application.close();
  await server.stop();
});
const feedAt = (address: string) => ({ kind: 'feed' as const, address });
const probe = (address: string) =>
  invoke(application, 'sources.probe', { id: null, input: feedAt(address) });
const add = (address: string) =>
  invoke(application, 'sources.add', { input: feedAt(address), accepted: null });
const asked = (path: string): number => server.requests.filter(({ url }) => url === path).length;

test('the one feed that a page names is taken: its address is shown and stored, and is there once', async () => {
  server.serve('/', page(link('/news.xml', 'News')), HTML);
  server.serve('/news.xml', mediaRss(film(1)));
  expect(await probe(server.url('/'))).toMatchObject({
    address: server.url('/news.xml'),
    format: 'rss',
    count: 1,
    isAdded: false,
  });
  expect((await add(server.url('/'))).items).toMatchObject([
    { address: server.url('/news.xml'), name: 'Harbour Notes' },
  ]);
  expect(await probe(server.url('/'))).toMatchObject({ isAdded: true });
  await expect(add(server.url('/'))).rejects.toMatchObject({ code: 'usage' });
});

test('a feed of the Link header is found, and a source is changed to it', async () => {
  server.serve('/feed.xml', mediaRss(film(1)));
  const { items } = await add(server.url('/feed.xml'));
  server.serve('/new', page(''), {
    ...HTML,
    link: '</new.xml>; rel="alternate"; type="application/atom+xml"',
  });
  server.serve('/new.xml', mediaRss(film(2)));
  const changed = await invoke(application, 'sources.change', {
    id: items[0]?.id ?? '',
    input: feedAt(server.url('/new')),
    accepted: null,
  });
  expect(changed.items).toMatchObject([{ address: server.url('/new.xml') }]);
});

test('of several feeds the user chooses: they are named, those of comments last, and nothing is added', async () => {
  server.serve(
    '/',
    page(link('/comments/feed', 'Comments') + link('/news.xml', 'News') + link('/sea.xml', 'Sea')),
    HTML,
  );
  const several = {
    code: 'several-feeds',
    feeds: [
      { address: server.url('/news.xml'), title: 'News' },
      { address: server.url('/sea.xml'), title: 'Sea' },
      { address: server.url('/comments/feed'), title: 'Comments' },
    ],
  };
  await expect(probe(server.url('/'))).rejects.toMatchObject(several);
  await expect(add(server.url('/'))).rejects.toMatchObject(several);
  expect((await invoke(application, 'sources.get')).items).toEqual([]);
  // None of them was asked for anything.
  expect(asked('/news.xml')).toBe(0);
});

test('where a page names none the usual places are asked once each, up to the first feed', async () => {
  server.serve('/about', page(''), HTML);
  server.serve('/feed', page(''), HTML);
  server.serve('/atom.xml', mediaRss(film(1)));
  expect(await probe(server.url('/about'))).toMatchObject({ address: server.url('/atom.xml') });
  expect(['/feed', '/rss.xml', '/feed.json'].map(asked)).toEqual([1, 1, 0]);
});

test('a page without any feed says so, and that it can be saved', async () => {
  server.serve('/about', page(''), HTML);
  await expect(probe(server.url('/about'))).rejects.toMatchObject({
    code: 'no-feed',
    message: expect.stringContaining('desk articles save'),
  });
  expect(['/feed', '/rss.xml', '/atom.xml', '/feed.json'].map(asked)).toEqual([1, 1, 1, 1]);
});

test('what is neither a feed nor a page stays what it is, and no place is guessed', async () => {
  server.serve('/broken.xml', '<rss><channel>');
  await expect(probe(server.url('/broken.xml'))).rejects.toMatchObject({ code: 'feed-invalid' });
  expect(asked('/feed')).toBe(0);
});

test('a feed in the local network isn’t taken from a page elsewhere', async () => {
  server.serve('/', page(link('http://192.168.1.1/feed', 'Inside')), HTML);
  await expect(probe(server.url('/'))).rejects.toMatchObject({ code: 'no-feed' });
});

test('what opens a page to one reader opens the feed beside it, and is in no answer', async () => {
  server.on('/', (request, response) =>
    response
      .writeHead(request.headers.authorization ? 200 : 401, HTML)
      .end(page(link('/mine.xml', 'Mine'))),
  );
  server.on('/mine.xml', (request, response) =>
    response
      .writeHead(request.headers.authorization ? 200 : 401, {
        'content-type': 'application/rss+xml',
      })
      .end(mediaRss(film(1))),
  );
  const address = server.url('/').replace('//', '//reader:5ecre7@');
  const found = await probe(address);
  expect(found).toMatchObject({ isKeyed: true, count: 1, address: server.url('/mine.xml') });
  expect(JSON.stringify(found)).not.toContain('5ecre7');
});
