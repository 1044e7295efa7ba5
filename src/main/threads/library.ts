import { Worker } from 'node:worker_threads';
import type { ArticleStore } from '../articles/ports.ts';
import type { CatalogueStore } from '../catalogue/ports.ts';
import { AppError } from '../../shared/errors.ts';
import type { SourceId } from '../../shared/model/source.ts';
import {
  articlesChannel,
  catalogueChannel,
  libraryLifecycle,
  type LibraryDamage,
} from './channels.ts';
import { connect } from './rpc.ts';
import { workerFile } from './spawn.ts';

export type LibraryWorker = {
  /** Shows the rows of these sources, and takes over what earlier versions have kept of them. */
  show(sources: readonly SourceId[]): Promise<void>;
  catalogue: CatalogueStore;
  articles: ArticleStore;
  close(): Promise<void>;
};

/**
 * Starts the thread that owns the library's database, so that searches never block the main thread.
 * If the thread dies, `onError` gets a text for the log and all calls reject with `disk-error`.
 */
export function startLibraryWorker(
  home: string,
  {
    onError,
    onDamaged,
  }: { onError(message: string): void; onDamaged(damage: LibraryDamage): void },
): LibraryWorker {
  const worker = new Worker(workerFile('library'), { workerData: { home } });
  const catalogue = connect(worker, catalogueChannel);
  const articles = connect(worker, articlesChannel);
  const lifecycle = connect(worker, libraryLifecycle);
  const closeAll = (error?: AppError): void => {
    for (const { close } of [catalogue, articles, lifecycle]) close(error);
  };
  lifecycle.on('damaged', onDamaged);
  worker.on('error', (thrown: unknown) => {
    onError(
      `The thread of the library ended: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`,
    );
    closeAll(
      new AppError('disk-error', 'The library can’t be used. Restart the app.', {
        cause: thrown,
      }),
    );
  });
  return {
    catalogue: catalogue.api,
    articles: articles.api,
    show: (sources) => lifecycle.api.show(sources),
    async close() {
      // Rejects if the thread has died; nothing is left to close then.
      await lifecycle.api.close().catch(() => undefined);
      closeAll();
      await worker.terminate();
    },
  };
}
