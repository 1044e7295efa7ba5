import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Account } from '../../../src/main/account/account.ts';
import type { AccountApi, TokenVault } from '../../../src/main/account/ports.ts';
import {
  createAccountApi,
  createServiceClient,
  type ServiceClient,
} from '../../../src/main/adapters/service/client.ts';
import { createKeychainVault } from '../../../src/main/adapters/keychain.ts';
import { createFlagFiles } from '../../../src/main/adapters/fs/flag-files.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { PASSWORD, startDemo, type DemoService } from '../../support/service/demo.ts';
import { hasKeyring, whyNoKeyring } from '../../support/keyring.ts';
import { keyring } from '../../support/own-keyring.ts';
import { memoryVault } from '../../support/fakes/vault.ts';
import { eventually } from '../../support/eventually.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const EMAIL = 'ingest@station.example';
const NEW_PASSWORD = 'Louder-Harbour8';

let service: DemoService;
let client: ServiceClient;
let home: string;
let scope: string;
let told: Set<string>;

/** One run of the program: what it keeps is the keychain's and the home's. */
function run(
  vault: TokenVault = createKeychainVault(
    scope,
    createFlagFiles(path.join(home, 'keychain-removed')),
  ),
  api: Partial<AccountApi> = {},
  toldThere: Set<string> = told,
): Account {
  return new Account({
    api: { ...createAccountApi(client), ...api },
    vault,
    seenNotices: toldThere,
    device: { name: 'desk', platform: 'Linux', appVersion: '0.1.0' },
    clock: { nowMs: systemClock.nowMs, serviceNow: systemClock.nowMs },
    onChanged: () => undefined,
  });
}
const away = async (): Promise<never> => {
  throw new AppError('offline', 'no network', { retryable: true });
};

async function register(): Promise<Account> {
  const account = run();
  await account.load();
  await account.register({
    email: EMAIL,
    password: PASSWORD,
    displayName: 'Ingest',
    organisation: 'Station',
    country: 'BE',
    newsletter: false,
    language: 'en',
  });
  await account.verify((await service.nextMail(EMAIL)).code ?? '');
  return account;
}
/** How many sessions the account has at the service, this question's own included. */
async function sessionsOf(): Promise<number> {
  const asking = run(createKeychainVault(randomUUID()));
  await asking.load();
  await asking.signIn(EMAIL, PASSWORD);
  const { length } = await asking.sessions();
  await asking.signOut();
  return length;
}

beforeEach(async () => {
  service = await startDemo({ limits: 'relaxed' });
  client = createServiceClient({ origin: service.url, version: '0.1.0', language: () => 'en' });
  [home, scope, told] = [temporaryFolder(), randomUUID(), new Set()];
});
afterEach(async () => {
  // Whatever a test has ended with, the next one begins unlocked.
  keyring?.unlock();
  client.close();
  await service.close();
});

