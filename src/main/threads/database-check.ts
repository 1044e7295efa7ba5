import { Worker } from 'node:worker_threads';
import { workerFile } from './spawn.ts';

/** `hasBackups`: one is made of a sound database, unless there is one of the last hour. */
export type DatabaseCheck = {
  file: string;
  rowChecks: Readonly<Record<string, string>>;
  hasBackups: boolean;
};
/** `unknown` where the check itself could not be made, for example on a full disk. */
export type CheckOutcome = 'sound' | 'damaged' | 'unknown';

/** The start of the program is over by then. */
const FIRST_MS = 60_000;
const AGAIN_MS = 3_600_000;

/**
 * Verifies all of a database that is in use, in a thread of its own that ends with it: it takes
 * seconds for the largest.
 */
function checkDatabase(check: DatabaseCheck): Promise<CheckOutcome> {
  const worker = new Worker(workerFile('database-check'), {
    workerData: check,
    name: 'database-check',
  });
  worker.unref();
  return new Promise((resolve) => {
    worker.once('message', (outcome: CheckOutcome) => resolve(outcome));
    worker.once('error', () => resolve('unknown'));
    worker.once('exit', () => resolve('unknown'));
  });
}

/**
 * An end that was clean says nothing of bits that flipped since: a database is verified some time
 * after it was opened, and every hour where that makes a backup. @returns how to stop it.
 */
export function startChecks(check: DatabaseCheck, onDamaged: () => void): () => void {
  let timer: NodeJS.Timeout | null = null;
  let isStopped = false;
  const run = async (): Promise<void> => {
    const outcome = await checkDatabase(check);
    if (isStopped) return;
    if (outcome === 'damaged') onDamaged();
    else if (check.hasBackups) timer = setTimeout(() => void run(), AGAIN_MS).unref();
  };
  timer = setTimeout(() => void run(), FIRST_MS).unref();
  return () => {
    isStopped = true;
    if (timer) clearTimeout(timer);
  };
}
