import * as z from 'zod';
import type { AssetChange } from '../../catalogue/asset.ts';
import type { HeldAsset, SyncStep } from '../../catalogue/ports.ts';
import { AppError, stopReason, type ErrorCode } from '../../../shared/errors.ts';
import type { SourceId } from '../../../shared/model/source.ts';
import { digestOf } from './asset-parts.ts';
import {
  MAX_RESULTS,
  PAGE_RESULTS,
  type DvidsClient,
  type DvidsFollow,
  type DvidsPage,
} from './dvids-client.ts';
import { assetIdOf, dvidsIdOf, mapAsset, type DvidsItem, type MappedAsset } from './dvids-map.ts';
import { readMark } from './publisher.ts';

/*
 * DVIDS announces neither what is new nor what has changed or gone. Four passes find it out, each in
 * steps with a mark, so that any of them goes on where it was stopped:
 *
 *   new      what was published since the last sync, and 48 hours before
 *   changed  what has a later time of change than what is known
 *   whole    once a day everything that is followed, newest first: what is held and lacks is asked
 *            for, and only an answer of its own withdraws it
 *   again    once a week what no list shows any more, and what was downloaded
 */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How far back the first sync goes: 24 months. */
const DEPTH_MS = 730 * DAY_MS;
/** Entries may appear in a search later than their times say. */
const OVERLAP_MS = 48 * HOUR_MS;
const WHOLE_AGAIN_MS = DAY_MS;
const ASK_AGAIN_MS = 7 * DAY_MS;
/** One of this length that is full is taken as incomplete. */
const MIN_WINDOW_MS = HOUR_MS;
/** Assets that are asked for between two steps, at one a second. */
const MAX_STEP = 10;
/** Stamp of what was taken back, by whatever words. */
const GONE = digestOf('taken back by DVIDS', 32);
/** What doesn’t fit is left out, until there is too much of it. */
const MAX_MISFITS = 0.2;
const FEW_MISFITS = 2;
const isTooMuch = (misfits: number, all: number): boolean =>
  misfits > Math.max(FEW_MISFITS, all * MAX_MISFITS);
/** Faults that may be of one asset, while the others are answered for. */
const OF_ONE: readonly ErrorCode[] = ['origin-error', 'feed-invalid', 'timeout'];

const instant = z.number();
const markSchema = z.object({
  /** Digest of what is followed. */
  follows: z.string(),
  /** What was published before isn’t taken. */
  from: instant,
  /** Until when the publication times that were listed go; null before the first. */
  listedTo: instant.nullable(),
  /** All that is held is as it was at this time of change; null while that isn’t so. */
  knownTo: instant.nullable(),
  /** Times of change, by ids, of what was asked for with one since `knownTo` and 48 hours before. */
  known: z.record(z.string(), instant),
  /** Start of the last whole list; null if one is due. */
  wholeAt: instant.nullable(),
  /** The whole list that is under way: what was published after `at` is done. */
  whole: z
    .object({ startedAt: instant, at: instant.nullable(), knownTo: instant.nullable() })
    .nullable(),
  /** Start of the last pass over what no list shows, and the one under way: ids up to `after` are done. */
  againAt: instant,
  again: z.object({ startedAt: instant, after: z.string() }).nullable(),
  /**
   * Times of change, by ids, of what couldn’t be read and isn’t here: it isn’t asked for again until
   * it changes, or until the next pass over what no list shows.
   */
  misfits: z.record(z.string(), instant),
  /** How many of the assets asked for last could be read, and how many couldn’t. */
  shape: z.object({ all: z.number(), misfits: z.number() }),
});
type Mark = z.infer<typeof markSchema>;

export const isFollowed = (
  follows: readonly DvidsFollow[],
  { unitName, keywords }: Pick<MappedAsset, 'unitName' | 'keywords'>,
): boolean =>
  follows.some(({ by, value }) => {
    const wanted = value.trim().toLowerCase();
    // A part of a name is enough for a search.
    if (by === 'unit') return unitName?.toLowerCase().includes(wanted) === true;
    return keywords.some((word) => word.toLowerCase().includes(wanted));
  });

