import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { RESTRICTION_KINDS, RIGHTS_BADGES } from '../../src/shared/api/rights.ts';

const root = path.resolve(import.meta.dirname, '../..');
const apiFile = (name: string): string => `src/shared/api/${name}.ts`;
const copy = mkdtempSync(path.join(os.tmpdir(), 'multimedia-desk-rules-'));
for (const name of ['.oxlintrc.json', 'tsconfig.base.json', 'package.json'])
  cpSync(path.join(root, name), path.join(copy, name));
// What the rule of lint is made of.
for (const name of ['scripts/lint-rights.ts', ...['rights', 'countries'].map(apiFile)])
  cpSync(path.join(root, name), path.join(copy, name));
symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
afterAll(() => rmSync(copy, { recursive: true, force: true }));

const config = JSON.stringify({ extends: '../tsconfig.base.json', include: ['.'] });

/** Lints planted files together and says which of our rules each broke. */
function lintAll(planted: Record<string, string>, beside: Record<string, string> = {}): string[] {
  const all = { ...beside, ...planted, 'src/tsconfig.json': config };
  for (const [name, content] of Object.entries(all)) {
    mkdirSync(path.dirname(path.join(copy, name)), { recursive: true });
    writeFileSync(path.join(copy, name), content);
  }
  const { stdout, status } = spawnSync('oxlint', ['--format', 'json', ...Object.keys(planted)], {
    cwd: copy,
    encoding: 'utf8',
  });
  for (const name of Object.keys(all)) rmSync(path.join(copy, name));
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: { filename: string; code: string; message: string; help?: string }[];
  };
  expect(status === 0).toBe(diagnostics.length === 0);
  expect(Object.keys(planted)).toEqual(
    expect.arrayContaining(diagnostics.map(({ filename }) => filename)),
  );
  return Object.keys(planted).map((name) =>
    diagnostics
      .filter(({ filename }) => filename === name)
      .map(({ code, message, help }) => `${code} ${message} ${help ?? ''}`)
      .join('\n'),
  );
}

const lint = (file: string, text: string, beside: Record<string, string> = {}): string =>
  lintAll({ [file]: text }, beside)[0] ?? '';

const use = (from: string): string =>
  `import { thing } from '${from}';\n\nexport const used = thing;\n`;

/** What each import breaks, all looked at in one run. */
function broken(imports: readonly (readonly [file: string, from: string, ...rest: string[]])[]) {
  const files = imports.map(([file], n) => file.replace('planted', `planted${n}`));
  return lintAll(Object.fromEntries(imports.map(([, from], n) => [files[n], use(from)])));
}

