import { RateMeter } from '../../../shared/model/rate.ts';
import type { TransferDetail } from '../api.ts';
import type { Limiter } from '../limiter.ts';
import type { PieceState } from './part-file.ts';
import type { Slots } from '../slots.ts';

export type LiveFileState = TransferDetail['files'][number]['state'];
export type LiveFile = {
  receivedBytes: number;
  totalBytes: number | null;
  downloadedBytes: number;
  state: LiveFileState;
  pieceStates: (() => PieceState[]) | null;
  /** On disk at the end of any run so far, kept for the next one. */ mostBytes: number;
  /** What a repair found wrong. */ badPieces: number[];
};

/** What is known of a running transfer and lives in memory only. */
export class LiveTransfer {
  readonly #onReceived: (bytes: number) => void;
  readonly #meter = new RateMeter();
  /** Of this transfer, within the one for all. */
  readonly limiter: Limiter;
  readonly files = new Map<number, LiveFile>();
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

  file(index: number): LiveFile {
    const known = this.files.get(index);
    if (known) return known;
    const fresh: LiveFile = {
      receivedBytes: 0,
      totalBytes: null,
      downloadedBytes: 0,
      state: 'missing',
      pieceStates: null,
      mostBytes: 0,
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
