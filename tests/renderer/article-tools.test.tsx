import { act, cleanup, screen, waitFor } from '@testing-library/react';
import { beforeEach, expect, test, vi } from 'vitest';
import { ExternalDialog } from '../../src/renderer/app/dialogs.tsx';
import { Tools } from '../../src/renderer/features/articles/reader.tsx';
import { openExternal } from '../../src/renderer/state/open-external.ts';
import type { ArticleView } from '../../src/renderer/state/views.ts';
import { makeApp, toasts } from '../support/app.tsx';
import { articleView } from '../support/views.ts';

const opened = vi.fn();
let stored: (() => void)[] = [];

async function show(
  canonicalUrl: string,
  shell: 'desktop' | 'station',
  more: Partial<ArticleView> = {},
  language: 'en' | 'fr' = 'en',
) {
  const shown = makeApp(
    {
      'articles.mark': () => undefined,
      'articles.overview': () => ({
        total: 2,
        unread: 0,
        starred: 0,
        sources: [],
        tags: [
          { name: 'To air', count: 2 },
          { name: 'Tonight', count: 1 },
        ],
      }),
      'app.open-external': () => undefined,
      'articles.store': () => new Promise((resolve) => stored.push(() => resolve({ count: 1 }))),
    },
    { route: { name: 'articles', id: null }, shell, language },
  );
  await shown.render(
    <>
      <Tools article={articleView({ canonicalUrl, ...more })} />
      <ExternalDialog />
    </>,
  );
  return shown;
}
const button = (name: string) => screen.getByRole('button', { name });

beforeEach(() => {
  vi.stubGlobal('open', opened);
  opened.mockClear();
  stored = [];
});

test.each([
  'javascript:alert(1)',
  '//e.example/a',
  'https://127.0.0.1:8080/',
  'https://localhost/',
  'https://user:word@e.example/',
  'http://e.example/',
])('an article at %s cannot be opened on the web, in a window and on the station', async (url) => {
  for (const shell of ['desktop', 'station'] as const) {
    const { app, bridge } = await show(url, shell);
    expect(screen.queryByRole('button', { name: /^Open on the web/ })).toBeNull();
    await act(() => openExternal(app, url));
    expect(toasts(app)).toEqual([expect.stringContaining('wasn’t opened')]);
    expect([bridge.sent('app.open-external'), opened.mock.calls]).toEqual([[], []]);
    cleanup();
  }
});

test('on the station the host is shown first, and nothing is opened until somebody has said yes', async () => {
  const { bridge, user } = await show('https://news.example/a?b', 'station');
  await user.click(button('Open on the web: news.example'));
  expect((await screen.findByRole('dialog')).textContent).toContain('news.example');
  expect(opened).not.toHaveBeenCalled();
  await user.click(button('Cancel'));
  expect(opened).not.toHaveBeenCalled();
  await user.click(await screen.findByRole('button', { name: /^Open on the web/ }));
  await user.click(await screen.findByRole('button', { name: 'Open' }));
  expect(opened).toHaveBeenCalledExactlyOnceWith(
    'https://news.example/a?b',
    '_blank',
    'noopener,noreferrer',
  );
  expect(bridge.sent('app.open-external')).toEqual([]);
});

test('an article is stored or let go as was wished last, also while the wish before is under way', async () => {
  const { bridge, user } = await show('', 'desktop');
  const sent = () => bridge.sent('articles.store');
  await user.click(button('Save for offline reading'));
  await user.click(await screen.findByRole('button', { name: 'Remove offline copy' }));
  expect(sent()).toEqual([{ ids: ['a'], stored: true }]);
  await act(async () => stored.shift()?.());
  expect(sent()).toEqual([
    { ids: ['a'], stored: true },
    { ids: ['a'], stored: false },
  ]);
  await act(async () => stored.shift()?.());
  expect(button('Save for offline reading')).toBeDefined();
});

test('in a window main is asked, which shows the host', async () => {
  const { bridge, user } = await show('https://news.example/a', 'desktop');
  await user.click(button('Open on the web: news.example'));
  expect(bridge.sent('app.open-external')).toEqual([{ url: 'https://news.example/a' }]);
  expect(opened).not.toHaveBeenCalled();
});

