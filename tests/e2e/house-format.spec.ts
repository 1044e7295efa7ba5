import type { Page } from '@playwright/test';
import { choiceText, noneFits, ruleText } from '../../src/shared/model/format-text.ts';
import { OPEN_RULE, type FormatProfile } from '../../src/shared/model/house-format.ts';
import { startDemo, type DemoService } from '../support/service/demo.ts';
import { signIn } from './account-steps.ts';
import { expect, test as base, wordsOf } from './fixtures.ts';
import { Keys } from './keys.ts';
import { command } from './palette-steps.ts';
import { planButton } from './plan-steps.ts';

const INTERLACED = {
  ...OPEN_RULE,
  size: '1080',
  scan: 'interlaced',
  frameRate: 25,
  container: 'mov',
  codec: 'v210',
} as const;
const PROGRESSIVE = { ...OPEN_RULE, size: '1080', scan: 'progressive' } as const;
const PLAYOUT: FormatProfile = {
  id: 'playout',
  name: 'Playout',
  rules: [INTERLACED, PROGRESSIVE],
  otherwise: 'leave-out',
};
const WIDTHS = [
  [640, 800],
  [1920, 1080],
  [1280, 800],
] as const;

const test = base.extend<{ service: DemoService }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names of fixtures from the pattern
  service: async ({}, use) => {
    const service = await startDemo({ limits: 'relaxed' });
    await use(service);
    await service.close();
  },
});

async function enter(page: Page, service: DemoService, language: 'en' | 'fr'): Promise<void> {
  const { shell } = wordsOf(language);
  await expect(page.getByRole('gridcell').first()).toBeVisible();
  await command(page, shell.palette.signIn);
  const { email, password } = service.demoAccount;
  await signIn(new Keys(page), email, password, language);
  await expect(page.getByRole('gridcell').first()).toBeVisible();
}

for (const [language, theme] of [
  ['en', 'light'],
  ['fr', 'dark'],
] as const)
  test(
    `rules are put in order by keys, and the plan says which one decides, ${language}, ${theme}`,
    { tag: `@${language}` },
    async ({ launch, service, shell }) => {
      const words = wordsOf(language);
      const { settings, plan } = words;
      const { page } = await launch(
        { language, theme, formatProfiles: [PLAYOUT], houseFormat: 'playout' },
        service.url,
      );
      const pictures = async (name: string): Promise<void> => {
        for (const [width, height] of WIDTHS) {
          await page.setViewportSize({ width, height });
          // What is drawn only where it is seen has to be there before it is looked at.
          await page.waitForTimeout(300);
          await page.screenshot({
            path: `test-results/house-format/${shell}-${language}-${theme}-${name}-${width}.png`,
          });
        }
      };
      await enter(page, service, language);

      await page.getByRole('gridcell').first().focus();
      await page.keyboard.press('ControlOrMeta+a');
      // What fits nothing is counted once the plan is there.
      const [, counted = ''] = words.catalogue.blocked['no-fit'](7).split('7');
      await expect(page.getByText(new RegExp(`\\d${counted}`, 'u'))).toBeVisible();
      await page.keyboard.press('ControlOrMeta+Enter');
      const dialog = page.getByRole('dialog');
      await expect(planButton(page, words)).toBeVisible();
      const said = (rule: number | null): string =>
        choiceText({ rule, unstated: [] }, PLAYOUT, language);
      await expect(dialog.getByText(said(0)).first()).toBeVisible();
      await expect(dialog.getByText(said(1)).first()).toBeVisible();
      const unfit = dialog.getByText(noneFits('Playout', [], language));
      await expect(unfit.first()).toBeAttached();
      await pictures('plan');
      // Each can be taken anyway, and counts at once.
      const before = await unfit.count();
      await dialog
        .getByRole('button', { name: plan.takeAnyway('HD 720p25') })
        .first()
        .click();
      await expect(unfit).toHaveCount(before - 1);
      await expect(dialog.getByText(plan.askedFor)).toBeVisible();
      await page.keyboard.press('Escape');
      await expect(dialog).toHaveCount(0);

      await page.getByRole('link', { name: words.settings.title }).first().click();
      await page.getByRole('link', { name: settings.sections.house }).click();
      await page
        .getByRole('button', { name: settings.formatRuleAt(2, ruleText(PROGRESSIVE, language)) })
        .focus();
      await page.keyboard.press('Alt+ArrowUp');
      const first = page.getByRole('button', {
        name: settings.formatRuleAt(1, ruleText(PROGRESSIVE, language)),
      });
      await expect(first).toBeFocused();
      await pictures('settings');
      await page.keyboard.press('Enter');
      await expect(page.getByRole('dialog', { name: settings.formatEditRule })).toBeVisible();
      await pictures('rule');
    },
  );
