/*
 * The asset as any source has it: that of our own service, with more that may be unknown.
 */
import * as z from 'zod';
import * as wire from '../../shared/api/catalogue.ts';
import { bytes, thumbnail as wireThumbnail, time, timecode } from '../../shared/api/common.ts';
import { fileHash } from '../../shared/model/recording.ts';
import { INTEGRITIES, RIGHTS_STATEMENTS } from '../../shared/contract/catalogue.ts';

/** Null where a source doesn’t say, which is never guessed. */
const natural = z.int().nonnegative().nullable();

const rendition = wire.rendition.extend({
  width: natural,
  height: natural,
  bitrate: natural,
  durationMs: natural,
  dropFrame: z.boolean().nullable(),
  bytes: bytes.nullable(),
});
const shot = wire.shot.extend({
  in: timecode.nullable(),
  out: timecode.nullable(),
  startMs: natural,
  durationMs: natural,
});
const soundbite = wire.soundbite.extend({
  in: timecode.nullable(),
  out: timecode.nullable(),
  startMs: natural,
});

/** A picture on cards, whose size may be unknown. */
const thumbnail = wireThumbnail.extend({
  width: z.int().positive().nullable(),
  height: z.int().positive().nullable(),
});

const http = z.url({ protocol: /^https?$/u });

/** A file of a source's packages, by the id that their components have. */
const assetFile = z.object({
  fileId: z.string(),
  /**
   * Null where the address may hold a secret: then it is asked for when it is needed. Of a folder it
   * is the path from there, which begins with a slash.
   */
  url: z.union([http, z.string().regex(/^\/(?!\/)/u)]).nullable(),
  mediaType: z.string().nullable(),
  /** A hint. */
  bytes: natural,
  hash: fileHash.nullable(),
});
export type AssetFile = z.infer<typeof assetFile>;

const { packageSizes } = wire.assetSummary.shape;
const differences = {
  thumbnails: z.array(thumbnail),
  durationMs: natural,
  packageSizes: z.array(packageSizes.element.extend({ bytes: bytes.nullable() })),
  // Rows stored before there were other sources are of our own service.
  integrity: z.enum(INTEGRITIES).default('signed'),
  rights: z.enum(RIGHTS_STATEMENTS).default('stated'),
  /** False where the source gives no date, and `publishedAt` is when it was first seen here. */
  isDateStated: z.boolean().default(true),
  /** Since when the source no longer lists it, which does not withdraw it. */
  unlistedAt: time.nullable().default(null),
};
/** A row, without the text that is only indexed. */
export const assetSummary = wire.assetSummary.omit({ searchText: true }).extend(differences);
export type AssetSummary = z.infer<typeof assetSummary>;
/** A row with that text: synopsis, script and shotlist. */
export type IndexedSummary = AssetSummary & { searchText: string };

export const assetDetail = wire.assetDetail.extend({
  ...differences,
  shotlist: z.array(shot),
  soundbites: z.array(soundbite),
  renditions: z.array(rendition),
  packages: z.array(wire.assetPackage.extend({ bytes: bytes.nullable() })),
  preview: wire.preview.extend({ bytes: bytes.nullable() }).nullable(),
  /** The asset's page at the source. */
  sourceUrl: http.nullable().default(null),
  /** Of sources without manifests of their own. */
  files: z.array(assetFile).default([]),
});
export type AssetDetail = z.infer<typeof assetDetail>;

/** Stands for a container that isn't known. */
export const UNKNOWN_CONTAINER = 'bin';
type Rendition = AssetDetail['renditions'][number];
type WithFacts = Pick<AssetSummary['packageSizes'][number], 'rendition'>;

/** What house formats choose by. */
function renditionFacts(rendition: Rendition | undefined): WithFacts {
  if (!rendition) return {};
  const { container, videoCodec, width, height, frameRate, scan } = rendition;
  return {
    rendition: {
      container: container === UNKNOWN_CONTAINER ? null : container,
      videoCodec,
      width,
      height,
      frameRate,
      scan,
    },
  };
}
/** The packages with what is known of their films. */
export const packagesWithFacts = ({
  packages,
  renditions,
}: Pick<AssetDetail, 'packages' | 'renditions'>): (AssetDetail['packages'][number] & WithFacts)[] =>
  packages.map((one) => ({
    ...one,
    ...renditionFacts(renditions.find(({ id }) => id === one.renditionId)),
  }));

/**
 * A version of an asset. A source that numbers its own gives `rev`, and entries that aren't above
 * the local one are ignored. Of others `stamp` is a hash of the content: a new one is counted as the
 * next revision here.
 */
type Version = { rev: number; stamp?: never } | { rev?: never; stamp: string };
type Changed =
  | {
      op: 'upsert';
      asset: IndexedSummary;
      /** Where the list has all that there is about it. */
      detail?: AssetDetail;
    }
  | { op: 'withdraw'; asset?: IndexedSummary | undefined }
  | { op: 'delete' };
/** A change as a source announces it. */
export type AssetChange =
  | ({ id: string } & Version & Changed)
  /** The source lists it no longer, which does not withdraw it; its content is as it was. */
  | { op: 'unlist'; id: string; rev?: never; stamp?: never };
