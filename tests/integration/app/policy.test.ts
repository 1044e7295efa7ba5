import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { MANAGED_SETTINGS, POLICY_FEATURES } from '../../../src/shared/contract/policy.ts';
import { environmentNetwork } from '../../../src/main/adapters/http/network.ts';
import { DVIDS_API } from '../../../src/main/adapters/sources/dvids.ts';
import { NASA_API } from '../../../src/main/adapters/sources/nasa.ts';
import type { Application } from '../../../src/main/app/services.ts';
import { createSourceOpener } from '../../../src/main/app/source-opener.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { CHOICE } from '../../support/auto-fetch.ts';
import { invoke, openApplication } from '../../support/app/application.ts';
import { startDemo, type DemoService } from '../../support/service/demo.ts';
import { FeedServer, film, mediaRss } from '../../support/sources/feed-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const ASSET = 'ast_aur261094';
const ORGANISATION = 'Channel Nine IT';
const MANAGED = { code: 'managed', organisation: ORGANISATION };

let service: DemoService;
let server: FeedServer;
let home: string;
let application: Application | null = null;

const opened = (): Application => {
  if (!application) throw new Error('nothing is open');
  return application;
};
/** Starts the program anew under a policy; null for none. */
async function open(policy: object | string | null, options = {}): Promise<void> {
  await application?.close();
  application = null;
  const file = path.join(temporaryFolder(), 'policy.json');
  if (policy !== null)
    writeFileSync(
      file,
      typeof policy === 'string'
        ? policy
        : JSON.stringify({ organisation: ORGANISATION, ...policy }),
    );
  application = await openApplication(home, { policy: { file, owner: null }, ...options });
}
const names = async (): Promise<string[]> =>
  (await invoke(opened(), 'sources.get')).items.map(({ name }) => name);
const feed = (address: string) => ({ kind: 'feed' as const, address });

/** A policy that fixes a source. */
const given = () => ({
  sources: { fixed: [{ ...feed(server.url('/given.xml')), name: 'Given to all' }] },
});
/** Starts the program anew with features switched off. */
const off = (...disabled: string[]) => open({ disabled, settings: { serviceUrl: service.url } });

/** Hosts at which NASA and DVIDS are asked. */
const publisherHosts = (isManaged: boolean) => {
  const opener = createSourceOpener({
    version: '0',
    network: environmentNetwork(),
    isManaged,
    clock: systemClock,
    language: () => 'en',
    pauseMs: () => 0,
    library: null,
    viewer: () => opened().services.viewer(),
    downloaded: () => new Set(),
    acceptedOf: () => null,
  });
  const follows = [{ by: 'search' as const, value: 'moon' }];
  const hosts = [
    opener.read({ kind: 'nasa', follows }, null),
    opener.read({ kind: 'dvids', follows: [], key: 'a-key-of-a-user' }, null),
  ].map(({ address }) => new URL(address).hostname);
  opener.close();
  return hosts;
};

beforeEach(async () => {
  service = await startDemo({ testControls: true, limits: 'relaxed' });
  server = await FeedServer.start();
  for (const at of ['/own.xml', '/given.xml', '/other.xml']) server.serve(at, mediaRss(film(1)));
  home = temporaryFolder();
});
afterEach(async () => {
  await application?.close();
  application = null;
  await server.stop();
  await service.close();
});

