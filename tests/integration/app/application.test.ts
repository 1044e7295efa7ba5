import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { lockHome } from '../../../src/main/adapters/sqlite/home-lock.ts';
import type { Application, AppOptions } from '../../../src/main/app/services.ts';
import { openSqliteStore } from '../../../src/service/store/sqlite.ts';
import type { LibraryView } from '../../../src/main/app/library-sync.ts';
import { startDemo } from '../../support/service/demo.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { openApplication } from '../../support/app/application.ts';

const open: Application[] = [];
const others: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const application of open.splice(0)) await application.close();
  for (const store of others.splice(0)) await store.close();
});

async function start(home: string, options: Partial<AppOptions> = {}): Promise<Application> {
  const application = await openApplication(home, { background: true, ...options });
  open.push(application);
  return application;
}
const end = (application: Application): Promise<void> =>
  open.splice(open.indexOf(application), 1)[0]?.close() ?? Promise.resolve();
const call = (application: Application, name: string, input?: unknown) =>
  application.invoke(name, { isTrusted: true }, input);

/** The demo cannot be started: another service has its data open. */
function withDemoInUse(): string {
  const home = temporaryFolder();
  mkdirSync(path.join(home, 'demo'));
  others.push(openSqliteStore(path.join(home, 'demo', 'service.sqlite')));
  return home;
}

