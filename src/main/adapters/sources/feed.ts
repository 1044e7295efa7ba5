import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { AssetDetail } from '../../catalogue/asset.ts';
import type { Capabilities, CatalogueSource, SyncStep } from '../../catalogue/ports.ts';
import { parseFeed, type Feed } from '../../formats/feed.ts';
import { AppError, stopReason } from '../../../shared/errors.ts';
import type { SourceId } from '../../../shared/model/source.ts';
import { followable, type DocumentClient, type Validators } from './document-client.ts';
import { mapFeed } from './feed-map.ts';

/** Id of the source that a feed's address makes. */
export const feedSourceId = (url: string): SourceId =>
  `feed:${createHash('sha256').update(url).digest('hex').slice(0, 12)}`;

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
});
type Mark = z.infer<typeof markSchema>;
const WHOLE_AGAIN_MS = 7 * 24 * 3_600_000;
const MAX_PAGES = 50;

function readMark(mark: string | null): Mark | null {
  if (mark === null) return null;
  try {
    return markSchema.safeParse(JSON.parse(mark)).data ?? null;
  } catch {
    return null;
  }
}

/** What the document says of itself. */
export type FeedFacts = {
  kind: Feed['kind'];
  title: string;
  /** Where it has moved for good; null if it hasn't. */
  movedTo: string | null;
  /** Number of items with neither film nor sound. */
  articles: number;
  /** Its copyright notice or terms; null if it has none. */
  terms: string | null;
  /** How long it asks to be left alone, by its document and by the answer. */
  restMs: number | null;
};
export type FeedSource = CatalogueSource & {
  /** Of the document that was read last; null before. */
  readonly facts: FeedFacts | null;
};

/** A feed as a source of assets; what it states of each is all that there is. */
export function createFeedSource(
  id: SourceId,
  /** Asked for with each sync: it may be in a keychain that is locked. */
  address: () => Promise<string>,
  { client, nowMs }: { client: Pick<DocumentClient, 'get'>; nowMs(): number },
): FeedSource {
  let facts: FeedFacts | null = null;

  /** The pages of a feed: `next` links lead on until one was there before. */
  async function* pagesOf(
    url: string,
    first: { feed: Feed; from: string },
    signal: AbortSignal,
  ): AsyncIterable<{ feed: Feed; isLast: boolean }> {
    const seen = new Set([url, first.from]);
    let { feed, from } = first;
    for (let n = 1; ; n++) {
      const next = feed.next === null ? null : followable(feed.next, from);
      const isLast = next === null || seen.has(next) || n >= MAX_PAGES;
      yield { feed, isLast };
      if (isLast) return;
      seen.add(next);
      const page = await client.get(next, null, signal);
      if (page.kind === 'unchanged') return;
      from = page.url;
      feed = parseFeed(page.text, from);
    }
  }

  async function* sync(given: string | null, signal: AbortSignal): AsyncIterable<SyncStep> {
    if (signal.aborted) throw stopReason(signal);
    const before = readMark(given);
    const url = await address();
    const isDue = before === null || nowMs() - before.wholeAt > WHOLE_AGAIN_MS;
    const fetched = await client.get(url, isDue ? null : before, signal);
    if (fetched.kind === 'unchanged') {
      const mark = { ...before, ...fetched.validators };
      yield { changes: [], mark: JSON.stringify(mark), list: null };
      return;
    }
    const feed = parseFeed(fetched.text, fetched.url);
    facts = {
      kind: feed.kind,
      title: feed.title,
      movedTo: fetched.movedTo,
      articles: 0,
      terms: feed.copyright,
      restMs:
        Math.max((feed.ttlMinutes ?? 0) * 60_000, (fetched.maxAgeSeconds ?? 0) * 1000) || null,
    };
    const markOf = ({ etag, lastModified }: Validators): string =>
      JSON.stringify({ etag, lastModified, wholeAt: nowMs() } satisfies Mark);
    // An empty list where there was one is a fault of the publisher's more often than the truth.
    if (feed.items.length === 0 && before !== null) {
      yield { changes: [], mark: markOf({ etag: null, lastModified: null }), list: null };
      return;
    }
    let begins = true;
    for await (const page of pagesOf(url, { feed, from: fetched.url }, signal)) {
      const mapped = mapFeed(page.feed, id, nowMs());
      facts = { ...facts, articles: facts.articles + page.feed.items.length - mapped.length };
      yield {
        changes: mapped.map(({ change }) => change),
        // Only once all pages are read may the next sync ask whether the first has changed.
        mark: markOf(page.isLast ? fetched.validators : { etag: null, lastModified: null }),
        list: { begins, completes: page.isLast, missing: 'unlisted' },
      };
      begins = false;
    }
  }

  return {
    id,
    owns: (assetId) => assetId.startsWith(`${id}/`),
    capabilities: CAPABILITIES,
    sync,
    detail: async () => null,
    get facts() {
      return facts;
    },
  };
}

export type FeedProbe = FeedFacts & {
  source: SourceId;
  /** Newest first. */
  assets: AssetDetail[];
};

/**
 * Looks at a feed without keeping anything of it.
 *
 * @throws `feed-invalid`, and what `DocumentClient.get` throws
 */
export async function probeFeed(
  client: Pick<DocumentClient, 'get'>,
  url: string,
  { nowMs, signal }: { nowMs(): number; signal: AbortSignal },
): Promise<FeedProbe> {
  const source = createFeedSource(feedSourceId(url), async () => url, { client, nowMs });
  const assets: AssetDetail[] = [];
  for await (const { changes } of source.sync(null, signal))
    for (const change of changes)
      if (change.op === 'upsert' && change.detail) assets.push(change.detail);
  if (!source.facts) throw new AppError('feed-invalid', 'The feed is empty');
  return {
    ...source.facts,
    source: source.id,
    assets: assets.toSorted((a, b) => Date.parse(b.publishedAt) - Date.parse(a.publishedAt)),
  };
}
