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
};
export type FeedCaptions = { url: string; type: string | null; language: string | null };
export type FeedPicture = { url: string; width: number | null; height: number | null };
export type FeedScene = { startMs: number; endMs: number | null; text: string };
/** Of Media RSS 1.5.1: `allow` for no values allows nobody. */
export type FeedRestriction = {
  relationship: 'allow' | 'deny';
  type: 'country' | 'uri' | 'sharing';
  values: string[];
};
export type FeedItem = {
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
  restrictions: FeedRestriction[];
  /** Taken back by the publisher: `deleted` for good, `blocked` for now. */
  status: 'active' | 'blocked' | 'deleted';
  statusNote: string | null;
  /** Of dcterms:valid. */
  validFrom: number | null;
  validUntil: number | null;
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
};

/** Maximum number of items of one document. */
const MAX_ITEMS = 20_000;

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
  const isJson = document.startsWith('{');
  if (!isJson) requireEnd(document);
  const parsed = readAny(isJson ? document : normalised(document));
  const feed = toFeed(parsed);
  if (feed.items.length > MAX_ITEMS)
    throw new AppError('feed-invalid', `The feed has more than ${MAX_ITEMS} items`);
  return withBase(feed, base);
}

const invalid = (why: string, cause?: unknown) =>
  new AppError('feed-invalid', `This isn’t a feed: ${why}`, { cause });

/** The end tag of the root element: a document cut between items would parse as a shorter feed. */
function requireEnd(document: string): void {
  const root = /<(?![?!])([\w.:-]+)/u.exec(document)?.[1];
  if (root === undefined) throw invalid('it has no elements');
  if (/^(?:html|head|body)$/iu.test(root)) throw invalid('it is a web page');
  if (!document.slice(-2000).includes(`</${root}`))
    throw new AppError('feed-invalid', 'The feed was cut off', { retryable: true });
}

function readAny(document: string): AnyFeed {
  try {
    return parseAny<string>(document);
  } catch (thrown) {
    if (thrown instanceof DetectError) throw invalid('its format is unknown', thrown);
    if (thrown instanceof MalformedError || thrown instanceof ParseError)
      throw invalid('it can’t be read', thrown);
    // Of its parsers, at their limits for nesting and entities.
    throw invalid(
      thrown instanceof Error ? thrown.message.slice(0, 200) : 'it can’t be read',
      thrown,
    );
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
      /<media:status>\s{0,100}(\w{1,20})\s{0,100}<\/media:status>/gu,
      '<media:status state="$1"/>',
    )
    // Empty, it allows nobody, and would be dropped.
    .replace(
      /<media:restriction\b([^<>/]{0,500})(?:\/>|>\s{0,100}<\/media:restriction>)/gu,
      '<media:restriction$1>none</media:restriction>',
    )
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

/** `1:02:03`, `0:46` or `46.38` seconds. */
function clockMs(time: string | undefined): number | null {
  if (time === undefined || !/^\d+(?::\d{1,2}){0,2}(?:\.\d+)?$/u.test(time.trim())) return null;
  const seconds = time
    .trim()
    .split(':')
    .reduce((sum, part) => sum * 60 + Number(part), 0);
  return Math.round(seconds * 1000);
}

const FORMS = [
  /^\d{4}-\d{2}(?:-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s?(?:Z|[+-]\d{2}:?\d{2})?)?)?$/iu,
  // RFC 822 and what looks like it.
  /^(?:[a-z]{3,9},?\s+)?\d{1,2}\s+[a-z]{3,9}\s+\d{2,4}(?:\s+\d{1,2}:\d{2}(?::\d{2})?(?:\s*(?:[a-z]{1,4}|[+-]\d{2}:?\d{2})(?:\s*\([^)]*\))?)?)?$/iu,
];
/** ms since 1970; null for what is no date. Without a zone UTC is assumed. */
export function feedDate(text: string | undefined): number | null {
  const given = text?.trim().replace(/\s+/gu, ' ') ?? '';
  const numbers = /^(\d{2})\/(\d{2})\/(\d{4})(?: (\d{2}):(\d{2})(?::(\d{2}))?)?$/u.exec(given);
  if (numbers) {
    const [day = 0, month = 0, year = 0, hour = 0, minute = 0, second = 0] = numbers
      .slice(1)
      .map((part) => Number(part ?? 0));
    const ms = Date.UTC(year, month - 1, day, hour, minute, second);
    return new Date(ms).getUTCDate() === day ? ms : null;
  }
  if (!FORMS.some((form) => form.test(given))) return null;
  const hasZone = /(?:Z|[+-]\d{2}:?\d{2}|\b[A-Z]{1,4}|\))$/iu.test(given) && /\d:\d/u.test(given);
  const spoken = given.replace(',', given.includes('T') ? '.' : ',').replace(/\bUT$/u, 'GMT');
  const ms = Date.parse(hasZone || /^\d{4}-\d{2}(?:-\d{2})?$/u.test(given) ? spoken : `${spoken}Z`);
  const fallback = Number.isNaN(ms) ? Date.parse(`${spoken} GMT`) : ms;
  return Number.isNaN(fallback) ? null : fallback;
}

