import { expect, test } from 'vitest';
import { sendGenerated } from '../contract/support/generated.ts';
import { startTested } from '../contract/support/service.ts';

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

test(`ten thousand requests find no fault of the service and no answer that is not declared (SEED=${SEED})`, async () => {
  const { requests, answered, byStatus } = await sendGenerated(await startTested(), 10_000, SEED);
  console.log(`${requests} requests, ${answered.size} operations answered, by status: ${[...byStatus].toSorted(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`).join(', ')}`);
  expect(requests).toBeGreaterThanOrEqual(10_000);
  expect(answered.size).toBeGreaterThan(25);
});
