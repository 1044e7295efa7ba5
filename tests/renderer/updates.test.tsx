import { act, screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { About } from '../../src/renderer/features/settings/about.tsx';
import type { PolicyView, SettingsView, UpdatesView } from '../../src/renderer/state/views.ts';
import { UPDATE_FAULTS } from '../../src/shared/contract/updates.ts';
import type { PolicySettings } from '../../src/shared/contract/policy.ts';
import { makeApp } from '../support/app.tsx';
import { settingsView, updatesView } from '../support/views.ts';

const policyOf = (settings: PolicySettings): PolicyView => ({
  file: '/etc/multimedia-desk/policy.json',
  isThere: true,
  organisation: 'Channel Nine IT',
  settings,
  managed: Object.keys(settings) as PolicyView['managed'],
  disabled: [],
  sources: { allowed: null, fixed: [] },
  webhooks: [],
  hook: null,
  faults: [],
});

async function open(
  view: Partial<UpdatesView>,
  { policy, language = 'en' }: { policy?: PolicySettings; language?: 'en' | 'fr' } = {},
) {
  const app = makeApp({
    'settings.get': () => settingsView({ language, ...(policy as Partial<SettingsView>) }),
    'settings.set': (patch) => settingsView({ ...(patch as object), rev: 2 }),
    'updates.get': () => updatesView(view),
    'updates.check': () => updatesView({ state: 'checking', rev: 2 }),
    'updates.install': () => updatesView({ ...view, rev: 2 }),
    ...(policy && { 'policy.get': () => policyOf(policy) }),
  });
  await app.render(<About />);
  return app;
}
const row = async (title = 'Updates'): Promise<HTMLElement> => {
  const found = (await screen.findByText(title, { selector: 'b' })).closest('div')?.parentElement;
  if (!found) throw new Error(`no row ${title}`);
  return found;
};
const said = (element: HTMLElement): string =>
  (element.textContent ?? '').replaceAll(/[\u00a0\u202f]/gu, ' ');

test.each<[string, Partial<UpdatesView>]>([
  ['Up to date, checked', { state: 'current', checkedAt: 0 }],
  ['Not checked yet', { state: 'idle' }],
  ['Checking…', { state: 'checking' }],
  ['Downloading version 0.3.0: 40%', { state: 'downloading', version: '0.3.0', percent: 40 }],
  ['Version 0.3.0 is available', { state: 'found', version: '0.3.0', isBusy: true }],
  [
    'Version 0.3.0 is readyRestart and updateIt’s installed when you quit.',
    { state: 'ready', version: '0.3.0' },
  ],
  ['older than the version you have', { state: 'current', note: 'older', version: '0.1.0' }],
  ['rolled out step by step', { state: 'current', note: 'staged', version: '0.3.0' }],
  [
    'The update isn’t signed. It isn’t installed. The app retries later.',
    { state: 'failed', fault: 'unsigned' },
  ],
])('says “%s”', async (words, view) => {
  await open(view);
  expect(said(await row())).toContain(words);
});

test.each(UPDATE_FAULTS)('a failure is a sentence: %s', async (fault) => {
  await open({ state: 'failed', fault });
  expect(said(await row())).toMatch(/\. The app retries later\.$/u);
});

test.each(UPDATE_FAULTS)('and one in French: %s', async (fault) => {
  await open({ state: 'failed', fault }, { language: 'fr' });
  expect(said(await row('Mises à jour'))).toMatch(/\. L’application réessaiera plus tard\.$/u);
});

test('checks and installs when asked', async () => {
  const { user, bridge } = await open({ state: 'ready', version: '0.3.0' });
  await user.click(await screen.findByRole('button', { name: 'Restart and update' }));
  expect(bridge.sent('updates.install')).toHaveLength(1);
});

test('while downloads run the restart is refused beforehand, with the reason, and comes back after them', async () => {
  const { bridge } = await open({ state: 'ready', version: '0.3.0', isBusy: true });
  const button = await screen.findByRole('button', { name: 'Restart and update' });
  expect(button).toHaveProperty('disabled', true);
  expect(said(await row())).toContain('Restarting waits until your downloads are done.');
  act(() =>
    bridge.push('updates.changed', updatesView({ rev: 2, state: 'ready', version: '0.3.0' })),
  );
  await waitFor(() => expect(button).toHaveProperty('disabled', false));
});

test('a check by hand shows what it does', async () => {
  const { user, bridge } = await open({ state: 'current' });
  await user.click(await screen.findByRole('button', { name: 'Check now' }));
  expect(bridge.sent('updates.check')).toHaveLength(1);
  await waitFor(async () => expect(said(await row())).toContain('Checking…'));
});

test('is switched off, and to betas, in one choice', async () => {
  const { user, bridge } = await open({ state: 'current' });
  await user.click(within(await row()).getByRole('button', { name: /Versions/u }));
  await user.click(await screen.findByRole('option', { name: 'Off' }));
  expect(bridge.sent('settings.set')).toEqual([{ updates: 'off' }]);
  await user.click(within(await row()).getByRole('button', { name: /Versions/u }));
  await user.click(await screen.findByRole('option', { name: 'Beta versions too' }));
  expect(bridge.sent('settings.set').at(-1)).toEqual({ updates: 'on', updateChannel: 'beta' });
});

test('a program of a package has no control, and says who updates it', async () => {
  await open({ state: 'package' });
  const shown = await row();
  expect(said(shown)).toContain('Updated by the package this app was installed with');
  expect(within(shown).queryByRole('button')).toBeNull();
});

test('what a policy fixes is shown in place of the choice', async () => {
  await open({ state: 'off' }, { policy: { updates: 'off' } });
  const shown = await row();
  await waitFor(() => expect(said(shown)).toContain('OffManaged by Channel Nine IT'));
  expect(said(shown)).toContain('No server is asked.');
  expect(within(shown).queryByRole('button')).toBeNull();
});

test('a channel that a policy fixes leaves switching off', async () => {
  const { user } = await open({ state: 'current' }, { policy: { updateChannel: 'beta' } });
  await screen.findAllByRole('button', { name: 'View policy' });
  await user.click(within(await row()).getByRole('button', { name: /Versions/u }));
  const names = (await screen.findAllByRole('option')).map(({ textContent }) => textContent);
  expect(names).toEqual(['Beta versions too', 'Off']);
});
