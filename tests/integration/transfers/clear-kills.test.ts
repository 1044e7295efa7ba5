import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { desk, startDesk, type Line, type Run } from '../../support/app/desk.ts';
import { content } from '../../support/engine/origin.ts';
import { PackageService } from '../../support/engine/package.ts';
import { openBench, openOrigin } from '../../support/engine/per-test.ts';
import { fetched, marked, namesIn, polled, recallsOf } from '../../support/engine/recalled.ts';
import type { Bench } from '../../support/engine/bench.ts';

const FILES = 40;
/** Changes in the folder after which the program is killed, one run after the other. */
const KILLS = [1, 1, 2, 3, 5, 8, 13, 21, 34];
let bench: Bench;

beforeEach(async () => {
  const origin = await openOrigin();
  const service = new PackageService(
    origin,
    Array.from({ length: FILES }, (_, n) => ({ path: `clip ${n}.mov`, bytes: content(2000, n) })),
  );
  bench = await openBench({ ports: { source: service } });
});

/** What the ledger of the home says was cleared. */
const clearedIn = (home: string): number => {
  const file = path.join(home, 'ledger.jsonl');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  return lines.filter((line) => line.includes('"cleared-from-disk"')).length;
};
const linesOf = ({ lines }: Run, type: string): Line[] =>
  lines.filter((line) => line.type === type);

test(
  `kill -9 at ${KILLS.length} moments of clearing from disk: cleared and in the ledger, or still listed`,
  { tags: ['long'] },
  async () => {
    const home = path.join(bench.folder, 'home');
    const folder = path.join(bench.to, 'Harvest_2026');
    await fetched(bench);
    await polled(bench, 'withdrawn');
    await marked(bench);
    const [recall] = await recallsOf(bench);
    const clear = ['recall', 'clear', recall?.id ?? ''];
    let killed = 0;
    await bench.restart(async () => {
      for (const changes of KILLS) {
        const { child, end } = startDesk([...clear, '--yes'], { home });
        let seen = 0;
        const watcher = watch(folder, () => {
          if (++seen === changes) child.kill('SIGKILL');
        });
        const { code } = await end;
        watcher.close();
        if (code === null) killed += 1;
        if (!existsSync(path.join(folder, 'manifest.json'))) break;
        expect(await namesIn(folder)).not.toContain('.done');
        expect(linesOf(await desk(clear, { home }), 'clearable')).toMatchObject([{ folder }]);
      }
      const last = await desk([...clear, '--yes'], { home });
      expect(last).toMatchObject({ code: 0, result: { isDeleted: true } });
      // The last one may have been killed once all was done.
      expect(await namesIn(bench.to)).toEqual([]);
      expect(clearedIn(home)).toBeGreaterThan(0);
    });
    expect(killed).toBeGreaterThan(0);
    expect((await bench.transfers.clearable()).items).toEqual([]);
  },
);

test('on a full disk the marker is set aside all the same, the notice is told to be missing and comes later', async ({
  skip,
}) => {
  const small = path.join(bench.folder, 'small');
  await mkdir(small);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'none', small]).status !== 0)
    skip('no volumes may be mounted here');
  try {
    await fetched(bench, { destination: small });
    const folder = path.join(small, 'Harvest_2026');
    expect(await namesIn(folder)).toContain('.done');
    const filler = path.join(small, 'filler');
    expect(() => writeFileSync(filler, Buffer.alloc(4_000_000))).toThrow('ENOSPC');
    await polled(bench, 'withdrawn');
    const { places } = await marked(bench, 'failed');
    expect(places).toMatchObject([{ done: 'set-aside', error: { code: 'disk-full' } }]);
    const names = await namesIn(folder);
    expect(names).toContain('.recalled');
    expect(names.filter((name) => /^\.done$|^RECALLED|part$/u.test(name))).toEqual([]);
    expect(await bench.transfers.recallsView()).toMatchObject({ recalls: 1, failed: 1 });
    await rm(filler);
    await polled(bench, 'withdrawn');
    await marked(bench);
    expect(await bench.transfers.recallsView()).toMatchObject({ recalls: 1, failed: 0 });
    expect(readFileSync(path.join(folder, 'RECALLED.txt'), 'utf8')).toContain('WITHDRAWN');
  } finally {
    spawnSync('umount', ['-l', small]);
  }
});
