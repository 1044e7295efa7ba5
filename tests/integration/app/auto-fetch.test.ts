import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Application } from '../../../src/main/app/services.ts';
import type { CommandName, Received } from '../../../src/shared/contract/define.ts';
import type { AppContract } from '../../../src/shared/contract/index.ts';
import { startDemo, type DemoService } from '../../support/service/demo.ts';
import { CHOICE } from '../../support/auto-fetch.ts';
import { eventually } from '../../support/eventually.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { invoke, openApplication } from '../../support/app/application.ts';

const PLAIN = 'ast_aur261094';
const OTHER = 'ast_aur261092';
const EMBARGOED = 'ast_aur261145';

let service: DemoService;
let home: string;
let application: Application;

const open = async (): Promise<void> => {
  application = await openApplication(home, { serviceUrl: service.url });
};
beforeEach(async () => {
  service = await startDemo({ testControls: true, limits: 'relaxed' });
  home = temporaryFolder();
  await open();
  await call('settings.set', { destination: `${home}/to` });
  await call('account.sign-in', service.demoAccount);
});
afterEach(async () => {
  await application.close();
  await service.close();
});

const call = <N extends CommandName<AppContract>>(
  name: N,
  ...input: undefined extends Received<AppContract, N> ? [] : [Received<AppContract, N>]
) => invoke(application, name, ...input);
const control = async (name: string, body: object): Promise<void> => {
  const { ok } = await fetch(`${service.url}/test/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(ok).toBe(true);
};
const hold = (id: string) =>
  control(`assets/${id}/hold`, { reason: { en: 'A shot is being checked' } });
const lift = (id: string) => control(`assets/${id}/lift`, {});

/** A choice for which everything of the demo is in time and small enough. */
const EVERYTHING: Received<AppContract, 'auto-fetch.set'>['choice'] = {
  ...CHOICE,
  profile: 'preview',
  destination: null,
  maxPackages: null,
  maxBytesPerDay: null,
  maxBytesPerPackage: null,
  catchUpDays: 30,
};
const saveSearch = async (text: string): Promise<string> => {
  const { savedSearches } = await call('settings.save-search', {
    name: 'Everything',
    text,
    sort: 'newest',
    seenAt: 0,
  });
  return savedSearches.at(-1)?.id ?? '';
};
const set = (id: string, choice: Partial<typeof EVERYTHING> = {}) =>
  call('auto-fetch.set', {
    id,
    choice: { ...EVERYTHING, ...choice },
    words: (choice.confirm ?? []).map((kind) => ({ id: kind, text: `Words about ${kind}` })),
  });
const lines = async (id: string) =>
  (await call('auto-fetch.log', { id, show: 'all', range: { offset: 0, count: 50 } })).items;
const listed = async () =>
  (await call('transfers.list', { tab: 'all', range: { offset: 0, count: 100 } })).rows.map(
    ({ assetId }) => assetId,
  );

test('what comes after it was switched on is queued to its folder, also after the app was off, and once', async () => {
  await hold(PLAIN);
  await call('library.sync');
  const id = await saveSearch('id:AUR-26-1094');
  const folder = path.join(home, 'auto');
  await set(id, { destination: folder });
  expect(await listed()).toEqual([]);
  await application.close();
  await lift(PLAIN);
  await open();
  await call('library.sync');
  await application.services.autoFetch.run(id);
  expect(await listed()).toEqual([PLAIN]);
  expect(await lines(id)).toMatchObject([{ kind: 'queued', assetId: PLAIN }, { kind: 'began' }]);
  await application.services.autoFetch.run(id);
  expect(await listed()).toEqual([PLAIN]);
  await eventually(() => expect(existsSync(folder) && readdirSync(folder)).toHaveLength(1));
});

test('folders and files are named as in the settings, or as its rule says', async () => {
  await hold(PLAIN);
  await call('library.sync');
  await call('settings.set', { folderTemplate: '{id}', fileTemplate: '{id}_{name}' });
  const id = await saveSearch('id:AUR-26-1094');
  const folder = path.join(home, 'auto');
  await set(id, { destination: folder, fileTemplate: '{id}_{format}_{role}' });
  await lift(PLAIN);
  await call('library.sync');
  await application.services.autoFetch.run(id);
  const names = await eventually(() => {
    const found = readdirSync(path.join(folder, 'AUR-26-1094')).toSorted();
    expect(found).toContain('.done');
    return found;
  });
  expect(names).toEqual([
    '.done',
    'AUR-26-1094_preview_licence.html',
    'AUR-26-1094_preview_licence.txt',
    // One for each language, which this template doesn't name.
    'AUR-26-1094_preview_shotlist.txt',
    'AUR-26-1094_preview_shotlist.xml',
    'AUR-26-1094_preview_shotlist_2.txt',
    'AUR-26-1094_preview_video.mp4',
    'manifest.json',
    'manifest.names.json',
  ]);
});

test('a restricted one waits for a person, and with the rule of one it is confirmed and recorded', async () => {
  await hold(EMBARGOED);
  await call('library.sync');
  const id = await saveSearch('id:AUR-26-1145');
  await set(id);
  await lift(EMBARGOED);
  await call('library.sync');
  await application.services.autoFetch.run(id);
  expect(await listed()).toEqual([]);
  expect(await lines(id)).toMatchObject([
    { kind: 'held', assetId: EMBARGOED, reason: 'restricted', isOpen: true },
    { kind: 'began' },
  ]);
  const [row] = await application.services.library.catalogue.rows([EMBARGOED]);
  const kinds = [
    ...new Set(
      (row?.verdict.reasons ?? []).flatMap(({ kind, acknowledge }) =>
        acknowledge !== null && kind !== 'embargo' ? [kind] : [],
      ),
    ),
  ] as (typeof EVERYTHING)['confirm'];
  expect(kinds).not.toEqual([]);
  await expect(
    call('auto-fetch.set', { id, choice: { ...EVERYTHING, confirm: kinds }, words: [] }),
  ).rejects.toMatchObject({ code: 'usage' });
  await set(id, { confirm: kinds });
  expect(await listed()).toEqual([EMBARGOED]);
  const { items } = await call('ledger.list', {
    query: { search: '', kinds: [], person: null, fromMs: null, toMs: null },
    range: { offset: 0, count: 50 },
  });
  const entries = items.flatMap(({ entry }) => entry ?? []);
  expect(entries.find(({ kind }) => kind === 'restriction-confirmed')).toMatchObject({
    what: { rule: 'Everything', chosenBy: service.demoAccount.email },
    words: [{ text: expect.stringContaining(row?.restrictions[0]?.note ?? 'a note') }],
  });
  expect(entries.find(({ kind }) => kind === 'embargo-confirmed')?.what.rule).toBe('Everything');
  expect(
    entries.find(
      ({ kind, what }) => kind === 'setting-changed' && what.value?.includes(kinds[0] ?? '-'),
    ),
  ).toMatchObject({
    what: { setting: 'autoFetch' },
    words: kinds.map((kind) => ({ text: `Words about ${kind}` })),
  });
  // Under embargo still: complete, and without its marker.
  const {
    rows: [transfer],
  } = await call('transfers.list', { tab: 'all', range: { offset: 0, count: 1 } });
  await eventually(async () =>
    expect(await call('transfers.detail', { id: transfer?.id ?? '' })).toMatchObject({
      state: { phase: 'done' },
      heldUntil: expect.any(Number),
    }),
  );
});

test('a cap holds for the day, and the rest waits', async () => {
  await hold(PLAIN);
  await hold(OTHER);
  await call('library.sync');
  const id = await saveSearch('id:AUR-26-1094 OR id:AUR-26-1092');
  await set(id, { maxPackages: 1 });
  await lift(PLAIN);
  await lift(OTHER);
  await call('library.sync');
  await application.services.autoFetch.run(id);
  expect(await listed()).toHaveLength(1);
  const view = await call('auto-fetch.get', { id });
  expect(view).toMatchObject({ today: { packages: 1 }, held: { 'day-packages': 1 } });
});

test('signed out it waits and says so, and the preview changes nothing', async () => {
  await hold(PLAIN);
  await call('library.sync');
  const id = await saveSearch('id:AUR-26-1094');
  await set(id);
  await call('account.sign-out');
  await lift(PLAIN);
  await call('library.sync');
  await application.services.autoFetch.run(id);
  expect(await call('auto-fetch.get', { id })).toMatchObject({
    paused: 'signed-out',
    pausedCount: 1,
  });
  const preview = await call('auto-fetch.preview', { text: '', choice: EVERYTHING });
  expect(preview.days).toHaveLength(7);
  expect(preview.queued.count).toBeGreaterThan(0);
  expect(await listed()).toEqual([]);
  await call('account.sign-in', service.demoAccount);
  await call('library.sync');
  await application.services.autoFetch.run(id);
  expect(await listed()).toEqual([PLAIN]);
});

test('a saved search that is deleted takes its rule along', async () => {
  await call('library.sync');
  const id = await saveSearch('otters');
  await set(id);
  expect((await call('settings.forget-search', { id })).autoFetch).toEqual([]);
  await expect(call('auto-fetch.get', { id })).rejects.toMatchObject({ code: 'not-found' });
  await expect(set(id)).rejects.toMatchObject({ code: 'not-found' });
});

test('a folder that isn’t a full path, and a query that isn’t understood, are refused', async () => {
  await call('library.sync');
  const id = await saveSearch('otters');
  await expect(set(id, { destination: 'auto' })).rejects.toMatchObject({ code: 'usage' });
  const faulty = await saveSearch('duraton:<60');
  await expect(set(faulty)).rejects.toMatchObject({ code: 'usage' });
});