describe.skipIf(!hasKeyring)(`the account and a real Secret Service${whyNoKeyring}`, () => {
  test('ok: signed in over a restart, refreshed, signed out for good', async () => {
    await register();
    const next = run();
    expect(await next.load()).toMatchObject({
      status: 'signed-in',
      keychain: 'ok',
      profile: { email: EMAIL },
    });
    expect(await next.refreshProfile()).toMatchObject({ status: 'signed-in' });
    const third = run();
    await third.load();
    expect(await third.sessions()).toHaveLength(1);
    expect(await third.signOut()).toMatchObject({ status: 'signed-out', keychain: 'ok' });
    expect(await run().load()).toMatchObject({ status: 'signed-out', keychain: 'ok' });
    expect(await sessionsOf()).toBe(1);
  });

  test('locked at start: nothing is lost; unlocked and looked at again, one is signed in', async () => {
    await register();
    keyring?.lock();
    const next = run();
    expect(await next.load()).toMatchObject({ status: 'signed-out', keychain: 'locked' });
    keyring?.unlock();
    expect(await next.load()).toMatchObject({ status: 'signed-in', keychain: 'ok' });
    expect(await next.refreshProfile()).toMatchObject({ status: 'signed-in' });
  });

  test('locked meanwhile: the session goes on and is refreshed in memory, and one may sign in and out', async () => {
    const account = await register();
    keyring?.lock();
    const again = run();
    await again.load();
    expect(await again.signIn(EMAIL, PASSWORD)).toMatchObject({
      status: 'signed-in',
      keychain: 'locked',
    });
    expect(await account.refreshProfile()).toMatchObject({ status: 'signed-in' });
    expect(await account.signOut()).toMatchObject({ status: 'signed-out' });
    expect(await again.sessions()).toHaveLength(1);
    keyring?.unlock();
  });

  test('signed in while locked: once it is unlocked and looked at again, the sign-in and the awaited address are kept for the next run', async () => {
    await register();
    keyring?.lock();
    const account = run();
    expect(await account.load()).toMatchObject({ status: 'signed-out', keychain: 'locked' });
    await account.signIn(EMAIL, PASSWORD);
    await account.startEmailChange('new@station.example', PASSWORD);
    expect(await account.load()).toMatchObject({ status: 'signed-in', keychain: 'locked' });
    keyring?.unlock();
    expect(await account.load()).toMatchObject({ status: 'signed-in', keychain: 'ok' });
    const next = run();
    expect(await next.load()).toMatchObject({
      status: 'signed-in',
      keychain: 'ok',
      pendingFlow: { purpose: 'email-change' },
    });
    expect(await next.sessions()).toContainEqual(expect.objectContaining({ current: true }));
  });

  test('refreshed while locked, then quit: what the keychain still has is spent, so it is ended and not used again', async () => {
    await register();
    const going = run();
    await going.load();
    keyring?.lock();
    expect(await going.refreshProfile()).toMatchObject({ status: 'signed-in', keychain: 'locked' });
    keyring?.unlock();
    // The program has ended without looking at the keychain again.
    const next = run();
    expect(await next.load()).toMatchObject({ status: 'signed-out', keychain: 'ok' });
    await next.flushSignOut();
    expect(await sessionsOf()).toBe(1);
    await next.signIn(EMAIL, PASSWORD);
    expect(next.view.notices).toEqual([]);
  });

  test('signed out offline while locked, then quit: the session does not come back, and the service is told', async () => {
    await register();
    const leaving = run(undefined, { logout: away });
    await leaving.load();
    keyring?.lock();
    expect(await leaving.signOut()).toMatchObject({ status: 'signed-out' });
    // The program ends here: what it held in memory is gone.
    const locked = run();
    expect(await locked.load()).toMatchObject({ status: 'signed-out', keychain: 'locked' });
    keyring?.unlock();
    const next = run();
    expect(await next.load()).toMatchObject({ status: 'signed-out', keychain: 'ok' });
    await next.flushSignOut();
    expect(await sessionsOf()).toBe(1);
    expect(await run().load()).toMatchObject({ status: 'signed-out', keychain: 'ok' });
    // The mark is spent: a new sign-in is kept.
    const fresh = run();
    await fresh.load();
    await fresh.signIn(EMAIL, PASSWORD);
    expect(await run().load()).toMatchObject({ status: 'signed-in' });
  });

  test('signed out while locked and signed in again after: the new session is the one that is kept', async () => {
    const account = await register();
    keyring?.lock();
    await account.signOut();
    keyring?.unlock();
    await account.signIn(EMAIL, PASSWORD);
    expect(await run().load()).toMatchObject({ status: 'signed-in', keychain: 'ok' });
  });

  test('unreadable: set aside and said; signing in writes a new one', async () => {
    await createKeychainVault(scope).write('session', '{"from":"a newer version"}');
    const account = await register();
    expect(account.view).toMatchObject({ status: 'signed-in' });
    await createKeychainVault(scope).write('session', 'not json');
    const next = run();
    expect(await next.load()).toMatchObject({ status: 'signed-out', keychain: 'unreadable' });
    expect(await next.signIn(EMAIL, PASSWORD)).toMatchObject({
      status: 'signed-in',
      keychain: 'ok',
    });
    expect(await run().load()).toMatchObject({ status: 'signed-in', keychain: 'ok' });
    expect(
      spawnSync('secret-tool', ['search', '--all', 'username', `${scope}:session-set-aside`], {
        encoding: 'utf8',
      }).stdout,
    ).toContain('not json');
  });

  test('an awaited new address survives a restart', async () => {
    const account = await register();
    await account.startEmailChange('new@station.example', PASSWORD);
    const next = run();
    expect(await next.load()).toMatchObject({
      status: 'signed-in',
      pendingFlow: { purpose: 'email-change', email: 'new@station.example' },
    });
    expect(
      await next.verify((await service.nextMail('new@station.example')).code ?? ''),
    ).toMatchObject({ profile: { email: 'new@station.example' }, pendingFlow: null });
  });
});

