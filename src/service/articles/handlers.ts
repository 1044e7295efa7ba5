import { bodyHtml } from '../content/body-html.ts';
import { frenchSpacing } from '../french.ts';
import type { ArticleDetail, ArticleSummary } from '../../shared/api/articles.ts';
import { contentName, createFeed } from '../catalogue/feed.ts';
import { pageOf } from '../catalogue/paging.ts';
import { foldText } from '../../shared/api/text.ts';
import { iso, MINUTE } from '../clock.ts';
import type { Context } from '../context.ts';
import type { Library, ContentArticle } from '../content/library.ts';
import { ninjsOfArticle } from '../content/ninjs.ts';
import { isVisible, viewerOf, type Viewer } from '../content/view.ts';
import type { Call, Handlers } from '../http/call.ts';
import { ipKey } from '../http/limits.ts';
import { problem } from '../http/problems.ts';
import { isPublished } from '../../shared/api/rights.ts';

const MEDIA_URL_MS = 15 * MINUTE;

function summaryOf(
  article: ContentArticle,
  { time, mediaUrl }: Library,
  now: number,
): ArticleSummary {
  const {
    id,
    rev,
    headline,
    summary,
    dateline,
    language,
    dir,
    section,
    topics,
    country,
    pubStatus,
    wordCount,
    offlineAllowed,
  } = article;
  const lead = article.media.find(({ role }) => role === 'lead');
  return {
    id,
    rev,
    headline: frenchSpacing(headline, language),
    summary: frenchSpacing(summary, language),
    dateline,
    language,
    dir,
    section,
    topics,
    pubStatus,
    wordCount,
    offlineAllowed,
    countries: [country],
    publishedAt: time.iso(article.publishedMin),
    updatedAt: time.iso(article.updatedMin),
    embargoUntil: time.isoOrNull(article.embargoUntilMin),
    thumbnail: lead
      ? { url: mediaUrl(lead.id, 'jpg', article, now), width: lead.width, height: lead.height }
      : null,
    leadMediaId: lead?.id ?? null,
    corrected: article.correctionNote !== undefined,
    offlineUntil: time.isoOrNull(article.offlineUntilMin),
  };
}

function detailOf(
  article: ContentArticle,
  library: Library,
  { now }: Viewer,
  baseUrl: string,
): ArticleDetail {
  const story = article.translationOf ?? article.id;
  const isUsable = isPublished(article);
  const spaced = (text: string): string => frenchSpacing(text, article.language);
  return {
    ...summaryOf(article, library, now),
    alternativeHeadline: article.alternativeHeadline ? spaced(article.alternativeHeadline) : null,
    byline: article.byline,
    correctionNote: article.correctionNote ? spaced(article.correctionNote) : null,
    bodyHtml: isUsable ? spaced(bodyHtml(article.bodyHtml)) : '',
    bodyText: isUsable ? spaced(article.bodyText) : '',
    copyrightNotice: article.copyrightNotice,
    usageTerms: spaced(article.usageTerms),
    canonicalUrl: `${baseUrl}/articles/${article.id}`,
    relatedAssetIds: article.relatedAssetIds,
    translations: library.articles
      .filter((other) => other.id !== article.id && (other.translationOf ?? other.id) === story)
      .map(({ id, language }) => ({ id, language })),
    media: (isUsable ? article.media : []).map(
      ({ id, role, mediaType, bytes, sha256, width, height, alt, caption, credit }) => ({
        mediaId: id,
        role,
        mediaType,
        bytes,
        sha256,
        width,
        height,
        alt: spaced(alt),
        caption: spaced(caption),
        credit: spaced(credit),
        placeholder: `media:${id}`,
        url: library.mediaUrl(id, 'jpg', article, now),
      }),
    ),
  };
}

const among = (wanted: readonly string[] | undefined, values: readonly string[]): boolean =>
  wanted === undefined || values.some((value) => wanted.includes(value));

function matches(
  article: ContentArticle,
  query: Call<'searchArticles'>['query'],
  { time }: Library,
): boolean {
  const text = foldText(
    [article.headline, article.summary, article.bodyText, article.dateline].join('\n'),
  );
  const words = foldText(query.q ?? '').split(/\s+/);
  const at = time.at(article.publishedMin);
  return (
    words.every((word) => text.includes(word)) &&
    among(query.section, [article.section]) &&
    among(query.topic, article.topics) &&
    among(query.lang, [article.language]) &&
    among(query.country, [article.country]) &&
    at >= (query.from === undefined ? -Infinity : Date.parse(query.from)) &&
    at <= (query.to === undefined ? Infinity : Date.parse(query.to))
  );
}

export function articleHandlers(
  context: Context,
  library: Library,
): Handlers<
  'searchArticles' | 'articleChanges' | 'getArticle' | 'articleNinjs' | 'articleMediaUrls'
> {
  const { clock, limits, contentEpoch, baseUrl } = context;
  const { articles } = library;
  const feed = createFeed(articles, library.time, contentName(articles, contentEpoch));
  const owners = Map.groupBy(
    articles
      .filter(isPublished)
      .flatMap((article) => article.media.map(({ id }) => ({ id, article }))),
    ({ id }) => id,
  );
  const viewerFor = ({ auth, language }: Pick<Call<'getArticle'>, 'auth' | 'language'>) =>
    viewerOf(clock.now(), language, auth?.account);

  const absolute = (url: string) => new URL(url, baseUrl()).href;
  const detail = (call: Pick<Call<'getArticle'>, 'params' | 'auth' | 'language'>) => {
    const viewer = viewerFor(call);
    const article = library.article(call.params.id);
    if (!article || !isVisible(article, library.time, viewer)) throw problem('not-found');
    return detailOf(article, library, viewer, baseUrl());
  };

  return {
    async searchArticles(call) {
      const viewer = viewerFor(call);
      const found = articles
        .filter(
          (article) =>
            isVisible(article, library.time, viewer) &&
            isPublished(article) &&
            matches(article, call.query, library),
        )
        .toSorted((a, b) => b.publishedMin - a.publishedMin || (a.id < b.id ? -1 : 1));
      const page = pageOf(found, call.query, viewer.now);
      return {
        status: 200,
        body: {
          ...page,
          items: page.items.map((article) => summaryOf(article, library, viewer.now)),
        },
      };
    },

    async articleChanges(call) {
      const viewer = viewerFor(call);
      const { items, ...page } = feed.page(
        call.query,
        viewer,
        limits,
        `articles ${call.auth?.session.id ?? ipKey(call.ip)}`,
      );
      const changes = items.map(({ item, at }) => ({
        op: isPublished(item) ? ('upsert' as const) : ('withdraw' as const),
        id: item.id,
        rev: item.rev,
        at: iso(at),
        article: summaryOf(item, library, viewer.now),
      }));
      return { status: 200, body: { ...page, changes } };
    },

    getArticle: async (call) => ({ status: 200, body: detail(call) }),
    articleNinjs: async (call) => ({ status: 200, body: ninjsOfArticle(detail(call), absolute) }),

    async articleMediaUrls(call) {
      const viewer = viewerFor(call);
      const urls = call.body.mediaIds.map((mediaId) => {
        const article = owners
          .get(mediaId)
          ?.find((owner) => isVisible(owner.article, library.time, viewer))?.article;
        if (!article) throw problem('not-found');
        return {
          mediaId,
          url: `${baseUrl()}${library.mediaUrl(mediaId, 'jpg', article, viewer.now)}`,
          headers: {},
          expiresAt: iso(viewer.now + MEDIA_URL_MS),
        };
      });
      return { status: 200, body: { urls } };
    },
  };
}
