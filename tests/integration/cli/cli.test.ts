import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { program } from '../../support/built.ts';
import { desk, startDesk, type Line, type Run } from '../../support/app/desk.ts';
import { PASSWORD, startDemo, type DemoService } from '../../support/service/demo.ts';
import { hasKeyring, whyNoKeyring } from '../../support/keyring.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const EMAIL = 'cli@station.example';
const home = temporaryFolder();
const folder = temporaryFolder();
let service: DemoService;
const run = (args: string[], input?: string): Promise<Run> =>
  desk(args, { home, service: service.url, ...(input === undefined ? {} : { input }) });

beforeAll(async () => {
  service = await startDemo();
});
afterAll(() => service.close());

type File = {
  path: string;
  bytes: number;
  sha256: string;
  verified: boolean;
  downloadedBytes: number;
};
const sum = (files: File[], of: (file: File) => number): number =>
  files.reduce((total, file) => total + of(file), 0);

describe.skipIf(!hasKeyring)(`the command line with an account${whyNoKeyring}`, () => {
  test('register, wrong code, code, newsletter, status', async () => {
    const details = [
      'account',
      'register',
      '--email',
      EMAIL,
      '--name',
      'Ingest',
      '--organisation',
      'Station',
      '--country',
      'be',
      '--password-stdin',
    ];
    expect(await run(details, `${PASSWORD}\n`)).toMatchObject({
      code: 2,
      result: { ok: false, code: 'usage' },
    });
    expect(await run([...details, '--accept-terms'], 'short\n')).toMatchObject({
      code: 3,
      result: { ok: false, code: 'validation-failed' },
    });
    const guessed = {
      code: 'validation-failed',
      message: expect.stringMatching(/too common.*four unrelated words/),
    };
    expect(await run([...details, '--accept-terms'], 'Michael1234!\n')).toMatchObject({
      code: 3,
      result: { ok: false, ...guessed },
    });
    const sent = await run([...details, '--accept-terms'], `${PASSWORD}\n`);
    expect(sent).toMatchObject({
      code: 0,
      result: {
        type: 'result',
        ok: true,
        signedIn: false,
        email: null,
        keychain: 'ok',
        pendingFlow: { purpose: 'registration' },
      },
    });
    const { code } = await service.nextMail(EMAIL);
    expect(await run(['account', 'verify', '--code', '000000'])).toMatchObject({
      code: 3,
      result: { ok: false, code: 'code-invalid' },
    });
    expect(await run(['account', 'verify', '--code', code ?? ''])).toMatchObject({
      code: 0,
      result: { ok: true, signedIn: true, email: EMAIL },
    });
    expect(await run(['account', 'newsletter', 'on'])).toMatchObject({
      code: 0,
      result: { newsletter: true },
    });
    expect((await run(['account', 'status'])).lines).toEqual([
      {
        type: 'result',
        ok: true,
        signedIn: true,
        email: EMAIL,
        newsletter: true,
        keychain: 'ok',
        pendingFlow: null,
      },
    ]);
  });

  test(
    'a package survives SIGKILL, and the second run fetches what was missing',
    { tags: ['long'] },
    async () => {
      // Runs without the others too, so it has a home and an account of its own.
      const own = { home: temporaryFolder(), service: service.url };
      const to = temporaryFolder();
      const { email, password } = service.demoAccount;
      const login = ['account', 'login', '--email', email, '--password-stdin'];
      expect(await desk(login, { ...own, input: `${password}\n` })).toMatchObject({ code: 0 });
      const get = ['get', 'ast_aur261094', '--to', to];
      const first = startDesk([...get, '--limit', '60M'], own);
      expect(await first.line(({ type }) => type === 'get')).toEqual({
        type: 'get',
        pid: first.child.pid,
      });
      const seen = (await first.line(
        ({ type, receivedBytes, totalBytes }) =>
          type === 'progress' && Number(receivedBytes) > Number(totalBytes) * 0.4,
      )) as Line & { receivedBytes: number; totalBytes: number };
      first.child.kill('SIGKILL');
      await first.end;
      const [root = ''] = readdirSync(to);
      expect(existsSync(path.join(to, root, '.done'))).toBe(false);

      const second = await desk(get, own);
      const files = second.result['files'] as File[];
      expect(second).toMatchObject({ code: 0, result: { ok: true } });
      expect(
        files.every(
          ({ verified, path: file, bytes }) =>
            verified && path.isAbsolute(file) && statSync(file).size === bytes,
        ),
      ).toBe(true);
      const missing = seen.totalBytes - seen.receivedBytes;
      expect(sum(files, ({ downloadedBytes }) => downloadedBytes)).toBeLessThanOrEqual(
        missing + 8 * 1024 * 1024,
      );
      expect(statSync(path.join(to, root, '.done')).size).toBe(0);
      expect(existsSync(path.join(to, root, 'manifest.json'))).toBe(true);

      const third = await desk(get, own);
      expect([
        third.code,
        sum(third.result['files'] as File[], ({ downloadedBytes }) => downloadedBytes),
      ]).toEqual([0, 0]);
      expect(await desk(['verify', path.join(to, root)], own)).toMatchObject({
        code: 0,
        result: { ok: true },
      });
    },
  );

  test('rights, unknown and withdrawn ids each have their exit code', async () => {
    const restricted = await run(['get', 'ast_aur261147', '--to', folder]);
    expect(restricted).toMatchObject({
      code: 8,
      result: { ok: false, code: 'restriction-unacknowledged' },
    });
    // The third, not in Canada, doesn't touch an account of another country.
    const reasons = restricted.lines.find(({ type }) => type === 'error')?.['reasons'];
    expect((reasons as { kind: string }[]).map(({ kind }) => kind)).toEqual(['platform', 'time']);
    expect(await run(['get', 'ast_nothing', '--to', folder])).toMatchObject({
      code: 7,
      result: { code: 'not-found' },
    });
    const { lines } = await run(['catalogue', 'search', '']);
    const withdrawn = lines.find(({ badges }) =>
      (badges as string[] | undefined)?.includes('withdrawn'),
    );
    expect(
      await run(['get', (withdrawn?.['id'] as string | undefined) ?? 'none', '--to', folder]),
    ).toMatchObject({ code: 7 });
  });

  test('sign-out, and a download that then needs an account', async () => {
    expect(await run(['account', 'logout'])).toMatchObject({
      code: 0,
      result: { signedIn: false },
    });
    expect(await run(['get', 'ast_aur261092', '--to', folder])).toMatchObject({
      code: 3,
      result: { ok: false, code: 'signed-out' },
    });
    expect(
      await run(['account', 'login', '--email', EMAIL, '--password-stdin'], 'wrong-Password-1\n'),
    ).toMatchObject({ code: 3, result: { code: 'invalid-credentials' } });
  });
});

