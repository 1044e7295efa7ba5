import { act, type ReactNode } from 'react';
import { expect, test, vi } from 'vitest';
import { PackageCard } from '../../src/renderer/features/asset/package-card.tsx';
import { useActions } from '../../src/renderer/features/transfers/use-actions.ts';
import { makeClient } from '../../src/renderer/contract/client.ts';
import { DeskProvider } from '../../src/renderer/state/context.tsx';
import { createApp } from '../../src/renderer/state/app.ts';
import type { AssetView } from '../../src/renderer/state/views.ts';
import type { AppContract } from '../../src/shared/contract/index.ts';
import { eventually } from '../support/eventually.ts';
import { fakeBridge, refuse } from '../support/fake-bridge.ts';
import { testPage } from '../support/page.ts';

const page = testPage();
const row = { id: 't1', assetId: 'a1', packageId: 'p1', title: 'Lake', state: { phase: 'done' } };
const withdrawn = {
  id: 'a1',
  badges: ['withdrawn'],
  statusNote: null,
  packageContents: [],
} as unknown as AssetView;

function FromTheQueue() {
  const { report } = useActions();
  return (
    <button type="button" onClick={() => report(row)}>
      Evidence report
    </button>
  );
}
const FromTheAsset = () => <PackageCard asset={withdrawn} />;

/** What is said once the report was asked for. */
async function said(View: () => ReactNode, evidence: () => unknown): Promise<string[]> {
  const desk = createApp(
    makeClient<AppContract>(
      fakeBridge({
        'settings.get': () => ({ rev: 1, language: 'en', housePurpose: 'broadcast' }),
        'transfers.find': () => row,
        'transfers.evidence': evidence,
      }),
    ),
    { version: '0', shell: 'desktop', platform: 'linux', mediaSuffix: '' },
    { name: 'downloads', id: null },
  );
  await page.render(
    <DeskProvider desk={desk} key={String(evidence)}>
      <View />
    </DeskProvider>,
  );
  const button = (): HTMLButtonElement | undefined =>
    [...page.element.querySelectorAll('button')].find(
      ({ textContent }) => textContent === 'Evidence report',
    );
  await eventually(() => expect(button()).toBeDefined());
  await act(async () => button()?.click());
  await act(async () => undefined);
  return desk.toasts.getState().items.map(({ text }) => text);
}

test.each([
  ['the queue', FromTheQueue],
  ['the page of its footage', FromTheAsset],
])('a report that was saved from %s says so, and one that failed says why', async (_from, View) => {
  vi.stubGlobal('URL', { ...URL, createObjectURL: () => 'blob:it', revokeObjectURL: () => {} });
  const saved = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockReturnValue();
  expect(await said(View, () => ({ name: 'report.html', text: '<p>' }))).toEqual([
    'Evidence report saved',
  ]);
  expect(await said(View, refuse('not-found'))).toEqual(['This is no longer available.']);
  expect(saved).toHaveBeenCalledTimes(1);
  vi.restoreAllMocks();
});
