/*
 * HTML of anybody, reduced to what the reader shows. First the text is put together anew from
 * elements that we know (paragraphs out of containers, figures, lists, tables), then sanitize-html
 * takes out what should no longer be there.
 */
import sanitizeHtml from 'sanitize-html';
import { BODY_ATTRIBUTES, BODY_ELEMENTS } from '../../shared/api/body-elements.ts';
import { embedLink, isEmbed } from './article-embeds.ts';
import {
  isCaption,
  isCredit,
  isHidden,
  isPicture,
  pictureKey,
  pictureOf,
  picturesIn,
  splitCaption,
  webAddress,
} from './article-pictures.ts';
import {
  element,
  elementsOf,
  htmlOf,
  isElement,
  lineOf,
  parseHtml,
  rawText,
  type HtmlElement,
  type HtmlNode,
} from './html-tree.ts';

export type ArticlePicture = {
  mediaId: string;
  /** Absolute, http or https. It may hold a secret. */
  url: string;
  width: number | null;
  height: number | null;
  alt: string;
  caption: string;
  credit: string;
};
export type ArticleHtml = {
  /** `BODY_ELEMENTS` with `BODY_ATTRIBUTES`, and `<span id="ref-1">` for links within the text. */
  bodyHtml: string;
  /** A line for each paragraph, heading, entry of a list and row of a table. */
  bodyText: string;
  /** Those in `bodyHtml`, in its order, each once. */
  pictures: ArticlePicture[];
  /** There was more than is read. */
  isCut: boolean;
};
/** The id that stands for a picture in `bodyHtml`; it depends on the address alone. */
export type MediaIdOf = (absoluteUrl: string) => string;

type Run = { nodes: HtmlNode[] };
type Item = HtmlNode | { blocks: HtmlElement[] };
type Scope = {
  /** `lang` and `dir` of the paragraphs. */
  readonly attributes: { readonly lang?: string | undefined; readonly dir?: string | undefined };
  /** Puts what is inline into the elements that the markup had around the whole block. */
  readonly wrap: (nodes: HtmlNode[]) => HtmlNode[];
  /** Pictures stay within the text, as in cells of tables. */
  readonly isInline: boolean;
};
type Cleaning = {
  base: string | null;
  language: string;
  mediaIdOf: MediaIdOf;
  pictures: Map<string, ArticlePicture>;
  /** Set once there were more pictures than `MAX_PICTURES`. */
  hasMore: boolean;
};

/** Of one article: each is asked for by itself. The longest galleries have some hundred. */
const MAX_PICTURES = 300;

const INLINE: Record<string, string> = {
  a: 'a',
  abbr: 'abbr',
  acronym: 'abbr',
  b: 'strong',
  bdi: 'bdi',
  cite: 'cite',
  code: 'code',
  del: 'del',
  dfn: 'em',
  em: 'em',
  i: 'em',
  ins: 'ins',
  kbd: 'kbd',
  mark: 'mark',
  q: 'q',
  s: 's',
  samp: 'samp',
  small: 'small',
  strike: 's',
  strong: 'strong',
  sub: 'sub',
  sup: 'sup',
  time: 'time',
  tt: 'code',
};
/** Elements that make a paragraph of what is in them, and are not kept. */
const CONTAINERS = new Set(
  'address article aside body center dd details dir div dl dt fieldset figcaption footer form header hgroup html legend li main p search section summary tbody td tfoot th thead tr caption amp-carousel amp-story amp-lightbox'.split(
    ' ',
  ),
);
/** What nobody reads, or that only works on the page. */
const DROPPED = new Set(
  'area base button col colgroup dialog frame head input link menu meta nav noscript param script source title track amp-ad amp-sticky-ad amp-analytics amp-pixel amp-social-share amp-sidebar amp-consent amp-user-notification amp-embed'.split(
    ' ',
  ),
);
const JUNK =
  /^(?:share|sharing|share-?(?:bar|box|buttons?|tools?|links?|this|icons?|wrap(?:per)?)|social-?(?:share|sharing|bar|buttons?|links?|media|icons?|tools?|follow)|sharedaddy|addtoany\w{0,40}|addthis\w{0,40}|sd-sharing\w{0,40}|jp-relatedposts|newsletter(?:-?(?:box|signup|sign-up|form|promo|inline|widget|teaser))?|mc4wp-form|related-?(?:posts?|articles?|links?|stories|content|news)|read-?(?:more|next|also)|also-read|see-also|ad|ads|advert|advertisement|advertising|adsbygoogle|ad-(?:slot|unit|container|wrapper|break)|google-auto-placed|outbrain|taboola|feedflare|comments?-?(?:area|section|list|form|area|wrap(?:per)?)|disqus_thread|cookie-?(?:banner|wall|notice|consent|bar)|gdpr|screen-reader-text|sr-only|visually-?hidden|print-only|no-?print|breadcrumbs?|paywall-?(?:prompt|offer|banner)|subscribe-?(?:box|prompt|cta))$/iu;

/** True for what is certainly no part of a text: boxes for sharing, subscribing, advertising. */
export function isJunk({ name, attributes }: HtmlElement): boolean {
  if (DROPPED.has(name)) return true;
  const role = attributes.get('role') ?? '';
  if (/^(?:navigation|search|dialog|alertdialog|complementary|banner|menu|toolbar)$/iu.test(role))
    return true;
  return `${attributes.get('class') ?? ''} ${attributes.get('id') ?? ''}`
    .slice(0, 2000)
    .split(/\s+/u)
    .some((token) => JUNK.test(token));
}

