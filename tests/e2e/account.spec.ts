import { startDemo, type DemoService } from '../support/demo.ts';
import { createAccount, sendDetails } from './account-steps.ts';
import { expect, PASSWORD, test, wordsOf } from './fixtures.ts';

const { account, common, shell: frame } = wordsOf('en');
const EMAIL = 'desk@station.example';
const NEW_PASSWORD = 'Louder-Harbour8';
const hasKeyring = process.env['DESK_TEST_KEYRING'] === '1';

let service: DemoService;
test.beforeEach(async () => {
  service = await startDemo({ testControls: true });
});
test.afterEach(() => service.close());

const code = async (): Promise<string> => (await service.nextMail(EMAIL)).code ?? '';
const advance = (advanceSeconds: number): Promise<Response> =>
  fetch(`${service.url}/test/clock`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ advanceSeconds }) });

test(`an account: details, wrong code, restart, code, newsletter offer${hasKeyring ? '' : ' (without the restart: no keyring here)'}`, async ({ launch }) => {
  const first = await launch({}, service.url);
  let { page } = first;
  await page.getByRole('link', { name: common.account }).click();
  await page.getByRole('button', { name: account.create }).click();
  await page.getByLabel(account.password, { exact: true }).fill('password');
  await page.getByRole('button', { name: account.createAction }).click();
  // Every fault is named beside its field, and the first wrong field has the focus.
  await expect(page.getByText(account.wrongEmail)).toBeVisible();
  await expect(page.getByText(account.wrongTerms)).toBeVisible();
  await expect(page.getByLabel(account.workEmail)).toBeFocused();
  await page.reload();
  await page.getByRole('link', { name: common.account }).click();
  await sendDetails(page, EMAIL);
  const right = await code();
  const wrong = right === '111111' ? '222222' : '111111';
  await page.getByLabel(account.codeLabel).fill(wrong);
  await expect(page.getByText(account.wrongCode(4))).toBeVisible();

  if (hasKeyring) {
    await first.kill();
    ({ page } = await launch({}, service.url));
    await expect(page.getByText(EMAIL)).toBeVisible();
  }
  await page.getByLabel(account.codeLabel).fill(`${right.slice(0, 3)} ${right.slice(3)}`);
  await expect(page.getByRole('heading', { name: account.createdTitle })).toBeVisible();
  await page.getByRole('button', { name: account.notNow }).click();
  await expect(page.getByText(account.offerTitle)).toHaveCount(0);
});

test('a code that expired says so, and a new one works without registering again', async ({ launch }) => {
  const { page } = await launch({}, service.url);
  await page.getByRole('link', { name: common.account }).click();
  await sendDetails(page, EMAIL);
  const late = await code();
  await advance(30 * 60);
  await page.getByLabel(account.codeLabel).fill(late);
  await expect(page.getByText(account.expiredCode).or(page.getByText(account.expired)).first()).toBeVisible();
  await page.getByRole('button', { name: account.resend }).click();
  await page.getByLabel(account.codeLabel).fill(await code());
  await expect(page.getByRole('heading', { name: account.createdTitle })).toBeVisible();
});

test('a forgotten password is reset, and one comes back to the page one was on', async ({ launch }) => {
  const { page } = await launch({}, service.url);
  await page.getByRole('link', { name: common.account }).click();
  await createAccount(page, EMAIL, code);
  await page.getByRole('button', { name: frame.backTo.catalogue }).last().click();
  await page.getByRole('link', { name: common.account }).click();
  await page.getByRole('button', { name: account.signOut }).click();

  await page.getByRole('link', { name: common.catalogue }).click();
  await page.getByText('Osprey count').first().click();
  await page.getByRole('button', { name: /^Download \d+ files/ }).click();
  await page.getByRole('button', { name: account.signIn }).click();
  await page.getByLabel(account.email).fill(EMAIL);
  await page.getByLabel(account.password, { exact: true }).fill('Wrong-Harbour99');
  await page.getByRole('button', { name: account.signIn }).click();
  await expect(page.getByText(account.noMatch)).toBeVisible();
  await page.getByRole('button', { name: account.forgot }).or(page.getByRole('link', { name: account.forgot })).click();
  await page.getByLabel(account.email).fill(EMAIL);
  await page.getByRole('button', { name: account.sendCode }).click();
  await page.getByLabel(account.codeLabel).fill(await code());
  await page.getByLabel(account.newPassword, { exact: true }).fill(NEW_PASSWORD);
  await page.getByRole('button', { name: account.newAction }).click();
  await expect(page.getByRole('heading', { name: account.updatedTitle })).toBeVisible();
  await page.getByRole('button', { name: account.signInNow }).click();
  await page.getByLabel(account.password, { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: account.signIn }).click();
  await expect(page.getByText(account.noMatch)).toBeVisible();
  await page.getByLabel(account.password, { exact: true }).fill(NEW_PASSWORD);
  await page.getByRole('button', { name: account.signIn }).click();
  // Back on the footage, and the download that asked for the account is under way.
  await expect(page.getByRole('heading', { level: 1, name: /Osprey count/ })).toBeVisible();
  await expect(page.getByRole('button', { name: wordsOf('en').asset.showDownload }).or(page.getByRole('button', { name: wordsOf('en').asset.openFolder })).first()).toBeVisible();
});
