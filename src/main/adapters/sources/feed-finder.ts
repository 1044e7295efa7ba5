import type { FoundFeed } from '../../formats/feed-discovery.ts';
import { isWebPage } from '../../formats/feed.ts';
import { AppError, stopReason } from '../../../shared/errors.ts';
import { isSecret, withoutLogin } from './addresses.ts';
import type { DocumentClient } from './document-client.ts';
import type { FeedReader } from './feed-page.ts';
import { followable } from './http-get.ts';
import type { PageClient, PageDocument } from './page-client.ts';
import { sourceIdOf } from './publisher.ts';

/** Where feeds usually are, asked for in this order where a page names none. */
const USUAL_PATHS = ['/feed', '/rss.xml', '/atom.xml', '/feed.json'];

type Options = {
  pages: Pick<PageClient, 'get'>;
  documents: Pick<DocumentClient, 'get'>;
  findFeeds(page: PageDocument, signal: AbortSignal): Promise<FoundFeed[]>;
  readFeed: FeedReader;
  nowMs(): number;
};

/**
 * The feeds of the web page at an address that somebody typed, those of comments last.
 *
 * @returns null if there is no web page
 */
export type FeedFinder = (typed: string, signal: AbortSignal) => Promise<FoundFeed[] | null>;

/** As it may be asked for: nothing in the local network but on the typed host; https stays https. */
function reachable(feed: FoundFeed, page: string, typedHost: string): FoundFeed | null {
  const url = new URL(feed.url);
  if (page.startsWith('https:')) url.protocol = 'https:';
  const address = followable(url.href, page, typedHost);
  return address === null ? null : { ...feed, url: address };
}

/** What opens the page to one reader opens a feed beside it too. */
function withLoginOf(feed: FoundFeed, typed: URL): FoundFeed {
  const url = new URL(feed.url);
  if (url.origin !== typed.origin || typed.username === '') return feed;
  url.username = typed.username;
  url.password = typed.password;
  return { ...feed, url: url.href };
}

export function createFeedFinder(options: Options): FeedFinder {
  const { pages, documents, findFeeds, readFeed, nowMs } = options;

  async function pageAt(typed: string, signal: AbortSignal): Promise<PageDocument | null> {
    try {
      const page = await pages.get(typed, new URL(typed).hostname, signal);
      return isWebPage(page.html) ? page : null;
    } catch (thrown) {
      if (signal.aborted) throw stopReason(signal);
      if (thrown instanceof AppError) return null;
      throw thrown;
    }
  }

  /** What is at one of the usual addresses; null if it isn't a feed. */
  async function feedAt(url: string, signal: AbortSignal): Promise<FoundFeed | null> {
    try {
      const fetched = await documents.get(url, null, signal);
      if (fetched.kind === 'unchanged') return null;
      const source = sourceIdOf('feed', url);
      const { kind, title } = await readFeed(
        fetched,
        { source, nowMs: nowMs(), known: null },
        signal,
      );
      return { url, title, kind };
    } catch (thrown) {
      if (signal.aborted) throw stopReason(signal);
      if (thrown instanceof AppError) return null;
      throw thrown;
    }
  }

  return async (typed, signal) => {
    const start = new URL(typed);
    const page = await pageAt(typed, signal);
    if (page === null) return null;
    const from = { ...page, url: withoutLogin(page.url) };
    const named = (await findFeeds(from, signal))
      .map((feed) => reachable(feed, from.url, start.hostname))
      .filter((feed) => feed !== null)
      // A page that is open to one reader may name what only that one may open.
      .filter(({ url }) => !isSecret(typed) || !isSecret(url));
    if (named.length > 0)
      return named.map((feed) => (named.length === 1 ? withLoginOf(feed, start) : feed));
    for (const path of USUAL_PATHS) {
      const found = await feedAt(new URL(path, start).href, signal);
      if (found) return [withLoginOf(found, start)];
    }
    return [];
  };
}
