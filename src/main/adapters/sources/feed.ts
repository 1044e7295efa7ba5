import * as z from 'zod';
import type { ArticleDetail } from '../../../shared/model/article.ts';
import type { AssetDetail } from '../../catalogue/asset.ts';
import type { Capabilities, CatalogueSource, SyncStep } from '../../catalogue/ports.ts';
import { isWebPage, type Feed } from '../../formats/feed.ts';
import { AppError, stopReason } from '../../../shared/errors.ts';
import type { SourceId } from '../../../shared/model/source.ts';
import { redactUrl } from '../../../shared/model/url.ts';
import type { DocumentClient, Fetched, Validators } from './document-client.ts';
import { followable } from './http-get.ts';
import { HeardClock } from '../heard-clock.ts';
import type { PublishedFile } from './asset-parts.ts';
import type { FeedPage, FeedReader } from './feed-page.ts';
import { readMark, sourceIdOf } from './publisher.ts';

/** Id of the source that a feed's address makes. */
export const feedSourceId = (url: string): SourceId => sourceIdOf('feed', url);

const CAPABILITIES: Capabilities = {
  accounts: 'none',
  integrity: 'recorded',
  sizes: 'hint',
  changes: 'list',
  withdrawals: 'checked',
  restrictions: 'data',
  isLocalised: false,
  minPollSeconds: 900,
};

/**
 * How far a sync has come. Some servers say for ever that nothing has changed, so that all is asked
 * for again once a week.
 */
const markSchema = z.object({
  etag: z.string().nullable(),
  lastModified: z.string().nullable(),
  /** When the whole document was last read, ms since 1970. */
  wholeAt: z.number(),
  /** When the first of what it held back then may be read; absent in marks from before. */
  heldUntil: z.number().nullable().default(null),
  identity: z.object({
    by: z.enum(['id', 'link', 'title']),
    home: z.string().nullable(),
    hasOthers: z.boolean(),
  }),
});
type Mark = z.infer<typeof markSchema>;
const WHOLE_AGAIN_MS = 7 * 24 * 3_600_000;
const MAX_PAGES = 50;
/** Changes that are stored at once: searches wait for that. */
const MAX_STEP = 500;
/** Some answers may be kept for a year, and recalls can't wait. */
const MAX_REST_SECONDS = 86_400;
/** What has ended is looked at now and then all the same: publishers change their minds. */
const EXPIRED_POLL_SECONDS = 7 * 86_400;
const NOTHING_KNOWN: Validators = { etag: null, lastModified: null };

const earliest = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b);

/** How long it asks to be left alone, by its document and by the answer, ms; 0 is no wish. */
function restMsOf({ isExpired, ttlMinutes }: FeedPage, maxAgeSeconds: number | null) {
  const wished = Math.max((ttlMinutes ?? 0) * 60, maxAgeSeconds ?? 0);
  const seconds = isExpired ? EXPIRED_POLL_SECONDS : Math.min(wished, MAX_REST_SECONDS);
  return seconds * 1000 || null;
}

/** What the document says of itself. */
export type FeedFacts = {
  kind: Feed['kind'];
  title: string;
  /** Where it has moved for good; null if it hasn't. May hold secrets, as its address does. */
  movedTo: string | null;
  /** Number of items with neither film nor sound. */
  articles: number;
  /** Number of items that can't be understood. */
  misfits: number;
  /** Its copyright notice or terms; null if it has none. */
  terms: string | null;
  /** How long it asks to be left alone; null if it doesn't. */
  restMs: number | null;
};
export type FeedSource = CatalogueSource & {
  /** Of the document that was read last; null before. */
  readonly facts: FeedFacts | null;
  /** What the clock of its server shows, ms since 1970; null before its first answer. */
  nowMs(): number | null;
  /**
   * Reads it for the addresses of its files, by the ids of their assets; not to be stored.
   *
   * @param mark of its last sync: items are told apart as they were then
   * @throws `feed-invalid`, and what `DocumentClient.get` throws
   */
  files(mark: string | null, signal: AbortSignal): Promise<FeedFiles>;
  /**
   * Reads it for its articles with the addresses of their pictures, by their ids; not to be stored as
   * they are.
   *
   * @param mark of its last sync
   * @throws as `files`
   */
  articles(mark: string | null, signal: AbortSignal): Promise<ReadonlyMap<string, ArticleDetail>>;
};
/** Files by the ids of their assets. */
export type FeedFiles = ReadonlyMap<string, readonly PublishedFile[]>;

