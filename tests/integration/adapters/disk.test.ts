import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createDisk } from '../../../src/main/adapters/fs/disk.ts';
import { ThreadHasher } from '../../../src/main/threads/hashing.ts';
import { PartFile } from '../../../src/main/transfers/run/part-file.ts';
import type { PlannedFile } from '../../../src/main/transfers/run/plan.ts';
import type { Clock } from '../../../src/shared/clock.ts';
import type { Disk, FileProgress } from '../../../src/main/transfers/ports.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { content, sha256 } from '../../support/engine/origin.ts';
import { stored } from '../../support/engine/rows.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const disk = createDisk();
const hasher = new ThreadHasher();
afterAll(() => hasher.close());
let folder: string;
const at = (name: string) => path.join(folder, name);
beforeEach(async () => {
  folder = temporaryFolder();
});

test('nothing is overwritten by a move', async () => {
  await writeFile(at('a'), 'new');
  await writeFile(at('b'), 'mine');
  await expect(disk.move(at('a'), at('b'))).rejects.toMatchObject({ code: 'exists' });
  expect(await readFile(at('b'), 'utf8')).toBe('mine');
  await disk.move(at('a'), at('c'));
  expect([await disk.entry(at('a')), await disk.entry(at('c'))]).toEqual([
    null,
    { kind: 'file', bytes: 3 },
  ]);
});

test('a link is not written through', async () => {
  await writeFile(at('precious'), 'mine');
  await symlink(at('precious'), at('a.part'));
  expect(await disk.entry(at('a.part'))).toMatchObject({ kind: 'other' });
  await expect(disk.open(at('a.part'), 'write')).rejects.toMatchObject({ code: 'not-permitted' });
  expect(await readFile(at('precious'), 'utf8')).toBe('mine');
});

test('folders are made down to the last, and where none can be made it says so at once', async () => {
  await disk.makeFolder(at('one/two/three'));
  await disk.makeFolder(at('one/two/three'));
  expect(await disk.entry(at('one/two/three'))).toMatchObject({ kind: 'folder' });
  await writeFile(at('file'), '');
  await expect(disk.makeFolder(at('file/below'))).rejects.toMatchObject({
    code: 'destination-missing',
  });
  // Linux's /proc answers ENOENT for a folder whose parent exists; other systems have no such
  // place.
  await expect(disk.makeFolder('/proc/nothing/here')).rejects.toMatchObject({
    code: expect.stringMatching(/destination-missing|not-permitted|disk-error/),
  });
});

test('what the system says becomes one of our codes', async () => {
  await expect(disk.open(at('none/a'), 'write')).rejects.toMatchObject({
    code: 'destination-missing',
  });
  await expect(disk.realPath(at('none'))).rejects.toMatchObject({ code: 'destination-missing' });
  await mkdir(at('folder'));
  await expect(disk.open(at('folder'), 'write')).rejects.toMatchObject({ code: 'disk-error' });
  await expect(disk.remove(at('none'))).resolves.toBeUndefined();
  expect(await disk.freeBytes(folder)).toBeGreaterThan(0);
});

test('many chunks at an offset are written whole and in order', async () => {
  const file = await disk.open(at('a'), 'new');
  const bytes = content(3_000_001);
  const chunks = Array.from({ length: 3001 }, (_, i) => bytes.subarray(i * 1000, (i + 1) * 1000));
  await file.write(chunks, 77);
  await file.sync();
  await file.close();
  expect(sha256((await readFile(at('a'))).subarray(77))).toBe(sha256(bytes));
});

type Note = (how: 'journal' | 'commit', progress: FileProgress | null) => void;
/** Opens a part file of a run; `note` receives every record of it. */
function openPartFile(
  name: string,
  planned: Pick<PlannedFile, 'bytes' | 'pieces'>,
  note: Note,
  progress: FileProgress | null = null,
  deps: { disk?: Disk; clock?: Clock } = {},
): Promise<PartFile> {
  const records = {
    get: () => ({ ...stored(0), progress }),
    journal: (_: number, now: FileProgress | null) => note('journal', now),
    commit: (_: number, now: FileProgress) => note('commit', now),
    releasePart: () => undefined,
    mustCreatePart: () => false,
    partCreated: () => undefined,
  };
  return PartFile.open(
    {
      disk,
      hasher,
      clock: new FakeClock(),
      signal: new AbortController().signal,
      transfer: { hashAnyway: planned.pieces !== null },
      records,
      ...deps,
    },
    {
      index: 0,
      fileId: null,
      unsigned: null,
      path: name,
      given: null,
      sha256: null,
      required: true,
      expected: name,
      urls: [],
      ...planned,
    },
    at(name),
  );
}

