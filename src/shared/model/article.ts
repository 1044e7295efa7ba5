/*
 * The article as any source has it: that of our own service, with more that may be unknown.
 */
import * as z from 'zod';
import * as wire from '../api/articles.ts';
import { bytes, sha256, time } from '../api/common.ts';

const pixels = z.int().positive().nullable();

/** A picture of an article. Null where nobody says; its hash is known once it is here. */
const articleMedia = wire.articleMedia.extend({
  bytes: bytes.nullable(),
  sha256: sha256.nullable(),
  width: pixels,
  height: pixels,
  /** Absolute, or a path on the service. Empty in what is stored where it may hold a secret. */
  url: z.string().max(4096),
});

// Rows stored before there were other sources are of our own service.
const differences = {
  /** False where the source gives no date, and `publishedAt` is when it was first seen here. */
  isDateStated: z.boolean().default(true),
  /** False where the source publishes the beginning alone, and the rest is on a page. */
  isWhole: z.boolean().default(true),
};
export const articleSummary = wire.articleSummary.extend(differences);
export type ArticleSummary = z.infer<typeof articleSummary>;

export const articleDetail = wire.articleDetail.extend({
  ...differences,
  /** `page` if the text was taken out of the article's page. */
  textFrom: z.enum(['source', 'page']).default('source'),
  /** The user has asked for the text of its page: it stays that, whatever is usual for its source. */
  isPageChosen: z.literal(true).optional(),
  media: z.array(articleMedia),
});
export type ArticleDetail = z.infer<typeof articleDetail>;

/** What was an article's text before it was corrected. */
export const formerText = z.object({
  rev: z.int(),
  updatedAt: time,
  headline: z.string(),
  summary: z.string(),
  bodyText: z.string(),
});
export type FormerText = z.infer<typeof formerText>;

/** A version of an article: see `Version` of an asset. */
type Version = { rev: number; stamp?: never } | { rev?: never; stamp: string };
type Changed =
  | {
      op: 'upsert';
      article: ArticleSummary;
      /** Where the list has all that there is of it. */
      detail?: ArticleDetail;
    }
  | { op: 'withdraw'; article?: ArticleSummary | undefined }
  | { op: 'delete' };
/** A change as a source announces it. */
export type ArticleChange = { id: string } & Version & Changed;
