/**
 * Rowids of assets, by time: milliseconds since 1970 times 1024, and what is left over tells apart
 * those of one millisecond. Every index of the library is in the order of rowids, so the newest of
 * any search come first without reading the others.
 */
const PLACES = 1024;
/**
 * In the year 2248; later times, which nobody means, count as this one. A rowid has to be a safe
 * integer, with room above it.
 */
const LAST_MS = 8_790_000_000_000;

/**
 * The lowest rowid of that moment; everything from it on was published then or later. @param ms
 * since 1970, UTC; what is before counts as 1970
 */
export const firstRowid = (ms: number): number =>
  Math.floor(Math.min(Math.max(ms, 0), LAST_MS)) * PLACES;

/** A free rowid for an asset of that moment. @param taken whether there is one already */
export function freeRowid(ms: number, taken: (rowid: number) => boolean): number {
  let rowid = firstRowid(ms);
  while (taken(rowid)) rowid++;
  return rowid;
}
