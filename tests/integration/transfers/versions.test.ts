import { mkdir, open, readFile, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { settled, type Bench } from '../../support/engine/bench.ts';
import { content, sha256, type Origin } from '../../support/engine/origin.ts';
import { PackageService, type TestFile } from '../../support/engine/package.ts';
import { openBench, openOrigin } from '../../support/engine/per-test.ts';

const MIB = 1024 * 1024;
const MASTER = 'master/harvest.mov';
const SHOTS = 'shotlist.xml';
const FILES: TestFile[] = [
  { path: MASTER, bytes: content(9 * MIB + 333), mediaType: 'video/quicktime' },
  { path: SHOTS, bytes: Buffer.from('<shots year="1996"/>'), mediaType: 'application/xml' },
  { path: 'stills/01.jpg', bytes: content(50_000, 3), mediaType: 'image/jpeg' },
];
/** The publisher corrects the shotlist, and a line that is burnt into two pieces of the master. */
const CORRECTED = FILES.map((file): TestFile => {
  if (file.path === SHOTS) return { ...file, bytes: Buffer.from('<shots year="2006"/>') };
  if (file.path !== MASTER) return file;
  const bytes = Buffer.from(file.bytes);
  content(MIB, 7).copy(bytes, 4 * MIB + 500_000);
  return { ...file, bytes };
});

let origin: Origin;
let service: PackageService;
let bench: Bench;
beforeEach(async () => {
  origin = await openOrigin();
  service = new PackageService(origin, FILES);
  bench = await openBench({ ports: { source: service } });
  await mkdir(bench.to);
});

async function fetchVersion(rev: number): Promise<string> {
  const [id = ''] = await bench.transfers.enqueue([
    {
      assetId: 'ast_1',
      packageId: 'pkg_1',
      rev,
      title: 'Harvest',
      label: 'Broadcast',
      purpose: 'broadcast',
      destination: bench.to,
      acknowledge: [],
    },
  ]);
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  return id;
}

/** From now on the service has the other files, as the next version. */
function publish(files: TestFile[], rev: number): void {
  const { files: listed, totalBytes } = new PackageService(origin, files).json;
  service.json = service.signed({ ...service.json, rev, totalBytes, files: listed });
}

const first = () => path.join(bench.to, 'Harvest_2026');
const second = () => path.join(bench.to, 'Harvest_2026 (2)');
async function expectWhole(folder: string, files: TestFile[]): Promise<void> {
  expect(await readdir(folder)).toContain('.done');
  for (const file of files)
    expect([file.path, sha256(await readFile(path.join(folder, file.path)))]).toEqual([
      file.path,
      sha256(file.bytes),
    ]);
}
const fetched = async (id: string): Promise<Record<string, number>> =>
  Object.fromEntries(
    (await bench.transfers.report(id)).map(({ path: at, downloadedBytes }) => [
      path.relative(second(), at),
      downloadedBytes,
    ]),
  );

test('of a new version only the pieces that differ are fetched, and the earlier one stays as it is', async () => {
  await fetchVersion(1);
  publish(CORRECTED, 2);
  const id = await fetchVersion(2);
  await expectWhole(second(), CORRECTED);
  await expectWhole(first(), FILES);
  expect(await fetched(id)).toEqual({
    [MASTER]: 2 * MIB,
    [SHOTS]: CORRECTED[1]?.bytes.length,
    'stills/01.jpg': 0,
  });
  const report = JSON.parse((await bench.transfers.evidence(id, 'json', 'en')).text) as {
    files: { path: string; evidence: { copiedFrom: string | null } }[];
  };
  expect(report.files.find((file) => file.path.endsWith(MASTER))?.evidence.copiedFrom).toBe(
    path.join(first(), MASTER),
  );
  expect(await bench.transfers.verifyFolder(second())).toMatchObject([
    { signed: { rev: 2 }, files: CORRECTED.map(() => ({ ok: true })) },
  ]);
});

test('a piece of the earlier version that was damaged on the disk is fetched', async () => {
  await fetchVersion(1);
  const file = await open(path.join(first(), MASTER), 'r+');
  await file.write(Buffer.from('damaged'), 0, 7, 8 * MIB);
  await file.close();
  publish(CORRECTED, 2);
  const id = await fetchVersion(2);
  await expectWhole(second(), CORRECTED);
  expect((await fetched(id))[MASTER]).toBe(3 * MIB);
});

test('longer or shorter than before, and without the earlier files, the new version is whole', async () => {
  await fetchVersion(1);
  const [master, ...rest] = CORRECTED;
  const longer = [{ ...master!, bytes: Buffer.concat([master!.bytes, content(MIB, 9)]) }, ...rest];
  publish(longer, 2);
  await fetchVersion(2);
  await expectWhole(second(), longer);
  const shorter = [{ ...master!, bytes: master!.bytes.subarray(0, 7 * MIB + 5) }, ...rest];
  publish(shorter, 3);
  await fetchVersion(3);
  await expectWhole(path.join(bench.to, 'Harvest_2026 (3)'), shorter);
  await rm(first(), { recursive: true });
  await rm(second(), { recursive: true });
  publish(longer, 4);
  await fetchVersion(4);
  expect((await readdir(bench.to)).toSorted()).toEqual(['Harvest_2026 (3)', 'Harvest_2026 (4)']);
});
