import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AccountView } from '../../../src/main/account/account.ts';
import { openSession, type OpenedSession } from '../../support/app/session.ts';
import { HOUR, systemClock } from '../../../src/service/clock.ts';
import { inDatabase } from '../../support/changed-database.ts';
import { desk } from '../../support/app/desk.ts';
import { PASSWORD, startDemo, type DemoService } from '../../support/service/demo.ts';
import { hasKeyring, whyNoKeyring } from '../../support/keyring.ts';
import { keyring } from '../../support/own-keyring.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const EMAIL = 'ingest@station.example';
const NEXT = 'Other-Harbour-42';
let service: DemoService;
let opened: OpenedSession[];

type Opened = OpenedSession & { views: AccountView[]; serviceNow(): number };
function open(home = temporaryFolder(), background = false): Opened {
  const views: AccountView[] = [];
  const session = openSession({
    home,
    origin: service.url,
    background,
    onAccount: (view) => views.push(view),
  });
  opened.push(session);
  return { ...session, views, serviceNow: () => session.connection.serviceNow() };
}

async function registered(home?: string): Promise<Opened> {
  const session = open(home);
  await session.account.load();
  await session.account.register({
    email: EMAIL,
    password: PASSWORD,
    displayName: 'Ingest',
    organisation: 'Station',
    country: 'BE',
    newsletter: false,
    language: 'en',
  });
  await session.account.verify((await service.nextMail(EMAIL)).code ?? '');
  return session;
}
async function signedIn(password = PASSWORD, email = EMAIL): Promise<Opened> {
  const session = open();
  await session.account.load();
  await session.account.signIn(email, password);
  return session;
}
const restart = async (options: Parameters<typeof startDemo>[0]): Promise<void> => {
  await service.close();
  service = await startDemo(options);
};

beforeEach(async () => {
  opened = [];
  service = await startDemo();
});
afterEach(async () => {
  for (const session of opened) await session.close();
  await service.close();
});

