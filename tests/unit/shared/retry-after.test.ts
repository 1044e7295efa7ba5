import { assert, bigInt, date, integer, oneof, property, string } from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../../src/shared/clock.ts';
import { parseRetryAfter } from '../../../src/shared/model/retry-after.ts';

const DAY_MS = 24 * 3_600_000;
const MAX_TIMER_MS = 2 ** 31 - 1;
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test.each<[string | undefined, number | null]>([
  ['7', 7000],
  [' 7 ', 7000],
  ['0', 0],
  ['99999', DAY_MS],
  ['99999999999', DAY_MS],
  ['9'.repeat(400), DAY_MS],
  ['Thu, 01 Jan 1970 00:00:09 GMT', 9000],
  ['Thursday, 01-Jan-70 00:00:09 GMT', 9000],
  ['Fri, 31 Dec 9999 23:59:59 GMT', DAY_MS],
  ['Mon, 01 Jan 1900 00:00:00 GMT', 0],
  ['-5', null],
  ['1e9', null],
  ['0x10', null],
  ['1.5', null],
  ['', null],
  ['soon', null],
  ['Fri, never', null],
  ['Infinity', null],
  [undefined, null],
])('Retry-After %j is %j ms', (value, delayMs) => {
  expect(parseRetryAfter(value, 0)).toBe(delayMs);
});

test('whatever a server sends, the delay is one that a timer can hold', () => {
  assert(
    property(
      oneof(
        string(),
        integer().map(String),
        bigInt().map(String),
        date({ noInvalidDate: true }).map((moment) => moment.toUTCString()),
      ),
      (value) => {
        const delayMs = parseRetryAfter(value, Date.now());
        expect(delayMs === null || (delayMs >= 0 && delayMs <= DAY_MS)).toBe(true);
      },
    ),
  );
});

test('a delay of any length is waited for to its end, in steps that a timer can hold', () => {
  assert(
    property(integer({ min: 1, max: 20 * MAX_TIMER_MS }), (delayMs) => {
      const run = vi.fn<() => void>();
      const set = vi.spyOn(globalThis, 'setTimeout');
      systemClock.after(delayMs, run);
      vi.advanceTimersByTime(delayMs - 1);
      expect(run).not.toHaveBeenCalled();
      vi.advanceTimersByTime(1);
      expect(run).toHaveBeenCalledTimes(1);
      expect(set.mock.calls.every(([, ms = 0]) => ms <= MAX_TIMER_MS)).toBe(true);
      set.mockRestore();
    }),
  );
});

test('a long delay that is called off after its first step does not run', () => {
  const run = vi.fn<() => void>();
  const cancelTimer = systemClock.after(3 * MAX_TIMER_MS, run);
  vi.advanceTimersByTime(2 * MAX_TIMER_MS);
  cancelTimer();
  vi.advanceTimersByTime(9 * MAX_TIMER_MS);
  expect(run).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});