describe('the command line without an account', () => {
  test('fills and searches the catalogue, reads articles', async () => {
    expect(await run(['catalogue', 'sync'])).toMatchObject({
      code: 0,
      result: { ok: true, count: 27 },
    });
    const found = await run(['catalogue', 'search', 'osprey']);
    expect(found.lines.filter(({ type }) => type === 'item').length).toBe(found.result['count']);
    expect(found.result['count']).toBeGreaterThan(0);
    const ids = async (...query: string[]) =>
      (await run(['catalogue', 'search', ...query])).lines.flatMap(({ id }) => id ?? []);
    const dutch = await ids('pays:Pays-Bas', 'type:b-roll,edited');
    expect(dutch.length).toBeGreaterThan(1);
    expect(await ids('--sort', 'oldest', 'country:NL type:b-roll,edited')).toEqual(
      dutch.toReversed(),
    );
    expect(await ids('osprey -country:NL')).toEqual(found.lines.flatMap(({ id }) => id ?? []));
    // A script must not get more than it asked for.
    for (const [query, instead] of [
      ['duraton:<60', 'duration'],
      ['country:Netherland', 'NL'],
      ['date:yesteryear', '2026-11-20'],
      ['duration:long', '<60'],
      ['has:', 'needs a value'],
    ] as const) {
      const refused = await run(['catalogue', 'search', query]);
      expect(refused).toMatchObject({ code: 2, result: { code: 'usage' } });
      expect(refused.result['message']).toContain(instead);
    }
    expect(await run(['articles', 'sync'])).toMatchObject({
      code: 0,
      result: { ok: true, count: 20 },
    });
    const [article] = (await run(['articles', 'list'])).lines;
    expect(await run(['articles', 'show', String(article?.['id'])])).toMatchObject({
      code: 0,
      result: { count: 1 },
    });
  });

  test('says what is wrong with a call, a service and a home', async () => {
    expect(await desk(['catalogue', 'sync'], { home: temporaryFolder() })).toMatchObject({
      code: 2,
      result: { code: 'usage' },
    });
    expect(
      await desk(['catalogue', 'sync'], { home: temporaryFolder(), service: 'http://127.0.0.1:9' }),
    ).toMatchObject({ code: 4, result: { ok: false, code: 'service-unreachable' } });
    expect(await run(['catalogue', 'sing'])).toMatchObject({ code: 2, result: { code: 'usage' } });
    expect(await run([])).toMatchObject({
      code: 2,
      result: { code: 'usage', message: 'No command given. See desk --help.' },
    });
    expect(await run(['catalogue', 'show', 'ast_nothing'])).toMatchObject({
      code: 7,
      result: {
        ok: false,
        code: 'not-found',
        message: expect.stringMatching(/^Nothing is called /u) as string,
      },
    });
    const held = startDesk(['station'], { home, service: service.url });
    await held.line(({ type }) => type === 'station');
    expect(await run(['station'])).toMatchObject({
      code: 2,
      result: { code: 'home-in-use' },
    });
    held.child.kill('SIGTERM');
    expect(await held.end).toMatchObject({ code: 0, result: { type: 'result', ok: true } });
    expect(await run(['account', 'status'])).toMatchObject({ code: 0 });
  });

  test('says so where no home can be made', async () => {
    // Under /proc, mkdir refuses with ENOENT though the parent is there, as some automounted shares
    // do.
    const places = [
      path.join(import.meta.filename, 'home'),
      ...(process.platform === 'linux' ? ['/proc/home'] : []),
    ];
    for (const place of places) {
      expect(await desk(['queue', 'list'], { home: place })).toMatchObject({
        code: 6,
        result: { ok: false, code: 'disk-error' },
      });
      const { lines } = await desk(['doctor'], { home: place });
      expect(lines.find(({ name }) => name === 'disk')).toMatchObject({
        ok: false,
        advice: expect.stringContaining('--home') as string,
      });
    }
  });

  test('a reader that goes away changes neither the work nor the exit code', async () => {
    const command = startDesk(['get', `${service.url}/nothing.mov`, '--to', folder], { home });
    await command.line(({ type }) => type === 'get');
    const exit = once(command.child, 'exit');
    command.child.stdout?.destroy();
    expect(await exit).toEqual([7, null]);
  });

  test('doctor looks at the service that was chosen in the home', async () => {
    const chosen = temporaryFolder();
    writeFileSync(
      path.join(chosen, 'settings.json'),
      JSON.stringify({ serviceUrl: 'http://127.0.0.1:9' }),
    );
    const { lines } = await desk(['doctor'], { home: chosen });
    expect(lines.find(({ name }) => name === 'service')).toMatchObject({
      ok: false,
      found: expect.stringContaining('127.0.0.1:9') as string,
    });
  });

  test('without a keychain it says so before anything is sent', async () => {
    const { DBUS_SESSION_BUS_ADDRESS: _bus, ...env } = process.env;
    const refused = await desk(['account', 'login', '--email', EMAIL, '--password-stdin'], {
      home: temporaryFolder(),
      service: service.url,
      input: `${PASSWORD}\n`,
      env: { ...env, XDG_RUNTIME_DIR: '/nonexistent' },
    });
    expect(refused).toMatchObject({ code: 3, result: { ok: false, code: 'keychain-absent' } });
  });
});

