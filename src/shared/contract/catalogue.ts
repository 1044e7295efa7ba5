import * as z from 'zod';
import { command, push } from './define.ts';
import { REASON_KINDS, RESTRICTION_KINDS, RIGHTS_BADGES } from '../api/rights.ts';
import { PURPOSES } from '../model/house-format.ts';
import { SORTS } from '../model/sorts.ts';
import { bytes, id, instant, range, rev } from './common.ts';
import { renditionFacts } from './house-format.ts';

export const badge = z.enum([...RIGHTS_BADGES, 'updated', 'here']);
export const purpose = z.enum(PURPOSES);
export const restriction = z.object({
  id: z.string(),
  kind: z.enum(RESTRICTION_KINDS),
  mode: z.enum(['allow', 'deny']),
  values: z.array(z.string()),
  note: z.string(),
  /** Numbers of the shots it is confined to; absent for the whole asset. */
  shots: z.array(z.number().int()).optional(),
});

/**
 * What somebody has read and confirmed: the words as they were shown, and what they were made from,
 * which is compared with the catalogue. An embargo has no rule; its id has the time.
 */
export const shownWords = z.strictObject({
  /** Id to acknowledge. */
  id: z.string(),
  text: z.string().min(1).max(100_000),
  rule: restriction.pick({ kind: true, mode: true, values: true, note: true }).nullable(),
});

/** What may be done with an asset: see `evaluateRights`. */
export const rightsVerdict = z.object({
  decision: z.enum(['allow', 'ask', 'forbid']),
  reasons: z.array(
    z.object({
      effect: z.enum(['forbid', 'ask', 'note']),
      kind: z.enum(REASON_KINDS),
      restrictionId: z.string().nullable(),
      untilMs: instant.nullable(),
      shots: z.array(z.number().int()).readonly(),
      barred: z.array(z.string()).readonly(),
      acknowledge: z.string().nullable(),
    }),
  ),
});

/**
 * What vouches for the files of an asset: `signed` by the source's manifests, `published` hashes of
 * its own, `recorded` by this computer at the first download; `none` has no file.
 */
export const INTEGRITIES = ['signed', 'published', 'recorded', 'none'] as const;
/** `stated` per asset as data, only as `general` terms of the source, or `unknown`. */
export const RIGHTS_STATEMENTS = ['stated', 'general', 'unknown'] as const;

/** One card or table row. Pictures: `media/thumb/<id>` under the media base. */
export const assetSummary = z.object({
  id,
  /** Id of its source: an address, of any length, or a short name. */
  source: z.string(),
  rev,
  slug: z.string(),
  headline: z.string(),
  description: z.string(),
  publishedAt: instant,
  /** False where the source gives no date, and `publishedAt` is when it was first seen here. */
  isDateStated: z.boolean(),
  updatedAt: instant,
  /** Null if the source doesn't say; 0 for stills. */
  durationMs: z.number().nullable(),
  location: z.string(),
  countries: z.array(z.string()),
  languages: z.array(z.string()),
  topics: z.array(z.string()),
  formats: z.array(z.string()),
  frameRates: z.array(z.string()),
  restrictions: z.array(restriction),
  embargoUntil: instant.nullable(),
  expiresAt: instant.nullable(),
  integrity: z.enum(INTEGRITIES),
  rights: z.enum(RIGHTS_STATEMENTS),
  /** Since when the source no longer lists it, which does not withdraw it. */
  unlistedAt: instant.nullable(),
  /** Whether this newsroom may download it now. */
  verdict: rightsVerdict,
  badges: z.array(badge),
  packages: z.array(
    z.object({
      packageId: id,
      label: z.string(),
      purpose,
      bytes: bytes.nullable(),
      /** Absent where nothing is stated. */
      rendition: renditionFacts.optional(),
    }),
  ),
});

