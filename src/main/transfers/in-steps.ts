import { setImmediate } from 'node:timers/promises';
import type { Steps } from '../../shared/model/names.ts';

/** Runs long work without blocking the event loop, on which the downloads depend. */
export async function inSteps<T>(steps: Steps<T>): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await setImmediate();
  }
}
