import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test as base, wordsOf } from './fixtures.ts';
import { Keys } from './keys.ts';
import { palette } from './palette-steps.ts';
import { nginxMissing, runNginx, type Nginx } from '../support/engine/nginx-server.ts';
import { FILMS, Publisher, writeFilm } from './publisher.ts';
import { Walk } from './walk.ts';

const test = base.extend<{ publisher: Publisher; nginx: Nginx | null }>({
  nginx: async ({ folder }, use) => {
    const own = path.join(folder, 'nginx');
    mkdirSync(own);
    const nginx = nginxMissing ? null : await runNginx(own);
    await use(nginx);
    await nginx?.stop();
  },
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names of fixtures from the pattern
  publisher: async ({}, use) => {
    const publisher = await Publisher.open();
    await use(publisher);
    await publisher.close();
  },
});

const CLOUD = FILMS[0]?.title ?? '';
const NAME = 'Fjordlys weather desk';
/** The cards of the catalogue; chips of filters are cells too. */
const cards = (page: Page) => page.locator('main [role="grid"][aria-rowcount] [role="gridcell"]');
const go = (page: Page, name: string) =>
  page
    .getByRole('navigation')
    .first()
    .getByRole('link', { name: new RegExp(`^${name}`) })
    .click();

for (const language of ['en', 'fr'] as const) {
  test(
    `from nothing to footage of a feed, by keys, and without it again, ${language}`,
    { tag: `@${language}` },
    async ({ launch, publisher }) => {
      test.setTimeout(180_000);
      const words = wordsOf(language);
      const { sources, asset, common, welcome } = words;
      const address = publisher.feed('/video/feed.xml', NAME);
      const first = await launch({ language }, 'first-start');
      let { page } = first;
      const keys = new Keys(page);
      let walk = new Walk(page, `test-results/sources/${language}`);

      await test.step('the first start leads to the dialog, and Escape back', async () => {
        await keys.press('button', welcome.addFeed);
        await expect(page.getByRole('dialog', { name: sources.add })).toBeVisible();
        await expect(keys.field(sources.address)).toBeFocused();
        await page.keyboard.press('Escape');
        await expect(page.getByRole('dialog')).toHaveCount(0);
        await expect(keys.focused('button', welcome.addFeed)).toHaveCount(1);
      });

      await test.step('an address that is no feed, then one that is', async () => {
        await page.keyboard.press('Enter');
        await expect(keys.field(sources.address)).toBeFocused();
        publisher.server.serve('/page', '<!doctype html><html><body>Log in</body></html>', {
          'content-type': 'text/html',
        });
        await page.keyboard.type(publisher.server.url('/page'));
        await keys.hasFault(sources.address, words.errors['no-feed']);
        const add = page.getByRole('dialog').getByRole('button', { name: sources.add });
        await expect(add).toBeDisabled();
        await keys.fill(sources.address, address);
        await page.keyboard.press('Enter');
        const results = page.getByRole('region', { name: sources.first });
        await expect(results.getByText(CLOUD)).toBeVisible();
        await expect(results.getByRole('listitem')).toHaveCount(FILMS.length);
        await expect(page.getByText(sources.promisedIntegrity.recorded)).toBeVisible();
        await expect(page.getByText(sources.noTerms)).toBeVisible();
        await expect(page.getByText(sources.nothingYet)).toBeVisible();
        await expect(add).toBeEnabled();
        await walk.keep('add');
        await keys.press('button', sources.add);
        await expect(page.getByRole('dialog')).toHaveCount(0);
      });

      await test.step('it is in the catalogue, and search finds it', async () => {
        await expect(cards(page).filter({ hasText: CLOUD })).toBeVisible();
        await expect(cards(page)).toHaveCount(FILMS.length);
        await page.keyboard.press('/');
        await page.keyboard.type('terraces');
        await expect(cards(page)).toHaveCount(1);
        await expect(page.getByText(sources.allUpToDate)).toBeVisible();
      });

      await test.step('its page plays, and says who it is from and what nobody vouches for', async () => {
        await cards(page).first().click();
        await expect(page.getByRole('heading', { level: 1, name: CLOUD })).toBeVisible();
        await expect
          .poll(() => page.evaluate(() => document.querySelector('video')?.readyState ?? 0))
          .toBeGreaterThan(1);
        await page.getByRole('button', { name: asset.play, exact: true }).click();
        await expect
          .poll(() => page.evaluate(() => document.querySelector('video')?.currentTime ?? 0))
          .toBeGreaterThan(0.1);
        const rights = page.getByRole('region', { name: asset.rights, exact: true });
        await expect(rights.getByText(NAME)).toBeVisible();
        await walk.keep('asset');
        const origin = page.getByRole('region', { name: asset.source, exact: true });
        await expect(origin.getByText(asset.integrities.recorded)).toBeVisible();
        await expect(page.getByText(asset.accountFirst)).toHaveCount(0);
        await page.getByRole('tab', { name: asset.tabs.captions }).click();
        await expect(page.getByRole('tabpanel').getByText('VTT')).toBeVisible();
      });

      await test.step('no service is no fault anywhere', async () => {
        await go(page, common.news);
        await expect(page.getByText(words.articles.noArticlesText)).toBeVisible();
        await go(page, common.downloads);
        await expect(page.getByText(words.transfers.emptyTitle)).toBeVisible();
        await go(page, common.account);
        await expect(page.getByText(words.account.noServiceTitle)).toBeVisible();
        await expect(page.getByRole('button', { name: sources.setUpService })).toBeVisible();
      });
      expect(walk.problems).toEqual([]);

      await test.step('a second start begins with the catalogue; paused, then removed', async () => {
        await first.close();
        ({ page } = await launch({}, 'first-start'));
        walk = new Walk(page, `test-results/sources/${language}`);
        await expect(cards(page)).toHaveCount(FILMS.length);
        await go(page, common.settings);
        await page
          .getByRole('link', { name: words.settings.sections.sources, exact: true })
          .click();
        const row = page
          .getByRole('list', { name: words.settings.sections.sources })
          .getByRole('listitem')
          .filter({ hasText: NAME });
        const menu = async (entry: string): Promise<void> => {
          await row.getByRole('button', { name: sources.more(NAME) }).click();
          await page.getByRole('menuitem', { name: entry, exact: true }).click();
        };
        await expect(row.getByText(sources.vouches.recorded)).toBeVisible();
        await walk.keep('list');
        await menu(sources.pause);
        await expect(row.getByText(sources.paused)).toBeVisible();
        await row.getByRole('button', { name: sources.of(sources.resume, NAME) }).click();
        await expect(row.getByText(sources.paused)).toHaveCount(0);
        await menu(sources.remove);
        const dialog = page.getByRole('alertdialog', { name: sources.removeTitle(NAME) });
        await dialog.getByRole('button', { name: sources.removeNow }).click();
        await expect(row).toHaveCount(0);
        await go(page, common.catalogue);
        await expect(page.getByText(words.catalogue.first.noSourceTitle)).toBeVisible();
      });
      expect(walk.problems).toEqual([]);
    },
  );
}

