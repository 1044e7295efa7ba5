import { act, cleanup, screen } from '@testing-library/react';
import { beforeEach, expect, test, vi } from 'vitest';
import { digitsOf } from '../../src/renderer/features/account/code.tsx';
import { AccountScreen } from '../../src/renderer/features/account/index.tsx';
import { makeApp, settle } from '../support/app.tsx';
import { refuse, type Answers } from '../support/fake-bridge.ts';
import { accountView, connectionView, pendingFlow, profileView } from '../support/views.ts';

const NOW = Date.parse('2026-11-24T10:00:00Z');
const flow = pendingFlow('registration', 'desk@channel.example', NOW);
const account = (more: Parameters<typeof accountView>[0] = {}) =>
  accountView({ status: 'signed-out', pendingFlow: flow, ...more });

async function open(answers: Answers = {}, clockOffsetMs = 0) {
  const shown = makeApp(
    {
      'account.get': () => account(),
      'app.connection': () => connectionView({ clockOffsetMs }),
      ...answers,
    },
    { route: { name: 'account', screen: 'code' } },
  );
  const page = await shown.render(<AccountScreen />);
  // The field has the focus by itself.
  const type = async (digits: string): Promise<void> => {
    await shown.user.keyboard(digits);
    await settle();
  };
  return { ...shown, page, type };
}

const input = () => screen.getByRole<HTMLInputElement>('textbox');
const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name });
const timer = () => screen.getByRole('timer').textContent;
const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});

test('one field takes a pasted code with its space and sends it once, by itself', async () => {
  const { app, bridge, user } = await open({
    'account.verify': () =>
      account({ rev: 2, status: 'signed-in', pendingFlow: null, profile: profileView() }),
  });
  expect(input().autocomplete).toBe('one-time-code');
  await user.paste('407 192');
  await settle();
  expect(bridge.sent('account.verify')).toEqual([{ code: '407192' }]);
  expect(app.route.getState().current).toEqual({ name: 'account', screen: 'created' });
  expect(
    JSON.stringify([app.account.getState(), app.route.getState(), localStorage]),
  ).not.toContain('407192');
});

test('nothing is sent before the last digit', async () => {
  const { bridge, type } = await open({ 'account.verify': refuse('offline') });
  for (const digit of '40719') await type(digit);
  expect(bridge.sent('account.verify')).toEqual([]);
  await type('2');
  expect(bridge.sent('account.verify')).toEqual([{ code: '407192' }]);
});

test('a wrong code says how many tries are left and leaves an empty field', async () => {
  const { page, type } = await open({
    'account.verify': refuse('code-invalid', { attemptsLeft: 3 }),
  });
  await type('123456');
  expect(page.textContent).toContain('3 attempts left');
  expect(input().value).toBe('');
  expect(input().getAttribute('aria-invalid')).toBe('true');
});

test('expired and used up are two other things: a new code, or a new start', async () => {
  const expired = await open({ 'account.verify': refuse('code-expired') });
  await expired.type('123456');
  expect(expired.page.textContent).toContain('This code has expired');
  cleanup();
  const closed = await open({ 'account.verify': refuse('flow-closed') });
  await closed.type('123456');
  expect(closed.page.textContent).toContain('This code no longer works.');
  expect(screen.queryByRole('textbox')).toBeNull();
  expect(button('Start again')).toBeDefined();
});

test('without an answer the code stays, to be sent again as it is', async () => {
  const { type } = await open({ 'account.verify': refuse('offline') });
  await type('407192');
  expect(input().value).toBe('407192');
  expect(button('Continue').disabled).toBe(false);
});

test('the countdown goes by the clock of the service, and a new code can be had after the end', async () => {
  const resent = {
    ...flow,
    codeExpiresAt: NOW + 61 * 60_000,
    resendAvailableAt: NOW + 32 * 60_000,
  };
  const { page, user } = await open(
    { 'account.resend': () => account({ rev: 2, pendingFlow: resent }) },
    5 * 60_000,
  );
  expect(timer()).toBe('Code expires in 25:00');
  await pass(1000);
  expect(timer()).toBe('Code expires in 24:59');
  await pass(25 * 60_000);
  expect(page.textContent).toContain('The code has expired');
  expect(button('Send a new code').disabled).toBe(false);
  await user.click(button('Send a new code'));
  await settle();
  expect(timer()).toBe('Code expires in 30:59');
});

test('a new code has to be waited for, and the button says how long', async () => {
  await open();
  expect(button('Send a new code in 1:00').disabled).toBe(true);
  await pass(61_000);
  expect(button('Send a new code').disabled).toBe(false);
});

test('digits of other scripts and widths count as digits, all else falls away', () => {
  expect(digitsOf('４０７－１９２')).toBe('407192');
  expect(digitsOf('٤٠٧١٩٢')).toBe('407192');
  expect(digitsOf('४०७ १९२')).toBe('407192');
  expect(digitsOf('Your code: 407-192')).toBe('407192');
});
