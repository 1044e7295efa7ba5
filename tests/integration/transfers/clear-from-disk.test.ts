import {
  copyFile,
  cp,
  link,
  mkdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { Bench } from '../../support/engine/bench.ts';
import { content } from '../../support/engine/origin.ts';
import { PackageService } from '../../support/engine/package.ts';
import { openBench, openOrigin } from '../../support/engine/per-test.ts';
import {
  fetched,
  marked,
  namesIn,
  NOON,
  polled,
  recallsOf,
} from '../../support/engine/recalled.ts';
import { eventually } from '../../support/eventually.ts';

const MIB = 1024 * 1024;
const MASTER = content(3 * MIB);
const SCRIPT = 'The harvest begins.';
let bench: Bench;
const at = (...names: string[]) => path.join(bench.to, ...names);
const HOME = () => at('Harvest_2026');

beforeEach(async () => {
  const origin = await openOrigin();
  const service = new PackageService(origin, [
    { path: 'video/master.mov', bytes: MASTER },
    { path: 'script_en.txt', bytes: Buffer.from(SCRIPT) },
  ]);
  bench = await openBench({ ports: { source: service } });
});

async function withdrawn(): Promise<string> {
  const id = await fetched(bench);
  await polled(bench, 'withdrawn');
  await marked(bench);
  return id;
}
const places = async () => (await bench.transfers.clearable()).items;
/** As the app does it: the ledger comes between the two. */
async function cleared(id: string, folder = HOME()) {
  const result = await bench.transfers.clearFromDisk({ id, folder });
  await bench.transfers.clearedFromDisk({ id, folder });
  return result;
}

test('a withdrawn package is listed with what it takes, and only it goes; the history stays', async () => {
  const id = await withdrawn();
  await writeFile(at('neighbour.txt'), 'mine');
  expect(await bench.transfers.clearable()).toEqual({
    away: 0,
    items: [
      {
        id,
        title: 'Harvest',
        folder: HOME(),
        kind: 'package',
        reason: 'withdrawn',
        files: 2,
        bytes: 3 * MIB + SCRIPT.length,
      },
    ],
  });
  expect(await cleared(id)).toMatchObject({
    id,
    files: 2,
    bytes: 3 * MIB + SCRIPT.length,
    left: 0,
    reason: 'withdrawn',
    subject: { assetId: 'ast_1', packageId: 'pkg_1', rev: 1, title: 'Harvest' },
  });
  expect(await namesIn(bench.to)).toEqual(['neighbour.txt']);
  expect(await places()).toEqual([]);
  // Off the list, and no longer here; what is known of it stays.
  expect((await bench.transfers.list('all', { offset: 0, count: 10 })).total).toBe(0);
  expect(await bench.transfers.packages()).toMatchObject([
    { id, isDone: true, isHere: false, isRemoved: true },
  ]);
  expect(await bench.transfers.detail(id)).toMatchObject({ title: 'Harvest' });
  await bench.restart();
  expect(await bench.transfers.packages()).toMatchObject([{ id, isHere: false }]);
});

test('what somebody has added or changed stays, and so does its folder', async () => {
  const id = await withdrawn();
  await writeFile(at('Harvest_2026', 'notes.txt'), 'mine');
  await writeFile(at('Harvest_2026', 'video', 'cut.mov'), 'mine');
  // Of the same length, by another hand.
  await writeFile(at('Harvest_2026', 'script_en.txt'), SCRIPT.replace('harvest', 'HARVEST'));
  await writeFile(at('Harvest_2026', 'RECALLED.txt'), 'my own words');
  expect(await cleared(id)).toMatchObject({ files: 1, bytes: 3 * MIB, left: 1 });
  expect(await namesIn(HOME())).toEqual(['RECALLED.txt', 'notes.txt', 'script_en.txt', 'video']);
  expect(await namesIn(at('Harvest_2026', 'video'))).toEqual(['cut.mov']);
  expect(await readFile(at('Harvest_2026', 'notes.txt'), 'utf8')).toBe('mine');
});

test('a file of another size in the place of one of the package is not its own', async () => {
  const id = await withdrawn();
  await truncate(at('Harvest_2026', 'video', 'master.mov'), MIB);
  expect(await places()).toMatchObject([{ files: 1, bytes: SCRIPT.length }]);
  expect(await cleared(id)).toMatchObject({ files: 1, left: 1 });
  expect(existsSync(at('Harvest_2026', 'video', 'master.mov'))).toBe(true);
});

test.runIf(process.platform !== 'win32')(
  'links are not followed: neither a file, nor a folder in the package, nor the package’s own',
  async () => {
    const id = await withdrawn();
    await mkdir(at('Archive', 'video'), { recursive: true });
    await copyFile(at('Harvest_2026', 'video', 'master.mov'), at('Archive', 'video', 'master.mov'));
    await writeFile(at('Archive', 'script.txt'), SCRIPT);
    // The script is a link to a file like it, the folder of the master one to another folder.
    await rm(at('Harvest_2026', 'script_en.txt'));
    await symlink(at('Archive', 'script.txt'), at('Harvest_2026', 'script_en.txt'));
    await rm(at('Harvest_2026', 'video'), { recursive: true });
    await symlink(at('Archive', 'video'), at('Harvest_2026', 'video'));
    expect(await cleared(id)).toMatchObject({ files: 0, left: 2 });
    expect(await namesIn(at('Archive'))).toEqual(['script.txt', 'video']);
    expect(await namesIn(at('Archive', 'video'))).toEqual(['master.mov']);
    expect(await namesIn(HOME())).toEqual(['script_en.txt', 'video']);
  },
);

test.runIf(process.platform !== 'win32')(
  'a package whose folder has become a link is neither listed nor deleted',
  async () => {
    const id = await withdrawn();
    await rename(HOME(), path.join(bench.folder, 'elsewhere'));
    await symlink(path.join(bench.folder, 'elsewhere'), HOME());
    expect(await places()).toEqual([]);
    await expect(cleared(id)).rejects.toMatchObject({ code: 'not-permitted' });
    expect(await namesIn(path.join(bench.folder, 'elsewhere'))).toContain('video');
  },
);

test('another name of a file stays with its content', async () => {
  const id = await withdrawn();
  await link(at('Harvest_2026', 'video', 'master.mov'), at('kept.mov'));
  await cleared(id);
  expect(MASTER.equals(await readFile(at('kept.mov')))).toBe(true);
});

test('another package in the folder is not touched', async () => {
  const id = await withdrawn();
  const manifest = JSON.parse(
    await readFile(at('Harvest_2026', 'manifest.json'), 'utf8'),
  ) as object;
  await writeFile(
    at('Harvest_2026', 'manifest.json'),
    JSON.stringify({ ...manifest, packageId: 'pkg_other' }),
  );
  expect(await places()).toEqual([]);
  await expect(cleared(id)).rejects.toMatchObject({ code: 'not-found' });
  expect(await namesIn(at('Harvest_2026', 'video'))).toEqual(['master.mov']);
});

test.each([
  ['on-hold', []],
  ['expired', ['expired']],
  ['withdrawn', ['withdrawn']],
] as const)('what is %s may be cleared away: %j', async (state, reasons) => {
  await fetched(bench);
  await polled(bench, state);
  expect((await places()).map(({ reason }) => reason)).toEqual(reasons);
});

test('nothing is deleted that may be used, and nothing that nobody has named', async () => {
  const id = await fetched(bench);
  await expect(cleared(id)).rejects.toMatchObject({ code: 'not-found' });
  await polled(bench, 'withdrawn');
  await marked(bench);
  await expect(cleared(id, bench.to)).rejects.toMatchObject({ code: 'not-found' });
  await expect(cleared('trf_none')).rejects.toMatchObject({ code: 'not-found' });
  // Released between the list and the answer.
  await polled(bench, null, { atMs: NOON + 1 });
  await expect(cleared(id)).rejects.toMatchObject({ code: 'not-found' });
  expect(await namesIn(at('Harvest_2026', 'video'))).toEqual(['master.mov']);
});

test('copies are places of their own: a whole one goes like the package, a single file by its hash', async () => {
  const id = await fetched(bench);
  await cp(HOME(), at('archive', 'Old harvest'), { recursive: true });
  await mkdir(at('edit'));
  await copyFile(at('Harvest_2026', 'video', 'master.mov'), at('edit', 'clip 7.mov'));
  await writeFile(at('edit', 'other.mov'), 'other');
  await polled(bench, 'withdrawn');
  await eventually(async () => {
    const [newest] = await recallsOf(bench);
    expect(newest?.copies).toBe('searched');
    expect(newest?.places.map(({ notice }) => notice)).toEqual(['written', 'written', 'written']);
  });
  expect(
    (await places())
      .map(({ kind, folder, files }) => `${kind} ${path.relative(bench.to, folder)}: ${files}`)
      .toSorted((a, b) => (a < b ? -1 : 1)),
  ).toEqual([
    `copy ${path.join('archive', 'Old harvest')}: 2`,
    'copy edit: 1',
    'package Harvest_2026: 2',
  ]);
  // Another film of the same length has taken the clip’s name.
  await writeFile(at('edit', 'clip 7.mov'), content(3 * MIB, 9));
  expect(await cleared(id, at('edit'))).toMatchObject({ files: 0, left: 1 });
  await copyFile(at('Harvest_2026', 'video', 'master.mov'), at('edit', 'clip 7.mov'));
  expect(await cleared(id, at('edit'))).toMatchObject({ files: 1, bytes: 3 * MIB, left: 0 });
  expect(await namesIn(at('edit'))).toEqual(['other.mov']);
  expect(await cleared(id, at('archive', 'Old harvest'))).toMatchObject({ files: 2 });
  expect(await namesIn(bench.to)).toEqual(['Harvest_2026', 'archive', 'edit']);
  expect(await namesIn(at('archive'))).toEqual([]);
  // The package itself is as it was.
  expect(await places()).toMatchObject([{ kind: 'package', files: 2 }]);
  expect((await bench.transfers.list('all', { offset: 0, count: 10 })).total).toBe(1);
});

test('removed from the list it can be cleared all the same', async () => {
  const id = await withdrawn();
  await bench.transfers.clear([id]);
  await bench.restart();
  expect(await places()).toMatchObject([{ id, files: 2 }]);
  await cleared(id);
  expect(await namesIn(bench.to)).toEqual([]);
});

test('ended before it was recorded, it is not usable, is still listed, and is cleared the second time', async () => {
  const id = await withdrawn();
  await bench.transfers.clearFromDisk({ id, folder: HOME() });
  expect(await namesIn(HOME())).toEqual(['manifest.json', 'video']);
  await bench.restart();
  expect(await places()).toMatchObject([{ id, files: 0, bytes: 0 }]);
  expect(await cleared(id)).toMatchObject({ files: 0, left: 0 });
  expect(await namesIn(bench.to)).toEqual([]);
});

test('what somebody has deleted already isn’t listed', async () => {
  await withdrawn();
  await rm(bench.to, { recursive: true });
  expect(await bench.transfers.clearable()).toEqual({ items: [], away: 0 });
});
