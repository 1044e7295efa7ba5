import * as z from 'zod';
import { command, push } from './define.ts';
import { badge } from './catalogue.ts';
import { id, instant, range, rev } from './common.ts';

export const articleSummary = z.object({
  id,
  rev,
  headline: z.string(),
  summary: z.string(),
  section: z.string(),
  topics: z.array(z.string()),
  dateline: z.string(),
  language: z.string(),
  publishedAt: instant,
  updatedAt: instant,
  corrected: z.boolean(),
  /** Reading time in minutes. */
  minutes: z.number().int(),
  /** Text and pictures are stored locally. */
  stored: z.boolean(),
  read: z.boolean(),
  withdrawn: z.boolean(),
  /** Picture at `media/article/<mediaId>` under the media base. */
  leadMediaId: z.string().nullable(),
});

export const articleDetail = articleSummary.extend({
  alternativeHeadline: z.string().nullable(),
  byline: z.array(z.string()),
  dir: z.enum(['ltr', 'rtl']),
  correctionNote: z.string().nullable(),
  /** Restricted HTML with `img src="media:<mediaId>"`; sanitised again where it is shown. */
  bodyHtml: z.string(),
  copyrightNotice: z.string(),
  usageTerms: z.string(),
  canonicalUrl: z.string(),
  media: z.array(
    z.object({
      mediaId: z.string(),
      role: z.enum(['lead', 'inline', 'gallery']),
      width: z.number(),
      height: z.number(),
      alt: z.string(),
      caption: z.string(),
      credit: z.string(),
    }),
  ),
  relatedAssets: z.array(
    z.object({
      id,
      headline: z.string(),
      durationMs: z.number().nullable(),
      badges: z.array(badge),
      embargoUntil: instant.nullable(),
    }),
  ),
  /** Last reading position, 0 to 1. */
  position: z.number(),
  /** The same story in other languages. */
  translations: z.array(z.object({ id, language: z.string() })),
});

export const articleQuery = z.strictObject({
  text: z.string().max(500),
  section: z.string().nullable(),
  language: z.string().nullable(),
  unreadOnly: z.boolean(),
});

export const articlesArea = {
  'articles.list': command(
    z.strictObject({ query: articleQuery, range }),
    z.object({
      total: z.number().int(),
      unread: z.number().int(),
      items: z.array(articleSummary),
      sections: z.array(z.object({ name: z.string(), count: z.number().int() })),
    }),
  ),
  'articles.get': command(z.strictObject({ id }), articleDetail),
  'articles.mark': command(
    z.strictObject({
      id,
      read: z.boolean().optional(),
      position: z.number().min(0).max(1).optional(),
    }),
    z.void(),
  ),
  /** Stores an article with its pictures for offline reading, or removes that copy. */
  'articles.store': command(z.strictObject({ id, stored: z.boolean() }), z.void()),
  'articles.changed': push(z.object({ rev, ids: z.array(id) })),
} as const;
