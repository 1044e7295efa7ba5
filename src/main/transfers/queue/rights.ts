import type { RightsState } from '../../../shared/api/rights.ts';
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

type ByAsset = ReadonlyMap<string, AssetRights>;
const byAsset = (rights: readonly AssetRights[]): ByAsset =>
  new Map(rights.map((one) => [one.assetId, one]));

/** Those of another source say nothing about a package, even if its asset has the same id there. */
function rightsTo(
  { assetId, evidence: { service } }: StoredTransfer,
  known: ByAsset,
): AssetRights | undefined {
  const rights = assetId === null ? undefined : known.get(assetId);
  return rights && (service === null || service === rights.source) ? rights : undefined;
}

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
    const known = byAsset(rights);
    const since = this.#clock.nowMs();
    const changed = this.#registry.records().flatMap((transfer) => {
      const rightsNow = rightsTo(transfer, known);
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
    const known = byAsset(rights);
    return this.#registry
      .all()
      .filter(
        (transfer) =>
          transfer.state.phase === 'waiting' &&
          transfer.state.reason === 'embargo' &&
          rightsTo(transfer, known)?.embargoUntil === null,
      )
      .map(({ id }) => id);
  }
}
