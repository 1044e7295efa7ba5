import { randomFillSync } from 'node:crypto';
import { constants, openSync, closeSync } from 'node:fs';
import { open, readFile, readdir, readlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { FileWriter, runsOf } from '../../../src/main/adapters/fs/direct-writer.ts';
import { PAGE_BYTES } from '../../../src/main/adapters/http/fast/blocks.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const KIB = 1024;
let folder: string;
beforeEach(async () => {
  folder = temporaryFolder();
});

/** Memory like the blocks of a connection. */
const block = (bytes: number): Uint8Array =>
  new Uint8Array(new SharedArrayBuffer(bytes, { maxByteLength: bytes }), 0, bytes);

/** Null if O_DIRECT works here; otherwise the reason. */
function withoutDirect(): string | null {
  if (process.platform !== 'linux') return 'only Linux has O_DIRECT';
  try {
    closeSync(
      openSync(
        path.join(folder, 'probe'),
        constants.O_CREAT | constants.O_WRONLY | constants.O_DIRECT,
      ),
    );
    return null;
  } catch {
    return 'the file system of the temporary folder has no direct writes';
  }
}

const shown = (position: number, chunks: Uint8Array[]) =>
  runsOf(chunks, position).map((run) => [run.direct, run.position, run.bytes]);

test('only whole pages of memory that lies as the file does go past the cache', () => {
  const bytes = block(512 * KIB);
  expect(shown(0, [bytes])).toEqual([[true, 0, 512 * KIB]]);
  expect(shown(100, [bytes.subarray(100)])).toEqual([
    [false, 100, PAGE_BYTES - 100],
    [true, PAGE_BYTES, 508 * KIB],
  ]);
  expect(shown(100, [bytes.subarray(100, 300 * KIB + 5)])).toEqual([
    [false, 100, PAGE_BYTES - 100],
    [true, PAGE_BYTES, 296 * KIB],
    [false, 300 * KIB, 5],
  ]);
  expect(shown(512 * KIB, [bytes, bytes])).toEqual([[true, 512 * KIB, 1024 * KIB]]);
  expect(shown(101, [bytes.subarray(100)])).toEqual([[false, 101, 512 * KIB - 100]]);
  expect(shown(0, [bytes.subarray(0, 64 * KIB)])).toEqual([[false, 0, 64 * KIB]]);
  expect(shown(0, [new Uint8Array(512 * KIB)])).toEqual([[false, 0, 512 * KIB]]);
});

test('whatever is written in whatever parts is what the file holds', async () => {
  const share = fc.record({
    bytes: fc.integer({ min: 1, max: 600 * KIB }),
    shift: fc.constantFrom(0, 0, 0, 1, 512),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(share, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 0, max: 3 * PAGE_BYTES }),
      async (shares, from) => {
        const file = path.join(folder, 'a.part');
        const handle = await open(file, 'w');
        const writer = new FileWriter(handle);
        const expected = [Buffer.alloc(from)];
        let at = from;
        for (const { bytes, shift } of shares) {
          const start = (at + shift) % PAGE_BYTES;
          const chunk = block(1024 * KIB).subarray(start, start + bytes);
          randomFillSync(chunk);
          await writer.write([chunk], at);
          expected.push(Buffer.from(chunk));
          at += bytes;
        }
        await writer.close();
        await handle.close();
        expect(Buffer.compare(await readFile(file), Buffer.concat(expected))).toBe(0);
      },
    ),
    { numRuns: 60 },
  );
});

test('large writes use a second descriptor without the cache, which is closed with the file', async ({
  skip,
}) => {
  const missing = withoutDirect();
  if (missing) skip(missing);
  const file = path.join(folder, 'a.part');
  const descriptors = async () => {
    const names = await readdir('/proc/self/fd');
    const targets = await Promise.all(
      names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')),
    );
    return targets.filter((target) => target === file).length;
  };
  const handle = await open(file, 'w');
  const writer = new FileWriter(handle);
  await writer.write([new Uint8Array(512 * KIB)], 0);
  expect(await descriptors()).toBe(1);
  await writer.write([block(512 * KIB)], 512 * KIB);
  expect(await descriptors()).toBe(2);
  await writer.close();
  expect(await descriptors()).toBe(1);
  await handle.close();
});

test('what the disk refuses is told, not hidden by another way of writing', async () => {
  const file = path.join(folder, 'read-only');
  await writeFile(file, '');
  const handle = await open(file, 'r');
  const writer = new FileWriter(handle);
  await expect(writer.write([new Uint8Array(10)], 0)).rejects.toMatchObject({ code: 'EBADF' });
  await writer.close();
  await handle.close();
});