describe('a service that cannot be used does not take the rest along', () => {
  test('settings that name no address: the queue opens, and no service is in use', async () => {
    const home = temporaryFolder();
    writeFileSync(
      path.join(home, 'settings.json'),
      JSON.stringify({ serviceUrl: 'foo bar', demo: false, destination: '/kept' }),
    );
    const application = await start(home);
    expect(await call(application, 'app.connection')).toMatchObject({
      ok: true,
      value: { state: 'no-service' },
    });
    expect(await call(application, 'transfers.totals')).toMatchObject({ ok: true });
    expect(await call(application, 'settings.get')).toMatchObject({
      value: { destination: '/kept' },
    });
  });

  test('a demo that cannot start: the window opens without it', async () => {
    const application = await start(withDemoInUse(), { demo: true });
    expect(await call(application, 'app.connection')).toMatchObject({
      value: { state: 'no-service' },
    });
  });

  test('for one command that is an error, and the home is free again', async () => {
    const home = withDemoInUse();
    await expect(start(home, { demo: true, background: false })).rejects.toMatchObject({
      code: 'service-error',
    });
    lockHome(home)();
  });

  test('choosing a service that fails keeps the one before, in use and in the settings', async () => {
    const server = http.createServer(
      (_request, response) =>
        void response.writeHead(503, { 'content-type': 'application/json' }).end('{}'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const serviceUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const home = withDemoInUse();
    writeFileSync(path.join(home, 'settings.json'), JSON.stringify({ serviceUrl, demo: false }));
    const application = await start(home);
    expect(await call(application, 'settings.use-service', { demo: true })).toMatchObject({
      ok: false,
      error: { code: 'service-error' },
    });
    expect(await call(application, 'settings.get')).toMatchObject({
      value: { serviceUrl, demo: false },
    });
    expect(application.services.current()?.scope).toBe(serviceUrl);
    server.closeAllConnections();
    server.close();
  });

  test.each([
    'http://service.example',
    'http://127.0.0.1.service.example',
    'ftp://service.example',
    'foo bar',
  ] as const)(
    'an address that would send passwords in the clear (%s) is refused on the command line, in the settings and in the window',
    async (serviceUrl) => {
      await expect(start(temporaryFolder(), { serviceUrl })).rejects.toMatchObject({
        code: serviceUrl === 'foo bar' || serviceUrl.startsWith('ftp') ? 'usage' : 'https-required',
      });
      const home = temporaryFolder();
      writeFileSync(path.join(home, 'settings.json'), JSON.stringify({ serviceUrl, demo: false }));
      const application = await start(home);
      expect(application.services.current()).toBeNull();
      expect(await call(application, 'settings.use-service', { url: serviceUrl })).toMatchObject({
        ok: false,
        error: {
          code:
            serviceUrl === 'foo bar' || serviceUrl.startsWith('ftp') ? 'usage' : 'https-required',
        },
      });
      expect(application.services.current()).toBeNull();
    },
  );

  test('two changes at once: the last one stands, and nothing of the other is left open', async () => {
    const application = await start(temporaryFolder());
    await Promise.all([
      application.services.switchTo({ demo: true }),
      application.services.switchTo(null),
      application.services.switchTo({ demo: true }),
    ]);
    expect(application.services.current()?.scope).toBe('demo');
    expect((await application.services.current()?.client.api.getMeta({}))?.apiVersion).toBe(
      '1.0.0',
    );
  });
});

test('after a change of service a page is told of the account there, which is newer than any it has seen', async () => {
  const service = await startDemo();
  others.push(service);
  const pushed: { rev: number; status: string }[] = [];
  const application = await start(temporaryFolder(), {
    serviceUrl: service.url,
    background: false,
    send: (name, payload) =>
      void (name === 'account.changed' && pushed.push(payload as { rev: number; status: string })),
  });
  await call(application, 'account.sign-in', service.demoAccount);
  const left = application.services.session().account;
  await call(application, 'account.newsletter', { subscribed: true });
  const before = pushed.at(-1);
  expect(before?.status).toBe('signed-in');
  expect(await call(application, 'settings.use-service', { demo: true })).toMatchObject({
    ok: true,
  });
  expect(pushed.at(-1)?.status).toBe('signed-out');
  expect(pushed.at(-1)?.rev).toBeGreaterThan(before?.rev ?? 0);
  const { length } = pushed;
  left.readNotices();
  expect(pushed).toHaveLength(length);
  const { value } = (await call(application, 'account.get')) as {
    value: { rev: number; status: string };
  };
  expect([value.status, value.rev > (before?.rev ?? 0)]).toEqual(['signed-out', true]);
});

test('what of the catalogue an account may see comes when it signs in and goes when it signs out, at once', async () => {
  const service = await startDemo();
  others.push(service);
  const views: LibraryView[] = [];
  const application = await start(temporaryFolder(), {
    serviceUrl: service.url,
    send: (name, payload) => name === 'library.changed' && views.push(payload as LibraryView),
  });
  const assets = async () => (await application.services.library.counts()).assets;
  await expect
    .poll(() => views.at(-1))
    .toMatchObject({ syncing: false, syncedAt: expect.any(Number) });
  const forEverybody = await assets();
  expect(await call(application, 'account.sign-in', service.demoAccount)).toMatchObject({
    ok: true,
  });
  await expect.poll(assets).toBeGreaterThan(forEverybody);
  await expect.poll(() => views.at(-1)?.syncing).toBe(false);
  expect(await call(application, 'account.sign-out')).toMatchObject({ ok: true });
  await expect.poll(assets).toBe(forEverybody);
});

test('something else in the place of any file or folder of a home is set aside and told, with its path', async () => {
  const home = temporaryFolder();
  const folders = [
    'trusted-keys.json',
    'desk.log',
    'transfers.sqlite.backup-1',
    'transfers.sqlite.reserve',
  ];
  const files = ['pictures', 'thumbnails', 'notices-told', 'keychain-removed'];
  for (const name of folders) mkdirSync(path.join(home, name));
  for (const name of files) writeFileSync(path.join(home, name), 'mine');
  const application = await start(home);
  const told = application.services.recoveries.view.items.map(
    ({ kind, file }) => `${kind} ${file?.replace(/\.damaged-.*/u, '')}`,
  );
  expect(told.toSorted()).toEqual(
    [...folders, ...files].map((name) => `moved-aside ${path.join(home, name)}`).toSorted(),
  );
  expect(
    application.services.recoveries.view.items.every(({ file }) => existsSync(file ?? '')),
  ).toBe(true);
});

const otherKey = async (): Promise<string> => {
  const dataDir = temporaryFolder();
  await (await startDemo({ dataDir })).close();
  return path.join(dataDir, 'service.key');
};
const DAMAGED: [string, string[], (folder: string) => Promise<void> | void][] = [
  [
    'a key that is damaged',
    ['long'],
    (folder) => writeFileSync(path.join(folder, 'service.key'), 'rubbish'),
  ],
  ['a key that is missing', ['long'], (folder) => rmSync(path.join(folder, 'service.key'))],
  [
    'the key of another home',
    [],
    async (folder) => copyFileSync(await otherKey(), path.join(folder, 'service.key')),
  ],
  ['peppers that are missing', ['long'], (folder) => rmSync(path.join(folder, 'password-peppers'))],
  ['a database that is missing', ['long'], (folder) => rmSync(path.join(folder, 'service.sqlite'))],
  [
    'a log that is a folder',
    ['long'],
    (folder) => mkdirSync(path.join(folder, 'service.sqlite-wal')),
  ],
  [
    'a damaged page',
    [],
    (folder) => {
      const file = path.join(folder, 'service.sqlite');
      const bytes = readFileSync(file);
      writeFileSync(file, bytes.fill(0xff, 8192, 12_288));
    },
  ],
];
for (const [what, tags, damage] of DAMAGED)
  test(`the demo begins anew, and that is told: ${what}`, { tags }, async () => {
    const home = temporaryFolder();
    await (await start(home, { demo: true })).close();
    open.length = 0;
    await damage(path.join(home, 'demo'));
    const application = await start(home, { demo: true });
    expect(application.services.recoveries.view.items.map(({ kind }) => kind)).toEqual([
      'demo-rebuilt',
    ]);
    expect(readdirSync(path.join(home, 'demo')).some((name) => name.includes('.damaged-'))).toBe(
      true,
    );
    expect(await call(application, 'library.sync')).toMatchObject({ ok: true });
  });

test('damage is put aside, dealt with, and told until it was read', async () => {
  const home = temporaryFolder();
  const rubbish = 'no database '.repeat(2000);
  mkdirSync(path.join(home, 'demo'));
  for (const file of ['settings.json', 'transfers.sqlite', 'library.sqlite', 'demo/service.sqlite'])
    writeFileSync(path.join(home, file), rubbish);
  const pushed: unknown[] = [];
  const first = await start(home, { demo: true });
  expect(await call(first, 'library.sync')).toMatchObject({ ok: true });
  // A station may end without anybody having looked at it.
  await end(first);
  const application = await start(home, {
    demo: true,
    send: (name, payload) => name === 'app.recoveries-changed' && pushed.push(payload),
  });
  const told = await call(application, 'app.recoveries');
  expect(told).toMatchObject({
    ok: true,
    value: {
      items: ['settings-rebuilt', 'queue-rebuilt', 'demo-rebuilt', 'library-rebuilt'].map(
        (kind) => ({ kind }),
      ),
    },
  });
  for (const [folder, begins] of [
    [home, 'settings.json.damaged-'],
    [home, 'transfers.sqlite.damaged-'],
    [home, 'library.sqlite.damaged-'],
    [path.join(home, 'demo'), 'service.sqlite.damaged-'],
  ] as const) {
    const aside = readdirSync(folder).find((name) => name.startsWith(begins));
    expect(readFileSync(path.join(folder, aside ?? ''), 'utf8')).toBe(rubbish);
  }
  expect(await call(application, 'library.sync')).toMatchObject({ ok: true });
  expect(await call(application, 'app.connection')).toMatchObject({
    value: { state: 'online', demo: true },
  });
  expect(await call(application, 'app.recoveries-dismiss')).toMatchObject({ value: { items: [] } });
  expect(await call(application, 'app.recoveries')).toMatchObject({ value: { items: [] } });
  expect(pushed).toHaveLength(1);
  await end(application);
  expect(await call(await start(home, { demo: true }), 'app.recoveries')).toMatchObject({
    value: { items: [] },
  });
});

test('folders and links in the place of files are set aside and told, whatever file it is', async () => {
  const home = temporaryFolder();
  const files = [
    'trusted-keys.json',
    'desk.log',
    'transfers.sqlite.reserve',
    'transfers.sqlite.backup-1',
    'station.sock',
  ];
  for (const name of files) mkdirSync(path.join(home, name));
  for (const name of ['pictures', 'notices-told'])
    symlinkSync('/nowhere/at/all', path.join(home, name));
  const application = await start(home);
  const told = (await call(application, 'app.recoveries')) as {
    value: { items: { kind: string; file: string }[] };
  };
  expect(
    told.value.items
      .map(({ kind, file }) => `${kind} ${path.basename(file).replace(/\.damaged-.*/u, '')}`)
      .toSorted(),
  ).toEqual([...files, 'notices-told', 'pictures'].map((name) => `moved-aside ${name}`).toSorted());
  for (const { file } of told.value.items) expect(lstatSync(file)).toBeDefined();
  expect(await call(application, 'transfers.totals')).toMatchObject({ ok: true });
});
