import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SqliteTransferStore } from '../../src/main/adapters/sqlite/transfer-store.ts';
import type { StoredHistory } from '../../src/main/transfers/ports.ts';
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

const DAY_MS = 24 * 3_600_000;
const TITLES = [
  'Tide gauge room: the night shift',
  'Harbour dims its lights',
  'Otters are back on the lower river',
  'Sensor check: the ring-plane pass',
  'Old light wells keep a city block cooler than the streets around it, and cost nothing to run',
];

/** Packages of months, all removed from the list; of every fifth the folder has gone, another was cleared on purpose. */
function seedHistory(folder: string, count: number): void {
  const store = new SqliteTransferStore(path.join(folder, 'home', 'transfers.sqlite'), (damage) => {
    throw new Error(JSON.stringify(damage));
  });
  const nowMs = Date.now();
  const rows = Array.from({ length: count }, (_, n): StoredHistory => {
    const where = path.join(folder, 'ingest', `AUR-26-${1100 + n}`);
    if (n % 5 < 3) mkdirSync(where);
    return {
      id: `trf_${n}`,
      assetId: `ast_aur26${1100 + n}`,
      packageId: `pkg_${n}`,
      rev: (n % 3) + 1,
      service: 'demo',
      title: TITLES[n % TITLES.length] ?? '',
      label: 'HD 1080i50, MXF XDCAM HD422',
      purpose: 'broadcast',
      destination: path.join(folder, 'ingest'),
      folder: where,
      totalBytes: 2_000_000_000 + n * 31_000_000,
      filesTotal: 5,
      addedAtMs: nowMs - n * DAY_MS,
      finishedAtMs: nowMs - n * DAY_MS,
      files: [],
      isHere: n % 5 !== 3,
      isCleared: n % 5 === 3,
      movedFrom: n % 5 === 2 ? '/archive/november' : null,
    };
  });
  store.saveHistory(rows);
  store.close();
}

for (const { language, theme } of combinations)
  test(
    `the history, ${language}, ${theme}: what was removed from the list is found, and where it is`,
    { tag: ['@long', '@window', `@${language}`] },
    async ({ launch, folder }) => {
      seedHistory(folder, 400);
      const { page } = await launch({ language, theme });
      const { common, history, transfers } = wordsOf(language);
      const walk = new Walk(page, path.join('test-results/screens', `${language}-${theme}`));
      await page.getByRole('link', { name: new RegExp(`^${common.downloads}`) }).click();
      const rows = page.getByRole('list', { name: history.list }).getByRole('listitem');
      // One of them was withdrawn: the strip that says so can move the button away under a press.
      await expect(async () => {
        const button = page.getByRole('button', { name: transfers.history });
        if (await button.isVisible()) await button.click();
        await expect(rows.first()).toContainText(TITLES[0] ?? '', { timeout: 5000 });
      }).toPass();
      await expect(rows.nth(4)).toContainText(history.places.gone);
      await walk.keep('history');
      await page.keyboard.press('Control+f');
      await page.keyboard.type('aur261399');
      await expect(rows).toHaveCount(1);
      await expect(rows).toContainText('ast_aur261399');
      // Nobody sees more of a list than fits: the last one is found and shown all the same.
      await page.keyboard.press('Control+a');
      await page.keyboard.press('Delete');
      await expect(page.getByText(history.found('400'), { exact: true })).toBeVisible();
      await rows.first().getByRole('button').first().press('End');
      await expect(page.getByRole('listitem').filter({ hasText: 'ast_aur261499' })).toBeVisible();
      await page.keyboard.press('Control+f');
      await page.keyboard.type('nothing has this');
      await expect(page.getByText(history.noneFound)).toBeVisible();
      await walk.keep('history-none');
      await page.getByRole('button', { name: history.clearFilters }).click();
      await expect(rows.first()).toBeVisible();
      expect(walk.problems).toEqual([]);
    },
  );

for (const { language, theme } of combinations)
  test(
    `the ledger, ${language}, ${theme}: found by words, read in full, and a change is named`,
    { tag: ['@window', `@${language}`] },
    async ({ launch, folder }) => {
      const home = path.join(folder, 'home');
      await seed(home);
      const { page } = await launch({ language, theme });
      const { common, ledger, transfers } = wordsOf(language);
      const walk = new Walk(page, path.join('test-results/screens', `${language}-${theme}`));
      await page.getByRole('link', { name: new RegExp(`^${common.downloads}`) }).click();
      await page.getByRole('button', { name: transfers.history }).click();
      await page.getByRole('radio', { name: new RegExp(`^${ledger.list}`) }).click();
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
