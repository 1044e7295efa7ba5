import { markAllRead } from '../../state/article-actions.ts';
import { clearSelection } from '../../state/article-selection.ts';
import { toArticleQuery, type ArticleQuery } from '../../state/criteria.ts';
import { isAddedKind } from '../../state/source-labels.ts';
import { Places } from './places.tsx';
import { ListMenu, SelectionBar } from './selection-bar.tsx';
import { useArticleKeys } from './use-article-keys.ts';
import { parseQuery } from '../../../shared/api/query/parse.ts';
import { topicName } from '../../../shared/api/query/values.ts';
import { BookmarkPlus, CheckCheck, HardDriveDownload, Plus, RefreshCw, Rss } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { formatBytes, formatNumber, languageName } from '../../i18n/format.ts';
import {
  useConnection,
  useApp,
  useLanguage,
  useLibrary,
  useNow,
  useSearchText,
  useTexts,
} from '../../state/context.tsx';
import { useReportError } from '../../state/errors.ts';
import type { Texts } from '../../i18n/index.ts';
import type { ArticleFacts } from '../../state/lists.ts';
import { Button, IconButton, LinkButton } from '../../ui/controls/button.tsx';
import { Segmented } from '../../ui/controls/choice.tsx';
import { EmptyState } from '../../ui/layout/empty-state.tsx';
import { Icon } from '../../ui/display/icon.tsx';
import { Menu, Select, type MenuEntry } from '../../ui/controls/select.tsx';
import { LiveRegion } from '../../ui/display/text.tsx';
import { ItemSkeleton, List } from './list.tsx';
import css from './articles.module.css';
import { useSwitchedOff } from '../../state/policy.ts';
import { useCall } from '../../state/projection.ts';

/** Value for "all", which no topic and no language has. */
const EVERY = '*';
/** Spans of the filter by date, days. */
const SPANS = [1, 7, 30] as const;

/** @param isEmpty there is no article at all, so nothing to filter either */
export function Side({ openId, isEmpty }: { openId: string | null; isEmpty: boolean }) {
  const { articles } = useTexts();
  const query = useQuery();
  useArticleKeys(openId, query);
  return (
    <section aria-label={articles.list} className={css.side}>
      <Header query={query} />
      {!isEmpty && <Places />}
      {!isEmpty && (
        <div>
          <Filters />
          <LeftOut />
        </div>
      )}
      <Body openId={openId} query={query} />
      <Foot />
    </section>
  );
}

/** The query for the library, from the search text and the filters. */
function useQuery(): ArticleQuery {
  const app = useApp();
  const appLanguage = useLanguage();
  const text = useSearchText('articles');
  const criteria = useStore(app.articleCriteria);
  const { place, topic, language, days, unreadOnly } = criteria;
  const today = new Date(useNow(60_000)).setHours(0, 0, 0, 0);
  const setQuery = useStore(app.articles, (state) => state.setQuery);
  const query = useMemo(
    () =>
      toArticleQuery(
        { place, topic, language, days, unreadOnly, scrollTop: 0 },
        text,
        appLanguage,
        today,
      ),
    [place, topic, language, days, unreadOnly, text, appLanguage, today],
  );
  useEffect(() => {
    // Nothing is selected that isn't shown.
    if (JSON.stringify(app.articles.getState().query) !== JSON.stringify(query))
      clearSelection(app);
    setQuery(query);
  }, [app, setQuery, query]);
  return query;
}

