import { useRead, useRested } from '../../state/queries.ts';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { memo, useMemo, useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { formatNumber } from '../../i18n/format.ts';
import { namesOf } from '../../../shared/api/query/values.ts';
import { foldText } from '../../../shared/api/text.ts';
import type { SetField } from '../../../shared/api/query/fields.ts';
import type { CatalogueQuery } from '../../state/criteria.ts';
import {
  clearFilters,
  toggleFilter,
  useFilterCount,
  useFilterValues,
} from '../../state/filters.ts';
import { useApp, useLanguage, useTexts } from '../../state/context.tsx';
import { Button } from '../../ui/controls/button.tsx';
import { Checkbox } from '../../ui/controls/choice.tsx';
import { SearchField } from '../../ui/controls/field.tsx';
import { Icon } from '../../ui/display/icon.tsx';
import { DateFilter } from './date-filter.tsx';
import { facetLabel } from './facet-labels.ts';
import css from './catalogue.module.css';

type FacetValue = { value: string; label: string; count: number };
export type FacetCounts = Record<string, FacetValue[]>;

/** Where it comes from, then ordered by how much they narrow a result; the last two start collapsed. */
const ORDER: readonly SetField[] = [
  'source',
  'topic',
  'country',
  'type',
  'rights',
  'format',
  'language',
  'has',
  'rate',
];
const CLOSED = new Set<SetField>(['rate', 'has']);
const SHOWN = 5;
/** From so many values on they can be searched. */
const SEARCHED = 12;
/** Debounce while typing. */
const REST_MS = 150;

const ALL: CatalogueQuery = { text: '', sort: 'newest' };

/**
 * Values of the query, most frequent first, then those that only the whole catalogue has, with a
 * count of zero, so that the list keeps its values.
 */
function merge(all: FacetCounts, now: FacetCounts): FacetCounts {
  return Object.fromEntries(
    Object.entries(all).map(([name, values]) => {
      const counted = now[name] ?? [];
      const here = new Set(counted.map(({ value }) => value));
      return [
        name,
        [
          ...counted,
          ...values
            .filter(({ value }) => !here.has(value))
            .map((entry) => ({ ...entry, count: 0 })),
        ],
      ];
    }),
  );
}

/**
 * Facet counts of a query, read again with each revision of the library and debounced while typing.
 */
const useCounts = (query: CatalogueQuery, restMs: number): FacetCounts | null =>
  useRead('catalogue.facets', useRested(query, restMs), { keepPrevious: true }).data ?? null;

/** Facet counts for the current query and library. */
export function useFacetCounts(query: CatalogueQuery): FacetCounts {
  const all = useCounts(ALL, 0);
  const now = useCounts(query, REST_MS);
  return useMemo(() => (all ? merge(all, now ?? all) : {}), [all, now]);
}

/** Memoised: typing must not render the many checkboxes, only new counts do. */
export const Facets = memo(function Facets({
  counts,
  bare = false,
}: {
  counts: FacetCounts;
  bare?: boolean;
}) {
  const app = useApp();
  const { catalogue } = useTexts();
  const chosen = useFilterCount();
  const sections = (
    <>
      <Section name={catalogue.date}>
        <div className={css.facetPad}>
          <DateFilter />
        </div>
      </Section>
      {ORDER.map((name) => (
        <Facet key={name} name={name} values={counts[name] ?? []} />
      ))}
    </>
  );
  if (bare) return sections;
  return (
    <aside aria-label={catalogue.filters} className={css.facets}>
      <div className={css.facetsHead}>
        <h2>{catalogue.filters}</h2>
        {chosen > 0 && (
          <Button size={28} tone="quiet" onPress={() => clearFilters(app)}>
            {catalogue.clear(chosen)}
          </Button>
        )}
      </div>
      {sections}
    </aside>
  );
});

function Section({
  name,
  closed = false,
  children,
}: {
  name: string;
  closed?: boolean;
  children: React.ReactNode;
}) {
  const [isOpen, setOpen] = useState(!closed);
  return (
    <section className={css.facet}>
      <h3>
        <AriaButton
          aria-expanded={isOpen}
          className={css.facetName ?? ''}
          onPress={() => setOpen(!isOpen)}
        >
          {name}
          <Icon of={isOpen ? ChevronDown : ChevronRight} size={14} />
        </AriaButton>
      </h3>
      {isOpen && children}
    </section>
  );
}

function Facet({ name, values }: { name: SetField; values: FacetValue[] }) {
  const app = useApp();
  const texts = useTexts();
  const language = useLanguage();
  const [isWhole, setWhole] = useState(false);
  /** Looked for among the values, under their names in either language. */
  const [typed, setTyped] = useState('');
  const chosen = useFilterValues(name);
  const chosenSet = new Set(chosen);
  // Selected values stay visible even if their count is zero or they are far down the list.
  const missing = chosen
    .filter((value) => !values.some((known) => known.value === value))
    .map((value) => ({ value, label: value, count: 0 }));
  const all = [...values, ...missing];
  const folded = foldText(typed.trim());
  const shown = isWhole
    ? all.filter(
        ({ value, label }) =>
          folded === '' ||
          [label, ...namesOf(name, value)].some((one) => foldText(one).includes(folded)),
      )
    : all.filter((entry, index) => index < SHOWN || chosenSet.has(entry.value));
  // One source is no choice.
  if (all.length === 0 || (name === 'source' && all.length === 1 && chosenSet.size === 0))
    return null;
  return (
    <Section closed={CLOSED.has(name)} name={texts.catalogue.facets[name]}>
      {isWhole && all.length > SEARCHED && (
        <div className={css.facetPad}>
          <SearchField
            clearLabel={texts.shell.clearSearch}
            label={texts.catalogue.findValue(texts.catalogue.facets[name])}
            placeholder={texts.catalogue.findValue(texts.catalogue.facets[name])}
            value={typed}
            onChange={setTyped}
          />
        </div>
      )}
      {shown.map(({ value, label, count }) => (
        <Checkbox
          className={css.facetRow}
          isSelected={chosenSet.has(value)}
          key={value}
          onChange={(isOn) => toggleFilter(app, name, value, isOn)}
        >
          <span className={css.facetValue}>{facetLabel(name, value, label, texts, language)}</span>
          <span className={css.facetCount}>{formatNumber(count, language)}</span>
        </Checkbox>
      ))}
      {all.length > SHOWN && (
        <Button
          className={css.facetMore}
          size={28}
          tone="quiet"
          onPress={() => {
            setWhole(!isWhole);
            setTyped('');
          }}
        >
          {isWhole ? texts.catalogue.showFewer : texts.catalogue.showAll(all.length)}
        </Button>
      )}
    </Section>
  );
}
