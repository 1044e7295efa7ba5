import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { Account } from '../../src/renderer/features/settings/account.tsx';
import { NetworkSettings } from '../../src/renderer/features/settings/network.tsx';
import { makeApp, toasts } from '../support/app.tsx';
import { accountView } from '../support/views.ts';
import { eventually } from '../support/eventually.ts';

for (const [language, words] of [
  ['en', /stored on the server in a credential file/],
  ['fr', /enregistrée sur le serveur dans un fichier d’identifiants/],
] as const)
  test(`the account says where the sign-in is kept, if that isn’t the keychain (${language})`, async () => {
    const shown = await makeApp({}, { shell: 'station', vault: 'file', language }).render(
      <Account />,
    );
    expect(shown.textContent).toMatch(words);
    shown.remove();
    await makeApp({}, { shell: 'station', language }).render(<Account />);
    expect(screen.queryByText(words)).toBeNull();
  });

test.each([
  ['kept', 'Sign-in for proxy.example:3128 saved'],
  ['locked', 'lasts until you quit the app: the keychain is locked'],
  ['absent', 'lasts until you quit the app: there is no keychain'],
] as const)('a sign-in at a proxy says how long it holds: %s', async (state, words) => {
  const shown = makeApp({
    'account.get': () => accountView({ keychain: state === 'absent' ? 'absent' : 'ok' }),
    'network.logins': () => ({ items: [{ proxy: 'proxy.example:3128', user: null }] }),
    'network.set-login': () => state,
  });
  await shown.render(<NetworkSettings />);
  const kept =
    state === 'absent' ? /are forgotten when the app quits/u : /are kept in the keychain/u;
  await screen.findByText(kept);
  await shown.user.click(await screen.findByRole('button', { name: 'Sign in…' }));
  await shown.user.type(screen.getByLabelText('User name'), 'ingest');
  await shown.user.type(screen.getByLabelText('Password'), 'Quiet Harbour 7');
  await shown.user.click(screen.getByRole('button', { name: 'Save' }));
  await eventually(() => expect(toasts(shown.app)).toEqual([expect.stringContaining(words)]));
});
