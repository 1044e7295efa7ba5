import { act, screen, waitFor, within } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
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

async function open(
  rows = [row('a'), row('b', { read: false }), row('c')],
  total?: number,
  language: 'en' | 'fr' = 'en',
) {
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
      // The source of c can’t be reached.
      'articles.store': ({ ids }) => ({ count: ids.filter((id) => id !== 'c').length }),
      'articles.ids': () => ({ ids: rows.map(({ id }) => id), total: total ?? rows.length }),
      'articles.export': () => new Promise(() => {}),
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
    { route: { name: 'articles', id: null }, shell: 'desktop', language },
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

test('what of a search isn’t understood is said, with what could be meant', async () => {
  const { app, user } = await open();
  act(() => app.search.getState().type('articles', 'ferry is:unred fps:25'));
  await screen.findByText('unred, fps left out');
  await user.click(screen.getByRole('button', { name: 'Use unread' }));
  expect(app.search.getState().words.articles).toBe('ferry is:unread fps:25');
  act(() => app.search.getState().type('articles', 'ferry is:unread'));
  await waitFor(() => expect(screen.queryByText(/left out/u)).toBeNull());
});

test('a feed is added and a page saved from one menu', async () => {
  const { app, user } = await open();
  for (const [name, dialog] of [
    ['Add feed…', { name: 'add', kind: 'feed' }],
    ['Save a page…', { name: 'save-page', address: '' }],
  ] as const) {
    await user.click(screen.getByRole('button', { name: 'Add feed or page' }));
    await user.click(screen.getByRole('menuitem', { name }));
    expect(app.sourceDialogs.getState().open).toEqual(dialog);
  }
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

const selected = ({ app }: Shown) => [...app.articleSelection.getState().ids];
/** The rows that are drawn: jsdom has no sizes of its own. */
async function openRows(...given: Parameters<typeof open>) {
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(350);
  const shown = await open(...given);
  await screen.findByRole('button', { name: 'b' });
  return shown;
}
const item = (name: string) => screen.getByRole('button', { name });
const rowsSelected = () =>
  screen
    .getAllByRole('row')
    .filter((one) => one.getAttribute('aria-selected') === 'true')
    .map((one) => one.querySelector('h3')?.textContent);

test('Ctrl with a click selects one, Shift up to one, and a click alone opens', async () => {
  const shown = await openRows([row('a'), row('b'), row('c'), row('d')]);
  const { user } = shown;
  await user.keyboard('{Control>}');
  await user.click(item('b'));
  await user.keyboard('{/Control}');
  expect(selected(shown)).toEqual(['b']);
  expect(opened(shown)).toEqual({ name: 'articles', id: null });
  expect(screen.getByRole('grid').getAttribute('aria-multiselectable')).toBe('true');
  expect(rowsSelected()).toEqual(['b']);
  await user.keyboard('{Shift>}');
  await user.click(item('d'));
  await waitFor(() => expect(rowsSelected()).toEqual(['b', 'c', 'd']));
  // Back again: what was selected by Shift is let go.
  await user.click(item('c'));
  await user.keyboard('{/Shift}');
  await waitFor(() => expect(rowsSelected()).toEqual(['b', 'c']));
  await user.click(item('a'));
  expect(opened(shown)).toEqual({ name: 'articles', id: 'a' });
  expect(rowsSelected()).toEqual(['b', 'c']);
});

test('X selects the row with the focus, else the open article; arrows with Shift go on', async () => {
  const shown = await openRows();
  const { user } = shown;
  await user.keyboard('x');
  expect(selected(shown)).toEqual(['a']);
  await user.keyboard('x');
  expect(selected(shown)).toEqual([]);
  act(() => item('b').focus());
  await user.keyboard('x');
  expect(selected(shown)).toEqual(['b']);
  await user.keyboard('{Shift>}{ArrowDown}{/Shift}');
  await waitFor(() => expect(selected(shown)).toEqual(['b', 'c']));
  await user.keyboard('{Shift>}{ArrowUp}{/Shift}');
  await waitFor(() => expect(selected(shown)).toEqual(['b']));
  await user.keyboard('{Escape}');
  expect(selected(shown)).toEqual([]);
});

test('Ctrl A selects all that the list shows, as many as one command takes', async () => {
  const shown = await openRows(undefined, 700);
  act(() => item('a').focus());
  await shown.user.keyboard('{Control>}a{/Control}');
  await waitFor(() => expect(selected(shown)).toEqual(['a', 'b', 'c']));
  expect(toasts(shown.app)).toEqual(['You can select 500 articles at most.']);
  expect(shown.bridge.sent('articles.ids')).toEqual([
    { query: { ...ALL_ARTICLES, ownLanguage: 'en' } },
  ]);
});

const tool = (name: string) =>
  within(screen.getByRole('toolbar', { name: 'Selected articles' })).getByRole('button', { name });
const openBar = async (...given: Parameters<typeof openRows>) => {
  const shown = await openRows(...given);
  act(() => item('a').focus());
  await shown.user.keyboard('{Shift>}{ArrowDown}{/Shift}');
  await screen.findByRole('toolbar');
  return shown;
};

test('of a selection that can’t be saved whole it is said what is here', async () => {
  const { app, user } = await openBar();
  await user.keyboard('{Shift>}{ArrowDown}{/Shift}');
  await screen.findByText('3 selected');
  await user.click(tool('Save for offline reading'));
  await waitFor(() =>
    expect(toasts(app)).toEqual([
      '2 of 3 articles saved offline. The rest follow at the next check.',
    ]),
  );
});

test('the selection is marked, starred and saved offline at once', async () => {
  const shown = await openBar();
  const { app, bridge, user } = shown;
  expect(screen.getByText('2 selected')).toBeDefined();
  await user.click(tool('Mark as read'));
  await user.click(tool('Star'));
  await user.click(tool('Save for offline reading'));
  const ids = ['a', 'b'];
  expect(bridge.sent('articles.mark')).toEqual([
    { ids, read: true },
    { ids, starred: true },
  ]);
  expect(bridge.sent('articles.store')).toEqual([{ ids, stored: true }]);
  await waitFor(() =>
    expect(toasts(app)).toEqual([
      '2 articles marked as read',
      '2 articles starred',
      '2 articles saved offline',
    ]),
  );
  await user.click(screen.getByRole('button', { name: 'Clear' }));
  expect(selected(shown)).toEqual([]);
  expect(screen.queryByRole('toolbar')).toBeNull();
});

test('where all of the selection has a mark, it is taken off', async () => {
  const { bridge, user } = await openBar([
    row('a', { starred: true }),
    row('b', { starred: true }),
  ]);
  await user.click(tool('Mark as unread'));
  await user.click(tool('Remove star'));
  expect(bridge.sent('articles.mark')).toEqual([
    { ids: ['a', 'b'], read: false },
    { ids: ['a', 'b'], starred: false },
  ]);
});

test('the selection is exported together', async () => {
  const { bridge, user } = await openBar();
  await user.click(tool('Export'));
  expect((await screen.findAllByRole('menuitem')).map(({ textContent }) => textContent)).toEqual([
    'Save as PDF files…',
    'Save as one EPUB book…',
    'Save as Markdown files…',
    'Save as web pages…',
  ]);
  await user.click(screen.getByRole('menuitem', { name: 'Save as one EPUB book…' }));
  expect(bridge.sent('articles.export')).toEqual([{ ids: ['a', 'b'], format: 'epub' }]);
});

test('another place has another list, of which nothing is selected', async () => {
  const shown = await openBar();
  await shown.user.click(await screen.findByRole('button', { name: /^Starred/u }));
  await waitFor(() => expect(selected(shown)).toEqual([]));
});

test('all of a chosen place is exported, where it is not too much', async () => {
  const { bridge, user } = await openRows();
  expect(screen.queryByRole('button', { name: 'Export list' })).toBeNull();
  await user.click(await screen.findByRole('button', { name: /^To air/u }));
  await user.click(await screen.findByRole('button', { name: 'Export list' }));
  await user.click(await screen.findByRole('menuitem', { name: 'Save all shown as Markdown…' }));
  await waitFor(() =>
    expect(bridge.sent('articles.export')).toEqual([{ ids: ['a', 'b', 'c'], format: 'markdown' }]),
  );
  expect(bridge.sent('articles.ids')).toEqual([
    { query: { ...ALL_ARTICLES, ownLanguage: 'en', tag: 'To air' } },
  ]);
});

test('what is too much for one file says so, in the language of the app', async () => {
  const { app, bridge, user } = await openRows(undefined, 1200, 'fr');
  await user.click(await screen.findByRole('button', { name: /^To air/u }));
  await user.click(await screen.findByRole('button', { name: 'Exporter la liste' }));
  await user.click(await screen.findByRole('menuitem', { name: /en PDF/u }));
  await waitFor(() => expect(toasts(app)).toHaveLength(1));
  expect(toasts(app)[0]).toMatch(
    /^La liste compte 1\s200 articles, et un fichier en contient 500 au plus\./u,
  );
  expect(bridge.sent('articles.export')).toEqual([]);
});

test('in the unread list what is marked is shown as it is marked, and stays', async () => {
  const { app, bridge, user } = await openRows([
    row('a', { read: false }),
    row('b', { read: false }),
  ]);
  await user.click(screen.getByRole('radio', { name: /Unread/u }));
  await waitFor(() => expect(app.articles.getState().shownQuery?.unreadOnly).toBe(true));
  const asked = bridge.sent('articles.list').length;
  const push = (ids: string[], marks?: { read?: boolean; starred?: boolean }) =>
    act(() => bridge.push('articles.changed', { rev: 9, ids, ...(marks && { marks }) }));
  push(['a'], { starred: true });
  push(['b'], { read: true });
  // What was only saved or fetched is as read as it was.
  push(['a']);
  const marks = Array.from(app.articles.getState().rows.values(), ({ id, read, starred }) => [
    id,
    read,
    starred,
  ]);
  expect(marks).toEqual([
    ['a', false, true],
    ['b', true, false],
  ]);
  expect(bridge.sent('articles.list')).toHaveLength(asked);
});

const heading = async (): Promise<string> =>
  (await screen.findByRole('heading', { level: 2 })).textContent;

test('a list without articles says why: nothing is starred, everything is read, or nothing is found', async () => {
  const { app } = await open([]);
  await waitFor(async () => expect(await heading()).toBe('No articles found'));
  act(() => app.articleCriteria.setState({ place: { of: 'starred' } }));
  await waitFor(async () => expect(await heading()).toBe('Nothing starred yet'));
  act(() => app.articleCriteria.setState({ unreadOnly: true }));
  await waitFor(async () => expect(await heading()).toBe('Nothing unread'));
  act(() => app.articleCriteria.setState({ topic: 'Rivers' }));
  await waitFor(async () => expect(await heading()).toBe('No articles found'));
});

const picture = () => document.querySelector('article img');

test('a picture that can’t be had leaves its place to the words', async () => {
  await openRows([row('b', { leadMediaId: 'med_b' })]);
  const before = picture();
  expect(before).not.toBeNull();
  act(() => void before?.dispatchEvent(new Event('error')));
  expect(picture()).toBeNull();
});

test.each([
  ['en', 'Corrected', 'Changed'],
  ['fr', 'Corrigé', 'Modifié'],
] as const)(
  'in %s a row says whether it was corrected or has changed',
  async (language, corrected, changed) => {
    await openRows(
      [
        row('a', { isChanged: true }),
        row('b', { corrected: true, isChanged: true }),
        row('c', { isChanged: true, withdrawn: true }),
      ],
      3,
      language,
    );
    expect(await screen.findAllByText(changed)).toHaveLength(1);
    expect(screen.getAllByText(corrected)).toHaveLength(1);
  },
);
