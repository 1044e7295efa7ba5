import { createStore, type StoreApi } from 'zustand/vanilla';
import type * as z from 'zod';
import type { Query } from '../../shared/api/query/parse.ts';
import type { catalogueQuery } from '../../shared/contract/catalogue.ts';

export type CatalogueQuery = z.infer<typeof catalogueQuery>;

export type Criteria = {
  sort: CatalogueQuery['sort'];
  selected: ReadonlySet<string>;
  /**
   * Ids of the last result, for Previous and Next beside an asset; null if it was opened from
   * elsewhere.
   */
  resultIds: readonly string[] | null;
  setSort(sort: CatalogueQuery['sort']): void;
  /** Scroll offset of the results, to restore. */
  scrollTop: number;
  /** Index of the asset opened from the results, which gets the focus again. */
  openedIndex: number | null;
  select(ids: ReadonlySet<string>): void;
  setResultIds(ids: readonly string[] | null): void;
};

/** Order and selection of the catalogue, kept while an asset is open. Filters are in the query. */
export const createCriteria = (): StoreApi<Criteria> =>
  createStore<Criteria>()((set) => ({
    sort: 'newest',
    selected: new Set(),
    resultIds: null,
    scrollTop: 0,
    openedIndex: null,
    setSort: (sort) => set({ sort }),
    select: (selected) => set({ selected }),
    setResultIds: (resultIds) => set({ resultIds }),
  }));

/** Whether there are words by which hits can be ranked. */
export const hasWords = ({ clauses }: Query): boolean =>
  clauses.some((clause) =>
    clause.some(({ isExcluded, criterion }) => !isExcluded && criterion.kind === 'text'),
  );

export const toQuery = (
  text: string,
  query: Query,
  sort: CatalogueQuery['sort'],
): CatalogueQuery => ({
  text: text.trim(),
  sort: sort === 'relevance' && !hasWords(query) ? 'newest' : sort,
});

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
