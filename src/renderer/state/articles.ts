import { createStore, type StoreApi } from 'zustand/vanilla';
import type * as z from 'zod';
import type { articleQuery } from '../../shared/contract/articles.ts';
import type { ContractClient } from '../contract/client.ts';
import type { ArticleRow } from './views.ts';

export type ArticleQuery = z.infer<typeof articleQuery>;
/** Rows fetched at a time: a few screens of the list. */
const PAGE = 60;

export type ArticlesState = {
  section: string | null;
  /** `settings` is the language of the app; null is every language. */
  language: string | null;
  unreadOnly: boolean;
  query: ArticleQuery | null;
  status: 'loading' | 'ready' | 'failed';
  total: number;
  unread: number;
  sections: readonly { name: string; count: number }[];
  /** Sparse, by place in the list. */
  rows: ReadonlyMap<number, ArticleRow>;
  scrollTop: number;
  ask(query: ArticleQuery): void;
  show(first: number, last: number): void;
};

/**
 * The list of articles as a window on the library in main. What is read while only unread ones are
 * shown stays until the list is asked anew.
 */
export function createArticlesStore(client: ContractClient): StoreApi<ArticlesState> {
  const wanted = new Set<number>();
  const store = createStore<ArticlesState>()((set, get) => ({
    section: null,
    language: 'settings',
    unreadOnly: false,
    query: null,
    status: 'loading',
    total: 0,
    unread: 0,
    sections: [],
    rows: new Map(),
    scrollTop: 0,
    ask(query) {
      if (JSON.stringify(query) === JSON.stringify(get().query)) return;
      set({ query });
      void read(query, [0], true);
    },
    show(first, last) {
      const { query, total, rows } = get();
      if (!query) return;
      for (
        let offset = Math.floor(first / PAGE) * PAGE;
        offset <= last && offset < total;
        offset += PAGE
      ) {
        if (!rows.has(offset) && !wanted.has(offset)) void read(query, [offset], false);
      }
    },
  }));

  async function read(query: ArticleQuery, offsets: number[], isNew: boolean): Promise<void> {
    for (const offset of offsets) wanted.add(offset);
    try {
      const pages = await Promise.all(
        offsets.map(async (offset) => ({
          offset,
          ...(await client.call('articles.list', { query, range: { offset, count: PAGE } })),
        })),
      );
      if (store.getState().query !== query) return;
      const rows = new Map(isNew ? [] : store.getState().rows);
      for (const { offset, items } of pages)
        items.forEach((row, index) => rows.set(offset + index, row));
      const [first] = pages;
      store.setState({
        status: 'ready',
        rows,
        ...(first && { total: first.total, unread: first.unread, sections: first.sections }),
      });
    } catch {
      if (store.getState().query === query && store.getState().rows.size === 0)
        store.setState({ status: 'failed' });
    } finally {
      for (const offset of offsets) wanted.delete(offset);
    }
  }

  client.on('articles.changed', ({ ids }) => {
    const { query, rows } = store.getState();
    if (!query) return;
    if (query.unreadOnly && Array.from(rows.values()).some((row) => ids.includes(row.id)))
      return markRead(ids);
    void read(
      query,
      [...new Set([0, ...Array.from(rows.keys(), (index) => Math.floor(index / PAGE) * PAGE)])],
      true,
    );
  });

  /**
   * In the list of unread ones nothing jumps away under the hand: what was read only loses its dot.
   */
  function markRead(ids: string[]): void {
    const rows = new Map(store.getState().rows);
    for (const [index, row] of rows)
      if (ids.includes(row.id)) rows.set(index, { ...row, read: true });
    store.setState({ rows });
  }
  return store;
}
