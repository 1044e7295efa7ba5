import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  foldedName,
  nameFault,
  pathFault,
  utf8Bytes,
  pathsFault,
  type IsTaken,
  type Steps,
  isRefused,
  nameFromUrl,
  safePaths,
} from '../../../src/shared/model/names.ts';

/** The value, and the number of steps it took. */
function run<T>(steps: Steps<T>): { value: T; steps: number } {
  for (let count = 1; ; count++) {
    const step = steps.next();
    if (step.done) return { value: step.value, steps: count };
  }
}
const faultOf = (paths: readonly string[], isTaken?: IsTaken) =>
  run(pathsFault(paths, isTaken)).value;
const pathsOf = (given: readonly string[], isTaken?: IsTaken) =>
  run(safePaths(given, isTaken)).value.map((name) =>
    isRefused(name) ? `! ${name.fault}` : name.path,
  );

const REFUSED: [string, string][] = [
  ['', 'empty'],
  ['.', 'dots'],
  ['..', 'dots'],
  ['a/../b', 'dots'],
  ['a//b', 'empty'],
  ['/etc/passwd', 'absolute'],
  ['C:/a', 'absolute'],
  ['a\\b', 'character'],
  ['a\u0000b', 'character'],
  ['a\nb', 'character'],
  ['a:b', 'absolute'],
  ['ab:c', 'character'],
  ['what?', 'character'],
  ['CON', 'reserved'],
  ['con.txt', 'reserved'],
  ['nul .txt', 'reserved'],
  ['CON .mov', 'reserved'],
  ['COM² .txt', 'reserved'],
  ['CONOUT$ .a', 'reserved'],
  ['aux  .x.y', 'reserved'],
  ['\uffff', 'character'],
  ['Lpt¹.mov', 'reserved'],
  ['a.', 'trailing'],
  ['a ', 'trailing'],
  ['caf\u0065\u0301', 'not-nfc'],
  ['evil\u202evom.exe', 'character'],
  ['\ud800', 'character'],
  ['é'.repeat(61), 'too-long'],
  [`${'a/'.repeat(90)}b`, 'too-long'],
];
test.each(REFUSED)('%j is refused: %s', (path, fault) => {
  expect(pathFault(path)).toBe(fault);
});

test.each([
  'clip.mov',
  'Été à Nîmes.mxf',
  '収穫/01.jpg',
  '.hidden',
  'a..b',
  'CONCERT.mov',
  'com10',
  'nuls .txt',
  'a nul .txt',
  'الأخبار.srt',
  ' leading',
  '🎬.mp4',
  'a'.repeat(120),
])('%j is fine', (path) => {
  expect(pathFault(path)).toBeNull();
});

test.each<[string[], string | null]>([
  [['a.mov', 'b.mov'], null],
  [['a.mov', 'A.MOV'], 'A.MOV'],
  [['straße', 'STRASSE'], 'STRASSE'],
  [['straße', 'STRAẞE'], 'STRAẞE'],
  [['ẞ', 'ss'], 'ss'],
  [['a', 'a/b'], 'a/b'],
  [['A', 'a/b'], 'a/b'],
  [['a/b', 'a'], 'a/b'],
  [['a.mov', 'a.mov.part'], 'a.mov.part'],
  [['a.mov', 'A.MOV.PART'], 'A.MOV.PART'],
  [['a.mov', 'a.mov.part/b'], 'a.mov.part/b'],
  [['d/a.mov', 'd/A.mov.Part/b'], 'd/A.mov.Part/b'],
  [['x.part', 'y.part'], null],
  [['clip.mov', 'cli\u200cp.mov'], 'cli\u200cp.mov'],
  [['manifest.json'], 'manifest.json'],
  [['taken/x'], 'taken/x'],
  [['x/taken'], null],
])('%j together: the first that must not be written is %j', (paths, path) => {
  expect(
    faultOf(
      paths,
      (folded, depth) => depth === 0 && (folded === 'manifest.json' || folded === 'taken'),
    )?.path ?? null,
  ).toBe(path);
});

