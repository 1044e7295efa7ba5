import { expect, test } from 'vitest';
import { sendGenerated } from '../contract/support/generated.ts';
import { startTested } from '../contract/support/service.ts';
import { isLong, tell } from '../support/seed.ts';

const REQUESTS = isLong ? 10_000 : 400;

test(`${REQUESTS} requests find no fault of the service and no answer that is not declared`, async () => {
  const { requests, answered, byStatus } = await sendGenerated(await startTested(), REQUESTS);
  tell(
    `${requests} requests, ${answered.size} operations answered, by status: ${[...byStatus]
      .toSorted(([a], [b]) => a - b)
      .map(([status, count]) => `${status}: ${count}`)
      .join(', ')}`,
  );
  expect(requests).toBeGreaterThanOrEqual(REQUESTS);
  // Requests that only ever bounce would prove little; a small sample gets through at fewer
  // operations.
  expect(answered.size).toBeGreaterThan(isLong ? 25 : 10);
});
