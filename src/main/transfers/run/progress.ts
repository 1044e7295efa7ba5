import { RateMeter } from '../../../shared/model/rate.ts';
import type { TransferDetail } from '../api.ts';
import type { Limiter, Slots } from '../limits.ts';
import type { PieceState } from './part-file.ts';
type FileCounterState = TransferDetail['files'][number]['state'];
export type FileCounters = {
  receivedBytes: number;
  totalBytes: number | null;
  downloadedBytes: number;
  state: FileCounterState;
  pieceStates: (() => PieceState[]) | null;
  /** On disk at the end of any run so far, kept for the next one. */ highWaterBytes: number;
  /** What a repair found wrong. */ badPieces: number[];
};

/** What is known of a running transfer and lives in memory only. */
export class TransferProgress {
  readonly #onReceived: (bytes: number) => void;
  readonly #meter = new RateMeter();
  /** Of this transfer, within the one for all. */
  readonly limiter: Limiter;
  readonly files = new Map<number, FileCounters>();
  /** Connections of the run, while there is one. */
  slots: Slots | null = null;
  /** Bytes on disk beyond what was ever there before: the only thing that counts as progress. */
  gainedBytes = 0;
  refetchedBytes = 0;

  constructor(onReceived: (bytes: number) => void, limiter: Limiter) {
    this.#onReceived = onReceived;
    this.limiter = limiter;
  }

  /** Body bytes of a file, as they arrive. */
  received(index: number, bytes: number, nowMs: number): void {
    this.file(index).downloadedBytes += bytes;
    this.#meter.add(bytes, nowMs);
    this.#onReceived(bytes);
  }

  bytesPerSecond(nowMs: number): number {
    return this.#meter.perSecond(nowMs);
  }

  file(index: number): FileCounters {
    const known = this.files.get(index);
    if (known) return known;
    const fresh: FileCounters = {
      receivedBytes: 0,
      totalBytes: null,
      downloadedBytes: 0,
      state: 'missing',
      pieceStates: null,
      highWaterBytes: 0,
      badPieces: [],
    };
    this.files.set(index, fresh);
    return fresh;
  }

  /** Null while the length of a file is not known. */
  get totalBytes(): number | null {
    const sizes = [...this.files.values()].map((file) => file.totalBytes);
    if (sizes.length === 0) return null;
    return sizes.reduce<number | null>(
      (sum, size) => (sum === null || size === null ? null : sum + size),
      0,
    );
  }

  get receivedBytes(): number {
    return [...this.files.values()].reduce((sum, file) => sum + file.receivedBytes, 0);
  }
}
const BUCKET_MS = 5_000;
const BUCKETS = 60;

/** What a forecast goes by: long enough to be calm, short enough to be true. */
const RECENT_BUCKETS = 6;

/** Bytes a second over the last five minutes, one value every five seconds. */
export class Throughput {
  readonly #bytes = new Map<number, number>();

  add(bytes: number, nowMs: number): void {
    const bucket = Math.floor(nowMs / BUCKET_MS);
    this.#bytes.set(bucket, (this.#bytes.get(bucket) ?? 0) + bytes);
    for (const old of this.#bytes.keys()) if (old <= bucket - BUCKETS) this.#bytes.delete(old);
  }

  /** Bytes a second of the last half minute in which anything came; null when nothing ever did. */
  recent(nowMs: number): number | null {
    const now = Math.floor(nowMs / BUCKET_MS);
    const last = Math.max(...this.#bytes.keys());
    if (!Number.isFinite(last)) return null;
    const buckets = [...this.#bytes].filter(([bucket]) => bucket > last - RECENT_BUCKETS);
    // The bucket of this moment is not full yet.
    const ms = buckets.reduce(
      (sum, [bucket]) => sum + (bucket === now ? nowMs - now * BUCKET_MS : BUCKET_MS),
      0,
    );
    const bytes = buckets.reduce((sum, [, size]) => sum + size, 0);
    return (bytes * 1000) / Math.max(1000, ms);
  }

  values(nowMs: number): number[] {
    const last = Math.floor(nowMs / BUCKET_MS);
    return Array.from({ length: BUCKETS }, (_, i) =>
      Math.round(((this.#bytes.get(last - BUCKETS + 1 + i) ?? 0) * 1000) / BUCKET_MS),
    );
  }
}
