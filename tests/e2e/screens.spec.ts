import type { Locator } from '@playwright/test';
import path from 'node:path';
import { expect, PASSWORD, test, wordsOf } from './fixtures.ts';
import { combinations, Walk } from './walk.ts';
import { confirmPlan } from './plan-steps.ts';

for (const { language, theme } of combinations) {
  test(
    `every screen, ${language}, ${theme}: a picture of it, and nothing serious for axe`,
    // The other specs of the window are English and dark.
    { tag: language === 'fr' ? '@window' : ['@window', '@long'] },
    async ({ launch }) => {
      test.setTimeout(300_000);
      const words = wordsOf(language);
      const { page } = await launch({ language, theme, limitBytesPerSecond: 40e6 }, 'first-start');
      const walk = new Walk(page, path.join('test-results/screens', `${language}-${theme}`));
      const keep = (name: string): Promise<void> => walk.keep(name);
      const link = (name: string): Promise<void> =>
        page.getByRole('link', { name: new RegExp(`^${name}`) }).click();
      const button = (name: string | RegExp): Promise<void> =>
        page.getByRole('button', { name }).first().click();
      const { account, catalogue, common } = words;

      await test.step('first start, catalogue', async () => {
        await expect(page.getByRole('button', { name: words.welcome.startDemo })).toBeVisible();
        await keep('welcome');
        await button(words.welcome.addFeed);
        await expect(page.getByRole('dialog', { name: words.sources.add })).toBeVisible();
        await keep('source-add');
        await page.keyboard.press('Escape');
        await expect(page.getByRole('dialog')).toHaveCount(0);
        await button(words.welcome.startDemo);
        await expect(page.getByRole('heading', { name: /^27 / })).toBeVisible();
        await keep('catalogue');
        await page.getByRole('radio', { name: catalogue.table }).click();
        await expect(page.getByText(catalogue.columns.length, { exact: true })).toBeVisible();
        await keep('catalogue-table');
        await page.getByRole('radio', { name: catalogue.grid }).click();
        await expect(page.getByText(catalogue.columns.length, { exact: true })).toBeHidden();
        await page.keyboard.press('/');
        await page.keyboard.type('zzzz');
        await expect(page.getByRole('heading', { name: /^27 / })).toHaveCount(0);
        await keep('catalogue-empty');
        await page.keyboard.press('Control+a');
        await page.keyboard.press('Delete');
        await expect(page.getByRole('heading', { name: /^27 / })).toBeVisible();
        await page.keyboard.press('Control+k');
        await expect(page.getByRole('dialog')).toBeVisible();
        await page.keyboard.type('gla');
        await expect(page.getByRole('option').nth(4)).toBeVisible();
        await keep('palette');
        await page.keyboard.press('Escape');
        await page.getByRole('radio', { name: catalogue.grid }).press('?');
        await expect(page.getByRole('dialog')).toBeVisible();
        await keep('shortcuts');
        await page.keyboard.press('Escape');
      });

      await test.step('asset, account', async () => {
        await page
          .getByText(/Glacier lake survey|^Lac glaciaire/)
          .first()
          .click();
        await expect(
          page.getByRole('heading', { level: 1, name: /Glacier lake survey|^Lac glaciaire/ }),
        ).toBeVisible();
        const download = page.getByRole('button', {
          name: words.asset.download(21, '').replace(/[\s,]+$/, ''),
        });
        await expect(download).toBeVisible();
        await keep('asset');
        await page.getByRole('tab', { name: words.asset.tabs.files }).click();
        await page.getByRole('button', { name: 'AUR-26-1147_script_EN.txt' }).click();
        await expect(page.getByText(words.asset.confirmToRead)).toBeVisible();
        await page.getByRole('button', { name: words.asset.confirmAndRead }).click();
        await expect(page.getByText(words.asset.fileErrors['signed-out'] ?? '')).toBeVisible();
        await keep('asset-files');
        await download.click();
        await expect(page.getByRole('heading', { name: account.landingTitle })).toBeVisible();
        await keep('account-landing');
        await button(account.signIn);
        await keep('sign-in');
        await page
          .getByRole('button', { name: account.forgot })
          .or(page.getByRole('link', { name: account.forgot }))
          .click();
        await keep('reset');
        await page.getByLabel(account.email).fill('nobody@station.example');
        await button(account.sendCode);
        await expect(page.getByLabel(account.codeLabel)).toBeVisible();
        await keep('reset-code');
        await button(words.shell.backTo.asset);
        await link(common.account);
        await button(account.create);
        await page.getByLabel(account.workEmail).fill('desk@station.example');
        await page.getByLabel(account.password, { exact: true }).fill('Quiet-Harb');
        await button(account.createAction);
        await keep('account-create');
        await page.getByLabel(account.password, { exact: true }).fill(PASSWORD);
        await page.getByLabel(account.name, { exact: true }).fill('Ingest Desk');
        await page.getByLabel(account.organisation).fill('Station');
        await page.getByRole('button', { name: account.country }).click();
        await page.getByRole('option', { name: /Belgium|Belgique/ }).click();
        await page.getByText(account.agreeBefore.trim()).click();
        await button(account.createAction);
        await expect(page.getByLabel(account.codeLabel)).toBeVisible();
        await page.getByLabel(account.codeLabel).fill('407');
        await keep('account-code');
        await page
          .getByRole('button', { name: account.openMailbox })
          .or(page.getByRole('link', { name: account.openMailbox }))
          .click();
        const code = page.getByRole('status', { name: account.codeLabel });
        await expect(code).toBeVisible();
        await keep('mailbox');
        const digits = ((await code.textContent()) ?? '').replaceAll(/\D/g, '');
        await button(account.enterCode);
        await page.getByLabel(account.codeLabel).fill(digits);
        await expect(page.getByRole('heading', { name: account.createdTitle })).toBeVisible();
        await expect(page.getByRole('dialog')).toBeVisible();
        await keep('terms');
        await confirmPlan(page, words);
        await keep('account-created');
      });

      await test.step('downloads, news, profile, settings', async () => {
        await page.reload();
        await link(common.downloads);
        await page
          .getByText(/Glacier lake survey|^Lac glaciaire/)
          .first()
          .click();
        await expect(page.getByText(words.transfers.running(4)).first()).toBeVisible();
        await keep('downloads');
        await link(common.news);
        await page
          .getByText(/Thirty springs on one|Trente printemps sur/)
          .first()
          .click();
        await expect(page.frameLocator('iframe').getByRole('heading', { level: 1 })).toBeVisible();
        await keep('news');
        await link(common.account);
        await expect(page.getByText(account.thisDevice).first()).toBeVisible();
        await keep('account');
        await link(common.settings);
        await expect(page.getByRole('heading', { level: 1, name: common.settings })).toBeVisible();
        await keep('settings');
        await page
          .getByRole('link', { name: words.settings.sections.sources, exact: true })
          .click();
        await expect(
          page.getByRole('button', {
            name: words.sources.of(words.sources.leaveDemo, words.sources.demo),
          }),
        ).toBeInViewport();
        await keep('settings-sources');
      });
      await test.step('the same pages in a narrow window and on a large one', async () => {
        // Twice is enough: what breaks a layout is the longer language or the width, not the theme.
        for (const [width, height] of theme === 'light'
          ? ([
              [640, 800],
              [1920, 1080],
            ] as const)
          : []) {
          await page.setViewportSize({ width, height });
          const titled = (name: string | RegExp): Locator =>
            page.getByRole('heading', { level: 1, name });
          for (const [name, label, sign] of [
            ['catalogue', common.catalogue, titled(/^27 /)],
            ['news', common.news, titled(words.articles.title)],
            ['downloads', common.downloads, titled(words.transfers.title)],
            ['account', common.account, page.getByText(account.thisDevice).first()],
            [
              'settings',
              common.settings,
              page.getByRole('navigation', { name: words.settings.title }),
            ],
          ] as const) {
            await link(label);
            await expect(sign).toBeVisible();
            await keep(`${name}-${width}`);
          }
        }
      });
      expect(walk.problems).toEqual([]);
    },
  );
}
