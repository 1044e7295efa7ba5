import {
  ArrowDownWideNarrow,
  BookmarkPlus,
  LayoutGrid,
  Rows3,
  SlidersHorizontal,
} from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { formatNumber } from '../../i18n/format.ts';
import type { Texts } from '../../i18n/index.ts';
import type { Criteria, FacetName } from '../../state/criteria.ts';
import {
  useCriteria,
  useApp,
  useLanguage,
  useSearchText,
  useSettings,
  useTexts,
} from '../../state/context.tsx';
import type { AppContext } from '../../state/app.ts';
import { useReportError } from '../../state/errors.ts';
import { keepSearch, saveSearch } from '../../state/saved-searches.ts';
import { Chips, type Chip } from '../../ui/display/badge.tsx';
import { Button } from '../../ui/controls/button.tsx';
import { Segmented } from '../../ui/controls/choice.tsx';
import { Dialog } from '../../ui/overlays/dialog.tsx';
import { Select } from '../../ui/controls/select.tsx';
import { facetLabel } from './facet-labels.ts';
import { Facets, type FacetCounts } from './facets.tsx';
import { SavedSearches } from './saved-searches.tsx';
import css from './catalogue.module.css';

/** The active filters, labelled as in the facets. */
export function useChips(counts: FacetCounts): Chip[] {
  const texts = useTexts();
  const language = useLanguage();
  const facets = useCriteria((state) => state.facets);
  const period = useCriteria((state) => state.period);
  const { catalogue } = texts;
  const chips: Chip[] =
    period === null
      ? []
      : [{ id: 'period', kind: catalogue.date, label: catalogue.periodChips[period] }];
  for (const [name, values] of Object.entries(facets) as [FacetName, string[]][]) {
    for (const value of values) {
      const label = counts[name]?.find((known) => known.value === value)?.label ?? value;
      chips.push({
        id: `${name}:${value}`,
        kind: catalogue.facets[name],
        label: facetLabel(name, value, label, texts, language),
      });
    }
  }
  return chips;
}

export function removeChip({ criteria }: AppContext, id: string): void {
  const { facets, setFacet, setPeriod } = criteria.getState();
  const [name, value] = id.split(/:(.*)/s) as [FacetName, string];
  if (id === 'period') setPeriod(null);
  else
    setFacet(
      name,
      (facets[name] ?? []).filter((other) => other !== value),
    );
}

/** Default name of a saved search: what it searches for. */
export function nameOfSearch({ catalogue }: Texts, text: string, chips: Chip[]): string {
  return (
    [text.trim(), ...chips.map((chip) => chip.label)].filter(Boolean).join(', ').slice(0, 200) ||
    catalogue.allFootage
  );
}

export function ResultsHeader({ counts, chips }: { counts: FacetCounts; chips: Chip[] }) {
  const app = useApp();
  const texts = useTexts();
  const language = useLanguage();
  const text = useSearchText('catalogue');
  const { total, status } = useStore(app.results);
  const { catalogue } = texts;
  const name = nameOfSearch(texts, text, chips);
  const words = text.trim() === '' ? '' : catalogue.forText(text.trim());
  return (
    <header className={css.header}>
      <h1 aria-live="polite">
        {status === 'ready' &&
          (total === 0
            ? catalogue.nothing
            : catalogue.found(formatNumber(total, language), total === 1))}{' '}
        <span>{words}</span>
      </h1>
      <div className={css.tools}>
        <Button
          className={css.saveButton}
          icon={BookmarkPlus}
          size={28}
          tone="quiet"
          onPress={() => void saveSearch(app, name, text)}
        >
          {catalogue.saveSearch}
        </Button>
        <SavedSearches keep={() => keepSearch(app, name, text)} />
        <FiltersSheet count={chips.length} counts={counts} />
        <SortSelect hasText={text.trim() !== ''} />
        <ViewSwitch />
      </div>
      {chips.length > 0 && (
        <div className={css.chips}>
          <Chips
            chips={chips}
            label={catalogue.chosenFilters}
            removeLabel={catalogue.removeFilter}
            onRemove={(id) => removeChip(app, id)}
          />
        </div>
      )}
    </header>
  );
}

/** In a narrow window the facets are behind a button. */
function FiltersSheet({ count, counts }: { count: number; counts: FacetCounts }) {
  const { catalogue, common } = useTexts();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        className={css.filtersButton}
        icon={SlidersHorizontal}
        size={28}
        onPress={() => setOpen(true)}
      >
        {catalogue.filters}
        {count > 0 && ` ${count}`}
      </Button>
      <Dialog
        actions={
          <Button tone="main" onPress={() => setOpen(false)}>
            {common.close}
          </Button>
        }
        isOpen={isOpen}
        title={catalogue.filters}
        onClose={() => setOpen(false)}
      >
        <div className={css.sheet}>
          <Facets bare counts={counts} />
        </div>
      </Dialog>
    </>
  );
}

function SortSelect({ hasText }: { hasText: boolean }) {
  const app = useApp();
  const { catalogue } = useTexts();
  const sort = useCriteria((state) => state.sort);
  const sorts: Criteria['sort'][] = hasText
    ? ['newest', 'relevance', 'duration']
    : ['newest', 'duration'];
  return (
    <Select
      hideLabel
      icon={ArrowDownWideNarrow}
      label={catalogue.sort}
      look="button"
      options={sorts.map((value) => ({ value, label: catalogue.sorts[value] }))}
      value={sort === 'relevance' && !hasText ? 'newest' : sort}
      onChange={(next) => app.criteria.getState().setSort(next)}
    />
  );
}

function ViewSwitch() {
  const app = useApp();
  const { catalogue } = useTexts();
  const reportError = useReportError();
  const view = useSettings()?.catalogueView ?? 'grid';
  const change = (catalogueView: 'grid' | 'table'): void => {
    app.settings.call('settings.set', { catalogueView }).catch(reportError);
  };
  return (
    <Segmented
      label={catalogue.view}
      segments={[
        { value: 'grid', label: catalogue.grid, icon: LayoutGrid },
        { value: 'table', label: catalogue.table, icon: Rows3 },
      ]}
      value={view}
      onChange={change}
    />
  );
}
