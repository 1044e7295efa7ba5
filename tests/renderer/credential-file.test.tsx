import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { Account } from '../../src/renderer/features/settings/account.tsx';
import { makeApp } from '../support/app.tsx';

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
