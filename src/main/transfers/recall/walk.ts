import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { AppError, stopReason } from '../../../shared/errors.ts';
import type { Clock } from '../../../shared/clock.ts';
import type { Disk } from '../ports.ts';

/** What ends a walk before everything was looked at. */
export type WalkLimits = {
  /** Folders under each other. */
  depth: number;
  /** Entries of all folders together. */
  entries: number;
  /** Folders that are known and not looked at yet: what a walk keeps in memory. */
  folders: number;
  /** Longest wait for one answer of the disk: a share that is gone may never give one. */
  stallMs: number;
};
export const WALK_LIMITS: WalkLimits = {
  depth: 12,
  entries: 2_000_000,
  folders: 100_000,
  stallMs: 30_000,
};

/** Entries after which other work of the thread gets its turn. */
const STEP = 256;

/**
 * Waits for an answer of the disk, and no longer than that.
 * @throws `timeout` if there is none in time, the signal's reason once it is aborted; the call
 * itself can't be ended
 */
export async function within<T>(
  clock: Clock,
  stallMs: number,
  signal: AbortSignal,
  call: Promise<T>,
): Promise<T> {
  const stalled = Promise.withResolvers<never>();
  const stop = (): void => stalled.reject(stopReason(signal));
  const cancelTimer = clock.after(stallMs, () =>
    stalled.reject(new AppError('timeout', 'The disk doesn’t answer')),
  );
  signal.addEventListener('abort', stop);
  // The loser of the race may fail later.
  call.catch(() => undefined);
  stalled.promise.catch(() => undefined);
  try {
    return await Promise.race([call, stalled.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
    cancelTimer();
  }
}

type Found = { folder: string; name: string };
type Walk = {
  disk: Pick<Disk, 'list'>;
  clock: Clock;
  signal: AbortSignal;
  limits?: WalkLimits;
  /** Folders that are not entered. */
  isSkipped(folder: string): boolean;
  /** Called once if something was not looked at. */
  onPartial(): void;
};

/**
 * Plain files below folders, in no order, as the disk tells them: never all at once. Links are not
 * followed. A folder that can't be read, doesn't answer or lies too deep is passed by.
 * @throws the signal's reason
 */
export async function* filesBelow(
  roots: readonly string[],
  { disk, clock, signal, limits = WALK_LIMITS, isSkipped, onPartial }: Walk,
): AsyncGenerator<Found> {
  let seen = 0;
  let isPartial = false;
  const miss = (): void => {
    if (!isPartial) onPartial();
    isPartial = true;
  };
  const open = roots.map((folder) => ({ folder, depth: 0 })).toReversed();
  for (let next = open.pop(); next; next = open.pop()) {
    const { folder, depth } = next;
    const entries = disk.list(folder)[Symbol.asyncIterator]();
    try {
      for (;;) {
        if (signal.aborted) throw stopReason(signal);
        const { done, value } = await within(clock, limits.stallMs, signal, entries.next());
        if (done) break;
        seen += 1;
        if (seen > limits.entries) {
          miss();
          return;
        }
        if (seen % STEP === 0) await setImmediate();
        const { name, kind } = value;
        if (kind === 'file') yield { folder, name };
        if (kind !== 'folder' || isSkipped(path.join(folder, name))) continue;
        if (depth + 1 > limits.depth || open.length >= limits.folders) miss();
        else open.push({ folder: path.join(folder, name), depth: depth + 1 });
      }
    } catch (thrown) {
      if (!(thrown instanceof AppError) || signal.aborted) throw thrown;
      miss();
    } finally {
      // Not waited for: it may never answer.
      void entries.return?.(undefined)?.catch(() => undefined);
    }
  }
}
