import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Limiter, Slots } from '../../../src/main/transfers/limits.ts';
import type { StoredTransfer } from '../../../src/main/transfers/ports.ts';
import { QueueIndex, byPriority } from '../../../src/main/transfers/queue/registry.ts';
import {
  chooseRuns as choose,
  positionBefore,
  ServiceCircuit,
} from '../../../src/main/transfers/queue/scheduler.ts';
import type { TransferState } from '../../../src/shared/model/transfer.ts';
import { RateMeter, etaSeconds, parseRate } from '../../../src/shared/model/rate.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { signedOutSource } from '../../support/fakes/package-source.ts';

const FEED = 'feed:0a1b2c3d4e5f0a1b2c3d4e5f0a1b2c3d';
const never = { downloadId: '', maxParallel: 1, urls: [] };
const request = { assetId: null, packageId: '', rev: 1, fileIds: [], acknowledge: [] };

const item = (
  id: string,
  phase: 'queued' | 'running' | 'paused' | 'publishing',
  more: { urgent?: boolean; position?: number } = {},
) => ({
  id,
  source: `pkg_${id}`,
  kind: 'package' as const,
  state: { phase } satisfies TransferState,
  urgent: false,
  position: Number(id),
  ...more,
});

const chooseRuns = (queue: ReturnType<typeof item>[], busy: ReadonlySet<string>, places: number) =>
  choose(
    queue.filter(({ state }) => state.phase === 'queued').toSorted(byPriority),
    queue.filter(({ id }) => busy.has(id)),
    places,
    Infinity,
  );

test('the order of the queue, urgent ones first', () => {
  const queue = [
    item('3', 'queued'),
    item('1', 'queued'),
    item('2', 'queued', { urgent: true }),
    item('4', 'paused'),
  ];
  expect(chooseRuns(queue, new Set(), 2)).toEqual({ start: ['2', '1'], preempt: [] });
});

test('an urgent one takes the place of the last that is not, but not of one that is about to finish', () => {
  const queue = [
    item('1', 'running'),
    item('2', 'running'),
    item('3', 'publishing'),
    item('9', 'queued', { urgent: true }),
  ];
  expect(chooseRuns(queue, new Set(['1', '2', '3']), 3)).toEqual({ start: ['9'], preempt: ['2'] });
});

test('a place that is being left is waited for, but not by an urgent one; what is not out yet is not started again', () => {
  const queue = [item('1', 'running'), item('2', 'queued'), item('3', 'queued')];
  const busy = new Set(['1', '2']);
  expect(chooseRuns(queue, busy, 2)).toEqual({ start: [], preempt: [] });
  expect(chooseRuns([...queue, item('9', 'queued', { urgent: true })], busy, 2)).toEqual({
    start: ['9'],
    preempt: [],
  });
  expect(
    chooseRuns([item('1', 'running'), item('2', 'queued', { urgent: true })], busy, 1),
  ).toEqual({ start: [], preempt: [] });
});

test('never more than there are places, never one twice, never an urgent one stopped', () => {
  const phases = fc.constantFrom(
    'queued' as const,
    'running' as const,
    'paused' as const,
    'publishing' as const,
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(phases, fc.boolean(), fc.boolean()), { maxLength: 12 }),
      fc.nat(6),
      (list, places) => {
        const queue = list.map(([phase, urgent], i) => item(String(i), phase, { urgent }));
        const isUrgent = (id: string) => queue.find((one) => one.id === id)?.urgent === true;
        const active = queue
          .filter(({ state }) => state.phase === 'running' || state.phase === 'publishing')
          .map(({ id }) => id);
        // Some were stopped and have not ended.
        const busy = new Set([
          ...active,
          ...queue.filter((_, i) => list[i]?.[2]).map(({ id }) => id),
        ]);
        const { start, preempt: stop } = chooseRuns(queue, busy, places);
        expect(active.length - stop.length + start.length).toBeLessThanOrEqual(
          Math.max(places, active.length),
        );
        expect(start.filter((id) => !isUrgent(id)).length).toBeLessThanOrEqual(
          Math.max(0, places - busy.size),
        );
        expect(start.every((id) => !busy.has(id))).toBe(true);
        expect(stop.every((id) => active.includes(id) && !isUrgent(id))).toBe(true);
      },
    ),
  );
});

