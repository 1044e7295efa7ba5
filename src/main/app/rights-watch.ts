import { embargoOf, localState } from '../../shared/api/rights.ts';
import type { Log } from '../adapters/log.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { AssetRights, TransfersApi } from '../transfers/api.ts';

export type RightsDeps = {
  /** Null while no source is set up. */
  catalogue(): Catalogue | null;
  transfers: Pick<TransfersApi, 'packages' | 'setRights'>;
  serviceNow(): number;
  log: Log;
};

/**
 * Passes the catalogue's rights to the packages in the queue and on disk. Run it after each poll,
 * also a failed one: embargoes and expiry depend on time alone.
 */
export class RightsWatch {
  readonly #deps: RightsDeps;
  #running: Promise<void> | null = null;

  constructor(deps: RightsDeps) {
    this.#deps = deps;
  }

  /** Concurrent calls share one run. Never rejects: the next poll looks again. */
  check(): Promise<void> {
    this.#running ??= this.#check()
      .catch((thrown: unknown) => this.#deps.log.error('rights', thrown))
      .finally(() => {
        this.#running = null;
      });
    return this.#running;
  }

  async #check(): Promise<void> {
    const { transfers, serviceNow } = this.#deps;
    const catalogue = this.#deps.catalogue();
    const assetIds = new Set((await transfers.packages()).map(({ assetId }) => assetId));
    if (!catalogue || assetIds.size === 0) return;
    const midnight = new Date(serviceNow()).setHours(24, 0, 0, 0);
    const rights = (await catalogue.rights([...assetIds])).map(
      ({ assetId, source, verdict, packages }): AssetRights => ({
        assetId,
        source,
        embargoUntil: embargoOf(verdict),
        packages,
        state: localState(verdict, midnight),
      }),
    );
    await transfers.setRights(rights);
  }
}
