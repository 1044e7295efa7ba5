import { act, cleanup, screen, within } from '@testing-library/react';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { KeychainDialog, TermsUpdateDialog } from '../../src/renderer/app/dialogs.tsx';
import { Banners } from '../../src/renderer/app/banners.tsx';
import { AccountScreen } from '../../src/renderer/features/account/index.tsx';
import { useOpenPendingScreen } from '../../src/renderer/state/account-screen.ts';
import type { AccountScreen as Screen } from '../../src/renderer/state/route.ts';
import type { AccountView } from '../../src/renderer/state/views.ts';
import { AppError } from '../../src/shared/errors.ts';
import { makeApp, settle, toasts, type TestApp } from '../support/app.tsx';
import { refuse, type Answers } from '../support/fake-bridge.ts';
import { accountView, pendingFlow, profileView } from '../support/views.ts';

const NOW = Date.parse('2026-11-24T10:00:00Z');
const EMAIL = 'desk@channel.example';
const profile = profileView({ email: EMAIL });
const account = accountView;
const flow = pendingFlow('email-change', 'new@channel.example', NOW);
const CURRENT = 'Quiet-Harbour7';
const NEXT = 'Other-Harbour-42';

let page: HTMLElement;
let app: TestApp['app'];
let bridge: TestApp['bridge'];
let user: TestApp['user'];

async function open(
  screenName: Screen,
  answers: Answers = {},
  language: 'en' | 'fr' = 'en',
): Promise<void> {
  cleanup();
  const shown = makeApp(
    {
      'account.get': () => account(),
      'account.refresh': () => account(),
      'account.sessions': () => ({ items: [] }),
      ...answers,
    },
    { language, route: { name: 'account', screen: screenName } },
  );
  ({ app, bridge, user } = shown);
  page = await shown.render(
    <>
      <Banners />
      <AccountScreen />
      <TermsUpdateDialog />
      <KeychainDialog />
    </>,
  );
}

const Start = () => {
  useOpenPendingScreen();
  return null;
};

const field = (label: string) => screen.getByLabelText<HTMLInputElement>(label);
async function type(label: string, text: string): Promise<void> {
  await user.clear(field(label));
  await user.type(field(label), text);
}
async function press(name: string): Promise<void> {
  await user.click(screen.getByRole('button', { name }));
  await settle();
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});

const fill = async (current: string, next: string): Promise<void> => {
  await type('Current password', current);
  await type('New password', next);
  await press('Change password');
};

describe('change the password', () => {
  test('both are sent once, and are nowhere afterwards', async () => {
    await open('password', { 'account.change-password': () => account({ rev: 2 }) });
    await fill(CURRENT, NEXT);
    expect(bridge.sent('account.change-password')).toEqual([
      { currentPassword: CURRENT, newPassword: NEXT },
    ]);
    expect(app.route.getState().current).toEqual({ name: 'account', screen: 'profile' });
    expect(toasts(app).join(' ')).toContain('Password changed.');
    expect(
      JSON.stringify([
        app.account.getState(),
        app.route.getState(),
        localStorage,
        document.body.innerHTML,
      ]),
    ).not.toMatch(/Harbour/);
  });

  test.each([
    ['a rule broken', NEXT.toLowerCase(), undefined, 'Add a capital letter.'],
    ['the same as the current', CURRENT, undefined, 'That’s your current password.'],
    [
      'the same, as only the service can tell',
      NEXT,
      refuse('validation-failed', { fields: [{ field: 'newPassword', code: 'same-as-current' }] }),
      'That’s your current password.',
    ],
    ['the current one wrong', NEXT, refuse('invalid-credentials'), 'Incorrect password.'],
    [
      'too many attempts',
      NEXT,
      refuse('too-many-attempts', { retryAfterMs: 8000 }),
      'Too many attempts. Try again in 0:08.',
    ],
    [
      'too many requests',
      NEXT,
      refuse('rate-limited', { retryAfterMs: 65_000 }),
      'Too many requests. Try again in 1:05.',
    ],
    ['suspended', NEXT, refuse('account-suspended'), 'This account is suspended.'],
    [
      'a version that is too old',
      NEXT,
      refuse('client-too-old'),
      'This version of the app is too old for the service.',
    ],
  ])('%s is said in words of its own', async (_what, next, answer, words) => {
    await open('password', answer ? { 'account.change-password': answer } : {});
    await fill(CURRENT, next);
    expect(page.textContent).toContain(words);
    expect(bridge.sent('account.change-password')).toHaveLength(answer ? 1 : 0);
  });

  test('password managers know which field is which', async () => {
    await open('password');
    expect([...page.querySelectorAll('input')].map((input) => input.autocomplete)).toEqual([
      'username',
      'current-password',
      'new-password',
    ]);
    expect([field('Current password').type, field('New password').maxLength]).toEqual([
      'password',
      -1,
    ]);
  });
});

