import { cleanup, screen, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { expect, test, vi } from 'vitest';
import { PackageCard } from '../../src/renderer/features/asset/package-card.tsx';
import { useActions } from '../../src/renderer/state/transfer-actions.ts';
import { makeApp, toasts } from '../support/app.tsx';
import { refuse, type Answers } from '../support/fake-bridge.ts';
import { assetView, transferRow } from '../support/views.ts';

const row = transferRow({ id: 't1', assetId: 'a1', packageId: 'p1' });

function FromTheQueue() {
  const { report } = useActions();
  return (
    <button type="button" onClick={() => report(row)}>
      Evidence report
    </button>
  );
}
const FromTheAsset = () => <PackageCard asset={assetView({ badges: ['withdrawn'] })} />;

/** What is said once the report was asked for. */
async function said(View: () => ReactNode, answers: Answers): Promise<string[]> {
  const { app, render, user } = makeApp({ 'transfers.find': () => row, ...answers });
  await render(<View />);
  await user.click(await screen.findByRole('button', { name: 'Evidence report' }));
  await waitFor(() => expect(toasts(app)).toHaveLength(1));
  cleanup();
  return toasts(app);
}

test.each([
  ['the queue', FromTheQueue],
  ['the page of its footage', FromTheAsset],
])('a report that was saved from %s says so, and one that failed says why', async (_from, View) => {
  vi.stubGlobal('URL', { ...URL, createObjectURL: () => 'blob:it', revokeObjectURL: () => {} });
  const saved = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockReturnValue();
  expect(
    await said(View, { 'transfers.evidence': () => ({ name: 'report.html', text: '<p>' }) }),
  ).toEqual(['Evidence report saved']);
  expect(await said(View, { 'transfers.evidence': refuse('not-found') })).toEqual([
    'This is no longer available.',
  ]);
  expect(saved).toHaveBeenCalledTimes(1);
});
