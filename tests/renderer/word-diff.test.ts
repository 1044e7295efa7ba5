import { expect, test } from 'vitest';
import { aroundChanges, wordDiff, type DiffPart } from '../../src/renderer/state/word-diff.ts';

const marked = (parts: readonly DiffPart[]): string =>
  parts.map(({ text, isChanged }) => (isChanged ? `[${text}]` : text)).join('');
const both = (before: string, after: string, language = 'en'): [string, string] => {
  const diff = wordDiff(before, after, language);
  return [marked(diff.before), marked(diff.after)];
};

test('the words that differ are marked on both sides', () => {
  expect(both('the 1996 melt mark', 'the 2006 melt mark')).toEqual([
    'the [1996] melt mark',
    'the [2006] melt mark',
  ]);
  expect(both('Not in Canada.', 'Not in Canada. No social media.')).toEqual([
    'Not in Canada.',
    'Not in Canada. [No social media.]',
  ]);
  expect(both('', 'new')).toEqual(['', '[new]']);
  expect(both('same', 'same')).toEqual(['same', 'same']);
});

test('neighbouring words are one mark, with the space between them', () => {
  expect(both('at dawn by boat', 'in the evening by boat')).toEqual([
    '[at dawn] by boat',
    '[in the evening] by boat',
  ]);
});

test('words are those of the language: an accent or a script without spaces is no border', () => {
  expect(both('une marée haute', 'une marée basse', 'fr')).toEqual([
    'une marée [haute]',
    'une marée [basse]',
  ]);
  const [before, after] = both('湖は凍った', '湖は溶けた', 'ja');
  expect([before.includes('湖'), before.startsWith('['), after.startsWith('[')]).toEqual([
    true,
    false,
    false,
  ]);
});

test('nothing of either text is lost, whatever they are', () => {
  const texts = ['', ' ', 'a', 'a b  c', 'b c\td', '👩‍👩‍👧 é́ a', 'x'.repeat(50), 'a b a b a'];
  for (const before of texts)
    for (const after of texts) {
      const diff = wordDiff(before, after, 'en');
      expect([
        diff.before.map(({ text }) => text).join(''),
        diff.after.map(({ text }) => text).join(''),
      ]).toEqual([before, after]);
    }
});

test('very long texts are marked as a whole instead of keeping the window waiting', () => {
  const [before, after] = ['a '.repeat(2000), 'b '.repeat(2000)];
  expect(wordDiff(before, after, 'en')).toEqual({
    before: [{ text: before, isChanged: true }],
    after: [{ text: after, isChanged: true }],
  });
});

test('what is far from every change is left out at word borders', () => {
  const far = 'word '.repeat(40);
  const shown = marked(aroundChanges(wordDiff(`${far}old ${far}`, `${far}new ${far}`, 'en').after));
  expect(shown).toMatch(/^… (?:word )+\[new\](?: word)+ …$/u);
  expect(shown.length).toBeLessThan(150);
  const short = [{ text: 'all of it', isChanged: false }];
  expect(aroundChanges(short)).toEqual(short);
});
