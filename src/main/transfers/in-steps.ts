import { setImmediate } from 'node:timers/promises';
import type { Steps } from '../../shared/model/names.ts';

/** Runs long work in steps, so that the event loop keeps serving downloads. */
export async function inSteps<T>(steps: Steps<T>): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await setImmediate();
  }
}
