import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { type Origin, content } from '../../support/engine/origin.ts';
import { PackageService } from '../../support/engine/package.ts';
import { settled, type Bench } from '../../support/engine/bench.ts';
import { openBench, openOrigin } from '../../support/engine/per-test.ts';

let origin: Origin;
let bench: Bench;
beforeEach(async () => {
  origin = await openOrigin();
  const source = new PackageService(origin, [{ path: 'clip.mov', bytes: content(200_000, 3) }]);
  bench = await openBench({ ports: { source } });
});

const enqueue = async (folderName?: string): Promise<string> => {
  const [id = ''] = await bench.transfers.enqueue([
    {
      assetId: 'ast_1',
      packageId: 'pkg_1',
      rev: null,
      title: 'Lake',
      label: '',
      purpose: 'web',
      destination: bench.to,
      acknowledge: [],
      ...(folderName !== undefined && { folderName }),
    },
  ]);
  return id;
};
const elsewhere = (): string => path.join(bench.folder, 'elsewhere');
const folderOf = async (id: string) => (await bench.transfers.detail(id)).folder;

test('what waits for its folder goes to another one, which is made', async () => {
  const id = await enqueue();
  expect(await settled(bench.transfers, id, 'destination-missing')).toMatchObject({
    reason: 'destination-missing',
  });
  await bench.transfers.setDestination(id, elsewhere());
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  expect(await folderOf(id)).toBe(path.join(elsewhere(), 'Harvest_2026'));
  expect(await readFile(path.join(await folderOf(id), 'clip.mov'))).toHaveLength(200_000);
});

test('a name from a template is free in the new folder too, and a paused one stays paused', async () => {
  await bench.transfers.pauseAll(true);
  const id = await enqueue('Lake');
  await bench.transfers.pause([id]);
  await mkdir(path.join(elsewhere(), 'Lake'), { recursive: true });
  await writeFile(path.join(elsewhere(), 'Lake', 'notes.txt'), 'somebody else’s');
  await bench.transfers.setDestination(id, elsewhere());
  expect((await bench.transfers.list('all', { offset: 0, count: 1 })).rows[0]?.state).toEqual({
    phase: 'paused',
  });
  await bench.transfers.pauseAll(false);
  await bench.transfers.resume([id]);
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  expect(await folderOf(id)).toBe(path.join(elsewhere(), 'Lake (2)'));
});

test('what is over, or on its way there already, stays where it is', async () => {
  await mkdir(bench.to);
  const id = await enqueue();
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  await expect(bench.transfers.setDestination(id, elsewhere())).rejects.toMatchObject({
    code: 'usage',
  });
  await bench.transfers.pauseAll(true);
  const again = await enqueue('Again');
  await bench.transfers.setDestination(again, elsewhere());
  const third = await enqueue('Third');
  await expect(bench.transfers.setDestination(third, elsewhere())).rejects.toMatchObject({
    code: 'exists',
  });
  expect((await bench.transfers.detail(third)).folder).toContain(bench.to);
});
