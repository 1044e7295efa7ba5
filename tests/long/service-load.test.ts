import { expect, test } from 'vitest';
import { isLong, tell } from '../support/seed.ts';
import { runServiceLoad } from '../support/service/load.ts';

const LOAD = isLong ? { seconds: 60, kills: 3, workers: 8 } : { seconds: 6, kills: 1, workers: 4 };

test(`${LOAD.seconds} s of registrations, sign-ins and manifests with kills in between: nothing acknowledged is lost, every letter arrives`, async () => {
  const tally = await runServiceLoad(LOAD);
  tell(JSON.stringify(tally));
  expect(tally.lost).toEqual([]);
  expect(tally.accounts).toBeGreaterThan(0);
  // A kill between the mail server's answer and the note of it sends that letter again, under the
  // same Message-ID; at most what was under way.
  expect(tally.twice).toBeLessThanOrEqual(LOAD.kills * LOAD.workers);
});
