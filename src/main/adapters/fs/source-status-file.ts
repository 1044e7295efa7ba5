import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { wireError } from '../../../shared/contract/common.ts';
import { writeFileAtomicSync } from './atomic-write.ts';

const status = z.object({
  /** Last successful check and the next one, ms since 1970. */
  syncedAt: z.number().nullable(),
  nextAt: z.number().nullable(),
  fault: wireError.extend({ since: z.number() }).nullable(),
  /** Failed checks in a row. */
  failures: z.number().int().nonnegative(),
  /** Those of them, up to the last one, in which it let us in no more. */
  refusals: z.number().int().nonnegative(),
});
export type SourceStatus = z.infer<typeof status>;
/** Absent in files from before. */
const stored = status.extend({
  /** Where the last check was led to for good; null where that may be secret. */
  movedTo: z.string().nullable().default(null),
});
export type SourceStatuses = Record<string, z.infer<typeof stored>>;

export type SourceStatusStore = { read(): SourceStatuses; write(statuses: SourceStatuses): void };

/**
 * How the checks of the sources went, in `source-status.json`, so that another run neither forgets a
 * fault, or that a source has moved, nor asks a publisher again too early. Losing it does no harm.
 */
export function createSourceStatusFile(home: string): SourceStatusStore {
  const file = path.join(home, 'source-status.json');
  return {
    read() {
      try {
        return z.record(z.string(), stored).parse(JSON.parse(readFileSync(file, 'utf8')));
      } catch {
        return {};
      }
    },
    write(statuses) {
      try {
        writeFileAtomicSync(file, JSON.stringify(statuses));
      } catch {
        // E.g. a full disk: this run still knows.
      }
    },
  };
}
