import { useEffect, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import { toQuery } from '../../state/criteria.ts';
import { useCatalogueQuery } from '../../state/filters.ts';
import { useCriteria, useApp, useLibrary, useSettings, useTexts } from '../../state/context.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { Facets, useFacetCounts } from './facets.tsx';
import { ResultsGrid } from './grid.tsx';
import { GridSkeleton, NoResults, EmptyCatalogue, useHasNoSource } from './no-results.tsx';
import { ResultsHeader, useChips } from './results-header.tsx';
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
  const chips = useChips(counts);
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
          <ResultsHeader chips={chips} counts={counts} />
        )}
        <ResultsBody chips={chips} query={query} />
        <SelectionBar />
      </section>
    </div>
  );
}

function ResultsBody({
  query,
  chips,
}: {
  query: ReturnType<typeof toQuery>;
  chips: ReturnType<typeof useChips>;
}) {
  const app = useApp();
  const { catalogue } = useTexts();
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
    return assets === 0 ? <EmptyCatalogue /> : <NoResults chips={chips} query={query} />;
  };
  return (
    <div className={css.body} ref={scrollRef} onScroll={keepPlace}>
      {view === 'table' && total > 0 && <TableHead columns={catalogue.columns} />}
      {content()}
    </div>
  );
}

function TableHead({
  columns,
}: {
  columns: {
    title: string;
    date: string;
    place: string;
    languages: string;
    format: string;
    size: string;
    length: string;
  };
}) {
  return (
    <div aria-hidden className={css.tableHead}>
      <span />
      <span />
      <span>{columns.title}</span>
      <span>{columns.date}</span>
      <span>{columns.place}</span>
      <span>{columns.languages}</span>
      <span>{columns.format}</span>
      <span className={css.number}>{columns.size}</span>
      <span className={css.number}>{columns.length}</span>
    </div>
  );
}
