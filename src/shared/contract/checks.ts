import * as z from 'zod';
import { bytes, id, rev, wireError } from './common.ts';
import { command, push } from './define.ts';

const count = z.number().int().nonnegative();

/** How far a check of finished packages is, or what the last one found. */
export const checkView = z.object({
  rev,
  isRunning: z.boolean(),
  packagesDone: count,
  packagesTotal: count,
  /** Title of the package that is being read. */
  current: z.string().nullable(),
  doneBytes: bytes,
  totalBytes: bytes,
  /** Packages with anything wrong; `faults` has the first of them. */
  faulty: count,
  faults: z.array(
    z.object({
      /** Null for a folder that is not in the list. */
      id: id.nullable(),
      title: z.string(),
      folder: z.string(),
      /** It could not be checked. */
      error: wireError.nullable(),
      badFiles: count,
      /**
       * The first of them. Without pieces a wrong file is wrong as a whole; pieces count from 0.
       */
      files: z.array(
        z.object({ path: z.string(), missing: z.boolean(), badPieces: z.array(count) }),
      ),
    }),
  ),
});

const ids = z.array(id).min(1).max(10_000);

export const checksArea = {
  /**
   * Starts to read every file of these done ones again, or of all, and to compare their hashes;
   * `transfers.check-changed` tells the rest.
   */
  'transfers.verify': command(z.strictObject({ ids: ids.nullable() }), z.void()),
  'transfers.verify-stop': command(z.void(), z.void()),
  /** Forgets what the last check found. */
  'transfers.verify-dismiss': command(z.void(), z.void()),
  'transfers.check': command(z.void(), checkView),
  /** At most 4 a second; the end is told at once. */
  'transfers.check-changed': push(checkView),
  /**
   * Queues these again to be mended: what is wrong or missing is fetched again, piece by piece
   * where pieces are known.
   */
  'transfers.repair': command(z.strictObject({ ids }), z.void()),
} as const;
