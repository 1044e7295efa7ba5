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
import { hasWords } from '../../state/criteria.ts';
import { filterCount, useCatalogueQuery } from '../../state/filters.ts';
import { useCriteria, useApp, useLanguage, useSettings, useTexts } from '../../state/context.tsx';
import { useReportError } from '../../state/errors.ts';
import { saveSearch } from '../../state/saved-searches.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Segmented } from '../../ui/controls/choice.tsx';
import { Dialog } from '../../ui/overlays/dialog.tsx';
import { Select } from '../../ui/controls/select.tsx';
import { Facets, type FacetCounts } from './facets.tsx';
import { SavedSearchesButton } from './saved-searches.tsx';
import css from './catalogue.module.css';

export function ResultsHeader({ counts }: { counts: FacetCounts }) {
  const app = useApp();
  const texts = useTexts();
  const language = useLanguage();
  const { text, query } = useCatalogueQuery();
  const { total, status } = useStore(app.results);
  const { catalogue } = texts;
  const leftOut = query.faults.map(({ field, reason, value }) =>
    reason === 'unknown-field' || reason === 'no-value' ? field : value,
  );
  const words =
    leftOut.length > 0
      ? texts.query.leftOut(leftOut.join(', '))
      : text.trim() === ''
        ? ''
        : catalogue.forText(text.trim());
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
          onPress={() => void saveSearch(app)}
        >
          {catalogue.saveSearch}
        </Button>
        <SavedSearchesButton />
        <FiltersSheet count={filterCount(query)} counts={counts} />
        <SortSelect hasText={hasWords(query)} />
        <ViewSwitch />
      </div>
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
