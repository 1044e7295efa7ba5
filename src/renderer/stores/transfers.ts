import { createStore, type StoreApi } from 'zustand/vanilla';
import type * as z from 'zod';
import type { transferRow, transferTab, transferTotals } from '../../shared/contract/transfers.ts';
import type { DeskClient } from '../ipc/client.ts';

export type TransferRow = z.infer<typeof transferRow>;
export type TransferTotals = z.infer<typeof transferTotals>;
export type TransferTab = z.infer<typeof transferTab>;

/** Rows fetched at a time: a screen and a half on the tallest screens. */
const PAGE = 60;

export type TransfersState = {
  totals: TransferTotals | null;
  tab: TransferTab;
  total: number;
  /** Sparse: only rows that were on screen are here, by their place in the list. */
  rows: ReadonlyMap<number, TransferRow>;
  setTab(tab: TransferTab): void;
  /** Called with what is on screen; fetches what is missing there. */
  show(first: number, last: number): void;
  /** Reads again what is on screen: after a move, which no push tells of. */
  refresh(): void;
};

/** The queue as windows of a list: main owns the order and the states. */
export function createTransfersStore(client: DeskClient): StoreApi<TransfersState> {
  const store = createStore<TransfersState>()((set, get) => ({
    totals: null,
    tab: 'all',
    total: 0,
    rows: new Map(),
    setTab(tab) {
      set({ tab, rows: new Map(), total: 0 });
      void fetchPage(0);
    },
    show(first, last) {
      const { rows, total } = get();
      for (let page = Math.floor(first / PAGE); page <= Math.floor(last / PAGE); page += 1) {
        const offset = page * PAGE;
        if (offset < total && !rows.has(offset)) void fetchPage(offset);
      }
    },
    refresh: () => void refetch(),
  }));

  async function fetchPage(offset: number): Promise<void> {
    const { tab } = store.getState();
    const { total, rows } = await client.call('transfers.list', { tab, range: { offset, count: PAGE } });
    if (store.getState().tab !== tab) return;
    const next = new Map(store.getState().rows);
    rows.forEach((row, index) => next.set(offset + index, row));
    store.setState({ total, rows: next });
  }

  /** Again what is on screen: rows came, went or changed their places. */
  async function refetch(): Promise<void> {
    const pages = new Set([0, ...Array.from(store.getState().rows.keys(), (index) => Math.floor(index / PAGE) * PAGE)]);
    const { tab } = store.getState();
    const answers = await Promise.all(Array.from(pages, async (offset) => ({ offset, page: await client.call('transfers.list', { tab, range: { offset, count: PAGE } }) })));
    if (store.getState().tab !== tab) return;
    const rows = new Map<number, TransferRow>();
    for (const { offset, page } of answers) page.rows.forEach((row, index) => rows.set(offset + index, row));
    store.setState({ total: answers[0]?.page.total ?? 0, rows });
  }

  client.on('transfers.changed', ({ totals, rows, removed }) => {
    const before = store.getState();
    if (before.totals && totals.rev < before.totals.rev) return;
    const places = new Map(Array.from(before.rows, ([index, row]) => [row.id, index]));
    const moved = removed.length > 0 || JSON.stringify(totals.counts) !== JSON.stringify(before.totals?.counts) || rows.some((row) => !places.has(row.id) && before.tab === 'all');
    const next = new Map(before.rows);
    for (const row of rows) {
      const place = places.get(row.id);
      if (place !== undefined) next.set(place, row);
    }
    store.setState({ totals, rows: next });
    if (moved) void refetch();
  });
  void client.call('transfers.totals').then((totals) => store.setState((state) => (state.totals ? {} : { totals })));
  void fetchPage(0);
  return store;
}
