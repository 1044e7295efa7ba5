import type { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { SqliteArticleStore } from '../adapters/sqlite/library/article-store.ts';
import { SqliteCatalogueStore } from '../adapters/sqlite/library/catalogue-store.ts';
import { LIBRARY, openLibrary } from '../adapters/sqlite/library/database.ts';
import { ROW_CHECKS } from '../adapters/sqlite/library/schema.ts';
import { createPictureFiles } from '../adapters/fs/file-cache.ts';
import { startChecks } from './database-check.ts';
import { closeDatabase, isDamage, markSuspect, sqliteError } from '../adapters/sqlite/kit.ts';
import { articlesChannel, catalogueChannel, libraryLifecycle } from './channels.ts';
import { expose } from './rpc.ts';

if (!parentPort) throw new Error('the library runs in a worker thread');

type Open = {
  db: DatabaseSync;
  catalogue: SqliteCatalogueStore;
  articles: SqliteArticleStore;
  stopChecks(): void;
};
const { file, pictures } = workerData as { file: string; pictures: string };
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
  if (isNew) emit('damaged', { recovery: null, lost: id === undefined ? [] : [id] });
}

/**
 * Opened by the first call that needs it: where that fails, for example on a full disk, the next
 * call tries again.
 */
function opened(): Open {
  if (!open) {
    const db = openLibrary(file, (recovery) => emit('damaged', { recovery, lost: recovery.lost }));
    open = {
      db,
      catalogue: new SqliteCatalogueStore(db, found),
      articles: new SqliteArticleStore(db, createPictureFiles(pictures), found),
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
const USERS_OWN = new Set(['mark', 'setStored']);
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

/** Translates what SQLite throws, and remembers damage. */
async function guarded(call: () => Promise<unknown>, method: string): Promise<unknown> {
  try {
    const result = await call();
    if (USERS_OWN.has(method)) checkpointSoon();
    return result;
  } catch (thrown) {
    if (isDamage(thrown)) found();
    throw sqliteError(thrown, LIBRARY);
  }
}

const onBug = (thrown: unknown, method: string): void =>
  console.error(`library: ${method}:`, thrown);
const port = parentPort;
expose(port, catalogueChannel, () => opened().catalogue, { onBug, around: guarded });
expose(port, articlesChannel, () => opened().articles, { onBug, around: guarded });
const { emit } = expose(
  port,
  libraryLifecycle,
  () => ({
    async close() {
      open?.stopChecks();
      if (open) closeDatabase(open.db, isSuspect);
      open = null;
    },
  }),
  { onBug },
);