const PIECE = 1000;
async function openPart(bytes: Buffer, progress: FileProgress | null = null) {
  const hashes = Array.from({ length: Math.ceil(bytes.length / PIECE) }, (_, i) =>
    sha256(bytes.subarray(i * PIECE, (i + 1) * PIECE)),
  );
  let journalled: FileProgress | null = null;
  const part = await openPartFile(
    'a.part',
    { bytes: bytes.length, pieces: { pieceBytes: PIECE, hashes } },
    (_, now) => void (journalled = now),
    progress,
  );
  return { part, journalled: () => journalled };
}

test('a piece is checked as soon as it is whole; a wrong one counts as missing again', async () => {
  const bytes = content(3500);
  const { part, journalled } = await openPart(bytes);
  expect(await part.write([bytes.subarray(500, 2000)], 500)).toEqual([]);
  expect(part.pieceStates()).toEqual(['running', 'verified', 'missing', 'missing']);
  expect(await part.write([Buffer.alloc(500)], 0)).toEqual([0]);
  expect(part.written).toEqual([[1000, 2000]]);
  expect(part.refetchedBytes).toBe(1000);
  await part.write([bytes.subarray(2000, 2700)], 2000);
  part.dropUnverified([0, 2700]);
  expect(part.written).toEqual([[1000, 2000]]);
  expect(journalled()).toMatchObject({ written: [[1000, 2000]] });
  await part.write([bytes.subarray(0, 1000)], 0);
  await part.write([bytes.subarray(2000)], 2000);
  expect([part.isComplete, await part.hashWhole()]).toEqual([true, sha256(bytes)]);
  await part.close();
});

test('a piece that comes wrong three times ends it', async () => {
  const bytes = content(2000);
  const { part } = await openPart(bytes);
  expect(await part.write([Buffer.alloc(1000)], 0)).toEqual([0]);
  expect(await part.write([Buffer.alloc(1000)], 0)).toEqual([0]);
  await expect(part.write([Buffer.alloc(1000)], 0)).rejects.toMatchObject({
    code: 'hash-mismatch',
    detail: { retryable: false },
  });
  await part.close();
});

test('after a failed sync nothing written since the last good one is believed', async () => {
  const failing = {
    ...disk,
    open: async (name: string, mode: 'read' | 'write') => ({
      ...(await disk.open(name, mode)),
      sync: () => Promise.reject(new AppError('disk-error', 'EIO')),
    }),
  };
  const clock = new FakeClock();
  await clock.advance(10_000);
  let journalled: FileProgress | null = null;
  const part = await openPartFile(
    'b.part',
    { bytes: 5000, pieces: null },
    (_, now) => void (journalled = now),
    null,
    { disk: failing, clock },
  );
  await part.write([content(1000)], 0);
  await part.close();
  expect(journalled).toMatchObject({ written: [], durable: [] });
  await expect(part.sync()).rejects.toMatchObject({ code: 'disk-error' });
});

test('a record goes before the bytes it claims', async () => {
  const steps: string[] = [];
  const watched = {
    ...disk,
    open: async (name: string, mode: 'read' | 'write') => {
      const file = await disk.open(name, mode);
      const truncate = (bytes: number) => {
        steps.push(`length ${bytes}`);
        return file.truncate(bytes);
      };
      return { ...file, truncate };
    },
  };
  const progress: FileProgress = {
    written: [[0, 1000]],
    durable: [[0, 1000]],
    bootId: disk.bootId(),
    validator: null,
    totalBytes: 2000,
  };
  const part = await openPartFile(
    'c.part',
    { bytes: 2000, pieces: null },
    (how, now) => void steps.push(`${how} ${JSON.stringify(now?.written)}`),
    progress,
    { disk: watched },
  );
  // The bytes that the record claims are gone with the file.
  expect(steps.splice(0)).toEqual(['commit []', 'length 2000']);
  await part.write([content(1000)], 0);
  steps.length = 0;
  await part.restart(false);
  expect(steps).toEqual(['commit []', 'length 0', 'length 2000']);
  await part.close();
});
