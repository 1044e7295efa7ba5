import path from 'node:path';
import { hashRange } from '../hashing.ts';
import type { Clock } from '../../../shared/clock.ts';
import type { Disk, DiskFile } from '../ports.ts';
import type { Range } from '../ranges.ts';
import { AppError, toWire } from '../../../shared/errors.ts';
import { createMutex } from '../../../shared/mutex.ts';
import type { VerificationView, FolderCheck, FileCheck, ExpectedFile } from '../api.ts';
type CheckContext = { signal?: AbortSignal | undefined; onRead?(bytes: number): void };

async function badPiecesOf(
  opened: DiskFile,
  bytes: number,
  { pieceBytes, hashes }: NonNullable<ExpectedFile['pieces']>,
  { signal, onRead }: CheckContext,
): Promise<number[]> {
  const bad: number[] = [];
  for (const [index, hash] of hashes.entries()) {
    const range: Range = [index * pieceBytes, Math.min((index + 1) * pieceBytes, bytes)];
    if ((await hashRange(opened, range, signal)) !== hash) bad.push(index);
    onRead?.(range[1] - range[0]);
  }
  return bad;
}

/**
 * Compares one file with its expected content: by pieces if it has any, which cover every byte,
 * otherwise by its hash.
 */
export async function checkFile(
  disk: Disk,
  folder: string,
  file: ExpectedFile,
  context: CheckContext = {},
): Promise<FileCheck> {
  const target = path.join(folder, file.path);
  const entry = await disk.entry(target);
  const result = (ok: boolean, badPieces: number[] = []): FileCheck => ({
    path: file.path,
    ok,
    missing: false,
    badPieces,
    ...(file.sha256 === null && file.pieces === null ? { unverifiable: true } : {}),
  });
  if (entry?.kind !== 'file') return { ...result(false), missing: entry === null };
  const { sha256, pieces } = file;
  const bytes = file.bytes ?? entry.bytes;
  const opened = await disk.open(target, 'read');
  try {
    if (pieces) {
      const badPieces = await badPiecesOf(opened, bytes, pieces, context);
      return result(badPieces.length === 0 && entry.bytes === bytes, badPieces);
    }
    const isRight =
      entry.bytes === bytes &&
      (sha256 === null || (await hashRange(opened, [0, bytes], context.signal)) === sha256);
    context.onRead?.(bytes);
    return result(isRight);
  } finally {
    await opened.close();
  }
}

/**
 * A package or folder to verify. `bytes` is 0 while unknown; `load` reads the expected files. An
 * optional file counts only if it exists.
 */
export type VerifyTarget = {
  id: string | null;
  title: string;
  folder: string;
  bytes: number;
  load(): Promise<{
    files: (ExpectedFile & { required: boolean })[];
    signed?: FolderCheck['signed'];
    recorded?: FolderCheck['recorded'];
    recalled?: FolderCheck['recalled'];
  }>;
};

const EMIT_INTERVAL_MS = 250;
/** Faulty packages in the view; `faulty` counts all. */
const MAX_SHOWN = 200;
const MAX_SHOWN_FILES = 50;

const IDLE = {
  isRunning: false,
  packagesDone: 0,
  packagesTotal: 0,
  current: null,
  doneBytes: 0,
  totalBytes: 0,
  faulty: 0,
  faults: [],
  recorded: 0,
  lastRecord: null,
};

/** Verifies finished files, one package after the other, and reports progress. */
export class Verifier {
  readonly #disk: Disk;
  readonly #clock: Clock;
  readonly #listeners = new Set<(view: VerificationView) => void>();
  #view: VerificationView;
  #stop = new AbortController();
  readonly #mutex = createMutex();
  #cancelTimer: (() => void) | null = null;
  #pendingRuns = 0;

  constructor(disk: Disk, clock: Clock, firstRev = 0) {
    this.#disk = disk;
    this.#clock = clock;
    this.#view = { rev: firstRev, ...IDLE };
  }

  get view(): VerificationView {
    return this.#view;
  }

