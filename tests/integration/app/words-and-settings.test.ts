import { pxOfFormerStep } from '../../../src/shared/model/reading.ts';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import Conf from 'conf';
import { afterEach, expect, test, vi } from 'vitest';
import { createLog } from '../../../src/main/adapters/log.ts';
import { createPictureFiles } from '../../../src/main/adapters/fs/file-cache.ts';
import type { ServiceClient } from '../../../src/main/adapters/service/client.ts';
import { createSettingsFile } from '../../../src/main/adapters/fs/settings-file.ts';
import { Output } from '../../../src/main/cli/output.ts';
import { ownTerminal } from '../../../src/main/cli/terminal.ts';
import { NO_POLICY } from '../../../src/main/settings/policy.ts';
import { Settings } from '../../../src/main/settings/settings.ts';
import { desk } from '../../support/app/desk.ts';
import { trustedKeys } from '../../../src/main/adapters/service/trusted-keys.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

afterEach(() => void vi.restoreAllMocks());

test('a line of the log stays one line and holds no secret', () => {
  const log = createLog(temporaryFolder());
  log.info('sync: service-error: gone\n2026-01-01T00:00:00.000Z info all is well \u001b[2J\u202e');
  log.error(
    'call',
    new Error(
      '{"refreshToken":"secret-1","accessToken": "secret-2"} Authorization: Bearer secret-3 password=secret-4 GET https://origin.example/f?sig=secret-5',
    ),
  );
  log.info('x'.repeat(1_000_000));
  const text = readFileSync(log.file, 'utf8');
  const lines = text.trimEnd().split('\n');
  expect(lines).toHaveLength(3);
  expect(text).not.toMatch(/secret-\d/);
  expect(text).not.toContain('\u001b');
  expect(text.length).toBeLessThan(30_000);
  expect(lines[1]).toContain(' | ');
  expect(statSync(log.file).mode & 0o777).toBe(0o600);
});

test.skipIf(process.platform !== 'linux')(
  'under systemd the journal has the lines too, with their level; elsewhere stderr has none',
  () => {
    const folder = temporaryFolder();
    const module = new URL('../../../src/main/adapters/log.ts', import.meta.url).href;
    const program = `import { createLog } from ${JSON.stringify(module)};
const log = createLog(${JSON.stringify(folder)});
log.info('sync: token=secret-1');
log.error('call', new Error('two\\nlines'));`;
    const stderr = path.join(folder, 'stderr');
    const run = (stream: string | undefined): string => {
      const handle = openSync(stderr, 'w');
      const { dev, ino } = fstatSync(handle);
      spawnSync(process.execPath, ['--input-type=module', '-e', program], {
        stdio: ['ignore', 'ignore', handle],
        env: { ...process.env, JOURNAL_STREAM: stream === 'own' ? `${dev}:${ino}` : stream },
      });
      closeSync(handle);
      return readFileSync(stderr, 'utf8');
    };
    expect(run('own')).toMatch(/^<6>sync: token=…\n<3>call: Error: two lines .*\n$/u);
    for (const stream of [undefined, '1:2', '']) expect(run(stream)).toBe('');
    expect(readFileSync(path.join(folder, 'desk.log'), 'utf8').match(/ error call/gu)).toHaveLength(
      4,
    );
  },
);

test('a log that cannot be written keeps nobody from going on', () => {
  const file = path.join(temporaryFolder(), 'a-file');
  writeFileSync(file, '');
  expect(() => createLog(path.join(file, 'below')).info('nobody hears this')).not.toThrow();
});

test('what a service says gives a terminal no commands', () => {
  const written: string[] = [];
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  const output = new Output(false, ownTerminal());
  const words = 'Head\u001b]0;owned\u0007line\u009b2J\r\u202e\tnext\nline';
  output.line({ type: 'item' }, words);
  output.note(words);
  output.failedWith({ code: 'service-error', message: words });
  const shown = String.raw`Head\u001b]0;owned\u0007line\u009b2J\u000d\u202e\u0009next\u000aline`;
  expect(written).toEqual([`${shown}\n`, `${shown}\n`, `desk: ${shown} (service-error)\n`]);
});

test('settings that a full disk does not take say so', () => {
  class FullDisk {
    get store(): Record<string, unknown> {
      return {};
    }
    set store(_value: Record<string, unknown>) {
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    }
  }
  expect(() => createSettingsFile(FullDisk, temporaryFolder()).write({ theme: 'dark' })).toThrow(
    expect.objectContaining({ code: 'disk-full' }),
  );
});

test('on a full disk settings and keys are as they were, and a start says what is wrong', async ({
  skip,
}) => {
  const home = temporaryFolder();
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', home]).status !== 0)
    skip('no volumes may be mounted here');
  try {
    const settings = createSettingsFile(Conf, home);
    settings.write({ theme: 'dark' });
    const service = {
      api: {
        getMeta: async () => ({
          manifestKeys: [{ keyId: 'key_1', publicKey: 'A'.repeat(20_000) }],
        }),
      },
    } as unknown as ServiceClient;
    await trustedKeys(service, home, 'https://one.example');
    const names = ['settings.json', 'trusted-keys.json'];
    const contents = () => names.map((name) => readFileSync(path.join(home, name), 'utf8'));
    const before = contents();
    expect(() => writeFileSync(path.join(home, 'filling'), Buffer.alloc(1024 * 1024))).toThrow(
      'ENOSPC',
    );
    expect(() => settings.write({ theme: 'light', destination: `/${'x'.repeat(20_000)}` })).toThrow(
      expect.objectContaining({ code: 'disk-full' }),
    );
    await expect(trustedKeys(service, home, 'https://two.example')).rejects.toMatchObject({
      code: 'disk-full',
    });
    expect(contents()).toEqual(before);
    expect(await desk(['queue', 'list'], { home })).toMatchObject({
      code: 6,
      result: { ok: false, message: expect.stringContaining('No space left') },
    });
    expect(contents()).toEqual(before);
  } finally {
    spawnSync('umount', [home]);
  }
});

