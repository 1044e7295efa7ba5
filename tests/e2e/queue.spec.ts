import { rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Page } from '@playwright/test';
import { SqliteTransferStore } from '../../src/main/adapters/sqlite/transfer-store.ts';
import type { StoredTransfer } from '../../src/main/transfers/ports.ts';
import { newTransfer } from '../../src/main/transfers/queue/enqueue.ts';
import type { TransferState, WaitReason } from '../../src/shared/model/transfer.ts';
import { startDemo } from '../support/service/demo.ts';
import { expect, test, usesDouble, wordsOf } from './fixtures.ts';
import { combinations, Walk } from './walk.ts';

const HOUR = 3_600_000;
const ALL_WEEK = [1, 2, 3, 4, 5, 6, 7];
const TITLES = [
  'Glacier lake survey',
  'Dune crossing tests weather stations',
  'Osprey count: 212 rings along the water',
  'Otters are back on the lower river',
  'Harbour dims its lights',
  'Old light wells keep a city block cooler',
  'Footbridge lights run on the river',
  'Hill growers share one rain gauge',
  'Sensor check: the ring-plane pass',
  'Stone by stone: night survey',
  'First snow: city roofs as water stores',
  'The rain garden passes its first storm',
];

type Wanted = Partial<StoredTransfer> & { state: TransferState };

/** Writes a queue into a home before the app is started on it. */
function seed(folder: string, wanted: readonly Wanted[]): void {
  const store = new SqliteTransferStore(path.join(folder, 'home', 'transfers.sqlite'), (damage) => {
    throw new Error(JSON.stringify(damage));
  });
  store.save(
    wanted.map((more, i) => ({
      ...newTransfer(
        {
          assetId: `ast_none${i}`,
          packageId: `pkg_none${i}`,
          rev: 1,
          title: TITLES[i % TITLES.length] ?? '',
          label: 'HD 1080i50',
          purpose: 'broadcast',
          destination: path.join(folder, 'ingest'),
          acknowledge: [],
          bytes: 14_200_000_000,
          fileCount: 17,
        },
        { id: `trf_${i}`, position: i, nowMs: Date.now() - HOUR },
      ),
      ...more,
    })),
  );
  store.saveFiles('trf_0', [
    {
      index: 0,
      path: 'AUR-26-1147_1080i50.mxf',
      bytes: 14_000_000_000,
      sha256: null,
      given: null,
      done: false,
      verified: false,
      error: null,
      ownsPart: true,
      progress: null,
      evidence: null,
    },
  ]);
  store.close();
}

const waiting = (
  reason: WaitReason,
  more: { untilMs?: number; shortBytes?: number } = {},
): TransferState => ({ phase: 'waiting', reason, untilMs: null, shortBytes: null, ...more });
const failed = (
  code: 'withdrawn' | 'hash-mismatch' | 'not-permitted' | 'restriction-unacknowledged' | 'exists',
): TransferState => ({ phase: 'failed', code, message: '', retryable: false });
const everyState = (): Wanted[] => [
  { state: { phase: 'queued' }, deadlineMs: Date.now() - HOUR },
  { state: { phase: 'queued' }, deadlineMs: Date.now() + HOUR },
  { state: { phase: 'queued' }, limitBytesPerSecond: 2e6 },
  { state: waiting('embargo'), totalBytes: 3_900_000_000 },
  { state: waiting('disk-full', { shortBytes: 31_000_000_000 }), receivedBytes: 11_600_000_000 },
  { state: waiting('destination-missing') },
  { state: waiting('signed-out') },
  { state: waiting('superseded') },
  { state: waiting('other-service') },
  { state: { phase: 'paused' }, receivedBytes: 6_000_000_000 },
  { state: failed('withdrawn'), receivedBytes: 3_100_000_000, finishedAtMs: Date.now() },
  { state: failed('hash-mismatch'), finishedAtMs: Date.now() },
  { state: failed('not-permitted'), finishedAtMs: Date.now() },
  { state: failed('restriction-unacknowledged'), finishedAtMs: Date.now() },
  { state: failed('exists'), finishedAtMs: Date.now() },
  { state: { phase: 'cancelled' }, finishedAtMs: Date.now() },
  { state: { phase: 'done' }, finishedAtMs: Date.now() - HOUR, filesDone: 17 },
  { state: { phase: 'done' }, finishedAtMs: Date.now() - 2 * HOUR, filesDone: 17 },
];
const downloads = (page: Page, language: 'en' | 'fr') =>
  page
    .getByRole('link', { name: new RegExp(`^${wordsOf(language).common.downloads}`) })
    .first()
    .click();

