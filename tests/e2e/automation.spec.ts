import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test, wordsOf } from './fixtures.ts';
import { status, startReceiver } from '../support/events.ts';
import { Walk } from './walk.ts';

for (const language of ['en', 'fr'] as const)
  test(
    `a webhook is added and told what fails; lists are taken from a folder, ${language}`,
    { tag: `@${language}` },
    async ({ launch, folder, shell }) => {
      test.setTimeout(180_000);
      const { automation: words, common, settings } = wordsOf(language);
      const receiver = await startReceiver();
      const nowhere = http.createServer((_request, response) => response.writeHead(404).end());
      await new Promise<void>((resolve) => nowhere.listen(0, '127.0.0.1', resolve));
      const lists = path.join(folder, 'lists');
      mkdirSync(lists);
      const { port } = nowhere.address() as AddressInfo;
      const listOf = (name: string): string =>
        `<?xml version="1.0"?><metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="${name}"><hash type="sha-256">${'0'.repeat(64)}</hash><url>http://127.0.0.1:${port}/${name}</url></file></metalink>`;
      const { page } = await launch({ language, theme: language === 'en' ? 'dark' : 'light' });
      const walk = new Walk(page, `test-results/automation/${shell}-${language}`);
      const webhooks = page.getByRole('list', { name: words.webhooks });

      await test.step('it is added by keys, and its key is shown once', async () => {
        await page.getByRole('link', { name: new RegExp(`^${common.settings}`) }).click();
        await page.getByRole('link', { name: settings.sections.automation }).click();
        await expect(page.getByText(words.none)).toBeVisible();
        await page.getByRole('button', { name: words.add }).focus();
        await page.keyboard.press('Enter');
        await page.keyboard.type(receiver.url);
        await walk.keep('add');
        await page.keyboard.press('Enter');
        const dialog = page.getByRole('alertdialog', { name: words.keyTitle });
        await expect(dialog.getByLabel(words.key)).toHaveValue(/^whsec_/u);
        await walk.keep('key');
        await dialog.getByRole('button', { name: common.done }).click();
        await expect(webhooks).toContainText('127.0.0.1');
      });

      await test.step('a list in the watched folder is queued, and what fails of it is told', async () => {
        await page.getByLabel(words.folder, { exact: true }).fill(lists);
        await page.getByRole('button', { name: words.save, exact: true }).last().click();
        await expect(page.getByText(words.states.watching, { exact: true })).toBeVisible();
        writeFileSync(path.join(lists, 'evening.meta4'), listOf('a.mov'));
        writeFileSync(path.join(lists, 'broken.json'), '{"some":"thing"}');
        await expect.poll(() => readdirSync(lists).toSorted()).toEqual(['done', 'failed']);
        await expect(page.getByRole('list', { name: words.lists })).toContainText('evening.meta4');
        await expect(page.getByRole('list', { name: words.lists })).toContainText('broken.json');
        await expect
          .poll(() => receiver.received.map(({ event }) => event.type))
          .toEqual(['download.failed']);
        await expect(webhooks).toContainText(words.sent('').trim());
        await page.getByRole('button', { name: words.stop }).scrollIntoViewIfNeeded();
        await walk.keep('watch-folder');
      });

      await test.step('a receiver that wants no more is switched off, visibly, and on again', async () => {
        receiver.answers.splice(0, receiver.answers.length, status(410));
        writeFileSync(path.join(lists, 'night.meta4'), listOf('b.mov'));
        await expect(
          page.getByText(words.bannerWebhooks(new URL(receiver.url).host)),
        ).toBeVisible();
        await webhooks.scrollIntoViewIfNeeded();
        await walk.keep('off');
        receiver.answers.splice(0, receiver.answers.length, status(204));
        await page.getByRole('button', { name: new RegExp(`^${words.resume}`) }).click();
        await expect(page.getByText(words.bannerWebhooks(new URL(receiver.url).host))).toBeHidden();
        await expect
          .poll(() => receiver.received.map(({ event }) => event.data.title))
          .toEqual(['evening.meta4', 'night.meta4', 'night.meta4']);
      });
      for (const size of [
        { width: 640, height: 800 },
        { width: 1280, height: 800 },
      ]) {
        await page.setViewportSize(size);
        await webhooks.scrollIntoViewIfNeeded();
        await walk.keep(`at-${size.width}`);
      }
      expect(walk.problems).toEqual([]);
      await receiver.close();
      nowhere.close();
    },
  );
