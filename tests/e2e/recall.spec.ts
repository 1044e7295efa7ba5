import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { expect, PASSWORD, wordsOf } from './fixtures.ts';
import { elsewhere, EMAIL, signIn, test, type AccountService } from './account-steps.ts';
import { Keys } from './keys.ts';
import { command, downloadPreview, go, openAsset, poll } from './palette-steps.ts';
import { confirmPlan } from './plan-steps.ts';
import { combinations, Walk } from './walk.ts';
import { countSent } from '../support/service/sent.ts';

/** Published in version 2. */
const OTTERS = 'ast_aur261136';
const TITLE = /^(Otters are back|Les loutres de retour)/;
const WORDS = 'One shot shows another river.';
const RULE = 'Not for advertising.';
/** Bytes a second of a film that is slowed down: that of the otters takes 47 s. */
const RATE = 8000;

async function edit(
  service: AccountService,
  act: 'hold' | 'withdraw' | 'lift' | 'correct',
  body: object,
): Promise<void> {
  const answer = await fetch(`${service.url}/test/assets/${OTTERS}/${act}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.status, await answer.text()).toBe(200);
}
const reason = { reason: { en: WORDS, fr: WORDS } };
const correction = {
  note: { en: WORDS, fr: WORDS },
  patch: {
    headline: { en: 'Otters are back on the upper river', fr: 'Les loutres de retour en amont' },
    restrictions: {
      add: [{ kind: 'editorial', mode: 'deny', values: [], note: { en: RULE, fr: RULE } }],
    },
  },
};

type ManifestFile = { fileId: string; path: string; bytes: number; sha256: string };
const filesIn = (folder: string): ManifestFile[] =>
  (
    JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as {
      files: ManifestFile[];
    }
  ).files;
const bytesOf = (files: readonly ManifestFile[]): number =>
  files.reduce((sum, { bytes }) => sum + bytes, 0);

/** The film of the otters' preview, as the service lists it for another device. */
async function filmOf(service: AccountService): Promise<ManifestFile> {
  const { accessToken } = await elsewhere(service).signInOn('second desk', PASSWORD);
  const read = async <T>(where: string): Promise<T> => {
    const headers = { authorization: `Bearer ${accessToken}` };
    return (await (await fetch(`${service.url}${where}`, { headers })).json()) as T;
  };
  const { packages } = await read<{ packages: { id: string; purpose: string }[] }>(
    `/v1/catalogue/assets/${OTTERS}`,
  );
  const { id } = packages.find(({ purpose }) => purpose === 'preview') ?? { id: '' };
  const { files } = await read<{ files: ManifestFile[] }>(`/v1/packages/${id}/manifest`);
  const [film] = files.toSorted((a, b) => b.bytes - a.bytes);
  if (!film) throw new Error('The preview has no film');
  return film;
}
/** From now on each answer with this file takes its time. */
async function slowDown(
  service: AccountService,
  { fileId }: ManifestFile,
  bytesPerSecond: number,
): Promise<void> {
  const answer = await fetch(`${service.url}/test/faults`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ fileId, kind: 'slow', at: bytesPerSecond, times: 1000 }),
  });
  expect(answer.status).toBe(204);
}

/** Signed in, at the page of the otters. */
async function atOtters(page: Page, service: AccountService, language: 'en' | 'fr'): Promise<void> {
  await elsewhere(service).register();
  await command(page, wordsOf(language).shell.palette.signIn);
  await signIn(new Keys(page), EMAIL, PASSWORD, language);
  await openAsset(page, language === 'en' ? 'otters are back' : 'loutres de retour', TITLE);
}
/** Every width of the design, one after the other. */
async function atWidths(page: Page, walk: Walk, name: string): Promise<void> {
  const size = page.viewportSize() ?? { width: 1280, height: 800 };
  for (const width of [640, 1920, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    await walk.keep(`${name}-${width}`);
  }
  await page.setViewportSize(size);
}
const folderOf = async (drawer: Locator, saved: string): Promise<string> =>
  (await drawer
    .locator('dl > div')
    .filter({ hasText: saved })
    .locator('dd')
    .first()
    .textContent()) ?? '';

for (const { language, theme } of combinations) {
  test(
    `withdrawn after it came: said, acknowledged, and cleared from disk, ${language}, ${theme}`,
    { tag: `@${language}` },
    async ({ launch, service, shell }) => {
      const words = wordsOf(language);
      const { recalls, transfers } = words;
      const { page } = await launch({ language, theme }, service.url);
      const walk = new Walk(page, `test-results/recall/${shell}-${language}-${theme}`);
      await atOtters(page, service, language);
      await downloadPreview(page);
      await expect(page.getByText(words.asset.downloaded)).toBeVisible();
      await edit(service, 'withdraw', reason);
      await poll(page, words);
      await go(page, words.common.downloads);
      const strip = page.getByRole('alert');
      await expect(strip).toContainText(recalls.changed({ withdrawn: 1, held: 0, corrected: 0 }));
      await expect(page.getByRole('navigation').getByText(recalls.toAcknowledge(1))).toBeAttached();
      await atWidths(page, walk, 'strip');
      await page.getByRole('button', { name: TITLE }).first().click();
      const drawer = page.getByRole('complementary', { name: transfers.details });
      await expect(drawer.getByText(recalls.quoted(WORDS))).toBeVisible();
      await expect(drawer.getByText(recalls.sections.places)).toBeVisible();
      const folder = await folderOf(drawer, transfers.savedIn);
      expect(readdirSync(folder)).toEqual(expect.arrayContaining(['.recalled', 'RECALLED.txt']));
      await atWidths(page, walk, 'drawer');
      await drawer.getByRole('button', { name: recalls.acknowledge, exact: true }).click();
      await expect(page.getByText(recalls.acknowledged(1))).toBeVisible();
      await expect(strip).toHaveCount(0);
      await expect(drawer.getByText(EMAIL)).toBeVisible();
      await page.keyboard.press('Escape');
      // Its row leads to the folder now, and the tab keeps it.
      await page.getByRole('tab', { name: transfers.tabs.recalled }).click();
      await expect(
        page.getByRole('button', { name: new RegExp(`^${transfers.openFolder}`) }),
      ).toBeVisible();
      await atWidths(page, walk, 'tab');
      await page.getByRole('button', { name: recalls.clear }).first().click();
      const dialog = page.getByRole('alertdialog');
      const box = dialog.getByRole('checkbox');
      await expect(box).not.toBeChecked();
      await expect(dialog.getByText(folder)).toBeVisible();
      await atWidths(page, walk, 'clear');
      await box.focus();
      await page.keyboard.press('Space');
      await dialog.getByRole('button', { name: /^(Delete 1|Supprimer 1)/ }).click();
      await expect(dialog).toBeHidden();
      await expect.poll(() => existsSync(folder)).toBe(false);
      await expect(page.getByText(transfers.emptyTabs.recalled[0] ?? '')).toBeVisible();
      expect(walk.problems).toEqual([]);
    },
  );

  test(
    `corrected after it came: reviewed by words and files, ${language}, ${theme}`,
    { tag: `@${language}` },
    async ({ launch, service, shell, folder }) => {
      const words = wordsOf(language);
      const { recalls, transfers } = words;
      const { page } = await launch({ language, theme }, service.url);
      const walk = new Walk(page, `test-results/recall/${shell}-${language}-${theme}`);
      await atOtters(page, service, language);
      await downloadPreview(page);
      await expect(page.getByText(words.asset.downloaded)).toBeVisible();
      await edit(service, 'correct', correction);
      await poll(page, words);
      await go(page, words.common.downloads);
      const strip = page
        .getByRole('status')
        .filter({ hasText: recalls.changed({ withdrawn: 0, held: 0, corrected: 1 }) });
      await expect(strip).toBeVisible();
      await expect(page.getByText(recalls.corrected(3))).toBeVisible();
      await strip.getByRole('button', { name: recalls.review }).click();
      const drawer = page.getByRole('complementary', { name: transfers.details });
      await expect(drawer.getByText(recalls.quoted(WORDS))).toBeVisible();
      await expect(drawer.locator('ins', { hasText: RULE })).toBeVisible();
      await expect(
        drawer.locator('ins', { hasText: language === 'en' ? 'upper' : 'amont' }),
      ).toBeVisible();
      await expect(drawer.getByRole('heading', { name: recalls.sections.files })).toBeVisible();
      await expect(
        drawer.getByRole('button', { name: /^(Get new version|Nouvelle version), / }),
      ).toBeVisible();
      await atWidths(page, walk, 'correction');
      await drawer.getByRole('button', { name: recalls.markReviewed }).click();
      await expect(strip).toHaveCount(0);
      // The new version comes into a folder beside the earlier one, which stays as it was.
      const sent = countSent(service.url);
      await drawer.getByRole('button', { name: /^(Get new version|Nouvelle version), / }).click();
      await confirmPlan(page, words);
      const ingest = path.join(folder, 'ingest');
      const complete = () =>
        readdirSync(ingest)
          .filter((name) => existsSync(path.join(ingest, name, '.done')))
          .toSorted();
      await expect.poll(() => complete().length).toBe(2);
      const [earlier = '', later = ''] = complete();
      expect(later.replace(/ \(\d+\)$/u, '')).toBe(earlier);
      expect(readdirSync(path.join(ingest, earlier))).toContain('CORRECTED.txt');
      // The service has sent the files that differ, and nothing of those that were here.
      sent.stop();
      const [before, after] = [earlier, later].map((name) => filesIn(path.join(ingest, name)));
      const known = new Set(before?.map(({ sha256 }) => sha256));
      const differing = after?.filter(({ sha256 }) => !known.has(sha256)) ?? [];
      expect(Object.keys(sent.byName()).toSorted()).toEqual(
        differing.map((file) => path.posix.basename(file.path)).toSorted(),
      );
      expect(sent.total()).toBeGreaterThanOrEqual(bytesOf(differing));
      expect(sent.total()).toBeLessThan(bytesOf(after ?? []) / 2);
      expect(walk.problems).toEqual([]);
    },
  );
}

for (const { language, theme } of combinations) {
  test(
    `withdrawn half way: the row stops and says why, nothing more comes, ${language}, ${theme}`,
    { tag: ['@long', `@${language}`] },
    async ({ launch, service, shell, folder }) => {
      const words = wordsOf(language);
      const { recalls } = words;
      const { page } = await launch({ language, theme }, service.url);
      const walk = new Walk(page, `test-results/recall/${shell}-${language}-${theme}`);
      await atOtters(page, service, language);
      const film = await filmOf(service);
      await slowDown(service, film, RATE);
      const sent = countSent(service.url);
      const ofFilm = () => sent.byName()[path.posix.basename(film.path)] ?? 0;
      await downloadPreview(page);
      await expect.poll(ofFilm).toBeGreaterThan(2 * RATE);
      await edit(service, 'withdraw', reason);
      await poll(page, words);
      await go(page, words.common.downloads);
      await expect(page.getByText(recalls.stopped.withdrawn[1] ?? '')).toBeVisible();
      await expect(page.getByRole('alert')).toContainText(recalls.nothingDeleted);
      await expect(page.getByRole('alert')).not.toContainText('RECALLED.txt');
      await walk.keep('stopped');
      const stoppedAt = ofFilm();
      expect(stoppedAt).toBeLessThan(film.bytes);
      await page
        .getByRole('button', { name: new RegExp(`^${recalls.acknowledge}\\b.*: `, 'u') })
        .click();
      await expect(page.getByText(recalls.acknowledged(1))).toBeVisible();
      // Half a package is none: it has no marker, and needs no notice.
      const names = readdirSync(path.join(folder, 'ingest'), { recursive: true }).map(String);
      expect(names.filter((name) => /\.(?:done|recalled)$|RECALLED/u.test(name))).toEqual([]);
      expect(names.some((name) => name.endsWith('.part'))).toBe(true);
      expect(ofFilm()).toBe(stoppedAt);
      sent.stop();
      expect(walk.problems).toEqual([]);
    },
  );

  test(
    `withdrawn after its folder was moved: found by its hash and marked there, ${language}, ${theme}`,
    { tag: ['@long', `@${language}`] },
    async ({ launch, service, shell, folder }) => {
      const words = wordsOf(language);
      const { recalls, transfers } = words;
      const { page } = await launch({ language, theme }, service.url);
      const walk = new Walk(page, `test-results/recall/${shell}-${language}-${theme}`);
      await atOtters(page, service, language);
      await downloadPreview(page);
      await expect(page.getByText(words.asset.downloaded)).toBeVisible();
      const ingest = path.join(folder, 'ingest');
      const [name = ''] = readdirSync(ingest);
      const moved = path.join(ingest, 'Wildlife', 'Otters, final');
      await mkdir(path.dirname(moved));
      await rename(path.join(ingest, name), moved);
      expect(readdirSync(moved)).toContain('.done');
      await edit(service, 'withdraw', reason);
      await poll(page, words);
      await go(page, words.common.downloads);
      await expect.poll(() => readdirSync(moved)).toContain('RECALLED.txt');
      // The notice is there first; the publisher’s words come with the asset’s next reading.
      await expect
        .poll(() => readFileSync(path.join(moved, 'RECALLED.txt'), 'utf8'))
        .toContain(WORDS);
      expect(readdirSync(moved)).toContain('.recalled');
      expect(readdirSync(moved)).not.toContain('.done');
      expect(readdirSync(ingest)).toEqual(['Wildlife']);
      await page.getByRole('button', { name: TITLE }).first().click();
      const drawer = page.getByRole('complementary', { name: transfers.details });
      // It is the package itself, not a copy of one that has gone.
      await expect(drawer.getByText(recalls.packageHere(2))).toBeVisible();
      expect(await folderOf(drawer, transfers.savedIn)).toBe(moved);
      await expect(drawer.getByText(recalls.copyHere)).toHaveCount(0);
      await walk.keep('moved');
      expect(walk.problems).toEqual([]);
    },
  );
}

test(
  'what is withdrawn while it is queued stops, and the row says so',
  { tag: '@long' },
  async ({ launch, service }) => {
    const words = wordsOf('en');
    const { page } = await launch({ language: 'en', theme: 'dark' }, service.url);
    await atOtters(page, service, 'en');
    await command(page, words.shell.palette.pauseAll);
    await downloadPreview(page);
    await edit(service, 'withdraw', reason);
    await poll(page, words);
    await go(page, words.common.downloads);
    await expect(page.getByText(words.recalls.stopped.withdrawn[0] ?? '')).toBeVisible();
    await page.getByRole('button', { name: /^Acknowledge: Otters/ }).click();
    await expect(page.getByText(words.recalls.acknowledged(1))).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
  },
);
