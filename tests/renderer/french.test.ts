import { expect, test } from 'vitest';
import { texts } from '../../src/renderer/i18n/index.ts';

function* allTexts(value: unknown, path: string): Generator<[string, string]> {
  if (typeof value === 'string') yield [path, value];
  else if (typeof value === 'object' && value !== null)
    for (const [name, inner] of Object.entries(value)) yield* allTexts(inner, `${path}.${name}`);
}

test('no French text lets a line begin with punctuation or end with a guillemet', () => {
  const loose = [...allTexts(texts.fr, 'fr')].filter(([, text]) => / [:;?!»]|« /.test(text));
  expect(loose).toEqual([]);
  expect(texts.fr.catalogue.forText('lac')).toBe('pour «\u00a0lac\u00a0»');
});

/** The service names its topics in English: there is nothing to say anew there. */
function said(own: typeof texts.en): Map<string, string> {
  return new Map([...allTexts(own, 'fr')].filter(([path]) => !path.startsWith('fr.topics.')));
}

test('French says the same things as English, and none of them in English by mistake', () => {
  const english = said(texts.en);
  const french = said(texts.fr);
  expect([...french.keys()].toSorted()).toEqual([...english.keys()].toSorted());
  // Single words may be the same in both, and so are addresses.
  const same = [...french]
    .filter(([path, text]) => text.trim().includes(' ') && english.get(path) === text)
    .map(([path]) => path);
  expect(same.filter((path) => path !== 'fr.common.product')).toEqual([]);
});
