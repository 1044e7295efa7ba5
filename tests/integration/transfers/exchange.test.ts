import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { Output } from '../../../src/main/cli/output.ts';
import { ownTerminal } from '../../../src/main/cli/terminal.ts';
import { runExport, runImport } from '../../../src/main/cli/queue.ts';
import { parseMetalink } from '../../../src/main/formats/metalink.ts';
import type { PackageItem } from '../../../src/main/transfers/api.ts';
import { type Origin, content, sha256 } from '../../support/engine/origin.ts';
import { get, settled, type Bench } from '../../support/engine/bench.ts';
import { PackageService } from '../../support/engine/package.ts';
import { openBench, openOrigin } from '../../support/engine/per-test.ts';

const MIB = 1024 * 1024;
const NEITHER = 'This isn’t an exported queue or a Metalink.';
const MASTER = content(3 * MIB + 9);
const ODD = "a & b 'quoted' é.mov";
/** aria2 1.37 keeps an ampersand in a Metalink's name escaped, however it was written. */
const ODD_OF_ARIA2 = ODD.replace('&', '&#38;');
const hasAria2 = spawnSync('aria2c', ['--version']).status === 0;

/** Asynchronous: the server of the program runs in this process. */
async function exitOf(program: string, args: string[]): Promise<unknown> {
  const [code] = await once(spawn(program, args, { stdio: 'ignore' }), 'close');
  return code;
}

let origin: Origin;
let service: PackageService;
let bench: Bench;
let other: Bench;
beforeEach(async () => {
  origin = await openOrigin();
  service = new PackageService(origin, [
    { path: 'master/harvest.mov', bytes: MASTER },
    { path: 'rights & terms.txt', bytes: Buffer.from('free') },
  ]);
  bench = await openBench({ ports: { source: service } });
  other = await openBench({ ports: { source: service } });
  await mkdir(bench.to);
});

const hashes = () =>
  Array.from({ length: 4 }, (_, i) => sha256(MASTER.subarray(i * MIB, (i + 1) * MIB)));
const item = (): PackageItem => ({
  assetId: 'ast_1',
  packageId: 'pkg_1',
  rev: 1,
  title: 'Harvest',
  label: 'HD',
  purpose: 'broadcast',
  destination: bench.to,
  acknowledge: ['rst_1'],
});

/**
 * Four finished transfers: an address, one with a key in it, a Metalink with pieces, and a package.
 */
async function filledQueue(): Promise<void> {
  origin.serve(`/${ODD}`, MASTER);
  origin.serve('/signed.mov', MASTER);
  origin.serve('/piece by piece.mov', MASTER);
  expect(
    (await get(bench, { url: `${origin.url}/${encodeURIComponent(ODD)}`, sha256: sha256(MASTER) }))
      .state,
  ).toEqual({ phase: 'done' });
  expect((await get(bench, { url: `${origin.url}/signed.mov?sig=SECRET` })).state).toEqual({
    phase: 'done',
  });
  const metalink = path.join(bench.folder, 'a.meta4');
  await writeFile(
    metalink,
    `<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="deep/pieces.mov"><size>${MASTER.length}</size><hash type="sha-256">${sha256(MASTER)}</hash>
    <pieces type="sha-256" length="${MIB}">${hashes()
      .map((hash) => `<hash>${hash}</hash>`)
      .join(
        '',
      )}</pieces><url>${origin.url}/piece%20by%20piece.mov</url><url>${origin.url}/signed.mov?sig=SECRET</url></file></metalink>`,
  );
  expect((await get(bench, { url: metalink, metalink: true })).state).toEqual({ phase: 'done' });
  const [id = ''] = await bench.transfers.enqueue([item()]);
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
}

