import type { ArticleDetail, ArticleSummary } from '../../src/shared/model/article.ts';

const at = '2026-01-01T00:00:00.000Z';

/** An article that states as little as it may. */
export const articleSummary = (id: string, more: Partial<ArticleSummary> = {}): ArticleSummary => ({
  id,
  rev: 1,
  headline: id,
  summary: '',
  dateline: '',
  language: 'en',
  dir: 'ltr',
  section: '',
  topics: [],
  countries: [],
  publishedAt: at,
  updatedAt: at,
  embargoUntil: null,
  pubStatus: 'usable',
  wordCount: 1,
  thumbnail: null,
  leadMediaId: null,
  corrected: false,
  offlineAllowed: true,
  offlineUntil: null,
  isDateStated: true,
  isWhole: true,
  ...more,
});

export const articleDetail = (id: string, more: Partial<ArticleDetail> = {}): ArticleDetail => ({
  ...articleSummary(id, more),
  alternativeHeadline: null,
  byline: [],
  correctionNote: null,
  bodyHtml: '',
  bodyText: '',
  copyrightNotice: '',
  usageTerms: '',
  canonicalUrl: '',
  relatedAssetIds: [],
  translations: [],
  textFrom: 'source',
  media: [],
  ...more,
});

/** A picture of an article, of which nothing is known but its address. */
export const articleMedium = (
  mediaId: string,
  more: Partial<ArticleDetail['media'][number]> = {},
): ArticleDetail['media'][number] => ({
  mediaId,
  role: 'inline',
  mediaType: 'image/*',
  bytes: null,
  sha256: null,
  width: null,
  height: null,
  alt: '',
  caption: '',
  credit: '',
  placeholder: `media:${mediaId}`,
  url: `https://pictures.example/${mediaId}.png`,
  ...more,
});

/** The smallest PNG, made different by what follows its end. */
export const png = (mark: string): Buffer =>
  Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.from(mark)]);
