import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { incident, type Incident } from '../../../shared/contract/app.ts';

export type IncidentStore = { read(): Incident[]; write(items: readonly Incident[]): void };

/**
 * What is to be told of damage until it was read, also by a later run: whoever ends a station may
 * never have looked at it.
 */
export function createIncidentFile(home: string): IncidentStore {
  const file = path.join(home, 'incidents.json');
  return {
    read() {
      try {
        return incident.array().parse(JSON.parse(readFileSync(file, 'utf8')));
      } catch {
        // Mostly there is none. Of one that is damaged the log still tells.
        return [];
      }
    },
    write(items) {
      try {
        rmSync(items.length === 0 ? file : `${file}.part`, { force: true });
        if (items.length === 0) return;
        writeFileSync(`${file}.part`, JSON.stringify(items), {
          mode: 0o600,
          flag: 'wx',
          flush: true,
        });
        renameSync(`${file}.part`, file);
      } catch {
        // A full disk: this run tells it all the same.
      }
    },
  };
}
