/*
 * What a page says of its article: JSON-LD, Open Graph and other `meta`, microdata, elements of
 * HTML, and the address. Only facts are read, each within bounds.
 */
import { webAddress } from './article-pictures.ts';
import { BYLINE_WORD, bylineIn, namesIn } from './bylines.ts';
import { feedDate } from './feed-date.ts';
import { elementsOf, lineOf, type HtmlElement, type HtmlNode } from './html-tree.ts';
import {
  articleIn,
  imagesIn,
  isFree,
  jsonObjects,
  lineText,
  organisationIn,
  personsIn,
  textIn,
  valuesOf,
  type JsonObject,
} from './json-ld.ts';

export type StatedPicture = {
  url: string;
  width: number | null;
  height: number | null;
  alt: string;
};
export type PageFacts = {
  headline: string;
  byline: string[];
  /** ms since 1970; without a zone, UTC. */
  publishedMs: number | null;
  updatedMs: number | null;
  /** BCP 47. */
  language: string | null;
  dir: 'ltr' | 'rtl' | null;
  summary: string;
  siteName: string;
  section: string;
  topics: string[];
  /** On the same site, without what only counts readers. */
  canonicalUrl: string;
  copyrightNotice: string;
  correctionNote: string | null;
  /** Those that stand for the article, the best first. */
  pictures: StatedPicture[];
  /** False if the page says that one has to pay for all of it. */
  isFree: boolean;
  /** The text goes on on another page. */
  hasNextPage: boolean;
  /** It says that it is an article. */
  isArticle: boolean;
};

/** All that a page has, and where it is. */
type Page = {
  url: string;
  base: string;
  elements: readonly HtmlElement[];
  /** Those in what the page marks as its article; all if it marks nothing. */
  inArticle: readonly HtmlElement[];
  objects: readonly JsonObject[];
  article: JsonObject;
  /** What `meta` elements say: of the first of these names that says something. */
  meta: (names: readonly string[]) => string;
};

const MAX_NAMES = 20;
const unique = (texts: readonly string[]): string[] => [...new Set(texts)].slice(0, MAX_NAMES);
const firstOf = <T>(values: readonly (T | null)[]): T | null =>
  values.find((value) => value !== null) ?? null;

const attribute = (node: HtmlElement, name: string): string => node.attributes.get(name) ?? '';
const hasWord = (node: HtmlElement, name: string, word: RegExp): boolean =>
  attribute(node, name)
    .slice(0, 500)
    .split(/\s+/u)
    .some((one) => word.test(one));

function metaOf(elements: readonly HtmlElement[]): Page['meta'] {
  const values = new Map<string, string>();
  for (const node of elements) {
    if (node.name !== 'meta') continue;
    const key =
      attribute(node, 'property') ||
      attribute(node, 'name') ||
      attribute(node, 'itemprop') ||
      attribute(node, 'http-equiv');
    const value = lineText(attribute(node, 'content'));
    if (key !== '' && value !== '' && !values.has(key.toLowerCase()))
      values.set(key.toLowerCase(), value);
  }
  return (names) =>
    names.map((name) => values.get(name)).find((value) => value !== undefined) ?? '';
}

// Headline

const folded = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
/** A title without the name of the site at its end. */
function withoutSite(title: string, sites: readonly string[]): string {
  const [, head = '', tail = ''] = /^(.{4,})\s+[|–—·:»-]+\s+([^|]{1,60})$/u.exec(title) ?? [];
  const isSite = sites.some((site) => site !== '' && folded(site).startsWith(folded(tail)));
  return head !== '' && isSite ? withoutSite(head, sites) : title;
}
const isShouted = (text: string): boolean =>
  text !== text.toLowerCase() && text === text.toUpperCase() && /\p{L}{4}/u.test(text);
/** Longer ones aren't ended in the markup. */
const MAX_HEADLINE = 300;

/** The text of a heading, or of the picture that it is drawn as. */
const headingText = (node: HtmlElement): string =>
  lineText(lineOf(node.children)) ||
  lineText(
    [...elementsOf(node.children)]
      .filter(({ name }) => /^(?:img|amp-img)$/u.test(name))
      .map((image) => attribute(image, 'alt'))
      .join(' '),
  );
const h1In = (nodes: readonly HtmlElement[]): string[] =>
  nodes
    .filter(({ name }) => name === 'h1')
    .map(headingText)
    .filter((text) => text !== '');

