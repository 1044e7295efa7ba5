import * as z from 'zod';

const minute = z.number().int().min(0).max(1439);

/**
 * Hours of the week, in local time, in which the limit applies; there is no limit outside of them.
 */
export const bandwidthSchedule = z.object({
  /**
   * ISO 8601 weekdays: Monday is 1, Sunday 7. Hours past midnight belong to the day they begin on.
   */
  days: z.array(z.number().int().min(1).max(7)).min(1).max(7),
  /** Minutes since midnight, wall clock; equal values mean the whole day. */
  fromMinute: minute,
  toMinute: minute,
  /** Only urgent transfers run in these hours, within the limit; all others pause. */
  pauses: z.boolean(),
});
export type BandwidthSchedule = z.infer<typeof bandwidthSchedule>;

export type Limit = { limitBytesPerSecond: number | null; schedule: BandwidthSchedule | null };
/** The limit at one moment; `untilMs` is null if it never changes by itself. */
export type ActiveLimit = {
  bytesPerSecond: number | null;
  isPaused: boolean;
  untilMs: number | null;
};

type Span = [fromMs: number, toMs: number];
const WEEK = 7;

/**
 * Spans from yesterday to a week ahead; adjacent ones are joined. Built from local dates, so that a
 * DST change moves no hour.
 */
function spansAround({ days, fromMinute, toMinute }: BandwidthSchedule, nowMs: number): Span[] {
  const now = new Date(nowMs);
  const at = (day: number, minutes: number): Date =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() + day, 0, minutes);
  const spans: Span[] = [];
  for (let day = -1; day <= WEEK + 1; day++) {
    if (!days.includes(at(day, 0).getDay() || WEEK)) continue;
    const span: Span = [
      at(day, fromMinute).getTime(),
      at(toMinute > fromMinute ? day : day + 1, toMinute).getTime(),
    ];
    const last = spans.at(-1);
    if (last && span[0] <= last[1]) last[1] = Math.max(last[1], span[1]);
    else spans.push(span);
  }
  return spans;
}

export function limitAt(
  { limitBytesPerSecond, schedule: hours }: Limit,
  nowMs: number,
): ActiveLimit {
  if (hours === null)
    return { bytesPerSecond: limitBytesPerSecond, isPaused: false, untilMs: null };
  const spans = spansAround(hours, nowMs);
  const inside = spans.find(([fromMs, toMs]) => fromMs <= nowMs && nowMs < toMs);
  if (!inside)
    return {
      bytesPerSecond: null,
      isPaused: false,
      untilMs: spans.find(([fromMs]) => fromMs > nowMs)?.[0] ?? null,
    };
  // Hours that cover the whole week never end.
  const untilMs = inside[1] - nowMs >= WEEK * 86_400_000 ? null : inside[1];
  return { bytesPerSecond: limitBytesPerSecond, isPaused: hours.pauses, untilMs };
}
