import {
  chmod,
  cp,
  lstat,
  mkdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '../../../src/shared/errors.ts';
import type { Explanation } from '../../../src/main/transfers/api.ts';
import { createDisk } from '../../../src/main/adapters/fs/disk.ts';
import { received, settled, type Bench } from '../../support/engine/bench.ts';
import { content } from '../../support/engine/origin.ts';
import { startDesk } from '../../support/engine/process.ts';
import { PackageService } from '../../support/engine/package.ts';
import { openBench, openOrigin } from '../../support/engine/per-test.ts';
import {
  NOON,
  fetched,
  marked,
  namesIn,
  packageItem,
  polled,
  recallsOf,
  textIn,
  told,
} from '../../support/engine/recalled.ts';
import { eventually } from '../../support/eventually.ts';
import { repeatTransfer } from '../../support/engine/repeated.ts';

const MIB = 1024 * 1024;
let service: PackageService;
let bench: Bench;
const folder = () => path.join(bench.to, 'Harvest_2026');

beforeEach(async () => {
  const origin = await openOrigin();
  service = new PackageService(origin, [
    { path: 'video/master.mov', bytes: content(3 * MIB) },
    { path: 'script_en.txt', bytes: Buffer.from('The harvest begins.') },
  ]);
  bench = await openBench({ ports: { source: service } });
});

const FETCHED = ['.done', 'manifest.json', 'script_en.txt', 'video'];
const RECALLED = ['.recalled', 'RECALLED.txt', 'manifest.json', 'script_en.txt', 'video'];

test('an embargo that begins while its files come keeps the marker back until it has lifted', async () => {
  const [id = ''] = await bench.transfers.enqueue(
    [packageItem(bench.to, { limitBytesPerSecond: 64 * 1024 })],
    { makeDestination: true },
  );
  await received(bench.transfers, id, 1);
  const untilMs = NOON + 3_600_000;
  const embargo = { embargoUntil: untilMs, embargoEndsMs: untilMs };
  await polled(bench, null, embargo);
  await bench.transfers.setOptions(id, { limitBytesPerSecond: null });
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  expect(await namesIn(folder())).not.toContain('.done');
  expect((await bench.transfers.detail(id)).heldUntil).toBe(untilMs);
  const { service: scope } = await bench.transfers.detail(id);
  await bench.transfers.releaseHeld(told(untilMs - 1, scope ?? ''));
  await bench.transfers.releaseHeld(told(untilMs, 'https://elsewhere.example'));
  expect(await namesIn(folder())).not.toContain('.done');
  await bench.transfers.releaseHeld(told(untilMs, scope ?? ''));
  expect(await namesIn(folder())).toContain('.done');
});

test.each(['barred', 'expired'] as const)(
  'what is %s while it waits for its embargo gets no marker when that lifts',
  async (state) => {
    const untilMs = NOON + 3_600_000;
    const embargo = { embargoUntil: untilMs, embargoEndsMs: untilMs };
    const id = await fetched(bench, {
      acknowledge: [`embargo:${new Date(untilMs).toISOString()}`],
    });
    const { service: scope } = await bench.transfers.detail(id);
    await polled(bench, state, embargo);
    await bench.transfers.releaseHeld(told(untilMs, scope ?? ''));
    expect(await namesIn(folder())).not.toContain('.done');
    await polled(bench, null, embargo);
    await bench.transfers.releaseHeld(told(untilMs, scope ?? ''));
    expect(await namesIn(folder())).toContain('.done');
  },
);

test('what is barred while its files come or it waits stops within the poll, and isn’t handed over', async () => {
  const [id = ''] = await bench.transfers.enqueue(
    [packageItem(bench.to, { limitBytesPerSecond: 64 * 1024 })],
    { makeDestination: true },
  );
  await received(bench.transfers, id, 1);
  const [waits = ''] = await bench.transfers.enqueue(
    [packageItem(path.join(bench.to, 'b'), { acknowledge: [] })],
    { makeDestination: true },
  );
  await bench.transfers.pause([waits]);
  await polled(bench, 'barred');
  // It doesn't wait until it needs addresses again.
  for (const one of [id, waits])
    expect((await bench.transfers.detail(one)).state).toMatchObject({
      phase: 'failed',
      code: 'territory-restricted',
      message: 'HARVEST isn’t cleared for your territory (FR)',
      retryable: false,
    });
  expect(await recallsOf(bench)).toEqual([]);
  await bench.transfers.setOptions(id, { limitBytesPerSecond: null });
  expect(await namesIn(folder())).not.toContain('.done');
  await polled(bench, null);
  await bench.transfers.retry([id]);
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  expect(await namesIn(folder())).toContain('.done');
});

test('withdrawn after it came: the marker is set aside, a notice beside the files says so in both languages', async () => {
  const id = await fetched(bench);
  await polled(bench, 'withdrawn');
  const recall = await marked(bench);
  expect(recall).toMatchObject({
    transferId: id,
    assetId: 'ast_1',
    packageId: 'pkg_1',
    title: 'Harvest',
    kind: 'withdrawn',
    atMs: NOON,
    rev: { from: 1, to: null },
    phase: 'done',
    acknowledged: null,
    places: [{ folder: folder(), kind: 'package', notice: 'written', done: 'set-aside' }],
  });
  expect(await namesIn(folder())).toEqual(RECALLED);
  const text = await textIn(folder(), 'RECALLED.txt');
  expect(text.startsWith('\ufeffWITHDRAWN: do not use this footage.\r\n')).toBe(true);
  expect(text).toContain('24 Nov 2026, 12:00 UTC');
  expect(text).toContain('RETIRÉ\u00a0: n’utilisez plus ces images.');
  expect(text).toContain('Nothing was deleted.');
  expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/u);
  // The next poll finds nothing new.
  await polled(bench, 'withdrawn', { atMs: NOON + 60_000 });
  expect(await recallsOf(bench)).toHaveLength(1);
});

