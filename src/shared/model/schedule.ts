import * as z from 'zod';

const minute = z.number().int().min(0).max(1439);

/**
 * Hours of the week, in this computer's local time, in which the limit applies; outside of them
 * there is none.
 */
export const bandwidthSchedule = z.object({
  /**
   * ISO 8601: Monday is 1, Sunday 7. Hours that end after midnight belong to the day they begin on.
   */
  days: z.array(z.number().int().min(1).max(7)).min(1).max(7),
  /** Minutes since midnight by the clock on the wall; the same twice means the whole day. */
  fromMinute: minute,
  toMinute: minute,
  /**
   * Nothing is fetched in these hours, whatever the limit; what is urgent goes on within the limit.
   */
  pauses: z.boolean(),
});
export type BandwidthSchedule = z.infer<typeof bandwidthSchedule>;

export type Limit = { limitBytesPerSecond: number | null; schedule: BandwidthSchedule | null };
/** What applies at a moment; `untilMs` is null when nothing will change by itself. */
export type ActiveLimit = {
  bytesPerSecond: number | null;
  isPaused: boolean;
  untilMs: number | null;
};

type Span = [fromMs: number, toMs: number];
const WEEK = 7;

/**
 * From yesterday to a week ahead, joined where one begins as the other ends. Made of local dates,
 * so that a change of the clocks moves no hour.
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
  // Hours that fill the whole week never end.
  const untilMs = inside[1] - nowMs >= WEEK * 86_400_000 ? null : inside[1];
  return { bytesPerSecond: limitBytesPerSecond, isPaused: hours.pauses, untilMs };
}
