import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { SourceId } from '../../../../shared/model/source.ts';
import { quarantineName } from '../../fs/quarantine.ts';
import { moveDatabase, removeDatabase } from '../database-files.ts';
import { closeDatabase, openDatabase, transaction, type Recovery } from '../kit.ts';
import { copyLibrary, recoverLibrary } from './salvage.ts';
import { MIGRATIONS, ROW_CHECKS } from './schema.ts';
import { LibrarySources } from './sources.ts';

export const LIBRARY = 'The library';
const PRAGMAS =
  'PRAGMA synchronous = NORMAL; PRAGMA cache_size = -32000; PRAGMA wal_autocheckpoint = 8000';

const open = (file: string, onRecovered: (recovery: Recovery) => void): DatabaseSync =>
  openDatabase({
    file,
    what: LIBRARY,
    migrations: MIGRATIONS,
    pragmas: PRAGMAS,
    rowChecks: ROW_CHECKS,
    alwaysVerified: [],
    backups: [],
    recover: recoverLibrary,
    onRecovered,
  });

export const libraryFile = (home: string): string => path.join(home, 'library.sqlite');

/** Up to 0.1.0 each service had a library of its own. */
export const formerLibraryFile = (home: string, source: SourceId): string => {
  const hash = createHash('sha256').update(source).digest('hex').slice(0, 16);
  return path.join(home, `library-${source === 'demo' ? source : hash}.sqlite`);
};

/**
 * Opens the library, creating or migrating it. Readable rows of a damaged one are recovered; without
 * their marks the next syncs fetch everything again.
 *
 * @param source whose own library, of an earlier version, becomes the one of all sources
 * @throws what `openDatabase` throws
 */
export function openLibrary(
  home: string,
  source: SourceId | null,
  onRecovered: (recovery: Recovery) => void,
): DatabaseSync {
  const file = libraryFile(home);
  if (source !== null && !existsSync(file)) {
    const former = formerLibraryFile(home, source);
    if (existsSync(former)) {
      // Named before it gets the name under which it may be opened for another one.
      const db = open(former, onRecovered);
      new LibrarySources(db).name(source);
      closeDatabase(db, false);
      moveDatabase(former, file);
    }
  }
  const db = open(file, onRecovered);
  if (source !== null) new LibrarySources(db).name(source);
  return db;
}

/**
 * Takes over what an earlier version has kept of a source in a library of its own. Can be
 * interrupted and repeated at any point: the file is removed last.
 */
export function takeOverFormer(
  db: DatabaseSync,
  home: string,
  source: SourceId,
  onRecovered: (recovery: Recovery) => void,
): void {
  const file = formerLibraryFile(home, source);
  if (!existsSync(file)) return;
  const former = open(file, onRecovered);
  const lost: string[] = [];
  let isComplete: boolean;
  try {
    isComplete = transaction(db, () =>
      copyLibrary(db, { db: former, hasChecksums: true }, { sole: source, lost }),
    );
  } finally {
    closeDatabase(former, false);
  }
  // A loss of power must not take the copy along with the original.
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  if (isComplete && lost.length === 0) return removeDatabase(file);
  const aside = quarantineName(file);
  moveDatabase(file, aside);
  onRecovered({ kept: 0, fromBackup: 0, lost, aside });
}
