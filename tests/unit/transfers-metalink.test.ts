import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseMetalink } from '../../src/main/adapters/metalink.ts';
import { AppError } from '../../src/shared/errors.ts';

const document = (inside: string, attributes = 'xmlns="urn:ietf:params:xml:ns:metalink"') => `<?xml version="1.0" encoding="UTF-8"?>\n<metalink ${attributes}>${inside}</metalink>`;
const A = 'a'.repeat(64);
const B = 'B'.repeat(64);

test('reads files with sizes, hashes, pieces and addresses in their order', () => {
  const files = parseMetalink(document(`
    <generator>test</generator>
    <file name="A &amp; B/clip&#x2e;mov"><size>3000</size><hash type="md5">00</hash><hash type="sha-256">${B}</hash>
      <pieces length="2048" type="sha-256"><hash>${A}</hash><hash>${B}</hash></pieces>
      <url priority="2">https://two.example/a?x=1&amp;y=2</url><url>https://last.example/a</url><url priority="1" location="fr">https://one.example/a</url></file>
    <file name="plain"><url>https://one.example/b</url></file>`));
  expect(files).toEqual([
    {
      name: 'A & B/clip.mov', bytes: 3000, sha256: B.toLowerCase(), pieces: { pieceBytes: 2048, hashes: [A, B.toLowerCase()] },
      urls: ['https://one.example/a', 'https://two.example/a?x=1&y=2', 'https://last.example/a'],
    },
    { name: 'plain', bytes: null, sha256: null, pieces: null, urls: ['https://one.example/b'] },
  ]);
});

test.each([
  ['a DOCTYPE', `<!DOCTYPE metalink [<!ENTITY x SYSTEM "file:///etc/passwd">]>${document('<file name="&x;"><url>https://one.example/b</url></file>')}`],
  ['another root', '<html/>'],
  ['elements a thousand deep', document(`${'<a>'.repeat(1000)}${'</a>'.repeat(1000)}`)],
  ['too many addresses', document(`<file name="a">${'<url>https://one.example/b</url>'.repeat(101)}</file>`)],
  ['Metalink 3', document('<files/>', 'version="3.0" xmlns="http://www.metalinker.org/"')],
  ['no file', document('')],
  ['a broken document', document('<file name="a">')],
  ['a hash that is none', document('<file name="a"><hash type="sha-256">xyz</hash><url>https://one.example/b</url></file>')],
  ['a size that is none', document('<file name="a"><size>-1</size><url>https://one.example/b</url></file>')],
  ['no name', document('<file><url>https://one.example/b</url></file>')],
  ['too large', document(' '.repeat(17 * 1024 * 1024))],
])('%s is refused', (_, xml) => {
  expect(() => parseMetalink(xml)).toThrow(AppError);
});

function outcome(xml: string): string {
  try {
    parseMetalink(xml);
    return 'read';
  } catch (thrown) {
    return thrown instanceof AppError ? thrown.code : String(thrown);
  }
}

test('whatever comes in, it is read or refused', () => {
  const bits = fc.constantFrom('<file name="a">', '</file>', '<url>', '</url>', '<metalink xmlns="urn:ietf:params:xml:ns:metalink">', '</metalink>', '<size>', '</size>', '1', '&lt;', '<!--', '-->', '<![CDATA[', ']]>', '__proto__', '<__proto__>', '</__proto__>');
  fc.assert(fc.property(fc.array(fc.oneof(bits, fc.string({ maxLength: 5 })), { maxLength: 15 }), (parts) => {
    expect(['read', 'metalink-invalid']).toContain(outcome(parts.join('')));
  }));
});
