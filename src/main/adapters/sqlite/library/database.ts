import type { DatabaseSync } from 'node:sqlite';
import { openDatabase, type Recovery } from '../kit.ts';
import { recoverLibrary } from './salvage.ts';
import { MIGRATIONS, ROW_CHECKS } from './schema.ts';

export const LIBRARY = 'The library';
const PRAGMAS =
  'PRAGMA synchronous = NORMAL; PRAGMA cache_size = -32000; PRAGMA wal_autocheckpoint = 8000';

/**
 * Opens the library of one service, creating or migrating it. Readable rows of a damaged one are
 * recovered; without its cursor the next sync fetches everything again.
 *
 * @throws what `openDatabase` throws
 */
export const openLibrary = (
  file: string,
  onRecovered: (recovery: Recovery) => void,
): DatabaseSync =>
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