test('who signs out while a slow keychain is looked at again stays signed out', async () => {
  const vault = memoryVault();
  const account = run(vault);
  await account.load();
  await account.register({
    email: EMAIL,
    password: PASSWORD,
    displayName: 'Ingest',
    organisation: 'Station',
    country: 'BE',
    newsletter: false,
    language: 'en',
  });
  await account.verify((await service.nextMail(EMAIL)).code ?? '');
  const { read } = vault;
  let signOut: Promise<unknown> = Promise.resolve();
  vault.read = async (name) => {
    // The session has been read by now.
    if (name === 'flow') await (signOut = account.signOut());
    return read(name);
  };
  expect((await account.load()).status).toBe('signed-out');
  await signOut;
  expect([account.view.status, vault.values.get('session')]).toEqual(['signed-out', undefined]);
});

test('absent: one signs in for this run, is refreshed, and signs out', async () => {
  const vault = memoryVault('absent');
  const account = run(vault);
  await account.load();
  await account.register({
    email: EMAIL,
    password: PASSWORD,
    displayName: 'Ingest',
    organisation: 'Station',
    country: 'BE',
    newsletter: false,
    language: 'en',
  });
  expect(await account.verify((await service.nextMail(EMAIL)).code ?? '')).toMatchObject({
    status: 'signed-in',
    keychain: 'absent',
  });
  // Another reading of the same memory has no access token yet and refreshes.
  const reading = run(vault);
  await reading.load();
  expect(await reading.refreshProfile()).toMatchObject({ status: 'signed-in' });
  expect(await reading.signOut()).toMatchObject({ status: 'signed-out' });
});

const codes = (account: Account) => account.view.notices.map(({ code }) => code);

async function signedIn(): Promise<Account> {
  const account = run(memoryVault());
  await account.load();
  await account.register({
    email: EMAIL,
    password: PASSWORD,
    displayName: 'Ingest',
    organisation: 'Station',
    country: 'BE',
    newsletter: false,
    language: 'en',
  });
  await account.verify((await service.nextMail(EMAIL)).code ?? '');
  return account;
}

describe('what happened to the account', () => {
  test('what was done elsewhere is told until it is read, and not again after signing out and in, or in the next run', async () => {
    const account = await signedIn();
    const other = run(memoryVault(), {}, new Set());
    await other.signIn(EMAIL, PASSWORD);
    await other.changePassword(PASSWORD, NEW_PASSWORD);
    await account.signOut();
    await account.signIn(EMAIL, NEW_PASSWORD);
    expect(codes(account)).toEqual(['password-changed']);
    expect(account.readNotices().notices).toEqual([]);
    await account.signOut();
    await account.signIn(EMAIL, NEW_PASSWORD);
    expect(codes(account)).toEqual([]);
    const next = run(memoryVault());
    await next.signIn(EMAIL, NEW_PASSWORD);
    expect(codes(next)).toEqual([]);
    // Another change is news.
    await other.startEmailChange('new@station.example', NEW_PASSWORD);
    await other.verify((await service.nextMail('new@station.example')).code ?? '');
    await next.refreshProfile();
    expect(codes(next)).toEqual(['email-changed']);
  });

  test('who has done it himself is not told: a changed password, a changed address, a reset', async () => {
    const account = await signedIn();
    await account.changePassword(PASSWORD, NEW_PASSWORD);
    await account.startEmailChange('new@station.example', NEW_PASSWORD);
    await account.verify((await service.nextMail('new@station.example')).code ?? '');
    expect(codes(account)).toEqual([]);
    await account.signOut();
    await account.startReset('new@station.example');
    await account.verify((await service.nextMail('new@station.example')).code ?? '');
    await account.completeReset(PASSWORD);
    await account.signIn('new@station.example', PASSWORD);
    expect((await account.refreshProfile()).notices).toEqual([]);
    // On another computer all of it is news.
    expect(
      (await run(memoryVault(), {}, new Set()).signIn('new@station.example', PASSWORD)).notices.map(
        ({ code }) => code,
      ),
    ).toEqual(['password-changed', 'email-changed', 'password-changed']);
  });
});

