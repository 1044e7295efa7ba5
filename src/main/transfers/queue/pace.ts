import { limitAt, type Limit, type LimitNow } from '../../../shared/model/limit-hours.ts';

/** More than half a year of days with two changes. */
const MAX_SPANS = 400;
/** From this share of the limit on it is the limit that holds the line back. */
const NEAR = 0.8;

/**
 * The moment when so many bytes will be through; null for never, or later than anybody plans.
 * @param of.urgent goes on in hours of rest
 */
export type Pace = (
  bytes: number,
  of?: { urgent?: boolean; mostPerSecond?: number | null },
) => number | null;

type Span = LimitNow & { fromMs: number };

/** From now on, with every change of the limit by the clock. */
export function paceOf(limit: Limit, lineBytesPerSecond: number, nowMs: number): Pace {
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
  return (bytes, { urgent = false, mostPerSecond = null } = {}) => {
    let left = bytes;
    for (let index = 0; index < MAX_SPANS; index++) {
      const now = span(index);
      if (!now) return null;
      const perSecond =
        now.standstill && !urgent
          ? 0
          : Math.min(lineBytesPerSecond, now.bytesPerSecond ?? Infinity, mostPerSecond ?? Infinity);
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
export class LineSpeed {
  #free: number | null = null;

  /**
   * @param measured bytes a second of late @returns what to expect of the line when there is no
   * limit; null where nothing ever came
   */
  look(measured: number | null, { bytesPerSecond: limit }: LimitNow): number | null {
    if (measured === null) return null;
    if (limit === null) this.#free = measured;
    return limit !== null && measured >= NEAR * limit
      ? Math.max(measured, this.#free ?? 0)
      : measured;
  }
}
