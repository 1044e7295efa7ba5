import { afterEach, describe, expect, test } from 'vitest';
import {
  createDocumentReader,
  type DocumentReader,
} from '../../../src/main/threads/document-reader.ts';
import { film, mediaRss } from '../../support/sources/feed-server.ts';

const context = { source: `feed:${'0'.repeat(32)}`, nowMs: 0, known: null };
const document = (text: string) => ({ text, url: 'https://harbour.example/feed.xml' });
const films = (n: number): string =>
  mediaRss(Array.from({ length: n }, (_, at) => film(at)).join(''));
const { signal } = new AbortController();

let reader: DocumentReader;
afterEach(() => reader.close());

describe('a document is read in a thread', () => {
  test('one after the other, with its faults as they are thrown there', async () => {
    reader = createDocumentReader();
    const [a, b, c] = await Promise.allSettled([
      reader.readFeed(document(films(3)), context, signal),
      reader.readFeed(document('<html></html>'), context, signal),
      reader.readFeed(document(films(2)), context, signal),
    ]);
    expect([a, b, c]).toMatchObject([
      { value: { changes: { length: 3 } } },
      { reason: { code: 'feed-invalid' } },
      { value: { changes: { length: 2 } } },
    ]);
  });

  test('one that takes too long is given up, and the next is read', async () => {
    reader = createDocumentReader({ ms: 1 });
    await expect(reader.readFeed(document(films(5000)), context, signal)).rejects.toMatchObject({
      code: 'feed-invalid',
      message: 'The feed takes more than 0.001 seconds to read',
    });
    await reader.close();
    reader = createDocumentReader();
    await reader.readFeed(document(films(1)), context, signal);
  });

  test('one that takes too much memory ends its thread, and the next is read', async () => {
    reader = createDocumentReader({ heapMb: 64 });
    const nested = mediaRss(`<item>${'<media:category>x</media:category>'.repeat(250_000)}</item>`);
    await expect(reader.readFeed(document(nested), context, signal)).rejects.toMatchObject({
      code: 'feed-invalid',
      message: 'The feed takes more than 64 MB of memory to read',
    });
    expect(await reader.readFeed(document(films(1)), context, signal)).toMatchObject({ items: 1 });
  });

  test('a stop ends it at once, also of one that waits for its turn', async () => {
    reader = createDocumentReader();
    const stop = new AbortController();
    const all = [films(20_000), films(1)].map((text) =>
      reader.readFeed(document(text), context, stop.signal),
    );
    const stopped = Promise.allSettled(all);
    stop.abort();
    expect(await stopped).toMatchObject([
      { reason: { code: 'cancelled' } },
      { reason: { code: 'cancelled' } },
    ]);
    await expect(reader.readFeed(document(films(1)), context, stop.signal)).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

const page = (text: string) => ({
  html: `<link rel=alternate type=application/rss+xml href=/feed><article><h1>Ferry</h1>${text}</article>`,
  url: 'https://harbour.example/ferry',
  link: null,
});
const TEXT =
  '<p>The ferry of Auren runs again since Monday, as it did before the flood of March.</p>';

describe('a page is read in the same thread', () => {
  test('its article and its feeds, in turn with feeds', async () => {
    reader = createDocumentReader();
    const [article, feed, feeds, none] = await Promise.allSettled([
      reader.readPage(page(`${TEXT}<img src="a.jpg" width="600">`), context.source, signal),
      reader.readFeed(document(films(1)), context, signal),
      reader.findFeeds(page(''), signal),
      reader.readPage(page('<p>x</p>'), context.source, signal),
    ]);
    expect(article).toMatchObject({
      value: {
        headline: 'Ferry',
        pictures: [{ mediaId: expect.stringMatching(/^feed:0{32}\/[\da-f]{24}$/u) }],
      },
    });
    expect([feed, feeds, none]).toMatchObject([
      { value: { items: 1 } },
      { value: [{ url: 'https://harbour.example/feed' }] },
      { reason: { code: 'page-unreadable' } },
    ]);
  });

  test('one that takes too long is given up, and the next is read', async () => {
    reader = createDocumentReader({ pageMs: 1 });
    await expect(
      reader.readPage(page(TEXT.repeat(30_000)), context.source, signal),
    ).rejects.toMatchObject({
      code: 'page-unreadable',
      message: 'The page takes more than 0.001 seconds to read',
    });
    expect(await reader.readFeed(document(films(1)), context, signal)).toMatchObject({ items: 1 });
  });

  test('one that takes too much memory ends its thread, and the next is read', async () => {
    reader = createDocumentReader({ heapMb: 32 });
    await expect(
      reader.readPage(page(TEXT.repeat(30_000)), context.source, signal),
    ).rejects.toMatchObject({
      code: 'page-unreadable',
      message: 'The page takes more than 32 MB of memory to read',
    });
    expect(await reader.readPage(page(TEXT), context.source, signal)).toMatchObject({
      headline: 'Ferry',
    });
  });

  test('a stop ends it at once', async () => {
    reader = createDocumentReader();
    const stop = new AbortController();
    const stopped = reader.readPage(page(TEXT.repeat(30_000)), context.source, stop.signal);
    stop.abort();
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
  });
});
