import { expect, test, wordsOf } from './fixtures.ts';

const words = wordsOf('en');

test('the catalogue fills itself and is searched as one types', async ({ launch }) => {
  const { page } = await launch();
  await expect(page.getByRole('link', { name: words.common.catalogue })).toHaveAttribute('aria-current', 'page');
  await expect(page.getByText(/^27 /)).toBeVisible();
  await page.keyboard.press('/');
  await page.keyboard.type('osprey');
  await expect(page.getByText('Osprey count', { exact: false }).first()).toBeVisible();
  await expect(page.getByText('Glacier lake survey', { exact: false })).toHaveCount(0);
});
