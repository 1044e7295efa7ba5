import * as z from 'zod';
import { command, push } from './define.ts';
import { badge } from './catalogue.ts';
import { ERROR_CODES } from '../errors.ts';
import { MAX_IDS, MAX_TAGS, MAX_TAG_LENGTH } from '../model/article-limits.ts';
import { bytes, id, instant, range, rev, wireError } from './common.ts';

/** A word that a reader has put on articles. */
const tag = z.string().trim().min(1).max(MAX_TAG_LENGTH);

export const articleSummary = z.object({
  id,
  rev,
  /** Id of the source that it is of. */
  source: z.string(),
  headline: z.string(),
  summary: z.string(),
  section: z.string(),
  topics: z.array(z.string()),
  dateline: z.string(),
  language: z.string(),
  publishedAt: instant,
  updatedAt: instant,
  /** As its publisher says. */
  corrected: z.boolean(),
  /** The text differs from the one that was here before: `articles.correction` compares them. */
  isChanged: z.boolean(),
  /** Reading time in minutes. */
  minutes: z.number().int(),
  /** Text and pictures are stored locally. */
  stored: z.boolean(),
  read: z.boolean(),
  starred: z.boolean(),
  tags: z.array(z.string()),
  withdrawn: z.boolean(),
  /** False where its source publishes the beginning alone. */
  isWhole: z.boolean(),
  /** Last reading position, 0 to 1. */
  position: z.number(),
  /** Picture at `media/article/<mediaId>` under the media base. */
  leadMediaId: z.string().nullable(),
  /** Where in the text the words that were searched for are, with a little around them; else null. */
  excerpt: z.string().nullable(),
});

export const articleDetail = articleSummary.omit({ excerpt: true }).extend({
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
      /** Null where nobody says. */
      width: z.number().nullable(),
      height: z.number().nullable(),
      alt: z.string(),
      caption: z.string(),
      credit: z.string(),
    }),
  ),
  /** What its text and its pictures that are here take, bytes. */
  bytes,
  /** How many of its pictures are here. */
  pictures: z.number().int(),
  relatedAssets: z.array(
    z.object({
      id,
      headline: z.string(),
      durationMs: z.number().nullable(),
      badges: z.array(badge),
      embargoUntil: instant.nullable(),
    }),
  ),
  /** The same story in other languages. */
  translations: z.array(z.object({ id, language: z.string() })),
});

export const articleQuery = z.strictObject({
  /** In the query language, with the fields of articles. */
  text: z.string().max(1000),
  section: z.string().nullable(),
  /** A topic, or a section. */
  topic: z.string().nullable(),
  source: z.string().nullable(),
  tag: z.string().nullable(),
  language: z.string().nullable(),
  /** Of our own service, which has the same in several languages, those in this one alone. */
  ownLanguage: z.string().nullable(),
  /** Published from here on, and before the other; null is open. */
  from: instant.nullable(),
  below: instant.nullable(),
  unreadOnly: z.boolean(),
  starredOnly: z.boolean(),
});

const counted = z.array(z.object({ name: z.string(), count: z.number().int() }));

/** What there is, whatever else is filtered. */
export const articleOverview = z.object({
  total: z.number().int(),
  unread: z.number().int(),
  starred: z.number().int(),
  sources: z.array(z.object({ id: z.string(), total: z.number().int(), unread: z.number().int() })),
  tags: counted,
});

const articleText = z.object({
  updatedAt: instant,
  headline: z.string(),
  summary: z.string(),
  text: z.string(),
});

/** Why articles are stored, the most lasting reason first. */
export const STORAGE_GROUPS = ['kept', 'newest', 'chosen', 'others'] as const;

export const articleStorage = z.object({
  limitBytes: bytes,
  usedBytes: bytes,
  articles: z.number().int(),
  groups: z.array(z.object({ group: z.enum(STORAGE_GROUPS), articles: z.number().int(), bytes })),
  /** What goes first when there is no room, in that order; what is kept never goes. */
  goes: z.array(
    z.object({
      isRead: z.boolean(),
      /** Published before this. */
      before: instant,
      articles: z.number().int(),
      bytes,
      sources: z.array(z.string()),
    }),
  ),
  /** What its publisher lets nobody keep any longer, or was removed by age, waits for the next check. */
  dueBytes: bytes,
});

const ids = z.array(id).min(1).max(MAX_IDS);

export const articleFormat = z.enum(['markdown', 'html', 'epub', 'pdf']);

