import {
  ArrowDownWideNarrow,
  BookmarkPlus,
  LayoutGrid,
  Rows3,
  SlidersHorizontal,
} from 'lucide-react';
import { useState } from 'react';
import { SORTS } from '../../../shared/model/sorts.ts';
import { useStore } from 'zustand';
import { formatNumber } from '../../i18n/format.ts';
import type { Texts } from '../../i18n/index.ts';
import { hasWords } from '../../state/criteria.ts';
import { removeTerm, toggleFilter, useCatalogueQuery } from '../../state/filters.ts';
import { useCriteria, useApp, useLanguage, useSettings, useTexts } from '../../state/context.tsx';
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

/** A filter in the query, with the part of it that says so. */
export type FilterChip = Chip & { remove: () => void };

/** The active filters, labelled as in the facets. */
export function useChips(counts: FacetCounts): FilterChip[] {
  const app = useApp();
  const texts = useTexts();
  const language = useLanguage();
  const { text, query } = useCatalogueQuery();
  const { catalogue } = texts;
  return query.clauses.flatMap((clause): FilterChip[] => {
    const [term] = clause;
    if (clause.length > 1 || !term || (term.criterion.kind === 'text' && !term.criterion.column))
      return [];
    const { criterion, isExcluded } = term;
    const asWritten = text.slice(term.start, term.end);
    if (isExcluded || criterion.kind !== 'set')
      return [
        {
          id: `${term.start}:${asWritten}`,
          kind: catalogue.filter,
          label: asWritten,
          remove: () => removeTerm(app, term),
        },
      ];
    const { field } = criterion;
    return criterion.anyOf.map((value) => {
      const known = counts[field]?.find((one) => one.value === value);
      return {
        id: `${field}:${value}`,
        kind: catalogue.facets[field],
        label: facetLabel(field, value, known?.label ?? value, texts, language),
        remove: () => toggleFilter(app, field, value, false),
      };
    });
  });
}

/** Default name of a saved search: what it searches for. */
export const nameOfSearch = ({ catalogue }: Texts, text: string): string =>
  text.trim().slice(0, 200) || catalogue.allFootage;

export function ResultsHeader({ counts, chips }: { counts: FacetCounts; chips: FilterChip[] }) {
  const app = useApp();
  const texts = useTexts();
  const language = useLanguage();
  const { text, query } = useCatalogueQuery();
  const { total, status } = useStore(app.results);
  const { catalogue } = texts;
  const name = nameOfSearch(texts, text);
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
        <SortSelect hasText={hasWords(query)} />
        <ViewSwitch />
      </div>
      {chips.length > 0 && (
        <div className={css.chips}>
          <Chips
            chips={chips}
            label={catalogue.chosenFilters}
            removeLabel={catalogue.removeFilter}
            onRemove={(id) => chips.find((chip) => chip.id === id)?.remove()}
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
  const sorts = SORTS.filter((one) => hasText || one !== 'relevance');
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
