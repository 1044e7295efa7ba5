import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { writeFileAtomicSync } from './atomic-write.ts';
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
        if (items.length === 0) rmSync(file, { force: true });
        else writeFileAtomicSync(file, JSON.stringify(items), { durable: true });
      } catch {
        // A full disk: this run tells it all the same.
      }
    },
  };
}
