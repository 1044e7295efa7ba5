import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { PackageSource } from '../../../src/main/transfers/ports.ts';
import { AppError, type ErrorCode } from '../../../src/shared/errors.ts';
import { backoffMs } from '../../../src/shared/model/transfer.ts';
import type { Clock } from '../../../src/shared/clock.ts';
import { FakeClock, fasterClock } from '../../support/fakes/clock.ts';
import { signedOutSource } from '../../support/fakes/package-source.ts';
import { get, settled } from '../../support/engine/bench.ts';
import { openBench } from '../../support/engine/per-test.ts';

const PACKAGES = 60;
const PLACES = 3;

/** The real queue with packages of a service that answers every request with this code. */
async function queueOf(first: ErrorCode, clock: Clock = fasterClock(20)) {
  const service = {
    answer: first,
    asked: 0,
    /** When, by the engine's clock. */
    askedAtMs: [] as number[],
    last: '',
    held: null as Promise<undefined> | null,
    retryAfterMs: null as number | null,
  };
  const manifest = async (_service: string | null, packageId: string) => {
    service.asked++;
    service.askedAtMs.push(clock.nowMs());
    service.last = packageId;
    const { answer } = service;
    await service.held;
    throw new AppError(
      answer,
      'The answer of this test',
      service.retryAfterMs === null ? {} : { retryAfterMs: service.retryAfterMs },
    );
  };
  const source: PackageSource = { ...signedOutSource, manifest };
  const bench = await openBench({
    ports: { source, clock },
    settings: { maxAttempts: null, activeTransfers: PLACES },
  });
  const enqueue = (numbers: number[]) =>
    bench.transfers.enqueue(
      numbers.map((i) => ({
        packageId: `pkg_${i}`,
        assetId: `ast_${i}`,
        rev: 1,
        purpose: 'broadcast',
        title: `Package ${i}`,
        label: 'HD',
        destination: bench.to,
        acknowledge: [],
      })),
      { makeDestination: true },
    );
  return {
    bench,
    service,
    enqueue,
    ids: await enqueue(Array.from({ length: PACKAGES }, (_, i) => i)),
  };
}

test('while the service is away one package at a time asks, ever more rarely; its first answer lets all go on', async () => {
  const clock = new FakeClock();
  const { bench, service, ids } = await queueOf('service-unreachable', clock);
  await expect.poll(() => service.asked).toBe(PLACES);
  const probedAtMs = [1, 2, 3, 4].map((n) =>
    Array.from({ length: n }, (_, i) => backoffMs(i + 1)).reduce((sum, ms) => sum + ms),
  );
  for (const [n, atMs] of probedAtMs.entries()) {
    await clock.advance(atMs - 1 - clock.nowMs());
    expect(service.asked).toBe(PLACES + n);
    await clock.advance(1);
    await expect.poll(() => service.asked).toBe(PLACES + n + 1);
  }
  expect(service.askedAtMs.slice(PLACES)).toEqual(probedAtMs);
  expect((await bench.transfers.totals()).counts).toMatchObject({ waiting: PACKAGES, failed: 0 });
  service.answer = 'not-found';
  await expect
    .poll(async () => {
      await clock.advance(1000);
      return (await bench.transfers.totals()).counts;
    })
    .toMatchObject({ failed: PACKAGES });
  for (const id of ids)
    expect((await bench.transfers.detail(id)).state).toMatchObject({ code: 'not-found' });
});

