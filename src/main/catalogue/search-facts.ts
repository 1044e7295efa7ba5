/*
 * What is only known of an asset in order to find, filter and sort it.
 */

import type { SetField } from '../../shared/api/query/fields.ts';
import { foldText } from '../../shared/api/text.ts';
import { videoFormatOf } from '../../shared/api/video-format.ts';
import type { AssetDetail, AssetSummary } from './asset.ts';

/** What a facet counts, but for the source, whose name is the library's. */
export type FacetValue = [field: Exclude<SetField, 'source'>, value: string];

/** What belongs to an asset, from what is stored whole of it. */
function partsOf(detail: AssetDetail): string[] {
  const has: [string, boolean][] = [
    ['soundbite', detail.soundbites.length > 0],
    ['shotlist', detail.shotlist.length > 0],
    ['script', detail.script !== null],
    ['stills', detail.stills.length > 0],
    ['preview', detail.preview !== null],
  ];
  return has.filter(([, holds]) => holds).map(([part]) => part);
}

const isBRoll = (headline: string): boolean => /\bb-?roll\b/iu.test(headline);

/**
 * Facet values of an asset.
 *
 * @param detail what is stored whole of it, of which sources that say less in their lists are read
 */
export function facetValues(asset: AssetSummary, detail: AssetDetail | null): FacetValue[] {
  const kinds = [
    ...asset.restrictions.map(({ kind }) => kind as string),
    ...(asset.embargoUntil === null ? [] : ['embargo']),
  ];
  const genre = asset.genre ?? (isBRoll(asset.headline) ? 'b-roll' : undefined);
  const lists: Record<Exclude<SetField, 'source'>, readonly string[]> = {
    topic: asset.topics,
    country: asset.countries,
    type: [asset.type, ...(genre === undefined ? [] : [genre])],
    format: [
      ...asset.formats,
      ...(asset.videoFormats ??
        detail?.renditions.flatMap((one) => videoFormatOf(one) ?? []) ??
        []),
    ],
    rate: asset.frameRates,
    language: asset.languages,
    // Nothing stated is not the same as nothing restricted.
    rights: kinds.length === 0 && asset.rights === 'stated' ? ['none'] : kinds,
    has: [
      ...(asset.parts ?? (detail ? partsOf(detail) : [])),
      ...(asset.hasCaptions ? ['captions'] : []),
    ],
  };
  return Object.entries(lists).flatMap(([field, values]) =>
    Array.from(new Set(values), (value): FacetValue => [field as FacetValue[0], value]),
  );
}

/** Who is heard or named. */
export const peopleOf = (asset: AssetSummary, detail: AssetDetail | null): string =>
  [...new Set([...asset.people, ...(detail?.soundbites.map(({ speaker }) => speaker) ?? [])])].join(
    '\n',
  );

/** A map: a source may call a format what every object has a member for. */
const FORMAT_RANKS: ReadonlyMap<string, number> = new Map([
  ['uhd', 3],
  ['hd', 2],
  ['sd', 1],
]);

/** By what the columns of the table are sorted. */
export type SortKeys = {
  title: string;
  place: string;
  languages: string;
  /** By the size of the picture; 0 without one. */
  format: number;
  /** Of the largest package; null if no size is known. */
  bytes: number | null;
};
export function sortKeysOf(asset: AssetSummary): SortKeys {
  const sizes = asset.packageSizes.flatMap(({ bytes }) => bytes ?? []);
  return {
    title: foldText(asset.headline),
    place: foldText(asset.location ?? ''),
    languages: asset.languages.join(' '),
    format: Math.max(0, ...asset.formats.map((format) => FORMAT_RANKS.get(format) ?? 0)),
    bytes: sizes.length === 0 ? null : Math.max(...sizes),
  };
}
