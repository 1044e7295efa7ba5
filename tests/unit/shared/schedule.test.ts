import { afterAll, expect, test } from 'vitest';
import { limitAt, type BandwidthSchedule } from '../../../src/shared/model/schedule.ts';

const zone = process.env['TZ'];
process.env['TZ'] = 'Europe/Zurich';
afterAll(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

const RATE = 20_000_000;
const working: BandwidthSchedule = {
  days: [1, 2, 3, 4, 5],
  fromMinute: 8 * 60,
  toMinute: 18 * 60,
  pauses: false,
};
const at = (local: string): number => new Date(local).getTime();
const limit = (hours: BandwidthSchedule | null, local: string) =>
  limitAt({ limitBytesPerSecond: RATE, schedule: hours }, at(local));

test('the clock of these tests is that of a place with summer time', () => {
  expect(
    new Date(2026, 2, 29, 12).getTimezoneOffset() - new Date(2026, 2, 28, 12).getTimezoneOffset(),
  ).toBe(-60);
});

test.each<[string, number | null, string]>([
  ['2026-11-24T07:59:59', null, '2026-11-24T08:00'],
  ['2026-11-24T08:00', RATE, '2026-11-24T18:00'],
  ['2026-11-24T17:59:59.999', RATE, '2026-11-24T18:00'],
  ['2026-11-24T18:00', null, '2026-11-25T08:00'],
  ['2026-11-27T19:00', null, '2026-11-30T08:00'],
  ['2026-11-29T12:00', null, '2026-11-30T08:00'],
])('on working days from 8 to 18: at %s the limit is %j until %s', (now, bytesPerSecond, until) => {
  expect(limit(working, now)).toEqual({ bytesPerSecond, isPaused: false, untilMs: at(until) });
});

test('hours stay where they are on the wall when the clocks change', () => {
  const nights: BandwidthSchedule = {
    days: [1, 2, 3, 4, 5, 6, 7],
    fromMinute: 22 * 60,
    toMinute: 6 * 60,
    pauses: true,
  };
  for (const [evening, morning, hours] of [
    ['2026-03-28T23:00', '2026-03-29T06:00', 6],
    ['2026-10-24T23:00', '2026-10-25T06:00', 8],
  ] as const) {
    const now = limit(nights, evening);
    expect(now).toEqual({ bytesPerSecond: RATE, isPaused: true, untilMs: at(morning) });
    expect(((now.untilMs ?? 0) - at(evening)) / 3_600_000).toBe(hours);
  }
});

test('a night belongs to the day it begins on, and joins with the hours that follow at once', () => {
  const sunday: BandwidthSchedule = {
    days: [7],
    fromMinute: 22 * 60,
    toMinute: 6 * 60,
    pauses: false,
  };
  expect(limit(sunday, '2026-11-30T05:00').bytesPerSecond).toBe(RATE);
  expect(limit(sunday, '2026-11-29T05:00').bytesPerSecond).toBeNull();
  const days: BandwidthSchedule = { days: [1, 2], fromMinute: 0, toMinute: 0, pauses: false };
  expect(limit(days, '2026-11-23T12:00').untilMs).toBe(at('2026-11-25T00:00'));
});

test('without hours, and with hours that never end, nothing changes by itself', () => {
  expect(limit(null, '2026-11-24T12:00')).toEqual({
    bytesPerSecond: RATE,
    isPaused: false,
    untilMs: null,
  });
  expect(
    limit(
      { days: [1, 2, 3, 4, 5, 6, 7], fromMinute: 300, toMinute: 300, pauses: false },
      '2026-11-24T12:00',
    ),
  ).toMatchObject({ bytesPerSecond: RATE, untilMs: null });
});
