import { onTestFinished } from 'vitest';
import { startBench, type Bench } from './bench.ts';
import { Origin } from './origin.ts';

/** An engine that ends with the test, and fails it if anything was logged as a bug. */
export async function openBench(options?: Parameters<typeof startBench>[0]): Promise<Bench> {
  const bench = await startBench(options);
  onTestFinished(async () => {
    await bench.end();
    for (const bug of bench.bugs) throw bug;
  });
  return bench;
}

/** An origin that ends with the test; opened first, it outlives the engine. */
export async function openOrigin(): Promise<Origin> {
  const origin = await Origin.start();
  onTestFinished(() => origin.stop());
  return origin;
}
