import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { serveHomeSocket, type Peer } from '../../../src/main/adapters/home-socket.ts';
import { desk, deskText, startDesk, type Command, type Run } from '../../support/app/desk.ts';
import { content, Origin } from '../../support/engine/origin.ts';
import { PASSWORD, startDemo, type DemoService } from '../../support/service/demo.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const EMAIL = 'ingest@host.example';
const SIZE = 3_000_000;

let service: DemoService;
let origin: Origin;
beforeAll(async () => {
  [service, origin] = await Promise.all([startDemo(), Origin.start()]);
});
afterAll(async () => {
  await Promise.all([service.close(), origin.stop()]);
});

/** A home whose secrets are in a file, with what it needs to be opened. */
function newHome() {
  const home = temporaryFolder();
  const key = path.join(temporaryFolder(), 'key');
  writeFileSync(key, randomBytes(32), { mode: 0o600 });
  return { home, credentials: ['--credentials', 'file', '--credential-key', key] };
}

/** Starts `desk station`, and ends it with the test. */
async function startStation(home: string, ...args: string[]): Promise<Command> {
  const station = startDesk(['station', ...args], { home, service: service.url });
  onTestFinished(async () => {
    station.child.kill('SIGKILL');
    await station.end;
  });
  await station.line(({ type }) => type === 'station');
  return station;
}

/** A file of the origin that nothing else asks for. */
let files = 0;
function newFile(bytes = SIZE): { url: string; name: string } {
  files += 1;
  const name = `clip-${files}.mov`;
  origin.serve(`/${name}`, content(bytes, files));
  return { url: `${origin.url}/${name}`, name };
}

type Item = { id: string; title: string; state: { phase: string }; limitBytesPerSecond: number };
const rows = async (home: string): Promise<Item[]> =>
  (await desk(['queue', 'list'], { home })).lines.filter(
    ({ type }) => type === 'item',
  ) as unknown as Item[];
const phaseOf = async (home: string, title: string): Promise<string | undefined> =>
  (await rows(home)).find((row) => row.title === title)?.state.phase;
const isOnItsWay = ({ type, receivedBytes }: { type: string; receivedBytes?: unknown }): boolean =>
  type === 'progress' && Number(receivedBytes) > 0;

/** What each line is and has. */
const shapeOf = ({ code, lines }: Run) => ({
  code,
  lines: [...new Set(lines.map((line) => Object.keys(line).toSorted().join(' ')))].toSorted(),
  types: [...new Set(lines.map(({ type }) => type))],
});

