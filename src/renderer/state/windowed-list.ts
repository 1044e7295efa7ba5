import { createStore, type StoreApi } from 'zustand/vanilla';

export type Range = { offset: number; count: number };
export type Page<Row, Facts> = {
  total: number;
  items: readonly Row[];
  /** Facts about the whole list, e.g. how many are unread. */
  facts: Facts;
};

export type WindowedList<Query, Row, Facts = null> = {
  query: Query | null;
  /** The query that `rows` belong to; lags behind `query` while an answer is pending. */
  shownQuery: Query | null;
  /** `loading` only while there are no rows: a new query keeps those of the old one. */
  status: 'loading' | 'ready' | 'failed';
  total: number;
  facts: Facts | null;
  /** Sparse, by index: rows that are visible or near. */
  rows: ReadonlyMap<number, Row>;
  /** Starts a new query at the top; the same query is refreshed in place. */
  setQuery(query: Query): void;
  /** Indices of the first and last visible row; fetches missing pages. */
  setVisibleRange(first: number, last: number): void;
  /** Refetches the visible pages. */
  refresh(): void;
  /** Replaces loaded rows by newer ones with the same key. */
  patch(rows: readonly Row[]): void;
};

type Options<Query, Row, Facts> = {
  fetchPage(query: Query, range: Range): Promise<Page<Row, Facts>>;
  keyOf(row: Row): string;
  /** Rows per fetch: a screen and a half on the tallest screens. */
  pageSize?: number;
};

/** Pages kept above and below the visible ones. */
const PAGES_NEAR = 2;

/**
 * A window onto a list that main owns: only visible pages are fetched, answers to older queries are
 * dropped, and distant pages are released, so that the cost depends on the screen and not on the
 * list.
 */
export function createWindowedList<Query, Row, Facts = null>({
  fetchPage,
  keyOf,
  pageSize = 60,
}: Options<Query, Row, Facts>): StoreApi<WindowedList<Query, Row, Facts>> {
  let visible: [first: number, last: number] = [0, 0];
  /** Offsets being fetched for the current query. */
  const pending = new Set<number>();
  const store = createStore<WindowedList<Query, Row, Facts>>()((set, get) => ({
    query: null,
    shownQuery: null,
    status: 'loading',
    total: 0,
    facts: null,
    rows: new Map(),
    setQuery(query) {
      if (JSON.stringify(query) === JSON.stringify(get().query)) return get().refresh();
      visible = [0, 0];
      pending.clear();
      set({ query });
      void replace(query, [0]);
    },
    setVisibleRange(first, last) {
      visible = [first, last];
      const { query, total, rows } = get();
      if (query === null) return;
      for (const offset of visiblePages())
        if (offset < total && !rows.has(offset) && !pending.has(offset)) void add(query, offset);
    },
    refresh() {
      const { query } = get();
      if (query !== null) void replace(query, visiblePages());
    },
    patch(changed) {
      const { rows } = get();
      const places = new Map(Array.from(rows, ([index, row]) => [keyOf(row), index]));
      const newer = changed.flatMap((row) => {
        const index = places.get(keyOf(row));
        return index === undefined ? [] : [[index, row] as const];
      });
      if (newer.length > 0) set({ rows: new Map([...rows, ...newer]) });
    },
  }));

  const isCurrent = (query: Query): boolean => store.getState().query === query;
  const visiblePages = (): number[] => {
    const [first, last] = visible;
    const page = Math.floor(first / pageSize);
    const pages = Math.floor(last / pageSize) - page + 1;
    return Array.from({ length: pages }, (_, index) => (page + index) * pageSize);
  };
  const isNear = (index: number): boolean =>
    index >= visible[0] - PAGES_NEAR * pageSize && index <= visible[1] + PAGES_NEAR * pageSize;
  const entriesOf = (offset: number, { items }: Page<Row, Facts>): (readonly [number, Row])[] =>
    items.map((row, index) => [offset + index, row] as const);

  /** Rows were added, removed or reordered: the visible pages are read as a whole. */
  async function replace(query: Query, offsets: readonly number[]): Promise<void> {
    try {
      const pages = await Promise.all(
        offsets.map(async (offset) => ({
          offset,
          page: await fetchPage(query, { offset, count: pageSize }),
        })),
      );
      const [newest] = pages;
      if (!isCurrent(query) || !newest) return;
      store.setState({
        status: 'ready',
        shownQuery: query,
        total: newest.page.total,
        facts: newest.page.facts,
        rows: new Map(pages.flatMap(({ offset, page }) => entriesOf(offset, page))),
      });
    } catch {
      // Rows of this query stay: they are old, not wrong.
      if (isCurrent(query) && store.getState().shownQuery !== query)
        store.setState({ status: 'failed' });
    }
  }

  async function add(query: Query, offset: number): Promise<void> {
    pending.add(offset);
    try {
      const page = await fetchPage(query, { offset, count: pageSize });
      if (!isCurrent(query)) return;
      const near = Array.from(store.getState().rows).filter(([index]) => isNear(index));
      store.setState({
        total: page.total,
        facts: page.facts,
        rows: new Map([...near, ...entriesOf(offset, page)]),
      });
    } catch {
      // It stays a skeleton and is requested again when it is next visible.
    } finally {
      if (isCurrent(query)) pending.delete(offset);
    }
  }
  return store;
}
