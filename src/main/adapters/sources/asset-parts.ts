/*
 * What the sources without manifests have in common: how the parts of an asset follow from what a
 * publisher states.
 */
import { cleanText } from '../../formats/article-html.ts';
import { isWithdrawn } from '../../../shared/api/rights.ts';
import { createHash } from 'node:crypto';
import sanitizeHtml from 'sanitize-html';
import type * as z from 'zod';
import type { componentRole } from '../../../shared/api/catalogue.ts';
import {
  assetDetail,
  packagesWithFacts,
  UNKNOWN_CONTAINER,
  type AssetChange,
  type AssetDetail,
  type AssetFile,
} from '../../catalogue/asset.ts';
import { paragraphs } from '../../formats/feed.ts';
import { isSecret, publicAddress, stableAddress, withoutSecrets } from './addresses.ts';

/** A file of a package with its address as it is, which may hold secrets and isn't stored. */
export type PublishedFile = Omit<AssetFile, 'url'> & { url: string };

/** The first hexadecimal digits of a SHA-256. */
export const digestOf = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length);

export const iso = (ms: number): string => new Date(ms).toISOString();

/** At most so many UTF-16 units; no character is cut in two, and no turn of direction is left open. */
export const shortened = (text: string, length: number): string =>
  text.length <= length
    ? text
    : `${cleanText(text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')).trimEnd()}…`;

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
/** Plain text as it may be stored and shown: see `cleanText`. */
export const clean = (text: string): string => withoutSecrets(cleanText(text).trim());
/** The same, on one line: a headline, a name. */
export const cleanLine = (text: string): string => clean(text).replaceAll(/\s+/gu, ' ');

/** Addresses that are stored; the service has the same limit. */
const MAX_URL = 2048;
export const storable = ({ url }: { url: string }): boolean =>
  url.length <= MAX_URL && !isSecret(url);

/** The first of these pages that may be stored, without what opens it to one reader. */
export const pageOf = (addresses: readonly (string | null)[]): string | null =>
  addresses.map((url) => url && publicAddress(url)).find((url) => url && url.length <= MAX_URL) ||
  null;

/** Longer ones are slips of the publisher, such as milliseconds for seconds. */
const MAX_DURATION_MS = 100 * 3_600_000;
export const durationOf = (ms: number | null): number | null =>
  ms !== null && ms <= MAX_DURATION_MS ? ms : null;

/** Null for what is no language tag (RFC 5646), such as one letter. */
export const languageOf = (tag: string | null): string | null =>
  tag !== null && /^[a-z]{2,8}(?:[-_][a-z\d]{1,8}){0,3}$/iu.test(tag.trim())
    ? tag.trim().replaceAll('_', '-')
    : null;

/** Later than this a date is a slip, and nothing may stay on top for years. */
const MAX_FUTURE_MS = 24 * 3_600_000;
/**
 * When it was published and changed, of what is stated.
 *
 * @param nowMs stands in for a date that is missing or lies ahead
 */
export function datesOf(
  published: number | null,
  updated: number | null,
  nowMs: number,
): Pick<AssetDetail, 'publishedAt' | 'isDateStated' | 'updatedAt'> {
  const known = (ms: number | null): number | null =>
    ms !== null && ms <= nowMs + MAX_FUTURE_MS ? ms : null;
  const publishedAt = iso(known(published) ?? nowMs);
  const updatedMs = known(updated);
  return {
    publishedAt,
    isDateStated: known(published) !== null,
    updatedAt: updatedMs === null ? publishedAt : iso(updatedMs),
  };
}

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
/** By the ending of a name, without its dot and in lower case. */
export const isMediaExtension = (extension: string): boolean => EXTENSIONS.test(extension);
const SOUND = /^(?:aac|ac3|aif|aiff|eac3|flac|m4a|m4b|mka|mp2|mp3|mpa|oga|ogg|opus|wav|weba|wma)$/u;
/** True for what has no picture, by the ending of a name. */
export const isSoundExtension = (extension: string): boolean => SOUND.test(extension);
const MEDIA_TYPES: Record<string, string> = {
  mp4: 'video/mp4',
  m4v: 'video/mp4',
  mov: 'video/quicktime',
  webm: 'video/webm',
  mxf: 'application/mxf',
  mp3: 'audio/mpeg',
  m4a: 'audio/mp4',
  wav: 'audio/wav',
  srt: 'application/x-subrip',
  vtt: 'text/vtt',
  txt: 'text/plain',
  json: 'application/json',
  xml: 'application/xml',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
};
/** Of a file whose publisher doesn't say, by the ending of its name; null for any other ending. */
export const mediaTypeNamed = (extension: string): string | null =>
  Object.hasOwn(MEDIA_TYPES, extension) ? (MEDIA_TYPES[extension] ?? null) : null;
