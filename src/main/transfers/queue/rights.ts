import type { RightsState } from '../../../shared/model/rights.ts';
import type { AssetRights, PackageRecord } from '../api.ts';
import type { Clock, StoredTransfer } from '../ports.ts';
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

/**
 * Packages by what they are, whether or not the list still shows them, and what the catalogue says
 * of the rights to them.
 */
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

  /** Durable when it returns. @returns the ids of those that are told something else than before */
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

  /** Ids of those that wait for an embargo there is no more. */
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
