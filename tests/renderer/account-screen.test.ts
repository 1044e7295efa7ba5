import { describe, expect, test } from 'vitest';
import { accountScreen, pendingScreen } from '../../src/renderer/state/account-screen.ts';
import type { AccountScreen } from '../../src/renderer/state/route.ts';
import { accountView, pendingFlow } from '../support/views.ts';

const NOW = Date.parse('2026-11-24T10:00:00Z');
const HOUR_MS = 3_600_000;
const flow = (purpose: Parameters<typeof pendingFlow>[0]) =>
  pendingFlow(purpose, 'desk@a.example', NOW);
const FLOWS = {
  none: null,
  registration: flow('registration'),
  reset: flow('reset'),
  proved: { ...flow('reset'), codeProved: true },
  email: flow('email-change'),
};
const view = (status: 'signed-in' | 'signed-out', pending: keyof typeof FLOWS) =>
  accountView({ status, pendingFlow: FLOWS[pending] });

const SCREENS: readonly AccountScreen[] = [
  'landing',
  'sign-in',
  'create',
  'code',
  'created',
  'reset',
  'new-password',
  'password-updated',
  'profile',
  'password',
  'email',
  'email-code',
  'edit',
  'delete',
];

describe('the screen that shows', () => {
  test.each<['signed-in' | 'signed-out', keyof typeof FLOWS, AccountScreen, AccountScreen]>([
    // The code's screen is that of the pending flow.
    ['signed-out', 'registration', 'code', 'code'],
    ['signed-out', 'reset', 'code', 'code'],
    ['signed-in', 'reset', 'code', 'code'],
    ['signed-out', 'proved', 'code', 'new-password'],
    ['signed-in', 'email', 'code', 'email-code'],
    ['signed-out', 'email', 'code', 'landing'],
    // Once it was accepted, the next step.
    ['signed-in', 'none', 'code', 'created'],
    ['signed-in', 'none', 'email-code', 'profile'],
    ['signed-out', 'none', 'new-password', 'password-updated'],
    // A flow that ended elsewhere, or is not as far.
    ['signed-out', 'none', 'code', 'landing'],
    ['signed-out', 'reset', 'new-password', 'code'],
    ['signed-out', 'registration', 'new-password', 'code'],
    // Needs a session, or none.
    ['signed-out', 'none', 'profile', 'landing'],
    ['signed-out', 'none', 'created', 'landing'],
    ['signed-out', 'none', 'password', 'landing'],
    ['signed-out', 'email', 'email-code', 'landing'],
    ['signed-out', 'none', 'edit', 'landing'],
    ['signed-in', 'none', 'landing', 'profile'],
    // Says what happens to the data after the account is gone.
    ['signed-out', 'none', 'delete', 'delete'],
    // A pending flow stops nobody from starting another or signing in.
    ['signed-out', 'registration', 'create', 'create'],
    ['signed-out', 'registration', 'sign-in', 'sign-in'],
    ['signed-out', 'registration', 'reset', 'reset'],
    ['signed-out', 'registration', 'landing', 'landing'],
  ])('%s, flow %s, wanted %s: %s', (status, pending, wanted, shown) => {
    expect(accountScreen(view(status, pending), wanted)).toBe(shown);
  });

  test('is one that stays when it is asked for itself', () => {
    for (const status of ['signed-in', 'signed-out'] as const)
      for (const pending of Object.keys(FLOWS) as (keyof typeof FLOWS)[])
        for (const wanted of SCREENS) {
          const account = view(status, pending);
          const shown = accountScreen(account, wanted);
          expect(accountScreen(account, shown), `${status}, ${pending}, ${wanted}`).toBe(shown);
        }
  });
});

describe('the screen of a flow that waits', () => {
  test.each<['signed-in' | 'signed-out', keyof typeof FLOWS, AccountScreen | null]>([
    ['signed-out', 'none', null],
    ['signed-out', 'registration', 'code'],
    ['signed-out', 'proved', 'new-password'],
    ['signed-in', 'email', 'email-code'],
    ['signed-in', 'registration', null],
    ['signed-in', 'reset', null],
  ])('%s, flow %s: %s', (status, pending, shown) => {
    expect(pendingScreen(view(status, pending), NOW)).toBe(shown);
  });

  test('is none a day after its code was sent', () => {
    const account = view('signed-out', 'registration');
    expect(pendingScreen(account, NOW + 23 * HOUR_MS)).toBe('code');
    expect(pendingScreen(account, NOW + 25 * HOUR_MS)).toBeNull();
  });
});
