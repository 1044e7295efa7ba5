import { Ellipsis, HardDriveDownload, MailCheck, MailOpen, Share2, Star } from 'lucide-react';
import { useState } from 'react';
import { Toolbar } from 'react-aria-components';
import { useStore } from 'zustand';
import { ALL_ARTICLES } from '../../../shared/model/article-query.ts';
import { formatNumber } from '../../i18n/format.ts';
import { exportArticles } from '../../state/article-export.ts';
import { allIds, clearSelection } from '../../state/article-selection.ts';
import { useApp, useLanguage, useTexts } from '../../state/context.tsx';
import type { ArticleQuery } from '../../state/criteria.ts';
import { useReportError } from '../../state/errors.ts';
import type { ArticleRow } from '../../state/views.ts';
import { IconButton, LinkButton } from '../../ui/controls/button.tsx';
import { Menu } from '../../ui/controls/select.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { exportEntries } from './export-formats.ts';
import css from './articles.module.css';

/** What can be done with the selected articles at once, below the list; nothing without any. */
export function SelectionBar() {
  const app = useApp();
  const { articles } = useTexts();
  const language = useLanguage();
  const reportError = useReportError();
  const ids = useStore(app.articleSelection, (state) => state.ids);
  const { rows, query } = useStore(app.articles);
  const [isStoring, setStoring] = useState(false);
  if (ids.size === 0) return null;
  const chosen = [...ids];
  const count = formatNumber(ids.size, language);
  const known = Array.from(rows.values()).filter(({ id }) => ids.has(id));
  /** Only of what is loaded, which is all but of long selections. */
  const areAll = (mark: (row: ArticleRow) => boolean): boolean =>
    known.length === ids.size && known.every(mark);
  const [areRead, areStarred] = [areAll(({ read }) => read), areAll(({ starred }) => starred)];
  const run = async <T,>(work: Promise<T>, said: (done: T) => string): Promise<void> => {
    try {
      app.toasts.getState().show(said(await work));
    } catch (thrown) {
      reportError(thrown);
    }
  };
  const mark = (marks: { read: boolean } | { starred: boolean }, said: string): void => {
    void run(app.client.call('articles.mark', { ids: chosen, ...marks }), () => said);
    // They leave the list of the starred ones, and nothing is selected that isn't shown.
    if (query?.starredOnly && 'starred' in marks && !marks.starred) clearSelection(app);
  };
  const store = async (): Promise<void> => {
    setStoring(true);
    await run(app.client.call('articles.store', { ids: chosen, stored: true }), (here) =>
      here.count === ids.size
        ? articles.manyStored(count, ids.size)
        : articles.someStored(formatNumber(here.count, language), count),
    );
    setStoring(false);
  };
  return (
    <section aria-label={articles.selection} className={css.chosen} data-docked="bar">
      <b aria-live="polite">{articles.selected(count, ids.size)}</b>
      <LinkButton onPress={() => clearSelection(app)}>{articles.clearSelection}</LinkButton>
      <Toolbar aria-label={articles.selection} className={cx(css.chosenTools)}>
        <IconButton
          icon={areRead ? MailCheck : MailOpen}
          label={areRead ? articles.markUnread : articles.markRead}
          size={28}
          onPress={() =>
            mark(
              { read: !areRead },
              areRead ? articles.manyUnread(count, ids.size) : articles.allRead(count, ids.size),
            )
          }
        />
        <IconButton
          filled={areStarred}
          icon={Star}
          label={areStarred ? articles.unstar : articles.star}
          size={28}
          onPress={() =>
            mark(
              { starred: !areStarred },
              areStarred
                ? articles.manyUnstarred(count, ids.size)
                : articles.manyStarred(count, ids.size),
            )
          }
        />
        <IconButton
          icon={HardDriveDownload}
          isPending={isStoring}
          label={articles.saveOffline}
          size={28}
          onPress={() => void store()}
        />
        <Menu
          entries={exportEntries(
            ids.size === 1 ? articles.saveAs : articles.saveManyAs,
            (format) => void exportArticles(app, chosen, format),
          )}
          label={articles.exportSelection}
        >
          <IconButton icon={Share2} label={articles.exportSelection} size={28} />
        </Menu>
      </Toolbar>
    </section>
  );
}

/** Whether a list shows less than everything there is. */
const isNarrowed = (query: ArticleQuery): boolean =>
  [query.source, query.tag, query.topic, query.section, query.from].some((one) => one !== null) ||
  query.starredOnly ||
  query.text !== ALL_ARTICLES.text;

/** Exports all that the list shows, where somebody has chosen what that is. */
export function ListMenu({ query }: { query: ArticleQuery }) {
  const app = useApp();
  const { articles } = useTexts();
  const isSelecting = useStore(app.articleSelection, ({ ids }) => ids.size > 0);
  const total = useStore(app.articles, (state) => state.total);
  if (!isNarrowed(query) || isSelecting || total === 0) return null;
  return (
    <Menu
      entries={exportEntries(
        articles.saveListAs,
        (format) =>
          void allIds(app, query).then((ids) =>
            ids && ids.length > 0 ? exportArticles(app, ids, format) : undefined,
          ),
      )}
      label={articles.exportList}
    >
      <IconButton icon={Ellipsis} label={articles.exportList} size={28} />
    </Menu>
  );
}
