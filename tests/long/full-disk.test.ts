import { execFileSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { SqliteTransferStore } from '../../src/main/adapters/sqlite/transfer-store.ts';
import { newTransfer } from '../../src/main/transfers/queue/enqueue.ts';
import type { StoredFile } from '../../src/main/transfers/ports.ts';
import { withRange, type Range } from '../../src/main/transfers/ranges.ts';
import { AppError } from '../../src/shared/errors.ts';
import { content } from '../support/engine/origin.ts';
import { FaultOrigin } from '../support/engine/fault-origin.ts';
import { isLong, tell } from '../support/seed.ts';
import { received, settled, startBench } from '../support/engine/bench.ts';
import { fasterClock } from '../support/fakes/clock.ts';
import { PackageService } from '../support/engine/package.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MIB = 1024 * 1024;
const POINTS = isLong ? 10 : 2;
const FILES = [
  { path: 'master.mov', bytes: content(14 * MIB + 99, 3) },
  { path: 'deep/second.mov', bytes: content(5 * MIB + 1, 4) },
  { path: 'a.srt', bytes: content(9_000, 5) },
];
const TOTAL = FILES.reduce((sum, { bytes }) => sum + bytes.length, 0);

const folder = temporaryFolder();
/** Null if a small volume can be mounted. */
const missing = (() => {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=80m', 'tmpfs', folder], { stdio: 'pipe' });
    return null;
  } catch {
    return 'a tmpfs cannot be mounted here';
  }
})();
afterAll(async () => {
  if (missing === null) execFileSync('umount', ['-l', folder]);
  await rm(folder, { recursive: true });
});

/** Fills the volume. */
function fill(file: string): void {
  const filler = openSync(file, 'w');
  for (let bytes = MIB; bytes >= 4096; bytes /= 2) {
    try {
      for (;;) writeSync(filler, Buffer.alloc(bytes, 1));
    } catch (thrown) {
      if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOSPC')) throw thrown;
    }
  }
  closeSync(filler);
}

/** Complete pieces of a file or its part file. */
async function piecesThere(file: string, bytes: Buffer): Promise<number[]> {
  const found = await readFile(file)
    .catch(() => readFile(`${file}.part`))
    .catch(() => Buffer.alloc(0));
  const pieces = Array.from({ length: Math.ceil(bytes.length / MIB) }, (_, piece) => piece);
  return pieces.filter((piece) =>
    found
      .subarray(piece * MIB, (piece + 1) * MIB)
      .equals(bytes.subarray(piece * MIB, (piece + 1) * MIB)),
  );
}

const rangesOf = (headers: readonly (string | undefined)[], total: number): Range[] =>
  headers.reduce<Range[]>((ranges, header) => {
    const match = /^bytes=(\d+)-(\d*)$/u.exec(header ?? '');
    return withRange(
      ranges,
      match ? [Number(match[1]), match[2] ? Number(match[2]) + 1 : total] : [0, total],
    );
  }, []);

test.skipIf(missing !== null).each([false, true])(
  `the disk is full at ${POINTS} points of a package (the home on it too: %s): it waits, goes on by itself, and fetches nothing verified again${missing ? ` (skipped: ${missing})` : ''}`,
  async (isHomeThere) => {
    let kept = 0;
    for (let point = 0; point < POINTS; point++) {
      const origin = await FaultOrigin.start({ secure: false });
      const service = new PackageService(origin, FILES, { rootName: 'Root' });
      for (const file of origin.files.values()) file.slices = 40;
      const home = path.join(folder, 'home');
      const bench = await startBench({
        ports: { source: service, clock: fasterClock(20) },
        ...(isHomeThere ? { home } : {}),
      });
      const to = path.join(folder, 'to');
      await mkdir(to);
      try {
        const [id = ''] = await bench.transfers.enqueue([
          {
            assetId: 'ast_1',
            packageId: 'pkg_1',
            rev: 1,
            title: 'A',
            label: 'A',
            purpose: 'web',
            destination: to,
            acknowledge: [],
          },
        ]);
        await received(bench.transfers, id, (TOTAL * (point + 0.3)) / POINTS - MIB);
        const there = await Promise.all(
          FILES.map(({ path: name, bytes }) => piecesThere(path.join(to, 'Root', name), bytes)),
        );
        fill(path.join(folder, 'filler'));
        const state = await settled(bench.transfers, id, 'disk-full');
        // At the last point everything may be on the disk already.
        expect([state.phase, state.phase === 'waiting' ? state.reason : null]).toBeOneOf([
          ['waiting', 'disk-full'],
          ['done', null],
        ]);
        for (const file of origin.files.values()) file.ranges.length = 0;
        await rm(path.join(folder, 'filler'));
        expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
        kept += there.flat().length;
        for (const [index, { path: name, bytes }] of FILES.entries()) {
          expect((await readFile(path.join(to, 'Root', name))).equals(bytes)).toBe(true);
          const again = rangesOf(origin.files.get(`/pkg_1/${name}`)?.ranges ?? [], bytes.length);
          const twice = (there[index] ?? []).filter((piece) =>
            again.some(
              ([from, end]) =>
                from < Math.min((piece + 1) * MIB, bytes.length) && end > piece * MIB,
            ),
          );
          expect(twice).toEqual([]);
        }
        expect(bench.bugs).toEqual([]);
      } finally {
        await bench.end();
        await origin.stop();
        await rm(to, { recursive: true });
        await rm(home, { recursive: true, force: true });
      }
    }
    expect(kept).toBeGreaterThan(0);
    tell(
      `full disk: ${POINTS} points, the home ${isHomeThere ? 'on it too' : 'elsewhere'}; ${kept} pieces were there, none fetched again`,
    );
  },
);

