import * as z from 'zod';
import {
  bytes,
  changesPage,
  country,
  direction,
  id,
  language,
  publicUrl,
  pubStatus,
  rev,
  sha256,
  thumbnail,
  time,
} from './common.ts';

const summaryShape = {
  id,
  rev,
  headline: z.string(),
  summary: z.string(),
  dateline: z.string(),
  language,
  dir: direction,
  section: z.string(),
  topics: z.array(z.string()),
  countries: z.array(country),
  publishedAt: time,
  updatedAt: time,
  embargoUntil: time.nullable(),
  pubStatus,
  wordCount: z.int().nonnegative(),
  thumbnail: thumbnail.nullable(),
  leadMediaId: id.nullable(),
  corrected: z.boolean(),
  offlineAllowed: z.boolean(),
  offlineUntil: time.nullable(),
};
export const articleSummary = z.object(summaryShape).meta({ id: 'ArticleSummary' });
export type ArticleSummary = z.infer<typeof articleSummary>;

export const articleMedia = z
  .object({
    mediaId: id,
    role: z.enum(['lead', 'inline', 'gallery']),
    mediaType: z.string(),
    bytes,
    sha256,
    width: z.int().positive(),
    height: z.int().positive(),
    alt: z.string(),
    caption: z.string(),
    credit: z.string(),
    /** Reference in `bodyHtml`: `media:<mediaId>`. */
    placeholder: z.string().regex(/^media:/),
    url: publicUrl,
  })
  .meta({ id: 'ArticleMedia' });
export type ArticleMedia = z.infer<typeof articleMedia>;

export const articleDetail = z
  .object({
    ...summaryShape,
    alternativeHeadline: z.string().nullable(),
    byline: z.array(z.string()),
    correctionNote: z.string().nullable(),
    /**
     * Restricted to `BODY_ELEMENTS`; pictures are `<img src="media:…">`. Clients sanitise it
     * anyway.
     */
    bodyHtml: z.string(),
    bodyText: z.string(),
    copyrightNotice: z.string(),
    usageTerms: z.string(),
    canonicalUrl: z.string(),
    relatedAssetIds: z.array(id),
    /** The same story in other languages. */
    translations: z.array(z.object({ id, language })),
    media: z.array(articleMedia),
  })
  .meta({ id: 'ArticleDetail' });
export type ArticleDetail = z.infer<typeof articleDetail>;

export const articleChange = z
  .discriminatedUnion('op', [
    z.object({ op: z.literal('upsert'), id, rev, at: time, article: articleSummary }),
    z.object({ op: z.literal('withdraw'), id, rev, at: time, article: articleSummary.optional() }),
    z.object({ op: z.literal('delete'), id, rev, at: time }),
  ])
  .meta({ id: 'ArticleChange' });
export type ArticleChange = z.infer<typeof articleChange>;
export const articleChanges = changesPage(articleChange).meta({ id: 'ArticleChanges' });
export type ArticleChanges = z.infer<typeof articleChanges>;

const strings = z.array(z.string().min(1).max(120)).max(50).optional();
export const articleQuery = z.strictObject({
  q: z.string().max(400).optional(),
  section: strings,
  topic: strings,
  lang: strings,
  country: strings,
  from: time.optional(),
  to: time.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().max(512).optional(),
});
export type ArticleQuery = z.infer<typeof articleQuery>;
export const articlePage = z
  .object({
    items: z.array(articleSummary),
    nextCursor: z.string().nullable(),
    totalApprox: z.int().nonnegative(),
  })
  .meta({ id: 'ArticlePage' });
export type ArticlePage = z.infer<typeof articlePage>;

export const mediaUrlsRequest = z.strictObject({ mediaIds: z.array(id).min(1).max(50) });
export const mediaUrlsAnswer = z.object({
  urls: z.array(
    z.object({
      mediaId: id,
      url: z.url({ protocol: /^https?$/ }),
      headers: z.record(z.string(), z.string()),
      expiresAt: time,
    }),
  ),
});
export type MediaUrls = z.infer<typeof mediaUrlsAnswer>;
