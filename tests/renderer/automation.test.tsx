import { screen, waitFor, within } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { Banners } from '../../src/renderer/app/banners.tsx';
import { Automation } from '../../src/renderer/features/settings/automation.tsx';
import type {
  DeliveryTargetView,
  PolicyView,
  WatchFolderView,
} from '../../src/renderer/state/views.ts';
import { AppError } from '../../src/shared/errors.ts';
import { EVENT_KINDS } from '../../src/shared/contract/events.ts';
import { makeApp, toasts } from '../support/app.tsx';

const KEY = 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';
const target = (more: Partial<DeliveryTargetView> = {}): DeliveryTargetView => ({
  id: 'whk_1',
  kind: 'webhook',
  name: 'MAM',
  where: 'https://mam.example',
  events: [...EVENT_KINDS],
  isManaged: false,
  isSigned: true,
  waiting: 0,
  lastDeliveredAt: null,
  failingSince: null,
  nextTryAt: null,
  fault: null,
  off: null,
  missed: 0,
  ...more,
});
const watching = (more: Partial<WatchFolderView> = {}): WatchFolderView => ({
  rev: 1,
  setting: { folder: '/ingest/lists', destination: null },
  state: 'watching',
  fault: null,
  lists: [],
  ...more,
});
const shownText = (): string => (document.body.textContent ?? '').replaceAll('\u00a0', ' ');

async function open(
  items: DeliveryTargetView[],
  {
    folder = watching({ setting: null, state: 'off' }),
    policy,
    language = 'en',
    shell = 'station',
    refusal,
  }: {
    folder?: WatchFolderView;
    policy?: PolicyView;
    language?: 'en' | 'fr';
    shell?: 'desktop' | 'station';
    refusal?: AppError;
  } = {},
) {
  const shown = makeApp(
    {
      'webhooks.get': () => ({ rev: 1, items }),
      'webhooks.add': () => ({ id: 'whk_2', signingKey: KEY, view: { rev: 2, items } }),
      'webhooks.remove': () => ({ rev: 2, items: [] }),
      'webhooks.test': () => ({ status: 204, ms: 12.4 }),
      'webhooks.resume': () => ({ rev: 2, items: [target()] }),
      'watch-folder.get': () => folder,
      'watch-folder.set': (setting) => {
        if (refusal) throw refusal;
        return watching({ rev: 2, setting, state: setting === null ? 'off' : 'watching' });
      },
      'app.choose-folder': () => '/chosen',
      ...(policy && { 'policy.get': () => policy }),
    },
    { language, shell },
  );
  await shown.render(
    <>
      <Banners />
      <Automation />
    </>,
  );
  return shown;
}

test('a webhook says how it is, and what helps', async () => {
  const { user, bridge, app } = await open([
    target({ events: ['package.ready', 'download.failed'], waiting: 3, lastDeliveredAt: 1 }),
    target({
      id: 'whk_2',
      name: 'Rundown',
      failingSince: 1,
      nextTryAt: 2,
      waiting: 1,
      fault: { code: 'tls', message: 'certificate' },
    }),
  ]);
  expect(shownText()).toContain('Package ready, Download failed. 3 events wait');
  expect(shownText()).toContain('The receiver’s certificate isn’t trusted on this computer.');
  await user.click(screen.getByRole('button', { name: 'Test: MAM' }));
  await waitFor(() => expect(toasts(app)).toEqual(['MAM answered with status 204 after 12 ms']));
  await user.click(screen.getByRole('button', { name: 'Try now: Rundown' }));
  expect(bridge.sent('webhooks.resume')).toEqual([{ id: 'whk_2' }]);
});

test('one that is switched off is told in a banner, and can be switched on', async () => {
  const { user, bridge } = await open([
    target({ off: 'gone', fault: { code: 'source-gone', message: '410' } }),
  ]);
  expect(shownText()).toContain('Webhooks are switched off: MAM');
  expect(shownText()).toContain('Switched off. The receiver wants no more events.');
  await user.click(screen.getByRole('button', { name: 'Switch on: MAM' }));
  await waitFor(() => expect(shownText()).not.toContain('Webhooks are switched off'));
  expect(bridge.sent('webhooks.resume')).toEqual([{ id: 'whk_1' }]);
});

test('the signing key is shown once, and copied', async () => {
  const { user, bridge, app } = await open([]);
  const write = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
  await user.click(screen.getByRole('button', { name: 'Add webhook' }));
  const dialog = await screen.findByRole('dialog', { name: 'Add webhook' });
  await user.click(within(dialog).getByRole('button', { name: 'Add' }));
  expect(within(dialog).getByText('Enter the address.')).toBeDefined();
  await user.type(within(dialog).getByLabelText('Address'), 'https://mam.example/desk');
  await user.click(within(dialog).getByRole('checkbox', { name: 'Newer version' }));
  await user.click(within(dialog).getByRole('button', { name: 'Add' }));
  const key = await screen.findByRole('alertdialog', { name: 'Signing key' });
  expect(bridge.sent('webhooks.add')).toEqual([
    {
      address: 'https://mam.example/desk',
      name: null,
      events: EVENT_KINDS.filter((kind) => kind !== 'package.corrected'),
    },
  ]);
  expect(within(key).getByLabelText<HTMLInputElement>('Signing key').value).toBe(KEY);
  await user.click(within(key).getByRole('button', { name: 'Copy' }));
  expect(write).toHaveBeenCalledWith(KEY);
  expect(toasts(app)).toContain('Signing key copied');
  await user.click(within(key).getByRole('button', { name: 'Done' }));
  await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
  expect(document.body.innerHTML).not.toContain(KEY);
});

