import { parentPort, workerData } from 'node:worker_threads';
import { SqliteArticleShelf } from '../adapters/library/article-store.ts';
import { SqliteCatalogueStore } from '../adapters/library/catalogue-store.ts';
import { openLibrary } from '../adapters/library/database.ts';
import { serveRpc } from './rpc.ts';

if (!parentPort) throw new Error('the library runs in a worker thread');

/** Methods of a store under names like `catalogue.search`. */
function named(prefix: string, store: object): Record<string, (...args: unknown[]) => unknown> {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(store)).filter((name) => name !== 'constructor');
  return Object.fromEntries(names.map((name) => [`${prefix}.${name}`, (...args: unknown[]) => Reflect.apply(Reflect.get(store, name) as () => unknown, store, args)]));
}

const db = openLibrary((workerData as { file: string }).file);
serveRpc(
  parentPort,
  { ...named('catalogue', new SqliteCatalogueStore(db)), ...named('articles', new SqliteArticleShelf(db)), close: () => db.close() },
  (thrown, method) => console.error(`library: ${method}:`, thrown),
);
