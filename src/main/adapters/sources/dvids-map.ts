import * as z from 'zod';
import type { AssetChange, AssetDetail } from '../../catalogue/asset.ts';
import type { SourceId } from '../../../shared/model/source.ts';
import { stableAddress } from './addresses.ts';
import {
  assetOf,
  changeOf,
  clean,
  containerOf,
  datesOf,
  digestOf,
  durationOf,
  mediaFileId,
  pageOf,
  shortened,
  storable,
  storedFiles,
  type OfferedMedia,
  type PublishedFile,
  type Purpose,
} from './asset-parts.ts';
import { shotlistIn } from './shotlist-map.ts';
import { termsOfUnit } from './dvids-terms.ts';

/*
 * What DVIDS states about an asset (https://api.dvidshub.net/docs/asset_api). Members that it has
 * nothing for are absent, and some come in several forms.
 */

const text = z.union([z.string(), z.number().transform(String)]);
/** Null where it is absent or of another form, which is no reason to refuse the rest. */
const lenient = <S extends z.ZodType>(schema: S) =>
  schema
    .nullish()
    .catch(null)
    .transform((value) => value ?? null);
const optionalText = lenient(text);
const optionalNumber = lenient(
  z.union([z.number(), z.string().trim().min(1).pipe(z.coerce.number())]),
);
/** Entries that don’t fit are left out. */
const listOf = <S extends z.ZodType>(entry: S) =>
  z
    .array(z.unknown())
    .nullish()
    .catch(null)
    .transform((entries): z.infer<S>[] =>
      (entries ?? []).flatMap((one) => {
        const read = entry.safeParse(one);
        return read.success ? [read.data] : [];
      }),
    );

/** A time with a zone: search answers end in `Z`, assets have that of Washington. */
const instant = z.iso
  .datetime({ offset: true, local: true })
  .transform((time) => Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/u.test(time) ? time : `${time}Z`));

const published = { date_published: lenient(instant), publishdate: lenient(instant) };
const publishedOf = (item: { date_published: number | null; publishdate: number | null }) =>
  item.date_published ?? item.publishdate;

/** Its kind and number, such as `video:900001`. */
const dvidsId = z.string().regex(/^[a-z_]{1,24}:\d{1,18}$/u);

/** An entry of a search. Its `date` isn’t read: some have day and month swapped. */
const searchItem = z
  .object({ id: dvidsId, timestamp: lenient(instant), ...published })
  .transform(({ id, timestamp, ...dates }) => ({
    id,
    timestampMs: timestamp,
    publishedMs: publishedOf(dates),
  }))
  .refine(({ publishedMs }) => publishedMs !== null);
export type DvidsItem = { id: string; publishedMs: number; timestampMs: number | null };

/** Null for what doesn’t fit. */
export const readItem = (json: unknown): DvidsItem | null => {
  const read = searchItem.safeParse(json).data;
  return read && read.publishedMs !== null ? { ...read, publishedMs: read.publishedMs } : null;
};

const picture = z
  .union([
    z.string().transform((url) => ({ url, width: null, height: null })),
    z.object({ url: z.string(), width: optionalNumber, height: optionalNumber }),
  ])
  .refine(({ url }) => URL.canParse(url));
const place = z.object({
  city: optionalText,
  state: optionalText,
  country: optionalText,
  country_abbreviation: optionalText,
});
const file = z.object({
  src: z.url({ protocol: /^https?$/u }),
  type: optionalText,
  width: optionalNumber,
  height: optionalNumber,
  size: optionalNumber,
  bitrate: optionalNumber,
});
const credit = z.union([
  z.object({ name: text, rank: optionalText }),
  text.transform((name) => ({ name, rank: null })),
]);
const asset = z.object({
  id: dvidsId,
  title: z.string().trim().min(1),
  description: optionalText,
  short_description: optionalText,
  keywords: lenient(z.union([text, z.array(text).transform((words) => words.join(','))])),
  category: optionalText,
  duration: optionalNumber,
  aspect_ratio: optionalText,
  timestamp: lenient(instant),
  unit_name: optionalText,
  virin: optionalText,
  url: optionalText,
  credit: z.union([text.transform((name) => [{ name, rank: null }]), listOf(credit)]),
  location: lenient(place),
  city: optionalText,
  state: optionalText,
  country: optionalText,
  files: listOf(file),
  closed_caption_urls: lenient(z.object({ srt: optionalText, webvtt: optionalText })),
  image: lenient(picture),
  thumbnail: lenient(picture),
  thumb_width: optionalNumber,
  thumb_height: optionalNumber,
  ...published,
});
type Stated = z.infer<typeof asset>;