test(
  'the demo is left with one press, and a feed stays',
  { tag: '@long' },
  async ({ launch, publisher }) => {
    const words = wordsOf('en');
    const { sources, catalogue } = words;
    const address = publisher.feed('/feed.xml', NAME);
    const { page } = await launch();
    await expect(page.getByRole('heading', { name: /^27 / })).toBeVisible();
    // One source is no choice.
    const facet = page.getByRole('button', { name: catalogue.facets.source, exact: true });
    await expect(facet).toHaveCount(0);
    await palette(page, sources.add);
    await page.getByRole('option', { name: sources.add, exact: true }).click();
    await page.getByLabel(sources.address).fill(address);
    const dialog = page.getByRole('dialog', { name: sources.add });
    await dialog.getByRole('button', { name: sources.add }).click();
    await expect(page.getByText(/^33 /)).toBeVisible();
    await expect(facet).toBeVisible();
    await page.getByRole('checkbox', { name: new RegExp(`^${NAME}`) }).press('Space');
    await expect(cards(page)).toHaveCount(FILMS.length);
    await expect(cards(page).first()).toContainText(NAME);
    await go(page, words.common.settings);
    await page
      .getByRole('list', { name: words.settings.sections.sources })
      .getByRole('button', { name: sources.of(sources.leaveDemo, sources.demo) })
      .click();
    await expect(page.getByText(sources.demoLeft)).toBeVisible();
    await go(page, words.common.catalogue);
    await expect(cards(page)).toHaveCount(FILMS.length);
    await expect(page.getByText(sources.allUpToDate)).toBeVisible();
  },
);

