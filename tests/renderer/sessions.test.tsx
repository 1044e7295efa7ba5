import { act, screen, waitFor } from '@testing-library/react';
import { expect, test } from 'vitest';
import { Sessions } from '../../src/renderer/features/account/sessions.tsx';
import { AppError } from '../../src/shared/errors.ts';
import { makeApp, toasts } from '../support/app.tsx';
import { connectionView } from '../support/views.ts';

const session = (id: string, current: boolean) => ({
  id,
  deviceName: `Desk ${id}`,
  platform: 'linux',
  createdAt: 0,
  lastSeenAt: 0,
  ipMasked: '192.0.2.x',
  current,
});

let items: ReturnType<typeof session>[];

/** The service of this test: it wants the password, and knows which one is right. */
function revoke({ id, password }: { id: string; password?: string | undefined }): void {
  if (password === undefined) throw new AppError('reauth-required', 'refused by the test');
  if (password !== 'Right-password-1')
    throw new AppError('invalid-credentials', 'refused by the test');
  items = items.filter((item) => item.id !== id);
}

async function open(shown: typeof items) {
  items = shown;
  const { app, bridge, render, user } = makeApp(
    {
      'account.sessions': () => ({ items }),
      'account.session-revoke': revoke,
      'account.sessions-revoke-others'({ password }) {
        for (const { id, current } of items) if (!current) revoke({ id, password });
        return { revoked: 2 };
      },
    },
    { route: { name: 'account', screen: 'profile' } },
  );
  const page = await render(<Sessions email="desk@channel.example" />);
  /** What is under an open dialog is not found. */
  const press = async (name: string): Promise<void> =>
    user.click(await screen.findByRole('button', { name }));
  const enter = async (password: string): Promise<void> =>
    user.type(await screen.findByLabelText('Password'), password);
  return { app, bridge, page, press, enter };
}
const dialogClosed = () => waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
const focused = () =>
  document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent;

test('a session elsewhere is ended with the password, which is asked for only when it is needed and again when it is wrong', async () => {
  const { app, page, press, enter } = await open([session('here', true), session('there', false)]);
  await press('End session on Desk there');
  expect((await screen.findByRole('dialog')).textContent).toContain('Enter your password again');
  await enter('Wrong-password-1');
  await press('End session');
  expect(await screen.findByText('Incorrect password.')).toBeDefined();
  expect(screen.getByLabelText<HTMLInputElement>('Password').value).toBe('');
  await enter('Right-password-1');
  await press('End session');
  await dialogClosed();
  await waitFor(() => expect(page.textContent).not.toContain('Desk there'));
  expect(toasts(app).join(' ')).toContain('Desk there');
});

test('the session of this computer offers no way to end it by mistake', async () => {
  await open([session('here', true), session('there', false)]);
  const buttons = await screen.findAllByRole('button');
  expect(buttons.map((button) => button.getAttribute('aria-label'))).toEqual([
    'End session on Desk there',
    null,
  ]);
});

test('all others are ended at once, with the password when it is asked for', async () => {
  const { app, page, press, enter } = await open([
    session('here', true),
    session('there', false),
    session('elsewhere', false),
  ]);
  await press('End all other sessions');
  expect((await screen.findByRole('dialog')).textContent).toContain('all other devices');
  await enter('Right-password-1');
  await press('End all other sessions');
  await dialogClosed();
  await waitFor(() => expect(page.textContent).not.toContain('Desk there'));
  expect(screen.queryAllByRole('button')).toEqual([]);
  await waitFor(() => expect(focused()).toBe('Where you’re signed in'));
  expect(toasts(app).join(' ')).toContain('2 other sessions ended');
});

test('the list is read anew when the connection changes', async () => {
  const { bridge } = await open([session('here', true)]);
  items = [session('here', true), session('there', false)];
  await act(async () =>
    bridge.push('app.connection-changed', connectionView({ rev: 2, state: 'offline' })),
  );
  expect(await screen.findByRole('button', { name: 'End session on Desk there' })).toBeDefined();
});

test('the focus goes on to the next session, from the last to the one before, and to the heading when none is left', async () => {
  const { press, enter } = await open(
    ['here', 'one', 'two', 'three'].map((id) => session(id, id === 'here')),
  );
  for (const [ended, next] of [
    ['one', 'End session on Desk two'],
    ['three', 'End session on Desk two'],
    ['two', 'Where you’re signed in'],
  ] as const) {
    await press(`End session on Desk ${ended}`);
    await enter('Right-password-1');
    await press('End session');
    await dialogClosed();
    await waitFor(() => expect(focused()).toBe(next));
  }
});

test('where the program runs without a window is named, with an icon of its own', async () => {
  await open([
    session('here', true),
    { ...session('ingest', false), platform: 'Linux, command line' },
    { ...session('rack', false), platform: 'Windows, station' },
    { ...session('phone', false), platform: 'Other' },
  ]);
  const shown = (await screen.findAllByRole('listitem')).map((item) => [
    item.textContent,
    [...(item.querySelector('svg')?.classList ?? [])].find((name) => name.startsWith('lucide-')),
  ]);
  expect(shown).toEqual([
    [expect.stringContaining('this computer'), 'lucide-monitor'],
    [expect.stringContaining('Desk ingest, Linux, command line'), 'lucide-square-terminal'],
    [expect.stringContaining('Desk rack, Windows, “desk station”'), 'lucide-server'],
    [expect.stringContaining('Desk phone, Other'), 'lucide-monitor-smartphone'],
  ]);
});