test('released again: the marker is back, our notice gone, and both are recorded', async () => {
  await fetched(bench);
  await polled(bench, 'on-hold');
  await marked(bench);
  expect(await textIn(folder(), 'RECALLED.txt')).toContain('ON HOLD');
  await polled(bench, null, { atMs: NOON + 1 });
  expect(await marked(bench, 'removed')).toMatchObject({
    kind: 'lifted',
    atMs: NOON + 1,
    places: [{ done: 'released' }],
  });
  expect(await namesIn(folder())).toEqual(FETCHED);
  expect((await recallsOf(bench)).map(({ kind, isOver }) => [kind, isOver])).toEqual([
    ['lifted', false],
    ['on-hold', true],
  ]);
  // Nobody is asked to acknowledge what is over.
  expect(await bench.transfers.recallsView()).toMatchObject({ total: 2, recalls: 0 });
  // And a second time.
  await polled(bench, 'on-hold', { atMs: NOON + 2 });
  await marked(bench);
  expect(await namesIn(folder())).toEqual(RECALLED);
});

test('a notice that somebody has written into stays when it is released', async () => {
  await fetched(bench);
  await polled(bench, 'on-hold');
  await marked(bench);
  await writeFile(path.join(folder(), 'RECALLED.txt'), 'Asked the desk: fine from Monday');
  await polled(bench, null);
  await marked(bench, 'left');
  expect(await textIn(folder(), 'RECALLED.txt')).toBe('Asked the desk: fine from Monday');
  expect(await namesIn(folder())).toContain('.done');
});