const REFUSED: [file: string, from: string, rule: string][] = [
  ['src/shared/model/planted.ts', 'node:fs', 'shared imports zod and nothing else'],
  ['src/shared/model/planted.ts', 'got', 'shared imports zod and nothing else'],
  ['src/shared/api/planted.ts', '@zxcvbn-ts/core', 'shared imports zod and nothing else'],
  ['src/shared/api/password-strength.ts', 'got', 'the estimator is the one library here'],
  [
    'src/shared/model/planted.ts',
    '../../main/app/application.ts',
    'shared imports zod and nothing else',
  ],
  [
    'src/preload/planted.ts',
    '../main/app/application.ts',
    'preload sees electron and types of shared',
  ],
  ['src/renderer/state/planted.ts', 'node:fs', 'the renderer has no node and no electron'],
  ['src/renderer/state/planted.ts', 'electron', 'the renderer has no node and no electron'],
  [
    'src/renderer/state/planted.ts',
    '../../main/app/application.ts',
    'the renderer reaches main through the contract only',
  ],
  ['src/renderer/state/planted.ts', '../../shared/contract/ledger.ts', 'loads no schemas'],
  [
    'src/renderer/features/catalogue/planted.ts',
    '../../../shared/model/recall.ts',
    'loads no schemas',
  ],
  ['src/renderer/ui/planted.ts', '../state/app.ts', 'ui imports only ui'],
  ['src/renderer/ui/planted.ts', '../../shared/contract/index.ts', 'ui imports only ui'],
  [
    'src/renderer/features/catalogue/planted.ts',
    '../../contract/client.ts',
    'only state and app use the bridge',
  ],
  [
    'src/renderer/features/catalogue/planted.ts',
    '../asset/index.ts',
    'a feature never imports another feature',
  ],
  [
    'src/service/planted.ts',
    '../main/app/application.ts',
    'the service shares only src/shared/api with the client',
  ],
  [
    'src/service/planted.ts',
    '../shared/errors.ts',
    'the service shares only src/shared/api with the client',
  ],
  ['src/service/planted.ts', 'electron', 'the service runs without Electron'],
  ['src/main/account/planted.ts', 'electron', 'domains talk to the world through their ports'],
  [
    'src/main/transfers/planted.ts',
    'node:fs/promises',
    'domains talk to the world through their ports',
  ],
  ['src/main/account/planted.ts', '../catalogue/ports.ts', 'domains meet only in app'],
  [
    'src/main/account/planted.ts',
    '../adapters/log.ts',
    'a domain imports itself, formats and shared',
  ],
  ['src/main/ledger/planted.ts', '../transfers/ports.ts', 'domains meet only in app'],
  ['src/main/ledger/planted.ts', 'node:fs', 'domains talk to the world through their ports'],
  [
    'src/main/transfers/queue/planted.ts',
    '../../adapters/log.ts',
    'a domain imports itself, formats and shared',
  ],
  [
    'src/main/formats/planted.ts',
    '../transfers/ports.ts',
    'formats import shared and nothing else',
  ],
  [
    'src/main/formats/planted.ts',
    'node:fs',
    'formats turn text into data, without input and output',
  ],
  [
    'src/main/adapters/fs/planted.ts',
    '../../threads/rpc.ts',
    'adapters see ports, formats, shared, node and electron',
  ],
  [
    'src/main/threads/planted.ts',
    '../app/application.ts',
    'threads see adapters, domains, formats and shared',
  ],
  [
    'src/main/threads/planted.worker.ts',
    '../../service/index.ts',
    'main never imports the other processes',
  ],
  [
    'src/main/threads/demo-service.worker.ts',
    '../app/application.ts',
    'the demo runs the reference service and nothing else',
  ],
  ['src/main/app/planted.ts', '../cli/output.ts', 'app is the core under the shells'],
  [
    'src/main/app/contract/planted.ts',
    '../../station/server.ts',
    'app is the core under the shells',
  ],
  [
    'src/main/cli/planted.ts',
    '../../renderer/app/main.tsx',
    'main never imports the other processes',
  ],
];
const ALLOWED: [file: string, from: string][] = [
  ['src/shared/model/planted.ts', 'zod'],
  ['src/main/account/planted.ts', '../../shared/errors.ts'],
  ['src/service/planted.ts', '../shared/api/common.ts'],
  ['src/main/adapters/planted.ts', '../account/ports.ts'],
  ['src/main/formats/planted.ts', '../../shared/errors.ts'],
  ['src/main/threads/demo-service.worker.ts', '../../service/index.ts'],
  ['src/main/cli/planted.ts', '../station/server.ts'],
  ['src/renderer/ui/planted.ts', '../../shared/api/text.ts'],
  ['src/renderer/features/catalogue/planted.ts', '../../state/context.tsx'],
];

describe('every boundary between layers is guarded', () => {
  const refused = broken(REFUSED);
  for (const [n, [file, from, rule]] of REFUSED.entries())
    test(`${file} may not import ${from}`, () => {
      expect(refused[n]).toContain(rule);
    });
  const allowed = broken(ALLOWED);
  for (const [n, [file, from]] of ALLOWED.entries())
    test(`${file} may import ${from}`, () => {
      expect(allowed[n]).toBe('');
    });
});