describe('settings', () => {
  test('what is fixed is shown and counts, changes are refused, and the user’s own comes back', async () => {
    await open(null);
    await invoke(opened(), 'settings.set', { activeTransfers: 9, notify: 'off' });
    await open({ settings: { activeTransfers: 2, updates: 'off' } });
    expect(await invoke(opened(), 'settings.get')).toMatchObject({
      activeTransfers: 2,
      notify: 'off',
    });
    expect(await invoke(opened(), 'policy.get')).toMatchObject({
      isThere: true,
      organisation: ORGANISATION,
      settings: { activeTransfers: 2, updates: 'off' },
      managed: ['activeTransfers', 'updates'],
      faults: [],
    });
    await expect(invoke(opened(), 'settings.set', { activeTransfers: 4 })).rejects.toMatchObject({
      ...MANAGED,
      message: expect.stringContaining('Set by Channel Nine IT. It can’t be changed here.'),
    });
    await invoke(opened(), 'settings.set', { notify: 'all' });
    await open(null);
    expect(await invoke(opened(), 'settings.get')).toMatchObject({
      activeTransfers: 9,
      notify: 'all',
    });
  });

  test('limits of one run of a command are refused, what is fixed is no change', async () => {
    await open({ settings: { limitBytesPerSecond: 5_000_000 } });
    const { transfers } = opened().services;
    await expect(transfers.configure({ limitBytesPerSecond: null })).rejects.toMatchObject({
      code: 'managed',
    });
    await transfers.configure({ limitBytesPerSecond: 5_000_000, activeTransfers: 1 });
  });

  test('certificates that are fixed are the only ones, and nothing is left of what was refused', async () => {
    const fixed = { host: 'media.example', file: path.join(home, 'desk.pem') };
    await open({ settings: { caFiles: [], clientCertificates: [fixed] } });
    for (const refused of [
      () => invoke(opened(), 'network.add-authority', { text: '-----BEGIN CERTIFICATE-----' }),
      () =>
        invoke(opened(), 'network.set-client-certificate', {
          host: fixed.host,
          file: null,
          passphrase: null,
        }),
      () =>
        invoke(opened(), 'network.set-client-certificate', {
          host: 'other.example',
          file: fixed.file,
          passphrase: null,
        }),
    ])
      await expect(refused()).rejects.toMatchObject(MANAGED);
    expect(existsSync(path.join(home, 'certificates'))).toBe(false);
    expect((await invoke(opened(), 'settings.get')).clientCertificates).toEqual([fixed]);
  });

  test('a service that is fixed is used at the first start, and no other one for a run either', async () => {
    await open({ settings: { serviceUrl: service.url } });
    expect(opened().services.current()?.scope).toBe(service.url);
    for (const target of [{ url: 'http://127.0.0.1:1' }, { demo: true }, { none: true }] as const)
      await expect(invoke(opened(), 'settings.use-service', target)).rejects.toMatchObject(MANAGED);
    expect(opened().services.current()?.scope).toBe(service.url);
    for (const run of [{ demo: true }, { serviceUrl: 'https://other.example' }])
      await expect(open({ settings: { serviceUrl: service.url } }, run)).rejects.toMatchObject({
        code: 'managed',
      });
    await open({ settings: { serviceUrl: service.url } }, { serviceUrl: `${service.url}/` });
    expect(opened().services.current()?.scope).toBe(service.url);
    await open(null);
    expect(await invoke(opened(), 'settings.get')).toMatchObject({ serviceUrl: null, demo: false });
  });

  test('of a file that isn’t JSON everything that a policy can rule is refused, and all else works', async () => {
    await open(null);
    await invoke(opened(), 'settings.use-service', { url: service.url });
    await open('{"settings": {"tray": false,}}');
    const view = await invoke(opened(), 'policy.get');
    expect(view).toMatchObject({ managed: MANAGED_SETTINGS, disabled: POLICY_FEATURES });
    expect(view.faults).toEqual([expect.objectContaining({ kind: 'not-json', at: '' })]);
    await expect(invoke(opened(), 'settings.set', { tray: false })).rejects.toMatchObject({
      code: 'managed',
      message: expect.stringContaining('Set by your administrator.'),
    });
    await invoke(opened(), 'settings.set', { theme: 'dark' });
    expect(opened().services.current()?.scope).toBe(service.url);
    expect(readFileSync(path.join(home, 'desk.log'), 'utf8')).toContain('not-json');
  });
});

