import { expect, test } from 'vitest';
import { READING, stepped, type Steps } from '../../../src/shared/model/reading.ts';

test.each(Object.entries(READING))('%s: steps lead from one limit to the other', (_, steps) => {
  const walk = (from: number, direction: 1 | -1): number[] => {
    const values = [from];
    for (;;) {
      const last = values.at(-1) ?? from;
      const next = stepped(last, steps, direction);
      if (next === last) return values;
      values.push(next);
    }
  };
  const up = walk(steps.least, 1);
  expect(up.at(-1)).toBe(steps.most);
  expect(up).toHaveLength(Math.round((steps.most - steps.least) / steps.step) + 1);
  expect(walk(steps.most, -1)).toEqual(up.toReversed());
  expect(up).toContain(steps.usual);
});

test('a value between two steps goes to the next one on either side', () => {
  const steps: Steps = READING.measure;
  expect([stepped(64, steps, 1), stepped(64, steps, -1)]).toEqual([65, 60]);
});
