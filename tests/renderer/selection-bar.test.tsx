import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { SelectionBar } from '../../src/renderer/features/catalogue/selection-bar.tsx';
import { texts } from '../../src/renderer/i18n/index.ts';
import { makeApp } from '../support/app.tsx';
import { plan, plannedItem } from '../support/views.ts';

const item = (assetId: string, more: Parameters<typeof plannedItem>[0]) =>
  plannedItem({ assetId, packageId: `p-${assetId}`, title: assetId, ...more });

test('what stays out of the queue is said also where something is to be confirmed first', async () => {
  const items = [
    item('a', { restrictionIds: ['r1'] }),
    item('b', { blocked: 'withdrawn' }),
    item('c', { blocked: 'on-hold' }),
    item('d', { alreadyHere: true }),
  ];
  const { app, render } = makeApp({ 'transfers.plan': () => plan(items) });
  app.criteria.getState().select(new Set(['a', 'b', 'c', 'd']));
  const page = await render(<SelectionBar />);
  const { catalogue } = texts.en;
  await screen.findByText(catalogue.restrictedNote(1));
  expect(page.textContent).toContain(catalogue.queue(1));
  expect(Array.from(page.querySelectorAll('p'), ({ textContent }) => textContent)).toEqual([
    catalogue.restrictedNote(1),
    `${catalogue.blockedNote([catalogue.blocked.withdrawn(1), catalogue.blocked['on-hold'](1)].join(', '))} ${catalogue.downloadedNote(1)}`,
  ]);
});