const MIB = 1024 * 1024;
/** Bytes that a file really takes: it is made sparse at its full length. */
const written = (file: string): number => (existsSync(file) ? statSync(file).blocks * 512 : 0);

test(
  `from a feed of nginx: the best rendition comes through kill -9, is recorded, and repaired by its record${nginxMissing ? ` (skipped: ${nginxMissing})` : ''}`,
  { tag: '@en' },
  async ({ folder, launch, nginx, shell }) => {
    if (!nginx) return test.skip();
    test.setTimeout(300_000);
    const words = wordsOf('en');
    const { sources, asset, transfers } = words;
    const film = randomBytes(24 * MIB + 5);
    writeFilm(nginx.root, nginx.url, NAME, film);
    const address = `${nginx.url}/feed.xml`;
    const first = await launch({ language: 'en', limitBytesPerSecond: 2 * MIB }, 'first-start');
    await first.page.getByRole('button', { name: words.welcome.addFeed }).click();
    await first.page.getByLabel(sources.address).fill(address);
    await expect(first.page.getByText(sources.resumes)).toBeVisible();
    await first.page.getByRole('dialog').getByRole('button', { name: sources.add }).click();
    await cards(first.page).filter({ hasText: CLOUD }).click();
    await first.page.getByRole('button', { name: /^Download \d+/ }).click();

    const ingest = path.join(folder, 'ingest');
    await expect.poll(() => readdirSync(ingest).length).toBe(1);
    const root = path.join(ingest, readdirSync(ingest)[0] ?? '');
    const master = (): string =>
      path.join(root, readdirSync(root).find((name) => /\.mp4(?:\.part)?$/u.test(name)) ?? '-');
    await expect.poll(() => written(master()), { intervals: [50] }).toBeGreaterThan(4 * MIB);
    await first.kill();
    expect(path.extname(master())).toBe('.part');
    const { page } = await launch({}, 'first-start');
    await go(page, words.common.downloads);
    await expect.poll(() => existsSync(path.join(root, '.done'))).toBe(true);
    expect(readFileSync(master()).equals(film)).toBe(true);

    await go(page, words.common.catalogue);
    await cards(page).filter({ hasText: CLOUD }).click();
    const verify = page.getByRole('button', { name: asset.verify });
    await verify.click();
    await expect(page.getByText(asset.asRecorded)).toBeVisible();
    const damaged = Buffer.from(film);
    damaged[12 * MIB] = (film[12 * MIB] ?? 0) ^ 1;
    writeFileSync(master(), damaged);
    await verify.click();
    await expect(page.getByText(asset.damaged(1))).toBeVisible();
    await go(page, words.common.downloads);
    const before = (await nginx.log()).length;
    await page.getByRole('button', { name: transfers.repair }).first().click();
    await expect.poll(() => readFileSync(master()).equals(film)).toBe(true);
    const asked = (await nginx.log())
      .slice(before)
      .map((line) => line.split('|'))
      .filter(([name]) => name === '/1138-hd.mp4');
    // Its piece only.
    expect(asked.map(([, status]) => status)).toEqual(['206']);
    expect(Number(asked[0]?.[3])).toBeLessThanOrEqual(MIB);
    await page.getByRole('button', { name: transfers.more }).first().click();
    await page.getByRole('menuitem', { name: transfers.verifyAll }).click();
    const passed = page.getByText(transfers.recordsPassed(1, 1));
    await expect(passed).toBeVisible();
    await page.getByRole('button', { name: transfers.closeVerification }).click();
    await expect(passed).toBeHidden();
    await page.getByText(CLOUD).first().click();
    await expect(page.getByText(/Recorded by this computer on/u).first()).toBeVisible();
    // A window asks where to, in a dialog of the system's.
    if (shell === 'station') {
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: transfers.report }).click();
      const kept = path.join(folder, (await download).suggestedFilename());
      await (await download).saveAs(kept);
      expect(readFileSync(kept, 'utf8')).toMatch(/Recorded by this computer on/u);
    }
  },
);
