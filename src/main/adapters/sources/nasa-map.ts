import * as z from 'zod';
import type { AssetChange, AssetDetail } from '../../catalogue/asset.ts';
import { isLocalHost, isLoopbackHost } from '../../../shared/model/url.ts';
import type { SourceId } from '../../../shared/model/source.ts';
import { withoutSecrets } from './addresses.ts';
import {
  assetOf,
  changeOf,
  clean,
  containerOf,
  datesOf,
  digestOf,
  durationOf,
  frameRateOf,
  isSoundExtension,
  mediaTypeNamed,
  pageOf,
  shortened,
  storable,
  storedFiles,
  type OfferedMedia,
  plainText,
  type PublishedFile,
  type Purpose,
} from './asset-parts.ts';
import { shotlistIn } from './shotlist-map.ts';
import { nasaUse } from './nasa-terms.ts';
import { thirdPartyIn } from './nasa-third-parties.ts';

const MADE_BY = 'NASA';
const DETAILS = 'https://images.nasa.gov/details/';
const MAX_ID = 500;
const MAX_PICTURES = 6;

/** A member that is missing, or of another type than documented, is empty. */
const line = z.string().trim().catch('');
const lines = z
  .union([z.array(line), line.transform((one) => [one])])
  .catch([])
  .transform((all) => all.filter((one) => one !== ''));
const isWritable = (id: string): boolean => id.isWellFormed() && !/^\.{1,2}$/u.test(id);

const described = z.object({
  nasa_id: z.string().min(1).max(MAX_ID).refine(isWritable, 'can’t be part of an address'),
  title: line,
  media_type: z.string(),
  date_created: line,
  description: line,
  keywords: lines,
  album: lines,
  center: line,
  location: line,
  photographer: lines,
  secondary_creator: lines,
});
const length = z.int().positive().nullable().catch(null);
const link = z.object({ href: z.string(), rel: line, render: line, width: length, height: length });
const listed = z.object({
  href: z.string().nullable().catch(null),
  data: z.tuple([described]).rest(z.unknown()),
  links: z.array(z.unknown()).catch([]),
});
type Described = z.infer<typeof described>;
type Link = z.infer<typeof link>;

/** What a list says of an asset. */
export type NasaItem = {
  /** As NASA has it: with spaces, dots and apostrophes. */
  id: string;
  /** Neither `video` nor `audio` is offered: the model has no packages of pictures. */
  mediaType: string;
  /** When it was made, ms since 1970. NASA doesn't say when it was published. */
  createdMs: number | null;
  /** Address of its list of files, as it was sent. */
  collection: string | null;
  links: Link[];
} & Omit<Described, 'nasa_id' | 'media_type' | 'date_created'>;

/** Null for what isn't understood. */
export function readItem(value: unknown): NasaItem | null {
  const read = listed.safeParse(value).data;
  if (!read) return null;
  const { nasa_id: id, media_type: mediaType, date_created: created, ...texts } = read.data[0];
  const createdMs = Date.parse(created);
  return {
    ...texts,
    id,
    mediaType,
    createdMs: Number.isNaN(createdMs) ? null : createdMs,
    collection: read.href,
    links: read.links.flatMap((one) => link.safeParse(one).data ?? []),
  };
}

export const isPlayable = ({ mediaType }: NasaItem): boolean =>
  mediaType === 'video' || mediaType === 'audio';

const manifest = z.union([
  z
    .object({ collection: z.object({ items: z.array(z.object({ href: z.string() })) }) })
    .transform(({ collection }) => collection.items.map(({ href }) => href)),
  z.array(z.string()),
]);
/** Addresses of an asset's files as they were sent: a collection, or a bare array. */
export const readManifest = (value: unknown): string[] | null =>
  manifest.safeParse(value).data ?? null;

const encodedPath = (text: string): string => text.split('/').map(encodeURIComponent).join('/');

/**
 * An address as NASA sends it, as it can be asked for: over https, each part of its path encoded
 * once. Only an API on this computer, as in tests, has plain http.
 *
 * @param nasaId in which any character means itself
 * @returns null for what leads elsewhere than into the web
 */
