import type { DatabaseSync } from 'node:sqlite';
import { AppError } from '../../../../shared/errors.ts';
import { isForeignSource, type SourceId } from '../../../../shared/model/source.ts';
import { transaction } from '../kit.ts';

/**
 * What the texts of one source may fill, in bytes: of our own service more than a million assets of
 * the usual size, of a feed some hundred thousand. Each has a limit of its own, so that one that
 * never ends doesn't stop the others. The pictures of articles count on their own.
 */
export type SourceLimits = { own: number; foreign: number };
export const SOURCE_LIMITS: SourceLimits = { own: 8 * 1024 ** 3, foreign: 512 * 1024 ** 2 };

export const tooMuch = (what: string, maxBytes: number): AppError =>
  new AppError(
    'service-error',
    `${what} would take more than ${Math.round(maxBytes / 1024 ** 2)} MiB here. Nothing more is stored.`,
  );

const USED = `SELECT
  (SELECT coalesce(sum(octet_length(summary) + coalesce(octet_length(detail), 0)), 0) FROM asset_document
    WHERE asset IN (SELECT rowid FROM asset WHERE source = ?1)) +
  (SELECT coalesce(sum(octet_length(summary) + coalesce(octet_length(detail), 0)), 0) FROM article WHERE source = ?1) AS bytes`;
const PAGES = `SELECT (page_count - freelist_count) * page_size AS bytes
  FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()`;
const bytesOf = (db: DatabaseSync, sql: string, ...values: number[]): number =>
  Number(db.prepare(sql).get(...values)?.['bytes']);

/** At most what each source fills, by its rowid: counting is only needed once that is too much. */
const bounds = new WeakMap<DatabaseSync, Map<number, number>>();

/**
 * Stores what a source has sent, in one transaction.
 *
 * @param source with its rowid
 * @throws `service-error` if the source would fill more than its limit; nothing is stored then
 */
export function storeWithin<T>(
  db: DatabaseSync,
  source: { id: SourceId; rowid: number },
  limits: SourceLimits,
  work: () => T,
): T {
  const maxBytes = isForeignSource(source.id) ? limits.foreign : limits.own;
  const known = bounds.get(db) ?? new Map<number, number>();
  bounds.set(db, known);
  return transaction(db, () => {
    const [used, before] = [known.get(source.rowid), bytesOf(db, PAGES)];
    const result = work();
    const after = bytesOf(db, PAGES);
    // What grows is more than the texts: their index too. No source has more than all have together.
    const bound = Math.min(
      after,
      used === undefined ? Infinity : used + Math.max(0, after - before),
    );
    const exact = bound > maxBytes ? bytesOf(db, USED, source.rowid) : bound;
    if (exact > maxBytes) throw tooMuch('What this source has', maxBytes);
    known.set(source.rowid, exact);
    return result;
  });
}
