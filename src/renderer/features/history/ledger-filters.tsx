import { LEDGER_KINDS, type LedgerKind } from '../../../shared/model/ledger-kinds.ts';
import { formatNumber } from '../../i18n/format.ts';
import { PERIODS, type Period } from '../../state/history-filter.ts';
import { useLanguage, useTexts } from '../../state/context.tsx';
import { Select } from '../../ui/controls/select.tsx';
import { Search } from './search.tsx';
import css from './history.module.css';

export type Filter = {
  search: string;
  kind: LedgerKind | null;
  person: string | null;
  period: Period;
};
export const NO_FILTER: Filter = { search: '', kind: null, person: null, period: 'all' };

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
      <Search
        clearLabel={ledger.clearSearch}
        label={ledger.search}
        value={filter.search}
        onSearch={(search) => onChange({ search })}
      />
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
        options={PERIODS.map((value) => ({
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
