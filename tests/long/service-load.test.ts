import { expect, test } from 'vitest';
import { runServiceLoad } from '../support/service-load.ts';

test('a minute of registrations, sign-ins and manifests with three kills: nothing that was acknowledged is lost, every letter arrives', async () => {
  const tally = await runServiceLoad({ seconds: 60, kills: 3, workers: 8 });
  console.log(JSON.stringify(tally));
  expect(tally.lost).toEqual([]);
  expect(tally.accounts).toBeGreaterThan(0);
  // A kill between the mail server's answer and the note of it sends that letter again, under the same Message-ID; at most what was under way.
  expect(tally.twice).toBeLessThanOrEqual(tally.kills * 8);
});