type FeedOptions = {
  client: Pick<DocumentClient, 'get'>;
  read: FeedReader;
  nowMs(): number;
};
type Document = Extract<Fetched, { kind: 'document' }>;
/** `isLast` of those that are read; `isComplete` if there is nothing beyond it. */
type Page = { page: FeedPage; isLast: boolean; isComplete: boolean };

/** A feed as a source of assets; what it states of each is all that there is. */
export function createFeedSource(
  id: SourceId,
  /** Asked for with each sync: it may be in a keychain that is locked. */
  address: () => Promise<string>,
  { client, read, nowMs }: FeedOptions,
): FeedSource {
  let facts: FeedFacts | null = null;
  const heard = new HeardClock();

  async function get(
    url: string,
    validators: Validators | null,
    signal: AbortSignal,
  ): Promise<Fetched> {
    const fetched = await client.get(url, validators, signal);
    if (fetched.atMs !== null) heard.hear(fetched.atMs);
    return fetched;
  }

  /** The pages of a feed: `next` links lead on until one was there before. */
  async function* pagesOf(
    url: string,
    first: Document,
    { before, withFiles }: { before: Mark | null; withFiles: boolean },
    signal: AbortSignal,
  ): AsyncIterable<Page> {
    const seen = new Set([url, first.url]);
    let known = before?.identity ?? null;
    let document = first;
    for (let n = 1; ; n++) {
      // Where there was a feed, a page stands in for it; where there was none, the address is wrong.
      if (isWebPage(document.text) && (before !== null || n > 1))
        throw new AppError('source-blocked', `${redactUrl(document.url)} answers with a web page`, {
          retryable: true,
        });
      const page = await read(document, { source: id, nowMs: nowMs(), known, withFiles }, signal);
      known = page.identity;
      const next = page.next === null ? null : followable(page.next, document.url);
      const isCircle = next !== null && seen.has(next);
      const isLast = next === null || isCircle || n >= MAX_PAGES;
      yield { page, isLast, isComplete: page.next === null || isCircle };
      if (isLast) return;
      seen.add(next);
      const fetched = await get(next, null, signal);
      if (fetched.kind === 'unchanged') return;
      document = fetched;
    }
  }

  async function* sync(given: string | null, signal: AbortSignal): AsyncIterable<SyncStep> {
    if (signal.aborted) throw stopReason(signal);
    const before = readMark(markSchema, given);
    const url = await address();
    const isDue =
      before === null ||
      // Also by a clock that was ahead.
      Math.abs(nowMs() - before.wholeAt) > WHOLE_AGAIN_MS ||
      // What was held back is no change of the document.
      (before.heldUntil !== null && nowMs() >= before.heldUntil);
    const fetched = await get(url, isDue ? null : before, signal);
    if (fetched.kind === 'unchanged') {
      if (before === null)
        throw new AppError(
          'origin-error',
          'The server answers that nothing has changed since a first request',
        );
      const { movedTo, validators } = fetched;
      facts = facts && { ...facts, movedTo };
      yield { changes: [], mark: JSON.stringify({ ...before, ...validators }), list: null };
      return;
    }
    const seen = new Set<string>();
    let isFirst = true;
    let hasAll = true;
    let heldUntil: number | null = null;
    const pages = pagesOf(url, fetched, { before, withFiles: false }, signal);
    for await (const { page, isLast, isComplete } of pages) {
      if (isFirst) {
        const { kind, title, terms } = page;
        const restMs = restMsOf(page, fetched.maxAgeSeconds);
        facts = { kind, title, terms, restMs, movedTo: fetched.movedTo, articles: 0, misfits: 0 };
      }
      if (facts)
        facts = {
          ...facts,
          articles: facts.articles + page.texts,
          misfits: facts.misfits + page.misfits,
        };
      // What couldn't be understood may be one of those that are here.
      hasAll &&= page.misfits === 0;
      heldUntil = earliest(heldUntil, page.heldUntil);
      const isEmpty = page.items === 0 && isFirst && isLast;
      const mark = (validators: Validators): string =>
        JSON.stringify({
          ...validators,
          wholeAt: nowMs(),
          heldUntil,
          identity: page.identity,
        } satisfies Mark);
      // Older pages may have an older version of what a newer one has.
      const isNew = ({ id: itemId }: { id: string }): boolean => !seen.has(itemId);
      const [changes, news] = [page.changes.filter(isNew), page.articles.filter(isNew)];
      const length = Math.max(changes.length, news.length);
      for (let at = 0; at === 0 || at < length; at += MAX_STEP) {
        const isEnd = at + MAX_STEP >= length;
        yield {
          changes: changes.slice(at, at + MAX_STEP),
          articles: news.slice(at, at + MAX_STEP),
          // Only once all pages are read may the next sync ask whether the first has changed.
          mark: mark(isLast && isEnd && !isEmpty ? fetched.validators : NOTHING_KNOWN),
          // An empty list is a fault of the publisher's more often than the truth.
          list: isEmpty
            ? null
            : {
                begins: isFirst && at === 0,
                completes: isLast && isEnd && isComplete && hasAll,
                missing: 'unlisted',
              },
        };
      }
      for (const change of [...page.changes, ...page.articles]) seen.add(change.id);
      isFirst = false;
    }
  }

  /** Its first page, asked for without what is known of it. */
  async function whole(signal: AbortSignal): Promise<[url: string, document: Document]> {
    const url = await address();
    const fetched = await get(url, null, signal);
    if (fetched.kind === 'unchanged')
      throw new AppError(
        'origin-error',
        'The server answers that nothing has changed since a first request',
      );
    return [url, fetched];
  }

  async function files(mark: string | null, signal: AbortSignal): Promise<FeedFiles> {
    const found = new Map<string, readonly PublishedFile[]>();
    const wanted = { before: readMark(markSchema, mark), withFiles: true };
    for await (const { page } of pagesOf(...(await whole(signal)), wanted, signal))
      for (const [assetId, published] of page.files)
        if (!found.has(assetId)) found.set(assetId, published);
    return found;
  }

  async function articles(
    mark: string | null,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, ArticleDetail>> {
    const found = new Map<string, ArticleDetail>();
    const wanted = { before: readMark(markSchema, mark), withFiles: false };
    for await (const { page } of pagesOf(...(await whole(signal)), wanted, signal))
      for (const change of page.articles)
        if (change.op === 'upsert' && change.detail && !found.has(change.id))
          found.set(change.id, change.detail);
    return found;
  }

  return {
    id,
    owns: (assetId) => assetId.startsWith(`${id}/`),
    capabilities: CAPABILITIES,
    sync,
    files,
    articles,
    detail: async () => null,
    nowMs: () => heard.nowMs(),
    get facts() {
      return facts;
    },
  };
}

export type FeedProbe = FeedFacts & {
  source: SourceId;
  /** Newest first. */
  assets: AssetDetail[];
  news: ArticleDetail[];
};

/**
 * Looks at a feed without keeping anything of it.
 *
 * @throws `feed-invalid`, and what `DocumentClient.get` throws
 */
export async function probeFeed(
  url: string,
  { signal, ...options }: FeedOptions & { signal: AbortSignal },
): Promise<FeedProbe> {
  const source = createFeedSource(feedSourceId(url), async () => url, options);
  const assets: AssetDetail[] = [];
  const news: ArticleDetail[] = [];
  for await (const { changes, articles = [] } of source.sync(null, signal)) {
    for (const change of changes)
      if (change.op === 'upsert' && change.detail) assets.push(change.detail);
    for (const change of articles)
      if (change.op === 'upsert' && change.detail) news.push(change.detail);
  }
  if (!source.facts) throw new AppError('feed-invalid', 'The feed is empty');
  return {
    ...source.facts,
    source: source.id,
    assets: assets.toSorted(byDate),
    news: news.toSorted(byDate),
  };
}

const byDate = (a: { publishedAt: string }, b: { publishedAt: string }): number =>
  Date.parse(b.publishedAt) - Date.parse(a.publishedAt);