test('settings that are cut off are put aside, not overwritten', () => {
  for (const damaged of ['', '{"theme":', '\u0000\u0000\u0000']) {
    const home = temporaryFolder();
    writeFileSync(path.join(home, 'settings.json'), damaged);
    const store = createSettingsFile(Conf, home);
    expect(store.read()).toBeNull();
    store.write({ theme: 'dark' });
    const aside = readdirSync(home).find((name) => name.startsWith('settings.json.damaged-'));
    expect(readFileSync(path.join(home, aside ?? ''), 'utf8')).toBe(damaged);
    expect(createSettingsFile(Conf, home).read()).toMatchObject({ theme: 'dark' });
  }
});

test('settings that are lost or damaged come from their backup, and a file that another program has changed is said to be so', () => {
  const home = temporaryFolder();
  const file = path.join(home, 'settings.json');
  createSettingsFile(Conf, home).write({ theme: 'dark', destination: '/mnt/ingest' });
  for (const lose of [
    () => undefined,
    () => writeFileSync(file, '['),
    () => writeFileSync(file, '7'),
    () => mkdirSync(file),
  ]) {
    rmSync(file, { recursive: true, force: true });
    lose();
    const store = createSettingsFile(Conf, home);
    expect([store.read(), store.readBackup()]).toMatchObject([
      null,
      { theme: 'dark', destination: '/mnt/ingest' },
    ]);
    expect(store.found.isMissing || store.found.aside !== null).toBe(true);
  }
  const store = createSettingsFile(Conf, home);
  store.write({ theme: 'dark', destination: '/mnt/ingest' });
  writeFileSync(file, readFileSync(file, 'utf8').replace('/mnt/ingest', '/mnt/jngest'));
  const changed = createSettingsFile(Conf, home);
  expect([changed.found.isChanged, changed.read()]).toMatchObject([
    true,
    { destination: '/mnt/jngest' },
  ]);
  changed.write({ theme: 'dark', destination: '/mnt/jngest' });
  expect(createSettingsFile(Conf, home).found).toEqual({
    aside: null,
    isMissing: false,
    isChanged: false,
  });
});

test('a settings file of the version before is read with nothing lost, and is no damage', () => {
  const home = temporaryFolder();
  const fixture = path.join(import.meta.dirname, '../fixtures/home-0.1/settings.json');
  copyFileSync(fixture, path.join(home, 'settings.json'));
  const {
    limitHours,
    housePurpose,
    readerSize,
    checksum: _,
    ...others
  } = JSON.parse(readFileSync(fixture, 'utf8'));
  const { standstill, ...hours } = limitHours;
  // What came later has its default.
  const later = {
    sources: [],
    sourceMinutes: 60,
    territory: null,
    accountCountry: null,
    platforms: ['broadcast', 'web', 'social'],
    holdUnderEmbargo: true,
    deskName: '',
    fileTemplate: null,
    autoFetch: [],
    formatProfiles: [],
    articlesNewest: 300,
    articleTopics: [],
    articleSources: [],
    articlesLimitMb: 500,
    articlesKeepDays: null,
    proxyMode: 'system',
    proxyAddress: null,
    proxyExceptions: [],
    pacAddress: null,
    caFiles: [],
    clientCertificates: [],
    // Steps of a size are pixels since.
    readerPx: pxOfFormerStep(readerSize),
    readerLineHeight: 1.6,
    readerMeasure: 65,
    readerJustify: false,
    updates: 'on',
    updateChannel: 'stable',
    webhooks: [],
    watchFolder: null,
    // A purpose is the id of a built-in house format since.
    houseFormat: housePurpose,
    recentSearches: [],
    // A period is part of the query since.
    savedSearches: others.savedSearches.map(({ id, name, sort, text }: Record<string, string>) => ({
      id,
      name,
      sort,
      text: `${text} date:7d`,
      seenAt: null,
    })),
  };
  const expected = { rev: 0, ...others, ...later, schedule: { ...hours, pauses: standstill } };
  const open = () => {
    const store = createSettingsFile(Conf, home);
    return new Settings(store, { destination: '/', language: 'en' }, () => undefined, NO_POLICY);
  };
  const settings = open();
  expect(settings.view).toEqual(expected);
  expect([settings.wasDamaged, settings.reset]).toEqual([false, []]);
  settings.set({ theme: 'light' });
  expect(open().view).toEqual({ ...expected, theme: 'light' });
});

test('a picture that has changed on the disk is not shown: its name is its hash', async () => {
  const folder = temporaryFolder();
  const pictures = createPictureFiles(folder);
  const bytes = Buffer.from('a picture');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await pictures.put(sha256, bytes);
  expect(await pictures.read(sha256)).toEqual(bytes);
  writeFileSync(path.join(folder, sha256.slice(0, 2), sha256), 'b picture');
  expect(await pictures.read(sha256)).toBeNull();
  await pictures.put(sha256, bytes);
  expect(await pictures.read(sha256)).toEqual(bytes);
  if (process.platform === 'win32') return;
  rmSync(path.join(folder, sha256.slice(0, 2), sha256));
  execFileSync('mkfifo', [path.join(folder, sha256.slice(0, 2), sha256)]);
  expect(await pictures.read(sha256)).toBeNull();
  await pictures.put(sha256, bytes);
  expect(await pictures.read(sha256)).toEqual(bytes);
});
