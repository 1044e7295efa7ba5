import { expect, test } from 'vitest';
import { sendGenerated } from '../contract/support/generated.ts';
import { startTested } from '../contract/support/service.ts';
import { isLong, seed } from '../support/seed.ts';

// `npm test` has the same with fewer, in the contract's tests.
test.skipIf(!isLong)(`ten thousand requests find no fault of the service and no answer that is not declared (SEED=${seed})`, async () => {
  const { requests, answered, byStatus } = await sendGenerated(await startTested(), 10_000, seed);
  console.log(`${requests} requests, ${answered.size} operations answered, by status: ${[...byStatus].toSorted(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`).join(', ')}`);
  expect(requests).toBeGreaterThanOrEqual(10_000);
  expect(answered.size).toBeGreaterThan(25);
});