test('removing asks first, and says what waits', async () => {
  const { user, bridge } = await open([target({ waiting: 4 })]);
  await user.click(screen.getByRole('button', { name: 'More for MAM' }));
  await user.click(await screen.findByRole('menuitem', { name: 'Remove' }));
  const dialog = await screen.findByRole('alertdialog', { name: 'Remove MAM?' });
  expect(dialog.textContent).toContain('not even those that wait (4)');
  await user.click(within(dialog).getByRole('button', { name: 'Remove' }));
  await waitFor(() => expect(bridge.sent('webhooks.remove')).toEqual([{ id: 'whk_1' }]));
});

test('what the administrator has fixed can be tested, and not removed', async () => {
  const policy: PolicyView = {
    file: '/etc/multimedia-desk/policy.json',
    isThere: true,
    organisation: 'Channel Nine IT',
    settings: {},
    managed: [],
    disabled: ['webhooks', 'watch-folder'],
    sources: { allowed: null, fixed: [] },
    webhooks: [],
    hook: null,
    faults: [],
  };
  await open(
    [
      target({ id: 'managed:MAM', isManaged: true, isSigned: false }),
      target({
        id: 'hook',
        kind: 'command',
        name: '/usr/local/bin/ingest',
        where: '/usr/local/bin/ingest',
        isManaged: true,
        isSigned: false,
        failingSince: 1,
        missed: 2,
        fault: { code: 'origin-error', message: 'ended with 3' },
      }),
    ],
    { policy },
  );
  await waitFor(() => expect(shownText()).toContain('Switched off by Channel Nine IT.'));
  expect(shownText()).toContain('Your own webhooks are switched off by Channel Nine IT.');
  expect(screen.queryByRole('button', { name: 'Add webhook' })).toBeNull();
  expect(screen.queryByRole('button', { name: 'More for MAM' })).toBeNull();
  expect(shownText()).toContain('All events. Not signed');
  expect(shownText()).toContain('The command ended with an error.');
  expect(shownText()).toContain('2 events were not delivered');
  expect(screen.queryByLabelText('Folder to watch')).toBeNull();
});

test('a watch folder is set, with its destination, and stopped', async () => {
  const { user, bridge } = await open([]);
  await user.type(screen.getByLabelText('Folder to watch'), '/ingest/lists');
  await user.type(screen.getByLabelText('Save to'), '/ingest/footage');
  await user.click(screen.getByRole('button', { name: 'Save' }));
  await screen.findByText('Watched');
  await user.click(screen.getByRole('button', { name: 'Stop watching' }));
  await screen.findByText('No folder is watched');
  expect(bridge.sent('watch-folder.set')).toEqual([
    { folder: '/ingest/lists', destination: '/ingest/footage' },
    null,
  ]);
});

test('a folder that can’t be watched is refused beside its field', async () => {
  const { user } = await open([], {
    refusal: new AppError('usage', 'no', { fields: [{ field: 'folder', code: 'own-folder' }] }),
  });
  await user.type(screen.getByLabelText('Folder to watch'), '/home/desk');
  await user.click(screen.getByRole('button', { name: 'Save' }));
  expect(
    await screen.findByText('The app’s own folder can’t be watched. Choose another one.'),
  ).toBeDefined();
});

test('in a window the folder can be chosen', async () => {
  const { user } = await open([], { shell: 'desktop' });
  await user.click(screen.getByRole('button', { name: 'Choose…: Folder to watch' }));
  expect(screen.getByLabelText<HTMLInputElement>('Folder to watch').value).toBe('/chosen');
});

test.each([
  ['en', 'Can’t be reached.', 'The watch folder can’t be reached', 'This Metalink can’t be read.'],
  ['fr', 'Injoignable.', 'Le dossier surveillé est injoignable', 'Ce Metalink est illisible.'],
] as const)('a folder that is away, and lists that were refused, %s', async (language, ...said) => {
  await open([], {
    language,
    folder: watching({
      state: 'away',
      fault: { code: 'destination-missing', message: 'ENOENT' },
      lists: [
        { name: 'evening.meta4', at: 1, queued: 12, fault: null },
        {
          name: 'broken.meta4',
          at: 1,
          queued: 0,
          fault: { code: 'metalink-invalid', message: 'no XML' },
        },
      ],
    }),
  });
  for (const text of said) expect(shownText()).toContain(text);
  expect(shownText()).toContain('evening.meta4');
});