function Header({ query }: { query: ArticleQuery }) {
  const app = useApp();
  const texts = useTexts();
  const { articles } = texts;
  const language = useLanguage();
  const reportError = useReportError();
  const sync = useCall(app.library, 'library.sync', reportError);
  const isFeedsOff = useSwitchedOff('add-sources', 'add-feeds') !== null;
  const isPagesOff = useSwitchedOff('saved-pages') !== null;
  const check = (): void => {
    if (app.sources.getState().value?.items.some(({ kind }) => isAddedKind(kind)))
      void app.sources.call('sources.check', { id: null }).catch(reportError);
    void sync.run();
  };
  const additions: MenuEntry[] = [
    {
      id: 'feed',
      label: articles.addFeed,
      icon: Rss,
      disabled: isFeedsOff,
      onAction: () => app.sourceDialogs.setState({ open: { name: 'add', kind: 'feed' } }),
    },
    {
      id: 'page',
      label: articles.savePage,
      icon: BookmarkPlus,
      disabled: isPagesOff,
      onAction: () => app.sourceDialogs.setState({ open: { name: 'save-page', address: '' } }),
    },
  ];
  return (
    <header className={css.header}>
      <h1>{articles.title}</h1>
      <IconButton
        icon={RefreshCw}
        isPending={sync.isPending}
        label={articles.sync}
        size={28}
        onPress={check}
      />
      <IconButton
        icon={CheckCheck}
        label={articles.markAllRead}
        keys="Shift A"
        size={28}
        onPress={() => void markAllRead(app, query, texts, language, reportError)}
      />
      <ListMenu query={query} />
      <Menu entries={additions} label={articles.addMore}>
        <IconButton icon={Plus} label={articles.addMore} size={28} />
      </Menu>
    </header>
  );
}

const NO_FACTS: ArticleFacts = { unread: 0, sections: [], topics: [] };

function Filters() {
  const app = useApp();
  const { articles } = useTexts();
  const appLanguage = useLanguage();
  const { unreadOnly, topic, language, days } = useStore(app.articleCriteria);
  const { unread, sections, topics } = useStore(app.articles, (state) => state.facts) ?? NO_FACTS;
  const count = formatNumber(unread, appLanguage);
  const topicOptions = [
    { value: EVERY, label: articles.allTopics },
    ...topicsOf(sections, topics).map(({ name, count }) => ({
      value: name,
      label: articles.topicCount(topicName(name, appLanguage), formatNumber(count, appLanguage)),
    })),
  ];
  if (topic !== null && !topicOptions.some(({ value }) => value === topic))
    topicOptions.push({ value: topic, label: topicName(topic, appLanguage) });
  const languageOptions = [
    { value: EVERY, label: articles.allLanguages },
    ...['en', 'fr'].map((code) => ({
      value: code,
      label: capital(languageName(code, appLanguage)),
    })),
  ];
  const dateOptions = [
    { value: EVERY, label: articles.anyDate },
    ...SPANS.map((span) => ({ value: String(span), label: articles.lastDays(span) })),
  ];
  return (
    <div className={css.filters}>
      <Segmented
        label={articles.list}
        segments={[
          { value: 'all', label: articles.all },
          { value: 'unread', label: articles.unread(count) },
        ]}
        value={unreadOnly ? 'unread' : 'all'}
        onChange={(value) => app.articleCriteria.setState({ unreadOnly: value === 'unread' })}
      />
      <Select
        hideLabel
        label={articles.topic}
        look="button"
        options={topicOptions}
        value={topic ?? EVERY}
        onChange={(value) =>
          app.articleCriteria.setState({ topic: value === EVERY ? null : value })
        }
      />
      <Select
        hideLabel
        label={articles.date}
        look="button"
        options={dateOptions}
        value={days === null ? EVERY : String(days)}
        onChange={(value) =>
          app.articleCriteria.setState({ days: value === EVERY ? null : Number(value) })
        }
      />
      <Select
        hideLabel
        label={articles.language}
        look="button"
        options={languageOptions}
        value={language === null ? EVERY : language === 'settings' ? appLanguage : language}
        onChange={(value) =>
          app.articleCriteria.setState({
            language: value === EVERY ? null : value === appLanguage ? 'settings' : value,
          })
        }
      />
    </div>
  );
}

/** Sections and topics as one list, the most frequent first; one that is both counts as it finds. */
function topicsOf(
  sections: ArticleFacts['sections'],
  topics: ArticleFacts['topics'],
): { name: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { name, count } of [...sections, ...topics])
    counts.set(name, Math.max(counts.get(name) ?? 0, count));
  return Array.from(counts, ([name, count]) => ({ name, count })).toSorted(
    (a, b) => b.count - a.count || a.name.localeCompare(b.name),
  );
}

