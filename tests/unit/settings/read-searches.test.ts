import { expect, test } from 'vitest';
import { readSearches } from '../../../src/main/settings/read-searches.ts';
import { isSearchesDocument, searchesDocument } from '../../../src/shared/model/saved-search.ts';

const RIVERS = { name: 'Rivers', text: 'river country:FR', sort: 'newest' } as const;
const written = (change: object) =>
  JSON.stringify({ format: 'multimedia-desk-searches', version: 1, searches: [RIVERS], ...change });

test('saved searches come out of their document, without what is of one desk alone', () => {
  const document = searchesDocument([{ ...RIVERS, id: 's1', seenAt: 7 } as typeof RIVERS]);
  expect(isSearchesDocument(document)).toBe(true);
  expect(document).not.toContain('s1');
  expect(readSearches(document)).toEqual([RIVERS]);
  expect(readSearches(searchesDocument([]))).toEqual([]);
});

test('members that a later version may add are passed by', () => {
  expect(readSearches(written({ searches: [{ ...RIVERS, colour: 'red' }] }))).toEqual([RIVERS]);
});

test.each([
  ['no JSON', 'river', 'isn’t JSON'],
  ['another document', written({ format: 'multimedia-desk-queue' }), 'no saved searches'],
  ['a later version', written({ version: 2 }), 'version'],
  [
    'a search without a name',
    written({ searches: [{ ...RIVERS, name: ' ' }] }),
    'Saved search 1: needs a name',
  ],
  ['an unknown order', written({ searches: [{ ...RIVERS, sort: 'up' }] }), 'as sort: newest'],
  [
    'more than a desk has',
    written({ searches: Array.from({ length: 201 }, () => RIVERS) }),
    'more than 200',
  ],
  ['a query without end', written({ searches: [{ ...RIVERS, text: 'a'.repeat(1001) }] }), 'text'],
  ['null', 'null', 'no saved searches'],
])('%s is refused, and what is wrong is named', (_, text, named) => {
  expect(() => readSearches(text)).toThrow(
    expect.objectContaining({ code: 'usage', message: expect.stringContaining(named) as string }),
  );
});

test.each(['', 'null', '[]', '{"format":"multimedia-desk-queue"}', 'river'])(
  '%s is no such document',
  (text) => {
    expect(isSearchesDocument(text)).toBe(false);
  },
);
