import { createHash } from 'node:crypto';
import * as z from 'zod';
import { DAY } from '../clock.ts';
import type { Limits } from '../http/limits.ts';
import { problem } from '../http/problems.ts';
import { isVisible } from '../content/view.ts';
import type { Timeline, Viewer } from '../content/view.ts';

export type FeedItem = {
  id: string;
  rev: number;
  publishedMin: number;
  updatedMin: number;
  embargoUntilMin?: number;
};
export type FeedPage<T> = {
  items: { item: T; at: number }[];
  cursor: string;
  hasMore: boolean;
  pollAfterSeconds: number;
};

const TOMBSTONES_KEPT_MS = 90 * DAY;
const POLL_AFTER_SECONDS = 60;

/**
 * `w` names the content and `a` the viewer’s access; when either changes, the client starts over.
 */
const cursorShape = z.strictObject({
  w: z.string(),
  a: z.boolean(),
  /** Snapshot: index of the next item and start time. Live: the last event delivered. */
  at: z.discriminatedUnion('k', [
    z.strictObject({ k: z.literal('s'), i: z.int().nonnegative(), t: z.number() }),
    z.strictObject({ k: z.literal('l'), t: z.number(), id: z.string() }),
  ]),
});
type Position = z.infer<typeof cursorShape>['at'];

const encode = (cursor: z.infer<typeof cursorShape>) =>
  Buffer.from(JSON.stringify(cursor)).toString('base64url');
function decode(text: string): z.infer<typeof cursorShape> {
  try {
    return cursorShape.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch {
    throw problem('cursor-mismatch');
  }
}

/** Name of a state of the content; other IDs or revisions give another name. */
export function contentName(items: readonly { id: string; rev: number }[], epoch: number): string {
  const hash = createHash('sha256').update(String(epoch));
  for (const { id, rev } of items) hash.update(`${id}:${rev};`);
  return hash.digest('base64url').slice(0, 12);
}

/**
 * A snapshot in pages, then the items that have become visible since: by publication or by the end
 * of an embargo. Both times are known in advance, so a position in time is a complete cursor and
 * nothing is stored. A revision made at run time is announced when it happens; the store keeps the
 * time, so that a cursor stays right after a restart.
 */
export function createFeed<T extends FeedItem>(items: readonly T[], time: Timeline, name: string) {
  const events = items
    .flatMap((item) =>
      [
        item.publishedMin,
        ...(item.embargoUntilMin === undefined ? [] : [item.embargoUntilMin]),
      ].map((minutes) => ({ t: time.at(minutes), item })),
    )
    .toSorted((a, b) => a.t - b.t || (a.item.id < b.item.id ? -1 : 1));

  /** The latest time of any position handed out. */
  let newest = -Infinity;
  /** When an edit that is being made will be announced. */
  let pending = Infinity;
  /**
   * The latest time that a page may reach. An event that was announced belongs to the past, even if
   * the clock was set back since; one that is pending must come after every position handed out.
   */
  const horizon = ({ now }: Viewer): number => Math.min(Math.max(now, newest), pending - 1);

  const after = ({ t, id }: { t: number; id: string }): number => {
    let [low, high] = [0, events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const event = events[middle];
      if (event && (event.t < t || (event.t === t && event.item.id <= id))) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  function snapshot(viewer: Viewer, start: number, limit: number) {
    const found: { item: T; at: number }[] = [];
    let i = start;
    for (; i < items.length && found.length < limit; i += 1) {
      const item = items[i];
      if (item && isVisible(item, time, viewer))
        found.push({ item, at: Math.min(viewer.now, time.at(item.updatedMin)) });
    }
    return { found, next: i };
  }

  function live(viewer: Viewer, position: { t: number; id: string }, limit: number) {
    const found: { item: T; at: number }[] = [];
    const now = horizon(viewer);
    let last = position;
    let i = after(position);
    for (; found.length < limit; i += 1) {
      const event = events[i];
      if (!event || event.t > now) break;
      last = { t: event.t, id: event.item.id };
      if (isVisible(event.item, time, viewer)) found.push({ item: event.item, at: event.t });
    }
    return { found, last, hasMore: (events[i]?.t ?? Infinity) <= now };
  }

  const pageFor = (
    query: { since?: string | undefined; limit: number },
    viewer: Viewer,
    limits: Limits,
    client: string,
  ): FeedPage<T> => {
    const given = query.since === undefined ? null : decode(query.since);
    if (given && (given.w !== name || given.a !== viewer.seesEmbargoed))
      throw problem('cursor-expired');
    newest = Math.max(newest, viewer.now);
    const position: Position = given?.at ?? { k: 's', i: 0, t: horizon(viewer) };
    if (
      position.k === 'l' &&
      viewer.now - position.t > TOMBSTONES_KEPT_MS &&
      after(position) < after({ t: viewer.now, id: '' })
    )
      throw problem('cursor-expired');
    const page = (at: Position, found: FeedPage<T>['items'], hasMore: boolean): FeedPage<T> => {
      limits.require(hasMore || found.length > 0 ? 'changes-page' : 'changes-poll', client);
      return {
        items: found,
        cursor: encode({ w: name, a: viewer.seesEmbargoed, at }),
        hasMore,
        pollAfterSeconds: POLL_AFTER_SECONDS,
      };
    };
    if (position.k === 's') {
      const { found, next } = snapshot(viewer, position.i, query.limit);
      // Items published while the snapshot was read are delivered again: at least once.
      return next < items.length
        ? page({ ...position, i: next }, found, true)
        : page({ k: 'l', t: position.t, id: '\u{10ffff}' }, found, false);
    }
    const { found, last, hasMore } = live(viewer, position, query.limit);
    return page({ k: 'l', ...last }, found, hasMore);
  };

  return {
    page: pageFor,
    /**
     * Runs `work` with the time at which it announces what it makes, after every position that is
     * handed out before it ends. One at a time.
     */
    async announcing<R>(now: number, work: (at: number) => Promise<R>): Promise<R> {
      pending = Math.max(now, newest + 1);
      try {
        return await work(pending);
      } finally {
        pending = Infinity;
      }
    },
    /** Adds a revision that was made at run time. */
    announce(item: T, at: number): void {
      events.splice(after({ t: at, id: item.id }), 0, { t: at, item });
      newest = Math.max(newest, at);
    },
  };
}
