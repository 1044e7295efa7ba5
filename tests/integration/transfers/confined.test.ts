import {
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createDisk } from '../../../src/main/adapters/fs/disk.ts';
import { FILES_AT_ONCE } from '../../../src/main/transfers/limits.ts';
import type { Disk } from '../../../src/main/transfers/ports.ts';
import { ConfinedDisk } from '../../../src/main/transfers/run/confined-disk.ts';
import { get, settled, startBench, type Bench } from '../../support/engine/bench.ts';
import { metalinkOf } from '../../support/engine/metalink.ts';
import { Origin, content, sha256 } from '../../support/engine/origin.ts';

const KIB = 1024;
const PRECIOUS = sha256(Buffer.from('precious'));
let folder: string;
let to: string;
let outside: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'desk-confined-')));
  [to, outside] = [path.join(folder, 'to'), path.join(folder, 'outside')];
  await mkdir(path.join(to, 'sub'), { recursive: true });
  await mkdir(outside);
});
afterEach(() => rm(folder, { recursive: true }));

/** What a member of a shared destination can do at any time. */
async function plantLink(): Promise<void> {
  await rename(path.join(to, 'sub'), path.join(to, 'sub-before'));
  await symlink(outside, path.join(to, 'sub'));
}
/** Names in a folder with the hashes of their contents. */
async function seen(of: string): Promise<Record<string, string>> {
  const names = (await readdir(of, { withFileTypes: true })).map(
    async (one) =>
      [
        one.name,
        one.isFile() ? sha256(await readFile(path.join(of, one.name))) : 'no file',
      ] as const,
  );
  return Object.fromEntries(await Promise.all(names));
}

const LEADS_OUT = { code: 'not-permitted', message: expect.stringContaining('leads out of') };

describe('a folder that has become a link that leads out', () => {
  const changes: [string, (disk: Disk, at: (name: string) => string) => Promise<unknown>][] = [
    ['a new file', (disk, at) => disk.open(at('new'), 'new')],
    ['a file that is there', (disk, at) => disk.open(at('theirs'), 'write')],
    ['a folder', (disk, at) => disk.makeFolder(at('deep/er'))],
    ['a rename', (disk, at) => disk.move(at('theirs'), at('renamed'))],
    ['a rename over a file', (disk, at) => disk.replace(at('theirs'), at('other'))],
    ['a copy', (disk, at) => disk.copy(path.join(to, 'own'), at('theirs'))],
  ];
  test.each(changes)('is not followed by %s', async (_, change) => {
    await writeFile(path.join(outside, 'theirs'), 'precious');
    await writeFile(path.join(outside, 'other'), 'precious');
    await writeFile(path.join(to, 'own'), 'own');
    const disk = new ConfinedDisk(createDisk(), to);
    await disk.makeFolder(path.join(to, 'sub'));
    await plantLink();
    await expect(change(disk, (name) => path.join(to, 'sub', name))).rejects.toMatchObject(
      LEADS_OUT,
    );
    expect(await seen(outside)).toEqual({ theirs: PRECIOUS, other: PRECIOUS });
  });

  test('is not followed to remove something', async () => {
    await writeFile(path.join(outside, 'theirs'), 'precious');
    await mkdir(path.join(outside, 'empty'));
    const disk = new ConfinedDisk(createDisk(), to);
    await plantLink();
    await disk.remove(path.join(to, 'sub/theirs'));
    await disk.removeEmptyFolder(path.join(to, 'sub/empty'));
    expect(await seen(outside)).toEqual({ theirs: PRECIOUS, empty: 'no file' });
    await disk.remove(path.join(folder, 'gone/theirs'));
  });

  test.skipIf(process.platform !== 'linux').each(['new', 'write'] as const)(
    'is noticed even between the check and the opening (%s): nothing is written, nothing is left',
    async (mode) => {
      const disk = createDisk();
      await writeFile(path.join(to, 'sub/file'), '');
      if (mode === 'write') await writeFile(path.join(outside, 'file'), 'precious');
      else await rm(path.join(to, 'sub/file'));
      const before = await seen(outside);
      const confined = new ConfinedDisk(
        { ...disk, open: async (...given) => (await plantLink(), disk.open(...given)) },
        to,
      );
      await expect(confined.open(path.join(to, 'sub/file'), mode)).rejects.toMatchObject(LEADS_OUT);
      expect(await seen(outside)).toEqual(before);
    },
  );

  test('is followed where it leads back into the destination', async () => {
    await rm(path.join(to, 'sub'), { recursive: true });
    await mkdir(path.join(to, 'real'));
    await symlink('real', path.join(to, 'sub'));
    await symlink(to, path.join(folder, 'alias'));
    const disk = new ConfinedDisk(createDisk(), path.join(folder, 'alias'));
    await (await disk.open(path.join(folder, 'alias/sub/file'), 'new')).close();
    expect(await seen(path.join(to, 'real'))).toEqual({ file: sha256(Buffer.alloc(0)) });
  });
});

describe('a transfer whose folder becomes such a link', () => {
  let origin: Origin;
  let bench: Bench;
  beforeEach(async () => {
    origin = await Origin.start();
  });
  afterEach(async () => {
    await bench.end();
    await origin.stop();
    for (const bug of bench.bugs) throw bug;
  });
  const listOf = (names: readonly string[], bytes: Buffer) => ({
    url: 'l.meta4',
    metalink: true,
    destination: to,
    metalinkText: metalinkOf(
      names.map((name) => {
        origin.serve(`/${name}`, bytes);
        return { name, bytes, url: `${origin.url}/${name}`, pieceBytes: KIB };
      }),
    ),
  });

  test('while it runs writes nothing through it', async () => {
    const disk = createDisk();
    const { promise: planted, resolve } = Promise.withResolvers<void>();
    const move: Disk['move'] = async (from, target) => {
      const isFirst = target.endsWith('first.bin');
      if (!isFirst) await planted;
      await disk.move(from, target);
      if (!isFirst) return;
      await plantLink();
      resolve();
    };
    bench = await startBench({ ports: { disk: { ...disk, move } } });
    // The last one is begun when one of the others is in place.
    const others = Array.from({ length: FILES_AT_ONCE }, (_, n) => `other/${n}.bin`);
    const { state } = await get(
      bench,
      listOf(['sub/first.bin', ...others, 'sub/last.bin'], content(4 * KIB)),
    );
    expect(state).toMatchObject({ phase: 'failed', ...LEADS_OUT });
    expect(await seen(outside)).toEqual({});
  });

  test('before it is repaired copies nothing through it, and removes nothing', async () => {
    bench = await startBench();
    const bytes = content(4 * KIB);
    const { id, state } = await get(bench, listOf(['sub/x.bin'], bytes));
    expect(state).toEqual({ phase: 'done' });
    await plantLink();
    await writeFile(path.join(outside, 'x.bin'), Buffer.from(bytes).fill(0, 0, 10));
    const check = async (expected: object) => {
      const before = await seen(outside);
      await bench.transfers.repair([id]);
      expect(await settled(bench.transfers, id)).toMatchObject({ phase: 'failed', ...expected });
      expect(await seen(outside)).toEqual(before);
    };
    await check(LEADS_OUT);
    await writeFile(path.join(outside, 'x.bin.part'), '');
    await check({ code: 'exists' });
    await bench.transfers.clear([id]);
    expect(Object.keys(await seen(outside)).toSorted()).toEqual(['x.bin', 'x.bin.part']);
  });
});
