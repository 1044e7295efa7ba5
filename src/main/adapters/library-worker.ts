import { Worker } from 'node:worker_threads';
import type { ArticleShelf } from '../articles/ports.ts';
import type { CatalogueStore } from '../catalogue/ports.ts';
import { connectRpc, type RpcClient } from '../workers/rpc.ts';
import { workerFile } from './worker-file.ts';

type Methods = Record<string, (...args: unknown[]) => unknown>;

export type LibraryWorker = { catalogue: CatalogueStore; articles: ArticleShelf; close(): Promise<void> };

/** A store of the library as if it were here: every method is a call to the worker of that name. */
function storeOf(client: RpcClient<Methods>, prefix: string): object {
  return new Proxy({}, {
    get: (_target, name) => (typeof name === 'string' && name !== 'then' ? (...args: unknown[]) => client.api[`${prefix}.${name}`]?.(...args) : undefined),
  });
}

/** Starts the thread that owns the library's database: searches never hold up the main process. */
export function startLibraryWorker(file: string): LibraryWorker {
  const worker = new Worker(workerFile('library'), { workerData: { file } });
  const client = connectRpc<Methods>(worker);
  return {
    catalogue: storeOf(client, 'catalogue') as CatalogueStore,
    articles: storeOf(client, 'articles') as ArticleShelf,
    async close() {
      await client.api['close']?.();
      client.close();
      await worker.terminate();
    },
  };
}
