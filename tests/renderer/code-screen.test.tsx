import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { digitsOf } from '../../src/renderer/features/account/code.tsx';
import { AccountScreen } from '../../src/renderer/features/account/index.tsx';
import { makeClient } from '../../src/renderer/contract/client.ts';
import { DeskProvider } from '../../src/renderer/state/context.tsx';
import { createApp, type AppContext } from '../../src/renderer/state/app.ts';
import type { AppContract } from '../../src/shared/contract/index.ts';
import { fakeBridge, refuse, type Answers, type FakeBridge } from '../support/fake-bridge.ts';

const NOW = Date.parse('2026-11-24T10:00:00Z');
const flow = {
  purpose: 'registration',
  email: 'desk@channel.example',
  codeLength: 6,
  codeExpiresAt: NOW + 30 * 60_000,
  resendAvailableAt: NOW + 60_000,
  codeProved: false,
};
const account = (over: object = {}) => ({
  rev: 1,
  status: 'signed-out',
  profile: null,
  sessionEnded: false,
  keychain: 'ok',
  pendingFlow: flow,
  ...over,
});
const signedIn = {
  rev: 2,
  status: 'signed-in',
  pendingFlow: null,
  profile: {
    id: 'acc',
    email: flow.email,
    displayName: null,
    organisation: null,
    country: null,
    newsletter: false,
    entitlements: [],
  },
};

let root: Root;
let page: HTMLElement;
let desk: AppContext;
let bridge: FakeBridge;

async function open(answers: Answers = {}, clockOffsetMs = 0): Promise<void> {
  bridge = fakeBridge({
    'account.get': () => account(),
    'settings.get': () => ({ rev: 1, language: 'en' }),
    'app.connection': () => ({
      rev: 1,
      state: 'online',
      demo: false,
      lastSeenAt: null,
      clockOffsetMs,
    }),
    ...answers,
  });
  desk = createApp(
    makeClient<AppContract>(bridge),
    { version: '0', shell: 'desktop', platform: 'linux', mediaSuffix: '' },
    { name: 'account', screen: 'code' },
  );
  page = document.body.appendChild(document.createElement('div'));
  root = createRoot(page);
  await act(async () => {
    root.render(
      <DeskProvider desk={desk}>
        <AccountScreen />
      </DeskProvider>,
    );
    await vi.advanceTimersByTimeAsync(0);
  });
}

const input = (): HTMLInputElement => {
  const element = page.querySelector<HTMLInputElement>('input[autocomplete="one-time-code"]');
  if (!element) throw new Error('no field for the code');
  return element;
};
async function type(text: string): Promise<void> {
  await act(async () => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input(), text);
    input().dispatchEvent(new Event('input', { bubbles: true }));
    await vi.advanceTimersByTimeAsync(0);
  });
}
const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
const verified = () =>
  bridge.calls.filter(({ name }) => name === 'account.verify').map(({ input }) => input);
const button = (words: string) =>
  [...page.querySelectorAll('button')].find((element) => element.textContent?.includes(words));

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  vi.useFakeTimers({ now: NOW });
  localStorage.clear();
});
afterEach(async () => {
  await act(async () => root.unmount());
  page.remove();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('one field takes a pasted code with its space and sends it once, by itself', async () => {
  await open({ 'account.verify': () => account(signedIn) });
  await type('407 192');
  expect(verified()).toEqual([{ code: '407192' }]);
  expect(desk.route.getState().current).toEqual({ name: 'account', screen: 'created' });
  expect(
    JSON.stringify([desk.account.getState(), desk.route.getState(), localStorage]),
  ).not.toContain('407192');
});

test('nothing is sent before the last digit', async () => {
  await open();
  for (const typed of ['4', '40', '407', '4071', '40719']) await type(typed);
  expect(verified()).toEqual([]);
});

test('a wrong code says how many tries are left and leaves an empty field', async () => {
  await open({ 'account.verify': refuse('code-invalid', { attemptsLeft: 3 }) });
  await type('123456');
  expect(page.textContent).toContain('3 attempts left');
  expect(input().value).toBe('');
  expect(input().getAttribute('aria-invalid')).toBe('true');
});

test('expired and used up are two other things: a new code, or a new start', async () => {
  await open({ 'account.verify': refuse('code-expired') });
  await type('123456');
  expect(page.textContent).toContain('This code has expired');
  await act(async () => root.unmount());
  page.remove();
  await open({ 'account.verify': refuse('flow-closed') });
  await type('123456');
  expect(page.textContent).toContain('This code no longer works.');
  expect(page.querySelector('input[autocomplete="one-time-code"]')).toBeNull();
  expect(button('Start again')).toBeDefined();
});

test('without an answer the code stays, to be sent again as it is', async () => {
  await open({ 'account.verify': refuse('offline') });
  await type('407192');
  expect(input().value).toBe('407192');
  expect(button('Continue')?.disabled).toBe(false);
});

test('the countdown goes by the clock of the service, and a new code can be had after the end', async () => {
  const resent = {
    ...flow,
    codeExpiresAt: NOW + 61 * 60_000,
    resendAvailableAt: NOW + 32 * 60_000,
  };
  await open({ 'account.resend': () => account({ rev: 2, pendingFlow: resent }) }, 5 * 60_000);
  expect(page.querySelector('[role="timer"]')?.textContent).toBe('Code expires in 25:00');
  await pass(1000);
  expect(page.querySelector('[role="timer"]')?.textContent).toBe('Code expires in 24:59');
  await pass(25 * 60_000);
  expect(page.textContent).toContain('The code has expired');
  const resend = button('Send a new code');
  expect(resend?.disabled).toBe(false);
  await act(async () => {
    resend?.click();
    await vi.advanceTimersByTimeAsync(0);
  });
  expect(page.querySelector('[role="timer"]')?.textContent).toBe('Code expires in 30:59');
});

test('a new code has to be waited for, and the button says how long', async () => {
  await open();
  expect(button('Send a new code in 1:00')?.disabled).toBe(true);
  await pass(61_000);
  expect(button('Send a new code')?.disabled).toBe(false);
});

test('digits of other scripts and widths count as digits, all else falls away', () => {
  expect(digitsOf('４０７－１９２')).toBe('407192');
  expect(digitsOf('٤٠٧١٩٢')).toBe('407192');
  expect(digitsOf('४०७ १९२')).toBe('407192');
  expect(digitsOf('Your code: 407-192')).toBe('407192');
});
