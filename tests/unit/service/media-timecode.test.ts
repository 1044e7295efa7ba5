import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { framesOf, timecodeOf } from '../../../src/service/media/timecode.ts';

describe('timecode', () => {
  it.each([
    [0, 25, false, '00:00:00:00'],
    [900_000, 25, false, '10:00:00:00'],
    [899_999, 25, false, '09:59:59:24'],
    [25 * 86_400, 25, false, '00:00:00:00'],
    [1799, 30, true, '00:00:59;29'],
    [1800, 30, true, '00:01:00;02'],
    [17_982, 30, true, '00:10:00;00'],
    [107_892, 30, true, '01:00:00;00'],
    [3600, 60, true, '00:01:00;04'],
  ])('frame %i at %i (drop %s) is %s', (count, base, drop, text) => {
    expect(timecodeOf(count, base, drop)).toBe(text);
  });

  it('goes there and back over a day', () => {
    const clocks = fc.constantFrom<[number, boolean]>(
      [25, false],
      [50, false],
      [30, true],
      [60, true],
    );
    fc.assert(
      fc.property(clocks, fc.nat(2_000_000), ([base, drop], count) => {
        expect(framesOf(timecodeOf(count, base, drop), base, drop)).toBe(count);
      }),
      { numRuns: 500 },
    );
  });

  it.each(['', '1:00:00:00', '10:00:00:25', '10:60:00:00', '10:00:00', '10:00:00:0a'])(
    'refuses %j',
    (text) => {
      expect(() => framesOf(text, 25)).toThrow(RangeError);
    },
  );

  it('refuses the numbers that drop-frame leaves out', () => {
    expect(() => framesOf('20:05:00;01', 30, true)).toThrow(RangeError);
    expect(framesOf('20:10:00;00', 30, true)).toBe(framesOf('20:09:59;29', 30, true) + 1);
  });
});
