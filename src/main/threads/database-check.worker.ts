import { parentPort, workerData } from 'node:worker_threads';
import { databaseCheckChannel, type CheckOutcome } from './channels.ts';
import type { DatabaseCheck } from './database-check.ts';
import { expose } from './rpc.ts';
import { connect, isValid, isUnusable } from '../adapters/sqlite/kit.ts';
import { backUp } from '../adapters/sqlite/transfer-store.ts';

if (!parentPort) throw new Error('This file is the entry of a worker thread');
const { file, rowChecks, hasBackups } = workerData as DatabaseCheck;

function check(): CheckOutcome {
  try {
    const db = connect(file, '', { readOnly: true });
    try {
      if (!isValid(db, rowChecks)) return 'damaged';
      // Backs up only what was just verified.
      if (hasBackups) backUp(db, file);
      return 'sound';
    } finally {
      db.close();
    }
  } catch (thrown) {
    return isUnusable(thrown) ? 'damaged' : 'unknown';
  }
}

expose(parentPort, databaseCheckChannel, () => ({ check }));
