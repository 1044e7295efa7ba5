import { createStore, type StoreApi } from 'zustand/vanilla';
import type * as z from 'zod';
import type { Query } from '../../shared/api/query/parse.ts';
import type { articleQuery } from '../../shared/contract/articles.ts';
import type { catalogueQuery } from '../../shared/contract/catalogue.ts';
import { ALL_ARTICLES } from '../../shared/model/article-query.ts';

export type CatalogueQuery = z.infer<typeof catalogueQuery>;
export type ArticleQuery = z.infer<typeof articleQuery>;

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

/** Which articles are listed: all, the starred ones, or those of a source or with a tag. */
export type ArticlePlace =
  | { of: 'all' }
  | { of: 'starred' }
  | { of: 'source'; id: string }
  | { of: 'tag'; name: string };

export type ArticleCriteria = {
  place: ArticlePlace;
  /** A topic or a section. */
  topic: string | null;
  /** `settings` is the language of the app for what the service has in several; null is any. */
  language: string | null;
  /** Published in the last so many days, today being the first; null is any time. */
  days: number | null;
  unreadOnly: boolean;
  /** Scroll offset of the list, to restore. */
  scrollTop: number;
};

const midnight = (nowMs: number, daysBefore: number): number => {
  const day = new Date(nowMs);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() - daysBefore).getTime();
};

/** What the filters and the words of the search field ask for. */
export function toArticleQuery(
  { place, topic, language, days, unreadOnly }: ArticleCriteria,
  text: string,
  appLanguage: string,
  nowMs: number,
): ArticleQuery {
  return {
    ...ALL_ARTICLES,
    text: text.trim(),
    topic,
    source: place.of === 'source' ? place.id : null,
    tag: place.of === 'tag' ? place.name : null,
    language: language === 'settings' ? null : language,
    ownLanguage: language === 'settings' ? appLanguage : null,
    from: days === null ? null : midnight(nowMs, days - 1),
    unreadOnly,
    starredOnly: place.of === 'starred',
  };
}

/** Filters of the list of articles. */
export const createArticleCriteria = (): StoreApi<ArticleCriteria> =>
  createStore<ArticleCriteria>()(() => ({
    place: { of: 'all' },
    topic: null,
    language: 'settings',
    days: null,
    unreadOnly: false,
    scrollTop: 0,
  }));

/** Articles of the list that are worked on together. */
export type ArticleSelection = {
  ids: ReadonlySet<string>;
  /** Index of the row from which Shift extends, and what was selected beside that. */
  anchor: number;
  base: ReadonlySet<string>;
};

export const createArticleSelection = (): StoreApi<ArticleSelection> =>
  createStore<ArticleSelection>()(() => ({
    ids: new Set(),
    anchor: 0,
    base: new Set(),
  }));
