import { expect, test } from 'vitest';
import { texts } from '../../src/renderer/i18n/index.ts';
import { makeClient } from '../../src/renderer/contract/client.ts';
import { createApp } from '../../src/renderer/state/app.ts';
import { saveSearch } from '../../src/renderer/state/saved-searches.ts';
import type { AppContract } from '../../src/shared/contract/index.ts';
import { fakeBridge } from '../support/fake-bridge.ts';
import { eventually } from '../support/eventually.ts';

test('a search that is kept already is not kept twice, whatever the order of its filters', async () => {
  const savedSearches = [
    {
      id: 's1',
      name: 'Rivers',
      text: 'river',
      facets: { country: ['IT', 'FR'], topic: ['water'] },
      since: null,
      sort: 'newest',
    },
  ];
  const bridge = fakeBridge({
    'settings.get': () => ({ rev: 1, language: 'en', savedSearches }),
    'settings.save-search': () => ({
      rev: 2,
      language: 'en',
      savedSearches: [...savedSearches, { ...savedSearches[0], id: 's2' }],
    }),
  });
  const desk = createApp(
    makeClient<AppContract>(bridge),
    { version: '0', shell: 'desktop', platform: 'linux', mediaSuffix: '' },
    { name: 'catalogue' },
  );
  await eventually(() => expect(desk.settings.getState().value).not.toBeNull());
  const kept = () => bridge.calls.filter(({ name }) => name === 'settings.save-search').length;
  desk.browse.setState({
    facets: { topic: ['water'], format: [], country: ['FR', 'IT'] },
    since: null,
    sort: 'newest',
  });
  await saveSearch(desk, 'river, water, Italy, France', 'river ');
  expect(kept()).toBe(0);
  expect(desk.toasts.getState().items.map(({ text, action }) => [text, action])).toEqual([
    [texts.en.catalogue.saved('Rivers'), null],
  ]);
  desk.browse.setState({ since: 'week' });
  await saveSearch(desk, 'river, this week', 'river');
  expect(kept()).toBe(1);
});