describe('sources', () => {
  test('one that is fixed is there, can’t be changed or removed, and goes with the policy', async () => {
    await open(null);
    await invoke(opened(), 'sources.add', { input: feed(server.url('/own.xml')), accepted: null });
    const own = await names();
    await open(given());
    expect(await names()).toEqual(['Given to all', ...own]);
    const { items } = await invoke(opened(), 'sources.get');
    expect(items.map(({ isManaged }) => isManaged)).toEqual([true, false]);
    const [{ id } = { id: '' }, { id: ownId } = { id: '' }] = items;
    for (const change of [
      () => invoke(opened(), 'sources.remove', { id }),
      () => invoke(opened(), 'sources.rename', { id, name: 'Mine' }),
      () => invoke(opened(), 'sources.pause', { id, isPaused: true }),
      () =>
        invoke(opened(), 'sources.change', {
          id,
          input: feed(server.url('/other.xml')),
          accepted: null,
        }),
    ])
      await expect(change()).rejects.toMatchObject(MANAGED);
    await opened().services.sources.check(id);
    expect((await invoke(opened(), 'sources.get')).items[0]).toMatchObject({
      fault: null,
      assets: 1,
    });
    await invoke(opened(), 'sources.rename', { id: ownId, name: 'Mine' });
    await open(given());
    expect(await names()).toEqual(['Given to all', 'Mine']);
    await open(null);
    expect(await names()).toEqual(['Mine']);
  });

  test('the user’s own source stays the user’s when a policy has fixed it meanwhile', async () => {
    await open(null);
    await invoke(opened(), 'sources.add', {
      input: feed(server.url('/given.xml')),
      accepted: null,
    });
    await open(given());
    expect(await names()).toEqual(['Given to all']);
    await open(null);
    expect(await names()).toHaveLength(1);
  });

  test('a publisher that is allowed is where it always is, whatever a variable of the user says', () => {
    vi.stubEnv('MULTIMEDIA_DESK_NASA', server.url('/'));
    vi.stubEnv('MULTIMEDIA_DESK_DVIDS', server.url('/'));
    expect(publisherHosts(false)).toEqual(['127.0.0.1', '127.0.0.1']);
    expect(publisherHosts(true)).toEqual(
      [NASA_API, DVIDS_API].map((address) => new URL(address).hostname),
    );
    vi.unstubAllEnvs();
  });

  test('what isn’t allowed isn’t opened or added, and comes back with the policy’s end', async () => {
    await open(null);
    await invoke(opened(), 'sources.add', { input: feed(server.url('/own.xml')), accepted: null });
    const own = await names();
    const allowed = [{ kind: 'feed', host: 'quay.example' }, { kind: 'nasa' }];
    await open({ sources: { ...given().sources, allowed } });
    expect(await names()).toEqual(['Given to all']);
    for (const command of ['sources.add', 'sources.probe'] as const)
      await expect(
        command === 'sources.add'
          ? invoke(opened(), command, { input: feed(server.url('/other.xml')), accepted: null })
          : invoke(opened(), command, { input: feed(server.url('/other.xml')), id: null }),
      ).rejects.toMatchObject(MANAGED);
    const list = `<opml version="2.0"><body><outline text="Off" xmlUrl="https://off.example/f"/><outline text="Quay" xmlUrl="https://quay.example/f"/></body></opml>`;
    expect(await invoke(opened(), 'sources.import', { text: list })).toMatchObject({
      added: 1,
      refused: [{ name: 'Off', code: 'managed' }],
    });
    await open(null);
    expect(await names()).toEqual([...own, 'Quay']);
  });
});

