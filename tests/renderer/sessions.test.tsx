import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Sessions } from '../../src/renderer/features/account/sessions.tsx';
import { makeClient } from '../../src/renderer/contract/client.ts';
import { DeskProvider } from '../../src/renderer/state/context.tsx';
import { createApp, type AppContext } from '../../src/renderer/state/app.ts';
import type { AppContract } from '../../src/shared/contract/index.ts';
import { AppError } from '../../src/shared/errors.ts';
import { fakeBridge, type FakeBridge } from '../support/fake-bridge.ts';

const session = (id: string, current: boolean) => ({
  id,
  deviceName: `Desk ${id}`,
  platform: 'linux',
  createdAt: 0,
  lastSeenAt: 0,
  ipMasked: '192.0.2.x',
  current,
});

let root: Root;
let page: HTMLElement;
let bridge: FakeBridge;
let desk: AppContext;
let items: ReturnType<typeof session>[];

/** The service of this test: it wants the password, and knows which one is right. */
function revoke({ id, password }: { id: string; password?: string }): undefined {
  if (password === undefined) throw new AppError('reauth-required', 'refused by the test');
  if (password !== 'Right-password-1')
    throw new AppError('invalid-credentials', 'refused by the test');
  items = items.filter((item) => item.id !== id);
  return undefined;
}

const focused = () =>
  document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent;
const settle = () => act(async () => void (await new Promise((resolve) => setTimeout(resolve, 0))));
const press = async (name: RegExp): Promise<void> => {
  // What is under an open dialog cannot be pressed.
  const where = document.querySelector('[role="dialog"]') ?? document;
  const button = [...where.querySelectorAll('button')].find((element) =>
    name.test(element.getAttribute('aria-label') ?? element.textContent ?? ''),
  );
  if (!button) throw new Error(`no button ${String(name)}`);
  await act(async () => button.click());
  await settle();
};
const type = (text: string) =>
  act(async () => {
    const field = document.querySelector<HTMLInputElement>('[role="dialog"] input:not([hidden])');
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, text);
    field?.dispatchEvent(new Event('input', { bubbles: true }));
  });

beforeEach(async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  items = [session('here', true), session('there', false)];
  bridge = fakeBridge({
    'app.connection': () => ({
      rev: 1,
      state: 'online',
      demo: false,
      lastSeenAt: null,
      clockOffsetMs: 0,
    }),
    'settings.get': () => ({ rev: 1, language: 'en' }),
    'account.sessions': () => ({ items }),
    'account.session-revoke': revoke,
    'account.sessions-revoke-others': ({ password }: { password?: string }) => {
      for (const { id, current } of items)
        if (!current) revoke({ id, ...(password !== undefined && { password }) });
      return { revoked: 2 };
    },
  });
  desk = createApp(
    makeClient<AppContract>(bridge),
    { version: '0', shell: 'desktop', platform: 'linux', mediaSuffix: '' },
    { name: 'account', screen: 'profile' },
  );
  page = document.body.appendChild(document.createElement('div'));
  root = createRoot(page);
  await act(async () =>
    root.render(
      <DeskProvider desk={desk}>
        <Sessions email="desk@channel.example" />
      </DeskProvider>,
    ),
  );
  await settle();
});
afterEach(async () => {
  await act(async () => root.unmount());
  page.remove();
  vi.unstubAllGlobals();
});

test('a session elsewhere is ended with the password, which is asked for only when it is needed and again when it is wrong', async () => {
  await press(/End session on Desk there/);
  expect(document.querySelector('[role="dialog"]')?.textContent).toContain(
    'Enter your password again',
  );
  await type('Wrong-password-1');
  await press(/^End session$/);
  expect(document.querySelector('[role="dialog"]')?.textContent).toContain('Incorrect password.');
  expect(
    document.querySelector<HTMLInputElement>('[role="dialog"] input:not([hidden])')?.value,
  ).toBe('');
  await type('Right-password-1');
  await press(/^End session$/);
  expect(document.querySelector('[role="dialog"]')).toBeNull();
  expect(page.textContent).not.toContain('Desk there');
  expect(JSON.stringify(desk.toasts.getState().items)).toContain('Desk there');
});

test('the session of this computer offers no way to end it by mistake', () => {
  expect(
    [...page.querySelectorAll('button')].map((button) => button.getAttribute('aria-label')),
  ).toEqual(['End session on Desk there', null]);
});

test('all others are ended at once, with the password when it is asked for', async () => {
  items = [...items, session('elsewhere', false)];
  await press(/^End all other sessions$/);
  expect(document.querySelector('[role="dialog"]')?.textContent).toContain('all other devices');
  await type('Right-password-1');
  await press(/^End all other sessions$/);
  expect(document.querySelector('[role="dialog"]')).toBeNull();
  expect(page.textContent).not.toContain('Desk there');
  expect([...page.querySelectorAll('button')]).toEqual([]);
  expect(document.activeElement?.textContent).toBe('Where you’re signed in');
  expect(JSON.stringify(desk.toasts.getState().items)).toContain('2 other sessions ended');
});

test('the focus goes on to the next session, from the last to the one before, and to the heading when none is left', async () => {
  items = ['here', 'one', 'two', 'three'].map((id) => session(id, id === 'here'));
  // The list is read anew when the connection changes.
  await act(async () =>
    bridge.push('app.connection-changed', {
      rev: 2,
      state: 'offline',
      demo: false,
      lastSeenAt: null,
      clockOffsetMs: 0,
    }),
  );
  await settle();
  for (const [ended, next] of [
    ['one', 'End session on Desk two'],
    ['three', 'End session on Desk two'],
    ['two', 'Where you’re signed in'],
  ] as const) {
    await press(new RegExp(`^End session on Desk ${ended}$`));
    await type('Right-password-1');
    await press(/^End session$/);
    await settle();
    expect(focused()).toBe(next);
  }
});

test('where the program runs without a window is named, with an icon of its own', async () => {
  items = [
    session('here', true),
    { ...session('ingest', false), platform: 'Linux, command line' },
    { ...session('rack', false), platform: 'Windows, station' },
    { ...session('phone', false), platform: 'Other' },
  ];
  await act(async () =>
    bridge.push('app.connection-changed', {
      rev: 2,
      state: 'offline',
      demo: false,
      lastSeenAt: null,
      clockOffsetMs: 0,
    }),
  );
  await settle();
  const shown = [...page.querySelectorAll('li')].map((item) => [
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
