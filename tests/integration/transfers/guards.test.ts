import { readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { createDisk } from '../../../src/main/adapters/fs/disk.ts';
import { watchNetwork } from '../../../src/main/adapters/http/network-monitor.ts';
import { type Origin, content, sha256 } from '../../support/engine/origin.ts';
import { get, settled, type Bench } from '../../support/engine/bench.ts';
import { openBench, openOrigin } from '../../support/engine/per-test.ts';

const MIB = 1024 * 1024;
let origin: Origin;
let bench: Bench;
beforeEach(async () => {
  origin = await openOrigin();
  bench = await openBench();
});

const held = (errno: string) => Object.assign(new Error(errno), { code: errno });

test.each(['EBUSY', 'EPERM', 'EACCES'])(
  'a file that another program holds (%s) is renamed when it lets go',
  async (errno) => {
    let refusals = 3;
    const disk = createDisk({
      rename: async (from, to) => (refusals-- > 0 ? Promise.reject(held(errno)) : rename(from, to)),
    });
    const other = await openBench({ ports: { disk } });
    const bytes = content(1000);
    origin.serve('/a.mov', bytes);
    expect((await get(other, { url: `${origin.url}/a.mov`, sha256: sha256(bytes) })).state).toEqual(
      { phase: 'done' },
    );
    expect(await readdir(other.to)).toEqual(['a.mov']);
  },
);

test('a file that appears under the final name while the rename waits is not overwritten', async () => {
  const target = path.join(bench.folder, 'b');
  await writeFile(path.join(bench.folder, 'a'), 'new');
  const disk = createDisk({
    rename: async () => {
      await writeFile(target, 'mine');
      throw held('EBUSY');
    },
  });
  await expect(disk.move(path.join(bench.folder, 'a'), target)).rejects.toMatchObject({
    code: 'exists',
  });
  expect(await readFile(target, 'utf8')).toBe('mine');
});

test('a file that appears under the final name during the transfer is a conflict that is told; without it nothing is fetched again', async () => {
  const bytes = content(2 * MIB);
  const file = origin.serve('/a.mov', bytes, { faults: [{ kind: 'stall', afterBytes: MIB }] });
  const target = path.join(bench.to, 'a.mov');
  await bench.transfers.configure({ stallMs: 300 });
  const { promise: stalled, resolve } = Promise.withResolvers<void>();
  origin.onStall = resolve;
  const [id = ''] = await bench.transfers.enqueue(
    [
      {
        url: `${origin.url}/a.mov`,
        metalink: false,
        destination: bench.to,
        sha256: sha256(bytes),
        hashAnyway: false,
      },
    ],
    { makeDestination: true },
  );
  await stalled;
  await writeFile(target, 'mine');
  expect(await settled(bench.transfers, id)).toMatchObject({ phase: 'failed', code: 'exists' });
  expect(await readFile(target, 'utf8')).toBe('mine');
  await rm(target);
  const before = file.ranges.length;
  await bench.transfers.retry([id]);
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  expect(file.ranges).toHaveLength(before);
  expect((await readFile(target)).equals(bytes)).toBe(true);
});

test('a Metalink whose server says nothing any more ends as stalled', async () => {
  const other = await openBench({ settings: { stallMs: 200, maxAttempts: 1 } });
  for (const afterBytes of [0, 10]) {
    origin.serve('/a.meta4', content(1000), {
      type: 'application/metalink4+xml',
      faults: [{ kind: 'stall', afterBytes }],
    });
    expect(
      (await get(other, { url: `${origin.url}/a.meta4`, metalink: true })).state,
    ).toMatchObject({ phase: 'failed', code: 'stalled' });
  }
});

test('after a sleep dead connections are dropped at once, long before their timer, and the transfer goes on', async () => {
  const bytes = content(2 * MIB);
  origin.serve('/a.mov', bytes, {
    faults: [
      { kind: 'stall', afterBytes: MIB },
      { kind: 'stall', afterBytes: 0 },
    ],
  });
  let stalls = 0;
  const { promise: stalledTwice, resolve } = Promise.withResolvers<void>();
  origin.onStall = () => {
    if (++stalls === 2) resolve();
    else void bench.transfers.reconnect();
  };
  await bench.transfers.configure({ stallMs: 3_600_000, connectionsPerFile: 1 });
  const [id = ''] = await bench.transfers.enqueue(
    [
      {
        url: `${origin.url}/a.mov`,
        metalink: false,
        destination: bench.to,
        sha256: sha256(bytes),
        hashAnyway: false,
      },
    ],
    { makeDestination: true },
  );
  await stalledTwice;
  await bench.transfers.reconnect();
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  expect((await bench.transfers.report(id))[0]).toMatchObject({ verified: true });
});

test('a sleep and a lost address are noticed, a busy machine and a new address are no news', () => {
  vi.useFakeTimers();
  try {
    let nowMs = 0;
    let addresses = ['192.0.2.1'];
    let told = 0;
    const stop = watchNetwork(() => told++, { nowMs: () => nowMs, addresses: () => addresses });
    const after = (ms: number): number => {
      nowMs += ms;
      vi.advanceTimersByTime(2_000);
      return told;
    };
    expect([after(2_000), after(9_000)]).toEqual([0, 0]);
    expect(after(3_600_000)).toBe(1);
    addresses = ['192.0.2.1', '2001:db8::1'];
    expect(after(2_000)).toBe(1);
    addresses = ['2001:db8::1'];
    expect([after(2_000), after(2_000)]).toEqual([2, 2]);
    stop();
    expect(after(3_600_000)).toBe(2);
  } finally {
    vi.useRealTimers();
  }
});
