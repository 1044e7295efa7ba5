import { ArrowDown, ArrowUp } from 'lucide-react';
import { useEffect, useMemo, useRef } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { useStore } from 'zustand';
import { toQuery, type CatalogueQuery } from '../../state/criteria.ts';
import { useCatalogueQuery } from '../../state/filters.ts';
import { useCriteria, useApp, useLibrary, useSettings, useTexts } from '../../state/context.tsx';
import type { Sort } from '../../../shared/model/sorts.ts';
import type { Texts } from '../../i18n/index.ts';
import { Icon } from '../../ui/display/icon.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { Facets, useFacetCounts } from './facets.tsx';
import { ResultsGrid } from './grid.tsx';
import { GridSkeleton, NoResults, EmptyCatalogue, useHasNoSource } from './no-results.tsx';
import { ResultsHeader } from './results-header.tsx';
import { SelectionBar } from './selection-bar.tsx';
import css from './catalogue.module.css';

export function CatalogueScreen() {
  const app = useApp();
  const { catalogue, common } = useTexts();
  const isBare = useHasNoSource();
  const { text, query: read } = useCatalogueQuery();
  const sort = useCriteria((state) => state.sort);
  const query = useMemo(() => toQuery(text, read, sort), [text, read, sort]);
  const counts = useFacetCounts(query);
  useEffect(() => app.results.getState().setQuery(query), [app, query]);
  useEffect(
    () =>
      app.library.subscribe((now, before) => {
        if (now.value?.rev !== before.value?.rev) app.results.getState().refresh();
      }),
    [app],
  );
  return (
    <div className={cx(css.catalogue, isBare && css.bare)}>
      {!isBare && <Facets counts={counts} />}
      <section aria-label={catalogue.results} className={css.results}>
        {isBare ? (
          <header className={css.header}>
            <h1>{common.catalogue}</h1>
          </header>
        ) : (
          <ResultsHeader counts={counts} />
        )}
        <ResultsBody query={query} />
        <SelectionBar />
      </section>
    </div>
  );
}

function ResultsBody({ query }: { query: CatalogueQuery }) {
  const app = useApp();
  const view = useSettings()?.catalogueView;
  const status = useStore(app.results, (state) => state.status);
  const total = useStore(app.results, (state) => state.total);
  const assets = useLibrary()?.assets;
  const scrollRef = useRef<HTMLDivElement>(null);
  const shownQuery = useRef(query);
  useEffect(() => {
    if (shownQuery.current === query) return;
    shownQuery.current = query;
    scrollRef.current?.scrollTo({ top: 0 });
  }, [query]);
  const keepPlace = (): void =>
    app.criteria.setState({ scrollTop: scrollRef.current?.scrollTop ?? 0 });
  const content = (): React.ReactNode => {
    if (status === 'failed') return <EmptyCatalogue />;
    if (status === 'loading' || view === undefined) return <GridSkeleton />;
    if (total > 0) return <ResultsGrid key={view} scrollRef={scrollRef} view={view} />;
    return assets === 0 ? <EmptyCatalogue /> : <NoResults query={query} />;
  };
  return (
    <div className={css.body} ref={scrollRef} onScroll={keepPlace}>
      {view === 'table' && total > 0 && <TableHead />}
      {content()}
    </div>
  );
}

type Column = keyof Texts['catalogue']['columns'];
/** The two orders of each column; the first is the usual one. */
const ORDERS: Record<Column, readonly [Sort, Sort]> = {
  title: ['title-az', 'title-za'],
  date: ['newest', 'oldest'],
  place: ['place-az', 'place-za'],
  languages: ['languages-az', 'languages-za'],
  format: ['format-best', 'format-least'],
  size: ['largest', 'smallest'],
  length: ['longest', 'shortest'],
};
const COLUMNS = Object.keys(ORDERS) as Column[];
const NUMBERS = new Set<Column>(['size', 'length']);

/** Pressed, a heading sorts by its column, and once more the other way round. */
function TableHead() {
  const app = useApp();
  const { catalogue } = useTexts();
  const sort = useCriteria((state) => state.sort);
  return (
    <div className={css.tableHead}>
      <span />
      <span />
      {COLUMNS.map((column) => {
        const [usual, reverse] = ORDERS[column];
        const isSorted = sort === usual || sort === reverse;
        const next = sort === usual ? reverse : usual;
        return (
          <AriaButton
            aria-label={`${catalogue.columns[column]}${isSorted ? `, ${catalogue.sorts[sort]}` : ''}`}
            className={cx(css.sortBy, NUMBERS.has(column) && css.number)}
            key={column}
            onPress={() => app.criteria.getState().setSort(next)}
          >
            {catalogue.columns[column]}
            {isSorted && <Icon of={DOWN.has(sort) ? ArrowDown : ArrowUp} size={14} />}
          </AriaButton>
        );
      })}
    </div>
  );
}
/** Orders that begin with the most. */
const DOWN = new Set<Sort>([
  'newest',
  'longest',
  'largest',
  'format-best',
  'title-za',
  'place-za',
  'languages-za',
]);
