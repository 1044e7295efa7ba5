import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseMetalink } from '../../../src/main/formats/metalink.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { turnsDuring } from '../../support/turns.ts';

const document = (inside: string, attributes = 'xmlns="urn:ietf:params:xml:ns:metalink"') =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<metalink ${attributes}>${inside}</metalink>`;
const three = (files: string) =>
  `<?xml version="1.0"?><metalink version="3.0" xmlns="http://www.metalinker.org/" type="static"><publisher><name>p</name></publisher><files>${files}</files></metalink>`;
const A = 'a'.repeat(64);
const B = 'B'.repeat(64);

test('reads files with sizes, hashes, pieces and addresses in their order', async () => {
  const files = await parseMetalink(
    document(`
    <generator>test</generator>
    <file name="A &amp; B/clip&#x2e;mov"><size>3000</size><hash type="md5">00</hash><hash type="sha-256">${B}</hash>
      <pieces length="2048" type="sha-256"><hash>${A}</hash><hash>${B}</hash></pieces>
      <url priority="2">https://two.example/a?x=1&amp;y=2</url><url>https://last.example/a</url><url priority="1" location="fr">https://one.example/a</url></file>
    <file name="plain"><other xmlns="urn:other"><url>https://no.example/</url></other><url><![CDATA[https://one.example/b?a&b]]></url></file>`),
  );
  expect(files).toEqual([
    {
      name: 'A & B/clip.mov',
      bytes: 3000,
      sha256: B.toLowerCase(),
      pieces: { pieceBytes: 2048, hashes: [A, B.toLowerCase()] },
      urls: ['https://one.example/a', 'https://two.example/a?x=1&y=2', 'https://last.example/a'],
    },
    { name: 'plain', bytes: null, sha256: null, pieces: null, urls: ['https://one.example/b?a&b'] },
  ]);
});

test.each([
  [
    'a DOCTYPE',
    `<!DOCTYPE metalink [<!ENTITY x SYSTEM "file:///etc/passwd">]>${document('<file name="&x;"><url>https://one.example/b</url></file>')}`,
  ],
  ['another root', '<html/>'],
  [
    'a Metalink of another namespace',
    document('<file name="a"><url>https://one.example/b</url></file>', 'xmlns="urn:other"'),
  ],
  [
    'a hash of the whole without a type',
    document(`<file name="a"><hash>${A}</hash><url>https://one.example/b</url></file>`),
  ],
  [
    'a hash of a piece with a type',
    document(
      `<file name="a"><pieces length="2048" type="sha-256"><hash type="sha-256">${A}</hash></pieces><url>https://one.example/b</url></file>`,
    ),
  ],
  [
    'pieces without a type',
    document(
      `<file name="a"><pieces length="2048"><hash>${A}</hash></pieces><url>https://one.example/b</url></file>`,
    ),
  ],
  [
    'pieces without a length, of whatever type',
    document(
      `<file name="a"><pieces type="sha-1"><hash>00</hash></pieces><url>https://one.example/b</url></file>`,
    ),
  ],
  [
    'pieces of no length',
    document(
      `<file name="a"><pieces type="sha-1" length="0"><hash>00</hash></pieces><url>https://one.example/b</url></file>`,
    ),
  ],
  [
    'two lists of pieces of one type',
    document(
      `<file name="a">${`<pieces length="2048" type="sha-256"><hash>${A}</hash></pieces>`.repeat(2)}<url>https://one.example/b</url></file>`,
    ),
  ],
  [
    'two files of one name',
    document(
      '<file name="a"><url>https://one.example/a</url></file><file name="a"><url>https://one.example/b</url></file>',
    ),
  ],
  ['no address', document('<file name="a"><size>1</size></file>')],
  ['an address that is empty', document('<file name="a"><url> </url></file>')],
  [
    'a description of another kind without its kind',
    document('<file name="a"><metaurl>https://one.example/a.torrent</metaurl></file>'),
  ],
  [
    'a signature without its kind',
    document('<file name="a"><signature>x</signature><url>https://one.example/b</url></file>'),
  ],
  [
    'a publisher without a name',
    document('<file name="a"><publisher/><url>https://one.example/b</url></file>'),
  ],
  [
    'two publishers',
    document(
      '<file name="a"><publisher name="a"/><publisher name="b"/><url>https://one.example/b</url></file>',
    ),
  ],
  [
    'two generators',
    document(
      '<generator>a</generator><generator>b</generator><file name="a"><url>https://one.example/b</url></file>',
    ),
  ],
  [
    'a preference beyond 100 in a version 3',
    three(
      '<file name="a"><resources><url type="http" preference="101">https://one.example/b</url></resources></file>',
    ),
  ],
  [
    'pieces out of their order in a version 3',
    three(
      `<file name="a"><verification><pieces type="sha256" length="2048"><hash piece="1">${A}</hash></pieces></verification><resources><url>https://one.example/b</url></resources></file>`,
    ),
  ],
  ['no file', document('')],
  ['a broken document', document('<file name="a">')],
  [
    'a hash that is none',
    document(
      '<file name="a"><hash type="sha-256">xyz</hash><url>https://one.example/b</url></file>',
    ),
  ],
  [
    'a size that is none',
    document('<file name="a"><size>-1</size><url>https://one.example/b</url></file>'),
  ],
  ['no name', document('<file><url>https://one.example/b</url></file>')],
  [
    'two sizes',
    document('<file name="a"><size>1</size><size>1</size><url>https://one.example/b</url></file>'),
  ],
  [
    'an entity nobody declared',
    document('<file name="a"><url>https://one.example/&b;</url></file>'),
  ],
  [
    'a prefix nobody declared',
    document('<x:file name="a"><url>https://one.example/b</url></x:file>'),
  ],
])('%s is refused', async (_, xml) => {
  await expect(parseMetalink(xml)).rejects.toThrow(AppError);
});

