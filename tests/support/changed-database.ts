import { DatabaseSync } from 'node:sqlite';
import { checksum, columnsOf } from '../../src/service/store/damage.ts';
import { TABLES } from '../../src/service/store/migrations.ts';

/** Changes a database as the program would have, with valid checksums. */
export function inDatabase<T>(file: string, work: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(file);
  db.function('checksum', { varargs: true }, checksum);
  try {
    const result = work(db);
    for (const table of TABLES) {
      const columns = columnsOf(db, table).join(', ');
      if (db.prepare('SELECT 1 FROM pragma_table_info(?) WHERE name = ?').get(table, 'crc'))
        db.exec(
          `UPDATE ${table} SET crc = checksum(${columns}) WHERE crc IS NOT checksum(${columns})`,
        );
    }
    return result;
  } finally {
    db.close();
  }
}

/** Takes the database back to a version without checksums. */
export function takeBack(file: string, version: 1 | 2, sql = ''): void {
  inDatabase(file, (db) => {
    for (const table of TABLES) db.exec(`ALTER TABLE ${table} DROP COLUMN crc`);
    db.exec(
      `DROP TABLE damaged; DROP TABLE edits; ${version === 1 ? 'DROP TABLE manifests;' : ''} ${sql}; PRAGMA user_version = ${version}`,
    );
  });
}
