import { createStore, type StoreApi } from 'zustand/vanilla';
import type * as z from 'zod';
import type { catalogueQuery, FACETS } from '../../shared/contract/catalogue.ts';

export type CatalogueQuery = z.infer<typeof catalogueQuery>;
export type FacetName = (typeof FACETS)[number];
/** How far back, or null for any date. The moment itself is taken when the search runs. */
export type Period = 'today' | 'week' | null;

export type Criteria = {
  facets: CatalogueQuery['facets'];
  period: Period;
  sort: CatalogueQuery['sort'];
  selected: ReadonlySet<string>;
  /**
   * Ids of the last result, for Previous and Next beside an asset; null when it was opened from
   * elsewhere.
   */
  resultIds: readonly string[] | null;
  setFacet(name: FacetName, values: string[]): void;
  setPeriod(period: Period): void;
  setSort(sort: CatalogueQuery['sort']): void;
  clearFilters(): void;
  /** How far the results were scrolled, for coming back. */
  scrollTop: number;
  /** Place of the asset that was opened from the results: the focus comes back to it. */
  openedIndex: number | null;
  select(ids: ReadonlySet<string>): void;
  setResultIds(ids: readonly string[] | null): void;
};

/**
 * What is looked for and what is chosen in the catalogue: kept while one looks at an asset and
 * comes back.
 */
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

/** @param nowMs by the service's clock; the query is the same all day long */
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
 * The search field of the top bar works on the page it stands above; each has words of its own,
 * kept while the app is open.
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
  /** `settings` is the language of the app; null is every language. */
  language: string | null;
  unreadOnly: boolean;
  /** How far the list was scrolled, for coming back. */
  scrollTop: number;
};

/** What the list of articles is narrowed to. */
export const createArticleCriteria = (): StoreApi<ArticleCriteria> =>
  createStore<ArticleCriteria>()(() => ({
    section: null,
    language: 'settings',
    unreadOnly: false,
    scrollTop: 0,
  }));
