import { pad2 } from '../../../src/shared/api/text.ts';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { SqliteTransferStore } from '../../../src/main/adapters/sqlite/transfer-store.ts';
import type { TransferChange } from '../../../src/main/transfers/api.ts';
import { metalinkOf } from '../../support/engine/metalink.ts';
import { type Origin, content } from '../../support/engine/origin.ts';
import { transfer } from '../../support/engine/rows.ts';
import { get, received, settled, type Bench } from '../../support/engine/bench.ts';
import { eventually } from '../../support/eventually.ts';
import { openBench, openOrigin } from '../../support/engine/per-test.ts';

const MIB = 1024 * 1024;
let origin: Origin;
let bench: Bench;
beforeEach(async () => {
  origin = await openOrigin();
  bench = await openBench({ settings: { activeTransfers: 1, connectionsPerFile: 1 } });
});

const enqueue = (...names: string[]) =>
  bench.transfers.enqueue(
    names.map((name) => ({
      url: `${origin.url}/${name}`,
      metalink: false,
      destination: bench.to,
      sha256: null,
      hashAnyway: false,
    })),
    { makeDestination: true },
  );
const phase = async (id = '') => {
  const { state } = await bench.transfers.detail(id);
  return state.phase === 'waiting' ? state.reason : state.phase;
};
/** Serves files; the first response of each named one stalls in the middle. */
const serve = (names: string[], stalling: string[] = []) => {
  for (const name of names)
    origin.serve(`/${name}`, content(2 * MIB, name.length), {
      faults: stalling.includes(name) ? [{ kind: 'stall', afterBytes: MIB }] : [],
    });
};

test('one at a time in the order of the queue; an urgent one takes the place, the other goes on after it', async () => {
  serve(['a', 'bb', 'ccc'], ['a']);
  const [a = '', b = '', c = ''] = await enqueue('a', 'bb', 'ccc');
  await received(bench.transfers, a, MIB / 2);
  expect([await phase(a), await phase(b), await phase(c)]).toEqual(['running', 'queued', 'queued']);
  await bench.transfers.setOptions(c, { urgent: true });
  expect(await phase(a)).toBe('queued');
  await Promise.all([a, b, c].map((id) => settled(bench.transfers, id)));
  const { rows } = await bench.transfers.list('done', { offset: 0, count: 10 });
  const order = rows
    .toSorted((one, other) => Number(one.finishedAt) - Number(other.finishedAt))
    .map(({ id }) => id);
  expect(order).toEqual([c, a, b]);
  expect(origin.files.get('/a')?.ranges).toEqual([
    'bytes=0-',
    expect.stringMatching(/^bytes=[1-9]\d*-2097151$/u),
  ]);
});

test('moving one changes the order', async () => {
  serve(['a', 'bb', 'ccc'], ['a']);
  const [a = '', b = '', c = ''] = await enqueue('a', 'bb', 'ccc');
  await bench.transfers.move(c, b);
  const { rows } = await bench.transfers.list('all', { offset: 0, count: 10 });
  expect(rows.map(({ id }) => id)).toEqual([a, c, b]);
  await expect(bench.transfers.move(c, 'unknown')).rejects.toMatchObject({ code: 'not-found' });
});

test('all paused: what runs waits, also after a restart, until all may go on', async () => {
  serve(['a', 'bb'], ['a']);
  const [a = '', b = ''] = await enqueue('a', 'bb');
  await received(bench.transfers, a, MIB / 2);
  await bench.transfers.pauseAll(true);
  expect([await phase(a), await phase(b), (await bench.transfers.totals()).paused]).toEqual([
    'all-paused',
    'queued',
    true,
  ]);
  await bench.restart();
  await bench.transfers.configure({});
  expect((await bench.transfers.totals()).counts).toEqual({
    all: 2,
    active: 0,
    waiting: 2,
    done: 0,
    failed: 0,
    recalled: 0,
  });
  await bench.transfers.pauseAll(false);
  expect([await settled(bench.transfers, a), await settled(bench.transfers, b)]).toEqual([
    { phase: 'done' },
    { phase: 'done' },
  ]);
});

