import {
  appendFile,
  cp,
  mkdir,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { AppError } from '../../../src/shared/errors.ts';
import { Output } from '../../../src/main/cli/output.ts';
import { ownTerminal } from '../../../src/main/cli/terminal.ts';
import { runRepair, runVerify } from '../../../src/main/cli/verify.ts';
import type { VerificationView, PackageItem } from '../../../src/main/transfers/api.ts';
import { flip } from '../../support/engine/flipped-byte.ts';
import { type Origin, content, sha256 } from '../../support/engine/origin.ts';
import { received, settled, type Bench } from '../../support/engine/bench.ts';
import { PackageService, type TestFile } from '../../support/engine/package.ts';
import { openBench, openOrigin } from '../../support/engine/per-test.ts';

const MIB = 1024 * 1024;
const MASTER: TestFile = {
  path: 'master/harvest.mov',
  bytes: content(6 * MIB + 333),
  mediaType: 'video/quicktime',
};
const SHOTS: TestFile = {
  path: 'shotlist.xml',
  bytes: Buffer.from('<shots/>'),
  mediaType: 'application/xml',
};
const FILES = [MASTER, SHOTS];

/** The last line of a program and its exit code. */
class Lines extends Output {
  readonly lines: ({ type: string } & Record<string, unknown>)[] = [];
  constructor() {
    super(true, ownTerminal());
  }
  override line(object: { type: string } & Record<string, unknown>): void {
    this.lines.push(object);
  }
  get result() {
    return this.lines.at(-1);
  }
}

let origin: Origin;
let service: PackageService;
let bench: Bench;
beforeEach(async () => {
  origin = await openOrigin();
  service = new PackageService(origin, FILES);
  bench = await openBench({ ports: { source: service }, settings: { connectionsPerFile: 1 } });
  await mkdir(bench.to);
});

const root = () => path.join(bench.to, 'Harvest_2026');
const masterFile = () => path.join(root(), MASTER.path);
const master = () => origin.files.get('/pkg_1/master/harvest.mov')!;
const item = (): PackageItem => ({
  assetId: 'ast_1',
  packageId: 'pkg_1',
  rev: 1,
  title: 'Harvest',
  label: 'HD',
  purpose: 'broadcast',
  destination: bench.to,
  acknowledge: [],
});

/** Fetches the package and clears the record of requests; the rest runs in a new program. */
async function fetched(acknowledge: string[] = []): Promise<string> {
  const [id = ''] = await bench.transfers.enqueue([{ ...item(), acknowledge }]);
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  for (const file of origin.files.values()) file.ranges.length = 0;
  await bench.restart();
  return id;
}

async function expectWhole(folder = root()): Promise<void> {
  for (const file of FILES)
    expect(sha256(await readFile(path.join(folder, file.path)))).toBe(sha256(file.bytes));
  expect(JSON.parse(await readFile(path.join(folder, 'manifest.json'), 'utf8'))).toEqual(
    service.json,
  );
  expect((await readdir(folder, { recursive: true })).toSorted()).toEqual([
    '.done',
    'manifest.json',
    'master',
    MASTER.path,
    SHOTS.path,
  ]);
}

async function verify(folder: string) {
  const out = new Lines();
  const code = await runVerify({ transfers: bench.transfers, out }, folder).catch(
    (thrown: unknown) => out.failed(thrown),
  );
  return { code, result: out.result };
}

async function repair(folder: string, options = {}) {
  const out = new Lines();
  const code = await runRepair({ transfers: bench.transfers, out }, folder, options).catch(
    (thrown: unknown) => out.failed(thrown),
  );
  return { code, result: out.result };
}

test('one flipped byte: verify names file and piece, repair fetches that piece and nothing else', async () => {
  await fetched();
  await flip(masterFile(), 3 * MIB + 17);
  const before = await stat(masterFile());
  expect(await verify(root())).toMatchObject({
    code: 5,
    result: {
      code: 'hash-mismatch',
      files: [
        { path: MASTER.path, ok: false, badPieces: [3] },
        { path: SHOTS.path, ok: true, badPieces: [] },
      ],
    },
  });
  expect(await repair(root())).toMatchObject({
    code: 0,
    result: {
      ok: true,
      files: [
        { path: masterFile(), ok: true, wasWrong: true, badPieces: [3], downloadedBytes: MIB },
        { ok: true, wasWrong: false, badPieces: [], downloadedBytes: 0 },
      ],
    },
  });
  expect(master().ranges).toEqual([`bytes=${3 * MIB}-${4 * MIB - 1}`]);
  expect((await stat(masterFile())).ino).not.toBe(before.ino);
  await expectWhole();
  expect(await verify(root())).toMatchObject({ code: 0 });
});

test('what is whole costs nothing and needs no service', async () => {
  await fetched();
  const asked = service.authorised.length;
  expect(await repair(root())).toMatchObject({
    code: 0,
    result: {
      files: [
        { ok: true, wasWrong: false, downloadedBytes: 0 },
        { ok: true, wasWrong: false, downloadedBytes: 0 },
      ],
    },
  });
  expect(service.authorised).toHaveLength(asked);
  expect(master().ranges).toEqual([]);
});

test.each<[string, (file: string) => Promise<void>, number]>([
  ['missing', (file) => rm(file), MASTER.bytes.length],
  ['cut short', (file) => truncate(file, 4 * MIB + 10), 2 * MIB + 333],
  ['too long', (file) => appendFile(file, 'more'), 0],
  ['emptied', (file) => truncate(file, 0), MASTER.bytes.length],
  ['another one', (file) => writeFile(file, content(MASTER.bytes.length, 9)), MASTER.bytes.length],
])('a master that is %s', async (_, spoil, bytes) => {
  await fetched();
  await spoil(masterFile());
  expect(await verify(root())).toMatchObject({ code: 5 });
  expect(await repair(root())).toMatchObject({
    code: 0,
    result: {
      files: [
        // Also where nothing had to be fetched for it.
        { ok: true, wasWrong: true, downloadedBytes: bytes },
        { ok: true, wasWrong: false, downloadedBytes: 0 },
      ],
    },
  });
  await expectWhole();
});

test('a small file without pieces, the manifest itself and the marker come back', async () => {
  const id = await fetched();
  await flip(path.join(root(), SHOTS.path), 2);
  await writeFile(path.join(root(), 'manifest.json'), '{"half');
  expect(await verify(root())).toMatchObject({ code: 5, result: { code: 'manifest-invalid' } });
  expect(await repair(root())).toMatchObject({ code: 5, result: { code: 'manifest-invalid' } });
  // The list knows which package it is.
  await bench.transfers.repair([id]);
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  await expectWhole();
});

test('the wrong file stays in place until the right one takes it, and the marker goes meanwhile', async () => {
  const id = await fetched();
  await flip(masterFile(), 5);
  const spoilt = await readFile(masterFile());
  const stalled = new Promise<void>((resolve) => (origin.onStall = resolve));
  master().faults.push({ kind: 'stall', afterBytes: 0 });
  await bench.transfers.repair([id]);
  await stalled;
  expect((await readFile(masterFile())).equals(spoilt)).toBe(true);
  expect(await readdir(root())).not.toContain('.done');
  await bench.restart();
  await bench.transfers.configure({});
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  await expectWhole();
});

test('an interrupted repair goes on with what it has', async () => {
  const id = await fetched();
  await writeFile(masterFile(), content(MASTER.bytes.length, 9));
  master().faults.push({ kind: 'stall', afterBytes: 4 * MIB });
  const asked = master().ranges.length;
  await bench.transfers.repair([id]);
  // Until it asks, the row still has the bytes of the finished download.
  await expect.poll(() => master().ranges).toHaveLength(asked + 1);
  await received(bench.transfers, id, 3 * MIB);
  await bench.restart();
  await bench.transfers.configure({});
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  expect(Number(/^bytes=(\d+)-/u.exec(master().ranges.at(-1) ?? '')?.[1])).toBeGreaterThanOrEqual(
    3 * MIB,
  );
  await expectWhole();
});

test('a folder that was moved is repaired where it is, also by a home that never saw it', async () => {
  await fetched();
  const moved = path.join(bench.folder, 'archive', 'Harvest, final');
  await mkdir(path.dirname(moved));
  await rename(root(), moved);
  await flip(path.join(moved, MASTER.path), MIB);
  expect(await repair(moved)).toMatchObject({
    code: 0,
    result: { files: [{ path: path.join(moved, MASTER.path), badPieces: [1] }, {}] },
  });
  await expectWhole(moved);
  expect(await readdir(bench.to)).toEqual([]);
});

test('what was confirmed for a package holds where it was moved to, and for a copy of it', async () => {
  const authorise = service.authorise.bind(service);
  service.authorise = async (name, request) => {
    if (!request.acknowledge.includes('rst_1'))
      throw new AppError('restriction-unacknowledged', 'Confirm the restrictions first', {
        restrictionIds: ['rst_1'],
      });
    return authorise(name, request);
  };
  const id = await fetched(['rst_1']);
  const rows = async () =>
    (await bench.transfers.list('all', { offset: 0, count: 9 })).rows.map((row) => [
      row.id,
      row.title,
      row.state.phase,
    ]);
  const copy = path.join(bench.folder, 'copy', 'Harvest');
  await cp(root(), copy, { recursive: true });
  await flip(path.join(copy, MASTER.path), MIB);
  expect(await repair(copy)).toMatchObject({ code: 0 });
  await expectWhole(copy);
  expect(await rows()).toEqual([
    [id, 'Harvest', 'done'],
    [expect.any(String), 'Harvest', 'done'],
  ]);
  await rm(copy, { recursive: true });
  const moved = path.join(bench.folder, 'archive', 'Harvest, final');
  await mkdir(path.dirname(moved));
  await rename(root(), moved);
  expect(await verify(moved)).toMatchObject({ code: 0 });
  expect(await repair(moved)).toMatchObject({ code: 0 });
  await flip(path.join(moved, MASTER.path), MIB);
  expect(await repair(moved)).toMatchObject({ code: 0 });
  await expectWhole(moved);
  expect(await rows()).toHaveLength(2);
  const { items } = await bench.transfers.history(
    { search: '', fromMs: null, toMs: null, show: 'all' },
    { offset: 0, count: 9 },
  );
  expect(items.map(({ folder, movedFrom }) => [folder, movedFrom])).toContainEqual([moved, copy]);
});

test('a library: every package under the folder is checked and mended', async () => {
  await fetched();
  const second = path.join(bench.to, 'b', 'Second');
  await mkdir(path.dirname(second));
  await rename(root(), second);
  await fetched();
  await flip(path.join(second, MASTER.path), 2 * MIB);
  await rm(path.join(root(), SHOTS.path));
  expect(await verify(bench.to)).toMatchObject({
    code: 5,
    result: {
      files: [
        { path: `Harvest_2026/${MASTER.path}`, ok: true },
        { path: `Harvest_2026/${SHOTS.path}`, ok: false, badPieces: [] },
        { path: `b/Second/${MASTER.path}`, ok: false, badPieces: [2] },
        { path: `b/Second/${SHOTS.path}`, ok: true },
      ],
    },
  });
  expect(await repair(bench.to)).toMatchObject({ code: 0 });
  await expectWhole();
  await expectWhole(second);
});

test('a folder without a package says what to do; a manifest signed by a stranger is refused', async () => {
  const { code, result } = await verify(bench.to);
  expect({ code, result }).toMatchObject({
    code: 7,
    result: { code: 'not-found', message: expect.stringContaining('Use a package folder') },
  });
  await fetched();
  const changed = { ...service.json, rootName: 'Other' };
  await writeFile(path.join(root(), 'manifest.json'), JSON.stringify(changed));
  expect(await verify(root())).toMatchObject({ code: 5, result: { code: 'manifest-invalid' } });
  await writeFile(
    path.join(root(), 'manifest.json'),
    JSON.stringify({
      ...service.json,
      signature: { alg: 'Ed25519', keyId: 'key_9', value: 'AAAA' },
    }),
  );
  expect(await verify(root())).toMatchObject({ code: 5, result: { code: 'untrusted-key' } });
});

test('what the origin cannot give any more leaves the rest as it was', async () => {
  await fetched();
  await flip(masterFile(), 5);
  origin.files.delete('/pkg_1/master/harvest.mov');
  const spoilt = await readFile(masterFile());
  expect(await repair(root())).toMatchObject({ code: 7, result: { code: 'not-found' } });
  expect((await readFile(masterFile())).equals(spoilt)).toBe(true);
});

test('a file that need not be there: the package is ready without it, and a repair gets it later', async () => {
  const files = [...(service.json['files'] as object[])];
  service.json = service.signed({
    ...service.json,
    files: files.map((file, index) => (index === 1 ? { ...file, required: false } : file)),
  });
  const shots = origin.files.get('/pkg_1/shotlist.xml')!;
  shots.faults.push({ kind: 'status', status: 404 });
  const [id = ''] = await bench.transfers.enqueue([item()]);
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  expect(await bench.transfers.detail(id)).toMatchObject({ filesDone: 1, filesTotal: 2 });
  expect(await readdir(root())).toContain('.done');
  expect(await verify(root())).toMatchObject({
    code: 0,
    result: { files: [{ path: MASTER.path, ok: true }] },
  });
  expect(await repair(root())).toMatchObject({ code: 0 });
  await expectWhole();
});

test('a Metalink: its files in a folder are mended by their pieces', async () => {
  origin.serve('/a.mov', MASTER.bytes);
  const hashes = Array.from(
    { length: 7 },
    (_, i) => `<hash>${sha256(MASTER.bytes.subarray(i * MIB, (i + 1) * MIB))}</hash>`,
  ).join('');
  const metalink = path.join(bench.folder, 'a.meta4');
  await writeFile(
    metalink,
    `<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="a.mov"><size>${MASTER.bytes.length}</size><hash type="sha-256">${sha256(MASTER.bytes)}</hash>
    <pieces type="sha-256" length="${MIB}">${hashes}</pieces><url>${origin.url}/a.mov</url></file></metalink>`,
  );
  await writeFile(path.join(bench.to, 'a.mov'), MASTER.bytes);
  await flip(path.join(bench.to, 'a.mov'), 2 * MIB);
  expect(await repair(bench.to, { metalink })).toMatchObject({
    code: 0,
    result: { files: [{ ok: true, badPieces: [2], downloadedBytes: MIB }] },
  });
  expect(sha256(await readFile(path.join(bench.to, 'a.mov')))).toBe(sha256(MASTER.bytes));
  expect(await readdir(bench.to)).toEqual(['a.mov']);
  // Its text is stored: the file itself isn't needed any more.
  await rm(metalink);
  await flip(path.join(bench.to, 'a.mov'), 4 * MIB);
  const found = new Promise<VerificationView>((resolve) =>
    bench.transfers.onVerification((view) => !view.isRunning && resolve(view)),
  );
  await bench.transfers.verify(null);
  const { faults } = await found;
  expect(faults).toMatchObject([{ files: [{ path: 'a.mov', badPieces: [4] }] }]);
  await bench.transfers.repair([faults[0]?.id ?? '']);
  expect(await settled(bench.transfers, faults[0]?.id ?? '')).toEqual({ phase: 'done' });
  expect(sha256(await readFile(path.join(bench.to, 'a.mov')))).toBe(sha256(MASTER.bytes));
});

test('a check of all that is done tells its progress and what it found, and can be stopped', async () => {
  const id = await fetched();
  await flip(masterFile(), 4 * MIB);
  const views: VerificationView[] = [];
  const ended = new Promise<VerificationView>((resolve) =>
    bench.transfers.onVerification((view) => {
      views.push(view);
      if (!view.isRunning) resolve(view);
    }),
  );
  await bench.transfers.verify(null);
  expect(await ended).toMatchObject({
    isRunning: false,
    packagesDone: 1,
    packagesTotal: 1,
    doneBytes: MASTER.bytes.length + 8,
    totalBytes: MASTER.bytes.length + 8,
    faulty: 1,
    faults: [
      {
        id,
        title: 'Harvest',
        badFiles: 1,
        files: [{ path: MASTER.path, missing: false, badPieces: [4] }],
        error: null,
      },
    ],
  });
  await bench.transfers.verify([id]);
  await bench.transfers.stopVerify();
  await bench.transfers.dismissVerification();
});
