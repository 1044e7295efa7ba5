import { mkdir, open as openFile, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTransferStore } from '../../src/main/adapters/transfer-store.ts';
import { NO_EVIDENCE } from '../../src/shared/contract/evidence.ts';
import type { FileEvidence, FileProgress, StoredFile, StoredTransfer } from '../../src/main/transfers/ports.ts';
import { temporaryFolder } from '../support/transfers.ts';

let folder: string;
let file: string;
let told: string[];
beforeEach(async () => {
  folder = await temporaryFolder();
  file = path.join(folder, 'home', 'transfers.sqlite');
  told = [];
});
afterEach(() => rm(folder, { recursive: true }));
const open = () => createTransferStore(file, (message) => told.push(message));

const transfer = (id: string, position: number, more: Partial<StoredTransfer> = {}): StoredTransfer => ({
  id, kind: 'package', assetId: 'ast_1', packageId: 'pkg_1', rev: 3, purpose: 'web', title: 'Été', label: 'Web', source: 'pkg_1', destination: '/to', folder: null, acknowledge: ['rst_1'],
  sha256: null, hashAnyway: false, repair: false, evidence: NO_EVIDENCE, state: { phase: 'waiting', reason: 'disk-full', untilMs: 5, shortBytes: 6 }, attempts: 2, urgent: true, position, deadlineMs: 10, limitBytesPerSecond: 11, folderName: 'a/b', cleared: true, receivedBytes: 7, totalBytes: null,
  filesDone: 1, filesTotal: 2, addedAtMs: 8, finishedAtMs: null, resumes: 1, refetchedBytes: 9, manifest: '{"a":1}', ...more,
});
const progress: FileProgress = { written: [[0, 5], [9, 12]], durable: [[0, 5]], bootId: 'boot', validator: { originId: 'local', etag: '"x"', servedBy: 'https://one.example' }, totalBytes: 12 };
const evidence: FileEvidence = {
  startedAtMs: 1, finishedAtMs: null, verifiedBy: null, refetchedBytes: 2, copiedFrom: '/there', repairedPieces: [3],
  origins: [{ originId: 'local', host: 'origin.example', redirectedTo: null, route: { by: 'socket', why: 'plain' }, answers: 1, bytes: 12, faults: ['stalled'], dropped: false }],
};
const stored = (index: number): StoredFile => ({
  index, path: `a/${index}.mov`, bytes: 12, sha256: 'f'.repeat(64), done: false, verified: false, partIsOurs: true, error: { code: 'stalled', message: 'why', retryable: true }, progress, evidence,
});

test('what is saved comes back the same, in the order of the queue', () => {
  const store = open();
  store.save([transfer('b', 2), transfer('a', 1)]);
  store.saveFiles('a', [stored(1), stored(0)]);
  store.setPaused(true);
  store.close();
  const again = open();
  expect(again.all()).toEqual([transfer('a', 1), transfer('b', 2)]);
  expect(again.files('a')).toEqual([stored(0), stored(1)]);
  expect(again.paused()).toBe(true);
  again.saveProgress('a', 0, null, { ...evidence, refetchedBytes: 9 });
  expect(again.files('a')[0]).toEqual({ ...stored(0), progress: null, evidence: { ...evidence, refetchedBytes: 9 } });
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
  db.exec("UPDATE transfers SET data = json_remove(data, '$.deadlineMs', '$.limitBytesPerSecond', '$.folderName', '$.cleared')");
  db.close();
  const again = open();
  expect(again.all()).toEqual([transfer('a', 1, { deadlineMs: null, limitBytesPerSecond: null, folderName: null, cleared: false })]);
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
  db.exec(await readFile(path.join(import.meta.dirname, 'fixtures/transfers-1.sql'), 'utf8'));
  db.close();
  const store = open();
  expect(store.all()).toMatchObject([{ id: 'trf_1', repair: false, state: { phase: 'done' } }, { id: 'trf_2', repair: false, state: { phase: 'running' } }]);
  expect(store.files('trf_2')).toMatchObject([{ path: 'a.mov', progress: { written: [[0, 5]] } }]);
  store.saveFiles('trf_1', store.files('trf_1'), [{ sha256: '00', path: '/to/Harvest/a.txt' }]);
  expect(store.contents('00')).toEqual(['/to/Harvest/a.txt']);
  store.close();
});

test('a file of a newer program is left alone', () => {
  open().close();
  const db = new DatabaseSync(file);
  db.exec('PRAGMA user_version = 99');
  db.close();
  expect(open).toThrow(/newer version/u);
});

test('a damaged file is put aside and the backup used', async () => {
  const first = open();
  first.save([transfer('a', 1)]);
  first.close();
  // The backup of this start has the one transfer in it.
  await rm(`${file}.backup-1`);
  open().close();
  await writeFile(file, 'this is no database, but it is long enough to be taken for one at first sight'.repeat(200));
  const again = open();
  expect(again.all()).toEqual([transfer('a', 1)]);
  again.close();
  expect(told).toEqual([expect.stringMatching(/damaged.*backup is used/u)]);
  expect((await readdir(path.dirname(file))).some((name) => name.startsWith('transfers.sqlite.damaged-'))).toBe(true);
});

test('damage inside is found after an unclean end; without a backup the queue starts empty and says so', async () => {
  const store = open();
  store.save(Array.from({ length: 200 }, (_, i) => transfer(`t${i}`, i, { manifest: 'x'.repeat(2000) })));
  store.close();
  const db = new DatabaseSync(file);
  db.exec("INSERT OR REPLACE INTO facts (name, value) VALUES ('open', 'true')");
  db.close();
  const bytes = Buffer.alloc(40_000, 0x55);
  const handle = await openFile(file, 'r+');
  await handle.write(bytes, 0, bytes.length, 40_960);
  await handle.close();
  await rm(`${file}.backup-1`, { force: true });
  const again = open();
  expect(again.all()).toEqual([]);
  again.close();
  expect(told).toEqual([expect.stringMatching(/no backup/u)]);
});
