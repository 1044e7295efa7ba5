import type { Page } from '@playwright/test';
import { benchContent } from '../../src/service/content/bench.ts';
import type { ContentAsset, ContentSource } from '../../src/service/content/library.ts';
import { loadDemo } from '../../src/service/demo/index.ts';
import { demoDir, startDemo, type DemoService } from '../support/service/demo.ts';
import { signIn } from './account-steps.ts';
import { expect, test as base, wordsOf } from './fixtures.ts';
import { Keys } from './keys.ts';
import { command } from './palette-steps.ts';
import { planButton } from './plan-steps.ts';

const COUNT = 40;
/** Five assets have the same words. */
const DESKS = 8;

const noteOf = (index: number) => ({
  en: `Cleared for desk ${index % DESKS} of the Lorvik exchange only`,
  fr: `Autorisé pour le desk ${index % DESKS} de la bourse de Lorvik uniquement`,
});

const DRONE: Omit<ContentAsset['restrictions'][number], 'id'> = {
  kind: 'territory',
  mode: 'deny',
  values: ['CA'],
  note: { en: 'Third-party drone footage', fr: 'Images de drone d’un tiers' },
};

/** Each asset has a restriction to confirm, every tenth an embargo, and one is on hold. */
function restricted(asset: ContentAsset, index: number): ContentAsset {
  const id = `rst_${asset.id}`;
  return {
    ...asset,
    restrictions: [
      { id, kind: 'editorial', mode: 'allow', values: [], note: noteOf(index) },
      ...(index % 4 === 0 ? [{ ...DRONE, id: `${id}_no` }] : []),
    ],
    shotlist: asset.shotlist.map((shot, at) => ({
      ...shot,
      restrictionIds: at === 1 && index % DESKS === 0 ? [id] : [],
    })),
    ...(index % 10 === 3 && { embargoUntilMin: 180 }),
    ...(index === 5 && { pubStatus: 'withheld' as const }),
  };
}

function content(): ContentSource {
  const source = benchContent(loadDemo(demoDir), COUNT);
  return { ...source, assets: source.assets.map(restricted) };
}

const MANY = 600;

/** Hundreds, of which every seventh has a restriction to confirm. */
function many(): ContentSource {
  const source = benchContent(loadDemo(demoDir), MANY);
  return {
    ...source,
    assets: source.assets.map((asset, index) =>
      index % 7 === 0
        ? {
            ...asset,
            restrictions: [
              {
                id: `rst_${asset.id}`,
                kind: 'editorial',
                mode: 'allow',
                values: [],
                note: noteOf(index),
              },
            ],
          }
        : asset,
    ),
  };
}

const test = base.extend<{ service: DemoService; count: number }>({
  count: [COUNT, { option: true }],
  service: async ({ count }, use) => {
    const service = await startDemo({
      limits: 'relaxed',
      content: count === MANY ? many() : content(),
    });
    await use(service);
    await service.close();
  },
});

async function enter(
  page: Page,
  service: DemoService,
  language: 'en' | 'fr',
  count = COUNT,
): Promise<void> {
  const { shell } = wordsOf(language);
  await expect(page.getByRole('gridcell').first()).toBeVisible();
  await command(page, shell.palette.signIn);
  const { email, password } = service.demoAccount;
  await signIn(new Keys(page), email, password, language);
  // Those under embargo come with the account.
  await expect(
    page.getByRole('heading', { name: wordsOf(language).catalogue.found(String(count), false) }),
  ).toBeVisible();
}

