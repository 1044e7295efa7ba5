import type { Page } from '@playwright/test';
import { spawnSync } from 'node:child_process';
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { startDemo } from '../support/service/demo.ts';
import { createAccount } from './account-steps.ts';
import { expect, test, wordsOf } from './fixtures.ts';
import { confirmPlan } from './plan-steps.ts';

const words = wordsOf('en');
const EMAIL = 'ingest@station.example';
/** Slow enough that it is still under way when the steps before the kill were slow. */
/** Slow enough that a busy machine sees the master half-way. */
const LIMIT = 40 * 1024 * 1024;

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(file, { highWaterMark: 1024 * 1024 }))
    hash.update(part as Buffer);
  return hash.digest('hex');
}

/** Bytes that the file really takes: it is made sparse at its full length. */
const written = (file: string): number => (existsSync(file) ? statSync(file).blocks * 512 : 0);

test('from no account to a verified master, through kill -9; then all of it offline', async ({
  folder,
  launch,
}) => {
  // Only ends what hangs: two gigabytes are written, hashed and read again.
  test.setTimeout(900_000);
  const service = await startDemo();
  const { port } = new URL(service.url);
  expect(port).not.toBe('');
  const first = await launch({ limitBytesPerSecond: LIMIT }, service.url);
  const { page } = first;

  await test.step('the download asks for an account, and starts once there is one', async () => {
    await page.getByText('Glacier lake survey').first().click();
    await button(page, /^Download 21 files/).click();
    await createAccount(page, EMAIL, async () => (await service.nextMail(EMAIL)).code ?? '');
    await expect(page.getByRole('dialog')).toContainText('Glacier lake survey');
    await confirmPlan(page, words);
    // Its panel moves what is below it; a press that it moves away from counts for nothing.
    await expect(page.getByRole('progressbar')).toBeVisible();
    await button(page, words.account.subscribe).click();
    await expect(page.getByText(words.account.subscribed)).toBeVisible();
    await button(page, words.shell.backTo.asset).last().click();
    await expect(page.getByRole('heading', { name: /Glacier lake survey/ }).first()).toBeVisible();
  });

  const ingest = path.join(folder, 'ingest');
  await expect.poll(() => readdirSync(ingest).length).toBe(1);
  const root = path.join(ingest, readdirSync(ingest)[0] ?? '');
  const master = path.join(root, 'AUR-26-1147_1080i50.mov');
  await test.step('killed while the master is arriving', async () => {
    await expect
      .poll(() => written(`${master}.part`), { intervals: [50], timeout: 300_000 })
      .toBeGreaterThan(400e6);
    await first.kill();
    // The part file has its full length from the start.
    expect(written(`${master}.part`)).toBeLessThan(statSync(`${master}.part`).size);
    expect([existsSync(master), existsSync(path.join(root, '.done'))]).toEqual([false, false]);
  });

  const second = await launch({}, service.url);
  await test.step('goes on by itself, and is verified', async () => {
    await second.page.getByRole('link', { name: words.common.downloads }).click();
    await expect(second.page.getByText('Glacier lake survey').first()).toBeVisible();
    await expect.poll(() => existsSync(path.join(root, '.done')), { timeout: 600_000 }).toBe(true);
    const manifest = JSON.parse(readFileSync(path.join(root, 'manifest.json'), 'utf8')) as {
      files: { path: string; bytes: number; sha256: string }[];
    };
    for (const { path: name, bytes, sha256 } of manifest.files) {
      expect(statSync(path.join(root, name)).size).toBe(bytes);
      expect(await hashOf(path.join(root, name))).toBe(sha256);
    }
    const probe = spawnSync(
      'ffprobe',
      [
        '-v',
        'error',
        '-select_streams',
        'v:0',
        '-show_entries',
        'stream=codec_name,width,height',
        '-of',
        'csv=p=0',
        master,
      ],
      { encoding: 'utf8' },
    );
    expect(probe.stdout.trim()).toBe('v210,1920,1080');
  });

  await test.step('offline: the catalogue is searched, articles are read with their pictures', async () => {
    await second.page.getByRole('link', { name: words.common.news }).click();
    await expect(
      second.page.getByText('Thirty springs on one painted board').first(),
    ).toBeVisible();
    await service.close();
    await second.close();
    const offline = await launch({}, service.url);
    await expect(offline.page.getByText(words.shell.offline, { exact: true })).toBeVisible();
    await offline.page.keyboard.press('/');
    await offline.page.keyboard.type('osprey');
    await expect(offline.page.getByText('Osprey count').first()).toBeVisible();
    await offline.page.getByRole('link', { name: words.common.news }).click();
    await offline.page.getByText('Thirty springs on one painted board').first().click();
    const picture = offline.page.frameLocator('iframe').locator('figure img').first();
    await expect(picture).toBeVisible();
    expect(
      await picture.evaluate((image: HTMLImageElement) =>
        image.decode().then(() => image.naturalWidth),
      ),
    ).toBeGreaterThan(300);
  });
});