function headlineOf({ url, elements, inArticle, article, meta }: Page, siteName: string): string {
  const title = elements.find(({ name }) => name === 'title');
  const titles = [
    meta(['og:title', 'twitter:title', 'dc.title', 'sailthru.title']),
    lineText(lineOf(title?.children ?? [])),
  ];
  const host = siteOf(url);
  const sites = [siteName, host, host.split('.').at(-2) ?? ''];
  const all = h1In(elements);
  const titled = all.find((text) =>
    titles.some((one) => one.toLowerCase().includes(text.toLowerCase())),
  );
  const marked = elements.find((node) => attribute(node, 'itemprop') === 'headline');
  const candidates = [
    textIn(article['headline']),
    titled ?? h1In(inArticle)[0] ?? '',
    marked ? headingText(marked) : '',
    ...titles.map((one) => withoutSite(one, sites)),
    ...all,
    textIn(article['name']),
  ].filter((text) => text !== '' && text.length <= MAX_HEADLINE && !sites.includes(text));
  return candidates.find((text) => !isShouted(text)) ?? candidates[0] ?? '';
}

// Names

const AUTHOR_META = /^(?:author|article:author|parsely-author|dc\.creator|sailthru\.author|byl)$/iu;
const nameOf = (node: HtmlElement): string => {
  const own = [...elementsOf(node.children)].find((one) => attribute(one, 'itemprop') === 'name');
  return lineText(attribute(node, 'content') || lineOf((own ?? node).children));
};
function markedNames(nodes: readonly HtmlElement[]): string[] {
  const ways = [
    nodes.filter((node) => /^(?:author|creator)$/u.test(attribute(node, 'itemprop'))),
    nodes.filter((node) => node.name === 'a' && hasWord(node, 'rel', /^author$/iu)),
    nodes
      .filter((node) => hasWord(node, 'class', BYLINE_WORD) && lineOf(node.children).length <= 200)
      .slice(0, 1),
  ];
  return (ways.find((way) => way.length > 0) ?? []).flatMap((node) => namesIn(nameOf(node)));
}

function bylineOf({ elements, inArticle, article, objects }: Page): string[] {
  const stated = elements.filter(
    (node) =>
      node.name === 'meta' &&
      AUTHOR_META.test(attribute(node, 'name') || attribute(node, 'property')),
  );
  const lines = elements
    .filter(({ name }) => name === 'p')
    .map(({ children }) => bylineIn(lineOf(children)));
  const ways = [
    personsIn(article['author'] ?? article['creator'], objects),
    stated.flatMap((node) => namesIn(lineText(attribute(node, 'content')))),
    markedNames(inArticle),
    markedNames(elements),
    ...lines,
  ];
  return unique(ways.find((names) => names.length > 0) ?? []);
}

// Dates

const PUBLISHED_META = [
  'article:published_time',
  'og:article:published_time',
  'datepublished',
  'parsely-pub-date',
  'sailthru.date',
  'pubdate',
  'publishdate',
  'publication_date',
  'dc.date.issued',
  'dcterms.created',
  'dc.date',
  'date',
];
const UPDATED_META = [
  'article:modified_time',
  'og:updated_time',
  'datemodified',
  'dcterms.modified',
  'last-modified',
  'lastmod',
];
const DATE_WORD =
  /^(?:.*[-_])?(?:published?|publication|posted|date|pubdate|timestamp)(?:[-_].*)?$/iu;

const momentOf = (node: HtmlElement): number | null =>
  feedDate(attribute(node, 'datetime') || attribute(node, 'content') || lineOf(node.children));
const isChange = (node: HtmlElement): boolean =>
  attribute(node, 'itemprop') === 'dateModified' || hasWord(node, 'class', /updat|modif/iu);

function markedDates(nodes: readonly HtmlElement[]) {
  const dated = nodes.filter(
    (node) =>
      (node.name === 'time' && attribute(node, 'datetime') !== '') ||
      attribute(node, 'itemprop').startsWith('date'),
  );
  const first = (isWanted: (node: HtmlElement) => boolean): number | null =>
    firstOf(dated.filter(isWanted).map(momentOf));
  return {
    published: firstOf([
      first(
        (node) => attribute(node, 'itemprop') === 'datePublished' || node.attributes.has('pubdate'),
      ),
      first((node) => !isChange(node) && hasWord(node, 'class', DATE_WORD)),
      first((node) => node.name === 'time' && !isChange(node)),
    ]),
    updated: first(isChange),
  };
}