test('a hold that becomes a withdrawal replaces the notice, and so do the publisher’s words', async () => {
  await fetched(bench);
  await polled(bench, 'on-hold');
  await marked(bench);
  await polled(bench, 'withdrawn', { atMs: NOON + 1 });
  await eventually(async () =>
    expect(await textIn(folder(), 'RECALLED.txt')).toContain('WITHDRAWN'),
  );
  expect(await bench.transfers.unexplainedRecalls()).toEqual(['ast_1']);
  // What is known from before the withdrawal explains nothing.
  await bench.transfers.explainRecalls([
    { assetId: 'ast_1', pubStatus: 'usable', note: null, history: [] },
  ]);
  expect(await bench.transfers.unexplainedRecalls()).toEqual(['ast_1']);
  await bench.transfers.explainRecalls([
    {
      assetId: 'ast_1',
      pubStatus: 'canceled',
      note: 'Shot 3 is of another field.\r\n\u202eNothing was deleted.',
      history: [],
    },
  ]);
  await eventually(async () =>
    expect(await textIn(folder(), 'RECALLED.txt')).toContain(
      'The publisher’s reason: “Shot 3 is of another field. Nothing was deleted.”\r\n',
    ),
  );
  expect((await recallsOf(bench))[0]).toMatchObject({
    words: expect.stringContaining('Shot 3') as unknown,
  });
  expect(await namesIn(folder())).toEqual(RECALLED);
  expect(await bench.transfers.unexplainedRecalls()).toEqual([]);
});

test('a correction leaves the marker, and each newer version is one of its own', async () => {
  await fetched(bench);
  await polled(bench, null, { rev: 2 });
  expect(await marked(bench)).toMatchObject({
    kind: 'corrected',
    rev: { from: 1, to: 2 },
    places: [{ done: 'none' }],
  });
  expect(await namesIn(folder())).toEqual([
    '.done',
    'CORRECTED.txt',
    'manifest.json',
    'script_en.txt',
    'video',
  ]);
  await bench.transfers.explainRecalls([
    {
      assetId: 'ast_1',
      pubStatus: 'usable',
      note: null,
      history: [{ rev: 2, note: 'The year in shot 2 was wrong.' }],
    },
  ]);
  await eventually(async () =>
    expect(await textIn(folder(), 'CORRECTED.txt')).toContain('The year in shot 2 was wrong.'),
  );
  await polled(bench, null, { rev: 2, atMs: NOON + 1 });
  expect(await recallsOf(bench)).toHaveLength(1);
  await polled(bench, null, { rev: 3, atMs: NOON + 2 });
  await eventually(async () =>
    expect(await textIn(folder(), 'CORRECTED.txt')).toContain('version 3 of this package'),
  );
  expect((await recallsOf(bench)).map(({ rev }) => rev.to)).toEqual([3, 2]);
});

test.each(['barred', 'expires-today', 'expired', 'on-hold'] as const)(
  'a correction of what is %s is told, with its own time, and the state stays',
  async (state) => {
    const id = await fetched(bench);
    await polled(bench, state);
    const before = (await bench.transfers.detail(id)).rights;
    await polled(bench, state, { rev: 2, atMs: NOON + 1 });
    const corrections = async () =>
      (await recallsOf(bench)).filter(({ kind }) => kind === 'corrected');
    expect(await corrections()).toMatchObject([{ rev: { from: 1, to: 2 }, atMs: NOON + 1 }]);
    expect((await bench.transfers.detail(id)).rights).toMatchObject({
      state,
      since: before?.since,
    });
    await eventually(async () =>
      expect(await textIn(folder(), 'CORRECTED.txt')).toContain('24 Nov 2026, 12:00 UTC'),
    );
    // Told once, also when the state goes and after a restart.
    await polled(bench, null, { rev: 2, atMs: NOON + 2 });
    await bench.restart();
    await polled(bench, state, { rev: 2, atMs: NOON + 3 });
    expect(await corrections()).toHaveLength(1);
  },
);

test('of what is withdrawn no newer version is announced', async () => {
  await fetched(bench);
  await polled(bench, 'withdrawn', { rev: 2 });
  await marked(bench);
  expect((await recallsOf(bench)).map(({ kind }) => kind)).toEqual(['withdrawn']);
});

