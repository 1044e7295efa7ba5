/*
 * What pages say in JSON-LD by the words of schema.org. Scripts are data from strangers: only texts
 * and numbers of known members are taken, from so many objects.
 */
import { cleanText } from './article-html.ts';
import { webAddress } from './article-pictures.ts';
import { namesIn } from './bylines.ts';
import { lineOf, parseHtml, type HtmlElement } from './html-tree.ts';

export type JsonObject = { readonly [key: string]: unknown };

const MAX_LINE = 600;
/** Characters of one script, and of all. */
const MAX_JSON = 512 * 1024;
const MAX_ALL_JSON = 1024 * 1024;
const MAX_OBJECTS = 2000;
const MAX_LEVELS = 5;
const MAX_ITEMS = 50;

/** One line without markup, as it may be stored. */
export function lineText(text: string | undefined): string {
  const given = (text ?? '').slice(0, 4 * MAX_LINE);
  const plain = /[<&]/u.test(given) ? lineOf(parseHtml(given).children) : given;
  return cleanText(plain).replaceAll(/\s+/gu, ' ').trim().slice(0, MAX_LINE).toWellFormed();
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
/** One value or several, as JSON-LD has both. */
export const valuesOf = (value: unknown): unknown[] =>
  value === undefined || value === null
    ? []
    : Array.isArray(value)
      ? value.slice(0, MAX_ITEMS)
      : [value];

/** The first text of a value, also of one that has it as its name. */
export const textIn = (value: unknown): string =>
  lineText(
    valuesOf(value)
      .map((one) => (isObject(one) ? (one['@value'] ?? one['name'] ?? one['text']) : one))
      .find((one) => typeof one === 'string'),
  );

/** Some wrap a script for browsers that don't know scripts. */
const WRAPPED =
  /^\s*(?:<!--|\/\*<!\[CDATA\[\*\/|\/\/<!\[CDATA\[)|(?:-->|\/\*\]\]>\*\/|\/\/\]\]>)\s*$/gu;
function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replaceAll(WRAPPED, ''));
  } catch {
    return null;
  }
}

/** The objects of all scripts, outermost first; those below a member of another as well. */
export function jsonObjects(elements: readonly HtmlElement[]): JsonObject[] {
  const found: JsonObject[] = [];
  let left = MAX_ALL_JSON;
  for (const { name, children } of elements) {
    if (name !== 'script') continue;
    const text = children.filter((child) => typeof child === 'string').join('');
    left -= text.length;
    if (text.length > MAX_JSON || left < 0) continue;
    let level = valuesOf(parsed(text));
    for (let depth = 0; depth < MAX_LEVELS && level.length > 0; depth++) {
      const objects = level
        .flatMap(valuesOf)
        .filter(isObject)
        .slice(0, MAX_OBJECTS - found.length);
      found.push(...objects);
      level = objects
        .flatMap((object) => Object.values(object).slice(0, MAX_ITEMS))
        .slice(0, MAX_OBJECTS);
    }
  }
  return found;
}

const ORGANISATION = /(?:Organization|Corporation)$/u;
const ARTICLE = /(?:Article|BlogPosting|LiveBlogPosting|^Report)$/u;
/** As in `NewsArticle`, `NewsMediaOrganization`. */
const isOfType = (object: JsonObject, pattern: RegExp): boolean =>
  valuesOf(object['@type']).some((type) => typeof type === 'string' && pattern.test(type));
const isSamePage = (one: string | null, other: string): boolean =>
  one !== null && one.split(/[?#]/u)[0] === other.split(/[?#]/u)[0];

/** The article of this address, else the first one; empty if there is none. */
export function articleIn(objects: readonly JsonObject[], url: string): JsonObject {
  const articles = objects.filter((object) => isOfType(object, ARTICLE));
  const isThis = (object: JsonObject): boolean =>
    ['url', 'mainEntityOfPage', '@id'].some((key) =>
      valuesOf(object[key]).some((value) => {
        const address = isObject(value) ? (value['@id'] ?? value['url']) : value;
        return typeof address === 'string' && isSamePage(webAddress(address, url), url);
      }),
    );
  return articles.find(isThis) ?? articles[0] ?? {};
}

/** An object that only names another by its `@id` stands for that one, if it has the member. */
function resolved(value: unknown, member: string, objects: readonly JsonObject[]): unknown {
  if (!isObject(value) || value[member] !== undefined || typeof value['@id'] !== 'string')
    return value;
  const { '@id': id } = value;
  return objects.find((other) => other['@id'] === id && other[member] !== undefined) ?? value;
}

/** Names of authors, one by one; an organisation’s may have an “and” in it. */
export const personsIn = (value: unknown, objects: readonly JsonObject[]): string[] =>
  valuesOf(value).flatMap((one) => {
    const named = resolved(one, 'name', objects);
    if (isObject(named) && isOfType(named, ORGANISATION))
      return [textIn(named)].filter((name) => name !== '');
    return valuesOf(isObject(named) ? named['name'] : named).flatMap((name) =>
      typeof name === 'string' ? namesIn(lineText(name)) : [],
    );
  });

/** The name of a publisher or holder, which may have an “and” in it. */
export const organisationIn = (value: unknown, objects: readonly JsonObject[]): string =>
  textIn(resolved(valuesOf(value)[0], 'name', objects));

/** Addresses and sizes of pictures, as they are stated. */
export const imagesIn = (value: unknown, objects: readonly JsonObject[]) =>
  valuesOf(value).map((one) => {
    const image = resolved(one, 'url', objects);
    if (!isObject(image)) return { address: image, width: undefined, height: undefined };
    return {
      address: image['url'] ?? image['contentUrl'],
      width: image['width'],
      height: image['height'],
    };
  });

const isNo = (value: unknown): boolean =>
  value === false || (typeof value === 'string' && /^(?:false|no|0)$/iu.test(value));
/** False if all or a part of it has to be paid for. */
export const isFree = (article: JsonObject): boolean =>
  ![article, ...valuesOf(article['hasPart'])].some(
    (part) => isObject(part) && isNo(part['isAccessibleForFree']),
  );
