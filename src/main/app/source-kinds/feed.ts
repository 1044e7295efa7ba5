import { createHash } from 'node:crypto';
import type { AssetDetail } from '../../catalogue/asset.ts';
import { MAX_SOURCE_ADDRESS, type SourceTerms } from '../../../shared/contract/sources.ts';
import { AppError } from '../../../shared/errors.ts';
import { isLoopbackHost, redactUrl } from '../../../shared/model/url.ts';
import { isHarmless } from '../../adapters/sources/addresses.ts';
import { createDocumentClient } from '../../adapters/sources/document-client.ts';
import { createFeedSource, feedSourceId, probeFeed } from '../../adapters/sources/feed.ts';
import { createFeedArticles } from '../../adapters/sources/feed-articles.ts';
import { createFeedPackages } from '../../adapters/sources/feed-packages.ts';
import { createPublisherMedia } from '../../adapters/sources/media-client.ts';
import { createPace } from '../../adapters/sources/pace.ts';
import { createPageClient, createPageOf } from '../../adapters/sources/page-client.ts';
import { createFeedFinder } from '../../adapters/sources/feed-finder.ts';
import { createSavedPages, type SavedPages } from '../../adapters/sources/saved-pages.ts';
import { createDocumentReader } from '../../threads/document-reader.ts';
import { strongEtag } from '../../transfers/run/range-request.ts';
import type { ReadSource, SourceOpener } from '../sources.ts';
import { offerOf, pauseOf, SHOWN_ITEMS, type KindOptions, type OpenedKind } from './kind.ts';

const HIDDEN = '…';
/** Between two pages of one publisher, ms. */
const PAGE_INTERVAL_MS = 1000;

/** @throws `usage` for what is no address */
function webAddress(typed: string): URL {
  const text = typed.trim();
  const hasScheme = /^[a-z][\w+.-]*:(?!\d)/iu.test(text);
  const url = URL.parse(hasScheme ? text : `https://${text}`);
  if (!url || !/^https?:$/u.test(url.protocol) || url.hostname === '')
    throw new AppError('usage', 'This isn’t a web address');
  return url;
}

/**
 * An address as somebody types it, and as it may be shown and stored in the open.
 *
 * @throws `usage` for what is no address or too long to be stored, `https-required` for plain http to another computer
 */
export function readSourceAddress(typed: string): { address: string; shown: string } {
  const url = webAddress(typed);
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname))
    throw new AppError(
      'https-required',
      'The address must start with https://. Over http, others can change what you receive.',
    );
  url.hash = '';
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  for (const [name, value] of url.searchParams)
    if (!isHarmless([name, value])) shown.searchParams.set(name, HIDDEN);
  const isSame = url.username === '' && url.password === '' && url.search === shown.search;
  const read = { address: url.href, shown: isSame ? url.href : shown.href };
  if (Math.max(read.address.length, read.shown.length) > MAX_SOURCE_ADDRESS)
    throw new AppError('usage', `The address has more than ${MAX_SOURCE_ADDRESS} characters`);
  return read;
}

/** Years change by themselves, and nobody has to accept the same terms again for that. */
const versionOf = (text: string): string =>
  createHash('sha256')
    .update(text.replace(/\b(?:19|20)\d{2}\b/gu, ''))
    .digest('hex')
    .slice(0, 16);
const termsOf = (text: string | null): SourceTerms | null =>
  text === null || text.trim() === '' ? null : { version: versionOf(text), text, url: null };

/** A feed at an address, as it is typed or as its server leads to it. */
export function readFeedSource(typed: string): ReadSource {
  const { address, shown } = readSourceAddress(typed);
  return {
    id: feedSourceId(address),
    kind: 'feed',
    address: shown,
    secret: shown === address ? null : address,
    keyEnding: null,
    follows: [],
  };
}

export type OpenedFeeds = OpenedKind<'feed'> & Pick<SourceOpener, 'feedOf' | 'readPage' | 'pages'>;