for (const [language, theme] of [
  ['en', 'dark'],
  ['fr', 'light'],
] as const) {
  test(
    `forty packages with restrictions are planned, read and confirmed, ${language}, ${theme}`,
    { tag: ['@long', `@${language}`] },
    async ({ launch, service, shell }) => {
      const words = wordsOf(language);
      const { page } = await launch({ language, theme }, service.url);
      await enter(page, service, language);
      await page.getByRole('gridcell').first().focus();
      await page.keyboard.press('ControlOrMeta+a');
      await expect(page.getByText(words.catalogue.selected(COUNT))).toBeVisible();
      await expect(
        page
          .getByText(words.catalogue.restrictedNote(COUNT - 1))
          .or(page.getByText(words.catalogue.bothNote(COUNT - 1))),
      ).toBeVisible();
      await page.keyboard.press('ControlOrMeta+Enter');
      const dialog = page.getByRole('dialog');
      await expect(
        dialog.getByRole('heading', { name: words.plan.title(COUNT - 1, COUNT) }),
      ).toBeVisible();
      for (const [width, height] of [
        [640, 800],
        [1920, 1080],
        [1280, 800],
      ] as const) {
        await page.setViewportSize({ width, height });
        await expect(planButton(page, words)).toBeInViewport();
        // What is drawn only where it is seen has to be there before it is looked at.
        await page.waitForTimeout(300);
        await page.screenshot({
          path: `test-results/plan/${shell}-${language}-${theme}-${width}.png`,
        });
      }
      // Too early: nothing is queued, and the focus goes to the first box that is open.
      await planButton(page, words).click();
      const boxes = dialog.getByRole('checkbox');
      // Eight notes, and one time at which the embargoes lift.
      await expect(boxes).toHaveCount(DESKS + 1);
      await expect(boxes.first()).toBeFocused();
      await expect(dialog.getByRole('status')).toContainText(words.plan.missing(DESKS + 1));
      await page.screenshot({ path: `test-results/plan/${shell}-${language}-${theme}-early.png` });
      for (let desk = 0; desk < DESKS; desk += 1) {
        const text = dialog.getByText(noteOf(desk)[language], { exact: true });
        await text.scrollIntoViewIfNeeded();
        await expect(text).toBeInViewport();
      }
      // What isn't theirs to confirm can be read, and is not asked.
      await dialog.getByText(words.plan.notForYou(1)).click();
      await expect(dialog.getByText(words.asset.notIn('Canada'))).toBeVisible();
      for (const box of await boxes.all()) await box.check();
      await expect(dialog.getByRole('status')).toContainText(words.plan.allConfirmed);
      await page.screenshot({
        path: `test-results/plan/${shell}-${language}-${theme}-confirmed.png`,
      });
      await page.keyboard.press('ControlOrMeta+Enter');
      await expect(dialog).toHaveCount(0);
      await expect(page.getByText(words.downloads.queued(COUNT - 1))).toBeVisible();
      await expect(page.getByText(words.catalogue.selected(COUNT))).toHaveCount(0);
    },
  );
}

test.describe('of hundreds', () => {
  test.use({ count: MANY });
  for (const language of ['en', 'fr'] as const)
    test(
      `more than 500 are found by fields, selected, planned and queued by keys alone, and are there after kill -9 (${language})`,
      { tag: `@${language}` },
      async ({ launch, service }) => {
        const words = wordsOf(language);
        // What is queued begins, and isn't to end: the numbers are looked at.
        const settings = { language, limitBytesPerSecond: 20_000 };
        const { page, kill } = await launch(settings, service.url);
        await enter(page, service, language, MANY);
        await page.keyboard.press('/');
        await page.keyboard.type(language === 'en' ? 'duration:>0:05 -roof' : 'durée:>0:05 -roof');
        const heading = page.getByRole('heading', { level: 1 });
        await expect(heading).toHaveText(/^5\d\d /u);
        const found = Number(/\d+/u.exec((await heading.textContent()) ?? '')?.[0]);
        expect(found).toBeGreaterThanOrEqual(500);
        expect(found).toBeLessThan(MANY);
        await page.keyboard.press('Enter');
        const grid = page.getByRole('grid', { name: words.catalogue.results });
        await expect(grid.locator('[tabindex="0"]')).toBeFocused();
        await page.keyboard.press('ControlOrMeta+a');
        await expect(page.getByText(words.catalogue.selected(found))).toBeVisible();
        await page.keyboard.press('ControlOrMeta+Enter');
        const dialog = page.getByRole('dialog');
        await expect(
          dialog.getByRole('heading', { name: words.plan.title(found, found) }),
        ).toBeVisible();
        await page.keyboard.press('ControlOrMeta+Enter');
        const boxes = dialog.getByRole('checkbox');
        await expect(boxes).toHaveCount(DESKS);
        for (let desk = 0; desk < DESKS; desk += 1) {
          await expect(boxes.nth(desk)).toBeFocused();
          await page.keyboard.press('Space');
          await expect(boxes.nth(desk)).toBeChecked();
          await page.keyboard.press('ControlOrMeta+Enter');
        }
        await expect(dialog).toHaveCount(0);
        await expect(page.getByText(words.downloads.queued(found))).toBeVisible();
        await kill();
        const again = await launch({}, service.url);
        await again.page.getByRole('link', { name: words.common.downloads }).click();
        const tab = (name: string) =>
          again.page.getByRole('tab', { name: new RegExp(`^${name}`, 'u') });
        await expect(async () => {
          const texts = await Promise.all(
            [words.transfers.tabs.active, words.transfers.tabs.waiting].map((name) =>
              tab(name).textContent(),
            ),
          );
          const counts = texts.map((text) => Number(/\d+/u.exec(text ?? '')?.[0] ?? 0));
          expect(counts.reduce((sum, count) => sum + count, 0)).toBe(found);
        }).toPass();
      },
    );
});
