import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { HistoryQuery, HistoryView } from '../../../src/main/transfers/api.ts';
import type { Bench } from '../../support/engine/bench.ts';
import { content } from '../../support/engine/origin.ts';
import { PackageService } from '../../support/engine/package.ts';
import { openBench, openOrigin } from '../../support/engine/per-test.ts';
import {
  fetched,
  marked,
  namesIn,
  packageItem,
  polled,
  textIn,
} from '../../support/engine/recalled.ts';
import { settled } from '../../support/engine/bench.ts';
import { eventually } from '../../support/eventually.ts';
import { repeatTransfer } from '../../support/engine/repeated.ts';

const MIB = 1024 * 1024;
let bench: Bench;
const at = (...names: string[]) => path.join(bench.to, ...names);
const isHere = async () => (await bench.transfers.packages()).map((known) => known.isHere);
const look = () => bench.transfers.checkHere(true);

beforeEach(async () => {
  const origin = await openOrigin();
  const service = new PackageService(origin, [
    { path: 'video/master.mov', bytes: content(2 * MIB) },
    { path: 'script_en.txt', bytes: Buffer.from('The harvest begins.') },
  ]);
  bench = await openBench({ ports: { source: service } });
});

test('what was deleted is no longer here; fetched again it is', async () => {
  const id = await fetched(bench);
  expect(await isHere()).toEqual([true]);
  let told = 0;
  bench.transfers.onHere(() => void told++);
  await rm(at('Harvest_2026/video'), { recursive: true });
  await look();
  await eventually(async () => expect(await isHere()).toEqual([false]));
  expect(told).toBe(1);
  expect(await bench.transfers.find('ast_1', 'pkg_1')).toBeNull();
  // Known all the same: where it was, and with which rights.
  expect(await bench.transfers.folderOf(id)).toBe(at('Harvest_2026'));
  await bench.restart();
  expect(await isHere()).toEqual([false]);
  await bench.transfers.repair([id]);
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  expect(await isHere()).toEqual([true]);
  expect(await bench.transfers.find('ast_1', 'pkg_1')).toMatchObject({ id });
});

test('of a disk that is away nothing new is known', async () => {
  await fetched(bench);
  await rename(bench.to, `${bench.to}-away`);
  await look();
  await look();
  await bench.restart(() => rename(`${bench.to}-away`, bench.to));
  expect(await isHere()).toEqual([true]);
});

test('moved below a folder that downloads went to, it is found by its manifest and its hashes, and its recall follows', async () => {
  const id = await fetched(bench);
  // An older copy whose film is damaged: not believed.
  await cp(at('Harvest_2026'), at('a damaged one'), { recursive: true });
  await writeFile(at('a damaged one/video/master.mov'), content(2 * MIB, 7));
  await writeFile(at('manifest.json'), 'no manifest');
  await mkdir(at('archive', '2026'), { recursive: true });
  await rename(at('Harvest_2026'), at('archive', '2026', 'Harvest'));
  await look();
  await eventually(async () =>
    expect(await bench.transfers.folderOf(id)).toBe(at('archive', '2026', 'Harvest')),
  );
  await eventually(async () => expect(await isHere()).toEqual([true]));
  await polled(bench, 'withdrawn');
  await marked(bench);
  expect(await namesIn(at('archive', '2026', 'Harvest'))).toContain('.recalled');
  expect(await bench.transfers.verifyFolder(at('archive', '2026', 'Harvest'))).toMatchObject([
    { error: null, recalled: { state: 'withdrawn' } },
  ]);
});

test('a recall that met an empty place marks the package where it is found', async () => {
  const id = await fetched(bench);
  await mkdir(at('archive'));
  await rename(at('Harvest_2026'), at('archive', 'Harvest'));
  await polled(bench, 'withdrawn');
  await eventually(async () =>
    expect(await bench.transfers.folderOf(id)).toBe(at('archive', 'Harvest')),
  );
  const { places } = await marked(bench);
  expect(await textIn(at('archive', 'Harvest'), 'RECALLED.txt')).toContain('WITHDRAWN');
  // One place, however it was found.
  expect(places).toMatchObject([{ kind: 'package', folder: at('archive', 'Harvest') }]);
});

test('when even its record has gone, a finished package is known: here, verified, recalled', async () => {
  const id = await fetched(bench);
  await bench.transfers.clear([id]);
  await bench.restart(async () => {
    const { DatabaseSync } = await import('node:sqlite');
    const db = new DatabaseSync(path.join(bench.folder, 'home', 'transfers.sqlite'));
    db.exec('DELETE FROM transfers');
    db.close();
  });
  expect(await bench.transfers.packages()).toEqual([
    {
      id,
      assetId: 'ast_1',
      packageId: 'pkg_1',
      isDone: true,
      isHere: true,
      isHeld: false,
      isRemoved: true,
      finishedAtMs: expect.any(Number) as number,
    },
  ]);
  expect(await bench.transfers.find('ast_1', 'pkg_1')).toMatchObject({
    id,
    title: 'Harvest',
    state: { phase: 'done' },
  });
  expect(await bench.transfers.detail(id)).toMatchObject({ folder: at('Harvest_2026') });
  await polled(bench, 'withdrawn');
  await marked(bench);
  expect(await namesIn(at('Harvest_2026'))).toContain('RECALLED.txt');
});

