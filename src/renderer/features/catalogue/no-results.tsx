import { readQuery, useRead } from '../../state/queries.ts';
import { useQueries } from '@tanstack/react-query';
import {
  BookmarkPlus,
  CalendarX2,
  CloudDownload,
  FlaskConical,
  Plus,
  RotateCw,
  SatelliteDish,
  SearchX,
  ServerCog,
  SpellCheck,
} from 'lucide-react';
import { useStore } from 'zustand';
import { formatNumber } from '../../i18n/format.ts';
import { withoutSpan } from '../../../shared/api/query/edit.ts';
import type { CatalogueQuery } from '../../state/criteria.ts';
import { clearFilters, filterCount, removeTerm, useCatalogueQuery } from '../../state/filters.ts';
import {
  useConnection,
  useApp,
  useLanguage,
  useLibrary,
  useSources,
  useTexts,
} from '../../state/context.tsx';
import { useReportError } from '../../state/errors.ts';
import { useCall } from '../../state/projection.ts';
import { saveSearch } from '../../state/saved-searches.ts';
import { Button } from '../../ui/controls/button.tsx';
import { EmptyState, type NextStep } from '../../ui/layout/empty-state.tsx';
import { InlineAlert } from '../../ui/display/inline-alert.tsx';
import { CardSkeleton } from './card.tsx';
import css from './catalogue.module.css';

type Suggestion = {
  id: string;
  query: CatalogueQuery;
  kind: 'date' | 'term';
  word: string;
  take: () => void;
};

/** Broader searches: the same with one term removed. */
function useSuggestions({ sort }: CatalogueQuery): Suggestion[] {
  const app = useApp();
  const { text, query } = useCatalogueQuery();
  if (query.clauses.length < 2) return [];
  return query.clauses.flatMap((clause): Suggestion[] => {
    const [first] = clause;
    const last = clause.at(-1);
    if (!first || !last) return [];
    const span = { start: first.start, end: last.end };
    const without = withoutSpan(text, span);
    const isDate = clause.every(
      ({ criterion }) => criterion.kind === 'range' && criterion.field === 'date',
    );
    return [
      {
        id: `${span.start}:${without}`,
        kind: isDate ? 'date' : 'term',
        word: text.slice(span.start, span.end),
        take: () => removeTerm(app, span),
        query: { text: without, sort },
      },
    ];
  });
}

function useTotals(ways: Suggestion[]): Record<string, number> {
  const { client } = useApp();
  return useQueries({
    queries: ways.map(({ query }) =>
      readQuery(client, 'catalogue.search', { query, range: { offset: 0, count: 1 } }),
    ),
    combine: (answers) =>
      Object.fromEntries(
        ways.flatMap(({ id }, index) => {
          const total = answers[index]?.data?.total;
          return total === undefined ? [] : [[id, total]];
        }),
      ),
  });
}

export function NoResults({ query }: { query: CatalogueQuery }) {
  const app = useApp();
  const texts = useTexts();
  const language = useLanguage();
  const { query: read } = useCatalogueQuery();
  const meant = useRead('catalogue.did-you-mean', { text: query.text }).data?.text ?? null;
  const ways = useSuggestions(query);
  const totals = useTotals(ways);
  const { empty, found } = texts.catalogue;
  const steps: NextStep[] = ways
    .filter((way) => (totals[way.id] ?? 0) > 0)
    .toSorted((a, b) => (totals[b.id] ?? 0) - (totals[a.id] ?? 0))
    .slice(0, 3)
    .map((way) => ({
      id: way.id,
      onPress: way.take,
      icon: way.kind === 'date' ? CalendarX2 : SearchX,
      text: way.kind === 'date' ? empty.anyDate : empty.without(way.word),
      end: found(formatNumber(totals[way.id] ?? 0, language), totals[way.id] === 1),
    }));
  return (
    <EmptyState
      steps={
        meant === null
          ? steps
          : [
              {
                id: 'meant',
                icon: SpellCheck,
                text: empty.didYouMean(meant),
                onPress: () => app.search.getState().type('catalogue', meant),
              },
              ...steps,
            ]
      }
      text={empty.text}
      title={empty.title}
      actions={
        <>
          <Button icon={BookmarkPlus} onPress={() => void saveSearch(app)}>
            {empty.save}
          </Button>
          {filterCount(read) > 0 && (
            <Button tone="quiet" onPress={() => clearFilters(app)}>
              {empty.clearAll}
            </Button>
          )}
        </>
      }
    />
  );
}

/** Whether there is nothing to search, filter or sort, nor anything it could come from. */
export function useHasNoSource(): boolean {
  const sources = useSources();
  const library = useLibrary();
  return useConnection()?.state === 'no-service' && sources.length === 0 && library?.assets === 0;
}

function NoSource() {
  const app = useApp();
  const { catalogue, sources: words, welcome } = useTexts();
  const { first } = catalogue;
  const demo = useCall(app.settings, 'settings.use-service', useReportError());
  return (
    <EmptyState
      actions={
        <>
          <Button
            icon={ServerCog}
            tone="main"
            onPress={() => app.route.getState().go({ name: 'welcome' })}
          >
            {first.setUp}
          </Button>
          <Button icon={Plus} onPress={() => app.sourceDialogs.setState({ open: { name: 'add' } })}>
            {words.add}
          </Button>
          <Button
            icon={FlaskConical}
            isPending={demo.isPending}
            onPress={() => void demo.run({ demo: true })}
          >
            {welcome.startDemo}
          </Button>
        </>
      }
      text={first.noSourceText}
      title={first.noSourceTitle}
    />
  );
}

/** Before the catalogue has content: first sync, no connection, or no service. */
export function EmptyCatalogue() {
  const app = useApp();
  const { catalogue, common } = useTexts();
  const sources = useSources();
  const state = useConnection()?.state ?? 'starting';
  const library = useLibrary();
  const { status, refresh } = useStore(app.results);
  const { first } = catalogue;
  if (state === 'no-service' && sources.length === 0) return <NoSource />;
  if (state === 'no-service' && sources.every(({ fault, isPaused }) => fault !== null || isPaused))
    return (
      <EmptyState
        actions={
          <Button
            icon={SatelliteDish}
            onPress={() => app.route.getState().go({ name: 'settings', section: 'sources' })}
          >
            {first.showSources}
          </Button>
        }
        text={first.faultyText}
        title={first.faultyTitle}
      />
    );
  if (state === 'offline' && library?.assets === 0)
    return <EmptyState text={first.offlineText} title={first.offlineTitle} />;
  if (status === 'failed' && state !== 'starting')
    return (
      <EmptyState
        actions={
          <Button icon={RotateCw} onPress={refresh}>
            {common.retry}
          </Button>
        }
        text={catalogue.failedText}
        title={catalogue.failedTitle}
      />
    );
  const isChecked =
    state === 'no-service'
      ? sources.every(({ syncedAt, isPaused }) => syncedAt !== null || isPaused)
      : library !== null && !library.syncing && library.syncedAt !== null;
  if (isChecked && library?.assets === 0)
    return <EmptyState text={first.emptyText} title={first.emptyTitle} />;
  return (
    <>
      <div className={css.firstNotice}>
        <InlineAlert icon={CloudDownload} title={first.title}>
          {first.text}
        </InlineAlert>
      </div>
      <GridSkeleton />
    </>
  );
}

export function GridSkeleton() {
  return (
    <div aria-busy className={css.skeletons}>
      {Array.from({ length: 12 }, (_, index) => (
        <CardSkeleton key={index} />
      ))}
    </div>
  );
}
