import { act, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, expect, test, vi } from 'vitest';
import { HistoryScreen } from '../../src/renderer/features/history/index.tsx';
import type { HistoryRowView, HistoryView } from '../../src/renderer/state/views.ts';
import { makeApp, settle } from '../support/app.tsx';
import { refuse, type Answers } from '../support/fake-bridge.ts';
import { transferRow } from '../support/views.ts';

const AT = new Date(2026, 10, 24, 16, 20).getTime();
const row = (id: string, more: Partial<HistoryRowView> = {}): HistoryRowView => ({
  ...transferRow({ id, state: { phase: 'done' }, totalBytes: 2_000_000_000, label: '1080p, MXF' }),
  title: 'Tide gauge room',
  assetId: 'ast_tide',
  packageId: 'pkg_tide',
  rev: 2,
  source: 'demo',
  folder: '/ingest/tide',
  place: 'here',
  movedFrom: null,
  isListed: false,
  finishedAt: AT,
  ...more,
});
const view = (more: Partial<HistoryView> = {}): HistoryView => ({
  rev: 1,
  packages: 3106,
  away: 0,
  lookedAtMs: new Date(2026, 10, 25, 16, 44).getTime(),
  isLooking: false,
  ...more,
});
const all = [
  row('t3'),
  row('t2', {
    title: 'Ring plane',
    assetId: 'ast_ring',
    folder: '/archive/ring',
    place: 'moved',
    movedFrom: '/ingest/ring',
    recall: {
      id: 'rcl_1',
      kind: 'withdrawn',
      atMs: new Date(2026, 10, 23, 12).getTime(),
      rev: { from: 2, to: null },
      phase: 'done',
      isToAcknowledge: false,
    },
    rights: { state: 'withdrawn', since: AT },
  }),
  row('t1', { title: 'Otters', assetId: 'ast_otters', place: 'gone', rev: null }),
];
const answers = (more: Answers = {}): Answers => ({
  'history.state': () => view(),
  'history.list': ({ query }) => {
    const items = all.filter(
      ({ place, title }) =>
        (query.show === 'all' || (query.show === 'gone') === (place === 'gone')) &&
        title.toLowerCase().includes(query.search.toLowerCase()),
    );
    return { total: items.length, items };
  },
  ...more,
});
const open = async (more: Answers = {}, options: Parameters<typeof makeApp>[1] = {}) => {
  const made = makeApp(answers(more), {
    route: { name: 'history', side: 'packages' },
    ...options,
  });
  await made.render(<HistoryScreen />);
  return made;
};
const listed = async () =>
  within(await screen.findByRole('list', { name: 'Packages' })).findAllByRole('listitem');

beforeEach(() => {
  vi.stubGlobal('matchMedia', () => ({
    matches: false,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }));
  // The virtualizer shows what fits.
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(900);
});

test('each package says which version it was, when, where it is, and what became of it', async () => {
  await open();
  expect(screen.getByText('Folders checked at 16:44.')).toBeTruthy();
  const [first, second, third] = (await listed()).map(({ textContent }) => textContent);
  expect(first).toMatch(
    /^Tide gauge room.*ast_tide, version 2, 1080p, MXF.*On disk.*\/ingest\/tide.*2\.0\sGB.*24 Nov 2026.*16:20.*Open folder$/u,
  );
  expect(second).toMatch(/^Ring plane.*Withdrawn 23 Nov: do not use.*Moved, found again/u);
  // Nothing to open.
  expect(third).toMatch(/^Otters.*ast_otters, 1080p, MXF.*No longer there/u);
  expect(third).not.toContain('Open folder');
});

