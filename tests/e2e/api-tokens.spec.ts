import { expect, test, wordsOf } from './fixtures.ts';
import { Walk } from './walk.ts';

for (const language of ['en', 'fr'] as const)
  test(
    `a system of the newsroom is given access, and it is taken away again, ${language}`,
    { tag: ['@station', `@${language}`] },
    async ({ launch }) => {
      const { apiTokens: words, settings, common } = wordsOf(language);
      const { page } = await launch({ language, theme: language === 'en' ? 'light' : 'dark' });
      const walk = new Walk(page, `test-results/api-tokens/${language}`);
      const { origin } = new URL(page.url());
      const statusWith = async (token: string): Promise<number> =>
        (await fetch(`${origin}/api/v1/status`, { headers: { authorization: `Bearer ${token}` } }))
          .status;
      let token = '';

      await test.step('it is named, and may do what is chosen', async () => {
        await page.getByRole('link', { name: new RegExp(`^${common.settings}`) }).click();
        await page.getByRole('link', { name: settings.sections.station, exact: true }).click();
        await expect(page.getByText(words.none)).toBeVisible();
        await page.getByRole('button', { name: words.add, exact: true }).click();
        await page.getByLabel(words.name).fill('Avid MAM');
        // By the keyboard, as all of it can be.
        await page
          .getByRole('checkbox', { name: words.scopeNames['downloads:confirm'] })
          .press('Space');
        await page.getByRole('button', { name: words.endChoices.never }).click();
        await page.getByRole('option', { name: words.endChoices.quarter }).click();
        await walk.keep('add');
        await page
          .getByRole('dialog')
          .getByRole('button', { name: words.give, exact: true })
          .click();
      });

      await test.step('its token is shown once, and works', async () => {
        const field = page.getByLabel(words.token, { exact: true });
        await expect(field).toHaveValue(/^mmd_[\w-]{43}$/u);
        token = await field.inputValue();
        await walk.keep('made');
        expect(await statusWith(token)).toBe(200);
        await page.keyboard.press('Tab');
        await page.getByRole('button', { name: common.done, exact: true }).press('Enter');
        await expect(page.getByRole('dialog')).toHaveCount(0);
        expect(await page.content()).not.toContain(token);
        const row = page.getByRole('list', { name: words.list }).getByRole('listitem');
        await expect(row).toContainText('Avid MAM');
        await expect(row).toContainText(words.scopeNames['downloads:confirm'].slice(1));
        await row.scrollIntoViewIfNeeded();
        await walk.keep('list');
      });

      await test.step('it fits a narrow window', async () => {
        await page.setViewportSize({ width: 640, height: 800 });
        const row = page.getByRole('list', { name: words.list }).getByRole('listitem');
        await row.scrollIntoViewIfNeeded();
        await walk.keep('narrow');
        await page.getByRole('button', { name: words.add, exact: true }).click();
        await walk.keep('narrow-add');
        await page.getByRole('button', { name: common.cancel, exact: true }).click();
      });

      await test.step('it is revoked, and the next request is refused', async () => {
        await page.getByRole('button', { name: words.revokeOf('Avid MAM') }).click();
        await walk.keep('revoke');
        await page
          .getByRole('alertdialog')
          .getByRole('button', { name: words.revoke, exact: true })
          .click();
        await expect(page.getByText(words.none)).toBeVisible();
        expect(await statusWith(token)).toBe(401);
      });
      expect(walk.problems).toEqual([]);
    },
  );
