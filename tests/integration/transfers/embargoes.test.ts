import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { parseMetalink } from '../../../src/main/formats/metalink.ts';
import { createTransfers } from '../../../src/main/transfers/queue/service.ts';
import { ThreadHasher } from '../../../src/main/threads/hashing.ts';
import { settled, type Bench } from '../../support/engine/bench.ts';
import { content } from '../../support/engine/origin.ts';
import { PackageService } from '../../support/engine/package.ts';
import { openBench, openOrigin } from '../../support/engine/per-test.ts';
import { fetched, marked, namesIn, NOON, polled, told } from '../../support/engine/recalled.ts';
import { transfer } from '../../support/engine/rows.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { signedOutSource } from '../../support/fakes/package-source.ts';
import { PowerDisk } from '../../support/power/disk.ts';
import { PowerStore } from '../../support/power/store.ts';

/*
 * An embargo that its publisher sets, or moves, when the package has been handed over already.
 */

const HOUR = 3_600_000;
const SERVICE = 'https://service.example';
let bench: Bench;
const folder = () => path.join(bench.to, 'Harvest_2026');
const embargo = (untilMs: number) => ({ embargoUntil: untilMs, embargoEndsMs: untilMs });
const heldUntil = async (id: string) => (await bench.transfers.detail(id)).heldUntil;
const isMarked = async () => (await namesIn(folder())).includes('.done');

beforeEach(async () => {
  const origin = await openOrigin();
  const source = new PackageService(origin, [{ path: 'master.mov', bytes: content(1000) }]);
  bench = await openBench({ ports: { source } });
});

test('set later, it takes the marker away until it lifts; moved after that, once more', async () => {
  const id = await fetched(bench);
  await polled(bench, null);
  expect([await isMarked(), await heldUntil(id)]).toEqual([true, null]);
  await polled(bench, null, embargo(NOON + HOUR));
  expect([await isMarked(), await heldUntil(id)]).toEqual([false, NOON + HOUR]);
  // Whoever looks on finds that it waits, also after a start.
  await bench.restart();
  await polled(bench, null, embargo(NOON + HOUR));
  await bench.transfers.releaseHeld(told(NOON + HOUR - 1, SERVICE));
  expect([await isMarked(), await heldUntil(id)]).toEqual([false, NOON + HOUR]);
  await bench.transfers.releaseHeld(told(NOON + HOUR, SERVICE));
  expect([await isMarked(), await heldUntil(id)]).toEqual([true, null]);
  // The clock of this computer may be behind: what has lifted isn't in force again.
  await polled(bench, null, embargo(NOON + HOUR));
  expect(await isMarked()).toBe(true);
  await polled(bench, null, embargo(NOON + 2 * HOUR));
  expect([await isMarked(), await heldUntil(id)]).toEqual([false, NOON + 2 * HOUR]);
  // Lifted early.
  await polled(bench, null);
  await bench.transfers.releaseHeld(told(NOON, SERVICE));
  expect(await isMarked()).toBe(true);
});

test('who hands over under embargo keeps what was handed over, unless the embargo is moved later', async () => {
  await bench.transfers.configure({ holdUnderEmbargo: false });
  const id = await fetched(bench, {
    acknowledge: [`embargo:${new Date(NOON + HOUR).toISOString()}`],
  });
  await polled(bench, null, embargo(NOON + 2 * HOUR));
  expect(await isMarked()).toBe(true);
  await bench.transfers.configure({ holdUnderEmbargo: true });
  await polled(bench, null, embargo(NOON + HOUR));
  expect(await isMarked()).toBe(true);
  await polled(bench, null, embargo(NOON + 2 * HOUR));
  expect([await isMarked(), await heldUntil(id)]).toEqual([false, NOON + 2 * HOUR]);
});

