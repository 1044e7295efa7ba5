import { mkdir } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EnqueueItem } from '../../../src/main/transfers/api.ts';
import { type Origin, content } from '../../support/engine/origin.ts';
import { type Bench } from '../../support/engine/bench.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { PackageService } from '../../support/engine/package.ts';
import { openBench, openOrigin } from '../../support/engine/per-test.ts';

const MIB = 1024 * 1024;
let origin: Origin;
let service: PackageService;
let bench: Bench;
/** Releases requests that wait for the service. */
let answer: () => void;
let asksService: () => void;
beforeEach(async () => {
  origin = await openOrigin();
  service = new PackageService(origin, [{ path: 'a.mov', bytes: content(MIB) }]);
  const answered = new Promise<void>((resolve) => (answer = resolve));
  const authorise = service.authorise.bind(service);
  service.authorise = (...request) => {
    asksService();
    return answered.then(() => authorise(...request));
  };
  asksService = () => {};
  bench = await openBench({
    ports: { source: service, clock: new FakeClock() },
    settings: { activeTransfers: 1, connectionsPerFile: 1 },
  });
  await mkdir(bench.to);
});
afterEach(async () => {
  answer();
});

const address = (name: string): EnqueueItem => ({
  url: `${origin.url}/${name}`,
  metalink: false,
  destination: bench.to,
  sha256: null,
  hashAnyway: false,
});
const packaged = (): EnqueueItem => ({
  assetId: 'ast_1',
  packageId: 'pkg_1',
  rev: 1,
  title: 'Harvest',
  label: 'HD',
  purpose: 'broadcast',
  destination: bench.to,
  acknowledge: [],
});
/** Serves a stalling response and resolves when it stalls. */
const stalled = (afterBytes: number): Promise<void> => {
  origin.serve('/slow.mov', content(2 * MIB), { faults: [{ kind: 'stall', afterBytes }] });
  return new Promise((resolve) => (origin.onStall = resolve));
};
const held = async (): Promise<void> => {
  origin.serve('/slow.mov', content(2 * MIB));
  await expect.poll(() => origin.asked).toEqual(['/slow.mov']);
};

test.each<[string, () => EnqueueItem, () => Promise<void>, string[]]>([
  [
    'has not been answered',
    () => address('slow.mov'),
    () => stalled(0),
    ['/slow.mov', '/urgent.mov', '/slow.mov'],
  ],
  [
    'is in the middle',
    () => address('slow.mov'),
    () => stalled(MIB),
    ['/slow.mov', '/urgent.mov', '/slow.mov'],
  ],
  [
    'is held by its limit',
    () => ({ ...address('slow.mov'), limitBytesPerSecond: 1 }),
    held,
    ['/slow.mov', '/urgent.mov', '/slow.mov'],
  ],
  [
    'waits for the service',
    packaged,
    () => new Promise((resolve) => (asksService = resolve)),
    ['/urgent.mov', '/pkg_1/a.mov'],
  ],
])(
  'an urgent one is asked for while no time passes, though the one before it %s; then that one goes on',
  async (_, item, begun, order) => {
    const begins = begun();
    await bench.transfers.enqueue([item()]);
    await begins;
    for (const [index, name] of ['later.mov', 'urgent.mov'].entries())
      origin.serve(`/${name}`, content(MIB, 2 + index));
    const [, urgent = ''] = await bench.transfers.enqueue([
      address('later.mov'),
      address('urgent.mov'),
    ]);
    await bench.transfers.setOptions(urgent, { urgent: true });
    const soFar = order.indexOf('/urgent.mov') + 1;
    await expect.poll(() => origin.asked.slice(0, soFar)).toEqual(order.slice(0, soFar));
    answer();
    await expect.poll(() => origin.asked.slice(0, order.length)).toEqual(order);
  },
);
