/*
 * HTML of strangers as a plain tree, read by htmlparser2 within limits: a page can be a million
 * levels deep, and have elements with a million attributes.
 */
import { Parser } from 'htmlparser2';

export type HtmlElement = {
  name: string;
  attributes: ReadonlyMap<string, string>;
  children: HtmlNode[];
};
export type HtmlNode = string | HtmlElement;

/** Characters; the rest is left out. */
export const MAX_HTML = 3 * 1024 * 1024;
/** Levels below this one are taken together, so that what reads a tree may call itself. */
const MAX_DEPTH = 100;
/** Elements that are open at once. Their parser takes the square of it. */
const MAX_OPEN = 2000;
const MAX_ELEMENTS = 50_000;
/** Of one element. */
const MAX_ATTRIBUTES = 64;
const MAX_ATTRIBUTE = 16_384;
/** One of another level ends it too (HTML §13.2.6.4.7), which the parser doesn't know. */
const HEADING = /<(h[1-6])\b([^<>]{0,500})>([^<]{0,500})<\/h[1-6]>/giu;
/** In one go, after which the limits are looked at. */
const STEP = 16_384;

/** What nobody reads, left out with all that is in it. */
const UNREAD = new Set(
  'style template svg math canvas map select datalist textarea option frameset applet xmp plaintext noembed noframes'.split(
    ' ',
  ),
);
/** Data for machines that is read all the same (JSON-LD 1.1 §7.3). */
const isUnread = (name: string, attributes: ReadonlyMap<string, string>): boolean =>
  UNREAD.has(name) ||
  (name === 'script' && !/^application\/ld\+json\b/iu.test(attributes.get('type') ?? ''));

export const isElement = (node: HtmlNode): node is HtmlElement => typeof node !== 'string';

export const element = (
  name: string,
  children: HtmlNode[],
  attributes: Readonly<Record<string, string | undefined>> = {},
): HtmlElement => ({
  name,
  attributes: new Map(
    Object.entries(attributes).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, value] as const],
    ),
  ),
  children,
});

/** @returns `isCut` if more was there than is read */
export function parseHtml(html: string): { children: HtmlNode[]; isCut: boolean } {
  const root: HtmlElement = element('', []);
  /** The last is the innermost; what is too deep stands for the deepest that is kept. */
  const open: HtmlElement[] = [root];
  let elements = 0;
  const limit = { isReached: false };
  /** Of what is left out: how many are open in it. */
  let unread = 0;
  /** The element whose tag is being read: its attributes decide whether it is left out. */
  let tag: { name: string; attributes: Map<string, string> } | null = null;

  const top = (): HtmlElement => open.at(-1) ?? root;
  function endTag(): void {
    if (!tag) return;
    const { name, attributes } = tag;
    tag = null;
    if (unread > 0 || isUnread(name, attributes)) {
      unread++;
      return;
    }
    if (open.length > MAX_DEPTH) {
      open.push(top());
      return;
    }
    const child: HtmlElement = { name, attributes, children: [] };
    top().children.push(child);
    open.push(child);
  }
  const parser = new Parser({
    onopentagname(name) {
      endTag();
      if (++elements > MAX_ELEMENTS || open.length + unread > MAX_OPEN) limit.isReached = true;
      tag = { name, attributes: new Map() };
    },
    onattribute(name, value) {
      if (!tag || tag.attributes.size >= MAX_ATTRIBUTES) return;
      if (value.length <= MAX_ATTRIBUTE && !tag.attributes.has(name))
        tag.attributes.set(name, value);
    },
    ontext(text) {
      endTag();
      if (unread > 0) return;
      const { children } = top();
      const last = children.at(-1);
      if (typeof last === 'string') children[children.length - 1] = last + text;
      else children.push(text);
    },
    onclosetag() {
      endTag();
      if (unread > 0) unread--;
      else open.pop();
    },
  });
  const whole = html.slice(0, MAX_HTML).replaceAll(HEADING, '<$1$2>$3</$1>');
  for (let at = 0; at < whole.length && !limit.isReached; at += STEP)
    parser.write(whole.slice(at, at + STEP));
  if (!limit.isReached) parser.end();
  return { children: root.children, isCut: limit.isReached || html.length > MAX_HTML };
}

/** All elements in the order of the document. */
export function* elementsOf(nodes: readonly HtmlNode[]): Generator<HtmlElement> {
  for (const node of nodes)
    if (isElement(node)) {
      yield node;
      yield* elementsOf(node.children);
    }
}

/** All text, without data for machines. */
export const rawText = (nodes: readonly HtmlNode[]): string =>
  nodes
    .map((node) =>
      isElement(node) ? (node.name === 'script' ? '' : rawText(node.children)) : node,
    )
    .join('');
/** All text on one line. */
export const lineOf = (nodes: readonly HtmlNode[]): string =>
  rawText(nodes).replaceAll(/\s+/gu, ' ').trim();

const VOID = new Set('area base br col embed hr img input link meta source track wbr'.split(' '));
const SIGNS: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\u00a0': '&#160;',
};
const escaped = (text: string): string =>
  text.replaceAll(/[&<>"\u00a0]/gu, (sign) => SIGNS[sign] ?? sign);

export function htmlOf(nodes: readonly HtmlNode[]): string {
  return nodes
    .map((node) => {
      if (!isElement(node)) return escaped(node);
      const { name, attributes, children } = node;
      const tag = [name, ...Array.from(attributes, ([key, value]) => `${key}="${escaped(value)}"`)];
      return VOID.has(name)
        ? `<${tag.join(' ')}>`
        : `<${tag.join(' ')}>${htmlOf(children)}</${name}>`;
    })
    .join('');
}
