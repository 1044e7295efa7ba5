import * as z from 'zod';
import { ERROR_CODES } from '../errors.ts';
import { instant, rev } from './common.ts';
import { command, push } from './define.ts';

/** A folder of which lists are taken. `destination` null: the download folder. */
export const watchFolder = z.object({
  folder: z.string().min(1).max(4096),
  destination: z.string().min(1).max(4096).nullable(),
});
export type WatchFolder = z.infer<typeof watchFolder>;

/** A list that was taken. */
export const takenList = z.object({
  name: z.string(),
  at: instant,
  /** Downloads that it has queued. */
  queued: z.int().nonnegative(),
  /** Why nothing of it, or not all, could be queued; null if all was. */
  fault: z.object({ code: z.enum(ERROR_CODES), message: z.string() }).nullable(),
});
export type TakenList = z.infer<typeof takenList>;

export const watchFolderView = z.object({
  rev,
  setting: watchFolder.nullable(),
  /**
   * `off`: none is set. `idle`: nothing looks at it now, as in a command of the command line. `away`:
   * it can't be reached, and comes back by itself.
   */
  state: z.enum(['off', 'idle', 'watching', 'away']),
  /** Why it is away, or why a list has to wait. */
  fault: z.object({ code: z.enum(ERROR_CODES), message: z.string() }).nullable(),
  /** Newest first. */
  lists: z.array(takenList),
});
export type WatchFolderView = z.infer<typeof watchFolderView>;

export const watchFolderArea = {
  'watch-folder.get': command(z.void(), watchFolderView),
  'watch-folder.changed': push(watchFolderView),
  /**
   * @param watchFolder null for none
   * @throws `usage`, `managed`, `not-found`, `not-permitted`
   */
  'watch-folder.set': command(watchFolder.nullable(), watchFolderView),
} as const;
