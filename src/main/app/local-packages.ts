import type { PackageRecord, TransferChange } from '../transfers/api.ts';

type Place = Pick<PackageRecord, 'assetId' | 'packageId'>;

/**
 * Complete packages on this machine, kept up to date from the transfers. Clearing a transfer from
 * the list deletes no files.
 */
export class LocalPackages {
  readonly #places = new Map<string, Place>();
  /** Finished ones whose files have gone since. */
  readonly #gone = new Set<string>();
  /** Of the packages in `#places`; null once these have changed. */
  #packageIds: ReadonlySet<string> | null = null;

  /** Ids of assets with any complete package. */
  get assets(): ReadonlySet<string> {
    return new Set(Array.from(this.#places.values(), ({ assetId }) => assetId));
  }

  hasPackage(packageId: string): boolean {
    this.#packageIds ??= new Set(Array.from(this.#places.values(), (place) => place.packageId));
    return this.#packageIds.has(packageId);
  }

  /** Replaces what is known. */
  load(packages: readonly PackageRecord[]): void {
    this.#places.clear();
    this.#gone.clear();
    this.#packageIds = null;
    for (const { id, assetId, packageId, isDone, isHere } of packages)
      if (isHere) this.#places.set(id, { assetId, packageId });
      else if (isDone) this.#gone.add(id);
  }

  apply({ rows }: Pick<TransferChange, 'rows'>): void {
    if (rows.length > 0) this.#packageIds = null;
    for (const { id, state, assetId, packageId } of rows) {
      if (state.phase === 'done' && !this.#gone.has(id) && assetId !== null && packageId !== null)
        this.#places.set(id, { assetId, packageId });
      else this.#places.delete(id);
    }
  }
}
