/*
 * An article out of a page of the web. Which part is its text is found by readability
 * (https://github.com/mozilla/readability) in a copy that has only what may matter.
 */
import { Readability } from '@mozilla/readability';
import { parseHTML } from 'linkedom';
import { AppError } from '../../shared/errors.ts';
import { redactUrl } from '../../shared/model/url.ts';
import { embedLink, isEmbed } from './article-embeds.ts';
import {
  baseOf,
  cleanArticleHtml,
  isJunk,
  isRtl,
  isSolid,
  neighboursOf,
  noscriptPictures,
  signOf,
  type ArticleHtml,
  type ArticlePicture,
  type MediaIdOf,
} from './article-html.ts';
import { BYLINE_WORD, bylineIn } from './bylines.ts';
import {
  isHidden,
  isPicture,
  pictureKey,
  pictureOf,
  picturesIn,
  webAddress,
} from './article-pictures.ts';
import {
  element,
  elementsOf,
  htmlOf,
  isElement,
  lineOf,
  MAX_HTML,
  parseHtml,
  type HtmlElement,
  type HtmlNode,
} from './html-tree.ts';
import { pageFacts, type PageFacts, type StatedPicture } from './page-facts.ts';

/** An article as its page has it. */
export type ArticlePage = Omit<
  PageFacts,
  'pictures' | 'isFree' | 'hasNextPage' | 'isArticle' | 'dir'
> &
  ArticleHtml & {
    dir: 'ltr' | 'rtl';
    /** One of `pictures`, which has it first if it isn't in the text. */
    leadMediaId: string | null;
    /** The page shows the beginning to those who don't pay. */
    isPaywalled: boolean;
    /** False for a beginning, also if more is on further pages or was cut. */
    isWhole: boolean;
  };

const MAX_ELEMENTS = 50_000;
/** Characters; less is no article. */
const MIN_TEXT = 60;
/** Characters; pages for which one pays show less. */
const MAX_TEASER = 2000;
const MAX_KICKER = 60;

const unreadable = (url: string, why: string): AppError =>
  new AppError('page-unreadable', `${redactUrl(url)} ${why}`, { retryable: false });

const BOXES =
  /(?:^|[-_])(?:newsletter|signup|subscribe|subscription|promo(?:box|tion)?|recirc(?:ulation)?|recommend(?:ed|ations?)|trending|most-?read|popular|sponsored|partners?|cookie|consent|gdpr|share|sharing|social|comments?|disqus|related|breadcrumbs?|pagination|pager|toolbar|masthead|sidebar|site-?(?:header|footer|nav)|skip-?links?|tags|tag-list|author-?(?:bio|box|card)|about-the-author|next-?(?:article|up)|infinite|paywall|piano|regwall|copyright|legal)(?:$|[-_])/iu;
const KEPT_KINDS = new Set([
  'html',
  'body',
  'main',
  'article',
  'p',
  'figure',
  'a',
  'span',
  'h1',
  'h2',
  'h3',
  'em',
  'strong',
  'img',
  'td',
  'tr',
  'table',
  'tbody',
]);
/** True for a box of the page beside the article. More is taken for one than in what a feed gives. */
function isBox(node: HtmlElement): boolean {
  if (KEPT_KINDS.has(node.name)) return false;
  if (node.name === 'aside') return !isPullQuote(node);
  return `${node.attributes.get('class') ?? ''} ${node.attributes.get('id') ?? ''}`
    .slice(0, 2000)
    .split(/\s+/u)
    .some((token) => BOXES.test(token));
}
const isPullQuote = ({ attributes, children }: HtmlElement): boolean =>
  /quote|fact|correction/iu.test(attributes.get('class') ?? '') ||
  [...elementsOf(children)].some(({ name }) => name === 'blockquote');

