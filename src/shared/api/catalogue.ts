import * as z from 'zod';
import {
  bytes,
  changesPage,
  country,
  id,
  language,
  publicUrl,
  pubStatus,
  rev,
  thumbnail,
  time,
  timecode,
} from './common.ts';
import { RESTRICTION_KINDS } from './rights.ts';

export const assetType = z.enum(['video', 'audio', 'image']);
export type AssetType = z.infer<typeof assetType>;
export const restriction = z
  .object({
    id,
    kind: z.enum(RESTRICTION_KINDS),
    mode: z.enum(['allow', 'deny']),
    values: z.array(z.string()),
    note: z.string(),
    /** Numbers of the shots it is confined to, ascending. Absent: the whole asset. */
    shots: z.array(z.int().positive()).optional(),
  })
  .meta({ id: 'Restriction' });
export type Restriction = z.infer<typeof restriction>;
export const badge = z.enum(['embargoed', 'restricted', 'updated', 'withdrawn']);
export type Badge = z.infer<typeof badge>;

export const packagePurpose = z.enum(['broadcast', 'web', 'preview']);
export type PackagePurpose = z.infer<typeof packagePurpose>;

const scan = z.enum(['progressive', 'interlaced-tff', 'interlaced-bff']);

const summaryShape = {
  id,
  rev,
  type: assetType,
  slug: z.string(),
  headline: z.string(),
  /** Headlines in its other languages. Missing from earlier services. */
  otherHeadlines: z.array(z.string()).optional(),
  descriptionShort: z.string(),
  publishedAt: time,
  updatedAt: time,
  /** 0 for stills. */
  durationMs: z.int().nonnegative(),
  thumbnails: z.array(thumbnail),
  topics: z.array(z.string()),
  countries: z.array(country),
  languages: z.array(language),
  /** `uhd`, `hd`, `sd`, `audio`, `still`. */
  formats: z.array(z.string()),
  /** Lines, scan and rate of its renditions, as in `1080i50`. Missing from earlier services. */
  videoFormats: z.array(z.string()).optional(),
  /** As a fraction: `25/1`, `30000/1001`. */
  frameRates: z.array(z.string()),
  aspect: z.string().nullable(),
  /** Place name. */
  location: z.string().nullable(),
  people: z.array(z.string()),
  restrictions: z.array(restriction),
  /** Numbers of all its shots, to some of which restrictions may be confined. Missing from earlier services. */
  shotNumbers: z.array(z.int().positive()).optional(),
  embargoUntil: time.nullable(),
  expiresAt: time.nullable(),
  hasCaptions: z.boolean(),
  /** How a film was made. Missing from earlier services, and where it isn't known. */
  genre: z.enum(['edited', 'b-roll', 'soundbites']).optional(),
  /** What belongs to it beside captions. Missing from earlier services. */
  parts: z.array(z.enum(['soundbite', 'shotlist', 'script', 'stills', 'preview'])).optional(),
  /** Plain text of synopsis, script and shotlist, at most 4 kB of UTF-8. */
  searchText: z.string(),
  badges: z.array(badge),
  /**
   * Distinguishes the states that the badge `withdrawn` covers: `canceled` is withdrawn, `withheld`
   * is on hold, `usable` is past `expiresAt`. Missing from earlier services.
   */
  pubStatus: pubStatus.optional(),
  packageSizes: z.array(
    z.object({
      packageId: id,
      /** Missing from earlier services. */ rev: rev.optional(),
      label: z.string(),
      purpose: packagePurpose,
      bytes,
      /** Of the film in it; null where it isn't known. Missing from earlier services. */
      rendition: z
        .object({
          container: z.string().nullable(),
          videoCodec: z.string().nullable(),
          width: z.int().nonnegative().nullable(),
          height: z.int().nonnegative().nullable(),
          frameRate: z.string().nullable(),
          scan: scan.nullable(),
        })
        .optional(),
    }),
  ),
};
export const assetSummary = z.object(summaryShape).meta({ id: 'AssetSummary' });
export type AssetSummary = z.infer<typeof assetSummary>;

export const shot = z
  .object({
    n: z.int().positive(),
    in: timecode,
    out: timecode,
    /** Offset from the start of the media. */
    startMs: z.int().nonnegative(),
    durationMs: z.int().nonnegative(),
    text: z.string(),
    location: z.string().optional(),
    /** `wide`, `close`, `aerial`, `interview`, … */
    type: z.string().optional(),
    language: language.optional(),
    speaker: z.string().optional(),
    quote: z.string().optional(),
    restrictionIds: z.array(id),
  })
  .meta({ id: 'Shot' });
export type Shot = z.infer<typeof shot>;
export const soundbite = z
  .object({
    speaker: z.string(),
    role: z.string(),
    language,
    in: timecode,
    out: timecode,
    startMs: z.int().nonnegative(),
    verbatim: z.string(),
    translation: z.string().nullable(),
  })
  .meta({ id: 'Soundbite' });
export type Soundbite = z.infer<typeof soundbite>;
export const captions = z.object({
  fileId: id,
  language,
  kind: z.enum(['subtitles', 'captions']),
  format: z.string(),
});
export const rendition = z
  .object({
    id,
    name: z.string(),
    container: z.string(),
    videoCodec: z.string().nullable(),
    width: z.int().nonnegative(),
    height: z.int().nonnegative(),
    frameRate: z.string().nullable(),
    scan: scan.nullable(),
    aspect: z.string().nullable(),
    audio: z.array(
      z.object({
        codec: z.string(),
        channels: z.int().positive(),
        language: language.nullable(),
        role: z.string(),
      }),
    ),
    /** Bits per second of all streams. */
    bitrate: z.int().nonnegative(),
    durationMs: z.int().nonnegative(),
    timecodeStart: timecode.nullable(),
    dropFrame: z.boolean(),
    hdr: z.string().optional(),
    /** Bits per sample of the picture. Missing where it isn't stated. */
    bitDepth: z.int().positive().optional(),
    bytes,
  })
  .meta({ id: 'Rendition' });
