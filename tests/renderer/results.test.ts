import { expect, test } from 'vitest';
import { makeClient } from '../../src/renderer/contract/client.ts';
import { toQuery, type CatalogueQuery } from '../../src/renderer/state/criteria.ts';
import { createResultsList } from '../../src/renderer/state/lists.ts';
import type { AppContract } from '../../src/shared/contract/index.ts';
import { parseQuery } from '../../src/shared/api/query/parse.ts';
import { eventually } from '../support/eventually.ts';
import { fakeBridge, refuse, type Answers } from '../support/fake-bridge.ts';
import { assetRow } from '../support/views.ts';

const NOW = new Date(2026, 10, 24, 15, 30).getTime();
const queryOf = (text: string): CatalogueQuery => ({ text, sort: 'newest' });
const onlyX = () => ({ total: 1, items: [assetRow({ id: 'x' })] });

function makeResults(total: number, hold: Record<string, Promise<void>> = {}) {
  const bridge = fakeBridge({
    async 'catalogue.search'({ query, range }) {
      await hold[query.text];
      const length = Math.min(range.count, total - range.offset);
      return {
        total,
        items: Array.from({ length }, (_, index) =>
          assetRow({ id: `${query.text}-${range.offset + index}` }),
        ),
      };
    },
  });
  return { bridge, store: createResultsList(makeClient<AppContract>(bridge)) };
}

test('an answer to words that were typed over is not shown, however late it comes', async () => {
  const late = Promise.withResolvers<void>();
  const { store } = makeResults(3, { wa: late.promise });
  store.getState().setQuery(queryOf('wa'));
  store.getState().setQuery(queryOf('water'));
  await eventually(() => expect(store.getState().rows.get(0)?.id).toBe('water-0'));
  late.resolve();
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  expect(store.getState().rows.get(0)?.id).toBe('water-0');
});

test('only what comes on screen is fetched, and no page twice', async () => {
  const { store, bridge } = makeResults(100_000);
  store.getState().setQuery(queryOf('water'));
  await eventually(() => expect(store.getState().status).toBe('ready'));
  store.getState().setVisibleRange(60_000, 60_020);
  store.getState().setVisibleRange(60_004, 60_030);
  await eventually(() => expect(store.getState().rows.get(60_010)?.id).toBe('water-60010'));
  store.getState().setVisibleRange(60_000, 60_020);
  expect(bridge.sent('catalogue.search')).toMatchObject([
    { range: { offset: 0 } },
    { range: { offset: 60_000 } },
  ]);
  // The first page has gone out of sight, and is let go.
  expect(store.getState().rows.size).toBe(60);
});

test('who comes back to the same search is shown what the library has learnt meanwhile', async () => {
  const { store, bridge } = makeResults(3);
  store.getState().setQuery(queryOf('water'));
  await eventually(() => expect(store.getState().status).toBe('ready'));
  store.getState().setQuery(queryOf('water'));
  expect(bridge.calls.map(({ name }) => name)).toEqual(['catalogue.search', 'catalogue.search']);
});

test('a search that fails says so and can be repeated', async () => {
  const answers: Answers = { 'catalogue.search': refuse('bug') };
  const store = createResultsList(makeClient<AppContract>(fakeBridge(answers)));
  store.getState().setQuery(queryOf('water'));
  await eventually(() => expect(store.getState().status).toBe('failed'));
  answers['catalogue.search'] = onlyX;
  store.getState().refresh();
  await eventually(() => expect(store.getState()).toMatchObject({ status: 'ready', total: 1 }));
});

test('rows that are shown stay when reading them again fails', async () => {
  const answers: Answers = { 'catalogue.search': onlyX };
  const store = createResultsList(makeClient<AppContract>(fakeBridge(answers)));
  store.getState().setQuery(queryOf('water'));
  await eventually(() => expect(store.getState().status).toBe('ready'));
  const failed = Promise.withResolvers<void>();
  answers['catalogue.search'] = () => {
    failed.resolve();
    return refuse('bug')();
  };
  store.getState().refresh();
  await failed.promise;
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  expect(store.getState()).toMatchObject({ status: 'ready', total: 1 });
});

const sortOf = (text: string) => toQuery(text, parseQuery(text, NOW), 'relevance').sort;
test('without words there is nothing to rank by', () => {
  expect(sortOf(' lake ')).toBe('relevance');
  expect(sortOf('country:NL -lake')).toBe('newest');
});

test('rows say what they were searched for, and a page asked for an older query keeps none of the new one away', async () => {
  const late = Promise.withResolvers<void>();
  const hold: Record<string, Promise<void>> = {};
  const { store } = makeResults(500, hold);
  store.getState().setQuery(queryOf('wa'));
  await eventually(() =>
    expect(store.getState()).toMatchObject({
      status: 'ready',
      shownQuery: { text: 'wa' },
    }),
  );
  hold['wa'] = late.promise;
  store.getState().setVisibleRange(60, 80);
  hold['water'] = Promise.resolve();
  store.getState().setQuery(queryOf('water'));
  expect(store.getState().shownQuery?.text).toBe('wa');
  await eventually(() => expect(store.getState().shownQuery?.text).toBe('water'));
  store.getState().setVisibleRange(60, 80);
  await eventually(() => expect(store.getState().rows.get(60)?.id).toBe('water-60'));
  late.resolve();
});