test('an article is starred, and the star is taken back', async () => {
  const { bridge, user } = await show('', 'desktop');
  expect(button('Star').getAttribute('aria-pressed')).toBe('false');
  await user.click(button('Star'));
  expect(bridge.sent('articles.mark')).toEqual([{ ids: ['a'], starred: true }]);
  cleanup();
  const other = await show('', 'desktop', { starred: true });
  expect(button('Remove star').getAttribute('aria-pressed')).toBe('true');
  await other.user.click(button('Remove star'));
  expect(other.bridge.sent('articles.mark')).toEqual([{ ids: ['a'], starred: false }]);
});

const words = async (more: Partial<ArticleView>, language: 'en' | 'fr' = 'en') => {
  cleanup();
  await show('', 'desktop', more, language);
  return screen.getByRole('toolbar').textContent;
};
test('what is here of an article is said with its pictures and size, in both languages', async () => {
  const here = { stored: true, pictures: 4, bytes: 2_100_000 };
  expect(await words(here)).toContain('Saved offline, text and 4 pictures, 2.1\u00a0MB');
  expect(await words({ ...here, pictures: 1 })).toContain('text and 1 picture, 2.1');
  expect(await words({ ...here, pictures: 0 })).toContain('Saved offline, text, 2.1');
  expect(await words({ stored: false, pictures: 4 })).toContain('Not saved offline');
  expect(await words(here, 'fr')).toContain('texte et 4 images, 2,1');
});

const openTags = async (tags: string[]) => {
  const shown = await show('', 'desktop', { tags });
  await shown.user.click(button(tags.length > 0 ? `Tags: ${tags.join(', ')}` : 'Tags'));
  const field = await screen.findByRole('combobox', { name: 'Add tag' });
  return { ...shown, field, sent: () => shown.bridge.sent('articles.mark') };
};

test('a tag is typed and added with Enter, in the spelling it has elsewhere, and once', async () => {
  const { user, field, sent } = await openTags(['Desk']);
  expect(document.activeElement).toBe(field);
  await user.type(field, '  new   place {Enter}');
  await waitFor(() => expect(sent()).toEqual([{ ids: ['a'], tags: ['Desk', 'new place'] }]));
  cleanup();
  const other = await openTags(['Desk']);
  await other.user.type(other.field, 'to AIR{Enter}');
  await waitFor(() => expect(other.sent()).toEqual([{ ids: ['a'], tags: ['Desk', 'To air'] }]));
  const field2 = await screen.findByRole('combobox', { name: 'Add tag' });
  await other.user.type(field2, 'DESK{Enter}');
  await other.user.type(await screen.findByRole('combobox', { name: 'Add tag' }), '   {Enter}');
  expect(other.sent()).toHaveLength(1);
});

test('tags there are complete what is typed, by keys', async () => {
  const { user, field, sent } = await openTags([]);
  await user.type(field, 'to');
  expect((await screen.findAllByRole('option')).map(({ textContent }) => textContent)).toEqual([
    'To air',
    'Tonight',
  ]);
  await user.keyboard('{ArrowDown}{ArrowDown}{Enter}');
  await waitFor(() => expect(sent()).toEqual([{ ids: ['a'], tags: ['Tonight'] }]));
  expect(screen.queryByRole('option')).toBeNull();
});

test('a tag is removed by its button or with Delete', async () => {
  const { user, sent } = await openTags(['Desk', 'To air']);
  await user.click(screen.getByRole('button', { name: /^Remove tag Desk/u }));
  await waitFor(() => expect(sent()).toEqual([{ ids: ['a'], tags: ['To air'] }]));
  cleanup();
  const other = await openTags(['Desk', 'To air']);
  act(() => screen.getByRole('row', { name: 'To air' }).focus());
  await other.user.keyboard('{Delete}');
  await waitFor(() => expect(other.sent()).toEqual([{ ids: ['a'], tags: ['Desk'] }]));
});

test('an article has at most 20 tags, of at most 60 characters', async () => {
  const full = Array.from({ length: 20 }, (_, at) => `tag ${at}`);
  const { field } = await openTags(full);
  expect((field as HTMLInputElement).disabled).toBe(true);
  expect(screen.getByText(/at most 20 tags/u)).toBeDefined();
  cleanup();
  const other = await openTags(full.slice(1));
  expect(other.field.getAttribute('maxlength')).toBe('60');
});
