import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { openBrowser } from '../support/browser.ts';
import { policyMissing, underPolicy } from '../support/policy.ts';
import { expect, startStation, test, wordsOf } from './fixtures.ts';
import { Walk } from './walk.ts';

const POLICY = {
  organisation: 'Channel Nine IT',
  settings: {
    demo: true,
    proxyMode: 'manual',
    proxyAddress: 'proxy.newsroom.example:3128',
    proxyExceptions: ['intranet.example', '10.0.0.0/8'],
    caFiles: ['/etc/ssl/channel-nine-inspection.pem'],
    clientCertificates: [{ host: 'media.example', file: '/etc/ssl/ingest-02.p12' }],
    updates: 'off',
  },
  disabled: ['api', 'webhooks', 'watch-folder'],
  webhooks: [
    {
      name: 'MAM',
      url: 'https://mam.newsroom.example/desk',
      events: ['package.ready', 'package.recalled'],
      keyFile: '/etc/multimedia-desk/mam.key',
    },
  ],
  hook: { command: ['/usr/local/bin/ingest', '--ready'], events: ['package.ready'] },
};

for (const language of ['en', 'fr'] as const)
  test(
    `what an administrator has decided is shown in place of controls, with its value, ${language}`,
    { tag: ['@station', `@${language}`] },
    async ({ folder }) => {
      test.skip(policyMissing !== null, `${policyMissing} is missing`);
      const { automation, common, network, policy: words, settings } = wordsOf(language);
      const home = path.join(folder, 'home');
      const theme = language === 'en' ? 'light' : 'dark';
      writeFileSync(path.join(home, 'settings.json'), JSON.stringify({ language, theme }));
      const { child, url } = await startStation(home, [], {}, underPolicy(folder, POLICY));
      const browser = await openBrowser();
      try {
        const page = await browser.newPage({
          viewport: { width: 1280, height: 800 },
          colorScheme: null,
        });
        await page.goto(url);
        const walk = new Walk(page, `test-results/policy/${language}`);
        await page.getByRole('link', { name: new RegExp(`^${common.settings}`) }).click();

        const webhooks = page.getByRole('list', { name: automation.webhooks });
        await page.getByRole('link', { name: settings.sections.automation, exact: true }).click();
        await expect(webhooks.getByText(words.managed)).toHaveCount(2);
        await expect(page.getByRole('button', { name: automation.add })).toHaveCount(0);
        await expect(page.getByLabel(automation.folder, { exact: true })).toHaveCount(0);
        await walk.keep('automation');

        await page.getByRole('link', { name: settings.sections.network, exact: true }).click();
        await expect(page.getByText(POLICY.settings.proxyAddress, { exact: true })).toBeVisible();
        await expect(page.getByRole('button', { name: network.addAuthority })).toHaveCount(0);
        await walk.keep('connection');

        await page.setViewportSize({ width: 640, height: 800 });
        await page
          .getByRole('heading', { name: network.title, exact: true })
          .scrollIntoViewIfNeeded();
        await walk.keep('connection-narrow');
        await page.getByRole('button', { name: words.view }).last().press('Enter');
        await expect(page.getByRole('dialog')).toContainText('/usr/local/bin/ingest --ready');
        await walk.keep('policy-narrow');
        expect(walk.problems).toEqual([]);
      } finally {
        await browser.close();
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
    },
  );
