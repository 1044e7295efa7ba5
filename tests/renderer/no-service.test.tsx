import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { Palette } from '../../src/renderer/app/palette.tsx';
import { TopBar } from '../../src/renderer/app/top-bar.tsx';
import { AccountScreen } from '../../src/renderer/features/account/index.tsx';
import { ArticlesScreen } from '../../src/renderer/features/articles/index.tsx';
import { CatalogueScreen } from '../../src/renderer/features/catalogue/index.tsx';
import { EmptyCatalogue } from '../../src/renderer/features/catalogue/no-results.tsx';
import { Account } from '../../src/renderer/features/settings/account.tsx';
import { WelcomeScreen } from '../../src/renderer/features/welcome/index.tsx';
import { texts } from '../../src/renderer/i18n/index.ts';
import type { Route } from '../../src/renderer/state/route.ts';
import type { SourceView } from '../../src/renderer/state/views.ts';
import { makeApp } from '../support/app.tsx';
import { accountView, connectionView, sourcesView, sourceView } from '../support/views.ts';

const { catalogue, sources, account, settings, shell } = texts.en;
const fault = { code: 'timeout', message: 'late', since: 1 } as const;

async function open(ui: React.ReactNode, all: SourceView[], route?: Route) {
  const opened = makeApp(
    {
      'app.connection': () => connectionView({ state: 'no-service' }),
      'account.get': () => accountView({ rev: 0, status: 'signed-out' }),
      'sources.get': () => sourcesView(...all),
      'library.get': () => ({
        rev: 1,
        assets: 0,
        articles: 0,
        syncing: false,
        syncedAt: null,
        storedBytes: 0,
      }),
      'catalogue.search': () => ({ total: 0, items: [] }),
      'articles.list': () => ({ total: 0, items: [], unread: 0, sections: [], topics: [] }),
    },
    route ? { route } : {},
  );
  return { ...opened, page: await opened.render(ui) };
}

test.each([
  [[], catalogue.first.noSourceTitle],
  [[sourceView({ syncedAt: null })], catalogue.first.title],
  [[sourceView({ fault })], catalogue.first.faultyTitle],
  [
    [sourceView({ fault }), sourceView({ id: 'feed:b', isPaused: true })],
    catalogue.first.faultyTitle,
  ],
  [[sourceView()], catalogue.first.emptyTitle],
])('%#: an empty catalogue says why it is so', async (all, title) => {
  const { page } = await open(<EmptyCatalogue />, all);
  expect(page.textContent).toContain(title);
});

test.each([
  [[], shell.noService],
  [[sourceView()], sources.allUpToDate],
  [[sourceView({ syncedAt: null })], sources.checking],
  [[sourceView(), sourceView({ id: 'feed:b', fault })], sources.faulty(1)],
  [[sourceView({ isPaused: true, fault })], sources.allPaused],
])('%#: the top bar says how the sources are', async (all, text) => {
  const { app, user } = await open(<TopBar searchRef={{ current: null }} />, all);
  expect(screen.getByRole('status').textContent).toBe(text);
  if (all.length === 0) return;
  await user.click(screen.getByRole('link', { name: text }));
  expect(app.route.getState().current).toEqual({ name: 'settings', section: 'sources' });
});

test.each(['landing', 'sign-in', 'create', 'profile'] as const)(
  'an account belongs to a service: %s',
  async (name) => {
    const { app, user } = await open(<AccountScreen />, [sourceView()], {
      name: 'account',
      screen: name,
    });
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe(account.noServiceTitle);
    expect(screen.queryByRole('textbox')).toBeNull();
    await user.click(screen.getByRole('button', { name: sources.setUpService }));
    expect(app.route.getState().current).toEqual({ name: 'settings', section: 'network' });
  },
);

const options = (): string[] => screen.getAllByRole('option').map(({ textContent }) => textContent);

test('settings say it too', async () => {
  const { page } = await open(<Account />, [sourceView()]);
  expect(page.textContent).toContain(settings.noServiceText);
});

test('without a source the catalogue offers three ways to one, and nothing to filter', async () => {
  const { bridge, user } = await open(<CatalogueScreen />, []);
  const { first } = catalogue;
  await screen.findByRole('button', { name: first.setUp });
  expect(screen.getAllByRole('heading').map(({ textContent }) => textContent)).toEqual([
    texts.en.common.catalogue,
    first.noSourceTitle,
  ]);
  expect(screen.getAllByRole('button').map(({ textContent }) => textContent)).toEqual([
    first.setUp,
    sources.add,
    texts.en.welcome.startDemo,
  ]);
  await user.click(screen.getByRole('button', { name: texts.en.welcome.startDemo }));
  expect(bridge.sent('settings.use-service')).toEqual([{ demo: true }]);
});

test('news says that there is none, and waits for no choice', async () => {
  const { articles } = texts.en;
  await open(<ArticlesScreen />, [sourceView()], { name: 'articles', id: null });
  expect(await screen.findByText(articles.noArticlesText)).toBeTruthy();
  expect(screen.getAllByRole('heading').map(({ textContent }) => textContent)).toEqual([
    articles.title,
    articles.noArticlesTitle,
  ]);
  expect(screen.queryByRole('radiogroup', { name: articles.list })).toBeNull();
});

test('the first start offers a service, a public source and the demo', async () => {
  const { app, user } = await open(<WelcomeScreen />, [], { name: 'welcome' });
  expect(screen.getByRole('textbox', { name: texts.en.welcome.address })).toBeTruthy();
  expect(screen.getByRole('button', { name: texts.en.welcome.startDemo })).toBeTruthy();
  await user.click(screen.getByRole('button', { name: texts.en.welcome.addFeed }));
  expect(app.sourceDialogs.getState().open).toEqual({ name: 'add' });
});

test('the palette adds and checks sources, and offers no account where there can be none', async () => {
  const { app, bridge, user } = await open(
    <Palette onClose={() => undefined} onSheet={() => undefined} />,
    [sourceView()],
  );
  expect(options()).not.toContain(shell.palette.signIn);
  expect(options()).not.toContain(shell.palette.createAccount);
  await user.click(screen.getByRole('option', { name: sources.checkAll }));
  expect(bridge.sent('sources.check')).toEqual([{ id: null }]);
  await user.click(screen.getByRole('option', { name: sources.add }));
  expect(app.sourceDialogs.getState().open).toEqual({ name: 'add' });
});