describe('features that are switched off', () => {
  test('sources, feeds and pages', async () => {
    await off('add-sources', 'saved-pages');
    await expect(
      invoke(opened(), 'sources.add', { input: { kind: 'nasa', follows: [] }, accepted: null }),
    ).rejects.toMatchObject(MANAGED);
    await expect(invoke(opened(), 'sources.import', { text: '<opml/>' })).rejects.toBeDefined();
    await expect(
      invoke(opened(), 'articles.save-page', { address: server.url('/page') }),
    ).rejects.toMatchObject({
      ...MANAGED,
      message: expect.stringContaining('Switched off by Channel Nine IT'),
    });
    await off('add-feeds');
    await expect(
      invoke(opened(), 'sources.add', { input: feed(server.url('/own.xml')), accepted: null }),
    ).rejects.toMatchObject(MANAGED);
    const folder = temporaryFolder();
    await invoke(opened(), 'sources.add', {
      input: { kind: 'folder', path: folder },
      accepted: null,
    });
  });

  test('addresses, Metalinks and lists are refused, packages of the catalogue are queued', async () => {
    await off('get-by-address', 'other-folders');
    const destination = path.join(home, 'to');
    await invoke(opened(), 'settings.set', { destination });
    await invoke(opened(), 'account.sign-in', service.demoAccount);
    await invoke(opened(), 'library.sync');
    for (const request of [
      { url: 'https://files.example/master.mov' },
      { name: 'list.txt', text: 'https://files.example/master.mov\n' },
    ])
      await expect(invoke(opened(), 'transfers.import', request)).rejects.toMatchObject(MANAGED);
    // As `desk repair FOLDER --metalink` does: what is missing would be downloaded.
    const { transfers } = opened().services;
    const missing = {
      url: 'https://files.example/all.meta4',
      metalink: true,
      sha256: null,
      hashAnyway: false,
      repair: true,
    };
    await expect(transfers.enqueue([{ ...missing, destination }])).rejects.toMatchObject({
      code: 'managed',
    });
    const { items } = await invoke(opened(), 'transfers.plan', { assetIds: [ASSET] });
    const packages = items.map(({ packageId }) => ({ assetId: ASSET, packageId }));
    const acknowledge = items.flatMap(({ restrictionIds }) => restrictionIds);
    for (const elsewhere of [home, path.join(home, 'to-other'), path.join(destination, '..', 'x')])
      await expect(
        invoke(opened(), 'transfers.enqueue', { packages, acknowledge, destination: elsewhere }),
      ).rejects.toMatchObject({ ...MANAGED, message: expect.stringContaining(destination) });
    const { ids } = await invoke(opened(), 'transfers.enqueue', {
      packages,
      acknowledge,
      destination: path.join(destination, 'sport'),
    });
    expect(ids).toHaveLength(1);
    await expect(
      invoke(opened(), 'transfers.set-destination', { id: ids[0] ?? '', destination: home }),
    ).rejects.toMatchObject(MANAGED);
  });

  test('auto-fetch runs no rule, which stays, and exports make nothing', async () => {
    await open({ settings: { serviceUrl: service.url } });
    await invoke(opened(), 'account.sign-in', service.demoAccount);
    await invoke(opened(), 'library.sync');
    const { savedSearches } = await invoke(opened(), 'settings.save-search', {
      name: 'All',
      text: 'nothing-has-this-name',
      sort: 'newest',
    });
    const id = savedSearches[0]?.id ?? '';
    const choice = { ...CHOICE, destination: null };
    await invoke(opened(), 'auto-fetch.set', { id, choice, words: [] });
    await off('auto-fetch', 'export-articles');
    const { autoFetch } = opened().services;
    await expect(autoFetch.run(id)).rejects.toMatchObject({ code: 'managed' });
    await expect(
      invoke(opened(), 'auto-fetch.set', { id, choice, words: [] }),
    ).rejects.toMatchObject(MANAGED);
    expect((await invoke(opened(), 'auto-fetch.get', { id })).rule?.isOn).toBe(true);
    await invoke(opened(), 'auto-fetch.set', { id, choice: { ...choice, isOn: false }, words: [] });
    await expect(
      invoke(opened(), 'articles.export', { ids: ['art_1'], format: 'markdown' }),
    ).rejects.toMatchObject(MANAGED);
  });
});