test('what comes from elsewhere does not wait for the service', async () => {
  const server = createServer((_, response) => void response.end('news')).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { bench, service } = await queueOf('service-unreachable');
  await expect.poll(() => service.asked, { interval: 5 }).toBeGreaterThan(PLACES);
  const { state } = await get(bench, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.txt`,
  });
  expect(state.phase).toBe('done');
});

test('back at once when the network is: nobody waits for the next try', async () => {
  const { bench, service, ids } = await queueOf('offline');
  await expect.poll(() => service.asked, { interval: 5 }).toBeGreaterThan(PLACES + 2);
  service.answer = 'not-found';
  await bench.transfers.wake(['offline']);
  for (const id of ids)
    expect(await settled(bench.transfers, id)).toMatchObject({ code: 'not-found' });
});

test.each(['signed-out', 'terms-not-accepted'] as const)(
  '%s is found out once, said of every package, and ended for all',
  async (code) => {
    const { bench, service, ids } = await queueOf(code);
    const reason = code === 'signed-out' ? code : 'terms';
    for (const id of ids)
      expect(await settled(bench.transfers, id, reason)).toMatchObject({
        phase: 'waiting',
        reason,
      });
    expect(service.asked).toBeLessThanOrEqual(PLACES);
    service.answer = 'not-found';
    await bench.transfers.wake([reason]);
    for (const id of ids)
      expect(await settled(bench.transfers, id)).toMatchObject({
        phase: 'failed',
        code: 'not-found',
      });
  },
);

test('an answer that is older than the sign-in keeps nothing waiting', async () => {
  const { bench, service, enqueue, ids } = await queueOf('not-found');
  for (const id of ids) await settled(bench.transfers, id);
  const { promise: held, resolve: letGo } = Promise.withResolvers<undefined>();
  Object.assign(service, { answer: 'signed-out', asked: 0, held });
  const [id = ''] = await enqueue([PACKAGES]);
  await expect.poll(() => service.asked).toBe(1);
  service.answer = 'not-found';
  await bench.transfers.wake(['signed-out']);
  letGo(undefined);
  expect(await settled(bench.transfers, id)).toMatchObject({ phase: 'failed', code: 'not-found' });
  expect(service.asked).toBe(2);
});

test('a service that says when to come back is not asked before, also when it says so to the one that asks for all', async () => {
  const clock = new FakeClock();
  const { service } = await queueOf('service-unreachable', clock);
  await expect.poll(() => service.asked).toBe(PLACES);
  Object.assign(service, { answer: 'rate-limited', retryAfterMs: 60_000 });
  await clock.advance(backoffMs(1));
  await expect.poll(() => service.asked).toBe(PLACES + 1);
  await clock.advance(59_999);
  expect(service.asked).toBe(PLACES + 1);
  await clock.advance(1);
  await expect.poll(() => service.asked).toBe(PLACES + 2);
  expect(service.askedAtMs.slice(PLACES)).toEqual([backoffMs(1), backoffMs(1) + 60_000]);
});

test('terms that have changed are said of every package though somebody signed in meanwhile', async () => {
  const { bench, service, enqueue, ids } = await queueOf('not-found');
  for (const id of ids) await settled(bench.transfers, id);
  const { promise: held, resolve: letGo } = Promise.withResolvers<undefined>();
  Object.assign(service, { answer: 'terms-not-accepted', asked: 0, held });
  const more = await enqueue(Array.from({ length: 20 }, (_, i) => PACKAGES + i));
  await expect.poll(() => service.asked).toBe(PLACES);
  await bench.transfers.wake(['signed-out']);
  letGo(undefined);
  for (const id of more)
    expect(await settled(bench.transfers, id, 'terms')).toMatchObject({
      phase: 'waiting',
      reason: 'terms',
    });
  expect(service.asked).toBe(PLACES);
});

test('one whose old run has not ended takes nobody’s place', async () => {
  const { bench, service, ids } = await queueOf('service-unreachable');
  await expect.poll(() => service.asked, { interval: 5 }).toBeGreaterThan(PLACES);
  const { promise: held, resolve: letGo } = Promise.withResolvers<undefined>();
  Object.assign(service, { held, asked: 0 });
  // The probe hangs, is stopped, and must continue before all others.
  await expect.poll(() => service.asked, { interval: 5 }).toBe(1);
  const hung = ids[Number(service.last.replace('pkg_', ''))] ?? '';
  await bench.transfers.pause([hung]);
  await bench.transfers.setOptions(hung, { urgent: true });
  await bench.transfers.resume([hung]);
  Object.assign(service, { held: null, answer: 'not-found' });
  for (const id of ids.filter((other) => other !== hung))
    expect(await settled(bench.transfers, id)).toMatchObject({
      phase: 'failed',
      code: 'not-found',
    });
  letGo(undefined);
  expect(await settled(bench.transfers, hung)).toMatchObject({
    phase: 'failed',
    code: 'not-found',
  });
});
