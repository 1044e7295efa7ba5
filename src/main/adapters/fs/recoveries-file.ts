import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { writeFileAtomicSync } from './atomic-write.ts';
import { recoveryReport, type RecoveryReport } from '../../../shared/contract/app.ts';

export type RecoveryStore = {
  read(): RecoveryReport[];
  write(items: readonly RecoveryReport[]): void;
};

/** Undismissed damage reports in `incidents.json`, so that later runs show them too. */
export function createRecoveriesFile(home: string): RecoveryStore {
  const file = path.join(home, 'incidents.json');
  return {
    read() {
      try {
        return recoveryReport.array().parse(JSON.parse(readFileSync(file, 'utf8')));
      } catch {
        // Usually there is no file. If it is damaged the log still has the reports.
        return [];
      }
    },
    write(items) {
      try {
        if (items.length === 0) rmSync(file, { force: true });
        else writeFileAtomicSync(file, JSON.stringify(items), { durable: true });
      } catch {
        // Cannot be saved, e.g. on a full disk; this run still shows the reports.
      }
    },
  };
}
