import { act, renderHook, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { FolderDialog } from '../../src/renderer/app/dialogs.tsx';
import { AppProvider } from '../../src/renderer/state/context.tsx';
import { useActions } from '../../src/renderer/state/transfer-actions.ts';
import { makeApp, settle, toasts } from '../support/app.tsx';
import { refuse, type Answers } from '../support/fake-bridge.ts';
import { settingsView, transferRow } from '../support/views.ts';

const row = transferRow({ id: 't1' });
async function open(shell: 'desktop' | 'station', answers: Answers = {}) {
  const shown = makeApp(
    {
      'settings.get': () => settingsView({ destination: '/media/ingest' }),
      'transfers.set-destination': () => undefined,
      ...answers,
    },
    { shell },
  );
  await shown.render(<FolderDialog />);
  const { result } = renderHook(() => useActions(), {
    wrapper: ({ children }) => <AppProvider app={shown.app}>{children}</AppProvider>,
  });
  return { ...shown, actions: result.current };
}

test('in a window the system’s dialog opens at the folder of the settings', async () => {
  const { app, bridge, actions } = await open('desktop', {
    'app.choose-folder': () => '/mnt/other',
  });
  await act(async () => actions.changeFolder(row));
  expect(bridge.sent('app.choose-folder')).toEqual([{ current: '/media/ingest' }]);
  expect(bridge.sent('transfers.set-destination')).toEqual([
    { id: 't1', destination: '/mnt/other' },
  ]);
  expect(toasts(app)).toEqual(['Saves to /mnt/other']);
});

test('on the station the path is typed; closed, nothing changes', async () => {
  const { bridge, user, actions } = await open('station');
  await act(async () => actions.changeFolder(row));
  await user.click(screen.getByRole('button', { name: 'Cancel' }));
  await settle();
  expect(bridge.sent('transfers.set-destination')).toEqual([]);
  await act(async () => actions.changeFolder(row));
  const field = screen.getByRole<HTMLInputElement>('textbox');
  expect(field.value).toBe('/media/ingest');
  await user.clear(field);
  await user.type(field, ' /mnt/other ');
  await user.click(screen.getByRole('button', { name: 'Save' }));
  await settle();
  expect(bridge.sent('transfers.set-destination')).toEqual([
    { id: 't1', destination: '/mnt/other' },
  ]);
  expect(screen.queryByRole('dialog')).toBeNull();
});

test('no folder chosen, or one that is refused: the transfer stays, and a refusal is said', async () => {
  const none = await open('desktop', { 'app.choose-folder': () => null });
  await act(async () => none.actions.changeFolder(row));
  expect(none.bridge.sent('transfers.set-destination')).toEqual([]);
  const refused = await open('desktop', {
    'app.choose-folder': () => '/mnt/other',
    'transfers.set-destination': refuse('not-permitted'),
  });
  await act(async () => refused.actions.changeFolder(row));
  expect(toasts(refused.app)).toHaveLength(1);
  expect(toasts(refused.app)[0]).not.toContain('/mnt/other');
});
