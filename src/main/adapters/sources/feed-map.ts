import { createHash } from 'node:crypto';
import sanitizeHtml from 'sanitize-html';
import { componentRole } from '../../../shared/api/catalogue.ts';
import type * as z from 'zod';
import {
  assetDetail,
  type AssetChange,
  type AssetDetail,
  type AssetFile,
} from '../../catalogue/asset.ts';
import { escaped, type Feed, type FeedItem, type FeedMedia } from '../../formats/feed.ts';
import { strictest, type FeedRestriction, type FeedRights } from '../../formats/feed-rights.ts';
import { AppError } from '../../../shared/errors.ts';
import type { SourceId } from '../../../shared/model/source.ts';
import { isSecret, publicAddress, stableAddress, withoutSecrets } from './addresses.ts';

const digestOf = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length);

/**
 * What items are known by, which is decided once for a source: a later document, with another share
 * of equal guids or from another site, must not rename what is here.
 */
export type FeedIdentity = {
  by: 'id' | 'link' | 'title';
  /** The site that keys leave out, so that they stay when it moves; null before an address was seen. */
  home: string | null;
  /** Addresses of two sites were in one document: those of others than `home` keep theirs. */
  hasOthers: boolean;
};

/** More of these equal than this part, and they tell nothing apart. */
const MAX_EQUAL = 0.3;

function timesOf<T>(values: readonly T[]): Map<T, number> {
  const times = new Map<T, number>();
  for (const value of values) times.set(value, (times.get(value) ?? 0) + 1);
  return times;
}

const isPlayable = (item: FeedItem): boolean =>
  item.playerUrl !== null || item.media.some((media) => kindOf(media) !== 'image');

/** Two works under one name, which a publisher has used again; not one and its newer version. */
const isAnother = (a: FeedItem, b: FeedItem): boolean =>
  isPlayable(a) && isPlayable(b) && a.link !== b.link && a.title !== b.title;

/** True if most items have a name, and one that no other work has. */
function tellsApart(items: readonly FeedItem[], nameOf: (item: FeedItem) => string | null) {
  const byName = Map.groupBy(items, nameOf);
  let equal = 0;
  for (const [name, [first, ...more]] of byName) {
    const others = more.filter((item) => name === null || (first && isAnother(first, item)));
    equal += others.length + (name === null || others.length > 0 ? 1 : 0);
  }
  return equal <= items.length * MAX_EQUAL;
}

const titled = ({ title, publishedAt }: FeedItem): string | null =>
  title === '' ? null : `${title} ${publishedAt ?? ''}`;
