import { foldText } from '../../../shared/api/text.ts';
import { etaSeconds } from '../../../shared/model/rate.ts';
import type { TransferTab } from '../../../shared/model/transfer-tabs.ts';
import { isForeignId } from '../../../shared/model/source.ts';
import { isActive } from '../../../shared/model/transfer.ts';
import { withoutMark } from '../address-secrets.ts';
import type {
  FileReport,
  HistoryRow,
  TransferDetail,
  TransferRow,
  TransferTotals,
} from '../api.ts';
import type { FileCounters, PieceState, Throughput, TransferProgress } from '../run/progress.ts';
import type { Clock } from '../../../shared/clock.ts';
import type { StoredFile, StoredHistory, StoredTransfer, TransferStore } from '../ports.ts';
import { bytesIn } from '../ranges.ts';
import path from 'node:path';
import { toWire, type WireError } from '../../../shared/errors.ts';
import type { Deadlines } from './forecast.ts';
import { isToAcknowledge, type Recall } from '../../../shared/model/recall.ts';
import type { Recalls } from '../recall/recalls.ts';
import { folderOf } from '../package/folder.ts';
import { parseManifest } from '../package/manifest.ts';
import { listContext, planMetalinkFiles, refusedName } from '../run/plan.ts';
import type { Registry } from './registry.ts';
import { evidenceOf, type EvidenceReport } from '../evidence/report.ts';
import type { ParseMetalink } from '../../formats/metalink.ts';
import { completeAt, type Place } from './history-list.ts';
import { datesOf, wordsIn } from './search-text.ts';

function rowOf(
  transfer: StoredTransfer,
  progress: TransferProgress | undefined,
  nowMs: number,
  deadline: TransferRow['deadline'],
  recall: Recall | null,
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
  const bytesPerSecond = active ? (progress?.bytesPerSecond(nowMs) ?? 0) : 0;
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
    connections: active ? (progress?.connections?.used ?? 0) : 0,
    urgent,
    limitBytesPerSecond,
    deadline,
    repair: transfer.repair,
    rights: transfer.rights,
    heldUntil: transfer.embargo?.isHeld === true ? transfer.embargo.untilMs : null,
    recall: recall && {
      id: recall.id,
      kind: recall.kind,
      atMs: recall.atMs,
      rev: recall.rev,
      phase: recall.phase,
      isToAcknowledge: isToAcknowledge(recall),
    },
    recorded: transfer.evidence.recorded,
    addedAt: transfer.addedAtMs,
    finishedAt: transfer.finishedAtMs,
  };
}