export type Rendition = z.infer<typeof rendition>;

export const componentRole = z.enum([
  'video',
  'audio',
  'script',
  'shotlist',
  'captions',
  'thumbnail',
  'metadata',
  'licence',
]);
export type ComponentRole = z.infer<typeof componentRole>;
export const assetPackage = z
  .object({
    id,
    rev,
    label: z.string(),
    purpose: packagePurpose,
    renditionId: id.nullable(),
    /** What isn't required here is missing from earlier services, and is in the manifest. */
    components: z.array(
      z.object({
        role: componentRole,
        fileId: id,
        required: z.boolean(),
        /** As in the manifest. */
        path: z.string().min(1).max(180).optional(),
        mediaType: z.string().optional(),
        language: language.optional(),
        bytes: bytes.optional(),
      }),
    ),
    bytes,
    fileCount: z.int().nonnegative(),
  })
  .meta({ id: 'AssetPackage' });
export type AssetPackage = z.infer<typeof assetPackage>;

/** A low-resolution H.264 proxy, public. */
export const preview = z.object({ url: publicUrl, mediaType: z.string(), bytes });

export const assetDetail = z
  .object({
    ...summaryShape,
    pubStatus,
    /** Why it is withheld or canceled; null while usable. */
    statusNote: z.string().nullable(),
    descriptionHtml: z.string(),
    descriptionText: z.string(),
    credits: z.array(z.string()),
    source: z.string(),
    dateline: z.string(),
    place: z
      .object({ name: z.string(), lat: z.number().nullable(), lon: z.number().nullable() })
      .nullable(),
    /** `scheme` is a vocabulary's name or the URI prefix of its concepts. */
    subjects: z.array(z.object({ scheme: z.string(), code: z.string(), name: z.string() })),
    usageTerms: z.string(),
    copyrightNotice: z.string(),
    shotlist: z.array(shot),
    /** In the requested language, else in English. */
    script: z
      .object({ html: z.string(), text: z.string(), wordCount: z.int().nonnegative(), language })
      .nullable(),
    soundbites: z.array(soundbite),
    captions: z.array(captions),
    renditions: z.array(rendition),
    packages: z.array(assetPackage),
    preview: preview.nullable(),
    stills: z.array(thumbnail),
    frameRate: z.string().nullable(),
    timecodeStart: timecode.nullable(),
    relatedAssetIds: z.array(id),
    relatedArticleIds: z.array(id),
    history: z.array(
      z.object({
        rev,
        at: time,
        note: z.string(),
        /** Packages that this revision of the asset brought a new version of, which count by themselves. */
        packages: z.array(z.object({ packageId: id, rev })).optional(),
      }),
    ),
  })
  .meta({ id: 'AssetDetail' });
export type AssetDetail = z.infer<typeof assetDetail>;

export const assetChange = z
  .discriminatedUnion('op', [
    z.object({ op: z.literal('upsert'), id, rev, at: time, asset: assetSummary }),
    z.object({ op: z.literal('withdraw'), id, rev, at: time, asset: assetSummary.optional() }),
    z.object({ op: z.literal('delete'), id, rev, at: time }),
  ])
  .meta({ id: 'AssetChange' });
export type AssetChange = z.infer<typeof assetChange>;
export const assetChanges = changesPage(assetChange).meta({ id: 'AssetChanges' });
export type AssetChanges = z.infer<typeof assetChanges>;

const strings = z.array(z.string().min(1).max(120)).max(50).optional();
/** Filters: values of one are ORed, different filters ANDed. */
const filters = {
  q: z
    .string()
    .max(1000)
    .optional()
    .describe(
      'Words, "phrases", -excluded, OR, and fields such as country:NL type:b-roll duration:<60',
    ),
  lang: strings,
  topic: strings,
  country: strings,
  location: strings,
  person: strings,
  type: strings,
  format: strings,
  frameRate: strings,
  aspect: strings,
  durationMin: z.coerce.number().int().min(0).optional().describe('Milliseconds'),
  durationMax: z.coerce.number().int().min(0).optional().describe('Milliseconds'),
  publishedFrom: time.optional(),
  publishedTo: time.optional(),
  restriction: z.enum(['none', 'any']).optional(),
  hasCaptions: z.stringbool().optional(),
};
export const facetQuery = z.strictObject(filters);
export type FacetQuery = z.infer<typeof facetQuery>;
export const assetQuery = z.strictObject({
  ...filters,
  sort: z.enum(['newest', 'relevance', 'duration']).default('newest'),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().max(512).optional(),
  facets: z.stringbool().default(false),
});
export type AssetQuery = z.infer<typeof assetQuery>;

export const FACETS = [
  'topic',
  'country',
  'location',
  'person',
  'type',
  'format',
  'frameRate',
  'aspect',
  'lang',
  'restriction',
] as const;
export type FacetName = (typeof FACETS)[number];
export const facets = z.record(
  z.string(),
  z.array(z.object({ value: z.string(), label: z.string(), count: z.int().nonnegative() })),
);
export type Facets = z.infer<typeof facets>;
export const facetsAnswer = z.object({ facets });
export const assetPage = z
  .object({
    items: z.array(assetSummary),
    nextCursor: z.string().nullable(),
    totalApprox: z.int().nonnegative(),
    facets: facets.optional(),
  })
  .meta({ id: 'AssetPage' });
export type AssetPage = z.infer<typeof assetPage>;
