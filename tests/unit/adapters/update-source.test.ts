import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { environmentNetwork, type Network } from '../../../src/main/adapters/http/network.ts';
import {
  createUpdateSource,
  type Installed,
} from '../../../src/main/adapters/updates/update-source.ts';
import { Updates } from '../../../src/main/updates/updates.ts';
import type { UpdateSource } from '../../../src/main/updates/ports.ts';
import type { UpdateChannel, UpdatesView } from '../../../src/shared/contract/updates.ts';
import { selfSigned } from '../../support/engine/certificate.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import {
  channelFile,
  INSTALLER,
  isInstalled,
  offer,
  text,
  UPDATE_KEY,
  UpdateServer,
} from '../../support/update-server.ts';

// The real library and a real server: what an AppImage does, up to the file being replaced. The
// library looks at the variable to know that it is one.
const OLD = 'the version that runs';
let folder: string;
let appImage: string;
let server: UpdateServer;
let source: UpdateSource | null = null;
let updates: Updates | null = null;
let log: string[] = [];
let relaunched = 0;
const { APPIMAGE } = process.env;

beforeEach(() => {
  folder = temporaryFolder();
  appImage = path.join(folder, 'apps', 'desk.AppImage');
  mkdirSync(path.dirname(appImage));
  writeFileSync(appImage, OLD, { mode: 0o755 });
  process.env['APPIMAGE'] = appImage;
  server = new UpdateServer();
  log = [];
  relaunched = 0;
});
afterEach(async () => {
  await updates?.close();
  source?.close();
  await server.close();
  updates = null;
  source = null;
  if (APPIMAGE === undefined) delete process.env['APPIMAGE'];
  else process.env['APPIMAGE'] = APPIMAGE;
});

async function open({
  channel = 'stable',
  version = '0.2.0',
  network = environmentNetwork({}),
  address,
  installed = { kind: 'appimage', file: appImage },
}: {
  channel?: UpdateChannel;
  version?: string;
  network?: Network;
  address?: string;
  installed?: Installed;
} = {}): Promise<{ updates: Updates; clock: FakeClock; seen: UpdatesView[] }> {
  const config = path.join(folder, 'app-update.yml');
  writeFileSync(
    config,
    `provider: generic\nurl: ${address ?? (await server.listen())}\nupdaterCacheDirName: desk-updater\n`,
  );
  source = createUpdateSource({
    installed,
    app: {
      version,
      name: 'multimedia-desk',
      isPackaged: true,
      appUpdateConfigPath: config,
      userDataPath: path.join(folder, 'home'),
      baseCachePath: path.join(folder, 'cache'),
      whenReady: async () => undefined,
      relaunch: () => void (relaunched += 1),
      quit: () => undefined,
      onQuit: () => undefined,
    },
    network,
    keys: [UPDATE_KEY],
    log: (message) => void log.push(message),
  });
  const clock = new FakeClock();
  const seen: UpdatesView[] = [];
  updates = new Updates({
    source,
    clock,
    version,
    rules: { isOn: true, channel },
    onChanged: (view) => void seen.push(view),
    log: (message) => void log.push(message),
  });
  return { updates, clock, seen };
}

const ENDED = ['current', 'ready', 'failed'];
async function checked(one: Updates): Promise<UpdatesView> {
  one.check();
  await expect.poll(() => ENDED.includes(one.view.state)).toBe(true);
  return one.view;
}
/** Nothing of it is left where programs look, and the program is as it was. */
function expectUntouched(): void {
  expect(readFileSync(appImage, 'utf8')).toBe(OLD);
  expect(readdirSync(path.dirname(appImage))).toEqual(['desk.AppImage']);
}

test('a newer signed version is downloaded, and replaces the program once it has ended', async () => {
  server.offer('0.3.0');
  const { updates: own, seen } = await open();
  expect(await checked(own)).toMatchObject({ state: 'ready', version: '0.3.0', fault: null });
  expect(seen.map(({ state }) => state)).toContain('downloading');
  expectUntouched();
  await own.close();
  own.finish();
  expect(isInstalled(appImage)).toBe(true);
  expect(statSync(appImage).mode & 0o777).toBe(0o755);
  expect(readdirSync(path.dirname(appImage))).toEqual(['desk.AppImage']);
  expect(relaunched).toBe(0);
});

test('the installer for Windows is checked and downloaded the same way', async () => {
  server.offer('0.3.0', { ending: 'exe' });
  const { updates: own } = await open({ installed: { kind: 'nsis' } });
  expect(await checked(own)).toMatchObject({ state: 'ready', version: '0.3.0' });
  server.offer('0.4.0', { ending: 'exe', signedBy: 'stranger' });
  own.setRules({ isOn: true, channel: 'beta' });
  own.setRules({ isOn: true, channel: 'stable' });
  await own.close();
  expect(await checked(own)).toMatchObject({ state: 'failed', fault: 'wrong-signature' });
});

