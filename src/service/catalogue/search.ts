import { foldText } from '../../shared/api/text.ts';
import {
  type AssetQuery,
  type FacetName,
  type FacetQuery,
  type Facets,
  FACETS,
} from '../../shared/api/catalogue.ts';
import type { Library, ContentAsset } from '../content/library.ts';
import { isVisible, type Viewer } from '../content/view.ts';
import type { Language } from '../http/language.ts';
import { formatsOf, frameRatesOf } from './present.ts';

/** Values of an asset under each filter that takes a list. */
const VALUES: Record<FacetName, (asset: ContentAsset) => readonly string[]> = {
  topic: (a) => a.topics,
  country: (a) => [a.country],
  location: (a) => [a.location.name],
  person: (a) => a.people,
  type: (a) => [a.type],
  format: formatsOf,
  frameRate: frameRatesOf,
  aspect: (a) => [a.aspect],
  lang: (a) => a.languages,
  restriction: (a) => [a.restrictions.length > 0 ? 'any' : 'none'],
};
const wantedOf = (query: FacetQuery, name: FacetName): readonly string[] | undefined =>
  name === 'restriction' ? query.restriction && [query.restriction] : query[name];

type Texts = { rev: number; strong: string; weak: string };
/** Folded texts, cached per revision of an asset: folding would dominate a search. */
const texts = new WeakMap<ContentAsset, Texts>();
function textsOf(asset: ContentAsset): Texts {
  const known = texts.get(asset);
  if (known?.rev === asset.rev) return known;
  const made = {
    rev: asset.rev,
    strong: foldText(
      [
        asset.headline.en,
        asset.headline.fr ?? '',
        asset.slug,
        ...asset.people,
        asset.location.name,
      ].join('\n'),
    ),
    weak: foldText([asset.description.en, asset.description.fr ?? '', asset.searchText].join('\n')),
  };
  texts.set(asset, made);
  return made;
}

/** @returns 0 if a word is missing; matches in headline, names and place count tenfold */
function relevance(asset: ContentAsset, words: readonly string[]): number {
  const { strong, weak } = textsOf(asset);
  let total = 1;
  for (const word of words) {
    const points = (strong.includes(word) ? 10 : 0) + (weak.includes(word) ? 1 : 0);
    if (points === 0) return 0;
    total += points;
  }
  return total;
}

function inRange(asset: ContentAsset, query: FacetQuery, { time }: Library): boolean {
  const publishedAt = time.at(asset.publishedMin);
  return (
    asset.durationMs >= (query.durationMin ?? 0) &&
    asset.durationMs <= (query.durationMax ?? Infinity) &&
    publishedAt >=
      (query.publishedFrom === undefined ? -Infinity : Date.parse(query.publishedFrom)) &&
    publishedAt <= (query.publishedTo === undefined ? Infinity : Date.parse(query.publishedTo)) &&
    (query.hasCaptions === undefined || query.hasCaptions === asset.captions.length > 0)
  );
}

type Hit = {
  asset: ContentAsset;
  score: number;
  /** Facets whose filter it fails; with only one it still counts for that facet. */
  failed: FacetName[];
};

function hits(library: Library, query: FacetQuery, viewer: Viewer): Hit[] {
  const words = foldText(query.q ?? '')
    .split(/\s+/)
    .filter((word) => word !== '');
  const found: Hit[] = [];
  for (const asset of library.assets) {
    if (!isVisible(asset, library.time, viewer) || !inRange(asset, query, library)) continue;
    const failed = FACETS.filter((name) => {
      const wanted = wantedOf(query, name);
      return wanted !== undefined && !VALUES[name](asset).some((value) => wanted.includes(value));
    });
    const score = failed.length > 1 ? 0 : relevance(asset, words);
    if (score > 0) found.push({ asset, score, failed });
  }
  return found;
}

function labelOf(name: FacetName, value: string, language: Language): string {
  if (name === 'country')
    return (
      new Intl.DisplayNames([language], { type: 'region', fallback: 'code' }).of(value) ?? value
    );
  if (name === 'lang')
    return (
      new Intl.DisplayNames([language], { type: 'language', fallback: 'code' }).of(value) ?? value
    );
  return value;
}

/**
 * Each facet is counted without its own filter: the count is what choosing the value would yield.
 */
function countsOf(found: readonly Hit[], language: Language): Facets {
  const count = (name: FacetName) => {
    const counts = new Map<string, number>();
    for (const { asset, failed } of found) {
      if (failed.length > 0 && failed[0] !== name) continue;
      for (const value of VALUES[name](asset)) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    return [...counts]
      .map(([value, n]) => ({ value, label: labelOf(name, value, language), count: n }))
      .toSorted((a, b) => b.count - a.count || a.label.localeCompare(b.label, language));
  };
  return Object.fromEntries(FACETS.map((name) => [name, count(name)]));
}

const ORDER: Record<AssetQuery['sort'], (a: Hit, b: Hit) => number> = {
  newest: (a, b) => b.asset.publishedMin - a.asset.publishedMin,
  relevance: (a, b) => b.score - a.score || b.asset.publishedMin - a.asset.publishedMin,
  duration: (a, b) => b.asset.durationMs - a.asset.durationMs,
};

export type Found = { assets: ContentAsset[]; facets: Facets };
export function searchAssets(
  library: Library,
  query: FacetQuery & Partial<Pick<AssetQuery, 'sort'>>,
  viewer: Viewer,
): Found {
  const all = hits(library, query, viewer);
  const matching = all
    .filter(({ failed }) => failed.length === 0)
    .toSorted((a, b) => ORDER[query.sort ?? 'newest'](a, b) || (a.asset.id < b.asset.id ? -1 : 1));
  return { assets: matching.map(({ asset }) => asset), facets: countsOf(all, viewer.language) };
}
