import { expect, test } from 'vitest';
import { runServiceLoad } from '../support/service-load.ts';

test('under load, killed and started again: nothing that was acknowledged is lost, every letter arrives', async () => {
  const { lost, accounts, kills, twice } = await runServiceLoad({ seconds: 6, kills: 1, workers: 4 });
  expect(lost).toEqual([]);
  expect(accounts).toBeGreaterThan(0);
  expect(twice).toBeLessThanOrEqual(kills * 4);
});
