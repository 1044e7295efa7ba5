import { expect, test } from 'vitest';
import { frenchSpacing } from '../../../src/service/french.ts';
import { checkFrench } from '../../support/typography.ts';

test('French is set with no-break spaces, narrow ones before ; ! and ?', () => {
  const text = 'Prêt ? « Oui ; à 90 % » : alors !';
  const set = 'Prêt\u202f? «\u00a0Oui\u202f; à 90\u00a0%\u00a0»\u00a0: alors\u202f!';
  expect(frenchSpacing(text, 'fr')).toBe(set);
  expect(frenchSpacing(set, 'fr')).toBe(set);
  expect(frenchSpacing('Prêt\u00a0?', 'fr')).toBe('Prêt\u202f?');
  expect(checkFrench(set)).toEqual([]);
  expect(frenchSpacing(text, 'en')).toBe(text);
});
