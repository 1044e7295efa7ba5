import type { Page } from '@playwright/test';
import { expect, wordsOf } from './fixtures.ts';

type Words = ReturnType<typeof wordsOf>;

/** The main button of the plan dialog, whatever the number. */
export const planButton = (page: Page, { plan }: Words) =>
  page.getByRole('dialog').getByRole('button', {
    name: new RegExp(
      [plan.queue(0, true), plan.queue(0, false)]
        .map((text) => `^${text.replace('0', '\\d+')}`)
        .join('|'),
    ),
  });

/** Confirms all that the plan asks for, one by one, and queues. */
export async function confirmPlan(page: Page, words: Words): Promise<void> {
  const dialog = page.getByRole('dialog');
  await expect(planButton(page, words)).toBeVisible();
  for (const box of await dialog.getByRole('checkbox').all()) await box.check();
  await planButton(page, words).click();
  await expect(dialog).toHaveCount(0);
}
