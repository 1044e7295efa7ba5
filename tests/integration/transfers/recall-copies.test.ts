import { copyFile, cp, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { createDisk } from '../../../src/main/adapters/fs/disk.ts';
import { WALK_LIMITS, filesBelow } from '../../../src/main/transfers/recall/walk.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import type { TransferPorts } from '../../../src/main/transfers/ports.ts';
import type { Bench } from '../../support/engine/bench.ts';
import { content } from '../../support/engine/origin.ts';
import { PackageService } from '../../support/engine/package.ts';
import { openBench, openOrigin } from '../../support/engine/per-test.ts';
import { fetched, namesIn, polled, recallsOf, textIn } from '../../support/engine/recalled.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { eventually } from '../../support/eventually.ts';

const MIB = 1024 * 1024;
const MASTER = content(3 * MIB);
const HOUR_MS = 3_600_000;
let bench: Bench;
let ports: Partial<TransferPorts>;
const at = (...names: string[]) => path.join(bench.to, ...names);

beforeEach(async () => {
  const origin = await openOrigin();
  const service = new PackageService(origin, [
    { path: 'video/master.mov', bytes: MASTER },
    { path: 'script_en.txt', bytes: Buffer.from('The harvest begins.') },
  ]);
  ports = { source: service };
  bench = await openBench({ ports });
});

/** The places of the newest recall, the copies by their folder, once the search has ended. */
const searched = async () => {
  await eventually(async () => {
    const [newest] = await recallsOf(bench);
    expect(newest?.copies).not.toBe('due');
    expect(newest?.places.map(({ notice }) => notice)).not.toContain('pending');
  });
  const [newest] = await recallsOf(bench);
  return {
    copies: newest?.copies,
    places: newest?.places
      .filter(({ kind }) => kind === 'copy')
      .map(({ folder, files, notice, name, done }) => ({
        folder: path.relative(bench.to, folder),
        files,
        notice,
        name,
        done,
      }))
      .toSorted((a, b) => (a.folder < b.folder ? -1 : 1)),
  };
};

test('copies are found by their content, whatever they are called, and get a notice beside them', async () => {
  await fetched(bench);
  // The whole package, the master alone in a folder of its own, and among other things.
  await cp(at('Harvest_2026'), at('archive', 'Old harvest'), { recursive: true });
  await mkdir(at('edit', 'alone'), { recursive: true });
  await copyFile(at('Harvest_2026/video/master.mov'), at('edit', 'alone', 'clip 7.mov'));
  await mkdir(at('edit', 'bin'));
  await copyFile(at('Harvest_2026/video/master.mov'), at('edit', 'bin', 'a.mov'));
  await copyFile(at('Harvest_2026/video/master.mov'), at('edit', 'bin', 'b.mov'));
  await writeFile(at('edit', 'bin', 'other.mov'), 'other');
  await writeFile(at('edit', 'bin', '.done'), '');
  // Of the same size, and a small file that several packages may have.
  await writeFile(at('edit', 'same size.mov'), content(3 * MIB, 9));
  await copyFile(at('Harvest_2026/script_en.txt'), at('edit', 'script.txt'));
  await polled(bench, 'withdrawn');
  expect(await searched()).toEqual({
    copies: 'searched',
    places: [
      {
        folder: 'archive/Old harvest',
        files: [],
        notice: 'written',
        name: 'RECALLED.txt',
        done: 'set-aside',
      },
      {
        folder: 'edit/alone',
        files: ['clip 7.mov'],
        notice: 'written',
        name: 'RECALLED.txt',
        done: 'none',
      },
      {
        folder: 'edit/bin',
        files: expect.arrayContaining(['a.mov', 'b.mov']) as unknown,
        notice: 'written',
        name: 'RECALLED pkg_1.txt',
        done: 'none',
      },
    ],
  });
  expect(await namesIn(at('archive', 'Old harvest'))).not.toContain('.done');
  expect(await namesIn(at('edit', 'bin'))).toContain('.done');
  expect(await textIn(at('edit', 'alone'), 'RECALLED.txt')).toContain('WITHDRAWN');
  expect(await namesIn(at('edit'))).toEqual(['alone', 'bin', 'same size.mov', 'script.txt']);
  // All of it is taken back.
  await polled(bench, null);
  await eventually(async () =>
    expect((await recallsOf(bench))[0]?.places.map(({ notice }) => notice)).toEqual(
      Array.from({ length: 4 }, () => 'removed'),
    ),
  );
  expect(await namesIn(at('edit', 'bin'))).toEqual(['.done', 'a.mov', 'b.mov', 'other.mov']);
  expect(await namesIn(at('archive', 'Old harvest'))).toContain('.done');
});

test('links are not followed, neither in a folder nor out of it', async () => {
  await fetched(bench);
  const outside = path.join(bench.folder, 'outside');
  await mkdir(outside);
  await copyFile(at('Harvest_2026/video/master.mov'), path.join(outside, 'master.mov'));
  await symlink(outside, at('linked'));
  await symlink(path.join(outside, 'master.mov'), at('linked.mov'));
  await polled(bench, 'withdrawn');
  expect(await searched()).toEqual({ copies: 'searched', places: [] });
  expect(await namesIn(outside)).toEqual(['master.mov']);
});

test('a search that was ended by the program’s end begins again at the next start', async () => {
  await fetched(bench);
  await mkdir(at('edit'));
  await copyFile(at('Harvest_2026/video/master.mov'), at('edit', 'master.mov'));
  await polled(bench, 'withdrawn');
  // Before the search begins.
  await bench.restart();
  expect((await recallsOf(bench))[0]).toMatchObject({ copies: 'due' });
  expect(await searched()).toMatchObject({ places: [{ folder: 'edit', notice: 'written' }] });
});

/** Starts again with a clock of its own; counts how often the folder for downloads is listed. */
async function restartedWith(clock: FakeClock): Promise<{ searches(): number }> {
  const disk = createDisk();
  const list = disk.list.bind(disk);
  let searches = 0;
  disk.list = (folder) => {
    if (folder === bench.to) searches += 1;
    return list(folder);
  };
  await bench.restart(async () => {
    Object.assign(ports, { clock, disk });
  });
  return { searches: () => searches };
}
/** Lets time pass, and what it brings about come to its end. */
async function pass(clock: FakeClock, ms: number): Promise<void> {
  await clock.advance(ms);
  await eventually(async () =>
    expect(await bench.transfers.recallsView()).toMatchObject({ searching: null }),
  );
}
const copiesIn = async (): Promise<string[]> => {
  const [newest] = await recallsOf(bench);
  return (newest?.places ?? [])
    .filter(({ kind }) => kind === 'copy')
    .map(({ folder }) => path.relative(bench.to, folder))
    .toSorted();
};

test('a copy that is made later is found after a start or within a day, and polls search nothing', async () => {
  await fetched(bench);
  await polled(bench, 'withdrawn');
  expect(await searched()).toEqual({ copies: 'searched', places: [] });
  const clock = new FakeClock();
  const { searches } = await restartedWith(clock);
  const copy = async (name: string) => {
    await mkdir(at(name));
    await copyFile(at('Harvest_2026/video/master.mov'), at(name, 'clip.mov'));
  };
  await copy('edit');
  // An hour after the last search at the earliest.
  for (let minute = 0; minute < 59; minute++) {
    await pass(clock, 60_000);
    await polled(bench, 'withdrawn');
  }
  expect(searches()).toBe(0);
  await pass(clock, 60_000);
  await eventually(async () => expect(await copiesIn()).toEqual(['edit']));
  await eventually(async () => expect(await namesIn(at('edit'))).toContain('RECALLED.txt'));
  expect(searches()).toBe(1);
  await copy('on air');
  await pass(clock, 23 * HOUR_MS);
  await polled(bench, 'withdrawn');
  expect(searches()).toBe(1);
  // Its notice was deleted, and the copy is still there.
  await rm(at('edit', 'RECALLED.txt'));
  await pass(clock, HOUR_MS);
  await eventually(async () => expect(await copiesIn()).toEqual(['edit', 'on air']));
  for (const folder of ['edit', 'on air'])
    await eventually(async () => expect(await namesIn(at(folder))).toContain('RECALLED.txt'));
  expect(searches()).toBe(2);
  // What is released is looked for no more.
  await polled(bench, null);
  await pass(clock, 72 * HOUR_MS);
  expect(searches()).toBe(2);
});

test('what lies on a disk that was away is found once it is back, and one that comes and goes starts no storm', async () => {
  await fetched(bench);
  const clock = new FakeClock();
  const { searches } = await restartedWith(clock);
  await mkdir(at('edit'));
  await copyFile(at('Harvest_2026/video/master.mov'), at('edit', 'clip.mov'));
  const away = `${bench.to}-away`;
  const look = async () => {
    await bench.transfers.checkHere(true);
    await pass(clock, 2000);
  };
  await rename(bench.to, away);
  await look();
  const recalledAtMs = clock.nowMs();
  await polled(bench, 'withdrawn');
  await pass(clock, 2000);
  await eventually(async () => expect((await recallsOf(bench))[0]?.copies).toBe('partial'));
  expect(await copiesIn()).toEqual([]);
  const before = searches();
  await rename(away, bench.to);
  await look();
  await eventually(async () => {
    await pass(clock, 1000);
    expect(await copiesIn()).toEqual(['edit']);
  });
  await eventually(async () => expect((await recallsOf(bench))[0]?.copies).toBe('searched'));
  expect(searches()).toBe(before + 1);
  // It comes and goes every minute.
  for (let times = 0; times < 20; times++) {
    await rename(bench.to, away);
    await look();
    await rename(away, bench.to);
    await look();
    await pass(clock, 60_000);
  }
  expect(searches()).toBe(before + 1);
  // An hour after the first one everything is searched again. In small steps from there: a disk
  // that doesn't answer in half a minute of this clock is given up.
  await pass(clock, recalledAtMs + HOUR_MS - clock.nowMs());
  expect(searches()).toBe(before + 1);
  await eventually(async () => {
    await pass(clock, 1000);
    expect(searches()).toBe(before + 2);
  });
});

const walk = (folder: string, more: Partial<Parameters<typeof filesBelow>[1]> = {}) =>
  filesBelow([folder], {
    disk: createDisk(),
    clock: systemClock,
    signal: new AbortController().signal,
    isSkipped: () => false,
    onPartial: () => undefined,
    ...more,
  });

test('a folder of 100,000 files is passed through a few at a time', async () => {
  const folder = path.join(bench.folder, 'many');
  await mkdir(folder);
  const disk = createDisk();
  const listed = {
    async *list(): AsyncGenerator<{ name: string; kind: 'file' }> {
      for (let n = 0; n < 100_000; n++) yield { name: `${n}`, kind: 'file' };
    },
  };
  let seen = 0;
  let turns = 0;
  const over = new AbortController();
  const others = (async () => {
    while (!over.signal.aborted) {
      await new Promise((resolve) => setImmediate(resolve));
      turns += 1;
    }
  })();
  for await (const _ of walk(folder, { disk: listed })) seen += 1;
  over.abort();
  await others;
  expect(seen).toBe(100_000);
  // Other work of the thread had its turn meanwhile.
  expect(turns).toBeGreaterThan(100);
  // On a real disk no more is read than is asked for.
  for (let n = 0; n < 1000; n++) await writeFile(path.join(folder, `${n}`), '');
  let read = 0;
  for await (const _ of disk.list(folder)) if (++read === 10) break;
  expect(read).toBe(10);
  let real = 0;
  for await (const _ of walk(folder)) real += 1;
  expect(real).toBe(1000);
});

test('what is too much, too deep or can’t be read is passed by, and that is said', async () => {
  const folder = path.join(bench.folder, 'deep');
  await mkdir(path.join(folder, 'a', 'b'), { recursive: true });
  for (const name of ['1', 'a/2', 'a/b/3']) await writeFile(path.join(folder, name), '');
  const names = async (limits: Partial<typeof WALK_LIMITS>) => {
    let partial = 0;
    const found: string[] = [];
    for await (const { name } of walk(folder, {
      limits: { ...WALK_LIMITS, ...limits },
      onPartial: () => void partial++,
    }))
      found.push(name);
    return [found.toSorted(), partial];
  };
  expect(await names({})).toEqual([['1', '2', '3'], 0]);
  expect(await names({ depth: 1 })).toEqual([['1', '2'], 1]);
  expect(await names({ folders: 0 })).toEqual([['1'], 1]);
  expect((await names({ entries: 2 }))[1]).toBe(1);
  await rm(folder, { recursive: true });
  expect(await names({})).toEqual([[], 0]);
});

test('a share that never answers holds up nothing: it is passed by, and a stop is heard', async () => {
  const clock = new FakeClock();
  const stuck = {
    list: () => ({
      [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }),
    }),
  };
  let partial = 0;
  const passed = (async () => {
    for await (const _ of walk('/share', { disk: stuck, clock, onPartial: () => void partial++ }));
  })();
  await clock.advance(WALK_LIMITS.stallMs);
  await passed;
  expect(partial).toBe(1);
  const stop = new AbortController();
  const stopped = (async () => {
    for await (const _ of walk('/share', { disk: stuck, clock, signal: stop.signal }));
  })();
  stop.abort();
  await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
});
