import type { SQLInputValue } from 'node:sqlite';
import { FACETS } from '../../../../shared/contract/catalogue.ts';
import type { CatalogueQuery } from '../../../catalogue/ports.ts';
import { matchExpression } from './full-text.ts';
import { firstRowid } from './rowids.ts';

/** Rowids of the assets a query meets: `SELECT rowid FROM ${from} WHERE ${where}`. */
export type Hits = { from: 'asset' | 'asset_text'; where: string; values: SQLInputValue[] };

/**
 * Filters as SQL. `except` leaves one facet out, so that its counts tell what choosing another
 * value would give.
 */
export function hitsOf(query: CatalogueQuery, except: string | null = null): Hits {
  const conditions: string[] = [];
  const values: SQLInputValue[] = [];
  const match = matchExpression(query.text);
  if (match !== null) {
    conditions.push('asset_text MATCH ?');
    values.push(match);
  }
  for (const facet of FACETS) {
    const chosen = query.facets[facet] ?? [];
    if (chosen.length === 0 || facet === except) continue;
    // The plus keeps the full-text search from being run anew for each of these.
    conditions.push(
      `+rowid IN (SELECT asset FROM asset_facet WHERE facet = ? AND value IN (${chosen.map(() => '?').join(', ')}))`,
    );
    values.push(facet, ...chosen);
  }
  if (query.publishedAfter !== null) {
    conditions.push('rowid >= ?');
    // A number would be bound as a real, which the full-text index does not take for a rowid.
    values.push(BigInt(firstRowid(query.publishedAfter)));
  }
  return {
    from: match === null ? 'asset' : 'asset_text',
    where: conditions.join(' AND ') || '1',
    values,
  };
}

/**
 * Ranking short prefixes says little and costs much: a two-letter prefix meets a large part of the
 * index.
 */
export const isRanked = (query: CatalogueQuery): boolean =>
  query.sort === 'relevance' &&
  query.text.trim().length >= 3 &&
  matchExpression(query.text) !== null;
