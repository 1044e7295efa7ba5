import { execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { ListFolder } from '../../../src/main/adapters/fs/list-folder.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import type { Application } from '../../../src/main/app/services.ts';
import type { CommandName, Received } from '../../../src/shared/contract/define.ts';
import type { AppContract } from '../../../src/shared/contract/index.ts';
import { invoke, openApplication } from '../../support/app/application.ts';
import { metalinkOf } from '../../support/engine/metalink.ts';
import { Origin } from '../../support/engine/origin.ts';
import { eventually } from '../../support/eventually.ts';
import { fasterClock } from '../../support/fakes/clock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const BACKGROUND = path.join(import.meta.dirname, '../../support/app/background.ts');
/** A list rests for a tenth of a second, and is waited for a little more than one. */
const TIMES = 50;

let origin: Origin;
let home: string;
let inbox: string;
let application: Application;
let states: { state: string; fault: { code: string } | null }[];

const open = async (background = true, times = TIMES): Promise<void> => {
  application = await openApplication(home, {
    background,
    clock: fasterClock(times),
    send: (name, payload) =>
      void (name === 'watch-folder.changed' && states.push(payload as (typeof states)[number])),
  });
};
const call = <N extends CommandName<AppContract>>(
  name: N,
  ...input: undefined extends Received<AppContract, N> ? [] : [Received<AppContract, N>]
) => invoke(application, name, ...input);
const view = () => call('watch-folder.get');
const listOf = (name: string): string => {
  const bytes = Buffer.from(`footage of ${name}`);
  origin.serve(`/${name}`, bytes);
  return metalinkOf([{ name, bytes, url: `${origin.url}/${name}`, pieceBytes: null }]);
};
const put = (name: string, text: string): void => writeFileSync(path.join(inbox, name), text);
const files = (below = ''): string[] => {
  const folder = path.join(inbox, below);
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => !['done', 'failed'].includes(name))
        .toSorted()
    : [];
};
const queued = async (): Promise<string[]> =>
  (await application.services.transfers.list('all', { offset: 0, count: 500 })).rows.map(
    ({ title }) => title,
  );

beforeEach(async () => {
  states = [];
  origin = await Origin.start();
  home = temporaryFolder();
  inbox = temporaryFolder();
  await open();
  await call('settings.set', { destination: path.join(home, 'to') });
});
afterEach(async () => {
  await application.close();
  await origin.stop();
});
const watch = () => call('watch-folder.set', { folder: inbox, destination: null });

test('a list is queued once and put away; one of the same name gets a number', async () => {
  put('early.meta4', listOf('early.mov'));
  await watch();
  await eventually(() => expect(files('done')).toEqual(['early.meta4']));
  put('early.meta4', listOf('late.mov'));
  await eventually(() => expect(files('done')).toEqual(['early (2).meta4', 'early.meta4']));
  expect(files()).toEqual([]);
  expect((await queued()).toSorted()).toEqual(['early.meta4', 'early.meta4']);
  await eventually(() =>
    expect(readdirSync(path.join(home, 'to')).toSorted()).toEqual(['early.mov', 'late.mov']),
  );
  expect(await view()).toMatchObject({
    state: 'watching',
    fault: null,
    lists: [
      { name: 'early.meta4', queued: 1, fault: null },
      { name: 'early.meta4', queued: 1, fault: null },
    ],
  });
});

test('an exported queue and a folder of its own for what it queues', async () => {
  const to = path.join(temporaryFolder(), 'made');
  origin.serve('/a.mov', Buffer.from('a'));
  await call('watch-folder.set', { folder: inbox, destination: to });
  put(
    'queue.json',
    JSON.stringify({
      format: 'multimedia-desk-queue',
      version: 1,
      exportedAt: '2026-11-24T12:00:00Z',
      items: [{ kind: 'url', url: `${origin.url}/a.mov`, sha256: null }],
    }),
  );
  await eventually(() => expect(existsSync(path.join(to, 'a.mov'))).toBe(true));
  await eventually(() => expect(files('done')).toEqual(['queue.json']));
});