describe('change the address', () => {
  test('leads to the code, which is the account’s new address once it is proved', async () => {
    const changed = account({ rev: 3, profile: { ...profile, email: flow.email } });
    await open('email', {
      'account.change-email': () => account({ rev: 2, pendingFlow: flow }),
      'account.verify'() {
        // The push may come before the answer: no other page is shown in between.
        bridge.push('account.changed', changed);
        return changed;
      },
    });
    await type('New email address', EMAIL.toUpperCase());
    await type('Current password', CURRENT);
    await press('Send code');
    expect(page.textContent).toContain('That’s your current address.');
    await type('New email address', flow.email);
    await press('Send code');
    expect(bridge.sent('account.change-email')).toEqual([
      { newEmail: flow.email, password: CURRENT },
    ]);
    expect(app.route.getState().current).toEqual({ name: 'account', screen: 'email-code' });
    expect(page.textContent).toContain('If the address is free');
    // The field of the code has the focus by itself.
    await user.paste('407192');
    await settle();
    expect(app.route.getState().current).toEqual({ name: 'account', screen: 'profile' });
    expect(toasts(app).join(' ')).toContain('Your address is now new@channel.example.');
  });

  test('after a restart the app opens at the code', async () => {
    const restarted = makeApp({ 'account.get': () => account({ pendingFlow: flow }) });
    await restarted.render(<Start />);
    expect(restarted.app.route.getState().current).toEqual({
      name: 'account',
      screen: 'email-code',
    });
  });

  test('mail that is late says what to do', async () => {
    await open('email-code', { 'account.get': () => account({ pendingFlow: flow }) });
    await act(() => vi.advanceTimersByTimeAsync(119_000));
    expect(page.textContent).not.toContain('No email yet?');
    await act(() => vi.advanceTimersByTimeAsync(2000));
    expect(page.textContent).toContain(
      'It can take a few minutes. Check your spam folder, then send a new code.',
    );
  });

  test('without the session there is no code to enter', async () => {
    await open('email-code', {
      'account.get': () => account({ status: 'signed-out', profile: null }),
    });
    expect(app.route.getState().current).toEqual({ name: 'account', screen: 'landing' });
  });
});

test('details: an edit that meets another is not saved, and shows what holds', async () => {
  let now = account();
  const edit = { displayName: 'Day desk', organisation: 'Channel', country: 'BE' };
  await open('edit', {
    'account.get': () => now,
    'account.edit': ({ base }) => {
      if (base.displayName === 'Night desk') return account({ rev: 3 });
      now = account({ rev: 2, profile: { ...profile, displayName: 'Night desk' } });
      throw new AppError('edit-conflict', 'changed');
    },
  });
  await type('Name', 'Day desk');
  await press('Save');
  expect(page.textContent).toContain('This was changed elsewhere in the meantime.');
  expect(field('Name').value).toBe('Night desk');
  await type('Name', 'Day desk');
  await press('Save');
  expect(bridge.sent('account.edit')).toEqual([
    { ...edit, base: { displayName: 'Desk', organisation: 'Channel', country: 'BE' } },
    { ...edit, base: { displayName: 'Night desk', organisation: 'Channel', country: 'BE' } },
  ]);
  expect(toasts(app).join(' ')).toContain('Details saved');
});

test('details: what is typed stays while the account is fetched, and says over what it was typed', async () => {
  await open('edit', { 'account.edit': () => account({ rev: 3 }) });
  await type('Name', 'Day desk');
  await act(async () =>
    bridge.push(
      'account.changed',
      account({ rev: 2, profile: { ...profile, organisation: 'Elsewhere' } }),
    ),
  );
  expect(field('Name').value).toBe('Day desk');
  expect(field('Organisation').value).toBe('Channel');
  await press('Save');
  expect(bridge.sent('account.edit')).toEqual([
    {
      displayName: 'Day desk',
      organisation: 'Channel',
      country: 'BE',
      base: { displayName: 'Desk', organisation: 'Channel', country: 'BE' },
    },
  ]);
});

test('delete: the password, then the day until which something is kept, though nobody is signed in any more', async () => {
  await open('delete', {
    'account.delete': ({ password }) => {
      if (password !== CURRENT) throw new AppError('invalid-credentials', 'wrong');
      bridge.push('account.changed', account({ rev: 2, status: 'signed-out', profile: null }));
      return { eraseAt: Date.parse('2026-12-24T10:00:00Z') };
    },
  });
  await press('Delete account permanently');
  expect(page.textContent).toContain('Enter your password.');
  await type('Password', NEXT);
  await press('Delete account permanently');
  expect(page.textContent).toContain('Incorrect password.');
  await type('Password', CURRENT);
  await press('Delete account permanently');
  expect(page.textContent).toContain('Your account is deleted');
  expect(page.textContent).toContain('24 Dec 2026');
});

