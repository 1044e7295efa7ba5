import { closeSync, openSync, readdirSync, readFileSync, readSync, writeSync } from 'node:fs';
import path from 'node:path';
import { startDemo } from '../support/service/demo.ts';
import { createAccount } from './account-steps.ts';
import { expect, test, wordsOf } from './fixtures.ts';
import { confirmPlan } from './plan-steps.ts';

const EMAIL = 'ingest@station.example';

function flip(file: string, at: number): void {
  const descriptor = openSync(file, 'r+');
  const byte = Buffer.alloc(1);
  readSync(descriptor, byte, 0, 1, at);
  byte[0] = (byte[0] ?? 0) ^ 1;
  writeSync(descriptor, byte, 0, 1, at);
  closeSync(descriptor);
}

for (const [language, theme] of [
  ['en', 'dark'],
  ['fr', 'light'],
] as const) {
  test(
    `a damaged package is found, shown and mended, ${language}, ${theme}`,
    { tag: `@${language}` },
    async ({ folder, launch, shell }) => {
      test.setTimeout(180_000);
      const words = wordsOf(language);
      const service = await startDemo();
      const { page } = await launch({ language, theme }, service.url);
      const shot = (name: string) =>
        page.screenshot({
          path: `test-results/integrity/${shell}-${language}-${theme}-${name}.png`,
        });
      await page
        .getByText(/Glacier lake survey|^Lac glaciaire/)
        .first()
        .click();
      const choose = () =>
        page
          .getByText(/^(Preview and rights sheet|Aperçu et fiche de droits)$/)
          .last()
          .click();
      await choose();
      await page.getByRole('button', { name: /^(Download|Télécharger) \d+/ }).click();
      await createAccount(
        page,
        EMAIL,
        async () => (await service.nextMail(EMAIL)).code ?? '',
        language,
      );
      await confirmPlan(page, words);
      // Its panel moves what is below it; a press that it moves away from counts for nothing.
      await expect(page.getByRole('progressbar')).toBeVisible();
      await page.getByRole('button', { name: words.shell.backTo.asset }).last().click();
      await choose();
      await expect(page.getByText(words.asset.downloaded)).toBeVisible();
      await shot('asset-here');

      const ingest = path.join(folder, 'ingest');
      const root = path.join(ingest, readdirSync(ingest)[0] ?? '');
      const manifest = JSON.parse(readFileSync(path.join(root, 'manifest.json'), 'utf8')) as {
        files: { path: string; bytes: number }[];
      };
      const largest = manifest.files.toSorted((a, b) => b.bytes - a.bytes)[0] ?? {
        path: '',
        bytes: 0,
      };
      const before = readFileSync(path.join(root, largest.path));
      flip(path.join(root, largest.path), Math.floor(largest.bytes / 2));

      await page.getByRole('button', { name: words.asset.verify }).click();
      await expect(page.getByText(words.asset.damaged(1))).toBeVisible();
      await shot('asset-damaged');
      await page.getByRole('link', { name: words.common.downloads }).click();
      await expect(page.getByText(words.transfers.verificationFailed(1, 1))).toBeVisible();
      await expect(page.getByText(largest.path).first()).toBeVisible();
      await shot('downloads-damaged');
      await page.getByRole('button', { name: words.transfers.repair }).first().click();
      await expect
        .poll(() => readFileSync(path.join(root, largest.path)).equals(before))
        .toBe(true);
      await page.getByRole('button', { name: words.transfers.more }).first().click();
      await page.getByRole('menuitem', { name: words.transfers.verifyAll }).click();
      await expect(page.getByText(words.transfers.verificationPassed(1))).toBeVisible();
      await shot('downloads-fine');
      await page.getByRole('button', { name: words.transfers.closeVerification }).click();
      await expect(page.getByText(words.transfers.verificationPassed(1))).toBeHidden();
      await page
        .getByText(/Glacier lake survey|^Lac glaciaire/)
        .first()
        .click();
      await shot('drawer');
      // A window asks where to, in a dialog of the system's.
      if (shell === 'station') {
        const download = page.waitForEvent('download');
        await page.getByRole('button', { name: words.transfers.report }).click();
        const kept = path.join(folder, (await download).suggestedFilename());
        expect(path.basename(kept)).toMatch(/^evidence-pkg_.*\.html$/);
        await (await download).saveAs(kept);
        const text = readFileSync(kept, 'utf8');
        expect(text).toContain(EMAIL);
        expect(text).not.toMatch(/sig=|exp=/);
      }
      await service.close();
    },
  );
}
