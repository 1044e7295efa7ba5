import { act, screen, waitFor } from '@testing-library/react';
import { expect, test } from 'vitest';
import { RevealDialog } from '../../src/renderer/app/dialogs.tsx';
import { texts } from '../../src/renderer/i18n/index.ts';
import { revealFolder } from '../../src/renderer/state/reveal.ts';
import { makeApp } from '../support/app.tsx';
import { refuse } from '../support/fake-bridge.ts';

test('the folder of what was withdrawn is shown to whoever insists', async () => {
  const { downloads } = texts.en;
  const unconfirmed = refuse('restriction-unacknowledged', { restrictionIds: ['state:withdrawn'] });
  const { app, bridge, user, render } = makeApp({
    'transfers.reveal': ({ acknowledge = [] }) =>
      acknowledge.includes('state:withdrawn') ? { folder: '/ingest/Harbour' } : unconfirmed(),
  });
  await render(<RevealDialog />);
  await act(() => revealFolder(app, { id: 't1', title: 'Harbour' }));
  await screen.findByText(downloads.revealStates['withdrawn'] ?? '');
  await user.click(screen.getByRole('button', { name: downloads.revealAnyway }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(bridge.sent('transfers.reveal')).toEqual([
    { id: 't1', acknowledge: [] },
    { id: 't1', acknowledge: ['state:withdrawn'] },
  ]);
});
