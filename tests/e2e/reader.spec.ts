import type { FrameLocator, Page } from '@playwright/test';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { startDemo, type DemoService } from '../support/service/demo.ts';
import { seriousFaults } from './axe.ts';
import { expect, test as base, wordsOf } from './fixtures.ts';
import { readerContent } from './reader-content.ts';
import { themeOf } from './walk.ts';

const test = base.extend<{ service: DemoService }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names of fixtures from the pattern
  service: async ({}, use) => {
    const service = await startDemo({ content: readerContent() });
    await use(service);
    await service.close();
  },
});

/** A server that nothing may reach. */
async function openCanary() {
  const asked: string[] = [];
  const server = http.createServer(({ url = '' }, response) => {
    asked.push(url);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A page of the same browser; a page of the station has its context to itself. */
async function newPage(page: Page): Promise<Page> {
  const context = (await page.context().browser()?.newContext()) ?? page.context();
  return context.newPage();
}

const GAUGES = 'Forty gauges and a kitchen window';

async function openNews(page: Page, language: 'en' | 'fr'): Promise<FrameLocator> {
  await page
    .getByRole('navigation')
    .getByRole('link', { name: new RegExp(`^${wordsOf(language).common.news}`) })
    .click();
  return page.frameLocator('iframe');
}
async function openGauges(page: Page, language: 'en' | 'fr' = 'en'): Promise<FrameLocator> {
  const frame = await openNews(page, language);
  await page.getByText(GAUGES).first().click();
  await expect(frame.getByRole('heading', { level: 1, name: GAUGES })).toBeVisible();
  // Its quotations are links once the footage beside it is known.
  await expect(frame.locator('.quotelink')).toBeVisible();
  return frame;
}
/** What holds of the document in the frame, as the page around it sees it. */
const inFrame = <T>(page: Page, read: (inside: Document) => T): Promise<T> =>
  page.evaluate(
    `(${String(read)})(document.querySelector('iframe').contentDocument)`,
  ) as Promise<T>;
const scrolled = (page: Page): Promise<number> =>
  inFrame(page, (inside) => inside.scrollingElement?.scrollTop ?? -1);
const marked = (page: Page, name: string): Promise<string[]> =>
  page.evaluate((which) => {
    const view = document.querySelector('iframe')?.contentWindow as
      | (Window & typeof globalThis)
      | null;
    return [...(view?.CSS.highlights.get(which) ?? [])].map(String);
  }, name);

test('nothing of an article runs, loads, or leads the frame away', async ({ launch, service }) => {
  const { page } = await launch({}, service.url);
  await openGauges(page);
  await using canary = await openCanary();
  const frame = page.locator('iframe');
  expect(await frame.getAttribute('sandbox')).toBe('allow-same-origin');
  // What no sanitiser has seen: as if both were passed.
  const result = await page.evaluate(async (evil) => {
    const inside = document.querySelector('iframe')?.contentDocument;
    if (!inside) throw new Error('no frame');
    const ran: string[] = [];
    Object.assign(globalThis, { ran: (what: string) => ran.push(what) });
    const holder = inside.createElement('div');
    inside.body.append(holder);
    holder.innerHTML = `
      <img src="${evil}/p.png" onerror="parent.ran('onerror')">
      <img src="data:image/png;base64,AA" onerror="parent.ran('data')">
      <p style="background: url(${evil}/style.png); color: rgb(1, 2, 3)">x</p>
      <style>p { background: url(${evil}/sheet.png) } @import url(${evil}/i.css); @font-face { font-family: e; src: url(${evil}/e.woff2) } p { font-family: e }</style>
      <link rel="stylesheet" href="${evil}/l.css"><link rel="preload" as="image" href="${evil}/l.png">
      <iframe src="${evil}/f.html"></iframe><iframe srcdoc="<script>parent.parent.ran('nested')</script>"></iframe>
      <object data="${evil}/o.html"></object><embed src="${evil}/e.html">
      <video src="${evil}/v.mp4" poster="${evil}/v.png" autoplay></video><audio src="${evil}/a.mp3" autoplay></audio>
      <svg><image href="${evil}/s.png"/><script>parent.ran('svg')</script></svg>
      <form action="${evil}/form"><button id="send">x</button></form>
      <a id="out" href="${evil}/a">x</a><a id="js" href="javascript:parent.ran('href')">x</a>`;
    for (const text of ["parent.ran('script')", '']) {
      const script = inside.createElement('script');
      if (text === '') script.src = `${evil}/s.js`;
      else script.textContent = text;
      inside.body.append(script);
    }
    holder.querySelector<HTMLElement>('#js')?.click();
    holder.querySelector('form')?.requestSubmit();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const paragraph = holder.querySelector('p');
    const style = paragraph && inside.defaultView?.getComputedStyle(paragraph);
    const looks = { background: style?.backgroundImage, colour: style?.color };
    holder.remove();
    return { ran, ...looks };
  }, canary.url);
  expect(result.ran).toEqual([]);
  expect(result.background).toBe('none');
  expect(result.colour).not.toBe('rgb(1, 2, 3)');
  expect(canary.asked).toEqual([]);

  await test.step('led elsewhere it shows nobody’s page, and begins anew', async () => {
    await page.evaluate((evil) => {
      const view = document.querySelector('iframe')?.contentWindow;
      if (view) view.location.href = `${evil}/page`;
    }, canary.url);
    await expect(
      page.frameLocator('iframe').getByRole('heading', { level: 1, name: GAUGES }),
    ).toBeVisible();
    expect(canary.asked).toEqual([]);
  });

  await test.step('what was asked of in vain does answer', async () => {
    const other = await newPage(page);
    await other.setContent(`<img src="${canary.url}/p.png">`);
    await expect.poll(() => canary.asked).toEqual(['/p.png']);
    await other.context().close();
  });
});

for (const language of ['en', 'fr'] as const) {
  test(
    `an article is read by keys: find, notes, a table, a soundbite, links (${language})`,
    { tag: `@${language}` },
    async ({ launch, service }) => {
      const words = wordsOf(language);
      const { articles } = words;
      const { page } = await launch({ language, theme: themeOf(language) }, service.url);
      if (language === 'fr') {
        await openNews(page, language);
        await page.getByRole('button', { name: articles.language }).click();
        await page.getByRole('option', { name: articles.allLanguages }).click();
      }
      const frame = await openGauges(page, language);

      await test.step('find: hits, next, back, and the selection that was there', async () => {
        await inFrame(page, (inside) => {
          const paragraph = [...inside.querySelectorAll('.body p')][1];
          if (paragraph) inside.getSelection()?.selectAllChildren(paragraph);
        });
        const before = await inFrame(page, (inside) => String(inside.getSelection()));
        await page.keyboard.press('ControlOrMeta+f');
        const field = page.getByRole('textbox', { name: articles.find });
        await expect(field).toBeFocused();
        await page.keyboard.type('THE WÁTER');
        await expect(page.getByText(articles.hitOf('1', '16'))).toBeVisible();
        expect((await marked(page, 'found')).map((hit) => hit.toLowerCase())).toEqual(
          Array.from({ length: 16 }, () => 'the water'),
        );
        const first = await scrolled(page);
        for (let at = 0; at < 8; at++) await page.keyboard.press('Enter');
        await expect(page.getByText(articles.hitOf('9', '16'))).toBeVisible();
        expect(await scrolled(page)).toBeGreaterThan(first);
        await page.keyboard.press('Shift+Enter');
        await expect(page.getByText(articles.hitOf('8', '16'))).toBeVisible();
        expect(await marked(page, 'current')).toHaveLength(1);
        await field.fill('no such words');
        await expect(page.getByText(articles.noHits)).toBeVisible();
        await page.keyboard.press('Escape');
        await expect(field).toHaveCount(0);
        expect(await marked(page, 'found')).toEqual([]);
        expect(await inFrame(page, (inside) => String(inside.getSelection()))).toBe(before);
        await expect(page.locator('iframe')).toBeFocused();
      });

      await test.step('a note and back', async () => {
        await frame.locator('sup a').focus();
        await page.keyboard.press('Enter');
        await expect(frame.locator('#note-fn1')).toBeFocused();
        await expect(frame.locator('#note-fn1')).toBeInViewport();
        await frame.getByRole('link', { name: articles.backToText }).focus();
        await page.keyboard.press('Enter');
        await expect(frame.locator('sup a')).toBeFocused();
        await expect(frame.locator('sup a')).toBeInViewport();
      });

      await test.step('a link names its host before it is opened', async () => {
        await frame.getByRole('link', { name: 'the river authority' }).focus();
        await expect(page.getByText('gauges.example', { exact: true })).toBeVisible();
        await frame.locator('sup a').focus();
        await expect(page.getByText('gauges.example', { exact: true })).toHaveCount(0);
      });

      await test.step('what isn’t here leaves its words; a wide table scrolls by itself', async () => {
        await expect(
          frame.getByRole('img', { name: 'A gauge in the reeds, half under water' }),
        ).toHaveText('A gauge in the reeds, half under water');
        const table = frame.locator('.wide').first();
        await table.scrollIntoViewIfNeeded();
        await table.focus();
        await page.keyboard.press('ArrowRight');
        await expect.poll(() => table.evaluate((box) => box.scrollLeft)).toBeGreaterThan(0);
        await table.evaluate((box) => box.scrollTo(0, 400));
        await expect(frame.getByRole('columnheader').first()).toBeInViewport();
        expect(
          await inFrame(page, ({ documentElement: root }) => root.scrollWidth - root.clientWidth),
        ).toBe(0);
      });

      await test.step('a quotation plays its soundbite and ends with it', async () => {
        const quote = frame.locator('.quotelink');
        await quote.focus();
        await page.keyboard.press('Enter');
        const player = page.getByRole('complementary', { name: articles.soundbite });
        await expect(player.getByText('We planted the bank for the swallows.')).toBeVisible();
        await expect(quote).toHaveAttribute('aria-expanded', 'true');
        await expect(player.getByRole('button', { name: words.asset.play })).toBeVisible();
        await expect(player.getByRole('button', { name: words.asset.play })).toBeFocused();
        const ended = await player.locator('video').evaluate((video: HTMLVideoElement) => ({
          paused: video.paused,
          at: video.currentTime,
        }));
        expect(ended.paused).toBe(true);
        // Of a film of eight seconds, the shot from the fourth: it ends before the film does.
        expect(ended.at).toBeGreaterThan(3);
        expect(ended.at).toBeLessThan(6.5);
        await page.keyboard.press('Escape');
        await expect(player).toHaveCount(0);
        await expect(quote).toBeFocused();
      });

      await test.step('keys of the app work in the frame', async () => {
        await page.keyboard.press('?');
        await expect(page.getByRole('dialog')).toBeVisible();
        await page.keyboard.press('Escape');
        await expect(page.getByRole('dialog')).toHaveCount(0);
        await frame.locator('sup a').focus();
        await page.keyboard.press('/');
        await expect(
          page.getByRole('searchbox').or(page.getByRole('combobox')).first(),
        ).toBeFocused();
        await page.keyboard.press('Escape');
      });

      await test.step('a computer without voices says so', async () => {
        await page.getByRole('button', { name: articles.readAloud }).click();
        await expect(
          page.getByText(articles.noVoice('').split('(')[0]?.slice(0, 22) ?? ''),
        ).toBeVisible();
      });
    },
  );
}

test(
  'the paragraph at the top stays while the text is set, and after a restart',
  { tag: '@long' },
  async ({ launch, service }) => {
    const { page, close } = await launch({}, service.url);
    const { articles } = wordsOf('en');
    await openGauges(page);
    const top = (where: Page) =>
      inFrame(where, (inside) => {
        const block = [...inside.querySelectorAll('.body p')].find(
          (element) => element.getBoundingClientRect().bottom > 0,
        );
        return block?.textContent.replaceAll('\u00ad', '').slice(0, 12) ?? '';
      });
    await inFrame(page, (inside) => {
      const block = [...inside.querySelectorAll('.body p')].find(({ textContent }) =>
        textContent.startsWith('Paragraph 7.'),
      );
      block?.scrollIntoView();
    });
    expect(await top(page)).toBe('Paragraph 7.');
    await page.getByRole('button', { name: articles.appearance }).click();
    const panel = page.getByRole('dialog', { name: articles.appearance });
    const press = async (name: string, times: number): Promise<void> => {
      for (let n = 0; n < times; n++) await panel.getByRole('button', { name }).click();
    };
    const px = () =>
      inFrame(
        page,
        ({ body }) => body.ownerDocument.defaultView?.getComputedStyle(body).fontSize ?? '',
      );
    await press(articles.larger, 5);
    await expect.poll(px).toBe('24px');
    expect(await top(page)).toBe('Paragraph 7.');
    await press(articles.looser, 3);
    await press(articles.narrower, 3);
    await expect(panel.getByText('1.9')).toBeVisible();
    expect(await top(page)).toBe('Paragraph 7.');
    await panel.getByRole('switch', { name: articles.justify }).focus();
    await page.keyboard.press('Space');
    await expect
      .poll(() => inFrame(page, ({ body }) => body.textContent.includes('\u00ad')))
      .toBe(true);
    expect(await top(page)).toBe('Paragraph 7.');
    await panel.getByRole('radio', { name: articles.themes.sepia }).focus();
    await page.keyboard.press('Space');
    await expect
      .poll(() =>
        inFrame(
          page,
          ({ documentElement: root }) =>
            root.ownerDocument.defaultView?.getComputedStyle(root).backgroundColor ?? '',
        ),
      )
      .toContain('0.945');
    await page.keyboard.press('Escape');
    await expect(panel).toHaveCount(0);

    await test.step('soft hyphens are neither found nor copied', async () => {
      await page.keyboard.press('ControlOrMeta+f');
      await page.keyboard.type('temperature');
      await expect(
        page.getByText(articles.hitOf('1', '14').split(' ').slice(1).join(' ')),
      ).toBeVisible();
      await page.keyboard.press('Escape');
      const copied = await inFrame(page, (inside) => {
        const article = inside.querySelector('article');
        if (article) inside.getSelection()?.selectAllChildren(article);
        const view = inside.defaultView as Window & typeof globalThis;
        const data = new view.DataTransfer();
        inside.dispatchEvent(
          new view.ClipboardEvent('copy', { clipboardData: data, bubbles: true, cancelable: true }),
        );
        inside.getSelection()?.removeAllRanges();
        return data.getData('text/plain') + data.getData('text/html');
      });
      expect(copied).toContain('the temperature, the height of the water');
      expect(copied).not.toContain('\u00ad');
    });

    await inFrame(page, (inside) => {
      [...inside.querySelectorAll('.body p')]
        .find(({ textContent }) => textContent.replaceAll('\u00ad', '').startsWith('Paragraph 9.'))
        ?.scrollIntoView();
    });
    expect(await top(page)).toBe('Paragraph 9.');
    // Leaving it writes where it was read.
    await page.getByRole('link', { name: wordsOf('en').common.catalogue }).click();
    await openGauges(page);
    await expect.poll(() => top(page)).toBe('Paragraph 9.');
    await page.getByRole('link', { name: wordsOf('en').common.catalogue }).click();
    await close();
    const again = await launch({}, service.url);
    await openGauges(again.page);
    await expect.poll(() => top(again.page)).toBe('Paragraph 9.');
  },
);

test('the words of the search that found an article are marked in it', async ({ launch }) => {
  const { page } = await launch();
  const frame = await openNews(page, 'en');
  await page.keyboard.press('/');
  await page.keyboard.type('thirty springs');
  await page.getByRole('button', { name: /Thirty springs on one painted board/ }).click();
  await expect(frame.getByRole('heading', { level: 1 })).toContainText('Thirty springs');
  await expect.poll(() => marked(page, 'searched')).toContain('Thirty');
  const words = new Set((await marked(page, 'searched')).map((word) => word.toLowerCase()));
  expect([...words].toSorted()).toEqual(['springs', 'thirty']);
  await page.keyboard.press('/');
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('Delete');
  await expect.poll(() => marked(page, 'searched')).toEqual([]);
});

test(
  'a picture is enlarged and closed, and the focus returns to it',
  { tag: '@long' },
  async ({ launch }) => {
    const { page } = await launch();
    const { articles } = wordsOf('en');
    const frame = await openNews(page, 'en');
    await page.getByText('Thirty springs on one painted board').first().click();
    await expect(frame.getByRole('heading', { level: 1 })).toContainText('Thirty springs');
    const button = frame.locator('.zoom').first();
    await button.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByRole('img')).toBeVisible();
    expect(
      await dialog.getByRole('img').evaluate((image: HTMLImageElement) => image.naturalWidth),
    ).toBeGreaterThan(300);
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
    await expect(button).toBeFocused();
    await button.click();
    await expect(dialog).toBeVisible();
    await dialog.getByRole('button', { name: wordsOf('en').common.close }).click();
    await expect(dialog).toHaveCount(0);
    await expect(page.getByRole('button', { name: articles.find })).toBeEnabled();
  },
);

test('printing prints the text, from a frame of its own that goes again', async ({
  launch,
  service,
}) => {
  const { page } = await launch({}, service.url);
  await openGauges(page);
  type Printed = { sandbox: string | null; html: string; text: string; spoken: string };
  // The dialog itself is the system's: what is asked for is caught where it would open. That has to
  // be watched before the key is pressed, which may overtake what is only on its way to the page.
  await page.evaluate(() => {
    const { promise, resolve } = Promise.withResolvers<Printed>();
    Object.assign(globalThis, { printed: promise });
    new MutationObserver((changes) => {
      for (const frame of changes.flatMap(({ addedNodes }) => [...addedNodes]))
        if (frame instanceof HTMLIFrameElement)
          frame.addEventListener('load', () => {
            const view = frame.contentWindow as Window & typeof globalThis;
            view.print = () => {
              const root = view.document.documentElement;
              resolve({
                sandbox: frame.getAttribute('sandbox'),
                html: root.outerHTML,
                text: root.textContent,
                spoken: view.document.title,
              });
              view.dispatchEvent(new Event('afterprint'));
            };
          });
    }).observe(document.body, { childList: true });
  });
  await page.keyboard.press('ControlOrMeta+p');
  const { sandbox, html, text, spoken } = await page.evaluate(
    () => (globalThis as unknown as { printed: Promise<Printed> }).printed,
  );
  expect(sandbox).toBe('allow-same-origin allow-modals');
  expect(spoken).toBe(GAUGES);
  for (const part of [
    GAUGES,
    'Lenderveen, Netherlands',
    'Nel Hartog',
    'Photo: Auren Multimedia',
    '© Auren Multimedia',
  ])
    expect(text).toContain(part);
  await expect(page.locator('iframe')).toHaveCount(1);

  await test.step('on paper it is text on white over several pages', async () => {
    const sheet = await newPage(page);
    await sheet.setContent(html.replace(/<meta http-equiv[^>]*>/u, ''));
    await sheet.emulateMedia({ media: 'print' });
    await expect(sheet.getByRole('heading', { level: 1, name: GAUGES })).toBeVisible();
    await expect(sheet.locator('.video')).toBeHidden();
    expect(await sheet.evaluate(() => getComputedStyle(document.documentElement).color)).toBe(
      'rgb(0, 0, 0)',
    );
    await sheet.close();
  });
});

test('axe finds nothing in the text, on any paper and from right to left', async ({
  launch,
  service,
}) => {
  const { page } = await launch({}, service.url);
  const { articles } = wordsOf('en');
  await openGauges(page);
  const problems: string[] = [];
  const check = async (name: string): Promise<void> => {
    // Nothing runs in the frame, so it is looked at outside of it.
    const html = await inFrame(page, (inside) => inside.documentElement.outerHTML);
    const copy = await newPage(page);
    await copy.setContent(html.replace(/<meta http-equiv[^>]*>/u, ''));
    problems.push(...(await seriousFaults(copy, name)));
    await copy.close();
  };
  for (const paper of ['light', 'sepia', 'dark'] as const) {
    await page.getByRole('button', { name: articles.appearance }).click();
    await page.getByRole('radio', { name: articles.themes[paper] }).focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('Escape');
    await expect(
      page.locator(`[data-paper="${paper}"]`).filter({ has: page.locator('iframe') }),
    ).toHaveCount(1);
    await check(paper);
  }
  await page.getByRole('button', { name: articles.language }).click();
  await page.getByRole('option', { name: articles.allLanguages }).click();
  await page.getByText('عادت ثعالب').first().click();
  await expect(page.frameLocator('iframe').getByText('لم يحضرها أحد')).toBeVisible();
  expect(
    await inFrame(page, ({ documentElement: root }) => [
      root.lang,
      root.dir,
      root.scrollWidth - root.clientWidth,
    ]),
  ).toEqual(['ar', 'rtl', 0]);
  await check('rtl');
  expect(problems).toEqual([]);
});
