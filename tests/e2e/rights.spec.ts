import type { ElectronApplication, Page } from '@playwright/test';
import { nativeTexts } from '../../src/main/electron/texts.ts';
import { expect, PASSWORD, usesDouble, wordsOf } from './fixtures.ts';
import { elsewhere, EMAIL, signIn, test, type AccountService } from './account-steps.ts';
import { Keys } from './keys.ts';
import { command, downloadPreview, go, openAsset, palette, poll } from './palette-steps.ts';

const OTTERS = 'ast_aur261136';
const TITLE = /^(Otters are back|Les loutres de retour)/;
const NAME = /Otters are back|Les loutres de retour/;
const BESIDE = /^(River wardens|Gardes-rivière)/;
const ARTICLE = /^(The otters came back|Les loutres sont revenues)/;
const LIGHTS = /^(Harbour dims|Le port éteint)/;

async function edit(service: AccountService, act: 'hold' | 'lift' | 'withdraw'): Promise<void> {
  const { status } = await fetch(`${service.url}/test/assets/${OTTERS}/${act}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(act === 'lift' ? {} : { reason: { en: 'A shot is being checked' } }),
  });
  expect(status).toBe(200);
}
type Words = ReturnType<typeof wordsOf>;
const searches = (page: Page, { shell }: Words) =>
  page.getByRole('dialog', { name: shell.savedSearches });

async function saveSearch(page: Page, words: Words, text: string): Promise<void> {
  const { catalogue, shell } = words;
  await page.getByRole('combobox', { name: shell.searchFootage }).fill(text);
  await expect(page.getByText(catalogue.forText(text))).toBeVisible();
  await page.getByRole('button', { name: shell.savedSearches }).click();
  const dialog = searches(page, words);
  await dialog.getByRole('button', { name: catalogue.empty.save }).click();
  await expect(dialog.getByRole('button', { name: text, exact: true })).toBeVisible();
  await page.keyboard.press('Escape');
}
async function openSaved(page: Page, words: Words, name: string): Promise<void> {
  await page.getByRole('button', { name: words.shell.savedSearches }).click();
  const dialog = searches(page, words);
  await dialog.getByRole('button', { name, exact: true }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText(words.catalogue.forText(name))).toBeVisible();
}
/** What the tray says when the pointer rests on it. */
const toolTip = (app: ElectronApplication): Promise<string> =>
  app.evaluate((electron) => {
    const { calls } = (electron as unknown as { double: { calls: [string, ...unknown[]][] } })
      .double;
    return String(calls.findLast(([name]) => name === 'tray.setToolTip')?.[1]);
  });

for (const [language, theme] of [
  ['en', 'dark'],
  ['fr', 'light'],
] as const) {
  test(
    `a live withdrawal is seen in every place, ${language}, ${theme}`,
    { tag: `@${language}` },
    async ({ launch, service, shell }) => {
      test.setTimeout(180_000);
      const words = wordsOf(language);
      await elsewhere(service).register();
      const { page, app } = await launch({ language, theme }, service.url);
      const shot = (name: string) =>
        page.screenshot({ path: `test-results/rights/${shell}-${language}-${theme}-${name}.png` });
      await command(page, words.shell.palette.signIn);
      await signIn(new Keys(page), EMAIL, PASSWORD, language);
      await openAsset(page, language === 'en' ? 'otters are back' : 'loutres de retour', TITLE);
      await downloadPreview(page);
      await expect(page.getByText(words.asset.downloaded)).toBeVisible();
      const head = page
        .getByRole('banner')
        .or(page.locator('header'))
        .filter({ has: page.getByRole('heading', { level: 1, name: TITLE }) });

      await go(page, words.common.catalogue);
      await saveSearch(page, words, language === 'en' ? 'otters' : 'loutres');
      await openAsset(page, language === 'en' ? 'otters are back' : 'loutres de retour', TITLE);
      for (const [act, badge, row] of [
        ['hold', words.badges['on-hold'], words.recalls.onHold],
        ['withdraw', words.badges.withdrawn, words.recalls.withdrawn],
      ] as const) {
        await edit(service, act);
        await poll(page, words);
        // The page itself, with the copy that is here.
        await expect(head.getByText(badge, { exact: true })).toBeVisible();
        await expect(head.getByText(words.badges.here, { exact: true })).toBeVisible();
        await expect(page.getByRole('button', { name: words.asset.openFolder })).toBeVisible();
        await expect(page.getByRole('button', { name: /^(Download|Télécharger) \d+/ })).toHaveCount(
          0,
        );
        await shot(`asset-${act}`);
        // Its card, and the palette, which does not offer to queue it.
        await go(page, words.common.catalogue);
        await expect(
          page
            .getByRole('gridcell')
            .filter({ hasText: NAME })
            .first()
            .getByText(badge, { exact: true }),
        ).toBeVisible();
        await shot(`cards-${act}`);
        // A saved search, in both views.
        await openSaved(page, words, language === 'en' ? 'otters' : 'loutres');
        for (const view of [words.catalogue.table, words.catalogue.grid]) {
          await page.getByRole('radio', { name: view }).click();
          await expect(page.getByRole('radio', { name: view })).toBeChecked();
          await expect(
            page
              .getByRole('gridcell')
              .or(page.getByRole('row'))
              .filter({ hasText: NAME })
              .first()
              .getByText(badge, { exact: true }),
          ).toBeVisible();
          await shot(`saved-${view}-${act}`);
        }
        await palette(page, language === 'en' ? 'otters are back' : 'loutres de retour');
        const found = page.getByRole('option', { name: TITLE }).first();
        await expect(found.getByText(badge, { exact: true })).toBeVisible();
        await expect(page.getByRole('option', { name: /^(Queue|Mettre en file) / })).toHaveCount(0);
        await shot(`palette-${act}`);
        await page.keyboard.press('Escape');
        await page.keyboard.press('Escape');
        // Where it is related, the article beside it, and its row.
        await openAsset(page, language === 'en' ? 'river wardens' : 'gardes-rivière', BESIDE);
        await page.getByRole('tab', { name: words.asset.tabs.related }).click();
        await expect(
          page
            .getByRole('tabpanel')
            .getByRole('button', { name: NAME })
            .getByText(badge, { exact: true }),
        ).toBeVisible();
        await shot(`related-${act}`);
        await palette(page, language === 'en' ? 'otters came back' : 'loutres sont revenues');
        const article = page.getByRole('option', { name: ARTICLE }).first();
        // What is found beside it may move it from under the pointer.
        await expect(async () => {
          await article.click();
          await expect(article).toBeHidden({ timeout: 2_000 });
        }).toPass();
        const card = page.frameLocator('iframe').locator('aside').filter({ hasText: NAME });
        await expect(card.getByText(badge, { exact: true })).toBeVisible();
        await card.scrollIntoViewIfNeeded();
        await shot(`article-${act}`);
        await go(page, words.common.downloads);
        // With the time, which the service gives.
        const said = row('|')
          .split('|')
          .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/gu, '\\$&'));
        await expect(page.getByText(new RegExp(`^${said.join('.*')}$`)).first()).toBeVisible();
        await expect(page.getByText(words.transfers.readyShort, { exact: true })).toHaveCount(0);
        await shot(`downloads-${act}`);
        if (app && usesDouble)
          expect(await toolTip(app)).toContain(nativeTexts[language].recalls(1));
        await openAsset(page, language === 'en' ? 'otters are back' : 'loutres de retour', TITLE);
        if (act === 'withdraw') continue;
        await edit(service, 'lift');
        await poll(page, words);
        await page.getByText(/^(Preview and rights sheet|Aperçu et fiche de droits)$/).click();
        await expect(page.getByText(words.asset.downloaded)).toBeVisible();
        await shot('asset-lifted-and-here');
      }

      // Off the list it is still here, with its evidence.
      await go(page, words.common.downloads);
      await page.getByRole('button', { name: TITLE }).first().focus();
      await page.keyboard.press('Delete');
      await expect(page.getByText(words.transfers.emptyTitle)).toBeVisible();
      await openAsset(page, language === 'en' ? 'otters are back' : 'loutres de retour', TITLE);
      await expect(head.getByText(words.badges.here, { exact: true })).toBeVisible();
      // A window asks where to, in a dialog of the system's.
      if (shell === 'station') {
        const [evidence] = await Promise.all([
          page.waitForEvent('download'),
          page.getByRole('button', { name: words.asset.report }).click(),
        ]);
        expect(evidence.suggestedFilename()).toMatch(/\.html$/);
      }
      await shot('asset-removed-and-here');
    },
  );
}

test(
  'an embargo is confirmed with its time, on the page and from the cards',
  { tag: '@long' },
  async ({ launch, service, shell }) => {
    const words = wordsOf('en');
    const { page } = await launch({ language: 'en', theme: 'dark' }, service.url);
    const shot = (name: string) =>
      page.screenshot({ path: `test-results/rights/${shell}-embargo-${name}.png` });
    await command(page, words.shell.palette.signIn);
    await signIn(new Keys(page), service.demoAccount.email, service.demoAccount.password, 'en');
    await poll(page, words);
    await openAsset(page, 'harbour dims', LIGHTS);
    await expect(page.getByText(words.asset.confirmBoth)).toBeVisible();
    await shot('page');
    await downloadPreview(page);
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByText(/^Embargo, lifts .*\d\d:\d\d/)).toBeVisible();
    await shot('dialog');
    await dialog.getByRole('button', { name: words.common.cancel }).click();
    await go(page, words.common.catalogue);
    await page.getByRole('gridcell').filter({ hasText: 'Harbour dims' }).first().focus();
    await page.keyboard.press('Space');
    await expect(page.getByText(words.catalogue.bothNote(1))).toBeVisible();
    await shot('selection');
    await page.keyboard.press('ControlOrMeta+Enter');
    await expect(dialog.getByText(/^Embargo, lifts .*\d\d:\d\d/)).toBeVisible();
    await dialog.getByRole('button', { name: words.common.cancel }).click();
    await go(page, words.common.downloads);
    await expect(page.getByText(words.transfers.emptyTitle)).toBeVisible();
  },
);
