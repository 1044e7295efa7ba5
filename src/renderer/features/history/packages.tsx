import { FolderSearch, ListFilter, RotateCw, Unplug } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { formatNumber, formatTime } from '../../i18n/format.ts';
import { useApp, useLanguage, useNow, useTexts } from '../../state/context.tsx';
import { useReportError } from '../../state/errors.ts';
import {
  NO_HISTORY_FILTER,
  PERIODS,
  type HistoryFilter,
  type Period,
} from '../../state/history-filter.ts';
import { createHistoryList, type HistoryQuery } from '../../state/lists.ts';
import type { HistoryView } from '../../state/views.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Select } from '../../ui/controls/select.tsx';
import { Icon } from '../../ui/display/icon.tsx';
import { EmptyState } from '../../ui/layout/empty-state.tsx';
import { PackageColumns, PackageRows } from './package-rows.tsx';
import { Search } from './search.tsx';
import css from './history.module.css';

const DAYS: Record<Exclude<Period, 'all'>, number> = { today: 0, week: 6, month: 29 };
const SHOWN = ['all', 'here', 'gone', 'marked'] as const satisfies HistoryQuery['show'][];
/** Shortest time between two reads of the list while packages come in. */
const REFRESH_MS = 500;

/** Start of a period of whole days, by this computer's clock as the list shows them. */
function sinceOf(period: Period, nowMs: number): number | null {
  if (period === 'all') return null;
  const day = new Date(nowMs);
  day.setHours(0, 0, 0, 0);
  day.setDate(day.getDate() - DAYS[period]);
  return day.getTime();
}

/** Every package that was ever complete here, newest first, and where its files are. */
export function Packages() {
  const app = useApp();
  const view = useStore(app.history, ({ value }) => value);
  const filter = useStore(app.historyFilter);
  /** What is typed goes with the filters that are taken away. */
  const [clearings, setClearings] = useState(0);
  const clear = (): void => {
    app.historyFilter.setState(NO_HISTORY_FILTER);
    setClearings((before) => before + 1);
  };
  const list = useHistoryList(filter);
  const { total, rows, status } = useStore(list);
  const isFiltered = JSON.stringify(filter) !== JSON.stringify(NO_HISTORY_FILTER);
  if (view?.packages === 0) return <Nothing />;
  return (
    <>
      <div>{view && <LookStrip view={view} />}</div>
      <Filters key={clearings} filter={filter} total={total} />
      {status === 'failed' ? (
        <Failed onAgain={() => list.getState().refresh()} />
      ) : status === 'ready' && total === 0 && isFiltered ? (
        <NoneFound onClear={clear} />
      ) : (
        <div className={css.table}>
          <PackageColumns />
          <PackageRows
            key={JSON.stringify(filter)}
            rows={rows}
            total={total}
            onVisible={list.getState().setVisibleRange}
          />
        </div>
      )}
    </>
  );
}

/** The packages that match, read again when one of them is another, or somewhere else. */
function useHistoryList({ search, show, period }: HistoryFilter) {
  const app = useApp();
  const [list] = useState(() => createHistoryList(app.client));
  const fromMs = sinceOf(period, useNow(60_000));
  const query = useMemo<HistoryQuery>(
    () => ({ search: search.trim(), show, fromMs, toMs: null }),
    [search, show, fromMs],
  );
  useEffect(() => list.getState().setQuery(query), [list, query]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        list.getState().refresh();
      }, REFRESH_MS);
    };
    const isShown = (ids: readonly string[]): boolean =>
      Array.from(list.getState().rows.values()).some(({ id }) => ids.includes(id));
    const ends = [
      app.history.subscribe(refresh),
      app.recalls.subscribe(refresh),
      // Rights, a repair, or that it was removed from the list.
      app.client.on('transfers.changed', ({ rows, removed }) => {
        if (isShown([...removed, ...rows.map(({ id }) => id)])) refresh();
      }),
    ];
    return () => {
      clearTimeout(timer);
      for (const end of ends) end();
    };
  }, [app, list]);
  return list;
}

/** How far what is said of places can be relied on, before anything else. */
function LookStrip({ view: { away, lookedAtMs, isLooking } }: { view: HistoryView }) {
  const app = useApp();
  const { history } = useTexts();
  const language = useLanguage();
  const reportError = useReportError();
  const look = (): void => void app.client.call('history.look').catch(reportError);
  return (
    <div className={css.chain} role="status">
      <Icon of={away > 0 ? Unplug : FolderSearch} tone={away > 0 ? 'warning' : undefined} />
      <p>
        {isLooking ? (
          history.looking
        ) : away > 0 ? (
          <>
            <b>{history.away(formatNumber(away, language))}</b> {history.awayText}
          </>
        ) : (
          <>
            <b>
              {lookedAtMs === null
                ? history.notLooked
                : history.looked(formatTime(lookedAtMs, language))}
            </b>{' '}
            {history.movedText}
          </>
        )}
      </p>
      <Button isDisabled={isLooking} size={28} tone="quiet" onPress={look}>
        {history.lookNow}
      </Button>
    </div>
  );
}

function Filters({ filter, total }: { filter: HistoryFilter; total: number }) {
  const app = useApp();
  const { history, ledger } = useTexts();
  const language = useLanguage();
  const change = app.historyFilter.setState;
  return (
    <div className={css.filters}>
      <Search
        clearLabel={ledger.clearSearch}
        label={history.search}
        value={filter.search}
        onSearch={(search) => change({ search })}
      />
      <Select
        hideLabel
        label={history.show}
        look="button"
        options={SHOWN.map((value) => ({ value, label: history.shown[value] }))}
        value={filter.show}
        onChange={(show) => change({ show })}
      />
      <Select
        hideLabel
        label={history.period}
        look="button"
        options={PERIODS.map((value) => ({ value, label: ledger.periods[value] }))}
        value={filter.period}
        onChange={(period) => change({ period })}
      />
      <span className={css.count} role="status">
        {history.found(formatNumber(total, language))}
      </span>
    </div>
  );
}

function Nothing() {
  const app = useApp();
  const { history, ledger } = useTexts();
  return (
    <div className={css.empty}>
      <EmptyState
        actions={
          <Button onPress={() => app.route.getState().go({ name: 'catalogue' })}>
            {ledger.nothingYetStep}
          </Button>
        }
        art="transfers"
        text={history.nothingYetText}
        title={history.nothingYet}
      />
    </div>
  );
}

function NoneFound({ onClear }: { onClear: () => void }) {
  const { history } = useTexts();
  return (
    <div className={css.empty}>
      <EmptyState
        actions={
          <Button icon={ListFilter} onPress={onClear}>
            {history.clearFilters}
          </Button>
        }
        art="transfers"
        text={history.noneFoundText}
        title={history.noneFound}
      />
    </div>
  );
}

function Failed({ onAgain }: { onAgain: () => void }) {
  const { history } = useTexts();
  return (
    <div className={css.empty}>
      <EmptyState
        actions={
          <Button icon={RotateCw} onPress={onAgain}>
            {history.tryAgain}
          </Button>
        }
        art="transfers"
        text={history.failedText}
        title={history.failed}
      />
    </div>
  );
}
