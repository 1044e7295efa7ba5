import type { Page } from '@playwright/test';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Account } from '../../src/main/account/account.ts';
import { createAccountApi, createServiceClient } from '../../src/main/adapters/service/client.ts';
import { createKeychainVault, keychainScope } from '../../src/main/adapters/keychain.ts';
import { POLICY } from '../../src/service/policy.ts';
import { startDemo, type DemoService } from '../support/service/demo.ts';
import { expect, PASSWORD, test as base, wordsOf } from './fixtures.ts';
import { Keys } from './keys.ts';
import { palette } from './palette-steps.ts';

type Language = 'en' | 'fr';
type Details = { email: string; password: string; name: string; organisation: string };

/** Fills the form of a new account, by keys, up to the button that sends it. */
export async function typeDetails(
  keys: Keys,
  { email, password, name, organisation }: Details,
  language: Language,
): Promise<void> {
  const { account } = wordsOf(language);
  const { keyboard } = keys.page;
  await keys.fill(account.workEmail, email, 'Shift+Tab');
  await keys.fill(account.password, password);
  await keys.fill(account.name, name);
  await keys.press('button', new RegExp(account.country));
  await expect(keys.page.getByRole('listbox')).toBeVisible();
  // The list forgets letters after a second: on a busy machine they are typed again.
  await expect(async () => {
    await keyboard.type('Belg');
    const option = keys.focused('option', language === 'en' ? 'Belgium' : 'Belgique');
    await expect(option).toHaveCount(1, { timeout: 2000 });
  }).toPass();
  await keyboard.press('Enter');
  await keys.fill(account.organisation, organisation);
  await keys.press('checkbox', new RegExp(account.agreeTerms), 'Space');
  await expect(keys.page.getByRole('checkbox')).toBeChecked();
}

/** From the account's landing page to the field for the code. */
export async function register(
  keys: Keys,
  email: string,
  language: Language = 'en',
): Promise<void> {
  const { account } = wordsOf(language);
  await keys.press('button', account.create);
  await keys.begins('heading', account.create);
  await keys.toField(account.workEmail);
  await typeDetails(
    keys,
    { email, password: PASSWORD, name: 'Ingest Desk', organisation: 'Station' },
    language,
  );
  await keys.press('button', account.createAction);
  await keys.begins('textbox', account.codeLabel);
}

export async function createAccount(
  page: Page,
  email: string,
  code: () => Promise<string>,
  language: Language = 'en',
): Promise<void> {
  const keys = new Keys(page);
  await register(keys, email, language);
  await page.keyboard.type(await code());
  // The download that asked for the account goes on at once, and its dialog may have the focus by
  // now.
  await expect(page.getByText(wordsOf(language).account.createdTitle).first()).toBeVisible();
}

/** On the sign-in page: types both, and sends them with Enter. */
export async function signIn(
  keys: Keys,
  email: string,
  password: string,
  language: Language,
): Promise<void> {
  const { account } = wordsOf(language);
  await keys.fill(account.email, email, 'Shift+Tab');
  await keys.fill(account.password, password);
  await keys.page.keyboard.press('Enter');
}

/** Opens the first footage that the palette finds. */
export async function openFootage(keys: Keys, text: string, title: RegExp): Promise<void> {
  const { keyboard } = keys.page;
  await palette(keys.page, text);
  const option = keys.page.getByRole('option', { name: title }).first();
  await expect(option).toBeVisible();
  // What was found first has the mark, and that may have been another entry.
  for (
    let steps = 0;
    steps < 20 && (await option.getAttribute('data-focused')) === null;
    steps += 1
  )
    await keyboard.press('ArrowUp');
  await keyboard.press('Enter');
  await expect(keys.page.getByRole('heading', { level: 1, name: title })).toBeVisible();
  await keys.check();
}

export const EMAIL = 'desk@station.example';
export const NEW_PASSWORD = 'Louder-Harbour8';
export const WRONG_PASSWORD = 'Wrong-Harbour99';

export type AccountService = DemoService & {
  /** The code of the newest mail. */
  code(to?: string): Promise<string>;
  /** Moves the service's clock; the app hears of it with the next answer. */
  advance(seconds: number): Promise<void>;
};