test('what is queued is kept in its order through every change', () => {
  const change = fc.record({
    id: fc.nat(9),
    phase: fc.constantFrom('queued' as const, 'running' as const, 'paused' as const),
    urgent: fc.boolean(),
    position: fc.nat(5),
    gone: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const all = new Map<string, StoredTransfer>();
      const index = new QueueIndex((id) => all.get(id));
      for (const { id, phase, urgent, position, gone } of changes) {
        const before = all.get(String(id)) ?? null;
        // Positions repeat: equal ones may be in any order.
        const after = gone
          ? null
          : ({
              ...item(String(id), phase),
              urgent,
              position,
              source: String(id),
              finishedAtMs: null,
              totalBytes: 1,
              receivedBytes: 0,
            } as unknown as StoredTransfer);
        if (after) all.set(after.id, after);
        else all.delete(String(id));
        index.change(before, after);
        const ready = index.ready.map((one) => all.get(one.id));
        expect(
          ready.every(
            (one, i) =>
              one?.state.phase === 'queued' && (i === 0 || byPriority(ready[i - 1]!, one) <= 0),
          ),
        ).toBe(true);
        expect(new Set(ready).size).toBe(
          [...all.values()].filter(({ state }) => state.phase === 'queued').length,
        );
      }
    }),
  );
});

test('moving one before another changes only its place', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 8 }), fc.nat(7), fc.nat(8), (count, from, to) => {
      const queue = Array.from({ length: count }, (_, i) => item(String(i), 'queued'));
      const moved = queue[from % count]!;
      const others = queue.filter((one) => one !== moved);
      const before = others[to] ?? null;
      const after = [...others, { ...moved, position: positionBefore(others, before?.id ?? null) }]
        .toSorted((a, b) => a.position - b.position)
        .map(({ id }) => id);
      const wanted = others.map(({ id }) => id);
      wanted.splice(before ? others.indexOf(before) : others.length, 0, moved.id);
      expect(after).toEqual(wanted);
    }),
  );
});

test('slots: no more than there are, in order, and a stopped one passes its turn on', async () => {
  const slots = new Slots(1);
  const none = new AbortController().signal;
  const release = slots.tryAcquire()!;
  expect(slots.tryAcquire()).toBeNull();
  const stop = new AbortController();
  const order: string[] = [];
  const first = slots.acquire(stop.signal).catch(() => order.push('stopped'));
  const second = slots.acquire(none).then((release) => order.push('second') && release());
  release();
  stop.abort();
  await Promise.all([first, second]);
  expect(order.toSorted()).toEqual(['second', 'stopped']);
  expect(slots.used).toBe(0);
});

test('the limit holds over all connections and can be lifted', async () => {
  const clock = new FakeClock();
  const limiter = new Limiter(clock);
  const { signal } = new AbortController();
  limiter.set(1000);
  let passed = 0;
  const connection = async () => {
    for (let i = 0; i < 20; i++) {
      await limiter.take(500, signal);
      passed += 500;
    }
  };
  const both = Promise.all([connection(), connection()]);
  await clock.advance(5_000);
  expect(passed).toBeGreaterThanOrEqual(4_500);
  expect(passed).toBeLessThanOrEqual(6_000);
  limiter.set(null);
  await clock.advance(1_000);
  await both;
  expect(passed).toBe(20_000);
});

test.each<[string, number | null]>([
  ['500K', 512_000],
  ['20M', 20 * 1024 ** 2],
  ['1.5g', 1.5 * 1024 ** 3],
  ['1000', 1000],
  ['0', null],
  ['fast', null],
  ['', null],
  ['-1', null],
  ['1MB', null],
])('rate %j is %j', (text, rate) => {
  expect(parseRate(text)).toBe(rate);
});

test('speed is of the last seconds, and time left follows from it', () => {
  const meter = new RateMeter();
  for (let at = 0; at <= 4000; at += 100) meter.add(100, at);
  expect(meter.perSecond(4000)).toBeCloseTo(1025, -1);
  expect(meter.perSecond(20_000)).toBe(0);
  expect([etaSeconds(1000, 300), etaSeconds(null, 300), etaSeconds(10, 0)]).toEqual([
    4,
    null,
    null,
  ]);
});

const away = () => Promise.reject(new AppError('timeout', 'No answer', { retryable: true }));

test('a service that is away holds up its own packages, and a publisher that is away none', async () => {
  const circuit = new ServiceCircuit(new FakeClock(), () => undefined);
  const source = circuit.watch({
    ...signedOutSource,
    manifest: away,
    authorise: async () => never,
  });
  await expect(source.manifest(FEED, `${FEED}/1/2`)).rejects.toMatchObject({ code: 'timeout' });
  expect(circuit.places).toBe(Infinity);
  await expect(source.manifest(null, 'pkg_1')).rejects.toMatchObject({ code: 'timeout' });
  expect(circuit.places).toBe(0);
  await source.authorise(FEED, request);
  expect(circuit.places).toBe(0);
  const ready = [item('1', 'queued'), { ...item('2', 'queued'), source: `${FEED}/1/2` }];
  expect(choose(ready, [], 3, circuit.places)).toEqual({ start: ['2'], preempt: [] });
});
