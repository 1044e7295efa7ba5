import path from 'node:path';
import { isRecalled, type RightsState } from '../../../shared/api/rights.ts';
import type { Clock } from '../../../shared/clock.ts';
import { AppError } from '../../../shared/errors.ts';
import { createMutex } from '../../../shared/mutex.ts';
import { folderOf, markPackage, unmarkPackage } from '../package/folder.ts';
import { DONE_NAME, RECALLED_NAME } from '../package/manifest.ts';
import type { Disk, StoredTransfer } from '../ports.ts';
import { isPackageIn } from '../recall/marks.ts';
import { WALK_LIMITS, within } from '../recall/walk.ts';
import { ConfinedDisk } from '../run/confined-disk.ts';
import type { Registry } from './registry.ts';

type Deps = { disk: Disk; clock: Clock; registry: Registry };

/** What is expired or not cleared here isn't handed over; withdrawals and holds are recalls. */
export const isBarred = (state: RightsState | undefined): boolean =>
  state === 'barred' || state === 'expired';

/** Whether the folder has a marker: a release may rename `.recalled` meanwhile, so that is first. */
async function isMarked(disk: Disk, folder: string): Promise<boolean> {
  for (const name of [RECALLED_NAME, DONE_NAME]) {
    const entry = await disk.entry(path.join(folder, name));
    if (entry?.kind === 'file' && entry.bytes === 0) return true;
  }
  return false;
}

/**
 * Markers of packages that were handed over and aren't cleared here any more, or have expired: taken
 * away while that holds, and put back once it doesn't. Only one that was there comes back: what
 * ingest has taken it isn't given again. That is recorded, durably, before the disk is touched, and
 * every step can be repeated.
 */
export class MarkersAside {
  readonly #deps: Deps;
  readonly #mutex = createMutex();
  readonly #stop = new AbortController();
  /** Barred ones that had no marker when they were last looked at in this run. */
  readonly #bare = new Set<string>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Brings the markers in line with the stored rights. What fails is tried again the next time. */
  settle(): Promise<void> {
    return this.#mutex(async () => {
      /** Disks that gave no answer. */
      const silent = new Set<string>();
      for (const { id, destination } of this.#due())
        if (!silent.has(destination))
          await this.#settle(id).catch((thrown: unknown) => {
            // Away, read-only or full.
            if (!(thrown instanceof AppError)) throw thrown;
            if (thrown.code === 'timeout') silent.add(destination);
          });
    });
  }

  /** A run has brought its files, and may have written its marker. */
  placed(id: string): void {
    this.#bare.delete(id);
  }

  /** Ends after the step that runs. */
  async close(): Promise<void> {
    this.#stop.abort(new AppError('cancelled', 'The app is closing'));
    await this.#mutex(async () => undefined);
  }

  #due(): StoredTransfer[] {
    return this.#deps.registry.records().filter(({ id, kind, state, rights, isMarkerAside }) => {
      if (kind !== 'package' || state.phase !== 'done') return false;
      if (isBarred(rights?.state)) return !this.#bare.has(id);
      this.#bare.delete(id);
      // A recalled one gets its marker back when it is released.
      return isMarkerAside === true && !isRecalled(rights?.state);
    });
  }

  async #settle(id: string): Promise<void> {
    const { clock, disk: whole, registry } = this.#deps;
    const transfer = registry.record(id);
    const { destination, packageId, rev, rights, embargo } = transfer;
    const disk = new ConfinedDisk(whole, destination);
    await within(clock, WALK_LIMITS.stallMs, this.#stop.signal, disk.realPath(destination));
    const folder = folderOf(transfer);
    // What was moved away or replaced may come back.
    if (packageId === null || !(await isPackageIn(disk, folder, { packageId, rev }))) return;
    if (isBarred(rights?.state)) return this.#take(id, disk, folder);
    // Under embargo it comes with the end of that.
    if (embargo?.isHeld !== true)
      await markPackage(disk, {
        folder,
        repair: false,
        isRecalled: () => isRecalled(registry.record(id).rights?.state),
      });
    this.#note(id, false);
  }

  async #take(id: string, disk: Disk, folder: string): Promise<void> {
    while (await isMarked(disk, folder)) {
      this.#note(id, true);
      await unmarkPackage(disk, folder);
    }
    this.#bare.add(id);
  }

  /** Durable when it returns. */
  #note(id: string, isMarkerAside: boolean): void {
    const transfer = this.#deps.registry.record(id);
    if ((transfer.isMarkerAside ?? false) !== isMarkerAside)
      this.#deps.registry.update([{ ...transfer, isMarkerAside }]);
  }
}