const shot = z.object({
  n: z.number().int(),
  /** Timecodes and times are null where the source gives none. */
  in: z.string().nullable(),
  out: z.string().nullable(),
  startMs: z.number().nullable(),
  durationMs: z.number().nullable(),
  text: z.string(),
  location: z.string().optional(),
  type: z.string().optional(),
  language: z.string().optional(),
  speaker: z.string().optional(),
  quote: z.string().optional(),
  restrictionIds: z.array(z.string()),
});
const rendition = z.object({
  id: z.string(),
  name: z.string(),
  container: z.string(),
  videoCodec: z.string().nullable(),
  width: z.number().nullable(),
  height: z.number().nullable(),
  frameRate: z.string().nullable(),
  scan: z.string().nullable(),
  bitrate: z.number().nullable(),
  bytes: bytes.nullable(),
  timecodeStart: z.string().nullable(),
  /** Bits per sample of the picture. */
  bitDepth: z.number().int().optional(),
  audio: z.array(
    z.object({
      codec: z.string(),
      channels: z.number(),
      language: z.string().nullable(),
      role: z.string().nullable(),
    }),
  ),
});

export const assetDetail = assetSummary.extend({
  descriptionText: z.string(),
  dateline: z.string(),
  credits: z.array(z.string()),
  /** Who made it, in the words of the source. */
  madeBy: z.string(),
  /** The asset's page at its source. */
  sourceUrl: z.string().nullable(),
  /** By which its publisher knows it, such as a VIRIN. */
  identifiers: z.array(z.object({ name: z.string(), value: z.string() })),
  usageTerms: z.string(),
  copyrightNotice: z.string(),
  /** `usable`, or why it cannot be downloaded. */
  pubStatus: z.enum(['usable', 'withheld', 'canceled']),
  statusNote: z.string().nullable(),
  /** HTML of the script; sanitised again where it is shown. */
  scriptHtml: z.string(),
  scriptText: z.string(),
  shotlist: z.array(shot),
  soundbites: z.array(
    z.object({
      speaker: z.string(),
      role: z.string(),
      /** `und` where the source doesn't say. */
      language: z.string(),
      in: z.string().nullable(),
      out: z.string().nullable(),
      startMs: z.number().nullable(),
      verbatim: z.string(),
      translation: z.string().nullable(),
    }),
  ),
  captions: z.array(
    z.object({ fileId: z.string(), language: z.string(), kind: z.string(), format: z.string() }),
  ),
  renditions: z.array(rendition),
  packageContents: z.array(
    z.object({
      packageId: id,
      rev,
      label: z.string(),
      purpose,
      /** Null if one of its files has an unknown size. */
      bytes: bytes.nullable(),
      fileCount: z.number().int(),
      rendition: renditionFacts.optional(),
      /** Its files. */
      components: z.array(
        z.object({
          role: z.string(),
          fileId: z.string(),
          required: z.boolean(),
          /** In the package's folder; null where an earlier service doesn't say. */
          path: z.string().nullable(),
          mediaType: z.string().nullable(),
          language: z.string().nullable(),
          /** A hint, unless its source signs. */
          bytes: bytes.nullable(),
          /** Written by this program when the package is put together. */
          isMade: z.boolean(),
          /** It can be read by `catalogue.file-text`. */
          isText: z.boolean(),
        }),
      ),
    }),
  ),
  history: z.array(z.object({ rev, at: instant, note: z.string() })),
  relatedAssets: z.array(assetSummary),
  relatedArticles: z.array(z.object({ id, headline: z.string() })),
  /** A preview can be played at `media/proxy/<id>` under the media base. */
  hasPreview: z.boolean(),
  timecodeStart: z.string(),
  frameRate: z.string(),
});

/** `text` is in the query language (src/shared/api/query). */
export const catalogueQuery = z.strictObject({
  text: z.string().max(1000),
  sort: z.enum(SORTS),
});
/** A saved search. Dates in its text such as `today` are those of the day on which it is run. */
export const savedSearch = z.strictObject({
  id,
  name: z.string().trim().min(1).max(200),
  ...catalogueQuery.shape,
  /** When it was last looked at; what has come since is new. Null for never. */
  seenAt: instant.nullable().default(null),
});
export const MAX_SAVED_SEARCHES = 200;

