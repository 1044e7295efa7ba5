import { assert, constantFrom, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { pageLink, readAppLink, searchLink } from '../../../src/shared/model/app-link.ts';
import { SORTS } from '../../../src/shared/model/sorts.ts';

const search = (name: string, text: string) => ({ kind: 'search', name, text, sort: 'newest' });

test.each([
  ['multimedia-desk:search?name=Otters&q=otter&sort=newest', search('Otters', 'otter')],
  ['multimedia-desk://search?name=Otters&q=otter&sort=newest', search('Otters', 'otter')],
  // A slash behind the host is added by some programs, a space by a careless hand.
  [' MULTIMEDIA-DESK://search/?q=otter ', search('otter', 'otter')],
  [
    'multimedia-desk:search?q=country%3AEE%20%22two%20words%22',
    search('country:EE "two words"', 'country:EE "two words"'),
  ],
  ['multimedia-desk:search?q=otter&sort=upwards', search('otter', 'otter')],
  ['multimedia-desk:search?q=', search('', '')],
  ['multimedia-desk://asset/a1', { kind: 'asset', id: 'a1' }],
  ['multimedia-desk://asset/a1/', { kind: 'asset', id: 'a1' }],
  ['multimedia-desk:article/feed%3Aab%2F7', { kind: 'article', id: 'feed:ab/7' }],
])('%s is read', (link, read) => {
  expect(readAppLink(link)).toEqual(read);
});

test.each([
  'otter',
  'https://example.org/multimedia-desk:search?q=otter',
  'multimedia-desk:',
  'multimedia-desk:search',
  'multimedia-desk:search?name=Otters',
  'multimedia-desk:searching?q=otter',
  'multimedia-desk:search?q=%E0%A4%A',
  'multimedia-desk://asset/',
  'multimedia-desk://asset/a/b',
  'multimedia-desk://article/..',
  'multimedia-desk://article/%2E%2e',
  'multimedia-desk://asset/%E0%A4%A',
  `multimedia-desk://asset/${'a'.repeat(129)}`,
  'multimedia-desk://settings/network',
  `multimedia-desk:search?q=${'a'.repeat(8000)}`,
])('%s is no link', (link) => {
  expect(readAppLink(link)).toBeNull();
});

test('whatever is in a search or an ID comes out of its link', () => {
  const text = string({ unit: 'binary', maxLength: 300 });
  assert(
    property(text, text, constantFrom(...SORTS), (name, q, sort) => {
      const link = searchLink({ name, text: q, sort });
      expect(link).toMatch(/^[\x21-\x7e]+$/u);
      const read = readAppLink(link);
      expect(read === null ? link.length > 8000 : read).toEqual(
        read === null
          ? true
          : { kind: 'search', name: name.trim().slice(0, 200) || q, text: q, sort },
      );
    }),
  );
  assert(
    property(string({ unit: 'binary', minLength: 1, maxLength: 128 }), (id) => {
      expect(readAppLink(pageLink('asset', id))).toEqual(
        /^\.+$/u.test(id) ? null : { kind: 'asset', id },
      );
    }),
  );
});
