import { act } from 'react';
import { beforeEach, expect, test } from 'vitest';
import { KeyButton } from '../../src/renderer/features/transfers/key-dialog.tsx';
import { makeClient } from '../../src/renderer/contract/client.ts';
import { DeskProvider } from '../../src/renderer/state/context.tsx';
import { createApp, type AppContext } from '../../src/renderer/state/app.ts';
import type { AppContract } from '../../src/shared/contract/index.ts';
import { fakeBridge, type Answers, type FakeBridge } from '../support/fake-bridge.ts';
import { testPage } from '../support/page.ts';

const page = testPage();
const offered = [{ keyId: 'key_2', publicKey: 'BBBB' }];
let bridge: FakeBridge;
let app: AppContext;
let accepted = 0;

async function open(language: string, answers: Answers = {}): Promise<void> {
  bridge = fakeBridge({
    'settings.get': () => ({ rev: 1, language }),
    'keys.get': () => ({
      origin: 'https://one.example',
      pinned: [{ keyId: 'key_1', publicKey: 'AAAA' }],
      offered,
    }),
    ...answers,
  });
  app = createApp(
    makeClient<AppContract>(bridge),
    { version: '0', shell: 'desktop', platform: 'linux', mediaSuffix: '' },
    { name: 'downloads', id: null },
  );
  await page.render(
    <DeskProvider desk={app}>
      <KeyButton onAccepted={() => (accepted += 1)} />
    </DeskProvider>,
  );
}
const settle = () => act(async () => void (await new Promise((resolve) => setTimeout(resolve, 0))));
async function press(words: string): Promise<void> {
  const button = [...document.querySelectorAll('button')].find(
    (element) => element.textContent === words,
  );
  if (!button) throw new Error(`no button ${words}`);
  await act(async () => button.click());
  await settle();
}

beforeEach(() => {
  accepted = 0;
});

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
])(
  'a changed key is shown with a warning, and exactly the one that was shown is accepted (%s)',
  async (language, look, warning, trust, said) => {
    await open(language, { 'keys.accept': () => undefined });
    await settle();
    await press(look);
    const dialog = document.querySelector('[role="alertdialog"]');
    for (const words of [warning, 'key_1', 'AAAA', 'key_2', 'BBBB'])
      expect(dialog?.textContent).toContain(words);
    expect(bridge.calls.some(({ name }) => name === 'keys.accept')).toBe(false);
    await press(trust);
    expect(
      bridge.calls.filter(({ name }) => name === 'keys.accept').map(({ input }) => input),
    ).toEqual([{ seen: offered }]);
    expect([accepted, document.querySelector('[role="alertdialog"]')]).toEqual([1, null]);
    expect(app.toasts.getState().items.map(({ text }) => text)).toEqual([said]);
  },
);

test('cancelling trusts nobody', async () => {
  await open('en');
  await press('Review key');
  await press('Cancel');
  expect(bridge.calls.some(({ name }) => name === 'keys.accept')).toBe(false);
  expect(accepted).toBe(0);
});