test('what was running when the program died goes on with the next start, if that is to run the queue', async () => {
  serve(['a'], ['a']);
  const [a = ''] = await enqueue('a');
  await received(bench.transfers, a, MIB / 2);
  await bench.restart();
  await bench.transfers.configure({ scope: 'started-here' });
  expect(await phase(a)).toBe('queued');
  await bench.transfers.configure({ scope: 'all' });
  expect(await settled(bench.transfers, a)).toEqual({ phase: 'done' });
  expect(await readdir(bench.to)).toEqual(['a']);
});

test('clearing a cancelled one takes its partial file and no other', async () => {
  serve(['a', 'bb'], ['a', 'bb']);
  await bench.transfers.configure({ activeTransfers: 2 });
  const [a = '', b = ''] = await enqueue('a', 'bb');
  await Promise.all([received(bench.transfers, a, MIB / 2), received(bench.transfers, b, MIB / 2)]);
  await bench.transfers.cancel([a]);
  await bench.transfers.clear([a, b]);
  expect(await readdir(bench.to)).toEqual(['bb.part']);
  expect(
    (await bench.transfers.list('all', { offset: 0, count: 9 })).rows.map(({ id }) => id),
  ).toEqual([b]);
});

test('what two name from different folders is one partial file: clearing the one takes nothing from the other', async () => {
  const bytes = content(4 * MIB);
  origin.serve('/a.mov', bytes, {
    faults: [
      { kind: 'stall', afterBytes: 2.5 * MIB },
      { kind: 'stall', afterBytes: MIB / 4 },
    ],
  });
  const [above, below] = ['Root/a.mov', 'a.mov'].map((name) =>
    metalinkOf([{ name, bytes, url: `${origin.url}/a.mov`, pieceBytes: MIB }]),
  );
  const put = async (metalinkText = '', folder = '') => {
    const [id = ''] = await bench.transfers.enqueue(
      [
        {
          url: 'a.meta4',
          metalink: true,
          metalinkText,
          destination: path.join(bench.to, folder),
          sha256: null,
          hashAnyway: false,
        },
      ],
      { makeDestination: true },
    );
    return id;
  };
  const first = await put(above);
  await received(bench.transfers, first, 2 * MIB);
  await bench.transfers.cancel([first]);
  const second = await put(below, 'Root');
  await received(bench.transfers, second, 2 * MIB);
  await bench.transfers.pause([second]);
  await bench.transfers.clear([first]);
  expect(await readdir(path.join(bench.to, 'Root'))).toEqual(['a.mov.part']);
  await bench.transfers.resume([second]);
  expect(await settled(bench.transfers, second)).toEqual({ phase: 'done' });
  expect(await readdir(path.join(bench.to, 'Root'))).toEqual(['a.mov']);
});

test('two addresses with one name to one folder: one file is written, the other is told so', async () => {
  origin.serve('/one/a.mov', content(MIB, 1));
  origin.serve('/two/a.mov', content(MIB, 2));
  await bench.transfers.configure({ activeTransfers: 2 });
  const ids = await enqueue('one/a.mov', 'two/a.mov');
  const phases = await Promise.all(
    ids.map(async (id) => (await settled(bench.transfers, id)).phase),
  );
  expect(phases.toSorted()).toEqual(['done', 'failed']);
  expect(await readdir(bench.to)).toEqual(['a.mov']);
});

