import path from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { bytesText } from '../../../shared/model/figures.ts';
import { foldedName } from '../../../shared/model/names.ts';
import type { HashAlgorithm } from '../../../shared/model/recording.ts';
import { digestsOf, hashRange, hashRest, PieceHashes, PrefixHash } from '../hashing.ts';
import type { Disk, DiskEntry, DiskFile, FileProgress, StoredFile } from '../ports.ts';
import type { RunDeps } from './deps.ts';
import type { FileRecords } from './file-records.ts';
import { hasDigest, type PlannedFile } from './plan.ts';
import type { PieceState } from './progress.ts';
import { type Range, bytesIn, covers, missingRanges, withRange, withoutRange } from '../ranges.ts';
import { partPath } from '../package/folder.ts';

/** @throws `disk-full`, with the number of missing bytes, if the folder's volume has less space */
export async function requireSpace(disk: Disk, folder: string, neededBytes: number): Promise<void> {
  const shortBytes = neededBytes - (await disk.freeBytes(folder));
  if (shortBytes > 0)
    throw new AppError(
      'disk-full',
      `Disk full: ${bytesText(shortBytes)} more needed for ${folder}`,
      {
        retryable: true,
        shortBytes,
      },
    );
}

/**
 * True if a part file that is there was made by this file's transfer. Its record claims the name
 * before it is created, and has its progress before it gets bytes, or else it has its whole length
 * from the start: of a claim whose creation is not known, anything else is somebody else's.
 */
export const isOwnPart = (
  { done, ownsPart, progress, bytes }: StoredFile,
  entry: Pick<DiskEntry, 'bytes'>,
): boolean =>
  !done && (progress !== null || (ownsPart && (entry.bytes === 0 || entry.bytes === bytes)));

/**
 * Holds the part file's lock while `work` runs.
 * @throws `exists` if another transfer holds it
 */
export async function withPartLock<T>(
  { partLocks }: Pick<RunDeps, 'partLocks'>,
  folder: string,
  { path: name }: PlannedFile,
  work: () => Promise<T>,
): Promise<T> {
  const lock = foldedName(path.join(folder, name));
  if (partLocks.has(lock))
    throw new AppError('exists', `Another download is writing ${name}`, {
      retryable: false,
    });
  partLocks.add(lock);
  try {
    return await work();
  } finally {
    partLocks.delete(lock);
  }
}

/** True if one of its pieces proves that it was made here. */
async function hasRightPiece(
  { disk, signal }: Pick<RunDeps, 'disk' | 'signal'>,
  part: string,
  { kind, bytes: bytesOnDisk }: DiskEntry,
  { bytes, pieces }: PlannedFile,
): Promise<boolean> {
  if (kind !== 'file' || !pieces || bytesOnDisk !== bytes) return false;
  // Opening for writing refuses a file with a second hard link.
  const file = await disk.open(part, 'write');
  try {
    for (const [index, hash] of pieces.hashes.entries()) {
      const range: Range = [
        index * pieces.pieceBytes,
        Math.min((index + 1) * pieces.pieceBytes, bytes),
      ];
      if ((await hashRange(file, range, signal)) === hash) return true;
    }
    return false;
  } finally {
    await file.close();
  }
}

const foreignPart = (part: string) =>
  new AppError(
    'exists',
    `${part} already exists and isn’t from this app. Move it away or choose another folder.`,
    { retryable: false },
  );

/**
 * Notes whether there is a part file. Browsers use such names too: one that was there first is
 * neither written nor removed.
 * @throws `exists` for one that isn't ours
 */
export async function requireOwnPart(
  deps: Pick<RunDeps, 'disk' | 'signal' | 'records'>,
  folder: string,
  planned: PlannedFile,
): Promise<void> {
  const { disk, records } = deps;
  const { index } = planned;
  const part = partPath(path.join(folder, planned.path));
  const entry = await disk.entry(part);
  if (!entry) return records.lacksPart(index);
  const stored = records.get(index);
  if (!isOwnPart(stored, entry) && !(await hasRightPiece(deps, part, entry, planned)))
    throw foreignPart(part);
  if (!stored.ownsPart) records.update({ ...stored, ownsPart: true });
}

/**
 * Copies content into the part file; what of it counts is recorded by the caller.
 * @throws `exists` for one that has appeared since `requireOwnPart`
 */