const LANGUAGE = /^[a-z]{2,8}(?:-[a-z\d]{1,8}){0,3}$/iu;
const textAttributes = (attributes: ReadonlyMap<string, string>) => {
  const [lang, dir] = [attributes.get('lang') ?? '', attributes.get('dir')?.toLowerCase() ?? ''];
  return {
    ...(LANGUAGE.test(lang) && { lang }),
    ...(/^(?:ltr|rtl|auto)$/u.test(dir) && { dir }),
  };
};

/** Those of an element, else of what it is in; always in the same order. */
function within({ attributes }: Scope, node: HtmlElement): Scope['attributes'] {
  const { lang, dir } = { ...attributes, ...textAttributes(node.attributes) };
  return { lang, dir };
}

const OPENS = /[\u202a-\u202b\u2066-\u2068]/u;
/**
 * Text as it may stand in a line: well-formed, without what is invisible or would be obeyed. Marks
 * that turn the direction are kept if they end where they began; overrides never.
 */
export function cleanText(text: string): string {
  const plain = text
    .toWellFormed()
    .replaceAll(
      // oxlint-disable-next-line no-control-regex
      /[\0-\u0008\u000b\u000e-\u001f\u007f-\u009f\u00ad\u202d\u202e\ufeff\ufff9-\ufffb\ufffe\uffff]/gu,
      '',
    )
    .replaceAll(/[\u2028\u2029]/gu, ' ');
  if (!/[\u202a-\u202c\u2066-\u2069]/u.test(plain)) return plain;
  const signs = Array.from(plain);
  const open: number[] = [];
  const kept = new Set<number>();
  for (const [at, sign] of signs.entries()) {
    if (OPENS.test(sign)) open.push(at);
    const start = open.at(-1);
    if (start === undefined || !/[\u202c\u2069]/u.test(sign)) continue;
    if (
      sign === '\u202c'
        ? /[\u202a\u202b]/u.test(signs[start] ?? '')
        : /[\u2066-\u2068]/u.test(signs[start] ?? '')
    ) {
      open.pop();
      kept.add(start).add(at);
    }
  }
  return signs
    .filter((sign, at) => kept.has(at) || !/[\u202a-\u202c\u2066-\u2069]/u.test(sign))
    .join('');
}

const isAnchor = ({ name, attributes }: HtmlElement): boolean =>
  name === 'span' && attributes.has('id');
/** True for what shows nothing. */
const isBlank = (nodes: readonly HtmlNode[]): boolean =>
  nodes.every((node) =>
    isElement(node)
      ? node.name !== 'img' && node.name !== 'hr' && isBlank(node.children)
      : node.trim() === '',
  );

/** With single blanks, none at the start, and without elements that show nothing. */
function collapsed(nodes: readonly HtmlNode[], state: { isAfterBlank: boolean }): HtmlNode[] {
  return nodes.flatMap((node): HtmlNode[] => {
    if (!isElement(node)) {
      const text = cleanText(node).replaceAll(/[ \t\n\f\r]+/gu, ' ');
      const shown = state.isAfterBlank && text.startsWith(' ') ? text.slice(1) : text;
      if (shown !== '') state.isAfterBlank = shown.endsWith(' ');
      return shown === '' ? [] : [shown];
    }
    if (node.name === 'br') state.isAfterBlank = true;
    if (node.name === 'br' || isAnchor(node)) return [node];
    if (node.name === 'img') {
      state.isAfterBlank = false;
      return [node];
    }
    const children = collapsed(node.children, state);
    if (isBlank(children)) return elementsOrBlanks(children);
    return [{ ...node, children }];
  });
}
/** Of an element that shows nothing, what still counts: a blank, a break, the target of a link. */
const elementsOrBlanks = (nodes: readonly HtmlNode[]): HtmlNode[] =>
  nodes.flatMap((node) =>
    !isElement(node) || node.name === 'br' || isAnchor(node)
      ? [node]
      : elementsOrBlanks(node.children),
  );

/** Without blanks and breaks at the end. */
function trimmedEnd(nodes: readonly HtmlNode[]): HtmlNode[] {
  const last = nodes.at(-1);
  if (last === undefined) return [];
  const before = nodes.slice(0, -1);
  if (!isElement(last)) {
    const text = last.replace(/[ \t\n\f\r\u00a0]+$/u, '');
    return text === '' ? trimmedEnd(before) : [...before, text];
  }
  if (last.name === 'br') return trimmedEnd(before);
  if (isAnchor(last)) return [...trimmedEnd(before), last];
  if (last.name === 'img') return [...nodes];
  const children = trimmedEnd(last.children);
  return isBlank(children)
    ? [...trimmedEnd(before), ...elementsOrBlanks(children)]
    : [...before, { ...last, children }];
}
/** Without blanks at the start, also those that indent a paragraph, and breaks. */
function trimmedStart(nodes: readonly HtmlNode[]): HtmlNode[] {
  const [first, ...rest] = nodes;
  if (first === undefined) return [];
  if (!isElement(first)) {
    const text = first.replace(/^[ \t\n\f\r\u00a0]+/u, '');
    return text === '' ? trimmedStart(rest) : [text, ...rest];
  }
  if (first.name === 'br') return trimmedStart(rest);
  if (isAnchor(first)) return [first, ...trimmedStart(rest)];
  if (first.name === 'img') return [...nodes];
  const children = trimmedStart(first.children);
  return isBlank(children)
    ? [...elementsOrBlanks(children), ...trimmedStart(rest)]
    : [{ ...first, children }, ...rest];
}
const tidied = (nodes: readonly HtmlNode[]): HtmlNode[] =>
  trimmedEnd(trimmedStart(collapsed(nodes, { isAfterBlank: true })));

