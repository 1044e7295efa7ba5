import { expect, test, wordsOf } from './fixtures.ts';
import { pictureOf } from './publisher.ts';
import { FeedServer } from '../support/sources/feed-server.ts';
import { Walk } from './walk.ts';

const NAME = 'Harbour Notes';
const body = (n: number, origin: string): string =>
  `<p>The night ferry number ${n} is back, and so are the people who knit on it.</p><figure><img src="${origin}/boat.jpg?n=${n}" alt="A boat at the quay"><figcaption>The quay. Photo: Maren Tolveg</figcaption></figure><p>${'It leaves at nine and comes home at six. '.repeat(12)}</p>`;
const feed = (count: number, origin: string): string =>
  `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>${NAME}</title><id>urn:harbour</id><updated>2026-11-20T08:00:00Z</updated>${Array.from(
    { length: count },
    (_, n) =>
      `<entry><id>urn:harbour:${n}</id><title>Ferry ${n}</title><link href="https://harbour.example/${n}"/><updated>2026-11-${10 + n}T08:00:00Z</updated><published>2026-11-${10 + n}T08:00:00Z</published><author><name>Maren Tolveg</name></author><category term="Transport"/><content type="html"><![CDATA[${body(n, origin)}]]></content></entry>`,
  ).join('')}</feed>`;

for (const language of ['en', 'fr'] as const)
  test(
    `a feed is added, read by keys, starred, found, and whole once its server is gone, ${language}`,
    { tag: `@${language}` },
    async ({ launch }) => {
      test.setTimeout(180_000);
      const { articles, common, feeds, sources } = wordsOf(language);
      const server = await FeedServer.start();
      server.serve('/feed', feed(4, server.url('')), { 'content-type': 'application/atom+xml' });
      server.serve('/boat.jpg', pictureOf(1146), { 'content-type': 'image/jpeg' });
      const first = await launch({ language, theme: language === 'en' ? 'dark' : 'light' });
      const { page } = first;
      const walk = new Walk(page, `test-results/feeds/${language}`);
      const place = (name: string) =>
        page.getByRole('list', { name: articles.places }).getByRole('button', { name });
      const list = page.getByRole('grid', { name: articles.list, exact: true });
      const shown = page.frameLocator('iframe');

      await test.step('it is added in Settings, and read', async () => {
        await page.getByRole('link', { name: new RegExp(`^${common.settings}`) }).click();
        await page.getByRole('button', { name: feeds.add, exact: true }).click();
        await page.getByLabel(sources.address).fill(server.url('/feed'));
        await page
          .getByRole('dialog')
          .getByRole('button', { name: sources.add, exact: true })
          .click();
        await expect(page.getByRole('dialog')).toHaveCount(0);
        await expect(page.getByRole('list', { name: feeds.title })).toContainText(NAME);
        await page.getByRole('heading', { name: feeds.storage }).scrollIntoViewIfNeeded();
        await walk.keep('feeds');
      });

      await test.step('its articles are gone through by keys, and marked', async () => {
        await page.getByRole('link', { name: new RegExp(`^${common.news}`) }).click();
        await place(NAME).click();
        await expect(list.getByRole('row')).toHaveCount(4);
        await page.keyboard.press('j');
        await expect(shown.getByRole('heading', { level: 1, name: 'Ferry 3' })).toBeVisible();
        await expect(shown.getByAltText('A boat at the quay')).toBeVisible();
        await expect(shown.getByText('The quay.')).toBeVisible();
        await page.keyboard.press('s');
        await page.keyboard.press('j');
        await expect(shown.getByRole('heading', { level: 1, name: 'Ferry 2' })).toBeVisible();
        await page.keyboard.press('Shift+A');
        await expect(place(NAME)).not.toContainText(articles.countUnread);
        await page.getByRole('button', { name: common.undo }).click();
        await expect(place(NAME)).toContainText(articles.countUnread);
        await place(articles.starred).click();
        await expect(list.getByRole('row')).toHaveCount(1);
        await walk.keep('starred');
      });

      await test.step('a search finds words of the text, and says where', async () => {
        await place(articles.all).click();
        await page.keyboard.press('/');
        await page.keyboard.type('knit number 1');
        await expect(list.getByRole('row')).toHaveCount(1);
        await expect(list).toContainText('people who knit');
        await walk.keep('found');
      });
      expect(walk.problems).toEqual([]);

      await test.step('with the server gone and after a restart it is all there', async () => {
        await expect
          .poll(() => server.requests.filter(({ url }) => url.startsWith('/boat')).length)
          .toBe(4);
        await first.close();
        await server.stop();
        const { page: again } = await launch();
        await again.getByRole('link', { name: new RegExp(`^${common.news}`) }).click();
        await again
          .getByRole('list', { name: articles.places })
          .getByRole('button', { name: NAME })
          .click();
        await again.getByRole('button', { name: 'Ferry 0' }).click();
        const frame = again.frameLocator('iframe');
        await expect(frame.getByText('knit on it')).toBeVisible();
        const picture = frame.getByAltText('A boat at the quay');
        await expect
          .poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth))
          .toBeGreaterThan(100);
      });
    },
  );
