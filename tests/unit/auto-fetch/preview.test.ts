import { expect, test } from 'vitest';
import { previewOf, previewSince } from '../../../src/main/auto-fetch/preview.ts';
import { assetAt, CHOICE, FORMAT, GB, NOON, restrictionOf } from '../../support/auto-fetch.ts';

const at = (day: number, hour = 9): number => new Date(2026, 10, day, hour).getTime();
const asset = (assetId: string, publishedAt: number, facts: Parameters<typeof assetAt>[1] = {}) =>
  assetAt(NOON, { assetId, publishedAt, ...facts });
const now = { format: FORMAT, nowMs: NOON, holdsUnderEmbargo: true };

test('the days are today and the six before it', () => {
  expect(previewSince(NOON)).toBe(new Date(2026, 10, 19).getTime());
  const { days } = previewOf([], CHOICE, now);
  expect(days.map(({ startMs }) => new Date(startMs).getDate())).toEqual([
    19, 20, 21, 22, 23, 24, 25,
  ]);
});

test('it counts what would have been queued and left, by day and reason, whatever was downloaded since', () => {
  const { days, total, queued, left } = previewOf(
    [
      asset('ast_1', at(19)),
      asset('ast_2', at(24), { isHere: true }),
      asset('ast_3', at(24), { restrictions: [restrictionOf('archive')] }),
      asset('ast_4', at(25), { bytes: 64 * GB }),
      asset('ast_5', at(25), { purposes: ['web'] }),
    ],
    CHOICE,
    now,
  );
  expect(days.map((day) => [day.queued.count, day.left])).toEqual([
    [1, 0],
    [0, 0],
    [0, 0],
    [0, 0],
    [0, 0],
    [1, 1],
    [0, 2],
  ]);
  expect([total, queued, left]).toEqual([
    { count: 5, bytes: 88 * GB },
    { count: 2, bytes: 16 * GB },
    { restricted: 1, 'too-large': 1, 'no-rendition': 1 },
  ]);
});

test('what a day has no room for is taken on the next one, oldest first', () => {
  const { days, left } = previewOf(
    [asset('ast_3', at(24, 11)), asset('ast_1', at(23, 9)), asset('ast_2', at(23, 10))],
    { ...CHOICE, maxPackages: 1 },
    now,
  );
  expect(days.map(({ queued }) => queued.count)).toEqual([0, 0, 0, 0, 1, 1, 1]);
  expect(left).toEqual({});
});

test('what the last day has no room for is left by now', () => {
  const { queued, left } = previewOf(
    [asset('ast_1', at(25, 9)), asset('ast_2', at(25, 10))],
    { ...CHOICE, maxPackages: 1 },
    now,
  );
  expect([queued.count, left]).toEqual([1, { 'day-packages': 1 }]);
});

test('hours only move it: to later that day, or to the next one', () => {
  const hours = { fromMinute: 8 * 60, toMinute: 10 * 60 };
  const { days } = previewOf(
    [asset('ast_1', at(20, 7)), asset('ast_2', at(22, 23))],
    { ...CHOICE, hours },
    now,
  );
  expect(days.map(({ queued }) => queued.count)).toEqual([0, 1, 0, 0, 1, 0, 0]);
});
