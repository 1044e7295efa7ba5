import { createStore, type StoreApi } from 'zustand/vanilla';
import type * as z from 'zod';
import type { catalogueQuery, FACETS } from '../../shared/contract/catalogue.ts';

export type CatalogueQuery = z.infer<typeof catalogueQuery>;
export type FacetName = (typeof FACETS)[number];
/** Publication period, or null for any date. The start is computed when the search runs. */
export type Period = 'today' | 'week' | null;

export type Criteria = {
  facets: CatalogueQuery['facets'];
  period: Period;
  sort: CatalogueQuery['sort'];
  selected: ReadonlySet<string>;
  /**
   * Ids of the last result, for Previous and Next beside an asset; null if it was opened from
   * elsewhere.
   */
  resultIds: readonly string[] | null;
  setFacet(name: FacetName, values: string[]): void;
  setPeriod(period: Period): void;
  setSort(sort: CatalogueQuery['sort']): void;
  clearFilters(): void;
  /** Scroll offset of the results, to restore. */
  scrollTop: number;
  /** Index of the asset opened from the results, which gets the focus again. */
  openedIndex: number | null;
  select(ids: ReadonlySet<string>): void;
  setResultIds(ids: readonly string[] | null): void;
};

/** Filters and selection of the catalogue, kept while an asset is open. */
export function createCriteria(): StoreApi<Criteria> {
  return createStore<Criteria>()((set, get) => {
    return {
      facets: {},
      period: null,
      sort: 'newest',
      selected: new Set(),
      resultIds: null,
      scrollTop: 0,
      openedIndex: null,
      setFacet(name, values) {
        const { [name]: _, ...others } = get().facets;
        set({ facets: values.length > 0 ? { ...others, [name]: values } : others });
      },
      setPeriod: (period) => set({ period }),
      setSort: (sort) => set({ sort }),
      clearFilters: () => set({ facets: {}, period: null }),
      select: (selected) => set({ selected }),
      setResultIds: (resultIds) => set({ resultIds }),
    };
  });
}

const DAYS_BACK = { today: 0, week: 7 };

function startOf(period: 'today' | 'week', nowMs: number): number {
  const day = new Date(nowMs);
  day.setHours(0, 0, 0, 0);
  day.setDate(day.getDate() - DAYS_BACK[period]);
  return day.getTime();
}

/** @param nowMs by the service's clock; rounded to the day, so that the query is stable */
export function toQuery(
  text: string,
  { facets, period, sort }: Pick<Criteria, 'facets' | 'period' | 'sort'>,
  nowMs: number,
): CatalogueQuery {
  return {
    text: text.trim(),
    facets,
    publishedAfter: period === null ? null : startOf(period, nowMs),
    sort: text.trim() === '' && sort === 'relevance' ? 'newest' : sort,
  };
}

/**
 * The top bar's search field serves the page below it; the text of each area is kept while the app
 * is open.
 */
export type SearchArea = 'catalogue' | 'articles' | 'settings';
export type SearchState = {
  words: Record<SearchArea, string>;
  type(area: SearchArea, text: string): void;
};

export function createSearchStore(): StoreApi<SearchState> {
  return createStore<SearchState>()((set, get) => ({
    words: { catalogue: '', articles: '', settings: '' },
    type(area, text) {
      set({ words: { ...get().words, [area]: text } });
    },
  }));
}

export type ArticleCriteria = {
  section: string | null;
  /** `settings` is the language of the app; null is any language. */
  language: string | null;
  unreadOnly: boolean;
  /** Scroll offset of the list, to restore. */
  scrollTop: number;
};

/** Filters of the list of articles. */
export const createArticleCriteria = (): StoreApi<ArticleCriteria> =>
  createStore<ArticleCriteria>()(() => ({
    section: null,
    language: 'settings',
    unreadOnly: false,
    scrollTop: 0,
  }));