test.each(['0', '00', '1000000', '-1', '1.5', 'first', ''])(
  'the priority %j is refused, of an address and of a description',
  async (priority) => {
    await expect(
      parseMetalink(
        document(`<file name="a"><url priority="${priority}">https://one.example/b</url></file>`),
      ),
    ).rejects.toThrow('priority');
    await expect(
      parseMetalink(
        document(
          `<file name="a"><url>https://one.example/b</url><metaurl mediatype="torrent" priority="${priority}">https://one.example/b</metaurl></file>`,
        ),
      ),
    ).rejects.toThrow('priority');
  },
);

test('the highest and the lowest priority, one of each once in each file, and a file that only descriptions lead to', async () => {
  const inFile =
    '<size>1</size><version>2</version><publisher name="p" url="https://p.example/"/><signature mediatype="application/pgp-signature">s</signature>';
  expect(
    await parseMetalink(
      document(`<generator>g</generator><origin>https://o.example/</origin>
    <file name="a">${inFile}<url priority="999999">https://last.example/</url><url priority="1">https://one.example/</url></file>
    <file name="b">${inFile}<metaurl mediatype="torrent" priority="1">https://one.example/b.torrent</metaurl></file>`),
    ),
  ).toEqual([
    {
      name: 'a',
      bytes: 1,
      sha256: null,
      pieces: null,
      urls: ['https://one.example/', 'https://last.example/'],
    },
    { name: 'b', bytes: 1, sha256: null, pieces: null, urls: [] },
  ]);
});

test('version 3: sizes, hashes, pieces, and addresses by preference, the highest first', async () => {
  expect(
    await parseMetalink(
      three(`<file name="deep/clip.mov"><identity>x</identity><size>3000</size>
      <verification><hash type="md5">00</hash><hash type="sha256">${B}</hash><pieces length="1000" type="sha1"><hash piece="0">00</hash></pieces>
        <pieces length="2048" type="sha256"><hash piece="0">${A}</hash><hash piece="1">${B}</hash></pieces></verification>
      <resources maxconnections="3"><url type="http">https://last.example/a</url><url type="ftp" location="fr" preference="100">ftp://one.example/a</url>
        <url type="http" preference="90">https://two.example/a</url><url type="bittorrent" preference="100">https://one.example/a.torrent</url><url type="https" preference="100">https://one.example/a</url></resources></file>
    <file name="plain"><resources><url>https://one.example/b</url></resources></file>`),
    ),
  ).toEqual([
    {
      name: 'deep/clip.mov',
      bytes: 3000,
      sha256: B.toLowerCase(),
      pieces: { pieceBytes: 2048, hashes: [A, B.toLowerCase()] },
      urls: [
        'ftp://one.example/a',
        'https://one.example/a',
        'https://two.example/a',
        'https://last.example/a',
      ],
    },
    { name: 'plain', bytes: null, sha256: null, pieces: null, urls: ['https://one.example/b'] },
  ]);
});

