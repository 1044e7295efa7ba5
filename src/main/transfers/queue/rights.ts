import type { RightsState } from '../../../shared/api/rights.ts';
import type { AssetRights, PackageRecord } from '../api.ts';
import type { Clock } from '../../../shared/clock.ts';
import type { ErrorCode } from '../../../shared/errors.ts';
import type { StoredTransfer } from '../ports.ts';
import { isToStop } from '../recall/due.ts';
import { stoppedText } from '../recall/notice.ts';
import type { Registry } from './registry.ts';

/** The worst state, and with `rev` a newer version beside it. */
function stateOf(
  transfer: StoredTransfer,
  { state, packages }: AssetRights,
): { state: RightsState; rev: number | null } | null {
  const newest = packages.find(({ packageId }) => packageId === transfer.packageId)?.rev ?? null;
  const isNewer = newest !== null && transfer.rev !== null && newest > transfer.rev;
  const rev = isNewer ? newest : null;
  if (state !== null) return { state, rev };
  return isNewer ? { state: 'newer-version', rev } : null;
}

/** What is stored of rights that have been found; the same object while nothing has changed. */
function rightsSince(
  before: StoredTransfer['rights'],
  { state, rev }: NonNullable<ReturnType<typeof stateOf>>,
  { since, atMs }: { since: number; atMs: number },
): StoredTransfer['rights'] {
  const isSameState = before?.state === state;
  if (isSameState && (before.rev ?? null) === rev) return before;
  // Rows of earlier versions don't know which version it was.
  const wasKnown = before?.state !== 'newer-version' || typeof before.rev === 'number';
  const isNew = !isSameState || (state === 'newer-version' && wasKnown);
  const known =
    before && (before.rev === rev || !wasKnown) ? (before.revAtMs ?? before.atMs) : null;
  return {
    state,
    rev,
    ...(isNew ? { since, atMs } : { since: before.since, atMs: before.atMs }),
    revAtMs: rev === null ? null : (known ?? atMs),
  };
}

type ByAsset = ReadonlyMap<string, AssetRights>;
export const rightsByAsset = (rights: readonly AssetRights[]): ByAsset =>
  new Map(rights.map((one) => [one.assetId, one]));

/**
 * Rights to the asset of a package. Those of another source say nothing about it, even if an asset
 * has the same id there.
 */
export function rightsTo(
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
  /** The files of a finished one are where they were put. */
  readonly #isHere: (id: string) => boolean;

  constructor(registry: Registry, clock: Clock, isHere: (id: string) => boolean) {
    this.#registry = registry;
    this.#clock = clock;
    this.#isHere = isHere;
  }

  packages(): PackageRecord[] {
    return this.#registry.records().flatMap(({ id, assetId, packageId, state, ...rest }) => {
      const { embargo, cleared, finishedAtMs } = rest;
      return assetId === null || packageId === null || (cleared && state.phase !== 'done')
        ? []
        : [
            {
              id,
              assetId,
              packageId,
              isDone: state.phase === 'done',
              isHere: state.phase === 'done' && this.#isHere(id),
              isHeld: embargo?.isHeld === true,
              isRemoved: cleared,
              finishedAtMs: state.phase === 'done' ? finishedAtMs : null,
            },
          ];
    });
  }

  find(assetId: string, packageId: string | null): string | null {
    const found = this.packages()
      .filter(
        (known) =>
          (known.isHere || !known.isDone) &&
          known.assetId === assetId &&
          (packageId === null || known.packageId === packageId),
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
   * @param atMs by the service's clock
   * @returns ids of transfers whose rights changed
   */
  set(rights: readonly AssetRights[], atMs: number): string[] {
    const known = rightsByAsset(rights);
    const since = this.#clock.nowMs();
    const changed = this.#registry.records().flatMap((transfer): StoredTransfer[] => {
      const rightsNow = rightsTo(transfer, known);
      const now = rightsNow && stateOf(transfer, rightsNow);
      const before = transfer.rights;
      if (now === undefined || (now === null && before === null)) return [];
      if (now === null) return [{ ...transfer, rights: null }];
      const next = rightsSince(before, now, { since, atMs });
      return next === before ? [] : [{ ...transfer, rights: next }];
    });
    this.#registry.update(changed);
    return changed.map(({ id }) => id);
  }

  /**
   * Transfers that have to stop, and why. Called after `set`: what was barred by an earlier check and
   * isn't known now goes on until it asks for addresses.
   */
  stopped(rights: readonly AssetRights[]): { id: string; code: ErrorCode; message: string }[] {
    const known = rightsByAsset(rights);
    return this.#registry
      .all()
      .filter((transfer) => isToStop(transfer))
      .flatMap((transfer) => {
        const why =
          (transfer.rights && stoppedText(transfer.rights)) ?? rightsTo(transfer, known)?.refusal;
        return why ? [{ id: transfer.id, ...why }] : [];
      });
  }

  /** Ids of transfers that wait for an embargo that is no longer in force. */
  lifted(rights: readonly AssetRights[]): string[] {
    const known = rightsByAsset(rights);
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