const KEPT_ATTRIBUTES = [
  'class',
  'id',
  'href',
  'title',
  'lang',
  'dir',
  'datetime',
  'itemprop',
  'name',
  'cite',
  'colspan',
  'rowspan',
  'scope',
  'start',
  'role',
];
/**
 * As readability takes it: it drops what is aside, and at the foot also of a quotation, and makes
 * paragraphs of what groups the terms of a list.
 */
function inCopy(node: HtmlElement): HtmlElement {
  const { name, children } = node;
  if (name === 'aside') return { ...node, name: 'div' };
  if (name === 'blockquote')
    return {
      ...node,
      children: children.map((child) =>
        isElement(child) && child.name === 'footer' ? { ...child, name: 'cite' } : child,
      ),
    };
  if (name === 'dl')
    return {
      ...node,
      children: children.flatMap((child) =>
        isElement(child) && child.name === 'div' ? child.children : [child],
      ),
    };
  return { ...node, name: name.replaceAll(/[^a-z\d-]/giu, '') };
}

const HEAD = new Set(['head', 'title', 'meta', 'link', 'base', 'script', 'noscript']);

const imageOf = ({ url, alt, width, height }: StatedPicture): HtmlElement =>
  element('img', [], {
    src: url,
    alt,
    width: width === null ? undefined : String(width),
    height: height === null ? undefined : String(height),
  });

/** A copy for readability: pictures in their size, frames as links, without boxes and what is known. */
function copyOf(
  nodes: readonly HtmlNode[],
  page: { base: string; facts: PageFacts; isKnown: (node: HtmlElement) => boolean },
): HtmlNode[] {
  return nodes.flatMap((node, at): HtmlNode[] => {
    if (!isElement(node)) return [node];
    if (node.name === 'noscript')
      return noscriptPictures(node, neighboursOf(nodes, at), page.base).flatMap((picture) => {
        const found = pictureOf(picture, page.base);
        return found ? [imageOf(found)] : [];
      });
    const isRoot = /^(?:html|body|main|article)$/u.test(node.name);
    if (HEAD.has(node.name) || (!isRoot && (isJunk(node) || isBox(node) || isHidden(node))))
      return [];
    if (page.isKnown(node)) return [];
    if (isPicture(node)) {
      const sign = signOf(node);
      if (sign !== null) return [sign];
      const found = pictureOf(node, page.base);
      return found ? [imageOf(found)] : [];
    }
    if (isEmbed(node)) {
      const link = embedLink(node, page.base, page.facts.language ?? 'en');
      return link ? [element('p', [element('a', [link.name], { href: link.href })])] : [];
    }
    const attributes = Object.fromEntries(
      KEPT_ATTRIBUTES.flatMap((name) => {
        const value = node.attributes.get(name);
        return value === undefined ? [] : [[name, value]];
      }),
    );
    const { name, children: given } = inCopy(node);
    const children = copyOf(given, page);
    // By itself it would be taken for a list of links.
    const [only, ...others] = children.filter(isSolid);
    if (/^(?:div|span)$/u.test(name) && given.some((child) => isElement(child) && isEmbed(child)))
      if (only !== undefined && others.length === 0) return [only];
    return [element(name, children, { ...attributes, href: linkOf(node, page.base) })];
  });
}

/** Absolute, but for places on the page. */
function linkOf({ attributes }: HtmlElement, base: string): string | undefined {
  const href = attributes.get('href')?.trim();
  if (href === undefined || href.startsWith('#')) return href;
  return webAddress(href, base) ?? href;
}

