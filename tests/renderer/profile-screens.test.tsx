import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { KeychainDialog, NewTermsDialog } from '../../src/renderer/app/dialogs.tsx';
import { Strips } from '../../src/renderer/app/banners.tsx';
import { AccountScreen } from '../../src/renderer/features/account/index.tsx';
import { makeClient } from '../../src/renderer/contract/client.ts';
import { DeskProvider } from '../../src/renderer/state/context.tsx';
import { createApp, type AppContext } from '../../src/renderer/state/app.ts';
import { openPendingFlow } from '../../src/renderer/state/pending-flow.ts';
import type { AccountScreen as Screen } from '../../src/renderer/state/route.ts';
import type { AppContract } from '../../src/shared/contract/index.ts';
import { AppError } from '../../src/shared/errors.ts';
import { fakeBridge, refuse, type Answers, type FakeBridge } from '../support/fake-bridge.ts';

const NOW = Date.parse('2026-11-24T10:00:00Z');
const EMAIL = 'desk@channel.example';
const profile = {
  id: 'acc',
  email: EMAIL,
  displayName: 'Desk',
  organisation: 'Channel',
  country: 'BE',
  newsletter: true,
  newsletterChangedAt: Date.parse('2026-03-02T10:00:00Z'),
  entitlements: [],
  etag: '"a1"',
};
const account = (over: object = {}) => ({
  rev: 1,
  status: 'signed-in',
  profile,
  sessionEnded: false,
  keychain: 'ok',
  pendingFlow: null,
  termsDue: false,
  notices: [],
  ...over,
});
const flow = {
  purpose: 'email-change',
  email: 'new@channel.example',
  codeLength: 6,
  sentAt: NOW,
  codeExpiresAt: NOW + 30 * 60_000,
  resendAvailableAt: NOW + 60_000,
  codeProved: false,
};
const CURRENT = 'Quiet-Harbour7';
const NEXT = 'Other-Harbour-42';

let root: Root;
let page: HTMLElement;
let desk: AppContext;
let bridge: FakeBridge;

async function open(screen: Screen, answers: Answers = {}, language = 'en'): Promise<void> {
  bridge = fakeBridge({
    'account.get': () => account(),
    'account.refresh': () => account(),
    'settings.get': () => ({ rev: 1, language }),
    'account.sessions': () => ({ items: [] }),
    'app.connection': () => ({
      rev: 1,
      state: 'online',
      demo: false,
      lastSeenAt: null,
      clockOffsetMs: 0,
    }),
    ...answers,
  });
  desk = createApp(
    makeClient<AppContract>(bridge),
    { version: '0', shell: 'desktop', platform: 'linux', mediaSuffix: '' },
    { name: 'account', screen },
  );
  page = document.body.appendChild(document.createElement('div'));
  root = createRoot(page);
  await act(async () => {
    root.render(
      <DeskProvider desk={desk}>
        <Strips />
        <AccountScreen />
        <NewTermsDialog />
        <KeychainDialog />
      </DeskProvider>,
    );
    await vi.advanceTimersByTimeAsync(0);
  });
}

async function settle(): Promise<void> {
  await act(() => vi.advanceTimersByTimeAsync(0));
}
const field = (label: string): HTMLInputElement => {
  const id = [...document.querySelectorAll('label')].find(
    (element) => element.textContent === label,
  )?.htmlFor;
  const element =
    id === undefined ? null : document.querySelector<HTMLInputElement>(`[id="${id}"]`);
  if (!element) throw new Error(`no field ${label}`);
  return element;
};
async function type(label: string, text: string): Promise<void> {
  await act(async () => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(
      field(label),
      text,
    );
    field(label).dispatchEvent(new Event('input', { bubbles: true }));
  });
}
const button = (words: string) =>
  [...document.querySelectorAll('button')].find(
    (element) => (element.getAttribute('aria-label') ?? element.textContent) === words,
  );
async function press(words: string): Promise<void> {
  const found = button(words);
  if (!found) throw new Error(`no button ${words}`);
  await act(async () => found.click());
  await settle();
}
const sent = (name: string) =>
  bridge.calls.filter((call) => call.name === name).map(({ input }) => input);
