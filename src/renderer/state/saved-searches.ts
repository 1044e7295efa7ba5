import { identityOf } from '../../shared/api/query/edit.ts';
import { parseQuery } from '../../shared/api/query/parse.ts';
import { fromFormerSearch } from '../../shared/model/former-search.ts';
import type { Sent } from '../../shared/contract/define.ts';
import type { AppContract } from '../../shared/contract/index.ts';
import { texts } from '../i18n/index.ts';
import type { AppContext } from './app.ts';
import { searchLink, type SharedSearch } from '../../shared/model/search-link.ts';
import { copyText } from './copy-text.ts';
import type { SettingsView } from './views.ts';
import { reportError } from './errors.ts';

export type SavedSearch = SettingsView['savedSearches'][number];

const words = (app: AppContext) => texts[app.settings.getState().value?.language ?? 'en'];

/** Runs a saved search. */
export const openSearch = (app: AppContext, { name, text, sort }: SavedSearch): void =>
  openShared(app, { name, text, sort });

/** @returns the new settings; null after a failure, which is shown */
async function change(
  app: AppContext,
  call: (settings: AppContext['settings']) => Promise<SettingsView>,
): Promise<SettingsView | null> {
  try {
    return await call(app.settings);
  } catch (error) {
    reportError(app, error);
    return null;
  }
}

export const forgetSearch = async (app: AppContext, id: string): Promise<boolean> =>
  (await change(app, (settings) => settings.call('settings.forget-search', { id }))) !== null;
export const renameSearch = async (app: AppContext, id: string, name: string): Promise<boolean> =>
  (await change(app, (settings) => settings.call('settings.rename-search', { id, name }))) !== null;

type Rule = SettingsView['autoFetch'][number];
/** The rule of a search, to be restored with it. */
export const ruleOf = ({ settings }: AppContext, id: string): Rule | null =>
  settings.getState().value?.autoFetch.find(({ searchId }) => searchId === id) ?? null;

/**
 * Saves a deleted search again, as the last one, with its rule: what has come meanwhile counts as
 * there before.
 */
export async function restoreSearch(
  app: AppContext,
  saved: SavedSearch,
  rule: Rule | null,
): Promise<void> {
  const view = await change(app, (settings) =>
    settings.call('settings.save-search', withoutId(saved)),
  );
  const id = view?.savedSearches.at(-1)?.id;
  if (rule === null || id === undefined) return;
  const { searchId: _, chosenBy: __, chosenAtMs: ___, words: read, ...choice } = rule;
  await app.client
    .call('auto-fetch.set', { id, choice, words: read })
    .catch((error: unknown) => reportError(app, error));
}

type Search = Pick<SavedSearch, 'text' | 'sort'>;
/** Identity of a search: equal for searches with the same results, however they are written. */
const finds = ({ text, sort }: Search): string =>
  JSON.stringify([identityOf(parseQuery(text, 0), text), sort]);

/** Whether two searches find the same. */
export const isSameSearch = (a: Search, b: Search): boolean => finds(a) === finds(b);

/** What is there now is no longer new. A failure costs nothing but that. */
export async function lookAt({ settings }: AppContext, id: string): Promise<void> {
  await settings.call('settings.look-at-search', { id }).catch(() => undefined);
}

/** Moves it among the others. */
export async function moveSearch(app: AppContext, id: string, by: -1 | 1): Promise<void> {
  const ids = app.settings.getState().value?.savedSearches.map((search) => search.id) ?? [];
  const from = ids.indexOf(id);
  const to = from + by;
  if (from === -1 || to < 0 || to >= ids.length) return;
  const moved = ids.toSpliced(from, 1).toSpliced(to, 0, id);
  await change(app, (settings) => settings.call('settings.order-searches', { ids: moved }));
}

export const copyLink = (app: AppContext, search: SavedSearch): Promise<void> =>
  copyText(app, searchLink(search), words(app).shell.linkCopied);

/** Opens a search of another desk. */
export function openShared({ search, criteria, route }: AppContext, shared: SharedSearch): void {
  search.getState().type('catalogue', shared.text);
  criteria.setState({ sort: shared.sort });
  route.getState().go({ name: 'catalogue' });
}

/**
 * Saves the current search, by default under what it searches for.
 * @returns its name, and its id if it is new; null after a failure, which is shown
 */
export async function keepSearch(
  app: AppContext,
): Promise<{ name: string; id: string | null } | null> {
  const { sort } = app.criteria.getState();
  const text = app.search.getState().words.catalogue;
  const name = text.trim().slice(0, 200) || words(app).catalogue.allFootage;
  const kept = app.settings
    .getState()
    .value?.savedSearches.find((other) => finds(other) === finds({ text, sort }));
  if (kept) return { name: kept.name, id: null };
  const view = await change(app, (settings) =>
    settings.call('settings.save-search', { name, text: text.trim(), sort }),
  );
  return view && { name, id: view.savedSearches.at(-1)?.id ?? null };
}

/** Saves the current search and shows a toast with Undo. */
export async function saveSearch(app: AppContext): Promise<void> {
  const kept = await keepSearch(app);
  if (!kept) return;
  const { catalogue, common } = words(app);
  const { id } = kept;
  app.toasts
    .getState()
    .show(
      catalogue.saved(kept.name),
      id === null ? undefined : { label: common.undo, run: () => void forgetSearch(app, id) },
    );
}

/** Deletes a saved search and shows a toast with Undo. */
export async function forgetWithToast(app: AppContext, search: SavedSearch): Promise<void> {
  const rule = ruleOf(app, search.id);
  if (!(await forgetSearch(app, search.id))) return;
  const { catalogue, common } = words(app);
  app.toasts.getState().show(catalogue.deleted(search.name), {
    label: common.undo,
    run: () => void restoreSearch(app, search, rule),
  });
}

const FORMER_SEARCHES = 'desk.saved-searches';
const FORMER_INTENT = 'desk.intent';

const withoutId = ({
  name,
  text,
  sort,
  seenAt,
}: SavedSearch): Sent<AppContract, 'settings.save-search'> => ({
  name,
  text,
  ...(seenAt != null && { seenAt }),
  sort,
});

function formerly(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null');
  } catch {
    return null;
  }
}

/**
 * Earlier versions kept saved searches and the pending download in localStorage: they are handed to
 * main, which refuses invalid ones.
 */
export async function adoptPageStorage({ settings }: AppContext): Promise<void> {
  const call = settings.call as (
    name: 'settings.save-search' | 'settings.set',
    input: unknown,
  ) => Promise<SettingsView>;
  const hand = async (
    key: string,
    name: Parameters<typeof call>[0],
    inputs: unknown[],
  ): Promise<void> => {
    for (const input of inputs) await call(name, input).catch(() => undefined);
    localStorage.removeItem(key);
  };
  const searches = formerly(FORMER_SEARCHES);
  if (Array.isArray(searches))
    await hand(
      FORMER_SEARCHES,
      'settings.save-search',
      searches.map((one) => withoutId(fromFormerSearch(one) as SavedSearch)),
    );
  const pendingDownload = formerly(FORMER_INTENT);
  if (pendingDownload !== null) await hand(FORMER_INTENT, 'settings.set', [{ pendingDownload }]);
}
