import {
  chmod,
  cp,
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
import { createDisk } from '../../../src/main/adapters/fs/disk.ts';
import { AppError } from '../../../src/shared/errors.ts';
import type { PackageItem } from '../../../src/main/transfers/api.ts';
import { ownParts } from '../../../src/main/transfers/package/folder.ts';
import { metalinkOf } from '../../support/engine/metalink.ts';
import { type Origin, content, sha256 } from '../../support/engine/origin.ts';
import { get, received, settled, type Bench } from '../../support/engine/bench.ts';
import { PackageService, type TestFile } from '../../support/engine/package.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
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
        authorise: (...args) => service.authorise(...args),
        renew: (of, id, fileIds) => service.renew(of, id, fileIds),
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
  await link(outside(), ownParts(root(), { id })[0] ?? '');
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

/**
 * Runs what `act` starts to its end, on a home of which a copy is made before the disk is asked to
 * open or copy to this path: `start` starts on that copy, as after a kill at that moment.
 */
async function killedBefore(
  call: 'open' | 'copy',
  file: () => string,
  act: () => Promise<string>,
): Promise<{ id: string; start: () => Promise<void> }> {
  const disk = createDisk();
  await bench.end();
  const [home, killed] = [temporaryFolder(), temporaryFolder()];
  const keep = async () => cp(home, killed, { recursive: true });
  bench = await openBench({
    home,
    ports: {
      source: service,
      disk: {
        ...disk,
        open: async (name, mode) => {
          if (call === 'open' && mode === 'new' && name === file()) await keep();
          return disk.open(name, mode);
        },
        copy: async (from, to) => {
          if (call === 'copy' && to === file()) await keep();
          return disk.copy(from, to);
        },
      },
    },
  });
  const first = bench;
  const id = await act();
  expect(await settled(first.transfers, id)).toEqual({ phase: 'done' });
  return {
    id,
    start: async () => {
      bench = await openBench({ home: killed, ports: { source: service } });
      const { end } = bench;
      bench.to = first.to;
      bench.end = async () => {
        await end();
        await first.end();
        for (const folder of [home, killed]) await rm(folder, { recursive: true });
      };
      await bench.transfers.configure({});
    },
  };
}

test('a copy that a kill has cut off is ours, and made again', async () => {
  const damaged = Buffer.from(FILES[0]!.bytes).fill(0, 0, 10);
  const { id, start } = await killedBefore(
    'copy',
    () => at('master.mov.part'),
    async () => {
      const [first = ''] = await bench.transfers.enqueue([item()], { makeDestination: true });
      await settled(bench.transfers, first);
      await writeFile(at('master.mov'), damaged);
      await bench.transfers.repair([first]);
      return first;
    },
  );
  await writeFile(at('master.mov'), damaged);
  await writeFile(at('master.mov.part'), damaged.subarray(0, MIB + 5));
  await start();
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  expect(await readFile(at('master.mov'))).toEqual(FILES[0]!.bytes);
  expect((await bench.transfers.report(id))[0]).toMatchObject({ downloadedBytes: MIB });
});

const part = () => at('shots.xml.part');
const OURS = FILES[1]!.bytes;
/** How a run that goes on ends, and the file in place of its part file then, and after clearing. */
const goesOn = async (id: string) => {
  const state = await settled(bench.transfers, id);
  const after = await seen(part());
  await bench.transfers.clear([id]);
  return { state, after, cleared: await seen(part()) };
};
/** It was told, and left alone. */
const left = (before: Awaited<ReturnType<typeof seen>>) => ({
  state: { phase: 'failed', code: 'exists', message: expect.stringContaining(part()) },
  after: before,
  cleared: before,
});
/** Starts anew on the home as it was before the part file was created. */
const afterKill = async (plant: () => Promise<unknown>): Promise<string> => {
  const { id, start } = await killedBefore('open', part, async () => {
    const [first = ''] = await bench.transfers.enqueue([item()], { makeDestination: true });
    return first;
  });
  await rm(root(), { recursive: true });
  await mkdir(root());
  await plant();
  await start();
  return id;
};

describe('a name that a run has claimed and not used is free for others', () => {
  test('after a run that the service has refused', async () => {
    const { authorise } = service;
    service.authorise = async () => {
      throw new AppError('quota-exceeded', 'No more today', { retryable: false });
    };
    const [id = ''] = await bench.transfers.enqueue([item()]);
    await settled(bench.transfers, id, 'quota-exceeded');
    service.authorise = authorise;
    // As long as ours, so that only the claim can tell them apart.
    await writeFile(part(), Buffer.alloc(OURS.length, 'x'));
    const before = await seen(part());
    await bench.transfers.retry([id]);
    expect(await goesOn(id)).toMatchObject(left(before));
  });

  test('after a run that a full disk has stopped', async () => {
    const disk = createDisk();
    await bench.end();
    let free = 10;
    bench = await openBench({
      ports: { source: service, disk: { ...disk, freeBytes: async () => free } },
      settings: { maxAttempts: 1 },
    });
    await mkdir(root(), { recursive: true });
    const [id = ''] = await bench.transfers.enqueue([item()]);
    await settled(bench.transfers, id, 'disk-full');
    free = 2 ** 40;
    await writeFile(part(), Buffer.alloc(OURS.length, 'x'));
    const before = await seen(part());
    await bench.transfers.retry([id]);
    expect(await goesOn(id)).toMatchObject(left(before));
  });

  test.each(['', 'a browser is writing here'])(
    'while the run waits for its addresses (%j)',
    async (text) => {
      const { authorise } = service;
      service.authorise = async (...request) => {
        await writeFile(part(), text);
        return authorise.apply(service, request);
      };
      const [id = ''] = await bench.transfers.enqueue([item()]);
      await settled(bench.transfers, id);
      expect(await goesOn(id)).toMatchObject({ ...left(await seen(part())), after: { text } });
    },
  );

  describe('after a kill between the claim and the creation', () => {
    test('a file of somebody else', async () => {
      const id = await afterKill(() => writeFile(part(), 'a browser is writing here'));
      const before = await seen(part());
      expect(await goesOn(id)).toMatchObject(left(before));
    });

    test.each<[string, () => Promise<unknown>]>([
      ['nothing', async () => undefined],
      ['what was just created', () => writeFile(part(), '')],
      ['what has its length already', () => writeFile(part(), Buffer.alloc(OURS.length))],
    ])('%s is gone on with', async (_, plant) => {
      const id = await afterKill(plant);
      expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
      expect(await readFile(at('shots.xml'))).toEqual(OURS);
    });
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
