import { beforeEach, expect, test } from 'vitest';
import { makeClient } from '../../src/renderer/contract/client.ts';
import { createApp, type AppContext } from '../../src/renderer/state/app.ts';
import {
  confirmTerms,
  download,
  readTermsAgain,
  resumePendingDownload,
} from '../../src/renderer/state/enqueue.ts';
import { adoptPageStorage } from '../../src/renderer/state/saved-searches.ts';
import type { AppContract } from '../../src/shared/contract/index.ts';
import { fakeBridge, refuse, type Answers, type FakeBridge } from '../support/fake-bridge.ts';
import { eventually } from '../support/eventually.ts';

const account = (status: 'signed-in' | 'signed-out', rev = 1) => ({
  rev,
  status,
  profile: null,
  sessionEnded: false,
  keychain: 'ok',
  pendingFlow: null,
});
const RULE = {
  id: 'r1',
  kind: 'territory',
  mode: 'deny',
  values: ['CA'],
  note: 'Not cleared for Canada.',
};
const PACKAGE = { assetId: 'a1', packageId: 'p1' };
const planned = (over: object) => ({
  ...PACKAGE,
  title: 'Lake',
  bytes: 5,
  restrictionIds: [],
  embargoUntil: null,
  blocked: null,
  alreadyHere: false,
  ...over,
});

/** With the one part of main that keeps settings: what was to be downloaded, until it is taken. */
function makeDesk(
  status: 'signed-in' | 'signed-out',
  answers: Answers = {},
  pendingDownload: object | null = null,
): { desk: AppContext; bridge: FakeBridge; pending(): object | null } {
  let [pending, rev] = [pendingDownload, 1];
  const settings = () => ({
    rev,
    language: 'en',
    housePurpose: 'broadcast',
    savedSearches: [],
    pendingDownload: pending,
  });
  const keep = (next: object | null) => {
    [pending, rev] = [next, rev + 1];
    bridge.push('settings.changed', settings());
    return settings();
  };
  const bridge: FakeBridge = fakeBridge({
    'account.get': () => account(status),
    'settings.get': settings,
    'settings.set': ({ pendingDownload: next }: { pendingDownload: object }) => keep(next),
    'settings.take-pending-download': () => {
      const taken = pending;
      keep(null);
      return { taken };
    },
    'catalogue.asset': () => ({ restrictions: [RULE] }),
    'transfers.enqueue': () => ({ ids: ['t1'] }),
    ...answers,
  });
  const info = { version: '0', shell: 'desktop', platform: 'linux', mediaSuffix: '' } as const;
  return {
    bridge,
    desk: createApp(makeClient<AppContract>(bridge), info, { name: 'catalogue' }),
    pending: () => pending,
  };
}
const enqueued = (bridge: FakeBridge) =>
  bridge.calls.filter(({ name }) => name === 'transfers.enqueue').map(({ input }) => input);
const signedIn = (desk: AppContext) =>
  eventually(() => expect(desk.account.getState().value?.status).toBe('signed-in'));

beforeEach(() => localStorage.clear());

test('without an account the wish is kept in main and the account is opened, nothing is queued', async () => {
  const { desk, bridge, pending } = makeDesk('signed-out');
  await eventually(() => expect(desk.account.getState().value).not.toBeNull());
  await download(desk, [PACKAGE], []);
  expect(desk.route.getState().current).toEqual({ name: 'account', screen: 'landing' });
  expect(pending()).toEqual({ packages: [PACKAGE], acknowledge: [] });
  expect(enqueued(bridge)).toEqual([]);
});

test('the kept wish runs as soon as there is an account, once, also in an app that was started anew', async () => {
  const { desk, bridge, pending } = makeDesk(
    'signed-out',
    {
      'transfers.plan': () => ({
        items: [planned({})],
        totalBytes: 5,
        freeBytes: 9,
        etaSeconds: null,
        destination: '/d',
      }),
    },
    { packages: [PACKAGE], acknowledge: [] },
  );
  const stop = resumePendingDownload(desk);
  expect(enqueued(bridge)).toEqual([]);
  bridge.push('account.changed', account('signed-in', 2));
  bridge.push('account.changed', account('signed-in', 3));
  await eventually(() =>
    expect(enqueued(bridge)).toEqual([{ packages: [PACKAGE], acknowledge: [] }]),
  );
  expect(pending()).toBeNull();
  stop();
});