const fold = (text: string): string => text.toLowerCase().replaceAll(/\s+/gu, ' ').trim();
/** What the reader shows above the text: headline, names, date. It isn't said twice. */
function knownParts(nodes: readonly HtmlNode[], facts: PageFacts): (node: HtmlElement) => boolean {
  const headline = fold(facts.headline);
  const known = new Set<HtmlElement>();
  const before: HtmlElement[] = [];
  let isOpening = true;
  for (const node of elementsOf(nodes)) {
    const text = fold(lineOf(node.children));
    if (node.name === 'p' && text.length >= 80) isOpening = false;
    if (node.name === 'h1' && (headline.includes(text) || text.includes(headline))) {
      known.add(node);
      isOpening = true;
      for (const one of before) known.add(one);
    }
    // What stands above the headline names the paper or the section.
    if (node.name === 'p' && text.length <= MAX_KICKER && [...picturesIn([node])].length === 0)
      before.push(node);
    if (isOpening && node.name === 'p' && bylineIn(lineOf(node.children)).length > 0)
      known.add(node);
    if (/^h[2-6]$/u.test(node.name) && text === headline) known.add(node);
    const words =
      `${node.attributes.get('class') ?? ''} ${node.attributes.get('itemprop') ?? ''} ${node.attributes.get('rel') ?? ''}`.split(
        /\s+/u,
      );
    if (text.length <= 200 && words.some((word) => BYLINE_WORD.test(word))) known.add(node);
    if (
      isOpening &&
      text.length <= 80 &&
      !/^(?:p|div|article|main|section)$/u.test(node.name) &&
      [...elementsOf([node])].some(({ name }) => name === 'time')
    )
      known.add(node);
    if (
      isOpening &&
      /^(?:p|div)$/u.test(node.name) &&
      text.length <= 80 &&
      [...elementsOf(node.children)].some(({ name }) => name === 'time')
    )
      known.add(node);
    if (facts.correctionNote !== null && text !== '' && text === fold(facts.correctionNote))
      known.add(node);
  }
  return (node) => known.has(node);
}

type PageDocument = ReturnType<typeof parseHTML>['document'];
/** What is used of the interface of the DOM, whose types belong to browsers. */
type DomElement = { append(node: unknown): void; setAttribute(name: string, value: string): void };
/** Built node by node: to write it down and to parse it again would take most of the time. */
function fill(parent: DomElement, nodes: readonly HtmlNode[], document: PageDocument): void {
  for (const node of nodes) {
    if (!isElement(node)) {
      parent.append(document.createTextNode(node));
      continue;
    }
    const child = document.createElement(node.name) as DomElement;
    for (const [name, value] of node.attributes) child.setAttribute(name, value);
    fill(child, node.children, document);
    parent.append(child);
  }
}

/** With the contents of elements of this name in their place. */
const unwrapped = (nodes: readonly HtmlNode[], name: string): HtmlNode[] =>
  nodes.flatMap((node) => (isElement(node) && node.name === name ? node.children : [node]));

/** The part that readability takes for the text; empty if it finds none. */
function mainPart(copy: readonly HtmlNode[], facts: PageFacts, url: string): string {
  const { document } = parseHTML(
    '<!doctype html><html><head><title></title></head><body></body></html>',
  );
  document.title = facts.headline;
  fill(document.body, unwrapped(unwrapped(copy, 'html'), 'body'), document);
  try {
    const reader = new Readability(document, {
      maxElemsToParse: MAX_ELEMENTS,
      charThreshold: 300,
      keepClasses: true,
      disableJSONLD: true,
    });
    return reader.parse()?.content ?? '';
  } catch (thrown) {
    throw new AppError('page-unreadable', `${redactUrl(url)} can’t be understood as an article`, {
      retryable: false,
      cause: thrown,
    });
  }
}

/** What the page itself names its text, or its one article; null if there are several or none. */
function namedPart(copy: readonly HtmlNode[]): { isText: boolean; node: HtmlElement } | null {
  const all = [...elementsOf(copy)];
  const texts = all.filter(({ attributes }) => attributes.get('itemprop') === 'articleBody');
  const articles = all.filter(({ name }) => name === 'article');
  const [text] = texts;
  if (text && texts.length === 1) return { isText: true, node: text };
  const node = articles.length === 1 ? articles[0] : all.find(({ name }) => name === 'main');
  return node ? { isText: false, node } : null;
}

