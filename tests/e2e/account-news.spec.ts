import { elsewhere, EMAIL, signIn, test, WRONG_PASSWORD } from './account-steps.ts';
import { expect, PASSWORD, wordsOf } from './fixtures.ts';
import { Keys } from './keys.ts';
import { picturesOf, themeOf } from './walk.ts';

// Waits after wrong passwords are one of the limits.
test.use({ limits: 'normal' });

for (const language of ['en', 'fr'] as const) {
  const { account, common } = wordsOf(language);

  test(
    `keyboard only, ${language}: a registration of another device, a code that is used up, changed terms, notices that are told once, too many wrong passwords`,
    { tag: ['@long', `@${language}`] },
    async ({ launch, service, shell: where }) => {
      const { page } = await launch({ language, theme: themeOf(language) }, service.url);
      const keys = new Keys(page);
      const pictures = picturesOf(page, language, where);
      const other = elsewhere(service);

      await test.step('a registration begun elsewhere leads to its code; it is ended there meanwhile, so the code is of no use any more', async () => {
        const { code } = await other.begin();
        await keys.press('link', common.account);
        await keys.press('button', account.signIn);
        await signIn(keys, EMAIL, PASSWORD, language);
        await keys.begins('textbox', account.codeLabel);
        await expect(page.getByText(EMAIL)).toBeVisible();
        await other.register('2025-01');
        await page.keyboard.type(code);
        await keys.begins('button', account.startAgain);
        await expect(
          page.getByRole('alert').filter({ hasText: account.closedTitle }),
        ).toBeVisible();
        await pictures.keep('account-code-closed');
        await page.keyboard.press('Enter');
        await keys.begins('heading', account.create);
        await expect(keys.field(account.workEmail)).toHaveValue(EMAIL);
      });

      await test.step('signed in: a notice and changed terms', async () => {
        await keys.press('button', account.signIn);
        await expect(keys.field(account.password)).toBeFocused();
        await page.keyboard.type(PASSWORD);
        await page.keyboard.press('Enter');
        await expect(page.getByRole('navigation')).toBeVisible();
        await other.useKeyTwice('Field laptop', PASSWORD);
        await keys.goToAccount();
        // Whoever edits his details has what holds now read.
        await keys.press('button', account.edit);
        await keys.begins('heading', account.editTitle);
        await keys.press('button', account.cancelEdit);
        await expect(page.getByText(account.noticesTitle)).toBeVisible();
        await expect(page.getByText(account.termsDue)).toBeVisible();
        await pictures.keep('account-strips');
      });

      await test.step('the notice is closed, the terms are read, put off, and accepted', async () => {
        await keys.press('button', common.close);
        await expect(page.getByText(account.noticesTitle)).toHaveCount(0);
        await keys.check();
        await keys.press('button', account.readTerms);
        await expect(page.getByRole('dialog', { name: account.termsDue })).toBeVisible();
        await keys.check();
        await pictures.keep('account-terms');
        await page.keyboard.press('Escape');
        await keys.begins('button', account.readTerms);
        await page.keyboard.press('Enter');
        await keys.press('button', account.acceptTerms);
        await expect(page.getByText(account.termsAccepted)).toBeVisible();
        await expect(page.getByText(account.termsDue)).toHaveCount(0);
        await keys.check();
      });

      await test.step('too many wrong passwords', async () => {
        await keys.press('button', account.signOut);
        await expect(page.getByText(account.signedOutToast)).toBeVisible();
        await keys.goToAccount();
        await keys.press('button', account.signIn);
        // The wait after the tenth is 32 seconds: long enough for a machine that is busy to meet it.
        for (let tries = 1; tries <= 10; tries += 1) {
          if (tries > 5) await service.advance(60);
          await signIn(keys, EMAIL, WRONG_PASSWORD, language);
          await keys.isFaulty(account.password, account.wrongCredentials);
        }
        await keys.fill(account.password, PASSWORD);
        await page.keyboard.press('Enter');
        await expect(
          page
            .getByRole('alert')
            .filter({ hasText: account.tooManyAttempts('').split(/\d/)[0]?.slice(0, 12) ?? '' }),
        ).toBeVisible();
        await keys.check();
        await pictures.keep('sign-in-too-many');
        await service.advance(60);
        await page.keyboard.press('Enter');
        await expect(page.getByRole('navigation')).toBeVisible();
      });

      await test.step('what was told is not told again', async () => {
        await keys.goToAccount();
        await expect(page.getByRole('heading', { level: 1, name: account.profile })).toBeVisible();
        await expect(page.getByText(account.sessionsRow, { exact: true })).toBeVisible();
        await expect(page.getByText(account.noticesTitle)).toHaveCount(0);
      });
      expect(pictures.problems).toEqual([]);
    },
  );
}