const recordOf = (bytes: number): StoredFile => ({
  index: 0,
  path: 'a.mov',
  bytes: TOTAL,
  given: null,
  sha256: null,
  done: false,
  verified: false,
  error: null,
  ownsPart: true,
  evidence: null,
  progress: {
    written: [[0, bytes]],
    durable: [],
    bootId: 'boot',
    validator: null,
    totalBytes: TOTAL,
  },
});

test.skipIf(missing !== null)(
  `on a full disk records are still kept, and a new start finds the last of them${missing ? ` (skipped: ${missing})` : ''}`,
  async () => {
    const home = path.join(folder, 'home');
    const file = path.join(home, 'transfers.sqlite');
    const open = () =>
      new SqliteTransferStore(file, (damage) => {
        throw new Error(JSON.stringify(damage));
      });
    try {
      const store = open();
      store.save([
        newTransfer(
          {
            url: 'https://files.example/a.mov',
            metalink: false,
            destination: folder,
            sha256: null,
            hashAnyway: false,
          },
          { id: 'trf_1', position: 1, nowMs: 0 },
        ),
      ]);
      fill(path.join(folder, 'filler'));
      for (let bytes = 1; bytes <= 300; bytes++) store.saveFiles('trf_1', [recordOf(bytes)]);
      store.close();
      const again = open();
      expect(again.files('trf_1')).toEqual([recordOf(300)]);
      again.close();
    } finally {
      await rm(path.join(folder, 'filler'), { force: true });
      await rm(home, { recursive: true, force: true });
    }
  },
);

function started(open: () => SqliteTransferStore): string {
  try {
    open().close();
    return 'started';
  } catch (thrown) {
    return thrown instanceof AppError ? `${thrown.code}: ${thrown.message}` : String(thrown);
  }
}

test.skipIf(missing !== null)(
  `a damaged queue on a full disk: one without room is left as it is and says so, a small one has the room set aside${missing ? ` (skipped: ${missing})` : ''}`,
  async () => {
    const home = path.join(folder, 'home');
    const file = path.join(home, 'transfers.sqlite');
    const lost: string[][] = [];
    const outcomes: string[] = [];
    const open = () => new SqliteTransferStore(file, ({ lost: names }) => lost.push(names));
    const transfers = (count: number) =>
      Array.from({ length: count }, (_, n) =>
        newTransfer(
          {
            url: `https://files.example/${n}.mov`,
            metalink: false,
            destination: folder,
            sha256: null,
            hashAnyway: false,
          },
          { id: `trf_${n}`, position: n, nowMs: 0 },
        ),
      );
    try {
      for (const count of [50, 9000]) {
        const store = open();
        store.save(transfers(count));
        store.close();
        const bytes = await readFile(file);
        bytes.write('X', bytes.indexOf('"title":"7.mov"') + 9);
        await writeFile(file, bytes);
        fill(path.join(folder, 'filler'));
        outcomes.push(started(open));
        await rm(path.join(folder, 'filler'));
        const again = open();
        expect(again.all()).toHaveLength(count - 1);
        again.close();
        await rm(home, { recursive: true });
      }
      expect(lost).toEqual([['X.mov'], ['X.mov']]);
      expect(outcomes).toEqual(['started', 'disk-full: No space left for the queue']);
    } finally {
      await rm(path.join(folder, 'filler'), { force: true });
      await rm(home, { recursive: true, force: true });
    }
  },
);
