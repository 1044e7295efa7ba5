import type * as z from 'zod';
import { assetSummary, type AssetSummary } from '../../../shared/api/catalogue.ts';
import type { AssetRow } from '../../catalogue/ports.ts';

/** What is kept of a summary: all but what is only searched. */
export const keptSummary = assetSummary.omit({ searchText: true });
export type KeptSummary = z.infer<typeof keptSummary>;

const ms = (time: string | null): number | null => (time === null ? null : Date.parse(time));

/** A summary of the service as a card shows it. What depends on time is worked out now: an embargo that has lifted shows no badge. */
export function toRow(wire: KeptSummary, withdrawn: boolean, nowMs: number): AssetRow {
  const embargoUntil = ms(wire.embargoUntil);
  const badges: AssetRow['badges'] = [];
  if (withdrawn || wire.badges.includes('withdrawn')) badges.push('withdrawn');
  if (embargoUntil !== null && embargoUntil > nowMs) badges.push('embargoed');
  if (wire.restrictions.length > 0) badges.push('restricted');
  if (wire.badges.includes('updated')) badges.push('updated');
  return {
    id: wire.id, rev: wire.rev, slug: wire.slug, headline: wire.headline, description: wire.descriptionShort,
    publishedAt: Date.parse(wire.publishedAt), updatedAt: Date.parse(wire.updatedAt), durationMs: wire.durationMs,
    location: wire.location ?? '', countries: wire.countries, languages: wire.languages, topics: wire.topics, formats: wire.formats,
    frameRates: wire.frameRates, restrictions: wire.restrictions, embargoUntil, expiresAt: ms(wire.expiresAt), badges,
    packages: wire.packageSizes,
  };
}

/** Facet values of an asset, as pairs of name and value. */
export function facetValues(wire: AssetSummary): [string, string][] {
  const kinds = [...wire.restrictions.map(({ kind }) => kind as string), ...(wire.embargoUntil === null ? [] : ['embargo'])];
  const lists: Record<string, string[]> = {
    topic: wire.topics, country: wire.countries, type: [wire.type], format: wire.formats, frameRate: wire.frameRates,
    language: wire.languages, restriction: kinds.length === 0 ? ['none'] : kinds,
  };
  return Object.entries(lists).flatMap(([facet, values]) => Array.from(new Set(values), (value): [string, string] => [facet, value]));
}