const anyName = fc.string({ unit: 'binary', maxLength: 12 });
const wildPath = fc
  .array(
    fc.oneof(
      anyName,
      fc.constantFrom('..', '.', '', 'con', 'a', 'A', 'é', 'e\u0301', 'x.', '~', 'C:'),
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((parts) => parts.join('/'));

test('a path that passes stays inside its folder, whatever system reads it', () => {
  fc.assert(
    fc.property(wildPath, (path) => {
      fc.pre(pathFault(path) === null);
      for (const part of path.split(/[/\\]/u)) {
        expect(['', '.', '..']).not.toContain(part);
        expect(part).not.toMatch(/[<>:"|?*\p{Cc}]|[. ]$/u);
      }
      expect(path.normalize('NFC')).toBe(path);
    }),
    { numRuns: 2000 },
  );
});

test('names that pass together are different files on every system', () => {
  fc.assert(
    fc.property(fc.array(wildPath, { maxLength: 6 }), (paths) => {
      fc.pre(faultOf(paths) === null);
      expect(new Set(paths.map((path) => path.normalize('NFD').toLowerCase())).size).toBe(
        paths.length,
      );
      expect(new Set(paths.map(foldedName)).size).toBe(paths.length);
    }),
  );
});

test('one function takes for one what any system does', () => {
  const apart = Array.from({ length: 0x110000 }, (_, point) => point).filter((point) => {
    if (point >= 0xd800 && point <= 0xdfff) return false;
    const character = String.fromCodePoint(point);
    const folded = foldedName(character);
    const forms = [
      folded,
      character.toLowerCase(),
      character.toUpperCase(),
      character.toUpperCase().toLowerCase(),
      character.normalize('NFD'),
      character.normalize('NFD').toUpperCase().normalize('NFD'),
    ];
    return forms.some((form) => foldedName(form) !== folded);
  });
  expect(apart).toEqual([]);
});

const deep = (n: number) =>
  [
    ...Array.from({ length: 84 }, (_, at) => String.fromCodePoint(0x61 + ((n >> (at % 14)) % 26))),
    `${n}.mov`,
  ].join('/');
test('a list of deep names is looked through in short steps, whatever the names have in common', () => {
  const paths = Array.from({ length: 10_000 }, (_, n) => deep(n));
  const { value, steps } = run(pathsFault(paths));
  expect(value).toBeNull();
  expect(steps).toBeGreaterThan(300);
  expect(run(safePaths(paths)).steps).toBeGreaterThan(150);
});

const CYRILLIC = 'Д'.repeat(61);
const CHINESE = '收'.repeat(41);
test.each<[string, string[], string[]]>([
  [
    'a name that is fine',
    ['Été/à Nîmes.mxf', '.hidden', 'e\u0301.mov'],
    ['Été/à Nîmes.mxf', '.hidden', 'é.mov'],
  ],
  [
    'a long one is shortened at a character, with its hash and its extension',
    [`${CYRILLIC}.mov`, CHINESE],
    [`${'Д'.repeat(53)}~10fb41bf.mov`, `${'收'.repeat(37)}~30233a29`],
  ],
  [
    'so is one of its folders',
    [`${CYRILLIC}/a.mov`, `${CYRILLIC}/b.mov`],
    [`${'Д'.repeat(55)}~88c56963/a.mov`, `${'Д'.repeat(55)}~88c56963/b.mov`],
  ],
  [
    'no character of several is cut in two',
    [`${'👩‍👩‍👧'.repeat(7)}.mov`],
    [`${'👩‍👩‍👧'.repeat(5)}~10d75f03.mov`],
  ],
  [
    'a device',
    ['con.mov', 'nul .txt', 'a/COM²', 'CONOUT$ .a'],
    ['_con.mov', '_nul .txt', 'a/_COM²', '_CONOUT$ .a'],
  ],
  [
    'what no system takes, a stream and turned text',
    ['a\nb?.mov', 'clip.mov:hidden', 'evil\u202evom.exe', 'x\\y'],
    ['a-b-.mov', 'clip.mov-hidden', 'evil-vom.exe', 'x-y'],
  ],
  ['blanks and dots at the end', ['a. .', 'b /c.'], ['a', 'b/c']],
  [
    'nothing that is left',
    ['...', '', '. /x'],
    ['file-0ac31c19', 'file-811c9dc5', 'file-95d49103/x'],
  ],
  ['folders that are none', ['./a//b.mov', 'c/'], ['a/b.mov', 'c']],
  ['the same for one system', ['A.mov', 'a.MOV', 'a.mov'], ['A.mov', 'a (2).MOV', 'a (3).mov']],
  ['the same in another form', ['é', 'e\u0301', 'É'], ['é', 'é (2)', 'É (3)']],
  [
    'the same once it is changed: what is fine stays',
    ['a?.mov', 'a*.mov', 'a-.mov'],
    ['a- (2).mov', 'a- (3).mov', 'a-.mov'],
  ],
  [
    'a file where others need a folder',
    ['a', 'a/b', 'a/c', 'A/d'],
    ['a', 'a (2)/b', 'a (2)/c', 'A (2)/d'],
  ],
  [
    'one folder stays one among files of its name',
    ['a', 'A', 'a/x', 'a', 'a/y'],
    ['a', 'A (2)', 'a (3)/x', 'a (4)', 'a (3)/y'],
  ],
  ['a folder where another is a file', ['a/b', 'a'], ['a/b', 'a (2)']],
  [
    'the partial file of another',
    ['a.mov', 'a.mov.part', 'b.part', 'b'],
    ['a.mov', 'a.mov (2).part', 'b.part', 'b (2)'],
  ],
  ['a name of ours', ['x/.done', '.Done', 'DONE~1'], ['x/_.done', '_.Done', '_DONE~1']],
  [
    'what leads to another place, whichever it is',
    ['/etc/passwd', 'C:x', 'c:/x', '\\\\host\\x', '../a', 'a/../b', 'a\\..\\b', '..'],
    [
      '! absolute',
      '! absolute',
      '! absolute',
      '! absolute',
      '! dots',
      '! dots',
      '! dots',
      '! dots',
    ],
  ],
])('from outside: %s', (_, given, paths) => {
  expect(pathsOf(given, (folded) => folded === '.done' || folded === 'done~1')).toEqual(paths);
});

test('what lies too deep keeps its first folders, and the others of one folder stay together', () => {
  const [a = '', b = '', other = ''] = pathsOf([
    `${'folder/'.repeat(40)}a.mov`,
    `${'folder/'.repeat(40)}b.mov`,
    `${'folder/'.repeat(41)}a.mov`,
  ]);
  expect(a).toMatch(/^(?:folder\/){23}~[0-9a-f]{8}\/a\.mov$/u);
  expect([b, other === a, pathFault(a), pathFault(other)]).toEqual([
    a.replace('a.mov', 'b.mov'),
    false,
    null,
    null,
  ]);
});

test('ten thousand of one name are numbered in no more than some turns each', () => {
  const { value } = run(
    safePaths(Array.from({ length: 10_000 }, (_, n) => (n % 2 === 0 ? 'a?.mov' : 'A?.mov'))),
  );
  expect(value.at(-1)).toEqual({ given: 'A?.mov', path: 'A- (10000).mov' });
});

test('ten thousand long names that differ at their ends alone are numbered in no more than some turns each', () => {
  const names = Array.from(
    { length: 5_000 },
    (_, n) => `${'x'.repeat(108)}${String(n).padStart(8, '0')}.mov`,
  ).flatMap((name) => [name, name.toUpperCase()]);
  const startedAt = performance.now();
  const paths = pathsOf(names);
  expect([
    new Set(paths.map(foldedName)).size,
    paths.every((name) => pathFault(name) === null),
    performance.now() - startedAt < 20_000,
  ]).toEqual([10_000, true, true]);
});

const anyPart = fc.oneof(
  anyName,
  fc.constantFrom(
    '.',
    '',
    'con',
    'a',
    'A',
    'é',
    'e\u0301',
    'x.',
    'a.part',
    'A.part',
    'ß',
    'ẞ',
    'ss',
    'nul .txt',
    '.done',
  ),
  fc.string({ unit: 'binary', minLength: 50, maxLength: 200 }),
);
const anyList = fc.array(
  fc.array(anyPart, { maxLength: 5 }).chain((parts) =>
    fc.integer({ min: 1, max: 60 }).map((times) =>
      Array(times % 7 === 0 ? times : 1)
        .fill(parts.join('/'))
        .join('/'),
    ),
  ),
  { maxLength: 8 },
);
const isTaken: IsTaken = (folded) => folded === '.done';
test('whatever comes in, what is made of it may be written, and together', () => {
  fc.assert(
    fc.property(anyList, (given) => {
      const { value } = run(safePaths(given, isTaken));
      expect(value.map((name) => name.given)).toEqual(given);
      const paths = value.flatMap((name) => (isRefused(name) ? [] : [name.path]));
      expect(faultOf(paths, isTaken)).toBeNull();
      expect(run(safePaths(given, isTaken)).value).toEqual(value);
      // A safe name stays the same.
      expect(pathsOf(paths, isTaken)).toEqual(paths);
    }),
    { numRuns: 2000 },
  );
});

test('the name from an address is one safe component, or leads to another place, and never throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 20 }), fc.boolean(), (text, encode) => {
      const named = nameFromUrl({
        hostname: 'one.example',
        pathname: `/a/${encode ? encodeURIComponent(text.toWellFormed()) : text}`,
      });
      expect(isRefused(named) || nameFault(named.path) === null).toBe(true);
    }),
  );
});

test.each([
  ['/clips/caf%65%CC%81.mov', 'café.mov'],
  ['/', 'one.example'],
  ['/a%00b.mov', 'a-b.mov'],
  ['/CON.mov', '_CON.mov'],
  ['/%E0%A4%A', '%E0%A4%A'],
  ['/a%2Fb', 'a-b'],
  ['/..%2Fa', '! dots'],
  ['/a%5C..%5Cb', '! dots'],
  ['/%2Fetc', '! absolute'],
])('the name of %s is %s', (pathname, name) => {
  const named = nameFromUrl({ hostname: 'one.example', pathname });
  expect(isRefused(named) ? `! ${named.fault}` : named.path).toBe(name);
  expect(utf8Bytes(name)).toBeLessThan(121);
});
