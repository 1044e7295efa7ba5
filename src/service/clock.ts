/**
 * Milliseconds since 1970. Everything in the service that depends on time asks this, so that a test
 * can move it.
 */
export type Clock = { now(): number };

/** The machine's clock with an offset that test controls may advance. */
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
 * Whether something of `at` still counts after `ms`. Where the clock was set back by more, that
 * time has passed too, and it does not last for days.
 */
export const isFresh = (at: number, ms: number, now: number): boolean => Math.abs(now - at) < ms;

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