/** Feeds, and the pages beside them. One client and its connections serve all of them. */
export function openFeeds(options: KindOptions): OpenedFeeds {
  const { version, network, clock, library, acceptedOf } = options;
  const { nowMs } = clock;
  const client = createDocumentClient(version, { network });
  const pages = createPageClient(version, { network, pace: createPace(clock, PAGE_INTERVAL_MS) });
  const media = createPublisherMedia(version, { network });
  const reader = createDocumentReader();
  const { readFeed, readPage, findFeeds } = reader;
  const findFeedsOf = createFeedFinder({ pages, documents: client, findFeeds, readFeed, nowMs });
  const saved: SavedPages = createSavedPages({ client: pages, readPage, media, nowMs });

  /** Asks for one byte of the newest file: an answer of it and a strong tag (RFC 9110 §13.1.5). */
  async function isResumable(
    address: string,
    assets: readonly AssetDetail[],
  ): Promise<boolean | null> {
    const url = assets
      .flatMap(({ files }) => files)
      .find((file) => file.url !== null && file.fileId.startsWith('media-'))?.url;
    if (url === undefined || url === null) return null;
    try {
      const { status, headers, body } = await media.of(address).stream(url, 'bytes=0-0');
      body.destroy();
      return status === 206 ? strongEtag(headers['etag']) !== null : status === 200 ? false : null;
    } catch (thrown) {
      if (thrown instanceof AppError) return null;
      throw thrown;
    }
  }

  return {
    read: ({ address }) => readFeedSource(address),
    open({ id, address: shown }, secret, fullText) {
      const address = async (): Promise<string> => (await secret()) ?? shown;
      const feed = createFeedSource(id, address, { client, read: readFeed, nowMs });
      const { owns, capabilities, sync, detail } = feed;
      return {
        id,
        owns,
        capabilities,
        sync,
        detail,
        nowMs: () => feed.nowMs(),
        packages:
          library &&
          createFeedPackages({
            feed,
            address,
            viewer: options.viewer,
            library,
            accepted: () => acceptedOf(id),
          }),
        articles:
          library &&
          createFeedArticles({
            feed,
            mark: () => library.mark(id),
            nowMs,
            picture: async (url) => media.of(await address()).bytes(url),
            fullText,
            async pageOf(url, signal) {
              const { hostname: typedHost } = new URL(await address());
              return createPageOf({ client: pages, readPage, source: id, typedHost })(url, signal);
            },
          }),
        media: {
          bytes: async (url) => media.of(await address()).bytes(url),
          stream: async (url, range) => media.of(await address()).stream(url, range),
        },
        get facts() {
          const { facts } = feed;
          return (
            facts && { name: facts.title, terms: termsOf(facts.terms), movedTo: facts.movedTo }
          );
        },
        get pauseMs() {
          return pauseOf(options, feed, feed.facts);
        },
      };
    },
    async probe({ address: shown, secret }, signal) {
      const address = secret ?? shown;
      const found = await probeFeed(address, { client, read: readFeed, nowMs, signal });
      const { assets } = found;
      return {
        kind: 'feed',
        format: found.kind,
        name: (found.title || new URL(address).host).slice(0, 200),
        address: shown,
        isKeyed: secret !== null,
        count: assets.length,
        articles: found.articles,
        ...offerOf(assets),
        // A film with many words about it is shown as a film.
        news: found.news
          .filter(({ relatedAssetIds }) => relatedAssetIds.length === 0)
          .slice(0, SHOWN_ITEMS)
          .map(({ id, headline, publishedAt, isDateStated }) => ({
            id,
            headline,
            publishedAt: isDateStated ? Date.parse(publishedAt) : null,
          })),
        isResumable: await isResumable(address, assets),
        terms: termsOf(found.terms),
      };
    },
    async feedOf({ address: shown, secret }, signal) {
      const feeds = await findFeedsOf(secret ?? shown, signal);
      if (feeds === null) return null;
      const [only, ...others] = feeds;
      const where = redactUrl(shown);
      if (!only)
        throw new AppError(
          'no-feed',
          `${where} is a web page without a feed. You can save the page itself: desk articles save`,
        );
      if (others.length > 0)
        throw new AppError(
          'several-feeds',
          `${where} is a web page with several feeds. Use the address of one: ${feeds.map(({ url }) => url).join(' ')}`,
          { feeds: feeds.map(({ url, title }) => ({ address: url, title })) },
        );
      return readFeedSource(only.url);
    },
    readPage: (typed, signal) => saved.read(webAddress(typed).href, signal),
    pages: saved,
    close() {
      client.close();
      pages.close();
      media.close();
      void reader.close();
    },
  };
}
