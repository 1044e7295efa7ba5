import { expect, test } from 'vitest';
import { texts } from '../../src/renderer/i18n/index.ts';
import { saveSearch } from '../../src/renderer/state/saved-searches.ts';
import type { SettingsView } from '../../src/renderer/state/views.ts';
import { makeApp } from '../support/app.tsx';
import { eventually } from '../support/eventually.ts';
import { settingsView } from '../support/views.ts';

test('a search that is kept already is not kept twice, whatever the order of its filters', async () => {
  const rivers: SettingsView['savedSearches'][number] = {
    id: 's1',
    name: 'Rivers',
    text: 'river country:IT,FR topic:water',
    sort: 'newest',
    seenAt: null,
  };
  const { app, bridge } = makeApp({
    'settings.get': () => settingsView({ savedSearches: [rivers] }),
    'settings.save-search': () =>
      settingsView({ rev: 2, savedSearches: [rivers, { ...rivers, id: 's2' }] }),
  });
  await eventually(() => expect(app.settings.getState().value).not.toBeNull());
  const kept = () => bridge.sent('settings.save-search').length;
  app.search.getState().type('catalogue', 'topic:water river pays:France,Italie ');
  await saveSearch(app);
  expect(kept()).toBe(0);
  expect(app.toasts.getState().items.map(({ text, action }) => [text, action])).toEqual([
    [texts.en.catalogue.saved('Rivers'), null],
  ]);
  app.search.getState().type('catalogue', 'river date:7d');
  await saveSearch(app);
  expect(kept()).toBe(1);
});