test('prefixed elements are read like others', async () => {
  const xml = `<m:metalink xmlns:m="urn:ietf:params:xml:ns:metalink"><m:file name="a"><m:url>https://one.example/b</m:url><url>https://no.example/</url></m:file></m:metalink>`;
  expect(await parseMetalink(xml)).toEqual([
    { name: 'a', bytes: null, sha256: null, pieces: null, urls: ['https://one.example/b'] },
  ]);
});

const MOST = 16 * 1024 * 1024;
/** As large as a document may be. */
const filled = (bit: string, before = '', after = '') =>
  document(`${before}${bit.repeat(Math.floor((MOST - 500) / bit.length))}${after}`);
const URL_A = '<url>https://one.example/a</url>';

/** Turns of the event loop during the parse, and its result. */
async function turnsWhile(xml: string): Promise<{ turns: number; end: string }> {
  const { turns, result } = await turnsDuring(() =>
    parseMetalink(xml).then(
      (files) => `read ${files.length}`,
      (thrown: unknown) => (thrown instanceof AppError ? thrown.message : String(thrown)),
    ),
  );
  return { turns, end: result };
}

test.each([
  ['elements', filled('<a/>'), 'it has more than 300000 elements'],
  [
    'files',
    document(
      Array.from({ length: 10_001 }, (_, n) => `<file name="${n}">${URL_A}</file>`).join(''),
    ),
    'it has more than 10000 files',
  ],
  [
    'addresses of a file',
    filled(URL_A, '<file name="a">', '</file>'),
    'it has more than 100 URLs for a',
  ],
  [
    'addresses',
    document(
      Array.from({ length: 501 }, (_, n) => `<file name="${n}">${URL_A.repeat(100)}</file>`).join(
        '',
      ),
    ),
    'it has more than 50000 addresses',
  ],
  [
    'hashes',
    filled('<hash type="md5">0</hash>', '<file name="a">', '</file>'),
    'it has more than 20 hashes for a',
  ],
  [
    'pieces',
    filled(
      `<hash>${A}</hash>`,
      '<file name="a"><pieces length="1024" type="sha-256">',
      `</pieces>${URL_A}</file>`,
    ),
    'it has more than 100000 pieces for a',
  ],
  ['depth', filled('<a>'), 'its elements are nested more than 100 deep'],
  [
    'attributes',
    document(`<file name="a" ${Array.from({ length: 100_000 }, (_, i) => `a${i}=""`).join(' ')}/>`),
    'one of its parts is longer than 65536 characters',
  ],
  [
    'a text',
    filled('&amp;', '<file name="a"><url>', '</url></file>'),
    'one of its parts is longer than 65536 characters',
  ],
  [
    'a text in parts',
    document(`<file name="a"><url>${'<![CDATA[xxxxxxxx]]>'.repeat(1001)}</url></file>`),
    'a text is longer than 8000 characters',
  ],
  [
    'a name',
    document(`<file name="${'a'.repeat(8001)}">${URL_A}</file>`),
    'an attribute is longer than 8000 characters',
  ],
  ['all of it', document('é'.repeat(MOST / 2)), 'it’s larger than 16 MiB'],
])('bounded, with a word on the bound: %s', async (_, xml, why) => {
  const { end } = await turnsWhile(xml);
  expect(end).toContain(why);
});

test.each([
  ['comments', filled('<!---->', `<file name="a">${URL_A}</file>`), 400],
  [
    'two files with as many pieces as they may have',
    document(
      [1, 2]
        .map(
          (name) =>
            `<file name="${name}"><pieces length="1024" type="sha-256">${`<hash>${A}</hash>`.repeat(100_000)}</pieces>${URL_A}</file>`,
        )
        .join(''),
    ),
    400,
  ],
  [
    'elements that mean nothing',
    document(`${'<a/>'.repeat(299_000)}<file name="a">${URL_A}</file>`),
    30,
  ],
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
  const bits = fc.constantFrom(
    '<file name="a">',
    '</file>',
    '<url>',
    '</url>',
    '<metalink xmlns="urn:ietf:params:xml:ns:metalink">',
    '</metalink>',
    '<size>',
    '</size>',
    '1',
    '&lt;',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '__proto__',
    '<__proto__>',
    '</__proto__>',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(bits, fc.string({ maxLength: 5 })), { maxLength: 15 }),
      async (parts) => {
        expect(['read', 'metalink-invalid']).toContain(await outcome(parts.join('')));
      },
    ),
  );
});
