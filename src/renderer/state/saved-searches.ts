import { fromFormerSearch } from '../../shared/model/former-search.ts';
import type { Sent } from '../../shared/contract/define.ts';
import type { AppContract } from '../../shared/contract/index.ts';
import { texts } from '../i18n/index.ts';
import type { AppContext } from './app.ts';
import { searchLink } from '../../shared/model/app-link.ts';
import { shownName } from '../../shared/model/names.ts';
import {
  isSameSearch,
  searchesDocument,
  type SharedSearch,
} from '../../shared/model/saved-search.ts';
import { copyText } from './copy-text.ts';
import type { SettingsView } from './views.ts';
import { saveDocument } from './document-files.ts';
import { errorCode, reportError } from './errors.ts';

export type SavedSearch = SettingsView['savedSearches'][number];

const words = (app: AppContext) => texts[app.settings.getState().value?.language ?? 'en'];

/** Runs a saved search. */
export function openSearch(
  { search, criteria, route }: AppContext,
  { text, sort }: Pick<SavedSearch, 'text' | 'sort'>,
): void {
  search.getState().type('catalogue', text);
  criteria.setState({ sort });
  route.getState().go({ name: 'catalogue' });
}

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

/**
 * Deletes a saved search.
 * @returns what brings it back, in its place and with its rule; null after a failure, which is shown
 */
export async function deleteSearch(
  app: AppContext,
  saved: SavedSearch,
): Promise<(() => Promise<void>) | null> {
  const { savedSearches = [], autoFetch = [] } = app.settings.getState().value ?? {};
  const ids = savedSearches.map(({ id }) => id);
  const rule = autoFetch.find(({ searchId }) => searchId === saved.id) ?? null;
  return (await forgetSearch(app, saved.id)) ? () => restore(app, saved, rule, ids) : null;
}

type Rule = SettingsView['autoFetch'][number];
/** What has come meanwhile counts as there before. */
async function restore(
  app: AppContext,
  saved: SavedSearch,
  rule: Rule | null,
  ids: string[],
): Promise<void> {
  const view = await change(app, async (settings) => {
    await settings.call('settings.save-search', { ...withoutId(saved), id: saved.id });
    return settings.call('settings.order-searches', { ids });
  });
  if (rule === null || view === null) return;
  const { searchId: _, chosenBy: __, chosenAtMs: ___, words: read, ...choice } = rule;
  await app.client
    .call('auto-fetch.set', { id: saved.id, choice, words: read })
    .catch((error: unknown) => reportError(app, error));
}

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

/** Saves searches as a file for other desks. */
export const saveAsFile = (searches: readonly SavedSearch[]): void =>
  saveDocument('saved-searches.json', searchesDocument(searches));

/**
 * Saves the searches of such a file that aren't there yet, and says how many.
 * @returns what to say; null after a failure, which is shown
 */
export async function importSearches(app: AppContext, text: string): Promise<string | null> {
  try {
    const { added, known } = await app.client.call('settings.import-searches', { text });
    return words(app).catalogue.imported(added, known);
  } catch (error) {
    if (errorCode(error) === 'usage') return words(app).catalogue.notImported;
    reportError(app, error);
    return null;
  }
}

/** Opens a search of another desk, and offers to save it under the name it has there. */
export function openShared(app: AppContext, shared: SharedSearch): void {
  openSearch(app, shared);
  const name = shownName(shared.name);
  const { catalogue } = words(app);
  const saved = app.settings.getState().value?.savedSearches ?? [];
  if (shared.text.trim() === '' || saved.some((search) => isSameSearch(search, shared))) return;
  const { text, sort } = shared;
  app.toasts.getState().show(catalogue.shared(name), {
    label: catalogue.saveSearch,
    run: () => void saveAs(app, { name, text, sort }),
  });
}

async function saveAs(app: AppContext, search: SharedSearch): Promise<void> {
  const view = await change(app, (settings) => settings.call('settings.save-search', search));
  const id = view?.savedSearches.at(-1)?.id;
  if (id !== undefined) saidSaved(app, search.name, id);
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
    .value?.savedSearches.find((other) => isSameSearch(other, { text, sort }));
  if (kept) return { name: kept.name, id: null };
  const view = await change(app, (settings) =>
    settings.call('settings.save-search', { name, text: text.trim(), sort }),
  );
  return view && { name, id: view.savedSearches.at(-1)?.id ?? null };
}

/** Saves the current search and shows a toast with Undo. */
export async function saveSearch(app: AppContext): Promise<void> {
  const kept = await keepSearch(app);
  if (kept) saidSaved(app, kept.name, kept.id);
}

function saidSaved(app: AppContext, name: string, id: string | null): void {
  const { catalogue, common } = words(app);
  app.toasts
    .getState()
    .show(
      catalogue.saved(name),
      id === null ? undefined : { label: common.undo, run: () => void forgetSearch(app, id) },
    );
}

/** Deletes a saved search and shows a toast with Undo. */
export async function forgetWithToast(app: AppContext, search: SavedSearch): Promise<void> {
  const undo = await deleteSearch(app, search);
  if (!undo) return;
  const { catalogue, common } = words(app);
  app.toasts
    .getState()
    .show(catalogue.deleted(search.name), { label: common.undo, run: () => void undo() });
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
