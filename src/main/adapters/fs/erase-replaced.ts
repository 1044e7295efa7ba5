import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { backUp } from '../sqlite/transfer-store.ts';

/**
 * What rows of a database were before, or had in them when they were removed, goes from its file,
 * its log and its backups: a new backup takes the place of the older ones. Only what was set aside
 * as damaged stays as it was.
 */
export function eraseReplaced(file: string): void {
  const db = new DatabaseSync(file, { timeout: 5000 });
  try {
    db.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
    const backups = `${path.basename(file)}.backup-`;
    // What was set aside is called after them, and may be a folder.
    for (const name of readdirSync(path.dirname(file)))
      if (name.startsWith(backups) && !name.includes('.damaged-'))
        rmSync(path.join(path.dirname(file), name));
    backUp(db, file);
  } finally {
    db.close();
  }
}
