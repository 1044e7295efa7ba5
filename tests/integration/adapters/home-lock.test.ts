import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { lockHome } from '../../../src/main/adapters/sqlite/home-lock.ts';
import { desk } from '../../support/app/desk.ts';
import { killAndStartAgain } from '../../support/app/home-kills.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const module = JSON.stringify(
  new URL('../../../src/main/adapters/sqlite/home-lock.ts', import.meta.url).href,
);
const isWindows = process.platform === 'win32';
const children: ChildProcess[] = [];
const releases: (() => void)[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const release of releases.splice(0)) release();
});

/** A process that wants the home, and keeps what it got until it is ended. */
function contender(home: string, afterwards = ''): { child: ChildProcess; said: Promise<string> } {
  const script = `const { lockHome } = await import(${module}); try { lockHome(${JSON.stringify(home)}); globalThis.gc(); ${afterwards} console.log('mine'); } catch (e) { console.log(e.code); } process.stdin.resume();`;
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--expose-gc', '--input-type=module', '-e', script],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  children.push(child);
  return {
    child,
    said: new Promise((resolve) =>
      child.stdout?.once('data', (data: Buffer) => resolve(data.toString().trim())),
    ),
  };
}
/** Like `/dev/zero`. Only root may make one, and not in every container. */
const aDevice = (file: string): string[] => [file, 'c', '1', '5'];
const gone = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => child.once('exit', () => resolve()));

test('a home has one owner at a time, and is free again when it lets go', () => {
  const home = temporaryFolder();
  const release = lockHome(home);
  expect(() => lockHome(home)).toThrow(
    expect.objectContaining({
      code: 'home-in-use',
      message: expect.stringContaining(`(process ${process.pid})`),
    }),
  );
  release();
  release();
  // The file stays: whoever removes a lock may remove that of another.
  expect(readdirSync(home)).toEqual(['home.lock']);
  releases.push(lockHome(home));
  release();
  expect(() => lockHome(home)).toThrow(expect.objectContaining({ code: 'home-in-use' }));
});

test('of many that come at once, one gets the home', async () => {
  const home = temporaryFolder();
  const said = await Promise.all(Array.from({ length: 6 }, () => contender(home).said));
  expect(said.toSorted()).toEqual([...Array.from({ length: 5 }, () => 'home-in-use'), 'mine']);
});

describe.skipIf(isWindows)('whoever is killed leaves the home free at once', () => {
  // 100 times in tests/long.
  test('3 times of 3, while the killed one is still in the list of processes', async () => {
    expect(await killAndStartAgain(temporaryFolder(), 3)).toEqual({
      started: 3,
      zombies: 3,
      refused: [],
    });
  });

  test('also when a program it has started lives on', async () => {
    const home = temporaryFolder();
    const { child, said } = contender(
      home,
      `const { spawn } = await import('node:child_process'); spawn('sleep', ['60'], { detached: true, stdio: 'ignore' }).unref();`,
    );
    expect(await said).toBe('mine');
    const ended = gone(child);
    child.kill('SIGKILL');
    await ended;
    releases.push(lockHome(home));
    expect(readFileSync(path.join(home, 'home.json'), 'utf8')).toBe(
      JSON.stringify({ pid: process.pid }),
    );
  });

  test('one that is only stopped keeps it', async () => {
    const home = temporaryFolder();
    const { child, said } = contender(home);
    expect(await said).toBe('mine');
    child.kill('SIGSTOP');
    expect((await desk(['account', 'status'], { home })).result).toMatchObject({
      ok: false,
      code: 'home-in-use',
      message: expect.stringContaining(`(process ${child.pid})`),
    });
  });
});

const NOTES: [string, string[], string][] = [
  ['the pid of a process that lives', [], JSON.stringify({ pid: process.ppid })],
  ['rubbish', ['long'], '{"pid":'],
  ['a pid that is none', ['long'], JSON.stringify({ pid: 'x; rm -rf /' })],
  ['nothing', ['long'], ''],
  ['too much', ['long'], 'x'.repeat(1_000_000)],
];
for (const [what, tags, note] of NOTES)
  test(`what the note beside the lock says keeps nobody out: ${what}`, { tags }, async () => {
    const home = temporaryFolder();
    writeFileSync(path.join(home, 'home.json'), note);
    releases.push(lockHome(home));
    writeFileSync(path.join(home, 'home.json'), note);
    const { code, message } = (await desk(['account', 'status'], { home })).result;
    expect(code).toBe('home-in-use');
    expect(message).toBe(
      `Another Multimedia Desk${note.includes(`:${process.ppid}`) ? ` (process ${process.ppid})` : ''} is using ${home}. Close it, or use another folder with --home.`,
    );
  });