const ADDRESS_DATE = /\/(20\d{2})[/-]?(0[1-9]|1[0-2]|[1-9](?=[/-]))[/-]?(\d{1,2})(?=[/_-]|$)/u;
function dateInAddress(url: string): number | null {
  const [, year, month, day] = ADDRESS_DATE.exec(new URL(url).pathname) ?? [];
  return year && month && day
    ? feedDate(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`)
    : null;
}

const statedDate = (value: unknown): number | null =>
  typeof value === 'string' ? feedDate(value) : null;
function datesOf({ url, article, meta, inArticle }: Page) {
  const marked = markedDates(inArticle);
  return {
    publishedMs: firstOf([
      statedDate(article['datePublished']),
      statedDate(article['dateCreated']),
      statedDate(meta(PUBLISHED_META)),
      marked.published,
      dateInAddress(url),
    ]),
    updatedMs: firstOf([
      statedDate(article['dateModified']),
      statedDate(meta(UPDATED_META)),
      marked.updated,
    ]),
  };
}

// Language, addresses, pictures

const RTL_LANGUAGE = /^(?:ar|he|iw|fa|ur|ps|sd|ug|yi|dv|ckb)(?:-|$)/iu;
const languageTag = (text: string): string | null => {
  const [tag = ''] = text.trim().replaceAll('_', '-').split(/[,;]/u);
  return /^[a-z]{2,3}(?:-[a-z\d]{2,8}){0,3}$/iu.test(tag) ? tag : null;
};
function languageOf({ elements, article, meta }: Page): Pick<PageFacts, 'language' | 'dir'> {
  const root = elements.find(({ name }) => name === 'html');
  const language = firstOf(
    [
      root ? attribute(root, 'lang') || attribute(root, 'xml:lang') : '',
      textIn(article['inLanguage']),
      meta(['og:locale', 'content-language', 'dc.language']),
    ].map(languageTag),
  );
  const stated = elements
    .filter(({ name }) => /^(?:html|body|main|article)$/u.test(name))
    .map((node) => attribute(node, 'dir').toLowerCase())
    .find((value) => value === 'ltr' || value === 'rtl');
  const isRtl = language !== null && RTL_LANGUAGE.test(language);
  return { language, dir: stated ?? (isRtl ? 'rtl' : null) };
}

const COUNTING =
  /^(?:utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|ref|ref_src|cmpid|xtor|at_\w+|src|ito|ocid)$/iu;
/** Without what counts readers and the place on the page. */
function plainAddress(url: string): string {
  const plain = new URL(url);
  plain.hash = '';
  const counting = Array.from(plain.searchParams.keys()).filter((key) => COUNTING.test(key));
  for (const key of counting) plain.searchParams.delete(key);
  return plain.href;
}
const siteOf = (url: string): string =>
  new URL(url).hostname.replace(/^(?:www|m|mobile|amp|edition)\./u, '');
/**
 * Whether a page may call this its own address, by which its article is known: one of its own site or
 * of a part of that. A part of a site may be somebody else’s, and speaks for itself alone; so does
 * what came by plain http, and another port.
 */
function isOwnAddress(address: string, page: string): boolean {
  const [to, from] = [new URL(address), new URL(page)];
  const [site, own] = [siteOf(address), siteOf(page)];
  return (
    to.protocol === from.protocol &&
    to.port === from.port &&
    (site === own || site.endsWith(`.${own}`))
  );
}
const linked = ({ elements, base }: Page, relation: string, by = ['link', 'a']): string | null =>
  firstOf(
    elements
      .filter(({ name }) => by.includes(name))
      .filter((node) => attribute(node, 'rel').toLowerCase().split(/\s+/u).includes(relation))
      .map((node) => webAddress(attribute(node, 'href') || 'data:', base)),
  );
const canonicalOf = (page: Page): string =>
  plainAddress(
    // What readers write has links too, but no `link`.
    [
      linked(page, 'canonical', ['link']),
      webAddress(page.meta(['og:url']) || 'data:', page.base),
    ].find((address) => address !== null && isOwnAddress(address, page.url)) ?? page.url,
  );
/** The second page of an article is at nearly the same address; that of a list is not. */
function hasNextPage(page: Page): boolean {
  const next = linked(page, 'next');
  if (next === null) return false;
  const [to, from] = [new URL(next), new URL(page.url)];
  const stem = from.pathname.replace(/\.\w{2,5}$|\/$/u, '');
  return to.host === from.host && to.pathname.startsWith(stem) && to.href !== from.href;
}

const pixelsOf = (value: unknown): number | null => {
  const n = Number(value || Number.NaN);
  return Number.isInteger(n) && n > 0 && n < 100_000 ? n : null;
};
const picturesOf = ({ article, objects, meta, base }: Page): StatedPicture[] =>
  [
    ...imagesIn(article['image'] ?? article['thumbnailUrl'], objects).map((image) => ({
      ...image,
      alt: '',
    })),
    {
      address: meta([
        'og:image:secure_url',
        'og:image',
        'og:image:url',
        'twitter:image',
        'twitter:image:src',
      ]),
      width: meta(['og:image:width']),
      height: meta(['og:image:height']),
      alt: meta(['og:image:alt', 'twitter:image:alt']),
    },
  ].flatMap(({ address, width, height, alt }) => {
    const url = typeof address === 'string' && address !== '' ? webAddress(address, base) : null;
    return url === null ? [] : [{ url, width: pixelsOf(width), height: pixelsOf(height), alt }];
  });

// The rest

const CORRECTION_WORD =
  /^(?:(?:article|story|editor)[-_]{1,2})?(?:corrections?|editors?-note|erratum|rectificatif)(?:[-_](?:note|text|box))?$/iu;
function correctionOf({ article, elements }: Page): string | null {
  const marked = elements.find(
    (node) => hasWord(node, 'class', CORRECTION_WORD) || hasWord(node, 'id', CORRECTION_WORD),
  );
  return textIn(article['correction']) || lineText(lineOf(marked?.children ?? [])) || null;
}

function copyrightOf({ article, objects, meta }: Page): string {
  const holder = organisationIn(article['copyrightHolder'], objects);
  const { copyrightYear } = article;
  const year = typeof copyrightYear === 'number' ? String(copyrightYear) : textIn(copyrightYear);
  if (textIn(article['copyrightNotice']) !== '') return textIn(article['copyrightNotice']);
  if (holder === '') return meta(['copyright', 'dc.rights', 'dcterms.rights']);
  return `© ${/^\d{4}$/u.test(year) ? `${year} ` : ''}${holder}`;
}

function topicsOf({ article, elements }: Page): string[] {
  const words = valuesOf(article['keywords']).flatMap((one) =>
    typeof one === 'string' ? one.slice(0, 2000).split(',') : [textIn(one)],
  );
  const tags = elements
    .filter((node) => node.name === 'meta' && attribute(node, 'property') === 'article:tag')
    .map((node) => attribute(node, 'content'));
  return unique(
    [...words, ...tags].map(lineText).filter((word) => word !== '' && word.length <= 80),
  );
}

/**
 * @param url where it came from, after redirects
 * @param base what its addresses are relative to
 */
export function pageFacts(nodes: readonly HtmlNode[], url: string, base: string): PageFacts {
  const elements = [...elementsOf(nodes)];
  const marked = elements.filter(
    (node) =>
      /^(?:article|main)$/u.test(node.name) || attribute(node, 'itemprop') === 'articleBody',
  );
  const objects = jsonObjects(elements);
  const article = articleIn(objects, url);
  const page: Page = {
    url,
    base,
    elements,
    inArticle: marked.length === 0 ? elements : [...new Set(elementsOf(marked))],
    objects,
    article,
    meta: metaOf(elements),
  };
  const { meta } = page;
  const siteName =
    meta(['og:site_name', 'application-name']) || organisationIn(article['publisher'], objects);
  return {
    headline: headlineOf(page, siteName),
    byline: bylineOf(page),
    ...datesOf(page),
    ...languageOf(page),
    summary:
      textIn(article['description']) ||
      meta(['og:description', 'description', 'twitter:description', 'dc.description']),
    siteName,
    section: textIn(article['articleSection']) || meta(['article:section', 'parsely-section']),
    topics: topicsOf(page),
    canonicalUrl: canonicalOf(page),
    copyrightNotice: copyrightOf(page),
    correctionNote: correctionOf(page),
    pictures: picturesOf(page),
    isFree: isFree(article) && !/^(?:locked|premium|paid)$/iu.test(meta(['article:content_tier'])),
    hasNextPage: hasNextPage(page),
    isArticle: Object.keys(article).length > 0 || /^article$/iu.test(meta(['og:type'])),
  };
}
