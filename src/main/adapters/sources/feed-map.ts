import { createHash } from 'node:crypto';
import sanitizeHtml from 'sanitize-html';
import { componentRole } from '../../../shared/api/catalogue.ts';
import type * as z from 'zod';
import type { AssetChange, AssetDetail } from '../../catalogue/asset.ts';
import {
  escaped,
  type Feed,
  type FeedItem,
  type FeedMedia,
  type FeedRestriction,
} from '../../formats/feed.ts';
import type { SourceId } from '../../../shared/model/source.ts';

const hash = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length);

/** An address without what may be signed or change from reading to reading. */
const stable = (url: string): string => url.split(/[?#]/u)[0] ?? url;
/** Scheme and host change when a site moves. */
const withoutSite = (id: string): string => id.replace(/^https?:\/\/[^/]+(?=\/)/iu, '');

/** More of these equal than this part, and guids tell nothing apart. */
const MAX_EQUAL_IDS = 0.3;

/** What each item is known by, in the order of the items; null for what can't be told apart. */
function keysOf(items: readonly FeedItem[]): (string | null)[] {
  const given = items.map(({ id }) => (id === null ? null : withoutSite(id)));
  const times = new Map<string | null, number>();
  for (const id of given) times.set(id, (times.get(id) ?? 0) + 1);
  const repeated = items.filter((_, at) => (times.get(given[at] ?? null) ?? 0) > 1).length;
  const hasIds = repeated <= items.length * MAX_EQUAL_IDS;
  const seen = new Set<string>();
  return items.map((item, at) => {
    const id = hasIds ? (given[at] ?? null) : null;
    const candidates = [
      id,
      // Two sites in one feed.
      hasIds ? item.id : null,
      item.link === null ? null : withoutSite(item.link),
      item.title === '' ? null : `${item.title} ${item.publishedAt ?? ''}`,
    ];
    const key = candidates.find((one) => one !== null && !seen.has(one)) ?? null;
    if (key !== null) seen.add(key);
    return key;
  });
}

/** Names of parameters that sign an address or open it to one reader. */
const SECRET =
  /[?&;](?:[\w-]*(?:token|signature|sig|secret|credential|password|auth|hmac|apikey|api_key)|key|policy|expires?|exp|hdnts|hdnea|ks|x-amz-[\w-]+|key-pair-id)=/iu;
/** True for an address that must not be stored. */
export const isSecret = (url: string): boolean => SECRET.test(url) || /^\w+:\/\/[^/]*@/u.test(url);

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
const containerOf = ({ type, url }: FeedMedia): string =>
  (Object.hasOwn(CONTAINERS, type ?? '') ? CONTAINERS[type ?? ''] : undefined) ??
  /\.(\w{2,4})$/u.exec(stable(url))?.[1]?.toLowerCase() ??
  type?.split('/')[1]?.slice(0, 20) ??
  'bin';

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

/** Of one source, whatever else its address has. */
export const renditionId = ({ url }: FeedMedia): string => hash(stable(url), 12);

function nameOf(media: FeedMedia): string {
  const { height, bitrate } = media;
  const container = containerOf(media).toUpperCase();
  if (height !== null) return `${height}p ${container}`;
  return bitrate === null ? container : `${container}, ${(bitrate / 1e6).toFixed(1)} Mb/s`;
}

const BLOCK = /<(?:br|\/p|\/div|\/li|\/h[1-6]|\/tr)\b[^<>]{0,500}>/giu;
/** Plain text of HTML as a feed has it, paragraphs apart. */
export const plainText = (html: string): string =>
  sanitizeHtml(html.replace(BLOCK, '\n'), { allowedTags: [], allowedAttributes: {} })
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
  const note =
    type === 'sharing'
      ? relationship === 'deny'
        ? 'Sharing is not allowed'
        : 'Sharing is allowed'
      : values.length === 0
        ? relationship === 'allow'
          ? 'Not released for use'
          : 'Restricted by the publisher'
        : `${relationship === 'allow' ? 'Only for' : 'Not for'} ${values.join(', ')}`;
  return {
    id: `rst_${hash(`${relationship} ${type} ${values.join(' ')}`, 16)}`,
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

function componentsOf(media: FeedMedia, item: FeedItem): Component[] {
  return [
    {
      role: kindOf(media) === 'audio' ? 'audio' : 'video',
      fileId: `media-${renditionId(media)}`,
      required: true,
    },
    ...item.captions.map(({ url }): Component => ({
      role: 'captions',
      fileId: `captions-${hash(stable(url), 12)}`,
      required: false,
    })),
    ...item.pictures.slice(0, 1).map(({ url }): Component => ({
      role: 'thumbnail',
      fileId: `picture-${hash(stable(url), 12)}`,
      required: false,
    })),
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

function detailOf(item: FeedItem, id: string, { source, feed, nowMs }: Context): AssetDetail {
  const playable = item.media.filter((media) => kindOf(media) !== 'image');
  const files = playable.filter((media) => !isStream(media) && !item.isForSale).toSorted(byQuality);
  const isVideo = playable.some((media) => kindOf(media) === 'video') || playable.length === 0;
  const dated = item.publishedAt !== null && item.publishedAt <= nowMs + MAX_FUTURE_MS;
  const publishedAt = iso(dated ? (item.publishedAt ?? nowMs) : nowMs);
  const text = plainText(item.summaryHtml);
  const script = [plainText(item.contentHtml), item.script.trim()]
    .filter((part) => part !== '' && part !== text)
    .join('\n\n');
  const language =
    item.language ?? playable.find((media) => media.language !== null)?.language ?? feed.language;
  const heights = files.map(({ height }) => height ?? 0);
  const rights = item.licence?.name ?? item.copyright ?? feed.copyright ?? '';
  const restrictions = item.restrictions.map(restrictionOf);
  const rates = [...new Set(files.flatMap((media) => frameRateOf(media) ?? []))];
  const durationMs =
    item.durationMs ??
    playable.find((media) => !media.isSample && media.durationMs !== null)?.durationMs ??
    null;
  const [preview] = files
    .filter(({ type, url }) => /mp4/iu.test(type ?? url) && !isSecret(url))
    .toReversed();
  const pictures = [
    ...item.pictures,
    ...item.media
      .filter((media) => kindOf(media) === 'image')
      .map(({ url, width, height }) => ({ url, width, height })),
  ].filter(({ url }) => !isSecret(url));
  return {
    id,
    rev: 1,
    type: isVideo ? 'video' : 'audio',
    slug: shortened(item.title, 80) || id,
    headline: item.title || shortened(text, 120) || feed.title,
    descriptionShort: shortened(text.replaceAll('\n', ' '), 300),
    publishedAt,
    isDateStated: dated,
    updatedAt:
      item.updatedAt !== null && item.updatedAt <= nowMs + MAX_FUTURE_MS
        ? iso(item.updatedAt)
        : publishedAt,
    durationMs,
    thumbnails: pictures,
    topics: [...new Set([...item.categories, ...item.keywords])]
      .slice(0, 50)
      .map((topic) => shortened(topic, 120)),
    countries: [],
    languages: language !== null && language.length >= 2 && language.length <= 35 ? [language] : [],
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
    hasCaptions: item.captions.length > 0,
    searchText: shortened(`${text} ${script}`, MAX_SEARCH_TEXT),
    badges: [],
    pubStatus:
      item.status === 'deleted' ? 'canceled' : item.status === 'blocked' ? 'withheld' : 'usable',
    packageSizes: [],
    integrity:
      files.length === 0
        ? 'none'
        : files.some((media) => media.hash !== null)
          ? 'published'
          : 'recorded',
    rights: restrictions.length > 0 ? 'stated' : rights === '' ? 'unknown' : 'general',
    unlistedAt: null,
    statusNote: item.status === 'active' ? null : item.statusNote,
    descriptionHtml: paragraphs(text),
    descriptionText: text,
    credits: item.credits,
    source: feed.title,
    dateline: '',
    place: null,
    subjects: [],
    usageTerms:
      item.licence === null
        ? rights
        : [item.licence.name, item.licence.url].filter(Boolean).join(', '),
    copyrightNotice: item.copyright ?? feed.copyright ?? '',
    shotlist: item.scenes.map((scene, at) => ({
      n: at + 1,
      in: null,
      out: null,
      startMs: scene.startMs,
      durationMs: scene.endMs === null ? null : Math.max(0, scene.endMs - scene.startMs),
      text: scene.text,
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
    captions: item.captions.map(({ url, type, language: spoken }) => ({
      fileId: `captions-${hash(stable(url), 12)}`,
      language: spoken ?? 'und',
      kind: 'subtitles' as const,
      format: /srt|subrip/iu.test(type ?? url) ? 'srt' : 'vtt',
    })),
    renditions: files.map((media) => ({
      id: renditionId(media),
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
      durationMs: media.durationMs,
      timecodeStart: null,
      dropFrame: null,
      bytes: sizeOf(media),
    })),
    packages: files.map((media, at) => {
      const components = componentsOf(media, item);
      return {
        id: `${source}/${id.slice(source.length + 1)}/${renditionId(media)}`,
        rev: 1,
        label: nameOf(media),
        purpose: purposeOf(at, media, files.length),
        renditionId: renditionId(media),
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
    sourceUrl: item.link !== null && !isSecret(item.link) ? item.link : null,
  };
}

export type MappedItem = { id: string; item: FeedItem; change: AssetChange };

/** Neither a film, a sound nor a page that plays one: an article. */
const isAsset = (item: FeedItem): boolean =>
  !item.isExplicitlyBlocked &&
  (item.playerUrl !== null || item.media.some((media) => kindOf(media) !== 'image'));

/**
 * The assets of a feed. Pure: the same document gives the same stamps, whenever it is read and
 * whatever signs its addresses.
 *
 * @param nowMs for items without a date, and for windows of use
 */
export function mapFeed(feed: Feed, source: SourceId, nowMs: number): MappedItem[] {
  const items = feed.items.filter(isAsset);
  const keys = keysOf(items);
  return items.flatMap((item, at) => {
    const key = keys[at];
    if (key === null || key === undefined) return [];
    const id = `${source}/${hash(key, 16)}`;
    const { searchText, ...detail } = detailOf(item, id, { source, feed, nowMs });
    const packageSizes = detail.packages.map(({ id: packageId, rev, label, purpose, bytes }) => ({
      packageId,
      rev,
      label,
      purpose,
      bytes,
    }));
    const whole = { ...detail, packageSizes, searchText };
    const { preview, thumbnails, ...content } = whole;
    const stamp = hash(
      JSON.stringify([
        {
          ...content,
          ...(whole.isDateStated ? {} : { publishedAt: null, updatedAt: item.updatedAt }),
        },
        preview && stable(preview.url),
        thumbnails.map(({ url }) => stable(url)),
      ]),
      32,
    );
    const change: AssetChange =
      item.status === 'deleted'
        ? { op: 'withdraw', id, stamp, asset: whole }
        : { op: 'upsert', id, stamp, asset: whole, detail: whole };
    return [{ id, item, change }];
  });
}
