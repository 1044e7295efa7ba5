import { limitAt, type Limit, type ActiveLimit } from '../../../shared/model/schedule.ts';
import { isActive, isEnded } from '../../../shared/model/transfer.ts';
import type { TransferRow } from '../api.ts';
import type { StoredTransfer } from '../ports.ts';

/** Over half a year at two changes of the limit a day. */
const MAX_SPANS = 400;
/** From this share of the limit on, the limit and not the connection determines the speed. */
const NEAR = 0.8;

/**
 * Time at which so many bytes will be done, ms since 1970; null for never or beyond any plan.
 * @param options.urgent continues while the schedule pauses transfers
 */
export type RateAt = (
  bytes: number,
  options?: { urgent?: boolean; maxPerSecond?: number | null },
) => number | null;

type Span = ActiveLimit & { fromMs: number };

/** Forecasts from `nowMs` on, through each change of the limit by the schedule. */
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

/** Estimates the throughput without a limit, as far as it was ever seen. */
export class ThroughputEstimator {
  #unlimited: number | null = null;

  /**
   * @param measured recent bytes per second
   * @returns the expected bytes per second without a limit; null if nothing was ever received
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
  /** All transfers in queue order, with current byte counts. */
  ordered(): StoredTransfer[];
  places(): number;
  /** Null if nothing was measured yet, or everything is paused. */
  rate(): RateAt | null;
  nowMs(): number;
};

/** A forecast is emitted again when it has moved by this much. */
const STEP_MS = 60_000;
const FRESH_MS = 1_000;

/** Running, queued, or waiting for something that resolves itself. */
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
 * Forecasts deadlines. A deadline never changes the order: a package that will be late is marked,
 * and the user can make it urgent.
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

  /** Called with every stored transfer. */
  track({ id, deadlineMs, state }: StoredTransfer): void {
    if (deadlineMs === null || isEnded(state)) this.#ids.delete(id);
    else this.#ids.add(id);
  }

  of({ id, deadlineMs, state }: StoredTransfer): Deadline {
    if (deadlineMs === null || isEnded(state)) return null;
    const nowMs = this.#deps.nowMs();
    const found = this.#look(nowMs).get(id);
    // A lower bound proves that it will be late, but not that it will be on time.
    const late = nowMs > deadlineMs || (found !== undefined && found.atMs > deadlineMs);
    const deadline = {
      atMs: deadlineMs,
      expectedAtMs: found && (found.certain || late) ? found.atMs : null,
      late,
    };
    this.#seen.set(id, deadline);
    return deadline;
  }

  /** Ids whose deadline differs from the last one emitted. */
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
    // Urgent transfers wait for no others and continue while the schedule pauses the rest.
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

  /** Discards the cached forecast. */
  forget(): void {
    this.#foundAtMs = -Infinity;
  }
}

export type QueuedWork = {
  id: string;
  /** Null while unknown. */
  remainingBytes: number | null;
  /** Limit of this transfer. */
  limitBytesPerSecond: number | null;
};
type Forecast = {
  atMs: number;
  /** False if the size of something before it is unknown: it can only be later. */
  certain: boolean;
};

/**
 * Forecasts when each asked transfer is done: the first `places` share the throughput equally, and
 * the next one starts when one ends. `line` holds only transfers that wait for their turn. The cost
 * is linear up to the last one asked for.
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
  /** Bytes each running transfer has received since now, and their sum. */
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
