import { beforeEach, describe, expect, test } from 'vitest';
import { NEVER_CHECKED, SourcePoll } from '../../../src/main/app/source-poll.ts';
import type { SourceStatus } from '../../../src/main/adapters/fs/source-status-file.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { FakeClock } from '../../support/fakes/clock.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let clock: FakeClock;
/** When each check began, in minutes. */
let checks: number[];
beforeEach(() => {
  clock = new FakeClock();
  checks = [];
});

function pollOf(
  answer: () => number | AppError,
  { status = NEVER_CHECKED, random = 0.5 }: { status?: SourceStatus; random?: number } = {},
): SourcePoll {
  return new SourcePoll({
    status,
    clock,
    random: () => random,
    check: async () => {
      checks.push(clock.nowMs() / MINUTE);
      const result = answer();
      if (result instanceof AppError) throw result;
      return result;
    },
    onChanged: () => undefined,
    onBug: (thrown) => expect.unreachable(String(thrown)),
  });
}
const fault = (code: AppError['code'], detail = {}) => new AppError(code, code, detail);

test('it is checked at once, and then whenever the source asks for it', async () => {
  const poll = pollOf(() => HOUR);
  poll.start();
  await clock.advance(2 * HOUR);
  expect(checks).toEqual([0, 60, 120]);
  expect(poll.status).toMatchObject({ syncedAt: 2 * HOUR, nextAt: 3 * HOUR, fault: null });
  await poll.stop();
  await clock.advance(5 * HOUR);
  expect(checks).toHaveLength(3);
});

test('not all installations ask at the same moment', async () => {
  for (const [random, at] of [
    [0, 54 * MINUTE],
    [1, 66 * MINUTE],
  ] as const) {
    const poll = pollOf(() => HOUR, { random });
    poll.start();
    await clock.advance(0);
    expect((poll.status.nextAt ?? 0) - clock.nowMs()).toBe(at);
    await poll.stop();
  }
});

test('after a start others come first, and a pause asked for before it is kept', async () => {
  const known = { ...NEVER_CHECKED, syncedAt: 0 };
  pollOf(() => HOUR, { status: { ...known, nextAt: 0 } }).start();
  await clock.advance(29_000);
  expect(checks).toEqual([]);
  await clock.advance(2_000);
  expect(checks).toEqual([0.5]);
  checks = [];
  const later = clock.nowMs() + 3 * HOUR;
  pollOf(() => HOUR, { status: { ...known, nextAt: later } }).start();
  await clock.advance(30 * MINUTE);
  expect(checks).toEqual([]);
});

describe('faults', () => {
  test('pauses grow, the first time of the fault stays, and a success forgets it', async () => {
    let isBroken = true;
    const poll = pollOf(() => (isBroken ? fault('origin-error') : HOUR));
    poll.start();
    await clock.advance(5 * HOUR);
    expect(checks).toEqual([0, 1, 2, 7, 37, 157, 277]);
    expect(poll.status).toMatchObject({ failures: 7, syncedAt: null, fault: { since: 0 } });
    isBroken = false;
    await poll.check();
    expect(poll.status).toMatchObject({ failures: 0, fault: null, syncedAt: clock.nowMs() });
  });

  test('a pause that a server asks for is kept', async () => {
    const poll = pollOf(() => fault('rate-limited', { retryAfterMs: 40 * MINUTE }));
    poll.start();
    await clock.advance(41 * MINUTE);
    expect(checks).toEqual([0, 40]);
    await poll.stop();
  });

  test.each([
    ['origin-refused', 3],
    ['key-refused', 3],
    ['source-gone', 1],
  ] as const)('after %s it is asked %i times, then by a person only', async (code, times) => {
    const poll = pollOf(() => fault(code));
    poll.start();
    await clock.advance(48 * HOUR);
    expect(checks).toHaveLength(times);
    expect(poll.status).toMatchObject({ nextAt: null, fault: { code } });
    // Nor after another start.
    await poll.stop();
    pollOf(() => HOUR, { status: poll.status }).start();
    await clock.advance(HOUR);
    expect(checks).toHaveLength(times);
  });
});

test('concurrent checks are one, and one that is stopped leaves the state alone', async () => {
  const { promise, resolve } = Promise.withResolvers<number>();
  let count = 0;
  const poll = new SourcePoll({
    status: NEVER_CHECKED,
    clock,
    check: () => {
      count += 1;
      return promise;
    },
    onChanged: () => undefined,
    onBug: () => undefined,
  });
  const both = Promise.all([poll.check(), poll.check()]);
  expect(poll.isChecking).toBe(true);
  const stopped = poll.stop();
  resolve(HOUR);
  await Promise.all([both, stopped]);
  expect([count, poll.isChecking, poll.status]).toEqual([1, false, NEVER_CHECKED]);
});

test('one that is started again while it stops is checked once that check has ended', async () => {
  const first = Promise.withResolvers<number>();
  const answers = [first.promise];
  let count = 0;
  const poll = new SourcePoll({
    status: NEVER_CHECKED,
    clock,
    check: async () => {
      count += 1;
      return answers.shift() ?? HOUR;
    },
    onChanged: () => undefined,
    onBug: (thrown) => expect.unreachable(String(thrown)),
  });
  poll.start();
  const stopped = poll.stop();
  poll.start();
  first.resolve(HOUR);
  await stopped;
  await clock.advance(0);
  expect(poll.status).toMatchObject({ syncedAt: 0, fault: null });
  expect(count).toBe(2);
  await poll.stop();
});

test('a check that failed while none was planned is made again once they are', async () => {
  const poll = pollOf(() => fault('offline', { retryable: true }));
  // By a command, or of a source that is paused.
  await poll.check();
  const later = pollOf(() => HOUR, { status: poll.status });
  later.start();
  await clock.advance(2 * MINUTE);
  expect(checks).toHaveLength(2);
  expect(later.status).toMatchObject({ fault: null, failures: 0 });
});

test('one that refuses for good is not asked again by a start', async () => {
  for (const [code, times] of [
    ['source-gone', 1],
    ['origin-refused', 3],
  ] as const) {
    checks = [];
    const poll = pollOf(() => fault(code));
    for (let n = 0; n < times; n++) await poll.check();
    const later = pollOf(() => HOUR, { status: poll.status });
    later.start();
    await clock.advance(48 * HOUR);
    expect(checks).toHaveLength(times);
  }
});

test('failures of another kind don’t count as refusals', async () => {
  const answers = [fault('offline'), fault('offline'), fault('origin-refused'), HOUR];
  const poll = pollOf(() => answers.shift() ?? HOUR);
  await poll.check();
  poll.start();
  await clock.advance(HOUR);
  expect(poll.status).toMatchObject({ fault: null });
});

test('a clock that was ahead for a while puts no check off for years', async () => {
  const ahead = 5 * 365 * 24 * HOUR;
  const poll = pollOf(() => HOUR, {
    status: { ...NEVER_CHECKED, syncedAt: ahead, nextAt: ahead },
  });
  poll.start();
  await clock.advance(8 * 24 * HOUR);
  expect(checks.length).toBeGreaterThan(1);
  await poll.stop();
});