const versions = (rev: number) => [
  { packageId: 'pkg_2', rev: rev + 1 },
  { packageId: 'pkg_1', rev },
];

const explained = async (history: Explanation['history']): Promise<void> => {
  await bench.transfers.explainRecalls([
    { assetId: 'ast_1', pubStatus: 'usable', note: null, history },
  ]);
};

describe('the notes of a correction', () => {
  test('are of all versions since the one here, newest first, and of no other change of the asset', async () => {
    await fetched(bench);
    await polled(bench, null, { rev: 3 });
    // What is known from before the newest version explains nothing.
    await explained([{ rev: 3, note: 'The year was wrong.', packages: versions(2) }]);
    expect(await bench.transfers.unexplainedRecalls()).toEqual(['ast_1']);
    await explained([
      { rev: 1, note: 'First version', packages: versions(1) },
      { rev: 2, note: 'One shot is being checked', packages: [] },
      { rev: 3, note: 'The year was wrong.', packages: versions(2) },
      { rev: 4, note: 'Released from hold.', packages: [] },
      { rev: 5, note: 'Not in France.', packages: versions(3) },
      { rev: 6, note: 'Terms made clearer.', packages: [] },
    ]);
    expect((await recallsOf(bench))[0]?.words).toBe('Not in France. · The year was wrong.');
    await eventually(async () =>
      expect(await textIn(folder(), 'CORRECTED.txt')).toContain(
        'Editor’s note: “Not in France. · The year was wrong.”',
      ),
    );
  });

  test('of a service that doesn’t say which are none rather than those of another change', async () => {
    await fetched(bench);
    await polled(bench, null, { rev: 2 });
    await explained([
      { rev: 1, note: 'First version' },
      { rev: 2, note: 'One shot is being checked' },
      { rev: 3, note: 'The year was wrong.' },
    ]);
    expect((await recallsOf(bench))[0]?.words).toBeNull();
  });
});

test('acknowledging is recorded with who and when, counted, and deletes nothing', async () => {
  await fetched(bench);
  await polled(bench, 'withdrawn');
  const { id } = await marked(bench);
  expect(await bench.transfers.recallsView()).toMatchObject({ recalls: 1, corrections: 0 });
  const by = { atMs: NOON + 5, who: 'desk@station.example' };
  expect(await bench.transfers.acknowledgeRecalls([id, 'rcl_unknown'], by)).toMatchObject({
    total: 1,
    recalls: 0,
  });
  // Who was first stays.
  await bench.transfers.acknowledgeRecalls([id], { atMs: NOON + 9, who: 'other' });
  await bench.restart();
  expect((await recallsOf(bench))[0]?.acknowledged).toEqual(by);
  expect(await namesIn(folder())).toEqual(RECALLED);
});

test('the ledger is told of each recall and acknowledgement until it has them', async () => {
  await fetched(bench);
  await polled(bench, 'withdrawn');
  const { id } = await marked(bench);
  const told = async () => (await bench.transfers.unreportedRecalls()).map(({ type }) => type);
  expect(await told()).toEqual(['recalled']);
  await bench.transfers.acknowledgeRecalls([id], { atMs: NOON, who: 'desk' });
  expect(await told()).toEqual(['recalled', 'acknowledged']);
  await bench.transfers.recallsReported([{ type: 'recalled', id }]);
  await bench.restart();
  expect(await told()).toEqual(['acknowledged']);
  await bench.transfers.recallsReported([{ type: 'acknowledged', id }]);
  expect(await told()).toEqual([]);
});

