import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { foldedName, nameFault, nameFromUrlPath, pathFault, pathsFault } from '../../src/shared/model/file-name.ts';

const REFUSED: [string, string][] = [
  ['', 'empty'], ['.', 'dots'], ['..', 'dots'], ['a/../b', 'dots'], ['a//b', 'empty'], ['/etc/passwd', 'absolute'], ['C:/a', 'absolute'], ['a\\b', 'character'],
  ['a\u0000b', 'character'], ['a\nb', 'character'], ['a:b', 'absolute'], ['ab:c', 'character'], ['what?', 'character'], ['CON', 'reserved'], ['con.txt', 'reserved'], ['Lpt¹.mov', 'reserved'],
  ['a.', 'trailing'], ['a ', 'trailing'], ['caf\u0065\u0301', 'not-nfc'], ['evil\u202evom.exe', 'character'], ['\ud800', 'character'],
  ['é'.repeat(61), 'too-long'], [`${'a/'.repeat(90)}b`, 'too-long'],
];
test.each(REFUSED)('%j is refused: %s', (path, fault) => {
  expect(pathFault(path)).toBe(fault);
});

test.each(['clip.mov', 'Été à Nîmes.mxf', '収穫/01.jpg', '.hidden', 'a..b', 'CONCERT.mov', 'com10', 'الأخبار.srt', ' leading', '🎬.mp4', 'a'.repeat(120)])('%j is fine', (path) => {
  expect(pathFault(path)).toBeNull();
});

test.each<[string[], string | null]>([
  [['a.mov', 'b.mov'], null],
  [['a.mov', 'A.MOV'], 'A.MOV'],
  [['straße', 'STRASSE'], 'STRASSE'],
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
])('%j together: the first that must not be written is %j', (paths, path) => {
  expect(pathsFault(paths, (folded) => folded === 'manifest.json' || folded === 'taken')?.path ?? null).toBe(path);
});

const anyName = fc.string({ unit: 'binary', maxLength: 12 });
const wildPath = fc.array(fc.oneof(anyName, fc.constantFrom('..', '.', '', 'con', 'a', 'A', 'é', 'e\u0301', 'x.', '~', 'C:')), { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'));

test('a path that passes stays inside its folder, whatever system reads it', () => {
  fc.assert(fc.property(wildPath, (path) => {
    fc.pre(pathFault(path) === null);
    for (const part of path.split(/[/\\]/u)) {
      expect(['', '.', '..']).not.toContain(part);
      expect(part).not.toMatch(/[<>:"|?*\p{Cc}]|[. ]$/u);
    }
    expect(path.normalize('NFC')).toBe(path);
  }), { numRuns: 2000 });
});

test('names that pass together are different files on every system', () => {
  fc.assert(fc.property(fc.array(wildPath, { maxLength: 6 }), (paths) => {
    fc.pre(pathsFault(paths) === null);
    expect(new Set(paths.map((path) => path.normalize('NFD').toLowerCase())).size).toBe(paths.length);
    expect(new Set(paths.map(foldedName)).size).toBe(paths.length);
  }));
});

test('the name from an address is one component or a fault, never a throw', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 20 }), fc.boolean(), (text, encode) => {
    const named = nameFromUrlPath(`/a/${encode ? encodeURIComponent(text.toWellFormed()) : text}`);
    expect('fault' in named || nameFault(named.name) === null).toBe(true);
  }));
  expect(nameFromUrlPath('/clips/caf%65%CC%81.mov')).toEqual({ name: 'café.mov' });
});
