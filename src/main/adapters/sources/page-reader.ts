import { extractPage, type ArticlePage } from '../../formats/article-page.ts';
import { discoverFeeds, type FoundFeed } from '../../formats/feed-discovery.ts';
import { mediaIdIn } from './feed-article.ts';
import type { PageDocument } from './page-client.ts';

/**
 * The article of a page. Hostile pages take minutes and gigabytes: call it in a thread that can be
 * ended (`threads/document-reader.ts`).
 *
 * @param source of the article, for the ids of its pictures: see `mediaIdIn`
 * @throws `page-unreadable`
 */
export const readPage = ({ html, url }: PageDocument, source: string): ArticlePage =>
  extractPage(html, url, mediaIdIn(source));

/** The feeds that a page names. In a thread, as well. */
export const findFeeds = ({ html, url, link }: PageDocument): FoundFeed[] =>
  discoverFeeds(html, url, link);