test('a kept wish that cannot be planned now is kept, and not tried again and again', async () => {
  const { desk, bridge, pending } = makeDesk(
    'signed-in',
    { 'transfers.plan': refuse('service-error') },
    { packages: [PACKAGE], acknowledge: [] },
  );
  const stop = resumePendingDownload(desk);
  await eventually(() => expect(desk.toasts.getState().items).toHaveLength(1));
  await eventually(() => expect(pending()).toEqual({ packages: [PACKAGE], acknowledge: [] }));
  bridge.push('account.changed', account('signed-in', 2));
  expect(bridge.calls.filter(({ name }) => name === 'transfers.plan')).toHaveLength(1);
  stop();
});

test('what was withdrawn meanwhile is not queued from the kept wish', async () => {
  const items = [planned({ blocked: 'withdrawn' }), planned({ assetId: 'a2', packageId: 'p2' })];
  const { desk, bridge } = makeDesk(
    'signed-in',
    {
      'transfers.plan': () => ({
        items,
        totalBytes: 5,
        freeBytes: 9,
        etaSeconds: null,
        destination: '/d',
      }),
    },
    { packages: [PACKAGE, { assetId: 'a2', packageId: 'p2' }], acknowledge: [] },
  );
  const stop = resumePendingDownload(desk);
  await eventually(() =>
    expect(enqueued(bridge)).toEqual([
      { packages: [{ assetId: 'a2', packageId: 'p2' }], acknowledge: [] },
    ]),
  );
  stop();
});

test('what a version before kept in the page is handed to main once, and what makes no sense is dropped', async () => {
  const search = { name: 'Rivers', text: 'river', facets: {}, since: null, sort: 'newest' };
  localStorage.setItem(
    'desk.saved-searches',
    JSON.stringify([{ id: 'old', ...search }, { id: 'bad' }]),
  );
  localStorage.setItem('desk.intent', JSON.stringify({ packages: [PACKAGE], acknowledge: [] }));
  const { desk, bridge, pending } = makeDesk('signed-out', {
    'settings.save-search': ({ name }: { name?: string }) =>
      name === undefined ? refuse('invalid-payload')() : { rev: 1, savedSearches: [] },
  });
  await adoptPageStorage(desk);
  expect(
    bridge.calls.filter(({ name }) => name === 'settings.save-search').map(({ input }) => input),
  ).toEqual([search, {}]);
  expect(pending()).toEqual({ packages: [PACKAGE], acknowledge: [] });
  expect(localStorage).toHaveLength(0);
});

test('restricted packages are queued only after their terms were confirmed, with the ids that were', async () => {
  const { desk, bridge } = makeDesk('signed-in');
  await signedIn(desk);
  await download(desk, [PACKAGE], [planned({ restrictionIds: ['r1'] })]);
  expect(enqueued(bridge)).toEqual([]);
  expect(desk.downloads.getState().confirmation?.terms).toEqual([
    { assetId: 'a1', title: 'Lake', restrictions: [RULE], embargoUntil: null },
  ]);
  expect(await confirmTerms(desk)).toBe(true);
  expect(enqueued(bridge)).toEqual([{ packages: [PACKAGE], acknowledge: ['r1'] }]);
  expect(desk.downloads.getState().confirmation).toBeNull();
});

test('terms that cannot be read are not agreed to: read again, they can be', async () => {
  let isThere = false;
  const { desk, bridge } = makeDesk('signed-in', {
    'catalogue.asset': () => (isThere ? { restrictions: [RULE] } : refuse('offline')()),
  });
  await signedIn(desk);
  await download(desk, [PACKAGE], [planned({ restrictionIds: ['r1'] })]);
  expect(desk.downloads.getState().confirmation?.terms).toMatchObject([{ restrictions: null }]);
  expect(await confirmTerms(desk)).toBe(false);
  expect(enqueued(bridge)).toEqual([]);
  isThere = true;
  await readTermsAgain(desk);
  expect(desk.downloads.getState().confirmation?.terms).toMatchObject([{ restrictions: [RULE] }]);
  expect(await confirmTerms(desk)).toBe(true);
  expect(enqueued(bridge)).toEqual([{ packages: [PACKAGE], acknowledge: ['r1'] }]);
});

test('a refusal is told in words, and the terms stay open to try again', async () => {
  const { desk } = makeDesk('signed-in', { 'transfers.enqueue': refuse('disk-full') });
  await signedIn(desk);
  await download(desk, [PACKAGE], [planned({ restrictionIds: ['r1'] })]);
  expect(await confirmTerms(desk)).toBe(false);
  expect(desk.toasts.getState().items.map(({ text }) => text)).toEqual([
    'The disk is full. Free up space and the download resumes automatically.',
  ]);
  expect(desk.downloads.getState().confirmation).not.toBeNull();
  expect(desk.downloads.getState().busy).toBe(false);
});
