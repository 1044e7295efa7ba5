import * as z from 'zod';
import { instant, range, rev } from './common.ts';
import { command, push } from './define.ts';
import { transferRow } from './transfers.ts';

const count = z.number().int().nonnegative();

/**
 * Where the files of a package were when they were last looked at. `moved`: not where they had been
 * put, found again by their hashes. `away`: that disk couldn't be reached, so nothing new is known.
 * `gone`: not found. `cleared`: deleted on purpose, by "Clear from disk".
 */
const PLACES = ['here', 'moved', 'away', 'gone', 'cleared'] as const;

/**
 * A package that was complete here once, as a row of the list would show it; it may have been
 * removed from there.
 */
export const historyRow = transferRow.extend({
  assetId: z.string(),
  packageId: z.string(),
  /** Version of the package; null if it wasn't recorded. */
  rev: z.number().nullable(),
  /** Origin of its service, `demo` or the id of another source; null if unknown. */
  source: z.string().nullable(),
  folder: z.string(),
  place: z.enum(PLACES),
  /** Folder they were in before, of one that was moved. */
  movedFrom: z.string().nullable(),
  /** It is on the list of downloads. */
  isListed: z.boolean(),
  finishedAt: instant,
});

export const historyQuery = z.strictObject({
  /** All these words in title, ids, rendition, folder, source or date of completion. */
  search: z.string().max(200),
  /** When it was complete. */
  fromMs: instant.nullable(),
  toMs: instant.nullable(),
  /** `here`: on the disk by the last look; `marked`: recalled, corrected, expired or not cleared. */
  show: z.enum(['all', 'here', 'gone', 'marked']),
});

export const historyView = z.object({
  rev,
  packages: count,
  /** Those on disks that couldn't be reached. */
  away: count,
  /** When all folders were last looked at in this run, by this computer's clock. */
  lookedAtMs: instant.nullable(),
  isLooking: z.boolean(),
});

export const historyArea = {
  'history.state': command(z.void(), historyView),
  'history.changed': push(historyView),
  /** Newest first. */
  'history.list': command(
    z.strictObject({ query: historyQuery, range }),
    z.object({ total: count, items: z.array(historyRow) }),
  ),
  /** Starts to look where all files are; what it finds follows in `history.changed`. */
  'history.look': command(z.void(), z.void()),
} as const;
