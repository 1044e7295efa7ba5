import { screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { Feeds, OfflineStorage } from '../../src/renderer/features/settings/feeds.tsx';
import type { ArticleStorage, SourceView } from '../../src/renderer/state/views.ts';
import { makeApp, toasts } from '../support/app.tsx';
import { settingsView, sourcesView, sourceView } from '../support/views.ts';

const FEED = 'feed:0a1b2c3d4e5f60718293a4b5c6d7e8f9';
const STORAGE: ArticleStorage = {
  limitBytes: 500e6,
  usedBytes: 412e6,
  articles: 1240,
  groups: [
    { group: 'kept', articles: 12, bytes: 29e6 },
    { group: 'newest', articles: 300, bytes: 157e6 },
    { group: 'chosen', articles: 0, bytes: 0 },
    { group: 'others', articles: 928, bytes: 226e6 },
  ],
  goes: [
    {
      isRead: true,
      before: Date.UTC(2026, 8, 14, 12),
      articles: 212,
      bytes: 41e6,
      sources: [FEED],
    },
    { isRead: false, before: Date.UTC(2026, 9, 1, 12), articles: 96, bytes: 38e6, sources: [] },
  ],
  dueBytes: 0,
};

/** With plain spaces. */
const shownText = (): string => (document.body.textContent ?? '').replaceAll('\u00a0', ' ');

async function open(
  ui: React.ReactNode,
  refused: { name: string }[] = [],
  fault: SourceView['fault'] = null,
) {
  const shown = makeApp({
    'settings.get': () => settingsView(),
    'settings.set': (patch) => settingsView({ rev: 2, ...(patch as object) }),
    'sources.get': () =>
      sourcesView(
        sourceView({ id: 'demo', kind: 'service', name: 'Auren' }),
        sourceView({ id: FEED, kind: 'feed', name: 'Harbour Notes', fault }),
        sourceView({ id: 'nasa:1', kind: 'nasa', name: 'Archive' }),
      ),
    'sources.full-text': () => sourcesView(),
    'sources.import': () => ({
      added: 2,
      known: 1,
      refused: refused.map((one) => ({ ...one, code: 'https-required' as const, message: '' })),
    }),
    'articles.overview': () => ({
      total: 9,
      unread: 9,
      starred: 0,
      sources: [{ id: FEED, total: 9, unread: 6 }],
      tags: [],
    }),
    'articles.storage': () => STORAGE,
    'articles.free': () => ({ bytes: 41e6, articles: 212 }),
  });
  await shown.render(ui);
  return shown;
}

test('feeds and the service are listed with what is unread; an archive has no articles', async () => {
  const { bridge, user } = await open(<Feeds />);
  const list = await screen.findByRole('list', { name: 'Feeds' });
  await waitFor(() => expect(within(list).getAllByRole('listitem')).toHaveLength(2));
  const [service, feed] = within(list).getAllByRole('listitem');
  expect(service?.textContent).toContain('Articles of your service');
  expect(feed?.textContent).toContain('harbour.example/feed.xml');
  expect(feed?.textContent).toContain('6');
  // Whose text is whole as it is.
  expect(within(service as HTMLElement).queryByRole('checkbox')).toBeNull();
  await user.click(
    within(feed as HTMLElement).getByRole('checkbox', {
      name: 'Full text from the pages of Harbour Notes',
    }),
  );
  expect(bridge.sent('sources.full-text')).toEqual([{ id: FEED, fullText: true }]);
});

test('a closed feed is no fault: its articles stay, and it can be removed', async () => {
  const fault = { code: 'source-gone', message: 'gone', since: 1 } as const;
  const { app, user } = await open(<Feeds />, [], fault);
  expect(await screen.findByText('Closed, articles stay')).toBeTruthy();
  await user.click(screen.getByRole('button', { name: 'Remove…: Harbour Notes' }));
  expect(app.sourceDialogs.getState().open).toEqual({ name: 'remove', id: FEED });
});

test('a list of feeds is sent as text, and what was refused is named', async () => {
  const { app, bridge, user } = await open(<Feeds />, [{ name: 'Old Quay' }]);
  const chosen = new File(['<opml/>'], 'feeds.opml');
  const click = HTMLInputElement.prototype.click;
  HTMLInputElement.prototype.click = function choose() {
    Object.defineProperty(this, 'files', { value: [chosen] });
    this.dispatchEvent(new Event('change'));
  };
  try {
    await user.click(await screen.findByRole('button', { name: 'Import OPML…' }));
  } finally {
    HTMLInputElement.prototype.click = click;
  }
  await waitFor(() => expect(bridge.sent('sources.import')).toEqual([{ text: '<opml/>' }]));
  await waitFor(() =>
    expect(toasts(app)).toEqual(['2 feeds added, 1 already there, not added: Old Quay']),
  );
});

test('what is stored is told by why it is, and what was read is removed only after a question', async () => {
  const { app, bridge, user } = await open(<OfflineStorage />);
  await screen.findByText('1,240 articles with their pictures, 412 MB of 500 MB.');
  expect(shownText()).toContain('29 MB, never removed');
  expect(shownText()).toContain('Newest 300157 MB');
  expect(shownText()).toContain('Read articles up to 14 Sept 2026212 articles, Harbour Notes41 MB');
  expect(shownText()).not.toContain('Chosen feeds and topics');
  await user.click(screen.getByRole('button', { name: /^Free 41\sMB now…$/u }));
  expect(bridge.sent('articles.free')).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Remove copies' }));
  expect(bridge.sent('articles.free')).toEqual([{ bytes: 41e6 }]);
  await waitFor(() => expect(toasts(app)).toEqual(['41\u00a0MB freed, 212 articles']));
});

test('the limit and the rules are settings', async () => {
  const { bridge, user } = await open(<OfflineStorage />);
  await user.click(await screen.findByRole('button', { name: /Limit/u }));
  await user.click(screen.getByRole('option', { name: /^Limit 1\sGB$/u }));
  await user.click(screen.getByRole('button', { name: /Keep read articles/u }));
  await user.click(screen.getByRole('option', { name: '30 days' }));
  await user.click(screen.getByRole('checkbox', { name: 'Harbour Notes' }));
  expect(bridge.sent('settings.set')).toEqual([
    { articlesLimitMb: 1000 },
    { articlesKeepDays: 30 },
    { articleSources: [FEED] },
  ]);
});