test('an AppImage that can’t be replaced asks no server', async () => {
  server.offer('0.3.0');
  const file = path.join(folder, 'gone', 'desk.AppImage');
  const { updates: own } = await open({ installed: { kind: 'appimage', file } });
  expect(await checked(own)).toMatchObject({ state: 'failed', fault: 'not-permitted' });
  expect(server.asked).toEqual([]);
});

test('an update that can’t be put in its place leaves the program as it was, and it can still end', async () => {
  server.offer('0.3.0');
  const { updates: own } = await open();
  await checked(own);
  await own.close();
  rmSync(path.join(folder, 'cache'), { recursive: true });
  expect(() => own.finish()).toThrow('ENOENT');
  expectUntouched();
});

test('with “Restart and update” it starts again', async () => {
  server.offer('0.3.0');
  const { updates: own } = await open();
  await checked(own);
  own.requestRestart();
  await own.close();
  own.finish();
  expect(isInstalled(appImage)).toBe(true);
  expect(relaunched).toBe(1);
});

test('no request tells the server which installation asks', async () => {
  server.offer('0.3.0');
  await checked((await open()).updates);
  expect(server.asked.length).toBeGreaterThan(1);
  for (const { headers } of server.asked) {
    expect(headers).not.toHaveProperty('x-user-staging-id');
    expect(headers['user-agent']).toBe('multimedia-desk');
  }
});

test.each([
  ['the same version', '0.2.0', null],
  ['an older version', '0.1.9', 'older'],
  ['an older version that is signed, for an own beta', '0.2.0-beta.1', 'older'],
  ['a beta on the channel of stable versions', '0.3.0-beta.1', 'other-channel'],
] as const)('%s is left', async (_what, version, note) => {
  server.offer(version);
  expect(await checked((await open()).updates)).toMatchObject({ state: 'current', note, version });
  expect(server.asked).toHaveLength(1);
});

test('on the channel of betas, its file is asked for; going back is no way to an older version', async () => {
  server.offer('0.3.0-beta.2', {}, 'beta');
  server.offer('0.2.0');
  const { updates: own } = await open({ channel: 'beta', version: '0.3.0-beta.1' });
  expect(await checked(own)).toMatchObject({ state: 'ready', version: '0.3.0-beta.2' });
  own.setRules({ isOn: true, channel: 'stable' });
  await own.close();
  expect(await checked(own)).toMatchObject({ state: 'current', note: 'older' });
  own.finish();
  expectUntouched();
});

test('a roll-out of none takes none, one of all takes it', async () => {
  server.offer('0.3.0', { more: 'stagingPercentage: 0\n' });
  const { updates: own } = await open();
  expect(await checked(own)).toMatchObject({ state: 'current', note: 'staged', version: '0.3.0' });
  server.offer('0.3.0', { more: 'stagingPercentage: 100\n' });
  expect(await checked(own)).toMatchObject({ state: 'ready' });
});

test('an installation keeps its place in a roll-out', async () => {
  server.offer('0.3.0');
  await open();
  const { signal } = new AbortController();
  const first = await source?.check('stable', signal);
  source?.close();
  await open({
    address: readFileSync(path.join(folder, 'app-update.yml'), 'utf8').match(/http\S+/u)?.[0] ?? '',
  });
  const again = await source?.check('stable', signal);
  expect(again?.place).toBe(first?.place);
  expect(first?.place).toBeGreaterThanOrEqual(0);
  expect(first?.place).toBeLessThan(100);
});

test('an update that is withdrawn before it was installed is not installed', async () => {
  server.offer('0.3.0');
  const { updates: own } = await open();
  await checked(own);
  server.offer('0.2.0');
  own.check();
  await expect.poll(() => own.view.state).toBe('current');
  await own.close();
  own.finish();
  expectUntouched();
});

const page =
  '<!doctype html><html><head><title>Guest network</title></head><body>Sign in</body></html>';
