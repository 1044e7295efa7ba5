import type { Page } from '@playwright/test';
import path from 'node:path';
import { seriousFaults } from './axe.ts';
import type { Shell } from './fixtures.ts';

const all = (['en', 'fr'] as const).flatMap((language) =>
  (['dark', 'light'] as const).map((theme) => ({ language, theme })),
);
/** What pictures are taken in: of each language and theme one, and with LONG=1 all four. */
export const combinations =
  process.env['LONG'] === '1'
    ? all
    : all.filter(({ language, theme }) => (language === 'en') === (theme === 'dark'));

/**
 * Walks through the app in one language and theme, keeps a picture of every screen, and collects
 * what axe finds.
 */
export class Walk {
  readonly problems: string[] = [];
  readonly #page: Page;
  readonly #folder: string;

  constructor(page: Page, folder: string) {
    this.#page = page;
    this.#folder = folder;
  }

  async keep(name: string): Promise<void> {
    const page = this.#page;
    // A control that changes while axe looks at it has the colours of both its states.
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.evaluate(async () => {
      await document.fonts.ready;
      await Promise.allSettled(
        document
          .getAnimations()
          .filter((animation) => animation.effect?.getTiming().iterations !== Infinity)
          .map(({ finished }) => finished),
      );
    });
    // What stands in for content has gone, where it can be seen: nothing in it takes the focus, which
    // axe holds against a list that scrolls.
    await page.waitForFunction(() =>
      Array.from(document.querySelectorAll('[data-skeleton]')).every((skeleton) => {
        const { top, bottom, left, right } = skeleton.getBoundingClientRect();
        return bottom <= 0 || right <= 0 || top >= innerHeight || left >= innerWidth;
      }),
    );
    // Pictures on screen have come; those further down are fetched when they are scrolled to.
    await page.waitForFunction(() =>
      Array.from(document.images).every((image) => {
        const { top, bottom, left, right } = image.getBoundingClientRect();
        // In the middle of what the window shows of it; a list may cut it off even there, and then
        // it is not fetched either.
        const [x, y] = [
          (Math.max(0, left) + Math.min(innerWidth, right)) / 2,
          (Math.max(0, top) + Math.min(innerHeight, bottom)) / 2,
        ];
        return (
          (image.complete && image.naturalWidth > 0) ||
          !document.elementsFromPoint(x, y).includes(image)
        );
      }),
    );
    await page.screenshot({ path: path.join(this.#folder, `${name}.png`) });
    // What react-aria has just announced names an element by id that may be gone by now; it is
    // removed a few seconds later.
    // Nothing runs in the frame of an article, axe neither: reader.spec.ts looks at it.
    this.problems.push(...(await seriousFaults(page, name, ['[data-live-announcer]', 'iframe'])));
  }
}

/**
 * Where a test that is about something else takes pictures on its way, of each language one theme.
 */
export const themeOf = (language: 'en' | 'fr'): 'dark' | 'light' =>
  language === 'en' ? 'dark' : 'light';

/** Pictures on the way of such a test; the station shows the same pages. */
export function picturesOf(
  page: Page,
  language: 'en' | 'fr',
  shell: Shell,
): { keep(name: string): Promise<void>; problems: readonly string[] } {
  const walk = new Walk(
    page,
    path.join('test-results/screens', `${language}-${themeOf(language)}`),
  );
  return {
    problems: walk.problems,
    keep: async (name) => (shell === 'window' ? walk.keep(name) : undefined),
  };
}
