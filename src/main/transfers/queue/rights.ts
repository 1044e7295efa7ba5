import type { RightsState } from '../../../shared/model/rights.ts';
import type { AssetRights, PackageRecord } from '../api.ts';
import type { Clock } from '../../../shared/clock.ts';
import type { StoredTransfer } from '../ports.ts';
import type { Registry } from './registry.ts';

const stateOf = (
  transfer: StoredTransfer,
  { state, packages }: AssetRights,
): RightsState | null => {
  const rev = packages.find(({ packageId }) => packageId === transfer.packageId)?.rev ?? null;
  return (
    state ?? (rev !== null && transfer.rev !== null && rev > transfer.rev ? 'newer-version' : null)
  );
};

/** Known packages, on the list or cleared from it, and their rights. */
export class PackageRights {
  readonly #registry: Registry;
  readonly #clock: Clock;

  constructor(registry: Registry, clock: Clock) {
    this.#registry = registry;
    this.#clock = clock;
  }

  packages(): PackageRecord[] {
    return this.#registry
      .records()
      .flatMap(({ id, assetId, packageId, state, cleared }) =>
        assetId === null || packageId === null || (cleared && state.phase !== 'done')
          ? []
          : [{ id, assetId, packageId, isDone: state.phase === 'done', isRemoved: cleared }],
      );
  }

  find(assetId: string, packageId: string | null): string | null {
    const found = this.packages()
      .filter(
        (known) =>
          known.assetId === assetId && (packageId === null || known.packageId === packageId),
      )
      .map(({ id }) => this.#registry.record(id));
    return (
      found
        .filter(({ state }) => state.phase !== 'cancelled')
        .toSorted((a, b) => b.addedAtMs - a.addedAtMs || b.position - a.position)[0]?.id ?? null
    );
  }

  /**
   * Durable when it returns.
   * @returns ids of transfers whose rights changed
   */
  set(rights: readonly AssetRights[]): string[] {
    const known = new Map(rights.map((one) => [one.assetId, one]));
    const since = this.#clock.nowMs();
    const changed = this.#registry.records().flatMap((transfer) => {
      const rightsNow = transfer.assetId === null ? undefined : known.get(transfer.assetId);
      const state = rightsNow && stateOf(transfer, rightsNow);
      return state === undefined || state === (transfer.rights?.state ?? null)
        ? []
        : [{ ...transfer, rights: state === null ? null : { state, since } }];
    });
    this.#registry.update(changed);
    return changed.map(({ id }) => id);
  }

  /** Ids of transfers that wait for an embargo that is no longer in force. */
  lifted(rights: readonly AssetRights[]): string[] {
    const free = new Set(
      rights.filter(({ embargoUntil }) => embargoUntil === null).map(({ assetId }) => assetId),
    );
    return this.#registry
      .all()
      .filter(
        ({ assetId, state }) =>
          state.phase === 'waiting' &&
          state.reason === 'embargo' &&
          assetId !== null &&
          free.has(assetId),
      )
      .map(({ id }) => id);
  }
}
