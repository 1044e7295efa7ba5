import type { Ninjs } from '../ninjs.ts';
import { oneLine } from '../text.ts';

const SCHEMA = 'http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json';
export const NINJS_STANDARD: Ninjs['standard'] = {
  name: 'ninjs',
  version: '3.1',
  schema: SCHEMA,
};
const TYPES = { video: 'video', audio: 'audio', image: 'picture' } as const;

/** An asset of any source. What its source doesn't say is null or empty, and isn't written. */
export type NinjsAsset = {
  id: string;
  /** Null in a file that stays the same while what it says does. */
  rev: number | null;
  type: keyof typeof TYPES;
  slug: string;
  headline: string;
  descriptionText: string;
  /** RFC 3339; null where a file must not depend on them, or they aren't stated. */
  publishedAt: string | null;
  updatedAt: string | null;
  embargoUntil: string | null;
  expiresAt: string | null;
  pubStatus: Ninjs['pubStatus'];
  statusNote: string | null;
  script: { html: string; wordCount: number; language: string } | null;
  /** Of its texts, where there is no script to say it. */
  language?: string;
  credits: readonly string[];
  source: string;
  dateline: string;
  place: Placed | null;
  people: readonly string[];
  subjects: readonly { scheme: string; code: string; name: string }[];
  copyrightNotice: string;
  usageTerms: string;
  restrictions: readonly { note: string }[];
  packages: readonly { id: string }[];
  relatedArticleIds: readonly string[];
};
type Placed = { name: string; lat: number | null; lon: number | null };

export const urnOf = (...ids: string[]): string =>
  `urn:multimedia:${ids.map((id) => encodeURIComponent(id.toWellFormed())).join(':')}`;
/** URI of a concept: below the scheme if that is an address, otherwise a URN. */
const conceptOf = (scheme: string, code: string): string =>
  /^https?:/.test(scheme)
    ? `${scheme}${encodeURIComponent(code.toWellFormed())}`
    : urnOf(scheme, code);
export const plainWords = (role: string, value: string) => ({
  role,
  contentType: 'text/plain',
  value,
});
export const htmlWords = (role: string, value: string, wordCount: number) => ({
  role,
  contentType: 'text/html',
  value,
  wordCount,
});
/** Members that are null or undefined are left out. */
export const present = <T extends object>(members: {
  [K in keyof T]: T[K] | null | undefined;
}): Partial<T> =>
  Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== null && value !== undefined),
  ) as Partial<T>;

const placeOf = ({ name, lat, lon }: Placed): Ninjs['places'][number] =>
  // GeoJSON positions start with the longitude (RFC 7946 §3.1.1).
  lat === null || lon === null
    ? { name }
    : { name, geoJSON: { type: 'Point', coordinates: [lon, lat] } };

const restrictionNote = ({ restrictions, statusNote }: NinjsAsset): string =>
  [...(statusNote === null ? [] : [statusNote]), ...restrictions.map(({ note }) => note)].join(
    '\n',
  );

/**
 * An asset as a newsroom system reads it, IPTC ninjs 3.1. The service answers with it, and it is a
 * file of packages.
 *
 * @param renditions what anybody may fetch; none in a package, which has the files themselves
 */
export function ninjsOfAsset(asset: NinjsAsset, renditions: Ninjs['renditions']): Ninjs {
  const note = restrictionNote(asset);
  const { language } = asset.script ?? asset;
  return {
    uri: urnOf(asset.id),
    standard: NINJS_STANDARD,
    type: TYPES[asset.type],
    pubStatus: asset.pubStatus,
    ...present({
      version: asset.rev === null ? null : String(asset.rev),
      firstCreated: asset.publishedAt,
      versionCreated: asset.updatedAt,
      embargoedUntil: asset.embargoUntil,
      expires: asset.expiresAt,
      language: language === 'und' ? null : language,
      edNote: note === '' ? null : note,
      by: asset.credits.length === 0 ? null : asset.credits.join(', '),
    }),
    copyrightNotice: asset.copyrightNotice,
    usageTerms: asset.usageTerms,
    headlines: [plainWords('main', asset.headline)],
    descriptions: [plainWords('summary', asset.descriptionText)],
    bodies: asset.script ? [htmlWords('script', asset.script.html, asset.script.wordCount)] : [],
    slugline: asset.slug,
    located: asset.dateline,
    infoSources: asset.source === '' ? [] : [{ name: asset.source }],
    people: asset.people.map((name) => ({ name })),
    places: asset.place ? [placeOf(asset.place)] : [],
    subjects: asset.subjects.map(({ scheme, code, name }) => ({
      uri: conceptOf(scheme, code),
      name,
    })),
    renditions,
    associations: asset.relatedArticleIds.map((id) => ({
      name: 'related',
      uri: urnOf(id),
      type: 'text',
    })),
    altIds: asset.packages.map(({ id }) => ({ role: 'package', value: id })),
  };
}

/** The same as a file of a package: texts of one line are one line. */
export function ninjsText(asset: NinjsAsset): string {
  const { headline, slug, dateline, source, people, credits } = asset;
  const lines = {
    headline: oneLine(headline),
    slug: oneLine(slug),
    dateline: oneLine(dateline),
    source: oneLine(source),
    people: people.map(oneLine),
    credits: credits.map(oneLine),
  };
  return `${JSON.stringify(ninjsOfAsset({ ...asset, ...lines }, []), null, 2)}\n`;
}
