import { act, screen, waitFor } from '@testing-library/react';
import { expect, test } from 'vitest';
import { Side } from '../../src/renderer/features/articles/side.tsx';
import type { ArticleRow } from '../../src/renderer/state/views.ts';
import { ALL_ARTICLES } from '../../src/shared/model/article-query.ts';
import { SAVED_PAGES } from '../../src/shared/model/source.ts';
import { makeApp, toasts } from '../support/app.tsx';
import { articleView, sourcesView, sourceView } from '../support/views.ts';

const FEED = 'feed:0a1b2c3d4e5f60718293a4b5c6d7e8f9';

const row = (id: string, more: Partial<ArticleRow> = {}): ArticleRow => ({
  ...articleView({ id, headline: id }),
  excerpt: null,
  ...more,
});

async function open(rows = [row('a'), row('b', { read: false }), row('c')]) {
  const shown = makeApp(
    {
      'articles.list': () => ({
        total: rows.length,
        unread: 1,
        items: rows,
        sections: [{ name: 'Wildlife', count: 2 }],
        topics: [
          { name: 'Rivers', count: 3 },
          { name: 'Wildlife', count: 1 },
        ],
      }),
      'articles.overview': () => ({
        total: 9,
        unread: 4,
        starred: 2,
        sources: [
          { id: 'demo', total: 5, unread: 1 },
          { id: FEED, total: 4, unread: 3 },
          { id: SAVED_PAGES, total: 6, unread: 0 },
        ],
        tags: [{ name: 'To air', count: 2 }],
      }),
      'articles.mark': () => undefined,
      'articles.mark-all-read': () => ({ count: 4, undo: 'token' }),
      'articles.undo-read': () => undefined,
      'articles.get': ({ id }) =>
        articleView({ id, canonicalUrl: 'https://harbour.example/boats' }),
      'app.open-external': () => undefined,
      'sources.get': () =>
        sourcesView(
          sourceView({ id: 'demo', kind: 'service', name: 'Auren' }),
          sourceView({
            id: FEED,
            kind: 'feed',
            name: 'Harbour Notes',
            fault: { code: 'source-gone', message: 'gone', since: 1 },
          }),
        ),
      'library.get': () => ({
        rev: 1,
        assets: 0,
        articles: 9,
        syncing: false,
        syncedAt: null,
        storedBytes: 0,
      }),
    },
    { route: { name: 'articles', id: null }, shell: 'desktop' },
  );
  await shown.render(<Side isEmpty={false} openId="a" />);
  await waitFor(() => expect(shown.app.articles.getState().rows.size).toBe(rows.length));
  return shown;
}
type Shown = Awaited<ReturnType<typeof open>>;
const opened = ({ app }: Shown) => app.route.getState().current;
const places = () =>
  Array.from(
    screen.getByRole('list', { name: 'Feeds' }).querySelectorAll('button'),
    (button) => button.textContent,
  );

test('feeds, starred articles, saved pages and tags stand above the list, with what is unread', async () => {
  const { app, user } = await open();
  await waitFor(() =>
    expect(places()).toEqual([
      'All4 unread',
      'Starred2 articles',
      'Auren1 unread',
      'Harbour NotesClosed3 unread',
      'Saved pages6 articles',
      'To air2 articles',
    ]),
  );
  const asked = () => app.articles.getState().query;
  expect(asked()).toEqual({ ...ALL_ARTICLES, ownLanguage: 'en' });
  await user.click(screen.getByRole('button', { name: /^Harbour Notes/u }));
  expect(asked()).toMatchObject({ source: FEED, starredOnly: false });
  await user.click(screen.getByRole('button', { name: /^Starred/u }));
  expect(asked()).toMatchObject({ source: null, starredOnly: true });
  await user.click(screen.getByRole('button', { name: /^To air/u }));
  expect(asked()).toMatchObject({ tag: 'To air', starredOnly: false });
});

test('J and K go through the list, from the one that is open', async () => {
  const shown = await open();
  await shown.user.keyboard('j');
  // The first was only shown beside the list.
  expect(opened(shown)).toEqual({ name: 'articles', id: 'a' });
  await shown.user.keyboard('j');
  expect(opened(shown)).toEqual({ name: 'articles', id: 'b' });
});

test('S stars, M marks as read or unread, O opens the page', async () => {
  const { bridge, user } = await open();
  await user.keyboard('s');
  await user.keyboard('m');
  await user.keyboard('o');
  expect(bridge.sent('articles.mark')).toEqual([
    { ids: ['a'], starred: true },
    { ids: ['a'], read: false },
  ]);
  await waitFor(() =>
    expect(bridge.sent('app.open-external')).toEqual([{ url: 'https://harbour.example/boats' }]),
  );
});

test('keys are letters in a field, and nothing with Ctrl', async () => {
  const shown = await open();
  const field = document.createElement('input');
  document.body.append(field);
  field.focus();
  await shown.user.keyboard('jsm');
  field.remove();
  await shown.user.keyboard('{Control>}s{/Control}');
  expect(opened(shown)).toEqual({ name: 'articles', id: null });
  expect(shown.bridge.sent('articles.mark')).toEqual([]);
});

test('all that the list shows is marked as read, and a toast undoes it', async () => {
  const { app, bridge, user } = await open();
  await user.keyboard('{Shift>}A{/Shift}');
  await waitFor(() => expect(toasts(app)).toEqual(['4 articles marked as read']));
  expect(bridge.sent('articles.mark-all-read')).toEqual([
    { query: { ...ALL_ARTICLES, ownLanguage: 'en' } },
  ]);
  act(() => app.toasts.getState().items[0]?.action?.run());
  expect(bridge.sent('articles.undo-read')).toEqual([{ undo: 'token' }]);
});

test('topics and sections are one list, a date counts from midnight', async () => {
  const { app, user } = await open();
  await user.click(screen.getByRole('button', { name: /Topic/u }));
  expect(screen.getAllByRole('option').map(({ textContent }) => textContent)).toEqual([
    'All topics',
    'Rivers, 3',
    'Wildlife, 2',
  ]);
  await user.click(screen.getByRole('option', { name: 'Rivers, 3' }));
  await user.click(screen.getByRole('button', { name: /Date/u }));
  await user.click(screen.getByRole('option', { name: 'Today' }));
  expect(app.articles.getState().query).toMatchObject({
    topic: 'Rivers',
    from: new Date().setHours(0, 0, 0, 0),
  });
});
