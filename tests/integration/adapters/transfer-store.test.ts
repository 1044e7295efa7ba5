import { rmSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, expect, test } from 'vitest';
import {
  SqliteTransferStore,
  type TransferDamage,
} from '../../../src/main/adapters/sqlite/transfer-store.ts';
import { checksum } from '../../../src/main/adapters/sqlite/kit.ts';
import { evidence, recalled, stored, transfer } from '../../support/engine/rows.ts';
import type { FileNaming } from '../../../src/shared/model/file-names.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let folder: string;
let file: string;
let told: TransferDamage[];
beforeEach(async () => {
  folder = temporaryFolder();
  file = path.join(folder, 'home', 'transfers.sqlite');
  told = [];
});
const open = () => new SqliteTransferStore(file, (damage) => told.push(damage));

const fileNaming: FileNaming = {
  template: '{id}_{name}',
  facts: {
    date: '2026-11-24',
    place: 'Velatro',
    title: 'Harvest',
    id: 'HARVEST',
    language: 'en',
    format: 'web',
    rendition: '1080i50',
  },
};

test('what is saved comes back the same, in the order of the queue', () => {
  const store = open();
  const named = transfer('a', 1, { fileNaming });
  store.save([transfer('b', 2), named]);
  store.saveFiles('a', [stored(1), stored(0)]);
  store.setPaused(true);
  store.close();
  const again = open();
  expect(again.all()).toEqual([named, transfer('b', 2)]);
  expect(again.files('a')).toEqual([stored(0), stored(1)]);
  expect(again.paused()).toBe(true);
  again.saveProgress('a', 0, null, { ...evidence, refetchedBytes: 9 });
  expect(again.files('a')[0]).toEqual({
    ...stored(0),
    progress: null,
    evidence: { ...evidence, refetchedBytes: 9 },
  });
  again.remove(['a']);
  expect([again.all(), again.files('a')]).toEqual([[transfer('b', 2)], []]);
  again.close();
  expect(told).toEqual([]);
});

test('rows of a version that knew neither deadlines nor limits are read', () => {
  const store = open();
  store.save([transfer('a', 1)]);
  store.close();
  const db = new DatabaseSync(file);
  db.function('checksum', { varargs: true }, checksum);
  db.exec(
    "UPDATE transfers SET data = json_remove(data, '$.deadlineMs', '$.limitBytesPerSecond', '$.folderName', '$.fileNaming', '$.cleared', '$.rights')",
  );
  db.exec('UPDATE transfers SET crc = checksum(id, position, data, manifest)');
  db.close();
  const again = open();
  expect(again.all()).toEqual([
    transfer('a', 1, {
      deadlineMs: null,
      limitBytesPerSecond: null,
      folderName: null,
      fileNaming: null,
      cleared: false,
    }),
  ]);
  again.close();
});

test('a change of many is one change: all of it or nothing', () => {
  const store = open();
  store.save([transfer('a', 1)]);
  const impossible = { ...transfer('c', 3), manifest: Symbol('no text') as unknown as string };
  expect(() => store.save([transfer('a', 9), impossible])).toThrow(/Symbol|bound/u);
  expect(store.all()).toEqual([transfer('a', 1)]);
  store.close();
});

test('a file of the first version is taken over', async () => {
  await mkdir(path.dirname(file), { recursive: true });
  const db = new DatabaseSync(file);
  db.exec(await readFile(path.join(import.meta.dirname, '../fixtures/transfers-1.sql'), 'utf8'));
  db.close();
  const store = open();
  expect(store.all()).toMatchObject([
    { id: 'trf_1', repair: false, state: { phase: 'done' } },
    { id: 'trf_2', repair: false, state: { phase: 'running' } },
  ]);
  expect(store.files('trf_2')).toMatchObject([{ path: 'a.mov', progress: { written: [[0, 5]] } }]);
  store.saveFiles('trf_1', store.files('trf_1'), [{ sha256: '00', path: '/to/Harvest/a.txt' }]);
  expect(store.contents('00')).toEqual(['/to/Harvest/a.txt']);
  store.close();
});

test('a file of the third version keeps its queue, its files, its pause and what was verified', async () => {
  await mkdir(path.dirname(file), { recursive: true });
  const db = new DatabaseSync(file);
  db.exec(await readFile(path.join(import.meta.dirname, '../fixtures/transfers-3.sql'), 'utf8'));
  db.close();
  const store = open();
  expect(store.all().map(({ id, position, state }) => [id, position, state.phase])).toEqual([
    ['trf_running', 1, 'running'],
    ['trf_waiting', 2.5, 'waiting'],
    ['trf_done', 3, 'done'],
    ['trf_failed', 4, 'failed'],
  ]);
  expect(store.files('trf_running')).toMatchObject([
    { path: 'a.mov', ownsPart: true, progress: { written: [[0, 5]] } },
    { path: 'b.txt', ownsPart: true, done: true, verified: true },
  ]);
  expect([store.paused(), store.contents('f'.repeat(64))]).toEqual([true, ['/to/Harvest/b.txt']]);
  store.close();
  const again = open();
  expect(again.all()).toHaveLength(4);
  expect(told).toEqual([]);
  again.close();
});

async function placeVersion4(): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const db = new DatabaseSync(file);
  db.exec(await readFile(path.join(import.meta.dirname, '../fixtures/transfers-4.sql'), 'utf8'));
  db.close();
}