test('a Metalink of the queue: names, sizes, hashes, pieces and open addresses, which our own reader reads', async () => {
  await filledQueue();
  const { text, count, leftOut } = await bench.transfers.exportQueue(null, 'metalink');
  expect(text).not.toContain('SECRET');
  expect(text).not.toContain('generation=');
  expect({ count, leftOut }).toEqual({
    count: 2,
    leftOut: [
      { name: 'signed.mov', reason: 'secret' },
      { name: 'deep/pieces.mov', reason: 'address' },
      { name: 'Harvest', reason: 'package' },
    ],
  });
  const pieces = { pieceBytes: MIB, hashes: hashes() };
  expect(await parseMetalink(text)).toEqual([
    {
      name: ODD,
      bytes: MASTER.length,
      sha256: sha256(MASTER),
      pieces: null,
      urls: [`${origin.url}/${encodeURIComponent(ODD)}`],
    },
    {
      name: 'deep/pieces.mov',
      bytes: MASTER.length,
      sha256: sha256(MASTER),
      pieces,
      urls: [`${origin.url}/piece%20by%20piece.mov`],
    },
  ]);
});

test('what goes out as a Metalink comes in as one', async () => {
  await filledQueue();
  const [url, , metalink] = (
    await bench.transfers.list('done', { offset: 0, count: 10 })
  ).rows.toReversed();
  const { text } = await bench.transfers.exportQueue(
    [url?.id ?? '', metalink?.id ?? ''],
    'metalink',
  );
  const { state, files } = await get(other, {
    url: 'given.meta4',
    metalink: true,
    metalinkText: text,
  });
  expect(state).toEqual({ phase: 'done' });
  expect(
    files.map((file) => [path.relative(other.to, file.path), file.sha256, file.verified]),
  ).toEqual([
    [ODD, sha256(MASTER), true],
    ['deep/pieces.mov', sha256(MASTER), true],
  ]);
});

const NAMED = ['/one/a.mov', '/two/a.mov', '/three/A.mov', '/four/b.mov'];

test.each([
  ['metalink', ['a.mov', 'a (2).mov', 'A (3).mov', 'b.mov']],
  ['aria2', ['a.mov', 'a (2).mov', 'A (3).mov', 'b.mov']],
] as const)(
  'files of one name are all in a list of the queue and come in again: %s',
  async (format, names) => {
    await other.transfers.configure({ scope: 'started-here', activeTransfers: 0 });
    for (const [at, name] of NAMED.entries()) {
      origin.serve(name, content(1000 + at));
      await other.transfers.enqueue([
        {
          url: origin.url + name,
          metalink: false,
          destination: path.join(other.folder, String(at)),
          sha256: sha256(content(1000 + at)),
          hashAnyway: false,
        },
      ]);
    }
    // The same content in another folder is a duplicate.
    await other.transfers.enqueue([
      {
        url: origin.url + NAMED[0],
        metalink: false,
        destination: path.join(other.folder, 'more'),
        sha256: sha256(content(1000)),
        hashAnyway: false,
      },
    ]);
    const { name, text, count, leftOut } = await other.transfers.exportQueue(null, format);
    expect({ count, leftOut }).toEqual({ count: 4, leftOut: [{ name: 'a.mov', reason: 'same' }] });
    const {
      ids: [id = ''],
      ...told
    } = await bench.transfers.importDocument({ name, text }, bench.to);
    expect(told).toEqual({ renamed: [], refused: [] });
    expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
    expect(
      (await bench.transfers.report(id)).map((file) => [
        path.relative(bench.to, file.path),
        file.sha256,
        file.verified,
      ]),
    ).toEqual(names.map((file, at) => [file, sha256(content(1000 + at)), true]));
  },
);

test('all of one name are in our own list too, and what is in it twice is named', async () => {
  await other.transfers.configure({ scope: 'started-here', activeTransfers: 0 });
  const wanted = [...NAMED, NAMED[0] ?? ''].map((name, at) => ({
    url: origin.url + name,
    metalink: false,
    destination: path.join(other.folder, String(at)),
    sha256: null,
    hashAnyway: false,
  }));
  await other.transfers.enqueue([
    ...wanted,
    {
      ...wanted[0]!,
      url: 'local.meta4',
      metalink: true,
      metalinkText: withOne(`${origin.url}/a.mov`),
    },
  ]);
  const { text, count, leftOut } = await other.transfers.exportQueue(null, 'queue');
  expect({ count, leftOut }).toEqual({
    count: 4,
    leftOut: [
      { name: 'a.mov', reason: 'same' },
      { name: 'local.meta4', reason: 'local' },
    ],
  });
  await bench.transfers.configure({ scope: 'started-here', activeTransfers: 0 });
  expect(
    (await bench.transfers.importDocument({ name: 'queue.json', text }, bench.to)).ids,
  ).toHaveLength(4);
});

