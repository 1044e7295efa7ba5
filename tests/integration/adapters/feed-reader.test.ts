import { afterEach, describe, expect, test } from 'vitest';
import { createFeedReader, type FeedReaderThread } from '../../../src/main/threads/feed-reader.ts';
import { film, mediaRss } from '../../support/sources/feed-server.ts';

const context = { source: `feed:${'0'.repeat(32)}`, nowMs: 0, known: null };
const document = (text: string) => ({ text, url: 'https://harbour.example/feed.xml' });
const films = (n: number): string =>
  mediaRss(Array.from({ length: n }, (_, at) => film(at)).join(''));
const { signal } = new AbortController();

let reader: FeedReaderThread;
afterEach(() => reader.close());

describe('a document is read in a thread', () => {
  test('one after the other, with its faults as they are thrown there', async () => {
    reader = createFeedReader();
    const [a, b, c] = await Promise.allSettled([
      reader.read(document(films(3)), context, signal),
      reader.read(document('<html></html>'), context, signal),
      reader.read(document(films(2)), context, signal),
    ]);
    expect([a, b, c]).toMatchObject([
      { value: { changes: { length: 3 } } },
      { reason: { code: 'feed-invalid' } },
      { value: { changes: { length: 2 } } },
    ]);
  });

  test('one that takes too long is given up, and the next is read', async () => {
    reader = createFeedReader({ ms: 1 });
    await expect(reader.read(document(films(5000)), context, signal)).rejects.toMatchObject({
      code: 'feed-invalid',
      message: 'The feed takes more than 0.001 seconds to read',
    });
    await reader.close();
    reader = createFeedReader();
    await reader.read(document(films(1)), context, signal);
  });

  test('one that takes too much memory ends its thread, and the next is read', async () => {
    reader = createFeedReader({ heapMb: 64 });
    const nested = mediaRss(`<item>${'<media:category>x</media:category>'.repeat(250_000)}</item>`);
    await expect(reader.read(document(nested), context, signal)).rejects.toMatchObject({
      code: 'feed-invalid',
      message: 'The feed takes more than 64 MB of memory to read',
    });
    expect(await reader.read(document(films(1)), context, signal)).toMatchObject({ items: 1 });
  });

  test('a stop ends it at once, also of one that waits for its turn', async () => {
    reader = createFeedReader();
    const stop = new AbortController();
    const all = [films(20_000), films(1)].map((text) =>
      reader.read(document(text), context, stop.signal),
    );
    const stopped = Promise.allSettled(all);
    stop.abort();
    expect(await stopped).toMatchObject([
      { reason: { code: 'cancelled' } },
      { reason: { code: 'cancelled' } },
    ]);
    await expect(reader.read(document(films(1)), context, stop.signal)).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});
