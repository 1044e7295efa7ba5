import { ALL_ARTICLES } from '../../../shared/model/article-query.ts';
import { topicName } from '../../../shared/api/query/values.ts';
import { HardDriveDownload, Languages, ListFilter, RefreshCw } from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { formatBytes, formatNumber, languageName } from '../../i18n/format.ts';
import {
  useConnection,
  useApp,
  useLanguage,
  useLibrary,
  useSearchText,
  useTexts,
} from '../../state/context.tsx';
import { useReportError } from '../../state/errors.ts';
import type { ArticleFacts } from '../../state/lists.ts';
import { Button, IconButton } from '../../ui/controls/button.tsx';
import { Segmented } from '../../ui/controls/choice.tsx';
import { EmptyState } from '../../ui/layout/empty-state.tsx';
import { Icon } from '../../ui/display/icon.tsx';
import { Select } from '../../ui/controls/select.tsx';
import { LiveRegion } from '../../ui/display/text.tsx';
import { ItemSkeleton, List } from './list.tsx';
import css from './articles.module.css';
import { useCall } from '../../state/projection.ts';

/** Value for "all", which no section and no language has. */
const EVERY = '*';

/** @param isEmpty there is no article at all, so nothing to filter either */
export function Side({ openId, isEmpty }: { openId: string | null; isEmpty: boolean }) {
  const { articles } = useTexts();
  useQuery();
  return (
    <section aria-label={articles.list} className={css.side}>
      <Header />
      {!isEmpty && <Filters />}
      <Body openId={openId} />
      <Footer />
    </section>
  );
}

/** The query for the library from the search text, section and language. */
function useQuery(): void {
  const app = useApp();
  const appLanguage = useLanguage();
  const text = useSearchText('articles');
  const { section, language, unreadOnly } = useStore(app.articleCriteria);
  const setQuery = useStore(app.articles, (state) => state.setQuery);
  useEffect(
    () =>
      setQuery({
        ...ALL_ARTICLES,
        text,
        section,
        language: language === 'settings' ? appLanguage : language,
        unreadOnly,
      }),
    [setQuery, text, section, language, appLanguage, unreadOnly],
  );
}

function Header() {
  const app = useApp();
  const { articles } = useTexts();
  const sync = useCall(app.library, 'library.sync', useReportError());
  return (
    <header className={css.header}>
      <h1>{articles.title}</h1>
      <IconButton
        icon={RefreshCw}
        isPending={sync.isPending}
        label={articles.sync}
        size={28}
        onPress={() => void sync.run()}
      />
    </header>
  );
}

const NO_FACTS: ArticleFacts = { unread: 0, sections: [] };

function Filters() {
  const app = useApp();
  const { articles } = useTexts();
  const appLanguage = useLanguage();
  const { unreadOnly, section, language } = useStore(app.articleCriteria);
  const { unread, sections } = useStore(app.articles, (state) => state.facts) ?? NO_FACTS;
  const count = formatNumber(unread, appLanguage);
  const sectionOptions = [
    { value: EVERY, label: articles.allSections },
    ...sections.map(({ name, count }) => ({
      value: name,
      label: articles.sectionCount(topicName(name, appLanguage), formatNumber(count, appLanguage)),
    })),
  ];
  if (section !== null && !sections.some(({ name }) => name === section))
    sectionOptions.push({ value: section, label: topicName(section, appLanguage) });
  const languageOptions = [
    { value: EVERY, label: articles.allLanguages },
    ...['en', 'fr'].map((code) => ({
      value: code,
      label: capital(languageName(code, appLanguage)),
    })),
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
        wide
        onChange={(value) => app.articleCriteria.setState({ unreadOnly: value === 'unread' })}
      />
      <div className={css.selects}>
        <Select
          hideLabel
          icon={ListFilter}
          label={articles.section}
          look="button"
          options={sectionOptions}
          value={section ?? EVERY}
          onChange={(value) =>
            app.articleCriteria.setState({ section: value === EVERY ? null : value })
          }
        />
        <Select
          hideLabel
          icon={Languages}
          label={articles.language}
          look="button"
          options={languageOptions}
          value={language === null ? EVERY : language === 'settings' ? appLanguage : language}
          onChange={(value) =>
            app.articleCriteria.setState({
              language: value === EVERY ? null : value,
              section: null,
            })
          }
        />
      </div>
    </div>
  );
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

function Body({ openId }: { openId: string | null }) {
  const app = useApp();
  const { articles } = useTexts();
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
        <LiveRegion>{`${total} ${articles.list}`}</LiveRegion>
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
    app.articleCriteria.setState({ section: null, language: null, unreadOnly: false });
  };
  return (
    <div className={css.items}>
      <EmptyState
        actions={<Button onPress={showAll}>{articles.showAll}</Button>}
        art="articles"
        text={articles.emptyText}
        title={articles.emptyTitle}
      />
    </div>
  );
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
