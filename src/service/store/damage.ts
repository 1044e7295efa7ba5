import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';

/** Data of this installation that can’t be used; the message names the file and the remedy. */
export class DamagedData extends Error {
  constructor(file: string, fault: string, options?: ErrorOptions) {
    super(
      `${file} ${fault}. Restore the data folder from a backup, or move it away to start afresh.`,
      options,
    );
  }
}

/**
 * @throws DamagedData if something other than a file is in its place (opening a pipe would block)
 */
export function requireFile(file: string): void {
  let found;
  try {
    found = statSync(file, { throwIfNoEntry: false });
  } catch (error) {
    throw new DamagedData(file, 'can’t be read', { cause: error });
  }
  if (found && !found.isFile()) throw new DamagedData(file, 'is not a file');
}

/** CRC-32 over the columns of a row in their order; registered as an SQL function. */
export function checksum(...values: unknown[]): number {
  let sum = 0;
  for (const value of values) sum = crc32(`${String(value)}\0`, sum);
  return sum;
}

/** Columns that the checksum of a row covers. */
export const columnsOf = (db: DatabaseSync, table: string): string[] =>
  db
    .prepare("SELECT name FROM pragma_table_info(?) WHERE name <> 'crc' ORDER BY cid")
    .all(table)
    .map(({ name }) => String(name));

/**
 * Moves rows with a wrong checksum to the table `damaged`, which nothing reads.
 * @returns the table of each moved row
 * @throws DamagedData if the database file itself is damaged
 */
export function quarantineDamagedRows(
  db: DatabaseSync,
  file: string,
  tables: readonly string[],
): string[] {
  const result = db.prepare('PRAGMA integrity_check(1)').get()?.['integrity_check'];
  if (result !== 'ok') throw new DamagedData(file, `is damaged (${String(result)})`);
  return tables.flatMap((table) => {
    const isDamaged = `crc IS NOT checksum(${columnsOf(db, table).join(', ')})`;
    const rows = db.prepare(`SELECT 1 FROM ${table} WHERE ${isDamaged}`).all();
    if (rows.length > 0)
      db.exec(
        `BEGIN; INSERT INTO damaged SELECT '${table}', key, json FROM ${table} WHERE ${isDamaged}; DELETE FROM ${table} WHERE ${isDamaged}; COMMIT`,
      );
    return rows.map(() => table);
  });
}
