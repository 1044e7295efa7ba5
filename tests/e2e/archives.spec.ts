import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test, wordsOf } from './fixtures.ts';
import { filmOf, pictureOf } from './publisher.ts';
import { themeOf, Walk } from './walk.ts';
import { DvidsDouble } from '../support/sources/dvids-double.ts';
import { NasaDouble } from '../support/sources/nasa-double.ts';

const MIB = 1024 * 1024;
const KEY = 'key-0123456789abcdef7f3a';
const FERRY = 'Rescue exercise off Port Averne, B-Roll';

const cards = (page: Page) => page.locator('main [role="grid"][aria-rowcount] [role="gridcell"]');
const go = (page: Page, name: string) =>
  page
    .getByRole('navigation')
    .first()
    .getByRole('link', { name: new RegExp(`^${name}`) })
    .click();
/** Bytes that a file really takes: it is made sparse at its full length. */
const written = (file: string): number => (existsSync(file) ? statSync(file).blocks * 512 : 0);
const plays = async (page: Page): Promise<void> => {
  await expect
    .poll(() => page.evaluate(() => document.querySelector('video')?.readyState ?? 0))
    .toBeGreaterThan(1);
};
/** Opens the dialog in the settings, on one of the kinds. */
async function openDialog(page: Page, words: ReturnType<typeof wordsOf>, kind: 'nasa' | 'folder') {
  await go(page, words.common.settings);
  await page.getByRole('link', { name: words.settings.sections.sources, exact: true }).click();
  await page.getByRole('button', { name: words.sources.add }).click();
  const dialog = page.getByRole('dialog', { name: words.sources.add });
  await dialog.getByText(words.sources.kindNames[kind], { exact: true }).click();
  return dialog;
}

