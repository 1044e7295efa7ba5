import * as fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import {
  Deadlines,
  forecast,
  type QueuedWork,
  ThroughputEstimator,
  rateOf,
  type RateAt,
} from '../../../src/main/transfers/queue/forecast.ts';
import { newTransfer } from '../../../src/main/transfers/queue/enqueue.ts';
import type { Limit, BandwidthSchedule } from '../../../src/shared/model/schedule.ts';

const zone = process.env['TZ'];
process.env['TZ'] = 'Europe/Zurich';
afterAll(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

const item = (
  id: string,
  remainingBytes: number | null,
  limitBytesPerSecond: number | null = null,
): QueuedWork => ({ id, remainingBytes, limitBytesPerSecond });
const NO_LIMIT = { limitBytesPerSecond: null, schedule: null };
const steady = rateOf(NO_LIMIT, 1000, 0);
const at = (line: QueuedWork[], id: string, places: number, rate: RateAt = steady) =>
  forecast(line, new Set([id]), places, rate).get(id);

test('one at a time: what is before it counts whole', () => {
  expect(at([item('a', 5000), item('b', 3000), item('c', 1)], 'b', 1)).toEqual({
    atMs: 8000,
    certain: true,
  });
});

test('two at a time share the line; the next one starts when the first of them ends', () => {
  const line = [item('a', 1000), item('b', 3000), item('c', 1000)];
  expect(
    [at(line, 'a', 2), at(line, 'b', 2), at(line, 'c', 2)].map((found) => found?.atMs),
  ).toEqual([2000, 5000, 4000]);
});

test('a size that nobody knows makes what comes after it uncertain, not early', () => {
  expect(at([item('a', null), item('b', 3000)], 'b', 1)).toEqual({ atMs: 3000, certain: false });
  expect(at([item('a', 3000), item('b', null)], 'a', 1)).toEqual({ atMs: 3000, certain: true });
});

test('no faster than its own limit', () => {
  expect(at([item('a', 5000, 100)], 'a', 3)?.atMs).toBe(50_000);
});

test('the last one ends when all bytes are through, however many run at once', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 16 }),
      (sizes, places) => {
        const line = sizes.map((size, i) => item(String(i), size));
        const found = forecast(line, new Set(line.map(({ id }) => id)), places, steady);
        expect(found.size).toBe(line.length);
        expect(Math.max(...Array.from(found.values(), ({ atMs }) => atMs))).toBeCloseTo(
          sizes.reduce((sum, size) => sum + size, 0),
          3,
        );
      },
    ),
  );
});

const ALL = [1, 2, 3, 4, 5, 6, 7];
const HOUR_MS = 3_600_000;
const noon: BandwidthSchedule = {
  days: ALL,
  fromMinute: 12 * 60,
  toMinute: 13 * 60,
  pauses: false,
};
const rest: BandwidthSchedule = { ...noon, pauses: true };
const on = (time: string) => new Date(`2026-11-24T${time}`).getTime();
const limited = (
  schedule: BandwidthSchedule | null,
  limitBytesPerSecond: number | null = 100,
): Limit => ({ schedule, limitBytesPerSecond });

test.each<[string, Limit, string, number, Parameters<RateAt>[1], number | null]>([
  ['always the same limit', limited(null), '11:00', 1_000, {}, on('11:00:10')],
  ['through before the limit begins', limited(noon), '11:59', 50_000, {}, on('11:59:50')],
  ['the limit begins on the way', limited(noon), '11:59', 70_000, {}, on('12:01:40')],
  ['and ends on the way', limited(noon), '11:59', 60_000 + 360_000 + 5_000, {}, on('13:00:05')],
  ['rest on the way', limited(rest), '11:59', 61_000, {}, on('13:00:01')],
  [
    'what is urgent goes on within the limit',
    limited(rest),
    '11:59',
    61_000,
    { urgent: true },
    on('12:00:10'),
  ],
  ['begun in hours of rest', limited(rest), '12:30', 1_000, {}, on('13:00:01')],
  ['a limit of its own', limited(noon), '11:59', 600 + 1_000, { maxPerSecond: 10 }, on('12:01:40')],
  ['rest without end', limited({ ...rest, fromMinute: 0, toMinute: 0 }), '11:59', 1, {}, null],
  ['more than anybody plans for', limited(noon), '11:59', 1e15, {}, null],
  [
    'the night of the change to summer time has an hour less',
    limited({ days: ALL, fromMinute: 0, toMinute: 6 * 60, pauses: true }),
    '23:59:59',
    2_000,
    {},
    new Date('2026-03-29T06:00:01').getTime(),
  ],
])('by the clock: %s', (name, limit, from, bytes, of, expected) => {
  const now = name.includes('summer') ? new Date(`2026-03-28T${from}`).getTime() : on(from);
  expect(rateOf(limit, 1_000, now)(bytes, of)).toBe(expected);
});

test('more bytes are never through sooner', () => {
  const rate = rateOf(limited(rest), 1_000, on('09:00'));
  fc.assert(
    fc.property(fc.nat(200_000_000), fc.nat(200_000_000), (a, b) => {
      expect(rate(a + b)).toBeGreaterThanOrEqual(rate(a) ?? Infinity);
    }),
  );
});

const under = (bytesPerSecond: number | null) => ({
  bytesPerSecond,
  isPaused: false,
  untilMs: null,
});

test('what the line does without the limit is remembered from when there was none, and only while it is the limit that holds it', () => {
  const estimator = new ThroughputEstimator();
  expect([
    estimator.estimate(null, under(null)),
    estimator.estimate(95, under(100)),
    estimator.estimate(900, under(null)),
    estimator.estimate(95, under(100)),
    estimator.estimate(20, under(100)),
  ]).toEqual([null, 95, 900, 900, 20]);
});

test('a deadline in hours of rest will be missed, by what is not urgent', () => {
  const nowMs = on('11:00');
  const transfers = ['one', 'two', 'three'].map((name, position) => ({
    ...newTransfer(
      {
        url: `https://one.example/${name}`,
        metalink: false,
        destination: '/to',
        sha256: null,
        hashAnyway: false,
        deadlineMs: on('12:30'),
      },
      { id: name, position, nowMs },
    ),
    totalBytes: 2_000_000,
    urgent: name === 'three',
  }));
  const deadlines = new Deadlines({
    ordered: () => transfers.toSorted((a, b) => Number(b.urgent) - Number(a.urgent)),
    places: () => 1,
    rate: () => rateOf(limited(rest, null), 1_000, nowMs),
    nowMs: () => nowMs,
  });
  for (const transfer of transfers) deadlines.track(transfer);
  const told = transfers.map((transfer) => deadlines.of(transfer));
  // One hour carries 3.6 MB; then the schedule pauses until 13:00.
  const after = (bytes: number) => nowMs + (bytes <= 3_600_000 ? bytes : bytes + HOUR_MS);
  expect(told).toEqual([
    { atMs: on('12:30'), expectedAtMs: after(4_000_000), late: true },
    { atMs: on('12:30'), expectedAtMs: after(6_000_000), late: true },
    { atMs: on('12:30'), expectedAtMs: after(2_000_000), late: false },
  ]);
});
