import { MAX_IDS } from '../../shared/model/article-limits.ts';
import { formatNumber } from '../i18n/format.ts';
import { texts } from '../i18n/index.ts';
import type { AppContext } from './app.ts';
import type { ArticleQuery } from './criteria.ts';
import { reportError } from './errors.ts';

const NONE: ReadonlySet<string> = new Set();

export const clearSelection = (app: AppContext): void =>
  app.articleSelection.setState({ ids: NONE, base: NONE });

/** The row that was moved to: what is selected by now stays when Shift extends from here. */
export const setAnchor = (app: AppContext, anchor: number): void =>
  app.articleSelection.setState(({ ids }) => ({ anchor, base: ids }));

const wordsOf = (app: AppContext) =>
  texts[app.settings.getState().value?.language ?? 'en'].articles;

const sayAtMost = (app: AppContext): void =>
  app.toasts.getState().show(wordsOf(app).selectedAtMost(MAX_IDS));

/** As many as a command takes; says so if there are more. */
function select(app: AppContext, wanted: ReadonlySet<string>): ReadonlySet<string> {
  const isTooMany = wanted.size > MAX_IDS;
  const ids = isTooMany ? new Set([...wanted].slice(0, MAX_IDS)) : wanted;
  app.articleSelection.setState({ ids });
  if (isTooMany) sayAtMost(app);
  return ids;
}

export function toggleSelected(app: AppContext, index: number): void {
  const id = app.articles.getState().rows.get(index)?.id;
  if (id === undefined) return;
  const next = new Set(app.articleSelection.getState().ids);
  if (!next.delete(id)) next.add(id);
  const base = select(app, next);
  app.articleSelection.setState({ anchor: index, base });
}

/** From the loaded rows if they cover the range, otherwise from the library. */
async function idsBetween(app: AppContext, from: number, to: number): Promise<string[]> {
  const { rows, query } = app.articles.getState();
  const [low, high] = [Math.min(from, to), Math.max(from, to)];
  const known = Array.from({ length: high - low + 1 }, (_, step) => rows.get(low + step)?.id);
  if (known.every((id) => id !== undefined) || !query)
    return known.filter((id) => id !== undefined);
  const { ids } = await app.client.call('articles.ids', { query });
  return ids.slice(low, high + 1);
}

/** Selects the rows from the anchor to this one, beside what was selected before. */
export async function extendSelection(app: AppContext, to: number): Promise<void> {
  const { anchor, base } = app.articleSelection.getState();
  try {
    const ids = await idsBetween(app, anchor, to);
    // Somebody may have gone on meanwhile.
    if (app.articleSelection.getState().anchor === anchor) select(app, new Set([...base, ...ids]));
  } catch (thrown) {
    reportError(app, thrown);
  }
}

/** Selects all that the list shows, as many as a command takes. */
export async function selectAllArticles(app: AppContext): Promise<void> {
  const { query } = app.articles.getState();
  if (!query) return;
  try {
    const { ids, total } = await app.client.call('articles.ids', { query });
    if (app.articles.getState().query !== query) return;
    app.articleSelection.setState({ ids: new Set(ids), base: NONE });
    if (total > ids.length) sayAtMost(app);
  } catch (thrown) {
    reportError(app, thrown);
  }
}

/** The articles that a list shows; null, and a sentence, if they are more than a command takes. */
export async function allIds(app: AppContext, query: ArticleQuery): Promise<string[] | null> {
  try {
    const { ids, total } = await app.client.call('articles.ids', { query });
    if (total <= ids.length) return ids;
    app.toasts
      .getState()
      .show(
        wordsOf(app).tooManyToExport(
          formatNumber(total, app.settings.getState().value?.language ?? 'en'),
          MAX_IDS,
        ),
      );
  } catch (thrown) {
    reportError(app, thrown);
  }
  return null;
}