describe('while desk station uses the home', () => {
  test('each command answers as it does alone', { tags: ['long'] }, async () => {
    const { home, credentials } = newHome();
    const folder = temporaryFolder();
    const cwd = temporaryFolder();
    const run = (args: string[]) => desk(args, { home, cwd });
    const named = { home, service: service.url };
    expect(await desk(['catalogue', 'sync', ...credentials], named)).toMatchObject({ code: 0 });
    await desk(['articles', 'sync'], named);
    const { url } = newFile();
    expect(await run(['get', url, '--to', folder])).toMatchObject({ code: 0 });
    const id = (await rows(home))[0]?.id ?? '';
    const commands = [
      ['queue', 'list'],
      ['queue', 'list', '--removed'],
      ['queue', 'list', '--search', 'clip'],
      ['queue', 'set', id, '--urgent'],
      ['queue', 'set', id],
      ['queue', 'retry', 'trf_none'],
      ['queue', 'run'],
      ['queue', 'report', id, '--to', 'report.json'],
      ['queue', 'export', '--to', 'queue.meta4'],
      ['queue', 'export', '--to', 'queue.exe'],
      ['account', 'status'],
      ['account', 'sessions'],
      ['catalogue', 'search', 'osprey'],
      ['catalogue', 'search', 'duraton:<60'],
      ['catalogue', 'show', 'ast_nothing'],
      ['articles', 'list', 'is:unread'],
      ['articles', 'feed', 'list'],
      ['auto-fetch', 'list'],
      ['format', 'list'],
      ['format', 'export', 'broadcast'],
      ['history', 'list', '--look'],
      ['keys', 'list'],
      ['ledger', 'list'],
      ['ledger', 'check'],
      ['ledger', 'export', '--to', 'ledger.jsonl'],
      ['network', 'show'],
      ['newsroom'],
      ['policy'],
      ['recall', 'list'],
      ['saved', 'list'],
      ['saved', 'export', '--to', 'searches.json'],
      ['source', 'list'],
      ['verify', folder],
      ['verify', path.join(folder, 'nothing')],
      ['repair', folder],
      ['doctor'],
      ['get', 'ast_nothing', '--to', folder],
      ['get', `${origin.url}/nothing.mov`, '--to', folder],
    ];
    // The service is chosen in the home, as in a station's settings.
    const settings = path.join(home, 'settings.json');
    const stored = existsSync(settings)
      ? (JSON.parse(readFileSync(settings, 'utf8')) as Record<string, unknown>)
      : {};
    writeFileSync(settings, JSON.stringify({ ...stored, serviceUrl: service.url }));
    const alone = new Map<string, Run>();
    for (const args of commands) alone.set(args.join(' '), await run(args));
    await startStation(home);
    for (const args of commands) {
      const name = args.join(' ');
      const told = await run(args);
      const expected = shapeOf(alone.get(name) as Run);
      expect([name, shapeOf(told)]).toEqual([name, expected]);
      const own = alone.get(name)?.result;
      expect([name, told.result['code']]).toEqual([name, own?.['code']]);
    }
    // For people too.
    const text = await deskText(['queue', 'list'], { home });
    expect(text).toMatchObject({ code: 0, err: '' });
    expect(text.out.split('\n')).toHaveLength((await rows(home)).length + 1);
  });

  test('an account signs in with a password from standard input, for the pages too, and out', async () => {
    const { home, credentials } = newHome();
    await startStation(home, ...credentials);
    const run = (args: string[], input?: string) =>
      desk(args, { home, ...(input === undefined ? {} : { input }) });
    const details =
      `account register --email ${EMAIL} --name Ingest --organisation Station --country be --accept-terms --password-stdin`.split(
        ' ',
      );
    expect(await run(details, '\n')).toMatchObject({ code: 2, result: { code: 'usage' } });
    expect(await run(details, `${PASSWORD}\n`)).toMatchObject({ code: 0 });
    const { code } = await service.nextMail(EMAIL);
    expect(await run(['account', 'verify', '--code', code ?? ''])).toMatchObject({ code: 0 });
    expect(await run(['account', 'logout'])).toMatchObject({ result: { signedIn: false } });
    const login = ['account', 'login', '--email', EMAIL, '--password-stdin'];
    expect(await run(login, 'Wrong-Password7\n')).toMatchObject({ code: 3 });
    expect(await run(login, `${PASSWORD}\n`)).toMatchObject({
      code: 0,
      result: { signedIn: true, email: EMAIL },
    });
    expect(await run(['account', 'status'])).toMatchObject({ result: { signedIn: true } });
    const folder = temporaryFolder();
    expect(await run(['get', 'ast_aur261094', '--to', folder])).toMatchObject({ code: 0 });
    expect(readdirSync(path.join(folder, readdirSync(folder)[0] ?? ''))).toContain('.done');
  });

  test('documents are those of the caller, by relative names; downloads lie where the caller said', async () => {
    const { home } = newHome();
    await startStation(home);
    const cwd = temporaryFolder();
    mkdirSync(path.join(cwd, 'sub'));
    const run = (...args: string[]) => desk(args, { home, cwd });
    const { url, name } = newFile();
    expect(await run('get', url, '--to', 'downloads')).toMatchObject({ code: 0 });
    expect(readFileSync(path.join(cwd, 'downloads', name)).byteLength).toBe(SIZE);
    for (const args of [
      ['ledger', 'export'],
      ['ledger', 'export', '--to', 'sub/own.jsonl'],
      ['report'],
      ['report', '--to', 'sub/report.txt'],
      ['queue', 'export', '--to', './sub/queue.json'],
      ['saved', 'export', '--to', 'sub/saved.json'],
      ['format', 'export', 'broadcast', '--to', 'sub/formats.json'],
    ])
      expect([args, await run(...args)]).toMatchObject([args, { code: 0 }]);
    expect(readdirSync(cwd)).toEqual([
      'downloads',
      expect.stringMatching(/^ledger-[\d-]+\.jsonl$/u),
      expect.stringMatching(/^multimedia-desk-report-[\d-]+\.txt$/u),
      'sub',
    ]);
    expect(readdirSync(path.join(cwd, 'sub'))).toEqual([
      'formats.json',
      'own.jsonl',
      'queue.json',
      'report.txt',
      'saved.json',
    ]);
    // What is there is replaced only where that is said.
    expect(await run('report', '--to', 'sub/report.txt')).toMatchObject({
      code: 6,
      result: { code: 'exists' },
    });
    expect(await run('ledger', 'check', 'sub/own.jsonl')).toMatchObject({ code: 0 });
    expect(await run('queue', 'import', 'sub/none.json')).toMatchObject({
      code: 7,
      result: { code: 'not-found', message: expect.stringContaining(cwd) as string },
    });
    expect(await run('format', 'import', 'sub/formats.json')).toMatchObject({ code: 0 });
    const queue = path.join(cwd, 'sub/queue.json');
    expect(readFileSync(queue, 'utf8')).toContain(url);
    const list = newFile();
    writeFileSync(path.join(cwd, 'sub/list.txt'), `${list.url}\n`);
    expect(await run('queue', 'import', 'sub/list.txt', '--to', 'imported')).toMatchObject({
      code: 0,
      result: { count: 1 },
    });
    // Nothing else has to run.
    await expect.poll(() => phaseOf(home, 'list.txt')).toBe('done');
    expect(existsSync(path.join(cwd, 'imported', list.name))).toBe(true);
    expect(await run('articles', 'sync')).toMatchObject({ code: 0 });
    const exported = await run('articles', 'export', '--all', '--format', 'html', '--to', 'out');
    expect(exported).toMatchObject({ code: 0, result: { path: path.join(cwd, 'out') } });
    expect(readdirSync(path.join(cwd, 'out')).length).toBeGreaterThanOrEqual(
      Number(exported.result['files']),
    );
    const own = newFile();
    writeFileSync(
      path.join(cwd, 'sub/one.meta4'),
      `<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="one.mov"><url>${own.url}</url></file></metalink>`,
    );
    expect(await run('get', 'sub/one.meta4', '--to', 'downloads')).toMatchObject({ code: 0 });
    expect(existsSync(path.join(cwd, 'downloads/one.mov'))).toBe(true);
  });

  test('a port that is taken is said, with what to do', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as AddressInfo;
    expect(await desk(['station', '--port', String(port)], newHome())).toMatchObject({
      code: 2,
      result: { code: 'usage', message: expect.stringContaining(`Port ${port} is in use already`) },
    });
  });

  test('several at once; an interrupted one says that its download continues, and it does; so does that of a killed one', async () => {
    const { home } = newHome();
    await startStation(home);
    const folder = temporaryFolder();
    const [one, other] = [newFile(), newFile()];
    const get = ({ url }: { url: string }) =>
      startDesk(['get', url, '--to', folder, '--limit', '300K'], { home });
    const [first, second] = [get(one), get(other)];
    expect(await first.line(({ type }) => type === 'get')).toEqual({
      type: 'get',
      pid: first.child.pid,
    });
    await Promise.all([first.line(isOnItsWay), second.line(isOnItsWay)]);
    const running = await rows(home);
    expect(running.map(({ state }) => state.phase)).toEqual(['running', 'running']);
    const firstId = running.find(({ title }) => title === one.name)?.id;
    first.child.kill('SIGINT');
    expect(await first.end).toMatchObject({
      code: 130,
      result: {
        code: 'cancelled',
        message: `Interrupted. desk station continues downloading. Pause it with: desk queue pause ${firstId}`,
      },
    });
    second.child.kill('SIGKILL');
    await second.end;
    for (const { id } of await rows(home))
      expect(await desk(['queue', 'set', id, '--limit', 'none'], { home })).toMatchObject({
        code: 0,
      });
    for (const { name } of [one, other]) {
      await expect.poll(() => phaseOf(home, name)).toBe('done');
      expect(readFileSync(path.join(folder, name)).byteLength).toBe(SIZE);
    }
  });

  test(
    'what a command changes is the download it names, never how the queue runs',
    { tags: ['long'] },
    async () => {
      const { home } = newHome();
      await startStation(home);
      const folder = temporaryFolder();
      const lists = temporaryFolder();
      const slow = newFile(60_000_000);
      const waiting = startDesk(['get', slow.url, '--to', folder, '--limit', '200K'], { home });
      await waiting.line(isOnItsWay);
      const id = (await rows(home))[0]?.id ?? '';
      /** Others are still downloaded, all of them at once and as fast as before. */
      async function expectRunning(after: string): Promise<void> {
        const [one, other] = [newFile(), newFile()];
        for (const { url, name } of [one, other]) {
          const list = path.join(lists, `${name}.txt`);
          writeFileSync(list, `${url}\n`);
          expect(await desk(['queue', 'import', list, '--to', folder], { home })).toMatchObject({
            code: 0,
            result: { count: 1 },
          });
        }
        for (const { name } of [one, other])
          await expect
            .poll(async () => [after, await phaseOf(home, `${name}.txt`)])
            .toEqual([after, 'done']);
      }
      for (const args of [
        ['set', id, '--urgent'],
        ['set', id, '--not-urgent', '--limit', '300K'],
        ['pause', id],
        ['resume', id],
        ['retry'],
        ['clear'],
        ['export', '--to', path.join(folder, 'queue.json')],
        ['list'],
      ]) {
        expect([args, await desk(['queue', ...args], { home })]).toMatchObject([args, { code: 0 }]);
        await expectRunning(args.join(' '));
      }
      // All are paused as by the button on the page, and resumed.
      expect(await desk(['queue', 'pause'], { home })).toMatchObject({ code: 0 });
      expect(await desk(['get', newFile().url, '--to', folder], { home })).toMatchObject({
        code: 2,
        result: { code: 'usage' },
      });
      expect(await desk(['queue', 'resume'], { home })).toMatchObject({ code: 0 });
      await expectRunning('resume');
      expect((await rows(home)).find((row) => row.id === id)).toMatchObject({
        limitBytesPerSecond: 300 * 1024,
      });
      expect(await desk(['queue', 'set', id, '--limit', 'none'], { home })).toMatchObject({
        code: 0,
      });
      expect(await waiting.end).toMatchObject({ code: 0 });
      // What somebody has paused stays so; nothing is told to be run again.
      const held = newFile();
      const get = startDesk(['get', held.url, '--to', folder, '--limit', '200K'], { home });
      await get.line(isOnItsWay);
      const paused = (await rows(home)).find(({ title }) => title === held.name)?.id ?? '';
      await desk(['queue', 'pause', paused], { home });
      expect(await desk(['queue', 'run'], { home })).toMatchObject({ code: 0 });
      expect(await phaseOf(home, held.name)).toBe('paused');
      expect(await deskText(['queue', 'resume', paused], { home })).toMatchObject({
        out: '1 download resumed\n',
      });
      await desk(['queue', 'cancel', paused], { home });
      expect(await get.end).toMatchObject({ code: 130, result: { code: 'cancelled' } });
      expect(
        await desk(['get', held.url, '--to', folder, '--connections', '2'], { home }),
      ).toMatchObject({ code: 2, result: { code: 'usage' } });
    },
  );

  test('settings of a command reach the queue that runs', async () => {
    const { home } = newHome();
    await startStation(home);
    expect(await desk(['newsroom', '--territory', 'FR', '--hold', 'off'], { home })).toMatchObject({
      code: 0,
      result: { territory: 'FR', holdUnderEmbargo: false },
    });
    expect(await desk(['newsroom'], { home })).toMatchObject({ result: { territory: 'FR' } });
  });

  test('another service, another place of tokens, and a second station are refused with what to do', async () => {
    const { home, credentials } = newHome();
    await startStation(home, ...credentials);
    const run = (...args: string[]) => desk(args, { home });
    for (const [args, said] of [
      [
        ['--service', 'https://other.example'],
        `desk station uses ${service.url}. Leave out --service`,
      ],
      [['--demo'], 'Leave out --demo, choose the demo in its settings, or stop it first.'],
      [['--credentials', 'keychain'], 'Leave out --credentials'],
      [['--credentials', 'file', '--credential-key', '/other'], 'Leave out --credentials'],
    ] as const)
      expect([args, await run('queue', 'list', ...args)]).toMatchObject([
        args,
        {
          code: 2,
          result: { code: 'usage', message: expect.stringContaining(said) as string },
        },
      ]);
    expect(
      await desk(['queue', 'list'], {
        home,
        env: { ...process.env, MULTIMEDIA_DESK_SERVICE: 'https://other.example' },
      }),
    ).toMatchObject({
      code: 2,
      result: { message: expect.stringContaining('MULTIMEDIA_DESK_SERVICE') as string },
    });
    expect(await run('queue', 'list', '--service', service.url, ...credentials)).toMatchObject({
      code: 0,
    });
    expect(await run('station')).toMatchObject({
      code: 2,
      result: {
        code: 'home-in-use',
        message: expect.stringContaining('desk station link') as string,
      },
    });
    expect(await run('station', 'link')).toMatchObject({ code: 0 });
  });
});

