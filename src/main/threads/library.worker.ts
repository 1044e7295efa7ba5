import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { SqliteArticleStore } from '../adapters/sqlite/library/article-store.ts';
import { SqliteCatalogueStore } from '../adapters/sqlite/library/catalogue-store.ts';
import {
  LIBRARY,
  libraryFile,
  openLibrary,
  takeOverFormer,
} from '../adapters/sqlite/library/database.ts';
import { ROW_CHECKS } from '../adapters/sqlite/library/schema.ts';
import { SOURCE_LIMITS } from '../adapters/sqlite/library/size-limit.ts';
import { LibrarySources } from '../adapters/sqlite/library/sources.ts';
import { isForeignSource, type SourceId } from '../../shared/model/source.ts';
import type { Recovery } from '../adapters/sqlite/kit.ts';
import { createPictureFiles } from '../adapters/fs/file-cache.ts';
import { startChecks } from './database-check.ts';
import { closeDatabase, isDamage, markSuspect, sqliteError } from '../adapters/sqlite/kit.ts';
import { articlesChannel, catalogueChannel, libraryLifecycle } from './channels.ts';
import { expose } from './rpc.ts';

if (!parentPort) throw new Error('the library runs in a worker thread');

type Open = {
  db: DatabaseSync;
  sources: LibrarySources;
  catalogue: SqliteCatalogueStore;
  articles: SqliteArticleStore;
  stopChecks(): void;
};
const { home } = workerData as { home: string };
let shown: readonly SourceId[] = [];
/** False until the library has been told. */
let isTold = false;
let open: Open | null = null;
let isSuspect = false;
const damaged = new Set<string>();

/**
 * Records damage seen in use; the next start repairs it.
 *
 * @param id of a skipped entry; each is reported once
 */
function onDamaged(id?: string): void {
  const isNew = id === undefined ? !isSuspect : !damaged.has(id);
  isSuspect = true;
  if (open) markSuspect(open.db);
  if (id !== undefined) damaged.add(id);
  if (isNew) emit('damaged', { recovery: null, lost: id === undefined ? [] : [id] });
}

/**
 * Opens the library on the first call. If that fails, e.g. on a full disk, the next call retries.
 */
function openStore(): Open {
  if (!open) {
    const service = shown.find((id) => !isForeignSource(id)) ?? null;
    const db = openLibrary(home, service, onRecovered);
    const sources = new LibrarySources(db);
    const pictures = createPictureFiles(path.join(home, 'pictures'));
    const articles = new SqliteArticleStore(db, sources, pictures, onDamaged);
    open = {
      db,
      sources,
      catalogue: new SqliteCatalogueStore(db, sources, onDamaged, SOURCE_LIMITS, articles),
      articles,
      stopChecks: startChecks(
        { file: libraryFile(home), rowChecks: ROW_CHECKS, hasBackups: false },
        onDamaged,
      ),
    };
  }
  if (!isTold) showSources(open);
  return open;
}

function onRecovered(recovery: Recovery): void {
  emit('damaged', { recovery, lost: recovery.lost });
}

function showSources({ db, sources }: Open): void {
  sources.show(shown);
  isTold = true;
  for (const source of shown) {
    try {
      takeOverFormer(db, home, source, onRecovered);
    } catch (thrown) {
      // E.g. a full disk. The former library stays, and the next start tries again.
      console.error(`library: ${source}:`, thrown);
    }
  }
}

/** Delay until the user's own changes are checkpointed, ms: a lost log would take them along. */
const CHECKPOINT_MS = 2000;
const USER_METHODS = new Set(['mark', 'want', 'setStored', 'unstore']);
let checkpoint: NodeJS.Timeout | null = null;

function checkpointSoon(): void {
  checkpoint ??= setTimeout(() => {
    checkpoint = null;
    try {
      // PASSIVE does not wait for readers; the rest is moved by the next checkpoint.
      open?.db.exec('PRAGMA wal_checkpoint(PASSIVE)');
    } catch {
      // E.g. a full disk; the changes are still in the log.
    }
  }, CHECKPOINT_MS).unref();
}

/** Maps SQLite errors and records damage. */
async function mapErrors(call: () => Promise<unknown>, method: string): Promise<unknown> {
  try {
    const result = await call();
    if (USER_METHODS.has(method)) checkpointSoon();
    return result;
  } catch (thrown) {
    if (isDamage(thrown)) onDamaged();
    throw sqliteError(thrown, LIBRARY);
  }
}

const onBug = (thrown: unknown, method: string): void =>
  console.error(`library: ${method}:`, thrown);
const port = parentPort;
expose(port, catalogueChannel, () => openStore().catalogue, { onBug, around: mapErrors });
expose(port, articlesChannel, () => openStore().articles, { onBug, around: mapErrors });
const { emit } = expose(
  port,
  libraryLifecycle,
  () => ({
    async show(sources: readonly SourceId[]) {
      shown = sources;
      isTold = false;
      // Else with the first question: commands on the account ask none.
      if (open) showSources(open);
    },
    async close() {
      open?.stopChecks();
      if (open) closeDatabase(open.db, isSuspect);
      open = null;
    },
  }),
  { onBug, around: mapErrors },
);