export async function copyToPart(
  { disk, records }: Pick<RunDeps, 'disk' | 'records'>,
  { index, bytes }: PlannedFile,
  from: string,
  part: string,
): Promise<void> {
  if (records.mustCreatePart(index)) {
    records.claimParts();
    await (await disk.open(part, 'new')).close();
    records.partCreated(index);
  }
  // A copy that is cut off may have any length.
  records.commit(index, {
    written: [],
    durable: [],
    bootId: disk.bootId(),
    validator: null,
    totalBytes: bytes,
  });
  try {
    await disk.copy(from, part);
  } catch (thrown) {
    records.releasePart(index);
    throw thrown;
  }
}

/**
 * Writes a text that the program has itself into the part file.
 * @throws `exists` for one that has appeared since `requireOwnPart`
 */
export async function writeToPart(
  { disk, records }: Pick<RunDeps, 'disk' | 'records'>,
  { index }: PlannedFile,
  text: Uint8Array,
  part: string,
): Promise<void> {
  const totalBytes = text.byteLength;
  const claim = { durable: [], bootId: disk.bootId(), validator: null, totalBytes };
  const isNew = records.mustCreatePart(index);
  if (isNew) records.claimParts();
  const file = await disk.open(part, isNew ? 'new' : 'write');
  try {
    records.partCreated(index);
    records.commit(index, { ...claim, written: [] });
    await file.truncate(0);
    if (totalBytes > 0) await file.write([text], 0);
    records.journal(index, { ...claim, written: totalBytes === 0 ? [] : [[0, totalBytes]] });
  } finally {
    await file.close();
  }
}

const JOURNAL_BYTES = 1024 * 1024;
const JOURNAL_INTERVAL_MS = 250;
const SYNC_BYTES = 64 * 1024 * 1024;
const SYNC_INTERVAL_MS = 2_000;
const MAX_PIECE_FAILURES = 3;

/** Files up to this size with a known hash are fetched again instead of journalled. */
const SMALL_BYTES = 256 * 1024;

type PartDeps = Pick<RunDeps, 'disk' | 'hasher' | 'clock' | 'signal'> & {
  transfer: Pick<RunDeps['transfer'], 'hashAnyway'>;
  records: Pick<
    FileRecords,
    'get' | 'journal' | 'commit' | 'releasePart' | 'mustCreatePart' | 'partCreated'
  >;
};

/**
 * The part file of one download: a sparse file, the record of its written ranges, and its verified
 * pieces.
 *
 * After a crash of the program the record is correct and at most a moment old. After a power loss
 * it may claim bytes that never reached the medium: pieces or the hash of the file detect that;
 * without pieces only fsynced ranges are trusted.
 */
export class PartFile {
  readonly path: string;
  readonly #deps: PartDeps;
  readonly #planned: PlannedFile;
  readonly #file: DiskFile;
  readonly #isJournalled: boolean;
  readonly #verified = new Set<number>();
  readonly #failures = new Map<number, number>();
  readonly #pieceHashes: PieceHashes | null;
  readonly #prefix: PrefixHash | null;
  #written: Range[] = [];
  #durable: Range[] = [];
  #totalBytes: number | null;
  #validator: FileProgress['validator'] = null;
  #highWaterBytes = 0;
  #unjournalledBytes = 0;
  #journalledAtMs = 0;
  #unsyncedBytes = 0;
  #syncedAtMs = 0;
  #syncing: Promise<void> = Promise.resolve();
  #isSyncing = false;
  #isNameSynced = false;
  #syncFailure: { thrown: unknown } | null = null;
  /** Incremented whenever a claim is withdrawn: a sync that started earlier must not restore it. */
  #epoch = 0;
  /** Bytes that were wrong and are fetched again. */
  refetchedBytes = 0;
  /** True if it has bytes of an earlier run. */
  isResumed = false;

  private constructor(deps: PartDeps, planned: PlannedFile, path: string, file: DiskFile) {
    const { bytes, pieces, sha256 } = planned;
    this.path = path;
    this.#deps = deps;
    this.#planned = planned;
    this.#file = file;
    this.#isJournalled = sha256 === null || bytes === null || bytes > SMALL_BYTES;
    this.#totalBytes = bytes;
    this.#pieceHashes =
      pieces && bytes !== null ? new PieceHashes(deps.hasher, pieces.pieceBytes, bytes) : null;
    this.#prefix = sha256 !== null || deps.transfer.hashAnyway ? new PrefixHash() : null;
  }

