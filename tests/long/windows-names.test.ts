import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { inSteps } from '../../src/main/transfers/in-steps.ts';
import { foldedName, nameFault, isRefused, safePaths } from '../../src/shared/model/names.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const NODE = path.resolve('.cache/windows/node.exe');
const hasWindows = existsSync(NODE) && spawnSync('wine', ['--version']).status === 0;

/**
 * What lies in a folder on Windows after files of these names were made in it, once for each list.
 */
function madeOnWindows(lists: string[][]): string[][] {
  const folder = temporaryFolder();
  const [given, told, run] = ['given.json', 'told.json', 'run'].map((name) =>
    path.join(folder, name),
  ) as [string, string, string];
  mkdirSync(run, { mode: 0o700 });
  writeFileSync(given, JSON.stringify(lists));
  const env = {
    ...process.env,
    WINEPREFIX: path.join(folder, 'prefix'),
    WINEDEBUG: '-all',
    XDG_RUNTIME_DIR: run,
  };
  const { status } = spawnSync(
    'wine',
    [
      NODE,
      path.resolve('tests/support/engine/windows-names.cjs'),
      String.raw`C:\names`,
      given,
      told,
    ],
    { env, stdio: 'ignore' },
  );
  spawnSync('wineserver', ['-k'], { env });
  expect(status).toBe(0);
  return JSON.parse(readFileSync(told, 'utf8')) as string[][];
}

const NAMES = [
  'plain.txt',
  'nul',
  'NUL.txt',
  'nul .txt',
  'CON .mov',
  'aux  .x.y',
  'prn .txt',
  'LPT9 .a',
  'com1',
  'CONIN$',
  'CONOUT$ .a',
  'conout$',
  'nul..txt',
  'nul. .txt',
  'nul.',
  ' nul.txt',
  'nuls .txt',
  'a.',
  'a ',
  'a . .',
  '...',
  'nul:',
  'a?',
  'a*b',
  'Été à Nîmes.mxf',
  '収穫.jpg',
  '🎬.mp4',
  '.hidden',
  `${'Д'.repeat(61)}.mov`,
];

test.skipIf(!hasWindows)(
  'names that Windows does not make as they are, under Wine: each is refused, and safe ones are made',
  async () => {
    const safe = (await inSteps(safePaths(NAMES))).flatMap((name) =>
      isRefused(name) ? [] : [name.path],
    );
    const made = madeOnWindows([...NAMES, ...safe].map((name) => [name]));
    const unmade = NAMES.filter((name, at) => made[at]?.[0] !== name);
    expect(unmade.filter((name) => nameFault(name) === null)).toEqual([]);
    expect(unmade).toEqual(
      expect.arrayContaining(['nul .txt', 'CON .mov', 'CONOUT$ .a', 'a.', 'a ']),
    );
    expect(made.slice(NAMES.length).flat()).toEqual(safe);
  },
);

const PAIRS = [
  ['a', 'A'],
  ['é', 'É'],
  ['ß', 'ẞ'],
  ['ß', 'ss'],
  ['ı', 'i'],
  ['σ', 'ς'],
  ['ÿ', 'Ÿ'],
  ['ǆ', 'ǅ'],
  ['a', 'b'],
];

test.skipIf(!hasWindows)('two names that Windows takes for one, under Wine, are one for us', () => {
  const made = madeOnWindows(PAIRS);
  const one = PAIRS.filter((_, at) => made[at]?.length === 1);
  expect(one.filter(([a = '', b = '']) => foldedName(a) !== foldedName(b))).toEqual([]);
  expect(one).toEqual(
    expect.arrayContaining([
      ['a', 'A'],
      ['é', 'É'],
    ]),
  );
});
