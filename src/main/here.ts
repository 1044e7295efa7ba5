import type { TransferChange, TransfersClient } from './transfers/client.ts';

type Place = { assetId: string; packageId: string };

/** Packages that are finished on this machine, kept up to date from the transfers. */
export class Here {
  readonly #places = new Map<string, Place>();
  readonly #transfers: Pick<TransfersClient, 'list'>;

  constructor(transfers: Pick<TransfersClient, 'list'>) {
    this.#transfers = transfers;
  }

  /** Assets with any package here. */
  get assets(): ReadonlySet<string> {
    return new Set(Array.from(this.#places.values(), ({ assetId }) => assetId));
  }

  hasPackage(packageId: string): boolean {
    return Array.from(this.#places.values()).some((place) => place.packageId === packageId);
  }

  async load(): Promise<void> {
    const count = 500;
    for (let offset = 0, total = 1; offset < total; offset += count) {
      const page = await this.#transfers.list('done', { offset, count });
      this.apply({ rows: page.rows, removed: [] });
      total = page.total;
    }
  }

  apply({ rows, removed }: Pick<TransferChange, 'rows' | 'removed'>): void {
    for (const { id, state, assetId, packageId } of rows) {
      if (state.phase === 'done' && assetId !== null && packageId !== null) this.#places.set(id, { assetId, packageId });
      else this.#places.delete(id);
    }
    for (const id of removed) this.#places.delete(id);
  }
}
