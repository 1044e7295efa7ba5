import { expect, test } from 'vitest';
import { texts } from '../../src/renderer/i18n/index.ts';
import { addFile } from '../../src/renderer/state/import-export.ts';
import { openLink, showOpenedLinks } from '../../src/renderer/state/opened-link.ts';
import { deleteSearch } from '../../src/renderer/state/saved-searches.ts';
import type { AppLink } from '../../src/shared/model/app-link.ts';
import { searchesDocument } from '../../src/shared/model/saved-search.ts';
import { makeApp, toasts } from '../support/app.tsx';
import { eventually } from '../support/eventually.ts';
import { refuse } from '../support/fake-bridge.ts';
import { settingsView } from '../support/views.ts';

const OTTERS = { kind: 'search', name: 'Otters\u202e', text: 'otter', sort: 'oldest' } as const;
const { catalogue } = texts.en;
const SAVED = { id: 's1', name: 'Rivers', text: 'river', sort: 'newest', seenAt: 4 } as const;

test('a link that waits is shown, and one that comes later', async () => {
  let waiting: AppLink | null = { kind: 'asset', id: 'ast_1' };
  const { app, bridge } = makeApp({
    'app.take-link': () => {
      const link = waiting;
      waiting = null;
      return { link };
    },
  });
  const end = showOpenedLinks(app);
  const current = () => app.route.getState().current;
  await eventually(() => expect(current()).toEqual({ name: 'asset', id: 'ast_1' }));
  waiting = OTTERS;
  bridge.push('app.link-opened', {});
  await eventually(() => expect(current()).toEqual({ name: 'catalogue' }));
  expect(app.search.getState().words.catalogue).toBe('otter');
  expect(app.criteria.getState().sort).toBe('oldest');
  end();
  waiting = { kind: 'article', id: 'art_1' };
  bridge.push('app.link-opened', {});
  expect(bridge.sent('app.take-link')).toHaveLength(2);
});

test('before the first set-up a link waits', async () => {
  const { app, bridge } = makeApp(
    { 'app.take-link': () => ({ link: { kind: 'article', id: 'art_1' } }) },
    { route: { name: 'welcome' } },
  );
  showOpenedLinks(app);
  expect(bridge.sent('app.take-link')).toEqual([]);
  app.route.setState({ current: { name: 'catalogue' } });
  await eventually(() =>
    expect(app.route.getState().current).toEqual({ name: 'articles', id: 'art_1' }),
  );
});

test('a search of another desk is saved under its name only when that is pressed', async () => {
  const { app, bridge } = makeApp({
    'settings.save-search': () => settingsView({ rev: 2, savedSearches: [SAVED] }),
  });
  await eventually(() => expect(app.settings.getState().value).not.toBeNull());
  openLink(app, OTTERS);
  // What turns the direction of text round is seen.
  expect(toasts(app)).toEqual([catalogue.shared('Otters\ufffd')]);
  expect(bridge.sent('settings.save-search')).toEqual([]);
  app.toasts.getState().items[0]?.action?.run();
  await eventually(() =>
    expect(bridge.sent('settings.save-search')).toEqual([
      { name: 'Otters\ufffd', text: 'otter', sort: 'oldest' },
    ]),
  );
});

test('one that is saved already is only shown', async () => {
  const { app } = makeApp({ 'settings.get': () => settingsView({ savedSearches: [SAVED] }) });
  await eventually(() => expect(app.settings.getState().value).not.toBeNull());
  openLink(app, { kind: 'search', name: 'Others', text: ' river ', sort: 'newest' });
  expect(app.search.getState().words.catalogue).toBe(' river ');
  expect(toasts(app)).toEqual([]);
});

test('a dropped file of saved searches is imported, and one that can’t be read is told', async () => {
  const { app, bridge } = makeApp({
    'settings.import-searches': () => ({ added: 2, known: 1 }),
  });
  const file = new File([searchesDocument([SAVED])], 'searches.json');
  await addFile(app, file);
  expect(toasts(app)).toEqual([catalogue.imported(2, 1)]);
  expect(bridge.sent('transfers.import')).toEqual([]);
  const refusing = makeApp({ 'settings.import-searches': refuse('usage') });
  await addFile(refusing.app, file);
  expect(toasts(refusing.app)).toEqual([catalogue.notImported]);
});

test('a deleted search comes back under its ID, and in its place', async () => {
  const others = ['s0', 's2'].map((id) => ({ ...SAVED, id }));
  const [before, after] = others;
  const savedSearches = [before, SAVED, after].filter((one) => one !== undefined);
  const { app, bridge } = makeApp({
    'settings.get': () => settingsView({ savedSearches }),
    'settings.forget-search': () => settingsView({ rev: 2, savedSearches: others }),
    'settings.save-search': () => settingsView({ rev: 3, savedSearches: [...others, SAVED] }),
    'settings.order-searches': () => settingsView({ rev: 4, savedSearches }),
  });
  await eventually(() => expect(app.settings.getState().value).not.toBeNull());
  const restore = await deleteSearch(app, SAVED);
  await restore?.();
  expect(bridge.sent('settings.save-search')).toEqual([SAVED]);
  expect(bridge.sent('settings.order-searches')).toEqual([{ ids: ['s0', 's1', 's2'] }]);
  expect(app.settings.getState().value?.savedSearches).toEqual(savedSearches);
});
