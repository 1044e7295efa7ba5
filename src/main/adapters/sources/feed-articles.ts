import type { ArticleSource } from '../../articles/ports.ts';
import type { ArticlePage } from '../../formats/article-page.ts';
import { isSettled } from '../../articles/settled.ts';
import { AppError } from '../../../shared/errors.ts';
import type { ArticleDetail } from '../../../shared/model/article.ts';
import { isFirst, mediaOf, withPublicAddresses, wordsIn } from './feed-article.ts';
import { MAX_READ_MS } from './feed-packages.ts';
import type { FeedSource } from './feed.ts';
import { createRecent } from './recent.ts';
import { clean } from './asset-parts.ts';
import { withoutSecrets } from './addresses.ts';
import { redactUrl } from '../../../shared/model/url.ts';

/** Reads the article of a page, whose pictures get their ids. @throws `page-unreadable` … */
export type PageOf = (url: string, signal: AbortSignal) => Promise<ArticlePage>;

/** With the wait for the publisher's pace. */
const MAX_PAGE_MS = 60_000;

/** Of a page that shows the beginning to those who don't pay. */
export const paymentAsked = (url: string): AppError =>
  new AppError('origin-refused', `${redactUrl(url)} shows the whole article only to those who pay`);

/** The text and the pictures of an article as its page has them; other facts stay the feed's. */
export function withPage(article: ArticleDetail, page: ArticlePage): ArticleDetail {
  return {
    ...article,
    byline: article.byline.length > 0 ? article.byline : page.byline.map(clean),
    dir: page.dir,
    language: article.language === 'und' ? (page.language ?? 'und') : article.language,
    wordCount: wordsIn(page.bodyText),
    leadMediaId: page.leadMediaId ?? article.leadMediaId,
    isWhole: page.isWhole,
    bodyHtml: withPublicAddresses(page.bodyHtml),
    bodyText: withoutSecrets(page.bodyText),
    textFrom: 'page',
    media: [
      ...mediaOf(page.pictures, page.leadMediaId),
      // The feed's own picture leads where the page has none.
      ...(page.leadMediaId === null
        ? article.media.filter(({ mediaId }) => mediaId === article.leadMediaId)
        : []),
    ].filter(isFirst),
  };
}

const versionOf = ({ id, rev }: ArticleDetail): string => `${rev} ${id}`;

/** With the text that was once read from its page; other facts are the feed's. */
function withTextOf(article: ArticleDetail, here: ArticleDetail): ArticleDetail {
  const { dir, wordCount, leadMediaId, isWhole, bodyHtml, bodyText, textFrom, media } = here;
  return { ...article, dir, wordCount, leadMediaId, isWhole, bodyHtml, bodyText, textFrom, media };
}

/**
 * The articles of a feed. It is read for the addresses of their pictures, which aren't stored; where
 * the user wishes, the text is that of the article's page, or the feed's where the page has none.
 */
export function createFeedArticles({
  feed,
  mark,
  nowMs,
  picture,
  fullText,
  pageOf,
}: {
  feed: Pick<FeedSource, 'id' | 'articles'>;
  /** Of its last sync. */
  mark(): Promise<string | null>;
  nowMs(): number;
  picture(url: string): Promise<Uint8Array>;
  /** Whether texts are taken from their pages, now. */
  fullText(): boolean;
  pageOf: PageOf;
}): ArticleSource {
  let readAfter: string | null = null;
  const { recent, anew } = createRecent(
    () => feed.articles(readAfter, AbortSignal.timeout(MAX_READ_MS)),
    nowMs,
  );
  /** As it was listed by the last sync, or newer. */
  async function listed(): Promise<ReadonlyMap<string, ArticleDetail>> {
    const last = await mark();
    if (last === readAfter) return recent();
    readAfter = last;
    return anew();
  }
  /** Versions whose pages had nothing for us in this run. */
  const refused = new Set<string>();

  /** @throws what the page answers; `origin-refused` for one that shows the beginning alone */
  async function paged(article: ArticleDetail, isPageWanted: boolean): Promise<ArticleDetail> {
    if (article.canonicalUrl === '')
      throw new AppError('not-found', 'The feed names no page of this article');
    const page = await pageOf(article.canonicalUrl, AbortSignal.timeout(MAX_PAGE_MS));
    if (page.isPaywalled && (isPageWanted || page.bodyText.length <= article.bodyText.length))
      throw paymentAsked(article.canonicalUrl);
    return withPage(article, page);
  }

  return {
    id: feed.id,
    async article(id, { here, isPageWanted }) {
      const isChosen = isPageWanted || here?.isPageChosen === true;
      const wantsPage = isChosen || fullText();
      // The page may be there when the feed has gone on to other articles.
      const article = (await listed()).get(id) ?? (wantsPage ? here : null);
      if (!article) throw new AppError('not-found', 'The feed no longer lists this article');
      if (!wantsPage) return article;
      try {
        return {
          ...(await paged(article, isPageWanted)),
          ...(isChosen ? { isPageChosen: true } : {}),
        };
      } catch (thrown) {
        if (isPageWanted || !isSettled(thrown)) throw thrown;
        if (here) refused.add(versionOf(here));
        return here?.textFrom === 'page' ? withTextOf(article, here) : article;
      }
    },
    picture,
    lacksPage: (detail) =>
      fullText() &&
      detail.textFrom === 'source' &&
      detail.canonicalUrl !== '' &&
      !refused.has(versionOf(detail)),
  };
}