async function startAccountService(limits: 'normal' | 'relaxed'): Promise<AccountService> {
  const service = await startDemo({ testControls: true, limits });
  return {
    ...service,
    code: async (to = EMAIL) => (await service.nextMail(to)).code ?? '',
    async advance(advanceSeconds) {
      await fetch(`${service.url}/test/clock`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ advanceSeconds }),
      });
    },
  };
}

/** Each test has a reference service of its own, with a clock that can be moved. */
export const test = base.extend<{ limits: 'normal' | 'relaxed'; service: AccountService }>({
  limits: ['relaxed', { option: true }],
  service: async ({ limits }, use) => {
    const service = await startAccountService(limits);
    await use(service);
    await service.close();
  },
});

type Pair = { accessToken: string; refreshToken: string };

/** The service as another device sees it. */
export function elsewhere(service: DemoService, email: string = EMAIL) {
  const call = async <T>(
    method: string,
    where: string,
    body?: object,
    token?: string,
  ): Promise<T> => {
    const answer = await fetch(`${service.url}${where}`, {
      method,
      headers: {
        'idempotency-key': randomUUID(),
        ...(body && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${where}: ${answer.status} ${await answer.text()}`);
    return (answer.status === 204 ? undefined : await answer.json()) as T;
  };
  const signInOn = (name: string, password: string): Promise<Pair> =>
    call<Pair>('POST', '/v1/sessions', {
      email,
      password,
      device: { name, platform: 'linux', appVersion: '1.0.0' },
    });
  /** @param version of the terms that are accepted with it; an older one was the newest then */
  const begin = async (
    version: string = POLICY.termsVersion,
  ): Promise<{ flowId: string; code: string }> => {
    const { termsVersion } = POLICY;
    Object.assign(POLICY, { termsVersion: version });
    const { flowId } = await call<{ flowId: string }>('POST', '/v1/accounts', {
      email,
      password: PASSWORD,
      displayName: 'Ingest Desk',
      organisation: 'Station',
      country: 'BE',
      terms: { version },
    }).finally(() => Object.assign(POLICY, { termsVersion }));
    return { flowId, code: (await service.nextMail(email)).code ?? '' };
  };
  return {
    /** A registration whose code is not entered yet. */
    begin,
    async register(version?: string): Promise<void> {
      await call('POST', '/v1/accounts/verify', await begin(version));
    },
    signInOn,
    /** Signs in on a device of the name, which ends every other session. */
    async endOthers(name: string, password: string): Promise<void> {
      await call(
        'POST',
        '/v1/sessions/revoke-others',
        undefined,
        (await signInOn(name, password)).accessToken,
      );
    },
    /**
     * As if somebody had a copy of a device's key: its session ends, and the account has a notice
     * of it.
     */
    async useKeyTwice(name: string, password: string): Promise<void> {
      const { refreshToken } = await signInOn(name, password);
      await call('POST', '/v1/sessions/refresh', { refreshToken });
      await call('POST', '/v1/sessions/refresh', { refreshToken }).then(
        () => Promise.reject(new Error('a used key was taken')),
        () => undefined,
      );
    },
  };
}

/** What the app of this home keeps in the keychain, and the sign-in of an earlier run put there. */
export function keptIn(folder: string, service: DemoService) {
  const vault = createKeychainVault(keychainScope(path.join(folder, 'home'), service.url));
  return {
    async signIn(): Promise<void> {
      const client = createServiceClient({
        origin: service.url,
        version: '1.0.0',
        language: () => 'en',
      });
      const clock = { nowMs: () => Date.now(), serviceNow: () => Date.now() };
      await new Account({
        api: createAccountApi(client),
        vault,
        seenNotices: new Set(),
        clock,
        device: { name: 'desk', platform: 'Linux', appVersion: '1.0.0' },
        onChanged: () => undefined,
      }).signIn(EMAIL, PASSWORD);
      client.close();
    },
    damage: () => vault.write('session', 'not json'),
    read: async () => (await vault.read('session')).value,
  };
}
