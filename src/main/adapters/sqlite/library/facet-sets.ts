import type { DatabaseSync } from 'node:sqlite';
import type { SetField } from '../../../../shared/api/query/fields.ts';
import type { FacetValue } from '../../../catalogue/search-facts.ts';
import { statementsOf } from '../kit.ts';
import { isInSets, type Hits } from './query-sql.ts';

/** Some hundred bytes each. */
const MAX_KNOWN = 10_000;

export type FacetCount = { facet: SetField; value: string; count: number };

/**
 * The values of an asset's facets as one set, which most assets share with others: 100,000 have a
 * few hundred. Assets are filtered by the sets that have a value, and hits are counted by their
 * sets: one row each, where a row for each value would be some twenty.
 */
export class FacetSets {
  readonly #db: DatabaseSync;
  readonly #sql: ReturnType<typeof statementsOf>;
  /** Rowids of sets that were put since the last `forget`, by their values as they were given. */
  readonly #known = new Map<string, number>();

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#sql = statementsOf(db);
  }

  /** Must run inside a transaction; after one that was undone, `forget`. */
  put(asset: number, given: readonly FacetValue[]): void {
    const values = given.filter(([facet]) => isInSets(facet));
    const key = JSON.stringify(values);
    const id = this.#known.get(key) ?? this.#idOf(values);
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(key, id);
    this.#sql('INSERT INTO asset_facet_set (asset, facets) VALUES (?, ?)').run(asset, id);
  }

  forget(): void {
    this.#known.clear();
  }

  #idOf(given: readonly FacetValue[]): number {
    const values = given.toSorted(([a, x], [b, y]) =>
      a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1,
    );
    const content = JSON.stringify(values);
    const stored = this.#sql('SELECT id FROM facet_set WHERE content = ?').get(content)?.['id'];
    return stored === undefined ? this.#add(content, values) : Number(stored);
  }

  #add(content: string, values: readonly FacetValue[]): number {
    const { lastInsertRowid } = this.#sql('INSERT INTO facet_set (content) VALUES (?)').run(
      content,
    );
    const id = Number(lastInsertRowid);
    const insert = this.#sql('INSERT INTO facet_set_value (facet, value, facets) VALUES (?, ?, ?)');
    for (const [facet, value] of values) insert.run(facet, value, id);
    return id;
  }

  /** Counts hits by value. */
  count({ from, where, values }: Hits): FacetCount[] {
    const among = where === '1' ? '1' : `asset IN (SELECT rowid FROM ${from} WHERE ${where})`;
    return this.#sql(
      `SELECT facet, value, sum(n) AS count
        FROM (SELECT facets, count(*) AS n FROM asset_facet_set WHERE ${among} GROUP BY facets)
        JOIN facet_set_value USING (facets) GROUP BY facet, value`,
    )
      .all(...values)
      .map((row) => ({
        facet: String(row['facet']) as SetField,
        value: String(row['value']),
        count: Number(row['count']),
      }));
  }

  /** All values of a facet. */
  valuesOf(facet: SetField): string[] {
    return this.#sql('SELECT DISTINCT value FROM facet_set_value WHERE facet = ?')
      .all(facet)
      .map((row) => String(row['value']));
  }

  /** Deletes sets that no asset has any more. */
  tidy(): void {
    this.forget();
    this.#db.exec('DELETE FROM facet_set WHERE id NOT IN (SELECT facets FROM asset_facet_set)');
  }
}
