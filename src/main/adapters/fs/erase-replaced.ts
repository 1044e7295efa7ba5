import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { backUp } from '../sqlite/transfer-store.ts';

/**
 * Erases overwritten and deleted rows of a database from its file, its WAL and its backups; a new
 * backup replaces the older ones. Quarantined files are left as they are.
 */
export function eraseReplaced(file: string): void {
  const db = new DatabaseSync(file, { timeout: 5000 });
  try {
    db.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
    const backups = `${path.basename(file)}.backup-`;
    // Quarantined backups have names that begin alike and may be folders.
    for (const name of readdirSync(path.dirname(file)))
      if (name.startsWith(backups) && !name.includes('.damaged-'))
        rmSync(path.join(path.dirname(file), name));
    backUp(db, file);
  } finally {
    db.close();
  }
}
