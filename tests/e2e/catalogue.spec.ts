import { expect, test, wordsOf } from './fixtures.ts';
import { picturesOf, themeOf } from './walk.ts';

const words = wordsOf('en');

test('the catalogue fills itself and is searched as one types', async ({ launch }) => {
  const { page } = await launch();
  await expect(page.getByRole('link', { name: words.common.catalogue })).toHaveAttribute(
    'aria-current',
    'page',
  );
  await expect(page.getByRole('heading', { name: /^27 / })).toBeVisible();
  await page.keyboard.press('/');
  await page.keyboard.type('osprey');
  await expect(page.getByText('Osprey count', { exact: false }).first()).toBeVisible();
  await expect(page.getByText('Glacier lake survey', { exact: false })).toHaveCount(0);
});

for (const language of ['en', 'fr'] as const) {
  test(
    `a search is saved, renamed, opened and deleted in a window of any width, and is there after the end of the program (${language})`,
    { tag: `@${language}` },
    async ({ launch, shell: where }) => {
      const { catalogue, common, settings, shell } = wordsOf(language);
      const first = await launch({ language, theme: themeOf(language) });
      for (const [width, height, name] of [
        [1280, 800, 'osprey'],
        [640, 800, 'glacier'],
      ] as const) {
        const { page } = first;
        await page.setViewportSize({ width, height });
        await page.getByRole('combobox', { name: shell.searchFootage }).fill(name);
        await expect(page.getByText(catalogue.forText(name))).toBeVisible();
        await page.getByRole('button', { name: shell.savedSearches }).click();
        const dialog = page.getByRole('dialog', { name: shell.savedSearches });
        await dialog.getByRole('button', { name: catalogue.empty.save }).click();
        await expect(dialog.getByRole('button', { name, exact: true })).toBeVisible();
        await page.keyboard.press('Escape');
      }
      await first.kill();

      const { page } = await launch();
      const pictures = picturesOf(page, language, where);
      await expect(page.getByRole('heading', { name: /^27 / })).toBeVisible();
      await page.getByRole('button', { name: shell.savedSearches }).click();
      const dialog = page.getByRole('dialog', { name: shell.savedSearches });
      await dialog.getByRole('button', { name: catalogue.renameSearch('osprey') }).click();
      await dialog.getByRole('textbox', { name: catalogue.searchName }).fill('Birds of prey');
      await pictures.keep('catalogue-saved-rename');
      await dialog.getByRole('button', { name: settings.save, exact: true }).click();
      await expect(
        dialog.getByRole('button', { name: 'Birds of prey', exact: true }),
      ).toBeVisible();
      await dialog.getByRole('button', { name: shell.forgetSearch('glacier') }).click();
      await expect(dialog.getByRole('button', { name: 'glacier', exact: true })).toHaveCount(0);
      await pictures.keep('catalogue-saved');
      await page.getByRole('button', { name: common.undo }).click();
      await expect(dialog.getByRole('button', { name: 'glacier', exact: true })).toBeVisible();
      await dialog.getByRole('button', { name: 'Birds of prey', exact: true }).click();
      await expect(dialog).toHaveCount(0);
      await expect(page.getByText(catalogue.forText('osprey'))).toBeVisible();
      expect(pictures.problems).toEqual([]);
    },
  );
}

test('what is marked is marked with buttons too, and a download that waits for an account is there after the end of the program', async ({
  launch,
  shell: where,
}) => {
  const { account, asset } = words;
  const first = await launch();
  await first.page.getByText('Osprey count', { exact: false }).first().click();
  const pictures = picturesOf(first.page, 'en', where);
  await first.page.getByRole('button', { name: asset.markIn }).click();
  await first.page.getByRole('button', { name: asset.nextShot }).click();
  await first.page.getByRole('button', { name: asset.markOut }).click();
  await expect(first.page.getByRole('button', { name: asset.clearMarks })).toBeVisible();
  await pictures.keep('asset-marks');
  for (const [width, height] of [
    [1000, 800],
    [640, 800],
  ] as const) {
    await first.page.setViewportSize({ width, height });
    await expect(first.page.getByRole('button', { name: asset.markIn })).toBeVisible();
    await pictures.keep(`asset-marks-${width}`);
  }
  await first.page
    .getByRole('button', { name: new RegExp(`^${asset.download(2, '').split('2')[0] ?? ''}\\d`) })
    .click();
  await expect(first.page.getByText(account.startsAfterAccount)).toBeVisible();
  await first.kill();
  const { page } = await launch();
  await page.getByRole('link', { name: words.common.account }).click();
  await expect(page.getByText(account.startsAfterAccount)).toBeVisible();
  expect(pictures.problems).toEqual([]);
});

test(
  'a headline without a break stays in its place, on every page',
  { tag: '@long' },
  async ({ launch }) => {
    const { page } = await launch();
    /**
     * How many pixels of such a headline stand outside of the element that holds it, or over a
     * picture beside it.
     */
    const overflow = async (selector: string, within = page.locator('body')): Promise<number> => {
      await expect(within.locator(selector).first()).toBeVisible();
      return within
        .locator(selector)
        .first()
        .evaluate((element) => {
          const kept = [...element.childNodes];
          element.replaceChildren('Donaudampfschifffahrtselektrizitäten'.repeat(6));
          const range = document.createRange();
          range.selectNodeContents(element);
          const box = element.getBoundingClientRect();
          const { right } = range.getBoundingClientRect();
          const holder = element.closest('article, li, button, header, [data-index]') ?? element;
          const picture = [...holder.querySelectorAll('img')]
            .map((image) => image.getBoundingClientRect())
            .find(
              ({ left, top, bottom }) => left > box.left && top < box.bottom && bottom > box.top,
            );
          // What is cut off by an ellipsis is not seen.
          const seen =
            getComputedStyle(element).overflow === 'hidden' ? Math.min(right, box.right) : right;
          const beyond = Math.max(
            0,
            Math.ceil(
              seen - Math.min(holder.getBoundingClientRect().right, picture?.left ?? Infinity),
            ),
          );
          element.replaceChildren(...kept);
          return beyond;
        });
    };
    for (const width of [1920, 1280, 640]) {
      await page.setViewportSize({ width, height: 800 });
      await page.getByRole('link', { name: words.common.catalogue }).click();
      expect([width, 'card', await overflow('[data-index="0"] h2')]).toEqual([width, 'card', 0]);
      await page.getByRole('link', { name: words.common.news }).first().click();
      expect([width, 'article', await overflow('article h3 button')]).toEqual([
        width,
        'article',
        0,
      ]);
      await page.locator('article h3 button').nth(1).click();
      const frame = page.frameLocator('iframe').locator('body');
      expect([width, 'reader', await overflow('h1', frame)]).toEqual([width, 'reader', 0]);
      if (width > 1000)
        expect([width, 'package of the article', await overflow('aside b', frame)]).toEqual([
          width,
          'package of the article',
          0,
        ]);
      await page.getByRole('link', { name: words.common.catalogue }).click();
      await page.locator('[data-index="1"]').click();
      expect([width, 'asset', await overflow('main h1')]).toEqual([width, 'asset', 0]);
      await page.getByRole('tab', { name: words.asset.tabs.related }).click();
      expect([
        width,
        'related',
        await overflow('[role=tabpanel] li b, [role=tabpanel] button b'),
      ]).toEqual([width, 'related', 0]);
    }
  },
);
