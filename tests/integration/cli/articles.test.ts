import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findBrowser } from '../../../src/main/adapters/browser-pdf.ts';
import { desk, deskText } from '../../support/app/desk.ts';
import { type DemoService, startDemo } from '../../support/service/demo.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** The one article of the demo that its publisher doesn't allow to be copied. */
const REFUSED = 'art_metalsthatdisagree_en';
const ONE = 'art_thirtysprings_en';
const hasBrowser = ((): boolean => {
  try {
    findBrowser();
    return true;
  } catch {
    return false;
  }
})();

let service: DemoService;
const home = path.join(temporaryFolder(), 'home');
const exported = (...args: string[]) =>
  desk(['articles', 'export', ...args], { home, service: service.url });
const filesIn = async (folder: string): Promise<string[]> => (await readdir(folder)).toSorted();

beforeAll(async () => {
  service = await startDemo({ testControls: true, limits: 'relaxed' });
  await desk(['articles', 'sync'], { home, service: service.url });
});
afterAll(() => service.close());

test('all articles are written to a folder in each format, but for what may not be copied', async () => {
  const folder = path.join(temporaryFolder(), 'out');
  for (const format of ['md', 'html', 'epub']) {
    const to = path.join(folder, format);
    const { code, lines, result } = await exported('--all', '--format', format, '-o', to);
    expect(code).toBe(0);
    expect(lines.filter(({ type }) => type === 'left-out')).toMatchObject([
      { id: REFUSED, code: 'copies-refused' },
    ]);
    expect(result).toMatchObject({ ok: true, count: 19, missingPictures: 0, leftOut: 1, path: to });
    const items = lines.filter(({ type }) => type === 'item');
    expect(items).toHaveLength(format === 'epub' ? 1 : 19);
    const names = await filesIn(to);
    expect(names.filter((name) => name.endsWith(`.${format}`))).toHaveLength(items.length);
  }
  const pictures = await filesIn(path.join(folder, 'md', 'pictures'));
  const [first = ''] = (await filesIn(path.join(folder, 'md'))).filter((name) =>
    name.endsWith('.md'),
  );
  const text = await readFile(path.join(folder, 'md', first), 'utf8');
  const referred = [...text.matchAll(/\]\(pictures\/([^)]+)\)/gu)].map(([, name]) => name);
  expect(referred.length).toBeGreaterThan(0);
  expect(pictures).toEqual(expect.arrayContaining(referred));
});

test('a section is written as one book in the language that is asked for', async () => {
  const to = path.join(temporaryFolder(), 'science.epub');
  const { result } = await exported(
    '--section',
    'science',
    '--format',
    'epub',
    '--to',
    to,
    '--language',
    'fr',
  );
  expect(result).toMatchObject({ ok: true, count: 4, files: 1, path: to });
  const bytes = await readFile(to);
  expect(bytes.toString('latin1', 30, 58)).toBe('mimetypeapplication/epub+zip');
});

test('nothing that is there is replaced, unless that is said', async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'a.md');
  await writeFile(file, 'mine');
  const refused = await exported(ONE, '--format', 'md', '-o', file);
  expect([refused.code, refused.result['code']]).toEqual([6, 'exists']);
  expect(await readFile(file, 'utf8')).toBe('mine');
  const replaced = await exported(ONE, '--format', 'md', '-o', file, '--overwrite');
  expect(replaced.code).toBe(0);
  expect(await readFile(file, 'utf8')).toMatch(/^---\nheadline: "Thirty springs/u);
  const to = path.join(folder, 'more');
  await mkdir(to);
  for (let n = 0; n < 2; n += 1) await exported(ONE, '--format', 'html', '-o', to);
  const [numbered = '', plain = ''] = await filesIn(to);
  expect(numbered).toBe(plain.replace('.html', ' (2).html'));
});

test(
  'what can’t be done is refused before anything is written, and says what to do',
  { tags: ['long'] },
  async () => {
    const folder = path.join(temporaryFolder(), 'out');
    const at = (...args: string[]) => exported(...args, '-o', folder);
    const cases = [
      [await at('--format', 'md'), 2, 'usage', /IDs, or use one of --section, --query and --all/u],
      [await at(ONE, '--all', '--format', 'md'), 2, 'usage', /one of/u],
      [await at('--section', 'Nowhere', '--format', 'md'), 7, 'not-found', /There are: Culture/u],
      [await at(ONE, REFUSED, '--format', 'md'), 8, 'copies-refused', new RegExp(REFUSED, 'u')],
      [await at('art_none', '--format', 'pdf'), 7, 'not-found', /art_none/u],
      [await exported('--all', '--format', 'html', '-o', `${folder}.html`), 2, 'usage', /folder/u],
    ] as const;
    for (const [{ code, result }, exit, name, message] of cases) {
      expect([code, result['code']]).toEqual([exit, name]);
      expect(result['message']).toMatch(message);
    }
    await expect(readdir(folder)).rejects.toMatchObject({ code: 'ENOENT' });
  },
);

test('without a browser a PDF is refused with what to install', async () => {
  const { code, result } = await desk(
    ['articles', 'export', ONE, '--format', 'pdf', '-o', temporaryFolder()],
    {
      home,
      service: service.url,
      env: { ...process.env, MULTIMEDIA_DESK_BROWSER: '/nonexistent' },
    },
  );
  expect([code, result['code']]).toEqual([2, 'no-browser']);
  expect(result['message']).toMatch(/Chromium, Chrome or Edge/u);
});

test.skipIf(!hasBrowser)('an article becomes a PDF (skipped without a browser)', async () => {
  const to = path.join(temporaryFolder(), 'a.pdf');
  const { out, code } = await deskText(['articles', 'export', ONE, '--format', 'pdf', '-o', to], {
    home,
    service: service.url,
  });
  expect([code, out]).toEqual([0, `${to}\nExported 1 article to ${to}\n`]);
  expect((await readFile(to)).toString('latin1', 0, 5)).toBe('%PDF-');
});

test('what has left is in the ledger', async () => {
  await exported(ONE, '--format', 'html', '-o', temporaryFolder());
  const { lines } = await desk(['ledger', 'list', '--kind', 'exported', '--limit', '1'], { home });
  expect(lines[0]).toMatchObject({
    kind: 'exported',
    what: { format: 'article-html', count: 1 },
  });
});
