const DAY_MS = 24 * 3_600_000;

/**
 * Parses `Retry-After`, seconds or a date (RFC 9110 §10.2.3), to ms from now. A past date gives 0,
 * a distant one `maxMs`, an invalid value null.
 */
export function parseRetryAfter(
  value: string | undefined,
  nowMs: number,
  maxMs = DAY_MS,
): number | null {
  const text = value?.trim() ?? '';
  const ms = /^\d+$/u.test(text)
    ? Number(text) * 1000
    : /^[a-z]{3,9},? /iu.test(text)
      ? Date.parse(text) - nowMs
      : Number.NaN;
  return Number.isNaN(ms) ? null : Math.min(maxMs, Math.max(0, ms));
}
