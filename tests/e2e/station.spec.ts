import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { openBrowser } from '../support/browser.ts';
import { freePort } from '../support/free-port.ts';
import { proxiesMissing, Servers } from '../support/network/servers.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { expect, startStation, test, wordsOf } from './fixtures.ts';
import { Walk } from './walk.ts';

const CHROME =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';
const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';

for (const language of ['en', 'fr'] as const)
  test(
    `two browsers open a station behind a reverse proxy, and know of each other, ${language}`,
    { tag: ['@station', `@${language}`] },
    async ({ folder }) => {
      test.skip(proxiesMissing !== null, `${proxiesMissing} is missing`);
      const { station: words, catalogue, common, settings } = wordsOf(language);
      const servers = new Servers(temporaryFolder());
      const [secure, port] = [await freePort(), await freePort()];
      const address = `https://${servers.host}:${secure}`;
      const root = servers.authority('authority', 'Channel Nine Root');
      const own = servers.certificate('desk', root);
      await servers.nginx(
        secure,
        `server { listen ${servers.host}:${secure} ssl; ssl_certificate ${own}; ssl_certificate_key ${own}; location / { proxy_pass http://127.0.0.1:${port}; proxy_http_version 1.1; proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; } }`,
      );
      const home = path.join(folder, 'home');
      const theme = language === 'en' ? 'light' : 'dark';
      writeFileSync(path.join(home, 'settings.json'), JSON.stringify({ language, theme }));
      const options = ['--demo', '--port', String(port), '--public-address', address];
      const started = await startStation(home, options);
      const { url, nextLink } = started;
      let { child } = started;
      const stop = async (): Promise<void> => {
        child.kill('SIGTERM');
        await once(child, 'exit');
      };
      const browser = await openBrowser();
      const opened = async (link: string, userAgent: string) => {
        const context = await browser.newContext({
          ignoreHTTPSErrors: true,
          viewport: { width: 1280, height: 800 },
          locale: language,
          colorScheme: theme,
          userAgent,
        });
        const page = await context.newPage();
        await page.goto(link);
        return page;
      };
      try {
        expect(url.startsWith(`${address}/#t=`)).toBe(true);
        const first = await opened(url, CHROME);
        await expect(
          first.getByRole('heading', { name: catalogue.filters, exact: true }),
        ).toBeVisible();
        const link = await nextLink();
        const second = await opened(link, FIREFOX);

        const others = [
          [second, words.alsoOpen({ browser: 'Chrome', system: 'Linux' })],
          [first, words.alsoOpen({ browser: 'Firefox', system: 'Windows' })],
        ] as const;
        for (const [page, title] of others) {
          const banner = page.getByRole('status').filter({ hasText: title });
          await expect(banner).toContainText(servers.host);
        }
        await new Walk(first, `test-results/station/${language}`).keep('also-open');

        await first.getByRole('link', { name: new RegExp(`^${common.settings}`) }).click();
        await first.getByRole('link', { name: settings.sections.station, exact: true }).click();
        const open = first.getByRole('list', { name: words.sessions });
        await expect(open.getByRole('listitem')).toHaveCount(2);
        await new Walk(first, `test-results/station/${language}`).keep('sessions');
        await open
          .getByRole('button', {
            name: words.disconnectOf(words.client({ browser: 'Firefox', system: 'Windows' })),
          })
          .click();
        await expect(open.getByRole('listitem')).toHaveCount(1);
        await expect(second.getByRole('heading', { name: words.endedTitle })).toBeVisible();
        await new Walk(second, `test-results/station/${language}`).keep('ended');
        await expect(first.getByRole('button', { name: words.disconnect })).toBeHidden();
        await second.reload();
        await expect(second.getByRole('heading', { name: words.title })).toBeVisible();

        const third = await opened(link, CHROME);
        await expect(third.getByRole('heading', { name: words.usedTitle })).toBeVisible();
        await expect(third.getByText('Firefox')).toBeVisible();
        await new Walk(third, `test-results/station/${language}`).keep('used');

        const fourth = await opened(await nextLink(), CHROME);
        await expect(
          fourth.getByRole('heading', { name: catalogue.filters, exact: true }),
        ).toBeVisible();
        await stop();
        await expect(fourth.getByRole('status').filter({ hasText: words.lost })).toContainText(
          words.lostText,
        );
        await new Walk(fourth, `test-results/station/${language}`).keep('lost');
        ({ child } = await startStation(home, options));
        // The new one knows the session.
        const back = fourth.getByRole('status').filter({ hasText: words.back });
        await expect(back).toBeVisible();
        await new Walk(fourth, `test-results/station/${language}`).keep('back');
        await back.getByRole('button', { name: words.reload }).click();
        await expect(
          fourth.getByRole('heading', { name: catalogue.filters, exact: true }),
        ).toBeVisible();
        await expect(back).toBeHidden();
      } finally {
        await browser.close();
        await stop();
        await servers.stop();
      }
    },
  );
