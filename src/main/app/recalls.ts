import type { Log } from '../adapters/log.ts';
import type { AssetDetail } from '../catalogue/asset.ts';
import { Coalesced } from '../../shared/coalesced.ts';
import { AppError } from '../../shared/errors.ts';
import {
  diffOf,
  readSnapshot,
  snapshotOf,
  type ComparedFile,
  type CorrectionDiff,
} from '../../shared/model/correction.ts';
import { parseManifest } from '../transfers/package/manifest.ts';
import type { RecallEvent, RecallsView, TransfersApi } from '../transfers/api.ts';

/** Notes a recall, a correction or an acknowledgement; durable when it resolves. */
export type RecordRecall = (event: RecallEvent) => Promise<void>;

type Deps = {
  transfers: Pick<
    TransfersApi,
    'acknowledgeRecalls' | 'fetchedVersion' | 'onRecalls' | 'recallsReported' | 'unreportedRecalls'
  >;
  /**
   * Where every recall and acknowledgement is handed on, in their order. After a kill an event may
   * come a second time, with the same id and type.
   */
  record: RecordRecall;
  /** @throws `not-found`, `offline`, `service-unreachable` */
  detail(assetId: string): Promise<AssetDetail>;
  /** Its newest manifest. @throws codes of network and content */
  manifest(service: string | null, packageId: string): Promise<unknown>;
  serviceNow(): number;
  /** Who uses the program: the account's address, or the system's user. */
  who(): string;
  onChanged(view: RecallsView): void;
  log: Log;
};

/** Recalls as the shells see them: acknowledging, and the record of who knew what and when. */
export class RecallDesk {
  readonly #deps: Deps;
  readonly #listeners = new Set<(view: RecallsView) => void>();
  readonly #reports = new Coalesced(() =>
    this.#report().catch((thrown: unknown) => this.#deps.log.error('recalls', thrown)),
  );

  constructor(deps: Deps) {
    this.#deps = deps;
    deps.transfers.onRecalls((view) => {
      deps.onChanged(view);
      for (const listener of this.#listeners) listener(view);
      void this.report();
    });
  }

  /** @returns a function that unsubscribes */
  listen(listener: (view: RecallsView) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** @param system that does it with its token; a person without it */
  async acknowledge(ids: string[], system?: string): Promise<RecallsView> {
    const { transfers, serviceNow, who } = this.#deps;
    const view = await transfers.acknowledgeRecalls(ids, {
      atMs: serviceNow(),
      ...(system === undefined ? { who: who() } : { who: system, isSystem: true }),
    });
    await this.report();
    return view;
  }

  /** @throws `not-found`, and what `detail` throws */
  async diff(id: string): Promise<CorrectionDiff> {
    const { transfers, detail: detailOf } = this.#deps;
    const { recall, service, snapshot, files } = await transfers.fetchedVersion(id);
    const detail = await detailOf(recall.assetId);
    const newest = files && (await this.#newestFiles(service, recall.packageId));
    return diffOf(
      readSnapshot(snapshot),
      snapshotOf(detail, detail.rev),
      files && newest && { before: files, after: newest },
    );
  }

  /** Null if they can't be had now. */
  async #newestFiles(service: string | null, packageId: string): Promise<ComparedFile[] | null> {
    try {
      const { files } = await parseManifest(await this.#deps.manifest(service, packageId));
      return files;
    } catch (thrown) {
      if (thrown instanceof AppError) return null;
      throw thrown;
    }
  }

  /** Hands on what has not been. Never rejects: the next change tries again. */
  report(): Promise<void> {
    return this.#reports.run();
  }

  async #report(): Promise<void> {
    const { transfers, record } = this.#deps;
    for (const event of await transfers.unreportedRecalls()) {
      await record(event);
      await transfers.recallsReported([{ type: event.type, id: event.recall.id }]);
    }
  }
}
