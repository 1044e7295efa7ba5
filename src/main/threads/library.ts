import { Worker } from 'node:worker_threads';
import type { ArticleStore } from '../articles/ports.ts';
import type { CatalogueStore } from '../catalogue/ports.ts';
import { AppError } from '../../shared/errors.ts';
import { connectRpc, type RpcClient } from './rpc.ts';
import type { Recovery } from '../adapters/sqlite/kit.ts';
import { workerFile } from './spawn.ts';

type Methods = Record<string, (...args: unknown[]) => unknown>;

type LibraryWorker = {
  catalogue: CatalogueStore;
  articles: ArticleStore;
  close(): Promise<void>;
};

/** A store of the library as if it were here: every method is a call to the worker of that name. */
function storeOf(client: RpcClient<Methods>, prefix: string): object {
  return new Proxy(
    {},
    {
      get: (_target, name) =>
        typeof name === 'string' && name !== 'then'
          ? (...args: unknown[]) => client.api[`${prefix}.${name}`]?.(...args)
          : undefined,
    },
  );
}

/**
 * `recovery` if it was repaired at the start, null if it was found in use and the next start
 * repairs it.
 */
export type LibraryDamage = { recovery: Recovery | null; lost: string[] };

/**
 * Starts the thread that owns the library's database: searches never hold up the main process. When
 * the thread dies every call rejects with `disk-error`; the program goes on. `onTrouble` is told
 * that in words.
 */
export function startLibraryWorker(
  file: string,
  {
    onTrouble,
    onDamaged,
  }: { onTrouble(message: string): void; onDamaged(damage: LibraryDamage): void },
): LibraryWorker {
  const worker = new Worker(workerFile('library'), { workerData: { file } });
  const client = connectRpc<Methods>(worker);
  client.on('damaged', (damage) => onDamaged(damage as LibraryDamage));
  worker.on('error', (thrown: unknown) => {
    onTrouble(
      `The thread of the library ended: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`,
    );
    client.close(
      new AppError('disk-error', 'The library cannot be used; start the program again', {
        cause: thrown,
      }),
    );
  });
  return {
    catalogue: storeOf(client, 'catalogue') as CatalogueStore,
    articles: storeOf(client, 'articles') as ArticleStore,
    async close() {
      // Rejects when the thread has died: there is nothing left to close then.
      await client.api['close']?.().catch(() => undefined);
      client.close();
      await worker.terminate();
    },
  };
}