/** An export of articles: running, waiting to be taken, or failed. */
export const articleExport = z.object({
  id,
  phase: z.enum(['running', 'done', 'failed']),
  /** Steps that are done, of all. */
  done: z.number().int().nonnegative(),
  total: z.number().int().nonnegative(),
  /** Name of the file once there is one; it is at `media/export/<id>` under the media base, once. */
  name: z.string().nullable(),
  /** Number of articles in it. */
  count: z.number().int().nonnegative(),
  /** Pictures that are neither on this computer nor could be fetched. */
  missingPictures: z.number().int().nonnegative(),
  /** Articles that may not be copied or can't be read: their number and the first. */
  leftOut: z.object({
    count: z.number().int(),
    first: z.array(z.object({ id, code: z.enum(ERROR_CODES) })),
  }),
  error: wireError.nullable(),
});

export const articlesArea = {
  'articles.list': command(
    z.strictObject({ query: articleQuery, range }),
    z.object({
      total: z.number().int(),
      unread: z.number().int(),
      items: z.array(articleSummary),
      /** The most frequent of the hits, without the filter of their own kind. */
      sections: counted,
      topics: counted,
    }),
  ),
  /** The first `MAX_IDS` of what a query finds, in the order of its list, and how many it finds. */
  'articles.ids': command(
    z.strictObject({ query: articleQuery }),
    z.object({ ids: z.array(id).max(MAX_IDS), total: z.number().int() }),
  ),
  /** With a language: of our own service, which has the same in several, those in this one alone. */
  'articles.overview': command(
    z.strictObject({ ownLanguage: z.string().nullable() }),
    articleOverview,
  ),
  'articles.get': command(z.strictObject({ id }), articleDetail),
  /** The text before it was corrected, beside the one it has now. @throws `not-found` */
  'articles.correction': command(
    z.strictObject({ id }),
    z.object({ before: articleText, now: articleText }),
  ),
  'articles.mark': command(
    z.strictObject({
      ids,
      read: z.boolean().optional(),
      starred: z.boolean().optional(),
      tags: z.array(tag).max(MAX_TAGS).optional(),
      position: z.number().min(0).max(1).optional(),
    }),
    z.void(),
  ),
  /** Marks what a query finds as read. The token undoes it, until the next one or a restart. */
  'articles.mark-all-read': command(
    z.strictObject({ query: articleQuery }),
    z.object({ count: z.number().int(), undo: z.string() }),
  ),
  /** @throws `not-found` for a token that is no longer known */
  'articles.undo-read': command(z.strictObject({ undo: z.string() }), z.void()),
  /**
   * Stores articles with their pictures, for good, or removes those copies. What doesn't come now is
   * fetched with the next sync; the answer has how many are here. @throws the fault if none is
   */
  'articles.store': command(
    z.strictObject({ ids, stored: z.boolean() }),
    z.object({ count: z.number().int() }),
  ),
  /**
   * Takes the text of an article from its page, whatever is usual for its feed, and stores it with
   * its pictures for good. @throws what the page answers; the text that was here stays then
   */
  'articles.take-page': command(z.strictObject({ id }), z.void()),
  /**
   * Stores the page at an address as an article, for good; one that is there gets what the page says
   * now. @throws `usage`, and what the page answers
   */
  'articles.save-page': command(
    z.strictObject({ address: z.string().max(4096) }),
    z.object({ id }),
  ),
  /** What stored articles take, by why they are stored, and what would go first. */
  'articles.storage': command(z.void(), articleStorage),
  /** Removes what would go first, to free about so many bytes. @returns what was freed */
  'articles.free': command(
    z.strictObject({ bytes }),
    z.object({ bytes, articles: z.number().int() }),
  ),
  /**
   * Starts to make a file of articles: one of its format, of several a book (EPUB) or an archive of
   * files. What becomes of it follows in `articles.export-changed`; a page fetches it and saves it.
   */
  'articles.export': command(z.strictObject({ ids, format: articleFormat }), articleExport),
  'articles.export-changed': push(articleExport),
  /** Ends one that is running, and drops one that waits; no-op for any other. */
  'articles.export-cancel': command(z.strictObject({ id }), z.void()),
  /** Which ones; none for many. `marks` are what a reader has put on these, if that is all. */
  'articles.changed': push(
    z.object({
      rev,
      ids: z.array(id),
      marks: z
        .object({
          read: z.boolean().optional(),
          starred: z.boolean().optional(),
          tags: z.array(tag).optional(),
        })
        .optional(),
    }),
  ),
} as const;