/** The paragraphs of a run: two breaks in a row end one. */
function paragraphs(run: readonly HtmlNode[], { attributes }: Scope): HtmlElement[] {
  const parts: Run[] = [{ nodes: [] }];
  let breaks: HtmlNode[] = [];
  for (const node of run) {
    const isBreak = isElement(node) && node.name === 'br';
    if (isBreak || (breaks.length > 0 && !isElement(node) && node.trim() === '')) {
      breaks.push(node);
      continue;
    }
    if (breaks.filter(isElement).length > 1) parts.push({ nodes: [] });
    else parts.at(-1)?.nodes.push(...breaks);
    breaks = [];
    parts.at(-1)?.nodes.push(node);
  }
  return parts.flatMap(({ nodes }) => {
    const children = tidied(nodes);
    return isBlank(children) ? [] : [element('p', children, attributes)];
  });
}

const SMALL_WIDTH = 120;
const whole = (value: string | undefined, max: number): string | undefined =>
  value !== undefined &&
  /^\d{1,4}$/u.test(value.trim()) &&
  Number(value) <= max &&
  Number(value) > 0
    ? String(Number(value))
    : undefined;

function imageOf(node: HtmlElement, cleaning: Cleaning): HtmlElement | null {
  const { base, mediaIdOf, pictures } = cleaning;
  const found = pictureOf(node, base);
  if (!found) return null;
  const key = pictureKey(found.url);
  if (pictures.has(key)) return null;
  if (pictures.size >= MAX_PICTURES) {
    cleaning.hasMore = true;
    return null;
  }
  const mediaId = mediaIdOf(found.url);
  const alt = cleanText(found.alt).replaceAll(/\s+/gu, ' ').trim();
  pictures.set(key, { mediaId, ...found, alt, caption: '', credit: '' });
  return element('img', [], {
    src: `media:${mediaId}`,
    alt,
    width: found.width === null ? undefined : String(found.width),
    height: found.height === null ? undefined : String(found.height),
  });
}

/** The letters of an emoticon that is drawn on the page; null for a picture. */
export const signOf = ({ attributes }: HtmlElement): string | null => {
  const alt = attributes.get('alt') ?? '';
  return /(?:^|\s)(?:wp-smiley|emoji)(?:\s|$)/u.test(attributes.get('class') ?? '') &&
    alt.length <= 12
    ? alt
    : null;
};

/**
 * What a `noscript` shows instead of a picture that is loaded late counts if that one can't be read,
 * and for one that stands alone.
 */
export function noscriptPictures(
  node: HtmlElement,
  neighbours: readonly (HtmlElement | undefined)[],
  base: string | null,
): HtmlElement[] {
  const isShown = neighbours.some(
    (one) => one && [...picturesIn([one])].some((picture) => pictureOf(picture, base) !== null),
  );
  return isShown ? [] : [...picturesIn(node.children)];
}
export const isSolid = (node: HtmlNode): boolean => isElement(node) || node.trim() !== '';
/** The elements before and after one, if there is no text between. */
export function neighboursOf(nodes: readonly HtmlNode[], at: number): (HtmlElement | undefined)[] {
  const [before, after] = [nodes.slice(0, at).findLast(isSolid), nodes.slice(at + 1).find(isSolid)];
  return [before, after].map((node) => (node && isElement(node) ? node : undefined));
}

const idsOf = ({ name, attributes }: HtmlElement): string[] =>
  [attributes.get('id'), name === 'a' ? attributes.get('name') : undefined].filter(
    (id) => id !== undefined && /^[^\s]{1,100}$/u.test(id),
  ) as string[];
const anchorsOf = (node: HtmlElement): HtmlElement[] =>
  idsOf(node)
    .slice(0, 1)
    .map((id) => element('span', [], { id }));

function inlineElement(
  node: HtmlElement,
  name: string,
  { base }: Cleaning,
): ((children: HtmlNode[]) => HtmlNode[]) | null {
  const { attributes } = node;
  const text = textAttributes(attributes);
  if (name === 'a') {
    const href = linkOf(attributes.get('href'), base);
    return href === null ? null : (children) => [element('a', children, { href, ...text })];
  }
  const own: Record<string, string | undefined> = { ...text };
  if (name === 'abbr') own['title'] = attributes.get('title')?.slice(0, 300);
  const cite = attributes.get('cite');
  if (name === 'q' && cite) own['cite'] = webAddress(cite, base) ?? undefined;
  if (name === 'time') {
    const datetime = attributes.get('datetime') ?? '';
    if (/^[\dTZPWHMSDtz:+\-. ]{1,40}$/u.test(datetime)) own['datetime'] = datetime;
  }
  return (children) => [element(name, children, own)];
}

