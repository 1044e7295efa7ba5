import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { createDisk } from '../../../src/main/adapters/fs/disk.ts';
import type { PackageItem } from '../../../src/main/transfers/api.ts';
import { flip } from '../../support/engine/flipped-byte.ts';
import { type Origin, content, sha256 } from '../../support/engine/origin.ts';
import { get, received, settled, type Bench } from '../../support/engine/bench.ts';
import { PackageService } from '../../support/engine/package.ts';
import { openBench, openOrigin } from '../../support/engine/per-test.ts';

const MIB = 1024 * 1024;
const FILES = [
  { path: 'master/harvest.mov', bytes: content(3 * MIB + 333) },
  { path: 'shotlist.xml', bytes: Buffer.from('<shots/>') },
  { path: 'empty.srt', bytes: Buffer.alloc(0) },
];
let origin: Origin;
let service: PackageService;
let bench: Bench;
let maxFileBytes: number | null;
/** Runs right after a copy was made, to damage it. */
let spoilsCopy: (to: string) => Promise<void>;
/** Folders that were searched. */
let looked: string[];
beforeEach(async () => {
  origin = await openOrigin();
  service = new PackageService(origin, FILES);
  maxFileBytes = null;
  looked = [];
  const disk = createDisk();
  spoilsCopy = async () => {};
  const copy = async (from: string, to: string) => {
    await disk.copy(from, to);
    await spoilsCopy(to);
  };
  const watched = {
    ...disk,
    copy,
    maxFileBytes: async () => maxFileBytes,
    entries: (folder: string) => (looked.push(folder), disk.entries(folder)),
  };
  bench = await openBench({ ports: { source: service, disk: watched } });
  await mkdir(bench.to);
});

const root = (to = bench.to) => path.join(to, 'Harvest_2026');
const item = (destination = bench.to): PackageItem => ({
  assetId: 'ast_1',
  packageId: 'pkg_1',
  rev: 1,
  title: 'Harvest',
  label: 'HD',
  purpose: 'broadcast',
  destination,
  acknowledge: [],
});
const requests = () =>
  [...origin.files.values()].reduce((sum, file) => sum + file.ranges.length, 0);

async function run(destination = bench.to) {
  const [id = ''] = await bench.transfers.enqueue([item(destination)], { makeDestination: true });
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  for (const file of FILES)
    expect(sha256(await readFile(path.join(root(destination), file.path)))).toBe(
      sha256(file.bytes),
    );
  return id;
}

/** Requests to the service and its origin in one more run of the package. */
async function cost(destination = bench.to) {
  const before = { requests: requests(), authorised: service.authorised.length };
  await run(destination);
  return {
    requests: requests() - before.requests,
    authorised: service.authorised.length - before.authorised,
  };
}
const NOTHING = { requests: 0, authorised: 0 };

test('in place', async () => {
  await run();
  expect(await cost()).toEqual(NOTHING);
});

test('to another folder: copied from where it is', async () => {
  await run();
  expect(await cost(path.join(bench.folder, 'second'))).toEqual(NOTHING);
  expect(await readdir(root())).toContain('.done');
});

test.each(['inside', 'renamed'])('after the folder was moved (%s)', async (how) => {
  await run();
  const moved =
    how === 'inside'
      ? path.join(bench.to, 'archive', '2026', 'Harvest_2026')
      : path.join(bench.to, 'another name');
  await mkdir(path.dirname(moved), { recursive: true });
  await rename(root(), moved);
  expect(await cost()).toEqual(NOTHING);
});

test('after single files were moved to a folder that another transfer went to', async () => {
  origin.serve('/other.txt', Buffer.from('x'));
  const other = path.join(bench.folder, 'other');
  await get(bench, { url: `${origin.url}/other.txt`, destination: other });
  await run();
  await rename(path.join(root(), 'master/harvest.mov'), path.join(other, 'taken.mov'));
  expect(await cost()).toEqual(NOTHING);
  expect(await readdir(other)).toEqual(['other.txt', 'taken.mov']);
});

test('also when the list was cleared', async () => {
  const id = await run();
  await bench.transfers.clear([id]);
  await rename(root(), path.join(bench.to, 'kept'));
  expect(await cost()).toEqual(NOTHING);
});

test('what has been changed since is not taken for it', async () => {
  await run();
  const spoilt = Buffer.from(FILES[0]!.bytes);
  spoilt[7] = 0;
  await writeFile(path.join(root(), 'master/harvest.mov'), spoilt);
  const before = requests();
  await run(path.join(bench.folder, 'second'));
  expect(requests()).toBeGreaterThan(before);
});

test.each<[string, number, (file: string) => Promise<void>, 'kept' | null, number]>([
  ['one byte of a file without pieces', 1, (file) => flip(file, 3), null, FILES[1]!.bytes.length],
  ['one byte of a file with pieces', 0, (file) => flip(file, MIB + 3), 'kept', MIB],
  [
    'every piece',
    0,
    (file) => writeFile(file, content(FILES[0]!.bytes.length, 9)),
    null,
    FILES[0]!.bytes.length,
  ],
])(
  'a copy of which %s is wrong: what is wrong is fetched, the report does not tell more than stayed, and nobody is blamed',
  async (_, index, spoil, stays, fetchedBytes) => {
    await run();
    await rename(root(), path.join(bench.to, 'kept'));
    const { path: name } = FILES[index]!;
    spoilsCopy = (to) => (to.endsWith(`${name}.part`) ? spoil(to) : Promise.resolve());
    const id = await run();
    const { files } = JSON.parse((await bench.transfers.evidence(id, 'json', 'en')).text);
    const { copiedFrom, origins } = files[index].evidence;
    expect(copiedFrom).toBe(stays && path.join(bench.to, stays, name));
    expect(origins).toMatchObject([{ bytes: fetchedBytes, faults: [], dropped: false }]);
  },
);

test('content that was never here is not looked for', async () => {
  await run();
  expect(looked).toEqual([]);
  await rm(root(), { recursive: true });
  await run();
  expect(looked).toContain(bench.to);
});

test('files too large for the volume are refused before a byte is asked for', async () => {
  maxFileBytes = 2 * MIB;
  const [id = ''] = await bench.transfers.enqueue([item()]);
  expect(await settled(bench.transfers, id)).toMatchObject({
    phase: 'failed',
    code: 'file-too-large',
    message: expect.stringContaining('2.1 MB at most'),
  });
  expect(requests()).toBe(0);
});

test('what was on disk when the program ended is told from the start', async () => {
  await bench.transfers.configure({ connectionsPerFile: 1 });
  origin.files
    .get('/pkg_1/master/harvest.mov')!
    .faults.push({ kind: 'stall', afterBytes: 2 * MIB });
  const [id = ''] = await bench.transfers.enqueue([item()]);
  await received(bench.transfers, id, 1.5 * MIB);
  await bench.restart();
  expect((await bench.transfers.detail(id)).receivedBytes).toBeGreaterThanOrEqual(1.5 * MIB);
});