test('ten thousand are queued, listed and cancelled; changes come in few pushes', async () => {
  await bench.transfers.pauseAll(true);
  const pushes: TransferChange[] = [];
  bench.transfers.onChanged((change) => pushes.push(change));
  const names = Array.from({ length: 10_000 }, (_, i) => `n${i}`);
  const ids = await enqueue(...names);
  expect(new Set(ids).size).toBe(10_000);
  expect(await enqueue(...names)).toEqual(ids);
  const page = await bench.transfers.list('waiting', { offset: 9_998, count: 500 });
  expect([page.total, page.rows.map(({ title }) => title)]).toEqual([10_000, ['n9998', 'n9999']]);
  await bench.transfers.cancel(ids);
  await bench.transfers.clear(ids);
  expect((await bench.transfers.list('all', { offset: 0, count: 1 })).total).toBe(0);
  expect(pushes.length).toBeLessThan(20);
});

test('cleared in the window it can be taken back; after that its partial file goes, also with a new start', async () => {
  serve(['a'], ['a']);
  const [a = ''] = await enqueue('a');
  await received(bench.transfers, a, MIB / 2);
  await bench.transfers.cancel([a]);
  await bench.transfers.clear([a], { undoable: true });
  expect([(await bench.transfers.totals()).counts.all, await readdir(bench.to)]).toEqual([
    0,
    ['a.part'],
  ]);
  await bench.transfers.restore([a]);
  expect([await phase(a), (await bench.transfers.totals()).counts.failed]).toEqual([
    'cancelled',
    1,
  ]);
  await bench.transfers.clear([a], { undoable: true });
  await bench.restart();
  expect([(await bench.transfers.totals()).counts.all, await readdir(bench.to)]).toEqual([0, []]);
});

test('of what was finished and cleared the last ten thousand stay known, whichever were cleared first', async () => {
  await bench.restart(async () => {
    const store = new SqliteTransferStore(
      path.join(bench.folder, 'home', 'transfers.sqlite'),
      (damage) => expect.unreachable(JSON.stringify(damage)),
    );
    store.save(
      Array.from({ length: 10_002 }, (_, i) =>
        transfer(`trf_${i}`, i, {
          state: { phase: 'done' },
          cleared: true,
          finishedAtMs: 20_000 - i,
        }),
      ),
    );
    store.close();
  });
  await bench.restart();
  const known = new Set((await bench.transfers.packages()).map(({ id }) => id));
  expect([known.size, known.has('trf_0'), known.has('trf_9999'), known.has('trf_10000')]).toEqual([
    10_000,
    true,
    true,
    false,
  ]);
  expect((await bench.transfers.list('all', { offset: 0, count: 1 })).total).toBe(0);
});

test('cleared, a list of which a name was refused and the rest has come stays known as what has', async () => {
  const bytes = content(1000);
  origin.serve('/a', bytes);
  const file = path.join(bench.folder, 'list.meta4');
  await writeFile(
    file,
    metalinkOf(
      ['a.mov', '../out.mov'].map((name) => ({
        name,
        bytes,
        url: `${origin.url}/a`,
        pieceBytes: null,
      })),
    ),
  );
  const [id = ''] = await bench.transfers.enqueue(
    [{ url: file, metalink: true, destination: bench.to, sha256: null, hashAnyway: false }],
    { makeDestination: true },
  );
  expect(await settled(bench.transfers, id)).toMatchObject({
    phase: 'failed',
    code: 'unsafe-name',
  });
  await bench.transfers.clear([id]);
  await bench.restart();
  expect((await bench.transfers.list('all', { offset: 0, count: 1 })).total).toBe(0);
  const report = JSON.parse((await bench.transfers.evidence(id, 'json', 'en')).text) as {
    files: unknown[];
  };
  expect(report.files).toMatchObject([
    { path: 'a.mov', state: 'verified' },
    { path: '../out.mov', error: 'unsafe-name' },
  ]);
});

