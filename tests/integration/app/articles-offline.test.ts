import net from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { DEMO_ACCOUNT } from '../../../src/service/accounts/demo-account.ts';
import type { Application } from '../../../src/main/app/services.ts';
import { ALL_ARTICLES } from '../../../src/shared/model/article-query.ts';
import { invoke, openApplication } from '../../support/app/application.ts';
import { startDemo } from '../../support/service/demo.ts';
import { ARTICLE_FEEDS, serveArticleFeeds } from '../../support/sources/article-feeds.ts';
import { FeedServer } from '../../support/sources/feed-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const NOT_TO_BE_STORED = 'art_metalsthatdisagree_en';

afterEach(() => vi.restoreAllMocks());

const all = async (application: Application) =>
  (
    await invoke(application, 'articles.list', {
      query: ALL_ARTICLES,
      range: { offset: 0, count: 500 },
    })
  ).items;

/** Every connection that this process tries to open from now on; each is refused. */
function denyNetwork(): string[] {
  const tried: string[] = [];
  vi.spyOn(net.Socket.prototype, 'connect').mockImplementation(function refused(
    this: net.Socket,
    ...[to]: unknown[]
  ) {
    tried.push(JSON.stringify(Array.isArray(to) ? to[0] : to));
    process.nextTick(() =>
      this.destroy(Object.assign(new Error('no network'), { code: 'ENETUNREACH' })),
    );
    return this;
  });
  return tried;
}

test('what is stored of a service and of ten feeds is read whole, and nobody is asked', async () => {
  const home = temporaryFolder();
  const service = await startDemo();
  const server = await FeedServer.start();
  const addresses = serveArticleFeeds(server);
  const online = await openApplication(home, { serviceUrl: service.url });
  await invoke(online, 'account.sign-in', DEMO_ACCOUNT);
  await invoke(online, 'library.sync');
  const { ids } = await online.services.sources.addFeeds(
    addresses.map((address) => ({ name: '', address })),
    { isTyped: true },
  );
  expect(ids).toHaveLength(ARTICLE_FEEDS.length);
  await online.services.sources.check(null);
  await online.services.articles.keep();
  const { items } = await invoke(online, 'sources.get');
  expect(items.flatMap(({ fault }) => fault ?? [])).toEqual([]);
  const before = await all(online);
  expect(await online.services.articles.detail(NOT_TO_BE_STORED)).toMatchObject({
    offlineAllowed: false,
  });
  await online.close();
  await server.stop();
  await service.close();

  const tried = denyNetwork();
  const requests = server.requests.length;
  const offline = await openApplication(home, { serviceUrl: service.url });
  try {
    const known = tried.length;
    const listed = await all(offline);
    expect(listed).toEqual(before);
    // The one that its publisher lets nobody store.
    expect(listed.flatMap(({ id, stored }) => (stored ? [] : [id]))).toEqual([NOT_TO_BE_STORED]);
    let pictures = 0;
    const opened = new Map<string, Awaited<ReturnType<typeof openOne>>>();
    const openOne = (id: string) => invoke(offline, 'articles.get', { id });
    for (const { id } of listed.filter(({ stored }) => stored)) {
      const article = await openOne(id);
      opened.set(id, article);
      expect(article.bodyHtml, article.headline).not.toBe('');
      for (const { mediaId } of article.media) {
        const answer = await offline.media(`article/${encodeURIComponent(mediaId)}`, null);
        expect(answer, `${article.headline}: ${mediaId}`).toMatchObject({ status: 200 });
        pictures += 1;
      }
    }
    for (const [at, { path, articles }] of ARTICLE_FEEDS.entries()) {
      const own = [...opened.values()].filter(({ source }) => source === ids[at]);
      expect(own.map(({ headline }) => headline).toSorted(), path).toEqual(
        articles.map(({ headline }) => headline).toSorted(),
      );
      for (const { headline, text, pictures: expected = [], dir = 'ltr' } of articles) {
        const article = own.find((one) => one.headline === headline);
        for (const part of text) expect(article?.bodyHtml, path).toContain(part);
        expect(article, path).toMatchObject({ dir, media: expected });
        expect(article?.pictures).toBe(expected.length);
      }
    }
    const ours = listed.filter(({ source }) => !ids.includes(source));
    expect(ours.length).toBeGreaterThan(10);
    expect(pictures).toBeGreaterThan(20);
    // What is asked at the start is whether the service is there; of what is read, nothing.
    expect(tried.slice(known)).toEqual([]);
    expect(server.requests).toHaveLength(requests);
  } finally {
    await offline.close();
  }
});
