import { expect, test } from 'vitest';
import { makeClient } from '../../src/renderer/contract/client.ts';
import { createTransferLists } from '../../src/renderer/state/lists.ts';
import type { AppContract } from '../../src/shared/contract/index.ts';
import { fakeBridge } from '../support/fake-bridge.ts';
import { eventually } from '../support/eventually.ts';

type Asked = { range: { offset: number; count: number } };

test('only what comes on screen is fetched, and no page twice, also while it is on its way', async () => {
  const bridge = fakeBridge({
    'transfers.list': ({ range: { offset, count } }: Asked) => ({
      total: 10_000,
      rows: Array.from({ length: count }, (_, index) => ({ id: `row-${offset + index}` })),
    }),
  });
  const { transferList: store } = createTransferLists(makeClient<AppContract>(bridge));
  await eventually(() => expect(store.getState().total).toBe(10_000));
  for (let first = 6000; first < 6040; first += 2)
    store.getState().setVisibleRange(first, first + 18);
  await eventually(() => expect(store.getState().rows.get(6010)?.id).toBe('row-6010'));
  store.getState().setVisibleRange(6002, 6020);
  const asked = bridge.calls
    .filter(({ name }) => name === 'transfers.list')
    .map(({ input }) => (input as Asked).range.offset);
  expect(asked).toEqual([0, 6000]);
});
