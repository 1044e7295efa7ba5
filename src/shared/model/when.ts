/**
 * Parses `2026-11-24 18:00` (local time), an ISO 8601 time with offset, `18:00` (its next
 * occurrence), or `+2h`, `+90m`. Null for anything else.
 */
export function parseTime(text: string, nowMs: number): number | null {
  const typed = text.trim();
  const ahead = /^\+(\d{1,4})([mhd])$/iu.exec(typed);
  if (ahead)
    return (
      nowMs +
      Number(ahead[1]) *
        { m: 60_000, h: 3_600_000, d: 86_400_000 }[
          (ahead[2] ?? 'm').toLowerCase() as 'm' | 'h' | 'd'
        ]
    );
  const clock = /^([01]?\d|2[0-3]):([0-5]\d)$/u.exec(typed);
  if (clock) {
    const at = (day: number): number =>
      new Date(
        new Date(nowMs).getFullYear(),
        new Date(nowMs).getMonth(),
        new Date(nowMs).getDate() + day,
        Number(clock[1]),
        Number(clock[2]),
      ).getTime();
    return at(0) > nowMs ? at(0) : at(1);
  }
  if (!/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/u.test(typed))
    return null;
  const ms = new Date(typed.replace(' ', 'T')).getTime();
  return Number.isNaN(ms) ? null : ms;
}
