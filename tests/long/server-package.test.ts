import type { ChildProcess } from 'node:child_process';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startDebianRoot, whyNoRoot, type DebianRoot } from '../support/debian-root.ts';
import { PASSWORD, startDemo, type DemoService } from '../support/service/demo.ts';

const repository = path.resolve(import.meta.dirname, '../..');
const EMAIL = 'ingest@station.example';
const ASSET = 'ast_aur261094';
const OTHER_ASSET = 'ast_aur261092';
const DOWNLOADS = '/srv/multimedia-desk';
const CREDENTIALS = '/run/credentials/multimedia-desk-station.service';
const { version } = JSON.parse(readFileSync(path.join(repository, 'package.json'), 'utf8')) as {
  version: string;
};

let root: DebianRoot;
let service: DemoService;
let before: string[];
/** Stations that a failed test would leave behind. */
const running = new Set<ChildProcess>();

const inRoot = (...parts: string[]): string => path.join(root.folder, ...parts);

/** What the unit says, as systemd would read it. */
function unit(): { get(name: string): string } {
  const lines = readFileSync(
    inRoot('usr/lib/systemd/system/multimedia-desk-station.service'),
    'utf8',
  );
  return {
    get(name) {
      const value = new RegExp(`^${name}=(.*)$`, 'mu').exec(lines)?.[1];
      if (value === undefined) throw new Error(`The unit has no ${name}`);
      return value;
    },
  };
}

/** Whom the unit runs as, with what: its environment has no bus. */
const asUnit = () => ({
  user: unit().get('User'),
  env: {
    HOME: `/var/lib/${unit().get('StateDirectory')}`,
    CREDENTIALS_DIRECTORY: CREDENTIALS,
    MULTIMEDIA_DESK_SERVICE: service.url,
  },
});
const HOME_OPTION = ['--home', '/var/lib/multimedia-desk'];
const desk = async (...args: string[]) => root.run(['desk', ...args, ...HOME_OPTION], asUnit());

type Station = {
  child: ChildProcess;
  call<T>(name: string, input?: unknown): Promise<T>;
};