test('on hold and under embargo at once: no marker comes back before both are over', async () => {
  await fetched(bench);
  await polled(bench, 'on-hold');
  await marked(bench);
  await polled(bench, 'on-hold', embargo(NOON + HOUR));
  await polled(bench, null, embargo(NOON + HOUR));
  await marked(bench, 'removed');
  await polled(bench, null, embargo(NOON + HOUR));
  expect(await namesIn(folder())).toEqual(['manifest.json', 'master.mov']);
  await bench.transfers.releaseHeld(told(NOON + HOUR, SERVICE));
  expect(await namesIn(folder())).toEqual(['.done', 'manifest.json', 'master.mov']);
});

test.each(['barred', 'expired'] as const)(
  'what is %s has no marker while that holds, and gets back the one it had',
  async (state) => {
    const id = await fetched(bench);
    await polled(bench, state);
    expect(await namesIn(folder())).toEqual(['manifest.json', 'master.mov']);
    // A repair brings none back, and no start does.
    await bench.transfers.repair([id]);
    expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
    await bench.restart();
    await polled(bench, state);
    expect(await isMarked()).toBe(false);
    // On hold meanwhile, and under embargo when it is cleared.
    await polled(bench, 'on-hold');
    await marked(bench);
    expect(await isMarked()).toBe(false);
    await polled(bench, state);
    await marked(bench, 'removed');
    await polled(bench, null, embargo(NOON + HOUR));
    expect(await isMarked()).toBe(false);
    await bench.transfers.releaseHeld(told(NOON + HOUR, SERVICE));
    expect(await namesIn(folder())).toEqual(['.done', 'manifest.json', 'master.mov']);
    // What ingest has taken is not given again.
    await rm(path.join(folder(), '.done'));
    await polled(bench, state, embargo(NOON + HOUR));
    await polled(bench, null, embargo(NOON + HOUR));
    expect(await isMarked()).toBe(false);
  },
);

test('what isn’t an empty marker, and what another package has put there, stays', async () => {
  const id = await fetched(bench);
  await writeFile(path.join(folder(), '.done'), 'notes');
  await polled(bench, null, embargo(NOON + HOUR));
  expect([await isMarked(), await heldUntil(id)]).toEqual([true, NOON + HOUR]);
  await writeFile(path.join(folder(), '.done'), '');
  await writeFile(path.join(folder(), 'manifest.json'), '{"packageId":"pkg_2","rev":1}');
  await polled(bench, null, embargo(NOON + 2 * HOUR));
  expect(await isMarked()).toBe(true);
});

test('an added source goes by its own clock where it tells one, else by the service’s', async () => {
  const FEED = `feed:${'0'.repeat(32)}`;
  const { disk, store } = await finished();
  const [row] = store.all();
  if (!row) throw new Error('no row');
  store.save([
    {
      ...row,
      embargo: { untilMs: NOON, isHeld: true },
      evidence: { ...row.evidence, service: FEED },
    },
  ]);
  await disk.remove(`${FOLDER}/.done`);
  const engine = start({ disk, store });
  const service = { name: SERVICE, nowMs: NOON + HOUR };
  await engine.releaseHeld({ service, sources: { [FEED]: NOON - 1 } });
  await engine.releaseHeld({ service: null, sources: { other: NOON } });
  expect(await namesOn(disk)).toEqual(['manifest.json']);
  await engine.releaseHeld({ service: null, sources: { [FEED]: NOON } });
  expect(await namesOn(disk)).toEqual(['.done', 'manifest.json']);
  store.save([
    {
      ...row,
      embargo: { untilMs: NOON, isHeld: true },
      evidence: { ...row.evidence, service: FEED },
    },
  ]);
  await engine.close();
  await disk.remove(`${FOLDER}/.done`);
  const later = start({ disk, store });
  await later.releaseHeld({ service, sources: {} });
  await later.close();
  expect(await namesOn(disk)).toEqual(['.done', 'manifest.json']);
});