test.each<[string, string, (own: UpdateServer) => void]>([
  ['unsigned', 'unsigned', (own) => own.offer('0.3.0', { signedBy: 'nobody' })],
  [
    'signed by somebody else',
    'wrong-signature',
    (own) => own.offer('0.3.0', { signedBy: 'stranger' }),
  ],
  [
    'signed, with another hash written into it since',
    'wrong-signature',
    (own) =>
      own.answers.set(
        channelFile(),
        text(offer('0.3.0').replaceAll(/sha512: .{8}/gu, 'sha512: AAAAAAAA')),
      ),
  ],
  [
    'another installer than was signed',
    'wrong-hash',
    (own) => {
      own.offer('0.3.0');
      own.answers.set('/desk-0.3.0.AppImage', text(Buffer.alloc(INSTALLER.byteLength, 'another ')));
    },
  ],
  [
    'a download that ends early',
    'incomplete',
    (own) => {
      own.offer('0.3.0');
      own.answers.set('/desk-0.3.0.AppImage', (_request, response) => {
        response.writeHead(200, { 'content-length': INSTALLER.byteLength });
        response.write(INSTALLER.subarray(0, 1000), () => response.destroy());
      });
    },
  ],
  [
    'no installer',
    'not-found',
    (own) => {
      own.offer('0.3.0');
      own.answers.delete('/desk-0.3.0.AppImage');
    },
  ],
  ['no file of the channel', 'not-found', () => undefined],
  [
    'an answer that changes the protocol',
    'unreachable',
    (own) =>
      own.answers.set(channelFile(), (_request, response) => {
        response.socket?.end(
          'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n',
        );
      }),
  ],
  [
    'a file that is no YAML',
    'unreadable',
    (own) => own.answers.set(channelFile(), text('version: [')),
  ],
  ['an empty file', 'unreadable', (own) => own.answers.set(channelFile(), text(''))],
  [
    'a version and no files',
    'unreadable',
    (own) => own.answers.set(channelFile(), text('version: 0.3.0')),
  ],
  [
    'the page of a guest network',
    'unreadable',
    (own) => own.answers.set(channelFile(), text(page)),
  ],
  [
    'a map of changed parts that would fill the memory',
    'unreadable',
    (own) =>
      own.answers.set(
        channelFile(),
        text(offer('0.3.0').replace(/size: \d+/u, '$&\n    blockMapSize: 4000000000')),
      ),
  ],
  [
    'a file without end',
    'unreachable',
    (own) =>
      own.answers.set(channelFile(), (_request, response) => {
        response.writeHead(200);
        response.end(Buffer.alloc(3 * 1024 * 1024, 'a'));
      }),
  ],
  [
    'a redirect to http elsewhere',
    'unreachable',
    (own) =>
      own.answers.set(channelFile(), (_request, response) =>
        response.writeHead(302, { location: 'http://updates.example/latest.yml' }).end(),
      ),
  ],
  [
    'a redirect to itself',
    'unreachable',
    (own) =>
      own.answers.set(channelFile(), (_request, response) =>
        response.writeHead(302, { location: channelFile() }).end(),
      ),
  ],
])('%s is refused and changes nothing', async (_what, fault, prepare) => {
  prepare(server);
  const { updates: own } = await open();
  expect(await checked(own)).toMatchObject({ state: 'failed', fault });
  await own.close();
  own.finish();
  expectUntouched();
  // Whatever an answer holds, a line of the log stays a line.
  expect(log.join('\n')).not.toContain('Sign in');
});

test('a failed download is made good by the next check', async () => {
  server.offer('0.3.0');
  server.answers.set('/desk-0.3.0.AppImage', text('half'));
  const { updates: own } = await open();
  expect(await checked(own)).toMatchObject({ state: 'failed', fault: 'wrong-hash' });
  server.offer('0.3.0');
  own.check();
  await expect.poll(() => own.view.state).toBe('ready');
});

test('quitting ends a slow download at once, and leaves the program as it was', async () => {
  server.offer('0.3.0');
  let isAsked = false;
  server.answers.set('/desk-0.3.0.AppImage', (_request, response) => {
    isAsked = true;
    response.writeHead(200, { 'content-length': INSTALLER.byteLength });
    response.write(INSTALLER.subarray(0, 1000));
  });
  const { updates: own } = await open();
  own.check();
  await expect.poll(() => isAsked).toBe(true);
  await own.close();
  own.finish();
  expectUntouched();
});

test('quitting ends a check that isn’t answered', async () => {
  let isAsked = false;
  server.answers.set(channelFile(), () => void (isAsked = true));
  const { updates: own } = await open();
  own.check();
  await expect.poll(() => isAsked).toBe(true);
  await own.close();
  own.finish();
  expectUntouched();
});

test('over https the server’s certificate counts, and authorities of the settings hold', async () => {
  await server.listen();
  await server.close();
  const tls = selfSigned();
  server = new UpdateServer(tls);
  server.offer('0.3.0');
  const address = await server.listen();
  const { updates: own } = await open({ address });
  expect(await checked(own)).toMatchObject({ state: 'failed', fault: 'certificate' });
  expect(server.asked).toEqual([]);
  source?.close();
  const trusting = await open({
    address,
    network: { way: async () => ({ routes: [null], tls: { ca: [tls.cert] } }) },
  });
  expect(await checked(trusting.updates)).toMatchObject({ state: 'ready' });
});

test('a proxy that can’t be reached is named, and nothing goes past it', async () => {
  server.offer('0.3.0');
  const { updates: own } = await open({
    network: {
      way: async () => ({
        routes: [{ kind: 'http', host: '127.0.0.1', port: 9, credentials: null }],
        tls: {},
      }),
    },
  });
  expect(await checked(own)).toMatchObject({ state: 'failed', fault: 'proxy' });
  expect(server.asked).toEqual([]);
});
