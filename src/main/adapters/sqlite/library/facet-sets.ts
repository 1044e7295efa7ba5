import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { SetField } from '../../../../shared/api/query/fields.ts';
import type { FacetValue } from '../../../catalogue/search-facts.ts';
import type { Hits } from './query-sql.ts';

export type FacetCount = { facet: SetField; value: string; count: number };

/**
 * Facets of few values, of which many assets have the same. Topics are as publishers write them, and
 * a source can change its rowid: both are counted singly.
 */
export const isInSets = (facet: SetField): boolean => facet !== 'topic' && facet !== 'source';

/**
 * The values of an asset's facets as one set, which most assets share with others: 100,000 have a
 * few hundred. Hits are counted by their sets, one row each, and the sets by their values. Counting
 * a row for each value takes twenty times as many.
 */
export class FacetSets {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  /** Ids are never used again, so what is known of one stays true. */
  readonly #known = new Map<number, readonly FacetValue[]>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  put(asset: number, values: readonly FacetValue[]): void {
    const content = JSON.stringify(
      values
        .filter(([facet]) => isInSets(facet))
        .map(([facet, value]) => [facet, value])
        .toSorted(([a = '', x = ''], [b = '', y = '']) =>
          a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1,
        ),
    );
    const find = this.#sql('SELECT id FROM facet_set WHERE content = ?');
    if (!find.get(content)) this.#sql('INSERT INTO facet_set (content) VALUES (?)').run(content);
    this.#sql('INSERT INTO asset_facet_set (asset, facets) VALUES (?, ?)').run(
      asset,
      Number(find.get(content)?.['id']),
    );
  }

  /** Counts hits by value. */
  count({ from, where, values }: Hits): FacetCount[] {
    const among = where === '1' ? '1' : `asset IN (SELECT rowid FROM ${from} WHERE ${where})`;
    const counts = new Map<string, FacetCount>();
    const rows = this.#sql(
      `SELECT facets, count(*) AS n FROM asset_facet_set WHERE ${among} GROUP BY facets`,
    ).all(...values);
    for (const row of rows)
      for (const [facet, value] of this.#contentOf(Number(row['facets']))) {
        const key = `${facet} ${value}`;
        const count = (counts.get(key)?.count ?? 0) + Number(row['n']);
        counts.set(key, { facet, value, count });
      }
    return [...counts.values()];
  }

  /** Deletes sets that no asset has any more. */
  tidy(): void {
    this.#db.exec('DELETE FROM facet_set WHERE id NOT IN (SELECT facets FROM asset_facet_set)');
    this.#known.clear();
  }

  #contentOf(id: number): readonly FacetValue[] {
    const known = this.#known.get(id);
    if (known) return known;
    // A damaged one counts nothing: it goes with the next change of its assets.
    const text = this.#sql(
      "SELECT iif(json_valid(content), content, '[]') AS content FROM facet_set WHERE id = ?",
    ).get(id)?.['content'];
    const content = JSON.parse(typeof text === 'string' ? text : '[]') as FacetValue[];
    this.#known.set(id, content);
    return content;
  }

  #sql(text: string): StatementSync {
    const known = this.#statements.get(text) ?? this.#db.prepare(text);
    this.#statements.set(text, known);
    return known;
  }
}
