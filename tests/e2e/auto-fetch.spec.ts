import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { signIn, test } from './account-steps.ts';
import { expect, wordsOf } from './fixtures.ts';
import { Keys } from './keys.ts';
import { command } from './palette-steps.ts';
import { picturesOf, themeOf } from './walk.ts';
import { formatWords } from '../../src/shared/model/format-text.ts';

const PLAIN = 'ast_aur261094';
const RESTRICTED = 'ast_aur261145';
const SEARCH = {
  id: 'search_all',
  name: 'Ingest',
  text: 'format:hd OR format:uhd',
  sort: 'newest',
  seenAt: null,
};

for (const language of ['en', 'fr'] as const) {
  test(
    `what was published while the app was off is queued, and what is restricted waits (${language})`,
    { tag: `@${language}` },
    async ({ launch, service, shell: where, folder }) => {
      const words = wordsOf(language);
      const { autoFetch } = words;
      const act = async (id: string, name: 'hold' | 'lift'): Promise<void> => {
        const { ok } = await fetch(`${service.url}/test/assets/${id}/${name}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(name === 'hold' ? { reason: { en: 'Being checked' } } : {}),
        });
        expect(ok).toBe(true);
      };
      for (const id of [PLAIN, RESTRICTED]) await act(id, 'hold');
      const settings = { language, theme: themeOf(language), savedSearches: [SEARCH] };
      const first = await launch(settings, service.url);
      const { page } = first;
      await expect(page.getByRole('heading', { name: /^2[0-9] / })).toBeVisible();
      await command(page, words.shell.palette.signIn);
      const { email, password } = service.demoAccount;
      await signIn(new Keys(page), email, password, language);
      await expect(page.getByRole('heading', { name: /^2[0-9] / })).toBeVisible();
      await command(page, autoFetch.of(SEARCH.name));
      await expect(page.getByText(autoFetch.wouldHave)).toBeVisible();
      const pictures = picturesOf(page, language, where);
      await pictures.keep('auto-fetch-off');
      await page.getByRole('button', { name: new RegExp(`${autoFetch.format}$`, 'u') }).click();
      await page.getByRole('option', { name: formatWords[language].purposes.preview }).click();
      await page.getByRole('button', { name: new RegExp(`${autoFetch.catchUp}$`, 'u') }).click();
      await page.getByRole('option', { name: autoFetch.catchUpDays(30) }).click();
      await page.getByRole('switch', { name: autoFetch.name }).press('Space');
      const log = page.getByRole('region', { name: autoFetch.log });
      await expect(log.getByText(autoFetch.lines.began)).toBeVisible();
      await expect(page.getByText(autoFetch.wouldHave)).toHaveCount(0);
      await first.close();

      for (const id of [PLAIN, RESTRICTED]) await act(id, 'lift');
      const second = await launch({}, service.url);
      await expect(second.page.getByRole('heading', { name: /^2[0-9] / })).toBeVisible();
      await command(second.page, autoFetch.of(SEARCH.name));
      const lines = second.page.getByRole('region', { name: autoFetch.log }).getByRole('listitem');
      const restricted = lines.filter({ hasText: autoFetch.reasons.restricted });
      await expect(restricted).toHaveCount(1);
      await expect(
        lines.filter({ hasText: language === 'en' ? /Queued, / : /Mis en file, / }),
      ).toHaveCount(1);
      const ingest = path.join(folder, 'ingest');
      await expect
        .poll(() =>
          existsSync(ingest) ? readdirSync(ingest).filter((name) => name.includes('1094')) : [],
        )
        .toHaveLength(1);
      const after = picturesOf(second.page, language, where);
      await after.keep('auto-fetch');
      await second.page.setViewportSize({ width: 640, height: 900 });
      await after.keep('auto-fetch-640');
      await second.page.setViewportSize({ width: 1920, height: 1080 });
      await after.keep('auto-fetch-1920');
      await restricted.getByRole('button').click();
      await expect(
        second.page.getByRole('heading', { level: 1, name: /^(Harbour dims|Le port éteint)/u }),
      ).toBeVisible();
      expect([...pictures.problems, ...after.problems]).toEqual([]);
    },
  );
}