/** Its kind is in its id: news is no footage, and pictures have no packages yet. */
const typeOf = (id: string): 'video' | 'audio' | null => {
  const [kind] = id.split(':');
  return kind === 'video' || kind === 'audio' ? kind : null;
};
export const FOOTAGE = ['video', 'audio'] as const;

/** Of the asset that an item is here: no second colon, and no slash. */
export const assetIdOf = (source: SourceId, id: string): string =>
  `${source}/${id.replace(':', '-')}`;
/** Null for what is no asset of the source. */
export const dvidsIdOf = (source: SourceId, assetId: string): string | null => {
  const [, kind, number] = /^([a-z_]+)-(\d+)$/u.exec(assetId.slice(source.length + 1)) ?? [];
  return assetId.startsWith(`${source}/`) && kind && number ? `${kind}:${number}` : null;
};

/** Words between commas; a list of hashtags has none. */
const keywordsOf = ({ keywords }: Pick<Stated, 'keywords'>): string[] => {
  const given = keywords ?? '';
  const words = /^\s*#[^,]*$/u.test(given) ? given.split(/[\s#]+/u) : given.split(',');
  return words.map(clean).filter((word) => word !== '');
};

const REGIONS = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
const LETTERS = Array.from({ length: 26 }, (_, n) => String.fromCodePoint(65 + n));
/** Codes of ISO 3166-1 by the English names of their countries. */
const CODES = new Map(
  LETTERS.flatMap((a) =>
    LETTERS.flatMap((b): [string, string][] => {
      const name = REGIONS.of(a + b);
      return name === undefined ? [] : [[name.toLowerCase(), a + b]];
    }),
  ),
);
/** By the name first: not every list of abbreviations is that of ISO 3166-1. */
function countryOf({ location, country }: Stated): string | null {
  const name = (location?.country ?? country ?? '').trim().toLowerCase();
  const code = (location?.country_abbreviation ?? '').trim().toUpperCase();
  const isCode = /^[A-Z]{2}$/u.test(code) && REGIONS.of(code) !== undefined;
  return CODES.get(name) ?? (isCode ? code : null);
}

function placeOf({ location, city, state, country }: Stated): string {
  const parts = [
    location?.city ?? city,
    location?.state ?? state,
    location?.country ?? country,
  ].map((part) => clean(part ?? ''));
  return [...new Set(parts)].filter((part) => part !== '').join(', ');
}

const positive = (value: number | null): number | null =>
  value !== null && Number.isSafeInteger(Math.round(value)) && value > 0 ? Math.round(value) : null;

type File = { id: string; file: z.infer<typeof file> };
const tailOf = ({ src }: z.infer<typeof file>): string =>
  new URL(src).pathname.split('/').at(-1) ?? '';

/** Files of film and sound, best first. Streams open in few players, and are none. */
function filesOf({ id, files }: Stated): File[] {
  const wanted = files.filter(
    (one) =>
      (one.type ?? typeOf(id) ?? '').startsWith(typeOf(id) ?? 'video') &&
      !/mpegurl/iu.test(one.type ?? '') &&
      !/\.m3u8$/iu.test(new URL(one.src).pathname),
  );
  const byId = new Map<string, File>();
  for (const one of wanted) {
    // The end of its path stays when the server is another.
    const isShared = wanted.some((other) => other !== one && tailOf(other) === tailOf(one));
    const key = digestOf(isShared ? stableAddress(one.src) : tailOf(one), 12);
    if (!byId.has(key)) byId.set(key, { id: key, file: one });
  }
  return [...byId.values()].toSorted(
    ({ file: a }, { file: b }) =>
      (b.height ?? 0) - (a.height ?? 0) || (b.bitrate ?? 0) - (a.bitrate ?? 0),
  );
}

