import { expect, test } from 'vitest';
import { Coalesced } from '../../../src/shared/coalesced.ts';

/** Runs that end when they are told to, in the order they began. */
function scripted() {
  const ends: PromiseWithResolvers<void>[] = [];
  const runs = new Coalesced(() => {
    const end = Promise.withResolvers<void>();
    ends.push(end);
    return end.promise;
  });
  return { runs, ends };
}

test('calls while one runs share one more, which begins after it', async () => {
  const { runs, ends } = scripted();
  const first = runs.run();
  const later = [runs.run(), runs.run(), runs.run()];
  expect(ends).toHaveLength(1);
  ends[0]?.resolve();
  await first;
  await expect.poll(() => ends.length).toBe(2);
  ends[1]?.resolve();
  await Promise.all(later);
  expect([ends.length, runs.isIdle]).toEqual([2, true]);
});

test('a call in any turn around the end of a run gets one that begins after it, and none beside it', async () => {
  for (let turns = 0; turns < 8; turns += 1) {
    let [begun, running, most] = [0, 0, 0];
    const runs = new Coalesced(async () => {
      begun += 1;
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
    });
    const first = runs.run();
    const second = runs.run();
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    const before = begun;
    await runs.run();
    expect([begun > before, most], `${turns} turns`).toEqual([true, 1]);
    await Promise.all([first, second]);
  }
});

test('a failure is for those who share its run; the next one runs', async () => {
  const { runs, ends } = scripted();
  const first = runs.run();
  const second = runs.run();
  ends[0]?.reject(new Error('no disk'));
  await expect(first).rejects.toThrow('no disk');
  await expect.poll(() => ends.length).toBe(2);
  ends[1]?.resolve();
  await second;
});

test('idle waits for what is under way and for what waits', async () => {
  const { runs, ends } = scripted();
  void runs.run().catch(() => undefined);
  void runs.run();
  let isOver = false;
  const idle = runs.idle().then(() => (isOver = true));
  ends[0]?.reject(new Error('no disk'));
  await expect.poll(() => ends.length).toBe(2);
  expect(isOver).toBe(false);
  ends[1]?.resolve();
  await idle;
  expect(runs.isIdle).toBe(true);
});
