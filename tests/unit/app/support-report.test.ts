import { expect, test } from 'vitest';
import { withoutPeople } from '../../../src/main/app/support-report.ts';

const WHO = { home: '/home/maren', user: 'maren', computer: 'ingest-02' };

test.each([
  ['/home/maren/Downloads/a.mov', '~/Downloads/a.mov'],
  ['sent to maren.tolveg+x@station.example, twice', 'sent to …@station.example, twice'],
  ['Maren on INGEST-02: marenova stays', '<user> on <computer>: marenova stays'],
  ['https://media.example/a', 'https://media.example/a'],
])('%s', (text, expected) => {
  expect(withoutPeople(text, WHO)).toBe(expected);
});
test('names too short to be anybody’s are no words to be taken out', () => {
  expect(withoutPeople('a file of x', { home: '/', user: 'a', computer: 'x' })).toBe('a file of x');
});
