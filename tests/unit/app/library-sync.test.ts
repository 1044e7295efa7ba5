import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ServiceSession } from '../../../src/main/app/service-session.ts';
import { LibrarySync } from '../../../src/main/app/library-sync.ts';
import { AppError } from '../../../src/shared/errors.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function syncerOver(sync: () => Promise<void>): LibrarySync {
  const session = {
    sync,
    account: { view: { status: 'signed-out' }, flushSignOut: async () => undefined },
  } as unknown as ServiceSession;
  return new LibrarySync({
    session: () => session,
    counts: async () => ({ assets: 1, articles: 1, storedBytes: 0 }),
    clock: Date.now,
    log: { file: '', info: () => undefined, error: () => undefined },
    onChanged: () => undefined,
  });
}

test('asking again a moment later is no error, as long as something was fetched before', async () => {
  const limited = new AppError('rate-limited', 'Too many requests', { retryAfterMs: 9000 });
  let isLimited = true;
  const syncer = syncerOver(async () => {
    if (isLimited) throw limited;
  });
  await expect(syncer.sync()).rejects.toBe(limited);
  isLimited = false;
  const { syncedAt } = await syncer.sync();
  isLimited = true;
  expect(await syncer.sync()).toMatchObject({ syncing: false, syncedAt });
});

test('a round that was overtaken does not go on beside the later one', async () => {
  let rounds = 0;
  const syncer = syncerOver(async () => void (rounds += 1));
  syncer.start();
  syncer.requestSync();
  syncer.requestSync();
  await vi.advanceTimersByTimeAsync(0);
  rounds = 0;
  await vi.advanceTimersByTimeAsync(180_000);
  expect(rounds).toBe(3);
  syncer.stop();
});

test('it syncs until the last of those that were asked for has ended', async () => {
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const runs = [first.promise, second.promise];
  const syncer = syncerOver(async () => runs.shift());
  const both = [syncer.sync(), syncer.sync()];
  first.resolve();
  expect(await both[0]).toMatchObject({ syncing: true });
  second.resolve();
  expect(await both[1]).toMatchObject({ syncing: false });
});
