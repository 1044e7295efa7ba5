/*
 * Fields of the query language: how they are called in both languages, and which values they take.
 */

import { foldText } from '../text.ts';

export const QUERY_LANGUAGES = ['en', 'fr'] as const;
export type QueryLanguage = (typeof QUERY_LANGUAGES)[number];

/** Fields with a list of values, of which an asset has any number. */
export const SET_FIELDS = [
  'country',
  'type',
  'language',
  'topic',
  'format',
  'rate',
  'rights',
  'source',
  'has',
] as const;
export type SetField = (typeof SET_FIELDS)[number];
/** Fields of words. */
export const TEXT_FIELDS = ['speaker', 'place', 'title', 'id'] as const;
export type TextField = (typeof TEXT_FIELDS)[number];
/** Fields of a span; `after` and `before` are one end of `date`. */
export const RANGE_FIELDS = ['date', 'after', 'before', 'duration'] as const;
export type RangeField = (typeof RANGE_FIELDS)[number];
/** Fields of what a reader has marked, of articles alone. */
export const MARK_FIELDS = ['is', 'tag'] as const;
export type MarkField = (typeof MARK_FIELDS)[number];
export type QueryField = SetField | TextField | RangeField | MarkField;

/** Fields of the catalogue. */
export const QUERY_FIELDS: readonly QueryField[] = [...SET_FIELDS, ...TEXT_FIELDS, ...RANGE_FIELDS];
/** Fields of articles; who speaks is who has written there. */
export const ARTICLE_FIELDS: readonly QueryField[] = [
  'topic',
  'source',
  'language',
  'country',
  'is',
  'tag',
  'speaker',
  'place',
  'title',
  'date',
  'after',
  'before',
];
/** What a query is about. */
export type QueryArea = 'assets' | 'articles';
const FIELDS: Record<QueryArea, readonly QueryField[]> = {
  assets: QUERY_FIELDS,
  articles: ARTICLE_FIELDS,
};

/** The first name of each language is the one that is written; all are understood. */
const NAMES: Record<QueryField, Record<QueryLanguage, readonly [string, ...string[]]>> = {
  country: { en: ['country'], fr: ['pays'] },
  type: { en: ['type', 'kind'], fr: ['type', 'genre'] },
  language: { en: ['lang', 'language'], fr: ['langue'] },
  topic: { en: ['topic', 'subject'], fr: ['sujet', 'thème', 'rubrique'] },
  format: { en: ['format'], fr: ['format'] },
  rate: { en: ['fps', 'rate', 'framerate'], fr: ['ips', 'cadence'] },
  rights: { en: ['rights', 'restriction', 'restrictions'], fr: ['droits', 'restriction'] },
  source: { en: ['source', 'from'], fr: ['source'] },
  has: { en: ['has', 'with'], fr: ['avec', 'contient'] },
  speaker: { en: ['speaker', 'person', 'author'], fr: ['intervenant', 'personne', 'auteur'] },
  place: { en: ['place', 'location'], fr: ['lieu'] },
  title: { en: ['title', 'headline'], fr: ['titre'] },
  id: { en: ['id', 'slug'], fr: ['id'] },
  date: { en: ['date', 'published'], fr: ['date'] },
  after: { en: ['after', 'since'], fr: ['après', 'depuis'] },
  before: { en: ['before', 'until'], fr: ['avant'] },
  duration: { en: ['duration', 'length'], fr: ['durée'] },
  is: { en: ['is'], fr: ['est'] },
  tag: { en: ['tag', 'tags'], fr: ['étiquette'] },
};

export const fieldName = (field: QueryField, language: QueryLanguage): string =>
  NAMES[field][language][0];

const byName = (fields: readonly QueryField[]): ReadonlyMap<string, QueryField> =>
  new Map(
    fields.flatMap((field) =>
      QUERY_LANGUAGES.flatMap((language) =>
        NAMES[field][language].map((name) => [foldText(name), field] as const),
      ),
    ),
  );
const BY_NAME: Record<QueryArea, ReadonlyMap<string, QueryField>> = {
  assets: byName(FIELDS.assets),
  articles: byName(FIELDS.articles),
};

/** The field of this name, in either language, with or without accents; null if there is none. */
export const fieldOf = (name: string, area: QueryArea = 'assets'): QueryField | null =>
  BY_NAME[area].get(foldText(name)) ?? null;

/** The name that is most like one that isn't a field's; null if none is like it. */
export const nearestField = (name: string, area: QueryArea = 'assets'): string | null => {
  const found = nearest(foldText(name), [...BY_NAME[area].keys()]);
  if (found === null) return null;
  const field = BY_NAME[area].get(found) as QueryField;
  const names = QUERY_LANGUAGES.flatMap((language) => NAMES[field][language]);
  return names.find((one) => foldText(one) === found) ?? found;
};

/** Fields of either kind. */
export const isSetField = (field: QueryField): field is SetField =>
  (SET_FIELDS as readonly QueryField[]).includes(field);
export const isTextField = (field: QueryField): field is TextField =>
  (TEXT_FIELDS as readonly QueryField[]).includes(field);
export const isMarkField = (field: QueryField): field is MarkField =>
  (MARK_FIELDS as readonly QueryField[]).includes(field);

/**
 * The word that differs least from a mistyped one, by at most a third of its letters.
 *
 * @param words folded, as the mistyped one is
 */
export function nearest(mistyped: string, words: Iterable<string>): string | null {
  let best: string | null = null;
  let least = Math.max(1, Math.floor(mistyped.length / 3)) + 1;
  for (const word of words) {
    if (Math.abs(word.length - mistyped.length) >= least) continue;
    const distance = editDistance(mistyped, word, least);
    if (distance < least) [best, least] = [word, distance];
  }
  return best;
}

/**
 * Damerau-Levenshtein distance (optimal string alignment): letters added, left out, replaced, and
 * neighbours swapped.
 *
 * @param limit from which on the exact distance doesn't matter; it is returned then
 */
export function editDistance(from: string, to: string, limit: number): number {
  const [a, b] = [Array.from(from), Array.from(to)];
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          changed,
          (last[j] ?? 0) + 1,
          (row[j - 1] ?? 0) + 1,
          isSwapped ? (before[j - 2] ?? 0) + 1 : Infinity,
        ),
      );
    }
    if (Math.min(...row) >= limit) return limit;
    [before, last] = [last, row];
  }
  return Math.min(last[b.length] ?? 0, limit);
}
