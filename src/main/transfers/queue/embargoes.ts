import { embargoEndOf, isRecalled } from '../../../shared/api/rights.ts';
import type { Clock } from '../../../shared/clock.ts';
import { AppError } from '../../../shared/errors.ts';
import { createMutex } from '../../../shared/mutex.ts';
import { isForeignSource } from '../../../shared/model/source.ts';
import type { AssetRights, KnownClocks } from '../api.ts';
import { folderOf, markPackage, unmarkPackage } from '../package/folder.ts';
import type { Disk, StoredTransfer } from '../ports.ts';
import { isPackageIn } from '../recall/marks.ts';
import { WALK_LIMITS, within } from '../recall/walk.ts';
import { ConfinedDisk } from '../run/confined-disk.ts';
import { isBarred } from './aside.ts';
import type { Registry } from './registry.ts';
import { rightsByAsset, rightsTo } from './rights.ts';

type Deps = {
  disk: Disk;
  clock: Clock;
  registry: Registry;
  /** Packages under embargo get no `.done` before it lifts. */
  isHolding(): boolean;
  /** What holds of these downloads has changed. */
  onChanged(...ids: string[]): void;
};

type Held = NonNullable<StoredTransfer['embargo']>;

/** The time that counts for a package, ms since 1970; null if it isn't known now. */
function clockOf(own: string | null, { service, sources }: KnownClocks): number | null {
  if (own !== null && isForeignSource(own))
    return (Object.hasOwn(sources, own) ? sources[own] : service?.nowMs) ?? null;
  return own === null || own === service?.name ? (service?.nowMs ?? null) : null;
}

/** The latest end that was known when a package was handed over, ms since 1970; 0 for none. */
const knownEnd = ({ embargo, acknowledge }: StoredTransfer): number =>
  embargo?.untilMs ?? Math.max(0, ...acknowledge.flatMap((id) => embargoEndOf(id) ?? []));

/**
 * Packages whose `.done` waits for an embargo: it isn't written, or is taken away where the
 * publisher has set the embargo later, and comes once the embargo has lifted. What is to be done is
 * recorded, durably, before the disk is touched, and every step can be repeated.
 */