describe('one’s own account, with a real service', () => {
  test('the password is changed with the current one; other devices end, this one is not told of its own change', async () => {
    const mine = await registered();
    const other = await signedIn();
    const { account } = mine;
    await expect(account.changePassword('Wrong-Harbour-42', NEXT)).rejects.toMatchObject({
      code: 'invalid-credentials',
    });
    await expect(account.changePassword(PASSWORD, PASSWORD)).rejects.toMatchObject({
      code: 'validation-failed',
      detail: { fields: [{ field: 'newPassword', code: 'same-as-current' }] },
    });
    expect(await account.changePassword(PASSWORD, NEXT)).toMatchObject({
      status: 'signed-in',
      notices: [],
    });
    await expect(other.account.refreshProfile()).rejects.toMatchObject({ code: 'session-ended' });
    expect(other.account.view).toMatchObject({ status: 'signed-out', sessionEnded: true });
    // Whoever signs in elsewhere is told, once.
    const later = await signedIn(NEXT);
    expect(later.account.view.notices).toMatchObject([{ code: 'password-changed' }]);
    expect(later.account.readNotices()).toMatchObject({ notices: [] });
    expect(await later.account.refreshProfile()).toMatchObject({ notices: [] });
  });

  test('too many wrong passwords say how long to wait', async () => {
    const { account } = await registered();
    for (let tries = 0; tries < 5; tries += 1)
      await expect(account.changePassword('Wrong-Harbour-42', NEXT)).rejects.toMatchObject({
        code: 'invalid-credentials',
      });
    const refused = await account.changePassword(PASSWORD, NEXT).catch((thrown: unknown) => thrown);
    expect(refused).toMatchObject({ code: 'too-many-attempts' });
    expect((refused as { detail: { retryAfterMs: number } }).detail.retryAfterMs).toBeGreaterThan(
      0,
    );
  });

  test('a new address is proved by a code that goes there; until then the old one holds', async () => {
    const { account } = await registered();
    await expect(
      account.startEmailChange('new@station.example', 'Wrong-Harbour-42'),
    ).rejects.toMatchObject({ code: 'invalid-credentials' });
    expect(await account.startEmailChange('new@station.example', PASSWORD)).toMatchObject({
      profile: { email: EMAIL },
      pendingFlow: { purpose: 'email-change', email: 'new@station.example', codeProved: false },
    });
    await expect(account.resend()).rejects.toMatchObject({ code: 'resend-too-soon' });
    const { code } = await service.nextMail('new@station.example');
    await expect(account.verify(code === '000000' ? '111111' : '000000')).rejects.toMatchObject({
      code: 'code-invalid',
      detail: { attemptsLeft: 4 },
    });
    expect(await account.verify(code ?? '')).toMatchObject({
      status: 'signed-in',
      profile: { email: 'new@station.example' },
      pendingFlow: null,
      notices: [],
    });
  });

  test('an awaited new address goes with the session it belongs to', async () => {
    const { account } = await registered();
    await account.startEmailChange('new@station.example', PASSWORD);
    expect(await account.signOut()).toMatchObject({ status: 'signed-out', pendingFlow: null });
  });

  test('details are edited; what was changed elsewhere meanwhile is shown and not overwritten', async () => {
    const mine = await registered();
    const other = await signedIn();
    const first = { displayName: 'Ingest', organisation: 'Station', country: 'BE' };
    const edit = { displayName: 'Night desk', organisation: 'Station', country: 'FR' };
    const wanted = { displayName: 'Day desk', organisation: 'Elsewhere', country: 'DE' };
    // Neither has fetched the account since it signed in, so neither has a tag to send.
    expect(await mine.account.edit({ ...edit, base: first })).toMatchObject({ profile: edit });
    await expect(other.account.edit({ ...wanted, base: first })).rejects.toMatchObject({
      code: 'edit-conflict',
    });
    expect(other.account.view.profile).toMatchObject(edit);
    // Sent again after its answer was lost: what it asks for holds already.
    expect(await other.account.edit({ ...edit, base: first })).toMatchObject({ profile: edit });
    expect(await other.account.edit({ ...wanted, base: edit })).toMatchObject({ profile: wanted });
    // Now its tag is outdated, and what it is based on too.
    await expect(mine.account.edit({ ...first, base: edit })).rejects.toMatchObject({
      code: 'edit-conflict',
    });
    expect(mine.account.view.profile).toMatchObject(wanted);
  });

  test('an edit of details isn’t in the way of a newsletter that was changed elsewhere meanwhile', async () => {
    const mine = await registered();
    const other = await signedIn();
    await mine.account.refreshProfile();
    await other.account.setNewsletter(true);
    const base = { displayName: 'Ingest', organisation: 'Station', country: 'BE' };
    expect(await mine.account.edit({ ...base, displayName: 'Night desk', base })).toMatchObject({
      profile: { displayName: 'Night desk', newsletter: true },
    });
  });

  test('newsletter, export and deletion', async () => {
    const { account } = await registered();
    const consent = await account.setNewsletter(true);
    expect(consent.profile?.newsletterChangedAt).toBeGreaterThan(Date.now() - HOUR);
    const data = await account.exportAccount();
    expect(data).toMatchObject({
      account: { email: EMAIL },
      newsletterConsents: [{ subscribed: true }],
    });
    expect(JSON.stringify(data)).not.toMatch(/refreshToken|accessToken|passwordHash/);
    await expect(account.deleteAccount('Wrong-Harbour-42')).rejects.toMatchObject({
      code: 'invalid-credentials',
    });
    expect(await account.deleteAccount(PASSWORD)).toBeGreaterThan(Date.now() + 29 * 24 * HOUR);
    expect(account.view).toMatchObject({
      status: 'signed-out',
      profile: null,
      sessionEnded: false,
    });
    await expect(account.signIn(EMAIL, PASSWORD)).rejects.toMatchObject({
      code: 'invalid-credentials',
    });
  });

  test('changed terms are noticed at once when a download is refused, and by the account; accepted, it goes on', async () => {
    const dataDir = temporaryFolder();
    const port = await freePort();
    await restart({ dataDir, port });
    const { account, catalogue, source } = await registered();
    const [{ id, rev } = { id: '', rev: 0 }] = (await catalogue.detail('ast_aur261094')).packages;
    const manifest = () =>
      source.manifest(id, rev).then(
        () => 'open',
        (thrown: { code: string }) => thrown.code,
      );
    expect(await manifest()).toBe('open');
    await service.close();
    inDatabase(path.join(dataDir, 'service.sqlite'), (db) =>
      db.exec("UPDATE accounts SET json = json_set(json, '$.terms.version', '2025-01')"),
    );
    service = await startDemo({ dataDir, port });
    expect(account.view.termsDue).toBe(false);
    expect(await manifest()).toBe('terms-not-accepted');
    expect(account.view.termsDue).toBe(true);
    expect(await account.refreshProfile()).toMatchObject({ termsDue: true });
    expect(await account.acceptTerms()).toMatchObject({ termsDue: false });
    expect(await manifest()).toBe('open');
  });

  test('a sync after the sign-in has what is under embargo, though one without it was under way', async () => {
    const { sync, account, catalogue } = open();
    await account.load();
    const real = catalogue.sync.bind(catalogue);
    const isFetched = Promise.withResolvers<void>();
    const isSignedIn = Promise.withResolvers<void>();
    vi.spyOn(catalogue, 'sync').mockImplementationOnce(async (...given) => {
      await real(...given);
      isFetched.resolve();
      await isSignedIn.promise;
    });
    const before = sync();
    await isFetched.promise;
    await account.signIn(service.demoAccount.email, service.demoAccount.password);
    const after = sync();
    isSignedIn.resolve();
    await after;
    const { items } = await catalogue.search(
      { text: 'harbour dims', sort: 'newest' },
      { offset: 0, count: 1 },
    );
    expect(items.map(({ slug }) => slug)).toEqual(['AUR-26-1145']);
    await before;
  });

  test('a registration that was begun elsewhere is gone on with where its password is given: the code of the last minute, or a new one', async () => {
    const clock = systemClock();
    await restart({ clock });
    const there = open();
    await there.account.load();
    await there.account.register({
      email: EMAIL,
      password: PASSWORD,
      displayName: 'Ingest',
      organisation: 'Station',
      country: 'BE',
      newsletter: false,
      language: 'en',
    });
    const first = (await service.nextMail(EMAIL)).code ?? '';
    const refused = async (): Promise<AccountView['pendingFlow']> => {
      const { account, views } = open();
      await account.load();
      // A wrong password says nothing of it.
      await expect(account.signIn(EMAIL, NEXT)).rejects.toMatchObject({
        code: 'invalid-credentials',
      });
      await expect(account.signIn(EMAIL, PASSWORD)).rejects.toMatchObject({
        code: 'verification-required',
      });
      expect(JSON.stringify(views)).not.toContain('flw_');
      // The page opens the code's screen by what was pushed.
      expect(views.at(-1)?.pendingFlow).toEqual(account.view.pendingFlow);
      return account.view.pendingFlow;
    };
    expect(await refused()).toMatchObject({
      purpose: 'registration',
      email: EMAIL,
      codeLength: 6,
      codeProved: false,
    });
    clock.advance(2 * 60_000);
    const here = open();
    await here.account.load();
    await expect(here.account.signIn(EMAIL, PASSWORD)).rejects.toMatchObject({
      code: 'verification-required',
    });
    const { code } = await service.nextMail(EMAIL);
    await expect(here.account.verify(first)).rejects.toMatchObject({ code: 'code-invalid' });
    expect(await here.account.verify(code ?? '')).toMatchObject({
      status: 'signed-in',
      pendingFlow: null,
    });
  });

  test('a clock here that is an hour off changes nothing: codes, cool-down, embargoes and tokens go by the service’s', async () => {
    for (const offMs of [-HOUR, HOUR]) {
      const clock = systemClock();
      clock.advance(offMs);
      await restart({ clock });
      const mine = await registered();
      const { account, serviceNow } = mine;
      await account.startEmailChange('new@station.example', PASSWORD);
      const flow = account.view.pendingFlow;
      expect(Math.round(((flow?.codeExpiresAt ?? 0) - serviceNow()) / 60_000)).toBe(30);
      expect(Math.round(((flow?.resendAvailableAt ?? 0) - serviceNow()) / 60_000)).toBe(1);
      expect(Math.abs((flow?.sentAt ?? 0) - clock.now())).toBeLessThan(60_000);
      // A token of fifteen minutes is used for them, and no refresh is asked for before.
      const used = new Set<string>();
      for (let call = 0; call < 3; call += 1)
        await account.withToken(async (token) => used.add(token));
      expect(used.size).toBe(1);
      await mine.sync();
      const all = await mine.catalogue.search(
        { text: '', sort: 'newest' },
        { offset: 0, count: 500 },
      );
      for (const { embargoUntil, badges } of all.items)
        expect(badges.includes('embargoed')).toBe(
          embargoUntil !== null && embargoUntil > clock.now(),
        );
    }
  });

  test('every other session is ended; a proof that is too old is asked for again', async () => {
    const clock = systemClock();
    await restart({ clock });
    const mine = await registered();
    const others = [await signedIn(), await signedIn()];
    clock.advance(11 * 60_000);
    await expect(mine.account.revokeOthers()).rejects.toMatchObject({ code: 'reauth-required' });
    await expect(mine.account.revokeOthers('Wrong-Harbour-42')).rejects.toMatchObject({
      code: 'invalid-credentials',
    });
    expect(await mine.account.revokeOthers(PASSWORD)).toBe(2);
    expect(await mine.account.sessions()).toMatchObject([{ current: true }]);
    for (const { account } of others)
      await expect(account.refreshProfile()).rejects.toMatchObject({ code: 'session-ended' });
  });
});

