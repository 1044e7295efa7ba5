import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import {
  datesIn,
  valuesIn,
  withoutFilters,
  withoutSpan,
  withValues,
} from '../../shared/api/query/edit.ts';
import { SET_FIELDS, type QueryField, type SetField } from '../../shared/api/query/fields.ts';
import { parseQuery, type Query, type Span } from '../../shared/api/query/parse.ts';
import type { AppContext } from './app.ts';
import { useApp, useNow, useSearchText } from './context.tsx';

/*
 * The filters beside the results are part of the query that stands in the search field.
 */

const textOf = ({ search }: AppContext): string => search.getState().words.catalogue;
const read = (app: AppContext): Query => parseQuery(textOf(app), Date.now());
const write = ({ search }: AppContext, text: string): void =>
  search.getState().type('catalogue', text);

/** Many parts of the page ask for the same query with each letter: it is read once. */
let last: { text: string; todayMs: number; query: Query } | null = null;
function readOnce(text: string, todayMs: number): Query {
  if (last?.text !== text || last.todayMs !== todayMs)
    last = { text, todayMs, query: parseQuery(text, todayMs) };
  return last.query;
}
const useToday = (): number => new Date(useNow(60_000)).setHours(0, 0, 0, 0);

/** What part of the query says; nothing is drawn anew while that stays the same. */
function useOfQuery<T>(part: (query: Query) => T): T {
  const todayMs = useToday();
  return useStore(
    useApp().search,
    useShallow(({ words }) => part(readOnce(words.catalogue, todayMs))),
  );
}
/** Values that a filter shows as ticked. */
export const useFilterValues = (field: SetField): string[] =>
  useOfQuery((query) => valuesIn(query, field));
export const useFilterCount = (): number => useOfQuery(filterCount);

/** The query in the search field, read anew with each letter and each day. */
export function useCatalogueQuery(): { text: string; query: Query; todayMs: number } {
  const text = useSearchText('catalogue');
  const todayMs = useToday();
  return { text, query: readOnce(text, todayMs), todayMs };
}

/** Sets a filter to these values; none removes it. */
export function setFilter(app: AppContext, field: QueryField, values: readonly string[]): void {
  const language = app.settings.getState().value?.language ?? 'en';
  write(app, withValues(textOf(app), read(app), { field, values, language }));
}

/** Ticks a value or takes it back. */
export function toggleFilter(app: AppContext, field: SetField, value: string, isOn: boolean): void {
  const others = valuesIn(read(app), field).filter((other) => other !== value);
  setFilter(app, field, isOn ? [...others, value] : others);
}

export const clearFilters = (app: AppContext): void =>
  write(app, withoutFilters(textOf(app), read(app)));

/** Removes a part of the query as it stands. */
export const removeTerm = (app: AppContext, span: Span): void =>
  write(app, withoutSpan(textOf(app), span));

/** The words of a query that are looked for in titles, to be marked there. */
export const wordsOf = (text: string): string =>
  parseQuery(text, 0)
    .clauses.flat()
    .flatMap(({ isExcluded, criterion }) =>
      !isExcluded &&
      criterion.kind === 'text' &&
      (criterion.column === null || criterion.column === 'title')
        ? criterion.anyOf.map((words) => words.text)
        : [],
    )
    .join(' ');

/** How many filters are set. */
export const filterCount = (query: Query): number =>
  SET_FIELDS.reduce((sum, field) => sum + valuesIn(query, field).length, 0) +
  (isDated(query) ? 1 : 0);
const isDated = (query: Query): boolean => {
  const { from, below } = datesIn(query);
  return from !== null || below !== null;
};

export type Period = 'today' | 'week';
/** As they are written, in both languages alike. */
const WRITTEN: Record<Period, string> = { today: 'today', week: '7d' };
export const setPeriod = (app: AppContext, period: Period | null): void =>
  setFilter(app, 'date', period === null ? [] : [WRITTEN[period]]);

/** The period that the dates of a query are, `range` for any other; null without dates. */
export function periodOf(query: Query, todayMs: number): Period | 'range' | null {
  const asked = datesIn(query);
  if (asked.from === null && asked.below === null) return null;
  const found = (Object.keys(WRITTEN) as Period[]).find((period) => {
    const { from, below } = datesIn(parseQuery(`date:${WRITTEN[period]}`, todayMs));
    return from === asked.from && below === asked.below;
  });
  return found ?? 'range';
}
