import { CircleAlert, ListFilter, ShieldCheck, Upload } from 'lucide-react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { formatDate, formatNumber, formatTime } from '../../i18n/format.ts';
import { useApp, useLanguage, useNow, useTexts } from '../../state/context.tsx';
import { errorCode, useReportError } from '../../state/errors.ts';
import { saveDocument } from '../../state/document-files.ts';
import { createLedgerList, type LedgerQuery } from '../../state/lists.ts';
import type { LedgerView } from '../../state/views.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Icon } from '../../ui/display/icon.tsx';
import { EmptyState } from '../../ui/layout/empty-state.tsx';
import { columnsClass } from '../../ui/layout/row-list.tsx';
import { cx } from '../../ui/styles/cx.ts';
import type { Period } from '../../state/history-filter.ts';
import { Filters, NO_FILTER, type Filter } from './ledger-filters.tsx';
import { Rows } from './ledger-rows.tsx';
import css from './history.module.css';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Days in UTC, as the list shows them. */
function sinceOf(period: Period, nowMs: number): number | null {
  const today = nowMs - (nowMs % DAY_MS);
  return { all: null, today, week: today - 6 * DAY_MS, month: today - 29 * DAY_MS }[period];
}

/** Who knew what, and when: everything that was recorded, newest first. */
export function Ledger({
  openNumber,
  onOpen,
}: {
  /** Number of the entry whose details are shown. */
  openNumber: number | null;
  onOpen: (number: number | null) => void;
}) {
  const app = useApp();
  const state = useStore(app.ledger, ({ value }) => value);
  const [filter, setFilter] = useState(NO_FILTER);
  /** What is typed goes with the filters that are taken away. */
  const [clearings, setClearings] = useState(0);
  const clear = (): void => {
    setFilter(NO_FILTER);
    setClearings((before) => before + 1);
  };
  const change = useCallback(
    (changed: Partial<Filter>) => setFilter((before) => ({ ...before, ...changed })),
    [],
  );
  const list = useLedgerList(filter);
  const { total, rows, facts, status } = useStore(list);
  const toggle = useCallback(
    (number: number) => onOpen(number === openNumber ? null : number),
    [onOpen, openNumber],
  );
  const isFiltered = JSON.stringify(filter) !== JSON.stringify(NO_FILTER);
  return (
    <>
      <div>{state && <ChainStrip state={state} onShow={onOpen} />}</div>
      {state?.entries === 0 ? (
        <Nothing />
      ) : (
        <>
          <Filters
            key={clearings}
            filter={filter}
            people={facts?.people ?? []}
            total={total}
            onChange={change}
          />
          {status === 'ready' && total === 0 && isFiltered ? (
            <NoneFound onClear={clear} />
          ) : (
            <div className={css.table}>
              <Columns />
              <Rows
                key={JSON.stringify(filter)}
                openNumber={openNumber}
                rows={rows}
                total={total}
                onOpen={toggle}
                onVisible={list.getState().setVisibleRange}
              />
            </div>
          )}
        </>
      )}
    </>
  );
}

/** The entries that match, read again when there are more. */
function useLedgerList({ search, kind, person, period }: Filter) {
  const app = useApp();
  const [list] = useState(() => createLedgerList(app.client));
  const fromMs = sinceOf(period, useNow(60_000));
  const query = useMemo<LedgerQuery>(
    () => ({
      search: search.trim(),
      kinds: kind === null ? [] : [kind],
      person,
      fromMs,
      toMs: null,
    }),
    [search, kind, person, fromMs],
  );
  useEffect(() => list.getState().setQuery(query), [list, query]);
  useEffect(
    () =>
      app.ledger.subscribe(({ value }, { value: before }) => {
        // More entries, or a check that has found something.
        if (value?.entries !== before?.entries || value?.checkedAtMs !== before?.checkedAtMs)
          list.getState().refresh();
      }),
    [app, list],
  );
  return list;
}