function fileOf(
  { path, given, bytes, done, error, sha256, verified, progress }: StoredFile,
  counters: FileCounters | undefined,
): TransferDetail['files'][number] {
  const receivedBytes = done
    ? (bytes ?? 0)
    : (counters?.receivedBytes ?? bytesIn(progress?.written ?? []));
  return {
    path,
    given,
    bytes,
    receivedBytes,
    state: done ? 'done' : (counters?.state ?? (error ? 'failed' : 'missing')),
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

/** Piece map of the largest file with pieces. */
function piecesOf(
  pieceBytesOf: ReadonlyMap<number, number>,
  files: readonly StoredFile[],
  progress: TransferProgress | undefined,
): TransferDetail['pieces'] {
  const largest = files
    .filter(({ index, bytes }) => pieceBytesOf.has(index) && bytes !== null)
    .toSorted((a, b) => (b.bytes ?? 0) - (a.bytes ?? 0))[0];
  const pieceBytes = largest && pieceBytesOf.get(largest.index);
  if (!largest || pieceBytes === undefined) return null;
  const count = Math.ceil((largest.bytes ?? 0) / pieceBytes);
  const states = progress?.files.get(largest.index)?.pieceStates?.();
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
  progress: TransferProgress | undefined,
  row: TransferRow,
): TransferDetail {
  return {
    ...row,
    folder: folderOf(transfer),
    source: withoutMark(transfer.source),
    service: transfer.evidence.service,
    resumes: transfer.resumes,
    refetchedBytes: transfer.refetchedBytes,
    files: files.map((file) => fileOf(file, progress?.files.get(file.index))),
    pieces: piecesOf(pieceBytesOf, files, progress),
  };
}

/** Shorter words match too many file names to be searched there. */
const MIN_FILE_WORD = 3;

const textOf = ({
  title,
  label,
  id,
  assetId,
  packageId,
  source,
  folder,
  addedAtMs,
  finishedAtMs,
}: StoredTransfer): string =>
  foldText(
    [
      title,
      label,
      id,
      assetId,
      packageId,
      source,
      folder,
      datesOf(addedAtMs),
      datesOf(finishedAtMs),
    ].join('\n'),
  );

/** Matches transfers that have every word in their own fields or in a file name. */
function compileSearch(
  search: string,
  withFile: (word: string) => readonly string[],
): (transfer: StoredTransfer) => boolean {
  const words = wordsIn(search).map((word) => ({
    word,
    files: new Set(word.length < MIN_FILE_WORD ? [] : withFile(word)),
  }));
  return (transfer) => {
    const text = textOf(transfer);
    return words.every(({ word, files }) => text.includes(word) || files.has(transfer.id));
  };
}

type ViewDeps = {
  store: TransferStore;
  parseMetalink: ParseMetalink;
  clock: Clock;
  registry: Registry;
  progress: ReadonlyMap<string, TransferProgress>;
  throughput: Throughput;
  deadlines: Deadlines;
  recalls: Pick<Recalls, 'current' | 'transferIds'>;
  /** The files of a finished one are where they were put. */
  isHere(id: string): boolean;
};

/** Views of the queue: the stored records with current byte counts. */
export class QueueView {
  readonly #deps: ViewDeps;

  constructor(deps: ViewDeps) {
    this.#deps = deps;
  }

  page(
    tab: TransferTab,
    { offset, count }: { offset: number; count: number },
    search: string,
  ): { total: number; rows: TransferRow[] } {
    const { registry } = this.#deps;
    const inside = tab === 'recalled' ? this.#recalled() : registry.index.idsOf(tab);
    const ids = search.trim() === '' ? inside : this.#search(inside, search);
    return {
      total: ids.length,
      rows: ids.slice(offset, offset + count).flatMap((id) => this.row(id) ?? []),
    };
  }

  #search(ids: readonly string[], search: string): string[] {
    const { registry, store } = this.#deps;
    const matches = compileSearch(search, (word) => store.withFile(word));
    return ids.filter((id) => matches(registry.record(id)));
  }

  /**
   * What is to be acknowledged first, then the newest. Of what was removed from the list only what
   * still lies on the disk, and that only while it may not be used.
   */
  #recalled(): string[] {
    const { registry, recalls, isHere } = this.#deps;
    const marked = recalls.transferIds().flatMap((id) => {
      const transfer = registry.has(id) ? registry.record(id) : null;
      const recall = transfer && recalls.current(transfer);
      if (!transfer || !recall) return [];
      const isOpen = isToAcknowledge(recall);
      const isShown =
        isOpen ||
        !transfer.cleared ||
        (recall.kind !== 'corrected' && transfer.state.phase === 'done' && isHere(id));
      return isShown ? [{ id, isOpen, atMs: recall.atMs }] : [];
    });
    const ids = marked
      .toSorted((a, b) => Number(b.isOpen) - Number(a.isOpen) || b.atMs - a.atMs)
      .map(({ id }) => id);
    return [...new Set([...ids, ...registry.index.barred])];
  }

  /** With current byte counts. */
  current(id: string): StoredTransfer {
    const { registry, progress } = this.#deps;
    const transfer = registry.record(id);
    const now = progress.get(id);
    if (!now || !isActive(transfer.state)) return transfer;
    const { receivedBytes } = now;
    const totalBytes = transfer.totalBytes ?? now.totalBytes;
    // Until all sizes are known, a publisher's hint stands for them.
    const isTooSmall = totalBytes !== null && receivedBytes > totalBytes;
    return { ...transfer, receivedBytes, totalBytes: isTooSmall ? now.totalBytes : totalBytes };
  }

  row(id: string): TransferRow | null {
    if (!this.#deps.registry.has(id)) return null;
    return this.#rowOf(this.current(id));
  }

  #rowOf(transfer: StoredTransfer): TransferRow {
    const { progress, clock, deadlines, recalls } = this.#deps;
    return rowOf(
      transfer,
      progress.get(transfer.id),
      clock.nowMs(),
      deadlines.of(transfer),
      recalls.current(transfer),
    );
  }

  /** Of a package that was complete once; while it is repaired too. Null without a record. */
  historyRow(row: StoredHistory, place: Place): HistoryRow | null {
    const { registry } = this.#deps;
    const { id, assetId, packageId, rev, service, folder, movedFrom } = row;
    if (!registry.has(id)) return null;
    return {
      ...this.#rowOf({ ...registry.record(id), state: { phase: 'done' } }),
      assetId,
      packageId,
      rev,
      source: service,
      title: row.title,
      label: row.label,
      totalBytes: row.totalBytes,
      filesDone: row.filesTotal,
      filesTotal: row.filesTotal,
      folder,
      place,
      movedFrom: place === 'moved' ? movedFrom : null,
      isListed: registry.find(id) !== undefined,
      finishedAt: completeAt(row),
    };
  }

  async detail(id: string): Promise<TransferDetail> {
    const { store, progress } = this.#deps;
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
      progress.get(id),
      this.#rowOf(transfer),
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
    const { store, registry, progress } = this.#deps;
    const transfer = registry.record(id);
    const folder = folderOf(transfer);
    const files = progress.get(id)?.files;
    const isForeign = isForeignId(transfer.packageId ?? '');
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
        .map(({ index, path: name, given, bytes, sha256, verified, error, done, ...file }) => {
          const { downloadedBytes = 0, wasWrong, badPieces = [] } = files?.get(index) ?? {};
          return {
            path: path.resolve(folder, name),
            ...(given === null ? {} : { given }),
            bytes: bytes ?? file.progress?.totalBytes ?? null,
            sha256: done ? sha256 : null,
            verified: done && verified,
            ...(done && isForeign && file.evidence ? { verifiedBy: file.evidence.verifiedBy } : {}),
            done,
            downloadedBytes,
            ...(wasWrong ? { wasWrong } : {}),
            ...(badPieces.length > 0 ? { badPieces } : {}),
            ...(done || !error ? {} : { error }),
          };
        }),
      ...refused,
    ];
  }

  async evidence(id: string): Promise<EvidenceReport> {
    const { store, registry, clock } = this.#deps;
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

  /** Names refused in a list that has ended; no file record exists for them. */
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
      await this.#deps.parseMetalink(manifest),
      listContext(transfer),
    );
    return refused.map((name) => ({ given: name.given, error: toWire(refusedName(name)) }));
  }

  totals(rev: number, paused: boolean, limit: TransferTotals['limit']): TransferTotals {
    const { registry, progress, clock, throughput } = this.#deps;
    const nowMs = clock.nowMs();
    const { counts, pendingBytes, active } = registry.index;
    let remainingBytes = pendingBytes;
    let bytesPerSecond = 0;
    for (const id of active) {
      const { totalBytes, receivedBytes } = this.current(id);
      remainingBytes += Math.max(0, (totalBytes ?? 0) - receivedBytes);
      bytesPerSecond += progress.get(id)?.bytesPerSecond(nowMs) ?? 0;
    }
    return {
      rev,
      counts: { ...counts, recalled: this.#recalled().length },
      bytesPerSecond,
      remainingBytes,
      etaSeconds: etaSeconds(remainingBytes, bytesPerSecond),
      paused,
      limit,
      throughput: throughput.values(nowMs),
    };
  }
}
