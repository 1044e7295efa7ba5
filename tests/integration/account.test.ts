import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AccountView } from '../../src/main/account/account.ts';
import { Connection } from '../../src/main/connection.ts';
import { openServiceSession, type ServiceSession } from '../../src/main/service-session.ts';
import { advancingClock, HOUR } from '../../src/service/clock.ts';
import { desk } from '../support/desk.ts';
import { PASSWORD, startDemo, temporaryFolder, type DemoService } from '../support/demo.ts';

const EMAIL = 'ingest@station.example';
const NEXT = 'Other-Harbour-42';
let service: DemoService;
let opened: ServiceSession[];

type Opened = ServiceSession & { views: AccountView[]; serviceNow(): number };
function open(home = temporaryFolder()): Opened {
  const connection = new Connection(() => undefined);
  const views: AccountView[] = [];
  const session = openServiceSession({
    home, origin: service.url, scope: service.url, version: '0.1.0', shell: 'station', language: () => 'en', connection,
    here: () => new Set(), onAccount: (view) => views.push(view), onArticles: () => undefined, onTrouble: () => undefined,
  });
  opened.push(session);
  return { ...session, views, serviceNow: () => connection.serviceNow() };
}

async function registered(home?: string): Promise<Opened> {
  const session = open(home);
  await session.account.load();
  await session.account.register({ email: EMAIL, password: PASSWORD, displayName: 'Ingest', organisation: 'Station', country: 'BE', newsletter: false, language: 'en' });
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
    await expect(account.changePassword('Wrong-Harbour-42', NEXT)).rejects.toMatchObject({ code: 'invalid-credentials' });
    await expect(account.changePassword(PASSWORD, PASSWORD)).rejects.toMatchObject({ code: 'validation-failed', detail: { fields: [{ field: 'newPassword', code: 'same-as-current' }] } });
    expect(await account.changePassword(PASSWORD, NEXT)).toMatchObject({ status: 'signed-in', notices: [] });
    await expect(other.account.refreshProfile()).rejects.toMatchObject({ code: 'session-ended' });
    expect(other.account.view).toMatchObject({ status: 'signed-out', sessionEnded: true });
    // Whoever signs in elsewhere is told, once.
    const later = await signedIn(NEXT);
    expect(later.account.view.notices).toMatchObject([{ code: 'password-changed' }]);
    expect(await later.account.readNotices()).toMatchObject({ notices: [] });
    expect(await later.account.refreshProfile()).toMatchObject({ notices: [] });
  });

  test('too many wrong passwords say how long to wait', async () => {
    const { account } = await registered();
    for (let tries = 0; tries < 5; tries += 1) await expect(account.changePassword('Wrong-Harbour-42', NEXT)).rejects.toMatchObject({ code: 'invalid-credentials' });
    const refused = await account.changePassword(PASSWORD, NEXT).catch((thrown: unknown) => thrown);
    expect(refused).toMatchObject({ code: 'too-many-attempts' });
    expect((refused as { detail: { retryAfterMs: number } }).detail.retryAfterMs).toBeGreaterThan(0);
  });

  test('a new address is proved by a code that goes there; until then the old one holds', async () => {
    const { account } = await registered();
    await expect(account.startEmailChange('new@station.example', 'Wrong-Harbour-42')).rejects.toMatchObject({ code: 'invalid-credentials' });
    expect(await account.startEmailChange('new@station.example', PASSWORD)).toMatchObject({ profile: { email: EMAIL }, pendingFlow: { purpose: 'email-change', email: 'new@station.example', codeProved: false } });
    await expect(account.resend()).rejects.toMatchObject({ code: 'resend-too-soon' });
    const { code } = await service.nextMail('new@station.example');
    await expect(account.verify(code === '000000' ? '111111' : '000000')).rejects.toMatchObject({ code: 'code-invalid', detail: { attemptsLeft: 4 } });
    expect(await account.verify(code ?? '')).toMatchObject({ status: 'signed-in', profile: { email: 'new@station.example' }, pendingFlow: null, notices: [] });
  });

  test('an awaited new address goes with the session it belongs to', async () => {
    const { account } = await registered();
    await account.startEmailChange('new@station.example', PASSWORD);
    expect(await account.signOut()).toMatchObject({ status: 'signed-out', pendingFlow: null });
  });

  test('details are edited; what was changed elsewhere meanwhile is shown and not overwritten', async () => {
    const mine = await registered();
    const other = await signedIn();
    await mine.account.refreshProfile();
    await other.account.refreshProfile();
    const edit = { displayName: 'Night desk', organisation: 'Station', country: 'FR' };
    expect(await mine.account.edit({ ...edit, edition: mine.account.view.profile?.edition ?? null })).toMatchObject({ profile: { displayName: 'Night desk', country: 'FR' } });
    await expect(other.account.edit({ displayName: 'Day desk', organisation: 'Elsewhere', country: 'DE', edition: other.account.view.profile?.edition ?? null })).rejects.toMatchObject({ code: 'edit-conflict' });
    expect(other.account.view.profile).toMatchObject({ displayName: 'Night desk', organisation: 'Station', country: 'FR' });
    expect(await other.account.edit({ ...edit, displayName: 'Day desk', edition: other.account.view.profile?.edition ?? null })).toMatchObject({ profile: { displayName: 'Day desk' } });
  });

  test('newsletter, export and deletion', async () => {
    const { account } = await registered();
    const consent = await account.setNewsletter(true);
    expect(consent.profile?.newsletterChangedAt).toBeGreaterThan(Date.now() - HOUR);
    const data = await account.exportAccount();
    expect(data).toMatchObject({ account: { email: EMAIL }, newsletterConsents: [{ subscribed: true }] });
    expect(JSON.stringify(data)).not.toMatch(/refreshToken|accessToken|passwordHash/);
    await expect(account.deleteAccount('Wrong-Harbour-42')).rejects.toMatchObject({ code: 'invalid-credentials' });
    expect(await account.deleteAccount(PASSWORD)).toBeGreaterThan(Date.now() + 29 * 24 * HOUR);
    expect(account.view).toMatchObject({ status: 'signed-out', profile: null, sessionEnded: false });
    await expect(account.signIn(EMAIL, PASSWORD)).rejects.toMatchObject({ code: 'invalid-credentials' });
  });

  test('every other session is ended; a proof that is too old is asked for again', async () => {
    const clock = advancingClock();
    await restart({ clock });
    const mine = await registered();
    const others = [await signedIn(), await signedIn()];
    clock.advance(11 * 60_000);
    await expect(mine.account.revokeOthers()).rejects.toMatchObject({ code: 'reauth-required' });
    await expect(mine.account.revokeOthers('Wrong-Harbour-42')).rejects.toMatchObject({ code: 'invalid-credentials' });
    expect(await mine.account.revokeOthers(PASSWORD)).toBe(2);
    expect(await mine.account.sessions()).toMatchObject([{ current: true }]);
    for (const { account } of others) await expect(account.refreshProfile()).rejects.toMatchObject({ code: 'session-ended' });
  });
});
