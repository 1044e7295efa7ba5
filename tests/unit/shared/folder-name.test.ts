import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  nameFault,
  FOLDER_TOKENS,
  folderName,
  numbered,
  templateFault,
  type FolderFacts,
} from '../../../src/shared/model/names.ts';

const facts: FolderFacts = {
  date: '2026-11-24',
  place: 'Lauterbrunnen',
  title: 'Glacier lake survey: divers read the water line',
  id: 'AUR-26-1147',
  language: 'en+fr',
  format: 'broadcast',
};

test.each([
  ['{date} {title}', '2026-11-24 Glacier lake survey- divers read the water line'],
  ['{date}/{place}/{id}', '2026-11-24/Lauterbrunnen/AUR-26-1147'],
  ['../{id}/./', 'AUR-26-1147'],
  ['  {id} . ', 'AUR-26-1147'],
  ['{id}\u0000<>', 'AUR-26-1147'],
  ['{id} ({format}, {language})', 'AUR-26-1147 (broadcast, en+fr)'],
])('%j is %j', (template, name) => {
  expect(folderName(template, facts)).toBe(name);
});

test('a title that is mostly dots or blanks is read in one pass', () => {
  for (const long of ['.', ' ', '- ', '\u3000', 'a '])
    expect(folderName('{title}', { ...facts, title: `Tide${long.repeat(500_000)}gauge` })).toMatch(
      /^Tide/u,
    );
});

test('what a fact holds makes no folder and leaves none', () => {
  expect(folderName('{title}/{id}', { ...facts, title: '../../etc/passwd' })).toBe(
    'etc-passwd/AUR-26-1147',
  );
  expect(folderName('{place}/{id}', { ...facts, place: '' })).toBe('AUR-26-1147');
  expect(folderName('{title}', { ...facts, title: '...' })).toBe('AUR-26-1147');
  expect(folderName('{title}', { ...facts, title: 'CON' })).toBe('_CON');
  expect(folderName('{title}', { ...facts, title: 'cafe\u0301' })).toBe('café');
});

test('a title too long is shortened before anything else, between whole characters', () => {
  const name = folderName('{title} {id}', { ...facts, title: '👨‍👩‍👧‍👦'.repeat(20) });
  expect(name).toMatch(/^(?:👨‍👩‍👧‍👦)+ AUR-26-1147$/u);
});

test('whatever the facts, every part is a name that all systems take', () => {
  const text = fc.string({ unit: 'binary', maxLength: 200 });
  const template = fc
    .array(
      fc.oneof(
        fc.constantFrom(...FOLDER_TOKENS).map((token) => `{${token}}`),
        fc.constantFrom('/', ' ', '-', '.', 'x', '..', 'nul'),
      ),
      { minLength: 1, maxLength: 8 },
    )
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(
      template,
      fc.record({ date: text, place: text, title: text, id: text, language: text, format: text }),
      fc.integer({ min: 2, max: 9999 }),
      (pattern, values, n) => {
        for (const name of [
          folderName(pattern, values),
          numbered(folderName(pattern, values), n),
        ]) {
          expect(name.split('/').map(nameFault).filter(Boolean)).toEqual([]);
          expect(name.length).toBeLessThanOrEqual(130);
        }
      },
    ),
    { numRuns: 2000 },
  );
});

test.each([
  ['{title}', null],
  ['{date} {id}', null],
  ['{date}', 'no-token'],
  ['{slug} {id}', 'unknown-token'],
  ['{id', 'brace'],
  ['{id}}', 'brace'],
  ['', 'no-token'],
])('the fault of %j is %j', (template, fault) => {
  expect(templateFault(template)?.kind ?? null).toBe(fault);
});
