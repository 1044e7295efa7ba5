import { hasKeyring } from '../support/keyring.ts';
import {
  EMAIL,
  openFootage,
  register,
  signIn,
  test,
  typeDetails,
  WRONG_PASSWORD,
} from './account-steps.ts';
import { expect, PASSWORD, wordsOf } from './fixtures.ts';
import { Keys } from './keys.ts';
import { picturesOf, themeOf } from './walk.ts';

/** Never the right one, and another for each number: the same one again is the same try. */
const wrong = (right: string, number: number): string =>
  String((Number(right) + 1 + number) % 1_000_000).padStart(6, '0');

for (const language of ['en', 'fr'] as const) {
  const { account, asset, common, mailbox, shell } = wordsOf(language);
  const start = new RegExp(`^${asset.download(2, '').split('2')[0] ?? ''}\\d`);

  test(
    `keyboard only, ${language}: an account for a download, newsletter, signing out and in`,
    { tag: `@${language}` },
    async ({ launch }) => {
      const { page } = await launch({ language });
      const keys = new Keys(page);
      const underWay = page
        .getByRole('button', { name: asset.showDownload })
        .or(page.getByRole('button', { name: asset.openFolder }))
        .first();

      await test.step('the download asks for an account', async () => {
        await openFootage(keys, 'osprey', /212/);
        await keys.press('button', start);
        await keys.begins('heading', account.landingTitle);
        await expect(page.getByText(account.startsAfterAccount)).toBeVisible();
        await keys.press('button', account.create);
        await keys.begins('heading', account.create);
      });

      await test.step('every fault is named and belongs to its field', async () => {
        await keys.fill(account.workEmail, 'desk');
        await keys.fill(account.password, 'password');
        await page.keyboard.press('Enter');
        await keys.isFaulty(account.workEmail, account.wrongEmail);
        await keys.hasFault(account.password, account.faults['too-short'] ?? '');
        await keys.hasFault(account.name, account.wrongName);
        await keys.hasFault(account.organisation, account.wrongOrganisation);
        await expect(
          page.getByRole('button', { name: new RegExp(account.country) }),
        ).toHaveAccessibleDescription(account.wrongCountry);
        await expect(page.getByRole('checkbox')).toHaveAccessibleDescription(account.wrongTerms);
      });

      await test.step('the checklist follows what is typed, and a password can be pasted', async () => {
        const rule = (text: string, state: string) =>
          page.getByRole('list', { name: account.rulesLabel }).getByText(`${text}, ${state}`);
        await keys.fill(account.password, 'quiet-harbour');
        await expect(rule(account.rules.length, account.met)).toBeAttached();
        await expect(rule(account.rules.digit, account.notYet)).toBeAttached();
        await keys.fill(account.password, 'Password123!');
        await expect(rule(account.rules.digit, account.met)).toBeAttached();
        // Why is said by the field, after the try above.
        await expect(rule(account.rules.guess, account.notYet)).toBeAttached();
        await keys.hasFault(account.password, account.faults['common'] ?? '');
        await keys.fill(account.name, PASSWORD);
        await page.keyboard.press('ControlOrMeta+a');
        await page.keyboard.press('ControlOrMeta+x');
        await keys.toField(account.password, 'Shift+Tab');
        await page.keyboard.press('ControlOrMeta+a');
        await page.keyboard.press('ControlOrMeta+v');
        await expect(keys.field(account.password)).toHaveValue(PASSWORD);
        await expect(rule(account.rules.guess, account.met)).toBeAttached();
        await keys.press('button', account.show, 'Space');
        await expect(keys.field(account.password)).toHaveAttribute('type', 'text');
        await page.keyboard.press('Space');
        await expect(keys.field(account.password)).toHaveAttribute('type', 'password');
      });

      await test.step('the terms are read, and the focus comes back to where they were opened', async () => {
        await keys.press('button', account.agreeTerms);
        await expect(page.getByRole('dialog', { name: account.termsTitle })).toBeVisible();
        await keys.check();
        await page.keyboard.press('Escape');
        await keys.begins('button', account.agreeTerms);
      });

      await test.step('the code, pasted from the mailbox', async () => {
        await typeDetails(
          keys,
          { email: EMAIL, password: PASSWORD, name: 'Ingest Desk', organisation: 'Station' },
          language,
        );
        await keys.press('button', account.createAction);
        await keys.begins('textbox', account.codeLabel);
        await expect(page.getByText(EMAIL)).toBeVisible();
        await keys.press('button', account.openMailbox);
        await expect(page.getByRole('heading', { level: 1, name: mailbox.title })).toBeVisible();
        await keys.check();
        await keys.press('button', mailbox.copy);
        await keys.begins('button', mailbox.copied);
        await keys.press('button', account.enterCode);
        await keys.begins('textbox', account.codeLabel);
        await page.keyboard.press('ControlOrMeta+v');
        await keys.begins('heading', account.createdTitle);
      });

      await test.step('the newsletter, and back to the footage: its download has started', async () => {
        await keys.press('button', account.subscribe);
        await expect(page.getByText(account.subscribed)).toBeVisible();
        await keys.begins('button', shell.backTo.asset);
        await page.keyboard.press('Enter');
        await expect(underWay).toBeVisible();
        await keys.check();
      });

      await test.step('newsletter off and on, signed out', async () => {
        await keys.goToAccount();
        const newsletter = page.getByRole('switch', { name: account.newsletter });
        await expect(newsletter).toBeChecked();
        const ended = account.newsletterEnded('|').split('|')[0] ?? '';
        const since = account.newsletterSince('|').split('|')[0] ?? '';
        await keys.press('switch', account.newsletter, 'Space');
        await expect(page.getByText(account.off, { exact: true })).toBeVisible();
        await expect(page.getByText(ended)).toBeVisible();
        await keys.begins('switch', account.newsletter);
        // Off and on again before the service has answered.
        await page.keyboard.press('Space');
        await page.keyboard.press('Space');
        await page.keyboard.press('Space');
        await expect(newsletter).toBeChecked();
        await expect(page.getByText(since)).toBeVisible();
        await keys.begins('switch', account.newsletter);
        await keys.to('button', account.signOut, 'Shift+Tab');
        await page.keyboard.press('Enter');
        await expect(page.getByText(account.signedOutToast)).toBeVisible();
        await expect(page.getByRole('heading', { level: 1, name: /212/ })).toBeVisible();
        await keys.check();
      });

      await test.step('signed in: first with the wrong password, then with the right one', async () => {
        await keys.goToAccount();
        await keys.begins('heading', account.landingTitle);
        await keys.press('button', account.signIn);
        await expect(page.getByRole('heading', { level: 1, name: account.signIn })).toBeVisible();
        await signIn(keys, EMAIL, WRONG_PASSWORD, language);
        await keys.isFaulty(account.password, account.wrongCredentials);
        await expect(
          page.getByRole('alert').filter({ hasText: account.wrongCredentials }),
        ).toBeAttached();
        await keys.fill(account.password, PASSWORD);
        await page.keyboard.press('Enter');
        await expect(underWay).toBeVisible();
        await keys.check();
      });
    },
  );

  test(
    `keyboard only, ${language}: a wrong code, an expired one, one tried too often, a new one${hasKeyring ? ', the app killed in between' : ' (without the restart: no keyring here)'}`,
    { tag: `@${language}` },
    async ({ launch, service, shell: where }) => {
      const first = await launch({ language, theme: themeOf(language) }, service.url);
      let { page } = first;
      const before = picturesOf(page, language, where);
      let keys = new Keys(page);
      const said = (text: string) => page.getByRole('alert').filter({ hasText: text });

      await keys.press('link', common.account);
      await register(keys, EMAIL, language);
      const late = await service.code();
      await service.advance(130);
      await page.keyboard.type(wrong(late, 0));
      await expect(said(account.wrongCode(4))).toBeVisible();
      await expect(page.getByText(account.mailDelayed)).toBeVisible();
      await before.keep('account-code-wrong');
      await keys.isFaulty(account.codeLabel, account.wrongCode(4));
      await expect(keys.field(account.codeLabel)).toHaveValue('');

      await service.advance(30 * 60);
      await page.keyboard.type(late);
      await expect(said(account.expiredCode)).toBeVisible();
      await keys.isFaulty(account.codeLabel, account.expiredCode);
      await before.keep('account-code-expired');
      await keys.press('button', account.resend);
      await expect(page.getByText(account.resent)).toBeVisible();
      await keys.begins('textbox', account.codeLabel);
      expect(before.problems).toEqual([]);

      if (hasKeyring) {
        await first.kill();
        ({ page } = await launch({}, service.url));
        keys = new Keys(page);
        await keys.begins('textbox', account.codeLabel);
        await expect(page.getByText(EMAIL)).toBeVisible();
      }
      const pictures = picturesOf(page, language, where);
      const voided = await service.code();
      for (const left of [4, 3, 2, 1, 0]) {
        if (left === 0) await service.advance(61);
        await page.keyboard.type(wrong(voided, left));
        await expect(said(account.wrongCode(left))).toBeVisible();
      }
      await page.keyboard.type(voided);
      await expect(keys.field(account.codeLabel)).toHaveValue('');
      await expect(said(account.wrongCode(0))).toBeVisible();
      await pictures.keep('account-code-tries');
      await keys.press('button', account.resend);
      await expect(page.getByText(account.resent)).toBeVisible();
      await keys.begins('textbox', account.codeLabel);
      const right = await service.code();
      const slip = right[3] === '0' ? '1' : '0';
      await page.keyboard.type(`${right.slice(0, 3)}${slip}`);
      await page.keyboard.press('Backspace');
      await page.keyboard.type(right.slice(3));
      await keys.begins('heading', account.createdTitle);
      await keys.press('button', account.notNow);
      await expect(page.getByText(account.offerTitle)).toHaveCount(0);
      await keys.begins('button', shell.backTo.catalogue);
      await page.keyboard.press('Enter');
      await expect(page.getByRole('heading', { level: 1 }).first()).toBeAttached();
      await keys.check();
      expect(pictures.problems).toEqual([]);
    },
  );
}
