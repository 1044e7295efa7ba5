import type { Log } from '../adapters/log.ts';
import type { AssetDetail } from '../catalogue/asset.ts';
import { Coalesced } from '../../shared/coalesced.ts';
import { AppError } from '../../shared/errors.ts';
import { snapshotOf, snapshotText } from '../../shared/model/correction.ts';
import type { TransfersApi } from '../transfers/api.ts';

type Deps = {
  transfers: Pick<TransfersApi, 'saveSnapshot' | 'unsnapped'>;
  /** The copy in the library; null if there is none. @throws while no library is open */
  stored(assetId: string): Promise<AssetDetail | null>;
  /** From its source; null where only what is here is used. @throws codes of network and content */
  fetched: ((assetId: string) => Promise<AssetDetail>) | null;
  log: Log;
};

/**
 * Keeps with each finished package what its asset said then, for the comparison once it is
 * corrected. In the background: the detail of an asset that nobody has opened has to be fetched.
 */
export class Snapshots {
  readonly #deps: Deps;
  /** Packages whose version nobody tells any more. */
  readonly #untold = new Set<string>();
  readonly #checks = new Coalesced(() =>
    this.#check().catch((thrown: unknown) => this.#deps.log.error('snapshots', thrown)),
  );
  #isClosed = false;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Concurrent calls share one run. Never rejects: the next start looks again. */
  check(): Promise<void> {
    return this.#checks.run();
  }

  /** Ends after the one that is being kept. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#checks.idle();
  }

  async #check(): Promise<void> {
    const { transfers } = this.#deps;
    if (this.#isClosed) return;
    for (const { id, assetId, packageId, rev } of await transfers.unsnapped()) {
      if (this.#untold.has(id)) continue;
      if (this.#isClosed) return;
      const text = await this.#textOf(assetId, packageId, rev);
      if (text === null) this.#untold.add(id);
      else if (text !== undefined) await transfers.saveSnapshot(id, text);
    }
  }

  /** Null if there is none any more, undefined if it can't be had now. */
  async #textOf(
    assetId: string,
    packageId: string,
    rev: number | null,
  ): Promise<string | null | undefined> {
    const { stored, fetched } = this.#deps;
    const isOfVersion = (detail: AssetDetail | null): detail is AssetDetail =>
      detail?.packages.some((one) => one.id === packageId && one.rev === rev) === true;
    try {
      const known = await stored(assetId);
      const detail = isOfVersion(known) || fetched === null ? known : await fetched(assetId);
      // Another version says nothing of this one.
      return isOfVersion(detail) ? snapshotText(snapshotOf(detail, detail.rev)) : null;
    } catch (thrown) {
      if (thrown instanceof AppError) return undefined;
      throw thrown;
    }
  }
}
