import {
  chmod,
  link,
  mkdir,
  readFile,
  readdir,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { PackageItem } from '../../../src/main/transfers/api.ts';
import { manifestPart } from '../../../src/main/transfers/package/folder.ts';
import { metalinkOf } from '../../support/engine/metalink.ts';
import { type Origin, content, sha256 } from '../../support/engine/origin.ts';
import { get, received, settled, type Bench } from '../../support/engine/bench.ts';
import { PackageService, type TestFile } from '../../support/engine/package.ts';
import { openBench, openOrigin } from '../../support/engine/per-test.ts';

const MIB = 1024 * 1024;
const FILES: TestFile[] = [
  { path: 'master.mov', bytes: content(3 * MIB) },
  { path: 'shots.xml', bytes: Buffer.from('<shots/>') },
];
let origin: Origin;
let service: PackageService;
let bench: Bench;
beforeEach(async () => {
  origin = await openOrigin();
  service = new PackageService(origin, FILES);
  bench = await openBench({
    ports: {
      source: {
        manifest: () => service.manifest(),
        trustedKeys: () => service.trustedKeys(),
        pinnedKeys: () => service.pinnedKeys(),
        authorise: (request) => service.authorise(request),
        renew: (id, fileIds) => service.renew(id, fileIds),
      },
    },
  });
  await mkdir(root(), { recursive: true });
});

const root = (): string => path.join(bench.to, 'Harvest_2026');
const at = (name: string): string => path.join(root(), name);
const outside = (): string => path.join(bench.folder, 'outside');
const item = (): PackageItem => ({
  assetId: 'ast_1',
  packageId: 'pkg_1',
  rev: 1,
  title: 'Harvest',
  label: 'Broadcast',
  purpose: 'broadcast',
  destination: bench.to,
  acknowledge: [],
});
const run = async () => {
  const [id = ''] = await bench.transfers.enqueue([item()]);
  return { id, state: await settled(bench.transfers, id) };
};
/** Kind and content. */
const seen = async (file: string) => {
  const { ino, size, mtimeMs } = await stat(file);
  return { ino, size, mtimeMs, text: await readFile(file, 'utf8') };
};

type Plant = [string, (file: string) => Promise<void>];
const PLANTS: Plant[] = [
  ['a file', (file) => writeFile(file, 'mine')],
  ['an empty file', (file) => writeFile(file, '')],
  [
    'a file that may only be read',
    async (file) => {
      await writeFile(file, 'mine');
      await chmod(file, 0o444);
    },
  ],
  [
    'a hard link to a file elsewhere',
    async (file) => {
      await writeFile(outside(), 'mine');
      await link(outside(), file);
    },
  ],
  [
    'a symbolic link to a file elsewhere',
    async (file) => {
      await writeFile(outside(), 'mine');
      await symlink(outside(), file);
    },
  ],
];

describe.each(['manifest.json.part', '.done.part'])('%s that was there before', (name) => {
  test.each(PLANTS)('as %s is as it was, and the package is whole', async (_, plant) => {
    await plant(at(name));
    const before = await seen(at(name));
    expect((await run()).state).toEqual({ phase: 'done' });
    expect(await seen(at(name))).toEqual(before);
    expect((await readdir(root())).toSorted()).toEqual(
      ['.done', 'manifest.json', 'master.mov', 'shots.xml', name].toSorted(),
    );
    expect(JSON.parse(await readFile(at('manifest.json'), 'utf8'))).toEqual(service.json);
    expect(await bench.transfers.verifyFolder(root())).toMatchObject([
      { error: null, files: [{ ok: true }, { ok: true }] },
    ]);
  });
});

describe('another manifest, or something else in place of the marker, is told before a byte is asked for, and is as it was', () => {
  const cases: [string, string, (file: string) => Promise<void>][] = [
    ...PLANTS.map(([what, plant]): [string, string, Plant[1]] => ['manifest.json', what, plant]),
    ...PLANTS.filter(([what]) => what !== 'an empty file').map(
      ([what, plant]): [string, string, Plant[1]] => ['.done', what, plant],
    ),
  ];
  test.each(cases)('%s as %s', async (name, _, plant) => {
    await plant(at(name));
    const before = await seen(at(name));
    expect((await run()).state).toMatchObject({
      phase: 'failed',
      code: 'exists',
      message: expect.stringContaining(at(name)),
    });
    expect(await seen(at(name))).toEqual(before);
    expect(service.authorised).toEqual([]);
    expect(await readdir(root())).toEqual([name]);
    await rm(at(name));
    expect((await run()).state).toEqual({ phase: 'done' });
  });

  test('a folder', async () => {
    await mkdir(at('.done'));
    expect((await run()).state).toMatchObject({ phase: 'failed', code: 'exists' });
    expect((await stat(at('.done'))).isDirectory()).toBe(true);
  });
});

test('what a killed run has left of a manifest goes by its name only: nothing is written through it', async () => {
  await writeFile(outside(), 'mine');
  const [id = ''] = await bench.transfers.enqueue([item()]);
  await link(outside(), manifestPart(root(), { id }));
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  expect(await readFile(outside(), 'utf8')).toBe('mine');
  expect((await readdir(root())).toSorted()).toEqual([
    '.done',
    'manifest.json',
    'master.mov',
    'shots.xml',
  ]);
});

describe('part files', () => {
  test.each(PLANTS.filter(([what]) => what.includes('link')))(
    'ours that %s has taken the place of is not written through',
    async (_, plant) => {
      const bytes = content(3 * MIB);
      origin.serve('/a.mov', bytes, { faults: [{ kind: 'stall', afterBytes: 2 * MIB }] });
      await bench.transfers.configure({ connectionsPerFile: 1 });
      const [id = ''] = await bench.transfers.enqueue([
        {
          url: `${origin.url}/a.mov`,
          metalink: false,
          destination: bench.to,
          sha256: null,
          hashAnyway: false,
        },
      ]);
      await received(bench.transfers, id, MIB);
      await bench.transfers.pause([id]);
      const part = path.join(bench.to, 'a.mov.part');
      await rm(part);
      await plant(part);
      const before = await seen(outside());
      await bench.transfers.resume([id]);
      expect(await settled(bench.transfers, id)).toMatchObject({
        phase: 'failed',
        code: 'exists',
        message: expect.stringContaining(part),
      });
      expect(await seen(outside())).toEqual(before);
      await bench.transfers.clear([id]);
      expect(await seen(part)).toEqual(before);
    },
  );

  test('a hard link in which a piece is right is still not ours', async () => {
    await writeFile(outside(), FILES[0]!.bytes);
    await link(outside(), at('master.mov.part'));
    const before = await stat(outside());
    expect((await run()).state).toMatchObject({
      phase: 'failed',
      code: 'exists',
      message: expect.stringContaining(at('master.mov.part')),
    });
    expect(await stat(outside())).toMatchObject({
      mtimeMs: before.mtimeMs,
      size: before.size,
      nlink: 2,
    });
  });

  test('one that appears after a run of which nothing came is not ours either', async () => {
    const bytes = content(MIB);
    origin.serve('/a.mov', bytes, { faults: [{ kind: 'status', status: 404 }] });
    const { id, state } = await get(bench, { url: `${origin.url}/a.mov` });
    expect(state).toMatchObject({ phase: 'failed', code: 'not-found' });
    const part = path.join(bench.to, 'a.mov.part');
    await writeFile(part, 'a browser is writing here');
    await bench.transfers.retry([id]);
    expect(await settled(bench.transfers, id)).toMatchObject({ phase: 'failed', code: 'exists' });
    await bench.transfers.clear([id]);
    expect(await readFile(part, 'utf8')).toBe('a browser is writing here');
  });

  test('nor one that appears after content that proved wrong', async () => {
    const bytes = content(MIB);
    origin.serve('/a.mov', bytes);
    const { id, state } = await get(bench, {
      url: `${origin.url}/a.mov`,
      sha256: sha256(Buffer.from('other')),
    });
    expect(state).toMatchObject({ phase: 'failed', code: 'hash-mismatch' });
    const part = path.join(bench.to, 'a.mov.part');
    await writeFile(part, 'a browser is writing here');
    await bench.transfers.retry([id]);
    expect(await settled(bench.transfers, id)).toMatchObject({ phase: 'failed', code: 'exists' });
    expect(await readFile(part, 'utf8')).toBe('a browser is writing here');
  });
});

test.each([
  'manifest.json',
  'Manifest.JSON',
  'man\u0131fest.json',
  'mani\u200dfest.json',
  'MANIFE~1.JSO',
  'MA12EF~1.JSO',
  'manifest.json.part',
  'MANIFEST.json.PART',
  'manifest.json/x.mov',
  'manifest.json.part/x.mov',
  '.done',
  '.DONE',
  '.do\u200bne',
  'DONE~1',
  'do12ef~2',
  '.done.part',
  '.Done.Part',
  '.done/x',
  '.done.part/x',
  'shots.xml.part',
  'SHOTS.XML.part',
  'shots.xml.part/x',
])('a signed package with a file %j is refused as a whole', async (name) => {
  service = new PackageService(origin, [...FILES, { path: name, bytes: Buffer.from('x') }]);
  expect((await run()).state).toMatchObject({ phase: 'failed', code: 'unsafe-name' });
  expect(await readdir(root())).toEqual([]);
});

describe('without a package', () => {
  const bytes = Buffer.from('{"name":"app"}');
  const listed = (name: string) =>
    metalinkOf([{ name, bytes, url: `${origin.url}/x`, pieceBytes: null }]);

  test('a manifest.json is a file like another', async () => {
    origin.serve('/manifest.json', bytes);
    origin.serve('/x', bytes);
    expect((await get(bench, { url: `${origin.url}/manifest.json` })).state).toEqual({
      phase: 'done',
    });
    const other = path.join(bench.folder, 'other');
    expect(
      (
        await get(bench, {
          url: 'a.meta4',
          metalink: true,
          metalinkText: listed('manifest.json'),
          destination: other,
        })
      ).state,
    ).toEqual({ phase: 'done' });
    expect(await readFile(path.join(other, 'manifest.json'))).toEqual(bytes);
  });

  test.each(['.done', '.Done', 'Harvest_2026/.done', 'Harvest_2026/DONE~1'])(
    'nothing marks a folder as a package: %s has another name',
    async (name) => {
      origin.serve('/x', bytes);
      origin.serve(`/${name}`, Buffer.alloc(0));
      expect(
        (await get(bench, { url: 'a.meta4', metalink: true, metalinkText: listed(name) })).files,
      ).toMatchObject([
        {
          path: path.join(bench.to, path.dirname(name), `_${path.basename(name)}`),
          given: name,
          verified: true,
        },
      ]);
      const second = path.join(bench.folder, 'second');
      expect(
        (await get(bench, { url: `${origin.url}/${name}`, destination: second })).state,
      ).toEqual({ phase: 'done' });
      expect(await readdir(second)).toEqual([`_${path.basename(name)}`]);
    },
  );
});
