import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { writeFileAtomicSync } from './atomic-write.ts';
import { fsError } from './errors.ts';

const clearings = z.array(z.object({ id: z.string(), folder: z.string() }));
/** Places that are being cleared from disk, by the id of their transfer. */
type Clearings = z.infer<typeof clearings>;
export type ClearingStore = {
  read(): Clearings;
  /** Durable when it returns. @throws `disk-full`, `disk-error`, `not-permitted` */
  write(items: Clearings): void;
};

/** What is being cleared, in `clearings.json`: a kill in the middle is recorded by the next start. */
export function createClearingsFile(home: string): ClearingStore {
  const file = path.join(home, 'clearings.json');
  return {
    read() {
      try {
        return clearings.parse(JSON.parse(readFileSync(file, 'utf8')));
      } catch {
        // Usually there is no file.
        return [];
      }
    },
    write(items) {
      try {
        if (items.length === 0) rmSync(file, { force: true });
        else writeFileAtomicSync(file, JSON.stringify(items), { durable: true });
      } catch (thrown) {
        throw fsError(thrown, file);
      }
    },
  };
}
