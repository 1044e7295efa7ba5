import type { Element, ElementContent, Properties } from 'hast';
import { BODY_ELEMENTS } from '../../shared/api/body-elements.ts';
import { externalAddress } from '../../shared/model/url.ts';
import { type HtmlNode, parseHtml } from './html-tree.ts';

/** A tree (hast) of `BODY_ELEMENTS` alone, nested as HTML allows: elements, texts, nothing else. */
export type BodyTree = ElementContent[];

/** Their content is no text of the article. */
const DROPPED = new Set(
  'script noscript iframe object embed button audio video title head'.split(' '),
);
const PHRASING = new Set(
  'a em strong small s ins del mark sup sub code kbd samp br img cite q time abbr bdi ruby rt rp span'.split(
    ' ',
  ),
);
const BLOCKS = new Set<string>(BODY_ELEMENTS.filter((name) => !PHRASING.has(name)));
/** Older and bare spellings of elements of the subset. */
const SAME: Record<string, string> = { b: 'strong', i: 'em', h1: 'h2', h5: 'h4', h6: 'h4' };

/** Characters that XML 1.0 §2.2 doesn't allow, not even as a reference. */
const NOT_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;
/** Text that any file may hold. */
export const xmlText = (text: string): string => text.toWellFormed().replaceAll(NOT_XML, '');

const isBlank = (node: ElementContent): boolean => node.type === 'text' && node.value.trim() === '';
const isElement = (node: ElementContent): node is Element => node.type === 'element';
const isNamed = (node: ElementContent, ...names: readonly string[]): boolean =>
  isElement(node) && names.includes(node.tagName);
export const element = (
  tagName: string,
  properties: Properties,
  children: ElementContent[],
): Element => ({ type: 'element', tagName, properties, children });
export const text = (value: string): ElementContent => ({ type: 'text', value });

function languageOf(value: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(value)[0];
  } catch (thrown) {
    if (thrown instanceof RangeError) return undefined;
    throw thrown;
  }
}

/** What HTML allows as a date or a time of day, of the forms that are in use. */
const DATE_TIME =
  /^\d{4}-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01])(?:[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,3})?)?(?:Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?)?)?$/u;
/** The day that a date falls on; null for none. */
function dayOf(date: string): string | null {
  const ms = Date.parse(`${date}T00:00Z`);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString().slice(0, date.length);
}
function dateTimeOf(value: string): string | undefined {
  const day = /^\d{4}-\d{2}-\d{2}/u.exec(value)?.[0];
  // The 31st of February has the form of a date.
  const isDay = day === undefined || dayOf(day) === day;
  return DATE_TIME.test(value) && isDay ? value : undefined;
}

const count = (value: string, most: number): number | undefined =>
  /^[1-9]\d{0,5}$/u.test(value) && Number(value) <= most ? Number(value) : undefined;

/** A place in the text, to which links in it lead: that of a note. */
const REFERENCE = /^#ref-\d{1,5}$/u;

