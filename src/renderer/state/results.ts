import { createStore, type StoreApi } from 'zustand/vanilla';
import type { CatalogueQuery } from './criteria.ts';
import type { AssetRow } from './views.ts';
import type { ContractClient } from '../contract/client.ts';

/** Rows fetched at a time: about two screens of the grid. */
const PAGE = 60;

export type ResultsState = {
  query: CatalogueQuery | null;
  /**
   * `loading` only while nothing can be shown yet; a new query keeps the old rows until its own are
   * there.
   */
  status: 'loading' | 'ready' | 'failed';
  total: number;
  /** What these rows were searched for; while somebody types it is behind the query. */
  words: string;
  /** Sparse: only rows that were on screen are here, by their place in the result. */
  rows: ReadonlyMap<number, AssetRow>;
  ask(query: CatalogueQuery): void;
  /** Called with what is on screen; fetches what is missing there. */
  show(first: number, last: number): void;
  refresh(): void;
};

/** A catalogue search as a window on its result: the library in main owns the rows. */
export function createResultsStore(client: ContractClient): StoreApi<ResultsState> {
  const wanted = new Set<number>();
  const store = createStore<ResultsState>()((set, get) => ({
    query: null,
    status: 'loading',
    total: 0,
    words: '',
    rows: new Map(),
    ask(query) {
      // Who comes back to the page may have missed what the library learnt meanwhile.
      if (JSON.stringify(query) === JSON.stringify(get().query)) return get().refresh();
      wanted.clear();
      set({ query });
      void replace(query, [0]);
    },
    show(first, last) {
      const { query, total, rows } = get();
      if (!query) return;
      for (
        let offset = Math.floor(first / PAGE) * PAGE;
        offset <= last && offset < total;
        offset += PAGE
      ) {
        if (!rows.has(offset) && !wanted.has(offset)) void add(query, offset);
      }
    },
    refresh() {
      const { query, rows } = get();
      if (query)
        void replace(query, [
          ...new Set([0, ...Array.from(rows.keys(), (index) => Math.floor(index / PAGE) * PAGE)]),
        ]);
    },
  }));
  const isCurrent = (query: CatalogueQuery): boolean => store.getState().query === query;
  const fetchPage = async (query: CatalogueQuery, offset: number) => ({
    offset,
    ...(await client.call('catalogue.search', { query, range: { offset, count: PAGE } })),
  });

  async function replace(query: CatalogueQuery, offsets: number[]): Promise<void> {
    try {
      const pages = await Promise.all(offsets.map((offset) => fetchPage(query, offset)));
      if (!isCurrent(query)) return;
      const rows = new Map(
        pages.flatMap(({ offset, items }) =>
          items.map((row, index) => [offset + index, row] as const),
        ),
      );
      store.setState({ status: 'ready', total: pages[0]?.total ?? 0, words: query.text, rows });
    } catch {
      if (isCurrent(query)) store.setState({ status: 'failed' });
    }
  }

  async function add(query: CatalogueQuery, offset: number): Promise<void> {
    wanted.add(offset);
    try {
      const { items, total } = await fetchPage(query, offset);
      if (!isCurrent(query)) return;
      const rows = new Map(store.getState().rows);
      items.forEach((row, index) => rows.set(offset + index, row));
      store.setState({ total, rows });
    } catch {
      // What is missing stays a skeleton and is asked for again when it is next on screen.
    } finally {
      if (isCurrent(query)) wanted.delete(offset);
    }
  }
  return store;
}
