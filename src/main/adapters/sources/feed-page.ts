import { parseFeed, type Feed } from '../../formats/feed.ts';
import type { SourceId } from '../../../shared/model/source.ts';
import { clean, cleanLine, plainText } from './asset-parts.ts';
import { mapFeed, type FeedIdentity, type MappedFeed } from './feed-map.ts';

/** A document of a publisher, and where it came from. */
export type FeedDocument = { text: string; url: string };
export type FeedContext = {
  source: SourceId;
  nowMs: number;
  known: FeedIdentity | null;
  /** Also the addresses of files, which must not be stored. */
  withFiles?: boolean;
};
/** What a document says: of a feed that has several, one of its pages. */
export type FeedPage = MappedFeed & {
  kind: Feed['kind'];
  title: string;
  /** Its copyright notice; null if it has none. */
  terms: string | null;
  /** Number of items, of any kind. */
  items: number;
  /** Address of the next page; it may hold secrets. */
  next: string | null;
  ttlMinutes: number | null;
  isExpired: boolean;
};

/**
 * Reads a document. Hostile ones take minutes and gigabytes: call it in a thread that can be ended
 * (`threads/document-reader.ts`).
 *
 * @throws `feed-invalid`
 */
export function readFeed({ text, url }: FeedDocument, context: FeedContext): FeedPage {
  const feed = parseFeed(text, url);
  const { kind, title, copyright, next, ttlMinutes, isExpired, items } = feed;
  return {
    ...mapFeed(feed, context),
    kind,
    title: cleanLine(plainText(title)),
    terms: copyright && clean(copyright),
    items: items.length + feed.unread,
    next,
    ttlMinutes,
    isExpired,
  };
}

/** `readFeed` in a thread. @throws `feed-invalid`, and what `signal` was aborted with */
export type FeedReader = (
  document: FeedDocument,
  context: FeedContext,
  signal: AbortSignal,
) => Promise<FeedPage>;
