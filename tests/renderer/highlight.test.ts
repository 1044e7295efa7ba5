import { expect, test } from 'vitest';
import { splitAtWords } from '../../src/renderer/ui/display/highlight.tsx';

const marks = (text: string, query: string): string =>
  splitAtWords(text, query)
    .map((part) => (part.isMatch ? `[${part.text}]` : part.text))
    .join('');

test('marks every word looked for, whatever its case and accents', () => {
  expect(marks('Rainwater in the Élysée: water meets eau', 'WATER elysee')).toBe(
    'Rain[water] in the [Élysée]: [water] meets eau',
  );
});

test('letters that unfold into two keep the places behind them right', () => {
  expect(marks('Straße am Fluss, Œuvre au lac', 'lac fluss')).toBe(
    'Straße am [Fluss], Œuvre au [lac]',
  );
});

test('a single letter marks nothing', () => {
  expect(marks('a lake', 'a')).toBe('a lake');
});