const toasts = () =>
  desk.toasts
    .getState()
    .items.map(({ text }) => text)
    .join(' ');

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  vi.useFakeTimers({ now: NOW });
  localStorage.clear();
  sessionStorage.clear();
});
afterEach(async () => {
  await act(async () => root.unmount());
  page.remove();
  vi.useRealTimers();
  vi.unstubAllGlobals();
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
    expect(sent('account.change-password')).toEqual([
      { currentPassword: CURRENT, newPassword: NEXT },
    ]);
    expect(desk.route.getState().current).toEqual({ name: 'account', screen: 'profile' });
    expect(toasts()).toContain('Password changed.');
    expect(
      JSON.stringify([
        desk.account.getState(),
        desk.route.getState(),
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
    expect(sent('account.change-password')).toHaveLength(answer ? 1 : 0);
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
      'account.verify': () => changed,
    });
    await type('New email address', EMAIL.toUpperCase());
    await type('Current password', CURRENT);
    await press('Send code');
    expect(page.textContent).toContain('That’s your current address.');
    await type('New email address', flow.email);
    await press('Send code');
    expect(sent('account.change-email')).toEqual([{ newEmail: flow.email, password: CURRENT }]);
    expect(desk.route.getState().current).toEqual({ name: 'account', screen: 'email-code' });
    expect(page.textContent).toContain('If the address is free');
    await act(async () => {
      const input = page.querySelector<HTMLInputElement>('input[autocomplete="one-time-code"]');
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(
        input,
        '407192',
      );
      input?.dispatchEvent(new Event('input', { bubbles: true }));
      // The push may come before the answer: no other page is shown in between.
      bridge.push('account.changed', changed);
      await vi.advanceTimersByTimeAsync(0);
    });
    expect(desk.route.getState().current).toEqual({ name: 'account', screen: 'profile' });
    expect(toasts()).toContain('Your address is now new@channel.example.');
  });

  test('after a restart the app opens at the code', async () => {
    await open('email-code', { 'account.get': () => account({ pendingFlow: flow }) });
    desk = createApp(makeClient<AppContract>(bridge), desk.info, { name: 'catalogue' });
    openPendingFlow(desk);
    await settle();
    expect(desk.route.getState().current).toEqual({ name: 'account', screen: 'email-code' });
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
    expect(desk.route.getState().current).toEqual({ name: 'account', screen: 'landing' });
  });
});

test('details: an edit that meets another is not saved, and shows what holds', async () => {
  let now = account();
  await open('edit', {
    'account.get': () => now,
    'account.edit': ({ etag }: { etag: string }) => {
      if (etag === '"a2"') return account({ rev: 3 });
      now = account({
        rev: 2,
        profile: { ...profile, displayName: 'Night desk', etag: '"a2"' },
      });
      throw new AppError('edit-conflict', 'changed');
    },
  });
  await type('Name', 'Day desk');
  await press('Save');
  expect(page.textContent).toContain('This was changed elsewhere in the meantime.');
  expect(field('Name').value).toBe('Night desk');
  await type('Name', 'Day desk');
  await press('Save');
  expect(sent('account.edit')).toEqual([
    { displayName: 'Day desk', organisation: 'Channel', country: 'BE', etag: '"a1"' },
    { displayName: 'Day desk', organisation: 'Channel', country: 'BE', etag: '"a2"' },
  ]);
  expect(toasts()).toContain('Details saved');
});

