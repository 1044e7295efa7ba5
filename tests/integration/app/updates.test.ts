import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createUpdateSource } from '../../../src/main/adapters/updates/update-source.ts';
import type { Application, AppOptions } from '../../../src/main/app/services.ts';
import { invoke, openApplication } from '../../support/app/application.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { isInstalled, UPDATE_KEY, UpdateServer } from '../../support/update-server.ts';

// The whole program with its real queue, the library that updates it, and two servers.
const FILM = Buffer.alloc(400_000, 'film ');
let folder: string;
let home: string;
let appImage: string;
let application: Application | null = null;
let server: UpdateServer;
let address: string;
let origin: http.Server;
let goOn: () => void = () => undefined;
let quits = 0;
const { APPIMAGE } = process.env;

beforeEach(async () => {
  folder = temporaryFolder();
  home = path.join(folder, 'home');
  appImage = path.join(folder, 'apps', 'desk.AppImage');
  mkdirSync(path.dirname(appImage));
  writeFileSync(appImage, 'the version that runs');
  process.env['APPIMAGE'] = appImage;
  quits = 0;
  server = new UpdateServer();
  address = await server.listen();
  writeFileSync(
    path.join(folder, 'app-update.yml'),
    `provider: generic\nurl: ${address}\nupdaterCacheDirName: desk-updater\n`,
  );
  // Half of the film, and the rest once the test says so.
  const { promise, resolve } = Promise.withResolvers<void>();
  goOn = resolve;
  origin = http.createServer((_request, response) => {
    response.writeHead(200, { 'content-length': FILM.byteLength, 'content-type': 'video/mp4' });
    response.write(FILM.subarray(0, 200_000));
    void promise.then(() => response.end(FILM.subarray(200_000)));
  });
  origin.listen(0, '127.0.0.1');
  await once(origin, 'listening');
});
afterEach(async () => {
  await application?.close();
  application = null;
  await server.close();
  origin.closeAllConnections();
  origin.close();
  if (APPIMAGE === undefined) delete process.env['APPIMAGE'];
  else process.env['APPIMAGE'] = APPIMAGE;
});

const updatesOf: NonNullable<AppOptions['updates']> = {
  open: async (network) =>
    createUpdateSource({
      installed: { kind: 'appimage', file: appImage },
      app: {
        version: '0.1.0',
        name: 'multimedia-desk',
        isPackaged: true,
        appUpdateConfigPath: path.join(folder, 'app-update.yml'),
        userDataPath: home,
        baseCachePath: path.join(folder, 'cache'),
        whenReady: async () => undefined,
        relaunch: () => undefined,
        quit: () => undefined,
        onQuit: () => undefined,
      },
      network,
      keys: [UPDATE_KEY],
      log: () => undefined,
    }),
  quit: () => void (quits += 1),
};

async function open(policy: object = {}): Promise<Application> {
  const file = path.join(folder, 'policy.json');
  writeFileSync(file, JSON.stringify(policy));
  application = await openApplication(home, {
    policy: { file, owner: null },
    background: true,
    updates: updatesOf,
  });
  const opened = application;
  await expect.poll(async () => (await invoke(opened, 'updates.get')).state).not.toBe('package');
  return application;
}
const phases = async (opened: Application): Promise<string[]> =>
  (
    await invoke(opened, 'transfers.list', { tab: 'all', range: { offset: 0, count: 10 } })
  ).rows.map(({ state }) => state.phase);

test('an update comes while a transfer runs, waits for it, and is installed after everything is closed', async () => {
  server.offer('0.3.0');
  const opened = await open();
  const { port } = origin.address() as AddressInfo;
  const films = path.join(folder, 'films');
  await invoke(opened, 'settings.set', { destination: films });
  await invoke(opened, 'transfers.import', { url: `http://127.0.0.1:${port}/film.mp4` });
  await expect.poll(() => phases(opened)).toEqual(['running']);
  await expect.poll(async () => (await invoke(opened, 'updates.get')).isBusy).toBe(true);
  await invoke(opened, 'updates.check');
  await expect.poll(async () => (await invoke(opened, 'updates.get')).state).toBe('ready');
  await expect(invoke(opened, 'updates.install')).rejects.toThrow('Downloads are running.');
  expect(await phases(opened)).toEqual(['running']);
  expect(quits).toBe(0);

  goOn();
  await expect.poll(() => phases(opened)).toEqual(['done']);
  await expect.poll(async () => (await invoke(opened, 'updates.get')).isBusy).toBe(false);
  await invoke(opened, 'updates.install');
  expect(quits).toBe(1);
  expect(isInstalled(appImage)).toBe(false);
  await opened.close();
  application = null;
  opened.finishUpdates();
  expect(isInstalled(appImage)).toBe(true);
  // What was downloaded is what was published.
  const [film = ''] = readdirSync(films, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('film.mp4'),
  );
  expect(readFileSync(path.join(films, film)).equals(FILM)).toBe(true);
});

test('switched off by policy, the server is never asked, and nobody can switch it on', async () => {
  server.offer('0.3.0');
  const opened = await open({ settings: { updates: 'off' } });
  expect(await invoke(opened, 'updates.get')).toMatchObject({ state: 'off' });
  await expect(invoke(opened, 'updates.check')).rejects.toMatchObject({ code: 'usage' });
  await expect(invoke(opened, 'settings.set', { updates: 'on' })).rejects.toMatchObject({
    code: 'managed',
  });
  await opened.close();
  application = null;
  opened.finishUpdates();
  expect(server.asked).toEqual([]);
});

test('a program without updates of its own says so', async () => {
  application = await openApplication(home);
  expect(await invoke(application, 'updates.get')).toMatchObject({ state: 'package' });
  await expect(invoke(application, 'updates.check')).rejects.toMatchObject({ code: 'usage' });
  await expect(invoke(application, 'updates.install')).rejects.toMatchObject({ code: 'usage' });
});