describe('cycles and habits', () => {
  test('a cycle of types alone is refused', () => {
    expect(
      lint(
        'src/main/planted.ts',
        "import type { Other } from './other.ts';\n\nexport type Planted = { other: Other | null };\n",
        {
          'src/main/other.ts':
            "import type { Planted } from './planted.ts';\n\nexport type Other = { planted: Planted | null };\n",
        },
      ),
    ).toContain('no-cycle');
  });
  test('a cycle is refused', () => {
    expect(
      lint(
        'src/main/planted.ts',
        "import { other } from './other.ts';\n\nexport const planted = (): number => other();\n",
        {
          'src/main/other.ts':
            "import { planted } from './planted.ts';\n\nexport const other = (): number => planted();\n",
        },
      ),
    ).toContain('no-cycle');
  });
  test('a default export and any are refused', () => {
    expect(lint('src/main/planted.ts', 'export default 1;\n')).toContain('no-default-export');
    expect(
      lint('src/main/planted.ts', 'export const free = (value: any): unknown => value;\n'),
    ).toContain('no-explicit-any');
  });
  test('a command that uses the process it happens to run in is refused', () => {
    expect(
      lint(
        'src/main/cli/planted.ts',
        'export const planted = (): string => `${process.cwd()} ${process.pid}`;\n',
      ),
    ).toContain('a command uses its terminal');
    expect(
      lint(
        'src/main/cli/planted.ts',
        "import path from 'node:path';\n\nexport const planted = (to: string): string => path.resolve(to);\n",
      ),
    ).toContain('a command resolves by its terminal');
  });
  test('time from elsewhere than a clock is refused', () => {
    expect(
      lint('src/main/planted.ts', 'export const nowMs = (): number => Date.now();\n'),
    ).toContain('time comes from a Clock');
  });
});

const judging = (bodies: readonly string[]): string =>
  bodies.map((body, n) => `export const judge${n} = ${body};\n`).join('');
const judged = (found = ''): string[] =>
  found.split('\n').filter((line) => line.includes('rights(one-judge)'));

describe('rights are judged in one place', () => {
  const places = [
    'src/service/downloads/planted.ts',
    'src/main/app/planted.ts',
    'src/main/adapters/sources/planted.ts',
    'src/main/adapters/sqlite/library/planted.ts',
    'src/main/transfers/queue/planted.ts',
    'src/main/cli/planted.ts',
    'src/main/electron/planted.ts',
    'src/renderer/features/asset/planted.ts',
    'src/renderer/features/catalogue/planted.ts',
    'src/renderer/app/planted.ts',
  ];
  const judgements = [
    "(asset: { pubStatus: string }): boolean => asset.pubStatus === 'canceled'",
    "({ pubStatus }: { pubStatus: string }): boolean => pubStatus !== 'usable'",
    '(asset: { embargoUntil: number }, now: number): boolean => now < asset.embargoUntil',
    "(rule: { kind: string }): boolean => rule.kind === 'territory'",
    "(row: { badges: string[] }): boolean => row.badges.includes('withdrawn')",
  ];
  const found = lintAll(Object.fromEntries(places.map((file) => [file, judging(judgements)])));
  for (const [n, file] of places.entries())
    test(`judged elsewhere: ${file}`, () => {
      expect(judged(found[n])).toHaveLength(judgements.length);
    });

  test('a kind of restriction counts as soon as it is one, and so does a badge', () => {
    const kinds = [
      ...RESTRICTION_KINDS.map(
        (kind) => `(rule: { kind: string }): boolean => rule.kind === '${kind}'`,
      ),
      ...RIGHTS_BADGES.map(
        (badge) => `(row: { badges: string[] }): boolean => row.badges.includes('${badge}')`,
      ),
    ];
    const found = lint('src/main/app/planted.ts', judging(kinds));
    expect(judged(found)).toHaveLength(kinds.length);
  });

  test('what only carries or shows the facts is let through', () => {
    expect(
      lint(
        'src/main/app/planted.ts',
        'export const until = (asset: { embargoUntil: number | null }): string =>\n  asset.embargoUntil === null ? "" : String(asset.embargoUntil);\n',
      ),
    ).toBe('');
  });
});
