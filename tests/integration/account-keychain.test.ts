import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Account } from '../../src/main/account/account.ts';
import type { AccountApi, TokenVault } from '../../src/main/account/ports.ts';
import { createAccountApi } from '../../src/main/adapters/account-api.ts';
import { createKeychainVault } from '../../src/main/adapters/keychain-vault.ts';
import { createMarks } from '../../src/main/adapters/marks.ts';
import { createServiceClient, type ServiceClient } from '../../src/main/adapters/service-client.ts';
import { AppError } from '../../src/shared/errors.ts';
import { PASSWORD, startDemo, temporaryFolder, type DemoService } from '../support/demo.ts';
import { hasKeyring, whyNoKeyring } from '../support/keyring.ts';
import { keyring } from '../support/own-keyring.ts';

const EMAIL = 'ingest@station.example';

let service: DemoService;
let client: ServiceClient;
let home: string;
let scope: string;

/** One run of the program: what it keeps is the keychain's and the home's. */
function run(vault: TokenVault = createKeychainVault(scope, createMarks(path.join(home, 'keychain-removed'))), api: Partial<AccountApi> = {}): Account {
  return new Account({
    api: { ...createAccountApi(client), ...api }, vault, device: { name: 'desk', platform: 'Linux', appVersion: '0.1.0' },
    clock: { now: () => Date.now(), serviceNow: () => Date.now() }, onChanged: () => undefined,
  });
}
const away = async (): Promise<never> => {
  throw new AppError('offline', 'no network', { retryable: true });
};

async function register(): Promise<Account> {
  const account = run();
  await account.load();
  await account.register({ email: EMAIL, password: PASSWORD, displayName: 'Ingest', organisation: 'Station', country: 'BE', newsletter: false, language: 'en' });
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
  [home, scope] = [temporaryFolder(), randomUUID()];
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
    expect(await next.load()).toMatchObject({ status: 'signed-in', keychain: 'ok', profile: { email: EMAIL } });
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
    expect(await again.signIn(EMAIL, PASSWORD)).toMatchObject({ status: 'signed-in', keychain: 'locked' });
    expect(await account.refreshProfile()).toMatchObject({ status: 'signed-in' });
    expect(await account.signOut()).toMatchObject({ status: 'signed-out' });
    expect(await again.sessions()).toHaveLength(1);
    keyring?.unlock();
  });

  test('signed out offline while locked, then quit: the session does not come back, and the service is told', async () => {
    await register();
    const leaving = run(undefined, { signOut: away });
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
    expect(await next.signIn(EMAIL, PASSWORD)).toMatchObject({ status: 'signed-in', keychain: 'ok' });
    expect(await run().load()).toMatchObject({ status: 'signed-in', keychain: 'ok' });
    expect(spawnSync('secret-tool', ['search', '--all', 'username', `${scope}:session-set-aside`], { encoding: 'utf8' }).stdout).toContain('not json');
  });

  test('an awaited new address survives a restart', async () => {
    const account = await register();
    await account.startEmailChange('new@station.example', PASSWORD);
    const next = run();
    expect(await next.load()).toMatchObject({ status: 'signed-in', pendingFlow: { purpose: 'email-change', email: 'new@station.example' } });
    expect(await next.verify((await service.nextMail('new@station.example')).code ?? '')).toMatchObject({ profile: { email: 'new@station.example' }, pendingFlow: null });
  });
});

/** As without a session bus: nothing is kept but in memory. */
function absentVault(): TokenVault {
  const values = new Map<string, string>();
  return {
    read: async (name) => ({ state: values.has(name) ? 'ok' : 'absent', value: values.get(name) ?? null }),
    write: async (name, value) => (values.set(name, value), 'absent'),
    remove: async (name) => (values.delete(name), 'absent'),
    setAside: async () => undefined, takeRemoved: async () => null,
  };
}

test('absent: one signs in for this run, is refreshed, and signs out', async () => {
  const vault = absentVault();
  const account = run(vault);
  await account.load();
  await account.register({ email: EMAIL, password: PASSWORD, displayName: 'Ingest', organisation: 'Station', country: 'BE', newsletter: false, language: 'en' });
  expect(await account.verify((await service.nextMail(EMAIL)).code ?? '')).toMatchObject({ status: 'signed-in', keychain: 'absent' });
  // Another reading of the same memory has no access token yet and refreshes.
  const reading = run(vault);
  await reading.load();
  expect(await reading.refreshProfile()).toMatchObject({ status: 'signed-in' });
  expect(await reading.signOut()).toMatchObject({ status: 'signed-out' });
});

describe('refreshing, with the real service', () => {
  test('calls that come at once ask for one refresh and keep the session', async () => {
    const vault = absentVault();
    const first = run(vault);
    await first.load();
    await first.register({ email: EMAIL, password: PASSWORD, displayName: 'Ingest', organisation: 'Station', country: 'BE', newsletter: false, language: 'en' });
    await first.verify((await service.nextMail(EMAIL)).code ?? '');
    let refreshes = 0;
    const { refresh } = createAccountApi(client);
    const next = run(vault, { refresh: (...given) => ((refreshes += 1), refresh(...given)) });
    await next.load();
    await Promise.all(Array.from({ length: 8 }, () => next.sessions()));
    expect([refreshes, next.view.status]).toEqual([1, 'signed-in']);
  });

  test('an answer that was lost is had again with the same key, also by the next run; the session lives on', async () => {
    const vault = absentVault();
    const first = run(vault);
    await first.load();
    await first.register({ email: EMAIL, password: PASSWORD, displayName: 'Ingest', organisation: 'Station', country: 'BE', newsletter: false, language: 'en' });
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
