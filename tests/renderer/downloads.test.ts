import { expect, test } from 'vitest';
import type { AppContext } from '../../src/renderer/state/app.ts';
import {
  acknowledge,
  download,
  reloadRestrictions,
  resumePendingDownload,
} from '../../src/renderer/state/enqueue.ts';
import { adoptPageStorage } from '../../src/renderer/state/saved-searches.ts';
import type { AccountView, AssetView, SettingsView } from '../../src/renderer/state/views.ts';
import { makeApp, toasts } from '../support/app.tsx';
import { eventually } from '../support/eventually.ts';
import { refuse, type Answers } from '../support/fake-bridge.ts';
import { accountView, assetView, plan, plannedItem, settingsView } from '../support/views.ts';

const RULE: AssetView['restrictions'][number] = {
  id: 'r1',
  kind: 'territory',
  mode: 'deny',
  values: ['CA'],
  note: 'Not cleared for Canada.',
};
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
      'catalogue.asset': () => assetView({ restrictions: [RULE] }),
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
  await download(app, [PACKAGE], []);
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

test('what was withdrawn meanwhile is not queued from the kept wish', async () => {
  const items = [
    plannedItem({ blocked: 'withdrawn' }),
    plannedItem({ assetId: 'a2', packageId: 'p2' }),
  ];
  const { app, enqueued } = makeDownloads(
    'signed-in',
    {
      'transfers.plan': () => plan(items),
    },
    { packages: [PACKAGE, { assetId: 'a2', packageId: 'p2' }], acknowledge: [] },
  );
  const stop = resumePendingDownload(app);
  await eventually(() =>
    expect(enqueued()).toEqual([
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
  const { app, bridge, pending } = makeDownloads(
    'signed-out',
    {
      'settings.save-search': () => settingsView(),
    },
    null,
    { refusesInputOf: ['settings.save-search'] },
  );
  await adoptPageStorage(app);
  expect(bridge.sent('settings.save-search')).toEqual([search, {}]);
  expect(pending()).toEqual({ packages: [PACKAGE], acknowledge: [] });
  expect(localStorage).toHaveLength(0);
});

test('restricted packages are queued only after their terms were confirmed, with the ids that were', async () => {
  const { app, enqueued } = makeDownloads('signed-in');
  await signedIn(app);
  await download(app, [PACKAGE], [plannedItem({ restrictionIds: ['r1'] })]);
  expect(enqueued()).toEqual([]);
  expect(app.downloads.getState().acknowledgement?.restricted).toEqual([
    { assetId: 'a1', title: 'Lake', restrictions: [RULE], embargoUntil: null },
  ]);
  expect(await acknowledge(app)).toBe(true);
  expect(enqueued()).toEqual([{ packages: [PACKAGE], acknowledge: ['r1'] }]);
  expect(app.downloads.getState().acknowledgement).toBeNull();
});

test('terms that cannot be read are not agreed to: read again, they can be', async () => {
  let isThere = false;
  const { app, enqueued } = makeDownloads('signed-in', {
    'catalogue.asset': () => (isThere ? assetView({ restrictions: [RULE] }) : refuse('offline')()),
  });
  await signedIn(app);
  await download(app, [PACKAGE], [plannedItem({ restrictionIds: ['r1'] })]);
  expect(app.downloads.getState().acknowledgement?.restricted).toMatchObject([
    { restrictions: null },
  ]);
  expect(await acknowledge(app)).toBe(false);
  expect(enqueued()).toEqual([]);
  isThere = true;
  await reloadRestrictions(app);
  expect(app.downloads.getState().acknowledgement?.restricted).toMatchObject([
    { restrictions: [RULE] },
  ]);
  expect(await acknowledge(app)).toBe(true);
  expect(enqueued()).toEqual([{ packages: [PACKAGE], acknowledge: ['r1'] }]);
});

test('a refusal is told in words, and the terms stay open to try again', async () => {
  const { app } = makeDownloads('signed-in', { 'transfers.enqueue': refuse('disk-full') });
  await signedIn(app);
  await download(app, [PACKAGE], [plannedItem({ restrictionIds: ['r1'] })]);
  expect(await acknowledge(app)).toBe(false);
  expect(toasts(app)).toEqual([
    'The disk is full. Free up space and the download resumes automatically.',
  ]);
  expect(app.downloads.getState().acknowledgement).not.toBeNull();
  expect(app.downloads.getState().busy).toBe(false);
});
