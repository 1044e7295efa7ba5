import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  cp,
  mkdir,
  open as openFile,
  readFile,
  readdir,
  rename,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { startChecks } from '../../../src/main/threads/database-check.ts';
import {
  ROW_CHECKS,
  SqliteTransferStore,
  type TransferDamage,
} from '../../../src/main/adapters/sqlite/transfer-store.ts';
import { checksum } from '../../../src/main/adapters/sqlite/kit.ts';
import { randomOf } from '../../support/seed.ts';
import { stored, transfer } from '../../support/engine/rows.ts';
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

/** Ends like a kill: without closing, with the log as it is. */
async function killed(
  store: SqliteTransferStore,
  work: (copy: string) => Promise<void> | void,
): Promise<void> {
  const copy = path.join(folder, 'killed');
  await cp(path.dirname(file), copy, { recursive: true });
  store.close();
  await work(path.join(copy, 'transfers.sqlite'));
  await rm(path.dirname(file), { recursive: true });
  await rename(copy, path.dirname(file));
}

async function overwrite(name: string, at: number, bytes: Uint8Array): Promise<void> {
  const handle = await openFile(name, 'r+');
  await handle.write(bytes, 0, bytes.length, at);
  await handle.close();
}

const many = (count: number) =>
  Array.from({ length: count }, (_, i) =>
    transfer(`t${i}`, i, { title: `Title ${i}`, manifest: 'x'.repeat(2000) }),
  );

test('pages that are damaged cost the rows in them, and those are named', async () => {
  const store = open();
  store.save(many(200));
  for (const { id } of many(200)) store.saveFiles(id, [stored(0)]);
  store.close();
  await overwrite(file, 40_960, Buffer.alloc(40_000, 0x55));
  await rm(`${file}.backup-1`, { force: true });
  const again = open();
  const left = again.all();
  const lost = told[0]?.lost ?? [];
  expect(left.length).toBeGreaterThan(150);
  expect(left.every((row) => isDeepStrictEqual(row, many(200)[row.position]))).toBe(true);
  expect(lost.filter((name) => !name.includes('records of single files'))).toHaveLength(
    200 - left.length,
  );
  again.close();
  told = [];
  open().close();
  expect(told).toEqual([]);
});

test('a value that was changed where it still parses costs that row only: it comes from the backup, or is named by its title', async () => {
  for (const hasBackup of [true, false]) {
    await rm(path.dirname(file), { recursive: true, force: true });
    told = [];
    const first = open();
    first.save([transfer('a', 1), transfer('b', 2, { title: 'Ferry' })]);
    first.close();
    await rm(`${file}.backup-1`);
    if (hasBackup) open().close();
    const db = new DatabaseSync(file);
    db.exec(
      'UPDATE transfers SET data = replace(data, \'"destination":"/to"\', \'"destination":"/uo"\') WHERE id = \'b\'',
    );
    db.close();
    const again = open();
    expect(again.all()).toEqual(
      hasBackup ? [transfer('a', 1), transfer('b', 2, { title: 'Ferry' })] : [transfer('a', 1)],
    );
    expect(told).toMatchObject([
      {
        recovery: hasBackup
          ? { kept: 2, fromBackup: 1, lost: [] }
          : { kept: 1, fromBackup: 0, lost: ['Ferry'] },
      },
    ]);
    again.close();
  }
});

test('a record of a file that was changed is not used, and told once; the next start repairs it', () => {
  const store = open();
  store.save([transfer('a', 1)]);
  store.saveFiles('a', [stored(0), stored(1)]);
  const db = new DatabaseSync(file);
  db.exec(
    "UPDATE files SET progress = replace(progress, '[9,12]', '[9,13]') WHERE idx = 0; UPDATE files SET data = replace(data, 'a/1', 'b/1') WHERE idx = 1",
  );
  db.close();
  expect(store.files('a')).toEqual([{ ...stored(0), progress: null, evidence: null }]);
  expect(store.files('a')).toHaveLength(1);
  expect(told).toEqual([
    { recovery: null, lost: ['a: the progress of file 0'] },
    { recovery: null, lost: ['a: the record of file 1'] },
  ]);
  store.close();
  told = [];
  const again = open();
  expect(again.files('a')).toEqual([{ ...stored(0), progress: null, evidence: null }]);
  expect(told).toMatchObject([{ recovery: { kept: 1 } }]);
  again.close();
});