describe.skipIf(isWindows)(
  'something else in the place of the lock is said at once, through the program',
  () => {
    test.each<[string, (file: string) => void]>([
      ['a folder', (file) => mkdirSync(file)],
      ['a link that leads nowhere', (file) => symlinkSync('/nowhere/at/all', file)],
      [
        'a link to another file',
        (file) => {
          writeFileSync(`${file}.other`, '');
          symlinkSync(`${file}.other`, file);
        },
      ],
      ['a FIFO, which would block whoever opens it', (file) => void execFileSync('mkfifo', [file])],
      ...(spawnSync('mknod', aDevice(path.join(temporaryFolder(), 'device'))).status === 0
        ? [
            ['a device', (file: string) => void execFileSync('mknod', aDevice(file))] as [
              string,
              (file: string) => void,
            ],
          ]
        : []),
      ['a file with something in it', (file) => writeFileSync(file, 'mine')],
    ])('%s', async (_what, plant) => {
      const home = temporaryFolder();
      const file = path.join(home, 'home.lock');
      plant(file);
      const { code, result } = await desk(['account', 'status'], { home });
      expect([code, result]).toEqual([
        6,
        {
          type: 'result',
          ok: false,
          code: 'disk-error',
          message: `${file} isn’t a lock of Multimedia Desk. Remove it, or use another folder with --home.`,
        },
      ]);
    });

    test('a folder or a FIFO in the place of the note does not matter', () => {
      for (const plant of [
        (file: string) => mkdirSync(file),
        (file: string) => void execFileSync('mkfifo', [file]),
      ]) {
        const home = temporaryFolder();
        plant(path.join(home, 'home.json'));
        releases.push(lockHome(home));
        expect(() => lockHome(home)).toThrow(expect.objectContaining({ code: 'home-in-use' }));
      }
    });

    test('the note is never written through a link', () => {
      const home = temporaryFolder();
      const other = path.join(temporaryFolder(), 'precious');
      writeFileSync(other, 'kept');
      linkSync(other, path.join(home, 'home.json'));
      releases.push(lockHome(home));
      expect(readFileSync(other, 'utf8')).toBe('kept');
    });

    test.skipIf(process.getuid?.() !== 0)('a lock left by another user', async () => {
      const home = temporaryFolder();
      const file = path.join(home, 'home.lock');
      writeFileSync(file, '', { mode: 0o600 });
      chmodSync(home, 0o777);
      const script = `const { lockHome } = await import(${module}); try { lockHome(${JSON.stringify(home)}); } catch (e) { console.log(e.code, e.message); }`;
      const said = execFileSync(
        process.execPath,
        [
          '--disable-warning=ExperimentalWarning',
          '--input-type=module',
          '-e',
          `process.setuid(65534); ${script}`,
        ],
        { encoding: 'utf8', cwd: '/' },
      );
      expect(said.trim()).toBe(
        `not-permitted ${file} can’t be opened (EACCES). It belongs to another user. Remove it, or use another folder with --home.`,
      );
    });
  },
);

test.skipIf(isWindows)(
  'the lock and its note are for their owner only, whatever the umask and the modes before',
  () => {
    const home = temporaryFolder();
    const lock = path.join(home, 'home.lock');
    const before = process.umask(0);
    try {
      releases.push(lockHome(home));
    } finally {
      process.umask(before);
    }
    expect([lock, path.join(home, 'home.json')].map((file) => statSync(file).mode & 0o777)).toEqual(
      [0o600, 0o600],
    );
    for (const release of releases.splice(0)) release();
    chmodSync(lock, 0o644);
    releases.push(lockHome(home));
    expect(statSync(lock).mode & 0o777).toBe(0o600);
    expect([statSync(lock).size, existsSync(`${lock}-journal`)]).toEqual([0, false]);
  },
);

test('a home that is no folder is said to be so', () => {
  const file = path.join(temporaryFolder(), 'a-file');
  writeFileSync(file, '');
  for (const home of [file, path.join(file, 'below')])
    expect(() => lockHome(home)).toThrow(
      expect.objectContaining({ code: 'disk-error', message: expect.stringContaining(home) }),
    );
});

test.skipIf(process.getuid?.() !== 0).each([0o500, 0o000])(
  'a home with mode %o is said to be one that cannot be written to, before anything in it is',
  (mode) => {
    const home = temporaryFolder();
    execFileSync('chown', ['65534', home]);
    chmodSync(home, mode);
    const script = `process.setuid(65534); const { ensureHome } = await import(${module}); try { await ensureHome(${JSON.stringify(home)}); } catch (e) { console.log(e.code, e.message); }`;
    const said = execFileSync(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script],
      { encoding: 'utf8', cwd: '/' },
    );
    expect(said.trim()).toBe(
      `not-permitted ${home} can’t be written to (EACCES). Change its permissions, or use another folder with --home.`,
    );
  },
);