test('asked for again while it is there, whole, it has one row, also after it was removed from the list', async () => {
  const id = await fetched(bench);
  const rows = async () => {
    const query: HistoryQuery = { search: '', fromMs: null, toMs: null, show: 'all' };
    const { items } = await bench.transfers.history(query, { offset: 0, count: 9 });
    return items.map((item) => item.id);
  };
  expect(await fetched(bench)).toBe(id);
  expect((await bench.transfers.list('all', { offset: 0, count: 9 })).total).toBe(1);
  await bench.transfers.clear([id]);
  expect(await fetched(bench)).toBe(id);
  expect([await rows(), (await bench.transfers.historyView()).packages]).toEqual([[id], 1]);
  // To another folder it is another one, and so it is where something is missing.
  const other = await fetched(bench, { destination: at('other') });
  expect(await rows()).toEqual([other, id]);
  await rm(at('Harvest_2026/script_en.txt'));
  expect(await fetched(bench)).not.toBe(id);
  expect(await textIn(at('Harvest_2026'), 'script_en.txt')).toBe('The harvest begins.');
  // In the same folder it is one package all the same.
  expect(await rows()).toHaveLength(2);
});

test('what an earlier version has recorded again and again is one row, which moves as a whole', async () => {
  const id = await fetched(bench);
  await bench.restart(async () => repeatTransfer(path.join(bench.folder, 'home'), id));
  const shown = async (show: HistoryQuery['show']) =>
    (
      await bench.transfers.history(
        { search: '', fromMs: null, toMs: null, show },
        { offset: 0, count: 9 },
      )
    ).items.map((item) => [item.id, item.place]);
  expect(await shown('all')).toEqual([[id, 'here']]);
  await rename(at('Harvest_2026'), at('Harvest of 2026'));
  await look();
  await eventually(async () => expect(await shown('all')).toEqual([[id, 'moved']]));
  expect(await shown('gone')).toEqual([]);
});

test('a package that was queued and is not there yet is no history', async () => {
  await bench.transfers.pauseAll(true);
  await bench.transfers.enqueue([packageItem(bench.to)], { makeDestination: true });
  await look();
  expect(await bench.transfers.packages()).toMatchObject([{ isDone: false, isHere: false }]);
});

const ALL = { search: '', fromMs: null, toMs: null, show: 'all' } as const;
const first = async () =>
  (await bench.transfers.history(ALL, { offset: 0, count: 10 })).items[0] ?? null;
/** How many packages these words find. */
const found = async (search: string, more: Partial<HistoryQuery> = {}) =>
  (await bench.transfers.history({ ...ALL, search, ...more }, { offset: 0, count: 10 })).total;

test('the history keeps a package that was removed from the list, and says where it is', async () => {
  const id = await fetched(bench);
  expect(await first()).toMatchObject({
    id,
    assetId: 'ast_1',
    packageId: 'pkg_1',
    title: 'Harvest',
    folder: at('Harvest_2026'),
    place: 'here',
    movedFrom: null,
    isListed: true,
    recall: null,
    rights: null,
  });
  await bench.transfers.clear([id]);
  expect(await first()).toMatchObject({ id, place: 'here', isListed: false });
  await mkdir(at('archive'));
  await rename(at('Harvest_2026'), at('archive', 'Harvest'));
  await look();
  await eventually(async () =>
    expect(await first()).toMatchObject({
      place: 'moved',
      folder: at('archive', 'Harvest'),
      movedFrom: at('Harvest_2026'),
    }),
  );
  await bench.restart();
  expect(await first()).toMatchObject({ place: 'moved', movedFrom: at('Harvest_2026') });
  // Back where it was, it isn't moved any more.
  await rename(at('archive', 'Harvest'), at('Harvest_2026'));
  await look();
  await eventually(async () =>
    expect(await first()).toMatchObject({ place: 'here', movedFrom: null }),
  );
  await rm(at('Harvest_2026'), { recursive: true });
  await look();
  await eventually(async () => expect(await first()).toMatchObject({ place: 'gone' }));
});

test('the history is searched by words, time and what became of a package', async () => {
  await fetched(bench);
  expect([await found(''), await found('HARVEST pkg_1'), await found('harvest moon')]).toEqual([
    1, 1, 0,
  ]);
  const atMs = (await first())?.finishedAt ?? 0;
  expect(await found('', { fromMs: atMs, toMs: atMs + 1 })).toBe(1);
  expect(await found('', { toMs: atMs })).toBe(0);
  expect([await found('', { show: 'here' }), await found('', { show: 'gone' })]).toEqual([1, 0]);
  expect(await found('', { show: 'marked' })).toBe(0);
  await polled(bench, 'withdrawn');
  expect(await found('', { show: 'marked' })).toBe(1);
  expect(await first()).toMatchObject({ recall: { kind: 'withdrawn', isToAcknowledge: true } });
});

test('a look is announced at its start and end; of a disk that is away it says so', async () => {
  await fetched(bench);
  const views: HistoryView[] = [];
  bench.transfers.onHistory((view) => views.push(view));
  await rename(bench.to, `${bench.to}-away`);
  await look();
  await eventually(() => expect(views.at(-1)).toMatchObject({ isLooking: false, away: 1 }));
  expect(views[0]).toMatchObject({ isLooking: true, packages: 1, away: 0 });
  expect(await first()).toMatchObject({ place: 'away' });
  expect(await found('', { show: 'here' })).toBe(1);
  await rename(`${bench.to}-away`, bench.to);
  await look();
  await eventually(async () => expect(await first()).toMatchObject({ place: 'here' }));
});
