import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { desk, startDesk } from '../../support/app/desk.ts';
import { type Origin, content } from '../../support/engine/origin.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { openOrigin } from '../../support/engine/per-test.ts';

const module = JSON.stringify(
  new URL('../../../src/main/adapters/fs/home-files.ts', import.meta.url).href,
);
let origin: Origin;
let home: string;
let to: string;
const umask = process.umask();
beforeEach(async () => {
  origin = await openOrigin();
  [home, to] = [temporaryFolder(), temporaryFolder()];
});
afterEach(async () => {
  process.umask(umask);
});

const refused = (name: string): string =>
  `not-permitted ${name} can be read by others and belongs to another user. Change its owner, or use another folder with --home.`;

/** Everything in a folder that others may do something with. */
const open = (folder: string): string[] =>
  [
    folder,
    ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) =>
      path.join(folder, name),
    ),
  ]
    .filter((name) => !lstatSync(name).isSymbolicLink() && (lstatSync(name).mode & 0o077) !== 0)
    .map((name) => path.relative(folder, name));

/**
 * All that the program keeps: settings, queue, library, demo, pictures and a socket, by programs
 * that end in two ways.
 */
async function useHome(): Promise<void> {
  origin.serve('/a.mov', content(1000));
  expect((await desk(['--demo', 'catalogue', 'sync'], { home })).code).toBe(0);
  expect((await desk(['get', `${origin.url}/a.mov`, '--to', to], { home })).code).toBe(0);
  const station = startDesk(['--demo', 'station'], { home });
  const { pid } = await station.line(({ type }) => type === 'station');
  expect(readdirSync(home)).toEqual(
    expect.arrayContaining([
      'demo',
      'home.json',
      'home.lock',
      'library.sqlite',
      'station.sock',
      'transfers.sqlite',
      'transfers.sqlite-wal',
      'transfers.sqlite.backup-1',
    ]),
  );
  expect(open(home)).toEqual([]);
  process.kill(Number(pid), 'SIGKILL');
  await station.end.catch(() => undefined);
}

describe.skipIf(process.platform === 'win32')('a home is its owner’s only', () => {
  test('what is made in it, whatever the umask; what is downloaded goes by the umask', async () => {
    process.umask(0);
    await useHome();
    expect(open(home)).toEqual([]);
    expect(statSync(path.join(to, 'a.mov')).mode & 0o777).toBe(0o666);
  });

  test('what is in it from before, and nothing that is somebody’s own', async () => {
    process.umask(0o022);
    await useHome();
    for (const folder of ['pictures/ab', 'thumbnails/cd']) {
      mkdirSync(path.join(home, folder), { recursive: true });
      writeFileSync(path.join(home, folder, 'x'), '');
    }
    const outside = path.join(to, 'outside');
    writeFileSync(outside, '');
    symlinkSync(outside, path.join(home, 'pictures/ab/link'));
    symlinkSync('/nowhere/at/all', path.join(home, 'desk.log.1'));
    mkdirSync(path.join(home, 'own'));
    writeFileSync(path.join(home, 'own/script'), '');
    execFileSync('chmod', ['-R', 'a+rX', home]);
    chmodSync(path.join(home, 'own/script'), 0o755);
    expect(open(home).length).toBeGreaterThan(10);
    await desk(['queue', 'list'], { home });
    expect(open(home).toSorted()).toEqual(['own', 'own/script']);
    expect(statSync(path.join(home, 'own/script')).mode & 0o777).toBe(0o755);
    expect(statSync(outside).mode & 0o777).toBe(0o644);
  });

  test.skipIf(process.getuid?.() !== 0)(
    'root opens none of another user, whose links would have it change other files',
    async () => {
      const outside = path.join(to, 'outside');
      writeFileSync(outside, 'as it was');
      chmodSync(outside, 0o644);
      for (const name of ['settings.theirs', 'desk.log', 'settings.json'])
        symlinkSync(outside, path.join(home, name));
      const refusal = {
        code: 6,
        result: { code: 'not-permitted', message: expect.stringContaining('another user (65534)') },
      };
      execFileSync('chown', ['-Rh', '65534', home]);
      const link = path.join(temporaryFolder(), 'home');
      symlinkSync(to, link);
      execFileSync('chown', ['-h', '65534', link]);
      for (const place of [home, path.join(home, 'new'), link])
        for (const args of [['queue', 'list'], ['network', 'show'], ['station']])
          expect(await desk(args, { home: place }), args.join(' ')).toMatchObject(refusal);
      expect(statSync(outside).mode & 0o777).toBe(0o644);
      expect(readFileSync(outside, 'utf8')).toBe('as it was');
      expect(readdirSync(home).toSorted()).toEqual([
        'desk.log',
        'settings.json',
        'settings.theirs',
      ]);
      expect(readdirSync(to)).toEqual(['outside']);
    },
  );

  test.skipIf(process.getuid?.() !== 0)(
    'what is another user’s and open to all is refused, with its path',
    () => {
      const file = path.join(home, 'transfers.sqlite');
      writeFileSync(file, '');
      chmodSync(file, 0o644);
      const script = `process.setuid(65534); const { secureHome } = await import(${module}); try { secureHome(${JSON.stringify(home)}); } catch (e) { console.log(e.code, e.message); }`;
      const said = (): string =>
        execFileSync(process.execPath, ['--input-type=module', '-e', script], {
          encoding: 'utf8',
          cwd: '/',
        }).trim();
      chmodSync(home, 0o755);
      expect(said()).toBe(refused(home));
      execFileSync('chown', ['65534', home]);
      expect(said()).toBe(refused(file));
      chmodSync(file, 0o600);
      expect(said()).toBe('');
    },
  );

  test.skipIf(process.getuid?.() !== 0)(
    'a device that a link in it leads to, such as that of nothing, stays everybody’s',
    async () => {
      const device = path.join(to, 'null');
      execFileSync('mknod', ['-m', '666', device, 'c', '1', '3']);
      symlinkSync(device, path.join(home, 'desk.log'));
      expect((await desk(['queue', 'list'], { home })).code).toBe(0);
      expect(statSync(device).mode & 0o777).toBe(0o666);
    },
  );

  test('a folder for everybody stays one', async () => {
    chmodSync(home, 0o1777);
    await desk(['queue', 'list'], { home });
    expect(statSync(home).mode & 0o7777).toBe(0o1777);
    expect(
      readdirSync(home).filter((name) => (lstatSync(path.join(home, name)).mode & 0o077) !== 0),
    ).toEqual([]);
    expect(readFileSync(path.join(home, 'home.lock'), 'utf8')).toBe('');
  });
});
