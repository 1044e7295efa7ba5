import type * as z from 'zod';
import { assetSummary, type AssetSummary } from '../../../../shared/api/catalogue.ts';
import { unavailableBecause, type Unavailable } from '../../../../shared/api/unavailable.ts';
import type { AssetRights, AssetRow } from '../../../catalogue/ports.ts';

/** What is kept of a summary: all but what is only searched. */
export const keptSummary = assetSummary.omit({ searchText: true });
export type KeptSummary = z.infer<typeof keptSummary>;

const ms = (time: string | null): number | null => (time === null ? null : Date.parse(time));

/**
 * One badge of the service's covers all three, and what expires is told by the clock alone.
 * @param withdrawn the last change said so
 */
export function unavailableOf(
  { pubStatus, expiresAt, badges }: KeptSummary,
  withdrawn: boolean,
  nowMs: number,
): Unavailable | null {
  const status = pubStatus ?? 'usable';
  const known = unavailableBecause(
    {
      pubStatus: withdrawn && status === 'usable' ? 'canceled' : status,
      expiresAtMs: ms(expiresAt),
    },
    nowMs,
  );
  if (known !== null || !badges.includes('withdrawn')) return known;
  // Of a service that does not say which it is, or whose clock is ahead of ours.
  return pubStatus === undefined ? 'withdrawn' : 'expired';
}

/**
 * A summary of the service as a card shows it. What depends on time is worked out now: an embargo
 * that has lifted shows no badge.
 */
export function toRow(wire: KeptSummary, withdrawn: boolean, nowMs: number): AssetRow {
  const embargoUntil = ms(wire.embargoUntil);
  const unavailable = unavailableOf(wire, withdrawn, nowMs);
  const badges: AssetRow['badges'] = unavailable === null ? [] : [unavailable];
  if (embargoUntil !== null && embargoUntil > nowMs) badges.push('embargoed');
  if (wire.restrictions.length > 0) badges.push('restricted');
  if (wire.badges.includes('updated')) badges.push('updated');
  return {
    id: wire.id,
    rev: wire.rev,
    slug: wire.slug,
    headline: wire.headline,
    description: wire.descriptionShort,
    publishedAt: Date.parse(wire.publishedAt),
    updatedAt: Date.parse(wire.updatedAt),
    durationMs: wire.durationMs,
    location: wire.location ?? '',
    countries: wire.countries,
    languages: wire.languages,
    topics: wire.topics,
    formats: wire.formats,
    frameRates: wire.frameRates,
    restrictions: wire.restrictions,
    embargoUntil,
    expiresAt: ms(wire.expiresAt),
    badges,
    packages: unavailable === null ? wire.packageSizes : [],
  };
}

/** What rights there are to an asset now, without the rest of its row. */
export function rightsOf(wire: KeptSummary, withdrawn: boolean, nowMs: number): AssetRights {
  const [embargoUntil, expiresAt] = [ms(wire.embargoUntil), ms(wire.expiresAt)];
  return {
    assetId: wire.id,
    unavailable: unavailableOf(wire, withdrawn, nowMs),
    embargoUntil: embargoUntil !== null && embargoUntil > nowMs ? embargoUntil : null,
    expiresAt,
    packages: wire.packageSizes.map(({ packageId, rev = null }) => ({ packageId, rev })),
  };
}

/** Facet values of an asset, as pairs of name and value. */
export function facetValues(wire: AssetSummary): [string, string][] {
  const kinds = [
    ...wire.restrictions.map(({ kind }) => kind as string),
    ...(wire.embargoUntil === null ? [] : ['embargo']),
  ];
  const lists: Record<string, string[]> = {
    topic: wire.topics,
    country: wire.countries,
    type: [wire.type],
    format: wire.formats,
    frameRate: wire.frameRates,
    language: wire.languages,
    restriction: kinds.length === 0 ? ['none'] : kinds,
  };
  return Object.entries(lists).flatMap(([facet, values]) =>
    Array.from(new Set(values), (value): [string, string] => [facet, value]),
  );
}
