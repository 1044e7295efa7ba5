import { expect, test } from 'vitest';
import { sameWords, soundbiteText } from '../../src/renderer/features/asset/asset-tabs.tsx';

const bite = {
  speaker: 'Ole Vik',
  role: 'Skipper',
  language: 'en',
  in: null,
  out: null,
  startMs: null,
  verbatim: 'It holds.',
  translation: null,
};
test.each([
  [bite, '“It holds.” Ole Vik, Skipper'],
  [{ ...bite, startMs: 64_000 }, '“It holds.” Ole Vik, Skipper (1:04)'],
  [{ ...bite, in: '10:00:01:05', startMs: 1200 }, '“It holds.” Ole Vik, Skipper (10:00:01:05)'],
  [{ ...bite, speaker: '', role: '', language: 'und' }, '“It holds.”'],
  [{ ...bite, role: '', language: 'fr' }, '«\u00a0It holds.\u00a0» Ole Vik'],
])('a soundbite is copied with what is known of it: %o', (known, text) => {
  expect(soundbiteText(known)).toBe(text);
});

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
