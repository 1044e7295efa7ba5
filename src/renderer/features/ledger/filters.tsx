import { useEffect, useRef, useState } from 'react';
import { LEDGER_KINDS, type LedgerKind } from '../../../shared/model/ledger-kinds.ts';
import { formatNumber } from '../../i18n/format.ts';
import { useLanguage, useTexts } from '../../state/context.tsx';
import { SearchField } from '../../ui/controls/field.tsx';
import { Select } from '../../ui/controls/select.tsx';
import { Kbd } from '../../ui/display/text.tsx';
import css from './ledger.module.css';

export type Period = 'all' | 'today' | 'week' | 'month';
export type Filter = {
  search: string;
  kind: LedgerKind | null;
  person: string | null;
  period: Period;
};
export const NO_FILTER: Filter = { search: '', kind: null, person: null, period: 'all' };

/** Pause in typing before entries are searched. */
const REST_MS = 150;
/** No kind, person or desk has this name: it stands for all of them. */
const ALL = '\u0000';

export function Filters({
  filter,
  people,
  total,
  onChange,
}: {
  filter: Filter;
  people: readonly string[];
  total: number;
  onChange: (change: Partial<Filter>) => void;
}) {
  const { ledger } = useTexts();
  const language = useLanguage();
  return (
    <div className={css.filters}>
      <Search filter={filter} onChange={onChange} />
      <Select
        hideLabel
        label={ledger.kind}
        look="button"
        options={[
          { value: ALL, label: ledger.allKinds },
          ...LEDGER_KINDS.map((kind) => ({ value: kind, label: ledger.kinds[kind] })),
        ]}
        value={filter.kind ?? ALL}
        onChange={(kind) => onChange({ kind: LEDGER_KINDS.find((one) => one === kind) ?? null })}
      />
      <Select
        hideLabel
        label={ledger.person}
        look="button"
        options={[
          { value: ALL, label: ledger.anyone },
          ...people.map((name) => ({ value: name, label: name })),
        ]}
        value={filter.person ?? ALL}
        onChange={(person) => onChange({ person: person === ALL ? null : person })}
      />
      <Select
        hideLabel
        label={ledger.period}
        look="button"
        options={(['all', 'today', 'week', 'month'] as const).map((value) => ({
          value,
          label: ledger.periods[value],
        }))}
        value={filter.period}
        onChange={(period) => onChange({ period })}
      />
      <span className={css.count} role="status">
        {ledger.count(formatNumber(total, language))}
      </span>
    </div>
  );
}

function Search({
  filter,
  onChange,
}: {
  filter: Filter;
  onChange: (change: Partial<Filter>) => void;
}) {
  const { ledger } = useTexts();
  const [typed, setTyped] = useState(filter.search);
  const ref = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const timer = setTimeout(() => typed !== filter.search && onChange({ search: typed }), REST_MS);
    return () => clearTimeout(timer);
  }, [typed, filter.search, onChange]);
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'f') return;
      event.preventDefault();
      ref.current?.focus();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
  return (
    <SearchField
      className={css.search}
      clearLabel={ledger.clearSearch}
      hint={<Kbd>mod F</Kbd>}
      inputRef={ref}
      label={ledger.search}
      placeholder={ledger.search}
      value={typed}
      onChange={setTyped}
    />
  );
}
