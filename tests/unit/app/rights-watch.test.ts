import { expect, test, vi } from 'vitest';
import { RightsWatch, type RightsDeps } from '../../../src/main/app/rights-watch.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { eventually } from '../../support/eventually.ts';

type Detail = Awaited<ReturnType<NonNullable<ReturnType<RightsDeps['catalogue']>>['detail']>>;

function openWatch(detail: (assetId: string) => Promise<Partial<Detail>>) {
  const transfers = {
    checkHere: vi.fn(async () => undefined),
    packages: vi.fn(async () => []),
    releaseHeld: vi.fn(async () => undefined),
    setRights: vi.fn(async () => undefined),
    unexplainedRecalls: vi.fn<() => Promise<string[]>>(async () => []),
    explainRecalls: vi.fn(async (_explanations: readonly { assetId: string }[]) => undefined),
  };
  const watch = new RightsWatch({
    catalogue: () => ({ detail }) as unknown as ReturnType<RightsDeps['catalogue']>,
    storedRights: async () => [],
    transfers,
    serviceNow: Date.now,
    knownServiceNow: () => null,
    sourceTimes: () => ({}),
    scope: () => null,
    log: {
      file: '',
      info: () => undefined,
      error: (what, thrown) => expect.unreachable(`${what}: ${String(thrown)}`),
    },
  });
  return { watch, transfers };
}

test('what a check finds while the one before still asks for words is asked for at once', async () => {
  const { watch, transfers } = openWatch(async () => ({
    pubStatus: 'canceled',
    statusNote: 'One shot shows another river.',
    history: [],
  }));
  const before = Promise.withResolvers<string[]>();
  transfers.unexplainedRecalls.mockReturnValueOnce(before.promise);
  const first = watch.check();
  await eventually(() => expect(transfers.unexplainedRecalls).toHaveBeenCalledOnce());
  // Since that was asked, an asset was withdrawn.
  transfers.unexplainedRecalls.mockResolvedValue(['ast_otters']);
  const second = watch.check();
  await eventually(() => expect(transfers.checkHere).toHaveBeenCalledTimes(2));
  before.resolve([]);
  await Promise.all([first, second]);
  expect(transfers.explainRecalls.mock.calls.map(([[one]]) => one?.assetId)).toEqual([
    'ast_otters',
  ]);
});

test('what can’t be had is asked for once in a check, however many come meanwhile', async () => {
  const asked: string[] = [];
  const gone = Promise.withResolvers<never>();
  const { watch, transfers } = openWatch(async (assetId) => {
    asked.push(assetId);
    return gone.promise;
  });
  transfers.unexplainedRecalls.mockResolvedValue(['ast_otters']);
  const first = watch.check();
  await eventually(() => expect(asked).toEqual(['ast_otters']));
  const others = [watch.check(), watch.check()];
  await eventually(() => expect(transfers.checkHere).toHaveBeenCalledTimes(3));
  gone.reject(new AppError('offline', 'No network'));
  await Promise.all([first, ...others]);
  expect(asked).toEqual(['ast_otters']);
  await watch.check();
  expect(asked).toEqual(['ast_otters', 'ast_otters']);
});