for (const { language, theme } of combinations) {
  test(
    `every state of the queue, ${language}, ${theme}: a picture of it, and nothing serious for axe`,
    { tag: ['@window', `@${language}`] },
    async ({ launch, folder }) => {
      const service = await startDemo();
      const { articles, transfers, settings, common, shell: frame } = wordsOf(language);
      seed(folder, everyState());
      const schedule = { days: ALL_WEEK, fromMinute: 0, toMinute: 0, pauses: true };
      const { page, app } = await launch(
        {
          language,
          theme,
          limitBytesPerSecond: 20e6,
          schedule,
          folderTemplate: '{date}/{place} {title} {id}',
          fileTemplate: '{date}_{id}_{title}_{language}_{rendition}',
        },
        service.url,
      );
      const walk = new Walk(page, path.join('test-results/screens', `${language}-${theme}`));
      const button = (name: string | RegExp) => page.getByRole('button', { name }).first();
      await downloads(page, language);
      await expect(page.getByText(transfers.waitsForSchedule).first()).toBeVisible();
      await walk.keep('queue-all');
      await page.getByRole('tab', { name: new RegExp(`^${transfers.tabs.failed}`) }).click();
      await expect(page.getByText(transfers.cancelled, { exact: true })).toBeVisible();
      await walk.keep('queue-failed');
      await page.getByRole('tab', { name: new RegExp(`^${transfers.tabs.done}`) }).click();
      await page.getByRole('searchbox', { name: transfers.searchHistory }).fill('zzz');
      await expect(page.getByText(transfers.notFound)).toBeVisible();
      await walk.keep('queue-history-none');
      await page.getByRole('tab', { name: new RegExp(`^${transfers.tabs.active}`) }).click();
      await expect(page.getByText(transfers.emptyTabs.active[0] ?? '')).toBeVisible();
      await walk.keep('queue-active-empty');
      await page.getByRole('tab', { name: new RegExp(`^${transfers.tabs.all}`) }).click();
      await page.locator('button[data-index="1"]').focus();
      await page.keyboard.press('Shift+F10');
      await expect(page.getByRole('menu')).toBeVisible();
      await walk.keep('queue-menu');
      await page.getByRole('menuitem', { name: transfers.setOptions }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await walk.keep('queue-wish');
      await page.keyboard.press('Escape');
      if (theme === 'light') {
        for (const [width, height] of [
          [640, 800],
          [1920, 1080],
        ] as const) {
          await page.setViewportSize({ width, height });
          await walk.keep(`queue-all-${width}`);
        }
        await page.setViewportSize({ width: 1280, height: 800 });
      }
      for (const [i, keychain] of (['locked', 'unreadable', 'absent'] as const).entries()) {
        const account = {
          rev: 9_000 + i,
          status: keychain === 'absent' ? 'signed-in' : 'signed-out',
          profile: null,
          sessionEnded: false,
          keychain,
          pendingFlow: null,
        };
        await app?.evaluate(
          ({ BrowserWindow }, payload) =>
            BrowserWindow.getAllWindows()[0]?.webContents.send('account.changed', payload),
          account,
        );
        const told = {
          locked: frame.keychainLocked,
          unreadable: frame.keychainUnreadable,
          absent: frame.keychainAbsent,
        }[keychain];
        await expect(page.getByText(told)).toBeVisible();
        await walk.keep(`queue-keychain-${keychain}`);
      }
      await page.getByRole('link', { name: new RegExp(`^${common.settings}`) }).click();
      const nav = page.getByRole('navigation', { name: settings.title });
      await nav.getByRole('link', { name: settings.sections.downloads }).click();
      await expect(page.getByText(settings.hoursPauseHelp)).toBeVisible();
      await walk.keep('settings-downloads');
      const names = page.getByRole('list', {
        name: `${settings.fileNames}, ${settings.preview}`,
      });
      await expect(names.getByRole('listitem').first()).toBeVisible();
      await names.scrollIntoViewIfNeeded();
      await walk.keep('settings-names');
      await service.close();
      await page
        .getByRole('link', { name: new RegExp(`^${common.news}`) })
        .first()
        .click();
      await button(articles.sync).click();
      await downloads(page, language);
      await expect(page.getByText(frame.offlineDownloads)).toBeVisible();
      await walk.keep('queue-offline');
      expect(walk.problems).toEqual([]);
    },
  );
}

for (const { language, theme } of combinations) {
  test(
    `a queue with a damaged row, ${language}, ${theme}: the others are there, the window names what was lost until that is closed`,
    { tag: ['@window', `@${language}`] },
    async ({ launch, folder }) => {
      seed(folder, everyState());
      for (const n of [1, 2])
        rmSync(path.join(folder, 'home', `transfers.sqlite.backup-${n}`), { force: true });
      const db = new DatabaseSync(path.join(folder, 'home', 'transfers.sqlite'));
      db.exec(
        `UPDATE transfers SET data = replace(data, '"urgent":false', '"urgent":true') WHERE id = 'trf_3'`,
      );
      db.close();
      const { page } = await launch({ language, theme });
      const { shell: frame, common } = wordsOf(language);
      const walk = new Walk(page, path.join('test-results/screens', `${language}-${theme}`));
      await downloads(page, language);
      await expect(page.getByText(frame.repaired)).toBeVisible();
      // A row further down may have the same title.
      await expect(page.getByText(/transfers\.sqlite\.damaged-/)).toHaveText(
        new RegExp(`${everyState().length - 1} .*${TITLES[3]}`),
      );
      await expect(page.getByText(TITLES[4] ?? '').first()).toBeVisible();
      await walk.keep('queue-damaged');
      await page.getByRole('button', { name: common.close }).click();
      await expect(page.getByText(frame.repaired)).toHaveCount(0);
      expect(walk.problems).toEqual([]);
    },
  );
}

test(
  'the queue by keyboard: order, deadline, undo of what was cleared',
  { tag: '@window' },
  async ({ launch, folder }) => {
    const { transfers, common } = wordsOf('en');
    seed(folder, everyState());
    const { page } = await launch(
      { schedule: { days: ALL_WEEK, fromMinute: 0, toMinute: 0, pauses: true } },
      'http://127.0.0.1:9',
    );
    await downloads(page, 'en');
    const rows = page.locator('button[data-index]');
    await rows.nth(0).focus();
    await page.keyboard.press('Alt+ArrowDown');
    await expect(rows.nth(1)).toHaveText(TITLES[0] ?? '');
    await expect(rows.nth(1)).toBeFocused();
    await page.keyboard.press('d');
    await page.getByRole('textbox', { name: transfers.deadline }).fill('2036-11-24T18:00');
    await page.getByLabel(transfers.limitLabel).fill('2.5');
    await page.getByRole('button', { name: transfers.save }).click();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(page.getByText(transfers.dueBy('24 Nov 2036, 18:00'))).toBeVisible();

    await page.getByRole('tab', { name: new RegExp(`^${transfers.tabs.done}`) }).click();
    await expect(rows).toHaveCount(2);
    await rows.nth(0).focus();
    await page.keyboard.press('Delete');
    await expect(rows).toHaveCount(1);
    await page.getByRole('button', { name: transfers.undo }).click();
    await expect(rows).toHaveCount(2);
    await page.getByRole('searchbox', { name: transfers.searchHistory }).fill('night survey');
    await expect(rows).toHaveCount(0);
    await page.getByRole('searchbox', { name: transfers.searchHistory }).fill('osprey dune');
    await expect(page.getByText(transfers.notFound)).toBeVisible();
    await expect(
      page.getByRole('link', { name: new RegExp(`^${common.downloads}`) }),
    ).toBeVisible();
  },
);

(usesDouble ? test : test.skip)(
  `tray and notifications: the tray shows and pauses the queue, and a download that ends unseen is announced${usesDouble ? '' : ' (skipped: only the double shows what the system is told)'}`,
  { tag: '@window' },
  async ({ launch, folder }) => {
    let isHeld = true;
    const server = http.createServer((_request, response) => {
      response.writeHead(200, {
        'content-type': 'video/quicktime',
        'content-length': '900000',
        etag: '"a"',
      });
      // The rest comes once the queue has been paused and resumed, however long that takes.
      if (isHeld) response.write(Buffer.alloc(300_000, 7));
      else response.end(Buffer.alloc(900_000, 7));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/clip.mov`;
    seed(folder, [
      {
        state: { phase: 'queued' },
        kind: 'url',
        source: address,
        title: 'clip.mov',
        assetId: null,
        packageId: null,
        rev: null,
        totalBytes: null,
        filesTotal: 1,
      },
    ]);
    const { page, app } = await launch({}, 'first-start');
    type Calls = {
      double: { calls: [string, ...unknown[]][] };
      BrowserWindow: { getAllWindows(): { isFocusedNow: boolean }[] };
    };
    const calls = async (name: string) =>
      (await app?.evaluate(
        (electron, wanted) =>
          (electron as unknown as Calls).double.calls
            .filter(([called]) => called === wanted)
            .map(([, given]) => JSON.stringify(given)),
        name,
      )) ?? [];
    await app?.evaluate((electron) => {
      for (const window of (electron as unknown as Calls).BrowserWindow.getAllWindows())
        window.isFocusedNow = false;
    });
    await expect
      .poll(() => calls('tray.setToolTip'))
      .toContainEqual(expect.stringMatching(/Multimedia Desk: 1 package, .*\/s, .* remaining/));
    expect(await calls('powerSaveBlocker.start')).toEqual(['"prevent-app-suspension"']);
    const clickPause = () =>
      app?.evaluate((electron) => {
        type MenuTemplate = { template: { click?: () => void }[] };
        const menus = (electron as unknown as Calls).double.calls.filter(
          ([name]) => name === 'tray.setContextMenu',
        );
        (menus.at(-1)?.[1] as MenuTemplate | undefined)?.template[3]?.click?.();
      });
    await clickPause();
    await expect
      .poll(() => calls('tray.setToolTip'))
      .toContainEqual(expect.stringContaining('All downloads are paused'));
    isHeld = false;
    await clickPause();
    await expect
      .poll(() => calls('notification.show'))
      .toEqual([JSON.stringify({ title: 'Download finished', body: '' })]);
    await expect.poll(() => calls('powerSaveBlocker.stop')).not.toEqual([]);
    expect((await calls('window.setTitle')).at(-1)).toBe('"Multimedia Desk"');
    expect(await page.title()).toBeTruthy();
    server.closeAllConnections();
    server.close();
  },
);