export class Embargoes {
  readonly #deps: Deps;
  readonly #mutex = createMutex();
  readonly #stop = new AbortController();
  /** Ends of the embargoes in force by the last check, by transfer; ms since 1970. */
  readonly #inForce = new Map<string, number>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Until when the package of a run is held, ms since 1970; null if it isn't. Once it was released a
   * run doesn't hold it again. Whether the embargo has lifted is for `release`.
   */
  heldUntil({ id, acknowledge, embargo }: StoredTransfer): number | null {
    if (embargo !== null) return embargo.isHeld ? embargo.untilMs : null;
    if (!this.#deps.isHolding()) return null;
    const began = this.#inForce.get(id);
    const ends = [
      ...acknowledge.flatMap((one) => embargoEndOf(one) ?? []),
      // One that began after its files were authorised; nobody has confirmed it.
      ...(began === undefined ? [] : [began]),
    ];
    return ends.length === 0 ? null : Math.max(...ends);
  }

  /**
   * Embargoes as the catalogue has them now: those of held packages that were moved or lifted early,
   * and those that were set or moved later once the package had been handed over.
   *
   * @returns ids of transfers that this changes; durable when it returns
   */
  set(rights: readonly AssetRights[]): string[] {
    const { registry } = this.#deps;
    const known = rightsByAsset(rights);
    for (const transfer of registry.all()) {
      const { embargoUntil } = rightsTo(transfer, known) ?? {};
      if (embargoUntil === null) this.#inForce.delete(transfer.id);
      else if (embargoUntil !== undefined) this.#inForce.set(transfer.id, embargoUntil);
    }
    const changed = registry.records().flatMap((transfer): StoredTransfer[] => {
      const now = rightsTo(transfer, known);
      const embargo = now && this.#changed(transfer, now);
      return embargo ? [{ ...transfer, embargo }] : [];
    });
    registry.update(changed);
    return changed.map(({ id }) => id);
  }

  #changed(
    transfer: StoredTransfer,
    { embargoUntil: inForceUntilMs, embargoEndsMs }: AssetRights,
  ): Held | undefined {
    const { embargo, kind, state } = transfer;
    if (embargo?.isHeld === true) {
      const untilMs = embargoEndsMs ?? 0;
      if (embargo.untilMs === untilMs) return undefined;
      // A run that was killed may have written the marker when it had lifted.
      return { ...embargo, untilMs, isMarked: embargo.isMarked || untilMs > embargo.untilMs };
    }
    if (inForceUntilMs === null || kind !== 'package' || state.phase !== 'done') return undefined;
    // One that was known, and handed over all the same, was somebody's decision.
    if (!this.#deps.isHolding() || inForceUntilMs <= knownEnd(transfer)) return undefined;
    return { untilMs: inForceUntilMs, isHeld: true, isMarked: true };
  }

  /**
   * Takes away the markers of packages that were handed over before their embargo was set. Again
   * until none is found: a recall may rename one meanwhile.
   */
  setAside(): Promise<void> {
    return this.#mutex(async () => {
      /** Disks that gave no answer. */
      const silent = new Set<string>();
      for (const { id, embargo, destination } of this.#deps.registry.records())
        if (embargo?.isHeld && embargo.isMarked && !silent.has(destination))
          await this.#setAside(id).catch((thrown: unknown) => {
            // Away, read-only or full: tried again at the next check.
            if (!(thrown instanceof AppError)) throw thrown;
            if (thrown.code === 'timeout') silent.add(destination);
          });
    });
  }

  async #setAside(id: string): Promise<void> {
    const { clock, disk: whole, registry } = this.#deps;
    const transfer = registry.record(id);
    const { destination, packageId, rev, embargo } = transfer;
    const disk = new ConfinedDisk(whole, destination);
    await within(clock, WALK_LIMITS.stallMs, this.#stop.signal, disk.realPath(destination));
    const folder = folderOf(transfer);
    // What was moved away or replaced may come back.
    if (packageId === null || !(await isPackageIn(disk, folder, { packageId, rev }))) return;
    if (embargo && !(await unmarkPackage(disk, folder)))
      registry.update([{ ...registry.record(id), embargo: { ...embargo, isMarked: false } }]);
  }

  /** Writes the markers that waited for embargoes which have lifted. */
  release(clocks: KnownClocks): Promise<void> {
    return this.#mutex(async () => {
      const due = this.#deps.registry.records().filter(({ embargo, state, evidence }) => {
        const nowMs = clockOf(evidence.service, clocks);
        return (
          embargo?.isHeld === true &&
          nowMs !== null &&
          embargo.untilMs <= nowMs &&
          state.phase === 'done'
        );
      });
      for (const transfer of due) await this.#release(transfer);
    });
  }

  async #release(transfer: StoredTransfer): Promise<void> {
    const { id, destination, packageId, rev, embargo, rights } = transfer;
    const { registry, onChanged } = this.#deps;
    // It may not be used any more, or not here: the marker waits until that has changed.
    if (isBarred(rights?.state)) return;
    const folder = folderOf(transfer);
    try {
      const disk = new ConfinedDisk(this.#deps.disk, destination);
      const isThere = packageId !== null && (await isPackageIn(disk, folder, { packageId, rev }));
      // What was moved away or replaced gets no marker; it may come back. One whose marker was never
      // taken away has it where it is.
      if (!isThere && embargo?.isMarked !== true) return;
      const isRecalledNow = () => isRecalled(registry.record(id).rights?.state);
      if (isThere) await markPackage(disk, { folder, repair: false, isRecalled: isRecalledNow });
    } catch (thrown) {
      // The disk may be away or full: the next check tries again.
      if (!(thrown instanceof AppError)) throw thrown;
      return;
    }
    registry.update([
      {
        ...registry.record(id),
        embargo: embargo && { untilMs: embargo.untilMs, isHeld: false },
      },
    ]);
    onChanged(id);
  }

  /** Ends after the step that runs. */
  async close(): Promise<void> {
    this.#stop.abort(new AppError('cancelled', 'The app is closing'));
    await this.#mutex(async () => undefined);
  }
}
