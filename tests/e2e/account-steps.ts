import type { Page } from '@playwright/test';
import { randomUUID } from 'node:crypto';
import type { DemoService } from '../support/demo.ts';
import { expect, PASSWORD, wordsOf } from './fixtures.ts';
import { Keys } from './keys.ts';

type Language = 'en' | 'fr';
type Details = { email: string; password: string; name: string; organisation: string };

/** Fills the form of a new account, by keys, up to the button that sends it. */
export async function typeDetails(keys: Keys, { email, password, name, organisation }: Details, language: Language): Promise<void> {
  const { account } = wordsOf(language);
  const { keyboard } = keys.page;
  await keys.fill(account.workEmail, email, 'Shift+Tab');
  await keys.fill(account.password, password);
  await keys.fill(account.name, name);
  await keys.press('button', new RegExp(account.country));
  await expect(keys.page.getByRole('listbox')).toBeVisible();
  await keyboard.type('Belg');
  await expect(keys.focused('option', language === 'en' ? 'Belgium' : 'Belgique')).toHaveCount(1);
  await keyboard.press('Enter');
  await keys.fill(account.organisation, organisation);
  await keys.press('checkbox', new RegExp(account.agreeTerms), 'Space');
  await expect(keys.page.getByRole('checkbox')).toBeChecked();
}

/** From the account's landing page to the field for the code. */
export async function register(keys: Keys, email: string, language: Language = 'en'): Promise<void> {
  const { account } = wordsOf(language);
  await keys.press('button', account.create);
  await keys.begins('heading', account.create);
  await keys.toField(account.workEmail);
  await typeDetails(keys, { email, password: PASSWORD, name: 'Ingest Desk', organisation: 'Station' }, language);
  await keys.press('button', account.createAction);
  await keys.begins('textbox', account.codeLabel);
}

export async function createAccount(page: Page, email: string, code: () => Promise<string>, language: Language = 'en'): Promise<void> {
  const keys = new Keys(page);
  await register(keys, email, language);
  await page.keyboard.type(await code());
  // The download that asked for the account goes on at once, and its dialog may have the focus by now.
  await expect(page.getByText(wordsOf(language).account.createdTitle).first()).toBeVisible();
}

/** On the sign-in page: types both, and sends them with Enter. */
export async function signIn(keys: Keys, email: string, password: string, language: Language): Promise<void> {
  const { account } = wordsOf(language);
  await keys.fill(account.email, email, 'Shift+Tab');
  await keys.fill(account.password, password);
  await keys.page.keyboard.press('Enter');
}

/** Opens the first footage that the palette finds. */
export async function openFootage(keys: Keys, text: string, title: RegExp): Promise<void> {
  const { keyboard } = keys.page;
  await expect(keys.page.getByRole('navigation')).toBeVisible();
  await keyboard.press('ControlOrMeta+k');
  await expect(keys.page.getByRole('dialog')).toBeVisible();
  await keyboard.type(text);
  await expect(keys.page.getByRole('option', { name: title }).first()).toBeVisible();
  await keyboard.press('Enter');
  await expect(keys.page.getByRole('heading', { level: 1, name: title })).toBeVisible();
  await keys.check();
}

/** The service as another device sees it. */
export function elsewhere(service: DemoService, email: string) {
  const call = async <T>(method: string, path: string, body?: object, token?: string): Promise<T> => {
    const answer = await fetch(`${service.url}${path}`, {
      method, headers: { 'idempotency-key': randomUUID(), ...(body && { 'content-type': 'application/json' }), ...(token !== undefined && { authorization: `Bearer ${token}` }) }, ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (answer.status === 204 ? undefined : await answer.json()) as T;
  };
  const signInOn = async (name: string, password: string): Promise<string> =>
    (await call<{ accessToken: string }>('POST', '/v1/sessions', { email, password, device: { name, platform: 'linux', appVersion: '1.0.0' } })).accessToken;
  return {
    async register(): Promise<void> {
      const { termsVersion: version } = await call<{ termsVersion: string }>('GET', '/v1/meta');
      const { flowId } = await call<{ flowId: string }>('POST', '/v1/accounts', { email, password: PASSWORD, displayName: 'Ingest Desk', organisation: 'Station', country: 'BE', terms: { version } });
      await call('POST', '/v1/accounts/verify', { flowId, code: (await service.nextMail(email)).code });
    },
    signInOn,
    /** Signs in on a device of the name, which ends every other session. */
    async endOthers(name: string, password: string): Promise<void> {
      await call('POST', '/v1/sessions/revoke-others', undefined, await signInOn(name, password));
    },
  };
}
