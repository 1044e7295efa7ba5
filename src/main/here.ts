import type { TransferChange, TransfersClient } from './transfers/client.ts';

/** Assets with a finished package on this machine, kept up to date from the transfers. */
export class Here {
  readonly #assetOf = new Map<string, string>();
  readonly #transfers: Pick<TransfersClient, 'list'>;

  constructor(transfers: Pick<TransfersClient, 'list'>) {
    this.#transfers = transfers;
  }

  get assets(): ReadonlySet<string> {
    return new Set(this.#assetOf.values());
  }

  async load(): Promise<void> {
    const count = 500;
    for (let offset = 0, total = 1; offset < total; offset += count) {
      const page = await this.#transfers.list('done', { offset, count });
      for (const row of page.rows) if (row.assetId !== null) this.#assetOf.set(row.id, row.assetId);
      total = page.total;
    }
  }

  apply({ rows, removed }: Pick<TransferChange, 'rows' | 'removed'>): void {
    for (const row of rows) {
      if (row.state.phase === 'done' && row.assetId !== null) this.#assetOf.set(row.id, row.assetId);
      else this.#assetOf.delete(row.id);
    }
    for (const id of removed) this.#assetOf.delete(id);
  }
}