const MAX_WEB_LINES = 1080;
/** Which packages its files make: the best up to 1080 lines, and the smallest. */
function purposesOf(files: readonly File[]): (Purpose | null)[] {
  const web = Math.max(
    0,
    files.findIndex(({ file: { height } }) => (height ?? 0) <= MAX_WEB_LINES),
  );
  return files.map((_, at) =>
    at === web ? 'web' : at === files.length - 1 && at > web ? 'preview' : null,
  );
}

function nameOf({ file: { src, type, height, bitrate } }: File): string {
  const container = containerOf({ type, url: src }).toUpperCase();
  if (positive(height) !== null) return `${positive(height)}p ${container}`;
  return bitrate === null ? container : `${container}, ${(bitrate / 1000).toFixed(1)} Mb/s`;
}

const offeredOf = (stated: Stated, one: File, purpose: Purpose | null): OfferedMedia => {
  const { src, type, width, height, size, bitrate } = one.file;
  return {
    id: one.id,
    kind: typeOf(stated.id) ?? 'video',
    name: nameOf(one),
    container: containerOf({ type, url: src }),
    width: positive(width),
    height: positive(height),
    // Neither stated nor guessed, as its codecs are.
    frameRate: null,
    bitrate: bitrate === null ? null : positive(bitrate * 1000),
    durationMs: durationOf(positive((stated.duration ?? 0) * 1000)),
    bytes: positive(size),
    purpose,
  };
};

const CAPTIONS = [
  { member: 'srt', format: 'srt', mediaType: 'application/x-subrip' },
  { member: 'webvtt', format: 'vtt', mediaType: 'text/vtt' },
] as const;

function captionsOf({ closed_caption_urls: urls }: Stated) {
  return CAPTIONS.flatMap(({ member, format, mediaType }) => {
    const url = urls?.[member] ?? '';
    return /^https?:/iu.test(url) && URL.canParse(url)
      ? { fileId: `captions-${format}`, format, mediaType, url }
      : [];
  });
}

/** Best first: the picture as it is, then one of a stated size. */
function picturesOf({ image, thumbnail, thumb_width, thumb_height }: Stated) {
  return [image, thumbnail && { width: thumb_width, height: thumb_height, ...known(thumbnail) }]
    .filter((one) => one !== null)
    .map(({ url, width, height }) => ({ url, width: positive(width), height: positive(height) }));
}
const known = ({ url, width, height }: z.infer<typeof picture>) => ({
  url,
  ...(width === null ? {} : { width }),
  ...(height === null ? {} : { height }),
});

/** The description, which stays whole, and the shots and restrictions that it has. */
function textsOf({ description, short_description }: Stated, durationMs: number | null) {
  const descriptionText = clean(description ?? short_description ?? '')
    .replaceAll(/\r\n?/gu, '\n')
    .replaceAll(/\n{3,}/gu, '\n\n');
  const listed = shotlistIn([descriptionText], { durationMs });
  const rights = listed.restrictions.length > 0 ? ('stated' as const) : ('general' as const);
  return { descriptionText, script: null, ...listed, rights };
}

function creditsOf({ credit: people, unit_name: unit }: Stated): string[] {
  const names = people.map(({ rank, name }) => clean(`${rank ?? ''} ${name}`));
  return [...new Set([...names, clean(unit ?? ''), 'DVIDS'])].filter((name) => name !== '');
}

/** Its files with their addresses as they were stated, which may hold the key that asked for them. */
function publishedFiles(stated: Stated): PublishedFile[] {
  const [poster] = picturesOf(stated);
  return [
    ...filesOf(stated).map((one) => ({
      fileId: mediaFileId(one),
      url: one.file.src,
      mediaType: one.file.type,
      bytes: positive(one.file.size),
      hash: null,
    })),
    ...captionsOf(stated).map(({ fileId, url, mediaType }) => ({
      fileId,
      url,
      mediaType,
      bytes: null,
      hash: null,
    })),
    ...(poster
      ? [{ fileId: PICTURE, url: poster.url, mediaType: null, bytes: null, hash: null }]
      : []),
  ];
}
const PICTURE = 'picture';

