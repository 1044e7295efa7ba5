import { limitAt, type Limit, type ActiveLimit } from '../../../shared/model/schedule.ts';
import { isActive, isEnded } from '../../../shared/model/transfer.ts';
import type { TransferRow } from '../api.ts';
import type { StoredTransfer } from '../ports.ts';

/** More than half a year of days with two changes. */
const MAX_SPANS = 400;
/** From this share of the limit on it is the limit that holds the line back. */
const NEAR = 0.8;

/**
 * The moment when so many bytes will be through; null for never, or later than anybody plans.
 * @param options.urgent goes on in hours of rest
 */
export type RateAt = (
  bytes: number,
  options?: { urgent?: boolean; maxPerSecond?: number | null },
) => number | null;

type Span = ActiveLimit & { fromMs: number };

/** From now on, with every change of the limit by the clock. */
export function rateOf(limit: Limit, lineBytesPerSecond: number, nowMs: number): RateAt {
  const spans: Span[] = [];
  const spanAfter = (last: Span | undefined): Span | null => {
    const fromMs = last ? last.untilMs : nowMs;
    return fromMs === null ? null : { fromMs, ...limitAt(limit, fromMs) };
  };
  const span = (index: number): Span | null => {
    const known = spans[index] ?? spanAfter(spans[index - 1]);
    if (known) spans[index] = known;
    return known;
  };
  return (bytes, { urgent = false, maxPerSecond = null } = {}) => {
    let left = bytes;
    for (let index = 0; index < MAX_SPANS; index++) {
      const now = span(index);
      if (!now) return null;
      const perSecond =
        now.isPaused && !urgent
          ? 0
          : Math.min(lineBytesPerSecond, now.bytesPerSecond ?? Infinity, maxPerSecond ?? Infinity);
      const through =
        now.untilMs === null ? Infinity : (perSecond * (now.untilMs - now.fromMs)) / 1000;
      if (perSecond > 0 && left <= through) return now.fromMs + (left * 1000) / perSecond;
      left -= through;
      if (now.untilMs === null) return null;
    }
    return null;
  };
}

/** What the line does, and what it does where nothing holds it back, as far as that was seen. */
export class ThroughputEstimator {
  #unlimited: number | null = null;

  /**
   * @param measured bytes a second of late @returns what to expect of the line when there is no
   * limit; null where nothing ever came
   */
  estimate(measured: number | null, { bytesPerSecond: limit }: ActiveLimit): number | null {
    if (measured === null) return null;
    if (limit === null) this.#unlimited = measured;
    return limit !== null && measured >= NEAR * limit
      ? Math.max(measured, this.#unlimited ?? 0)
      : measured;
  }
}

type Deadline = TransferRow['deadline'];
type ForecastDeps = {
  /** All in the order of the queue, with the bytes of this moment. */
  ordered(): StoredTransfer[];
  places(): number;
  /** How it goes on from now; null when nothing was measured, or all is paused. */
  rate(): RateAt | null;
  nowMs(): number;
};

/** An estimate is told again when it has moved by this much. */
const STEP_MS = 60_000;
const FRESH_MS = 1_000;

/** Waits for its turn, or for a moment that comes by itself. */
const isWaiting = ({ state }: StoredTransfer): boolean =>
  isActive(state) ||
  state.phase === 'queued' ||
  (state.phase === 'waiting' && (state.reason === 'retry' || state.reason === 'offline'));

const toQueuedWork = ({
  id,
  totalBytes,
  receivedBytes,
  limitBytesPerSecond,
}: StoredTransfer): QueuedWork => ({
  id,
  remainingBytes: totalBytes === null ? null : Math.max(0, totalBytes - receivedBytes),
  limitBytesPerSecond,
});

/**
 * What becomes of deadlines. They never change the order: a package that will be late says so, and
 * the user may make it urgent.
 */
export class Deadlines {
  readonly #deps: ForecastDeps;
  readonly #ids = new Set<string>();
  readonly #seen = new Map<string, Deadline>();
  #found = new Map<string, Forecast>();
  #foundAtMs = -Infinity;

  constructor(deps: ForecastDeps) {
    this.#deps = deps;
  }

  /** To be called with every transfer that was put. */
  track({ id, deadlineMs, state }: StoredTransfer): void {
    if (deadlineMs === null || isEnded(state)) this.#ids.delete(id);
    else this.#ids.add(id);
  }