const FOLDER = '/to/Harvest';
type World = { disk: PowerDisk; store: PowerStore };
async function finished(): Promise<World> {
  const [disk, store] = [new PowerDisk(), new PowerStore()];
  await disk.makeFolder(FOLDER);
  disk.put(`${FOLDER}/manifest.json`, Buffer.from('{"packageId":"pkg_1","rev":3}'));
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
const start = ({ disk, store }: World) =>
  createTransfers({
    source: signedOutSource,
    bytes: { open: () => Promise.reject(new Error('no bytes')), drop: () => undefined },
    hasher: new ThreadHasher(),
    disk,
    store,
    clock: new FakeClock(),
    parseMetalink,
    newId: () => 'id',
    onBug: (thrown) => {
      throw thrown;
    },
  });
const found = (
  service: ReturnType<typeof start>,
  untilMs: number | null = NOON + HOUR,
  state: 'barred' | null = null,
) =>
  service.setRights(
    [
      {
        assetId: 'ast_1',
        source: '',
        state,
        refusal: null,
        embargoUntil: untilMs,
        embargoEndsMs: untilMs,
        packages: [{ packageId: 'pkg_1', rev: 3 }],
      },
    ],
    NOON,
  );
const namesOn = async (disk: PowerDisk) => (await disk.entries(FOLDER)).map(({ name }) => name);

const CUTS: [string, (world: World) => World][] = [
  ['kill', ({ disk, store }) => ({ disk: disk.afterKill(), store: store.afterKill() })],
  [
    'loss of power',
    ({ disk, store }) => ({
      disk: disk.afterPowerLoss(() => 0),
      store: store.afterPowerLoss(() => 0),
    }),
  ],
];

/** What a cut at each of the moments to come would leave. */
function momentsOf(world: World, cut: (world: World) => World): World[] {
  const moments: World[] = [];
  const take = (): void => void moments.push(cut(world));
  const save = world.store.save.bind(world.store);
  world.store.save = (rows) => {
    take();
    save(rows);
    take();
  };
  world.disk.onChange = take;
  return moments;
}

test.each(CUTS)('a %s at any moment ends right at the next start and poll', async (_, cut) => {
  const world = await finished();
  const moments = momentsOf(world, cut);
  const service = start(world);
  await found(service);
  await found(service);
  const lifted = moments.length;
  await service.releaseHeld(told(NOON + HOUR, ''));
  world.disk.onChange = () => undefined;
  await service.close();
  expect(await namesOn(world.disk)).toEqual(['.done', 'manifest.json']);
  expect(moments.length).toBeGreaterThan(7);
  for (const [at, moment] of moments.entries()) {
    const next = start(moment);
    // One that has just lifted may be marked already: it is moved, and waits again.
    const untilMs = NOON + (at < lifted ? HOUR : 2 * HOUR);
    await found(next, untilMs);
    expect([at, await namesOn(moment.disk)]).toEqual([at, ['manifest.json']]);
    await next.releaseHeld(told(untilMs, ''));
    await next.close();
    expect(await namesOn(moment.disk)).toEqual(['.done', 'manifest.json']);
  }
});

test.each(CUTS)('a %s while the marker goes or comes back loses none', async (_, cut) => {
  const world = await finished();
  const moments = momentsOf(world, cut);
  const service = start(world);
  await found(service, null, 'barred');
  expect(await namesOn(world.disk)).toEqual(['manifest.json']);
  await found(service, null);
  world.disk.onChange = () => undefined;
  await service.close();
  expect(await namesOn(world.disk)).toEqual(['.done', 'manifest.json']);
  expect(moments.length).toBeGreaterThan(7);
  for (const [at, moment] of moments.entries()) {
    const next = start(moment);
    await found(next, null, 'barred');
    expect([at, await namesOn(moment.disk)]).toEqual([at, ['manifest.json']]);
    await found(next, null);
    await next.close();
    expect([at, await namesOn(moment.disk)]).toEqual([at, ['.done', 'manifest.json']]);
  }
});
