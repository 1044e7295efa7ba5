import { subscribe } from 'node:diagnostics_channel';
import type { Worker } from 'node:worker_threads';

const running = new Set<Worker>();
let made = 0;
// Node says of each thread that it has been made (diagnostics_channel, `worker_threads`).
subscribe('worker_threads', (message) => {
  const { worker } = message as { worker: Worker };
  running.add(worker);
  made += 1;
  worker.once('exit', () => running.delete(worker));
});

/** Ends a thread of this process at once, in the middle of whatever it does. @returns false for none */
export async function killThread(name: string): Promise<boolean> {
  const worker = [...running].find((one) => one.threadName === name);
  if (!worker) return false;
  await worker.terminate();
  return true;
}

/** Threads that this process has made so far. */
export const threadsMade = (): number => made;
