import type { AssetDetail } from '../../catalogue/asset.ts';
import { parseFeed, type Feed } from '../../formats/feed.ts';
import type { SourceId } from '../../../shared/model/source.ts';
import { createHash } from 'node:crypto';
import type { DocumentClient } from './document-client.ts';
import { mapFeed } from './feed-map.ts';

/** Id of the source that a feed's address makes. */
export const feedSourceId = (url: string): SourceId =>
  `feed:${createHash('sha256').update(url).digest('hex').slice(0, 12)}`;

export type FeedProbe = {
  source: SourceId;
  kind: Feed['kind'];
  title: string;
  /** Where it has moved for good; null if it hasn't. */
  movedTo: string | null;
  /** Newest first. */
  assets: AssetDetail[];
  /** Number of items with neither film nor sound. */
  articles: number;
};

/**
 * Looks at a feed without keeping anything of it.
 *
 * @throws `feed-invalid`, and what `DocumentClient.get` throws
 */
export async function probeFeed(
  client: DocumentClient,
  url: string,
  { nowMs, signal }: { nowMs: number; signal: AbortSignal },
): Promise<FeedProbe> {
  const fetched = await client.get(url, null, signal);
  if (fetched.kind === 'unchanged') throw new Error('Nothing was asked that can be unchanged');
  const feed = parseFeed(fetched.text, fetched.url);
  const source = feedSourceId(fetched.movedTo ?? url);
  const mapped = mapFeed(feed, source, nowMs);
  return {
    source,
    kind: feed.kind,
    title: feed.title,
    movedTo: fetched.movedTo,
    assets: mapped
      .flatMap(({ change }) => (change.op === 'upsert' && change.detail ? [change.detail] : []))
      .toSorted((a, b) => Date.parse(b.publishedAt) - Date.parse(a.publishedAt)),
    articles: feed.items.length - mapped.length,
  };
}
