import { screen, waitFor, within } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { SettingsScreen } from '../../src/renderer/features/settings/index.tsx';
import { Station } from '../../src/renderer/features/settings/station.tsx';
import type { ApiTokensView } from '../../src/renderer/state/views.ts';
import { AppError } from '../../src/shared/errors.ts';
import { makeApp, toasts } from '../support/app.tsx';

const TOKEN = `mmd_${'a'.repeat(43)}`;
const MAM: ApiTokensView['items'][number] = {
  id: 'sys_1',
  name: 'Avid MAM',
  scopes: ['catalogue:read', 'downloads:confirm'],
  createdAt: Date.UTC(2026, 10, 2, 12),
  expiresAt: Date.UTC(2020, 5, 30, 12),
  lastUsedAt: null,
};

async function open(items: ApiTokensView['items'] = [MAM], disabled: 'api'[] = []) {
  let view: ApiTokensView = { rev: 1, items };
  const shown = makeApp(
    {
      'policy.get': () => ({
        file: '/etc/multimedia-desk/policy.json',
        isThere: disabled.length > 0,
        organisation: null,
        settings: {},
        managed: [],
        disabled,
        sources: { allowed: null, fixed: [] },
        webhooks: [],
        hook: null,
        faults: [],
      }),
      'api-tokens.list': () => view,
      'api-tokens.add': (input) => {
        const { name, scopes, expiresAt } = input as Pick<
          typeof MAM,
          'name' | 'scopes' | 'expiresAt'
        >;
        if (name === MAM.name) throw new AppError('exists', 'There is a token for it');
        const added = { ...MAM, id: 'sys_2', name, scopes, expiresAt };
        view = { rev: view.rev + 1, items: [...view.items, added] };
        shown.bridge.push('api-tokens.changed', { rev: view.rev });
        return { id: 'sys_2', token: TOKEN };
      },
      'api-tokens.revoke': ({ id }) => {
        view = { rev: view.rev + 1, items: view.items.filter((one) => one.id !== id) };
        shown.bridge.push('api-tokens.changed', { rev: view.rev });
      },
    },
    { shell: 'station' },
  );
  await shown.render(<Station />);
  return shown;
}

test('systems are listed with what they may do, when they were used, and when access ends', async () => {
  await open();
  const list = await screen.findByRole('list', { name: 'Systems with access' });
  const [row] = within(list).getAllByRole('listitem');
  expect(row?.textContent).toMatch(
    /Avid MAM.*Search the catalogue, confirm restrictions.*created 2 Nov 2026, never used, expired 30 Jun 2020/u,
  );
});

test('a token is made for a name and scopes, shown once, and copied', async () => {
  const writeText = vi.fn<(text: string) => Promise<void>>(async () => undefined);
  const { app, bridge, user } = await open([]);
  vi.spyOn(navigator.clipboard, 'writeText').mockImplementation(writeText);
  expect(await screen.findByText('No system has access.')).toBeDefined();
  await user.click(screen.getByRole('button', { name: 'Add system' }));
  const dialog = within(screen.getByRole('dialog'));
  await user.click(dialog.getByRole('button', { name: 'Give access' }));
  expect(dialog.getByText('Enter a name.')).toBeDefined();
  await user.type(dialog.getByRole('textbox', { name: 'Name of the system' }), ' iNews ');
  for (const name of [
    'Search the catalogue',
    'See downloads and their evidence reports',
    'Add and control downloads',
  ])
    await user.click(dialog.getByRole('checkbox', { name }));
  await user.click(dialog.getByRole('button', { name: 'Give access' }));
  expect(dialog.getByRole('alert').textContent).toBe('Choose at least one.');
  expect(dialog.queryByText(/Let it confirm/u)).toBeNull();
  await user.click(dialog.getByRole('checkbox', { name: 'Confirm restrictions' }));
  expect(dialog.getByText(/Let it confirm/u)).toBeDefined();
  await user.click(dialog.getByRole('checkbox', { name: 'Confirm restrictions' }));
  await user.click(dialog.getByRole('checkbox', { name: 'Search and copy articles' }));
  await user.click(dialog.getByRole('button', { name: 'Give access' }));
  const made = within(await screen.findByRole('alertdialog'));
  expect(made.getByRole<HTMLInputElement>('textbox', { name: 'Token' }).value).toBe(TOKEN);
  await user.click(made.getByRole('button', { name: 'Copy' }));
  expect(writeText).toHaveBeenCalledWith(TOKEN);
  expect(toasts(app)).toContain('Token copied');
  expect(bridge.sent('api-tokens.add')).toEqual([
    { name: 'iNews', scopes: ['articles:read'], expiresAt: null },
  ]);
  await user.click(made.getByRole('button', { name: 'Done' }));
  await waitFor(() => expect(screen.queryByDisplayValue(TOKEN)).toBeNull());
  expect((await screen.findByRole('list', { name: 'Systems with access' })).textContent).toContain(
    'iNews',
  );
  expect(document.body.textContent).not.toContain(TOKEN);
});

test('the name of another is refused in its own words', async () => {
  const { user } = await open();
  await user.click(await screen.findByRole('button', { name: 'Add system' }));
  await user.type(screen.getByRole('textbox', { name: 'Name of the system' }), 'Avid MAM');
  await user.click(screen.getByRole('button', { name: 'Give access' }));
  expect(await screen.findByText(/with this name already has a token/u)).toBeDefined();
});

test('access is taken away once that is confirmed', async () => {
  const { app, bridge, user } = await open();
  await user.click(await screen.findByRole('button', { name: 'Revoke access for Avid MAM' }));
  await user.click(screen.getByRole('button', { name: 'Cancel' }));
  expect(bridge.sent('api-tokens.revoke')).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Revoke access for Avid MAM' }));
  await user.click(within(screen.getByRole('alertdialog')).getByRole('button', { name: 'Revoke' }));
  expect(await screen.findByText('No system has access.')).toBeDefined();
  expect(bridge.sent('api-tokens.revoke')).toEqual([{ id: 'sys_1' }]);
  expect(toasts(app)).toContain('Avid MAM no longer has access');
});

test('where the administrator has switched it off, none is added, and those there can be revoked', async () => {
  await open([MAM], ['api']);
  expect(await screen.findByText('Switched off by your administrator.')).toBeDefined();
  expect(screen.queryByRole('button', { name: 'Add system' })).toBeNull();
  expect(screen.getByRole('button', { name: 'Revoke access for Avid MAM' })).toBeDefined();
});

test('a window has no such section', async () => {
  const { render } = makeApp(
    {},
    { shell: 'desktop', route: { name: 'settings', section: 'general' } },
  );
  await render(<SettingsScreen />);
  expect(screen.queryByRole('link', { name: 'Station' })).toBeNull();
  expect(screen.queryByText('Newsroom systems')).toBeNull();
});
