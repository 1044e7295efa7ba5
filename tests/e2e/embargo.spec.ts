import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, wordsOf } from './fixtures.ts';
import { openFootage, signIn, test } from './account-steps.ts';
import { Keys } from './keys.ts';
import { command } from './palette-steps.ts';
import { confirmPlan } from './plan-steps.ts';

const LIGHTS = /^(Harbour dims|Le port éteint)/;
const GAUGE = /^Tide gauge room/;
const HOUR_S = 3600;

for (const [language, theme] of [
  ['en', 'dark'],
  ['fr', 'light'],
] as const) {
  test(
    `taken under embargo, its marker waits; later it expires on the disk, ${language}, ${theme}`,
    { tag: `@${language}` },
    async ({ launch, service, shell, folder }) => {
      test.setTimeout(180_000);
      const words = wordsOf(language);
      const { page } = await launch({ language, theme }, service.url);
      const keys = new Keys(page);
      const shot = (name: string) =>
        page.screenshot({ path: `test-results/rights/${shell}-${language}-${theme}-${name}.png` });
      const preview = page.getByText(/^(Preview and rights sheet|Aperçu et fiche de droits)$/);
      const downloadButton = page.getByRole('button', { name: /^(Download|Télécharger) \d+/ });
      const goToDownloads = () =>
        page
          .getByRole('navigation')
          .getByRole('link', { name: new RegExp(`^${words.common.downloads}`) })
          .click();
      const poll = () => command(page, words.shell.palette.sync);
      /** The only package that is in the folder for downloads by the id in its name. */
      const rootOf = (id: string) =>
        path.join(
          folder,
          'ingest',
          readdirSync(path.join(folder, 'ingest')).find((name) => name.includes(id)) ?? '',
        );
      const marker = (id: string) => existsSync(path.join(rootOf(id), '.done'));

      await expect(page.getByRole('navigation')).toBeVisible();
      await command(page, words.shell.palette.signIn);
      const { email, password } = service.demoAccount;
      await signIn(keys, email, password, language);
      await poll();
      await openFootage(keys, language === 'en' ? 'harbour dims' : 'port éteint', LIGHTS);
      await preview.click();
      await downloadButton.click();
      await confirmPlan(page, words);
      await goToDownloads();
      const held = page.getByText(
        language === 'en' ? /^Ready, under embargo until / : /^Prêt, sous embargo/,
      );
      await expect(held.first()).toBeVisible();
      await expect(page.getByText(words.transfers.doneWaits).first()).toBeVisible();
      await shot('embargo-held');
      const root = rootOf('1145');
      expect(readdirSync(root)).toContain('manifest.json');
      expect(marker('1145')).toBe(false);
      // A poll before its time changes nothing.
      await poll();
      expect(marker('1145')).toBe(false);
      await service.advance(7 * HOUR_S);
      await poll();
      await expect(held).toHaveCount(0);
      await expect.poll(() => marker('1145')).toBe(true);
      await shot('embargo-lifted');

      // Another one, whose licence ends while it lies on the disk.
      await openFootage(keys, 'tide gauge room', GAUGE);
      await preview.click();
      await downloadButton.click();
      await confirmPlan(page, words);
      await goToDownloads();
      await expect.poll(() => marker('1119')).toBe(true);
      await service.advance(24 * HOUR_S);
      await poll();
      await expect(
        page.getByText(language === 'en' ? /^Expired/ : /^Expiré/).first(),
      ).toBeVisible();
      // Ingest doesn't take what may no longer be used; the files stay.
      await expect.poll(() => marker('1119')).toBe(false);
      expect(readdirSync(rootOf('1119'))).toContain('manifest.json');
      await shot('expired-on-disk');
    },
  );
}
