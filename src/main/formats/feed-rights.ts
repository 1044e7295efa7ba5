import { AppError } from '../../shared/errors.ts';
import { rightsDate } from './feed-date.ts';

/**
 * Who may use it, of Media RSS 1.5.1: `allow` for no values allows nobody. `other` restricts
 * something that this program doesn't know.
 */
export type FeedRestriction = {
  relationship: 'allow' | 'deny';
  type: 'country' | 'uri' | 'sharing' | 'other';
  values: string[];
};
export type FeedRights = {
  /** Taken back by the publisher: `deleted` for good, `blocked` for now or as what isn't understood. */
  status: 'active' | 'blocked' | 'deleted';
  statusNote: string | null;
  restrictions: FeedRestriction[];
  /** Of dcterms:valid. */
  validFrom: number | null;
  validUntil: number | null;
};
export const NO_RIGHTS_STATED: FeedRights = {
  status: 'active',
  statusNote: null,
  restrictions: [],
  validFrom: null,
  validUntil: null,
};

const STRICTNESS = ['active', 'blocked', 'deleted'] as const;
/** More restrictions or values than these are cut to one that allows nobody. */
const MAX_RESTRICTIONS = 100;
const MAX_VALUES = 300;
const NOBODY: FeedRestriction = { relationship: 'allow', type: 'other', values: [] };

const later = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.max(a, b);
const earlier = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b);

function bothOf(a: FeedRestriction[], b: FeedRestriction[]): FeedRestriction[] {
  if (a.length === 0 || b.length === 0) return a.length === 0 ? b : a;
  // Nothing is stricter.
  if (a.includes(NOBODY)) return a;
  const all = [...new Map([...a, ...b].map((one) => [JSON.stringify(one), one])).values()];
  return all.length > MAX_RESTRICTIONS ? [NOBODY, ...all.slice(0, MAX_RESTRICTIONS - 1)] : all;
}

/** Of two statements about one item what allows least: nothing that is said takes rights back. */
export function strictest(a: FeedRights, b: FeedRights): FeedRights {
  const [less, more] =
    STRICTNESS.indexOf(b.status) > STRICTNESS.indexOf(a.status) ? [a, b] : [b, a];
  return {
    status: more.status,
    statusNote: more.statusNote ?? (less.status === more.status ? less.statusNote : null),
    restrictions: bothOf(a.restrictions, b.restrictions),
    validFrom: later(a.validFrom, b.validFrom),
    validUntil: earlier(a.validUntil, b.validUntil),
  };
}

/** An element with its text; names of attributes are lower case and without their prefix. */
type Statement = {
  kind: 'status' | 'restriction' | 'valid';
  attributes: ReadonlyMap<string, string>;
  text: string;
};

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const decoded = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,4}));/giu, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[String(name).toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(String(hex), 16) : Number(decimal);
    return code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole;
  });

function statusOf({ attributes, text }: Statement): FeedRights {
  const state = (attributes.get('state') ?? text).trim().toLowerCase();
  const status =
    state === 'active'
      ? 'active'
      : /^(?:deleted|removed|recalled|withdrawn|cancell?ed|killed)$/u.test(state)
        ? 'deleted'
        : 'blocked';
  const reason = attributes.get('reason')?.trim() ?? '';
  return { ...NO_RIGHTS_STATED, status, statusNote: reason === '' ? null : reason };
}

function restrictionOf({ attributes, text }: Statement): FeedRestriction | null {
  const relationship = attributes.get('relationship')?.trim().toLowerCase();
  const said = attributes.get('type')?.trim().toLowerCase() ?? 'country';
  const type = said === 'country' || said === 'uri' || said === 'sharing' ? said : 'other';
  const values = text.split(/[\s,;]+/u).filter(Boolean);
  const has = (word: string): boolean => values.some((one) => one.toLowerCase() === word);
  const named = values.filter((one) => !/^(?:all|none)$/iu.test(one));
  const restricted = (mode: 'allow' | 'deny', list: readonly string[]): FeedRestriction => ({
    relationship: mode,
    type,
    values: type === 'country' ? list.map((code) => code.toUpperCase()) : [...list],
  });
  // Sharing has no list of its own: what isn't allowed is denied as a whole.
  const nobody = type === 'sharing' ? restricted('deny', []) : restricted('allow', []);
  if (relationship === 'allow') {
    if (has('none') || values.length === 0 || values.length > MAX_VALUES) return nobody;
    return named.length === 0 ? null : restricted('allow', named);
  }
  if (relationship === 'deny') {
    if (has('all') || values.length > MAX_VALUES) return nobody;
    if (named.length > 0) return restricted('deny', named);
    return has('none') ? null : nobody;
  }
  return nobody;
}

