import { createStore, type StoreApi } from 'zustand/vanilla';
import type * as z from 'zod';
import type { catalogueQuery, FACETS } from '../../shared/contract/catalogue.ts';
import type { Desk } from './desk.ts';

export type CatalogueQuery = z.infer<typeof catalogueQuery>;
export type FacetName = (typeof FACETS)[number];
/** How far back, or null for any date. The moment itself is taken when the search runs. */
export type Since = 'today' | 'week' | null;
export type SavedSearch = { id: string; name: string; text: string; facets: CatalogueQuery['facets']; since: Since; sort: CatalogueQuery['sort'] };

export type BrowseState = {
  facets: CatalogueQuery['facets'];
  since: Since;
  sort: CatalogueQuery['sort'];
  selected: ReadonlySet<string>;
  /** Ids of the last result, for Previous and Next beside an asset; null when it was opened from elsewhere. */
  resultIds: readonly string[] | null;
  saved: readonly SavedSearch[];
  setFacet(name: FacetName, values: string[]): void;
  setSince(since: Since): void;
  setSort(sort: CatalogueQuery['sort']): void;
  clearFilters(): void;
  /** How far the results were scrolled, for coming back. */
  scrollTop: number;
  /** Place of the asset that was opened from the results: the focus comes back to it. */
  openedIndex: number | null;
  select(ids: ReadonlySet<string>): void;
  setResultIds(ids: readonly string[] | null): void;
  save(search: Omit<SavedSearch, 'id'>): void;
  forget(id: string): void;
};

const KEY = 'desk.saved-searches';

function kept(): SavedSearch[] {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '[]') as SavedSearch[];
  } catch {
    return [];
  }
}

/** What is looked for and what is chosen in the catalogue: kept while one looks at an asset and comes back. */
export function createBrowseStore(): StoreApi<BrowseState> {
  return createStore<BrowseState>()((set, get) => {
    const keep = (saved: SavedSearch[]): void => {
      localStorage.setItem(KEY, JSON.stringify(saved));
      set({ saved });
    };
    return {
      facets: {},
      since: null,
      sort: 'newest',
      selected: new Set(),
      resultIds: null,
      scrollTop: 0,
      openedIndex: null,
      saved: kept(),
      setFacet(name, values) {
        const { [name]: _, ...others } = get().facets;
        set({ facets: values.length > 0 ? { ...others, [name]: values } : others });
      },
      setSince: (since) => set({ since }),
      setSort: (sort) => set({ sort }),
      clearFilters: () => set({ facets: {}, since: null }),
      select: (selected) => set({ selected }),
      setResultIds: (resultIds) => set({ resultIds }),
      save: (search) => keep([...get().saved, { ...search, id: crypto.randomUUID() }]),
      forget: (id) => keep(get().saved.filter((search) => search.id !== id)),
    };
  });
}

/** Shows what a saved search finds now. */
export function openSearch({ search, browse, route }: Desk, { text, facets, since, sort }: SavedSearch): void {
  search.getState().type('catalogue', text);
  browse.setState({ facets, since, sort });
  route.getState().go({ name: 'catalogue' });
}

const DAYS_BACK = { today: 0, week: 7 };

function startOf(since: 'today' | 'week', nowMs: number): number {
  const day = new Date(nowMs);
  day.setHours(0, 0, 0, 0);
  day.setDate(day.getDate() - DAYS_BACK[since]);
  return day.getTime();
}

/** @param nowMs by the service's clock; the query is the same all day long */
export function toQuery(text: string, { facets, since, sort }: Pick<BrowseState, 'facets' | 'since' | 'sort'>, nowMs: number): CatalogueQuery {
  return { text: text.trim(), facets, publishedAfter: since === null ? null : startOf(since, nowMs), sort: text.trim() === '' && sort === 'relevance' ? 'newest' : sort };
}
