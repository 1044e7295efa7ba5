import { baseOf } from './article-html.ts';
import { webAddress } from './article-pictures.ts';
import { elementsOf, parseHtml } from './html-tree.ts';
import { lineText } from './json-ld.ts';

export type FoundFeed = {
  /** Absolute, http or https. */
  url: string;
  /** As the page calls it; may be empty. */
  title: string;
  kind: 'rss' | 'atom' | 'rdf' | 'json';
};

const MAX_FEEDS = 20;
const MAX_HEADER = 16_384;
const KINDS: Record<string, FoundFeed['kind'] | undefined> = {
  'application/rss+xml': 'rss',
  'application/atom+xml': 'atom',
  'application/rdf+xml': 'rdf',
  'application/feed+json': 'json',
  'application/json': 'json',
};

type Link = { href: string; rel: string; type: string; title: string };

/** RFC 8288 §3, without continued and encoded parameters. */
const HEADER_LINK =
  /<([^<>]{1,2048})>((?:\s{0,9};\s{0,9}[\w*-]{1,30}\s{0,9}=\s{0,9}(?:"[^"]{0,500}"|[^\s";,]{1,200})){0,12})/gu;
function headerLinks(header: string): Link[] {
  return Array.from(
    header.slice(0, MAX_HEADER).matchAll(HEADER_LINK),
    ([, href = '', rest = '']) => {
      const parameter = (name: string): string => {
        const [, quoted, bare] =
          new RegExp(`;\\s*${name}\\s*=\\s*(?:"([^"]*)"|([^\\s";,]+))`, 'iu').exec(rest) ?? [];
        return quoted ?? bare ?? '';
      };
      return { href, rel: parameter('rel'), type: parameter('type'), title: parameter('title') };
    },
  );
}

/** Of one article or of all: what readers wrote, which nobody means by the feed of a page. */
const isOfComments = ({ url, title }: FoundFeed): boolean =>
  /\/comments?(?:\/|\.|$)|[?&][^=]*comments?=/iu.test(url) ||
  /\bcomments?\b|\bcommentaires?\b|\bkommentare?\b/iu.test(title);
/** Systems offer the page itself as JSON too. */
const isPlainJson = ({ type, href }: Link): boolean =>
  type === 'application/json' && !/feed[^/]{0,40}$|feed\/json\/?$/iu.test(href);

/**
 * The feeds that a page names, each once, at most 20: those of the HTTP `Link` header first, those of
 * comments last.
 *
 * @param url where the page came from, after redirects
 * @param linkHeader null if there was none
 */
export function discoverFeeds(html: string, url: string, linkHeader: string | null): FoundFeed[] {
  const { children } = parseHtml(html);
  const base = baseOf(children, url);
  const inPage = [...elementsOf(children)]
    .filter(({ name }) => name === 'link')
    .map(({ attributes }): Link => {
      const of = (name: string): string => attributes.get(name)?.trim() ?? '';
      return { href: of('href'), rel: of('rel'), type: of('type'), title: of('title') };
    });
  const found = new Map<string, FoundFeed>();
  const add = (links: readonly Link[], from: string | null): void => {
    for (const link of links) {
      const { href, rel, title } = link;
      const type = link.type.toLowerCase().split(';')[0]?.trim() ?? '';
      const kind = KINDS[type];
      const address = href === '' ? null : webAddress(href, from)?.split('#')[0];
      if (!kind || !address || isPlainJson({ ...link, type })) continue;
      if (!rel.toLowerCase().split(/\s+/u).includes('alternate')) continue;
      if (!found.has(address)) found.set(address, { url: address, title: lineText(title), kind });
    }
  };
  add(headerLinks(linkHeader ?? ''), url);
  add(inPage, base);
  const all = [...found.values()];
  const [own, ofComments] = [all.filter((feed) => !isOfComments(feed)), all.filter(isOfComments)];
  return [...own, ...ofComments].slice(0, MAX_FEEDS);
}
