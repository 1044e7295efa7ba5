import { cleanup, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { Banners } from '../../src/renderer/app/banners.tsx';
import { Landing } from '../../src/renderer/features/account/landing.tsx';
import { makeApp } from '../support/app.tsx';
import { accountView, pendingFlow } from '../support/views.ts';

test.each([
  ['the banner', Banners],
  ['the page of the account', Landing],
])('%s says what comes next: the code, and once it was accepted the password', async (_, View) => {
  for (const [codeProved, title, button] of [
    [false, 'Your code is on its way.', 'Enter code'],
    [true, 'Choose a new password to finish.', 'Choose new password'],
  ] as const) {
    const { render } = makeApp({
      'account.get': () =>
        accountView({
          status: 'signed-out',
          profile: null,
          pendingFlow: { ...pendingFlow('reset', 'desk@station.example', Date.now()), codeProved },
        }),
    });
    await render(<View />);
    expect(await screen.findByText(title)).toBeTruthy();
    expect(screen.getByRole('button', { name: button })).toBeTruthy();
    expect(screen.queryAllByText(/It was sent to/u)).toHaveLength(codeProved ? 0 : 1);
    cleanup();
  }
});
