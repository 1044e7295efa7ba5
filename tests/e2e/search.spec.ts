import { expect, test, wordsOf } from './fixtures.ts';
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
      const rows = page.getByRole('row');
      await expect(rows.first()).toBeFocused();
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
}