/** Serves a home in place of a station of this version. */
async function serveInstead(
  home: string,
  onMessage: (head: { type: string; error?: { code: string } }, peer: Peer) => void,
): Promise<void> {
  const { version } = JSON.parse(
    readFileSync(path.resolve(import.meta.dirname, '../../../package.json'), 'utf8'),
  ) as { version: string };
  const server = await serveHomeSocket(
    home,
    { about: { version, kind: 'station' }, patienceMs: 60_000, maxBytes: 100_000 },
    (peer) => ({
      onMessage: ({ head }) => onMessage(head as Parameters<typeof onMessage>[0], peer),
      onClose: () => undefined,
    }),
  );
  onTestFinished(() => server.close());
}

describe('a host that goes away, or is none of ours', () => {
  for (const signal of ['SIGKILL', 'SIGTERM'] as const)
    test(`ends its commands with an error: ${signal}`, { tags: ['long'] }, async () => {
      const { home } = newHome();
      const station = await startStation(home);
      const { url, name } = newFile();
      const folder = temporaryFolder();
      const get = startDesk(['get', url, '--to', folder, '--limit', '200K'], { home });
      await get.line(isOnItsWay);
      station.child.kill(signal);
      expect(await get.end).toMatchObject({
        code: 130,
        result: {
          ok: false,
          code: 'cancelled',
          message: 'desk station has ended, and this command with it. Run the same command again.',
        },
      });
      await station.end;
      // Alone, it resumes.
      expect(await desk(['get', url, '--to', folder], { home })).toMatchObject({ code: 0 });
      expect(readFileSync(path.join(folder, name)).byteLength).toBe(SIZE);
    });

  test('of another version says so', async () => {
    const home = temporaryFolder();
    const server = await serveHomeSocket(
      home,
      { about: { version: '0.0.1', kind: 'desktop' }, patienceMs: 60_000, maxBytes: 1000 },
      () => ({ onMessage: () => undefined, onClose: () => undefined }),
    );
    onTestFinished(() => server.close());
    expect(await desk(['queue', 'list'], { home })).toMatchObject({
      code: 2,
      result: {
        code: 'home-in-use',
        message: expect.stringMatching(
          /^The app 0\.0\.1 is using .*Restart the app, then run the same command again\.$/u,
        ) as string,
      },
    });
    expect(await desk(['station', 'link'], { home })).toMatchObject({
      code: 7,
      result: { code: 'not-found', message: expect.stringContaining('window') as string },
    });
  });

  test('a password that is asked for when it ends keeps nobody waiting', async () => {
    const home = temporaryFolder();
    await serveInstead(home, (_head, peer) => {
      peer.send({ type: 'call', id: 1, name: 'readLines', args: ['password'] });
      peer.end();
    });
    const login = startDesk(['account', 'login', '--email', EMAIL, '--password-stdin'], {
      home,
      keepsInput: true,
    });
    expect(await login.end).toMatchObject({ code: 130, result: { code: 'cancelled' } });
  });

  type Call = { name: string; args: string[] };
  /** Serves a home as an attacker does. @returns the codes of what its calls were refused with */
  async function serveHostile(home: string, calls: readonly Call[]): Promise<(string | null)[]> {
    const answers: (string | null)[] = [];
    await serveInstead(home, ({ type, error }, peer) => {
      if (type === 'answer') answers.push(error?.code ?? null);
      const next = calls[answers.length];
      if (next) peer.send({ type: 'call', id: answers.length, ...next }, Buffer.from('theirs'));
      else peer.send({ type: 'end', code: 0 });
    });
    return answers;
  }

  test('gets no other file than the command line names, and for nothing else', async () => {
    const home = temporaryFolder();
    const cwd = temporaryFolder();
    for (const name of ['secret', 'list.json']) writeFileSync(path.join(cwd, name), name);
    const calls = [
      { name: 'read', args: ['secret'] },
      { name: 'read', args: ['named/../secret'] },
      { name: 'look', args: ['secret'] },
      { name: 'write', args: ['secret'] },
      { name: 'write', args: ['.bashrc'] },
      // It is named to be read.
      { name: 'write', args: ['list.json'] },
      { name: 'writeNew', args: ['.', 'new'] },
      { name: 'writeNew', args: ['named/..', 'new'] },
      { name: 'writeNew', args: ['named', '../new'] },
      { name: 'nothing', args: [] },
    ];
    const answers = await serveHostile(home, calls);
    const run = (...args: string[]) => desk(args, { home, cwd });
    expect(await run('queue', 'import', 'list.json', '--to', 'named')).toMatchObject({ code: 0 });
    expect(answers).toEqual(calls.map(() => 'forbidden'));
    expect(readdirSync(cwd)).toEqual(['list.json', 'secret']);
    expect(readFileSync(path.join(cwd, 'secret'), 'utf8')).toBe('secret');
    expect(readFileSync(path.join(cwd, 'list.json'), 'utf8')).toBe('list.json');
  });

  test.skipIf(process.getuid?.() !== 0)(
    'of another user leads root nowhere by links in folders of that user',
    async () => {
      const [home, theirs, secret] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
      writeFileSync(path.join(secret, 'shadow'), 'root:…');
      symlinkSync(secret, path.join(theirs, 'link'));
      symlinkSync(path.join(secret, 'shadow'), path.join(theirs, 'list.json'));
      const answers = await serveHostile(home, [
        { name: 'read', args: ['list.json'] },
        { name: 'writeNew', args: ['link', 'cron'] },
        { name: 'write', args: ['.'] },
        { name: 'look', args: ['link/shadow'] },
      ]);
      execFileSync('chown', ['-Rh', '65534', home, theirs]);
      await desk(['queue', 'import', 'list.json', '--to', theirs], { home, cwd: theirs });
      expect(answers).toEqual(Array.from({ length: 4 }, () => 'forbidden'));
      expect(readdirSync(secret)).toEqual(['shadow']);
    },
  );

  test('leaves a home that a command uses alone as it was', { tags: ['long'] }, async () => {
    const home = temporaryFolder();
    const { url } = newFile();
    const get = startDesk(['get', url, '--to', temporaryFolder(), '--limit', '300K'], { home });
    await get.line(isOnItsWay);
    expect(await desk(['queue', 'list'], { home })).toMatchObject({
      code: 2,
      result: { code: 'home-in-use' },
    });
    expect(await get.end).toMatchObject({ code: 0 });
  });
});