test('an old Node gets a sentence, in the way that was asked for', () => {
  const old =
    'data:text/javascript,Object.defineProperty(globalThis,"process",{value:Object.create(process,{versions:{value:{node:"20.1.0"}}})})';
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['--import', old, program('desk'), ...args], { encoding: 'utf8' });
  expect(run('--version')).toMatchObject({
    status: 2,
    stdout: '',
    stderr: expect.stringMatching(
      /^desk: This is Node 20\.1\.0\. Multimedia Desk needs 24 or newer\./u,
    ) as string,
  });
  const { status, stdout } = run('get', 'x', '--json');
  expect([status, JSON.parse(stdout)]).toMatchObject([
    2,
    { type: 'result', ok: false, code: 'usage' },
  ]);
});

test.each([
  ['queue', 'list'],
  ['get', 'http://127.0.0.1:9/..%2fa.mov', '--to', folder],
])('damage is said on stderr, once, and stdout stays as it is: %s %s', (...args) => {
  const damaged = temporaryFolder();
  writeFileSync(path.join(damaged, 'settings.json'), '{"theme":');
  const runAgain = () =>
    spawnSync(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        program('desk'),
        ...args,
        '--json',
        '--home',
        damaged,
      ],
      { encoding: 'utf8' },
    );
  const { stdout, stderr } = runAgain();
  const aside =
    readdirSync(damaged).find((name) => name.startsWith('settings.json.damaged-')) ?? 'none';
  expect(stderr).toBe(
    `desk: The settings were damaged. Set aside as ${path.join(damaged, aside)}\n`,
  );
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as Line).type)
      .at(-1),
  ).toBe('result');
  expect(runAgain().stderr).toBe('');
});
