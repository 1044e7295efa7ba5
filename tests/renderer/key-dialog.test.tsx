import { screen, waitFor } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { KeyButton } from '../../src/renderer/features/transfers/key-dialog.tsx';
import { makeApp, toasts } from '../support/app.tsx';
import type { Answers } from '../support/fake-bridge.ts';

const offered = [{ keyId: 'key_2', publicKey: 'BBBB' }];

async function open(language: 'en' | 'fr', answers: Answers = {}) {
  const onAccepted = vi.fn();
  const shown = makeApp(
    {
      'keys.get': () => ({
        origin: 'https://one.example',
        pinned: [{ keyId: 'key_1', publicKey: 'AAAA' }],
        offered,
      }),
      ...answers,
    },
    { language, route: { name: 'transfers', id: null } },
  );
  await shown.render(<KeyButton onAccepted={onAccepted} />);
  return { ...shown, onAccepted };
}
const button = (name: string) => screen.findByRole('button', { name });

test.each([
  [
    'en',
    'Review key',
    'someone intercepts',
    'I’ve checked it. Trust this key',
    'Key trusted. Retrying.',
  ],
  [
    'fr',
    'Voir la clé',
    'quelqu’un intercepte',
    'Je l’ai vérifiée. Accepter cette clé',
    'Clé acceptée. Nouvelle tentative.',
  ],
] as const)(
  'a changed key is shown with a warning, and exactly the one that was shown is accepted (%s)',
  async (language, look, warning, trust, said) => {
    const { app, bridge, onAccepted, user } = await open(language, {
      'keys.accept': () => undefined,
    });
    await user.click(await button(look));
    await screen.findByText('BBBB', { exact: false });
    const dialog = screen.getByRole('alertdialog');
    for (const words of [warning, 'key_1', 'AAAA', 'key_2', 'BBBB'])
      expect(dialog.textContent).toContain(words);
    expect(bridge.sent('keys.accept')).toEqual([]);
    await user.click(await button(trust));
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
    expect(bridge.sent('keys.accept')).toEqual([{ seen: offered }]);
    expect(onAccepted).toHaveBeenCalledOnce();
    expect(toasts(app)).toEqual([said]);
  },
);

test('cancelling trusts nobody', async () => {
  const { bridge, onAccepted, user } = await open('en');
  await user.click(await button('Review key'));
  await user.click(await button('Cancel'));
  await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
  expect(bridge.sent('keys.accept')).toEqual([]);
  expect(onAccepted).not.toHaveBeenCalled();
});
