import { appendFile, mkdir, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { VerificationView, EnqueueItem } from '../../../src/main/transfers/api.ts';
import { flip } from '../../support/engine/flipped-byte.ts';
import { metalinkOf } from '../../support/engine/metalink.ts';
import { type Origin, content, sha256 } from '../../support/engine/origin.ts';
import { received, settled, type Bench } from '../../support/engine/bench.ts';
import { PackageService } from '../../support/engine/package.ts';
import { openBench, openOrigin } from '../../support/engine/per-test.ts';

const MIB = 1024 * 1024;
const BYTES = content(3 * MIB + 333);
let origin: Origin;
let bench: Bench;
beforeEach(async () => {
  origin = await openOrigin();
  origin.serve('/a.mov', BYTES);
  const service = new PackageService(
    origin,
    [{ path: 'a.mov', bytes: BYTES, pieceBytes: 64 * MIB }],
    { rootName: 'Root' },
  );
  bench = await openBench({ ports: { source: service }, settings: { connectionsPerFile: 1 } });
  await mkdir(bench.to);
});

const common = () => ({ destination: bench.to, sha256: null, hashAnyway: false });
const address = (more: { sha256?: string; hashAnyway?: boolean } = {}): EnqueueItem => ({
  ...common(),
  url: `${origin.url}/a.mov`,
  metalink: false,
  ...more,
});
const inMetalink = (text: string): EnqueueItem => ({
  ...common(),
  url: 'a.meta4',
  metalink: true,
  metalinkText: text,
});
const whole = () =>
  metalinkOf([{ name: 'a.mov', bytes: BYTES, url: `${origin.url}/a.mov`, pieceBytes: null }]);
const withoutSize = () => whole().replace(/<size>\d+<\/size>/u, '');
const aPackage = (): EnqueueItem => ({
  assetId: 'ast_1',
  packageId: 'pkg_1',
  rev: 1,
  title: 'A',
  label: 'A',
  purpose: 'broadcast',
  destination: bench.to,
  acknowledge: [],
});

type Case = { name: string; item: () => EnqueueItem; verified: boolean; folder?: string };
const CASES: Case[] = [
  {
    name: 'a package whose manifest has no pieces of it',
    item: aPackage,
    verified: true,
    folder: 'Root',
  },
  {
    name: 'a Metalink with the hash of the whole',
    item: () => inMetalink(whole()),
    verified: true,
  },
  {
    name: 'a Metalink with the hash of the whole and no size',
    item: () => inMetalink(withoutSize()),
    verified: true,
  },
  {
    name: 'an address with its hash',
    item: () => address({ sha256: sha256(BYTES) }),
    verified: true,
  },
  {
    name: 'an address whose hash was taken when it came',
    item: () => address({ hashAnyway: true }),
    verified: false,
  },
];

const fileOf = ({ folder = '' }: Pick<Case, 'folder'>) => path.join(bench.to, folder, 'a.mov');
const asked = () => [...origin.files.values()].flatMap(({ ranges }) => ranges);

async function fetched(item: EnqueueItem): Promise<string> {
  const [id = ''] = await bench.transfers.enqueue([item]);
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  for (const file of origin.files.values()) file.ranges.length = 0;
  // A new program.
  await bench.restart();
  return id;
}

async function checked(): Promise<VerificationView['faults'][number]['files']> {
  const found = new Promise<VerificationView>((resolve) =>
    bench.transfers.onVerification((view) => !view.isRunning && resolve(view)),
  );
  await bench.transfers.verify(null);
  const { faults } = await found;
  return faults.flatMap(({ files }) => files);
}

async function repaired(id: string) {
  await bench.transfers.repair([id]);
  const state = await settled(bench.transfers, id);
  return {
    state,
    files: (await bench.transfers.report(id)).map(({ verified, downloadedBytes, badPieces }) => ({
      verified,
      downloadedBytes,
      badPieces,
    })),
  };
}

describe.each(CASES)('$name', ({ item, verified, ...one }) => {
  test.each<[string, (file: string) => Promise<void>, boolean]>([
    ['one byte is another', (file) => flip(file, 2 * MIB), false],
    ['it is cut short', (file) => truncate(file, MIB), false],
    ['it is too long', (file) => appendFile(file, 'more'), false],
    ['it is gone', (file) => rm(file), true],
  ])(
    '%s: the check names the file, the repair fetches all of it again',
    async (_, spoil, missing) => {
      const id = await fetched(item());
      await spoil(fileOf(one));
      expect(await checked()).toEqual([{ path: 'a.mov', ok: false, missing, badPieces: [] }]);
      expect(await repaired(id)).toEqual({
        state: { phase: 'done' },
        files: [{ verified, downloadedBytes: BYTES.length }],
      });
      expect(sha256(await readFile(fileOf(one)))).toBe(sha256(BYTES));
      expect(await readdir(path.dirname(fileOf(one)))).not.toContain('a.mov.part');
      expect(await checked()).toEqual([]);
    },
  );

  test('what is whole is looked at and costs nothing', async () => {
    const id = await fetched(item());
    expect([await checked(), await repaired(id), asked()]).toEqual([
      [],
      { state: { phase: 'done' }, files: [{ verified, downloadedBytes: 0 }] },
      [],
    ]);
  });

  test('a repair that was interrupted goes on, and the wrong file stays until it is through', async () => {
    const id = await fetched(item());
    await flip(fileOf(one), 5);
    const spoilt = await readFile(fileOf(one));
    const served = origin.files.get(one.folder === undefined ? '/a.mov' : '/pkg_1/a.mov');
    served?.faults.push({ kind: 'stall', afterBytes: 2 * MIB });
    await bench.transfers.repair([id]);
    // Until it asks, the row still has the bytes of the finished download.
    await expect.poll(asked).toHaveLength(1);
    await received(bench.transfers, id, MIB);
    await bench.restart();
    expect((await readFile(fileOf(one))).equals(spoilt)).toBe(true);
    await bench.transfers.configure({});
    expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
    expect(asked()).toEqual([
      expect.stringMatching(/^bytes=0-/u),
      expect.stringMatching(/^bytes=[1-9]/u),
    ]);
    expect(sha256(await readFile(fileOf(one)))).toBe(sha256(BYTES));
  });
});

test('where nothing but its length is known, another length is mended', async () => {
  const id = await fetched(address());
  await appendFile(fileOf({}), 'more');
  expect(await checked()).toMatchObject([{ path: 'a.mov', ok: false }]);
  expect(await repaired(id)).toMatchObject({
    state: { phase: 'done' },
    files: [{ verified: false, downloadedBytes: BYTES.length }],
  });
  expect(sha256(await readFile(fileOf({})))).toBe(sha256(BYTES));
});

test('a part file that somebody else has made beside it since is left alone, and told', async () => {
  const id = await fetched(address({ sha256: sha256(BYTES) }));
  await writeFile(`${fileOf({})}.part`, 'a browser is writing here');
  expect(await repaired(id)).toMatchObject({ state: { phase: 'done' } });
  await flip(fileOf({}), 5);
  expect(await repaired(id)).toMatchObject({ state: { phase: 'failed', code: 'exists' } });
  expect(await readFile(`${fileOf({})}.part`, 'utf8')).toBe('a browser is writing here');
});
