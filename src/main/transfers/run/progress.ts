import { RateMeter } from '../../../shared/model/rate.ts';
import type { TransferDetail } from '../api.ts';
import type { Slots } from '../limits.ts';

/** `disk`: written, not verified yet; `running`: partly written. */
export type PieceState = 'verified' | 'disk' | 'running' | 'missing';

export type FileCounters = {
  /** Bytes on disk. */
  receivedBytes: number;
  totalBytes: number | null;
  /** Body bytes received since the program started, discarded ones included; never decreases. */
  downloadedBytes: number;
  state: TransferDetail['files'][number]['state'];
  pieceStates: (() => PieceState[]) | null;
  /** Most bytes on disk at the end of any run so far. */
  highWaterBytes: number;
  /** A repair found it damaged or missing. */
  wasWrong: boolean;
  /** Pieces that it found wrong. */
  badPieces: number[];
};

/** Counters of a running transfer; not persisted. They outlive a run and serve the next one. */
export class TransferProgress {
  readonly #throughput: Throughput;
  readonly #onChanged: () => void;
  readonly #meter = new RateMeter();
  readonly files = new Map<number, FileCounters>();
  /** Connections of the current run. */
  connections: Slots | null = null;
  /** Bytes on disk beyond the high-water mark: the only thing that counts as progress. */
  newBytes = 0;
  refetchedBytes = 0;

  /** @param onChanged called when a view of the transfer may have changed */
  constructor(throughput: Throughput, onChanged: () => void) {
    this.#throughput = throughput;
    this.#onChanged = onChanged;
  }

  /** Counts body bytes as they arrive. */
  received(index: number, bytes: number, nowMs: number): void {
    this.file(index).downloadedBytes += bytes;
    this.#meter.add(bytes, nowMs);
    this.#throughput.add(bytes, nowMs);
  }

  update(index: number, counters: Partial<FileCounters>): void {
    Object.assign(this.file(index), counters);
    this.changed();
  }

  changed(): void {
    this.#onChanged();
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
      wasWrong: false,
      badPieces: [],
    };
    this.files.set(index, fresh);
    return fresh;
  }

  /** Null while the length of a file is unknown. */
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

/** Buckets a forecast is based on: enough to be stable, few enough to be current. */
const RECENT_BUCKETS = 6;

/** Bytes per second over the last five minutes, in buckets of five seconds. */
export class Throughput {
  readonly #bytes = new Map<number, number>();

  add(bytes: number, nowMs: number): void {
    const bucket = Math.floor(nowMs / BUCKET_MS);
    this.#bytes.set(bucket, (this.#bytes.get(bucket) ?? 0) + bytes);
    for (const old of this.#bytes.keys()) if (old <= bucket - BUCKETS) this.#bytes.delete(old);
  }

  /** Bytes per second of the last 30 s that had any traffic; null if there never was any. */
  recent(nowMs: number): number | null {
    const now = Math.floor(nowMs / BUCKET_MS);
    const last = Math.max(...this.#bytes.keys());
    if (!Number.isFinite(last)) return null;
    const buckets = [...this.#bytes].filter(([bucket]) => bucket > last - RECENT_BUCKETS);
    // The current bucket isn't full yet.
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
