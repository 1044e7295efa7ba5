import { screen, waitFor } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import {
  bodyText,
  creditedText,
  selectedText,
} from '../../src/renderer/features/articles/article-text.ts';
import { ShareMenu } from '../../src/renderer/features/articles/share-menu.tsx';
import type { Returned } from '../../src/shared/contract/define.ts';
import type { AppContract } from '../../src/shared/contract/index.ts';
import { makeApp, toasts } from '../support/app.tsx';
import type { Answers } from '../support/fake-bridge.ts';
import { articleView } from '../support/views.ts';

type ExportView = Returned<AppContract, 'articles.export'>;
const view = (more: Partial<ExportView> = {}): ExportView => ({
  id: 'exp-1',
  phase: 'running',
  done: 0,
  total: 2,
  name: null,
  count: 0,
  missingPictures: 0,
  leftOut: { count: 0, first: [] },
  error: null,
  ...more,
});
const article = articleView({
  headline: 'The gauge',
  byline: ['Mei Tanaro'],
  copyrightNotice: '© Harbour Notes',
  publishedAt: Date.parse('2026-11-24T09:00:00Z'),
  canonicalUrl: 'https://harbour.example/tide',
  bodyHtml: '<p>One <em>dark</em> hour.</p><ul><li>a<ul><li>b</li></ul></li></ul>',
});

async function open(answers: Answers = {}, language: 'en' | 'fr' = 'en') {
  const shown = makeApp(answers, { language, route: { name: 'articles', id: null } });
  await shown.render(<ShareMenu article={article} />);
  await shown.user.click(
    screen.getByRole('button', { name: language === 'en' ? 'Share' : 'Partager' }),
  );
  return shown;
}
const choose = (name: string) => screen.findByRole('menuitem', { name });

afterEach(() => void vi.unstubAllGlobals());

test('the text is copied with what says where it is from', async () => {
  const { app, user } = await open();
  const written = vi.spyOn(navigator.clipboard, 'writeText');
  await user.click(await choose('Copy with credit'));
  expect(written).toHaveBeenCalledExactlyOnceWith(
    'One dark hour.\n\na\n\nb\n\nThe gauge\nBy Mei Tanaro\n© Harbour Notes\n24 November 2026\nhttps://harbour.example/tide',
  );
  await waitFor(() => expect(toasts(app)).toEqual(['Copied with credit']));
});

test('what is selected is quoted instead of the whole', () => {
  const words = { by: (names: string) => `Par ${names}`, language: 'fr' as const, source: 'Notes' };
  expect(creditedText(article, '  dark hour ', '', words)).toBe(
    'dark hour\n\nThe gauge\nPar Mei Tanaro\nNotes, © Harbour Notes\n24 novembre 2026',
  );
});

const select = (shown: Document, selector: string): void => {
  const range = shown.createRange();
  range.selectNodeContents(shown.querySelector(selector) as Element);
  shown.getSelection()?.removeAllRanges();
  shown.getSelection()?.addRange(range);
};

test('a selection counts in the article alone, also in the frame that it is read in', () => {
  document.body.innerHTML = '<p>menu</p><article><p>here</p></article><iframe></iframe>';
  select(document, 'body > p');
  expect(selectedText()).toBe('');
  const inside = document.querySelector('iframe')?.contentDocument as Document;
  inside.body.innerHTML = '<article><p>inside</p></article>';
  select(inside, 'article p');
  expect(selectedText()).toBe('inside');
  select(document, 'article p');
  expect(selectedText()).toBe('here');
  document.body.innerHTML = '';
});

test('a table is copied with a tab between cells, and nothing that runs', () => {
  expect(
    bodyText(
      '<table><tr><th>a</th><td>b</td></tr><tr><td>c<br>d</td></tr></table><p>e\u00a0:<img src=x onerror="document.title=1"></p>',
    ),
  ).toBe('a\tb\n\nc\nd\n\ne\u00a0:');
  expect(document.title).not.toBe('1');
});

test.each([
  ['Save as PDF…', 'pdf'],
  ['Save as EPUB…', 'epub'],
  ['Save as Markdown…', 'markdown'],
  ['Save as web page…', 'html'],
] as const)('%s has main make the file, waits for it and saves it', async (label, format) => {
  class Urls extends URL {
    static override createObjectURL = () => 'blob:it';
    static override revokeObjectURL = () => {};
  }
  vi.stubGlobal('URL', Urls);
  const saved: string[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
    this: HTMLAnchorElement,
  ) {
    saved.push(this.download);
  });
  const asked = vi.fn<(address: string) => Promise<Response>>(async () => new Response('bytes'));
  vi.stubGlobal('fetch', asked);
  const { app, bridge, user } = await open({ 'articles.export': () => view() });
  await user.click(await choose(label));
  expect(bridge.sent('articles.export')).toEqual([{ ids: [article.id], format }]);
  await waitFor(() => expect(toasts(app)).toEqual(['Preparing the file…']));
  bridge.push('articles.export-changed', view({ id: 'another', phase: 'done', name: 'no' }));
  bridge.push(
    'articles.export-changed',
    view({ phase: 'done', name: `a.${format}`, count: 1, missingPictures: 2 }),
  );
  await waitFor(() =>
    expect(toasts(app).at(-1)).toBe(
      'Article saved. 2 pictures are missing, their captions are there. To include pictures, save for offline reading first',
    ),
  );
  expect(asked).toHaveBeenCalledExactlyOnceWith('media/export/exp-1');
  expect(saved).toEqual([`a.${format}`]);
});

test('a failure says what to do, in the language of the app', async () => {
  const { app, bridge, user } = await open({ 'articles.export': () => view() }, 'fr');
  await user.click(await choose('Enregistrer en PDF…'));
  await waitFor(() => expect(toasts(app)).toHaveLength(1));
  bridge.push(
    'articles.export-changed',
    view({ phase: 'failed', error: { code: 'no-browser', message: 'none' } }),
  );
  await waitFor(() =>
    expect(toasts(app).at(-1)).toBe(
      'Un PDF demande un navigateur sur cet ordinateur. Installez Chromium, Chrome ou Edge, ou enregistrez une page web.',
    ),
  );
});

test('one that is being made can be cancelled, and nothing is saved then', async () => {
  const asked = vi.fn<() => Promise<Response>>();
  vi.stubGlobal('fetch', asked);
  const { app, bridge, user } = await open({
    'articles.export': () => view(),
    'articles.export-cancel': () => undefined,
  });
  await user.click(await choose('Save as PDF…'));
  await waitFor(() => expect(toasts(app)).toHaveLength(1));
  app.toasts.getState().items[0]?.action?.run();
  await waitFor(() => expect(bridge.sent('articles.export-cancel')).toEqual([{ id: 'exp-1' }]));
  bridge.push('articles.export-changed', view({ phase: 'done', name: 'a.pdf' }));
  expect(asked).not.toHaveBeenCalled();
});

test('an address that can’t be opened is not copied either', async () => {
  const shown = makeApp({}, { route: { name: 'articles', id: null } });
  await shown.render(<ShareMenu article={{ ...article, canonicalUrl: 'javascript:alert(1)' }} />);
  await shown.user.click(screen.getByRole('button', { name: 'Share' }));
  await choose('Save as PDF…');
  expect(screen.queryByRole('menuitem', { name: 'Copy link' })).toBeNull();
});
