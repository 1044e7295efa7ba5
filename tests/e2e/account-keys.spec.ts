import { startDemo, type DemoService } from '../support/demo.ts';
import { elsewhere, openFootage, register, signIn, typeDetails } from './account-steps.ts';
import { expect, PASSWORD, test, wordsOf } from './fixtures.ts';
import { hasKeyring } from '../support/keyring.ts';
import { Keys } from './keys.ts';

const EMAIL = 'desk@station.example';
const NEW_EMAIL = 'night@station.example';
const NEW_PASSWORD = 'Louder-Harbour8';
const WRONG_PASSWORD = 'Wrong-Harbour99';

let service: DemoService;
test.beforeEach(async () => {
  service = await startDemo({ testControls: true, limits: 'relaxed' });
});
test.afterEach(() => service.close());

const code = async (): Promise<string> => (await service.nextMail(EMAIL)).code ?? '';
const advance = (advanceSeconds: number): Promise<Response> =>
  fetch(`${service.url}/test/clock`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ advanceSeconds }) });

for (const language of ['en', 'fr'] as const) {
  const { account, asset, common, mailbox, shell } = wordsOf(language);
  const start = new RegExp(`^${asset.download(2, '').split('2')[0] ?? ''}\\d`);

  test(`keys alone, ${language}: an account for a download, newsletter, signing out and in`, async ({ launch }) => {
    const { page } = await launch({ language });
    const keys = new Keys(page);
    const underWay = page.getByRole('button', { name: asset.showDownload }).or(page.getByRole('button', { name: asset.openFolder })).first();

    await test.step('the download asks for an account', async () => {
      await openFootage(keys, 'osprey', /212/);
      await keys.press('button', start);
      await keys.begins('heading', account.landingTitle);
      await expect(page.getByText(account.wantedCode)).toBeVisible();
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
      await expect(page.getByRole('button', { name: new RegExp(account.country) })).toHaveAccessibleDescription(account.wrongCountry);
      await expect(page.getByRole('checkbox')).toHaveAccessibleDescription(account.wrongTerms);
    });

    await test.step('the checklist follows what is typed, and a password can be pasted', async () => {
      const rule = (text: string, state: string) => page.getByRole('list', { name: account.rulesLabel }).getByText(`${text}, ${state}`);
      await keys.fill(account.password, 'quiet-harbour');
      await expect(rule(account.rules.length, account.met)).toBeAttached();
      await expect(rule(account.rules.digit, account.notYet)).toBeAttached();
      await keys.fill(account.password, 'Password123!');
      await expect(rule(account.rules.digit, account.met)).toBeAttached();
      await expect(rule(account.rules.common, account.notYet)).toBeAttached();
      await keys.hasFault(account.password, account.faults['common'] ?? '');
      await keys.fill(account.name, PASSWORD);
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.press('ControlOrMeta+x');
      await keys.toField(account.password, 'Shift+Tab');
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.press('ControlOrMeta+v');
      await expect(keys.field(account.password)).toHaveValue(PASSWORD);
      await expect(rule(account.rules.common, account.met)).toBeAttached();
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
      await typeDetails(keys, { email: EMAIL, password: PASSWORD, name: 'Ingest Desk', organisation: 'Station' }, language);
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
      await keys.press('switch', account.newsletter, 'Space');
      await expect(page.getByText(account.off, { exact: true })).toBeVisible();
      await keys.begins('switch', account.newsletter);
      await page.keyboard.press('Space');
      await expect(newsletter).toBeChecked();
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
      await keys.isFaulty(account.password, account.noMatch);
      await expect(page.getByRole('alert').filter({ hasText: account.noMatch })).toBeAttached();
      await keys.fill(account.password, PASSWORD);
      await page.keyboard.press('Enter');
      await expect(underWay).toBeVisible();
      await keys.check();
    });
  });

  test(`keys alone, ${language}: a wrong code, an expired one, a new one${hasKeyring ? ', the app killed in between' : ' (without the restart: no keyring here)'}`, async ({ launch }) => {
    const first = await launch({ language }, service.url);
    let { page } = first;
    let keys = new Keys(page);
    const said = (text: string) => page.getByRole('alert').filter({ hasText: text });

    await keys.press('link', common.account);
    await register(keys, EMAIL, language);
    const late = await code();
    await page.keyboard.type(late === '111111' ? '222222' : '111111');
    await expect(said(account.wrongCode(4))).toBeVisible();
    await keys.isFaulty(account.codeLabel, account.wrongCode(4));
    await expect(keys.field(account.codeLabel)).toHaveValue('');

    await advance(30 * 60);
    await page.keyboard.type(late);
    await expect(said(account.expiredCode)).toBeVisible();
    await keys.isFaulty(account.codeLabel, account.expiredCode);
    await keys.press('button', account.resend);
    await expect(page.getByText(account.resent)).toBeVisible();
    await keys.begins('textbox', account.codeLabel);

    if (hasKeyring) {
      await first.kill();
      ({ page } = await launch({}, service.url));
      keys = new Keys(page);
      await keys.begins('textbox', account.codeLabel);
      await expect(page.getByText(EMAIL)).toBeVisible();
    }
    const right = await code();
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
  });

  test(`keys alone, ${language}: a forgotten password, sessions elsewhere, a session that ends, no network`, async ({ launch }) => {
    const other = elsewhere(service, EMAIL);
    await other.register();
    const { page } = await launch({ language }, service.url);
    const keys = new Keys(page);

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
      await page.keyboard.type(await code());
      await expect(page.getByRole('heading', { level: 1, name: account.newTitle })).toBeVisible();
    });

    await test.step('the new password keeps the rules', async () => {
      await expect(keys.field(account.newPassword)).toBeFocused();
      await keys.check();
      for (const [password, fault] of [['Password123!', 'common'], ['quiet-harbour7', 'no-upper']] as const) {
        await keys.fill(account.newPassword, password);
        await page.keyboard.press('Enter');
        await keys.isFaulty(account.newPassword, account.faults[fault] ?? '');
      }
      await keys.fill(account.newPassword, NEW_PASSWORD);
      await page.keyboard.press('Enter');
      await keys.begins('heading', account.updatedTitle);
    });

    await test.step('signed in with it, back on the footage', async () => {
      await keys.press('button', account.signInNow);
      await signIn(keys, EMAIL, PASSWORD, language);
      await keys.isFaulty(account.password, account.noMatch);
      await signIn(keys, EMAIL, NEW_PASSWORD, language);
      await expect(page.getByRole('heading', { level: 1, name: /212/ })).toBeVisible();
      await expect(page.getByRole('button', { name: asset.showDownload }).or(page.getByRole('button', { name: asset.openFolder })).first()).toBeVisible();
      await keys.check();
    });

    await test.step('sessions elsewhere are ended, the password asked for first', async () => {
      for (const device of ['Field laptop', 'Old server']) await other.signInOn(device, NEW_PASSWORD);
      await advance(11 * 60);
      await keys.goToAccount();
      await keys.press('button', account.endSessionOf('Field laptop'));
      await expect(page.getByRole('dialog', { name: account.reauthTitle })).toBeVisible();
      await expect(keys.field(account.password)).toBeFocused();
      await page.keyboard.type(WRONG_PASSWORD);
      await page.keyboard.press('Enter');
      await keys.isFaulty(account.password, account.wrongPassword);
      await page.keyboard.type(NEW_PASSWORD);
      await page.keyboard.press('Enter');
      await expect(page.getByText(account.sessionEndedToast('Field laptop'))).toBeVisible();
      await keys.check();
      await keys.press('button', account.endSessionOf('Old server'));
      await expect(page.getByText(account.sessionEndedToast('Old server'))).toBeVisible();
      await keys.check();
    });

    await test.step('this session is ended elsewhere', async () => {
      await other.endOthers('Field laptop', NEW_PASSWORD);
      await keys.press('switch', account.newsletter, 'Space');
      await expect(page.getByText(account.sessionEnded, { exact: true })).toBeVisible();
      await keys.begins('heading', account.landingTitle);
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
      await expect(page.getByText(shell.tryNow)).toBeVisible();
      await keys.press('button', shell.tryNow);
      await keys.begins('button', shell.tryNow);
      await expect(page.getByText(EMAIL).first()).toBeVisible();
    });
  });

  test(`keys alone, ${language}: details, password, address, export, and the account deleted`, async ({ launch }) => {
    await elsewhere(service, EMAIL).register();
    const { page } = await launch({ language }, service.url);
    const keys = new Keys(page);
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
      await keys.fill(account.newEmail, NEW_EMAIL);
      await page.keyboard.press('Enter');
      await keys.begins('textbox', account.codeLabel);
      await page.keyboard.type((await service.nextMail(NEW_EMAIL)).code ?? '');
      await expect(page.getByText(account.emailChangedToast(NEW_EMAIL))).toBeVisible();
      await expect(page.getByRole('navigation')).toBeVisible();
      await keys.check();
    });

    await test.step('export and deletion', async () => {
      await keys.press('button', account.exportAction);
      await keys.begins('button', account.exportAction);
      await keys.press('button', account.deleteAction);
      await keys.begins('heading', account.deleteTitle);
      await keys.toField(account.password);
      await page.keyboard.type(WRONG_PASSWORD);
      await page.keyboard.press('Enter');
      await keys.isFaulty(account.password, account.wrongPassword);
      await page.keyboard.type(NEW_PASSWORD);
      await page.keyboard.press('Enter');
      await keys.begins('heading', account.deletedTitle);
      await keys.press('button', account.toCatalogue);
      await expect(page.getByRole('navigation')).toBeVisible();
      await keys.check();
    });
  });
}
