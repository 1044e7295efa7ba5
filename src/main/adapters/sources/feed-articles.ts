import type { ArticleSource } from '../../articles/ports.ts';
import type { ArticlePage } from '../../formats/article-page.ts';
import { AppError } from '../../../shared/errors.ts';
import type { ArticleDetail } from '../../../shared/model/article.ts';
import { mediumOf, withPublicAddresses } from './feed-article.ts';
import { MAX_READ_MS } from './feed-packages.ts';
import type { FeedSource } from './feed.ts';
import { createRecent } from './recent.ts';
import { clean } from './asset-parts.ts';
import { withoutSecrets } from './addresses.ts';

/** Reads the article of a page, whose pictures get their ids. @throws `page-unreadable` … */
export type PageOf = (url: string, signal: AbortSignal) => Promise<ArticlePage>;

const MAX_PAGE_MS = 60_000;

/** The text and the pictures of an article as its page has them; other facts stay the feed's. */
export function withPage(article: ArticleDetail, page: ArticlePage): ArticleDetail {
  const pictures = page.pictures;
  return {
    ...article,
    byline: article.byline.length > 0 ? article.byline : page.byline.map(clean),
    dir: page.dir,
    language: article.language === 'und' ? (page.language ?? 'und') : article.language,
    wordCount: page.bodyText.split(/\s+/u).filter(Boolean).length,
    leadMediaId: page.leadMediaId ?? article.leadMediaId,
    isWhole: page.isWhole,
    bodyHtml: withPublicAddresses(page.bodyHtml),
    bodyText: withoutSecrets(page.bodyText),
    textFrom: 'page',
    media: [
      ...pictures.map((picture) =>
        mediumOf(picture, picture.mediaId === page.leadMediaId ? 'lead' : 'inline'),
      ),
      // The feed's own picture leads where the page has none.
      ...(page.leadMediaId === null
        ? article.media.filter(({ mediaId }) => mediaId === article.leadMediaId)
        : []),
    ].filter(({ mediaId }, at, all) => all.findIndex((one) => one.mediaId === mediaId) === at),
  };
}

/**
 * The articles of a feed. It is read for the addresses of their pictures, which aren't stored; where
 * the user wishes, the text is that of the article's page.
 */
export function createFeedArticles({
  feed,
  mark,
  nowMs,
  picture,
  pageOf,
}: {
  feed: Pick<FeedSource, 'id' | 'articles'>;
  /** Of its last sync. */
  mark(): Promise<string | null>;
  nowMs(): number;
  picture(url: string): Promise<Uint8Array>;
  /** Null where the feed's own text is enough. */
  pageOf: PageOf | null;
}): ArticleSource {
  const { recent } = createRecent(
    async () => feed.articles(await mark(), AbortSignal.timeout(MAX_READ_MS)),
    nowMs,
  );
  return {
    id: feed.id,
    async article(id) {
      const article = (await recent()).get(id);
      if (!article) throw new AppError('not-found', 'The feed no longer lists this article');
      if (!pageOf || article.canonicalUrl === '') return article;
      return withPage(
        article,
        await pageOf(article.canonicalUrl, AbortSignal.timeout(MAX_PAGE_MS)),
      );
    },
    picture,
  };
}