test('a list that is being copied waits until it is whole', async () => {
  await application.close();
  await open(true, 10);
  await watch();
  const text = listOf('slow.mov');
  const part = Math.ceil(text.length / 4);
  put('slow.meta4', text.slice(0, part));
  // Longer than a list rests, half a second here, and much shorter than it is waited for.
  for (let at = part; at < text.length; at += part) {
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(files()).toEqual(['slow.meta4']);
    appendFileSync(path.join(inbox, 'slow.meta4'), text.slice(at, at + part));
  }
  await eventually(() => expect(files('done')).toEqual(['slow.meta4']));
  expect(await queued()).toEqual(['slow.meta4']);
  expect(files('failed')).toEqual([]);
});

test('what can’t be read goes to failed, with a sentence', async () => {
  await watch();
  put('broken.meta4', listOf('a.mov').slice(0, 120));
  put('other.json', '{"some":"thing"}');
  put('huge.meta4', '<metalink>');
  truncateSync(path.join(inbox, 'huge.meta4'), 17 * 1024 * 1024);
  put('empty.meta4', '');
  put(
    'unsafe.meta4',
    listOf('good.mov').replace('<file name="good.mov">', '<file name="../../up.mov">'),
  );
  await eventually(() =>
    expect(files('failed').filter((name) => !name.endsWith('.txt'))).toEqual([
      'broken.meta4',
      'empty.meta4',
      'huge.meta4',
      'other.json',
      'unsafe.meta4',
    ]),
  );
  for (const name of files('failed').filter((one) => one.endsWith('.txt')))
    expect(readFileSync(path.join(inbox, 'failed', name), 'utf8')).toMatch(/^[A-Z“"].{10,}\n$/u);
  expect(readFileSync(path.join(inbox, 'failed', 'huge.meta4.txt'), 'utf8')).toContain('too large');
  expect(await queued()).toEqual([]);
  expect((await view()).lists).toHaveLength(5);
});

test.skipIf(process.platform === 'win32')(
  'links, pipes, folders and names of unfinished files are left alone, and hold nothing up',
  async () => {
    const elsewhere = path.join(temporaryFolder(), 'real.meta4');
    writeFileSync(elsewhere, listOf('linked.mov'));
    symlinkSync(elsewhere, path.join(inbox, 'link.meta4'));
    symlinkSync('/dev/zero', path.join(inbox, 'zero.meta4'));
    execFileSync('mkfifo', [path.join(inbox, 'pipe.meta4')]);
    mkdirSync(path.join(inbox, 'folder.meta4'));
    for (const name of [
      '.hidden.meta4',
      '~a.meta4',
      'a.meta4~',
      'a.part.meta4',
      'a.meta4.tmp',
      'a.txt',
    ])
      put(name, listOf('never.mov'));
    const before = files();
    await watch();
    put('good.meta4', listOf('good.mov'));
    await eventually(() => expect(files('done')).toEqual(['good.meta4']));
    expect(files()).toEqual(before);
    expect(await queued()).toEqual(['good.meta4']);
    expect(await view()).toMatchObject({ fault: null });
  },
);

test('a folder that is away is told once, and comes back by itself', async () => {
  await watch();
  await eventually(async () => expect((await view()).state).toBe('watching'));
  states = [];
  const aside = `${inbox}-aside`;
  renameSync(inbox, aside);
  await eventually(async () =>
    expect(await view()).toMatchObject({ state: 'away', fault: { code: 'destination-missing' } }),
  );
  // Several looks later.
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect(states.filter(({ state }) => state === 'away')).toHaveLength(1);
  writeFileSync(path.join(aside, 'back.meta4'), listOf('back.mov'));
  renameSync(aside, inbox);
  await eventually(() => expect(files('done')).toEqual(['back.meta4']));
  expect(await view()).toMatchObject({ state: 'watching', fault: null });
});

test('once downloads go to the folder, nothing is taken there any more', async () => {
  await watch();
  await eventually(async () => expect((await view()).state).toBe('watching'));
  await call('settings.set', { destination: inbox });
  put('one.meta4', listOf('one.mov'));
  await eventually(async () =>
    expect(await view()).toMatchObject({ state: 'away', fault: { code: 'usage' } }),
  );
  expect(files()).toEqual(['one.meta4']);
  await call('settings.set', { destination: path.join(home, 'to') });
  await eventually(() => expect(files('done')).toEqual(['one.meta4']));
});

test('a link in the place of done is not followed; the list waits', async () => {
  const elsewhere = temporaryFolder();
  symlinkSync(elsewhere, path.join(inbox, 'done'));
  await watch();
  put('one.meta4', listOf('one.mov'));
  await eventually(async () =>
    expect(await view()).toMatchObject({ state: 'watching', fault: { code: 'exists' } }),
  );
  expect(readdirSync(elsewhere)).toEqual([]);
  rmSync(path.join(inbox, 'done'));
  await eventually(() => expect(files('done')).toEqual(['one.meta4']));
  await eventually(async () => expect((await view()).fault).toBeNull());
  expect(await queued()).toEqual(['one.meta4']);
});

test('a name that was taken by nobody is no list', async () => {
  await call('watch-folder.set', { folder: inbox, destination: null });
  put('real.meta4', listOf('real.mov'));
  await eventually(() => expect(files('done')).toEqual(['real.meta4']));
  const lists = new ListFolder(inbox, '01234567', systemClock);
  const key = '00000000-0000-4000-8000-000000000000';
  for (const name of ['.profile', 'desk.desktop', '..', 'x.part.meta4', 'x.txt'])
    put(`.${name}.01234567.${key}.desk-list`, 'theirs');
  put(`.x.meta4.01234567.${key}.desk-list`, 'theirs');
  expect((await lists.look()).claimed.map(({ name }) => name)).toEqual(['x.meta4']);
});

test.skipIf(process.platform !== 'linux')(
  'a link that comes in the place of done while a list is put away is not followed',
  async () => {
    const outside = temporaryFolder();
    const at = (name: string): string => path.join(inbox, name);
    mkdirSync(at('done'));
    symlinkSync(outside, at('link'));
    const swaps = spawn(process.execPath, [
      '-e',
      // A folder may be made meanwhile, so each step may fail.
      `const { renameSync } = require('node:fs');
      process.chdir(${JSON.stringify(inbox)});
      const tried = (work) => { try { work(); } catch {} };
      console.log('swapping');
      for (;;) {
        tried(() => renameSync('done', 'folder')); tried(() => renameSync('link', 'done'));
        tried(() => renameSync('done', 'link')); tried(() => renameSync('folder', 'done'));
      }`,
    ]);
    const ended = once(swaps, 'exit');
    onTestFinished(async () => {
      swaps.kill('SIGKILL');
      await ended;
    });
    await once(swaps.stdout, 'data');
    const lists = new ListFolder(inbox, '01234567', systemClock);
    for (let n = 0; n < 500; n += 1) {
      put(`${n}.meta4`, 'theirs');
      const claimed = await lists.claim(
        `${n}.meta4`,
        `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
      );
      if (claimed) await lists.putAway(claimed, 'done', 'why').catch(() => undefined);
    }
    expect(readdirSync(outside)).toEqual([]);
  },
);

test('folders that can’t be watched are refused', async () => {
  const inPackage = path.join(temporaryFolder(), 'package');
  mkdirSync(path.join(inPackage, 'below'), { recursive: true });
  writeFileSync(path.join(inPackage, 'manifest.json'), '{}');
  mkdirSync(path.join(home, 'to'), { recursive: true });
  for (const [folder, code] of [
    ['relative', 'usage'],
    [home, 'usage'],
    [path.join(home, 'below'), 'destination-missing'],
    [path.join(home, 'to'), 'usage'],
    [path.join(inPackage, 'below'), 'usage'],
    [path.join(inbox, 'absent'), 'destination-missing'],
    [import.meta.filename, 'usage'],
  ] as const)
    await expect(
      call('watch-folder.set', { folder, destination: null }),
      folder,
    ).rejects.toMatchObject({ code });
  expect((await view()).setting).toBeNull();
  // Nor where lists would be made of what is downloaded.
  await expect(
    call('watch-folder.set', { folder: inbox, destination: inbox }),
  ).rejects.toMatchObject({ code: 'usage' });
});

test('the policy holds: nothing is taken, and nothing is lost', async () => {
  await watch();
  await application.close();
  for (const disabled of [['watch-folder'], ['get-by-address']]) {
    writeFileSync(path.join(home, 'policy.json'), JSON.stringify({ disabled }));
    put('one.meta4', listOf('one.mov'));
    await open();
    await expect(watch()).rejects.toMatchObject({ code: 'managed' });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(files()).toEqual(['one.meta4']);
    await application.close();
  }
  writeFileSync(path.join(home, 'policy.json'), JSON.stringify({ disabled: ['other-folders'] }));
  await open();
  await expect(
    call('watch-folder.set', { folder: inbox, destination: temporaryFolder() }),
  ).rejects.toMatchObject({ code: 'managed' });
  await eventually(() => expect(files('done')).toEqual(['one.meta4']));
});

test('a list that was queued when the app was ended is only put away', async () => {
  await call('settings.set', { destination: path.join(home, 'to') });
  // As it is after a kill between the two: taken under its hidden name, queued, and complete.
  await watch();
  await eventually(async () => expect((await view()).state).toBe('watching'));
  const [taken] = await takenNames();
  await application.close();
  await open(false);
  const text = listOf('one.mov');
  const key = '8f14e45f-ceea-467a-9d3b-0a1b2c3d4e5f';
  const [id = ''] = (
    await application.services.transfers.importDocument(
      { name: 'one.meta4', text },
      path.join(home, 'to'),
      { key },
    )
  ).ids;
  await eventually(async () =>
    expect((await call('transfers.detail', { id })).state.phase).toBe('done'),
  );
  put(`.one.meta4.${taken}.${key}.desk-list`, text);
  // Of another computer, which is none of ours.
  put('.two.meta4.00000000.9f14e45f-ceea-467a-9d3b-0a1b2c3d4e5f.desk-list', text);
  await application.close();
  await open();
  await eventually(() => expect(files('done')).toEqual(['one.meta4']));
  expect(await queued()).toEqual(['one.meta4']);
  expect(files()).toEqual(['.two.meta4.00000000.9f14e45f-ceea-467a-9d3b-0a1b2c3d4e5f.desk-list']);
});

/** By whom the lists of this home are taken, as their hidden names say. */
async function takenNames(): Promise<string[]> {
  symlinkSync(temporaryFolder(), path.join(inbox, 'done'));
  put('probe.meta4', listOf('probe.mov'));
  let names: string[] = [];
  await eventually(() => {
    names = readdirSync(inbox).filter((name) => name.endsWith('.desk-list'));
    expect(names).toHaveLength(1);
  });
  rmSync(path.join(inbox, 'done'));
  await eventually(() => expect(files('done')).toEqual(['probe.meta4']));
  rmSync(path.join(inbox, 'done'), { recursive: true });
  const { rows } = await application.services.transfers.list('all', { offset: 0, count: 10 });
  await eventually(async () =>
    expect((await application.services.transfers.totals()).counts.done).toBe(rows.length),
  );
  await call('transfers.clear', { ids: rows.map(({ id }) => id) });
  return names.flatMap((name) => /\.([\da-f]{8})\.[\da-f-]{36}\./u.exec(name)?.[1] ?? []);
}

/** @returns how many of fifty lists it has got */
const takeAll = async (folder: ListFolder): Promise<number> => {
  let taken = 0;
  for (let at = 0; at < 50; at += 1)
    if (await folder.claim(`list-${at}.meta4`, crypto.randomUUID())) taken += 1;
  return taken;
};

test('two that look at one folder take each list once', async () => {
  for (let at = 0; at < 50; at += 1) put(`list-${at}.meta4`, 'text');
  const a = new ListFolder(inbox, 'aaaaaaaa', systemClock);
  const b = new ListFolder(inbox, 'bbbbbbbb', systemClock);
  const [ofA, ofB] = await Promise.all([takeAll(a), takeAll(b)]);
  expect(ofA + ofB).toBe(50);
  expect((await a.look()).claimed.length + (await b.look()).claimed.length).toBe(50);
});

test('however often it is killed, each list is queued once', { tags: ['long'] }, async () => {
  await watch();
  await application.close();
  const names = Array.from({ length: 12 }, (_, at) => `list-${String(at).padStart(2, '0')}.meta4`);
  const source = temporaryFolder();
  for (const name of names)
    writeFileSync(path.join(source, name), listOf(name.replace('.meta4', '.mov')));
  cpSync(source, inbox, { recursive: true });
  for (let round = 0; round < 10; round += 1) {
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', BACKGROUND, home, String(TIMES)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const ended = once(child, 'exit');
    await Promise.race([once(child.stdout, 'data'), ended]);
    // Lists are taken from a tenth of a second on.
    await new Promise((resolve) => setTimeout(resolve, 60 + 200 * Math.random()));
    child.kill('SIGKILL');
    await ended;
  }
  await open();
  await eventually(() => expect(files('done')).toEqual(names));
  expect(files()).toEqual([]);
  expect(files('failed')).toEqual([]);
  expect((await queued()).toSorted()).toEqual(names);
});
