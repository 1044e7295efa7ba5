import { expect, test } from 'vitest';
import { makeClient } from '../../src/renderer/contract/client.ts';
import { createTransferLists } from '../../src/renderer/state/lists.ts';
import type { AppContract } from '../../src/shared/contract/index.ts';
import { fakeBridge } from '../support/fake-bridge.ts';
import { eventually } from '../support/eventually.ts';
import { transferRow } from '../support/views.ts';

test('only what comes on screen is fetched, and no page twice, also while it is on its way', async () => {
  const bridge = fakeBridge({
    'transfers.list': ({ range: { offset, count } }) => ({
      rev: 1,
      total: 10_000,
      rows: Array.from({ length: count }, (_, index) =>
        transferRow({ id: `row-${offset + index}` }),
      ),
    }),
  });
  const { transferList: store } = createTransferLists(makeClient<AppContract>(bridge));
  await eventually(() => expect(store.getState().total).toBe(10_000));
  for (let first = 6000; first < 6040; first += 2)
    store.getState().setVisibleRange(first, first + 18);
  await eventually(() => expect(store.getState().rows.get(6010)?.id).toBe('row-6010'));
  store.getState().setVisibleRange(6002, 6020);
  expect(bridge.sent('transfers.list')).toMatchObject([
    { range: { offset: 0 } },
    { range: { offset: 6000 } },
  ]);
});