const ASKS =
  /\b(?:cookies?|consent|privacy|tracking|vie privée|consentement|traceurs?|datenschutz)\b/giu;
/** True for a question about cookies in place of an article. */
const isConsentWall = (text: string, facts: PageFacts): boolean =>
  !facts.isArticle && (text.match(ASKS)?.length ?? 0) >= Math.max(3, text.length / 200);

const LOGO =
  /(?:^|[-_/.])(?:logo|default|placeholder|fallback|share|social|og|icon|avatar)(?:[-_]?image)?(?:[-_.]|$)/iu;
/** The picture that stands for the article: the one of the page's facts, as the text has it if it does. */
function leadOf(
  facts: PageFacts,
  { pictures, bodyHtml }: ArticleHtml,
  mediaIdOf: MediaIdOf,
): { lead: ArticlePicture | null; isNew: boolean } {
  const keyed = new Map(pictures.map((picture) => [pictureKey(picture.url), picture]));
  const [first] = pictures;
  // The text begins with it.
  if (first && bodyHtml.startsWith('<figure>')) return { lead: first, isNew: false };
  for (const picture of facts.pictures) {
    const own = keyed.get(pictureKey(picture.url));
    if (own) return { lead: own, isNew: false };
    if (!LOGO.test(new URL(picture.url).pathname.split('/').at(-1) ?? ''))
      return {
        lead: { ...picture, mediaId: mediaIdOf(picture.url), caption: '', credit: '' },
        isNew: true,
      };
  }
  return { lead: first ?? null, isNew: false };
}

/**
 * Reads the article of a page. Hostile pages take long: call it in a thread that can be ended.
 *
 * @param html decoded
 * @param url where it came from, after redirects
 * @throws `page-unreadable` if it is too large, or has no article that can be read
 */
export function extractPage(html: string, url: string, mediaIdOf: MediaIdOf): ArticlePage {
  if (html.length > MAX_HTML)
    throw unreadable(url, `has more than ${MAX_HTML / 2 ** 20} MB of text`);
  const { children, isCut } = parseHtml(html);
  if (isCut) throw unreadable(url, 'has too many elements to be read');
  const base = baseOf(children, url) ?? url;
  const facts = pageFacts(children, url, base);
  const copy = copyOf(children, { base, facts, isKnown: knownParts(children, facts) });
  const clean = (part: string): ArticleHtml =>
    cleanArticleHtml(part, url, mediaIdOf, facts.language ?? 'en');

  const found = clean(mainPart(copy, facts, url));
  const named = namedPart(copy);
  const isThin = found.bodyText.length < 2 * MIN_TEXT;
  const own = named && (named.isText || isThin) ? clean(htmlOf([named.node])) : null;
  // Readability leaves out parts of live blogs and galleries.
  const text =
    own && own.bodyText.length > found.bodyText.length * (isThin ? 1 : 1.3) ? own : found;

  if (isConsentWall(text.bodyText, facts))
    throw unreadable(url, 'asks about cookies instead of showing an article');
  const isGallery = text.pictures.length >= 3;
  if (text.bodyText.length < MIN_TEXT && !isGallery)
    throw unreadable(url, 'has no article that can be read');
  const { pictures: _, isFree, hasNextPage, isArticle: __, ...stated } = facts;
  const { lead, isNew } = leadOf(facts, text, mediaIdOf);
  const isPaywalled = !isFree && text.bodyText.length < MAX_TEASER;
  return {
    ...stated,
    ...text,
    dir: facts.dir ?? (isRtl(text.bodyText) ? 'rtl' : 'ltr'),
    pictures: lead && isNew ? [lead, ...text.pictures] : text.pictures,
    leadMediaId: lead?.mediaId ?? null,
    isPaywalled,
    isWhole: !isPaywalled && !hasNextPage && !text.isCut,
  };
}
