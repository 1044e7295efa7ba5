import { createHash } from 'node:crypto';
import * as z from 'zod';
import { HOUR } from '../clock.ts';
import { problem } from '../http/problems.ts';

/** Position of a page: digest of the query, start time, items delivered, ID of the last one. */
const cursorShape = z.strictObject({
  q: z.string(),
  t: z.number(),
  n: z.int().nonnegative(),
  id: z.string(),
});
const CURSOR_LIFE_MS = 24 * HOUR;

function decode(text: string): z.infer<typeof cursorShape> {
  try {
    return cursorShape.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch {
    throw problem('cursor-mismatch');
  }
}

/**
 * One page of a result that is computed anew for each request. It continues after the last
 * delivered item, so that items published meanwhile shift nothing; if that item is gone, the count
 * decides.
 * @throws cursor-mismatch for a cursor of another query, cursor-expired for an old one
 */
export function pageOf<T extends { id: string }>(
  all: readonly T[],
  query: { limit: number; cursor?: string | undefined },
  now: number,
): { items: T[]; nextCursor: string | null; totalApprox: number } {
  const { cursor, limit, ...rest } = query;
  const q = createHash('sha256')
    .update(JSON.stringify(rest, Object.keys(rest).toSorted()))
    .digest('base64url')
    .slice(0, 16);
  const place = cursor === undefined ? { q, t: now, n: 0, id: '' } : decode(cursor);
  if (place.q !== q) throw problem('cursor-mismatch');
  if (now - place.t > CURSOR_LIFE_MS) throw problem('cursor-expired');
  const last = place.id === '' ? -1 : all.findIndex(({ id }) => id === place.id);
  const start = place.id === '' ? 0 : last >= 0 ? last + 1 : place.n;
  const items = all.slice(start, start + limit);
  const end = items.at(-1);
  const isMore = end !== undefined && start + limit < all.length;
  const next = isMore
    ? Buffer.from(JSON.stringify({ q, t: place.t, n: start + items.length, id: end.id })).toString(
        'base64url',
      )
    : null;
  return { items, nextCursor: next, totalApprox: all.length };
}