describe('what is in the way', () => {
  test('a link planted under the name of the notice is not followed, and the next name is taken', async () => {
    await fetched(bench);
    const theirs = path.join(bench.folder, 'theirs.txt');
    await writeFile(theirs, 'precious');
    await symlink(theirs, path.join(folder(), 'RECALLED.txt'));
    await polled(bench, 'withdrawn');
    expect((await marked(bench)).places[0]?.name).toBe('RECALLED 2.txt');
    expect(await readFile(theirs, 'utf8')).toBe('precious');
    expect((await lstat(path.join(folder(), 'RECALLED.txt'))).isSymbolicLink()).toBe(true);
    await polled(bench, null);
    await marked(bench, 'removed');
    expect(await namesIn(folder())).toContain('RECALLED.txt');
    expect(await namesIn(folder())).not.toContain('RECALLED 2.txt');
  });

  test('a link in the place of the marker stays, the notice comes, and the fault is said', async () => {
    await fetched(bench);
    const theirs = path.join(bench.folder, 'theirs');
    await writeFile(theirs, '');
    await rm(path.join(folder(), '.done'));
    await symlink(theirs, path.join(folder(), '.done'));
    await polled(bench, 'withdrawn');
    await eventually(async () =>
      expect((await recallsOf(bench))[0]?.places[0]).toMatchObject({
        notice: 'written',
        done: 'failed',
        error: { code: 'exists' },
      }),
    );
    expect((await lstat(path.join(folder(), '.done'))).isSymbolicLink()).toBe(true);
    expect(await bench.transfers.recallsView()).toMatchObject({ failed: 1 });
  });

  test('a folder that has become a link that leads out is not written through', async () => {
    await fetched(bench);
    const outside = path.join(bench.folder, 'outside');
    await rename(folder(), outside);
    await symlink(outside, folder());
    await polled(bench, 'withdrawn');
    await eventually(async () =>
      expect((await recallsOf(bench))[0]?.places[0]).toMatchObject({
        notice: 'failed',
        error: { code: 'not-permitted' },
      }),
    );
    expect(await namesIn(outside)).toEqual(FETCHED);
  });

  test('another package in its folder is not marked', async () => {
    await fetched(bench);
    const manifest = path.join(folder(), 'manifest.json');
    const other = { ...JSON.parse(await readFile(manifest, 'utf8')), packageId: 'pkg_9' };
    await writeFile(manifest, JSON.stringify(other));
    await polled(bench, 'withdrawn');
    await eventually(async () =>
      expect((await recallsOf(bench))[0]?.places[0]).toMatchObject({
        notice: 'none',
        error: { code: 'not-found' },
      }),
    );
    expect(await namesIn(folder())).toEqual(FETCHED);
  });

  test('a share that becomes read-only is said to have failed, and tried again at the next check', async () => {
    let isReadOnly = false;
    const disk = createDisk();
    const shared = await openBench({
      ports: {
        source: service,
        disk: {
          ...disk,
          open: async (name, mode) => {
            if (isReadOnly && mode === 'new') throw new AppError('not-permitted', `${name}: EROFS`);
            return disk.open(name, mode);
          },
        },
      },
    });
    await fetched(shared);
    isReadOnly = true;
    await polled(shared, 'withdrawn');
    await marked(shared, 'failed');
    expect(await shared.transfers.recallsView()).toMatchObject({ failed: 1 });
    isReadOnly = false;
    await polled(shared, 'withdrawn');
    await marked(shared);
    expect(await namesIn(path.join(shared.to, 'Harvest_2026'))).toEqual(RECALLED);
  });

  test.skipIf(process.getuid?.() === 0)(
    'a folder that may not be written to is said to have failed, and tried again at the next check (not as root)',
    async () => {
      await fetched(bench);
      await chmod(folder(), 0o500);
      await polled(bench, 'withdrawn');
      await eventually(async () =>
        expect((await recallsOf(bench))[0]?.places[0]).toMatchObject({
          notice: 'failed',
          error: { code: 'not-permitted' },
        }),
      );
      expect(await bench.transfers.recallsView()).toMatchObject({ failed: 1 });
      await chmod(folder(), 0o700);
      await polled(bench, 'withdrawn');
      await marked(bench);
      expect(await namesIn(folder())).toEqual(RECALLED);
    },
  );

  test('a disk that was away is marked once it is back', async () => {
    await fetched(bench);
    await rename(bench.to, `${bench.to}-away`);
    await polled(bench, 'withdrawn');
    await eventually(async () =>
      expect((await recallsOf(bench))[0]?.places[0]?.error?.code).toBe('destination-missing'),
    );
    await bench.restart(() => rename(`${bench.to}-away`, bench.to));
    await marked(bench);
    expect(await namesIn(folder())).toEqual(RECALLED);
  });
});

