import { setImmediate } from 'node:timers/promises';
import type { Steps } from '../../shared/model/name-set.ts';

/** Runs long work of this thread so that its downloads go on meanwhile. */
export async function inSteps<T>(steps: Steps<T>): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await setImmediate();
  }
}
