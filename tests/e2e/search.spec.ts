import type { ElectronApplication } from '@playwright/test';
import { searchLink } from '../../src/shared/model/app-link.ts';
import { expect, test, wordsOf } from './fixtures.ts';
import { savedDocuments } from './saved-documents.ts';
import { picturesOf, themeOf } from './walk.ts';

for (const language of ['en', 'fr'] as const) {
  test(
    `by keys alone a query is completed, mended, cleared of a fault and searched (${language})`,
    { tag: `@${language}` },
    async ({ launch, shell: where }) => {
      const { catalogue, query, shell } = wordsOf(language);
      const { page } = await launch({ language, theme: themeOf(language) });
      const pictures = picturesOf(page, language, where);
      await expect(page.getByRole('heading', { name: /^27 / })).toBeVisible();
      const box = page.getByRole('combobox', { name: shell.searchFootage });
      const list = page.getByRole('listbox', { name: query.suggestions });
      const country = language === 'en' ? 'country' : 'pays';
      await page.keyboard.press('/');
      await page.keyboard.type(country.slice(0, 4));
      await expect(list.getByRole('option').first()).toContainText(`${country}:`);
      await page.keyboard.press('Tab');
      // A name in the other language is found too.
      await page.keyboard.type(language === 'en' ? 'Pays' : 'Nether');
      await expect(list.getByRole('option').first()).toContainText('NL');
      await page.keyboard.press('Tab');
      await expect(box).toHaveValue(`${country}:NL `);
      await page.keyboard.type('duraton:>1 lang:');
      await expect(page.getByText(query.faults['unknown-field'])).toBeVisible();
      await expect(list.getByRole('option').first()).toBeVisible();
      await pictures.keep('search-query');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('Alt+Enter');
      await expect(box).toHaveValue(`${country}:NL duration:>1 lang:`);
      await page.keyboard.press('End');
      await page.keyboard.type('nl ');
      await page.keyboard.press('Enter');
      await expect(
        page.getByRole('grid', { name: catalogue.results }).locator('[tabindex="0"]'),
      ).toBeFocused();
      await expect(page.getByRole('checkbox', { name: /Netherlands|Pays-Bas/u })).toBeChecked();
      // The filter is part of the query.
      await page.getByRole('checkbox', { name: /Netherlands|Pays-Bas/u }).press('Space');
      await expect(box).toHaveValue('duration:>1 lang:nl');
      await page.keyboard.press('/');
      await page.keyboard.press('End');
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.type('-');
      await expect(box).toHaveValue('duration:>1 -lang:nl');
      await page.keyboard.press('Escape');
      await expect(box).not.toBeFocused();
      await box.fill('');
      await expect(list.getByText('lang:nl')).toBeVisible();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await expect(page.getByText(catalogue.nothing)).toHaveCount(0);
      expect(pictures.problems).toEqual([]);
    },
  );

  test(
    `dates, columns, all of a result, and saved searches with what is new (${language})`,
    { tag: `@${language}` },
    async ({ launch, shell: where }) => {
      const { catalogue, common, shell } = wordsOf(language);
      const { page } = await launch({ language, theme: themeOf(language) });
      const pictures = picturesOf(page, language, where);
      await expect(page.getByRole('heading', { name: /^27 / })).toBeVisible();
      const box = page.getByRole('combobox', { name: shell.searchFootage });
      const dates = page.getByRole('radiogroup', { name: catalogue.date });
      await dates.getByRole('radio', { name: catalogue.periods.week }).click();
      await expect(box).toHaveValue('date:7d');
      await dates.getByRole('radio', { name: catalogue.periods.range }).click();
      const month = page.getByRole('application').first();
      await expect(month).toBeVisible();
      await pictures.keep('search-dates');
      await page.getByRole('radio', { name: catalogue.table }).click();
      await page.getByRole('button', { name: catalogue.columns.title }).click();
      await expect(
        page.getByRole('button', {
          name: `${catalogue.columns.title}, ${catalogue.sorts['title-az']}`,
        }),
      ).toBeVisible();
      await box.fill(language === 'en' ? 'country:NL' : 'pays:NL');
      await page.keyboard.press('Enter');
      await expect(
        page.getByRole('grid', { name: catalogue.results }).locator('[tabindex="0"]'),
      ).toBeFocused();
      await page.keyboard.press('Space');
      await page.getByRole('button', { name: catalogue.selectAll('2') }).click();
      await expect(page.getByText(catalogue.selected(2))).toBeVisible();
      await page.getByRole('button', { name: catalogue.saveSearch, exact: true }).click();
      const rail = page.getByRole('region', { name: shell.savedShort });
      const saved = rail.getByRole('button').first();
      await expect(saved).toHaveAttribute('aria-current', 'page');
      await pictures.keep('search-table');
      await page.setViewportSize({ width: 640, height: 800 });
      await pictures.keep('search-640');
      await page.setViewportSize({ width: 1920, height: 1080 });
      await pictures.keep('search-1920');
      await saved.click({ button: 'right' });
      await page.getByRole('menuitem', { name: shell.renameSearch }).click();
      await page.getByRole('textbox', { name: catalogue.searchName }).fill('Dutch');
      await page.keyboard.press('Enter');
      await expect(page.getByRole('textbox', { name: catalogue.searchName })).toHaveCount(0);
      await page.getByRole('dialog').getByRole('button', { name: common.close }).click();
      await expect(rail.getByRole('button', { name: /^Dutch/u })).toBeVisible();
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.getByRole('link', { name: common.downloads }).click();
      await rail.getByRole('button', { name: /^Dutch/u }).click();
      await expect(page.getByRole('heading', { name: /^2 / })).toBeVisible();
      expect(pictures.problems).toEqual([]);
    },
  );

  test(
    `a search goes to another desk as a link and as a file (${language})`,
    { tag: ['@long', `@${language}`] },
    async ({ launch, shell: where }) => {
      const { catalogue, shell } = wordsOf(language);
      const { page, app } = await launch({ language, theme: themeOf(language) });
      await expect(page.getByRole('heading', { name: /^27 / })).toBeVisible();
      const box = page.getByRole('combobox', { name: shell.searchFootage });
      const link = searchLink({ name: 'Dutch', text: 'country:NL', sort: 'oldest' });
      await page.getByRole('link', { name: wordsOf(language).common.downloads }).click();
      // The system hands it to the program; on the station it is pasted.
      if (app) await pressed(app, link);
      else await page.getByRole('link', { name: wordsOf(language).common.catalogue }).click();
      if (where === 'station') await box.fill(link);
      await expect(box).toHaveValue('country:NL');
      await expect(page.getByRole('heading', { name: /^2 / })).toBeVisible();
      await expect(page.getByText(catalogue.shared('Dutch'))).toBeVisible();
      await page
        .getByText(catalogue.shared('Dutch'))
        .locator('..')
        .getByRole('button', { name: catalogue.saveSearch })
        .click();
      const rail = page.getByRole('region', { name: shell.savedShort });
      const saved = rail.getByRole('button', { name: /^Dutch/u });
      await expect(saved).toHaveAttribute('aria-current', 'page');
      await saved.click({ button: 'right' });
      const documents = await savedDocuments(page);
      await page.getByRole('menuitem', { name: shell.saveSearchAsFile }).click();
      await expect.poll(documents).toHaveLength(1);
      const [document = ''] = await documents();
      expect(JSON.parse(document)).toEqual({
        format: 'multimedia-desk-searches',
        version: 1,
        searches: [{ name: 'Dutch', text: 'country:NL', sort: 'oldest' }],
      });
      await saved.press('Delete');
      await expect(rail).toHaveCount(0);
      await page.getByRole('button', { name: shell.savedSearches }).click();
      const choosing = page.waitForEvent('filechooser');
      await page.getByRole('button', { name: catalogue.importSearches }).click();
      await (
        await choosing
      ).setFiles({
        name: 'searches.json',
        mimeType: 'application/json',
        buffer: Buffer.from(document),
      });
      await expect(page.getByText(catalogue.imported(1, 0))).toBeVisible();
      await page.screenshot({
        path: `test-results/search/${where}-${language}-${themeOf(language)}-saved.png`,
      });
      await page.keyboard.press('Escape');
      await expect(saved).toBeVisible();
    },
  );
}

/** As the system does when a link is pressed while the program runs. */
const pressed = (app: ElectronApplication, link: string): Promise<unknown> =>
  app.evaluate(
    (electron, url) => electron.app.emit('second-instance', {}, ['multimedia-desk', url]),
    link,
  );
