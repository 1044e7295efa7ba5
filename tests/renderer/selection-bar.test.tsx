import { act } from 'react';
import { expect, test } from 'vitest';
import { SelectionBar } from '../../src/renderer/features/catalogue/selection-bar.tsx';
import { texts } from '../../src/renderer/i18n/index.ts';
import { makeClient } from '../../src/renderer/contract/client.ts';
import { DeskProvider } from '../../src/renderer/state/context.tsx';
import { createApp } from '../../src/renderer/state/app.ts';
import type { AppContract } from '../../src/shared/contract/index.ts';
import { fakeBridge } from '../support/fake-bridge.ts';
import { eventually } from '../support/eventually.ts';
import { testPage } from '../support/page.ts';

const page = testPage();
const item = (assetId: string, more: object) => ({
  assetId,
  packageId: `p-${assetId}`,
  title: assetId,
  bytes: 5,
  restrictionIds: [],
  embargoUntil: null,
  blocked: null,
  alreadyHere: false,
  ...more,
});

test('what stays out of the queue is said also where something is to be confirmed first', async () => {
  const items = [
    item('a', { restrictionIds: ['r1'] }),
    item('b', { blocked: 'withdrawn' }),
    item('c', { blocked: 'on-hold' }),
    item('d', { alreadyHere: true }),
  ];
  const bridge = fakeBridge({
    'settings.get': () => ({
      rev: 1,
      language: 'en',
      housePurpose: 'broadcast',
      savedSearches: [],
    }),
    'transfers.plan': () => ({
      items,
      totalBytes: 5,
      freeBytes: 9,
      etaSeconds: null,
      destination: '/d',
    }),
  });
  const desk = createApp(
    makeClient<AppContract>(bridge),
    { version: '0', shell: 'desktop', platform: 'linux', mediaSuffix: '' },
    { name: 'catalogue' },
  );
  desk.browse.getState().select(new Set(['a', 'b', 'c', 'd']));
  await page.render(
    <DeskProvider desk={desk}>
      <SelectionBar />
    </DeskProvider>,
  );
  const { catalogue } = texts.en;
  await act(async () =>
    eventually(() => expect(bridge.calls.map(({ name }) => name)).toContain('transfers.plan')),
  );
  await act(async () => undefined);
  expect(page.element.textContent).toContain(catalogue.queue(1));
  expect(Array.from(page.element.querySelectorAll('p'), ({ textContent }) => textContent)).toEqual([
    catalogue.restrictedNote(1),
    `${catalogue.blockedNote([catalogue.blocked.withdrawn(1), catalogue.blocked['on-hold'](1)].join(', '))} ${catalogue.hereNote(1)}`,
  ]);
});