  listen(listener: (view: VerificationView) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Queues a verification after the running ones. Faults of a package are in its result.
   * @throws `cancelled` when it is stopped
   */
  run(targets: readonly VerifyTarget[]): Promise<FolderCheck[]> {
    const before = this.#pendingRuns === 0 ? IDLE : this.#view;
    if (this.#pendingRuns++ === 0) this.#stop = new AbortController();
    this.#emit({
      ...before,
      isRunning: true,
      packagesTotal: before.packagesTotal + targets.length,
      totalBytes: before.totalBytes + targets.reduce((sum, { bytes }) => sum + bytes, 0),
    });
    const { signal } = this.#stop;
    return this.#mutex(() => this.#runAll(targets, signal)).finally(() => {
      if (--this.#pendingRuns === 0) this.#emit({ isRunning: false, current: null });
    });
  }

  /** Results so far stay in the view. */
  stop(): void {
    this.#stop.abort(new AppError('cancelled', 'Verification stopped'));
  }

  /** Discards the results. */
  dismiss(): void {
    if (this.#pendingRuns === 0) this.#emit(IDLE);
  }

  /** Removes faults that a repair is fixing. */
  forget(ids: readonly string[]): void {
    const faults = this.#view.faults.filter(({ id }) => id === null || !ids.includes(id));
    const repaired = this.#view.faults.length - faults.length;
    if (repaired > 0) this.#emit({ faults, faulty: this.#view.faulty - repaired });
    if (repaired > 0 && this.#view.faulty === 0) this.dismiss();
  }

  async close(): Promise<void> {
    this.stop();
    await this.#mutex(async () => undefined);
    this.#cancelTimer?.();
    this.#listeners.clear();
  }

  async #runAll(targets: readonly VerifyTarget[], signal: AbortSignal): Promise<FolderCheck[]> {
    const results: FolderCheck[] = [];
    for (const target of targets) {
      signal.throwIfAborted();
      this.#emit({ current: target.title });
      const result = await this.#checkOne(target, signal);
      results.push(result);
      const { packagesDone, faulty, faults, recorded, lastRecord } = this.#view;
      const bad = result.files.filter(({ ok }) => !ok);
      const isFaulty = bad.length > 0 || result.error !== null;
      const fault = {
        id: target.id,
        title: target.title,
        folder: target.folder,
        error: result.error,
        badFiles: bad.length,
        files: bad.slice(0, MAX_SHOWN_FILES),
      };
      this.#emit({
        packagesDone: packagesDone + 1,
        faulty: faulty + Number(isFaulty),
        faults: isFaulty && faults.length < MAX_SHOWN ? [...faults, fault] : faults,
        recorded: recorded + Number(result.recorded !== null),
        lastRecord: result.recorded ?? lastRecord,
      });
    }
    return results;
  }

  async #checkOne(
    { id, folder, bytes, load }: VerifyTarget,
    signal: AbortSignal,
  ): Promise<FolderCheck> {
    const doneBefore = this.#view.doneBytes;
    const onRead = (read: number) => this.#emit({ doneBytes: this.#view.doneBytes + read });
    const result: FolderCheck = {
      id,
      folder,
      files: [],
      signed: null,
      recorded: null,
      error: null,
    };
    let size = bytes;
    try {
      const { files, signed = null, recorded = null, recalled = null } = await load();
      result.signed = signed;
      result.recorded = recorded;
      if (recalled) result.recalled = recalled;
      size = files.reduce((sum, file) => sum + (file.bytes ?? 0), 0);
      this.#emit({ totalBytes: this.#view.totalBytes + size - bytes });
      for (const file of files) {
        if (!file.required && !(await this.#disk.entry(path.join(folder, file.path)))) continue;
        result.files.push(await checkFile(this.#disk, folder, file, { signal, onRead }));
      }
    } catch (thrown) {
      if (!(thrown instanceof AppError) || signal.aborted) throw thrown;
      result.error = toWire(thrown);
    }
    this.#emit({ doneBytes: doneBefore + size });
    return result;
  }

  /** At most four times a second; the end is emitted at once. */
  #emit(facts: Partial<VerificationView>): void {
    const ended = this.#view.isRunning && facts.isRunning === false;
    this.#view = { ...this.#view, ...facts, rev: this.#view.rev + 1 };
    if (ended) return this.#push();
    this.#cancelTimer ??= this.#clock.after(EMIT_INTERVAL_MS, () => this.#push());
  }

  #push(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    for (const listener of this.#listeners) listener(this.#view);
  }
}
