import { TRANSFER_TABS, type TransferTab } from '../../shared/model/transfer-tabs.ts';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ContractClient } from '../contract/client.ts';
import type { ArticleQuery, CatalogueQuery } from './criteria.ts';
import type { Sent } from '../../shared/contract/define.ts';
import type { AppContract } from '../../shared/contract/index.ts';
import type {
  HistoryRowView,
  LedgerRowView,
  TransferRow,
  TransferTotals,
  ArticleRow,
  AssetRow,
} from './views.ts';
import { createWindowedList, type WindowedList } from './windowed-list.ts';

export type ResultsList = WindowedList<CatalogueQuery, AssetRow>;

/** Search results; the library in main owns the rows. */
export const createResultsList = (client: ContractClient): StoreApi<ResultsList> =>
  createWindowedList<CatalogueQuery, AssetRow>({
    keyOf: ({ id }) => id,
    async fetchPage(query, range) {
      const { total, items } = await client.call('catalogue.search', { query, range });
      return { total, items, facts: null };
    },
  });

export type ArticleFacts = {
  unread: number;
  sections: readonly { name: string; count: number }[];
  topics: readonly { name: string; count: number }[];
};
export type ArticleList = WindowedList<ArticleQuery, ArticleRow, ArticleFacts>;

/**
 * The list of articles. In the unread list read articles only lose their dot until the next query,
 * so that nothing jumps while reading.
 */
export function createArticleList(client: ContractClient): StoreApi<ArticleList> {
  const store = createWindowedList<ArticleQuery, ArticleRow, ArticleFacts>({
    keyOf: ({ id }) => id,
    async fetchPage(query, range) {
      const { total, items, unread, sections, topics } = await client.call('articles.list', {
        query,
        range,
      });
      return { total, items, facts: { unread, sections, topics } };
    },
  });
  client.on('articles.changed', ({ ids, marks }) => {
    const { query, rows, patch, refresh } = store.getState();
    const changed = Array.from(rows.values()).filter(({ id }) => ids.includes(id));
    if (!query?.unreadOnly || changed.length === 0) return refresh();
    if (marks)
      patch(
        changed.map((row) => ({
          ...row,
          read: marks.read ?? row.read,
          starred: marks.starred ?? row.starred,
          tags: marks.tags ?? row.tags,
        })),
      );
  });
  return store;
}

export type HistoryQuery = Sent<AppContract, 'history.list'>['query'];
export type HistoryList = WindowedList<HistoryQuery, HistoryRowView>;

/** Packages that were ever complete here, newest first; made by the page that shows them. */
export const createHistoryList = (client: Pick<ContractClient, 'call'>): StoreApi<HistoryList> =>
  createWindowedList<HistoryQuery, HistoryRowView>({
    keyOf: ({ id }) => id,
    async fetchPage(query, range) {
      const { total, items } = await client.call('history.list', { query, range });
      return { total, items, facts: null };
    },
  });

export type LedgerQuery = Sent<AppContract, 'ledger.list'>['query'];
export type LedgerList = WindowedList<LedgerQuery, LedgerRowView, { people: readonly string[] }>;

/** Entries of the ledger, newest first; made by the page that shows them. */
export const createLedgerList = (client: Pick<ContractClient, 'call'>): StoreApi<LedgerList> =>
  createWindowedList<LedgerQuery, LedgerRowView, { people: readonly string[] }>({
    keyOf: ({ number }) => String(number),
    async fetchPage(query, range) {
      const { total, items, people } = await client.call('ledger.list', { query, range });
      return { total, items, facts: { people } };
    },
  });

type TransferQuery = { tab: TransferTab; search?: string };
export type TransferList = WindowedList<TransferQuery, TransferRow>;

export type TransfersState = {
  /** Null until main has sent them. */
  totals: TransferTotals | null;
  tab: TransferTab;
  /** Text that the rows must match. */
  search: string;
  setTab(tab: TransferTab): void;
  setSearch(search: string): void;
};

/** The queue's totals, and one tab of it as a list. Main owns order and states. */
export function createTransferLists(client: ContractClient): {
  transfers: StoreApi<TransfersState>;
  transferList: StoreApi<TransferList>;
} {
  const list = createWindowedList<TransferQuery, TransferRow>({
    keyOf: ({ id }) => id,
    async fetchPage(query, range) {
      const { total, rows } = await client.call('transfers.list', { ...query, range });
      return { total, items: rows, facts: null };
    },
  });
  const ask = (tab: TransferTab, search: string): void =>
    list.getState().setQuery(search.trim() === '' ? { tab } : { tab, search });
  const store = createStore<TransfersState>()((set, get) => ({
    totals: null,
    tab: 'all',
    search: '',
    setTab(tab) {
      set({ tab, search: '' });
      ask(tab, '');
    },
    setSearch(search) {
      set({ search });
      ask(get().tab, search);
    },
  }));
  client.on('transfers.changed', ({ totals, rows, removed, more }) => {
    const before = store.getState().totals;
    if (before && totals.rev < before.rev) return;
    store.setState({ totals });
    list.getState().patch(rows);
    const isOther = TRANSFER_TABS.some((tab) => totals.counts[tab] !== before?.counts[tab]);
    if (more || removed.length > 0 || isOther) list.getState().refresh();
  });
  void client
    .call('transfers.totals')
    .then((totals) => store.setState((state) => (state.totals ? {} : { totals })));
  ask('all', '');
  return { transfers: store, transferList: list };
}
