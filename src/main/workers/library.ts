import type { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { SqliteArticleShelf } from '../adapters/library/article-store.ts';
import { SqliteCatalogueStore } from '../adapters/library/catalogue-store.ts';
import { closeLibrary, isDamage, libraryError, openLibrary } from '../adapters/library/database.ts';
import { serveRpc } from './rpc.ts';

if (!parentPort) throw new Error('the library runs in a worker thread');

type Open = { db: DatabaseSync; catalogue: SqliteCatalogueStore; articles: SqliteArticleShelf };
const { file } = workerData as { file: string };
let open: Open | null = null;
let isSound = true;

/** Opened by the first call that needs it: where that fails, for example on a full disk, the next call tries again. */
function opened(): Open {
  if (!open) {
    const db = openLibrary(file, (message) => server.emit('damaged', message));
    open = { db, catalogue: new SqliteCatalogueStore(db), articles: new SqliteArticleShelf(db) };
  }
  return open;
}

/** Methods of a store under names like `catalogue.search`. */
function named(part: 'catalogue' | 'articles', prototype: object): Record<string, (...args: unknown[]) => Promise<unknown>> {
  const names = Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');
  return Object.fromEntries(names.map((name) => [`${part}.${name}`, async (...args: unknown[]) => {
    try {
      const store = opened()[part];
      return await Reflect.apply(Reflect.get(store, name) as () => unknown, store, args);
    } catch (thrown) {
      if (isDamage(thrown)) isSound = false;
      throw libraryError(thrown);
    }
  }]));
}

const server = serveRpc(
  parentPort,
  {
    ...named('catalogue', SqliteCatalogueStore.prototype), ...named('articles', SqliteArticleShelf.prototype),
    close: () => {
      if (open) closeLibrary(open.db, isSound);
      open = null;
    },
  },
  (thrown, method) => console.error(`library: ${method}:`, thrown),
);
