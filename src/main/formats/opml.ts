import { DetectError, generateOpml, MalformedError, ParseError, parseOpml } from 'feedsmith';
import { AppError } from '../../shared/errors.ts';
import { cleanText } from './article-html.ts';

/** A feed as a list of feeds names it. */
export type ListedFeed = { name: string; address: string };

const MAX_FEEDS = 1000;
/** A list of so many feeds takes some hundred kilobytes; a hostile one takes a second for each million. */
const MAX_CHARACTERS = 1_000_000;
const MAX_DEPTH = 20;

type Outline = {
  text?: string | undefined;
  title?: string | undefined;
  xmlUrl?: string | undefined;
  outlines?: Outline[] | undefined;
};

/** On one line, and without what would turn or hide the words around it. */
const nameOf = (text: string): string => cleanText(text).replaceAll(/\s+/gu, ' ').trim();

/** Feeds of all folders, each address once. */
function* feedsIn(outlines: readonly Outline[], depth = 0): Generator<ListedFeed> {
  for (const { text = '', title = '', xmlUrl, outlines: inner = [] } of outlines) {
    const address = xmlUrl?.trim() ?? '';
    if (address !== '') yield { name: (nameOf(title) || nameOf(text)).slice(0, 200), address };
    if (depth < MAX_DEPTH) yield* feedsIn(inner, depth + 1);
  }
}

/**
 * The feeds of a list in OPML (http://opml.org/spec2.opml), in its order.
 *
 * @throws `usage` if it isn't such a list, or has too many
 */
export function readOpml(text: string): ListedFeed[] {
  if (text.length > MAX_CHARACTERS)
    throw new AppError('usage', `The file has more than ${MAX_CHARACTERS / 1e6} MB`);
  let outlines: Outline[];
  try {
    outlines = parseOpml(text.replace(/^[\uFEFF\s]+/u, '')).body?.outlines ?? [];
  } catch (thrown) {
    if (
      thrown instanceof ParseError ||
      thrown instanceof MalformedError ||
      thrown instanceof DetectError
    )
      throw new AppError('usage', 'This isn’t a list of feeds. Choose an OPML file.');
    throw new AppError(
      'usage',
      'This list of feeds is nested too deeply to be read. Export it again.',
    );
  }
  const feeds = new Map<string, ListedFeed>();
  for (const feed of feedsIn(outlines)) {
    if (!feeds.has(feed.address)) feeds.set(feed.address, feed);
    if (feeds.size > MAX_FEEDS)
      throw new AppError('usage', `The list has more than ${MAX_FEEDS} feeds`);
  }
  if (feeds.size === 0) throw new AppError('usage', 'This list has no feeds');
  return [...feeds.values()];
}

/** A list of feeds that other readers take. */
export const writeOpml = (feeds: readonly ListedFeed[], title: string): string =>
  generateOpml({
    head: { title },
    body: {
      outlines: feeds.map(({ name, address }) => ({
        type: 'rss',
        text: name,
        title: name,
        xmlUrl: address,
      })),
    },
  });
