/**
 * Milliseconds since 1970. All code of the service that depends on time reads this clock, so that
 * tests can move it.
 */
export type Clock = { now(): number };

/** The system clock plus an offset that test controls can advance. */
export type AdvancingClock = Clock & { advance(byMs: number): void };

export function systemClock(): AdvancingClock {
  let offsetMs = 0;
  return {
    now: () => Date.now() + offsetMs,
    advance: (byMs) => {
      offsetMs += byMs;
    },
  };
}

export const iso = (ms: number): string => new Date(ms).toISOString();

/**
 * Whether less than `ms` lies between `at` and `now`, in either direction: after the clock was set
 * back, nothing stays fresh for longer than `ms`.
 */
export const isFresh = (at: number, ms: number, now: number): boolean => Math.abs(now - at) < ms;

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
