import { expect, test } from 'vitest';
import { parseMetalink } from '../../../src/main/formats/metalink.ts';
import { signedOutSource } from '../../support/fakes/package-source.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { stored, transfer } from '../../support/engine/rows.ts';
import { NOON } from '../../support/engine/recalled.ts';
import { PowerDisk } from '../../support/power/disk.ts';
import { PowerStore } from '../../support/power/store.ts';
import { ThreadHasher } from '../../../src/main/threads/hashing.ts';
import {
  createTransfers,
  type TransferService,
} from '../../../src/main/transfers/queue/service.ts';
import { eventually } from '../../support/eventually.ts';

const FOLDER = '/to/Harvest';
const FILES = ['manifest.json', 'master.mov'];
const MARKED = ['.recalled', 'RECALLED.txt', ...FILES];

type World = { disk: PowerDisk; store: PowerStore };

/** A finished package. */
async function finished(): Promise<World> {
  const [disk, store] = [new PowerDisk(), new PowerStore()];
  await disk.makeFolder(FOLDER);
  disk.put(`${FOLDER}/manifest.json`, Buffer.from('{"packageId":"pkg_1","rev":3}'));
  disk.put(`${FOLDER}/master.mov`, Buffer.from('film'));
  disk.put(`${FOLDER}/.done`, Buffer.alloc(0));
  store.save([
    transfer('trf_1', 1, {
      state: { phase: 'done' },
      folder: FOLDER,
      cleared: false,
      finishedAtMs: 1,
    }),
  ]);
  return { disk, store };
}

let ids = 0;
const start = ({ disk, store }: World, clock = new FakeClock()): TransferService =>
  createTransfers({
    source: signedOutSource,
    bytes: { open: () => Promise.reject(new Error('no bytes')), drop: () => undefined },
    hasher: new ThreadHasher(),
    disk,
    store,
    clock,
    parseMetalink,
    newId: () => `id_${ids++}`,
    onBug: (thrown) => {
      throw thrown;
    },
  });

const polled = (service: TransferService, state: 'on-hold' | 'withdrawn' | null): Promise<void> =>
  service.setRights(
    [
      {
        assetId: 'ast_1',
        source: '',
        state,
        embargoUntil: null,
        embargoEndsMs: null,
        refusal: null,
        packages: [{ packageId: 'pkg_1', rev: 3 }],
      },
    ],
    NOON,
  );

const namesOn = async (disk: PowerDisk): Promise<string[]> =>
  (await disk.entries(FOLDER)).map(({ name }) => name);

/**
 * What is left at every moment of the work, before and after each change of the disk and of the
 * records.
 */
async function momentsOf(
  world: World,
  state: 'on-hold' | null,
  cut: (world: World) => World,
): Promise<World[]> {
  const moments: World[] = [];
  const take = (): void => void moments.push(cut(world));
  const save = world.store.saveRecalls.bind(world.store);
  world.store.saveRecalls = (recalls) => {
    take();
    save(recalls);
    take();
  };
  world.disk.onChange = take;
  const service = start(world);
  await polled(service, state);
  await service.close();
  world.disk.onChange = () => undefined;
  return moments;
}

const CUTS: [string, (world: World) => World][] = [
  ['kill', ({ disk, store }) => ({ disk: disk.afterKill(), store: store.afterKill() })],
  [
    'loss of power, with nothing but what was synced',
    ({ disk, store }) => ({
      disk: disk.afterPowerLoss(() => 0),
      store: store.afterPowerLoss(() => 0),
    }),
  ],
  [
    'loss of power, with all that was written',
    ({ disk, store }) => ({
      disk: disk.afterPowerLoss(() => 0.999),
      store: store.afterPowerLoss(() => 0.999),
    }),
  ],
];

test.each(CUTS)(
  'a %s at any moment of a recall ends right at the next start and poll',
  async (_, cut) => {
    const moments = await momentsOf(await finished(), 'on-hold', cut);
    expect(moments.length).toBeGreaterThan(15);
    for (const moment of moments) {
      const service = start(moment);
      await polled(service, 'on-hold');
      await service.close();
      expect(await namesOn(moment.disk)).toEqual(MARKED);
      expect(moment.store.recalls()).toMatchObject([
        { kind: 'on-hold', isDue: false, places: [{ notice: 'written', done: 'set-aside' }] },
      ]);
    }
  },
);

test.each(CUTS)(
  'a %s at any moment of a release ends right at the next start and poll',
  async (_, cut) => {
    const world = await finished();
    await momentsOf(world, 'on-hold', cut);
    world.store = world.store.afterKill();
    const moments = await momentsOf(world, null, cut);
    expect(moments.length).toBeGreaterThan(8);
    for (const moment of moments) {
      const service = start(moment);
      await polled(service, null);
      await service.close();
      await eventually(async () => expect(await namesOn(moment.disk)).toEqual(['.done', ...FILES]));
      expect(moment.store.recalls().map(({ kind }) => kind)).toEqual(['on-hold', 'lifted']);
    }
  },
);

test('a share that never answers holds up the others for half a minute, once', async () => {
  const world = await finished();
  const { disk, store } = world;
  const rest = { state: { phase: 'done' }, cleared: false, finishedAtMs: 1 } as const;
  for (const id of ['trf_2', 'trf_3'])
    store.save([
      transfer(id, -1, { ...rest, destination: '/share', folder: `/share/${id}`, addedAtMs: 1 }),
    ]);
  const real = disk.realPath.bind(disk);
  let asked = 0;
  disk.realPath = (name) => {
    if (!name.startsWith('/share')) return real(name);
    asked += 1;
    return new Promise(() => undefined);
  };
  const clock = new FakeClock();
  const service = start(world, clock);
  await polled(service, 'on-hold');
  await eventually(async () => {
    await clock.advance(1000);
    expect(await namesOn(disk)).toEqual(MARKED);
  });
  const codes = store.recalls().map(({ places }) => places[0]?.error?.code ?? null);
  expect(codes.filter((code) => code === 'timeout')).toHaveLength(2);
  expect(codes).toHaveLength(3);
  expect(clock.nowMs()).toBeLessThan(60_000);
  expect(asked).toBeGreaterThan(0);
  await Promise.all([service.close(), clock.advance(120_000)]);
});

test.each(CUTS)(
  'a %s at any moment of clearing from disk leaves what is not usable, and can be cleared again',
  async (_, cut) => {
    const world = await finished();
    world.store.saveFiles('trf_1', [
      { ...stored(0), path: 'master.mov', bytes: 4, sha256: null, done: true, error: null },
    ]);
    const marking = start(world);
    await polled(marking, 'withdrawn');
    await marking.close();
    const before = start(world);
    const moments: World[] = [];
    world.disk.onChange = () => void moments.push(cut(world));
    const place = { id: 'trf_1', folder: FOLDER };
    await before.clearFromDisk(place);
    await before.clearedFromDisk(place);
    world.disk.onChange = () => undefined;
    await before.close();
    expect(moments.length).toBeGreaterThan(4);
    for (const moment of moments) {
      const service = start(moment);
      const names = await namesOn(moment.disk);
      expect(names).not.toContain('.done');
      const isOpen = names.includes('manifest.json');
      expect(isOpen ? (await service.clearable()).items : [place]).toMatchObject([place]);
      if (isOpen) {
        await service.clearFromDisk(place);
        await service.clearedFromDisk(place);
      }
      await service.close();
      expect(await namesOn(moment.disk)).toEqual([]);
    }
  },
);
