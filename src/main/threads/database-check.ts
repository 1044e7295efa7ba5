import { Worker } from 'node:worker_threads';
import { databaseCheckChannel, type CheckOutcome } from './channels.ts';
import { connect } from './rpc.ts';
import { workerFile } from './spawn.ts';

/** `hasBackups`: one is made of a sound database, unless there is one of the last hour. */
export type DatabaseCheck = {
  file: string;
  rowChecks: Readonly<Record<string, string>>;
  hasBackups: boolean;
};

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
  // A thread that dies answers nothing: the call rejects when it exits.
  worker.on('error', () => undefined);
  return connect(worker, databaseCheckChannel)
    .api.check()
    .catch((): CheckOutcome => 'unknown')
    .finally(() => void worker.terminate());
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
