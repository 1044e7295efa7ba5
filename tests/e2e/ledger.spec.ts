import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ledgerDraft, openJournal } from '../support/ledger.ts';
import { expect, test, wordsOf } from './fixtures.ts';
import { combinations, Walk } from './walk.ts';

const subject = (title: string, packageId: string) => ({
  assetId: 'ast_tide',
  packageId,
  rev: 1,
  title,
  source: 'demo',
});

/** A day on two desks. */
async function seed(home: string): Promise<void> {
  const journal = openJournal(home);
  const silent = { words: [], language: null };
  const pictures = { account: 'pictures@lorvik.example', user: 'nadia', desk: 'Picture desk' };
  await journal.append([
    ledgerDraft({ kind: 'terms-accepted', ...silent, subject: null, termsVersion: '2026-03-12' }),
    ledgerDraft(),
    ledgerDraft({
      kind: 'embargo-confirmed',
      subject: subject('Harbour dims its lights', 'pkg_harbour'),
      what: { untilMs: Date.parse('2026-11-25T18:00:00Z'), count: 11 },
      words: [{ id: 'embargo:1', text: 'Under embargo until 25 Nov 2026, 18:00 UTC' }],
    }),
    ledgerDraft({
      kind: 'handed-out',
      ...silent,
      what: { folder: '/ingest/tide', transferId: 'trf_1' },
    }),
    ledgerDraft({
      kind: 'revealed',
      ...silent,
      who: pictures,
      subject: subject('Otters are back on the lower river', 'pkg_otters'),
      what: { folder: '/ingest/otters' },
    }),
    ledgerDraft({
      kind: 'setting-changed',
      ...silent,
      subject: null,
      what: { setting: 'destination', value: '/ingest' },
    }),
  ]);
  await journal.close();
}

for (const { language, theme } of combinations)
  test(
    `the ledger, ${language}, ${theme}: found by words, read in full, and a change is named`,
    { tag: '@window' },
    async ({ launch, folder }) => {
      const home = path.join(folder, 'home');
      await seed(home);
      const { page } = await launch({ language, theme });
      const { common, ledger, transfers } = wordsOf(language);
      const walk = new Walk(page, path.join('test-results/screens', `${language}-${theme}`));
      await page.getByRole('link', { name: new RegExp(`^${common.downloads}`) }).click();
      await page.getByRole('button', { name: transfers.history }).click();
      await expect(page.getByText(ledger.unbroken)).toBeVisible();
      await walk.keep('ledger');
      await page.keyboard.press('Control+f');
      await page.keyboard.type('port control room');
      const rows = page.getByRole('list', { name: ledger.list }).getByRole('button');
      await expect(rows).toHaveCount(1);
      await rows.press('Enter');
      const drawer = page.getByRole('complementary', { name: ledger.details });
      await expect(drawer.getByText(/^Broadcast only, no social media/u)).toBeVisible();
      await walk.keep('ledger-entry');
      await page.keyboard.press('Escape');
      await expect(drawer).toBeHidden();
      await expect(rows).toBeFocused();
      const file = path.join(home, 'ledger.jsonl');
      writeFileSync(file, readFileSync(file, 'utf8').replace('port control', 'harbour'));
      await page.getByRole('button', { name: ledger.checkNow }).click();
      await expect(page.getByRole('alert')).toContainText(ledger.broken.changed('2'));
      await walk.keep('ledger-broken');
      expect(walk.problems).toEqual([]);
    },
  );