test('delete: the password, then the day until which something is kept, though nobody is signed in any more', async () => {
  await open('delete', {
    'account.delete': ({ password }: { password: string }) => {
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
    expect(toasts()).toContain('Data exported');
    vi.restoreAllMocks();
  });

  test("pressed again while the service has not answered, the last press of the newsletter's switch wins", async () => {
    const answers: (() => void)[] = [];
    let rev = 1;
    let kept = true;
    await open('profile', {
      'account.newsletter': ({ subscribed }: { subscribed: boolean }) =>
        new Promise((resolve) => {
          answers.push(() => {
            kept = subscribed;
            resolve(account({ rev: (rev += 1), profile: { ...profile, newsletter: subscribed } }));
          });
        }),
    });
    const newsletter = document.querySelector<HTMLInputElement>('input[role="switch"]');
    const flip = async (): Promise<void> => {
      await act(async () => newsletter?.click());
      await settle();
    };
    await flip();
    expect(newsletter?.checked).toBe(false);
    await flip();
    expect(newsletter?.checked).toBe(true);
    for (let answered = 0; answered < answers.length; answered += 1) {
      answers[answered]?.();
      await settle();
    }
    expect(sent('account.newsletter')).toEqual([{ subscribed: false }, { subscribed: true }]);
    expect([kept, newsletter?.checked]).toEqual([true, true]);
  });

  test('a change of the newsletter that is refused is taken back, and said', async () => {
    await open('profile', { 'account.newsletter': refuse('offline') });
    const newsletter = document.querySelector<HTMLInputElement>('input[role="switch"]');
    await act(async () => newsletter?.click());
    await settle();
    expect(newsletter?.checked).toBe(true);
    expect(toasts()).not.toBe('');
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
  ])('leads to each change (%s)', async (language, edit, email, password, remove) => {
    for (const [words, screen] of [
      [edit, 'edit'],
      [email, 'email'],
      [password, 'password'],
      [remove, 'delete'],
    ] as const) {
      await open('profile', {}, language);
      await press(words);
      expect(desk.route.getState().current).toEqual({ name: 'account', screen });
      if (screen !== 'delete') {
        await act(async () => root.unmount());
        page.remove();
      }
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
  ])('is said once (%s, %s)', async (language, code, words) => {
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
    expect(sent('account.notices-read')).toHaveLength(1);
    expect(page.textContent).not.toContain(words);
  });

  test('changed terms can be read and accepted', async () => {
    await open('profile', {
      'account.get': () => account({ termsDue: true }),
      'account.accept-terms': () => account({ rev: 2 }),
    });
    await press('Read terms');
    expect(document.querySelector('[role="dialog"]')?.textContent).toContain('Editorial use only');
    await press('Accept and continue');
    expect(document.querySelector('[role="dialog"]')).toBeNull();
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
])(
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

const dialog = () => document.querySelector('[role="dialog"]');

describe('a keychain that is not open', () => {
  const out = { status: 'signed-out', profile: null, keychain: 'locked' };

  test.each([
    ['en', 'Check again', 'Unlock the keychain to continue', 'You’re signed in as'],
    [
      'fr',
      'Réessayer',
      'Déverrouillez le trousseau pour continuer',
      'Vous êtes connecté en tant que',
    ],
  ])(
    'looked at and still locked, it says what to do; open, one is back on the page one was on (%s)',
    async (language, look, title, said) => {
      let rev = 1;
      let now: object = out;
      await open(
        'landing',
        {
          'account.get': () => account(out),
          'account.keychain-retry': () => account({ ...now, rev: (rev += 1) }),
        },
        language,
      );
      desk.route.setState({ behind: [{ name: 'news', id: null }] });
      // The account's screens stay mounted here and lead on; what counts is where it goes first.
      const visited: string[] = [];
      desk.route.subscribe(({ current }) => void visited.push(current.name));
      await press(look);
      expect(dialog()?.textContent).toContain(title);
      now = {};
      await act(async () =>
        [...(dialog()?.querySelectorAll('button') ?? [])]
          .find((element) => element.textContent === look)
          ?.click(),
      );
      await settle();
      expect(dialog()).toBeNull();
      expect(visited[0]).toBe('news');
      expect(toasts()).toContain(`${said} ${EMAIL}`);
    },
  );

  test('opened by itself, that is said, and one is back on the page one was on', async () => {
    await open('landing', { 'account.get': () => account({ ...out, keychain: 'unanswered' }) });
    desk.route.setState({ behind: [{ name: 'news', id: null }] });
    const visited: string[] = [];
    desk.route.subscribe(({ current }) => void visited.push(current.name));
    await act(async () => bridge.push('account.changed', account({ rev: 2 })));
    await settle();
    expect(visited[0]).toBe('news');
    expect(toasts()).toContain(`You’re signed in as ${EMAIL}`);
  });

  test('where there is still none, that is said', async () => {
    await open('landing', {
      'account.get': () => account({ ...out, keychain: 'absent' }),
      'account.keychain-retry': () => account({ ...out, keychain: 'absent', rev: 2 }),
    });
    await press('Check again');
    expect(toasts()).toContain('This computer has no keychain.');
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
  ])('the strip says what it means for who is there (%s, %s)', async (keychain, status, words) => {
    await open('profile', {
      'account.get': () =>
        account({ keychain, status, ...(status === 'signed-out' && { profile: null }) }),
    });
    expect(page.textContent).toContain(words);
  });
});
