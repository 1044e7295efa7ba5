import { bytesText } from '../../../shared/model/figures.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Disk, StoredFile, Clock, DiskFile, FileProgress, Hasher } from '../ports.ts';
import path from 'node:path';
import { hashRange, hashRest, PieceHashes, PrefixHash } from '../hashing.ts';
import type { PlannedFile } from './plan.ts';
import { type Range, bytesIn, covers, missingRanges, withRange, withoutRange } from '../ranges.ts';
import { partPath } from '../package/folder.ts';

/** @throws `disk-full`, with the bytes that are missing, if the folder's volume has less space. */
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
 * Keeps a record that may be older. The home's volume may be full while the destination's is not:
 * more is fetched again, and that is all.
 */
export function unlessFull(save: () => void): void {
  try {
    save();
  } catch (thrown) {
    if (!(thrown instanceof AppError && thrown.code === 'disk-full')) throw thrown;
  }
}

/** Records of before this was kept have a journal instead. */
export const isOwnPart = ({
  ownsPart,
  progress,
}: Pick<StoredFile, 'ownsPart' | 'progress'>): boolean => ownsPart || progress !== null;

/**
 * True where there is no part file, or one in which a piece proves that it was begun here though
 * its record is lost.
 */
async function canOwnPart(
  disk: Disk,
  folder: string,
  { path: name, bytes, pieces }: PlannedFile,
  signal: AbortSignal,
): Promise<boolean> {
  const part = partPath(path.join(folder, name));
  const entry = await disk.entry(part);
  if (!entry) return true;
  if (entry.kind !== 'file' || !pieces || entry.bytes !== bytes) return false;
  // For writing, which a file with another name refuses.
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
/**
 * The record of a file with its part file claimed, to be kept before that is made. Browsers use
 * such names too: a part file that was there before any of ours is neither written to nor removed.
 * Fails with `exists`.
 */
export async function ownPart(
  disk: Disk,
  folder: string,
  planned: PlannedFile,
  stored: StoredFile,
  signal: AbortSignal,
): Promise<StoredFile> {
  if (stored.done || isOwnPart(stored)) return stored;
  if (await canOwnPart(disk, folder, planned, signal)) return { ...stored, ownsPart: true };
  throw new AppError(
    'exists',
    `${partPath(path.join(folder, planned.path))} already exists and isn’t from this app. Move it away or choose another folder.`,
    { retryable: false },
  );
}

const JOURNAL_BYTES = 1024 * 1024;
const JOURNAL_MS = 250;
const DURABLE_BYTES = 64 * 1024 * 1024;
const DURABLE_MS = 2_000;
const MAX_PIECE_FAILURES = 3;

export type PieceState = 'verified' | 'disk' | 'running' | 'missing';
export type Pieces = { pieceBytes: number; hashes: readonly string[] };
type PartSpec = {
  path: string;
  bytes: number | null;
  pieces: Pieces | null;
  hasher: Hasher;
  /** The hash of the whole will be asked for. */
  hashesWhole: boolean;
  /** The bytes will be compared with a known hash: what the record claims wrongly is found then. */
  vouched: boolean;
  progress: FileProgress | null;
  /** Keeps the record of what is written; called after the bytes, never before. */
  journal(progress: FileProgress): void;
  /**
   * Keeps a record that is on the medium when it returns: before bytes go that the one before
   * claimed.
   */
  commit(progress: FileProgress): void;
  clock: Clock;
  signal: AbortSignal;
};

/**
 * The partial file of one download: a sparse file, the record of what of it is written, and the
 * pieces that have proved right.
 *
 * After a crash of the program the record is right, at most a moment old. After a power loss it may
 * claim bytes that never reached the medium: pieces and the hash of the whole find that out, and
 * where there are no pieces only what was synced before is believed.
 */
export class PartFile {
  readonly #spec: PartSpec;
  readonly #disk: Disk;
  readonly #file: DiskFile;
  readonly #checked = new Set<number>();
  readonly #failures = new Map<number, number>();
  readonly #pieceHashes: PieceHashes | null;
  readonly #prefix: PrefixHash | null;
  #written: Range[] = [];
  #durable: Range[] = [];
  #totalBytes: number | null;
  #validator: FileProgress['validator'] = null;
  #mostBytes = 0;
  #unjournalledBytes = 0;
  #journalledAtMs = 0;
  #unsyncedBytes = 0;
  #durableAtMs = 0;
  #syncing: Promise<void> = Promise.resolve();
  #isSyncing = false;
  #isNameSynced = false;
  #syncFailure: { thrown: unknown } | null = null;
  /** Changes whenever a claim is taken back: a sync that began before must not renew it. */
  #epoch = 0;
  /** Bytes that turned out wrong and are fetched again. */
  refetchedBytes = 0;
  /** True if bytes of an earlier run are in it. */
  resumed = false;

  private constructor(disk: Disk, file: DiskFile, spec: PartSpec) {
    this.#spec = spec;
    this.#disk = disk;
    this.#file = file;
    this.#totalBytes = spec.bytes;
    this.#pieceHashes =
      spec.pieces && spec.bytes !== null
        ? new PieceHashes(spec.hasher, spec.pieces.pieceBytes, spec.bytes)
        : null;
    this.#prefix = spec.hashesWhole ? new PrefixHash() : null;
  }

  /** Opens or creates it; what an earlier run has left is used as far as it can be believed. */
  static async open(disk: Disk, spec: PartSpec): Promise<PartFile> {
    const before = await disk.entry(spec.path);
    if (before && before.kind !== 'file')
      throw new AppError(
        'exists',
        `${spec.path} already exists and isn’t a file. Move it away or choose another folder.`,
        { retryable: false },
      );
    const part = new PartFile(disk, await disk.open(spec.path, before ? 'write' : 'new'), spec);
    try {
      await part.#resume(before?.bytes ?? 0);
      return part;
    } catch (thrown) {
      await part.close();
      throw thrown;
    }
  }

  async #resume(bytesOnDisk: number): Promise<void> {
    const { progress, bytes, pieces } = this.#spec;
    if (
      progress &&
      bytesOnDisk > 0 &&
      (bytes === null || progress.totalBytes === null || progress.totalBytes === bytes)
    ) {
      const believed =
        pieces || progress.bootId === this.#disk.bootId() ? progress.written : progress.durable;
      this.#written = withoutRange(believed, [bytesOnDisk, Number.MAX_SAFE_INTEGER]);
      this.#durable = withoutRange(progress.durable, [bytesOnDisk, Number.MAX_SAFE_INTEGER]);
      this.#validator = progress.validator;
      this.#totalBytes ??= progress.totalBytes;
    } else if (pieces && bytes !== null && bytesOnDisk === bytes) {
      // The record is lost but the pieces speak for themselves.
      for (const index of pieces.hashes.keys())
        if (await this.#pieceIsRight(index))
          this.#written = withRange(this.#written, this.#pieceRange(index));
    }
    this.resumed = this.#written.length > 0;
    this.#mostBytes = this.writtenBytes;
    this.#durableAtMs = this.#spec.clock.nowMs();
    // Before the length is set: a record that claims bytes of a file made anew would claim its
    // holes.
    if (!this.resumed && progress && progress.written.length > 0) this.#spec.commit(this.progress);
    else this.#saveJournal();
    if (!this.resumed && bytesOnDisk > 0) await this.#file.truncate(0);
    if (this.#totalBytes !== null) await this.#file.truncate(this.#totalBytes);
  }

  get written(): readonly Range[] {
    return this.#written;
  }
  get writtenBytes(): number {
    return bytesIn(this.#written);
  }
  /** The most that was ever written at once: only more than this is progress. */
  get highWaterBytes(): number {
    return this.#mostBytes;
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
      bootId: this.#disk.bootId(),
      validator: this.#validator,
      totalBytes: this.#totalBytes,
    };
  }
  get isComplete(): boolean {
    return this.#totalBytes !== null && missingRanges(this.#written, this.#totalBytes).length === 0;
  }

  /** One word a piece: is it proved, only on disk, partly there or missing. */
  pieceStates(): PieceState[] {
    return [...(this.#spec.pieces?.hashes.keys() ?? [])].map((index) => {
      const range = this.#pieceRange(index);
      if (covers(this.#written, range)) return this.#checked.has(index) ? 'verified' : 'disk';
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
   * Writes, records, and checks the pieces this completes. Returns the pieces that were wrong; they
   * count as missing again.
   */
  async write(chunks: Uint8Array[], at: number): Promise<number[]> {
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
    // Another thread hashes them while they are written.
    const hashing = this.#hashPieces(chunks, at);
    // It is awaited below; until then its failure must not count as one nobody looks at.
    hashing.catch(() => {});
    const writing = this.#file.write(chunks, at);
    this.#hashPrefix(chunks, at);
    try {
      await writing;
      // Before the hash is known: a kill must not cost what is on disk, and what was recorded and
      // not proved is checked by the next run.
      this.#recordWritten(at, bytes);
    } catch (thrown) {
      this.#forgetHashes([at, at + bytes]);
      throw thrown;
    } finally {
      // The bytes may change only when the hash is through with them too.
      await hashing;
    }
    return this.#checkPieces([at, at + bytes]);
  }

  #recordWritten(at: number, bytes: number): void {
    if (this.#syncFailure) throw this.#syncFailure.thrown;
    this.#written = withRange(this.#written, [at, at + bytes]);
    this.#mostBytes = Math.max(this.#mostBytes, this.writtenBytes);
    this.#unjournalledBytes += bytes;
    this.#unsyncedBytes += bytes;
    const nowMs = this.#spec.clock.nowMs();
    if (this.#unjournalledBytes >= JOURNAL_BYTES || nowMs - this.#journalledAtMs >= JOURNAL_MS)
      this.#saveJournal();
    if (!this.#spec.pieces) this.#keepDurable(nowMs);
  }

  /** Takes back a claim about bytes that cannot be believed any more. */
  forget(range: Range): void {
    this.#epoch++;
    this.#forgetHashes(range);
    this.#written = withoutRange(this.#written, range);
    this.#durable = withoutRange(this.#durable, range);
    this.#saveJournal();
  }

  /**
   * Takes back all of a range that no piece has proved: it came with something that proved wrong.
   */
  dropUnverified(range: Range): void {
    const proved = [...this.#checked].map((index) => this.#pieceRange(index));
    for (const unproved of proved.reduce((left, piece) => withoutRange(left, piece), [range]))
      this.forget(unproved);
  }

  /**
   * Starts over, because the content has changed or comes whole. Pieces that proved right in this
   * run may stay.
   */
  async restart(keepProved: boolean): Promise<void> {
    this.#epoch++;
    this.#forgetHashes([0, Number.MAX_SAFE_INTEGER]);
    if (!keepProved) this.#checked.clear();
    const proved = [...this.#checked].map((index) => this.#pieceRange(index));
    this.refetchedBytes += this.writtenBytes - bytesIn(proved);
    this.#written = proved.reduce<Range[]>((ranges, range) => withRange(ranges, range), []);
    this.#durable = [];
    this.#validator = null;
    this.#totalBytes = this.#spec.bytes;
    this.#spec.commit(this.progress);
    if (proved.length === 0) await this.#file.truncate(0);
    if (this.#totalBytes !== null) await this.#file.truncate(this.#totalBytes);
  }

  /** Bytes already on disk, to compare with what the origin says they are. */
  async read([from, to]: Range): Promise<Uint8Array> {
    const bytes = new Uint8Array(to - from);
    const read = await this.#file.read(bytes, from);
    return bytes.subarray(0, read);
  }

  /** After this the bytes are on the medium. */
  async sync(): Promise<void> {
    await this.#syncing;
    if (this.#syncFailure) throw this.#syncFailure.thrown;
    await this.#syncFile();
    this.#durable = this.#written;
    this.#saveJournal();
  }

  /**
   * SHA-256 of the whole: what came in order was hashed on its way, the rest is read from the disk.
   * Null if the file is too short.
   */
  hashWhole(): Promise<string | null> {
    return hashRest(
      this.#file,
      this.#prefix ?? new PrefixHash(),
      this.#totalBytes ?? 0,
      this.#spec.signal,
    );
  }

  /**
   * Looks at the pieces as they are on disk; the wrong ones count as missing again. Returns how
   * many.
   */
  async recheckPieces(which: 'all' | 'unproved'): Promise<number> {
    const { pieces } = this.#spec;
    let wrong = 0;
    for (const index of pieces?.hashes.keys() ?? []) {
      if (which === 'unproved' && this.#checked.has(index)) continue;
      if (await this.#pieceIsRight(index)) this.#checked.add(index);
      else {
        wrong++;
        this.#refuse(index);
      }
    }
    return wrong;
  }

  async close(): Promise<void> {
    await this.#syncing;
    await this.#file.close();
  }

  /** Writes the record if there is anything new in it. */
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
    const { pieceBytes } = this.#spec.pieces ?? { pieceBytes: 0 };
    return [index * pieceBytes, Math.min((index + 1) * pieceBytes, this.#spec.bytes ?? 0)];
  }

  async #pieceIsRight(index: number): Promise<boolean> {
    return (
      (await hashRange(this.#file, this.#pieceRange(index), this.#spec.signal)) ===
      this.#spec.pieces?.hashes[index]
    );
  }

  #refuse(index: number): void {
    const range = this.#pieceRange(index);
    this.#checked.delete(index);
    this.forget(range);
    this.refetchedBytes += range[1] - range[0];
    const failures = (this.#failures.get(index) ?? 0) + 1;
    this.#failures.set(index, failures);
    if (failures >= MAX_PIECE_FAILURES)
      throw new AppError(
        'hash-mismatch',
        `${this.#spec.path}: piece ${index} arrived damaged ${failures} times`,
        { retryable: false },
      );
  }

  async #checkPieces([from, to]: Range): Promise<number[]> {
    const { pieces } = this.#spec;
    if (!pieces) return [];
    const wrong: number[] = [];
    for (
      let index = Math.floor(from / pieces.pieceBytes);
      index * pieces.pieceBytes < to;
      index++
    ) {
      if (this.#checked.has(index) || !covers(this.#written, this.#pieceRange(index))) continue;
      // Marked before the wait, so that two connections that meet in a piece check it once.
      this.#checked.add(index);
      const digest = this.#pieceHashes?.take(index);
      if (
        digest === undefined
          ? await this.#pieceIsRight(index)
          : (await digest) === pieces.hashes[index]
      )
        continue;
      wrong.push(index);
      this.#refuse(index);
    }
    return wrong;
  }

  /**
   * Without pieces nothing finds bytes a power loss has taken: syncs now and then, never awaited by
   * the reader.
   */
  #keepDurable(nowMs: number): void {
    if (
      this.#isSyncing ||
      (this.#unsyncedBytes < DURABLE_BYTES && nowMs - this.#durableAtMs < DURABLE_MS)
    )
      return;
    const claimed = this.#written;
    const epoch = this.#epoch;
    this.#isSyncing = true;
    this.#unsyncedBytes = 0;
    this.#durableAtMs = nowMs;
    this.#syncing = (async () => {
      try {
        await this.#syncFile();
        if (epoch === this.#epoch) this.#durable = claimed;
      } catch (thrown) {
        // What a failed sync has lost is not told twice: nothing written since the last good one
        // can be believed.
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

  /**
   * Where nothing else would tell, the name must be on the medium too: another file of before may
   * have had it.
   */
  async #syncFile(): Promise<void> {
    await this.#file.sync();
    if (this.#spec.vouched || this.#isNameSynced) return;
    await this.#disk.syncFolder(path.dirname(this.#spec.path));
    this.#isNameSynced = true;
  }

  #saveJournal(): void {
    this.#unjournalledBytes = 0;
    this.#journalledAtMs = this.#spec.clock.nowMs();
    this.#spec.journal(this.progress);
  }
}