const UNREADABLE: FeedRights = {
  ...NO_RIGHTS_STATED,
  status: 'blocked',
  statusNote: 'The dates of its use can’t be read: check with the publisher',
};
/** `start=…; end=…; scheme=W3C-DTF`, also over several lines and with dates of RFC 822. */
function windowOf({ text }: Statement): FeedRights {
  if (text.trim() === '') return NO_RIGHTS_STATED;
  const of = (name: string): string | null =>
    new RegExp(String.raw`\b${name}\s*=\s*([^;]*)`, 'iu').exec(text)?.[1]?.trim() ?? null;
  const [start, end] = [of('start'), of('end')];
  if (start === null && end === null) return UNREADABLE;
  // A blank one is open (DCMI Period).
  const [validFrom, validUntil] = [rightsDate(start ?? ''), rightsDate(end ?? '')];
  if ((start && validFrom === null) || (end && validUntil === null)) return UNREADABLE;
  return { ...NO_RIGHTS_STATED, validFrom, validUntil };
}

function rightsOf(statement: Statement): FeedRights {
  if (statement.kind === 'status') return statusOf(statement);
  if (statement.kind === 'valid') return windowOf(statement);
  const restriction = restrictionOf(statement);
  return restriction ? { ...NO_RIGHTS_STATED, restrictions: [restriction] } : NO_RIGHTS_STATED;
}

type Token = {
  kind: 'open' | 'close' | 'empty' | 'text' | 'cdata';
  /** Of a tag: lower case, with its prefix. */
  name: string;
  /** Inside of the tag, or the text. */
  content: string;
  /** Where it ends in the document. */
  to: number;
};

const cutOff = (): AppError =>
  new AppError('feed-invalid', 'The feed was cut off', { retryable: true });

/** After the `>` that ends a tag, which isn't one inside of an attribute. */
function tagEnd(document: string, from: number): number {
  let quote = 0;
  for (let at = from; at < document.length; at++) {
    const code = document.charCodeAt(at);
    if (quote !== 0) {
      if (code === quote) quote = 0;
    } else if (code === 34 || code === 39) quote = code;
    else if (code === 62) return at + 1;
  }
  throw cutOff();
}

/**
 * Tags and texts of an XML document in their order, without checking that they fit together; each
 * character is looked at once.
 */
function* tokensOf(document: string): Generator<Token> {
  const after = (text: string, from: number): number => {
    const at = document.indexOf(text, from);
    if (at === -1) throw cutOff();
    return at + text.length;
  };
  let at = 0;
  while (at < document.length) {
    const open = document.indexOf('<', at);
    const textEnd = open === -1 ? document.length : open;
    if (textEnd > at)
      yield { kind: 'text', name: '', content: document.slice(at, textEnd), to: textEnd };
    if (open === -1) return;
    if (document.startsWith('<![CDATA[', open)) {
      at = after(']]>', open);
      yield { kind: 'cdata', name: '', content: document.slice(open + 9, at - 3), to: at };
    } else if (document.startsWith('<!--', open)) at = after('-->', open + 4);
    else if (document.startsWith('<?', open)) at = after('?>', open);
    else if (document.startsWith('<!', open)) at = doctypeEnd(document, open, after);
    else if (!/[a-z_/]/iu.test(document[open + 1] ?? '')) {
      // A sign of its own, as in 1 < 2.
      at = open + 1;
    } else {
      at = tagEnd(document, open);
      yield tagOf(document.slice(open + 1, at - 1), at);
    }
  }
}

/** A document type may declare entities between brackets. */
function doctypeEnd(
  document: string,
  open: number,
  after: (text: string, from: number) => number,
): number {
  const end = after('>', open);
  const bracket = document.indexOf('[', open);
  return bracket === -1 || bracket > end ? end : after('>', after(']', bracket));
}

function tagOf(inside: string, to: number): Token {
  const isClose = inside.startsWith('/');
  const isEmpty = !isClose && inside.endsWith('/');
  const content = inside.slice(isClose ? 1 : 0, isEmpty ? -1 : undefined);
  const name = (/^[^\s/]+/u.exec(content)?.[0] ?? '').toLowerCase();
  return { kind: isClose ? 'close' : isEmpty ? 'empty' : 'open', name, content, to };
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

function attributesOf(content: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, name = '', double, single] of content.matchAll(
    /([\w:.-]{1,100})\s{0,100}=\s{0,100}(?:"([^"]*)"|'([^']*)')/gu,
  ))
    found.set(localName(name.toLowerCase()), decoded(double ?? single ?? ''));
  return found;
}

/** Prefixes of the vocabularies, by what they are bound to and by what they are usually called. */
function prefixesOf(document: string): Record<'media' | 'terms', Set<string>> {
  const prefixes = { media: new Set(['media']), terms: new Set(['dcterms']) };
  for (const [, prefix = '', uri = ''] of document.matchAll(
    /\bxmlns:([\w.-]{1,40})\s*=\s*["']([^"']{1,200})["']/giu,
  )) {
    if (MEDIA.test(uri)) prefixes.media.add(prefix.toLowerCase());
    if (TERMS.test(uri)) prefixes.terms.add(prefix.toLowerCase());
  }
  return prefixes;
}
const MEDIA = /search\.yahoo\.com\/mrss/iu;
const TERMS = /purl\.org\/dc\/terms/iu;
const DEFAULT_NAMESPACE = /(?:^|\s)xmlns\s*=\s*["']([^"']{0,200})["']/iu;

