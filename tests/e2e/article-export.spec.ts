import { expect, test, wordsOf } from './fixtures.ts';

test('an article is saved as a PDF from its menu: the window prints it, the station has a browser do it', async ({
  launch,
  shell,
}) => {
  const { articles: words } = wordsOf('en');
  const { page } = await launch({}, 'demo');
  await page.getByRole('link', { name: words.title, exact: true }).click();
  await page.getByText('Thirty springs on one painted board').first().click();
  // A window would ask where to, in a dialog of the system's: what is handed over is looked at.
  await page.evaluate(() => {
    URL.createObjectURL = (file) => {
      if (file instanceof Blob)
        void file.text().then((text) => document.body.setAttribute('data-saved', text.slice(0, 5)));
      return 'blob:it';
    };
    HTMLAnchorElement.prototype.click = function (this: HTMLAnchorElement) {
      document.body.setAttribute('data-name', this.download);
    };
  });
  await page.getByRole('button', { name: words.share, exact: true }).click();
  await page.screenshot({ path: `test-results/articles/${shell}-share.png` });
  await page.getByRole('menuitem', { name: words.saveAs.pdf }).click();
  await expect(page.getByText(words.saved(1, 0, 0))).toBeVisible();
  const body = page.locator('body');
  await expect(body).toHaveAttribute('data-saved', '%PDF-');
  await expect(body).toHaveAttribute('data-name', /^\d{4}-\d\d-\d\d Thirty springs .*\.pdf$/u);
});