/** To the web, to somebody’s mail, or to a place in the text: `#id`. */
function linkOf(href: string | undefined, base: string | null): string | null {
  const given = href?.trim() ?? '';
  if (given.startsWith('#'))
    return given.length > 1 && given.length <= 200 ? fragment(given) : null;
  const mail = /^mailto:([^?]{3,200})/iu.exec(given)?.[1];
  if (mail !== undefined)
    return /^[^\s@<>"'&%,;:]+@[^\s@<>"'&%,;:]+$/u.test(mail) ? `mailto:${mail}` : null;
  const url = given === '' ? null : webAddress(given, base);
  if (url === null) return null;
  const [page = '', id] = url.split('#', 2);
  return id && page === base?.split('#')[0] ? fragment(`#${id}`) : url;
}
function fragment(href: string): string {
  try {
    return `#${decodeURIComponent(href.slice(1))}`;
  } catch {
    return href;
  }
}

function* itemsOf(nodes: readonly HtmlNode[], scope: Scope, cleaning: Cleaning): Generator<Item> {
  for (const [at, node] of nodes.entries()) {
    if (!isElement(node)) {
      yield node;
      continue;
    }
    const { name, children } = node;
    if (name === 'noscript') {
      for (const picture of noscriptPictures(node, neighboursOf(nodes, at), cleaning.base))
        yield* pictureItem(picture, scope, cleaning);
      continue;
    }
    if (isJunk(node) || (isHidden(node) && !isPicture(node))) continue;
    if (isPicture(node)) {
      yield* pictureItem(node, scope, cleaning);
      continue;
    }
    if (isEmbed(node)) {
      const link = embedLink(node, cleaning.base, cleaning.language);
      if (link) yield { blocks: [element('p', [element('a', [link.name], { href: link.href })])] };
      continue;
    }
    const block = BLOCKS[name];
    if (block) {
      const blocks = block(node, scope, cleaning);
      const anchors = anchorsOf(node);
      yield { blocks: anchors.length > 0 ? anchored(blocks, anchors) : blocks };
      continue;
    }
    if (CONTAINERS.has(name)) {
      const own = { ...scope, attributes: within(scope, node) };
      yield { blocks: flow([...anchorsOf(node), ...children], own, cleaning) };
      continue;
    }
    if (name === 'br') yield element('br', []);
    else if (name === 'ruby') yield rubyOf(node);
    else yield* inlineItems(node, scope, cleaning);
  }
}

function* inlineItems(node: HtmlElement, scope: Scope, cleaning: Cleaning): Generator<Item> {
  yield* anchorsOf(node);
  const { name, attributes, children } = node;
  const kept = INLINE[name];
  const text = textAttributes(attributes);
  const wrap = kept
    ? inlineElement(node, kept, cleaning)
    : Object.keys(text).length > 0
      ? (inner: HtmlNode[]) => [element('span', inner, text)]
      : null;
  if (!wrap) {
    yield* itemsOf(children, scope, cleaning);
    return;
  }
  const own: Scope = { ...scope, wrap: (inner) => scope.wrap(wrap(inner)) };
  let run: HtmlNode[] = [];
  for (const item of itemsOf(children, own, cleaning)) {
    if (typeof item === 'string' || 'name' in item) {
      run.push(item);
      continue;
    }
    if (run.length > 0) yield* wrap(run);
    run = [];
    yield item;
  }
  if (run.length > 0) yield* wrap(run);
}

function rubyOf({ children }: HtmlElement): HtmlElement {
  const part = (nodes: readonly HtmlNode[]): HtmlNode[] =>
    nodes.flatMap((node): HtmlNode[] => {
      if (!isElement(node)) return [node];
      return node.name === 'rt' || node.name === 'rp'
        ? [element(node.name, [rawText(node.children)])]
        : part(node.children);
    });
  return element('ruby', part(children));
}

function* pictureItem(node: HtmlElement, { isInline }: Scope, cleaning: Cleaning): Generator<Item> {
  const sign = signOf(node);
  const image = sign === null ? imageOf(node, cleaning) : null;
  if (sign !== null) yield sign;
  else if (!image) return;
  else if (isInline || Number(image.attributes.get('width') ?? Infinity) <= SMALL_WIDTH)
    yield image;
  else yield { blocks: [element('figure', [image])] };
}

/** Puts targets of links before the first text of what follows. */
function anchored(blocks: HtmlElement[], anchors: HtmlElement[]): HtmlElement[] {
  const [first, ...rest] = blocks;
  if (!first) return [];
  const isText = /^(?:p|h[1-6]|li|dt|dd|td|th|caption|figcaption|pre)$/u.test(first.name);
  if (isText) return [{ ...first, children: [...anchors, ...first.children] }, ...rest];
  const at = first.children.findIndex(
    (node) => isElement(node) && !/^(?:img|hr)$/u.test(node.name),
  );
  const inner = first.children[at];
  if (inner === undefined || !isElement(inner)) return blocks;
  const children = first.children.with(at, anchored([inner], anchors)[0] ?? inner);
  return [{ ...first, children }, ...rest];
}

/** Blocks of whatever is in a container: runs of text become paragraphs. */
function flow(nodes: readonly HtmlNode[], scope: Scope, cleaning: Cleaning): HtmlElement[] {
  const blocks: HtmlElement[] = [];
  let run: HtmlNode[] = [];
  const flush = (): void => {
    if (run.length > 0) blocks.push(...paragraphs(scope.wrap(run), scope));
    run = [];
  };
  for (const item of itemsOf(withCaptions(nodes), scope, cleaning)) {
    if (typeof item === 'string' || 'name' in item) run.push(item);
    else {
      flush();
      blocks.push(...item.blocks);
    }
  }
  flush();
  return blocks;
}

/** A picture and the caption beside it become a figure, where the page has none. */
function withCaptions(nodes: readonly HtmlNode[]): HtmlNode[] {
  const solid = nodes.filter(isSolid);
  const at = solid.findIndex(
    (node) => isElement(node) && node.name !== 'figcaption' && isCaption(node),
  );
  const caption = solid[at];
  const [before] = solid.slice(Math.max(0, at - 1), at);
  if (caption === undefined || before === undefined || !isElement(caption) || !isElement(before))
    return [...nodes];
  if (before.name === 'figure' || [...picturesIn([caption])].length > 0) return [...nodes];
  if ([...picturesIn([before])].length !== 1 || lineOf([before]) !== '') return [...nodes];
  const figure = element('figure', [before, element('figcaption', caption.children)]);
  return [...solid.slice(0, at - 1), figure, ...withCaptions(solid.slice(at + 1))];
}

/** As inline text alone; pictures that were in it come after. */
function inlineOf(nodes: readonly HtmlNode[], scope: Scope, cleaning: Cleaning) {
  const blocks: HtmlElement[] = [];
  const text: HtmlNode[] = [];
  const take = (given: readonly HtmlElement[]): void => {
    for (const block of given) {
      if (block.name === 'figure' && [...picturesIn([block])].length > 0) blocks.push(block);
      else {
        const isInner = block.children.some((child) => isElement(child) && isBlockName(child.name));
        if (isInner) take(block.children.filter(isElement));
        else text.push(' ', ...block.children, ' ');
      }
    }
  };
  for (const item of itemsOf(nodes, { ...scope, wrap: (inner) => inner }, cleaning)) {
    if (typeof item === 'string' || 'name' in item) text.push(item);
    else take(item.blocks);
  }
  return { text: tidied(scope.wrap(text)), blocks };
}
const isBlockName = (name: string): boolean =>
  /^(?:p|h[1-6]|ul|ol|li|dl|dt|dd|blockquote|pre|figure|figcaption|table|caption|thead|tbody|tfoot|tr|th|td|hr)$/u.test(
    name,
  );

/** One paragraph needs no element of its own in an entry or a cell. */
function tight(blocks: readonly HtmlElement[]): HtmlNode[] {
  const [first, ...rest] = blocks;
  if (first?.name !== 'p' || first.attributes.size > 0 || rest.some(({ name }) => name === 'p'))
    return [...blocks];
  return [...first.children, ...rest];
}

type ToBlocks = (node: HtmlElement, scope: Scope, cleaning: Cleaning) => HtmlElement[];
const PLAIN = (scope: Scope): Scope => ({ ...scope, attributes: {} });

const headingOf: ToBlocks = (node, scope, cleaning) => {
  const { text, blocks } = inlineOf(node.children, scope, cleaning);
  const attributes = within(scope, node);
  return isBlank(text) ? blocks : [element(node.name, text, attributes), ...blocks];
};

const listOf: ToBlocks = (node, scope, cleaning) => {
  const entries: HtmlElement[] = [];
  const stray: HtmlNode[] = [];
  const add = (children: readonly HtmlNode[], attributes = {}): void => {
    const inner = tight(flow(children, PLAIN(scope), cleaning));
    if (!isBlank(inner)) entries.push(element('li', inner, attributes));
  };
  const addStray = (): void => {
    if (stray.length > 0) add(stray.splice(0));
  };
  for (const child of node.children) {
    if (!isElement(child)) {
      if (child.trim() !== '') stray.push(child);
    } else if (child.name === 'li') {
      addStray();
      if (!isJunk(child) && !isHidden(child))
        add([...anchorsOf(child), ...child.children], textAttributes(child.attributes));
    } else if (/^[uo]l$/u.test(child.name) && entries.length > 0) {
      addStray();
      // A list in a list without an entry around it, which browsers show as part of the one before.
      entries.at(-1)?.children.push(...listOf(child, scope, cleaning));
    } else stray.push(child);
  }
  addStray();
  const start = node.name === 'ol' ? whole(node.attributes.get('start'), 9999) : undefined;
  return entries.length === 0
    ? []
    : [
        element(node.name === 'ol' ? 'ol' : 'ul', entries, {
          start,
          ...within(scope, node),
        }),
      ];
};

const definitionsOf: ToBlocks = (node, scope, cleaning) => {
  const parts = node.children.flatMap((child) =>
    isElement(child) && child.name === 'div' ? child.children : [child],
  );
  const entryOf = (children: readonly HtmlNode[], attributes = {}): HtmlElement[] => {
    const inner = tight(flow(children, PLAIN(scope), cleaning));
    return isBlank(inner) ? [] : [element('dd', inner, attributes)];
  };
  const entries = parts.flatMap((child): HtmlElement[] => {
    if (!isElement(child)) return entryOf([child]);
    const attributes = textAttributes(child.attributes);
    const children = [...anchorsOf(child), ...child.children];
    if (child.name === 'dt') {
      const { text, blocks } = inlineOf(children, PLAIN(scope), cleaning);
      return [
        ...(isBlank(text) ? [] : [element('dt', text, attributes)]),
        ...(blocks.length > 0 ? [element('dd', blocks)] : []),
      ];
    }
    return child.name === 'dd' ? entryOf(children, attributes) : entryOf([child]);
  });
  return entries.length === 0 ? [] : [element('dl', entries, within(scope, node))];
};

const quoteOf: ToBlocks = (node, scope, cleaning) => {
  const inner = flow(node.children, PLAIN(scope), cleaning);
  return inner.length === 0 ? [] : [element('blockquote', inner, within(scope, node))];
};

const preOf: ToBlocks = (node, scope) => {
  const text = (nodes: readonly HtmlNode[]): string =>
    nodes
      .map((child) =>
        isElement(child)
          ? child.name === 'br'
            ? '\n'
            : isJunk(child)
              ? ''
              : text(child.children)
          : child,
      )
      .join('');
  const shown = cleanText(text(node.children).replaceAll(/\r\n?/gu, '\n'))
    .replace(/^(?:[ \t]*\n)+/u, '')
    .trimEnd();
  if (shown === '') return [];
  const isCode = [...elementsOf(node.children)].some(({ name }) => name === 'code');
  return [element('pre', isCode ? [element('code', [shown])] : [shown], within(scope, node))];
};

function figureOf(node: HtmlElement, scope: Scope, cleaning: Cleaning): HtmlElement[] {
  const captions = [...captionsIn(node.children)];
  const content = flow(
    without(node.children, new Set(captions)),
    PLAIN({ ...scope, wrap: (inner) => inner }),
    cleaning,
  );
  const caption = captionOf(captions, scope, cleaning);
  // Figures in a figure come one after the other, as a gallery's do.
  const pictures = content.filter(({ name }) => name === 'figure');
  const rest = content.filter(({ name }) => name !== 'figure');
  const isGallery = pictures.some(({ children }) =>
    children.some((child) => isElement(child) && child.name === 'figcaption'),
  );
  if (isGallery) return [...content, ...(caption ? [element('p', caption)] : [])];
  const images = pictures.flatMap(({ children }) => children);
  const inner = [...images, ...rest];
  if (inner.length === 0) return [];
  if (!caption && images.length === 0) return rest;
  const figure = element('figure', [
    ...inner,
    ...(caption ? [element('figcaption', caption)] : []),
  ]);
  return [figure];
}
function* captionsIn(nodes: readonly HtmlNode[]): Generator<HtmlElement> {
  for (const node of nodes)
    if (isElement(node)) {
      if (isCaption(node) && [...picturesIn([node])].length === 0) yield node;
      else if (node.name !== 'figure' && node.name !== 'table') yield* captionsIn(node.children);
    }
}
function without(nodes: readonly HtmlNode[], dropped: ReadonlySet<HtmlNode>): HtmlNode[] {
  return nodes.flatMap((node): HtmlNode[] => {
    if (dropped.has(node)) return [];
    return isElement(node) ? [{ ...node, children: without(node.children, dropped) }] : [node];
  });
}

/** Caption, and the credit in a `cite` at its end; null for an empty one. */
function captionOf(
  captions: readonly HtmlElement[],
  scope: Scope,
  cleaning: Cleaning,
): HtmlNode[] | null {
  const all = captions.flatMap((caption) => [...caption.children, ' ']);
  const marked = creditsIn(all);
  const { text } = inlineOf(without(all, new Set(marked)), PLAIN(scope), cleaning);
  if (marked.length > 0) {
    const credit = cleanText(lineOf(marked.flatMap((one) => [one, ' ']))).replace(
      /^[(|/–—-]\s*|\s*[)|]$/gu,
      '',
    );
    const caption = trimmedEnd(text);
    if (credit === '') return isBlank(caption) ? null : caption;
    return [...(isBlank(caption) ? [] : [...caption, ' ']), element('cite', [credit])];
  }
  if (isBlank(text)) return null;
  const { caption, credit } = splitCaption(lineOf(text));
  if (credit === '') return text;
  if (caption === '') return [element('cite', [credit])];
  return [...shortenedTo(text, caption), ' ', element('cite', [credit])];
}
function creditsIn(nodes: readonly HtmlNode[]): HtmlElement[] {
  return nodes.flatMap((node): HtmlElement[] => {
    if (!isElement(node)) return [];
    return isCredit(node) ? [node] : creditsIn(node.children);
  });
}
/** The nodes that hold the first part of their text. */
function shortenedTo(nodes: readonly HtmlNode[], text: string): HtmlNode[] {
  let left = text.length;
  const cut = (given: readonly HtmlNode[]): HtmlNode[] =>
    given.flatMap((node): HtmlNode[] => {
      if (left <= 0) return [];
      if (isElement(node)) return [{ ...node, children: cut(node.children) }];
      const kept = node.slice(0, left);
      left -= kept.length;
      return [kept];
    });
  return trimmedEnd(cut(nodes));
}

const rowsOf = (table: HtmlElement): { group: string; row: HtmlElement }[] =>
  table.children.filter(isElement).flatMap((child) =>
    /^t(?:head|body|foot)$/u.test(child.name)
      ? child.children
          .filter(isElement)
          .filter(({ name }) => name === 'tr')
          .map((row) => ({ group: child.name, row }))
      : child.name === 'tr'
        ? [{ group: 'tbody', row: child }]
        : [],
  );
const cellsOf = ({ children }: HtmlElement): HtmlElement[] =>
  children.filter(isElement).filter(({ name }) => /^t[hd]$/u.test(name));

/** Data has rows and columns, or says so; what else stands in a table is only placed by it. */
function isData(table: HtmlElement): boolean {
  const inner = [...elementsOf(table.children)];
  if (/^(?:presentation|none)$/u.test(table.attributes.get('role') ?? '')) return false;
  if (inner.some(({ name }) => name === 'table')) return false;
  const rows = rowsOf(table).filter(({ row }) => cellsOf(row).length > 0);
  const columns = Math.max(0, ...rows.map(({ row }) => cellsOf(row).length));
  return inner.some(({ name }) => name === 'th' || name === 'caption')
    ? columns > 0
    : rows.length > 1 && columns > 1;
}

const tableOf: ToBlocks = (table, scope, cleaning) => {
  if (!isData(table)) return flow(table.children, scope, cleaning);
  const inner: Scope = { attributes: {}, wrap: (nodes) => nodes, isInline: true };
  const captions = table.children.filter(isElement).filter(({ name }) => name === 'caption');
  const caption = captions.flatMap(({ children }) => inlineOf(children, inner, cleaning).text);
  const rows = rowsOf(table).map(({ group, row }) => ({
    group,
    cells: cellsOf(row).map((cell) =>
      element(cell.name, tight(flow([...anchorsOf(cell), ...cell.children], inner, cleaning)), {
        ...(cell.name === 'th' &&
        /^(?:row|col|rowgroup|colgroup)$/u.test(cell.attributes.get('scope') ?? '')
          ? { scope: cell.attributes.get('scope') }
          : {}),
        colspan: whole(cell.attributes.get('colspan'), 100),
        rowspan: whole(cell.attributes.get('rowspan'), 1000),
        ...textAttributes(cell.attributes),
      }),
    ),
  }));
  const groups = ['thead', 'tbody', 'tfoot'].flatMap((name) => {
    const own = rows.filter(({ group, cells }) => group === name && !isBlank(cells));
    return own.length === 0
      ? []
      : [
          element(
            name,
            own.map(({ cells }) => element('tr', cells)),
          ),
        ];
  });
  if (groups.length === 0) return isBlank(caption) ? [] : [element('p', caption)];
  return [
    element(
      'table',
      [...(isBlank(caption) ? [] : [element('caption', caption)]), ...groups],
      within(scope, table),
    ),
  ];
};

const BLOCKS: Record<string, ToBlocks | undefined> = {
  blockquote: quoteOf,
  dl: definitionsOf,
  figure: figureOf,
  hr: () => [element('hr', [])],
  listing: preOf,
  ol: listOf,
  pre: preOf,
  table: tableOf,
  ul: listOf,
  ...Object.fromEntries(['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((name) => [name, headingOf])),
};

const isHeading = (name: string): boolean => /^h[1-6]$/u.test(name);
/** From h2 on, without gaps. */
function renumbered(blocks: readonly HtmlNode[]): HtmlNode[] {
  const used = [...elementsOf(blocks)].map(({ name }) => name).filter(isHeading);
  const levels = [...new Set(used)].toSorted();
  const map = (nodes: readonly HtmlNode[]): HtmlNode[] =>
    nodes.map((node) =>
      isElement(node)
        ? {
            ...node,
            name: isHeading(node.name)
              ? `h${Math.min(4, levels.indexOf(node.name) + 2)}`
              : node.name,
            children: map(node.children),
          }
        : node,
    );
  return map(blocks);
}

/** Links within the text lead to targets of ours, `ref-1` and so on; what leads nowhere is text. */
function linked(blocks: readonly HtmlNode[]): HtmlNode[] {
  const all = [...elementsOf(blocks)];
  const wanted = new Set(
    all.flatMap(({ name, attributes }) => {
      const href = attributes.get('href');
      return name === 'a' && href?.startsWith('#') ? [href.slice(1)] : [];
    }),
  );
  const names = new Map<string, string>();
  for (const one of all) {
    const id = isAnchor(one) ? one.attributes.get('id') : undefined;
    if (id !== undefined && wanted.has(id) && !names.has(id))
      names.set(id, `ref-${names.size + 1}`);
  }
  const placed = new Set<string>();
  const map = (nodes: readonly HtmlNode[]): HtmlNode[] =>
    nodes.flatMap((node): HtmlNode[] => {
      if (!isElement(node)) return [node];
      if (isAnchor(node)) {
        const name = names.get(node.attributes.get('id') ?? '');
        if (name === undefined || placed.has(name)) return [];
        placed.add(name);
        return [element('span', [], { id: name })];
      }
      const href = node.attributes.get('href');
      const children = map(node.children);
      if (node.name !== 'a' || !href?.startsWith('#')) return [{ ...node, children }];
      const name = names.get(href.slice(1));
      return name === undefined ? children : [element('a', children, { href: `#${name}` })];
    });
  return map(blocks);
}

const LEFT_OVER =
  /^(?:\[?(?:…|\.\.\.)\]?|(?:read|see|view) (?:more|the full (?:story|article)|on)\b.{0,80}|continue reading\b.{0,120}|keep reading\b.{0,40}|lire (?:la suite|plus)\b.{0,80}|en savoir plus\b.{0,40}|weiterlesen\b.{0,80}|leer más\b.{0,40}|続きを読む.{0,20}|اقرأ المزيد.{0,20}|קרא עוד.{0,20})[\s.…»→>]*$/iu;
const FIRST_APPEARED = /^The post .{1,300} (?:appeared first on|first appeared on) .{1,200}$/u;
/** True for the last line of an excerpt, which leads to the page. */
function isLeftOver({ name, children }: HtmlElement): boolean {
  if (name !== 'p') return false;
  const text = lineOf(children);
  const hasLink = [...elementsOf(children)].some((one) => one.name === 'a');
  return (
    (LEFT_OVER.test(text) && (hasLink || text.length < 6)) || (FIRST_APPEARED.test(text) && hasLink)
  );
}
function withoutLeftOvers(blocks: HtmlElement[]): HtmlElement[] {
  const last = blocks.at(-1);
  if (last && (last.name === 'hr' || isLeftOver(last)))
    return withoutLeftOvers(blocks.slice(0, -1));
  return blocks[0]?.name === 'hr' ? withoutLeftOvers(blocks.slice(1)) : blocks;
}

const LINES = new Set('p h2 h3 h4 li dt dd pre figcaption caption tr blockquote table'.split(' '));
/** The text of a body, a line for each of its blocks; how words are pronounced is left out. */
function textOf(nodes: readonly HtmlNode[]): string {
  const parts: string[] = [];
  const add = (given: readonly HtmlNode[]): void => {
    for (const node of given) {
      if (!isElement(node)) {
        parts.push(node);
        continue;
      }
      if (node.name === 'rt' || node.name === 'rp') continue;
      if (node.name === 'br') parts.push('\n');
      if (LINES.has(node.name)) parts.push('\n');
      add(node.children);
      if (LINES.has(node.name)) parts.push('\n');
      if (/^t[hd]$/u.test(node.name)) parts.push(' ');
    }
  };
  add(nodes);
  return parts
    .join('')
    .replaceAll(/ ?\n[ \n]*/gu, '\n')
    .trim();
}

/** The pictures of a body in its order, with what stands below them. */
function picturesOf(
  nodes: readonly HtmlNode[],
  known: readonly ArticlePicture[],
): ArticlePicture[] {
  const byId = new Map(known.map((picture) => [`media:${picture.mediaId}`, picture]));
  const found = new Map<ArticlePicture, ArticlePicture>();
  const walk = (given: readonly HtmlNode[], under: { caption: string; credit: string }): void => {
    for (const node of given.filter(isElement)) {
      const picture = byId.get(node.attributes.get('src') ?? '');
      if (picture && !found.has(picture)) found.set(picture, { ...picture, ...under });
      walk(node.children, node.name === 'figure' ? wordsBelow(node) : under);
    }
  };
  walk(nodes, { caption: '', credit: '' });
  return [...found.values()];
}
function wordsBelow({ children }: HtmlElement): { caption: string; credit: string } {
  const below = children.filter(isElement).find(({ name }) => name === 'figcaption');
  const cites = creditsIn(below?.children ?? []);
  return {
    caption: lineOf(without(below?.children ?? [], new Set(cites))),
    credit: lineOf(cites),
  };
}

const CONFIG: sanitizeHtml.IOptions = {
  allowedTags: [...BODY_ELEMENTS],
  allowedAttributes: {
    ...Object.fromEntries(Object.entries(BODY_ATTRIBUTES).map(([name, own]) => [name, [...own]])),
    span: ['id'],
  },
  allowedSchemes: ['http', 'https', 'mailto'],
  allowedSchemesByTag: { img: ['media'] },
  allowedSchemesAppliedToAttributes: ['href', 'src', 'cite'],
  allowProtocolRelative: false,
  nestingLimit: 250,
};

/**
 * Reduces HTML to what the reader shows: `BODY_ELEMENTS`, in which every block is where it may be,
 * pictures as `media:` references in the right size, links absolute or within the text, headings
 * from h2 on. What is embedded becomes a link to its page; nothing is loaded. Clean HTML stays as it
 * is.
 *
 * Time and memory are in proportion to the text; what is hostile is cut at the limits of `parseHtml`.
 *
 * @param base the address of its page; without one, only absolute addresses count
 * @param language of the text, for the names of what was embedded
 */
export function cleanArticleHtml(
  html: string,
  base: string | null,
  mediaIdOf: MediaIdOf,
  language = 'en',
): ArticleHtml {
  const { children, isCut } = parseHtml(html);
  const cleaning: Cleaning = {
    base: baseOf(children, base),
    language,
    mediaIdOf,
    pictures: new Map(),
    hasMore: false,
  };
  const scope: Scope = { attributes: {}, wrap: (nodes) => nodes, isInline: false };
  const blocks = withoutLeftOvers(flow(children, scope, cleaning));
  const nodes = linked(renumbered(blocks));
  return {
    bodyHtml: sanitizeHtml(htmlOf(nodes), CONFIG),
    bodyText: textOf(nodes),
    pictures: picturesOf(nodes, [...cleaning.pictures.values()]),
    isCut: isCut || cleaning.hasMore,
  };
}

/** What addresses are relative to: the first `base` of a document, if it has one (HTML §4.2.3). */
export function baseOf(nodes: readonly HtmlNode[], url: string | null): string | null {
  for (const { name, attributes } of elementsOf(nodes)) {
    const href = name === 'base' ? attributes.get('href') : undefined;
    if (href !== undefined) return webAddress(href, url) ?? url;
  }
  return url;
}

/** Whether most letters of a text are written from right to left. */
export const isRtl = (text: string): boolean => {
  const start = text.slice(0, 2000);
  const rtl = start.match(/[\p{Script=Arabic}\p{Script=Hebrew}]/gu)?.length ?? 0;
  return rtl * 2 > (start.match(/\p{L}/gu)?.length ?? 0);
};
