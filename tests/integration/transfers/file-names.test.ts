import { cp, mkdir, readFile, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { FileNaming } from '../../../src/shared/model/file-names.ts';
import { received, settled, type Bench } from '../../support/engine/bench.ts';
import { flip } from '../../support/engine/flipped-byte.ts';
import { content, sha256, type Origin } from '../../support/engine/origin.ts';
import { PackageService, type TestFile } from '../../support/engine/package.ts';
import { openBench, openOrigin } from '../../support/engine/per-test.ts';
import { startDesk } from '../../support/engine/process.ts';
import {
  fetched,
  marked,
  namesIn,
  packageItem,
  polled,
  textIn,
} from '../../support/engine/recalled.ts';
import { eventually } from '../../support/eventually.ts';
import { openFeed } from '../../support/sources/feed-packages.ts';
import { film, mediaRss } from '../../support/sources/feed-server.ts';

const MIB = 1024 * 1024;
const NAMES = 'manifest.names.json';
const FILES: TestFile[] = [
  { path: 'video/harvest.mov', bytes: content(6 * MIB + 333), role: 'video' },
  {
    path: 'captions/harvest_en.vtt',
    bytes: Buffer.from('WEBVTT\n\n1'),
    role: 'captions',
    language: 'en',
  },
  {
    path: 'captions/harvest_fr.vtt',
    bytes: Buffer.from('WEBVTT\n\n2'),
    role: 'captions',
    language: 'fr',
  },
  { path: 'script.txt', bytes: Buffer.from('The harvest begins.'), role: 'script' },
  { path: 'rights.txt', bytes: Buffer.from('Free to use.'), role: 'licence' },
];
const fileNaming: FileNaming = {
  template: '{date}_{id}_{title}_{language}_{rendition}',
  facts: {
    date: '2026-11-24',
    place: 'Velatro',
    title: 'The harvest',
    id: 'HARVEST',
    language: 'en+fr',
    format: 'broadcast',
    rendition: '1080i50',
  },
};
const STEM = '2026-11-24_HARVEST_The-harvest';
const FILM = `${STEM}_EN+FR_1080i50.mov`;
/** In the order of the manifest. */
const NAMED = [
  FILM,
  `${STEM}_EN.vtt`,
  `${STEM}_FR.vtt`,
  `${STEM}_EN+FR.txt`,
  `${STEM}_EN+FR_2.txt`,
];
const WHOLE = ['.done', ...NAMED, 'manifest.json', NAMES].toSorted();

let origin: Origin;
let service: PackageService;
let bench: Bench;
beforeEach(async () => {
  origin = await openOrigin();
  service = new PackageService(origin, FILES);
  bench = await openBench({ ports: { source: service } });
});
const root = (...names: string[]) => path.join(bench.to, 'Harvest_2026', ...names);
const tree = async (folder = root()): Promise<string[]> =>
  (await readdir(folder, { recursive: true })).toSorted();
const get = (more: object = {}) => fetched(bench, { fileNaming, ...more });
const companion = async (folder = root()) =>
  JSON.parse(await textIn(folder, NAMES)) as {
    files: { path: string; name: string }[];
  } & Record<string, unknown>;

async function expectWhole(folder = root()): Promise<void> {
  expect(await tree(folder)).toEqual(WHOLE);
  for (const [at, name] of NAMED.entries())
    expect([name, sha256(await readFile(path.join(folder, name)))]).toEqual([
      name,
      sha256(FILES[at]?.bytes ?? Buffer.alloc(0)),
    ]);
  expect(JSON.parse(await textIn(folder, 'manifest.json'))).toEqual(service.json);
}
/** A computer that has the folder only. */
const elsewhere = (): Promise<Bench> => openBench({ ports: { source: service } });
const verified = async ({ transfers }: Bench, folder = root()) => {
  const [result] = await transfers.verifyFolder(folder);
  return result;
};
const badIn = async (from: Bench, folder = root()) =>
  (await verified(from, folder))?.files.filter(({ ok }) => !ok);
async function repaired({ transfers }: Bench, folder = root()): Promise<string> {
  const [{ id } = { id: '' }] = await transfers.repairFolder(folder, []);
  expect(await settled(transfers, id)).toEqual({ phase: 'done' });
  return id;
}

test('files have the names of the template; the manifest keeps its bytes, and beside it is which is which', async () => {
  const id = await get();
  await expectWhole();
  expect(await companion()).toEqual({
    namesVersion: 1,
    packageId: 'pkg_1',
    rev: 1,
    files: FILES.map(({ path: published }, at) => ({ path: published, name: NAMED[at] })),
  });
  const known = NAMED.map((name, at) => ({
    path: root(name),
    given: FILES[at]?.path,
    verified: true,
  }));
  expect(await bench.transfers.report(id)).toMatchObject(known);
  const { text } = await bench.transfers.evidence(id, 'html', 'en');
  expect(text).toContain(FILM);
  expect(text).toContain('original name: video/harvest.mov');
  for (const anybody of [bench, await elsewhere()])
    expect(await verified(anybody)).toMatchObject({
      error: null,
      signed: { packageId: 'pkg_1' },
      files: NAMED.map((name) => ({ path: name, ok: true, missing: false })),
    });
});

test('subfolders are the template’s', async () => {
  await get({ fileNaming: { ...fileNaming, template: '{role}/{id}_{name}' } });
  expect((await companion()).files.map(({ name }) => name)).toEqual([
    'video/HARVEST_harvest.mov',
    'captions/HARVEST_harvest_en.vtt',
    'captions/HARVEST_harvest_fr.vtt',
    'script/HARVEST_script.txt',
    'licence/HARVEST_rights.txt',
  ]);
  expect(await badIn(bench)).toEqual([]);
});

test('names that are the publisher’s need no list of them', async () => {
  await get({ fileNaming: { ...fileNaming, template: '{folder}/{name}' } });
  expect(await namesIn(root())).not.toContain(NAMES);
  expect((await verified(bench))?.files.map((file) => file.path)).toEqual(
    FILES.map((file) => file.path),
  );
});

test('queued again, a package keeps the names it has, whatever the template is by then', async () => {
  await get();
  const asked = service.authorised.length;
  await get({ fileNaming: { ...fileNaming, template: '{name}' } });
  await fetched(bench);
  await expectWhole();
  expect(service.authorised).toHaveLength(asked);
  // Nor does one that came under its publisher's names get others.
  const other = await openBench({ ports: { source: service } });
  await fetched(other);
  await fetched(other, { fileNaming });
  const folder = path.join(other.to, 'Harvest_2026');
  expect(await namesIn(folder)).not.toContain(NAMES);
  // Where only the home is new, the folder says its names.
  const again = await openBench({ ports: { source: service } });
  await fetched(again, { destination: other.to, fileNaming });
  expect(await namesIn(folder)).not.toContain(NAMES);
});

test('an interrupted package goes on under the names that were decided', async () => {
  const [id = ''] = await bench.transfers.enqueue(
    [packageItem(bench.to, { fileNaming, limitBytesPerSecond: MIB })],
    { makeDestination: true },
  );
  await received(bench.transfers, id, 2 * MIB);
  await bench.restart(async () => {
    const left = await namesIn(root());
    expect(left).toContain(`${FILM}.part`);
    expect(left).not.toContain(NAMES);
  });
  await bench.transfers.setOptions(id, { limitBytesPerSecond: null });
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  await expectWhole();
  const [film] = await bench.transfers.report(id);
  expect(film?.downloadedBytes).toBeLessThan(6 * MIB);
});

test('damage is found and repaired under its name, here and where only the folder is', async () => {
  await get();
  // What came before the damage counts too.
  for (const [anybody, before] of [
    [bench, 6 * MIB + 333],
    [await elsewhere(), 0],
  ] as const) {
    await flip(root(FILM), 3 * MIB + 5);
    await rm(root(`${STEM}_EN.vtt`));
    expect(await badIn(anybody)).toMatchObject([
      { path: FILM, missing: false, badPieces: [3] },
      { path: `${STEM}_EN.vtt`, missing: true },
    ]);
    const id = await repaired(anybody);
    await expectWhole();
    expect((await anybody.transfers.report(id))[0]).toMatchObject({
      path: root(FILM),
      given: 'video/harvest.mov',
      badPieces: [3],
      downloadedBytes: before + MIB,
    });
  }
});

test('names that are gone or changed are damage where they are known, and repaired', async () => {
  await get();
  const text = await textIn(root(), NAMES);
  for (const [spoil, missing] of [
    [() => rm(root(NAMES)), true],
    [() => writeFile(root(NAMES), text.replace('"rev": 1', '"rev": 2')), false],
    [() => writeFile(root(NAMES), 'not JSON'), false],
  ] as const) {
    await spoil();
    expect(await badIn(bench)).toMatchObject([{ path: NAMES, missing }]);
    await repaired(bench);
    await expectWhole();
    expect(await textIn(root(), NAMES)).toBe(text);
  }
});

test('queued again without them, the package keeps its names and brings them back', async () => {
  await get();
  const asked = service.authorised.length;
  for (const naming of [{ ...fileNaming, template: '{name}' }, null]) {
    await rm(root(NAMES));
    await fetched(bench, naming === null ? {} : { fileNaming: naming });
    await expectWhole();
  }
  // Of a home that knows nothing of it, by the template that gave them.
  await rm(root(NAMES));
  await fetched(await elsewhere(), { destination: bench.to, fileNaming });
  await expectWhole();
  expect(service.authorised).toHaveLength(asked);
});

test('when the manifest has gone too, the record brings back both', async () => {
  const id = await get();
  const text = await textIn(root(), NAMES);
  await rm(root(NAMES));
  await rm(root('manifest.json'));
  await bench.transfers.repair([id]);
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
  await expectWhole();
  expect(await textIn(root(), NAMES)).toBe(text);
});

test('without them another computer finds no file, and fetches them under the publisher’s names', async () => {
  await get();
  await rm(root(NAMES));
  const other = await elsewhere();
  expect(await badIn(other)).toMatchObject(
    FILES.map((file) => ({ path: file.path, missing: true })),
  );
  await repaired(other);
  expect(await badIn(other)).toEqual([]);
});

test('moved, the package is found under its names', async () => {
  const id = await get();
  await mkdir(path.join(bench.to, 'archive'));
  await rename(root(), path.join(bench.to, 'archive', 'Harvest'));
  await bench.transfers.checkHere(true);
  await eventually(async () =>
    expect(await bench.transfers.folderOf(id)).toBe(path.join(bench.to, 'archive', 'Harvest')),
  );
  await bench.transfers.verify([id]);
  expect(await badIn(bench, path.join(bench.to, 'archive', 'Harvest'))).toEqual([]);
});

test('a corrected version has names of its own beside the earlier one, and fetches what differs', async () => {
  await get();
  const bytes = Buffer.from(FILES[0]?.bytes ?? Buffer.alloc(0));
  content(MIB, 7).copy(bytes, 4 * MIB + 500_000);
  const corrected = FILES.map((file, at) => (at === 0 ? { ...file, bytes } : file));
  const { files, totalBytes } = new PackageService(origin, corrected).json;
  service.json = service.signed({ ...service.json, rev: 2, totalBytes, files });
  const facts = { ...fileNaming.facts, title: 'The late harvest' };
  const id = await get({ rev: 2, fileNaming: { ...fileNaming, facts } });
  const folder = path.join(bench.to, 'Harvest_2026 (2)');
  const film = FILM.replace('The-harvest', 'The-late-harvest');
  expect(sha256(await readFile(path.join(folder, film)))).toBe(sha256(bytes));
  expect((await bench.transfers.report(id))[0]).toMatchObject({
    path: path.join(folder, film),
    downloadedBytes: 2 * MIB,
  });
  expect(await badIn(bench, folder)).toEqual([]);
  expect(await badIn(bench)).toEqual([]);
});

test('what is withdrawn is marked and cleared under its names, and nothing else is', async () => {
  const id = await get();
  await writeFile(root('notes.txt'), 'mine');
  await polled(bench, 'withdrawn');
  await marked(bench);
  expect(await namesIn(root())).toEqual(
    ['.recalled', 'RECALLED.txt', 'manifest.json', NAMES, 'notes.txt', ...NAMED].toSorted(),
  );
  expect((await bench.transfers.clearable()).items).toMatchObject([{ id, files: 5 }]);
  const place = { id, folder: root() };
  expect(await bench.transfers.clearFromDisk(place)).toMatchObject({ files: 5, left: 0 });
  await bench.transfers.clearedFromDisk(place);
  expect(await namesIn(root())).toEqual(['notes.txt']);
});

test('a copy is recognised by its content, whatever its files are called', async () => {
  await get();
  await cp(root(), path.join(bench.to, 'copy'), { recursive: true });
  await polled(bench, 'withdrawn');
  await eventually(async () =>
    expect(await namesIn(path.join(bench.to, 'copy'))).toContain('RECALLED.txt'),
  );
});

test('when its record has gone, the folder says the names', async () => {
  const id = await get();
  await bench.transfers.clear([id]);
  await bench.restart(async () => {
    const { DatabaseSync } = await import('node:sqlite');
    const db = new DatabaseSync(path.join(bench.folder, 'home', 'transfers.sqlite'));
    db.exec('DELETE FROM transfers');
    db.close();
  });
  expect(await badIn(bench)).toEqual([]);
  await polled(bench, 'withdrawn');
  await marked(bench);
  expect((await bench.transfers.clearable()).items).toMatchObject([{ files: 5 }]);
});

test('a file of theirs in the place of the names is left alone, and said', async () => {
  await mkdir(root(), { recursive: true });
  await writeFile(root(NAMES), 'mine');
  const [id = ''] = await bench.transfers.enqueue([packageItem(bench.to, { fileNaming })]);
  expect(await settled(bench.transfers, id)).toMatchObject({
    phase: 'failed',
    code: 'manifest-invalid',
  });
  expect(await tree()).toEqual([NAMES]);
  expect(await textIn(root(), NAMES)).toBe('mine');
});

describe('names that somebody else has written', () => {
  type Names = Awaited<ReturnType<typeof companion>>;
  const renamed =
    (at: number, name: string) =>
    (names: Names): Names => ({
      ...names,
      files: names.files.map((file, index) => (index === at ? { ...file, name } : file)),
    });
  const HOSTILE: [string, (names: Names) => unknown][] = [
    ['lead out of the folder', renamed(3, '../outside.txt')],
    ['lead out by an absolute path', renamed(3, '/tmp/outside.txt')],
    ['lead out by a drive', renamed(3, 'C:\\outside.txt')],
    ['name a part above', renamed(3, 'a/../../outside.txt')],
    ['give two files one name', renamed(4, NAMED[3] ?? '')],
    [
      'give two files names that Windows takes for one',
      renamed(4, (NAMED[3] ?? '').toUpperCase().replace('.TXT', '.txt')),
    ],
    ['put a file into another’s place for its part', renamed(3, `${FILM}.part/x.txt`)],
    ['name our own file', renamed(3, 'manifest.json')],
    ['name the marker', renamed(3, '.done')],
    ['give another extension', renamed(3, 'setup.exe')],
    ['are a device', renamed(3, 'con.txt')],
    ['are turned around for the eye', renamed(3, 'a\u202e.txt')],
    ['lack a file', (names) => ({ ...names, files: names.files.slice(1) })],
    ['name a file twice', (names) => ({ ...names, files: [...names.files, names.files[0]] })],
    [
      'name a file that isn’t in the manifest',
      (names) => ({ ...names, files: [...names.files, { path: 'x.txt', name: 'x.txt' }] }),
    ],
    ['are of another package', (names) => ({ ...names, packageId: 'pkg_2' })],
    ['are of another version', (names) => ({ ...names, rev: 2 })],
    ['are of another format', (names) => ({ ...names, namesVersion: 2 })],
    ['are no list', () => ({ files: {} })],
    ['are no object', () => null],
  ];
  test.each(HOSTILE)(
    'and that %s are refused: nothing passes, nothing is written',
    async (_, change) => {
      await get();
      await writeFile(path.join(bench.to, 'outside.txt'), FILES[3]?.bytes ?? '');
      await writeFile(root(NAMES), JSON.stringify(change(await companion())));
      const before = [await tree(), await tree(bench.to)];
      const other = await elsewhere();
      const result = await verified(other);
      expect(result?.files).toEqual([]);
      expect(['manifest-invalid', 'other-package']).toContain(result?.error?.code);
      const [{ id } = { id: '' }] = await other.transfers.repairFolder(root(), []);
      expect(await settled(other.transfers, id)).toMatchObject({ phase: 'failed' });
      expect([await tree(), await tree(bench.to)]).toEqual(before);
      // Here the names are known all the same.
      expect(await badIn(bench)).toMatchObject([{ path: NAMES }]);
    },
  );

  test('and that exchange two files are no excuse for either', async () => {
    await get();
    const [first = '', second = ''] = [NAMED[3], NAMED[4]];
    const names = await companion();
    await writeFile(root(NAMES), JSON.stringify(renamed(4, first)(renamed(3, second)(names))));
    expect(await badIn(await elsewhere())).toMatchObject([{ path: second }, { path: first }]);
  });

  test('and that reach one file by a linked folder don’t count it twice', async () => {
    await get({ fileNaming: { ...fileNaming, template: '{role}/{name}' } });
    await rm(root('script'), { recursive: true });
    await symlink('licence', root('script'));
    const result = await verified(await elsewhere());
    expect(result).toMatchObject({ files: [], error: { code: 'not-permitted' } });
  });
});

test(
  'kill -9, go on, verify and repair by the command line, also from another home',
  { tags: ['long'] },
  async () => {
    const bytes = content(12 * MIB + 11);
    origin.serve('/low.mp4', bytes, { type: 'video/mp4' });
    const media = '<media:content url="/low.mp4" type="video/mp4" height="1080"/>';
    origin.serve('/feed.xml', Buffer.from(mediaRss(film(1, { media }))), {
      type: 'application/rss+xml',
    });
    const folder = path.join(bench.folder, 'process');
    const to = path.join(folder, 'to');
    const home = (name: string) => [
      '--home',
      path.join(folder, name),
      '--feed',
      `${origin.url}/feed.xml`,
    ];
    const feed = await openFeed(`${origin.url}/feed.xml`, to);
    feed.close();
    const packageId = feed.items[0]?.packageId ?? '';
    const naming = ['--file-name', '{id}_{role}_{rendition}'];
    const args = ['get', packageId, ...home('home'), '--to', to, ...naming];
    const killed = startDesk([...args, '--limit', '4M'], (line, { kill }) => {
      if (line.type === 'progress' && Number(line['receivedBytes']) >= 2 * MIB) kill('SIGKILL');
    });
    expect(await killed.ended).toBe(null);
    // The template of the command that goes on is another one: the names are decided.
    const last = startDesk([...args.slice(0, -1), '{name}']);
    expect(await last.ended).toBe(0);
    const [name = ''] = await readdir(to);
    const at = path.join(to, name, 'LOW-1_video_1080i50.mp4');
    expect(last.result()['files']).toContainEqual(
      expect.objectContaining({ path: at, given: 'Low cloud 1.mp4' }) as object,
    );
    expect(sha256(await readFile(at))).toBe(sha256(bytes));
    const bare = ['verify', path.join(to, name), '--home', path.join(folder, 'another')];
    const verify = startDesk(bare);
    expect(await verify.ended).toBe(0);
    await flip(at, 5 * MIB);
    const damaged = startDesk(bare);
    expect(await damaged.ended).toBe(5);
    expect(damaged.result()['files']).toContainEqual({
      path: 'LOW-1_video_1080i50.mp4',
      ok: false,
      badPieces: [5],
    });
    const repair = startDesk(['repair', path.join(to, name), ...home('another')]);
    expect(await repair.ended).toBe(0);
    expect(sha256(await readFile(at))).toBe(sha256(bytes));
  },
);

test.each([
  ['{slug}_{name}', 'isn’t a field of --file-name'],
  ['{date}', 'Include {name}, {number}, {role}, {title} or {id} in --file-name'],
  ['{name', 'Use braces in pairs'],
  [`{name}${'x'.repeat(120)}`, 'at most 120 characters'],
])('%j is refused before anything is queued', async (template, why) => {
  const home = ['--home', path.join(bench.folder, 'cli'), '--to', bench.to];
  const refused = startDesk(['get', 'pkg_1', ...home, '--file-name', template]);
  expect(await refused.ended).toBe(2);
  expect(refused.result()).toMatchObject({
    code: 'usage',
    message: expect.stringContaining(why) as string,
  });
});

test('the files of an address are named by it', async () => {
  const home = ['--home', path.join(bench.folder, 'cli'), '--to', bench.to];
  const refused = startDesk(['get', `${origin.url}/a.mov`, ...home, '--file-name', '{name}']);
  expect(await refused.ended).toBe(2);
  expect(refused.result()).toMatchObject({ code: 'usage' });
});