/** Only what an element may have, in the form that it must have. */
function propertiesOf(tagName: string, attributes: ReadonlyMap<string, string>): Properties {
  const get = (name: string): string => xmlText(attributes.get(name) ?? '').trim();
  const own: Properties = {
    lang: get('lang') === '' ? undefined : languageOf(get('lang')),
    dir: ['ltr', 'rtl', 'auto'].includes(get('dir')) ? get('dir') : undefined,
  };
  if (tagName === 'a')
    own['href'] = REFERENCE.test(get('href')) ? get('href') : externalAddress(get('href'))?.href;
  if (tagName === 'span' && REFERENCE.test(`#${get('id')}`)) own['id'] = get('id');
  if (tagName === 'img') {
    const size = (name: string) => count(get(name), 100_000);
    Object.assign(own, {
      src: /^media:[^\s"'<>]{1,512}$/u.test(get('src')) ? get('src') : undefined,
      alt: get('alt'),
      width: size('width'),
      height: size('height'),
    });
  }
  if (tagName === 'ol') own['start'] = count(get('start'), 100_000);
  if (tagName === 'time') own['dateTime'] = dateTimeOf(get('datetime'));
  if (tagName === 'abbr') own['title'] = get('title') || undefined;
  if (tagName === 'th' || tagName === 'td') {
    // A span of one cell is none.
    const span = (name: string) => count(get(name), 100) ?? 1;
    if (span('colspan') > 1) own['colSpan'] = span('colspan');
    if (span('rowspan') > 1) own['rowSpan'] = span('rowspan');
    if (tagName === 'th' && /^(?:col|row)$/u.test(get('scope'))) own['scope'] = get('scope');
  }
  return Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
}

/** Without its attributes the element says nothing, or what isn't so. */
const isPointless = ({ tagName, properties }: Element): boolean =>
  (tagName === 'a' && properties['href'] === undefined) ||
  (tagName === 'time' && properties['dateTime'] === undefined) ||
  (tagName === 'span' && Object.keys(properties).length === 0);

/** Elements of the subset only; of others what is in them, and of some nothing. */
function reduced(nodes: readonly HtmlNode[]): ElementContent[] {
  return nodes.flatMap((node): ElementContent[] => {
    if (typeof node === 'string') return [text(xmlText(node))];
    const { name, attributes } = node;
    if (DROPPED.has(name)) return [];
    const children = reduced(node.children);
    const tagName = SAME[name] ?? name;
    // What was a block keeps its words apart from those around it.
    if (!PHRASING.has(tagName) && !BLOCKS.has(tagName)) return [text(' '), ...children, text(' ')];
    const properties = propertiesOf(tagName, attributes);
    if (tagName === 'img')
      return properties['src'] === undefined ? [] : [element('img', properties, [])];
    if (tagName === 'br' || tagName === 'hr') return [element(tagName, {}, [])];
    const fit = element(tagName, properties, children);
    return isPointless(fit) ? children : [fit];
  });
}

const hasBlock = (node: ElementContent): boolean =>
  isElement(node) && (BLOCKS.has(node.tagName) || node.children.some(hasBlock));

const wordsOf = (nodes: readonly ElementContent[]): string =>
  nodes
    .map((node) =>
      node.type === 'text' ? node.value : isElement(node) ? wordsOf(node.children) : '',
    )
    .join('');
/** For readers without annotations. */
const isParenthesis = (node: ElementContent): boolean =>
  isElement(node) && node.tagName === 'rp' && /^[\s()（）]*$/u.test(wordsOf([node]));

/** Annotations stand each behind what they explain. */
function ruby(node: Element, within: readonly string[]): BodyTree {
  const parts = node.children.filter((part) => !isParenthesis(part));
  const inside: ElementContent[] = [];
  let base: ElementContent[] = [];
  for (const part of parts) {
    if (!isElement(part) || part.tagName !== 'rt') base.push(part);
    else if (base.every(isBlank)) base.push(...part.children);
    else {
      const of = { ...part, children: phrasing(part.children, [...within, 'ruby']) };
      inside.push(...phrasing(base, [...within, 'ruby']), of);
      base = [];
    }
  }
  return [
    ...(inside.length === 0 ? [] : [{ ...node, children: inside }]),
    ...phrasing(base, within),
  ];
}

/** Content of a paragraph or a heading: blocks in it give way to what they say. */
function phrasing(nodes: readonly ElementContent[], within: readonly string[] = []): BodyTree {
  return nodes.flatMap((node): BodyTree => {
    if (!isElement(node)) return [node];
    const { tagName, children: inner } = node;
    if (BLOCKS.has(tagName)) return [text(' '), ...phrasing(inner, within), text(' ')];
    if (tagName === 'br' || tagName === 'img') return [node];
    // A link in a link is two links that cross; an annotation alone explains nothing.
    if (['a', 'ruby'].includes(tagName) && within.includes(tagName)) return phrasing(inner, within);
    if (tagName === 'rt' || tagName === 'rp') return phrasing(inner, within);
    if (tagName === 'ruby') return ruby(node, within);
    const children = phrasing(inner, [...within, tagName]);
    const isPlace = node.properties['id'] !== undefined;
    return children.every(isBlank) && !isPlace ? children : [{ ...node, children }];
  });
}

function listItems(nodes: readonly ElementContent[]): BodyTree {
  return nodes.flatMap((node): BodyTree => {
    if (isBlank(node)) return [];
    const own = isElement(node) && node.tagName === 'li' ? node : element('li', {}, [node]);
    const children = flow(own.children, false);
    return children.every(isBlank) ? [] : [{ ...own, children }];
  });
}

/** Terms each with what is said of them; what has no term stands before the list. */
function definitions(node: Element): BodyTree {
  const before: ElementContent[] = [];
  const entries: Element[] = [];
  for (const part of node.children) {
    if (isBlank(part)) continue;
    if (isElement(part) && part.tagName === 'dt') {
      const children = phrasing(part.children);
      if (!children.every(isBlank)) entries.push({ ...part, children });
    } else if (entries.length === 0) before.push(part);
    else {
      const own = isElement(part) && part.tagName === 'dd' ? part : element('dd', {}, [part]);
      entries.push({ ...own, children: flow(own.children, false) });
    }
  }
  if (entries.at(-1)?.tagName === 'dt') entries.push(element('dd', {}, []));
  return [...flow(before, true), ...(entries.length === 0 ? [] : [{ ...node, children: entries }])];
}

const isCell = (node: ElementContent): node is Element =>
  isElement(node) && (node.tagName === 'td' || node.tagName === 'th');

/** What stands where a cell or a row should is one. */
const rowsOf = (nodes: readonly ElementContent[]): Element[] =>
  nodes.flatMap((node): Element[] => {
    if (isBlank(node)) return [];
    if (isElement(node) && isNamed(node, 'thead', 'tbody', 'tfoot')) return rowsOf(node.children);
    const row = isElement(node) && node.tagName === 'tr' ? node : element('tr', {}, [node]);
    const cells = row.children
      .filter((part) => !isBlank(part))
      .map((part) => (isCell(part) ? part : element('td', {}, [part])))
      .map((cell) => ({ ...cell, children: flow(cell.children, false) }));
    return cells.length === 0 ? [] : [{ ...row, children: cells }];
  });

/** Caption, head, body, foot; what else stands between rows stands before them. */
function tableOf(node: Element): BodyTree {
  const [first, ...others] = node.children
    .filter(isElement)
    .filter((part) => isNamed(part, 'caption'));
  const caption = phrasing(first?.children ?? []);
  const rows = (...names: readonly string[]): Element[] =>
    rowsOf(node.children.filter((part) => isNamed(part, ...names)));
  const part = (tagName: string, children: Element[]): Element[] =>
    children.length === 0 ? [] : [element(tagName, {}, children)];
  const parts = [
    ...part('thead', rows('thead')),
    ...part('tbody', rows('tbody', 'tr')),
    ...part('tfoot', rows('tfoot')),
  ];
  const known = 'caption thead tbody tfoot tr'.split(' ');
  const loose = [
    ...(parts.length === 0 && first ? [first] : []),
    ...others,
    ...node.children.filter((one) => !isBlank(one) && !isNamed(one, ...known)),
  ];
  if (parts.length === 0) return flow(loose, true);
  const head = caption.every(isBlank) ? [] : [element('caption', {}, caption)];
  return [...flow(loose, true), { ...node, children: [...head, ...parts] }];
}

function figureOf(node: Element): BodyTree {
  const captions = node.children.filter(isElement).filter((part) => isNamed(part, 'figcaption'));
  const caption = phrasing(
    captions.flatMap((one, at) => [...(at === 0 ? [] : [text(' ')]), ...one.children]),
  );
  const rest = flow(
    node.children.filter((part) => !captions.some((one) => one === part) && !isBlank(part)),
    false,
  );
  const children = [
    ...rest,
    ...(caption.every(isBlank) ? [] : [element('figcaption', {}, caption)]),
  ];
  return children.length === 0 ? [] : [{ ...node, children }];
}

function block(node: Element): BodyTree {
  const { tagName } = node;
  switch (tagName) {
    case 'hr':
      return [node];
    case 'ul':
    case 'ol': {
      const children = listItems(node.children);
      return children.length === 0 ? [] : [{ ...node, children }];
    }
    case 'blockquote': {
      const children = flow(node.children, true);
      return children.length === 0 ? [] : [{ ...node, children }];
    }
    case 'figure':
      return figureOf(node);
    case 'table':
      return tableOf(node);
    case 'li':
      return [element('ul', {}, listItems([node]))];
    case 'dl':
      return definitions(node);
    case 'p':
    case 'pre':
    case 'h2':
    case 'h3':
    case 'h4': {
      const children = phrasing(node.children);
      return children.every(isBlank) ? [] : [{ ...node, children }];
    }
    default:
      // A caption or a part of a table that lost what it belongs to.
      return flow(node.children, true);
  }
}

/** Nothing but a place that links lead to. */
const isPlace = (node: ElementContent): boolean =>
  isElement(node) && node.properties['id'] !== undefined && node.children.every(isBlank);

/**
 * Content that may have blocks.
 * @param isWrapped texts between blocks become paragraphs; without blocks too
 */
function flow(nodes: readonly ElementContent[], isWrapped: boolean): BodyTree {
  const opened = nodes.flatMap((node): ElementContent[] =>
    isElement(node) && PHRASING.has(node.tagName) && hasBlock(node) ? openedUp(node) : [node],
  );
  const wraps = isWrapped || opened.some((node) => isElement(node) && BLOCKS.has(node.tagName));
  const result: BodyTree = [];
  let run: ElementContent[] = [];
  /** Places that stand before a block: they are its beginning. */
  let places: ElementContent[] = [];
  const end = (isBeforeBlock: boolean): void => {
    const words = phrasing(run);
    run = [];
    if (words.every(isBlank)) return;
    if (isBeforeBlock && words.every((word) => isBlank(word) || isPlace(word))) {
      places = words;
      return;
    }
    // A picture alone needs no paragraph around it in a figure or a cell.
    if (wraps && (isWrapped || !words.every((word) => isBlank(word) || isNamed(word, 'img'))))
      result.push(element('p', {}, words));
    else result.push(...words);
  };
  for (const node of opened) {
    if (!isElement(node) || !BLOCKS.has(node.tagName)) {
      run.push(node);
      continue;
    }
    end(true);
    const [first, ...rest] = block(node);
    if (places.length > 0 && first && isNamed(first, 'p', 'h2', 'h3', 'h4') && isElement(first))
      result.push({ ...first, children: [...places, ...first.children] });
    else
      result.push(
        ...(places.length > 0 ? [element('p', {}, places)] : []),
        ...(first ? [first] : []),
      );
    places = [];
    result.push(...rest);
  }
  end(false);
  return result;
}

/** The blocks in a phrase without the phrase around them. */
const openedUp = (node: Element): ElementContent[] =>
  node.children.flatMap((child) =>
    isElement(child) && PHRASING.has(child.tagName) && hasBlock(child) ? openedUp(child) : [child],
  );

/** Each place once, and links only to places that are there. */
function linked(nodes: BodyTree): BodyTree {
  const places = new Set<string>();
  const unique = (inner: readonly ElementContent[]): BodyTree =>
    inner.flatMap((node): BodyTree => {
      if (!isElement(node)) return [node];
      const { id } = node.properties;
      const children = unique(node.children);
      if (id === undefined) return [{ ...node, children }];
      if (places.has(id)) return children;
      places.add(id);
      return [{ ...node, children }];
    });
  const sound = (inner: readonly ElementContent[]): BodyTree =>
    inner.flatMap((node): BodyTree => {
      if (!isElement(node)) return [node];
      const children = sound(node.children);
      const { href } = node.properties;
      const isLost = typeof href === 'string' && href.startsWith('#') && !places.has(href.slice(1));
      return isLost ? children : [{ ...node, children }];
    });
  return sound(unique(nodes));
}

/**
 * Reads the body of an article, whoever wrote it: what is outside the subset goes, and so does what
 * HTML doesn't allow where it stands, so that every format that is made of the tree is valid.
 */
export const bodyTree = (html: string): BodyTree =>
  linked(flow(reduced(parseHtml(html).children), true));

const mediaIdOf = ({ properties }: Element): string =>
  (properties['src'] ?? '').slice('media:'.length);

/** Ids of the pictures in a tree, in their order. */
export const picturesIn = (nodes: readonly ElementContent[]): string[] =>
  nodes.flatMap((node) =>
    isElement(node) ? (node.tagName === 'img' ? [mediaIdOf(node)] : picturesIn(node.children)) : [],
  );

/** The tree with each picture replaced by what `replace` makes of it. */
export const withPictures = (
  nodes: readonly ElementContent[],
  replace: (mediaId: string, image: Element) => ElementContent,
): BodyTree =>
  nodes.map((node) => {
    if (!isElement(node)) return node;
    if (node.tagName === 'img') return replace(mediaIdOf(node), node);
    return { ...node, children: withPictures(node.children, replace) };
  });