const facetCounts = z.record(
  z.string(),
  z.array(z.object({ value: z.string(), label: z.string(), count: z.number().int() })),
);

/** `size` as in a rule of a house format: width and lines. */
export const renditionValues = z.object({
  container: z.array(z.string()),
  codec: z.array(z.string()),
  size: z.array(z.string()),
  frameRate: z.array(z.number()),
});

/** State of the local library and its last sync. */
export const libraryState = z.object({
  rev,
  assets: z.number().int(),
  articles: z.number().int(),
  syncing: z.boolean(),
  syncedAt: instant.nullable(),
  /** Bytes of articles and pictures stored for offline reading. */
  storedBytes: bytes,
});

export const catalogueArea = {
  'library.get': command(z.void(), libraryState),
  'library.changed': push(libraryState),
  /** Syncs catalogue and articles now; resolves when done. */
  'library.sync': command(z.void(), libraryState),
  'catalogue.search': command(
    z.strictObject({ query: catalogueQuery, range }),
    z.object({ total: z.number().int(), items: z.array(assetSummary) }),
  ),
  /**
   * Values of each field with a list of them. Each is counted without its own filter, so that counts
   * show the effect of a choice.
   */
  'catalogue.facets': command(catalogueQuery, facetCounts),
  /** Of each saved search how many there are, and how many came since it was looked at. */
  'catalogue.saved-counts': command(
    z.void(),
    z.array(z.object({ id, total: z.number().int(), fresh: z.number().int() })),
  ),
  /** How many of a query were published in each of these spans, such as the days of a month. */
  'catalogue.published-counts': command(
    z.strictObject({
      text: catalogueQuery.shape.text,
      spans: z.array(z.strictObject({ from: instant, below: instant })).max(62),
    }),
    z.array(z.number().int()),
  ),
  /**
   * What could have been meant by a query that finds nothing; null if nothing like it is there
   * either.
   */
  'catalogue.did-you-mean': command(
    z.strictObject({ text: catalogueQuery.shape.text }),
    z.object({ text: z.string().nullable() }),
  ),
  /** Values that the newest packages have, the most frequent first, for the rules of house formats. */
  'catalogue.rendition-values': command(z.void(), renditionValues),
  /** Ids of the whole result, for "select all": at most 10,000. */
  'catalogue.ids': command(catalogueQuery, z.object({ ids: z.array(id) })),
  /** From the service, else the stored copy, else `offline`. */
  'catalogue.asset': command(z.strictObject({ id }), assetDetail),
  /**
   * A text of a package, as plain text, from the disk if the package is here, else from its source.
   * @param confirmed what was read and confirmed for it, which is recorded
   * @throws the codes of rights, `restriction-unacknowledged` with the ids to confirm; those of
   * account and network; `hash-mismatch`; `not-found`
   */
  'catalogue.file-text': command(
    z.strictObject({
      assetId: id,
      packageId: id,
      fileId: id,
      confirmed: z.array(shownWords).max(200),
    }),
    z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('text'),
        text: z.string(),
        bytes,
        /** `program`: written here. */
        from: z.enum(['disk', 'source', 'program']),
        /** What its hash was compared with. */
        vouched: z.enum(['signed', 'recorded', 'published', 'none']),
      }),
      /** More than is read in place. */
      z.object({ kind: z.literal('too-large'), bytes: bytes.nullable() }),
      z.object({ kind: z.literal('not-text') }),
    ]),
  ),
  /**
   * Shows the file of an asset that is in a folder of this computer, where it is.
   * @throws `not-found` for any other, or if it is no longer there
   */
  'catalogue.reveal': command(z.strictObject({ id }), z.object({ folder: z.string() })),
} as const;
