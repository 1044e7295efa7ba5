import * as z from 'zod';
import { id, range, rev } from './common.ts';
import { command, push } from './define.ts';
import { correctionDiff } from '../model/correction.ts';
import { recall } from '../model/recall.ts';

const count = z.number().int().nonnegative();

/** Counts of recalls and corrections, and the search for copies. */
export const recallsView = z.object({
  rev,
  total: count,
  /** Not acknowledged yet: withdrawn or on hold. */
  recalls: count,
  /** Of these on hold. */
  held: count,
  /** Not acknowledged yet: corrected. */
  corrections: count,
  /** Places whose notice or marker failed; tried again at every check. */
  failed: count,
  /** Files looked at so far; null while no search runs. */
  searching: z.object({ title: z.string(), files: count }).nullable(),
});

export const recallsArea = {
  'recalls.get': command(z.void(), recallsView),
  /** At most 4 per second. */
  'recalls.changed': push(recallsView),
  /** Newest first; of these downloads only, or only what is to be acknowledged. */
  'recalls.list': command(
    z.strictObject({
      range,
      transferIds: z.array(id).min(1).max(500).optional(),
      isOpen: z.literal(true).optional(),
    }),
    z.object({ rev, total: count, items: z.array(recall) }),
  ),
  /** Records who has read them and when; deletes nothing. Unknown ids are ignored. */
  'recalls.acknowledge': command(
    z.strictObject({ ids: z.array(id).min(1).max(10_000) }),
    recallsView,
  ),
  /**
   * What has changed since this version was downloaded, by the newest detail and manifest that can
   * be had.
   *
   * @throws `not-found`; what `catalogue.asset` throws
   */
  'recalls.diff': command(z.strictObject({ id }), correctionDiff),
} as const;
