import { act, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, expect, test, vi } from 'vitest';
import { HistoryScreen } from '../../src/renderer/features/history/index.tsx';
import type { LedgerEntryView, LedgerRowView, LedgerView } from '../../src/renderer/state/views.ts';
import type { LedgerKind } from '../../src/shared/model/ledger-kinds.ts';
import { makeApp, settle, toasts } from '../support/app.tsx';
import { refuse, type Answers } from '../support/fake-bridge.ts';
import { ledgerDraft } from '../support/ledger.ts';

const entry = (number: number, more: Partial<LedgerEntryView> = {}): LedgerEntryView => ({
  ...ledgerDraft(),
  number,
  ...more,
});
const row = (number: number, more: Partial<LedgerEntryView> = {}): LedgerRowView => ({
  number,
  entry: entry(number, more),
  hash: 'b7e041c9'.padEnd(64, '0'),
  previous: '2f96a803'.padEnd(64, '1'),
  isSound: true,
});
const state = (more: Partial<LedgerView> = {}): LedgerView => ({
  rev: 1,
  entries: 3,
  sinceMs: Date.parse('2026-03-03T12:00:00Z'),
  broken: null,
  checkedAtMs: Date.parse('2026-11-25T16:44:00'),
  isChecking: false,
  fault: null,
  ...more,
});
const handedOut = row(3, {
  kind: 'handed-out',
  words: [],
  language: null,
  what: { folder: 'D:\\Ingest', transferId: 't1' },
});
const all = [
  handedOut,
  row(2),
  row(1, { kind: 'exported', words: [], what: { name: 'report.html' } }),
];
const answers = (more: Answers = {}): Answers => ({
  'ledger.state': () => state(),
  'ledger.list': ({ query }) => {
    const items = all.filter(
      ({ entry: own }) => query.kinds.length === 0 || query.kinds.includes(own?.kind as LedgerKind),
    );
    return { total: items.length, items, people: ['Ingest 2', 'ingest@lorvik.example'] };
  },
  'ledger.entry': ({ number }) => ({
    row: all.find((one) => one.number === number) ?? row(number),
    others: [{ number: 3, atMs: 0, kind: 'handed-out' }],
  }),
  ...more,
});
const open = async (more: Answers = {}, options: Parameters<typeof makeApp>[1] = {}) => {
  const made = makeApp(answers(more), {
    route: { name: 'history', side: 'ledger', entry: null },
    ...options,
  });
  await made.render(<HistoryScreen />);
  return made;
};

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

test('the chain’s state comes first, then the entries, newest first', async () => {
  await open();
  expect(screen.getByText('Unbroken.').closest('p')?.textContent).toBe(
    'Unbroken. 3 entries since 3 Mar 2026, checked at 16:44.',
  );
  const rows = await within(await screen.findByRole('list', { name: 'Ledger' })).findAllByRole(
    'button',
  );
  expect(rows.map(({ textContent }) => textContent)).toEqual([
    expect.stringMatching(
      /^3.*16:12:44.*Handed to ingest.*Tide gauge room.*D:\\Ingest, \.done written.*Ingest 2$/u,
    ),
    expect.stringMatching(/^2.*Restriction confirmed.*Broadcast only/u),
    expect.stringMatching(/^1.*Exported.*report\.html/u),
  ]);
});

test('what a system has done is told under its name, and who gave it access under theirs', async () => {
  const items = [
    row(4, { what: { count: 1, system: 'Avid MAM' } }),
    row(5, {
      kind: 'setting-changed',
      subject: null,
      words: [],
      what: { setting: 'apiAccess', system: 'Avid MAM', value: 'catalogue:read' },
    }),
  ];
  const { user } = await open({
    'ledger.list': () => ({ total: 2, items, people: [] }),
    'ledger.entry': () => ({ row: items[0] as LedgerRowView, others: [] }),
  });
  const [confirmed, given] = await within(
    await screen.findByRole('list', { name: 'Ledger' }),
  ).findAllByRole('button');
  expect(confirmed?.textContent).toMatch(/Restriction confirmed.*Avid MAM$/u);
  expect(given?.textContent).toMatch(/System access: Avid MAM, search the catalogue.*Ingest 2$/u);
  await user.click(confirmed as HTMLElement);
  const drawer = await screen.findByRole('complementary', { name: 'Entry' });
  expect((await within(drawer).findByText('Newsroom system')).parentElement?.textContent).toContain(
    'Avid MAM',
  );
});

