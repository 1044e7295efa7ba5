import type { PackageRecord, TransferChange } from '../transfers/api.ts';

type Place = Pick<PackageRecord, 'assetId' | 'packageId' | 'finishedAtMs'>;

/**
 * Complete packages on this machine, kept up to date from the transfers. Clearing a transfer from
 * the list deletes no files.
 */
export class LocalPackages {
  readonly #places = new Map<string, Place>();
  /** Finished ones whose files have gone since. */
  readonly #gone = new Set<string>();
  /** Times of the packages in `#places` by their ids; null once these have changed. */
  #finished: ReadonlyMap<string, number | null> | null = null;

  /** Ids of assets with any complete package. */
  get assets(): ReadonlySet<string> {
    return new Set(Array.from(this.#places.values(), ({ assetId }) => assetId));
  }

  /** When the package was last completed, ms since 1970; undefined if it isn't here. */
  finishedAt(packageId: string): number | null | undefined {
    this.#finished ??= newestTimes(this.#places.values());
    return this.#finished.get(packageId);
  }

  /** Replaces what is known. */
  load(packages: readonly PackageRecord[]): void {
    this.#places.clear();
    this.#gone.clear();
    this.#finished = null;
    for (const { id, assetId, packageId, finishedAtMs, isDone, isHere } of packages)
      if (isHere) this.#places.set(id, { assetId, packageId, finishedAtMs });
      else if (isDone) this.#gone.add(id);
  }

  apply({ rows }: Pick<TransferChange, 'rows'>): void {
    if (rows.length > 0) this.#finished = null;
    for (const { id, state, assetId, packageId, finishedAt } of rows) {
      if (state.phase === 'done' && !this.#gone.has(id) && assetId !== null && packageId !== null)
        this.#places.set(id, { assetId, packageId, finishedAtMs: finishedAt });
      else this.#places.delete(id);
    }
  }
}

function newestTimes(places: Iterable<Place>): Map<string, number | null> {
  const times = new Map<string, number | null>();
  for (const { packageId, finishedAtMs } of places)
    times.set(packageId, Math.max(finishedAtMs ?? 0, times.get(packageId) ?? 0) || null);
  return times;
}
