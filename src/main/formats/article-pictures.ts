/*
 * Which picture an element of a page shows, and what stands beside it. Pages load them late, in
 * several sizes and beside pictures that only count readers.
 */
import { elementsOf, isElement, type HtmlElement, type HtmlNode } from './html-tree.ts';

/** A picture as a page has it; null where nobody says. */
export type FoundPicture = {
  /** Absolute, http or https. */
  url: string;
  width: number | null;
  height: number | null;
  alt: string;
};

/** Wide enough for the reader on a dense screen, px. */
const WANTED_WIDTH = 1200;
const MAX_ADDRESS = 4096;
const MAX_CANDIDATES = 60;

/**
 * An absolute address of the web without credentials; null for anything else.
 *
 * @param base null if the document has no address, so that only absolute ones count
 */
export function webAddress(text: string, base: string | null): string | null {
  // As browsers do (WHATWG URL §4.4), and before schemes are looked at.
  const url = URL.parse(text.trim(), base ?? undefined);
  if (!url || !/^https?:$/u.test(url.protocol) || url.hostname === '') return null;
  if (url.username !== '' || url.password !== '') return null;
  return url.href.length <= MAX_ADDRESS ? url.href : null;
}

type Candidate = { url: string; width: number | null; density: number | null };

/** HTML §4.8.4.3: an address may hold commas, and ends with one if nothing follows it. */
function candidatesOf(srcset: string, base: string | null): Candidate[] {
  const found: Candidate[] = [];
  let at = 0;
  while (at < srcset.length && found.length < MAX_CANDIDATES) {
    while (/[\s,]/u.test(srcset.charAt(at))) at++;
    const start = at;
    while (at < srcset.length && !/\s/u.test(srcset.charAt(at))) at++;
    const address = srcset.slice(start, at);
    let description = '';
    if (!address.endsWith(',')) {
      const end = srcset.indexOf(',', at);
      description = srcset.slice(at, end < 0 ? undefined : end);
      at = end < 0 ? srcset.length : end;
    }
    const url = webAddress(address.replace(/,{1,20}$/u, ''), base);
    const [, number = '', unit] = /^\s*(\d{1,6}(?:\.\d{1,4})?)([wx])\s*$/u.exec(description) ?? [];
    if (address !== '' && url !== null && !isPlaceholder(url))
      found.push({
        url,
        width: unit === 'w' ? Math.round(Number(number)) || null : null,
        density: unit === 'x' ? Number(number) : null,
      });
  }
  return found;
}

/** The smallest that is wide enough, else the largest; those of unknown width after all others. */
function rightSize(candidates: readonly Candidate[]): Candidate | null {
  const sizeOf = ({ width, density }: Candidate): number => width ?? density ?? 1;
  const known = candidates.filter(({ width }) => width !== null);
  const sorted = (known.length > 0 ? known : candidates).toSorted((a, b) => sizeOf(a) - sizeOf(b));
  return sorted.find(({ width }) => (width ?? 0) >= WANTED_WIDTH) ?? sorted.at(-1) ?? null;
}

const SETS = ['data-srcset', 'data-lazy-srcset', 'data-src-set', 'srcset'];
/** Where pages that load late keep the address; `src` has a stand-in meanwhile. */
const LATE = [
  'data-src',
  'data-lazy-src',
  'data-original',
  'data-lazy',
  'data-lazyload',
  'data-full-src',
  'data-hi-res-src',
  'data-orig-file',
  'data-image',
];
const STAND_IN =
  /(?:^|[-_/.])(?:blank|spacer|placeholder|pixel|transparent|loading|loader|lazy(?:load)?|clear|1x1|trans|gr[ae]y)(?:[-_]?\d{1,4}(?:x\d{1,4})?)?\.(?:gif|png|svg|jpe?g|webp)$/iu;
/** Drawings (SVG) aren't kept here, and mostly are signs of the page. */
function isPlaceholder(url: string): boolean {
  const { pathname } = new URL(url);
  return STAND_IN.test(pathname) || /\.svgz?$/iu.test(pathname);
}

/** Addresses whose answer is a picture that only counts who reads. */
const COUNTERS =
  /^https?:\/\/(?:[^/]{0,200}\.)?(?:doubleclick\.net|google-analytics\.com|googletagmanager\.com|scorecardresearch\.com|quantserve\.com|facebook\.com\/tr\b|stats\.wordpress\.com|pixel\.wp\.com|feedburner\.com\/~r|feedsportal\.com|bat\.bing\.com|chartbeat\.(?:com|net))|\/(?:pixel|beacon|b|tr|count(?:er)?|track(?:er|ing)?)(?:\.(?:gif|png|php))?\?/iu;

/** The whole number of pixels of an attribute; null for percentages and the like. */
function pixelsOf(value: string | undefined): number | null {
  const [, digits] = /^\s*(\d{1,5})(?:\.\d{1,4})?(?:px)?\s*$/u.exec(value ?? '') ?? [];
  return digits === undefined ? null : Number(digits);
}
const sizeIn = (style: string, side: 'width' | 'height'): number | null =>
  pixelsOf(
    new RegExp(`(?:^|;)\\s{0,9}${side}\\s{0,9}:\\s{0,9}(\\d{1,5}px)`, 'iu').exec(style)?.[1],
  );

/** True for what a page has but doesn't show. */
export function isHidden({ attributes }: HtmlElement): boolean {
  const style = attributes.get('style') ?? '';
  return (
    attributes.has('hidden') ||
    /(?:^|;)\s{0,9}(?:display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden)/iu.test(style)
  );
}