test.skipIf(!hasKeyring)(
  `the command line changes, exports and deletes the account${whyNoKeyring}`,
  { tags: ['long'] },
  async () => {
    const home = temporaryFolder();
    const run = (args: string[], input?: string) =>
      desk(['account', ...args], {
        home,
        service: service.url,
        ...(input === undefined ? {} : { input }),
      });
    await registered(home);
    await opened.pop()?.close();
    expect(await run(['password', '--password-stdin'], `${PASSWORD}\n`)).toMatchObject({
      code: 2,
      result: { code: 'usage' },
    });
    expect(await run(['password', '--password-stdin'], `${PASSWORD}\n${NEXT}\n`)).toMatchObject({
      code: 0,
      result: { signedIn: true },
    });
    expect(await run(['profile', '--name', 'Night desk', '--country', 'fr'])).toMatchObject({
      code: 0,
      result: {
        displayName: 'Night desk',
        organisation: 'Station',
        country: 'FR',
        termsDue: false,
      },
    });
    expect(
      await run(['email', '--to', 'new@station.example', '--password-stdin'], `${NEXT}\n`),
    ).toMatchObject({ code: 0, result: { pendingFlow: { purpose: 'email-change' } } });
    const { code } = await service.nextMail('new@station.example');
    expect(await run(['verify', '--code', code ?? ''])).toMatchObject({
      code: 0,
      result: { email: 'new@station.example', pendingFlow: null },
    });
    expect(await run(['logout'])).toMatchObject({ code: 0 });
    expect(
      await run(['login', '--email', 'new@station.example', '--password-stdin'], `${NEXT}\n`),
    ).toMatchObject({ code: 0, result: { signedIn: true } });
    expect((await run(['sessions'])).lines).toContainEqual(
      expect.objectContaining({
        current: true,
        platform: expect.stringMatching(/, command line$/u) as string,
      }),
    );
    const other = await signedIn(NEXT, 'new@station.example');
    expect(await run(['revoke', '--others'])).toMatchObject({ code: 0, result: { revoked: 1 } });
    await expect(other.account.refreshProfile()).rejects.toMatchObject({ code: 'session-ended' });
    const file = path.join(home, 'me.json');
    expect(await run(['export', '--to', file])).toMatchObject({ code: 0, result: { path: file } });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      account: { email: 'new@station.example' },
    });
    expect(await run(['delete', '--password-stdin'], 'Wrong-Harbour-42\n')).toMatchObject({
      code: 3,
      result: { code: 'invalid-credentials' },
    });
    expect(await run(['delete', '--password-stdin'], `${NEXT}\n`)).toMatchObject({
      code: 0,
      result: { eraseAt: expect.any(String) as string },
    });
    expect(await run(['status'])).toMatchObject({ code: 0, result: { signedIn: false } });
  },
);

describe.skipIf(!hasKeyring)(`a program that stays open, and its keychain${whyNoKeyring}`, () => {
  test.each([
    ['silent at start', 'unanswered', () => keyring?.suspend(), () => keyring?.resume()],
    ['locked at start', 'locked', () => keyring?.lock(), () => keyring?.unlock()],
  ] as const)(
    '%s: that is said, and once it opens one is signed in without having pressed anything',
    async (_what, state, close, reopen) => {
      const home = temporaryFolder();
      await (await registered(home)).close();
      close();
      const session = open(home, true);
      try {
        expect(await session.account.load()).toMatchObject({
          status: 'signed-out',
          keychain: state,
        });
      } finally {
        reopen();
      }
      await eventually(() =>
        expect(session.account.view).toMatchObject({
          status: 'signed-in',
          keychain: 'ok',
          profile: { email: EMAIL },
        }),
      );
      // Every look until then has said the same.
      expect(new Set(session.views.map(({ keychain }) => keychain))).toEqual(
        new Set([state, 'ok']),
      );
    },
  );
});
