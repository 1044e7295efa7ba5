import {
  elsewhere,
  EMAIL,
  NEW_PASSWORD,
  openFootage,
  signIn,
  test,
  WRONG_PASSWORD,
} from './account-steps.ts';
import { expect, PASSWORD, wordsOf } from './fixtures.ts';
import { Keys } from './keys.ts';
import { picturesOf, themeOf } from './walk.ts';

for (const language of ['en', 'fr'] as const) {
  const { account, asset, shell } = wordsOf(language);
  const start = new RegExp(`^${asset.download(2, '').split('2')[0] ?? ''}\\d`);

  test(
    `keyboard only, ${language}: a forgotten password, sessions elsewhere, a session that ends, no network`,
    { tag: `@${language}` },
    async ({ launch, service, shell: where }) => {
      const other = elsewhere(service);
      await other.register();
      const { page } = await launch({ language, theme: themeOf(language) }, service.url);
      const keys = new Keys(page);
      const pictures = picturesOf(page, language, where);

      await test.step('the reset begins at a download', async () => {
        await openFootage(keys, 'osprey', /212/);
        await keys.press('button', start);
        await keys.begins('heading', account.landingTitle);
        await keys.press('button', account.signIn);
        await keys.press('button', account.forgot);
        await keys.begins('textbox', account.email);
        await page.keyboard.type('desk');
        await page.keyboard.press('Enter');
        await keys.isFaulty(account.email, account.wrongEmail);
        await keys.fill(account.email, EMAIL);
        await page.keyboard.press('Enter');
        await keys.begins('textbox', account.codeLabel);
        await page.keyboard.type(await service.code());
        await expect(page.getByRole('heading', { level: 1, name: account.newTitle })).toBeVisible();
      });

      await test.step('the new password keeps the rules', async () => {
        await expect(keys.field(account.newPassword)).toBeFocused();
        await keys.check();
        for (const [password, fault] of [
          ['Password123!', 'common'],
          ['quiet-harbour7', 'no-upper'],
        ] as const) {
          await keys.fill(account.newPassword, password);
          await page.keyboard.press('Enter');
          await keys.isFaulty(account.newPassword, account.faults[fault] ?? '');
        }
        await pictures.keep('account-new-password');
        await keys.fill(account.newPassword, NEW_PASSWORD);
        await page.keyboard.press('Enter');
        await keys.begins('heading', account.updatedTitle);
        await pictures.keep('account-password-updated');
      });

      await test.step('signed in with it, back on the footage', async () => {
        await keys.press('button', account.signInNow);
        await signIn(keys, EMAIL, PASSWORD, language);
        await keys.isFaulty(account.password, account.wrongCredentials);
        await signIn(keys, EMAIL, NEW_PASSWORD, language);
        await expect(page.getByRole('heading', { level: 1, name: /212/ })).toBeVisible();
        await expect(
          page
            .getByRole('button', { name: asset.showDownload })
            .or(page.getByRole('button', { name: asset.openFolder }))
            .first(),
        ).toBeVisible();
        await keys.check();
      });

      await test.step('sessions elsewhere are ended, the password asked for first', async () => {
        for (const device of ['Spare desk', 'Old server', 'Field laptop'])
          await other.signInOn(device, NEW_PASSWORD);
        await service.advance(11 * 60);
        await keys.goToAccount();
        await keys.press('button', account.endSessionOf('Field laptop'));
        await expect(page.getByRole('dialog', { name: account.reauthTitle })).toBeVisible();
        await expect(keys.field(account.password)).toBeFocused();
        await page.keyboard.type(NEW_PASSWORD);
        await page.keyboard.press('Enter');
        await expect(page.getByText(account.sessionEndedToast('Field laptop'))).toBeVisible();
        await keys.begins('button', account.endSessionOf('Old server'));
      });

      await test.step('all others at once, the password asked for anew when it was long ago', async () => {
        await service.advance(11 * 60);
        await keys.press('button', account.endOthers);
        await expect(page.getByRole('dialog', { name: account.reauthTitle })).toBeVisible();
        await page.keyboard.type(WRONG_PASSWORD);
        await page.keyboard.press('Enter');
        await keys.isFaulty(account.password, account.wrongPassword);
        await pictures.keep('account-reauth');
        await page.keyboard.type(NEW_PASSWORD);
        await page.keyboard.press('Enter');
        await expect(page.getByText(account.othersEndedToast(2))).toBeVisible();
        await keys.begins('heading', account.sessions);
      });

      await test.step('this session is ended elsewhere', async () => {
        await keys.to('switch', account.newsletter);
        await other.endOthers('Field laptop', NEW_PASSWORD);
        // Unless the app has asked before: then it stands where nothing is pressed.
        await page.keyboard.press('Space');
        await expect(page.getByText(account.sessionEnded, { exact: true })).toBeVisible();
        await keys.begins('heading', account.landingTitle);
        await pictures.keep('account-session-ended');
        await keys.press('button', account.signIn);
        await signIn(keys, EMAIL, NEW_PASSWORD, language);
        await expect(page.getByText(account.sessionEnded, { exact: true })).toHaveCount(0);
        await keys.check();
      });

      await test.step('offline is not signed out', async () => {
        await service.close();
        await keys.goToAccount();
        await expect(page.getByText(account.sessionsOffline)).toBeVisible();
        await expect(page.getByText(EMAIL).first()).toBeVisible();
        await expect(page.getByText(shell.retryNow)).toBeVisible();
        await pictures.keep('account-offline');
        await keys.press('button', shell.retryNow);
        await keys.begins('button', shell.retryNow);
        await expect(page.getByText(EMAIL).first()).toBeVisible();
      });
      expect(pictures.problems).toEqual([]);
    },
  );
}