/** An asset to be asked for: it was listed, it is held and wasn’t, or its time has come. */
type Task = {
  id: string;
  at: number;
  changedAt: number | null;
  why: 'listed' | 'missing' | 'again';
};
type Held = Omit<HeldAsset, 'id'>;
/** A search in a window of publication times. */
type Listed = {
  items: Map<string, DvidsItem>;
  /** There may be more than it shows. */
  isFull: boolean;
  /** It has all that there is in that window. */
  isComplete: boolean;
};

export type DvidsSyncOptions = {
  source: SourceId;
  client: Pick<DvidsClient, 'search' | 'asset'>;
  follows: readonly DvidsFollow[];
  /** What the library has of the source by now. */
  held(): Promise<readonly HeldAsset[]>;
  /** Ids of assets that were downloaded. */
  downloaded(): ReadonlySet<string>;
  nowMs(): number;
  language(): 'en' | 'fr';
  /** All passes are due. */
  isThorough?: boolean;
  /** Something was understood of an answer. */
  onRead(): void;
};

type Shape = Mark['shape'];
/** Of so many and more the older ones count half. */
const MAX_SHAPE = 100;

/** Counts what doesn’t fit. @throws `feed-invalid` once that is too much */
function countShape(shape: Shape, fits: boolean, what: string): void {
  shape.all++;
  if (!fits) shape.misfits++;
  if (isTooMuch(shape.misfits, shape.all))
    throw new AppError(
      'feed-invalid',
      `DVIDS answers in a form that this version doesn’t know: ${shape.misfits} of ${shape.all} ${what} can’t be read`,
    );
  if (shape.all < MAX_SHAPE) return;
  shape.all /= 2;
  shape.misfits /= 2;
}

/** One sync, from a mark on. */
class Run {
  readonly #options: DvidsSyncOptions;
  readonly #signal: AbortSignal;
  readonly #held: Map<string, Held>;
  readonly #mark: Mark;
  readonly #entries: Shape = { all: 0, misfits: 0 };
  /** Asked for by now: of each asset once is enough. */
  readonly #asked = new Set<string>();
  #failed = 0;

