import { afterAll, beforeAll, expect, test } from 'vitest';
import { desk } from '../../support/app/desk.ts';
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
    integrity: 'published',
    rights: 'unknown',
    renditions: [{ name: '720p MP4', bytes: 5_000_000 }],
  });
  expect(shown[1]).toMatchObject({
    headline: 'Low cloud 12',
    integrity: 'recorded',
    durationMs: 64_000,
  });
  expect(result).toMatchObject({
    ok: true,
    kind: 'rss',
    title: 'Harbour Notes',
    count: 13,
    articles: 1,
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
