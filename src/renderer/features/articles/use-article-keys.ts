import { useEffect, useRef } from 'react';
import { useApp, useLanguage, useTexts } from '../../state/context.tsx';
import { markAllRead, setRead, setStarred } from '../../state/article-actions.ts';
import { toggleSelected } from '../../state/article-selection.ts';
import type { ArticleQuery } from '../../state/criteria.ts';
import { useReportError } from '../../state/errors.ts';
import { openExternal } from '../../state/open-external.ts';
import { isTyping } from '../../ui/is-typing.ts';

/**
 * The keys that readers of news know: J and K open the next and the previous article, S stars, M marks
 * as read or unread, O opens its page, Shift A marks all as read. X selects the row that has the
 * focus, else the open article.
 */
export function useArticleKeys(openId: string | null, query: ArticleQuery): void {
  const app = useApp();
  const texts = useTexts();
  const language = useLanguage();
  const reportError = useReportError();
  /** What they act on now, so that they are listened for once. */
  const now = useRef({ openId, query, texts, language, reportError });
  useEffect(() => {
    now.current = { openId, query, texts, language, reportError };
  });
  useEffect(() => {
    const step = (by: 1 | -1): void => {
      const { rows, total, setVisibleRange } = app.articles.getState();
      const { openId: id } = now.current;
      const at = Array.from(rows).find(([, row]) => row.id === id)?.[0];
      // From the list alone the first is the next.
      const chosen = app.route.getState().current;
      const isChosen = chosen.name === 'articles' && chosen.id !== null;
      const to = at === undefined ? 0 : isChosen ? at + by : at;
      if (to < 0 || to >= total) return;
      const next = rows.get(to);
      if (next) app.route.getState().go({ name: 'articles', id: next.id });
      else setVisibleRange(to, to);
    };
    const act = (event: KeyboardEvent): (() => void) | null => {
      const {
        openId: id,
        query: asked,
        texts: words,
        language: tongue,
        reportError: report,
      } = now.current;
      if (event.shiftKey)
        return event.key === 'A' ? () => void markAllRead(app, asked, words, tongue, report) : null;
      const row = Array.from(app.articles.getState().rows.values()).find((one) => one.id === id);
      switch (event.key) {
        case 'j':
          return () => step(1);
        case 'k':
          return () => step(-1);
        case 's':
          return row ? () => setStarred(app, row, report) : null;
        case 'm':
          return row ? () => setRead(app, row, report) : null;
        case 'x':
          return () => {
            const focused = document.activeElement?.closest<HTMLElement>(
              '[role="grid"] [data-index]',
            );
            const at = focused
              ? Number(focused.dataset['index'])
              : Array.from(app.articles.getState().rows).find(([, one]) => one.id === id)?.[0];
            if (at !== undefined) toggleSelected(app, at);
          };
        case 'o':
          return id === null
            ? null
            : () =>
                void app.client
                  .call('articles.get', { id })
                  .then(({ canonicalUrl }) =>
                    canonicalUrl === '' ? undefined : openExternal(app, canonicalUrl),
                  )
                  .catch(report);
        default:
          return null;
      }
    };
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target)) return;
      if (document.querySelector('[role="dialog"], [role="alertdialog"]')) return;
      const run = act(event);
      if (!run) return;
      event.preventDefault();
      run();
    };
    // After the shortcuts of every page, which listen on the document: G then S leads elsewhere.
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [app]);
}
