import { readFile, readdir } from 'node:fs/promises';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { startTransferWorker } from '../../../src/main/threads/transfers.ts';
import type { TransferChange } from '../../../src/main/transfers/api.ts';
import { content, sha256 } from '../../support/engine/origin.ts';
import { openOrigin } from '../../support/engine/per-test.ts';
import { killThread, threadsMade } from '../../support/engine/threads.ts';
import { signedOutSource } from '../../support/fakes/package-source.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const MIB = 1024 * 1024;
const FILES = 8;

async function open(options: { restarts: boolean }) {
  const [home, to] = ['home', 'to'].map((name) => path.join(temporaryFolder(), name));
  if (home === undefined || to === undefined) throw new Error('no folders');
  mkdirSync(to);
  const traces: string[] = [];
  const transfers = await startTransferWorker({
    home,
    source: signedOutSource,
    settings: { scope: 'all', limitBytesPerSecond: 4 * MIB },
    onBug: (trace) => traces.push(trace),
    ...options,
  });
  onTestFinished(() => transfers.close());
  return { transfers, to, traces };
}

test('a thread that dies is started again, and goes on from what is on disk', async () => {
  const origin = await openOrigin();
  const { transfers, to, traces } = await open({ restarts: true });
  const changes: TransferChange[] = [];
  transfers.onChanged((change) => changes.push(change));
  await transfers.configure({ activeTransfers: 3 });
  const bodies = Array.from({ length: FILES }, (_, n) => content(2 * MIB + n, n + 1));
  bodies.forEach((bytes, n) => origin.serve(`/${n}.mov`, bytes));
  const ids = await transfers.enqueue(
    bodies.map((bytes, n) => ({
      metalink: false,
      hashAnyway: false,
      url: `${origin.url}/${n}.mov`,
      destination: to,
      sha256: sha256(bytes),
    })),
  );
  const done = async (): Promise<number> => (await transfers.totals()).counts.done;
  for (const kill of [1, 2]) {
    await sleep(400);
    expect(await killThread('transfers')).toBe(true);
    // There is no thread now: it waits for the next one.
    const { counts, rev } = await transfers.totals();
    expect([counts.all, Math.floor(rev / 1e9)]).toEqual([FILES, kill]);
  }
  await expect.poll(done, { interval: 100 }).toBe(FILES);
  expect(await readdir(to)).toHaveLength(FILES);
  for (const [n, bytes] of bodies.entries())
    expect(sha256(await readFile(path.join(to, `${n}.mov`)))).toBe(sha256(bytes));
  expect(ids).toHaveLength(FILES);
  // A page takes only what is newer than what it has.
  const revisions = changes.map(({ totals }) => totals.rev);
  expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
  expect(Math.max(...changes.map(({ totals }) => totals.counts.active))).toBeLessThanOrEqual(3);
  expect(traces.filter((trace) => trace.includes('starts again'))).toHaveLength(2);
});

test('what is asked of a thread that dies is refused, not kept waiting', async () => {
  const { transfers } = await open({ restarts: true });
  const asked = transfers.totals();
  const killed = killThread('transfers');
  await expect(asked).rejects.toMatchObject({ code: 'bug' });
  await killed;
  expect((await transfers.totals()).counts.all).toBe(0);
});

test('a command ends with its thread', async () => {
  const { transfers } = await open({ restarts: false });
  await killThread('transfers');
  await expect(transfers.totals()).rejects.toMatchObject({ code: 'bug' });
});

test('who closes while it is being started again is not kept waiting', async () => {
  const { transfers, traces } = await open({ restarts: true });
  for (const _ of [1, 2, 3]) {
    await killThread('transfers');
    if (_ < 3) await transfers.totals();
  }
  // Of ten seconds.
  await expect.poll(() => traces.some((trace) => trace.includes('10000 ms'))).toBe(true);
  const made = threadsMade();
  await transfers.close();
  expect(threadsMade()).toBe(made);
});
