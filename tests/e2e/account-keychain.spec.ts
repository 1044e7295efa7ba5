import { elsewhere, EMAIL, keptIn, signIn, test } from './account-steps.ts';
import { expect, PASSWORD, wordsOf } from './fixtures.ts';
import { hasKeyring, whyNoKeyring } from '../support/keyring.ts';
import { Keys } from './keys.ts';
import { picturesOf, themeOf } from './walk.ts';

/** Where a program finds no keychain: no session bus, and no way to start one. */
const NO_KEYCHAIN = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent', DISPLAY: undefined };

for (const language of ['en', 'fr'] as const) {
  const { account, common, shell } = wordsOf(language);

  (hasKeyring ? test : test.skip)(
    `keyboard only, ${language}: a keychain that is locked and opened, unreadable, absent${whyNoKeyring}`,
    { tag: `@${language}` },
    async ({ launch, service, folder, keyring, shell: where }) => {
      await elsewhere(service).register();
      const kept = keptIn(folder, service);
      await kept.signIn();

      await test.step('locked: nothing is lost; opened and looked at again, one is signed in', async () => {
        keyring?.lock();
        const { page, close } = await launch({ language, theme: themeOf(language) }, service.url);
        const keys = new Keys(page);
        const pictures = picturesOf(page, language, where);
        const dialog = page.getByRole('dialog', { name: shell.keychainTitle });
        await expect(page.getByText(shell.keychainLocked)).toBeVisible();
        await keys.press('button', shell.checkKeychain);
        await expect(dialog).toBeVisible();
        await keys.begins('button', shell.checkKeychain);
        await pictures.keep('keychain-locked');
        await page.keyboard.press('Escape');
        await keys.begins('button', shell.checkKeychain);
        await keys.goToAccount();
        await expect(page.getByText(account.keychain.locked[0] ?? '')).toBeVisible();
        await pictures.keep('account-landing-locked');
        await keys.press('button', account.checkAgain);
        await expect(dialog).toBeVisible();
        keyring?.unlock();
        await page.keyboard.press('Enter');
        await expect(page.getByText(account.keychainOpenFor(EMAIL))).toBeVisible();
        await expect(page.getByText(shell.keychainLocked)).toHaveCount(0);
        await expect(page.getByRole('navigation')).toBeVisible();
        await keys.check();
        await keys.goToAccount();
        await expect(page.getByRole('heading', { level: 1, name: account.profile })).toBeVisible();
        expect(pictures.problems).toEqual([]);
        await close();
      });

      await test.step('unreadable: said, and signing in writes a new entry', async () => {
        await kept.damage();
        const { page, close } = await launch({}, service.url);
        const keys = new Keys(page);
        const pictures = picturesOf(page, language, where);
        await expect(page.getByText(shell.keychainUnreadableText)).toBeVisible();
        await pictures.keep('keychain-unreadable');
        await keys.press('button', shell.signIn);
        await expect(page.getByText(account.keychain.unreadable[0] ?? '')).toBeVisible();
        await signIn(keys, EMAIL, PASSWORD, language);
        await expect(page.getByRole('navigation')).toBeVisible();
        await expect(page.getByText(shell.keychainUnreadable)).toHaveCount(0);
        expect(await kept.read()).toContain(EMAIL);
        await keys.check();
        expect(pictures.problems).toEqual([]);
        await close();
      });

      await test.step('absent: one signs in for this run, which is said once', async () => {
        const { page } = await launch({}, service.url, NO_KEYCHAIN);
        const keys = new Keys(page);
        const pictures = picturesOf(page, language, where);
        await expect(page.getByRole('navigation')).toBeVisible();
        await keys.goToAccount();
        await expect(page.getByText(account.keychain.absent[0] ?? '')).toBeVisible();
        await keys.press('button', account.signIn);
        await signIn(keys, EMAIL, PASSWORD, language);
        await expect(
          page.getByText(
            where === 'station' ? shell.keychainAbsentStation : shell.keychainAbsentText,
          ),
        ).toBeVisible();
        await pictures.keep('keychain-absent');
        await keys.press('button', common.close);
        await expect(page.getByText(shell.keychainAbsent)).toHaveCount(0);
        await keys.check();
        expect(pictures.problems).toEqual([]);
      });
    },
  );
}
