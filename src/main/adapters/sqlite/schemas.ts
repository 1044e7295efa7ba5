import type { DatabaseSync } from 'node:sqlite';

const fromOwnTables = (joined: string): string =>
  `FROM pragma_table_list t JOIN ${joined} WHERE t.schema = 'main' AND t.type IN ('table', 'virtual') AND substr(t.name, 1, 7) <> 'sqlite_'`;
const SCHEMA = [
  `SELECT t.name, t.type, t.wr, t.strict, c.name AS col, c.type AS kind, c."notnull", c.dflt_value, c.pk ${fromOwnTables('pragma_table_xinfo(t.name) c')} ORDER BY t.name, c.cid`,
  `SELECT t.name, i.name AS idx, i."unique", i.partial, x.name AS col, x.desc, x.key ${fromOwnTables('pragma_index_list(t.name) i JOIN pragma_index_xinfo(i.name) x')} ORDER BY t.name, i.name, x.seqno`,
  `SELECT t.name, f."table", f."from", f."to", f.on_delete ${fromOwnTables('pragma_foreign_key_list(t.name) f')} ORDER BY t.name, f.id, f.seq`,
  "SELECT name, sql FROM sqlite_schema WHERE type NOT IN ('table', 'index') OR sql LIKE 'CREATE VIRTUAL%' ORDER BY name",
];

/**
 * The schema as SQLite parsed it. Its SQL text may differ between versions of SQLite, and the
 * window and the command line bundle different ones.
 */
export const schemaOf = (db: DatabaseSync): string =>
  JSON.stringify(SCHEMA.map((sql) => db.prepare(sql).all()));

const knownSchemas = new WeakMap<readonly string[], string[]>();

/**
 * Schemas of version 0 and all later ones.
 *
 * @param open creates an empty in-memory database
 */
export function schemasOf(migrations: readonly string[], open: () => DatabaseSync): string[] {
  const known = knownSchemas.get(migrations);
  if (known) return known;
  const db = open();
  const schemas = [schemaOf(db), ...migrations.map((sql) => (db.exec(sql), schemaOf(db)))];
  db.close();
  knownSchemas.set(migrations, schemas);
  return schemas;
}