type Common = Pick<
  MediaNs.Content,
  'hashes' | 'player' | 'credits' | 'copyright' | 'texts' | 'restrictions' | 'status' | 'prices'
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
  n !== undefined && Number.isFinite(n) && n > 0 ? Math.round(n) : null;

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

function mediaOf(content: MediaNs.Content, group: Common | null): FeedMedia {
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
    hash: hashOf(content.hashes) ?? hashOf(group?.hashes),
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
} satisfies Partial<FeedMedia>;

const isPlayable = (type: string | undefined, url: string): boolean =>
  /^(?:video|audio|image)\//u.test(type ?? '') ||
  (!/^(?:text|application)\//u.test(type ?? '') &&
    /\.(?:mp4|m4v|mov|mxf|webm|mp3|m4a|wav|m3u8|jpe?g|png)(?:[?#]|$)/iu.test(url)) ||
  /mpegurl/iu.test(type ?? '');

/** The nearest wins: file, group, item, channel. */
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
  | 'restrictions'
  | 'status'
  | 'statusNote'
  | 'playerUrl'
  | 'isForSale'
> & { title: string; description: string };

/** What the media namespace says of an item, and the channel of all. */
function mediaExtras(item: MediaNs.ItemOrFeed = {}, channel: MediaNs.ItemOrFeed = {}): Extras {
  const groups = item.groups ?? [];
  const contents = [
    ...groups.flatMap((group) => (group.contents ?? []).map((content) => ({ content, group }))),
    ...(item.contents ?? []).map((content) => ({ content, group: null })),
  ];
  const [first] = contents;
  const scopes: (Common | undefined)[] = [first?.content, groups[0], item, channel];
  const licence = nearest(scopes, ({ licenses }) => licenses)?.[0];
  const status = nearest(scopes, (scope) => scope.status);
  const state = status?.state?.toLowerCase();
  return {
    media: contents
      .filter(({ content }) => isFile(content))
      .map(({ content, group }) => mediaOf(content, group)),
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
    credits: (nearest(scopes, ({ credits }) => credits) ?? []).flatMap(({ value }) => value ?? []),
    copyright: nearest(scopes, ({ copyright }) => copyright)?.value ?? null,
    licence: licence ? { name: licence.name ?? null, url: licence.href ?? null } : null,
    restrictions: (nearest(scopes, ({ restrictions }) => restrictions) ?? []).flatMap(restriction),
    status: state === 'deleted' || state === 'blocked' ? state : 'active',
    statusNote: status?.reason ?? null,
    playerUrl: nearest(scopes, ({ player }) => player?.url) ?? null,
    isForSale: (nearest(scopes, ({ prices }) => prices) ?? []).some(
      ({ price }) => (price ?? 0) > 0,
    ),
    title: nearest(scopes, ({ title }) => title?.value) ?? '',
    description: nearest(scopes, ({ description }) => description?.value) ?? '',
  };
}

function restriction({ value = '', relationship, type }: MediaNs.Restriction): FeedRestriction[] {
  if (relationship !== 'allow' && relationship !== 'deny') return [];
  const values = value.trim().split(/\s+/u).filter(Boolean);
  const kind = type === 'uri' || type === 'sharing' ? type : 'country';
  // `all` and `none` stand for a list: denying none and allowing all restricts nothing.
  if (values.length === 1 && values[0] === 'all')
    return relationship === 'deny' ? [{ relationship: 'allow', type: kind, values: [] }] : [];
  if (values.length === 1 && values[0] === 'none')
    return relationship === 'allow' || kind === 'sharing'
      ? [{ relationship, type: kind, values: [] }]
      : [];
  return [
    {
      relationship,
      type: kind,
      values: kind === 'country' ? values.map((code) => code.toUpperCase()) : values,
    },
  ];
}

/** `start=…; end=…; scheme=W3C-DTF`, also over several lines and with dates of RFC 822. */
function validity(
  valid: readonly unknown[] | undefined,
): [from: number | null, until: number | null] {
  const text = valid?.find((one) => typeof one === 'string') ?? '';
  const of = (name: string): number | null =>
    feedDate(new RegExp(`\\b${name}\\s*=\\s*([^;]+)`, 'iu').exec(text)?.[1]);
  return [of('start'), of('end')];
}

function toFeed(parsed: AnyFeed): Feed {
  switch (parsed.format) {
    case 'rss':
      return ofRss(parsed.feed);
    case 'atom':
      return ofAtom(parsed.feed);
    case 'rdf':
      return ofRdf(parsed.feed);
    case 'json':
      return ofJson(parsed.feed);
  }
  return parsed satisfies never;
}

const NOTHING = { publishedAt: null, updatedAt: null, language: null, isExplicitlyBlocked: false };

function ofRss(feed: RssFeed.Feed<string>): Feed {
  return {
    kind: 'rss',
    title: feed.title ?? '',
    link: feed.link ?? null,
    description: feed.description ?? '',
    language: feed.language ?? feed.dc?.languages?.[0] ?? null,
    copyright: feed.copyright ?? feed.media?.copyright?.value ?? null,
    ttlMinutes: natural(feed.ttl),
    next: feed.atom?.links?.find(({ rel }) => rel === 'next')?.href ?? null,
    isExpired: false,
    items: (feed.items ?? []).map((item) => ofRssItem(item, feed)),
  };
}

function ofRssItem(item: RssFeed.Item<string>, feed: RssFeed.Feed<string>): FeedItem {
  const { title, description, ...media } = mediaExtras(item.media, feed.media);
  const [validFrom, validUntil] = validity(item.dcterms?.valid);
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
    validFrom,
    validUntil,
  };
}

function ofAtom(feed: AtomFeed.Feed<string>): Feed {
  const link = (rel: string): string | null =>
    feed.links?.find((one) => (one.rel ?? 'alternate') === rel)?.href ?? null;
  return {
    kind: 'atom',
    title: feed.title?.value ?? '',
    link: link('alternate'),
    description: feed.subtitle?.value ?? '',
    language: feed.xml?.lang ?? null,
    copyright: feed.rights?.value ?? null,
    ttlMinutes: null,
    next: link('next'),
    isExpired: false,
    items: (feed.entries ?? []).map((entry) => ofEntry(entry, feed)),
  };
}

function ofEntry(entry: AtomFeed.Entry<string>, feed: AtomFeed.Feed<string>): FeedItem {
  const { title, description, ...media } = mediaExtras(entry.media, feed.media);
  const [validFrom, validUntil] = validity(entry.dcterms?.valid);
  const links = entry.links ?? [];
  const enclosures = links.flatMap(({ rel, href, type, length }): FeedMedia[] =>
    rel === 'enclosure' && href !== undefined && isPlayable(type, href)
      ? [{ ...NO_FILE, url: href, type: type ?? null, bytes: natural(length), isDefault: true }]
      : [],
  );
  const { content } = entry;
  const isOutOfLine = content?.src !== undefined;
  return {
    ...NOTHING,
    ...media,
    id: entry.id ?? null,
    link: links.find(({ rel }) => rel === undefined || rel === 'alternate')?.href ?? null,
    title: entry.title?.value ?? title,
    summaryHtml: entry.summary?.value ?? description,
    contentHtml: isOutOfLine ? '' : (content?.value ?? ''),
    publishedAt: feedDate(entry.published) ?? feedDate(entry.updated),
    updatedAt: feedDate(entry.updated),
    language: entry.xml?.lang ?? null,
    durationMs: natural((entry.itunes?.duration ?? 0) * 1000),
    media: unique([...media.media, ...enclosures]),
    categories: [
      ...media.categories,
      ...(entry.categories ?? []).flatMap(({ label, term }) => label ?? term ?? []),
    ],
    credits:
      media.credits.length > 0
        ? media.credits
        : (entry.authors ?? feed.authors ?? []).flatMap(({ name }) => name ?? []),
    copyright: media.copyright ?? entry.rights?.value ?? feed.rights?.value ?? null,
    validFrom,
    validUntil,
  };
}

function ofRdf(feed: RdfFeed.Feed<string>): Feed {
  return {
    kind: 'rdf',
    title: feed.title ?? '',
    link: feed.link ?? null,
    description: feed.description ?? '',
    language: feed.dc?.languages?.[0] ?? null,
    copyright: feed.dc?.rights?.[0] ?? null,
    ttlMinutes: null,
    next: null,
    isExpired: false,
    items: (feed.items ?? []).map((item): FeedItem => {
      const { title, description, ...media } = mediaExtras(item.media, feed.media);
      const [validFrom, validUntil] = validity(item.dcterms?.valid);
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
        validFrom,
        validUntil,
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
    items: (feed.items ?? []).map((item): FeedItem => {
      const picture = item.image ?? item.banner_image;
      return {
        ...NOTHING,
        ...mediaExtras(),
        id: item.id ?? null,
        link: item.url ?? item.external_url ?? null,
        title: item.title ?? '',
        summaryHtml: escaped(item.summary ?? ''),
        contentHtml: item.content_html ?? escaped(item.content_text ?? ''),
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
        validFrom: null,
        validUntil: null,
      };
    }),
  };
}

/** Plain text as HTML. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

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
