import type { Page } from '@playwright/test';
import { expect, type wordsOf } from './fixtures.ts';

type Words = ReturnType<typeof wordsOf>;

export async function palette(page: Page, text: string): Promise<void> {
  await expect(page.getByRole('navigation')).toBeVisible();
  const dialog = page.getByRole('dialog');
  // The page is drawn a moment before it listens.
  await expect(async () => {
    if (!(await dialog.isVisible())) await page.keyboard.press('ControlOrMeta+k');
    await expect(dialog).toBeVisible({ timeout: 5000 });
  }).toPass();
  await page.keyboard.type(text);
}
/** Runs the command of the palette that is called so. */
export async function command(page: Page, name: string): Promise<void> {
  await palette(page, name);
  // What is found for the first letters comes late, and can move the list away under a press.
  await expect(async () => {
    const option = page.getByRole('option', { name, exact: true });
    if (await option.isVisible()) await option.click();
    await expect(page.getByRole('dialog')).toBeHidden({ timeout: 5000 });
  }).toPass();
}
export async function openAsset(page: Page, search: string, title: RegExp): Promise<void> {
  await palette(page, search);
  await page.getByRole('option', { name: title }).first().click();
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
}
export const go = (page: Page, name: string) =>
  page
    .getByRole('navigation')
    .getByRole('link', { name: new RegExp(`^${name}`) })
    .or(page.getByRole('navigation').getByRole('button', { name: new RegExp(`^${name}`) }))
    .first()
    .click();
export const downloadPreview = async (page: Page): Promise<void> => {
  await page.getByText(/^(Preview and rights sheet|Aperçu et fiche de droits)$/).click();
  await page.getByRole('button', { name: /^(Download|Télécharger) \d+/ }).click();
};
/** A poll, brought forward. */
export const poll = (page: Page, words: Words) => command(page, words.shell.palette.sync);
