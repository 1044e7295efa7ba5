import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  bytesIn,
  covers,
  missingRanges,
  withRange,
  withoutRange,
  type Range,
} from '../../../src/main/transfers/ranges.ts';

const SIZE = 40;
const range = fc
  .tuple(fc.nat(SIZE), fc.nat(SIZE))
  .map(([a, b]): Range => [Math.min(a, b), Math.max(a, b)]);
const step = fc.record({ add: fc.boolean(), range });

test('adding and removing ranges is the same as marking bytes one by one', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), range, (steps, probe) => {
      let ranges: Range[] = [];
      const marks = Array.from({ length: SIZE }, () => false);
      for (const { add, range } of steps) {
        ranges = add ? withRange(ranges, range) : withoutRange(ranges, range);
        marks.fill(add, ...range);
      }
      const marked = marks.flatMap((mark, i) => (mark ? [i] : []));
      const listed = ranges.flatMap(([from, to]) =>
        Array.from({ length: to - from }, (_, i) => from + i),
      );
      expect(listed).toEqual(marked);
      expect(bytesIn(ranges)).toBe(marked.length);
      for (const [i, r] of ranges.entries()) expect(i === 0 || ranges[i - 1]![1] < r[0]).toBe(true);
      expect(bytesIn(missingRanges(ranges, SIZE))).toBe(SIZE - marked.length);
      expect(covers(ranges, probe)).toBe(marks.slice(...probe).every(Boolean));
    }),
  );
});
