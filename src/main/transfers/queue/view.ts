import { etaSeconds } from '../../../shared/model/rate.ts';
import { isActive } from '../../../shared/model/transfer-reducer.ts';
import type { TransferState } from '../../../shared/model/transfer.ts';
import { withoutMark } from '../address-secrets.ts';
import type { TransferDetail, TransferRow, TransferTab } from '../api.ts';
import type { LiveTransfer } from '../run/progress.ts';
import type { PieceState } from '../run/part-file.ts';
import type { StoredFile, StoredTransfer } from '../ports.ts';
import { bytesIn } from '../ranges.ts';

export function tabOf({ phase }: TransferState): Exclude<TransferTab, 'all'> {
  switch (phase) {
    case 'running':
    case 'verifying':
    case 'publishing':
      return 'active';
    case 'queued':
    case 'waiting':
    case 'paused':
      return 'waiting';
    case 'done':
      return 'done';
    case 'failed':
    case 'cancelled':
      return 'failed';
  }
  return phase satisfies never;
}

export const inTab = (state: TransferState, tab: TransferTab): boolean =>
  tab === 'all' || tab === tabOf(state);

export function rowOf(
  transfer: StoredTransfer,
  live: LiveTransfer | undefined,
  nowMs: number,
  deadline: TransferRow['deadline'],
): TransferRow {
  const {
    id,
    assetId,
    packageId,
    title,
    label,
    state,
    totalBytes,
    filesDone,
    filesTotal,
    urgent,
    limitBytesPerSecond,
  } = transfer;
  const active = isActive(state);
  const receivedBytes =
    state.phase === 'done' ? (totalBytes ?? transfer.receivedBytes) : transfer.receivedBytes;
  const bytesPerSecond = active ? (live?.bytesPerSecond(nowMs) ?? 0) : 0;
  return {
    id,
    assetId,
    packageId,
    title,
    label,
    state,
    receivedBytes,
    totalBytes,
    bytesPerSecond,
    etaSeconds:
      active && totalBytes !== null
        ? etaSeconds(Math.max(0, totalBytes - receivedBytes), bytesPerSecond)
        : null,
    filesDone,
    filesTotal,
    connections: active ? (live?.slots?.used ?? 0) : 0,
    urgent,
    limitBytesPerSecond,
    deadline,
    repair: transfer.repair,
    rights: transfer.rights,
    addedAt: transfer.addedAtMs,
    finishedAt: transfer.finishedAtMs,
  };
}

function fileOf(
  { index, path, given, bytes, done, error, sha256, verified, progress }: StoredFile,
  live: LiveTransfer | undefined,
): TransferDetail['files'][number] {
  const now = live?.files.get(index);
  const receivedBytes = done
    ? (bytes ?? 0)
    : (now?.receivedBytes ?? bytesIn(progress?.written ?? []));
  return {
    path,
    given,
    bytes,
    receivedBytes,
    state: done ? 'done' : (now?.state ?? (error ? 'failed' : 'missing')),
    sha256,
    verified,
    error,
  };
}

export const receivedOf = (files: readonly StoredFile[]): number =>
  files.reduce(
    (sum, { done, bytes, progress }) =>
      sum + (done ? (bytes ?? 0) : bytesIn(progress?.written ?? [])),
    0,
  );

const PIECE_LETTERS: Record<PieceState, string> = {
  verified: 'v',
  disk: 'd',
  running: 'r',
  missing: 'm',
};

/** Of the largest file that has pieces. */
function piecesOf(
  pieceBytesOf: ReadonlyMap<number, number>,
  files: readonly StoredFile[],
  live: LiveTransfer | undefined,
): TransferDetail['pieces'] {
  const largest = files
    .filter(({ index, bytes }) => pieceBytesOf.has(index) && bytes !== null)
    .toSorted((a, b) => (b.bytes ?? 0) - (a.bytes ?? 0))[0];
  const pieceBytes = largest && pieceBytesOf.get(largest.index);
  if (!largest || pieceBytes === undefined) return null;
  const count = Math.ceil((largest.bytes ?? 0) / pieceBytes);
  const states = live?.files.get(largest.index)?.pieceStates?.();
  if (states) return { pieceBytes, map: states.map((state) => PIECE_LETTERS[state]).join('') };
  if (largest.done) return { pieceBytes, map: PIECE_LETTERS.verified.repeat(count) };
  const written = largest.progress?.written ?? [];
  const onDisk = (i: number) =>
    written.some(
      ([from, to]) =>
        from <= i * pieceBytes && to >= Math.min((i + 1) * pieceBytes, largest.bytes ?? 0),
    );
  return {
    pieceBytes,
    map: Array.from({ length: count }, (_, i) =>
      onDisk(i) ? PIECE_LETTERS.disk : PIECE_LETTERS.missing,
    ).join(''),
  };
}

export function detailOf(
  transfer: StoredTransfer,
  files: readonly StoredFile[],
  pieceBytesOf: ReadonlyMap<number, number>,
  live: LiveTransfer | undefined,
  row: TransferRow,
): TransferDetail {
  return {
    ...row,
    folder: transfer.folder ?? transfer.destination,
    source: withoutMark(transfer.source),
    resumes: transfer.resumes,
    refetchedBytes: transfer.refetchedBytes,
    files: files.map((file) => fileOf(file, live)),
    pieces: piecesOf(pieceBytesOf, files, live),
  };
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