/** Starts what the unit starts, and opens its page. */
async function startStation(): Promise<Station> {
  const child = root.start(unit().get('ExecStart').split(' '), asUnit());
  running.add(child);
  const said = text(child.stderr as NodeJS.ReadableStream);
  const ended = once(child, 'exit').then(async () => {
    running.delete(child);
    throw new Error(`The station ended: ${await said}`);
  });
  // Later it is ended by the test.
  ended.catch(() => undefined);
  const lines = readline.createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const [link] = (await Promise.race([once(lines, 'line'), ended])) as [string];
  const { origin, hash } = new URL(link);
  const session = await fetch(`${origin}/session`, {
    method: 'POST',
    body: hash.slice('#t='.length),
    headers: { origin },
  });
  const socket = new WebSocket(
    `${origin.replace('http', 'ws')}/ipc`,
    ['desk.v1', await session.text()],
    { headers: { origin } },
  );
  socket.on('error', () => undefined);
  await once(socket, 'open');
  const waiting = new Map<number, (result: unknown) => void>();
  socket.on('message', (data: Buffer) => {
    const { id, result } = JSON.parse(data.toString()) as { id?: number; result?: unknown };
    if (id !== undefined) waiting.get(id)?.(result);
  });
  let calls = 0;
  return {
    child,
    async call<T>(name: string, input?: unknown) {
      const id = calls++;
      const answer = new Promise((resolve) => waiting.set(id, resolve));
      socket.send(JSON.stringify({ id, name, input }));
      const result = (await answer) as { ok: true; value: T } | { ok: false; error: unknown };
      if (!result.ok) throw new Error(`${name}: ${JSON.stringify(result.error)}`);
      return result.value;
    },
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const exit = once(child, 'exit');
  child.kill(signal);
  return ((await exit) as [number | null])[0];
}

type Detail = { state: { phase: string }; receivedBytes: number; totalBytes: number };

describe.skipIf(whyNoRoot !== '')(
  `the package for servers, in a Debian of its own${whyNoRoot === '' ? '' : ` (skipped: ${whyNoRoot})`}`,
  { tags: ['long'] },
  () => {
    beforeAll(async () => {
      execFileSync('npm', ['run', '--silent', 'package:server'], { cwd: repository });
      root = startDebianRoot();
      before = root.files();
      service = await startDemo();
    });
    afterAll(async () => {
      for (const child of running) await end(child, 'SIGKILL');
      await service.close();
      root.remove();
    });

    test('is installed by dpkg alone, brings command, manual, completion and units, and starts nothing', async () => {
      const name = readdirSync(path.join(repository, 'dist')).find((file) =>
        file.startsWith(`multimedia-desk-server_${version}_`),
      );
      copyFileSync(path.join(repository, 'dist', name ?? ''), inRoot('tmp/package.deb'));
      expect(await root.run(['dpkg', '--install', '/tmp/package.deb'])).toMatchObject({ code: 0 });
      await root.run(['rm', '/tmp/package.deb']);
      expect(await root.run(['dpkg', '--verify', 'multimedia-desk-server'])).toEqual({
        code: 0,
        out: '',
        err: '',
      });
      expect((await root.run(['desk', '--version'], { user: 'nobody' })).out).toBe(`${version}\n`);
      expect((await root.run(['man', '-w', 'desk'])).out).toBe('/usr/share/man/man1/desk.1.gz\n');
      const { out: manual } = await root.run(['man', 'desk'], { env: { MANWIDTH: '200' } });
      for (const words of ['desk account login', '--password-stdin', '--credential-key', 'EXIT'])
        expect(manual).toContain(words);
      const { out: completed } = await root.run([
        'bash',
        '-c',
        'source /usr/share/bash-completion/completions/desk; COMP_WORDS=(desk account log); COMP_CWORD=2; _desk; echo "${COMPREPLY[@]}"',
      ]);
      expect(completed).toBe('login logout\n');
      expect(existsSync(inRoot('usr/lib/systemd/user/multimedia-desk-station.service'))).toBe(true);
      expect(root.files().filter((file) => /\.wants\/multimedia-desk/u.test(file))).toEqual([]);
    });

    test('without a bus: the unit says what is missing, then an account in the credential file', async () => {
      // As systemd makes them for the unit.
      const user = unit().get('User');
      for (const folder of [`/var/lib/${unit().get('StateDirectory')}`, DOWNLOADS])
        await root.run(['install', '-d', '-o', user, '-g', user, '-m', '0700', folder]);
      const start = unit().get('ExecStart').split(' ');
      expect(await root.run(start, asUnit())).toMatchObject({
        code: 3,
        err: expect.stringContaining('(credentials-closed)') as string,
      });
      const key = `${CREDENTIALS}/${unit().get('LoadCredentialEncrypted')}`;
      await root.run(['install', '-d', '-m', '0755', CREDENTIALS]);
      await root.run(['bash', '-c', `base64 -d > ${key}`], {
        input: randomBytes(32).toString('base64'),
      });
      await root.run(['chown', `root:${user}`, key]);
      await root.run(['chmod', '0440', key]);
      const register =
        `account register --email ${EMAIL} --name Ingest --organisation Station --country be --accept-terms --password-stdin --credentials file`.split(
          ' ',
        );
      expect(
        await root.run(['desk', ...register, ...HOME_OPTION], {
          ...asUnit(),
          input: `${PASSWORD}\n`,
        }),
      ).toMatchObject({ code: 0 });
      const { code } = await service.nextMail(EMAIL);
      expect(await desk('account', 'verify', '--code', code ?? '')).toMatchObject({ code: 0 });
      const doctor = await desk('doctor');
      expect(doctor.out).toContain(
        'ok    keychain: credential file, encrypted with the key from systemd (multimedia-desk-key)',
      );
      expect(doctor.code).toBe(0);
    });

    test('the station downloads a package through kill -9, and desk verifies it', async () => {
      const first = await startStation();
      await first.call('settings.set', { destination: DOWNLOADS, limitBytesPerSecond: 25_000_000 });
      await first.call('library.sync');
      const { items } = await first.call<{ items: { packageId: string | null }[] }>(
        'transfers.plan',
        { assetIds: [ASSET] },
      );
      const { ids } = await first.call<{ ids: string[] }>('transfers.enqueue', {
        packages: [{ assetId: ASSET, packageId: items[0]?.packageId }],
        acknowledge: [],
      });
      const detailIn = (station: Station) =>
        station.call<Detail>('transfers.detail', { id: ids[0] });
      let seen = 0;
      await expect
        .poll(async () => {
          const { receivedBytes, totalBytes } = await detailIn(first);
          seen = receivedBytes;
          return receivedBytes / totalBytes;
        })
        .toBeGreaterThan(0.2);
      await end(first.child, 'SIGKILL');

      const second = await startStation();
      const { receivedBytes, state } = await detailIn(second);
      expect(state.phase).not.toBe('done');
      // At most a block for each connection and what came since the last record is asked for again.
      expect(receivedBytes).toBeGreaterThan(seen - 8 * 1024 * 1024);
      expect(receivedBytes).toBeGreaterThan(0);
      await second.call('settings.set', { limitBytesPerSecond: null });
      await expect.poll(async () => (await detailIn(second)).state.phase).toBe('done');
      expect(await end(second.child, 'SIGTERM')).toBe(0);
      const verified = await desk('verify', DOWNLOADS);
      expect(verified).toMatchObject({ code: 0 });
      const [folder = ''] = readdirSync(inRoot(DOWNLOADS));
      expect(existsSync(inRoot(DOWNLOADS, folder, '.done'))).toBe(true);
    });

    test('while it runs its user and root see to it by commands, and root leaves nothing of its own in the home', async () => {
      const { child } = await startStation();
      const byRoot = async (...args: string[]) => root.run(['desk', ...args, ...HOME_OPTION]);
      for (const command of [desk, byRoot]) {
        expect(await command('queue', 'list')).toMatchObject({
          code: 0,
          out: expect.stringMatching(/^trf_\S+ {2}done/u) as string,
        });
        expect(await command('account', 'status')).toMatchObject({
          code: 0,
          out: `Signed in as ${EMAIL}. Credential file: ok\n`,
        });
        // The key is the unit's alone.
        expect((await command('doctor')).out).toContain('ok    keychain: credential file');
      }
      expect(await byRoot('get', OTHER_ASSET, '--to', DOWNLOADS)).toMatchObject({ code: 0 });
      expect(await byRoot('ledger', 'export', '--to', '/tmp/ledger.jsonl')).toMatchObject({
        code: 0,
      });
      expect(await byRoot('ledger', 'check', '/tmp/ledger.jsonl')).toMatchObject({ code: 0 });
      await root.run(['rm', '/tmp/ledger.jsonl']);
      const { out: foreign } = await root.run([
        'find',
        '/var/lib/multimedia-desk',
        DOWNLOADS,
        '-not',
        '-user',
        unit().get('User'),
      ]);
      expect(foreign).toBe('');
      expect(await end(child, 'SIGTERM')).toBe(0);
    });

    test('once it is removed nothing is left but the state, the downloads and the user', async () => {
      expect(await root.run(['dpkg', '--purge', 'multimedia-desk-server'])).toMatchObject({
        code: 0,
      });
      const known = new Set(before);
      const left = root
        .files()
        .filter((file) => !known.has(file))
        .filter(
          (file) => !/^\/(?:var\/lib\/multimedia-desk|srv\/multimedia-desk)(?:\/|$)/u.test(file),
        )
        // Debian's own: lists of packages, users and manuals; and the test's key.
        .filter(
          (file) =>
            !/^\/(?:var\/lib\/dpkg|var\/cache\/man|etc\/(?:passwd|group|g?shadow)-|run\/credentials)/u.test(
              file,
            ),
        );
      expect(left).toEqual([]);
      expect(existsSync(inRoot('var/lib/multimedia-desk/credentials.enc'))).toBe(true);
    });
  },
);
