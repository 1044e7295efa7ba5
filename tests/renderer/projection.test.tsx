import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { useApp } from '../../src/renderer/state/context.tsx';
import { makeApp, settle } from '../support/app.tsx';
import { refuse } from '../support/fake-bridge.ts';
import { accountView, pendingFlow } from '../support/views.ts';
import { useCall } from '../../src/renderer/state/projection.ts';

const signedOut = accountView({ rev: 1, status: 'signed-out', pendingFlow: null });
const waiting = accountView({
  rev: 2,
  status: 'signed-out',
  pendingFlow: pendingFlow('registration', 'desk@a.example', 0),
});
const signedIn = accountView({ rev: 3, status: 'signed-in' });

test.each(['before', 'after'])(
  'a push of a later state counts when it comes %s the reply',
  async (when) => {
    const { app, bridge } = makeApp({
      'account.get': () => signedOut,
      'account.resend': () => {
        if (when === 'before') bridge.push('account.changed', signedIn);
        return waiting;
      },
    });
    await settle();
    await app.account.call('account.resend');
    if (when === 'after') bridge.push('account.changed', signedIn);
    expect(app.account.getState().value).toEqual(signedIn);
  },
);

test('the reply is shown without a push', async () => {
  const { app } = makeApp({ 'account.get': () => signedOut, 'account.resend': () => waiting });
  await settle();
  await app.account.call('account.resend');
  expect(app.account.getState().value).toEqual(waiting);
});

test('what a refusal changed is shown before the failure is known', async () => {
  let now = signedOut;
  const { app } = makeApp({
    'account.get': () => now,
    'account.sign-in': () => {
      now = waiting;
      return refuse('verification-required')();
    },
  });
  await settle();
  const seen = await app.account
    .call('account.sign-in', { email: 'desk@a.example', password: 'x' })
    .catch(() => app.account.getState().value);
  expect(seen).toEqual(waiting);
});

function Resend() {
  const { run, isPending, error } = useCall(useApp().account, 'account.resend');
  return (
    <button onClick={() => void run()}>{isPending ? 'sending' : (error?.code ?? 'idle')}</button>
  );
}

test('a button sends one at a time and keeps its failure until the next', async () => {
  const answers: ((isReached: boolean) => void)[] = [];
  const { bridge, user, render } = makeApp({
    'account.get': () => signedOut,
    'account.resend': async () => {
      const isReached = await new Promise<boolean>((resolve) => answers.push(resolve));
      return isReached ? waiting : refuse('offline')();
    },
  });
  const page = await render(<Resend />);
  const press = () => user.click(screen.getByRole('button'));
  await press();
  await press();
  expect([page.textContent, bridge.sent('account.resend').length]).toEqual(['sending', 1]);
  answers[0]?.(false);
  await settle();
  expect(page.textContent).toBe('offline');
  await press();
  expect(page.textContent).toBe('sending');
  answers[1]?.(true);
  await settle();
  expect([page.textContent, bridge.sent('account.resend').length]).toEqual(['idle', 2]);
});
