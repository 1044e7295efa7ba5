import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { KeychainState } from '../../../src/main/account/ports.ts';
import { createKeychainRetry } from '../../../src/main/app/keychain-retry.ts';

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

test.each(['locked', 'unanswered', 'absent'] as const)(
  '%s: looked at again after pauses that double, up to a minute, until it opens',
  async (state) => {
    const looks: number[] = [];
    let found: KeychainState = state;
    const retry = createKeychainRetry(async () => {
      looks.push(Date.now() / 1000);
      retry.follow(found);
    });
    retry.follow(state);
    await vi.advanceTimersByTimeAsync(200_000);
    expect(looks).toEqual([1, 3, 7, 15, 31, 63, 123, 183]);
    found = 'ok';
    await vi.advanceTimersByTimeAsync(600_000);
    expect(looks).toHaveLength(9);
    // Closed again, it begins with short pauses.
    retry.follow(state);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(looks).toHaveLength(10);
  },
);

test('nothing is looked at when it is open, or nothing more can be read from it, or once it was stopped', async () => {
  const look = vi.fn(async () => undefined);
  const retry = createKeychainRetry(look);
  for (const state of ['ok', 'unreadable'] as const) retry.follow(state);
  retry.follow('locked');
  retry.stop();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(look).not.toHaveBeenCalled();
});