test('a list of aria2 that is none, or too much, is refused; of another program’s only names, addresses and hashes count', async () => {
  const given = (text: string) =>
    bench.transfers.importDocument({ name: 'queue.txt', text }, bench.to);
  for (const text of ['hello', '  out=a.mov\n', '', '# nothing'])
    await expect(given(text)).rejects.toMatchObject({ code: 'usage', message: NEITHER });
  await expect(given(`${origin.url}/a.mov\n/etc/passwd`)).rejects.toMatchObject({
    code: 'usage',
    message: 'The aria2 list isn’t valid: line 2 isn’t a URL',
  });
  await expect(given(`${origin.url}/a\n`.repeat(10_001))).rejects.toMatchObject({
    code: 'usage',
  });
  expect((await bench.transfers.totals()).counts.all).toBe(0);
  origin.serve('/x/c.mov', content(10));
  origin.serve('/y/c.mov', content(20));
  const {
    ids: [both = ''],
    renamed: numbered,
  } = await given(`${origin.url}/x/c.mov\n${origin.url}/y/c.mov\n`);
  expect([numbered, await settled(bench.transfers, both)]).toEqual([
    [{ given: 'c.mov', path: 'c (2).mov' }],
    { phase: 'done' },
  ]);
  expect(await bench.transfers.report(both)).toMatchObject([
    { bytes: 10 },
    { given: 'c.mov', bytes: 20 },
  ]);
  origin.serve('/a.mov', MASTER);
  const {
    ids: [id = ''],
    renamed,
    refused,
  } = await given(
    `# of another program\n${origin.url}/none.mov\t${origin.url}/a.mov\n\tout=x/nul .mov\n  dir=/etc\n  checksum=sha-256=${sha256(MASTER)}\n${origin.url}/b\n out=../b\n`,
  );
  expect({ renamed, refused }).toEqual({
    renamed: [{ given: 'x/nul .mov', path: 'x/_nul .mov' }],
    refused: [{ given: '../b', fault: 'dots' }],
  });
  expect(await settled(bench.transfers, id)).toMatchObject({
    phase: 'failed',
    code: 'unsafe-name',
  });
  expect(sha256(await readFile(path.join(bench.to, 'x', '_nul .mov')))).toBe(sha256(MASTER));
});

test.skipIf(!hasAria2)('aria2 reads our Metalink and our list, and fetches by them', async () => {
  await filledQueue();
  const metalink = path.join(bench.folder, 'out.meta4');
  const list = path.join(bench.folder, 'out.txt');
  const out = new Output(true, ownTerminal());
  const [url, , withPieces] = (
    await bench.transfers.list('done', { offset: 0, count: 10 })
  ).rows.toReversed();
  expect(
    await runExport({ transfers: bench.transfers, out }, [], {
      to: path.join(bench.folder, 'all.meta4'),
    }),
  ).toBe(0);
  const shown = spawnSync('aria2c', ['--show-files', path.join(bench.folder, 'all.meta4')], {
    encoding: 'utf8',
  });
  expect(shown.status).toBe(0);
  for (const name of [ODD_OF_ARIA2, 'deep/pieces.mov']) expect(shown.stdout).toContain(name);
  await runExport({ transfers: bench.transfers, out }, [url?.id ?? '', withPieces?.id ?? ''], {
    to: metalink,
  });
  await runExport({ transfers: bench.transfers, out }, [], { to: list });
  for (const [name, odd, args] of [
    ['one', ODD_OF_ARIA2, ['--metalink-file', metalink]],
    ['two', ODD, ['--input-file', list]],
  ] as const) {
    const dir = path.join(bench.folder, name);
    expect(await exitOf('aria2c', ['--quiet', '--dir', dir, '--no-conf', ...args])).toBe(0);
    for (const file of [odd, 'deep/pieces.mov'])
      expect(sha256(await readFile(path.join(dir, file)))).toBe(sha256(MASTER));
  }
});