describe('what verifies and mends', () => {
  test('a recalled package is verified as before and said to be recalled; notices are no fault', async () => {
    const id = await fetched(bench);
    await polled(bench, 'withdrawn');
    await marked(bench);
    expect(await bench.transfers.verifyFolder(folder())).toMatchObject([
      { signed: { packageId: 'pkg_1' }, error: null, recalled: { state: 'withdrawn' } },
    ]);
    expect(await bench.transfers.verifyFolder(bench.to)).toHaveLength(1);
    await bench.transfers.verify([id]);
    await eventually(async () =>
      expect(await bench.transfers.verification()).toMatchObject({
        isRunning: false,
        packagesDone: 1,
        faulty: 0,
      }),
    );
  });

  test('a repair of a recalled package brings no marker back', async () => {
    const id = await fetched(bench);
    await polled(bench, 'withdrawn');
    await marked(bench);
    await writeFile(path.join(folder(), 'script_en.txt'), 'damaged');
    await bench.transfers.repair([id]);
    expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
    expect(await textIn(folder(), 'script_en.txt')).toBe('The harvest begins.');
    expect(await namesIn(folder())).toEqual(RECALLED);
  });

  test('one that is recalled while its files are being named gets no marker that is taken for usable', async () => {
    // Everything is in place already: nobody is asked for addresses.
    await fetched(bench);
    await cp(folder(), path.join(bench.to, 'again', 'Harvest_2026'), { recursive: true });
    await rm(path.join(bench.to, 'again', 'Harvest_2026', '.done'));
    const [id = ''] = await bench.transfers.enqueue([
      packageItem(path.join(bench.to, 'again'), { repair: true }),
    ]);
    await polled(bench, 'withdrawn');
    await settled(bench.transfers, id);
    await eventually(async () =>
      expect(await namesIn(path.join(bench.to, 'again', 'Harvest_2026'))).toEqual(RECALLED),
    );
  });
});

describe('what is on its way', () => {
  test('stops within the poll with the reason, keeps what it has, and goes on by a retry once released', async () => {
    const paused = await openBench({
      ports: { source: service },
      settings: { limitBytesPerSecond: 256 * 1024 },
    });
    const [id = ''] = await paused.transfers.enqueue([packageItem(paused.to)], {
      makeDestination: true,
    });
    await received(paused.transfers, id, 1);
    await polled(paused, 'on-hold');
    expect(await paused.transfers.detail(id)).toMatchObject({
      state: {
        phase: 'failed',
        code: 'on-hold',
        message: 'Put on hold by the publisher, known since 24 Nov 2026, 12:00 UTC',
      },
      rights: { state: 'on-hold' },
    });
    expect(await recallsOf(paused)).toMatchObject([
      { kind: 'on-hold', phase: 'running', places: [] },
    ]);
    expect((await paused.transfers.recallsView()).recalls).toBe(1);
    await polled(paused, null);
    expect((await recallsOf(paused))[0]).toMatchObject({ kind: 'lifted', phase: 'running' });
    await paused.transfers.configure({ limitBytesPerSecond: null });
    await paused.transfers.retry([id]);
    expect(await settled(paused.transfers, id)).toEqual({ phase: 'done' });
    expect(await namesIn(path.join(paused.to, 'Harvest_2026'))).toEqual(FETCHED);
  });

  test.each(['withdrawn', 'on-hold', 'expired'] as const)(
    'queued and paused ones stop too: %s',
    async (state) => {
      await bench.transfers.pauseAll(true);
      const [queued = '', paused = ''] = await bench.transfers.enqueue(
        [packageItem(bench.to), packageItem(path.join(bench.to, 'b'))],
        { makeDestination: true },
      );
      await bench.transfers.pause([paused]);
      await polled(bench, state);
      for (const id of [queued, paused])
        expect((await bench.transfers.detail(id)).state).toMatchObject({
          phase: 'failed',
          code: state,
          retryable: false,
        });
      expect((await recallsOf(bench)).map(({ kind, phase }) => [kind, phase])).toEqual([
        [state, 'queued'],
        [state, 'queued'],
      ]);
    },
  );
});

