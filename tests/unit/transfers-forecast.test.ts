import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { forecast, type InLine } from '../../src/main/transfers/forecast.ts';

const item = (id: string, remainingBytes: number | null, limitBytesPerSecond: number | null = null): InLine => ({ id, remainingBytes, limitBytesPerSecond });
const at = (line: InLine[], id: string, places: number, rate = 1000) => forecast(line, new Set([id]), places, rate, 0).get(id);

test('one at a time: what is before it counts whole', () => {
  expect(at([item('a', 5000), item('b', 3000), item('c', 1)], 'b', 1)).toEqual({ atMs: 8000, certain: true });
});

test('two at a time share the line; the next one starts when the first of them ends', () => {
  const line = [item('a', 1000), item('b', 3000), item('c', 1000)];
  expect([at(line, 'a', 2), at(line, 'b', 2), at(line, 'c', 2)].map((found) => found?.atMs)).toEqual([2000, 5000, 4000]);
});

test('a size that nobody knows makes what comes after it uncertain, not early', () => {
  expect(at([item('a', null), item('b', 3000)], 'b', 1)).toEqual({ atMs: 3000, certain: false });
  expect(at([item('a', 3000), item('b', null)], 'a', 1)).toEqual({ atMs: 3000, certain: true });
});

test('no faster than its own limit', () => {
  expect(at([item('a', 5000, 100)], 'a', 3)?.atMs).toBe(50_000);
});

test('the last one ends when all bytes are through, however many run at once', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 16 }), (sizes, places) => {
    const line = sizes.map((size, i) => item(String(i), size));
    const found = forecast(line, new Set(line.map(({ id }) => id)), places, 1000, 0);
    expect(found.size).toBe(line.length);
    expect(Math.max(...Array.from(found.values(), ({ atMs }) => atMs))).toBeCloseTo(sizes.reduce((sum, size) => sum + size, 0), 3);
  }));
});
