import {
  DetectError,
  MalformedError,
  ParseError,
  parseFeed as parseAny,
  type AnyFeed,
  type AtomFeed,
  type JsonFeed,
  type MediaNs,
  type RdfFeed,
  type RssFeed,
} from 'feedsmith';
import { AppError } from '../../shared/errors.ts';
import { clockMs, feedDate } from './feed-date.ts';
import {
  NO_RIGHTS_STATED,
  rightsOfDocument,
  strictest,
  type FeedRights,
  type RightsOfDocument,
} from './feed-rights.ts';

/**
 * A file that a feed offers. What the feed doesn't say is null. Sizes are hints: publishers put
 * zeros, megabytes or nothing into them.
 */
export type FeedMedia = {
  url: string;
  type: string | null;
  bytes: number | null;
  width: number | null;
  height: number | null;
  /** Bits per second. */
  bitrate: number | null;
  /** Frames a second. */
  frameRate: number | null;
  durationMs: number | null;
  language: string | null;
  /** A part of the work, such as a trailer. */
  isSample: boolean;
  isDefault: boolean;
  /** Lower-case hex. */
  hash: { algorithm: 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512'; hex: string } | null;
  /** Of a picture: HTML or text as published, empty where nothing is said. */
  caption: string;
  /** Who made a picture, which isn't who wrote what it is beside. */
  credit: string;
};
export type FeedCaptions = { url: string; type: string | null; language: string | null };
export type FeedPicture = { url: string; width: number | null; height: number | null };
export type FeedScene = { startMs: number; endMs: number | null; text: string };
export type FeedItem = FeedRights & {
  /** guid, atom:id or the id of a JSON Feed; publishers reuse, change and omit it. */
  id: string | null;
  link: string | null;
  title: string;
  /** HTML as published: to be sanitised before it is shown. */
  summaryHtml: string;
  contentHtml: string;
  publishedAt: number | null;
  updatedAt: number | null;
  language: string | null;
  durationMs: number | null;
  media: FeedMedia[];
  captions: FeedCaptions[];
  pictures: FeedPicture[];
  scenes: FeedScene[];
  /** Plain text of media:text, such as a transcript. */
  script: string;
  keywords: string[];
  categories: string[];
  credits: string[];
  copyright: string | null;
  licence: { name: string | null; url: string | null } | null;
  /** A page that plays it, where there is no file. */
  playerUrl: string | null;
  isForSale: boolean;
  isExplicitlyBlocked: boolean;
};
export type Feed = {
  kind: 'rss' | 'atom' | 'rdf' | 'json';
  title: string;
  link: string | null;
  description: string;
  language: string | null;
  copyright: string | null;
  /** How long it may be kept, by its own word. */
  ttlMinutes: number | null;
  /** Next page, of feeds that have several. */
  next: string | null;
  /** It will not change any more. */
  isExpired: boolean;
  items: FeedItem[];
  /** Number of items that are there and couldn't be read. */
  unread: number;
};

/** Maximum number of items of one document. */
const MAX_ITEMS = 20_000;

/** What an answer is where a login, a firewall or an error page stands in for a feed. */
export const isWebPage = (text: string): boolean =>
  /^[\uFEFF\s]*(?:<\?xml[^>]{0,200}>\s*|<!--(?:(?!-->)[^]){0,5000}-->\s*)*<(?:!doctype\s+html|html|head|body)\b/iu.test(
    text.slice(0, 20_000),
  );

/**
 * Reads a document in Media RSS, RSS, RDF, Atom or JSON Feed, with the deviations that publishers
 * make.
 *
 * @param base address of the document, for relative addresses
 * @throws `feed-invalid` for anything else, also for one that was cut off: it would read as a
 *   shorter feed
 */
export function parseFeed(text: string, base: string): Feed {
  const document = text.replace(/^[\uFEFF\s]+/u, '');
  if (document.startsWith('{')) {
    if (!isJson(document))
      throw new AppError('feed-invalid', 'The feed was cut off, or isn’t JSON', {
        retryable: true,
      });
    return limited(withBase(toFeed(readAny(document), NOTHING_FOUND, base), base));
  }
  if (isWebPage(document)) throw invalid('it is a web page');
  if (!/<[a-z_]/iu.test(document)) throw invalid('it has no elements');
  const rights = rightsOfDocument(normalised(document));
  const feed = limited(withBase(toFeed(readAny(rights.numbered), rights, base), base));
  // Entries that were taken back are no longer there, but for their id.
  return { ...feed, items: [...feed.items, ...rights.deleted.map(tombstone)] };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * What one item may have; the rest of a longer list or text is left out. Of rights nothing is: see
 * `strictest`.
 */
const MAX = {
  media: 50,
  captions: 50,
  pictures: 20,
  scenes: 500,
  names: 50,
  nameLength: 200,
  titleLength: 500,
  captionLength: 5000,
  textLength: 200_000,
};

const cutTo = (text: string, length: number): string =>
  text.length <= length ? text : text.slice(0, length).toWellFormed();

/** JSON Feed says nothing of rights. */
const NOTHING_FOUND: RightsOfDocument = {
  numbered: '',
  channel: NO_RIGHTS_STATED,
  items: [],
  empty: 0,
  deleted: [],
  next: null,
};

function limited(feed: Feed): Feed {
  if (feed.items.length > MAX_ITEMS)
    throw new AppError('feed-invalid', `The feed has more than ${MAX_ITEMS} items`);
  return {
    ...feed,
    title: cutTo(feed.title, MAX.titleLength),
    description: cutTo(feed.description, MAX.textLength),
    copyright: feed.copyright && cutTo(feed.copyright, MAX.titleLength),
    items: feed.items.map(limitedItem),
  };
}

const names = (list: readonly string[]): string[] =>
  [...new Set(list)].slice(0, MAX.names).map((name) => cutTo(name, MAX.nameLength));

const limitedItem = (item: FeedItem): FeedItem => ({
  ...item,
  title: cutTo(item.title, MAX.titleLength),
  summaryHtml: cutTo(item.summaryHtml, MAX.textLength),
  contentHtml: cutTo(item.contentHtml, MAX.textLength),
  script: cutTo(item.script, MAX.textLength),
  media: item.media.slice(0, MAX.media).map((one) => ({
    ...one,
    caption: cutTo(one.caption, MAX.captionLength),
    credit: cutTo(one.credit, MAX.titleLength),
  })),
  captions: item.captions.slice(0, MAX.captions),
  pictures: item.pictures.slice(0, MAX.pictures),
  scenes: item.scenes
    .slice(0, MAX.scenes)
    .map((scene) => ({ ...scene, text: cutTo(scene.text, MAX.titleLength) })),
  keywords: names(item.keywords),
  categories: names(item.categories),
  credits: names(item.credits),
  copyright: item.copyright && cutTo(item.copyright, MAX.titleLength),
  licence: item.licence && {
    ...item.licence,
    name: item.licence.name && cutTo(item.licence.name, MAX.titleLength),
  },
  statusNote: item.statusNote && cutTo(item.statusNote, MAX.titleLength),
});

const invalid = (why: string) => new AppError('feed-invalid', `This isn’t a feed: ${why}`);

function readAny(document: string): AnyFeed {
  try {
    return parseAny<string>(document);
  } catch (thrown) {
    if (thrown instanceof DetectError) throw invalid('its format is unknown');
    // Nothing of what the parsers say is passed on: they quote the document.
    if (thrown instanceof MalformedError || thrown instanceof ParseError)
      throw invalid('it can’t be read');
    throw invalid('it exceeds the limits for nesting or entities');
  }
}

/**
 * Splits a document at CDATA and comments, which are text also where they look like elements: the
 * odd parts. Without a pattern, since a search for the end would start anew at each beginning.
 */
function partsOf(document: string): string[] {
  const parts: string[] = [];
  let at = 0;
  for (const [open, close] of opaqueSpans(document)) {
    parts.push(document.slice(at, open), document.slice(open, close));
    at = close;
  }
  return [...parts, document.slice(at)];
}

function* opaqueSpans(document: string): Generator<[from: number, to: number]> {
  const next = (text: string, from: number): number => {
    const at = document.indexOf(text, from);
    return at === -1 ? Infinity : at;
  };
  let [cdata, comment] = [next('<![CDATA[', 0), next('<!--', 0)];
  while (Math.min(cdata, comment) < Infinity) {
    const from = Math.min(cdata, comment);
    const end = next(cdata < comment ? ']]>' : '-->', from);
    if (end === Infinity) return;
    yield [from, end + 3];
    if (cdata < end) cdata = next('<![CDATA[', end);
    if (comment < end) comment = next('<!--', end);
  }
}

/** Brings what the parser would drop into the form that it reads. */
function normalised(document: string): string {
  const isRdf = /<(?:\w+:)?RDF\b/u.test(document.slice(0, 5000));
  return partsOf(document)
    .map((part, at) => (at % 2 === 1 ? part : normalisedMarkup(part, isRdf)))
    .join('');
}

function normalisedMarkup(markup: string, isRdf: boolean): string {
  const read = markup
    .replace(/\bduration="(\d{1,3}(?::\d{1,2}){1,2}(?:\.\d+)?)"/gu, (_, time: string) => {
      const ms = clockMs(time);
      return ms === null ? '' : `duration="${ms / 1000}"`;
    })
    .replace(
      /<jwplayer:(source|track|image)\b([^<>]{0,3000}?)(?:\/>|>([^<]{0,3000})<\/jwplayer:\1>)/gu,
      jwplayer,
    );
  // A wrapper around all items, which RDF has too, with another meaning.
  return isRdf ? read : read.replace(/<\/?items(?:\s[^<>]{0,500})?>/gu, '');
}

function jwplayer(_: string, kind: string, attributes: string, content = ''): string {
  const of = (name: string): string | null =>
    new RegExp(`\\b${name}="([^"]*)"`, 'u').exec(attributes)?.[1] ?? null;
  const file = of('file') ?? content.trim();
  if (file === '') return '';
  if (kind === 'image') return `<media:thumbnail url="${file}"/>`;
  if (kind === 'track')
    return /^(?:captions|subtitles)$/u.test(of('kind') ?? 'captions')
      ? `<media:subTitle href="${file}" type="text/vtt"/>`
      : '';
  return `<media:content url="${file}"${of('type') === null ? '' : ` type="${of('type')}"`}/>`;
}

type Common = Pick<
  MediaNs.Content,
  'hashes' | 'player' | 'credits' | 'copyright' | 'texts' | 'prices'
> &
  Pick<
    MediaNs.Content,
    'licenses' | 'subTitles' | 'scenes' | 'thumbnails' | 'keywords' | 'categories' | 'title'
  > &
  Pick<MediaNs.Content, 'description'>;

/** Only what plays or shows is offered: no programs, no documents. */
const isFile = ({ url, type, medium, expression }: MediaNs.Content): boolean =>
  url !== undefined &&
  expression !== 'nonstop' &&
  medium !== 'executable' &&
  medium !== 'document' &&
  !/^application\/x-shockwave-flash|^text\/html/u.test(type ?? '');

const natural = (n: number | undefined): number | null =>
  n !== undefined && n > 0 && Number.isSafeInteger(Math.round(n)) ? Math.round(n) : null;

const ALGORITHMS = {
  md5: ['md5', 32],
  'sha-1': ['sha1', 40],
  sha1: ['sha1', 40],
  'sha-256': ['sha256', 64],
  sha256: ['sha256', 64],
} as const;
function hashOf(hashes: readonly MediaNs.Hash[] | undefined): FeedMedia['hash'] {
  for (const { value, algo = 'md5' } of hashes ?? []) {
    const known = Object.hasOwn(ALGORITHMS, algo.toLowerCase())
      ? ALGORITHMS[algo.toLowerCase() as keyof typeof ALGORITHMS]
      : null;
    const hex = value?.trim().toLowerCase() ?? '';
    if (known && hex.length === known[1] && /^[0-9a-f]+$/u.test(hex))
      return { algorithm: known[0], hex };
  }
  return null;
}

/** Subresource Integrity, of podcast:integrity: base64 of the digest. */
function integrityOf(given: { type?: string; value?: string } | undefined): FeedMedia['hash'] {
  const [, algorithm, base64] =
    /^(sha256|sha384|sha512)-([A-Za-z0-9+/]+=*)$/u.exec(given?.value?.trim() ?? '') ?? [];
  if (given?.type !== 'sri' || algorithm === undefined || base64 === undefined) return null;
  const digest = Buffer.from(base64, 'base64');
  return digest.length * 8 === Number(algorithm.slice(3))
    ? { algorithm: algorithm as 'sha256', hex: digest.toString('hex') }
    : null;
}

const isPicture = ({ type, medium, url = '' }: MediaNs.Content): boolean =>
  medium === 'image' ||
  type?.startsWith('image/') === true ||
  ((medium ?? type) === undefined && /\.(?:jpe?g|png|gif|webp|avif)(?:[?#]|$)/iu.test(url));

/** Of a picture alone: who has written the item, not who made what is beside it. */
const isWriter = ({ role = '' }: MediaNs.Credit): boolean => /^(?:author|writer)$/iu.test(role);

/** What is said of a picture, there or beside all that the item has. */
const aboutPicture = (scopes: readonly (Common | undefined)[]) => ({
  caption: nearest(scopes, ({ description }) => description?.value) ?? '',
  credit: (nearest(scopes, ({ credits }) => credits) ?? [])
    .flatMap((credit) => (isWriter(credit) ? [] : (credit.value ?? [])))
    .join(', '),
});

function mediaOf(content: MediaNs.Content, ofGroup: Common['hashes']): FeedMedia {
  return {
    url: content.url ?? '',
    type: content.type ?? null,
    bytes: natural(content.fileSize),
    width: natural(content.width),
    height: natural(content.height),
    bitrate: content.bitrate === undefined ? null : natural(content.bitrate * 1000),
    frameRate: content.framerate !== undefined && content.framerate > 0 ? content.framerate : null,
    durationMs: natural((content.duration ?? 0) * 1000),
    language: content.lang ?? null,
    isSample: content.expression === 'sample',
    isDefault: content.isDefault === true,
    hash: hashOf(content.hashes) ?? hashOf(ofGroup),
    caption: '',
    credit: '',
  };
}

const NO_FILE = {
  width: null,
  height: null,
  bitrate: null,
  frameRate: null,
  durationMs: null,
  language: null,
  isSample: false,
  isDefault: false,
  hash: null,
  caption: '',
  credit: '',
} satisfies Partial<FeedMedia>;

const isPlayable = (type: string | undefined, url: string): boolean =>
  /^(?:video|audio|image)\//u.test(type ?? '') ||
  (!/^(?:text|application)\//u.test(type ?? '') &&
    /\.(?:mp4|m4v|mov|mxf|webm|mp3|m4a|wav|m3u8|jpe?g|png)(?:[?#]|$)/iu.test(url)) ||
  /mpegurl/iu.test(type ?? '');

/** The nearest wins: file, group, item. */
function nearest<T>(scopes: readonly (Common | undefined)[], of: (scope: Common) => T | undefined) {
  for (const scope of scopes) {
    const found = scope && of(scope);
    if (found !== undefined && !(Array.isArray(found) && found.length === 0)) return found;
  }
  return undefined;
}

type Extras = Pick<
  FeedItem,
  | 'media'
  | 'captions'
  | 'pictures'
  | 'scenes'
  | 'script'
  | 'keywords'
  | 'categories'
  | 'credits'
  | 'copyright'
  | 'licence'
  | 'playerUrl'
  | 'isForSale'
> & { title: string; description: string };

/** What the media namespace says of an item; of the channel only what concerns rights applies. */
function mediaExtras(item: MediaNs.ItemOrFeed = {}, channel: MediaNs.ItemOrFeed = {}): Extras {
  const groups = item.groups ?? [];
  const contents = [
    ...groups.flatMap((group) => {
      const { contents: files = [], hashes } = group;
      // A hash of the group is that of its file, if it has one alone.
      const ofGroup = files.length === 1 ? hashes : undefined;
      return files.map((content) => ({ content, ofGroup, around: [group, item] }));
    }),
    ...(item.contents ?? []).map((content) => ({ content, ofGroup: undefined, around: [item] })),
  ];
  const [first] = contents;
  // Beside pictures alone the credits are theirs.
  const hasPicturesAlone = first !== undefined && contents.every((one) => isPicture(one.content));
  const scopes: (Common | undefined)[] = [first?.content, groups[0], item];
  const terms = [...scopes, channel];
  const licence = nearest(terms, ({ licenses }) => licenses)?.[0];
  return {
    media: contents
      .filter(({ content }) => isFile(content))
      .map(({ content, ofGroup, around }) => ({
        ...mediaOf(content, ofGroup),
        ...(isPicture(content)
          ? aboutPicture(hasPicturesAlone ? [content, ...around] : [content])
          : {}),
      })),
    captions: (nearest(scopes, ({ subTitles }) => subTitles) ?? []).flatMap(
      ({ href, type, lang }) =>
        href === undefined ? [] : [{ url: href, type: type ?? null, language: lang ?? null }],
    ),
    pictures: (nearest(scopes, ({ thumbnails }) => thumbnails) ?? []).flatMap(
      ({ url, width, height }) =>
        url === undefined ? [] : [{ url, width: natural(width), height: natural(height) }],
    ),
    scenes: (nearest(scopes, ({ scenes }) => scenes) ?? []).flatMap((scene) => {
      const startMs = clockMs(scene.startTime);
      const text = [scene.title, scene.description].filter(Boolean).join(': ');
      return startMs === null ? [] : [{ startMs, endMs: clockMs(scene.endTime), text }];
    }),
    script: (nearest(scopes, ({ texts }) => texts) ?? [])
      .map(({ value }) => value ?? '')
      .join('\n'),
    keywords: nearest(scopes, ({ keywords }) => keywords) ?? [],
    categories: (nearest(scopes, ({ categories }) => categories) ?? []).flatMap(
      ({ label, name }) => label ?? name ?? [],
    ),
    credits: (nearest(scopes, ({ credits }) => credits) ?? [])
      .filter((credit) => !hasPicturesAlone || isWriter(credit))
      .flatMap(({ value }) => value ?? []),
    copyright: nearest(terms, ({ copyright }) => copyright)?.value ?? null,
    licence: licence ? { name: licence.name ?? null, url: licence.href ?? null } : null,
    playerUrl: nearest(scopes, ({ player }) => player?.url) ?? null,
    isForSale: [...contents.map(({ content }) => content), ...groups, item, channel].some(
      ({ prices }) => (prices ?? []).some(({ price }) => (price ?? 0) > 0),
    ),
    title: nearest(scopes, ({ title }) => title?.value) ?? '',
    description: nearest(scopes, ({ description }) => description?.value) ?? '',
  };
}

/**
 * Items with the rights that were found under their numbers. One without a number was read from
 * elsewhere than where its rights were looked for: nothing is known of them.
 */
function itemsOf<T extends { slash?: { comments?: number } }>(
  list: readonly T[] | undefined,
  rights: RightsOfDocument,
  read: (item: T) => UnclearedItem,
): Pick<Feed, 'items' | 'unread'> {
  // Of those that have a number alone nothing could be read.
  const all = (list ?? []).filter((item) => Object.keys(item).some((key) => key !== 'slash'));
  return {
    items: all.map((item) => {
      const own = rights.items[item.slash?.comments ?? -1];
      return {
        ...read(item),
        ...strictest(own ?? { ...NO_RIGHTS_STATED, status: 'blocked' }, rights.channel),
      };
    }),
    unread: Math.max(0, rights.items.length - rights.empty - all.length),
  };
}

const tombstone = (id: string): FeedItem => ({
  ...NOTHING,
  ...mediaExtras(),
  ...NO_RIGHTS_STATED,
  id,
  link: null,
  title: '',
  summaryHtml: '',
  contentHtml: '',
  durationMs: null,
  status: 'deleted',
});

function toFeed(parsed: AnyFeed, rights: RightsOfDocument, base: string): Feed {
  switch (parsed.format) {
    case 'rss':
      return ofRss(parsed.feed, rights);
    case 'atom':
      return ofAtom(parsed.feed, rights, base);
    case 'rdf':
      return ofRdf(parsed.feed, rights);
    case 'json':
      return ofJson(parsed.feed);
  }
  return parsed satisfies never;
}

/** An item before its rights are known. */
type UnclearedItem = Omit<FeedItem, keyof FeedRights>;

const NOTHING = { publishedAt: null, updatedAt: null, language: null, isExplicitlyBlocked: false };

function ofRss(feed: RssFeed.Feed<string>, rights: RightsOfDocument): Feed {
  return {
    kind: 'rss',
    title: feed.title ?? '',
    link: feed.link ?? null,
    description: feed.description ?? '',
    language: feed.language ?? feed.dc?.languages?.[0] ?? null,
    copyright: feed.copyright ?? feed.media?.copyright?.value ?? null,
    ttlMinutes: natural(feed.ttl),
    next: rights.next,
    isExpired: false,
    ...itemsOf(feed.items, rights, (item) => ofRssItem(item, feed)),
  };
}

function ofRssItem(item: RssFeed.Item<string>, feed: RssFeed.Feed<string>): UnclearedItem {
  const { title, description, ...media } = mediaExtras(item.media, feed.media);
  const enclosures = (item.enclosures ?? []).flatMap(({ url, type, length }): FeedMedia[] =>
    url !== undefined && isPlayable(type, url)
      ? [{ ...NO_FILE, url, type: type ?? null, bytes: natural(length), isDefault: true }]
      : [],
  );
  const alternates = (item.podcast?.alternateEnclosures ?? []).flatMap((one): FeedMedia[] =>
    (one.sources ?? []).flatMap(({ uri, contentType }) =>
      uri !== undefined && /^https?:/u.test(uri)
        ? [
            {
              ...NO_FILE,
              url: uri,
              type: contentType ?? one.type ?? null,
              bytes: natural(one.length),
              height: natural(one.height),
              bitrate: natural(one.bitrate),
              language: one.lang ?? null,
              isDefault: one.default === true,
              hash: integrityOf(one.integrity),
            },
          ]
        : [],
    ),
  );
  const image = item.itunes?.image;
  return {
    ...NOTHING,
    ...media,
    id: item.guid?.value ?? null,
    link: item.link ?? null,
    title: item.title ?? (title || (item.itunes?.title ?? '')),
    summaryHtml: item.description ?? (description || (item.itunes?.summary ?? '')),
    contentHtml: item.content?.encoded ?? '',
    publishedAt: feedDate(item.pubDate) ?? feedDate(item.dc?.dates?.[0]),
    updatedAt: feedDate(item.atom?.updated) ?? feedDate(item.dcterms?.modified?.[0]),
    durationMs: natural((item.itunes?.duration ?? 0) * 1000),
    media: unique([...media.media, ...enclosures, ...alternates]),
    captions: [
      ...media.captions,
      ...(item.podcast?.transcripts ?? []).flatMap(({ url, type, language }) =>
        url === undefined ? [] : [{ url, type: type ?? null, language: language ?? null }],
      ),
    ],
    pictures: [
      ...media.pictures,
      ...(image === undefined ? [] : [{ url: image, width: null, height: null }]),
    ],
    keywords: [...media.keywords, ...(item.itunes?.keywords ?? [])],
    categories: [...media.categories, ...(item.categories ?? []).flatMap(({ name }) => name ?? [])],
    credits:
      media.credits.length > 0
        ? media.credits
        : [
            ...(item.dc?.creators ?? []),
            ...(item.authors ?? []).flatMap(({ name, email }) => name ?? email ?? []),
          ],
    copyright: media.copyright ?? item.dc?.rights?.[0] ?? feed.copyright ?? null,
    isExplicitlyBlocked: item.itunes?.block === true,
  };
}

/** What relative addresses within an element are relative to: XML Base, which Atom has (RFC 4287 §2). */
function baseWithin(outer: string, given: string | undefined): string {
  const base = given === undefined ? null : URL.parse(given.trim(), outer);
  return base && /^https?:$/u.test(base.protocol) ? base.href : outer;
}
const absoluteIn = (base: string, address: string): string =>
  URL.parse(address.trim(), base)?.href ?? address;

function ofAtom(feed: AtomFeed.Feed<string>, rights: RightsOfDocument, document: string): Feed {
  const base = baseWithin(document, feed.xml?.base);
  const link = (rel: string): string | null => {
    const href = feed.links?.find((one) => (one.rel ?? 'alternate') === rel)?.href;
    return href === undefined ? null : absoluteIn(base, href);
  };
  return {
    kind: 'atom',
    title: feed.title?.value ?? '',
    link: link('alternate'),
    description: feed.subtitle?.value ?? '',
    language: feed.xml?.lang ?? null,
    copyright: feed.rights?.value ?? null,
    ttlMinutes: null,
    next: rights.next,
    isExpired: false,
    ...itemsOf(feed.entries, rights, (entry) =>
      ofEntry(entry, feed, baseWithin(base, entry.xml?.base)),
    ),
  };
}

function ofEntry(
  entry: AtomFeed.Entry<string>,
  feed: AtomFeed.Feed<string>,
  base: string,
): UnclearedItem {
  const { title, description, ...media } = mediaExtras(entry.media, feed.media);
  const links = (entry.links ?? []).map((link) => ({
    ...link,
    href: link.href === undefined ? undefined : absoluteIn(base, link.href),
  }));
  const enclosures = links.flatMap(({ rel, href, type, length }): FeedMedia[] =>
    rel === 'enclosure' && href !== undefined && isPlayable(type, href)
      ? [{ ...NO_FILE, url: href, type: type ?? null, bytes: natural(length), isDefault: true }]
      : [],
  );
  const { content } = entry;
  // Content that is elsewhere may be a file (RFC 4287 §4.1.3.2).
  const elsewhere =
    content?.src !== undefined && isPlayable(content.type, content.src)
      ? [
          {
            ...NO_FILE,
            url: absoluteIn(base, content.src),
            type: content.type ?? null,
            bytes: null,
          },
        ]
      : [];
  return {
    ...NOTHING,
    ...media,
    id: entry.id ?? null,
    link: links.find(({ rel }) => rel === undefined || rel === 'alternate')?.href ?? null,
    title: entry.title?.value ?? title,
    summaryHtml: entry.summary?.value ?? description,
    contentHtml: content?.src === undefined ? (content?.value ?? '') : '',
    publishedAt: feedDate(entry.published) ?? feedDate(entry.updated),
    updatedAt: feedDate(entry.updated),
    language: entry.xml?.lang ?? null,
    durationMs: natural((entry.itunes?.duration ?? 0) * 1000),
    media: unique([...media.media, ...enclosures, ...elsewhere]),
    categories: [
      ...media.categories,
      ...(entry.categories ?? []).flatMap(({ label, term }) => label ?? term ?? []),
    ],
    credits:
      media.credits.length > 0
        ? media.credits
        : (entry.authors ?? feed.authors ?? []).flatMap(({ name }) => name ?? []),
    copyright: media.copyright ?? entry.rights?.value ?? feed.rights?.value ?? null,
  };
}

function ofRdf(feed: RdfFeed.Feed<string>, rights: RightsOfDocument): Feed {
  return {
    kind: 'rdf',
    title: feed.title ?? '',
    link: feed.link ?? null,
    description: feed.description ?? '',
    language: feed.dc?.languages?.[0] ?? null,
    copyright: feed.dc?.rights?.[0] ?? null,
    ttlMinutes: null,
    next: rights.next,
    isExpired: false,
    ...itemsOf(feed.items, rights, (item): UnclearedItem => {
      const { title, description, ...media } = mediaExtras(item.media, feed.media);
      return {
        ...NOTHING,
        ...media,
        id: item.rdf?.about ?? null,
        link: item.link ?? null,
        title: item.title ?? title,
        summaryHtml: item.description ?? description,
        contentHtml: item.content?.encoded ?? '',
        publishedAt: feedDate(item.dc?.dates?.[0]),
        durationMs: null,
        credits: media.credits.length > 0 ? media.credits : (item.dc?.creators ?? []),
      };
    }),
  };
}

/** JSON Feed 1.0 and 1.1; attachments of one title are forms of one work. */
function ofJson(feed: JsonFeed.Feed<string>): Feed {
  return {
    kind: 'json',
    title: feed.title ?? '',
    link: feed.home_page_url ?? null,
    description: feed.description ?? '',
    language: feed.language ?? null,
    copyright: null,
    ttlMinutes: null,
    next: feed.next_url ?? null,
    isExpired: feed.expired === true,
    unread: 0,
    items: (feed.items ?? []).map((item): FeedItem => {
      const picture = item.image ?? item.banner_image;
      return {
        ...NOTHING,
        ...mediaExtras(),
        id: item.id ?? null,
        link: item.url ?? item.external_url ?? null,
        title: item.title ?? '',
        summaryHtml: escaped(item.summary ?? ''),
        contentHtml: item.content_html ?? paragraphs(item.content_text ?? ''),
        publishedAt: feedDate(item.date_published) ?? feedDate(item.date_modified),
        updatedAt: feedDate(item.date_modified),
        language: item.language ?? feed.language ?? null,
        durationMs: null,
        media: unique(
          (item.attachments ?? []).flatMap((one): FeedMedia[] =>
            one.url !== undefined && isPlayable(one.mime_type, one.url)
              ? [
                  {
                    ...NO_FILE,
                    url: one.url,
                    type: one.mime_type ?? null,
                    bytes: natural(one.size_in_bytes),
                    durationMs: natural((one.duration_in_seconds ?? 0) * 1000),
                  },
                ]
              : [],
          ),
        ),
        pictures: picture === undefined ? [] : [{ url: picture, width: null, height: null }],
        keywords: item.tags ?? [],
        credits: (item.authors ?? feed.authors ?? []).flatMap(({ name }) => name ?? []),
        ...NO_RIGHTS_STATED,
      };
    }),
  };
}

/** Plain text as HTML. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Plain text as HTML: paragraphs by blank lines. */
export const paragraphs = (text: string): string =>
  text === ''
    ? ''
    : text
        .split(/\n{2,}/u)
        .map((part) => `<p>${escaped(part).replaceAll('\n', '<br>')}</p>`)
        .join('');

/** A file that is named twice, such as by enclosure and media:content, once, by what says more. */
function unique(media: readonly FeedMedia[]): FeedMedia[] {
  const byUrl = new Map<string, FeedMedia>();
  for (const one of media) {
    const known = byUrl.get(one.url);
    byUrl.set(
      one.url,
      known
        ? {
            ...known,
            type: known.type ?? one.type,
            bytes: known.bytes ?? one.bytes,
            height: known.height ?? one.height,
            hash: known.hash ?? one.hash,
            isDefault: known.isDefault || one.isDefault,
            caption: known.caption || one.caption,
            credit: known.credit || one.credit,
          }
        : one,
    );
  }
  return [...byUrl.values()];
}

/** Absolute http and https addresses only; what has another one is left out. */
function withBase(feed: Feed, base: string): Feed {
  const absolute = (url: string | null): string | null => {
    const parsed = url === null ? null : URL.parse(url.trim(), base);
    return parsed && /^https?:$/u.test(parsed.protocol) ? parsed.href : null;
  };
  const all = <T extends { url: string }>(list: readonly T[]): T[] =>
    list.flatMap((one) => {
      const url = absolute(one.url);
      return url === null ? [] : [{ ...one, url }];
    });
  return {
    ...feed,
    link: absolute(feed.link),
    next: absolute(feed.next),
    items: feed.items.map((item) => ({
      ...item,
      link: absolute(item.link),
      playerUrl: absolute(item.playerUrl),
      media: all(item.media),
      captions: all(item.captions),
      pictures: all(item.pictures),
    })),
  };
}
