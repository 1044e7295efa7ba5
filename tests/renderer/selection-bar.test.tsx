import { act, screen, waitFor } from '@testing-library/react';
import { expect, test } from 'vitest';
import { SelectionBar } from '../../src/renderer/features/catalogue/selection-bar.tsx';
import { texts } from '../../src/renderer/i18n/index.ts';
import { makeApp } from '../support/app.tsx';
import { accountView, plan, plannedItem } from '../support/views.ts';

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

test('pressed before the plan is there, it asks once it is; not for what is selected by then', async () => {
  const plans: { ids: string[]; answer: () => void }[] = [];
  const { app, user, render } = makeApp({
    'transfers.plan': ({ assetIds }) =>
      new Promise((resolve) => {
        const items = assetIds.map((id) => item(id, {}));
        plans.push({ ids: assetIds, answer: () => resolve(plan(items)) });
      }),
    'account.get': () => accountView({ status: 'signed-in' }),
  });
  const asked = () =>
    app.downloads.getState().planRequest?.wanted.map(({ assetId }) => assetId) ?? null;
  const select = (...ids: string[]) => act(() => app.criteria.getState().select(new Set(ids)));
  const answered = () => act(async () => plans.at(-1)?.answer());
  select('a', 'b');
  await render(<SelectionBar />);
  await user.keyboard('{Control>}{Enter}{/Control}');
  select('a', 'b', 'c');
  await screen.findByText(texts.en.catalogue.selected(3));
  await waitFor(() => expect(plans.at(-1)?.ids).toEqual(['a', 'b', 'c']));
  await answered();
  await screen.findByRole('button', { name: new RegExp(texts.en.catalogue.queue(3), 'u') });
  expect(asked()).toBeNull();
  select('a', 'd');
  await user.keyboard('{Control>}{Enter}{/Control}');
  await waitFor(() => expect(plans.at(-1)?.ids).toEqual(['a', 'd']));
  expect(asked()).toBeNull();
  await answered();
  await waitFor(() => expect(asked()).toEqual(['a', 'd']));
});
