import type { AppContext } from './app.ts';
import type { ArticleQuery } from './criteria.ts';
import { formatNumber } from '../i18n/format.ts';
import type { Texts } from '../i18n/index.ts';
import type { ArticleRow } from './views.ts';

type Report = (thrown: unknown) => void;

/** Marks what the list shows as read; a toast undoes it. */
export async function markAllRead(
  app: AppContext,
  query: ArticleQuery,
  { articles, common }: Texts,
  language: 'en' | 'fr',
  report: Report,
): Promise<void> {
  try {
    const { count, undo } = await app.client.call('articles.mark-all-read', { query });
    if (count === 0) return;
    app.toasts.getState().show(articles.allRead(formatNumber(count, language), count), {
      label: common.undo,
      run: () => void app.client.call('articles.undo-read', { undo }).catch(report),
    });
  } catch (thrown) {
    report(thrown);
  }
}

export const setStarred = (
  app: AppContext,
  { id, starred }: Pick<ArticleRow, 'id' | 'starred'>,
  report: Report,
): void => void app.client.call('articles.mark', { ids: [id], starred: !starred }).catch(report);

export const setRead = (
  app: AppContext,
  { id, read }: Pick<ArticleRow, 'id' | 'read'>,
  report: Report,
): void => void app.client.call('articles.mark', { ids: [id], read: !read }).catch(report);