export function nasaAddress(href: string, nasaId: string, api: string): string | null {
  const encoded = encodedPath(nasaId);
  const named = href.includes(encoded) ? href : href.replaceAll(nasaId, () => encoded);
  const url = URL.parse(named.replaceAll(/%(?![\da-f]{2})/giu, '%25'), api);
  const { hostname } = new URL(api);
  if (!url || !/^https?:$/u.test(url.protocol)) return null;
  if (isLocalHost(url.hostname) && url.hostname !== hostname) return null;
  if (!isLoopbackHost(url.hostname)) url.protocol = 'https:';
  return url.href;
}

export const nasaAssetId = (source: SourceId, nasaId: string): string =>
  `${source}/${digestOf(nasaId, 16)}`;

/** Null where the path is encoded wrongly. */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch (thrown) {
    if (thrown instanceof URIError) return null;
    throw thrown;
  }
}

/**
 * NASA's own id of an asset, of which the id here is a digest: as its identifier, else from its page
 * or the addresses of its files, whichever has it.
 */
export function nasaIdOf({
  id,
  subjects,
  sourceUrl,
  files,
}: Pick<AssetDetail, 'id' | 'subjects' | 'sourceUrl' | 'files'>): string | null {
  const digest = id.slice(id.lastIndexOf('/') + 1);
  const parts = [sourceUrl, ...files.map(({ url }) => url)].flatMap(
    (address) => URL.parse(address ?? '')?.pathname.split('/') ?? [],
  );
  const known = [...subjects.map(({ code }) => code), ...parts.map(decoded)];
  return known.find((one) => one !== null && digestOf(one, 16) === digest) ?? null;
}

