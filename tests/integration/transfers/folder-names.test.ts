import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { createDisk } from '../../../src/main/adapters/fs/disk.ts';
import type { PackageItem } from '../../../src/main/transfers/api.ts';
import {
  assignFolders,
  isSameTarget,
  newTransfer,
} from '../../../src/main/transfers/queue/enqueue.ts';
import type { StoredTransfer } from '../../../src/main/transfers/ports.ts';
import { content, sha256 } from '../../support/engine/origin.ts';
import { PackageService } from '../../support/engine/package.ts';
import { settled } from '../../support/engine/bench.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { openBench, openOrigin } from '../../support/engine/per-test.ts';

let folder: string;
beforeEach(async () => {
  folder = temporaryFolder();
});

const item = (packageId: string, folderName?: string, rev: number | null = null): PackageItem => ({
  assetId: 'ast_1',
  packageId,
  rev,
  title: 'Lake',
  label: '',
  purpose: 'web',
  destination: folder,
  acknowledge: [],
  ...(folderName === undefined ? {} : { folderName }),
});
const stored = (from: PackageItem, more: Partial<StoredTransfer> = {}): StoredTransfer => ({
  ...newTransfer(from, { id: `trf_${from.packageId}`, position: 1, nowMs: 0 }),
  ...more,
});
const names = async (items: PackageItem[], known: StoredTransfer[] = []) =>
  (await assignFolders(items, known, createDisk())).map((one) =>
    'folderName' in one ? one.folderName : null,
  );

test('two packages never share a folder, whatever case they are written in; one package keeps its own', async () => {
  expect(
    await names([
      item('pkg_1', '2026/Lake'),
      item('pkg_2', '2026/LAKE'),
      item('pkg_3', '2026/Lake'),
      item('pkg_4'),
    ]),
  ).toEqual(['2026/Lake', '2026/LAKE (2)', '2026/Lake (3)', null]);
  expect(
    await names(
      [item('pkg_1', 'Another name'), item('pkg_2', 'Lake')],
      [stored(item('pkg_1', 'Lake'))],
    ),
  ).toEqual(['Lake', 'Lake (2)']);
});

test('thousands of packages of one day are told apart by numbers at once', async () => {
  const items = Array.from(
    { length: 10_000 },
    (_, n) =>
      ({ packageId: `pkg_${n}`, folderName: '2026-11-25', destination: '/to' }) as PackageItem,
  );
  const startedAt = performance.now();
  const named = await assignFolders(items, [], { ...createDisk(), entry: async () => null });
  expect([named.at(-1)?.folderName, performance.now() - startedAt < 10_000]).toEqual([
    '2026-11-25 (10000)',
    true,
  ]);
});

test('nor two that only some file system takes for one', async () => {
  expect(
    await names([item('pkg_1', 'Gieße'), item('pkg_2', 'GIEẞE'), item('pkg_3', 'giesse')]),
  ).toEqual(['Gieße', 'GIEẞE (2)', 'giesse (3)']);
});

test('a folder that is there already is taken only if it is of the same package', async () => {
  await mkdir(path.join(folder, 'Lake'));
  await writeFile(path.join(folder, 'Lake', 'notes.txt'), 'somebody else’s');
  await mkdir(path.join(folder, 'Sea'));
  const manifest = {
    manifestVersion: 1,
    packageId: 'pkg_1',
    assetId: 'ast_1',
    rev: 1,
    rootName: 'As_published',
    totalBytes: 1,
    files: [
      {
        fileId: 'fil_1',
        path: 'a.mov',
        bytes: 1,
        mediaType: 'video/quicktime',
        required: true,
        sha256: sha256(content(1, 1)),
      },
    ],
    signature: { alg: 'Ed25519', keyId: 'key_1', value: '' },
  };
  await writeFile(path.join(folder, 'Sea', 'manifest.json'), JSON.stringify(manifest));
  expect(await names([item('pkg_1', 'Lake'), item('pkg_2', 'Sea')])).toEqual([
    'Lake (2)',
    'Sea (2)',
  ]);
  expect(await names([item('pkg_1', 'Sea')])).toEqual(['Sea']);
});

test('a package lands in the folder of its template, of the newest revision, with the publisher’s name in its manifest', async () => {
  const origin = await openOrigin();
  const service = new PackageService(origin, [{ path: 'clip.mov', bytes: content(200_000, 3) }]);
  const bench = await openBench({ ports: { source: service } });
  const wanted = { ...item('pkg_1', '2026-11-24/Lake'), destination: bench.to };
  const [id = ''] = await bench.transfers.enqueue([wanted], { makeDestination: true });
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  const { folder: landed } = await bench.transfers.detail(id);
  expect(landed).toBe(path.join(bench.to, '2026-11-24', 'Lake'));
  expect(JSON.parse(await readFile(path.join(landed, 'manifest.json'), 'utf8'))).toMatchObject({
    rootName: 'Harvest_2026',
    rev: 1,
  });
});

test('queued again without a known revision it is the same, unless that revision is past', () => {
  const open = stored(item('pkg_1', undefined, 1), { state: { phase: 'paused' } });
  const fresh = stored(item('pkg_1'));
  expect(isSameTarget(open, fresh)).toBe(true);
  expect(isSameTarget(open, stored(item('pkg_1', undefined, 2)))).toBe(false);
  for (const code of ['withdrawn', 'superseded', 'not-found'] as const)
    expect(
      isSameTarget(
        { ...open, state: { phase: 'failed', code, message: '', retryable: false } },
        fresh,
      ),
    ).toBe(false);
  expect(
    isSameTarget(
      {
        ...open,
        state: { phase: 'waiting', reason: 'superseded', untilMs: null, shortBytes: null },
      },
      fresh,
    ),
  ).toBe(false);
});
