import { expect, test } from 'vitest';
import { sendGenerated } from './support/generated.ts';
import { startTested } from './support/service.ts';

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

test(`no request finds a fault of the service or an answer that is not declared (SEED=${SEED})`, { timeout: 120_000 }, async () => {
  const { requests, answered } = await sendGenerated(await startTested(), 1_000, SEED);
  expect(requests).toBeGreaterThanOrEqual(1_000);
  // Requests that only ever bounce would prove little.
  expect(answered.size).toBeGreaterThan(20);
});