test('found by title, id, date and the name of a file; other words find nothing', async () => {
  // Nothing that random ids may contain.
  serve(['Ete\u0301.mov', 'quay']);
  const [a = '', b = ''] = await enqueue('Ete\u0301.mov', 'quay');
  await Promise.all([settled(bench.transfers, a), settled(bench.transfers, b)]);
  const found = async (search: string) =>
    (await bench.transfers.list('done', { offset: 0, count: 9 }, search)).rows
      .map(({ id }) => id)
      .toSorted();
  const now = new Date();
  const today = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map(pad2).join('-');
  expect([
    await found('ete mov'),
    await found(b),
    await found(today),
    await found('été quay'),
    await found('____'),
  ]).toEqual([[a], [b], [a, b].toSorted(), [], []]);
});

test('a limit of its own holds one back and no other; what will be late says so before it is', async () => {
  serve(['a', 'bb']);
  await bench.transfers.configure({ activeTransfers: 2 });
  const [a = '', b = ''] = await enqueue('a', 'bb');
  await bench.transfers.setOptions(a, {
    limitBytesPerSecond: 100_000,
    deadlineMs: Date.now() + 5000,
  });
  await settled(bench.transfers, b);
  const { deadline, limitBytesPerSecond } = await eventually(async () => {
    const detail = await bench.transfers.detail(a);
    expect(detail.deadline?.late).toBe(true);
    return detail;
  });
  expect(limitBytesPerSecond).toBe(100_000);
  expect(deadline?.expectedAtMs).toBeGreaterThan(deadline?.atMs ?? Infinity);
  await bench.transfers.setOptions(a, { limitBytesPerSecond: null, deadlineMs: null });
  expect(await settled(bench.transfers, a)).toEqual({ phase: 'done' });
  expect((await bench.transfers.detail(a)).deadline).toBeNull();
});

test('in the hours in which the schedule pauses only what is urgent runs; the rest goes on when they end', async () => {
  serve(['a', 'bb'], ['a']);
  await bench.transfers.configure({ activeTransfers: 2 });
  const [a = ''] = await enqueue('a');
  await received(bench.transfers, a, MIB / 2);
  const all = { days: [1, 2, 3, 4, 5, 6, 7], fromMinute: 0, toMinute: 0, pauses: true };
  await bench.transfers.configure({ schedule: all });
  const [b = ''] = await enqueue('bb');
  expect([await phase(a), await phase(b), (await bench.transfers.totals()).limit.isPaused]).toEqual(
    ['queued', 'queued', true],
  );
  await bench.transfers.setOptions(b, { urgent: true });
  expect(await settled(bench.transfers, b)).toEqual({ phase: 'done' });
  expect(await phase(a)).toBe('queued');
  await bench.transfers.configure({ schedule: null });
  expect(await settled(bench.transfers, a)).toEqual({ phase: 'done' });
});

test('one server gets no more connections than it should, whatever runs; the others have their turn when one ends', async () => {
  await bench.transfers.configure({ activeTransfers: 5, connectionsPerHost: 2 });
  const names = ['a', 'bb', 'ccc', 'dddd'];
  serve(names, names);
  const ids = await enqueue(...names);
  const asked = () =>
    names.filter((name) => (origin.files.get(`/${name}`)?.requests.length ?? 0) > 0).length;
  await expect.poll(asked).toBe(2);
  // What starts later on another server is done before the two get their turn.
  const elsewhere = await openOrigin();
  onTestFinished(() => elsewhere.stop());
  elsewhere.serve('/e', content(MIB));
  expect(await get(bench, { url: `${elsewhere.url}/e` })).toMatchObject({
    state: { phase: 'done' },
  });
  expect([asked(), await Promise.all(ids.map(phase))]).toEqual([
    2,
    ['running', 'running', 'running', 'running'],
  ]);
  for (const file of origin.files.values()) file.faults.length = 0;
  await bench.transfers.reconnect();
  await Promise.all(ids.map((id) => settled(bench.transfers, id)));
  expect(await Promise.all(ids.map(phase))).toEqual(['done', 'done', 'done', 'done']);
});
