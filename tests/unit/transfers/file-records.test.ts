import { expect, test } from 'vitest';
import type { FileProgress, StoredFile } from '../../../src/main/transfers/ports.ts';
import { FileRecords } from '../../../src/main/transfers/run/file-records.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { PowerStore } from '../../support/power/store.ts';
import { FakeClock } from '../../support/fakes/clock.ts';

const ID = 'trf_1';
const HASH = 'f'.repeat(64);
const PROGRESS: FileProgress = {
  written: [[0, 5]],
  durable: [],
  bootId: 'boot',
  validator: null,
  totalBytes: 12,
};

/** Records every commit: indexes, and verified content. */
class WatchedStore extends PowerStore {
  readonly commits: { indexes: number[]; contents: unknown }[] = [];
  isFull = false;
  override saveFiles(id: string, files: StoredFile[], contents: unknown = []): void {
    if (this.isFull) throw new AppError('disk-full', 'no room');
    this.commits.push({ indexes: files.map(({ index }) => index), contents });
    super.saveFiles(id, files);
  }
  override saveProgress(...given: Parameters<PowerStore['saveProgress']>): void {
    if (this.isFull) throw new AppError('disk-full', 'no room');
    super.saveProgress(...given);
  }
}

const file = (index: number) => ({ index, path: `${index}.mov`, given: null, bytes: 12 });
const written = (of: PowerStore) => of.files(ID).map(({ progress }) => progress?.written);

function begin(store = new WatchedStore()) {
  const clock = new FakeClock();
  const records = new FileRecords(store, clock, ID, []);
  records.begin('/to/Root', [file(0), file(1), file(2)]);
  return { store, clock, records };
}
const done = (file: StoredFile, sha256: string | null): StoredFile => ({
  ...file,
  done: true,
  verified: sha256 !== null,
  sha256,
});

test('new records are written once, together with the claims on their part files', () => {
  const { store, records } = begin();
  for (const index of [0, 1, 2]) records.lacksPart(index);
  expect(store.commits).toEqual([]);
  records.claimParts();
  records.claimParts();
  expect(store.commits).toEqual([{ indexes: [0, 1, 2], contents: [] }]);
  expect(store.files(ID).every(({ ownsPart }) => ownsPart)).toBe(true);
});

test('a claim on a part file that was not created is withdrawn; what the record said of one that is gone is void', () => {
  const { store, records } = begin();
  records.update(done(records.get(0), HASH));
  records.update({ ...records.get(1), ownsPart: true, progress: PROGRESS });
  for (const index of [0, 1, 2]) records.lacksPart(index);
  records.claimParts();
  expect(records.filesDone).toBe(0);
  expect(store.files(ID)).toMatchObject(
    [0, 1, 2].map(() => ({ done: false, ownsPart: true, progress: null })),
  );
  records.partCreated(1);
  expect([0, 1, 2].map((index) => records.mustCreatePart(index))).toEqual([true, false, true]);
  records.releaseClaims();
  records.flush();
  expect(store.files(ID).map(({ ownsPart }) => ownsPart)).toEqual([false, true, false]);
});

test('files that a hash verifies share a commit, the others are durable at once', async () => {
  const { store, clock, records } = begin();
  records.flush();
  store.commits.length = 0;
  records.save(done(records.get(0), HASH));
  records.save(done(records.get(1), HASH));
  expect([store.commits, records.filesDone]).toEqual([[], 2]);
  await clock.advance(1000);
  const contents = ['0.mov', '1.mov'].map((name) => ({ sha256: HASH, path: `/to/Root/${name}` }));
  expect(store.commits.splice(0)).toEqual([{ indexes: [0, 1], contents }]);
  records.save(done(records.get(2), null));
  expect(store.commits).toEqual([{ indexes: [2], contents: [] }]);
});

test('a journal is lost with the power, a commit is not', () => {
  const { store, records } = begin();
  records.flush();
  records.journal(0, PROGRESS);
  records.journal(1, PROGRESS);
  records.commit(1, { ...PROGRESS, written: [] });
  records.journal(1, PROGRESS);
  expect(written(store.afterKill())).toEqual([[[0, 5]], [[0, 5]], undefined]);
  expect(written(store.afterPowerLoss(() => 0))).toEqual([[[0, 5]], [], undefined]);
});

test('on a full disk a journal and a release are skipped, a commit fails; the next flush has all', () => {
  const { store, records } = begin();
  records.update({ ...records.get(0), ownsPart: true });
  records.flush();
  store.isFull = true;
  records.journal(0, PROGRESS);
  records.releasePart(0);
  expect(() => records.commit(1, PROGRESS)).toThrow(expect.objectContaining({ code: 'disk-full' }));
  store.isFull = false;
  expect(store.files(ID)[0]).toMatchObject({ ownsPart: true, progress: null });
  records.flush();
  expect(store.files(ID)).toMatchObject([
    { ownsPart: false, progress: null },
    { progress: PROGRESS },
    { progress: null },
  ]);
});

test('a record is taken up under its index and path, and fails with its last progress', () => {
  const { store, records } = begin();
  records.flush();
  records.journal(0, PROGRESS);
  const next = new FileRecords(store, new FakeClock(), ID, []);
  next.begin('/to/Root', [
    { index: 0, path: '0.mov', given: null, bytes: 12 },
    { index: 1, path: 'other.mov', given: null, bytes: 12 },
  ]);
  expect(next.all()).toMatchObject([
    { path: '0.mov', progress: PROGRESS },
    { path: 'other.mov', progress: null },
  ]);
  const error = { code: 'stalled', message: 'why' } as const;
  next.fail(0, error);
  expect(store.files(ID)[0]).toMatchObject({ progress: PROGRESS, error });
});
