import type { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { SqliteArticleShelf } from '../adapters/sqlite/library/article-store.ts';
import { SqliteCatalogueStore } from '../adapters/sqlite/library/catalogue-store.ts';
import { LIBRARY, openLibrary } from '../adapters/sqlite/library/database.ts';
import { ROW_CHECKS } from '../adapters/sqlite/library/schema.ts';
import { startChecks } from './database-check.ts';
import { closeDatabase, isDamage, markSuspect, sqliteError } from '../adapters/sqlite/kit.ts';
import type { LibraryDamage } from './library.ts';
import { serveRpc } from './rpc.ts';

if (!parentPort) throw new Error('the library runs in a worker thread');

type Open = {
  db: DatabaseSync;
  catalogue: SqliteCatalogueStore;
  articles: SqliteArticleShelf;
  stopChecks(): void;
};
const { file } = workerData as { file: string };
let open: Open | null = null;
let isSuspect = false;
const damaged = new Set<string>();

/**
 * Damage that showed in use: the next start repairs what it can. @param id of what is left out
 * until then, told once
 */
function found(id?: string): void {
  const isNew = id === undefined ? !isSuspect : !damaged.has(id);
  isSuspect = true;
  if (open) markSuspect(open.db);
  if (id !== undefined) damaged.add(id);
  if (isNew)
    server.emit('damaged', {
      recovery: null,
      lost: id === undefined ? [] : [id],
    } satisfies LibraryDamage);
}

/**
 * Opened by the first call that needs it: where that fails, for example on a full disk, the next
 * call tries again.
 */
function opened(): Open {
  if (!open) {
    const db = openLibrary(file, (recovery) =>
      server.emit('damaged', { recovery, lost: recovery.lost } satisfies LibraryDamage),
    );
    open = {
      db,
      catalogue: new SqliteCatalogueStore(db, found),
      articles: new SqliteArticleShelf(db, found),
      stopChecks: startChecks({ file, rowChecks: ROW_CHECKS, hasBackups: false }, found),
    };
  }
  return open;
}

/**
 * What the user did is in the database itself soon, and not only in its log: a log that is lost
 * takes it along.
 */
const CHECKPOINT_MS = 2000;
const USERS_OWN = new Set(['articles.mark', 'articles.setStored']);
let checkpoint: NodeJS.Timeout | null = null;

function checkpointSoon(): void {
  checkpoint ??= setTimeout(() => {
    checkpoint = null;
    try {
      // Passive: it waits for nobody, and what is being read meanwhile is moved the next time.
      open?.db.exec('PRAGMA wal_checkpoint(PASSIVE)');
    } catch {
      // A full disk: it is still in the log.
    }
  }, CHECKPOINT_MS).unref();
}

/** Methods of a store under names like `catalogue.search`. */
function named(
  part: 'catalogue' | 'articles',
  prototype: object,
): Record<string, (...args: unknown[]) => Promise<unknown>> {
  const names = Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');
  return Object.fromEntries(
    names.map((name) => [
      `${part}.${name}`,
      async (...args: unknown[]) => {
        try {
          const store = opened()[part];
          const result: unknown = await Reflect.apply(
            Reflect.get(store, name) as () => unknown,
            store,
            args,
          );
          if (USERS_OWN.has(`${part}.${name}`)) checkpointSoon();
          return result;
        } catch (thrown) {
          if (isDamage(thrown)) found();
          throw sqliteError(thrown, LIBRARY);
        }
      },
    ]),
  );
}

const server = serveRpc(
  parentPort,
  {
    ...named('catalogue', SqliteCatalogueStore.prototype),
    ...named('articles', SqliteArticleShelf.prototype),
    close: () => {
      open?.stopChecks();
      if (open) closeDatabase(open.db, isSuspect);
      open = null;
    },
  },
  (thrown, method) => console.error(`library: ${method}:`, thrown),
);