/** Saves the whole ledger as a file that can be checked elsewhere. */
export function ExportButton() {
  const app = useApp();
  const { ledger } = useTexts();
  const isEmpty = useStore(app.ledger, ({ value }) => value?.entries === 0);
  const reportError = useReportError();
  const save = async (): Promise<void> => {
    try {
      const { name, text } = await app.client.call('ledger.export');
      saveDocument(name, text);
      app.toasts.getState().show(ledger.exported(name));
    } catch (error) {
      if (errorCode(error) === 'usage') app.toasts.getState().show(ledger.tooLarge);
      else reportError(error);
    }
  };
  return (
    <Button icon={Upload} isDisabled={isEmpty} onPress={() => void save()}>
      {ledger.export}
    </Button>
  );
}

/** Whether the chain is whole, before anything else. */
function ChainStrip({
  state: { entries, sinceMs, broken, checkedAtMs, isChecking, fault },
  onShow,
}: {
  state: LedgerView;
  onShow: (number: number) => void;
}) {
  const app = useApp();
  const { ledger } = useTexts();
  const language = useLanguage();
  const reportError = useReportError();
  const check = (): void => void app.ledger.call('ledger.check').catch(reportError);
  if (broken) {
    const { how, entry } = broken;
    const isThere = entry !== null && how !== 'cut' && how !== 'removed';
    return (
      <div className={cx(css.chain, css.bad)} role="alert">
        <Icon of={CircleAlert} tone="danger" />
        <p>
          <b>{ledger.broken[how](entry === null ? '' : formatNumber(entry, language))}</b>{' '}
          {entry === null || entry === 1 || how === 'rewritten'
            ? ledger.brokenTextAll
            : ledger.brokenText}
        </p>
        {isThere && (
          <Button size={28} onPress={() => onShow(entry)}>
            {ledger.showEntry}
          </Button>
        )}
      </div>
    );
  }
  if (fault)
    return (
      <div className={cx(css.chain, css.bad)} role="alert">
        <Icon of={CircleAlert} tone="danger" />
        <p>
          <b>{ledger.fault}</b> {ledger.faultText}
        </p>
      </div>
    );
  if (entries === 0 || sinceMs === null) return null;
  return (
    <div className={css.chain} role="status">
      <Icon of={ShieldCheck} tone="success" />
      <p>
        {isChecking ? (
          ledger.checking
        ) : (
          <>
            <b>{ledger.unbroken}</b>{' '}
            {ledger.unbrokenText(
              formatNumber(entries, language),
              formatDate(sinceMs, language),
              checkedAtMs === null ? null : formatTime(checkedAtMs, language),
            )}
          </>
        )}
      </p>
      <Button isDisabled={isChecking} size={28} tone="quiet" onPress={check}>
        {ledger.checkNow}
      </Button>
    </div>
  );
}

function Columns() {
  const { columns } = useTexts().ledger;
  return (
    <div aria-hidden className={columnsClass(css.columns)}>
      <span>{columns.number}</span>
      <span>{columns.time}</span>
      <span>{columns.what}</span>
      <span>{columns.package}</span>
      <span>{columns.who}</span>
    </div>
  );
}

function Nothing() {
  const app = useApp();
  const { ledger } = useTexts();
  return (
    <div className={css.empty}>
      <EmptyState
        actions={
          <Button onPress={() => app.route.getState().go({ name: 'catalogue' })}>
            {ledger.nothingYetStep}
          </Button>
        }
        art="articles"
        text={ledger.nothingYetText}
        title={ledger.nothingYet}
      />
    </div>
  );
}

function NoneFound({ onClear }: { onClear: () => void }) {
  const { ledger } = useTexts();
  return (
    <div className={css.empty}>
      <EmptyState
        actions={
          <Button icon={ListFilter} onPress={onClear}>
            {ledger.clearFilters}
          </Button>
        }
        art="articles"
        text={ledger.noneFoundText}
        title={ledger.noneFound}
      />
    </div>
  );
}