/** In minutes and seconds, or in seconds; ms. Null for what isn't a length. */
export function exifDuration(value: string): number | null {
  const text = value.replace(/\s*\(approx\)$/iu, '').trim();
  const seconds = /^(\d+(?:\.\d+)?)(?: ?s)?$/u.exec(text);
  const parts = /^(?:(\d+) days? )?(?:(\d+):)?(\d{1,2}):(\d{2}(?:\.\d+)?)$/u.exec(text);
  const [days, hours, minutes, rest] = (parts?.slice(1) ?? []).map((part) => Number(part ?? 0));
  const ms = seconds
    ? Number(seconds[1]) * 1000
    : (((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60_000 + (rest ?? 0) * 1000;
  return ms > 0 ? durationOf(Math.round(ms)) : null;
}

/** What ExifTool has read of the original file: of more than two hundred tags, these. */
type Metadata = {
  durationMs: number | null;
  width: number | null;
  height: number | null;
  frameRate: string | null;
  copyright: string;
};
/** @param value its flat output, by group and tag; anything else says nothing */
export function readMetadata(value: unknown): Metadata {
  const tags = z.record(z.string(), z.unknown()).safeParse(value).data ?? {};
  /** The first of these tags, and of all groups those without one; empty if there is none. */
  const tag = (...names: string[]): string => {
    const keys = names.flatMap((name) =>
      name.includes(':') ? [name] : Object.keys(tags).filter((key) => key.endsWith(`:${name}`)),
    );
    for (const key of keys) {
      const found = tags[key];
      if (typeof found === 'string' || typeof found === 'number') return String(found);
    }
    return '';
  };
  const size = /^(\d{2,5})(?: ?x ?| )(\d{2,5})$/u.exec(tag('Composite:ImageSize'));
  const rate = Number.parseFloat(tag('QuickTime:VideoFrameRate', 'VideoFrameRate'));
  return {
    durationMs: exifDuration(tag('QuickTime:Duration', 'Composite:Duration', 'Duration')),
    width: size ? Number(size[1]) : null,
    height: size ? Number(size[2]) : null,
    frameRate: frameRateOf(Number.isNaN(rate) ? null : rate),
    copyright: shortened(clean(tag('Copyright', 'CopyrightNotice', 'Rights')), 500),
  };
}

/** From the best to the smallest; what has another name comes after the medium one. */
const VARIANTS = ['orig', 'large', 'medium', '', 'small', 'mobile', 'preview'];
const PICTURES = ['large', 'medium', 'orig', 'small', 'preview', 'thumb'];

type NamedFile = {
  /** Stays when the file does. */
  id: string;
  url: string;
  extension: string;
  /** As NASA marks it in its name: `orig`, `large`, `128k`. */
  variant: string;
  /** One of several pictures of a kind. */
  isNumbered: boolean;
};
function namedFile(url: string): NamedFile {
  const path = new URL(url).pathname;
  const name = decoded(path.slice(path.lastIndexOf('/') + 1)) ?? path;
  const [, variant = '', number, extension = ''] =
    /(?:~([a-z\d]+?)(_\d+)?)?\.([a-z\d]{2,4})$/iu.exec(name) ?? [];
  return {
    id: digestOf(name, 12),
    url,
    extension: extension.toLowerCase(),
    variant: variant.toLowerCase(),
    isNumbered: number !== undefined,
  };
}

const rankIn = (order: readonly string[], variant: string): number => {
  const at = order.indexOf(variant);
  return at === -1 ? order.indexOf('') : at;
};
/** Kilobits per second in the name of a sound file. */
const kilobits = ({ variant }: NamedFile): number => Number(/^(\d+)k$/u.exec(variant)?.[1] ?? 0);

type Files = {
  /** Film and sound, best first. */
  media: NamedFile[];
  captions: NamedFile[];
  /** Best first. */
  pictures: NamedFile[];
  /** Address of what ExifTool has read. */
  metadata: string | null;
};
/**
 * Files by what their names say.
 *
 * @param hrefs as they were sent; some twice
 */
export function filesOf(hrefs: readonly string[], nasaId: string, api: string): Files {
  const addresses = hrefs.flatMap((href) => nasaAddress(href, nasaId, api) ?? []);
  const named = Array.from(new Set(addresses), namedFile);
  const media = named
    .filter(({ url }) => containerOf({ type: null, url }) !== 'bin')
    .toSorted(
      (a, b) =>
        rankIn(VARIANTS, a.variant) - rankIn(VARIANTS, b.variant) || kilobits(b) - kilobits(a),
    );
  const pictures = named
    .filter(({ extension }) => /^(?:jpe?g|png)$/u.test(extension))
    .toSorted(
      (a, b) =>
        Number(a.isNumbered) - Number(b.isNumbered) ||
        rankIn([...PICTURES, ''], a.variant) - rankIn([...PICTURES, ''], b.variant),
    );
  return {
    media,
    captions: named.filter(({ extension }) => extension === 'srt' || extension === 'vtt'),
    pictures,
    metadata: named.find(({ url }) => url.endsWith('/metadata.json'))?.url ?? null,
  };
}

const fileOf = (kind: string, { id, url, extension }: NamedFile): PublishedFile => ({
  fileId: `${kind}-${id}`,
  url,
  mediaType: mediaTypeNamed(extension),
  bytes: null,
  hash: null,
});
/** The files of its packages, by the ids of their components. */
const published = ({ media, captions, pictures }: Files): PublishedFile[] => [
  ...media.map((one) => fileOf('media', one)),
  ...captions.map((one) => fileOf('captions', one)),
  ...pictures.slice(0, 1).map((one) => fileOf('picture', one)),
];

/** Those that the list names are missing from an asset's files at times. */
const captionsIn = ({ links }: NasaItem): string[] =>
  links.filter(isCaptions).map(({ href }) => href);
const isCaptions = ({ rel, href }: Link): boolean =>
  rel === 'captions' || /\.(?:srt|vtt)$/iu.test(href);

const idsOf = (files: readonly { fileId: string }[]): string =>
  files
    .map(({ fileId }) => fileId)
    .toSorted()
    .join(' ');
/** True if an asset that is here has exactly these files. */
export const hasFiles = (
  asset: AssetDetail,
  item: NasaItem,
  hrefs: readonly string[],
  api: string,
): boolean =>
  idsOf(asset.files) === idsOf(nasaFiles([...hrefs, ...captionsIn(item)], item.id, api));

/** @param hrefs as they were sent */
export const nasaFiles = (hrefs: readonly string[], nasaId: string, api: string): PublishedFile[] =>
  published(filesOf(hrefs, nasaId, api));

const isHd = ({ width, height }: Metadata): boolean =>
  Math.max(width ?? 0, height ?? 0) >= 1280 && Math.min(width ?? 0, height ?? 0) >= 720;

/**
 * What each file is for. Only an original that is known to be HD, in a container that is aired, is
 * for broadcast; of the others one for the web and one for previews, and the rest is only shown.
 */
function purposesOf(media: readonly NamedFile[], original: Metadata): Map<NamedFile, Purpose> {
  const purposes = new Map<NamedFile, Purpose>();
  const first = (...variants: string[]) =>
    variants
      .flatMap((variant) => media.filter((one) => one.variant === variant))
      .find((one) => !purposes.has(one));
  const put = (one: NamedFile | undefined, purpose: Purpose): void => {
    if (one) purposes.set(one, purpose);
  };
  const orig = first('orig');
  if (orig && /^(?:mp4|mov)$/u.test(orig.extension) && isHd(original)) put(orig, 'broadcast');
  put(first('large', 'medium'), 'web');
  // Whatever else the original is, it is the best there is.
  if (orig && !purposes.has(orig)) put(orig, 'web');
  put(first('small', 'mobile', 'preview'), 'preview');
  if (purposes.size === 0) put(media[0], 'web');
  const sound = media.filter((one) => isSoundExtension(one.extension) && !purposes.has(one));
  if (media.every(({ extension }) => isSoundExtension(extension))) put(sound[0], 'preview');
  return purposes;
}
const BY_PURPOSE: readonly (Purpose | null)[] = ['broadcast', 'web', 'preview', null];

function offeredOf(media: readonly NamedFile[], original: Metadata): OfferedMedia[] {
  const purposes = purposesOf(media, original);
  return media
    .map((one): OfferedMedia => {
      const { id, url, variant, extension } = one;
      const isOriginal = variant === 'orig';
      const { width, height, frameRate, durationMs } = isOriginal ? original : NOTHING_READ;
      const container = containerOf({ type: null, url });
      return {
        id,
        kind: isSoundExtension(extension) ? 'audio' : 'video',
        // In NASA's own words, as nothing else is known of most.
        name: `${height === null ? variant : `${height}p`} ${container.toUpperCase()}`.trim(),
        container,
        width,
        height,
        frameRate,
        bitrate: null,
        durationMs,
        // What it states is rounded, such as "2.5 MB".
        bytes: null,
        purpose: purposes.get(one) ?? null,
      };
    })
    .toSorted((a, b) => BY_PURPOSE.indexOf(a.purpose) - BY_PURPOSE.indexOf(b.purpose));
}
const NOTHING_READ = readMetadata(null);

/** Some have all keywords in one. */
const topicsOf = ({ album, keywords }: NasaItem): string[] =>
  [...new Set([...album, ...keywords.flatMap((one) => one.split(/[,;]/u))].map(clean))]
    .filter((topic) => topic !== '')
    .slice(0, 50)
    .map((topic) => shortened(topic, 120));

const creditsOf = ({ center, photographer, secondary_creator: second }: NasaItem): string[] => [
  ...new Set(
    [center === '' ? MADE_BY : `${MADE_BY}/${center}`, ...photographer, ...second].map(clean),
  ),
];

const textOf = (description: string): string => withoutSecrets(plainText(description));

/** The description, which stays whole, and the shots and restrictions that it has. */
function textsOf(description: string, durationMs: number | null) {
  const descriptionText = textOf(description);
  const listed = shotlistIn([descriptionText], { durationMs });
  const rights = listed.restrictions.length > 0 ? ('stated' as const) : ('general' as const);
  return { descriptionText, script: null, ...listed, rights };
}

/** What the list alone says of an asset. */
const statedOf = (item: NasaItem) => ({
  headline: clean(item.title) || item.id,
  topics: topicsOf(item),
  credits: creditsOf(item),
  location: clean(item.location) || null,
});

/** True if the list says of an asset what it said when it was last read. */
export function saysTheSame(item: NasaItem, asset: AssetDetail): boolean {
  const parts = (
    { headline, topics, credits, location }: ReturnType<typeof statedOf>,
    description: string,
  ): string => JSON.stringify([headline, topics, credits, location, description]);
  const isSameDate =
    !asset.isDateStated ||
    item.createdMs === null ||
    item.createdMs === Date.parse(asset.publishedAt);
  return (
    isSameDate &&
    parts(statedOf(item), textOf(item.description)) === parts(asset, asset.descriptionText)
  );
}

type Context = { source: SourceId; api: string; nowMs: number; language: 'en' | 'fr' };

/**
 * An asset of all that NASA says of it. Pure: the same answers give the same stamp in any language.
 *
 * @param hrefs its files, as they were sent
 * @param metadata what ExifTool has read of the original; null if it can't be had
 * @returns null for what doesn't fit the model
 */
export function mapNasa(
  item: NasaItem,
  hrefs: readonly string[],
  metadata: unknown,
  { source, api, nowMs, language }: Context,
): AssetChange | null {
  const files = filesOf([...hrefs, ...captionsIn(item)], item.id, api);
  const original = readMetadata(metadata);
  const linked = item.links
    .filter((one) => one.render === 'image' && !isCaptions(one))
    .flatMap(({ href, width, height }) => {
      const url = nasaAddress(href, item.id, api);
      return url === null ? [] : { url, width, height };
    });
  const smallest = files.pictures.find(({ variant }) => variant === 'thumb') ?? files.pictures[0];
  const thumbnails = (
    linked.length === 0 && smallest ? [{ url: smallest.url, width: null, height: null }] : linked
  )
    .filter(storable)
    .slice(0, MAX_PICTURES);
  const preview = ['mobile', 'preview', 'small', 'medium', '128k', '64k', 'large']
    .flatMap((variant) => files.media.filter((one) => one.variant === variant))
    .find((one) => /^(?:mp4|m4a|mp3)$/u.test(one.extension) && storable(one));
  const texts = textsOf(item.description, original.durationMs);
  const credits = [...item.photographer, ...item.secondary_creator];
  const thirdParty = thirdPartyIn([...credits, original.copyright], [texts.descriptionText]);
  const asset = assetOf(
    {
      id: nasaAssetId(source, item.id),
      type: item.mediaType === 'audio' ? 'audio' : 'video',
      ...statedOf(item),
      ...texts,
      // When it was made: NASA states no other date.
      ...datesOf(item.createdMs, null, nowMs),
      durationMs: original.durationMs,
      thumbnails,
      integrity: files.media.length === 0 ? 'none' : 'recorded',
      source: MADE_BY,
      subjects: [{ scheme: 'NASA ID', code: item.id, name: item.id }],
      copyrightNotice: original.copyright,
      usageTerms: nasaUse('en', thirdParty),
      captions: files.captions.map(({ id, extension }) => ({
        fileId: `captions-${id}`,
        language: 'und',
        kind: 'subtitles',
        format: extension,
      })),
      preview: preview
        ? {
            url: preview.url,
            mediaType: mediaTypeNamed(preview.extension) ?? 'video/mp4',
            bytes: null,
          }
        : null,
      sourceUrl: pageOf([`${DETAILS}${encodeURIComponent(item.id)}`]),
      files: storedFiles(published(files)),
    },
    offeredOf(files.media, original),
    files.pictures.slice(0, 1).map(({ id }) => `picture-${id}`),
  );
  const change = changeOf(asset, [item.createdMs]);
  if (change?.op !== 'upsert') return null;
  // The language of the interface is no change of the asset.
  const shown = { ...asset, usageTerms: nasaUse(language, thirdParty) };
  return { ...change, asset: shown, detail: shown };
}
