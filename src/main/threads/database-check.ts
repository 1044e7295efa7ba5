import { Worker } from 'node:worker_threads';
import { databaseCheckChannel, type CheckOutcome } from './channels.ts';
import { connect } from './rpc.ts';
import { workerFile } from './spawn.ts';

/** `hasBackups`: a valid database is backed up, at most once an hour. */
export type DatabaseCheck = {
  file: string;
  rowChecks: Readonly<Record<string, string>>;
  hasBackups: boolean;
};

/** Delay of the first check, ms; the program has started by then. */
const FIRST_DELAY_MS = 60_000;
const INTERVAL_MS = 3_600_000;

/** Verifies a whole database in use, in a short-lived thread: the largest take seconds. */
function checkDatabase(check: DatabaseCheck): Promise<CheckOutcome> {
  const worker = new Worker(workerFile('database-check'), {
    workerData: check,
    name: 'database-check',
  });
  worker.unref();
  // If the thread dies, the call rejects on its exit.
  worker.on('error', () => undefined);
  return connect(worker, databaseCheckChannel)
    .api.check()
    .catch((): CheckOutcome => 'unknown')
    .finally(() => void worker.terminate());
}

/**
 * Starts the background verification, since even after a clean end bits may have flipped: once
 * after opening, and hourly if it makes backups.
 *
 * @returns the function that stops it
 */
export function startChecks(check: DatabaseCheck, onDamaged: () => void): () => void {
  let timer: NodeJS.Timeout | null = null;
  let isStopped = false;
  const run = async (): Promise<void> => {
    const outcome = await checkDatabase(check);
    if (isStopped) return;
    if (outcome === 'damaged') onDamaged();
    else if (check.hasBackups) timer = setTimeout(() => void run(), INTERVAL_MS).unref();
  };
  timer = setTimeout(() => void run(), FIRST_DELAY_MS).unref();
  return () => {
    isStopped = true;
    if (timer) clearTimeout(timer);
  };
}