  constructor(
    options: DvidsSyncOptions,
    given: string | null,
    held: readonly HeldAsset[],
    signal: AbortSignal,
  ) {
    this.#options = options;
    this.#signal = signal;
    this.#held = new Map(
      held.flatMap(({ id, ...one }) => {
        const dvidsId = dvidsIdOf(options.source, id);
        return dvidsId === null ? [] : [[dvidsId, one] as const];
      }),
    );
    const nowMs = options.nowMs();
    const follows = digestOf(
      options.follows
        .map(({ by, value }) => `${by} ${value}`)
        .toSorted((a, b) => (a < b ? -1 : 1))
        .join('\n'),
      16,
    );
    const before = readMark(markSchema, given);
    this.#mark = before ?? {
      follows,
      from: nowMs - DEPTH_MS,
      listedTo: null,
      knownTo: null,
      known: {},
      wholeAt: null,
      whole: null,
      againAt: nowMs,
      again: null,
      misfits: {},
      shape: { all: 0, misfits: 0 },
    };
    // What is wanted now was perhaps never listed, and some of what is here isn’t wanted any more.
    if (this.#mark.follows !== follows) {
      this.#mark.follows = follows;
      this.#mark.wholeAt = null;
      this.#mark.whole = null;
    }
  }

  async *steps(): AsyncIterable<SyncStep> {
    if (this.#options.follows.length > 0) {
      const isFirst = this.#mark.wholeAt === null && this.#mark.listedTo === null;
      if (!isFirst) yield* this.#new();
      yield* this.#changed();
      if (this.#mark.whole !== null || this.#isDue(this.#mark.wholeAt, WHOLE_AGAIN_MS))
        yield* this.#whole();
      if (this.#mark.again !== null || this.#isDue(this.#mark.againAt, ASK_AGAIN_MS))
        yield* this.#again();
    }
    yield this.#step([]);
  }

  /** Also by a clock that was ahead. */
  #isDue(at: number | null, pauseMs: number): boolean {
    if (this.#options.isThorough === true) return true;
    return at === null || Math.abs(this.#options.nowMs() - at) > pauseMs;
  }

  #step(changes: AssetChange[]): SyncStep {
    return { changes, mark: JSON.stringify(this.#mark), list: null };
  }

  async *#new(): AsyncIterable<SyncStep> {
    const mark = this.#mark;
    const from = Math.max(mark.from, (mark.listedTo ?? mark.from) - OVERLAP_MS);
    let newest = mark.listedTo;
    for await (const { listed, tasks } of this.#windows(from, null)) {
      newest = this.#newest(listed, newest);
      yield* this.#work(tasks, () => undefined);
    }
    mark.listedTo = newest;
  }

  async *#changed(): AsyncIterable<SyncStep> {
    const mark = this.#mark;
    const { items, newest, isCut } = await this.#latest();
    // Nothing is known yet, or too much has changed: the whole list compares it all.
    if (mark.knownTo === null || isCut) {
      const isUnderWay = mark.whole !== null && (mark.whole.knownTo ?? 0) > (mark.knownTo ?? -1);
      if (!isUnderWay) mark.whole = { startedAt: this.#options.nowMs(), at: null, knownTo: newest };
      return;
    }
    const tasks = items
      .filter((item) => !this.#isKnown(item))
      .filter(({ id, publishedMs }) => this.#held.has(id) || publishedMs >= mark.from)
      .map((item) => toTask(item));
    yield* this.#work(tasks, () => undefined);
    this.#setKnownTo(newest);
  }

  async *#whole(): AsyncIterable<SyncStep> {
    const mark = this.#mark;
    const whole = (mark.whole ??= {
      startedAt: this.#options.nowMs(),
      at: null,
      knownTo: mark.knownTo,
    });
    for await (const { listed, tasks, start } of this.#windows(mark.from, whole.at)) {
      const newest = this.#newest(listed, mark.listedTo);
      const proceed = (at: number): void => {
        whole.at = at;
        mark.listedTo = newest;
      };
      yield* this.#work(tasks, proceed);
      proceed(start);
      yield this.#step([]);
    }
    mark.wholeAt = whole.startedAt;
    mark.whole = null;
    this.#setKnownTo(whole.knownTo ?? whole.startedAt - DAY_MS);
  }

  async *#again(): AsyncIterable<SyncStep> {
    const mark = this.#mark;
    const again = (mark.again ??= { startedAt: this.#options.nowMs(), after: '' });
    const { source } = this.#options;
    const downloaded = this.#options.downloaded();
    const ids = [...this.#held]
      .filter(
        ([id, { isWithdrawn, isUnlisted, publishedAt }]) =>
          !isWithdrawn &&
          (isUnlisted || publishedAt < mark.from || downloaded.has(assetIdOf(source, id))),
      )
      .map(([id]) => id)
      .filter((id) => id > again.after)
      .toSorted();
    const tasks = ids.map((id): Task => ({ id, at: 0, changedAt: null, why: 'again' }));
    yield* this.#work(tasks, (_at, id) => (again.after = id));
    mark.againAt = again.startedAt;
    mark.again = null;
    mark.misfits = {};
  }

  /**
   * Asks for assets, and yields what comes of it some at a time.
   *
   * @param proceed called with the last of those that a step covers
   */
  async *#work(
    tasks: readonly Task[],
    proceed: (at: number, id: string) => void,
  ): AsyncIterable<SyncStep> {
    for (let from = 0; from < tasks.length; from += MAX_STEP) {
      const changes: AssetChange[] = [];
      const part = tasks.slice(from, from + MAX_STEP);
      for (const task of part) changes.push(...(await this.#ask(task)));
      const last = part.at(-1);
      if (last) proceed(last.at, last.id);
      yield this.#step(changes);
    }
  }

  async #ask({ id, changedAt, why }: Task): Promise<AssetChange[]> {
    const { source, nowMs, language, follows } = this.#options;
    this.#asked.add(id);
    const answer = await this.#answerOf(id);
    if (!answer) return [];
    const held = this.#held.get(id);
    if (answer.kind !== 'found') {
      if (!held || held.isWithdrawn) return [];
      this.#held.set(id, { ...held, isWithdrawn: true });
      return [{ op: 'withdraw', id: assetIdOf(source, id), stamp: GONE }];
    }
    const mapped = mapAsset(answer.json, { source, id, nowMs: nowMs(), language: language() });
    countShape(this.#mark.shape, mapped !== null, 'assets');
    if (!mapped) {
      if (!held) this.#mark.misfits[id] = changedAt ?? 0;
      return [];
    }
    delete this.#mark.misfits[id];
    if (changedAt !== null && changedAt > this.#overlapOf()) this.#mark.known[id] = changedAt;
    const { change, stamp } = mapped;
    const isWanted = why === 'listed' || isFollowed(follows, mapped);
    const publishedAt = Date.parse(change.asset.publishedAt);
    this.#held.set(id, { stamp, publishedAt, isWithdrawn: false, isUnlisted: !isWanted });
    if (isWanted) return [change];
    const unlisted: AssetChange = { op: 'unlist', id: change.id };
    // What is as it was keeps the time since when it isn’t listed.
    return held?.stamp === stamp ? [unlisted] : [change, unlisted];
  }

  /**
   * @returns null if there is no answer for this one, but for others; it is asked for again with the
   * next list that has it
   */
  async #answerOf(id: string): Promise<Awaited<ReturnType<DvidsClient['asset']>> | null> {
    const { client, follows, onRead } = this.#options;
    try {
      const answer = await client.asset(id, this.#signal);
      onRead();
      return answer;
    } catch (thrown) {
      const [follow] = follows;
      const isOfOne = thrown instanceof AppError && OF_ONE.includes(thrown.code);
      if (!isOfOne || !follow || isTooMuch(++this.#failed, this.#asked.size)) throw thrown;
      await client.search({ follow, sort: 'publishdate', page: 1 }, this.#signal);
      return null;
    }
  }

  /** Windows from a time of publication back to another, the newest first, and what is to do in each. */
  async *#windows(
    from: number,
    to: number | null,
  ): AsyncIterable<{ listed: Listed; tasks: Task[]; start: number }> {
    let end = to;
    let length = Number.POSITIVE_INFINITY;
    while (end === null || end > from) {
      const upper: number = Math.max(from, end ?? this.#options.nowMs());
      const start = Math.max(from, upper - length);
      const isSplittable = upper - start > MIN_WINDOW_MS;
      const listed = await this.#list(start, end, isSplittable);
      if (listed.isFull && isSplittable) {
        length = Math.max(MIN_WINDOW_MS, (upper - start) / 2);
        continue;
      }
      yield { listed, tasks: this.#tasksOf(listed, start, end), start };
      end = start;
      length *= 2;
    }
  }

  async #list(from: number, to: number | null, isSplittable: boolean): Promise<Listed> {
    const items = new Map<string, DvidsItem>();
    let [isFull, isComplete] = [false, true];
    for (const follow of this.#options.follows) {
      const ids = new Set<string>();
      for await (const { page, isLast, total } of this.#pages({
        follow,
        sort: 'publishdate',
        from,
        to,
      })) {
        for (const item of page.items) {
          ids.add(item.id);
          items.set(item.id, item);
        }
        isFull ||= total >= MAX_RESULTS;
        if (isFull && isSplittable) return { items, isFull, isComplete: false };
        // Entries that can’t be read, and those that slip from one page to another, may be held.
        if (isLast) isComplete &&= ids.size >= total;
      }
    }
    return { items, isFull, isComplete: isComplete && !isFull };
  }

  async *#pages(search: Omit<Parameters<DvidsClient['search']>[0], 'page'>): AsyncIterable<{
    page: DvidsPage;
    total: number;
    isLast: boolean;
  }> {
    let [seen, total] = [0, 0];
    for (let n = 1; ; n++) {
      const page = await this.#options.client.search({ ...search, page: n }, this.#signal);
      this.#options.onRead();
      for (let at = 0; at < page.size; at++)
        countShape(this.#entries, at < page.items.length, 'entries');
      seen += page.size;
      total = Math.max(total, page.total);
      const isLast = page.size === 0 || seen >= total || n * PAGE_RESULTS >= MAX_RESULTS;
      yield { page, total, isLast };
      if (isLast) return;
    }
  }

  /** What has changed last, as far back as it isn’t known, and the newest time of change. */
  async #latest(): Promise<{ items: DvidsItem[]; newest: number | null; isCut: boolean }> {
    const items = new Map<string, DvidsItem>();
    const limit = this.#overlapOf();
    const latest = this.#options.nowMs() + DAY_MS;
    let newest: number | null = this.#mark.knownTo;
    let isCut = false;
    for (const follow of this.#options.follows) {
      for await (const { page, isLast, total } of this.#pages({ follow, sort: 'timestamp' })) {
        for (const item of page.items) {
          items.set(item.id, item);
          // One that lies ahead is a slip, and would hide all that follow.
          if (item.timestampMs !== null && item.timestampMs <= latest)
            newest = Math.max(newest ?? 0, item.timestampMs);
        }
        const oldest = page.items.at(-1)?.timestampMs ?? null;
        if (this.#mark.knownTo === null || (oldest !== null && oldest <= limit)) break;
        if (isLast) isCut ||= total >= MAX_RESULTS;
      }
    }
    const changed = [...items.values()].filter(
      ({ timestampMs }) => timestampMs !== null && timestampMs > limit,
    );
    return { items: changed, newest, isCut };
  }

  /** By time of publication, the newest first, so that a mark says how far they are done. */
  #tasksOf({ items, isComplete }: Listed, start: number, end: number | null): Task[] {
    const listed = [...items.values()].filter((item) => !this.#isKnown(item)).map(toTask);
    const missing = isComplete
      ? [...this.#held].filter(
          ([id, { publishedAt, isWithdrawn, isUnlisted }]) =>
            !items.has(id) &&
            !this.#asked.has(id) &&
            !isWithdrawn &&
            !isUnlisted &&
            publishedAt >= start &&
            (end === null || publishedAt < end),
        )
      : [];
    return [
      ...listed,
      ...missing.map(([id, { publishedAt }]): Task => ({
        id,
        at: publishedAt,
        changedAt: null,
        why: 'missing',
      })),
    ].toSorted((a, b) => b.at - a.at);
  }

  /** What is here is as the entry says, so it isn’t asked for. */
  #isKnown({ id, publishedMs, timestampMs }: DvidsItem): boolean {
    const { whole, known, misfits } = this.#mark;
    const held = this.#held.get(id);
    if (this.#asked.has(id) || (!held && misfits[id] === (timestampMs ?? 0))) return true;
    if (!held || held.isWithdrawn || held.isUnlisted) return false;
    // What the whole list that is under way has behind it was asked for since it began.
    const isDone = whole !== null && whole.at !== null && publishedMs > whole.at;
    const knownTo = Math.max(this.#mark.knownTo ?? 0, isDone ? (whole.knownTo ?? 0) : 0);
    if (timestampMs === null) return knownTo > 0;
    return known[id] === timestampMs || timestampMs <= knownTo - OVERLAP_MS;
  }

  /** From where on times of change are kept one by one. */
  #overlapOf(): number {
    const knownTo = this.#mark.knownTo ?? this.#mark.whole?.knownTo ?? null;
    return knownTo === null ? Number.NEGATIVE_INFINITY : knownTo - OVERLAP_MS;
  }

  #setKnownTo(knownTo: number | null): void {
    const mark = this.#mark;
    if (knownTo !== null) mark.knownTo = Math.max(mark.knownTo ?? knownTo, knownTo);
    const limit = this.#overlapOf();
    mark.known = Object.fromEntries(Object.entries(mark.known).filter(([, at]) => at > limit));
  }

  /** Publication times that lie ahead are slips. */
  #newest({ items }: Listed, before: number | null): number | null {
    const nowMs = this.#options.nowMs();
    let newest = before;
    for (const { publishedMs } of items.values())
      newest = Math.max(newest ?? 0, Math.min(publishedMs, nowMs));
    return newest;
  }
}

const toTask = ({ id, publishedMs, timestampMs }: DvidsItem): Task => ({
  id,
  at: publishedMs,
  changedAt: timestampMs,
  why: 'listed',
});

/**
 * What has changed since a mark; see above for how that is found out.
 *
 * @throws what `DvidsClient` throws, `feed-invalid` if more than a fifth can’t be read
 */
export async function* syncDvids(
  mark: string | null,
  options: DvidsSyncOptions,
  signal: AbortSignal,
): AsyncIterable<SyncStep> {
  if (signal.aborted) throw stopReason(signal);
  yield* new Run(options, mark, await options.held(), signal).steps();
}