type Open = {
  name: string;
  /** What names without a prefix belong to. */
  namespace: 'media' | 'terms' | null;
  statement: Statement | null;
  /** An item that is in no other. */
  isItem: boolean;
};

export type RightsOfDocument = {
  /** The document with a number in each item, by which a parser's items find their rights. */
  numbered: string;
  channel: FeedRights;
  /** By number. */
  items: FeedRights[];
  /** Number of items with nothing in them. */
  empty: number;
  /** Ids of entries that are declared deleted (RFC 6721). */
  deleted: string[];
  /** Address of the next page, wherever in the document it is; null if there is none. */
  next: string | null;
};

/** Elements that HTML never closes. */
const VOID = /^(?:area|br|col|embed|hr|img|input|link|meta|source|track|wbr)$/u;

/**
 * Finds everything that an XML feed says of rights: in files, groups, items and the channel, in any
 * spelling of the namespaces, as attributes, text or CDATA. Parsers of feeds leave out what isn't
 * written as they expect it, which of rights must never happen.
 *
 * @throws `feed-invalid` for a document without the end tag of its root: one that was cut between
 *   items would read as a shorter feed
 */
export function rightsOfDocument(document: string): RightsOfDocument {
  const prefixes = prefixesOf(document);
  const pieces: string[] = [];
  const items: FeedRights[] = [];
  const deleted: string[] = [];
  let channel = NO_RIGHTS_STATED;
  let next: string | null = null;
  let empty = 0;
  let hasContent = false;
  const stack: Open[] = [];
  const open = new Map<string, number>();
  let root: string | null = null;
  let hasEnd = false;
  let isInItem = false;
  let copied = 0;

  const add = (statement: Statement): void => {
    const rights = rightsOf(statement);
    const at = items.length - 1;
    if (isInItem) items[at] = strictest(items[at] ?? NO_RIGHTS_STATED, rights);
    else channel = strictest(channel, rights);
  };
  const leave = ({ name, statement, isItem }: Open): void => {
    open.set(name, (open.get(name) ?? 1) - 1);
    if (statement) add(statement);
    if (!isItem) return;
    isInItem = false;
    if (!hasContent) empty++;
  };
  const enter = ({ kind, name, content, to }: Token): void => {
    root ??= name;
    if (isInItem) hasContent = true;
    const declared = DEFAULT_NAMESPACE.exec(content)?.[1];
    const namespace =
      declared === undefined
        ? (stack.at(-1)?.namespace ?? null)
        : MEDIA.test(declared)
          ? 'media'
          : TERMS.test(declared)
            ? 'terms'
            : null;
    const colon = name.indexOf(':');
    const isOf = (vocabulary: 'media' | 'terms'): boolean =>
      colon === -1 ? namespace === vocabulary : prefixes[vocabulary].has(name.slice(0, colon));
    const local = localName(name);
    const statement: Statement | null =
      ((local === 'status' || local === 'restriction') && isOf('media')) ||
      (local === 'valid' && isOf('terms'))
        ? { kind: local, attributes: attributesOf(content), text: '' }
        : null;
    const isItem = !isInItem && (local === 'item' || local === 'entry');
    if (local === 'deleted-entry') {
      const ref = attributesOf(content).get('ref');
      if (ref !== undefined) deleted.push(ref);
    }
    if (local === 'link' && !isInItem && next === null) {
      const attributes = attributesOf(content);
      if (attributes.get('rel')?.toLowerCase() === 'next') next = attributes.get('href') ?? null;
    }
    if (isItem && kind === 'open') {
      pieces.push(document.slice(copied, to), `<slash:comments>${items.length}</slash:comments>`);
      copied = to;
      items.push(NO_RIGHTS_STATED);
      isInItem = true;
      hasContent = false;
    }
    if (kind === 'open' && !VOID.test(name)) {
      stack.push({ name, namespace, statement, isItem });
      open.set(name, (open.get(name) ?? 0) + 1);
    } else if (statement) add(statement);
  };

  for (const token of tokensOf(document)) {
    const { kind, name, content } = token;
    if (kind === 'text' || kind === 'cdata') {
      const statement = stack.at(-1)?.statement;
      if (statement) statement.text += kind === 'text' ? decoded(content) : content;
    } else if (kind === 'close') {
      if (name === root) hasEnd = true;
      // One that was never opened closes nothing.
      if ((open.get(name) ?? 0) === 0) continue;
      for (let last = stack.pop(); last; last = stack.pop()) {
        leave(last);
        if (last.name === name) break;
      }
    } else {
      if (kind === 'empty' && root === null) hasEnd = true;
      enter(token);
    }
  }
  if (!hasEnd) throw cutOff();
  pieces.push(document.slice(copied));
  return { numbered: pieces.join(''), channel, items, empty, deleted, next };
}