test('arrows walk, O opens the folder with its question, Enter the package’s page', async () => {
  const { user, app, bridge } = await open({
    'transfers.reveal': refuse('restriction-unacknowledged', {
      restrictionIds: ['state:withdrawn'],
    }),
  });
  (await screen.findByRole('button', { name: 'Tide gauge room' })).focus();
  await user.keyboard('{ArrowDown}');
  expect(document.activeElement?.textContent).toBe('Ring plane');
  await user.keyboard('o');
  await waitFor(() => expect(app.downloads.getState().revealRequest).toMatchObject({ id: 't2' }));
  expect(bridge.sent('transfers.reveal')).toEqual([{ id: 't2', acknowledge: [] }]);
  // What is gone has no folder to open.
  await user.keyboard('{End}o');
  expect(bridge.sent('transfers.reveal')).toHaveLength(1);
  await user.keyboard('{Enter}');
  expect(app.route.getState().current).toEqual({ name: 'asset', id: 'ast_otters' });
});

test('search, place and period are one question to main, and stay while a package is looked at', async () => {
  const { user, app, bridge } = await open();
  const asked = (): unknown => bridge.sent('history.list').at(-1);
  await user.keyboard('{Control>}f{/Control}otters');
  await waitFor(() =>
    expect(asked()).toMatchObject({ query: { search: 'otters', show: 'all', fromMs: null } }),
  );
  expect(await screen.findByText('1 package')).toBeTruthy();
  await user.click(screen.getByRole('button', { name: /Which packages/u }));
  await user.click(await screen.findByRole('option', { name: 'On disk' }));
  await waitFor(() => expect(asked()).toMatchObject({ query: { search: 'otters', show: 'here' } }));
  expect(app.historyFilter.getState()).toEqual({ search: 'otters', show: 'here', period: 'all' });
  await user.click(await screen.findByRole('button', { name: 'Show all packages' }));
  await waitFor(() => expect(asked()).toMatchObject({ query: { search: '', show: 'all' } }));
  await user.click(screen.getByRole('button', { name: /^Today|Complete/u }));
  await user.click(await screen.findByRole('option', { name: 'Today' }));
  const today = new Date();
  today.setHours(0, 0, 0, 0);
  await waitFor(() => expect(asked()).toMatchObject({ query: { fromMs: today.getTime() } }));
});

test('a look is started by hand, its end is shown, and the rows are read again', async () => {
  const { user, bridge } = await open({ 'history.look': () => undefined });
  await user.click(screen.getByRole('button', { name: 'Check now' }));
  expect(bridge.sent('history.look')).toHaveLength(1);
  const before = bridge.sent('history.list').length;
  await act(async () => bridge.push('history.changed', view({ rev: 2, isLooking: true })));
  expect(screen.getByText('Checking the folders…')).toBeTruthy();
  await act(async () => bridge.push('history.changed', view({ rev: 3, away: 12 })));
  expect(screen.getByText('The disks of 12 packages can’t be reached.')).toBeTruthy();
  await waitFor(() => expect(bridge.sent('history.list').length).toBeGreaterThan(before));
});

test('the other side is one press away, the focus stays, and each says how much it has', async () => {
  const { user, app } = await open({
    'ledger.state': () => ({
      rev: 1,
      entries: 0,
      sinceMs: null,
      broken: null,
      checkedAtMs: null,
      isChecking: false,
      fault: null,
    }),
    'ledger.list': () => ({ total: 0, items: [], people: [] }),
  });
  await settle();
  expect(screen.getByRole('radio', { name: 'Packages 3,106' })).toBeTruthy();
  await user.click(screen.getByRole('radio', { name: 'Ledger 0' }));
  expect(app.route.getState().current).toEqual({ name: 'history', side: 'ledger', entry: null });
  expect(screen.getByText('Nothing recorded yet')).toBeTruthy();
  expect(document.activeElement?.textContent).toBe('Ledger 0');
});

test('before the first package it says what will be here', async () => {
  await open({ 'history.state': () => view({ packages: 0 }) });
  expect(screen.getByText('No packages yet')).toBeTruthy();
});

test('a history that can’t be read says so and is read again on demand', async () => {
  const { user, bridge } = await open({ 'history.list': refuse('disk-error') });
  const before = bridge.sent('history.list').length;
  await user.click(await screen.findByRole('button', { name: 'Try again' }));
  expect(bridge.sent('history.list').length).toBeGreaterThan(before);
});