for (const language of ['en', 'fr'] as const) {
  test(
    `DVIDS, from a key to a film that is taken back while it is on disk, ${language}`,
    { tag: `@${language}` },
    async ({ launch, folder }) => {
      test.setTimeout(300_000);
      const words = wordsOf(language);
      const { sources, asset } = words;
      const double = await DvidsDouble.start({ key: KEY, nowMs: Date.now() });
      const master = randomBytes(24 * MIB + 5);
      const [ferry, ...others] = double.addNato();
      if (!ferry) throw new Error('No film');
      for (const one of [ferry, ...others]) {
        double.serve(one, filmOf(1138));
        const number = one.id.split(':')[1] ?? '';
        double.cdn.serve(`/thumbs/video/${number}/720w_q95.jpg`, pictureOf(1138), {
          type: 'image/jpeg',
        });
      }
      const best = [...double.cdn.files.keys()].find((file) =>
        file.includes(`${ferry.id.split(':')[1] ?? ''}-1920x1080`),
      );
      double.cdn.serve(best ?? '', master, { type: 'video/mp4' });
      const environment = { MULTIMEDIA_DESK_DVIDS: double.url };
      const settings = { language, theme: themeOf(language), limitBytesPerSecond: 3 * MIB };
      const first = await launch(settings, 'first-start', environment);
      let { page } = first;
      let walk = new Walk(page, `test-results/archives/${language}`);

      await page.getByRole('button', { name: words.welcome.addFeed }).click();
      const dialog = page.getByRole('dialog', { name: sources.add });
      await dialog.getByText(sources.kindNames.dvids, { exact: true }).click();
      await dialog.getByLabel(sources.key).fill('key-of-somebody-else-0000');
      await dialog.getByRole('button', { name: sources.followNato }).click();
      await expect(dialog.getByText(sources.dvidsFaults['key-refused'] ?? '')).toBeVisible();
      await walk.keep('dvids-key-refused');
      await dialog.getByLabel(sources.key).fill(KEY);
      await dialog.getByLabel(sources.dvidsFollow).fill('lakeside');
      await dialog
        .getByRole('button', {
          name: sources.follow(sources.followKinds.unit, 'Lakeside Media Centre'),
        })
        .click();
      await expect(dialog.getByText(FERRY)).toBeVisible();
      await walk.keep('dvids-add');
      await dialog.getByText(sources.agree).click();
      await dialog.getByRole('button', { name: sources.add }).click();
      await expect(dialog).toHaveCount(0);

      await expect(cards(page).filter({ hasText: FERRY })).toBeVisible();
      await page.keyboard.press('/');
      await page.keyboard.type('raft');
      await expect(cards(page)).toHaveCount(1);
      await cards(page).filter({ hasText: FERRY }).click();
      await plays(page);
      // Shots come from its text, to the second.
      await expect(page.getByText(/CREW LOWERS A RAFT/u).first()).toBeVisible();
      const rights = page.getByRole('region', { name: asset.rights, exact: true });
      await expect(rights.getByText('Natochannel')).toBeVisible();
      await expect(
        page.getByRole('region', { name: asset.source, exact: true }).getByText('DVIDS'),
      ).toBeVisible();
      await walk.keep('dvids-asset');
      await page.getByRole('tab', { name: asset.tabs.captions }).click();
      await expect(page.getByRole('tabpanel').getByText('VTT')).toBeVisible();
      await page.getByRole('button', { name: /^(?:Download|Télécharger) \d+/u }).click();

      const ingest = path.join(folder, 'ingest');
      await expect.poll(() => readdirSync(ingest).length).toBe(1);
      const root = path.join(ingest, readdirSync(ingest)[0] ?? '');
      const file = (): string =>
        path.join(root, readdirSync(root).find((name) => /\.mp4(?:\.part)?$/u.test(name)) ?? '-');
      await expect.poll(() => written(file()), { intervals: [50] }).toBeGreaterThan(6 * MIB);
      await first.kill();
      expect(path.extname(file())).toBe('.part');
      ({ page } = await launch({}, 'first-start', environment));
      walk = new Walk(page, `test-results/archives/${language}`);
      await go(page, words.common.downloads);
      await expect.poll(() => existsSync(path.join(root, '.done'))).toBe(true);
      expect(readFileSync(file()).equals(master)).toBe(true);

      await go(page, words.common.catalogue);
      await cards(page).filter({ hasText: FERRY }).click();
      await page.getByRole('button', { name: asset.verify }).click();
      await expect(page.getByText(asset.asRecorded)).toBeVisible();

      double.edit(ferry.id, { state: 'unpublished' });
      await go(page, words.common.settings);
      await page.getByRole('link', { name: words.settings.sections.sources, exact: true }).click();
      await expect(page.getByText(sources.keyEnds('DVIDS', '7f3a'))).toBeVisible();
      await walk.keep('settings');
      await page.getByRole('button', { name: sources.of(sources.checkNow, 'DVIDS') }).click();
      await go(page, words.common.downloads);
      const [before = '', after = ''] = words.recalls.withdrawn('|').split('|');
      const row = page.getByText(new RegExp(`^${before}.+${after}$`, 'u')).first();
      await expect(row).toBeVisible();
      await walk.keep('dvids-withdrawn');
      await go(page, words.common.catalogue);
      await cards(page).filter({ hasText: FERRY }).click();
      await expect(page.getByText(asset.withdrawn)).toBeVisible();
      expect(existsSync(file())).toBe(true);
      expect(walk.problems).toEqual([]);
      await double.stop();
    },
  );

  test(
    `NASA’s library and a folder that another program fills, ${language}`,
    // In a window too with LONG=1: the command line goes the same way.
    { tag: language === 'en' ? ['@window', '@fr'] : '@fr' },
    async ({ launch, folder, shell }) => {
      test.setTimeout(240_000);
      const words = wordsOf(language);
      const { sources, asset } = words;
      const nasa = await NasaDouble.start([
        {
          id: "Low cloud, the pad's end",
          title: 'Low cloud at the pad',
          created: '2026-11-20T09:00:00Z',
          files: {
            '~orig.mp4': filmOf(1138),
            '~small.mp4': filmOf(1138),
            '~thumb.jpg': pictureOf(1138),
            '.srt': Buffer.from('1\n00:00:00,000 --> 00:00:02,000\nThe cloud comes in.\n'),
          },
          said: { description: 'Cloud over the pad before dawn.' },
        },
      ]);
      const delivered = path.join(folder, 'deliveries');
      mkdirSync(delivered);
      const { page } = await launch({ language, theme: themeOf(language) }, 'demo', {
        MULTIMEDIA_DESK_NASA: nasa.api,
      });
      const walk = new Walk(page, `test-results/archives/${language}`);
      let dialog = await openDialog(page, words, 'nasa');
      await dialog.getByLabel(sources.nasaFollow).fill('cloud');
      await page.keyboard.press('Enter');
      await dialog.getByText(sources.agree).click();
      await walk.keep('nasa-add');
      await dialog.getByRole('button', { name: sources.add }).click();
      await expect(dialog).toHaveCount(0);

      dialog = await openDialog(page, words, 'folder');
      const field = dialog.getByLabel(sources.folder, { exact: true });
      await field.fill(path.join(folder, 'nowhere'));
      await expect(
        dialog.getByText(sources.folderFaults['destination-missing'] ?? ''),
      ).toBeVisible();
      writeFileSync(path.join(delivered, 'ice.mp4'), filmOf(1131));
      writeFileSync(path.join(delivered, 'ice.jpg'), pictureOf(1131));
      writeFileSync(
        path.join(delivered, 'ice.json'),
        JSON.stringify({
          uri: 'urn:quay:1',
          headline: 'Ice leaves the quay',
          description_text: 'Ferries run again.',
          usageterms: 'Editorial use',
          firstcreated: '2026-11-21T10:00:00Z',
        }),
      );
      await field.fill(delivered);
      await expect(dialog.getByText('Ice leaves the quay')).toBeVisible();
      await walk.keep('folder-add');
      await dialog.getByRole('button', { name: sources.add }).click();
      await expect(dialog).toHaveCount(0);
      await go(page, words.common.catalogue);
      await expect(page.getByText('Low cloud at the pad')).toBeVisible();

      // Another program goes on to fill it.
      writeFileSync(path.join(delivered, 'otter.mp4'), filmOf(1141));
      await page.keyboard.press('/');
      await page.keyboard.type('otter.mp4'.slice(0, 5));
      await expect(cards(page).filter({ hasText: /^.*otter/u })).toBeVisible();
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.type('ferries run');
      await cards(page).filter({ hasText: 'Ice leaves the quay' }).click();
      await plays(page);
      await walk.keep('folder-asset');
      await page.getByRole('button', { name: asset.showInFolder }).click();
      if (shell === 'station')
        await expect(page.getByText(words.transfers.inFolder(delivered))).toBeVisible();
      await page.getByRole('button', { name: /^(?:Copy|Copier) \d+/u }).click();
      const ingest = path.join(folder, 'ingest');
      await expect
        .poll(() =>
          readdirSync(ingest, { recursive: true }).some((name) => String(name).endsWith('.done')),
        )
        .toBe(true);
      await page.getByRole('button', { name: asset.verify }).click();
      await expect(page.getByText(asset.asRecorded)).toBeVisible();
      expect(walk.problems).toEqual([]);
      await nasa.stop();
    },
  );
}
