import { shownName } from '../../shared/model/names.ts';
import { isSearchesDocument } from '../../shared/model/saved-search.ts';
import { texts } from '../i18n/index.ts';
import type { AppContext } from './app.ts';
import { saveDocument } from './document-files.ts';
import { errorCode, errorText } from './errors.ts';
import { importSearches } from './saved-searches.ts';

/** Larger documents are for the command line. */
const MAX_BYTES = 4 * 1024 * 1024;
/** Number of skipped entries that are named; the command line lists all. */
const MAX_NAMED = 3;
const words = (app: AppContext) => texts[app.settings.getState().value?.language ?? 'en'].downloads;

async function add(
  app: AppContext,
  request: { url: string } | { name: string; text: string },
): Promise<void> {
  const toasts = app.toasts.getState();
  try {
    const { ids, renamed, refused } = await app.client.call('transfers.import', request);
    const { added, renamedTo, refusedNames } = words(app);
    const [name, outside] = [renamed.first[0], refused.first[0]];
    const names = [
      name && renamedTo(renamed.count, shownName(name.given), name.path),
      outside && refusedNames(refused.count, shownName(outside.given)),
    ].filter(Boolean);
    toasts.show([added(ids.length), names.join(' ')].filter(Boolean).join('. '), {
      label: words(app).show,
      run: () => app.route.getState().go({ name: 'transfers', id: null }),
    });
  } catch (error) {
    // With several files dropped at once, each message names its file.
    toasts.show(
      'text' in request
        ? words(app).ofFile(
            shownName(request.name),
            errorCode(error) === 'usage' ? words(app).noDocument : errorText(app, error),
          )
        : errorText(app, error),
    );
  }
}

/**
 * Imports a Metalink, an exported queue or an aria2 list, or saved searches; the content says which.
 * Never rejects: failures are shown.
 */
export async function addFile(app: AppContext, file: File): Promise<void> {
  const toasts = app.toasts.getState();
  if (file.size > MAX_BYTES) return toasts.show(words(app).tooLarge(file.name));
  const text = await file.text();
  if (!isSearchesDocument(text))
    return add(app, { name: file.name.slice(0, 200) || 'metalink', text });
  const said = await importSearches(app, text);
  if (said !== null) toasts.show(said);
}

/**
 * URLs from a drag out of a page or an address bar, without the comments of `text/uri-list` (RFC
 * 2483 §5).
 */
const linksOf = (data: DataTransfer): string[] =>
  data
    .getData('text/uri-list')
    .split(/\r?\n/u)
    .filter((line) => /^https?:\/\//iu.test(line) && URL.canParse(line));

/** True if the dragged data can be queued. */
export const canDrop = (data: DataTransfer): boolean =>
  data.types.includes('Files') || data.types.includes('text/uri-list');

export async function addDropped(app: AppContext, data: DataTransfer): Promise<void> {
  // DataTransfer is empty after the first await.
  const files = Array.from(data.files);
  const links = files.length > 0 ? [] : linksOf(data);
  const usable = files.filter(({ name }) => /\.(?:meta4|metalink|json|txt)$/iu.test(name));
  if (usable.length === 0 && links.length === 0)
    return app.toasts.getState().show(words(app).notUsable);
  for (const file of usable) await addFile(app, file);
  for (const url of links) await add(app, { url });
}

/** Exports the whole queue as a downloaded document. */
export async function exportQueue(
  app: AppContext,
  format: 'queue' | 'metalink' | 'aria2',
): Promise<void> {
  const toasts = app.toasts.getState();
  try {
    const { name, text, count, leftOut } = await app.client.call('transfers.export', {
      ids: null,
      format,
    });
    if (count > 0) saveDocument(name, text);
    toasts.show(
      words(app).exported(
        count,
        leftOut.count,
        leftOut.first.slice(0, MAX_NAMED).map((entry) => shownName(entry.name)),
      ),
    );
  } catch (error) {
    toasts.show(errorCode(error) === 'usage' ? words(app).tooLong : errorText(app, error));
  }
}