const siteOf = (text: string | null): string | null =>
  /^https?:\/\/([^/?#]+)/iu.exec(text ?? '')?.[1]?.toLowerCase() ?? null;

function identityOf(items: readonly FeedItem[], known: FeedIdentity | null): FeedIdentity {
  const by =
    known?.by ??
    (tellsApart(items, ({ id }) => id)
      ? 'id'
      : tellsApart(items, ({ link }) => link)
        ? 'link'
        : 'title');
  const sites = items.flatMap(({ id, link }) => siteOf(by === 'id' ? id : link) ?? []);
  const most = [...timesOf(sites)].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? null;
  const hasOthers = (known?.hasOthers ?? false) || new Set(sites).size > 1;
  // A feed of one site that is on another now has moved.
  return { by, hasOthers, home: hasOthers ? (known?.home ?? most) : (most ?? known?.home ?? null) };
}

/**
 * The items of a document by their keys, newest first: those of one key are one item, of which the
 * newest with a file is shown and the strictest statement holds.
 */
function itemsByKey(
  items: readonly FeedItem[],
  { by, home, hasOthers }: FeedIdentity,
): Map<string, FeedItem> {
  const local = (text: string | null): string | null => {
    const site = siteOf(text);
    if (text === null || site === null) return text;
    const path = text.replace(/^https?:\/\/[^/?#]+/iu, '');
    return hasOthers && site !== home ? `${site}${path}` : path === '' ? text : path;
  };
  const times = timesOf(items.map(({ id }) => id));
  // What a large part of the items has is no id.
  const idOf = ({ id }: FeedItem): string | null =>
    (times.get(id) ?? 0) > Math.max(2, items.length * MAX_EQUAL) ? null : local(id);
  const rights = new Map<string, FeedRights>();
  for (const item of items)
    for (const name of [idOf(item), local(item.link)])
      if (name !== null) rights.set(name, strictest(item, rights.get(name) ?? item));

  const heads = new Map<string, FeedItem>();
  const found = new Map<string, FeedItem>();
  for (const item of items) {
    const [id, link, title] = [idOf(item), local(item.link), titled(item)];
    const keys = { id: [id, link, title], link: [link, id, title], title: [title, link, id] }[
      by
    ].filter((key) => key !== null);
    const [first] = keys;
    if (first === undefined) continue;
    const head = heads.get(first);
    if (!head || !isPlayable(head)) heads.set(first, item);
    const key = head && isAnother(head, item) ? (keys[1] ?? first) : first;
    const newer = found.get(key);
    const shown = newer && (isPlayable(newer) || !isPlayable(item)) ? newer : item;
    const said = [newer, rights.get(id ?? ''), rights.get(link ?? '')].reduce<FeedRights>(
      (all, one) => (one ? strictest(all, one) : all),
      item,
    );
    found.set(key, {
      ...shown,
      ...strictest(said, item),
      isExplicitlyBlocked: item.isExplicitlyBlocked || newer?.isExplicitlyBlocked === true,
    });
  }
  return found;
}

const isStream = ({ url, type }: FeedMedia): boolean =>
  /mpegurl|dash\+xml/iu.test(type ?? '') || /\.(?:m3u8|mpd)(?:[?#]|$)/iu.test(url);
const kindOf = ({ type, url }: FeedMedia): 'video' | 'audio' | 'image' => {
  const said = /^(video|audio|image)\//u.exec(type ?? '')?.[1];
  if (said) return said as 'video';
  if (/\.(?:mp3|m4a|aac|wav|flac|ogg)(?:[?#]|$)/iu.test(url)) return 'audio';
  return /\.(?:jpe?g|png|webp|gif)(?:[?#]|$)/iu.test(url) ? 'image' : 'video';
};
const CONTAINERS: Record<string, string> = {
  'video/mp4': 'mp4',
  'video/quicktime': 'mov',
  'video/webm': 'webm',
  'application/mxf': 'mxf',
  'audio/mpeg': 'mp3',
  'audio/mp4': 'm4a',
  'audio/x-m4a': 'm4a',
  'audio/wav': 'wav',
};
/**
 * What a file may be called that a publisher says is film or sound: nothing that a system runs or
 * opens as a page.
 */
const EXTENSIONS =
  /^(?:3g2|3gp|aac|ac3|aif|aiff|asf|avi|dv|eac3|f4v|flac|flv|gxf|m2p|m2t|m2ts|m2v|m4a|m4b|m4v|mk3d|mka|mkv|mov|mp2|mp3|mp4|mpa|mpeg|mpg|mts|mxf|oga|ogg|ogv|opus|qt|rm|rmvb|ts|vob|wav|weba|webm|wma|wmv)$/u;
const containerOf = ({ type, url }: FeedMedia): string => {
  const known = Object.hasOwn(CONTAINERS, type ?? '') ? CONTAINERS[type ?? ''] : undefined;
  const named = /\.(\w{2,4})$/u.exec(url.split(/[?#]/u)[0] ?? '')?.[1]?.toLowerCase();
  return [known, named, type?.split('/')[1]].find((one) => EXTENSIONS.test(one ?? '')) ?? 'bin';
};

/** A size smaller than this for a video is a slip of the publisher, such as megabytes. */
const MIN_BYTES = 10_000;
const sizeOf = ({ bytes }: FeedMedia): number | null =>
  bytes !== null && bytes >= MIN_BYTES ? bytes : null;

const FRACTIONS: readonly [number, string][] = [
  [23.976, '24000/1001'],
  [29.97, '30000/1001'],
  [59.94, '60000/1001'],
];
const frameRateOf = ({ frameRate }: FeedMedia): string | null => {
  if (frameRate === null) return null;
  const known = FRACTIONS.find(([rate]) => Math.abs(rate - frameRate) < 0.005)?.[1];
  return known ?? (Number.isInteger(frameRate) ? `${frameRate}/1` : null);
};

/**
 * Files of one item by ids that stay when their addresses are signed anew. Two of which only a
 * parameter differs that nobody knows are told apart by it; what stays the same after that is one
 * file.
 */
function byFileId<T extends { url: string }>(files: readonly T[]): Map<string, T> {
  const times = timesOf(files.map(({ url }) => stableAddress(url)));
  const byId = new Map<string, T>();
  for (const one of files) {
    const isShared = (times.get(stableAddress(one.url)) ?? 0) > 1;
    const id = digestOf(stableAddress(one.url, isShared), 12);
    if (!byId.has(id)) byId.set(id, one);
  }
  return byId;
}
function nameOf(media: FeedMedia): string {
  const { height, bitrate } = media;
  const container = containerOf(media).toUpperCase();
  if (height !== null) return `${height}p ${container}`;
  return bitrate === null ? container : `${container}, ${(bitrate / 1e6).toFixed(1)} Mb/s`;
}

const BLOCK = /<(?:br|\/p|\/div|\/li|\/h[1-6]|\/tr)\b[^<>]{0,500}>/giu;
/** Plain text of HTML as a feed has it, paragraphs apart. */
export const plainText = (html: string): string =>
  (/[<>&]/u.test(html)
    ? sanitizeHtml(html.replace(BLOCK, '\n'), { allowedTags: [], allowedAttributes: {} })
    : html
  )
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replace(/[^\S\n]+/gu, ' ')
    .replace(/ ?\n ?/gu, '\n')
    .replace(/\n{3,}/gu, '\n\n')
    .trim();
const paragraphs = (text: string): string =>
  text === ''
    ? ''
    : text
        .split(/\n{2,}/u)
        .map((part) => `<p>${escaped(part).replaceAll('\n', '<br>')}</p>`)
        .join('');

const shortened = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1).trimEnd()}…`;

type Restriction = AssetDetail['restrictions'][number];
function restrictionOf({ relationship, type, values }: FeedRestriction): Restriction {
  const kind = type === 'country' ? 'territory' : type === 'uri' ? 'platform' : 'editorial';
  const only = relationship === 'allow';
  const list = values.join(', ');
  const note =
    type === 'sharing'
      ? values.length === 0
        ? 'Sharing is not allowed'
        : `Sharing ${only ? 'only' : 'not'} by ${list}`
      : values.length === 0
        ? only
          ? 'Not released for use'
          : 'Restricted by the publisher'
        : `${only ? 'Only for' : 'Not for'} ${list}`;
  return {
    id: `rst_${digestOf(`${relationship} ${type} ${values.join(' ')}`, 16)}`,
    kind,
    mode: relationship,
    values,
    note,
  };
}

/** Later than this a date is a slip, and nothing may stay on top for years. */
const MAX_FUTURE_MS = 24 * 3_600_000;
/** Until which length a text is searched; the service has the same limit. */
const MAX_SEARCH_TEXT = 4000;
const iso = (ms: number): string => new Date(ms).toISOString();

type Role = z.infer<typeof componentRole>;
type Component = { role: Role; fileId: string; required: boolean };

/** Fixed names of the files that this program writes itself. */
export const SIDECARS = ['metadata', 'licence'] as const;

const optional = (role: Role, fileIds: Iterable<string>, name: string = role): Component[] =>
  Array.from(fileIds, (one) => ({ role, fileId: `${name}-${one}`, required: false }));

function componentsOf(
  [id, media]: readonly [string, FeedMedia],
  { captions, pictures }: { captions: Iterable<string>; pictures: Iterable<string> },
): Component[] {
  return [
    {
      role: kindOf(media) === 'audio' ? 'audio' : 'video',
      fileId: `media-${id}`,
      required: true,
    },
    ...optional('captions', captions),
    ...optional('thumbnail', [...pictures].slice(0, 1), 'picture'),
    ...SIDECARS.map((role): Component => ({ role, fileId: role, required: true })),
  ];
}

/** Best first: by height, then by bit rate, then as the feed says. */
const byQuality = (a: FeedMedia, b: FeedMedia): number =>
  Number(a.isSample) - Number(b.isSample) ||
  (b.height ?? 0) - (a.height ?? 0) ||
  (b.bitrate ?? 0) - (a.bitrate ?? 0) ||
  Number(b.isDefault) - Number(a.isDefault);

/** From here on a picture is high definition. */
const HD_LINES = 720;
const UHD_LINES = 2160;

function purposeOf(at: number, media: FeedMedia, count: number): 'broadcast' | 'web' | 'preview' {
  if (media.isSample || (at > 0 && at === count - 1 && (media.height ?? 0) < HD_LINES))
    return 'preview';
  return at === 0 ? 'broadcast' : 'web';
}

type Context = { source: SourceId; feed: Feed; nowMs: number };

/** Longer ones are slips of the publisher, such as milliseconds for seconds. */
const MAX_DURATION_MS = 100 * 3_600_000;
const durationOf = (ms: number | null): number | null =>
  ms !== null && ms <= MAX_DURATION_MS ? ms : null;
/** Null for what is no language tag (RFC 5646), such as one letter. */
const languageOf = (tag: string | null): string | null =>
  tag !== null && /^[a-z]{2,8}(?:[-_][a-z\d]{1,8}){0,3}$/iu.test(tag.trim())
    ? tag.trim().replaceAll('_', '-')
    : null;
/** Addresses that are stored; the service has the same limit. */
const MAX_URL = 2048;
const storable = ({ url }: { url: string }): boolean => url.length <= MAX_URL && !isSecret(url);

/** Plain text as it may be stored. */
const clean = (text: string): string => withoutSecrets(text.trim());

function detailOf(item: FeedItem, id: string, { feed, nowMs }: Context): AssetDetail {
  const playable = item.media.filter((media) => kindOf(media) !== 'image');
  const offered = playable.filter((media) => !isStream(media) && !item.isForSale);
  const files = [...byFileId(offered.toSorted(byQuality))];
  const isVideo = playable.some((media) => kindOf(media) === 'video') || playable.length === 0;
  const dated = item.publishedAt !== null && item.publishedAt <= nowMs + MAX_FUTURE_MS;
  const publishedAt = iso(dated ? (item.publishedAt ?? nowMs) : nowMs);
  const title = clean(item.title);
  const madeBy = clean(feed.title);
  const text = withoutSecrets(plainText(item.summaryHtml));
  const script = [withoutSecrets(plainText(item.contentHtml)), clean(item.script)]
    .filter((part) => part !== '' && part !== text)
    .join('\n\n');
  const language = languageOf(
    item.language ?? playable.find((media) => media.language !== null)?.language ?? feed.language,
  );
  const captions = byFileId(item.captions);
  const heights = files.map(([, { height }]) => height ?? 0);
  const copyright = clean(item.copyright ?? feed.copyright ?? '');
  const licence = {
    name: clean(item.licence?.name ?? ''),
    url: item.licence?.url ? (publicAddress(item.licence.url) ?? '') : '',
  };
  const terms = licence.name || copyright;
  const restrictions = item.restrictions.map((one) =>
    restrictionOf({ ...one, values: one.values.map(clean) }),
  );
  // Of platforms alone it would leave others, such as the air.
  const isForNobody = item.restrictions.some(
    ({ relationship, type, values }) =>
      relationship === 'allow' && type !== 'uri' && values.length === 0,
  );
  const rates = [...new Set(files.flatMap(([, media]) => frameRateOf(media) ?? []))];
  const durationMs = durationOf(
    item.durationMs ??
      playable.find((media) => !media.isSample && media.durationMs !== null)?.durationMs ??
      null,
  );
  const preview = files
    .map(([, media]) => media)
    .findLast((media) => /mp4/iu.test(media.type ?? media.url) && storable(media));
  const pictures = [
    ...item.pictures,
    ...item.media
      .filter((media) => kindOf(media) === 'image')
      .map(({ url, width, height }) => ({ url, width, height })),
  ].filter(storable);
  const page = [item.link, item.playerUrl]
    .map((url) => url && publicAddress(url))
    .find((url) => url && url.length <= MAX_URL);
  return {
    id,
    rev: 1,
    type: isVideo ? 'video' : 'audio',
    slug: shortened(title, 80) || id,
    headline: title || shortened(text, 120) || madeBy,
    descriptionShort: shortened(text.replaceAll('\n', ' '), 300),
    publishedAt,
    isDateStated: dated,
    updatedAt:
      item.updatedAt !== null && item.updatedAt <= nowMs + MAX_FUTURE_MS
        ? iso(item.updatedAt)
        : publishedAt,
    durationMs,
    thumbnails: pictures,
    topics: [...new Set([...item.categories, ...item.keywords].map(clean))]
      .slice(0, 50)
      .map((topic) => shortened(topic, 120)),
    countries: [],
    languages: language === null ? [] : [language],
    formats: isVideo
      ? [
          ...new Set(
            heights
              .filter((lines) => lines > 0)
              .map((lines) => (lines >= UHD_LINES ? 'uhd' : lines >= HD_LINES ? 'hd' : 'sd')),
          ),
        ]
      : ['audio'],
    frameRates: rates,
    aspect: null,
    location: null,
    people: [],
    restrictions,
    // In force or not: what uses it compares it with the time.
    embargoUntil: item.validFrom === null ? null : iso(item.validFrom),
    expiresAt: item.validUntil === null ? null : iso(item.validUntil),
    hasCaptions: captions.size > 0,
    searchText: shortened(`${text} ${script}`, MAX_SEARCH_TEXT),
    badges: [],
    pubStatus:
      item.status === 'deleted'
        ? 'canceled'
        : item.status === 'blocked' || isForNobody
          ? 'withheld'
          : 'usable',
    packageSizes: [],
    integrity:
      files.length === 0
        ? 'none'
        : files.some(([, media]) => media.hash !== null)
          ? 'published'
          : 'recorded',
    rights: restrictions.length > 0 ? 'stated' : terms === '' ? 'unknown' : 'general',
    unlistedAt: null,
    statusNote:
      item.status === 'active'
        ? isForNobody
          ? 'Not released for use'
          : null
        : clean(item.statusNote ?? '') || null,
    descriptionHtml: paragraphs(text),
    descriptionText: text,
    credits: item.credits.map(clean),
    source: madeBy,
    dateline: '',
    place: null,
    subjects: [],
    usageTerms:
      item.licence === null ? terms : [licence.name, licence.url].filter(Boolean).join(', '),
    copyrightNotice: copyright,
    shotlist: item.scenes.map((scene, at) => ({
      n: at + 1,
      in: null,
      out: null,
      startMs: durationOf(scene.startMs),
      durationMs:
        scene.endMs === null ? null : durationOf(Math.max(0, scene.endMs - scene.startMs)),
      text: clean(scene.text),
      restrictionIds: [],
    })),
    script:
      script === ''
        ? null
        : {
            html: paragraphs(script),
            text: script,
            wordCount: script.split(/\s+/u).length,
            language: language ?? 'und',
          },
    soundbites: [],
    captions: Array.from(captions, ([captionsId, { url, type, language: spoken }]) => ({
      fileId: `captions-${captionsId}`,
      language: languageOf(spoken) ?? 'und',
      kind: 'subtitles' as const,
      format: /srt|subrip/iu.test(type ?? url) ? 'srt' : 'vtt',
    })),
    renditions: files.map(([renditionId, media]) => ({
      id: renditionId,
      name: nameOf(media),
      container: containerOf(media),
      videoCodec: null,
      width: media.width,
      height: media.height,
      frameRate: frameRateOf(media),
      scan: null,
      aspect: null,
      audio: [],
      bitrate: media.bitrate,
      durationMs: durationOf(media.durationMs),
      timecodeStart: null,
      dropFrame: null,
      bytes: sizeOf(media),
    })),
    packages: files.map(([renditionId, media], at) => {
      const components = componentsOf([renditionId, media], {
        captions: captions.keys(),
        pictures: byFileId(item.pictures).keys(),
      });
      return {
        id: `${id}/${renditionId}`,
        rev: 1,
        label: nameOf(media),
        purpose: purposeOf(at, media, files.length),
        renditionId,
        components,
        bytes: sizeOf(media),
        fileCount: components.length,
      };
    }),
    preview: preview
      ? { url: preview.url, mediaType: preview.type ?? 'video/mp4', bytes: sizeOf(preview) }
      : null,
    stills: [],
    frameRate: rates[0] ?? null,
    timecodeStart: null,
    relatedAssetIds: [],
    relatedArticleIds: [],
    history: [],
    sourceUrl: page ?? null,
    files: filesOf(item).map((file) =>
      storable(file) && URL.canParse(file.url) ? file : { ...file, url: null },
    ),
  };
}

/** A file of a package with its address as it is, which may hold secrets and isn't stored. */
export type PublishedFile = Omit<AssetFile, 'url'> & { url: string };

const fileBeside = (
  name: string,
  [id, { url, type = null }]: readonly [string, { url: string; type?: string | null }],
): PublishedFile => ({ fileId: `${name}-${id}`, url, mediaType: type, bytes: null, hash: null });

/** The files of an item's packages, by the ids of their components. */
function filesOf(item: FeedItem): PublishedFile[] {
  const offered = item.isForSale
    ? []
    : item.media.filter((media) => kindOf(media) !== 'image' && !isStream(media));
  return [
    ...Array.from(byFileId(offered.toSorted(byQuality)), ([id, media]) => ({
      fileId: `media-${id}`,
      url: media.url,
      mediaType: media.type,
      bytes: sizeOf(media),
      hash: media.hash,
    })),
    ...Array.from(byFileId(item.captions), (one) => fileBeside('captions', one)),
    ...[...byFileId(item.pictures)].slice(0, 1).map((one) => fileBeside('picture', one)),
  ];
}

/** More items than this part that can't be understood, and the document has another shape. */
const MAX_MISFITS = 0.2;

export type MappedFeed = {
  changes: AssetChange[];
  identity: FeedIdentity;
  /** Number of items with neither film nor sound. */
  articles: number;
  /** Number of items that can't be read, told apart, or don't fit the model: they are left out. */
  misfits: number;
  /** By the ids of their assets, if they were asked for. */
  files: Map<string, PublishedFile[]>;
};

/**
 * The assets of a feed. Pure: the same document gives the same stamps, whenever it is read and
 * whatever signs its addresses.
 *
 * @param nowMs for items without a date
 * @param known how items of this source have been told apart until now
 * @throws `feed-invalid` if too much of it can't be understood
 */
export function mapFeed(
  feed: Feed,
  {
    source,
    nowMs,
    known,
    withFiles = false,
  }: { source: SourceId; nowMs: number; known: FeedIdentity | null; withFiles?: boolean },
): MappedFeed {
  const files = new Map<string, PublishedFile[]>();
  const { items } = feed;
  const identity = identityOf(items, known);
  const changes: AssetChange[] = [];
  let [articles, misfits] = [0, feed.unread + items.filter(isNameless).length];
  for (const [key, item] of itemsByKey(items, identity)) {
    const id = `${source}/${digestOf(key, 16)}`;
    if (!isPlayable(item) || item.isExplicitlyBlocked) {
      // What is here of it goes, whatever is left of it there.
      if (item.status !== 'active' || item.isExplicitlyBlocked)
        changes.push({ op: 'withdraw', id, stamp: digestOf(`${item.status} without a file`, 32) });
      else articles++;
      continue;
    }
    if (withFiles) files.set(id, filesOf(item));
    const change = changeOf(item, id, { source, feed, nowMs });
    if (change) changes.push(change);
    else misfits++;
  }
  const count = items.length + feed.unread;
  if (misfits > count * MAX_MISFITS)
    throw new AppError(
      'feed-invalid',
      `The feed’s format has changed: ${misfits} of ${count} items can’t be read`,
    );
  return { changes, identity, articles, misfits, files };
}

const isNameless = ({ id, link, title }: FeedItem): boolean =>
  id === null && link === null && title === '';

/** Null for what doesn't fit the model. */
function changeOf(item: FeedItem, id: string, context: Context): AssetChange | null {
  const { searchText, ...detail } = detailOf(item, id, context);
  const packageSizes = detail.packages.map(({ id: packageId, rev, label, purpose, bytes }) => ({
    packageId,
    rev,
    label,
    purpose,
    bytes,
  }));
  const whole = { ...detail, packageSizes, searchText };
  if (!assetDetail.safeParse(whole).success) return null;
  const {
    preview,
    thumbnails,
    publishedAt: _published,
    updatedAt: _updated,
    isDateStated: _stated,
    files,
    ...content
  } = whole;
  const stamp = digestOf(
    JSON.stringify([
      content,
      // As the document has them: what is undated or lies ahead is shown by the time of reading.
      item.publishedAt,
      item.updatedAt,
      preview && stableAddress(preview.url),
      thumbnails.map(({ url }) => stableAddress(url)),
      files.map(({ hash }) => hash),
    ]),
    32,
  );
  return item.status === 'deleted'
    ? { op: 'withdraw', id, stamp, asset: whole }
    : { op: 'upsert', id, stamp, asset: whole, detail: whole };
}
