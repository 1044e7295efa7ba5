import type { SetField, TextField } from '../../shared/api/query/fields.ts';
import {
  parseQuery,
  type Clause,
  type Criterion,
  type Words,
} from '../../shared/api/query/parse.ts';
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
import { formatsOf, frameRatesOf, genreOf, partsOf, videoFormatsOf } from './present.ts';

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

/** Words with one space around each, folded, so that a word is found by how it begins. */
const indexed = (parts: readonly string[]): string =>
  ` ${foldText(parts.join('\n')).replaceAll(/[^\p{L}\p{N}]+/gu, ' ')} `;

type Texts = { rev: number; strong: string; weak: string } & Record<TextField, string>;
/** Folded texts, cached per revision of an asset: folding would dominate a search. */
const texts = new WeakMap<ContentAsset, Texts>();
function textsOf(asset: ContentAsset): Texts {
  const known = texts.get(asset);
  if (known?.rev === asset.rev) return known;
  const headlines = [asset.headline.en, asset.headline.fr ?? ''];
  const made = {
    rev: asset.rev,
    strong: indexed([...headlines, asset.slug, ...asset.people, asset.location.name]),
    weak: indexed([asset.description.en, asset.description.fr ?? '', asset.searchText]),
    title: indexed(headlines),
    place: indexed([asset.location.name, asset.country]),
    speaker: indexed(asset.people),
    id: indexed([asset.slug, asset.id]),
  };
  texts.set(asset, made);
  return made;
}

const phraseOf = ({ text, isPhrase }: Words): string => {
  const words = indexed([text]).trimEnd();
  return words === '' || !isPhrase ? words : `${words} `;
};

/** Matches in headline, names and place count tenfold; 0 if there is none. */
function points(asset: ContentAsset, { column, anyOf }: TextCriterion): number {
  const { strong, weak, ...columns } = textsOf(asset);
  return anyOf.reduce((sum, words) => {
    const phrase = phraseOf(words);
    if (phrase === '') return sum;
    if (column !== null) return sum + (columns[column].includes(phrase) ? 10 : 0);
    return sum + (strong.includes(phrase) ? 10 : 0) + (weak.includes(phrase) ? 1 : 0);
  }, 0);
}
type TextCriterion = Extract<Criterion, { kind: 'text' }>;

/** Values under each field of the query language. There is one source, which is not asked for. */
const FIELD_VALUES: Record<SetField, (asset: ContentAsset) => readonly string[]> = {
  topic: VALUES.topic,
  country: VALUES.country,
  type: (a) => (a.type === 'video' ? [a.type, genreOf(a)] : [a.type]),
  language: VALUES.lang,
  format: (a) => [...formatsOf(a), ...videoFormatsOf(a)],
  rate: frameRatesOf,
  rights: (a) => {
    const kinds = [
      ...a.restrictions.map(({ kind }) => kind),
      ...(typeof a.embargoUntilMin === 'number' ? ['embargo'] : []),
    ];
    return kinds.length === 0 ? ['none'] : kinds;
  },
  source: () => [],
  has: (a) => [...partsOf(a), ...(a.captions.length > 0 ? ['captions'] : [])],
};

function fits(asset: ContentAsset, { time }: Library, criterion: Criterion): number {
  if (criterion.kind === 'text') return points(asset, criterion);
  // Nothing here is anybody's own.
  if (criterion.kind === 'mark') return 0;
  if (criterion.kind === 'set') {
    const wanted = new Set(criterion.anyOf.map(foldText));
    return FIELD_VALUES[criterion.field](asset).some((value) => wanted.has(foldText(value)))
      ? 1
      : 0;
  }
  // What has no length is in no span of lengths.
  const value =
    criterion.field === 'date' ? time.at(asset.publishedMin) : asset.durationMs || Number.NaN;
  return value >= (criterion.from ?? -Infinity) && value < (criterion.below ?? Infinity) ? 1 : 0;
}

/** @returns 0 if a clause doesn't hold; what its words match more often counts more */
function relevance(asset: ContentAsset, library: Library, clauses: readonly Clause[]): number {
  let total = 1;
  for (const clause of clauses) {
    const best = Math.max(
      ...clause.map(({ isExcluded, criterion }) => {
        const found = fits(asset, library, criterion);
        return isExcluded ? Number(found === 0) : found;
      }),
    );
    if (best === 0) return 0;
    total += best;
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
  const { clauses } = parseQuery(query.q ?? '', viewer.now);
  const found: Hit[] = [];
  for (const asset of library.assets) {
    if (!isVisible(asset, library.time, viewer) || !inRange(asset, query, library)) continue;
    const failed = FACETS.filter((name) => {
      const wanted = wantedOf(query, name);
      return wanted !== undefined && !VALUES[name](asset).some((value) => wanted.includes(value));
    });
    const score = failed.length > 1 ? 0 : relevance(asset, library, clauses);
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
