import type { Returned, Sent } from '../../shared/contract/define.ts';
import type { AppContract } from '../../shared/contract/index.ts';
import { AppError } from '../../shared/errors.ts';
import { texts } from '../i18n/index.ts';
import type { AppContext } from './app.ts';
import { saveDocument } from './document-files.ts';
import { errorCode, errorText } from './errors.ts';

type ExportView = Returned<AppContract, 'articles.export'>;
export type ArticleFormat = Sent<AppContract, 'articles.export'>['format'];

/** An export that main has started, and how it ends; null once it was cancelled here. */
function follow(
  app: AppContext,
  request: Sent<AppContract, 'articles.export'>,
): { ended: Promise<ExportView | null>; cancel(): void } {
  const { promise: ended, resolve, reject } = Promise.withResolvers<ExportView | null>();
  let id: string | null = null;
  // One that is quick ends before the reply that says its id.
  const early = new Map<string, ExportView>();
  const settle = (view: ExportView): void => {
    if (view.phase === 'done') resolve(view);
    else if (view.phase === 'failed') {
      const { code, message } = view.error ?? { code: 'bug', message: 'Unexpected error' };
      reject(new AppError(code, message));
    }
  };
  const stop = app.client.on('articles.export-changed', (view) => {
    if (id === null) early.set(view.id, view);
    else if (view.id === id) settle(view);
  });
  app.client.call('articles.export', request).then((view) => {
    ({ id } = view);
    settle(early.get(id) ?? view);
  }, reject);
  return {
    ended: ended.finally(stop),
    cancel() {
      if (id !== null)
        void app.client.call('articles.export-cancel', { id }).catch(() => undefined);
      resolve(null);
    },
  };
}

/** Has articles made into a file and saves it. Never rejects: failures are shown. */
export async function exportArticles(
  app: AppContext,
  ids: string[],
  format: ArticleFormat,
): Promise<void> {
  const { show } = app.toasts.getState();
  const { articles, common } = texts[app.settings.getState().value?.language ?? 'en'];
  try {
    const { ended, cancel } = follow(app, { ids, format });
    show(articles.preparing, { label: common.cancel, run: cancel });
    const view = await ended;
    if (view?.name == null) return;
    const answer = await fetch(`media/export/${view.id}${app.info.mediaSuffix}`);
    if (!answer.ok) throw new AppError('not-found', 'The file is no longer there');
    saveDocument(view.name, await answer.blob());
    show(articles.saved(view.count, view.missingPictures, view.leftOut.count));
  } catch (error) {
    show(errorCode(error) === 'usage' ? articles.tooMuchToSave : errorText(app, error));
  }
}