/** By its media type, else by its name; `bin` for anything else. */
export const containerOf = ({ type, url }: { type: string | null; url: string }): string => {
  const known = Object.hasOwn(CONTAINERS, type ?? '') ? CONTAINERS[type ?? ''] : undefined;
  const named = /\.(\w{2,4})$/u.exec(url.split(/[?#]/u)[0] ?? '')?.[1]?.toLowerCase();
  return (
    [known, named, type?.split('/')[1]].find((one) => EXTENSIONS.test(one ?? '')) ??
    UNKNOWN_CONTAINER
  );
};

const FRACTIONS: readonly [number, string][] = [
  [23.976, '24000/1001'],
  [29.97, '30000/1001'],
  [59.94, '60000/1001'],
];
/** Frames per second as a fraction; null for what is none of the usual. */
export const frameRateOf = (rate: number | null): string | null => {
  if (rate === null) return null;
  const known = FRACTIONS.find(([usual]) => Math.abs(usual - rate) < 0.005)?.[1];
  return known ?? (Number.isInteger(rate) && rate > 0 ? `${rate}/1` : null);
};

/** From here on a picture is high definition. */
export const HD_LINES = 720;
const UHD_LINES = 2160;
const formatOf = (lines: number): string =>
  lines >= UHD_LINES ? 'uhd' : lines >= HD_LINES ? 'hd' : 'sd';

type Role = z.infer<typeof componentRole>;
type Component = { role: Role; fileId: string; required: boolean };
type Package = AssetDetail['packages'][number];
export type Purpose = Package['purpose'];

/** Fixed names of the files that this program writes itself. */
const SIDECARS = ['metadata', 'licence'] as const;

const optional = (role: Role, fileIds: readonly string[]): Component[] =>
  fileIds.map((fileId) => ({ role, fileId, required: false }));

/** A file of film or sound as it is offered: what isn't stated is null. */
export type OfferedMedia = {
  /** Stays when the file does; `media-` and this is the id of its file. */
  id: string;
  kind: 'video' | 'audio';
  /** Of people, such as `1080p MP4`. */
  name: string;
  container: string;
  width: number | null;
  height: number | null;
  frameRate: string | null;
  /** Bits per second. */
  bitrate: number | null;
  durationMs: number | null;
  bytes: number | null;
  /** Null for a file that is only watched. */
  purpose: Purpose | null;
};
export const mediaFileId = ({ id }: Pick<OfferedMedia, 'id'>): string => `media-${id}`;

const renditionOf = (media: OfferedMedia): AssetDetail['renditions'][number] => {
  const { id, name, container, width, height, frameRate, bitrate, durationMs, bytes } = media;
  return {
    id,
    name,
    container,
    videoCodec: null,
    width,
    height,
    frameRate,
    scan: null,
    aspect: null,
    audio: [],
    bitrate,
    durationMs: durationOf(durationMs),
    timecodeStart: null,
    dropFrame: null,
    bytes,
  };
};

/** Files that come with each package, by their ids. */
type Beside = {
  captions: readonly string[];
  pictures: readonly string[];
  texts: readonly TextFile[];
};
/** A text of the publisher's own that comes with each package. */
export type TextFile = { role: 'script' | 'shotlist' | 'metadata'; fileId: string };
function packageOf(
  assetId: string,
  media: OfferedMedia & { purpose: Purpose },
  beside: Beside,
): Package {
  const components: Component[] = [
    { role: media.kind, fileId: mediaFileId(media), required: true },
    ...optional('captions', beside.captions),
    ...optional('thumbnail', beside.pictures.slice(0, 1)),
    ...beside.texts.map(({ role, fileId }): Component => ({ role, fileId, required: false })),
    ...SIDECARS.map((role): Component => ({ role, fileId: role, required: true })),
  ];
  return {
    id: `${assetId}/${media.id}`,
    rev: 1,
    label: media.name,
    purpose: media.purpose,
    renditionId: media.id,
    components,
    bytes: media.bytes,
    fileCount: components.length,
  };
}

/** Until which length a text is searched; the service has the same limit. */
const MAX_SEARCH_TEXT = 4000;

type Stated = Omit<
  AssetDetail,
  'rev' | 'formats' | 'frameRates' | 'frameRate' | 'renditions' | 'packages' | 'packageSizes'
>;
/** What an asset has of which its publisher says nothing. */
const NOTHING_STATED = {
  thumbnails: [],
  topics: [],
  countries: [],
  languages: [],
  aspect: null,
  location: null,
  people: [],
  restrictions: [],
  embargoUntil: null,
  expiresAt: null,
  badges: [],
  pubStatus: 'usable',
  unlistedAt: null,
  statusNote: null,
  credits: [],
  dateline: '',
  place: null,
  subjects: [],
  usageTerms: '',
  copyrightNotice: '',
  shotlist: [],
  script: null,
  soundbites: [],
  captions: [],
  preview: null,
  stills: [],
  timecodeStart: null,
  relatedAssetIds: [],
  relatedArticleIds: [],
  history: [],
  sourceUrl: null,
} satisfies Partial<Stated>;

type Needed = Pick<Stated, Exclude<keyof Stated, keyof typeof NOTHING_STATED>> & Partial<Stated>;
/** What is derived from other parts. */
type Derived =
  | 'slug'
  | 'descriptionShort'
  | 'descriptionHtml'
  | 'hasCaptions'
  | 'searchText'
  | 'shotNumbers';

/**
 * An asset of what its publisher states; what it doesn't state stays unknown.
 *
 * @param stated `descriptionText` is plain text, `headline` never empty
 * @param media best first
 * @param pictures ids of the files with a picture
 * @param texts that are copied as they are
 */
export function assetOf(
  stated: Omit<Needed, Derived>,
  media: readonly OfferedMedia[],
  pictures: readonly string[],
  texts: readonly TextFile[] = [],
): AssetDetail {
  const { id, type, headline, descriptionText, script = null } = stated;
  const { captions = [], shotlist = [] } = stated;
  const identifiers = (stated.subjects ?? []).map(({ code }) => `${code} `).join('');
  const rates = [...new Set(media.flatMap(({ frameRate }) => frameRate ?? []))];
  const heights = media.flatMap(({ height }) => (height !== null && height > 0 ? height : []));
  const beside = { captions: captions.map(({ fileId }) => fileId), pictures, texts };
  const renditions = media.map(renditionOf);
  const packages = media.flatMap(({ purpose, ...one }) =>
    purpose === null ? [] : packageOf(id, { ...one, purpose }, beside),
  );
  return {
    ...NOTHING_STATED,
    ...stated,
    rev: 1,
    ...(shotlist.length === 0 ? {} : { shotNumbers: shotlist.map(({ n }) => n) }),
    slug: shortened(headline, 80),
    descriptionShort: shortened(descriptionText.replaceAll('\n', ' '), 300),
    descriptionHtml: paragraphs(descriptionText),
    hasCaptions: captions.length > 0,
    formats: type === 'audio' ? ['audio'] : [...new Set(heights.map(formatOf))],
    frameRates: rates,
    frameRate: rates[0] ?? null,
    renditions,
    packages,
    packageSizes: packagesWithFacts({ packages, renditions }).map(
      ({ id: packageId, rev, label, purpose, bytes, rendition }) => ({
        packageId,
        rev,
        label,
        purpose,
        bytes,
        ...(rendition && { rendition }),
      }),
    ),
    searchText: shortened(
      `${identifiers}${descriptionText} ${script?.text ?? ''}`,
      MAX_SEARCH_TEXT,
    ),
  };
}

/** The text of a film that is stated as plain text; null for none. */
export const scriptOf = (text: string, language: string | null): AssetDetail['script'] =>
  text === ''
    ? null
    : {
        html: paragraphs(text),
        text,
        wordCount: text.split(/\s+/u).length,
        language: language ?? 'und',
      };

/** Files as they may be stored. */
export const storedFiles = (files: readonly PublishedFile[]): AssetFile[] =>
  files.map((file) => (storable(file) && URL.canParse(file.url) ? file : { ...file, url: null }));

/** JSON with sorted members: the order in which this program writes them is no change. */
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_name, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );

/**
 * A change of which the stamp says what is shown, whatever signs the addresses in it. Null for what
 * doesn't fit the model.
 *
 * @param dates as they are stated: what is undated or lies ahead is shown by the time of reading
 */
export function changeOf(
  asset: AssetDetail,
  dates: readonly (number | null)[],
): AssetChange | null {
  if (!assetDetail.safeParse(asset).success) return null;
  const {
    preview,
    thumbnails,
    publishedAt: _published,
    updatedAt: _updated,
    isDateStated: _stated,
    files,
    restrictions,
    // Which shots there are, and which restrictions they have, is in the shotlist.
    shotNumbers: _numbers,
    // What is known of their films is in the renditions.
    packageSizes,
    ...content
  } = asset;
  const stamp = digestOf(
    sorted([
      {
        ...content,
        packageSizes: packageSizes.map(({ rendition: _rendition, ...size }) => size),
        restrictions: restrictions.map(({ shots: _shots, ...rule }) => rule),
      },
      dates,
      preview && stableAddress(preview.url),
      thumbnails.map(({ url }) => stableAddress(url)),
      files.map(({ hash }) => hash),
    ]),
    32,
  );
  const { id } = asset;
  // What is on hold comes back: it is kept whole.
  return isWithdrawn(asset)
    ? { op: 'withdraw', id, stamp, asset }
    : { op: 'upsert', id, stamp, asset, detail: asset };
}

export const kindOf = ({
  type,
  url,
}: {
  type: string | null;
  url: string;
}): 'video' | 'audio' | 'image' => {
  const said = /^(video|audio|image)\//u.exec(type ?? '')?.[1];
  if (said) return said as 'video';
  if (/\.(?:mp3|m4a|aac|wav|flac|ogg)(?:[?#]|$)/iu.test(url)) return 'audio';
  return /\.(?:jpe?g|png|webp|gif)(?:[?#]|$)/iu.test(url) ? 'image' : 'video';
};
