import { createStore, type StoreApi } from 'zustand/vanilla';
import type * as z from 'zod';
import type { transferRow, transferTab, transferTotals } from '../../shared/contract/transfers.ts';
import type { ContractClient } from '../contract/client.ts';

export type TransferRow = z.infer<typeof transferRow>;
export type TransferTotals = z.infer<typeof transferTotals>;
export type TransferTab = z.infer<typeof transferTab>;

/** Rows fetched at a time: a screen and a half on the tallest screens. */
const PAGE = 60;
/** Rows that are kept above and below what is on screen. */
const NEAR = 2 * PAGE;
const TABS = [
  'all',
  'active',
  'waiting',
  'done',
  'failed',
] as const satisfies readonly TransferTab[];

export type TransfersState = {
  totals: TransferTotals | null;
  tab: TransferTab;
  /** Words that the rows shown have. */
  search: string;
  total: number;
  /** Sparse: only rows on screen and close to it are here, by their place in the list. */
  rows: ReadonlyMap<number, TransferRow>;
  setTab(tab: TransferTab): void;
  setSearch(search: string): void;
  /** Called with what is on screen; fetches what is missing there. */
  show(first: number, last: number): void;
  /** Reads again what is on screen: after a move, which no push tells of. */
  refresh(): void;
};

/** The queue as windows of a list: main owns the order and the states. */
export function createTransfersStore(client: ContractClient): StoreApi<TransfersState> {
  /** What is on screen, first and last. */
  let shown: [number, number] = [0, 0];
  const once = oneAtATime();
  const store = createStore<TransfersState>()((set, get) => ({
    totals: null,
    tab: 'all',
    search: '',
    total: 0,
    rows: new Map(),
    setTab(tab) {
      set({ tab, search: '', rows: new Map(), total: 0 });
      shown = [0, 0];
      void fetchPage(0);
    },
    setSearch(search) {
      set({ search });
      shown = [0, 0];
      void refetch();
    },
    show(first, last) {
      shown = [first, last];
      const { rows, total } = get();
      for (const offset of pagesOf(shown))
        if (offset < total && !rows.has(offset))
          once(JSON.stringify([asked(), offset]), () => fetchPage(offset));
    },
    refresh: () => void refetch(),
  }));

  const asked = (): Asked => {
    const { tab, search } = store.getState();
    return search.trim() === '' ? { tab } : { tab, search };
  };
  const isStill = ({ tab, search }: Asked): boolean =>
    asked().tab === tab && asked().search === search;

  async function fetchPage(offset: number): Promise<void> {
    const wanted = asked();
    const { total, rows } = await client.call('transfers.list', {
      ...wanted,
      range: { offset, count: PAGE },
    });
    if (!isStill(wanted)) return;
    const next = near(store.getState().rows, shown);
    rows.forEach((row, index) => next.set(offset + index, row));
    store.setState({ total, rows: next });
  }

  /** Again what is on screen: rows came, went or changed their places. */
  async function refetch(): Promise<void> {
    const wanted = asked();
    const answers = await Promise.all(
      pagesOf(shown).map(async (offset) => ({
        offset,
        page: await client.call('transfers.list', { ...wanted, range: { offset, count: PAGE } }),
      })),
    );
    if (!isStill(wanted)) return;
    const rows = answers.flatMap(({ offset, page }) =>
      page.rows.map((row, index) => [offset + index, row] as const),
    );
    store.setState({ total: answers[0]?.page.total ?? 0, rows: new Map(rows) });
  }

  client.on('transfers.changed', ({ totals, rows, removed, more }) => {
    const before = store.getState();
    if (before.totals && totals.rev < before.totals.rev) return;
    const places = new Map(Array.from(before.rows, ([index, row]) => [row.id, index]));
    const isOther = TABS.some((tab) => totals.counts[tab] !== before.totals?.counts[tab]);
    const changed = rows.flatMap((row) =>
      places.has(row.id) ? [[places.get(row.id) ?? 0, row] as const] : [],
    );
    store.setState({ totals, rows: new Map([...before.rows, ...changed]) });
    if (more || removed.length > 0 || isOther) void refetch();
  });
  void client
    .call('transfers.totals')
    .then((totals) => store.setState((state) => (state.totals ? {} : { totals })));
  void fetchPage(0);
  return store;
}

/**
 * Starts what is named unless it is on its way: who scrolls through a page asks for it at every
 * step.
 */
function oneAtATime(): (name: string, run: () => Promise<void>) => void {
  const running = new Set<string>();
  return (name, run) => {
    if (running.has(name)) return;
    running.add(name);
    void run().finally(() => running.delete(name));
  };
}

type Asked = { tab: TransferTab; search?: string };

/**
 * What has gone far out of sight is let go: ten thousand rows would cost every push that follows.
 */
const near = (
  rows: TransfersState['rows'],
  [first, last]: [number, number],
): Map<number, TransferRow> =>
  new Map(Array.from(rows).filter(([index]) => index >= first - NEAR && index <= last + NEAR));

/** Offsets of the pages that hold these rows. */
function pagesOf([first, last]: [number, number]): number[] {
  const page = Math.floor(first / PAGE);
  return Array.from({ length: Math.floor(last / PAGE) - page + 1 }, (_, i) => (page + i) * PAGE);
}