test('what an earlier version knew as withdrawn is recorded and marked by the first start', async () => {
  await fetched(bench);
  await polled(bench, 'withdrawn');
  await marked(bench);
  // As it was: the state is stored, and nothing else.
  await bench.restart(async () => {
    const { DatabaseSync } = await import('node:sqlite');
    const db = new DatabaseSync(path.join(bench.folder, 'home', 'transfers.sqlite'));
    db.exec('DELETE FROM recalls');
    db.close();
    await rename(path.join(folder(), '.recalled'), path.join(folder(), '.done'));
    await rm(path.join(folder(), 'RECALLED.txt'));
  });
  await marked(bench);
  expect(await namesIn(folder())).toEqual(RECALLED);
  expect(await recallsOf(bench)).toHaveLength(1);
});

test('removed from the list it is marked all the same', async () => {
  const id = await fetched(bench);
  await bench.transfers.clear([id]);
  await polled(bench, 'withdrawn');
  await marked(bench);
  expect(await namesIn(folder())).toEqual(RECALLED);
});

test('a package that came to the same place twice is recalled once', async () => {
  const id = await fetched(bench);
  // As an earlier version has recorded each download of it.
  await bench.restart(async () => repeatTransfer(path.join(bench.folder, 'home'), id));
  await polled(bench, 'withdrawn');
  await marked(bench);
  expect((await recallsOf(bench)).map(({ transferId }) => transferId)).toEqual([id]);
  expect(await namesIn(folder())).toEqual(RECALLED);
});

test.each<['withdrawn' | 'usable', string[]]>([
  ['withdrawn', RECALLED],
  ['usable', FETCHED],
])(
  'kill -9 again and again while the folder becomes %s: the last run leaves it right',
  { tags: ['long'] },
  async (state, names) => {
    const home = path.join(bench.folder, 'home');
    const desk = (rights: string, delayMs: number | null) =>
      startDesk(['rights', rights, '--home', home], ({ type }, { kill }) => {
        if (type === 'set' && delayMs !== null) setTimeout(() => kill('SIGKILL'), delayMs);
      }).ended;
    await fetched(bench);
    if (state === 'usable') {
      await polled(bench, 'withdrawn');
      await marked(bench);
    }
    await bench.restart(async () => {
      for (const delayMs of [0, 2, 6]) await desk(state, delayMs);
      expect(await desk(state, null)).toBe(0);
      expect(await namesIn(folder())).toEqual(names);
    });
    expect((await recallsOf(bench)).map(({ kind }) => kind)).toEqual(
      state === 'usable' ? ['withdrawn', 'lifted'] : ['withdrawn'],
    );
  },
);

test('a deleted package is not brought back by its recall', async () => {
  await fetched(bench);
  await rm(folder(), { recursive: true });
  await mkdir(path.join(bench.to, 'other'), { recursive: true });
  await polled(bench, 'withdrawn');
  await eventually(async () =>
    expect((await recallsOf(bench))[0]?.places[0]?.error?.code).toBe('not-found'),
  );
  expect(await namesIn(bench.to)).toEqual(['other']);
  expect(await bench.transfers.recallsView()).toMatchObject({ failed: 0, recalls: 1 });
});
