import { asked } from '../../support/asked.ts';
import * as z from 'zod';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import {
  createDocumentClient,
  type DocumentClient,
} from '../../../src/main/adapters/sources/document-client.ts';
import { createFeedSource, feedSourceId } from '../../../src/main/adapters/sources/feed.ts';
import { LibrarySources } from '../../../src/main/adapters/sqlite/library/sources.ts';
import { assetDetail } from '../../../src/main/catalogue/asset.ts';
import { faultOf } from '../../../src/main/catalogue/sync-fault.ts';
import { createDocumentReader } from '../../../src/main/threads/document-reader.ts';
import { AppError, toWire } from '../../../src/shared/errors.ts';
import { memoryLibrary, withArticles } from '../../support/fakes/library.ts';
import { FeedServer } from '../../support/sources/feed-server.ts';
import { NOW, PATH, PUBLISHED } from '../../support/sources/feeds.ts';
import { viewerAt } from '../../support/viewer.ts';

const reader = createDocumentReader();
afterAll(() => reader.close());
let server: FeedServer;
let client: DocumentClient;
beforeEach(async () => {
  server = await FeedServer.start();
  client = createDocumentClient('0.1.0');
});
afterEach(async () => {
  client.close();
  await server.stop();
});
const everything = asked();
const { signal } = new AbortController();

test('there are feeds of every kind', () => {
  expect(PUBLISHED.length).toBeGreaterThanOrEqual(20);
});

test.each(PUBLISHED)('$name', async ({ visits }) => {
  let now = NOW;
  const db = memoryLibrary();
  const sources = new LibrarySources(db);
  const store = withArticles(db, sources);
  const url = server.url(PATH);
  const id = feedSourceId(url);
  sources.show([id]);
  const source = createFeedSource(id, async () => url, {
    client,
    read: reader.readFeed,
    nowMs: () => now,
  });
  const stored = async () => {
    const { items } = await store.search(everything, { offset: 0, count: 500 }, viewerAt(now));
    return await Promise.all(
      items.map(async (row) => ({ ...row, detail: await store.detail(row.id) })),
    );
  };

  for (const [at, visit] of visits.entries()) {
    const { days = 0, pages, ...stated } = visit;
    const expected = { fault: null, ...stated };
    const which = `visit ${at + 1}`;
    now += days * 86_400_000;
    for (const [path, served] of Object.entries(pages))
      if (typeof served === 'function') server.on(path, served);
      else server.serve(path, served);
    const before = await stored();
    server.requests.length = 0;
    let thrown: unknown = null;
    try {
      for await (const step of source.sync(await store.mark(id), signal))
        await store.apply(id, step, now);
    } catch (caught) {
      thrown = caught;
    }
    const after = await stored();
    const outcome = {
      fault: thrown instanceof AppError ? faultOf(thrown) : thrown,
      error: thrown instanceof AppError ? toWire(thrown) : null,
      assets: after,
      facts: source.facts,
      asked: server.requests.length,
    };
    // What fails leaves everything as it was.
    expect(outcome, which).toMatchObject(
      expected.fault === null ? expected : { ...expected, assets: before },
    );
    for (const { detail } of after) z.nullable(assetDetail).parse(detail);
    const kept = [after, await store.mark(id), thrown instanceof AppError ? thrown.message : null];
    expect(JSON.stringify(kept), which).not.toContain('hush');
    const tables = ['asset', 'asset_document', 'asset_facet', 'facet_set', 'source'];
    for (const table of tables)
      expect(JSON.stringify(db.prepare(`SELECT * FROM ${table}`).all()), which).not.toContain(
        'hush',
      );
  }
});
