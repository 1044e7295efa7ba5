import type { Page } from '@playwright/test';
import { expect, PASSWORD, wordsOf } from './fixtures.ts';

type Language = 'en' | 'fr';

/** Fills the form behind "Create an account" and sends it. */
export async function sendDetails(page: Page, email: string, password = PASSWORD, language: Language = 'en'): Promise<void> {
  const { account } = wordsOf(language);
  await page.getByRole('button', { name: account.create }).click();
  await page.getByLabel(account.workEmail).fill(email);
  await page.getByLabel(account.password, { exact: true }).fill(password);
  await page.getByLabel(account.name, { exact: true }).fill('Ingest Desk');
  await page.getByLabel(account.organisation).fill('Station');
  await page.getByRole('button', { name: account.country }).click();
  await page.getByRole('option', { name: language === 'en' ? 'Belgium' : 'Belgique' }).click();
  await page.getByText(account.agreeBefore.trim()).click();
  await page.getByRole('button', { name: account.createAction }).click();
}

export async function createAccount(page: Page, email: string, code: () => Promise<string>, language: Language = 'en'): Promise<void> {
  const { account } = wordsOf(language);
  await sendDetails(page, email, PASSWORD, language);
  await expect(page.getByText(email)).toBeVisible();
  await page.getByLabel(account.codeLabel).fill(await code());
  await expect(page.getByRole('heading', { name: account.createdTitle })).toBeVisible();
}