export type MappedAsset = {
  /** Its stamp is of what is shown, whatever its language and its time of change. */
  change: Extract<AssetChange, { op: 'upsert' }>;
  stamp: string;
  files: readonly PublishedFile[];
  unitName: string | null;
  keywords: readonly string[];
};

/**
 * An asset as DVIDS answers for it, and nothing of a search: what those have besides would make a
 * version of its own. Pure.
 *
 * @param context.id of what was asked for
 * @returns null for what doesn’t fit
 */
export function mapAsset(
  json: unknown,
  {
    source,
    id,
    nowMs,
    language,
  }: { source: SourceId; id: string; nowMs: number; language: 'en' | 'fr' },
): MappedAsset | null {
  const stated = asset.safeParse(json).data;
  const type = typeOf(id);
  const publishedMs = stated ? publishedOf(stated) : null;
  if (!stated || stated.id !== id || type === null || publishedMs === null) return null;
  const { title, timestamp, aspect_ratio: aspect, virin, unit_name: unitName } = stated;
  const files = filesOf(stated);
  const purposes = purposesOf(files);
  const media = files.map((one, at) => offeredOf(stated, one, purposes[at] ?? null));
  const smallest = files.findLast(
    ({ file: { src, type: mediaType } }) =>
      containerOf({ type: mediaType, url: src }) === 'mp4' && storable({ url: src }),
  )?.file;
  const pictures = picturesOf(stated);
  const country = countryOf(stated);
  const published = publishedFiles(stated);
  const place = placeOf(stated);
  const identifier = clean(virin ?? '');
  const durationMs = durationOf(positive((stated.duration ?? 0) * 1000));
  const mapped: AssetDetail = assetOf(
    {
      id: assetIdOf(source, id),
      type,
      headline: clean(title),
      ...textsOf(stated, durationMs),
      ...datesOf(publishedMs, timestamp, nowMs),
      durationMs,
      aspect: /^\d{1,3}:\d{1,3}$/u.test(aspect ?? '') ? aspect : null,
      thumbnails: pictures.filter(storable),
      stills: pictures
        .filter(storable)
        .flatMap(({ url, width, height }) =>
          width === null || height === null ? [] : { url, width, height },
        ),
      topics: [...new Set([clean(stated.category ?? ''), ...keywordsOf(stated)])]
        .filter((topic) => topic !== '')
        .slice(0, 50)
        .map((topic) => shortened(topic, 120)),
      subjects: identifier === '' ? [] : [{ scheme: 'virin', code: identifier, name: identifier }],
      countries: country === null ? [] : [country],
      location: place === '' ? null : place,
      dateline: place,
      integrity: files.length === 0 ? 'none' : 'recorded',
      credits: creditsOf(stated),
      source: 'DVIDS',
      usageTerms: termsOfUnit(unitName, 'en'),
      captions: captionsOf(stated).map(({ fileId, format }) => ({
        fileId,
        format,
        language: 'und',
        kind: 'captions' as const,
      })),
      preview: smallest
        ? { url: smallest.src, mediaType: 'video/mp4', bytes: positive(smallest.size) }
        : null,
      sourceUrl: pageOf([stated.url]),
      files: storedFiles(published),
    },
    media,
    pictures.length === 0 ? [] : [PICTURE],
  );
  const change = changeOf(mapped, [publishedMs]);
  if (change?.op !== 'upsert' || change.stamp === undefined) return null;
  // In the language of the reader, which makes no version of its own.
  const shown = { ...mapped, usageTerms: termsOfUnit(unitName, language) };
  return {
    change: { ...change, asset: shown, detail: shown },
    stamp: change.stamp,
    files: published,
    unitName,
    keywords: keywordsOf(stated),
  };
}
