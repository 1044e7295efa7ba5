import type { ArticleSource } from '../../articles/ports.ts';
import type { ArticlePage } from '../../formats/article-page.ts';
import { AppError } from '../../../shared/errors.ts';
import type { ArticleChange, ArticleDetail } from '../../../shared/model/article.ts';
import { SAVED_PAGES } from '../../../shared/model/source.ts';
import { isLocalHost } from '../../../shared/model/url.ts';
import { stableAddress, withoutLogin, withoutSecrets } from './addresses.ts';
import { clean, datesOf, digestOf, languageOf, pageOf, shortened } from './asset-parts.ts';
import {
  changeOfArticle,
  isFirst,
  MAX_HEADLINE,
  MAX_SUMMARY,
  MAX_TOPIC,
  mediaOf,
  topicsOf,
  withPublicAddresses,
  wordsIn,
} from './feed-article.ts';
import { paymentAsked } from './feed-articles.ts';
import type { PublisherMedia } from './media-client.ts';
import type { PageClient, PageReader } from './page-client.ts';

/** Single pages as a source of articles. */
export type SavedPages = ArticleSource & {
  /**
   * Reads the page at an address that somebody typed, whose host may be in the local network.
   *
   * @throws what `PageClient.get` throws, `page-unreadable`, and `origin-refused` for a page that
   * shows the beginning alone to those who don't pay
   */
  read(address: string, signal: AbortSignal): Promise<ReadPage>;
};
/** A page as an article, with the addresses of its pictures, which may hold secrets. */
export type ReadPage = ArticleChange & { detail: ArticleDetail };

const MAX_PAGE_MS = 60_000;

const isOfPage = (id: string): boolean => id.startsWith(`${SAVED_PAGES}/`);

/** What the page calls its own address. Some systems give their front page for all of them. */
function ownAddress({ canonicalUrl }: ArticlePage, url: string): string {
  const isFront = new URL(canonicalUrl).pathname === '/' && new URL(url).pathname !== '/';
  return isFront ? url : canonicalUrl;
}

/** The same page is the same article, whatever signs its address or counts its readers. */
const idOfPage = (address: string): string =>
  `${SAVED_PAGES}/${digestOf(stableAddress(address, true), 24)}`;

/**
 * A page as an article. Its pictures' addresses are as the page has them, and may hold secrets.
 *
 * @param url where it came from, after redirects
 * @param nowMs for a page without a date
 */
export function articleOfPage(page: ArticlePage, url: string, nowMs: number): ArticleDetail {
  const address = ownAddress(page, url);
  const bodyText = withoutSecrets(page.bodyText);
  const headline = clean(page.headline) || shortened(bodyText.split('\n')[0] ?? '', MAX_TOPIC);
  return {
    id: idOfPage(address),
    rev: 1,
    headline: shortened(headline || new URL(url).host, MAX_HEADLINE),
    summary: shortened(clean(page.summary), MAX_SUMMARY),
    dateline: '',
    language: languageOf(page.language) ?? 'und',
    dir: page.dir,
    section: shortened(clean(page.section), MAX_TOPIC),
    topics: topicsOf(page.topics),
    countries: [],
    ...datesOf(page.publishedMs, page.updatedMs, nowMs),
    embargoUntil: null,
    pubStatus: 'usable',
    wordCount: wordsIn(bodyText),
    thumbnail: null,
    leadMediaId: page.leadMediaId,
    corrected: page.correctionNote !== null,
    offlineAllowed: true,
    offlineUntil: null,
    isWhole: page.isWhole,
    alternativeHeadline: null,
    byline: page.byline.map(clean).filter((name) => name !== ''),
    correctionNote: page.correctionNote && clean(page.correctionNote),
    bodyHtml: withPublicAddresses(page.bodyHtml),
    bodyText,
    copyrightNotice: clean(page.copyrightNotice) || clean(page.siteName),
    usageTerms: '',
    canonicalUrl: pageOf([address]) ?? '',
    relatedAssetIds: [],
    translations: [],
    textFrom: 'source',
    media: mediaOf(page.pictures, page.leadMediaId).filter(isFirst),
  };
}

/** Pages that are saved, and what was kept of sources that are gone. */
export function createSavedPages({
  client,
  readPage,
  media,
  nowMs,
}: {
  client: Pick<PageClient, 'get'>;
  readPage: PageReader;
  media: { of(source: string, typedHost: string | null): Pick<PublisherMedia, 'bytes'> };
  nowMs(): number;
}): SavedPages {
  /** Hosts that were typed in this run. */
  const typed = new Set<string>();
  /** The host of a saved page that may be in the local network: somebody typed it once. */
  function localHostOf({ id, canonicalUrl }: Pick<ArticleDetail, 'id' | 'canonicalUrl'>) {
    const hostname = URL.parse(canonicalUrl)?.hostname;
    if (!isOfPage(id) || hostname === undefined) return null;
    return typed.has(hostname) || isLocalHost(hostname) ? hostname : null;
  }
  async function detailAt(
    address: string,
    typedHost: string | null,
    signal: AbortSignal,
  ): Promise<ArticleDetail> {
    const document = await client.get(address, typedHost, signal);
    const url = withoutLogin(document.url);
    const page = await readPage({ ...document, url }, SAVED_PAGES, signal);
    if (page.isPaywalled) throw paymentAsked(url);
    return articleOfPage(page, url, nowMs());
  }
  return {
    id: SAVED_PAGES,
    async read(address, signal) {
      const { hostname } = new URL(address);
      const limit = AbortSignal.any([signal, AbortSignal.timeout(MAX_PAGE_MS)]);
      const detail = await detailAt(address, hostname, limit);
      typed.add(hostname);
      return { ...changeOfArticle(detail), detail };
    },
    async article(id, { here }) {
      if (!here || !isOfPage(id) || here.canonicalUrl === '')
        throw new AppError('not-found', 'The page of this article isn’t known');
      const limit = AbortSignal.timeout(MAX_PAGE_MS);
      const detail = await detailAt(here.canonicalUrl, localHostOf(here), limit);
      // What was left out of its address has led to this one.
      if (detail.id !== id)
        throw new AppError('not-found', 'Another page is at the address of this article');
      return detail;
    },
    picture: (url, of) =>
      media.of(of.canonicalUrl === '' ? url : of.canonicalUrl, localHostOf(of)).bytes(url),
  };
}
