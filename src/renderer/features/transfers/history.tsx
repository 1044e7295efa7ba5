import { SearchX } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useApp, useTexts, useTransferList, useTransfers } from '../../state/context.tsx';
import { Button } from '../../ui/controls/button.tsx';
import { EmptyState } from '../../ui/layout/empty-state.tsx';
import { SearchField } from '../../ui/controls/field.tsx';
import css from './transfers.module.css';

/** Debounce before file names are searched. */
const REST_MS = 150;

/** Search among completed or failed transfers by title, id, file name or date. */
export function HistorySearch() {
  const app = useApp();
  const { transfers } = useTexts();
  const [typed, setTyped] = useState('');
  const total = useTransferList((state) => state.total);
  const search = useTransfers((state) => state.search);
  const ref = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const timer = setTimeout(
      () => typed !== app.transfers.getState().search && app.transfers.getState().setSearch(typed),
      REST_MS,
    );
    return () => clearTimeout(timer);
  }, [app, typed]);
  return (
    <div className={css.history}>
      <SearchField
        clearLabel={transfers.clearSearch}
        inputRef={ref}
        label={transfers.searchHistory}
        placeholder={transfers.searchHistory}
        value={typed}
        onChange={setTyped}
      />
      <span role="status">{search === '' ? '' : transfers.found(total)}</span>
    </div>
  );
}

export function NoResults() {
  const app = useApp();
  const { transfers } = useTexts();
  return (
    <div className={css.rows}>
      <EmptyState
        actions={
          <Button
            icon={SearchX}
            onPress={() => app.transfers.getState().setTab(app.transfers.getState().tab)}
          >
            {transfers.clearSearch}
          </Button>
        }
        art="transfers"
        text={transfers.notFoundText}
        title={transfers.notFound}
      />
    </div>
  );
}
