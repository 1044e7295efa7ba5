import { act, screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { SourceDialogs } from '../../src/renderer/features/sources/index.tsx';
import { Downloads } from '../../src/renderer/features/settings/downloads.tsx';
import { PolicyFaults } from '../../src/renderer/features/settings/managed.tsx';
import { Rights } from '../../src/renderer/features/settings/rights.tsx';
import { Sources } from '../../src/renderer/features/settings/sources.tsx';
import type { PolicyView, SettingsView } from '../../src/renderer/state/views.ts';
import { errorText } from '../../src/renderer/state/errors.ts';
import { MANAGED_SETTINGS, POLICY_FEATURES } from '../../src/shared/contract/policy.ts';
import { AppError } from '../../src/shared/errors.ts';
import { makeApp } from '../support/app.tsx';
import { settingsView, sourcesView, sourceView } from '../support/views.ts';

const FILE = '/etc/multimedia-desk/policy.json';
const POLICY: PolicyView = {
  file: FILE,
  isThere: true,
  organisation: 'Channel Nine IT',
  settings: {
    limitBytesPerSecond: 80e6,
    schedule: { days: [1, 2, 3, 4, 5], fromMinute: 420, toMinute: 1140, pauses: false },
    activeTransfers: 2,
    territory: 'FR',
    tray: false,
    updates: 'off',
  },
  managed: ['limitBytesPerSecond', 'schedule', 'activeTransfers', 'territory', 'tray', 'updates'],
  disabled: [],
  sources: { allowed: null, fixed: [] },
  webhooks: [],
  hook: null,
  faults: [],
};

/** Parts of the settings; the whole page takes jsdom seconds. */
const SettingsParts = () => (
  <>
    <PolicyFaults />
    <Downloads />
    <Rights />
  </>
);

async function open(
  policy: PolicyView | null,
  {
    language = 'en',
    ui = <SettingsParts />,
  }: { language?: SettingsView['language']; ui?: React.ReactNode } = {},
) {
  const {
    limitBytesPerSecond = null,
    schedule = null,
    activeTransfers = 3,
    updates = 'on',
  } = policy?.settings ?? {};
  const shown = makeApp({
    'settings.get': () =>
      settingsView({
        language,
        limitBytesPerSecond,
        schedule,
        activeTransfers,
        updates,
        territory: 'FR',
      }),
    ...(policy && { 'policy.get': () => policy }),
    'sources.get': () =>
      sourcesView(
        sourceView({ id: 'nasa:1', kind: 'nasa', name: 'Archive', isManaged: policy !== null }),
        sourceView({ id: 'nasa:2', kind: 'nasa', name: 'Own', isManaged: false }),
      ),
  });
  await shown.render(ui);
  return shown;
}
const rowOf = (title: string): HTMLElement => {
  const row = screen.getByText(title, { selector: 'b' }).closest('div')?.parentElement;
  if (!row) throw new Error(`no row ${title}`);
  return row;
};
const textOf = (element: HTMLElement): string =>
  (element.textContent ?? '').replaceAll(/[\u00a0\u202f]/gu, ' ');

test('without a policy nothing is managed', async () => {
  await open(null);
  expect(screen.queryByText('Managed')).toBeNull();
  expect(screen.queryByText('View policy')).toBeNull();
  expect(within(rowOf('Simultaneous downloads')).getByRole('button')).toBeDefined();
});

test('a managed row shows its value and who decides, and no control; the others keep theirs', async () => {
  await open(POLICY);
  const row = rowOf('Simultaneous downloads');
  await waitFor(() => expect(textOf(row)).toContain('2Managed by Channel Nine IT'));
  expect(within(row).queryByRole('button')).toBeNull();
  const limit = rowOf('Speed limit');
  expect(textOf(limit)).toContain('80.0 MB/s');
  expect(textOf(limit)).toContain('Monday to Friday, 07:00 to 19:00');
  expect(within(limit).queryByRole('radio')).toBeNull();
  expect(within(rowOf('Connections per file')).getByRole('button')).toBeDefined();
  // The tray, the limit and how many at once: three rows of that section.
  expect(screen.getByText(/^3 settings here are managed by Channel Nine IT\./u)).toBeDefined();
  expect(screen.getByText(/^1 setting here is managed by Channel Nine IT\./u)).toBeDefined();
});

test('the policy says everything: where it is, what it fixes, allows and switches off', async () => {
  const { user } = await open({
    ...POLICY,
    disabled: ['get-by-address'],
    sources: {
      allowed: [{ kind: 'nasa' }, { kind: 'feed', host: '*.quay.example' }],
      fixed: [{ kind: 'nasa', name: 'Archive', follows: [] }],
    },
  });
  const [view] = await screen.findAllByRole('button', { name: 'View policy' });
  if (!view) throw new Error('no way to the policy');
  act(() => view.focus());
  await user.keyboard('{Enter}');
  const dialog = await screen.findByRole('dialog', { name: 'Policy' });
  const said = textOf(dialog);
  for (const part of [
    FILE,
    'Managed by Channel Nine IT.',
    'Simultaneous downloads2',
    'TerritoryFrance',
    'UpdatesOff',
    'Feeds at *.quay.example',
    'Downloads by URL, Metalink or list',
    'Archive',
  ])
    expect(said).toContain(part);
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});

test('faults are told at the top, with the members they are in', async () => {
  const { user } = await open({
    ...POLICY,
    managed: [...POLICY.managed, 'connectionsPerFile'],
    faults: [
      { kind: 'invalid', at: 'settings.connectionsPerFile', detail: 'too large' },
      { kind: 'unknown', at: 'disabled[0]', detail: 'nothing of that name' },
    ],
  });
  const alert = (
    await screen.findByText('Part of the policy for this computer isn’t understood.')
  ).closest('[role=status]') as HTMLElement;
  await user.click(within(alert).getByRole('button', { name: 'View policy' }));
  const said = textOf(await screen.findByRole('dialog'));
  expect(said).toContain('settings.connectionsPerFile invalid value');
  expect(said).toContain('disabled[0] unknown name');
  expect(said).toContain('Unchanged: the policy’s value isn’t valid');
});

test('of a policy that can’t be used everything is locked, and that is said', async () => {
  await open({
    ...POLICY,
    organisation: null,
    settings: {},
    managed: [...MANAGED_SETTINGS],
    disabled: [...POLICY_FEATURES],
    faults: [{ kind: 'not-json', at: '', detail: 'it isn’t JSON' }],
  });
  expect(await screen.findByText('The policy for this computer can’t be used.')).toBeDefined();
  expect(textOf(rowOf('Simultaneous downloads'))).toContain('Managed by your administrator');
});

test('a source of the policy is marked and can’t be removed; the user’s own can', async () => {
  const { user } = await open({ ...POLICY, disabled: ['add-sources'] }, { ui: <Sources /> });
  expect(await screen.findByText('Adding is switched off by Channel Nine IT.')).toBeDefined();
  expect(screen.queryByRole('button', { name: 'Add source' })).toBeNull();
  await user.click(await screen.findByRole('button', { name: 'Actions for Archive' }));
  expect(screen.queryByRole('menuitem', { name: 'Remove' })).toBeNull();
  await user.keyboard('{Escape}');
  await user.click(screen.getByRole('button', { name: 'Actions for Own' }));
  expect(screen.getByRole('menuitem', { name: /^Remove/u })).toBeDefined();
});

test('wherever a source is added from, it says that this is switched off, and by whom', async () => {
  const { app } = await open({ ...POLICY, disabled: ['add-feeds'] }, { ui: <SourceDialogs /> });
  act(() => app.sourceDialogs.setState({ open: { name: 'add', kind: 'feed' } }));
  expect(await screen.findByText('Switched off by Channel Nine IT.')).toBeDefined();
  act(() => app.sourceDialogs.setState({ open: { name: 'add' } }));
  expect(await screen.findByRole('radio', { name: /DVIDS/u })).toBeDefined();
  expect(screen.queryByRole('radio', { name: /Feed/u })).toBeNull();
});

test('a refusal says who has set it, in both languages', async () => {
  const refusal = new AppError('managed', 'Set by …', { organisation: 'Channel Nine IT' });
  const { app } = await open(POLICY);
  expect(errorText(app, refusal)).toBe('Set by Channel Nine IT. It can’t be changed here.');
  expect(errorText(app, new AppError('managed', 'Set'))).toBe(
    'Set by your administrator. It can’t be changed here.',
  );
});

test('in French', async () => {
  await open(POLICY, { language: 'fr' });
  const row = rowOf('Transferts simultanés');
  await waitFor(() => expect(textOf(row)).toContain('2Géré par Channel Nine IT'));
  expect(
    screen.getByText(/^3 réglages de cette section sont gérés par Channel Nine IT\./u),
  ).toBeDefined();
});