/** What of the search wasn't understood, and what could be meant: the list shows more without it. */
function LeftOut() {
  const app = useApp();
  const { query: words } = useTexts();
  const text = useSearchText('articles');
  const { faults } = useMemo(() => parseQuery(text, 0, 'articles'), [text]);
  const [first] = faults;
  const names = faults.map(({ field, reason, value }) =>
    reason === 'unknown-field' || reason === 'no-value' ? field : value,
  );
  return (
    <div aria-live="polite">
      {first && (
        <p className={css.leftOut}>
          {words.leftOut(names.join(', '))}
          {first.suggestion !== null && (
            <LinkButton
              onPress={() =>
                app.search
                  .getState()
                  .type(
                    'articles',
                    `${text.slice(0, first.start)}${first.suggestion}${text.slice(first.end)}`,
                  )
              }
            >
              {words.use(first.suggestion)}
            </LinkButton>
          )}
        </p>
      )}
    </div>
  );
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

function Body({ openId, query }: { openId: string | null; query: ArticleQuery }) {
  const app = useApp();
  const { articles, sources } = useTexts();
  const language = useLanguage();
  const { status, total } = useStore(app.articles);
  const library = useLibrary();
  const connection = useConnection();
  if (status === 'loading')
    return (
      <div className={css.items}>
        {[0, 1, 2, 3, 4, 5].map((n) => (
          <ItemSkeleton key={n} />
        ))}
      </div>
    );
  if (total > 0) {
    return (
      <>
        <List openId={openId} />
        <LiveRegion>{sources.articles(formatNumber(total, language))}</LiveRegion>
      </>
    );
  }
  if ((library?.articles ?? 0) === 0) {
    const [title, text] = {
      online: [articles.firstTitle, articles.firstText],
      starting: [articles.firstTitle, articles.firstText],
      offline: [articles.offlineFirstTitle, articles.offlineFirstText],
      'no-service': [articles.noArticlesTitle, articles.noArticlesText],
    }[connection?.state ?? 'starting'] as [string, string];
    return (
      <div className={css.items}>
        <EmptyState art="articles" text={text} title={title} />
      </div>
    );
  }
  const showAll = (): void => {
    app.search.getState().type('articles', '');
    app.articleCriteria.setState({
      place: { of: 'all' },
      topic: null,
      language: null,
      days: null,
      unreadOnly: false,
    });
  };
  const [title, text] = emptyWords(articles, query);
  return (
    <div className={css.items}>
      <EmptyState
        actions={<Button onPress={showAll}>{articles.showAll}</Button>}
        art="articles"
        text={text}
        title={title}
      />
    </div>
  );
}

/** Why a list is empty: title and sentence. Fewer words help nobody who has searched for none. */
function emptyWords(articles: Texts['articles'], query: ArticleQuery): [string, string] {
  const isSearch = query.text !== '' || query.topic !== null || query.from !== null;
  if (isSearch) return [articles.emptyTitle, articles.emptyText];
  if (query.unreadOnly) return [articles.allReadTitle, articles.allReadText];
  if (query.starredOnly) return [articles.noStarredTitle, articles.noStarredText];
  return [articles.emptyTitle, articles.emptyText];
}

/** What is saved offline, or what can be done with the selection. */
function Foot() {
  const app = useApp();
  const isSelecting = useStore(app.articleSelection, ({ ids }) => ids.size > 0);
  return isSelecting ? <SelectionBar /> : <Footer />;
}

function Footer() {
  const { articles } = useTexts();
  const language = useLanguage();
  const library = useLibrary();
  if (!library || library.articles === 0) return null;
  return (
    <footer data-docked="line" className={css.footer}>
      <Icon of={HardDriveDownload} />
      <span>
        {articles.offlineSummary(
          formatNumber(library.articles, language),
          formatBytes(library.storedBytes, language),
        )}
      </span>
    </footer>
  );
}
