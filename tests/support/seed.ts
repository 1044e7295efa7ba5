import { noBias, sample } from 'fast-check';
import type { Arbitrary } from 'fast-check';

/** `npm run test:long` runs many, `npm test` a few of the same. */
export const isLong = process.env['LONG'] === '1';
/** `SEED=…` repeats a run. */
export const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

/** Says what a run found, with the seed that repeats it. */
export function tell(text: string): void {
  process.stdout.write(`${text} (SEED=${seed})\n`);
}

/** Neighbouring numbers give seeds that have nothing in common. */
function mixed(number: number): number {
  let state = (seed + Math.imul(number + 1, 0x9e3779b9)) | 0;
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) | 0;
}

/** One value, always the same for the seed and the number. */
export function drawn<T>(arbitrary: Arbitrary<T>, number: number): T {
  const [value] = sample(noBias(arbitrary), { seed: mixed(number), numRuns: 1 });
  if (value === undefined) throw new Error('Nothing was drawn');
  return value;
}

/** Numbers from 0 to 1, always the same for the seed and the number. */
export function randomOf(number: number): () => number {
  let count = mixed(number);
  return () => (mixed(count++) >>> 0) / 2 ** 32;
}
