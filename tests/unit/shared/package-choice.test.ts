import { expect, test } from 'vitest';
import { choosePackage } from '../../../src/shared/model/package-choice.ts';

const packages = (...purposes: string[]) => purposes.map((purpose) => ({ purpose }));

test.each([
  ['broadcast', ['preview', 'web', 'broadcast'], 'broadcast', 0],
  ['broadcast', ['preview', 'web'], 'web', 1],
  ['broadcast', ['preview'], 'preview', 2],
  ['web', ['preview', 'broadcast'], 'broadcast', 1],
  ['preview', ['broadcast', 'web'], 'web', 1],
] as const)('for %s out of %j comes %s', (purpose, offered, chosen, rank) => {
  expect(choosePackage(packages(...offered), purpose)).toEqual({
    chosen: { purpose: chosen },
    rank,
  });
});

test('what is for no known purpose is not chosen', () => {
  expect(choosePackage(packages('print'), 'web')).toBeNull();
  expect(choosePackage([], 'web')).toBeNull();
});
