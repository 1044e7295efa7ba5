import { act, screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { AutoFetchScreen } from '../../src/renderer/features/auto-fetch/index.tsx';
import type {
  AutoFetchLine,
  AutoFetchPreview,
  AutoFetchRule,
  AutoFetchView,
  SettingsView,
} from '../../src/renderer/state/views.ts';
import { makeApp } from '../support/app.tsx';
import type { Answers } from '../support/fake-bridge.ts';
import {
  accountView,
  connectionView,
  plan as planOf,
  plannedItem,
  settingsView,
} from '../support/views.ts';

const GB = 1_000_000_000;
const ID = 'search_1';
const SEARCH: SettingsView['savedSearches'][number] = {
  id: ID,
  name: 'New today, HD',
  text: 'format:hd -night',
  sort: 'newest',
  seenAt: null,
};
const RULE: AutoFetchRule = {
  searchId: ID,
  isOn: true,
  profile: 'broadcast',
  destination: '/ingest/auto',
  hours: { fromMinute: 360, toMinute: 1380 },
  maxPackages: 20,
  maxBytesPerDay: 200 * GB,
  maxBytesPerPackage: 60 * GB,
  confirm: [],
  embargo: 'hold',
  catchUpDays: 3,
  chosenBy: 'ingest@lorvik.example',
  chosenAtMs: 0,
  words: [],
};
const view = (more: Partial<AutoFetchView> = {}): AutoFetchView => ({
  rev: 1,
  rule: RULE,
  today: { packages: 5, bytes: 54 * GB },
  midnightMs: 0,
  held: {},
  lastRunAtMs: new Date(2026, 10, 25, 16, 43).getTime(),
  paused: null,
  pausedCount: 0,
  isRunning: false,
  ...more,
});
const preview: AutoFetchPreview = {
  days: [19, 20, 21, 22, 23, 24, 25].map((day) => ({
    startMs: new Date(2026, 10, day).getTime(),
    queued: { count: day === 25 ? 5 : 1, bytes: 0 },
    left: day === 25 ? 2 : 0,
  })),
  total: { count: 14, bytes: 212 * GB },
  queued: { count: 11, bytes: 104 * GB },
  left: { restricted: 1, 'too-large': 2 },
  isPartial: false,
};
let number = 0;
const line = (more: Partial<AutoFetchLine>): AutoFetchLine => {
  number += 1;
  return {
    number,
    atMs: Date.now(),
    kind: 'left',
    assetId: `ast_${number}`,
    packageId: `pkg_${number}`,
    title: 'Dune crossing tests weather stations',
    label: 'HD 1080i50',
    bytes: 8.7 * GB,
    reason: null,
    profile: null,
    unstated: [],
    untilMs: null,
    confirmed: [],
    found: 0,
    queued: 0,
    awayMs: 0,
    message: null,
    code: null,
    isOpen: true,
    ...more,
  };
};
const open = async (
  more: Answers = {},
  { lines = [], language = 'en' }: { lines?: AutoFetchLine[]; language?: 'en' | 'fr' } = {},
) => {
  const made = makeApp(
    {
      'settings.get': () => settingsView({ language, savedSearches: [SEARCH] }),
      'auto-fetch.get': () => view(),
      'auto-fetch.preview': () => preview,
      'auto-fetch.log': () => ({ total: lines.length, items: lines }),
      'auto-fetch.set': ({ choice }) => view({ rule: { ...RULE, ...choice } }),
      'catalogue.saved-counts': () => [{ id: ID, total: 60, fresh: 14 }],
      ...more,
    },
    { route: { name: 'auto-fetch', id: ID }, language },
  );
  await made.render(<AutoFetchScreen />);
  await screen.findByRole('heading', { level: 1 });
  return made;
};
const choose = async (
  user: Awaited<ReturnType<typeof open>>['user'],
  token: RegExp,
  option: string | RegExp,
): Promise<void> => {
  await user.click(screen.getByRole('button', { name: token }));
  await user.click(await screen.findByRole('option', { name: option }));
};

test('the rule is one sentence, with what is used up today and what it would have done', async () => {
  await open();
  for (const name of [
    /^Broadcast.*House format$/u,
    /^Folder, now \/ingest\/auto$/u,
    /^Hours, between 06:00 and 23:00$/u,
    /^20 packages.*Packages a day$/u,
    /^200\sGB.*GB a day$/u,
    /^60\sGB.*GB a package$/u,
  ])
    expect(screen.getByRole('button', { name })).toBeTruthy();
  expect(screen.getByText('5 of 20 packages')).toBeTruthy();
  expect(screen.getByRole('progressbar', { name: 'GB a day' }).ariaValueNow).toBe('27');
  expect(await screen.findByText('14 packages, 212 GB')).toBeTruthy();
  expect(screen.getByText('11 queued, 104 GB')).toBeTruthy();
  expect(screen.getByText('3 not queued: 2 too large, 1 restricted')).toBeTruthy();
  expect(screen.getByRole('img', { name: /Wed: 5 queued, 2 not queued$/u })).toBeTruthy();
  expect(screen.getByText('14 new')).toBeTruthy();
  expect(screen.getByText('last checked 16:43')).toBeTruthy();
});

test('a changed token redraws the days, and is saved only when somebody says so', async () => {
  const { bridge, user } = await open();
  await choose(user, /GB a package/u, /^20\sGB$/u);
  await waitFor(() =>
    expect(bridge.sent('auto-fetch.preview').at(-1)).toMatchObject({
      text: SEARCH.text,
      choice: { maxBytesPerPackage: 20 * GB },
    }),
  );
  expect(bridge.sent('auto-fetch.set')).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Discard' }));
  expect(screen.queryByText('These changes aren’t saved yet.')).toBeNull();
  await choose(user, /Packages a day/u, 'any number of packages');
  await user.click(screen.getByRole('button', { name: 'Save changes' }));
  expect(bridge.sent('auto-fetch.set')).toMatchObject([
    { id: ID, choice: { isOn: true, maxPackages: null, maxBytesPerPackage: 60 * GB }, words: [] },
  ]);
});

test('hours are typed, and may be taken away', async () => {
  const { bridge, user } = await open();
  await user.click(screen.getByRole('button', { name: 'Hours, between 06:00 and 23:00' }));
  await user.click(await screen.findByRole('button', { name: 'Any hour' }));
  await user.click(screen.getByRole('button', { name: 'Save changes' }));
  expect(bridge.sent('auto-fetch.set')).toMatchObject([{ choice: { hours: null } }]);
});

test('kinds of restrictions are read before they are confirmed without asking, and sent as they were read', async () => {
  const { bridge, user } = await open();
  await choose(user, /Restricted/u, 'Confirm for me…');
  const dialog = await screen.findByRole('dialog');
  expect(dialog.textContent).toContain('in your name, without asking');
  const confirm = within(dialog).getByRole('button', { name: 'Confirm these for me' });
  expect(confirm).toHaveProperty('disabled', true);
  await user.click(within(dialog).getByRole('checkbox', { name: /^Editorial use only/u }));
  await user.click(confirm);
  await user.click(await screen.findByRole('button', { name: 'Save changes' }));
  expect(bridge.sent('auto-fetch.set')).toMatchObject([
    {
      choice: { confirm: ['editorial'] },
      words: [
        { id: 'editorial', text: expect.stringContaining('Nothing commercial and no promotion.') },
      ],
    },
  ]);
});

test('without a rule it is off, begins with the house format, and the switch saves it', async () => {
  const { bridge, user } = await open({
    'auto-fetch.get': () => view({ rule: null, lastRunAtMs: null }),
    'settings.get': () => settingsView({ savedSearches: [SEARCH], houseFormat: 'web' }),
  });
  expect(screen.getByText('It’s off. This is what it would have done.')).toBeTruthy();
  expect(screen.getByText('not checked yet')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Check now' })).toHaveProperty('disabled', true);
  await user.click(screen.getByRole('switch', { name: 'Auto-fetch' }));
  expect(bridge.sent('auto-fetch.set')).toMatchObject([
    { choice: { isOn: true, profile: 'web', confirm: [], embargo: 'hold' } },
  ]);
});

test('every line says what was done or why not, and offers what helps while it does', async () => {
  const lines = [
    line({ kind: 'queued', reason: null }),
    line({ kind: 'queued', untilMs: Date.now() + 60_000, confirmed: ['rst_1'] }),
    line({ kind: 'held', reason: 'restricted', title: 'Glacier lake survey' }),
    line({ kind: 'left', reason: 'too-large', bytes: 64 * GB, title: 'Flood model' }),
    line({
      kind: 'left',
      reason: 'no-rendition',
      profile: { id: 'own', name: 'Playout' },
      unstated: ['codec'],
      title: 'Snow depth',
      isOpen: false,
    }),
    line({ kind: 'held', reason: 'hours', untilMs: Date.now() + 60_000, title: 'Aerials' }),
    line({
      kind: 'caught-up',
      assetId: null,
      found: 4,
      queued: 3,
      awayMs: 24_000_000,
      bytes: 41 * GB,
    }),
    line({ kind: 'late-ones', assetId: null, reason: 'late', found: 900 }),
    line({ kind: 'failed', assetId: null, code: 'disk-full', message: 'No space left' }),
    line({ kind: 'began', assetId: null, found: 1 }),
  ];
  const { app, user } = await open({}, { lines });
  const log = within(screen.getByRole('region', { name: 'What it did' }));
  const texts = (await log.findAllByRole('listitem')).map(({ textContent }) => textContent);
  for (const [at, expected] of [
    /Queued, HD 1080i50, 8.7\sGB$/u,
    /Queued: \.done waits for .*, restrictions confirmed by your rule$/u,
    /Glacier lake surveyNot queued: restricted, waits for youView restrictions$/u,
    /Flood modelNot queued: 64\.0\sGB, over the limitQueue anyway$/u,
    /Snow depthNot queued: no rendition fits Playout \(codec not stated\)$/u,
    /AerialsHeld until .*: outside the hoursQueue anyway$/u,
    /Caught up after 6 h 40 min without the app4 published, 3 queued, 41\.0\sGB$/u,
    /900 packages published too long ago/u,
    /Nothing could be queuedThe disk is full/u,
    /Switched onThe 1 package there by then/u,
  ].entries())
    expect(texts[at]).toMatch(expected);
  await user.click(log.getByRole('button', { name: 'View restrictions: Glacier lake survey' }));
  expect(app.route.getState().current).toEqual({ name: 'asset', id: lines[2]?.assetId });
});

test('what is queued anyway goes where the rule says, and as its house format chooses', async () => {
  const left = line({
    kind: 'left',
    reason: 'no-rendition',
    packageId: null,
    title: 'Flood model',
  });
  const { bridge, user } = await open(
    {
      'account.get': () => accountView(),
      'transfers.plan': ({ assetIds: [assetId = ''] }) =>
        planOf([plannedItem({ assetId, packageId: 'pkg_closest' })]),
      'transfers.enqueue': () => ({ ids: ['trf_1'] }),
    },
    { lines: [left] },
  );
  await user.click(await screen.findByRole('button', { name: 'Queue anyway: Flood model' }));
  await waitFor(() =>
    expect(bridge.sent('transfers.enqueue')).toEqual([
      {
        packages: [{ assetId: left.assetId, packageId: 'pkg_closest' }],
        acknowledge: [],
        destination: RULE.destination,
      },
    ]),
  );
  expect(bridge.sent('transfers.plan')).toEqual([
    { assetIds: [left.assetId], profile: RULE.profile, destination: RULE.destination },
  ]);
});

test('what keeps it from queueing is said, and that nothing is lost', async () => {
  await open({ 'auto-fetch.get': () => view({ paused: 'signed-out', pausedCount: 2 }) });
  expect(screen.getByText('Paused until you sign in')).toBeTruthy();
  expect(screen.getByText('2 packages wait. Nothing is lost.')).toBeTruthy();
});

test('offline it says so', async () => {
  await open({ 'app.connection': () => connectionView({ state: 'offline' }) });
  expect(screen.getByText('Offline: nothing new is found')).toBeTruthy();
});

test('in French, and for a search that is gone', async () => {
  const { app } = await open({}, { language: 'fr' });
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe(
    'Transfert automatique\u00a0: New today, HD',
  );
  act(() => app.route.getState().go({ name: 'auto-fetch', id: 'another' }));
  expect(await screen.findByText('Cette recherche n’est plus enregistrée')).toBeTruthy();
});
