import { expect, test } from 'vitest';
import { parseTime } from '../../../src/shared/model/when.ts';

const now = new Date(2026, 10, 24, 17, 30).getTime();
test.each<[string, number | null]>([
  ['18:00', new Date(2026, 10, 24, 18, 0).getTime()],
  ['17:30', new Date(2026, 10, 25, 17, 30).getTime()],
  ['9:05', new Date(2026, 10, 25, 9, 5).getTime()],
  ['+2h', now + 7_200_000],
  ['+90m', now + 5_400_000],
  ['+1d', now + 86_400_000],
  ['2026-11-24 18:00', new Date(2026, 10, 24, 18, 0).getTime()],
  ['2026-11-24T18:00:00Z', Date.UTC(2026, 10, 24, 18)],
  ['2026-11-24T18:00+02:00', Date.UTC(2026, 10, 24, 16)],
  ['24:00', null],
  ['tomorrow', null],
  ['', null],
  ['2026-13-24 18:00', null],
  ['+h', null],
  ['2026-11-24', null],
])('%j is %j', (text, ms) => {
  expect(parseTime(text, now)).toBe(ms);
});
