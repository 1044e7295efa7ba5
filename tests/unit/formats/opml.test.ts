import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readOpml, writeOpml } from '../../../src/main/formats/opml.ts';

const list = (body: string) =>
  `<?xml version="1.0"?><opml version="2.0"><head/><body>${body}</body></opml>`;

test('feeds of all folders, each once, by their titles', () => {
  expect(
    readOpml(
      list(
        '<outline text="a" title="Harbour &amp; more" xmlUrl="https://a.example/?x=1&amp;y=2"/><outline text="Folder"><outline text="b" xmlUrl=" https://b.example/ "/><outline text="again" xmlUrl="https://a.example/?x=1&amp;y=2"/></outline><outline text="A page" htmlUrl="https://c.example/"/>',
      ),
    ),
  ).toEqual([
    { name: 'Harbour & more', address: 'https://a.example/?x=1&y=2' },
    { name: 'b', address: 'https://b.example/' },
  ]);
});

test('a name turns, hides or breaks nothing around it', () => {
  const listed = list('<outline title="mo\u202eney\n\u2066 x" xmlUrl="https://a.example/"/>');
  expect(readOpml(listed)).toMatchObject([{ name: 'money x' }]);
});

test.each([
  ['', 'isn’t a list of feeds'],
  ['hello', 'isn’t a list of feeds'],
  ['<rss version="2.0"><channel/></rss>', 'isn’t a list of feeds'],
  [list(''), 'isn’t a list of feeds'],
  [list('<outline text="folder"/>'), 'no feeds'],
  ['x'.repeat(1_000_001), 'more than 1 MB'],
  [
    list(
      Array.from({ length: 1001 }, (_, n) => `<outline xmlUrl="https://a.example/${n}"/>`).join(''),
    ),
    'more than 1000 feeds',
  ],
])('%#: what is no list is told', (text, message) => {
  expect(() => readOpml(text)).toThrow(message);
});

const read = (text: string) => {
  try {
    return readOpml(text);
  } catch (thrown) {
    return (thrown as { code: string }).code;
  }
};

test('entities of a document aren’t expanded, and nesting ends', () => {
  const bomb = `<!DOCTYPE opml [<!ENTITY a "${'x'.repeat(1000)}"><!ENTITY b "${'&a;'.repeat(1000)}">]>${list('<outline text="&b;&b;&b;" xmlUrl="https://a.example/"/>')}`;
  expect(JSON.stringify(read(bomb)).length).toBeLessThan(500);
  const deep = list(
    `${'<outline text="f">'.repeat(5000)}<outline xmlUrl="https://a.example/"/>${'</outline>'.repeat(5000)}`,
  );
  expect(read(deep)).toBe('usage');
});

test('what is written is read again as it was', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(
        fc.record({
          name: fc
            .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
            .map((name) => name.replaceAll(/[\p{C}\s]+/gu, ' ').trim())
            .filter((name) => name !== ''),
          address: fc.webUrl({ validSchemes: ['https'], withQueryParameters: true }),
        }),
        { minLength: 1, maxLength: 20, selector: ({ address }) => address },
      ),
      (feeds) => {
        expect(readOpml(writeOpml(feeds, 'Feeds'))).toEqual(feeds);
      },
    ),
    { numRuns: 100 },
  );
});
