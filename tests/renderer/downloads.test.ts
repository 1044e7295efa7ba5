import { expect, test } from 'vitest';
import type { AppContext } from '../../src/renderer/state/app.ts';
import {
  download,
  endPlan,
  enqueue,
  resumePendingDownload,
} from '../../src/renderer/state/enqueue.ts';
import { adoptPageStorage } from '../../src/renderer/state/saved-searches.ts';
import type { AccountView, SettingsView } from '../../src/renderer/state/views.ts';
import { makeApp, toasts } from '../support/app.tsx';
import { eventually } from '../support/eventually.ts';
import { refuse, type Answers } from '../support/fake-bridge.ts';
import { accountView, plan, plannedItem, settingsView } from '../support/views.ts';

const PACKAGE = { assetId: 'a1', packageId: 'p1' };

/** With the one part of main that keeps settings: what was to be downloaded, until it is taken. */
function makeDownloads(
  status: AccountView['status'],
  answers: Answers = {},
  pendingDownload: SettingsView['pendingDownload'] = null,
  options: Parameters<typeof makeApp>[1] = {},
) {
  let [pending, rev] = [pendingDownload, 1];
  const settings = () => settingsView({ rev, pendingDownload: pending });
  const keep = (next: SettingsView['pendingDownload']) => {
    [pending, rev] = [next, rev + 1];
    bridge.push('settings.changed', settings());
    return settings();
  };
  const { app, bridge } = makeApp(
    {
      'account.get': () => accountView({ status }),
      'settings.get': settings,
      'settings.set': ({ pendingDownload: next = null }) => keep(next),
      'settings.take-pending-download': () => {
        const taken = pending;
        keep(null);
        return { taken };
      },
      'transfers.enqueue': () => ({ ids: ['t1'] }),
      ...answers,
    },
    options,
  );
  return { app, bridge, enqueued: () => bridge.sent('transfers.enqueue'), pending: () => pending };
}
const signedIn = (app: AppContext) =>
  eventually(() => expect(app.account.getState().value?.status).toBe('signed-in'));

test('without an account the wish is kept in main and the account is opened, nothing is queued', async () => {
  const { app, pending, enqueued } = makeDownloads('signed-out');
  await eventually(() => expect(app.account.getState().value).not.toBeNull());
  await download(app, [PACKAGE], [plannedItem()]);
  expect(app.route.getState().current).toEqual({ name: 'account', screen: 'landing' });
  expect(pending()).toEqual({ packages: [PACKAGE], acknowledge: [] });
  expect(enqueued()).toEqual([]);
});

test('the kept wish runs as soon as there is an account, once, also in an app that was started anew', async () => {
  const { app, bridge, pending, enqueued } = makeDownloads(
    'signed-out',
    {
      'transfers.plan': () => plan([plannedItem()]),
    },
    { packages: [PACKAGE], acknowledge: [] },
  );
  const stop = resumePendingDownload(app);
  expect(enqueued()).toEqual([]);
  bridge.push('account.changed', accountView({ rev: 2 }));
  bridge.push('account.changed', accountView({ rev: 3 }));
  await eventually(() => expect(enqueued()).toEqual([{ packages: [PACKAGE], acknowledge: [] }]));
  expect(pending()).toBeNull();
  stop();
});

test('a kept wish that cannot be planned now is kept, and not tried again and again', async () => {
  const { app, bridge, pending } = makeDownloads(
    'signed-in',
    { 'transfers.plan': refuse('service-error') },
    { packages: [PACKAGE], acknowledge: [] },
  );
  const stop = resumePendingDownload(app);
  await eventually(() => expect(app.toasts.getState().items).toHaveLength(1));
  await eventually(() => expect(pending()).toEqual({ packages: [PACKAGE], acknowledge: [] }));
  bridge.push('account.changed', accountView({ rev: 2 }));
  expect(bridge.sent('transfers.plan')).toHaveLength(1);
  stop();
});

