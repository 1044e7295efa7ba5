import { elsewhere, EMAIL, NEW_PASSWORD, test, WRONG_PASSWORD } from './account-steps.ts';
import { expect, PASSWORD, wordsOf } from './fixtures.ts';
import { savedDocuments } from './saved-documents.ts';
import { Keys } from './keys.ts';
import { picturesOf, themeOf } from './walk.ts';

const NEW_EMAIL = 'night@station.example';

for (const language of ['en', 'fr'] as const) {
  const { account } = wordsOf(language);

  test(
    `keyboard only, ${language}: details, password, address, export, and the account deleted`,
    { tag: `@${language}` },
    async ({ launch, service, shell: where }) => {
      await elsewhere(service).register();
      const { page } = await launch({ language, theme: themeOf(language) }, service.url);
      const keys = new Keys(page);
      const pictures = picturesOf(page, language, where);
      await expect(page.getByRole('navigation')).toBeVisible();
      await keys.goToAccount();
      await keys.press('button', account.signIn);
      await expect(keys.field(account.email)).toBeFocused();
      await page.keyboard.type(EMAIL);
      await keys.fill(account.password, PASSWORD);
      await page.keyboard.press('Enter');
      await expect(page.getByRole('navigation')).toBeVisible();
      await keys.goToAccount();

      await test.step('details', async () => {
        await keys.press('button', account.edit);
        await keys.begins('heading', account.editTitle);
        await keys.fill(account.name, ' ');
        await page.keyboard.press('Enter');
        await keys.isFaulty(account.name, account.wrongName);
        await pictures.keep('account-edit');
        await keys.fill(account.name, 'Night Desk');
        await page.keyboard.press('Enter');
        await expect(page.getByText(/^Night Desk, /)).toBeVisible();
        await keys.check();
      });

      await test.step('password: the current one is asked for, the new one keeps the rules', async () => {
        await keys.press('button', account.passwordAction);
        await expect(keys.field(account.currentPassword)).toBeFocused();
        await page.keyboard.type(WRONG_PASSWORD);
        await keys.fill(account.newPassword, PASSWORD.toLowerCase());
        await page.keyboard.press('Enter');
        await keys.isFaulty(account.newPassword, account.faults['no-upper'] ?? '');
        await keys.fill(account.newPassword, NEW_PASSWORD);
        await page.keyboard.press('Enter');
        await keys.isFaulty(account.currentPassword, account.wrongPassword);
        await pictures.keep('account-password');
        await page.keyboard.type(PASSWORD);
        await page.keyboard.press('Enter');
        await expect(page.getByText(account.passwordChangedToast)).toBeVisible();
        await keys.check();
      });

      await test.step('address: proved by a code sent there', async () => {
        await keys.press('button', account.changeEmail);
        await keys.begins('textbox', account.newEmail);
        await page.keyboard.type(EMAIL);
        await keys.fill(account.currentPassword, NEW_PASSWORD);
        await page.keyboard.press('Enter');
        await keys.isFaulty(account.newEmail, account.sameEmail);
        await pictures.keep('account-email');
        await keys.fill(account.newEmail, NEW_EMAIL);
        await page.keyboard.press('Enter');
        await keys.begins('textbox', account.codeLabel);
        await pictures.keep('account-email-code');
        await page.keyboard.type(await service.code(NEW_EMAIL));
        await expect(page.getByText(account.emailChangedToast(NEW_EMAIL))).toBeVisible();
        await expect(page.getByRole('navigation')).toBeVisible();
        await keys.check();
      });

      await test.step('export and deletion', async () => {
        const saved = await savedDocuments(page);
        await keys.press('button', account.exportAction);
        await expect.poll(saved).toHaveLength(1);
        expect(JSON.parse((await saved())[0] ?? '')).toMatchObject({
          account: { email: NEW_EMAIL, displayName: 'Night Desk' },
        });
        await keys.begins('button', account.exportAction);
        await pictures.keep('account-data');
        await keys.press('button', account.deleteAction);
        await keys.begins('heading', account.deleteTitle);
        await keys.toField(account.password);
        await page.keyboard.type(WRONG_PASSWORD);
        await page.keyboard.press('Enter');
        await keys.isFaulty(account.password, account.wrongPassword);
        await pictures.keep('account-delete');
        await page.keyboard.type(NEW_PASSWORD);
        await page.keyboard.press('Enter');
        await keys.begins('heading', account.deletedTitle);
        await pictures.keep('account-deleted');
        await keys.press('button', account.toCatalogue);
        await expect(page.getByRole('navigation')).toBeVisible();
        await keys.check();
      });
      expect(pictures.problems).toEqual([]);
    },
  );
}