test('a minute after the start, and every hour, all of a queue in use is verified and backed up; damage ends that, and is told', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const store = open();
  store.save([transfer('a', 1)]);
  const found = vi.fn<() => void>();
  onTestFinished(startChecks({ file, rowChecks: ROW_CHECKS, hasBackups: true }, found));
  await rm(`${file}.backup-1`, { force: true });
  vi.advanceTimersByTime(60_000);
  await expect.poll(() => existsSync(`${file}.backup-1`)).toBe(true);
  // The next timer starts only after this check has ended.
  await expect.poll(() => vi.getTimerCount()).toBe(1);
  const db = new DatabaseSync(file);
  db.exec("UPDATE transfers SET data = replace(data, '/to', '/uo')");
  db.close();
  vi.advanceTimersByTime(3_600_000);
  await expect.poll(() => found.mock.calls.length).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
  store.close();
});

test('one flipped bit anywhere in the log loses no transaction without a word', async () => {
  const store = open();
  for (const row of many(12)) store.save([row]);
  const log = await readFile(`${file}-wal`);
  const random = randomOf(8);
  await killed(store, async () => undefined);
  const pristine = path.join(folder, 'pristine');
  await cp(path.dirname(file), pristine, { recursive: true });
  for (let n = 0; n < 60; n++) {
    await rm(path.dirname(file), { recursive: true });
    await cp(pristine, path.dirname(file), { recursive: true });
    told = [];
    const at = n < 8 ? n * 4 : Math.floor(random() * log.length);
    await overwrite(
      `${file}-wal`,
      at,
      Buffer.from([(log[at] ?? 0) ^ (1 << Math.floor(random() * 8))]),
    );
    const again = open();
    const left = again.all();
    const lost = told.flatMap((damage) => damage.lost);
    expect(left.length + lost.length, `bit of byte ${at}`).toBeGreaterThanOrEqual(12);
    expect(
      left.every((row) => isDeepStrictEqual(row, many(12)[row.position])),
      `bit of byte ${at}`,
    ).toBe(true);
    again.close();
  }
});

test('a log that a crash left without its last commit is no damage', async () => {
  const store = open();
  for (const row of many(3)) store.save([row]);
  await killed(store, async (copy) => {
    const log = await readFile(`${copy}-wal`);
    await writeFile(`${copy}-wal`, log.subarray(0, log.length - 100));
    // In memory only, as after a power loss.
    await rm(`${copy}-shm`);
  });
  const again = open();
  expect(again.all().length).toBeGreaterThanOrEqual(2);
  expect(told).toEqual([]);
  again.close();
});

test('a log that has lost its end or all of it since the program was killed is damage, and told', async () => {
  for (const bytes of [0, 20_000]) {
    await rm(path.dirname(file), { recursive: true, force: true });
    told = [];
    const store = open();
    for (const row of many(3)) store.save([row]);
    await killed(store, (copy) => truncate(`${copy}-wal`, bytes));
    const again = open();
    expect(again.all().length).toBeLessThan(3);
    expect(told).toMatchObject([
      { recovery: { kept: again.all().length, aside: expect.stringContaining('.damaged-') } },
    ]);
    again.close();
  }
});

test('an empty or missing file beside a backup is a lost one: the backup is used and that is told', async () => {
  for (const lose of [() => writeFile(file, ''), () => rm(file)]) {
    await rm(path.dirname(file), { recursive: true, force: true });
    told = [];
    const first = open();
    first.save([transfer('a', 1)]);
    first.close();
    await rm(`${file}.backup-1`);
    open().close();
    await lose();
    const again = open();
    expect(again.all()).toEqual([transfer('a', 1)]);
    expect(told).toMatchObject([{ recovery: { kept: 1, fromBackup: 1, lost: [] } }]);
    again.close();
  }
});

