import { expect, test } from 'vitest';
import { sameWords } from '../../src/renderer/features/asset/asset-tabs.tsx';

test.each([
  ['You wait an hour.', 'You wait an hour.', true],
  ['“You wait an hour.”', 'You wait  an hour', true],
  ['You wait an hour', 'YOU WAIT: an hour!', true],
  ['Man väntar en timme.', 'You wait an hour.', false],
  ['', 'You wait', false],
])(
  'a translation that repeats what was said is not shown (%j, %j)',
  (verbatim, translation, repeats) => {
    expect(sameWords(translation, verbatim)).toBe(repeats);
  },
);