test('our own list goes to another home; consent and secrets do not', async () => {
  await filledQueue();
  const file = path.join(bench.folder, 'queue.json');
  const out = new Output(true, ownTerminal());
  expect(await runExport({ transfers: bench.transfers, out }, [], { to: file })).toBe(0);
  const text = await readFile(file, 'utf8');
  expect(text).not.toMatch(/SECRET|rst_1|generation=/u);
  expect(JSON.parse(text)).toMatchObject({
    format: 'multimedia-desk-queue',
    version: 1,
    items: [
      { kind: 'url', sha256: sha256(MASTER) },
      { kind: 'package', packageId: 'pkg_1', rev: 1 },
    ],
  });
  expect(await runImport({ transfers: other.transfers, out }, file, {}, other.to)).toBe(0);
  const { rows } = await other.transfers.list('all', { offset: 0, count: 10 });
  expect(rows.map(({ title, state }) => [title, state.phase])).toEqual([
    [ODD, 'queued'],
    ['Harvest', 'queued'],
  ]);
  expect(service.acknowledged).toEqual([['rst_1']]);
  await other.transfers.configure({ activeTransfers: 2, scope: 'all' });
  for (const { id } of rows) expect(await settled(other.transfers, id)).toEqual({ phase: 'done' });
  expect(service.acknowledged.at(-1)).toEqual([]);
});

test.each<[string, string, string]>([
  ['no JSON', '{hello', NEITHER],
  ['another JSON', '{"a":1}', NEITHER],
  [
    'a newer version',
    '{"format":"multimedia-desk-queue","version":2,"exportedAt":"","items":[]}',
    'The exported queue isn’t valid: it’s from another version of the app',
  ],
  [
    'an address of another kind',
    '{"format":"multimedia-desk-queue","version":1,"exportedAt":"","items":[{"kind":"url","url":"file:///etc/passwd","sha256":null}]}',
    'The exported queue isn’t valid: items.0.url is missing or isn’t valid',
  ],
])('a list that is %s is refused whole', async (_, text, message) => {
  await expect(
    other.transfers.importDocument({ name: 'queue.json', text }, other.to),
  ).rejects.toMatchObject({ code: 'usage', message });
  expect((await other.transfers.totals()).counts.all).toBe(0);
});

test('a list with one address fifty thousand times is queued at once, as one', async () => {
  const items = Array.from({ length: 50_000 }, () => ({
    kind: 'url',
    url: `${origin.url}/a.mov`,
    sha256: null,
  }));
  const startedAt = performance.now();
  const { ids } = await other.transfers.importDocument(
    {
      name: 'queue.json',
      text: JSON.stringify({ format: 'multimedia-desk-queue', version: 1, exportedAt: '', items }),
    },
    other.to,
  );
  expect([ids.length, performance.now() - startedAt < 20_000]).toEqual([1, true]);
});

const withOne = (url: string) =>
  `<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="${url.slice(-5)}"><url>${url}</url></file></metalink>`;

test('a Metalink given as text is checked before it is queued; two of one name are two', async () => {
  const given = (text: string) => ({
    url: 'drop.meta4',
    metalink: true,
    metalinkText: text,
    destination: other.to,
    sha256: null,
    hashAnyway: false,
  });
  await expect(other.transfers.enqueue([given('<html/>')])).rejects.toMatchObject({
    code: 'metalink-invalid',
  });
  const ids = await other.transfers.enqueue(
    [
      given(withOne(`${origin.url}/a.mov`)),
      given(withOne(`${origin.url}/b.mov`)),
      given(withOne(`${origin.url}/a.mov`)),
    ],
    { makeDestination: true },
  );
  expect(new Set(ids).size).toBe(2);
  expect((await other.transfers.detail(ids[0] ?? '')).title).toBe('drop.meta4');
});