test('the number of the version is not believed where the schema says another', () => {
  for (const version of [0, 1, -1, 99]) {
    const store = open();
    store.save([transfer('a', 1)]);
    store.close();
    const db = new DatabaseSync(file);
    db.exec(`PRAGMA user_version = ${version}`);
    db.close();
    const again = open();
    expect(again.all(), String(version)).toEqual([transfer('a', 1)]);
    again.close();
  }
  expect(told).toEqual([]);
});

test('what is in the place of the file and is none is set aside and told', async () => {
  await mkdir(path.dirname(file), { recursive: true });
  const put = [
    () => mkdir(file),
    () => symlink('nowhere', file),
    () => symlink('transfers.sqlite', file),
    () => void execFileSync('mkfifo', [file]),
  ];
  for (const place of put) {
    told = [];
    await place();
    const store = open();
    expect(store.all()).toEqual([]);
    expect(told).toMatchObject([
      { recovery: { kept: 0, aside: expect.stringContaining('transfers.sqlite.damaged-') } },
    ]);
    store.close();
    await rm(file);
    for (const name of await readdir(path.dirname(file)))
      if (name.includes('backup')) await rm(path.join(path.dirname(file), name));
  }
});

test('a recovery that is cut off is done again, and one that was only not yet named is taken', async () => {
  const store = open();
  store.save([transfer('a', 1), transfer('b', 2)]);
  store.close();
  const garbage = Buffer.from('no database '.repeat(2000));
  await writeFile(`${file}.recovered`, garbage);
  const again = open();
  expect([again.all().length, told]).toEqual([2, []]);
  again.close();
  // Between the two renames: the damaged file is set aside, the complete new one is not renamed
  // yet.
  const db = new DatabaseSync(file);
  db.function('checksum', { varargs: true }, checksum);
  db.exec(
    `INSERT INTO meta VALUES ('recovered', '{"kept":2,"fromBackup":0,"lost":["c"]}', checksum('recovered', '{"kept":2,"fromBackup":0,"lost":["c"]}'))`,
  );
  db.close();
  await rename(file, `${file}.recovered`);
  await rm(`${file}.backup-1`);
  const last = open();
  expect(last.all()).toHaveLength(2);
  expect(told).toMatchObject([{ recovery: { kept: 2, lost: ['c'] } }]);
  last.close();
});

/**
 * A rollback journal of another database, as a kill leaves it: SQLite would roll any file of its
 * name back to those few pages.
 */
async function leaveJournal(of: string): Promise<void> {
  const small = path.join(folder, 'small.sqlite');
  const db = new DatabaseSync(small);
  db.exec(
    `PRAGMA cache_size = 1; CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(40000)); BEGIN; UPDATE t SET x = zeroblob(200000); INSERT INTO t VALUES (zeroblob(200000))`,
  );
  await cp(`${small}-journal`, `${of}-journal`);
  db.close();
  await rm(small);
}

test('a journal that a recovery has left when it was killed costs the next one nothing', async () => {
  const store = open();
  store.save(Array.from({ length: 300 }, (_, n) => transfer(`trf_${n}`, n)));
  store.close();
  const bytes = await readFile(file);
  bytes.write('X', bytes.indexOf('"id":"trf_7"') + 6);
  await writeFile(file, bytes);
  await leaveJournal(`${file}.source`);
  const again = open();
  expect(again.all()).toHaveLength(299);
  expect(told).toMatchObject([{ recovery: { kept: 299 } }]);
  again.close();
  expect(
    (await readdir(path.dirname(file))).filter((name) => /\.(?:source|recovered)/u.test(name)),
  ).toEqual([]);
});

