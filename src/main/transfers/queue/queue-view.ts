import path from 'node:path';
import { etaSeconds } from '../../../shared/model/rate.ts';
import { isActive } from '../../../shared/model/transfer-reducer.ts';
import { toWire, type WireError } from '../../../shared/errors.ts';
import type {
  FileReport,
  TransferDetail,
  TransferRow,
  TransferTab,
  TransferTotals,
} from '../api.ts';
import type { Deadlines } from './deadlines.ts';
import type { LiveTransfer } from '../run/progress.ts';
import { parseManifest } from '../package/manifest.ts';
import { listContext, planMetalinkFiles, refusedName } from '../run/plan.ts';
import type { Clock, StoredTransfer, TransferStore } from '../ports.ts';
import type { Registry } from './registry.ts';
import { evidenceOf, type EvidenceReport } from '../evidence/report.ts';
import { searcher } from './search.ts';
import { type Throughput, detailOf, rowOf } from './view.ts';
import type { ParseMetalink } from '../../formats/metalink.ts';

type Sources = {
  store: TransferStore;
  parseMetalink: ParseMetalink;
  clock: Clock;
  registry: Registry;
  live: ReadonlyMap<string, LiveTransfer>;
  throughput: Throughput;
  deadlines: Deadlines;
};

/** What is told of the queue: the record of each transfer with the bytes of this moment. */
export class QueueView {
  readonly #of: Sources;

  constructor(sources: Sources) {
    this.#of = sources;
  }

  page(
    tab: TransferTab,
    { offset, count }: { offset: number; count: number },
    search: string,
  ): { total: number; rows: TransferRow[] } {
    const { registry } = this.#of;
    const inside = registry.index.idsOf(tab);
    const ids = search.trim() === '' ? inside : this.#found(inside, search);
    return {
      total: ids.length,
      rows: ids.slice(offset, offset + count).flatMap((id) => this.row(id) ?? []),
    };
  }

  #found(ids: readonly string[], search: string): string[] {
    const { registry, store } = this.#of;
    const fits = searcher(search, (word) => store.withFile(word));
    return ids.filter((id) => fits(registry.get(id)));
  }

  /** With the bytes of this moment. */
  current(id: string): StoredTransfer {
    const { registry, live } = this.#of;
    const transfer = registry.record(id);
    const now = live.get(id);
    return now && isActive(transfer.state)
      ? {
          ...transfer,
          receivedBytes: now.receivedBytes,
          totalBytes: transfer.totalBytes ?? now.totalBytes,
        }
      : transfer;
  }

  row(id: string): TransferRow | null {
    const { registry, live, clock, deadlines } = this.#of;
    if (!registry.has(id)) return null;
    const transfer = this.current(id);
    return rowOf(transfer, live.get(id), clock.nowMs(), deadlines.of(transfer));
  }

  async detail(id: string): Promise<TransferDetail> {
    const { store, live, clock, deadlines } = this.#of;
    const transfer = this.current(id);
    const { manifest, kind } = transfer;
    const pieceBytes =
      manifest === null || kind !== 'package'
        ? []
        : (await parseManifest(JSON.parse(manifest))).files.map(
            ({ pieces }, index) => [index, pieces?.pieceBytes] as const,
          );
    const known = new Map(
      pieceBytes.flatMap(([index, bytes]) =>
        bytes === undefined ? [] : [[index, bytes] as const],
      ),
    );
    const detail = detailOf(
      transfer,
      store.files(id),
      known,
      live.get(id),
      rowOf(transfer, live.get(id), clock.nowMs(), deadlines.of(transfer)),
    );
    const refused = (await this.#refused(transfer)).map(({ given, error }) => ({
      path: given,
      given: null,
      bytes: null,
      receivedBytes: 0,
      state: 'failed' as const,
      sha256: null,
      verified: false,
      error,
    }));
    return { ...detail, files: [...detail.files, ...refused] };
  }

  async report(id: string): Promise<FileReport[]> {
    const { store, registry, live } = this.#of;
    const transfer = registry.record(id);
    const { folder, destination } = transfer;
    const files = live.get(id)?.files;
    const refused = (await this.#refused(transfer)).map(({ given, error }) => ({
      path: given,
      bytes: null,
      sha256: null,
      verified: false,
      done: false,
      downloadedBytes: 0,
      error,
    }));
    return [
      ...store
        .files(id)
        .map(({ index, path: name, given, bytes, sha256, verified, error, done, progress }) => {
          const { downloadedBytes = 0, badPieces = [] } = files?.get(index) ?? {};
          return {
            path: path.resolve(folder ?? destination, name),
            ...(given === null ? {} : { given }),
            bytes: bytes ?? progress?.totalBytes ?? null,
            sha256: done ? sha256 : null,
            verified: done && verified,
            done,
            downloadedBytes,
            ...(badPieces.length > 0 ? { badPieces } : {}),
            ...(done || !error ? {} : { error }),
          };
        }),
      ...refused,
    ];
  }

  async evidence(id: string): Promise<EvidenceReport> {
    const { store, registry, clock } = this.#of;
    const transfer = registry.record(id);
    const refused = (await this.#refused(transfer)).map(({ given, error }) => ({
      path: given,
      given: null,
      bytes: null,
      sha256: null,
      state: 'failed' as const,
      error: error.code,
      evidence: null,
    }));
    const report = evidenceOf(transfer, store.files(id), clock.nowMs());
    return { ...report, files: [...report.files, ...refused] };
  }

  /**
   * Names of a list that were refused, once that has ended it: its text has them, and no record of
   * a file.
   */
  async #refused(transfer: StoredTransfer): Promise<{ given: string; error: WireError }[]> {
    const { kind, manifest, state } = transfer;
    if (
      kind !== 'metalink' ||
      manifest === null ||
      state.phase !== 'failed' ||
      state.code !== 'unsafe-name'
    )
      return [];
    const { refused } = await planMetalinkFiles(
      await this.#of.parseMetalink(manifest),
      listContext(transfer),
    );
    return refused.map((name) => ({ given: name.given, error: toWire(refusedName(name)) }));
  }

  totals(rev: number, paused: boolean, limit: TransferTotals['limit']): TransferTotals {
    const { registry, live, clock, throughput } = this.#of;
    const nowMs = clock.nowMs();
    const { counts, restingBytes, active } = registry.index;
    let remainingBytes = restingBytes;
    let bytesPerSecond = 0;
    for (const id of active) {
      const { totalBytes, receivedBytes } = this.current(id);
      remainingBytes += Math.max(0, (totalBytes ?? 0) - receivedBytes);
      bytesPerSecond += live.get(id)?.bytesPerSecond(nowMs) ?? 0;
    }
    return {
      rev,
      counts: { ...counts },
      bytesPerSecond,
      remainingBytes,
      etaSeconds: etaSeconds(remainingBytes, bytesPerSecond),
      paused,
      limit,
      throughput: throughput.values(nowMs),
    };
  }
}