test('a kept wish of several is shown as a plan, which says what was withdrawn meanwhile', async () => {
  const items = [
    plannedItem({ blocked: 'withdrawn' }),
    plannedItem({ assetId: 'a2', packageId: 'p2' }),
  ];
  const packages = [PACKAGE, { assetId: 'a2', packageId: 'p2' }];
  const { app, enqueued, pending } = makeDownloads(
    'signed-in',
    { 'transfers.plan': () => plan(items) },
    { packages, acknowledge: [] },
  );
  const stop = resumePendingDownload(app);
  await eventually(() => expect(app.downloads.getState().planRequest?.wanted).toEqual(packages));
  expect(pending()).toBeNull();
  expect(enqueued()).toEqual([]);
  stop();
});

test('what a version before kept in the page is handed to main once, and what makes no sense is dropped', async () => {
  const search = { name: 'Rivers', text: 'river', facets: {}, since: null, sort: 'newest' };
  localStorage.setItem(
    'desk.saved-searches',
    JSON.stringify([{ id: 'old', ...search }, { id: 'bad' }]),
  );
  localStorage.setItem('desk.intent', JSON.stringify({ packages: [PACKAGE], acknowledge: [] }));
  const { app, bridge, pending } = makeDownloads(
    'signed-out',
    {
      'settings.save-search': () => settingsView(),
    },
    null,
    { refusesInputOf: ['settings.save-search'] },
  );
  await adoptPageStorage(app);
  expect(bridge.sent('settings.save-search')).toEqual([
    { name: 'Rivers', text: 'river', sort: 'newest' },
    { name: undefined, text: undefined, sort: undefined },
  ]);
  expect(pending()).toEqual({ packages: [PACKAGE], acknowledge: [] });
  expect(localStorage).toHaveLength(0);
});

test('what has to be confirmed, and what is several, is planned first; one without is queued at once', async () => {
  const { app, enqueued } = makeDownloads('signed-in');
  await signedIn(app);
  const restricted = download(app, [PACKAGE], [plannedItem({ restrictionIds: ['r1'] })]);
  expect(app.downloads.getState().planRequest?.wanted).toEqual([PACKAGE]);
  // What is asked next takes the place of what was asked before.
  const two = [PACKAGE, { assetId: 'a2', packageId: null }];
  const several = download(app, two, [plannedItem(), plannedItem({ assetId: 'a2' })]);
  expect(await restricted).toBe(false);
  expect(app.downloads.getState().planRequest?.wanted).toEqual(two);
  endPlan(app, true);
  expect(await several).toBe(true);
  expect(app.downloads.getState().planRequest).toBeNull();
  expect(enqueued()).toEqual([]);
  expect(await download(app, [PACKAGE], [plannedItem()])).toBe(true);
  expect(enqueued()).toEqual([{ packages: [PACKAGE], acknowledge: [] }]);
});

test('what is blocked or here opens no plan, unless its package is named', async () => {
  const { app, enqueued } = makeDownloads('signed-in');
  await signedIn(app);
  const wanted = [{ assetId: 'a1', packageId: null }];
  expect(await download(app, wanted, [plannedItem({ alreadyHere: true })])).toBe(false);
  expect(await download(app, [PACKAGE], [plannedItem({ blocked: 'withdrawn' })])).toBe(false);
  expect(enqueued()).toEqual([]);
  expect(await download(app, [PACKAGE], [plannedItem({ alreadyHere: true })])).toBe(true);
  expect(enqueued()).toHaveLength(1);
});

test('a refusal of one that was queued at once is told in words', async () => {
  const { app } = makeDownloads('signed-in', { 'transfers.enqueue': refuse('disk-full') });
  await signedIn(app);
  expect(await download(app, [PACKAGE], [plannedItem()])).toBe(false);
  expect(toasts(app)).toEqual([
    'The disk is full. Free up space and the download resumes automatically.',
  ]);
  expect(app.downloads.getState().busy).toBe(false);
  await expect(enqueue(app, { packages: [PACKAGE], acknowledge: [] })).rejects.toMatchObject({
    code: 'disk-full',
  });
});
