import { act } from '@testing-library/react';
import { expect, test } from 'vitest';
import { Drawer } from '../../src/renderer/features/transfers/drawer.tsx';
import { makeApp } from '../support/app.tsx';
import { transferTotals } from '../support/views.ts';

test('the details close with what was removed from the list, and stay open for anything else', async () => {
  const { app, bridge, render } = makeApp({}, { route: { name: 'transfers', id: 't1' } });
  await render(<Drawer id="t1" onOptions={() => undefined} />);
  const remove = (rev: number, id: string) =>
    act(async () =>
      bridge.push('transfers.changed', {
        totals: transferTotals({ rev }),
        more: false,
        rows: [],
        removed: [id],
      }),
    );
  await remove(2, 't2');
  expect(app.route.getState().current).toEqual({ name: 'transfers', id: 't1' });
  await remove(3, 't1');
  expect(app.route.getState().current).toEqual({ name: 'transfers', id: null });
});