test('an entry opens by the keyboard with the words shown, and Escape goes back to its row', async () => {
  const { user, app } = await open();
  const rows = await within(await screen.findByRole('list', { name: 'Ledger' })).findAllByRole(
    'button',
  );
  rows[0]?.focus();
  await user.keyboard('{ArrowDown}{Enter}');
  const drawer = await screen.findByRole('complementary', { name: 'Entry' });
  expect(
    await within(drawer).findByText(/^Broadcast only, no social media\. Filmed/u),
  ).toBeTruthy();
  expect(within(drawer).getByText('queue, with 10 others')).toBeTruthy();
  expect(within(drawer).getByText('ingest@lorvik.example')).toBeTruthy();
  expect(within(drawer).getByText('b7e0 41c9 … 0000')).toBeTruthy();
  expect(within(drawer).getByText('English')).toBeTruthy();
  // There is no transfer to report on.
  expect(within(drawer).queryByRole('button', { name: 'Evidence report' })).toBeNull();
  await user.click(within(drawer).getByText('Handed to ingest'));
  expect(app.route.getState().current).toEqual({ name: 'history', side: 'ledger', entry: 3 });
  expect(await screen.findByRole('button', { name: 'Evidence report' })).toBeTruthy();
  await user.keyboard('{Escape}');
  expect(screen.queryByRole('complementary')).toBeNull();
  expect(document.activeElement?.textContent).toMatch(/^3/u);
});

test('search and filters are one question to main; Control F leads to the search', async () => {
  const { user, bridge } = await open();
  const asked = (): unknown => bridge.sent('ledger.list').at(-1);
  await user.keyboard('{Control>}f{/Control}');
  expect(document.activeElement).toBe(screen.getByRole('searchbox'));
  await user.keyboard('tide gauge');
  await waitFor(() =>
    expect(asked()).toMatchObject({ query: { search: 'tide gauge', kinds: [], person: null } }),
  );
  await user.click(screen.getByRole('button', { name: /Kind/u }));
  await user.click(await screen.findByRole('option', { name: 'Recalled' }));
  await waitFor(() =>
    expect(asked()).toMatchObject({ query: { search: 'tide gauge', kinds: ['recalled'] } }),
  );
  await user.click(await screen.findByRole('button', { name: 'Show all entries' }));
  await waitFor(() =>
    expect(asked()).toMatchObject({ query: { search: '', kinds: [], person: null, fromMs: null } }),
  );
});

test.each([
  [{ how: 'changed' as const, entry: 2 }, 'Entry 2 was changed after it was written.', true],
  [{ how: 'cut' as const, entry: 3 }, 'Entry 3 and all later ones are missing.', false],
  [
    { how: 'head-missing' as const, entry: null },
    'The record of how many entries there were is missing.',
    false,
  ],
])('a break is an alert that names it (%o)', async (broken, text, hasEntry) => {
  const { user, app } = await open({ 'ledger.state': () => state({ broken }) });
  expect(screen.getByRole('alert').textContent).toContain(text);
  expect(screen.queryByText('Unbroken.')).toBeNull();
  const show = screen.queryByRole('button', { name: 'Show entry' });
  expect(show !== null).toBe(hasEntry);
  if (show) await user.click(show);
  expect(app.route.getState().current).toEqual({
    name: 'history',
    side: 'ledger',
    entry: hasEntry ? broken.entry : null,
  });
});

test('an entry that is not as it was written says so, also one that can’t be read', async () => {
  await open({
    'ledger.list': () => ({
      total: 2,
      items: [
        { ...row(2), isSound: false },
        { number: 1, entry: null, hash: null, previous: null, isSound: false },
      ],
      people: [],
    }),
  });
  expect(await screen.findAllByText('Not as it was written')).toHaveLength(2);
  expect(screen.getByText('Can’t be read')).toBeTruthy();
});

test('an empty ledger says what will be in it, and has nothing to export', async () => {
  await open({ 'ledger.state': () => state({ entries: 0, sinceMs: null }) });
  expect(screen.getByText('Nothing recorded yet')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Export…' }).hasAttribute('disabled')).toBe(true);
});

test('entries that are added while it is open are read', async () => {
  const { bridge } = await open();
  const before = bridge.sent('ledger.list').length;
  await act(async () => bridge.push('ledger.changed', state({ rev: 2, entries: 4 })));
  await settle();
  expect(bridge.sent('ledger.list').length).toBeGreaterThan(before);
});

test('exporting saves a document; one that is too large is for the command line', async () => {
  vi.stubGlobal('URL', { ...URL, createObjectURL: () => 'blob:it', revokeObjectURL: () => {} });
  const saved = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockReturnValue();
  const good = await open({
    'ledger.export': () => ({ name: 'ledger-2026-11-25.jsonl', text: '' }),
  });
  await good.user.click(screen.getByRole('button', { name: 'Export…' }));
  await waitFor(() =>
    expect(toasts(good.app)).toEqual(['Ledger saved as ledger-2026-11-25.jsonl']),
  );
  expect(saved).toHaveBeenCalledTimes(1);
});

test('exporting one that is too large says what to do instead', async () => {
  const { user, app } = await open({ 'ledger.export': refuse('usage') });
  await user.click(screen.getByRole('button', { name: 'Export…' }));
  await waitFor(() => expect(toasts(app)[0]).toContain('desk ledger export'));
});
