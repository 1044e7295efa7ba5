import { rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { KillBatch } from '../support/engine/kill-batch.ts';
import { isLong, randomOf, tell } from '../support/seed.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const KILLS = isLong ? 200 : 4;
/** Kills of a batch before it may finish. */
const KILLS_A_BATCH = isLong ? 20 : 4;
const MIB = 1024 * 1024;
const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
const mib = (bytes: number): string => `${(bytes / MIB).toFixed(3)} MiB`;

test(`${KILLS} kills over batches of 50 files: none lost, none wrong, and next to nothing asked for again`, async () => {
  const again: number[] = [];
  const inAll: number[] = [];
  const wrong: string[] = [];
  const folder = temporaryFolder();
  let kills = 0;
  let batches = 0;
  try {
    while (kills < KILLS) {
      const random = randomOf(batches);
      const batch = await KillBatch.start(path.join(folder, String(batches)), batches, random);
      const most = Math.min(KILLS_A_BATCH, KILLS - kills);
      try {
        let ended = false;
        while (!ended && batch.kills < most) ended = await batch.run(50 + random() * 700);
        if (!ended) await batch.run(null);
      } finally {
        wrong.push(...(await batch.end()).map((line) => `batch ${batches}: ${line}`));
      }
      again.push(...batch.again);
      inAll.push(...batch.againInAll);
      kills += batch.kills;
      batches++;
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  const worst = Math.max(0, ...again);
  tell(
    `kills: ${kills} over ${batches} batches; asked again of what was on disk: of a file ${mib(median(again))} (median of ${again.length} under way), ${mib(worst)} (worst); of all files of a kill ${mib(median(inAll))} (median)`,
  );
  expect(wrong).toEqual([]);
  expect({ median: median(again) <= MIB, worst: worst <= 2 * MIB }).toEqual({
    median: true,
    worst: true,
  });
});
