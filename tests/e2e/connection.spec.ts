import { freePort } from '../support/free-port.ts';
import { proxiesMissing, Servers } from '../support/network/servers.ts';
import { startDemo } from '../support/service/demo.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { expect, test, wordsOf } from './fixtures.ts';
import { savedDocuments } from './saved-documents.ts';
import { Walk } from './walk.ts';

const LOGIN = { user: 'newsroom\\ingest', password: 'Quiet Harbour 7' };

for (const language of ['en', 'fr'] as const)
  test(
    `a connection that fails says where and why, and is mended in Settings, ${language}`,
    { tag: `@${language}` },
    async ({ launch }) => {
      test.skip(proxiesMissing !== null, `${proxiesMissing} is missing`);
      test.setTimeout(180_000);
      const { network: words, settings, common } = wordsOf(language);
      const servers = new Servers(temporaryFolder());
      const service = await startDemo({ limits: 'relaxed' });
      const [secure, proxy] = [await freePort(), await freePort()];
      try {
        const root = servers.authority('authority', 'Channel Nine Root');
        const own = servers.certificate('media', root);
        await servers.nginx(
          secure,
          `server { listen ${servers.host}:${secure} ssl; ssl_certificate ${own}; ssl_certificate_key ${own}; location / { proxy_pass ${service.url}; } }`,
        );
        await servers.squid(
          'squid',
          {
            ports: `http_port 127.0.0.1:${proxy}`,
            lines: servers.signIn(LOGIN.user, LOGIN.password),
            rules: 'http_access allow known\nhttp_access deny all',
          },
          proxy,
        );
        const { page } = await launch(
          { language, theme: language === 'en' ? 'light' : 'dark' },
          `https://${servers.host}:${secure}`,
        );
        const walk = new Walk(page, `test-results/connection/${language}`);
        const part = (name: string) =>
          page
            .getByRole('list', { name: words.hops })
            .getByRole('listitem')
            .filter({ hasText: name });
        const run = async (name: string): Promise<void> => {
          await page.getByRole('button', { name, exact: true }).click();
          await expect(page.getByRole('button', { name: words.again, exact: true })).toBeEnabled();
        };

        await test.step('nobody knows who has signed for the service', async () => {
          await page.getByRole('link', { name: new RegExp(`^${common.settings}`) }).click();
          await page.getByRole('link', { name: settings.sections.network, exact: true }).click();
          await run(words.run);
          await expect(part(words.stateWords.failed)).toContainText('Channel Nine Root');
          await page.getByRole('heading', { name: words.test }).scrollIntoViewIfNeeded();
          await walk.keep('untrusted');
        });

        await test.step('the report says it to those who run the network', async () => {
          const saved = await savedDocuments(page);
          await page.getByRole('button', { name: words.save, exact: true }).click();
          await expect.poll(saved).toHaveLength(1);
          const [text] = await saved();
          expect(text).toContain('Channel Nine Root');
          expect(text).toContain('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
        });

        await test.step('its authority is added, and everything works', async () => {
          const chooser = page.waitForEvent('filechooser');
          await page.getByRole('button', { name: words.addAuthority }).first().click();
          await (await chooser).setFiles(root.ca);
          await expect(part(words.stateWords.failed)).toHaveCount(0);
          await expect(page.getByRole('list', { name: words.authorities })).toContainText(
            'Channel Nine Root',
          );
          await walk.keep('trusted');
        });

        await test.step('a proxy asks who we are, and is told', async () => {
          await page.getByRole('button', { name: words.proxy }).click();
          await page.getByRole('option', { name: words.modes.manual }).click();
          await page.getByLabel(words.address).fill(`127.0.0.1:${proxy}`);
          await page.getByLabel(words.exceptions).fill('intranet.example, 10.0.0.0/8');
          await page
            .locator('form')
            .filter({ has: page.getByLabel(words.address) })
            .getByRole('button', { name: settings.save, exact: true })
            .click();
          await run(words.again);
          await expect(part(words.stateWords.failed)).toContainText(`127.0.0.1:${proxy}`);
          await page.getByRole('heading', { name: words.test }).scrollIntoViewIfNeeded();
          await walk.keep('proxy');
          await part(words.stateWords.failed)
            .getByRole('button', { name: words.loginEnter })
            .click();
          await page.getByLabel(words.user).fill(LOGIN.user);
          await page.getByLabel(words.password, { exact: true }).fill(LOGIN.password);
          await walk.keep('login');
          await page
            .getByRole('dialog')
            .getByRole('button', { name: settings.save, exact: true })
            .click();
          await expect(page.getByRole('list', { name: words.login })).toContainText(LOGIN.user);
          // It is tested again by itself.
          await expect(part(words.stateWords.failed)).toHaveCount(0);
          await expect(part('Proxy').first()).toContainText(LOGIN.user);
          await page.getByRole('button', { name: words.addClient }).scrollIntoViewIfNeeded();
          await walk.keep('settings');
        });
        expect(walk.problems).toEqual([]);
      } finally {
        await servers.stop();
        await service.close();
      }
    },
  );
