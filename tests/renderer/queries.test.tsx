import { act, cleanup, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { useTransferDetail } from '../../src/renderer/state/queries.ts';
import type { TransferRow } from '../../src/renderer/state/views.ts';
import { makeApp } from '../support/app.tsx';
import { transferRow, transferTotals } from '../support/views.ts';

function Phase() {
  return <p>{useTransferDetail('t1')?.state.phase ?? 'nothing'}</p>;
}

test('details that change while they are closed are read again when they open', async () => {
  let row: TransferRow = transferRow({ id: 't1', state: { phase: 'running' } });
  const { bridge, render } = makeApp({
    'transfers.detail': () => ({
      ...row,
      folder: '/to',
      source: 'pkg_1',
      resumes: 0,
      refetchedBytes: 0,
      service: null,
      files: [],
      pieces: null,
    }),
  });
  await render(<Phase />);
  expect(await screen.findByText('running')).toBeDefined();
  cleanup();

  row = transferRow({ id: 't1', state: { phase: 'done' } });
  await act(async () =>
    bridge.push('transfers.changed', {
      totals: transferTotals({ rev: 2 }),
      more: false,
      rows: [row],
      removed: [],
    }),
  );
  await render(<Phase />);
  expect(await screen.findByText('done')).toBeDefined();
});
