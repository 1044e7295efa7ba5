import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseMetalink } from '../../src/main/adapters/metalink.ts';
import { AppError } from '../../src/shared/errors.ts';

const document = (inside: string, attributes = 'xmlns="urn:ietf:params:xml:ns:metalink"') => `<?xml version="1.0" encoding="UTF-8"?>\n<metalink ${attributes}>${inside}</metalink>`;
const A = 'a'.repeat(64);
const B = 'B'.repeat(64);

test('reads files with sizes, hashes, pieces and addresses in their order', async () => {
  const files = await parseMetalink(document(`
    <generator>test</generator>
    <file name="A &amp; B/clip&#x2e;mov"><size>3000</size><hash type="md5">00</hash><hash type="sha-256">${B}</hash>
      <pieces length="2048" type="sha-256"><hash>${A}</hash><hash>${B}</hash></pieces>
      <url priority="2">https://two.example/a?x=1&amp;y=2</url><url>https://last.example/a</url><url priority="1" location="fr">https://one.example/a</url></file>
    <file name="plain"><other xmlns="urn:other"><url>https://no.example/</url></other><url><![CDATA[https://one.example/b?a&b]]></url></file>`));
  expect(files).toEqual([
    {
      name: 'A & B/clip.mov', bytes: 3000, sha256: B.toLowerCase(), pieces: { pieceBytes: 2048, hashes: [A, B.toLowerCase()] },
      urls: ['https://one.example/a', 'https://two.example/a?x=1&y=2', 'https://last.example/a'],
    },
    { name: 'plain', bytes: null, sha256: null, pieces: null, urls: ['https://one.example/b?a&b'] },
  ]);
});

test.each([
  ['a DOCTYPE', `<!DOCTYPE metalink [<!ENTITY x SYSTEM "file:///etc/passwd">]>${document('<file name="&x;"><url>https://one.example/b</url></file>')}`],
  ['another root', '<html/>'],
  ['Metalink 3', document('<files/>', 'version="3.0" xmlns="http://www.metalinker.org/"')],
  ['no file', document('')],
  ['a broken document', document('<file name="a">')],
  ['a hash that is none', document('<file name="a"><hash type="sha-256">xyz</hash><url>https://one.example/b</url></file>')],
  ['a size that is none', document('<file name="a"><size>-1</size><url>https://one.example/b</url></file>')],
  ['no name', document('<file><url>https://one.example/b</url></file>')],
  ['two sizes', document('<file name="a"><size>1</size><size>1</size><url>https://one.example/b</url></file>')],
  ['an entity nobody declared', document('<file name="a"><url>https://one.example/&b;</url></file>')],
  ['a prefix nobody declared', document('<x:file name="a"><url>https://one.example/b</url></x:file>')],
])('%s is refused', async (_, xml) => {
  await expect(parseMetalink(xml)).rejects.toThrow(AppError);
});

test('prefixed elements are read like others', async () => {
  const xml = `<m:metalink xmlns:m="urn:ietf:params:xml:ns:metalink"><m:file name="a"><m:url>https://one.example/b</m:url><url>https://no.example/</url></m:file></m:metalink>`;
  expect(await parseMetalink(xml)).toEqual([{ name: 'a', bytes: null, sha256: null, pieces: null, urls: ['https://one.example/b'] }]);
});

const MOST = 16 * 1024 * 1024;
/** As large as a document may be. */
const filled = (bit: string, before = '', after = '') => document(`${before}${bit.repeat(Math.floor((MOST - 500) / bit.length))}${after}`);
const URL_A = '<url>https://one.example/a</url>';

/** Turns the event loop takes while it is read, and what comes of it. */
async function turnsWhile(xml: string): Promise<{ turns: number; end: string }> {
  let turns = 0;
  let isOver = false;
  const turn = () => {
    turns++;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  const end = await parseMetalink(xml).then((files) => `read ${files.length}`, (thrown: unknown) => (thrown instanceof AppError ? thrown.message : String(thrown)));
  isOver = true;
  return { turns, end };
}

test.each([
  ['elements', filled('<a/>'), 'it has more than 300000 elements'],
  ['files', filled(`<file name="a">${URL_A}</file>`), 'it has more than 10000 files'],
  ['addresses of a file', filled(URL_A, '<file name="a">', '</file>'), 'it has more than 100 addresses for a'],
  ['addresses', document(`<file name="a">${URL_A.repeat(100)}</file>`.repeat(501)), 'it has more than 50000 addresses'],
  ['hashes', filled('<hash type="md5">0</hash>', '<file name="a">', '</file>'), 'it has more than 20 hashes for a'],
  ['pieces', filled(`<hash>${A}</hash>`, '<file name="a"><pieces length="1024" type="sha-256">', `</pieces>${URL_A}</file>`), 'it has more than 100000 pieces for a'],
  ['depth', filled('<a>'), 'its elements lie more than 100 deep in each other'],
  ['attributes', document(`<file name="a" ${Array.from({ length: 100_000 }, (_, i) => `a${i}=""`).join(' ')}/>`), 'one of its parts is longer than 65536 characters'],
  ['a text', filled('&amp;', '<file name="a"><url>', '</url></file>'), 'one of its parts is longer than 65536 characters'],
  ['a text in parts', document(`<file name="a"><url>${'<![CDATA[xxxxxxxx]]>'.repeat(1001)}</url></file>`), 'a text is longer than 8000 characters'],
  ['a name', document(`<file name="${'a'.repeat(8001)}">${URL_A}</file>`), 'an attribute is longer than 8000 characters'],
  ['all of it', document('é'.repeat(MOST / 2)), 'it has more than 16777216 bytes'],
])('bounded, with a word on the bound: %s', async (_, xml, why) => {
  const { end } = await turnsWhile(xml);
  expect(end).toContain(why);
});

test.each([
  ['comments', filled('<!---->', `<file name="a">${URL_A}</file>`), 400],
  ['two files with as many pieces as they may have', document([1, 2].map((name) => `<file name="${name}"><pieces length="1024" type="sha-256">${`<hash>${A}</hash>`.repeat(100_000)}</pieces>${URL_A}</file>`).join('')), 400],
  ['elements that mean nothing', document(`${'<a/>'.repeat(299_000)}<file name="a">${URL_A}</file>`), 30],
])('the loop goes on turning while it is read: %s', async (_, xml, atLeast) => {
  const { turns, end } = await turnsWhile(xml);
  expect(end).toMatch(/^read /u);
  expect(turns).toBeGreaterThan(atLeast);
});

async function outcome(xml: string): Promise<string> {
  try {
    await parseMetalink(xml);
    return 'read';
  } catch (thrown) {
    return thrown instanceof AppError ? thrown.code : String(thrown);
  }
}

test('whatever comes in, it is read or refused', async () => {
  const bits = fc.constantFrom('<file name="a">', '</file>', '<url>', '</url>', '<metalink xmlns="urn:ietf:params:xml:ns:metalink">', '</metalink>', '<size>', '</size>', '1', '&lt;', '<!--', '-->', '<![CDATA[', ']]>', '__proto__', '<__proto__>', '</__proto__>');
  await fc.assert(fc.asyncProperty(fc.array(fc.oneof(bits, fc.string({ maxLength: 5 })), { maxLength: 15 }), async (parts) => {
    expect(['read', 'metalink-invalid']).toContain(await outcome(parts.join('')));
  }));
});