describe('the profile', () => {
  test('says since when there is a newsletter, and hands over the data as a document', async () => {
    const saved: string[] = [];
    vi.stubGlobal('URL', {
      ...URL,
      createObjectURL: () => 'blob:it',
      revokeObjectURL: () => undefined,
      canParse: URL.canParse,
    });
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function click(
      this: HTMLAnchorElement,
    ) {
      saved.push(this.download);
    });
    await open('profile', {
      'account.export': () => ({ name: 'account-2026-11-24.json', text: '{}' }),
    });
    expect(page.textContent).toContain('You agreed on 2 Mar 2026.');
    await press('Export my data');
    expect(saved).toEqual(['account-2026-11-24.json']);
    expect(toasts(app).join(' ')).toContain('Data exported');
  });

  test("pressed again while the service has not answered, the last press of the newsletter's switch wins", async () => {
    const answers: (() => void)[] = [];
    let rev = 1;
    let kept = true;
    await open('profile', {
      'account.newsletter': ({ subscribed }) =>
        new Promise((resolve) => {
          answers.push(() => {
            kept = subscribed;
            resolve(account({ rev: (rev += 1), profile: { ...profile, newsletter: subscribed } }));
          });
        }),
    });
    const newsletter = screen.getByRole<HTMLInputElement>('switch');
    const flip = async (): Promise<void> => {
      await user.click(newsletter);
      await settle();
    };
    await flip();
    expect(newsletter.checked).toBe(false);
    await flip();
    expect(newsletter.checked).toBe(true);
    for (let answered = 0; answered < answers.length; answered += 1) {
      answers[answered]?.();
      await settle();
    }
    expect(bridge.sent('account.newsletter')).toEqual([
      { subscribed: false },
      { subscribed: true },
    ]);
    expect([kept, newsletter.checked]).toEqual([true, true]);
  });

  test('a change of the newsletter that is refused is taken back, and said', async () => {
    await open('profile', { 'account.newsletter': refuse('offline') });
    const newsletter = screen.getByRole<HTMLInputElement>('switch');
    await user.click(newsletter);
    await settle();
    expect(newsletter.checked).toBe(true);
    expect(toasts(app)).not.toEqual([]);
  });

  test.each([
    ['en', 'Edit details', 'Change email', 'Change password', 'Delete account'],
    [
      'fr',
      'Modifier les coordonnées',
      'Changer d’adresse',
      'Changer le mot de passe',
      'Supprimer le compte',
    ],
  ] as const)('leads to each change (%s)', async (language, edit, email, password, remove) => {
    for (const [words, to] of [
      [edit, 'edit'],
      [email, 'email'],
      [password, 'password'],
      [remove, 'delete'],
    ] as const) {
      await open('profile', {}, language);
      await press(words);
      expect(app.route.getState().current).toEqual({ name: 'account', screen: to });
    }
  });
});

describe('what the account has to say', () => {
  const at = Date.parse('2026-11-20T10:00:00Z');

  test.each([
    ['en', 'session-limit', 'more than ten devices'],
    ['en', 'token-reused', 'its sign-in key was used twice'],
    ['en', 'password-changed', 'Your password was changed (20 Nov)'],
    ['en', 'email-changed', 'Your email address was changed'],
    ['fr', 'session-limit', 'plus de dix appareils'],
    ['fr', 'token-reused', 'sa clé de connexion a servi deux fois'],
    ['fr', 'password-changed', 'Votre mot de passe a été changé'],
    ['fr', 'email-changed', 'Votre adresse e-mail a été changée'],
  ] as const)('is said once (%s, %s)', async (language, code, words) => {
    await open(
      'profile',
      {
        'account.get': () => account({ notices: [{ code, at }] }),
        'account.notices-read': () => account({ rev: 2 }),
      },
      language,
    );
    expect(page.textContent).toContain(words);
    await press(language === 'en' ? 'Close' : 'Fermer');
    expect(bridge.sent('account.notices-read')).toHaveLength(1);
    expect(page.textContent).not.toContain(words);
  });

  test('changed terms can be read and accepted', async () => {
    await open('profile', {
      'account.get': () => account({ termsDue: true }),
      'account.accept-terms': () => account({ rev: 2 }),
    });
    await press('Read terms');
    expect(screen.getByRole('dialog').textContent).toContain('Editorial use only');
    await press('Accept and continue');
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(page.textContent).not.toContain('The terms of use have changed.');
  });
});