test('what is in the place of the log, or of a file that a recovery makes, is set aside and told', async () => {
  const put = [
    (at: string) => mkdir(at),
    (at: string) => symlink('nowhere', at),
    (at: string) => void execFileSync('mkfifo', [at]),
  ];
  for (const suffix of ['-wal', '-journal', '.source', '.recovered', '.before-mending'])
    for (const place of put) {
      open().close();
      told = [];
      await place(`${file}${suffix}`);
      open().close();
      expect(told, suffix).toMatchObject([
        { recovery: { aside: expect.stringContaining(`transfers.sqlite${suffix}.damaged-`) } },
      ]);
    }
});

test('what a recovery has lost is told until a run that told it has ended by itself', async () => {
  const store = open();
  store.save([transfer('a', 1), transfer('b', 2, { title: 'Lost' })]);
  store.close();
  const bytes = await readFile(file);
  bytes.write('X', bytes.indexOf('"title":"Lost"') - 3);
  await writeFile(file, bytes);
  await rm(`${file}.backup-1`);
  // Killed before the damage could be reported, twice.
  for (let time = 0; time < 2; time++) await killed(open(), () => undefined);
  const lost = {
    recovery: {
      kept: 1,
      lost: ['Lost'],
      aside: expect.stringContaining('transfers.sqlite.damaged-'),
    },
  };
  expect(told).toMatchObject([lost, lost]);
  open().close();
  expect(told).toMatchObject([lost, lost, lost]);
  open().close();
  expect(told).toHaveLength(3);
});

test('the database of another program is none of a newer version of this one: it is set aside, the backup is used', async () => {
  const store = open();
  store.save([transfer('a', 1)]);
  store.close();
  await rm(`${file}.backup-1`);
  open().close();
  await rm(file);
  const db = new DatabaseSync(file);
  db.exec('CREATE TABLE meta (key TEXT); CREATE TABLE places (url TEXT); PRAGMA user_version = 77');
  db.close();
  const again = open();
  expect(again.all()).toEqual([transfer('a', 1)]);
  expect(told).toMatchObject([{ recovery: { kept: 1, fromBackup: 1 } }]);
  again.close();
});

test('a backup from the future, made while the clock was wrong, does not keep the next from being made', async () => {
  open().close();
  const store = open();
  store.save([transfer('a', 1)]);
  store.close();
  const inYears = new Date(Date.now() + 5 * 365 * 24 * 3_600_000);
  await utimes(`${file}.backup-1`, inYears, inYears);
  open().close();
  await rm(file);
  const again = open();
  expect(again.all()).toEqual([transfer('a', 1)]);
  again.close();
});

test.each<[string, () => Promise<unknown>]>([
  ['gone', async () => undefined],
  ['a folder', () => mkdir(file)],
  ['a link to itself', () => symlink('transfers.sqlite', file)],
])(
  'where the file of a killed program is %s, its log and the backup give what they have, and the log does not meet the new file',
  async (_what, place) => {
    const store = open();
    store.save(many(300));
    store.close();
    await rm(`${file}.backup-1`);
    const before = open();
    before.save([transfer('late', 500)]);
    await killed(before, (copy) => rm(copy));
    await place();
    const again = open();
    expect(again.all().map(({ id }) => id)).toEqual(
      expect.arrayContaining(many(300).map(({ id }) => id)),
    );
    expect(told).toMatchObject([
      { recovery: { aside: expect.stringContaining('transfers.sqlite.damaged-') } },
    ]);
    again.close();
    expect(
      (await readdir(path.dirname(file))).filter((name) => /\.damaged-.*-wal$/u.test(name)),
    ).toHaveLength(1);
    // A young database has everything in its log.
    await rm(path.dirname(file), { recursive: true });
    const young = open();
    young.save(many(300));
    await killed(young, async (copy) => {
      await rm(copy);
      await rm(`${copy}.backup-1`);
    });
    await place();
    const last = open();
    expect(last.all()).toHaveLength(300);
    last.close();
  },
);