  of({ id, deadlineMs, state }: StoredTransfer): Deadline {
    if (deadlineMs === null || isEnded(state)) return null;
    const nowMs = this.#deps.nowMs();
    const found = this.#look(nowMs).get(id);
    // A lower bound is enough to know that it will be late, not to promise that it will not.
    const late = nowMs > deadlineMs || (found !== undefined && found.atMs > deadlineMs);
    const deadline = {
      atMs: deadlineMs,
      expectedAtMs: found && (found.certain || late) ? found.atMs : null,
      late,
    };
    this.#seen.set(id, deadline);
    return deadline;
  }

  /** Those of which something else is to be told than before. */
  changedIds(all: (id: string) => StoredTransfer | undefined): string[] {
    return [...this.#ids].filter((id) => {
      const transfer = all(id);
      const before = this.#seen.get(id) ?? null;
      const now = transfer ? this.of(transfer) : null;
      const step = Math.abs((now?.expectedAtMs ?? 0) - (before?.expectedAtMs ?? 0));
      if (now?.late === before?.late && step < STEP_MS) {
        if (before) this.#seen.set(id, before);
        return false;
      }
      return true;
    });
  }

  #look(nowMs: number): Map<string, Forecast> {
    if (nowMs - this.#foundAtMs < FRESH_MS) return this.#found;
    this.#foundAtMs = nowMs;
    const rate = this.#ids.size === 0 ? null : this.#deps.rate();
    if (!rate) return (this.#found = new Map());
    const standing = this.#deps.ordered().filter(isWaiting);
    const line = [
      ...standing.filter(({ state }) => isActive(state)),
      ...standing.filter(({ state }) => !isActive(state)),
    ];
    // What is urgent waits for nothing else, and goes on in hours of rest.
    const urgent = line.filter((transfer) => transfer.urgent);
    const places = this.#deps.places();
    return (this.#found = new Map([
      ...forecast(
        line.map(toQueuedWork),
        this.#withDeadline(line.filter((transfer) => !transfer.urgent)),
        places,
        rate,
      ),
      ...forecast(urgent.map(toQueuedWork), this.#withDeadline(urgent), places, rate, true),
    ]));
  }

  #withDeadline(line: readonly StoredTransfer[]): Set<string> {
    return new Set(line.map(({ id }) => id).filter((id) => this.#ids.has(id)));
  }

  /** What was worked out before does not count any more. */
  forget(): void {
    this.#foundAtMs = -Infinity;
  }
}

export type QueuedWork = {
  id: string;
  /** Null while it is not known. */ remainingBytes: number | null;
  /** Of its own. */ limitBytesPerSecond: number | null;
};
type Forecast = {
  atMs: number;
  /** False when something before it has a size nobody knows: it will be later. */ certain: boolean;
};

/**
 * When each will be done if all goes on as it does now: the first `places` share the line equally,
 * the next one starts when one ends. What waits for something else than its turn is not in line.
 * The work is that of the list up to the last one that is asked for.
 */
export function forecast(
  line: readonly QueuedWork[],
  asked: ReadonlySet<string>,
  places: number,
  rate: RateAt,
  urgent = false,
): Map<string, Forecast> {
  const found = new Map<string, Forecast>();
  const open = new Set(asked);
  const running: { item: QueuedWork; doneAtShare: number }[] = [];
  /** Bytes that each running one has got since now, and all together. */
  let share = 0;
  let passed = 0;
  let certain = true;
  const finishFirst = (): void => {
    const first = running.reduce((least, one) =>
      one.doneAtShare < least.doneAtShare ? one : least,
    );
    passed += (first.doneAtShare - share) * running.length;
    share = first.doneAtShare;
    running.splice(running.indexOf(first), 1);
    const { id, remainingBytes, limitBytesPerSecond } = first.item;
    if (!open.delete(id)) return;
    const inTurnMs = rate(passed, { urgent });
    const ownMs = rate(remainingBytes ?? 0, { urgent, maxPerSecond: limitBytesPerSecond });
    if (inTurnMs !== null && ownMs !== null)
      found.set(id, {
        atMs: Math.max(inTurnMs, ownMs),
        certain: certain && remainingBytes !== null,
      });
  };
  for (const item of line) {
    if (open.size === 0) break;
    if (running.length >= Math.max(1, places)) finishFirst();
    certain &&= item.remainingBytes !== null;
    running.push({ item, doneAtShare: share + (item.remainingBytes ?? 0) });
  }
  while (running.length > 0 && open.size > 0) finishFirst();
  return found;
}