  /** Opens or creates it, with as much of an earlier run as can be trusted. */
  static async open(deps: PartDeps, planned: PlannedFile, path: string): Promise<PartFile> {
    const { disk, records } = deps;
    const before = await disk.entry(path);
    if (before && records.mustCreatePart(planned.index)) throw foreignPart(path);
    if (before && before.kind !== 'file')
      throw new AppError(
        'exists',
        `${path} already exists and isn’t a file. Move it away or choose another folder.`,
        { retryable: false },
      );
    const file = await disk.open(path, before ? 'write' : 'new');
    records.partCreated(planned.index);
    const part = new PartFile(deps, planned, path, file);
    try {
      await part.#resume(before?.bytes ?? 0);
      return part;
    } catch (thrown) {
      await part.close();
      throw thrown;
    }
  }

  async #resume(bytesOnDisk: number): Promise<void> {
    const { bytes, pieces } = this.#planned;
    const { progress } = this.#deps.records.get(this.#planned.index);
    if (
      progress &&
      bytesOnDisk > 0 &&
      (bytes === null || progress.totalBytes === null || progress.totalBytes === bytes)
    ) {
      const trusted =
        pieces || progress.bootId === this.#deps.disk.bootId()
          ? progress.written
          : progress.durable;
      this.#written = withoutRange(trusted, [bytesOnDisk, Number.MAX_SAFE_INTEGER]);
      this.#durable = withoutRange(progress.durable, [bytesOnDisk, Number.MAX_SAFE_INTEGER]);
      this.#validator = progress.validator;
      this.#totalBytes ??= progress.totalBytes;
    } else if (pieces && bytes !== null && bytesOnDisk === bytes) {
      // The record is lost, but the pieces prove themselves.
      for (const index of pieces.hashes.keys())
        if (await this.#isPieceValid(index))
          this.#written = withRange(this.#written, this.#pieceRange(index));
    }
    this.isResumed = this.#written.length > 0;
    this.#highWaterBytes = this.writtenBytes;
    this.#syncedAtMs = this.#deps.clock.nowMs();
    // Before the length is set: a record that claims bytes of a recreated file would claim its
    // holes.
    // Without a known length the record is also all that shows whose file it is.
    const mustLast = progress ? progress.written.length > 0 : this.#totalBytes === null;
    if (!this.isResumed && mustLast) this.#commit();
    else this.#saveJournal();
    if (!this.isResumed && bytesOnDisk > 0) await this.#file.truncate(0);
    if (this.#totalBytes !== null) await this.#file.truncate(this.#totalBytes);
  }

  get written(): readonly Range[] {
    return this.#written;
  }
  get writtenBytes(): number {
    return bytesIn(this.#written);
  }
  /** Most bytes ever written; only more than this is progress. */
  get highWaterBytes(): number {
    return this.#highWaterBytes;
  }
  get totalBytes(): number | null {
    return this.#totalBytes;
  }
  get validator(): FileProgress['validator'] {
    return this.#validator;
  }
  get progress(): FileProgress {
    return {
      written: this.#written,
      durable: this.#durable,
      bootId: this.#deps.disk.bootId(),
      validator: this.#validator,
      totalBytes: this.#totalBytes,
    };
  }
  /** Bytes on disk that the next run can resume from. */
  get resumableBytes(): number {
    return this.#isJournalled || this.isComplete ? this.writtenBytes : 0;
  }
  get isComplete(): boolean {
    return this.#totalBytes !== null && missingRanges(this.#written, this.#totalBytes).length === 0;
  }

  /** One state per piece. */
  pieceStates(): PieceState[] {
    return [...(this.#planned.pieces?.hashes.keys() ?? [])].map((index) => {
      const range = this.#pieceRange(index);
      if (covers(this.#written, range)) return this.#verified.has(index) ? 'verified' : 'disk';
      return this.#written.some(([from, to]) => from < range[1] && to > range[0])
        ? 'running'
        : 'missing';
    });
  }

  setValidator(validator: FileProgress['validator']): void {
    this.#validator = validator;
  }

  async setTotal(totalBytes: number): Promise<void> {
    if (this.#totalBytes === totalBytes) return;
    await this.#file.truncate(totalBytes);
    this.#totalBytes = totalBytes;
  }

  /**
   * Writes and records the chunks and verifies the pieces they complete.
   * @returns indexes of wrong pieces, which count as missing again
   */
  async write(chunks: Uint8Array[], at: number): Promise<number[]> {
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
    // Hashed in another thread during the write.
    const hashing = this.#hashPieces(chunks, at);
    // Awaited below; until then a rejection must not count as unhandled.
    hashing.catch(() => {});
    const writing = this.#file.write(chunks, at);
    this.#hashPrefix(chunks, at);
    try {
      await writing;
      // Before the hash is known: a kill must not cost bytes on disk, and the next run verifies
      // what was recorded unverified.
      this.#recordWritten(at, bytes);
    } catch (thrown) {
      this.#forgetHashes([at, at + bytes]);
      throw thrown;
    } finally {
      // The hash reads the chunks too: they may be reused only now.
      await hashing;
    }
    return this.#checkPieces([at, at + bytes]);
  }

  #recordWritten(at: number, bytes: number): void {
    if (this.#syncFailure) throw this.#syncFailure.thrown;
    this.#written = withRange(this.#written, [at, at + bytes]);
    this.#highWaterBytes = Math.max(this.#highWaterBytes, this.writtenBytes);
    this.#unjournalledBytes += bytes;
    this.#unsyncedBytes += bytes;
    const nowMs = this.#deps.clock.nowMs();
    if (
      this.#unjournalledBytes >= JOURNAL_BYTES ||
      nowMs - this.#journalledAtMs >= JOURNAL_INTERVAL_MS
    )
      this.#saveJournal();
    if (!this.#planned.pieces) this.#syncInBackground(nowMs);
  }

  /** Withdraws the claim on a range that can't be trusted. */
  forget(range: Range): void {
    this.#epoch++;
    this.#forgetHashes(range);
    this.#written = withoutRange(this.#written, range);
    this.#durable = withoutRange(this.#durable, range);
    this.#saveJournal();
  }

  /** Withdraws the unverified parts of a range that arrived together with wrong bytes. */
  dropUnverified(range: Range): void {
    const verified = [...this.#verified].map((index) => this.#pieceRange(index));
    for (const unverified of verified.reduce((left, piece) => withoutRange(left, piece), [range]))
      this.forget(unverified);
  }

  /**
   * Starts over, since the content has changed or arrives in full. Pieces verified in this run may
   * stay.
   */
  async restart(keepVerified: boolean): Promise<void> {
    this.#epoch++;
    this.#forgetHashes([0, Number.MAX_SAFE_INTEGER]);
    if (!keepVerified) this.#verified.clear();
    const verified = [...this.#verified].map((index) => this.#pieceRange(index));
    this.refetchedBytes += this.writtenBytes - bytesIn(verified);
    this.#written = verified.reduce<Range[]>((ranges, range) => withRange(ranges, range), []);
    this.#durable = [];
    this.#validator = null;
    this.#totalBytes = this.#planned.bytes;
    this.#commit();
    if (verified.length === 0) await this.#file.truncate(0);
    if (this.#totalBytes !== null) await this.#file.truncate(this.#totalBytes);
  }

  /** Bytes on disk, for comparison with the origin's. */
  async read([from, to]: Range): Promise<Uint8Array> {
    const bytes = new Uint8Array(to - from);
    const read = await this.#file.read(bytes, from);
    return bytes.subarray(0, read);
  }

  /** Fsyncs the file; written bytes are durable when it resolves. */
  async sync(): Promise<void> {
    await this.#syncing;
    if (this.#syncFailure) throw this.#syncFailure.thrown;
    await this.#syncFile();
    this.#durable = this.#written;
    this.#saveJournal();
  }

  /**
   * SHA-256 of the file: bytes that arrived in order are hashed already, the rest is read from the
   * disk. Null if the file is too short.
   */
  hashWhole(): Promise<string | null> {
    return hashRest(
      this.#file,
      this.#prefix ?? new PrefixHash(),
      this.#totalBytes ?? 0,
      this.#deps.signal,
    );
  }

  /** All hashes of the file as it is on the disk; null if it is too short. */
  digests(besides: HashAlgorithm | null): ReturnType<typeof digestsOf> {
    return digestsOf(this.#file, this.#totalBytes ?? 0, besides, this.#deps.signal);
  }

  /**
   * Verifies pieces on disk; wrong ones count as missing again.
   * @returns the number of wrong pieces
   */
  async recheckPieces(which: 'all' | 'unverified'): Promise<number> {
    const { pieces } = this.#planned;
    let wrong = 0;
    for (const index of pieces?.hashes.keys() ?? []) {
      if (which === 'unverified' && this.#verified.has(index)) continue;
      if (await this.#isPieceValid(index)) this.#verified.add(index);
      else {
        wrong++;
        this.#rejectPiece(index);
      }
    }
    return wrong;
  }

  async close(): Promise<void> {
    await this.#syncing;
    await this.#file.close();
  }

  /** Removes the file and its record's claims. */
  async remove(): Promise<void> {
    const { disk, records } = this.#deps;
    const { index } = this.#planned;
    if (this.#isJournalled) records.journal(index, null);
    await disk.remove(this.path);
    // Durable before the record is released: otherwise the file could be back after a power loss
    // and count as foreign.
    await disk.syncFolder(path.dirname(this.path));
    records.releasePart(index);
  }

  /** Writes the record if it has news. */
  flushJournal(): void {
    if (this.#unjournalledBytes > 0) this.#saveJournal();
  }

  async #hashPieces(chunks: Uint8Array[], at: number): Promise<void> {
    const pieces: Promise<void>[] = [];
    let from = at;
    for (const chunk of chunks) {
      if (this.#pieceHashes) pieces.push(this.#pieceHashes.add(chunk, from));
      from += chunk.byteLength;
    }
    await Promise.all(pieces);
  }

  #hashPrefix(chunks: Uint8Array[], at: number): void {
    let from = at;
    for (const chunk of chunks) {
      this.#prefix?.add(chunk, from);
      from += chunk.byteLength;
    }
  }

  #forgetHashes(range: Range): void {
    this.#pieceHashes?.forget(range);
    this.#prefix?.forget(range[0]);
  }

  #pieceRange(index: number): Range {
    const { pieceBytes } = this.#planned.pieces ?? { pieceBytes: 0 };
    return [index * pieceBytes, Math.min((index + 1) * pieceBytes, this.#planned.bytes ?? 0)];
  }

  async #isPieceValid(index: number): Promise<boolean> {
    return (
      (await hashRange(this.#file, this.#pieceRange(index), this.#deps.signal)) ===
      this.#planned.pieces?.hashes[index]
    );
  }

  #rejectPiece(index: number): void {
    const range = this.#pieceRange(index);
    this.#verified.delete(index);
    this.forget(range);
    this.refetchedBytes += range[1] - range[0];
    const failures = (this.#failures.get(index) ?? 0) + 1;
    this.#failures.set(index, failures);
    if (failures >= MAX_PIECE_FAILURES)
      throw new AppError(
        'hash-mismatch',
        this.#planned.unsigned === null
          ? `${this.path}: piece ${index} arrived damaged ${failures} times`
          : `${this.path}: piece ${index} isn’t what this computer recorded: the publisher’s file has changed since`,
        { retryable: false },
      );
  }

  async #checkPieces([from, to]: Range): Promise<number[]> {
    const { pieces } = this.#planned;
    if (!pieces) return [];
    const wrong: number[] = [];
    for (
      let index = Math.floor(from / pieces.pieceBytes);
      index * pieces.pieceBytes < to;
      index++
    ) {
      if (this.#verified.has(index) || !covers(this.#written, this.#pieceRange(index))) continue;
      // Marked before the await, so that two connections that meet in a piece verify it once.
      this.#verified.add(index);
      const digest = this.#pieceHashes?.take(index);
      if (
        digest === undefined
          ? await this.#isPieceValid(index)
          : (await digest) === pieces.hashes[index]
      )
        continue;
      wrong.push(index);
      this.#rejectPiece(index);
    }
    return wrong;
  }

  /**
   * Without pieces nothing detects bytes lost with the power: fsyncs now and then; the reader never
   * waits for it.
   */
  #syncInBackground(nowMs: number): void {
    if (
      this.#isSyncing ||
      (this.#unsyncedBytes < SYNC_BYTES && nowMs - this.#syncedAtMs < SYNC_INTERVAL_MS)
    )
      return;
    const claimed = this.#written;
    const epoch = this.#epoch;
    this.#isSyncing = true;
    this.#unsyncedBytes = 0;
    this.#syncedAtMs = nowMs;
    this.#syncing = (async () => {
      try {
        await this.#syncFile();
        if (epoch === this.#epoch) this.#durable = claimed;
      } catch (thrown) {
        // A failed fsync reports lost writes only once: nothing written since the last good one can
        // be trusted.
        this.#syncFailure = { thrown };
        this.#epoch++;
        this.#forgetHashes([0, Number.MAX_SAFE_INTEGER]);
        this.#written = this.#durable;
        this.#saveJournal();
      } finally {
        this.#isSyncing = false;
      }
    })();
  }

  /** Without a digest the name must be durable too: an older file may have had it. */
  async #syncFile(): Promise<void> {
    await this.#file.sync();
    if (hasDigest(this.#planned) || this.#isNameSynced) return;
    await this.#deps.disk.syncFolder(path.dirname(this.path));
    this.#isNameSynced = true;
  }

  #saveJournal(): void {
    this.#unjournalledBytes = 0;
    this.#journalledAtMs = this.#deps.clock.nowMs();
    if (this.#isJournalled) this.#deps.records.journal(this.#planned.index, this.progress);
  }

  #commit(): void {
    this.#deps.records.commit(this.#planned.index, this.progress);
  }
}
