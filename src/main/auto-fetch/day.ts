/** Start of the local day after or before that of a moment; `days` 0 is its own. ms since 1970. */
export function midnight(nowMs: number, days = 0): number {
  const now = new Date(nowMs);
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days).getTime();
}

/**
 * When hours of the day begin next, in local time.
 *
 * @param hours minutes since midnight; equal ones mean the whole day, and the end may be past midnight
 * @returns null for within them
 */
export function opensAt(
  hours: { fromMinute: number; toMinute: number } | null,
  nowMs: number,
): number | null {
  if (hours === null || hours.fromMinute === hours.toMinute) return null;
  const { fromMinute, toMinute } = hours;
  const now = new Date(nowMs);
  // From local dates, so that a change of daylight saving time moves no hour.
  const at = (day: number, minutes: number): number =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() + day, 0, minutes).getTime();
  for (const day of [-1, 0, 1]) {
    const opens = at(day, fromMinute);
    const closes = at(toMinute > fromMinute ? day : day + 1, toMinute);
    if (nowMs < opens) return opens;
    if (nowMs < closes) return null;
  }
  return at(1, fromMinute);
}
