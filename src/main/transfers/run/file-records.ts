import path from 'node:path';
import { AppError, type WireError } from '../../../shared/errors.ts';
import { EvidenceRecorder } from '../evidence/record.ts';
import type { Clock } from '../../../shared/clock.ts';
import type { FileProgress, StoredFile, TransferStore } from '../ports.ts';

/** Many small files finish within this interval and share one commit. */
const SAVE_INTERVAL_MS = 400;

/**
 * Skips a save on a full volume. The home may be full while the destination is not; an older record
 * only costs bytes that are fetched again.
 */
function unlessFull(save: () => void): void {
  try {
    save();
  } catch (thrown) {
    if (!(thrown instanceof AppError && thrown.code === 'disk-full')) throw thrown;
  }
}

/** A restart can find this out again by the file's hash, so its commit can wait. */
const isRecomputable = ({ done, verified, sha256 }: StoredFile): boolean =>
  done && verified && sha256 !== null;

/**
 * Records of a transfer's files during one run: current ones in memory, written to the store
 * together where no guarantee is lost.
 *
 * The order of a record and the bytes it describes decides what a crash leaves. A record that
 * claims bytes is written after them (`journal`). A record that claims fewer bytes, or the
 * ownership of a part file, is durable before the bytes change (`commit`, `flush`).
 */
export class FileRecords {
  readonly #store: TransferStore;
  readonly #clock: Clock;
  readonly #transferId: string;
  readonly #earlier: readonly StoredFile[];
  #folder = '';
  #files: StoredFile[] = [];
  #filesDone = 0;
  readonly #evidence = new Map<number, EvidenceRecorder>();
  /** Files whose part file this run has to create. */
  readonly #withoutPart = new Set<number>();
  /** Indexes of records newer than the store's. */
  readonly #unsaved = new Set<number>();
  #cancelTimer: (() => void) | null = null;

  /** @param earlier files of the last finished transfer of the same thing to the same place */
  constructor(
    store: TransferStore,
    clock: Clock,
    transferId: string,
    earlier: readonly StoredFile[],
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#transferId = transferId;
    this.#earlier = earlier;
  }

  /**
   * Loads records of earlier runs by index and path. Other files get a fresh record, written with
   * the next flush: usually once, together with the ownership of its part file.
   */
  begin(
    folder: string,
    files: readonly Pick<StoredFile, 'index' | 'path' | 'given' | 'bytes'>[],
  ): void {
    const known = new Map(this.#store.files(this.#transferId).map((file) => [file.index, file]));
    this.#folder = folder;
    this.#files = files.map(({ index, path, given, bytes }) => {
      const before = known.get(index);
      if (before?.path === path) return before;
      this.#unsaved.add(index);
      return {
        index,
        path,
        given,
        bytes,
        sha256: null,
        done: false,
        verified: false,
        error: null,
        ownsPart: false,
        progress: null,
        evidence: null,
      };
    });
    this.#filesDone = this.#files.filter(({ done }) => done).length;
  }

  /** As earlier runs have left them; before `begin`. */
  stored(): readonly StoredFile[] {
    return this.#store.files(this.#transferId);
  }

  all(): readonly StoredFile[] {
    return this.#files;
  }

  get filesDone(): number {
    return this.#filesDone;
  }

  get(index: number): StoredFile {
    const file = this.#files[index];
    if (!file) throw new AppError('bug', 'A file without its record');
    return file;
  }

  /** Of the last finished transfer of the same thing to the same place. */
  earlierFiles(): readonly StoredFile[] {
    return this.#earlier;
  }

  earlier(index: number): StoredFile | undefined {
    return this.#earlier.find((file) => file.index === index);
  }

  /** Paths where content with this hash was verified, newest first; the files may be gone. */
  contents(sha256: string): string[] {
    return this.#store.contents(sha256);
  }

  /** The file's evidence, saved with its progress. */
  evidence(index: number): EvidenceRecorder {
    const known = this.#evidence.get(index);
    if (known) return known;
    const fresh = new EvidenceRecorder(this.get(index).evidence, this.#clock.nowMs());
    this.#evidence.set(index, fresh);
    return fresh;
  }

  /** Durable when it returns, unless a restart can recompute it. */
  save(file: StoredFile): void {
    this.#set(file);
    if (isRecomputable(file)) this.#flushSoon();
    else this.flush();
  }

  /** Memory only, until the next flush. */
  update(file: StoredFile): void {
    this.#set(file);
  }

  /**
   * Records bytes on disk, after they were written. Survives a crash of the program; a power loss
   * may bring back an older record.
   */
  journal(index: number, progress: FileProgress | null): void {
    const evidence = this.evidence(index).now;
    this.#files[index] = { ...this.get(index), progress, evidence };
    unlessFull(() => this.#store.saveProgress(this.#transferId, index, progress, evidence));
  }

  /**
   * As `journal`, but durable when it returns: before bytes are dropped that the last record
   * claimed.
   */
  commit(index: number, progress: FileProgress): void {
    this.#set({ ...this.get(index), progress, evidence: this.evidence(index).now });
    this.flush();
  }

  /** There is no part file: what the record says of one is void. */
  lacksPart(index: number): void {
    this.#withoutPart.add(index);
    const file = this.get(index);
    if (file.progress) this.#set({ ...file, done: false, progress: null });
  }

  /** One that appears before it is created isn't ours. */
  mustCreatePart(index: number): boolean {
    return this.#withoutPart.has(index);
  }

  /** Marks the part files that this run has to create as ours. Durable when it returns. */
  claimParts(): void {
    for (const index of this.#withoutPart) {
      const file = this.get(index);
      if (file.done || !file.ownsPart) this.#set({ ...file, done: false, ownsPart: true });
    }
    this.flush();
  }

  partCreated(index: number): void {
    this.#withoutPart.delete(index);
  }

  /** Withdraws the claims on part files that were not created. */
  releaseClaims(): void {
    for (const index of this.#withoutPart)
      if (this.get(index).ownsPart) this.#set({ ...this.get(index), ownsPart: false });
    this.#withoutPart.clear();
  }

  /** The part file is gone or has its final name: one that appears later isn't ours. */
  releasePart(index: number): void {
    const evidence = this.evidence(index).now;
    this.#set({ ...this.get(index), ownsPart: false, progress: null, evidence });
    unlessFull(() => this.flush());
  }

  fail(index: number, error: WireError): void {
    this.#set({ ...this.get(index), error });
    this.flush();
  }

  /**
   * Commits every record newer than the store's, durably.
   * @throws what the store throws; the records stay unsaved
   */
  flush(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    if (this.#unsaved.size === 0) return;
    const files = [...this.#unsaved].map((index) => this.get(index));
    // Whoever says what the content should be: where it is reused it is hashed again.
    const contents = files.flatMap(({ done, sha256, path: name }) =>
      !done || sha256 === null ? [] : [{ sha256, path: path.join(this.#folder, name) }],
    );
    this.#store.saveFiles(this.#transferId, files, contents);
    this.#unsaved.clear();
  }

  #set(file: StoredFile): void {
    this.#filesDone += Number(file.done) - Number(this.get(file.index).done);
    this.#files[file.index] = file;
    this.#unsaved.add(file.index);
  }

  #flushSoon(): void {
    this.#cancelTimer ??= this.#clock.after(SAVE_INTERVAL_MS, () => {
      try {
        this.flush();
      } catch {
        // Still unsaved: the flush at the end of the run tries again and throws.
      }
    });
  }
}