describe('refreshing, with the real service', () => {
  test('calls that come at once ask for one refresh and keep the session', async () => {
    const vault = memoryVault('absent');
    const first = run(vault);
    await first.load();
    await first.register({
      email: EMAIL,
      password: PASSWORD,
      displayName: 'Ingest',
      organisation: 'Station',
      country: 'BE',
      newsletter: false,
      language: 'en',
    });
    await first.verify((await service.nextMail(EMAIL)).code ?? '');
    let refreshes = 0;
    const { refresh } = createAccountApi(client);
    const next = run(vault, { refresh: (...given) => ((refreshes += 1), refresh(...given)) });
    await next.load();
    await Promise.all(Array.from({ length: 8 }, () => next.sessions()));
    expect([refreshes, next.view.status]).toEqual([1, 'signed-in']);
  });

  test('an answer that was lost is had again with the same key, also by the next run; the session lives on', async () => {
    const vault = memoryVault('absent');
    const first = run(vault);
    await first.load();
    await first.register({
      email: EMAIL,
      password: PASSWORD,
      displayName: 'Ingest',
      organisation: 'Station',
      country: 'BE',
      newsletter: false,
      language: 'en',
    });
    await first.verify((await service.nextMail(EMAIL)).code ?? '');
    const { refresh } = createAccountApi(client);
    const losing = run(vault, {
      refresh: async (...given) => {
        await refresh(...given);
        throw new AppError('service-unreachable', 'the answer was lost', { retryable: true });
      },
    });
    await losing.load();
    await expect(losing.sessions()).rejects.toMatchObject({ code: 'service-unreachable' });
    expect(losing.view).toMatchObject({ status: 'signed-in', sessionEnded: false });
    const next = run(vault);
    await next.load();
    expect(await next.sessions()).toMatchObject([{ current: true }]);
  });
});

test('a reading of the account that a change has overtaken does not take the change back', async () => {
  const account = run(memoryVault());
  await account.load();
  await account.register({
    email: EMAIL,
    password: PASSWORD,
    displayName: 'Ingest',
    organisation: 'Station',
    country: 'BE',
    newsletter: false,
    language: 'en',
  });
  await account.verify((await service.nextMail(EMAIL)).code ?? '');
  const { promise: held, resolve: letGo } = Promise.withResolvers<undefined>();
  const real = createAccountApi(client);
  let readings = 0;
  const slow = run(memoryVault(), {
    getAccount: async (request) => {
      const answer = await real.getAccount(request);
      if ((readings += 1) === 1) await held;
      return answer;
    },
  });
  await slow.load();
  await slow.signIn(EMAIL, PASSWORD);
  const reading = slow.refreshProfile();
  await eventually(() => expect(readings).toBe(1));
  expect(await slow.setNewsletter(true)).toMatchObject({ profile: { newsletter: true } });
  letGo(undefined);
  expect(await reading).toMatchObject({ profile: { newsletter: true } });
  expect([slow.view.profile?.newsletter, readings]).toEqual([true, 2]);
});
