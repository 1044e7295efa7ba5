import { expect, test } from 'vitest';
import { createPace } from '../../../src/main/adapters/sources/pace.ts';
import { FakeClock } from '../../support/fakes/clock.ts';

const { signal } = new AbortController();

test('a host is asked once in an interval, in order; another one at once', async () => {
  const clock = new FakeClock();
  const pace = createPace(clock, 1000);
  const done: string[] = [];
  for (const [n, host] of ['a', 'a', 'b', 'a'].entries())
    void pace(host, signal).then(() => done.push(`${n} ${host} ${clock.nowMs()}`));
  await clock.advance(999);
  expect(done).toEqual(['0 a 0', '2 b 0']);
  await clock.advance(2000);
  expect(done).toEqual(['0 a 0', '2 b 0', '1 a 1000', '3 a 2000']);
});

test('one that is stopped while it waits leaves its place to the next', async () => {
  const clock = new FakeClock();
  const pace = createPace(clock, 1000);
  await pace('a', signal);
  const stop = new AbortController();
  const stopped = pace('a', stop.signal).catch((thrown: unknown) => thrown);
  const next = pace('a', signal);
  await clock.advance(500);
  stop.abort();
  expect(await stopped).toMatchObject({ code: 'cancelled' });
  await clock.advance(500);
  await next;
  expect(clock.nowMs()).toBe(1000);
});