test('a file of the fourth version keeps every row, and which part files are ours', async () => {
  await placeVersion4();
  const done = { phase: 'done' } as const;
  const store = open();
  expect([store.all(), store.paused(), store.contents('f'.repeat(64))]).toEqual([
    [
      transfer('trf_running', 1),
      transfer('trf_done', 2, { state: done, filesDone: 1, filesTotal: 1 }),
    ],
    true,
    ['/to/Harvest/a/0.mov'],
  ]);
  const fresh = { ownsPart: false, progress: null, error: null };
  expect([store.files('trf_running'), store.files('trf_done')]).toEqual([
    [
      stored(0),
      { ...stored(1), ...fresh, path: 'say "partIsOurs":true.mov', given: null },
      { ...stored(2), progress: null, evidence: null },
    ],
    [{ ...stored(0), ...fresh, done: true, verified: true }],
  ]);
  store.close();
  open().close();
  expect(told).toEqual([]);
});

test('a damaged row of the fourth version is not taken for a sound one by the migration', async () => {
  await placeVersion4();
  const db = new DatabaseSync(file);
  db.exec("UPDATE files SET data = replace(data, 'a/0', 'b/0') WHERE transfer_id = 'trf_running'");
  db.close();
  const store = open();
  expect(store.files('trf_running').map(({ index }) => index)).toEqual([1, 2]);
  expect(told).toMatchObject([
    { recovery: { kept: 2, lost: ['trf_running: records of single files'] } },
  ]);
  store.close();
});

test('a file of the version before keeps every row, and gets room for recalls', async () => {
  await mkdir(path.dirname(file), { recursive: true });
  const db = new DatabaseSync(file);
  db.exec(await readFile(path.join(import.meta.dirname, '../fixtures/transfers-5.sql'), 'utf8'));
  db.close();
  const store = open();
  expect(store.all()).toEqual([
    transfer('trf_running', 1),
    transfer('trf_done', 2, {
      state: { phase: 'done' },
      filesDone: 1,
      filesTotal: 1,
      rights: { state: 'withdrawn', since: 12 },
    }),
  ]);
  expect(store.files('trf_running')).toHaveLength(3);
  expect([store.paused(), store.recalls()]).toEqual([true, []]);
  store.saveRecalls([recalled('rcl_2'), recalled('rcl_1')]);
  store.saveRecalls([{ ...recalled('rcl_2'), words: 'Shot 3' }]);
  store.close();
  const again = open();
  expect(again.recalls()).toEqual([{ ...recalled('rcl_2'), words: 'Shot 3' }, recalled('rcl_1')]);
  again.close();
  expect(told).toEqual([]);
});

test('a damaged recall is named, and comes back from a backup', () => {
  const store = open();
  store.saveRecalls([recalled('rcl_1'), recalled('rcl_2')]);
  store.close();
  rmSync(`${file}.backup-1`);
  open().close();
  const db = new DatabaseSync(file);
  db.exec("UPDATE recalls SET data = replace(data, 'withdrawn', 'on-hold') WHERE id = 'rcl_1'");
  db.close();
  const again = open();
  expect(again.recalls()).toEqual([recalled('rcl_1'), recalled('rcl_2')]);
  again.close();
  expect(told).toMatchObject([{ recovery: { lost: [] } }]);
});

test('a file of a newer program is left alone', () => {
  open().close();
  const db = new DatabaseSync(file);
  db.exec('PRAGMA user_version = 99; CREATE TABLE later (id TEXT)');
  db.close();
  expect(open).toThrow(/newer version/u);
});

test('a backup in the place of the queue is known for one, and nothing newer is lost', async () => {
  const first = open();
  first.save([transfer('a', 1)]);
  first.close();
  await rm(`${file}.backup-1`);
  // Backed up with one transfer; the second comes after that.
  const second = open();
  second.save([transfer('b', 2)]);
  second.close();
  await rename(file, `${file}.was`);
  await rename(`${file}.backup-1`, file);
  await rename(`${file}.was`, `${file}.backup-1`);
  const again = open();
  expect(again.all()).toEqual([transfer('a', 1), transfer('b', 2)]);
  again.close();
  expect(told).toMatchObject([{ recovery: { kept: 2, fromBackup: 0, lost: [] } }]);
  // Once is enough.
  open().close();
  expect(told).toHaveLength(1);
});

test('a backup that alone is left is used, and said to be one', async () => {
  const first = open();
  first.save([transfer('a', 1)]);
  first.close();
  await rm(`${file}.backup-1`);
  open().close();
  await rename(`${file}.backup-1`, file);
  const again = open();
  expect(again.all()).toEqual([transfer('a', 1)]);
  again.close();
  expect(told).toMatchObject([{ recovery: { kept: 1, fromBackup: 1 } }]);
  open().close();
  expect(told).toHaveLength(1);
});

test('a damaged file is put aside and the backup used', async () => {
  const first = open();
  first.save([transfer('a', 1)]);
  first.close();
  // The backup of this start contains the transfer.
  await rm(`${file}.backup-1`);
  open().close();
  await writeFile(
    file,
    'this is no database, but it is long enough to be taken for one at first sight'.repeat(200),
  );
  const again = open();
  expect(again.all()).toEqual([transfer('a', 1)]);
  again.close();
  expect(told).toMatchObject([{ recovery: { kept: 1, fromBackup: 1, lost: [] } }]);
  expect(
    (await readdir(path.dirname(file))).some((name) =>
      name.startsWith('transfers.sqlite.damaged-'),
    ),
  ).toBe(true);
});