test.each([
  [
    'en',
    'Some data on this computer was damaged.',
    'These settings were reset: download folder. Check them in Settings. The damaged file was set aside as /home/settings.json.damaged-1.',
    'Close',
  ],
  [
    'fr',
    'Des données de cet ordinateur étaient endommagées.',
    'Ces réglages ont été réinitialisés\u00a0: dossier de destination. Vérifiez-les. Le fichier endommagé a été mis de côté sous /home/settings.json.damaged-1.',
    'Fermer',
  ],
] as const)(
  'damage that was dealt with is said until it is closed (%s)',
  async (language, title, words, close) => {
    await open(
      'profile',
      {
        'app.recoveries': () => ({
          rev: 1,
          items: [
            {
              kind: 'settings-rebuilt',
              file: '/home/settings.json.damaged-1',
              kept: 0,
              fromBackup: 0,
              lost: ['destination'],
            },
            { kind: 'items-skipped', file: null, kept: 0, fromBackup: 0, lost: [] },
          ],
        }),
        'app.recoveries-dismiss': () => ({ rev: 2, items: [] }),
      },
      language,
    );
    expect(page.textContent).toContain(title);
    expect(page.textContent).toContain(words);
    await press(close);
    expect(page.textContent).not.toContain(title);
  },
);

const dialog = () => screen.queryByRole('dialog');

describe('a keychain that is not open', () => {
  const out = {
    status: 'signed-out',
    profile: null,
    keychain: 'locked',
  } satisfies Partial<AccountView>;

  test.each([
    ['en', 'Check again', 'Unlock the keychain to continue', 'You’re signed in as'],
    [
      'fr',
      'Vérifier à nouveau',
      'Déverrouillez le trousseau pour continuer',
      'Vous êtes connecté en tant que',
    ],
  ] as const)(
    'looked at and still locked, it says what to do; open, one is back on the page one was on (%s)',
    async (language, look, title, said) => {
      let rev = 1;
      let now: Partial<AccountView> = out;
      await open(
        'landing',
        {
          'account.get': () => account(out),
          'account.keychain-retry': () => account({ ...now, rev: (rev += 1) }),
        },
        language,
      );
      app.route.setState({ history: [{ name: 'articles', id: null }] });
      // The account's screens stay mounted here and lead on; what counts is where it goes first.
      const visited: string[] = [];
      app.route.subscribe(({ current }) => void visited.push(current.name));
      // The banner above the page offers the same.
      const [looks] = screen.getAllByRole('button', { name: look });
      await user.click(looks!);
      await settle();
      expect(dialog()?.textContent).toContain(title);
      now = {};
      await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: look }));
      await settle();
      expect(dialog()).toBeNull();
      expect(visited[0]).toBe('articles');
      expect(toasts(app).join(' ')).toContain(`${said} ${EMAIL}`);
    },
  );

  test('opened by itself, that is said, and one is back on the page one was on', async () => {
    await open('landing', { 'account.get': () => account({ ...out, keychain: 'unanswered' }) });
    app.route.setState({ history: [{ name: 'articles', id: null }] });
    const visited: string[] = [];
    app.route.subscribe(({ current }) => void visited.push(current.name));
    await act(async () => bridge.push('account.changed', account({ rev: 2 })));
    await settle();
    expect(visited[0]).toBe('articles');
    expect(toasts(app).join(' ')).toContain(`You’re signed in as ${EMAIL}`);
  });

  test('where there is still none, that is said', async () => {
    await open('landing', {
      'account.get': () => account({ ...out, keychain: 'absent' }),
      'account.keychain-retry': () => account({ ...out, keychain: 'absent', rev: 2 }),
    });
    await press('Check again');
    expect(toasts(app).join(' ')).toContain('This computer has no keychain.');
    expect(dialog()).toBeNull();
  });

  test.each([
    ['locked', 'signed-out', 'Unlock it to download. You stay signed in.'],
    [
      'locked',
      'signed-in',
      'You’ll be signed out when you close the app. Unlock it to stay signed in.',
    ],
    ['unanswered', 'signed-out', 'Retrying automatically'],
    ['unanswered', 'signed-in', 'If you close the app before it responds'],
    ['unreadable', 'signed-out', 'Sign in again to resume your downloads.'],
    ['unreadable', 'signed-in', 'If you were waiting for a code, ask for a new one.'],
  ] as const)(
    'the strip says what it means for who is there (%s, %s)',
    async (keychain, status, words) => {
      await open('profile', {
        'account.get': () =>
          account({ keychain, status, ...(status === 'signed-out' && { profile: null }) }),
      });
      expect(page.textContent).toContain(words);
    },
  );
});
