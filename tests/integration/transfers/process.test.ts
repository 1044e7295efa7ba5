import { readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { type Origin, content, sha256 } from '../../support/engine/origin.ts';
import { startDesk, type DeskProcess, type Line } from '../../support/engine/process.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { openOrigin } from '../../support/engine/per-test.ts';

const MIB = 1024 * 1024;
let origin: Origin;
let folder: string;
beforeEach(async () => {
  origin = await openOrigin();
  folder = temporaryFolder();
});

const to = () => path.join(folder, 'to');
const get = (args: string[], onLine?: (line: Line, desk: DeskProcess) => void) =>
  startDesk(['get', ...args, '--home', path.join(folder, 'home'), '--to', to()], onLine);

/** Sends the signal once so many bytes are reported. */
const endAt = (bytes: number, signal: NodeJS.Signals) => (line: Line, desk: DeskProcess) => {
  if (line.type === 'progress' && Number(line['receivedBytes']) >= bytes) desk.kill(signal);
};

function metalink(url: string, bytes: Buffer, name: string): string {
  const hashes = Array.from(
    { length: Math.ceil(bytes.length / MIB) },
    (_, i) => `<hash>${sha256(bytes.subarray(i * MIB, (i + 1) * MIB))}</hash>`,
  );
  return `<?xml version="1.0"?><metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="${name}"><size>${bytes.length}</size>
    <hash type="sha-256">${sha256(bytes)}</hash><pieces length="${MIB}" type="sha-256">${hashes.join('')}</pieces><url priority="1">${url}</url></file></metalink>`;
}

test('lines: pid first, progress, the result last; exit 0', async () => {
  const bytes = content(2 * MIB);
  origin.serve('/a.mov', bytes);
  const desk = get([`${origin.url}/a.mov`, '--sha256', sha256(bytes)]);
  expect(await desk.ended).toBe(0);
  expect(desk.lines[0]).toEqual({ type: 'get', pid: expect.any(Number) });
  expect(desk.lines.filter(({ type }) => type === 'progress').length).toBeGreaterThan(0);
  expect(desk.lines.at(-1)).toEqual({
    type: 'result',
    ok: true,
    files: [
      {
        path: path.join(to(), 'a.mov'),
        bytes: 2 * MIB,
        sha256: sha256(bytes),
        verified: true,
        downloadedBytes: 2 * MIB,
      },
    ],
  });
});

const KILLED: [string, string[], (bytes: Buffer) => Promise<string[]>][] = [
  [
    'an address with a hash',
    [],
    async (bytes) => [`${origin.url}/a.mov`, '--sha256', sha256(bytes)],
  ],
  ['an address with a tag and nothing else', ['long'], async () => [`${origin.url}/a.mov`]],
  [
    'a Metalink with pieces',
    ['long'],
    async (bytes) => {
      const file = path.join(folder, 'a.meta4');
      await writeFile(file, metalink(`${origin.url}/a.mov`, bytes, 'a.mov'));
      return [file];
    },
  ],
];
for (const [what, tags, argsOf] of KILLED)
  test(
    `kill -9 again and again: ${what} comes out whole, and only what was missing is asked for`,
    {
      tags,
    },
    async () => {
      const bytes = content(64 * MIB + 11);
      origin.serve('/a.mov', bytes);
      const args = await argsOf(bytes);
      let reached = 0;
      for (let round = 0; round < 4; round++) {
        const desk = get(
          [...args, '--limit', '24M'],
          endAt(reached + MIB + Math.random() * 4 * MIB, 'SIGKILL'),
        );
        expect(await desk.ended).toBe(null);
        reached = Math.max(
          ...desk.lines
            .filter(({ type }) => type === 'progress')
            .map((line) => Number(line['receivedBytes'])),
        );
      }
      const last = get(args);
      expect(await last.ended).toBe(0);
      const target = path.join(to(), 'a.mov');
      expect(sha256(await readFile(target))).toBe(sha256(bytes));
      expect(await readdir(to())).toEqual(['a.mov']);
      const { files } = last.result() as unknown as { files: { downloadedBytes: number }[] };
      expect(files[0]!.downloadedBytes).toBeLessThanOrEqual(bytes.length - reached + 8 * MIB);
    },
  );

for (const [signal, tags] of [
  ['SIGINT', ['long']],
  ['SIGTERM', []],
] as const)
  test(`${signal}: exit 130, and the same call goes on`, { tags: [...tags] }, async () => {
    const bytes = content(24 * MIB);
    origin.serve('/a.mov', bytes);
    const args = [`${origin.url}/a.mov`, '--sha256', sha256(bytes)];
    const first = get([...args, '--limit', '20M'], endAt(8 * MIB, signal));
    expect(await first.ended).toBe(130);
    expect(first.result()).toMatchObject({
      ok: false,
      code: 'cancelled',
      files: [{ error: { code: 'cancelled' } }],
    });
    const second = get(args);
    expect(await second.ended).toBe(0);
    expect(second.result()).toMatchObject({ ok: true, files: [{ verified: true }] });
    const { files } = second.result() as unknown as { files: { downloadedBytes: number }[] };
    expect(files[0]!.downloadedBytes).toBeLessThanOrEqual(17 * MIB);
  });

const CODES: [string, () => string[], number, object][] = [
  ['a wrong option', () => [`${origin.url}/a.mov`, '--connections', '99'], 2, { code: 'usage' }],
  ['a rate that is none', () => [`${origin.url}/a.mov`, '--limit', 'fast'], 2, { code: 'usage' }],
  ['a hash that is none', () => [`${origin.url}/a.mov`, '--sha256', 'abc'], 2, { code: 'usage' }],
  ['a package without an account', () => ['pkg_1'], 3, { code: 'signed-out', files: [] }],
  [
    'nobody listening',
    () => ['http://127.0.0.1:9/a.mov'],
    4,
    { code: 'origin-error', files: [{ error: { code: 'origin-error' } }] },
  ],
  [
    'a wrong hash',
    () => [`${origin.url}/a.mov`, '--sha256', 'f'.repeat(64)],
    5,
    {
      code: 'hash-mismatch',
      files: [{ sha256: null, verified: false, error: { code: 'hash-mismatch' } }],
    },
  ],
  ['a name that would leave', () => [`${origin.url}/..%2fa.mov`], 5, { code: 'unsafe-name' }],
  ['another file there', () => [`${origin.url}/there.mov`], 6, { code: 'exists' }],
  ['not found', () => [`${origin.url}/none.mov`], 7, { code: 'not-found' }],
  [
    'two failures: the first of the arguments',
    () => [`${origin.url}/none.mov`, `${origin.url}/there.mov`, `${origin.url}/a.mov`],
    7,
    {
      code: 'not-found',
      files: [
        { error: { code: 'not-found' } },
        { error: { code: 'exists' } },
        { downloadedBytes: 1000 },
      ],
    },
  ],
];
for (const [what, args, exit, result] of CODES)
  // Its tries take ten seconds.
  test(`exit code of ${what}`, { tags: what === 'nobody listening' ? ['long'] : [] }, async () => {
    origin.serve('/a.mov', content(1000));
    origin.serve('/there.mov', content(1000, 2));
    await get([`${origin.url}/there.mov`]).ended;
    await writeFile(path.join(to(), 'there.mov'), 'mine');
    const desk = get(args());
    expect(await desk.ended).toBe(exit);
    expect(desk.result()).toMatchObject({ ok: false, message: expect.any(String), ...result });
    expect(desk.lines.filter(({ type }) => type === 'error').length).toBeGreaterThan(0);
    expect(await readFile(path.join(to(), 'there.mov'), 'utf8')).toBe('mine');
  });

const LONG = 'Д'.repeat(61);
test('of a Metalink, names are made safe and told with what they were; one that leads elsewhere is refused alone, and all with --strict', async () => {
  origin.serve('/a.mov', content(1000));
  const metalink = path.join(folder, 'a.meta4');
  const names = [`${LONG}.mov`, 'nul .txt', '../../out.mov', 'b.mov', 'B.mov'];
  await writeFile(
    metalink,
    `<metalink xmlns="urn:ietf:params:xml:ns:metalink">${names.map((name) => `<file name="${name}"><hash type="sha-256">${sha256(content(1000))}</hash><url>${origin.url}/a.mov</url></file>`).join('')}</metalink>`,
  );
  const strict = get([metalink, '--strict']);
  expect([await strict.ended, strict.result(), await readdir(to())]).toMatchObject([
    5,
    { ok: false, code: 'unsafe-name' },
    [],
  ]);
  const desk = get([metalink]);
  expect(await desk.ended).toBe(5);
  const [shortened, device, , fine, same] = [
    `${'Д'.repeat(53)}~10fb41bf.mov`,
    '_nul .txt',
    '',
    'b.mov',
    'B (2).mov',
  ];
  expect(desk.result()).toMatchObject({
    ok: false,
    code: 'unsafe-name',
    files: [
      { path: path.join(to(), shortened ?? ''), given: names[0], verified: true },
      { path: path.join(to(), device ?? ''), given: 'nul .txt', verified: true },
      { path: path.join(to(), fine ?? ''), verified: true },
      { path: path.join(to(), same ?? ''), given: 'B.mov', verified: true },
      { path: '../../out.mov', verified: false, error: { code: 'unsafe-name' } },
    ],
  });
  expect((await readdir(to())).toSorted()).toEqual([shortened, device, fine, same].toSorted());
});

test('a Metalink of either version, also behind a link or at an address, needs no service', async () => {
  const bytes = content(5000);
  origin.serve('/a.mov', bytes);
  const three = `<metalink version="3.0" xmlns="http://www.metalinker.org/"><files><file name="a.mov"><size>5000</size><verification><hash type="sha256">${sha256(bytes)}</hash></verification><resources><url type="http" preference="100">${origin.url}/a.mov</url></resources></file></files></metalink>`;
  const real = path.join(folder, 'real.metalink');
  await writeFile(real, three);
  await symlink(real, path.join(folder, 'link.metalink'));
  origin.serve('/list.metalink', Buffer.from(three));
  for (const [target, to] of [
    [real, 'one'],
    [path.join(folder, 'link.metalink'), 'two'],
    [`${origin.url}/list.metalink`, 'three'],
  ] as const) {
    const desk = startDesk([
      'get',
      target,
      '--to',
      path.join(folder, to),
      '--home',
      path.join(folder, 'home'),
    ]);
    expect([await desk.ended, desk.result()]).toMatchObject([
      0,
      { ok: true, files: [{ path: path.join(folder, to, 'a.mov'), verified: true }] },
    ]);
  }
  expect([
    await get([path.join(folder, 'none.metalink')]).ended,
    await get([folder + '.meta4']).ended,
  ]).toEqual([7, 7]);
});

async function queue(...args: string[]) {
  const desk = startDesk(['queue', ...args, '--home', path.join(folder, 'home')]);
  return { exit: await desk.ended, lines: desk.lines };
}

test('the queue is listed, paused, let go and cleared', async () => {
  origin.serve('/a.mov', content(1000), {
    faults: Array.from({ length: 4 }, () => ({ kind: 'status' as const, status: 404 })),
  });
  expect(await get([`${origin.url}/a.mov`]).ended).toBe(7);
  const { lines } = await queue('list');
  expect(lines).toMatchObject([
    { type: 'item', state: { phase: 'failed', code: 'not-found' }, title: 'a.mov' },
    { type: 'result', ok: true, count: 1 },
  ]);
  expect(await queue('retry')).toMatchObject({ exit: 0 });
  expect((await queue('list')).lines[0]).toMatchObject({ state: { phase: 'queued' } });
  expect(await queue('run')).toMatchObject({ exit: 7 });
  const id = String(lines[0]?.['id']);
  expect(await queue('cancel', id)).toMatchObject({ exit: 0 });
  expect(await queue('pause', 'unknown')).toMatchObject({ exit: 7 });
  expect(await queue('clear')).toMatchObject({ exit: 0 });
  expect((await queue('list')).lines).toEqual([{ type: 'result', ok: true, count: 0 }]);
});