/** True for an element that stands for one picture. */
export const isPicture = ({ name }: HtmlElement): boolean =>
  name === 'img' || name === 'picture' || name === 'amp-img';

/** Formats that the reader shows, and sources for narrow screens, which may be other details. */
const isShown = ({ attributes }: HtmlElement): boolean =>
  /^(?:image\/(?:jpeg|png|webp|avif|gif)\b.*)?$/iu.test(attributes.get('type') ?? '') &&
  !/max-(?:device-)?(?:width|aspect)/iu.test(attributes.get('media') ?? '');

const proportional = (length: number | null, by: number): number | null =>
  length === null ? null : Math.max(1, Math.round(length * by));

/** The picture that an element shows, in the right size; null for one that only counts or stands in. */
export function pictureOf(shown: HtmlElement, base: string | null): FoundPicture | null {
  const parts = [...elementsOf([shown])];
  const image = parts.find(({ name }) => name === 'img' || name === 'amp-img');
  const holder = image ?? shown;
  if ([shown, holder].some((part) => isHidden(part))) return null;
  const own = (name: string): string => holder.attributes.get(name) ?? '';
  const width = pixelsOf(own('width')) ?? sizeIn(own('style'), 'width');
  const height = pixelsOf(own('height')) ?? sizeIn(own('style'), 'height');
  if ((width !== null && width <= 2) || (height !== null && height <= 2)) return null;
  const late = [...LATE, 'src'].flatMap((name) => {
    const url = own(name) === '' ? null : webAddress(own(name), base);
    return url === null || isPlaceholder(url) ? [] : [url];
  })[0];
  const candidates = [
    ...parts
      .filter((part) => part === holder || (part.name === 'source' && isShown(part)))
      .flatMap((part) =>
        SETS.flatMap((name) => candidatesOf(part.attributes.get(name) ?? '', base)),
      ),
    ...(late ? [{ url: late, width: null, density: 1 }] : []),
  ];
  const chosen = rightSize(candidates);
  if (!chosen || COUNTERS.test(chosen.url)) return null;
  // Attributes say how large it is shown, and so what its form is.
  const by = chosen.width !== null && width !== null ? chosen.width / width : (chosen.density ?? 1);
  return {
    url: chosen.url,
    width: chosen.width ?? proportional(width, by),
    height: chosen.width !== null && width === null ? null : proportional(height, by),
    alt: own('alt'),
  };
}

/** Without what asks for a size: two sizes of one picture have the same. */
export function pictureKey(url: string): string {
  const { host, pathname, searchParams } = new URL(url);
  const rest = Array.from(searchParams, ([name, value]) => `${name}=${value}`).filter(
    (text) =>
      !/^(?:w|h|q|width|height|quality|size|fit|crop|resize|dpr|auto|format|fm|strip)=/iu.test(
        text,
      ),
  );
  const path = pathname.replace(/-\d{2,4}x\d{2,4}(?=\.[a-z]{3,4}$)/iu, '');
  return `${host}${path}?${rest.toSorted().join('&')}`;
}

const CREDIT_CLASS =
  /(?:^|[-_\s])(?:credits?|copyright|photographer|photo-?by|byline|attribution|source|rights)(?:$|[-_\s])/iu;
const CREDIT_WORD =
  /(?:photo(?:graph|graphie|s)?(?: by)?|picture|image|credit|credits?|crédits?(?: photo)?|cr\.|foto|bild|copyright|courtesy of|source|צילום|תצלום|تصوير|الصورة|写真|撮影)\s?(?:[:：/]|by\b)|©|\(c\)/giu;

export const isCredit = ({ name, attributes }: HtmlElement): boolean =>
  name === 'cite' ||
  CREDIT_CLASS.test(attributes.get('class') ?? '') ||
  /^(?:copyrightHolder|creditText|creator|author)$/u.test(attributes.get('itemprop') ?? '');

const MAX_CREDIT = 160;
/**
 * Splits a caption where its credit begins: at the last of the usual words, if what follows is short
 * and no more than a sentence stands after it.
 */
export function splitCaption(text: string): { caption: string; credit: string } {
  for (const { index } of Array.from(text.matchAll(CREDIT_WORD)).toReversed()) {
    const before = text.slice(0, index).trimEnd();
    const rest = text.slice(index).trim();
    // Within a sentence it is a word as any other.
    const isApart =
      before === '' ||
      /[.!?…»”"。|()[\]/–—-]$/u.test(before) ||
      text.slice(0, index).endsWith('\n');
    if (!isApart || rest.length > MAX_CREDIT || /[.!?] \p{Lu}\p{Ll}+ \p{Ll}/u.test(rest)) continue;
    return {
      caption: before.replace(/\s*[([|/–—-]\s*$/u, ''),
      credit: rest.replace(/^([^()[\]]*)[)\]]\.?$/u, '$1').trim(),
    };
  }
  return { caption: text, credit: '' };
}

/** True for a caption that a page marks up as something else. */
export const isCaption = ({ name, attributes }: HtmlElement): boolean =>
  name === 'figcaption' ||
  /(?:^|[-_\s])(?:caption|legend|légende)(?:-?text)?(?:$|[-_\s])/iu.test(
    attributes.get('class') ?? '',
  );

/** The pictures below, outermost elements only. */
export function* picturesIn(nodes: readonly HtmlNode[]): Generator<HtmlElement> {
  for (const node of nodes)
    if (isElement(node)) {
      if (isPicture(node)) yield node;
      else yield* picturesIn(node.children);
    }
}
