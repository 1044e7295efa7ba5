import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { expect, test, vi } from 'vitest';
import { SelectionBar } from '../../src/renderer/features/catalogue/selection-bar.tsx';
import { texts } from '../../src/renderer/i18n/index.ts';
import { makeClient } from '../../src/renderer/ipc/client.ts';
import { DeskProvider } from '../../src/renderer/stores/context.tsx';
import { createDesk } from '../../src/renderer/stores/desk.ts';
import type { DeskContract } from '../../src/shared/contract/index.ts';
import { fakeBridge } from '../support/fake-bridge.ts';
import { eventually } from '../support/eventually.ts';

const item = (assetId: string, more: object) => ({ assetId, packageId: `p-${assetId}`, title: assetId, bytes: 5, restrictionIds: [], embargoUntil: null, blocked: null, alreadyHere: false, ...more });

test('what stays out of the queue is said also where something is to be confirmed first', async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  const items = [item('a', { restrictionIds: ['r1'] }), item('b', { blocked: 'withdrawn' }), item('c', { blocked: 'on-hold' }), item('d', { alreadyHere: true })];
  const bridge = fakeBridge({ 'settings.get': () => ({ rev: 1, language: 'en', housePurpose: 'broadcast', savedSearches: [] }), 'transfers.plan': () => ({ items, totalBytes: 5, freeBytes: 9, etaSeconds: null, destination: '/d' }) });
  const desk = createDesk(makeClient<DeskContract>(bridge), { version: '0', shell: 'desktop', platform: 'linux', mediaSuffix: '' }, { name: 'catalogue' });
  desk.browse.getState().select(new Set(['a', 'b', 'c', 'd']));
  const page = document.body.appendChild(document.createElement('div'));
  const root = createRoot(page);
  await act(async () => root.render(<DeskProvider desk={desk}><SelectionBar /></DeskProvider>));
  const { catalogue } = texts.en;
  await act(async () => eventually(() => expect(bridge.calls.map(({ name }) => name)).toContain('transfers.plan')));
  await act(async () => undefined);
  expect(page.textContent).toContain(catalogue.queue(1));
  expect(Array.from(page.querySelectorAll('p'), ({ textContent }) => textContent)).toEqual([
    catalogue.restrictedNote(1), `${catalogue.blockedNote([catalogue.blocked.withdrawn(1), catalogue.blocked['on-hold'](1)].join(', '))} ${catalogue.hereNote(1)}`,
  ]);
  await act(async () => root.unmount());
  page.remove();
  vi.unstubAllGlobals();
});
