import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { AppError } from '../../../shared/errors.ts';
import type { Clock } from '../../../shared/clock.ts';
import { folderOf } from '../package/folder.ts';
import { namesOf } from '../package/disk-names.ts';
import { MANIFEST_NAME, parseManifest } from '../package/manifest.ts';
import { readText } from '../hashing.ts';
import type { HistoryQuery, HistoryView } from '../api.ts';
import type { Disk, Hasher, StoredHistory, StoredTransfer, TransferStore } from '../ports.ts';
import { hashOf, mainFilesOf } from '../recall/copies.ts';
import { outermost } from '../recall/roots.ts';
import { WALK_LIMITS, filesBelow, within } from '../recall/walk.ts';
import { HistoryList, type Place } from './history-list.ts';
import type { Registry } from './registry.ts';

/** Shortest time between two looks at all folders, unless somebody asks. */
const PAUSE_MS = 5 * 60_000;
/** After a start everything else comes first. */
const QUIET_MS = 2000;
/** Rows after which other work of the thread gets its turn. */
const STEP = 50;
const MAX_MANIFEST_BYTES = 16 * 1024 * 1024;

type Deps = {
  disk: Disk;
  store: Pick<TransferStore, 'history' | 'saveHistory' | 'files'>;
  clock: Clock;
  firstRev: number;
  hasher: Hasher;
  registry: Registry;
  onBug(thrown: unknown): void;
  /** These are here again, or no longer. */
  onChanged(ids: readonly string[]): void;
  /** There are more rows, or the folders are being looked at, or have been. */
  onView(view: HistoryView): void;
  /** Its files were found in another folder; the registry knows by now. */
  onMoved(id: string): void;
  /** Destinations that were away at the look before, or have files again that had gone. */
  onReturned(destinations: readonly string[]): void;
};

/**
 * What is known of finished packages, apart from the list: where the files are, and whether they
 * still are. Looked at in the background only. Packages that are gone are looked for once below the
 * folders that downloads went to, and believed to be there when their hashes say so.
 */
export class History {
  readonly #deps: Deps;
  readonly #rows = new Map<string, StoredHistory>();
  readonly #list = new HistoryList(this.#rows);
  /** Folders that downloads went to whose disk was away at the last look. */
  #away: ReadonlySet<string> = new Set();
  #rev: number;
  readonly #sought = new Set<string>();
  readonly #stop = new AbortController();
  #running: Promise<void> | null = null;
  #lookedAtMs: number | null = null;
  readonly #cancelTimer: () => void;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#rev = deps.firstRev;
    for (const row of deps.store.history()) this.#rows.set(row.id, row);
    this.#cancelTimer = deps.clock.after(QUIET_MS, () => void this.check());
  }

  /** False only once the files were missed where they had been. */
  isHere(id: string): boolean {
    return this.#rows.get(id)?.isHere ?? true;
  }

  find(id: string): StoredHistory | undefined {
    return this.#rows.get(id);
  }

  get view(): HistoryView {
    return {
      rev: this.#rev,
      packages: this.#list.rows.length,
      away:
        this.#away.size === 0
          ? 0
          : this.#list.rows.filter((row) => this.placeOf(row) === 'away').length,
      lookedAtMs: this.#lookedAtMs,
      isLooking: this.#running !== null,
    };
  }

  /** Newest first. @param isMarked see `HistoryList.find` */
  page(
    query: HistoryQuery,
    range: { offset: number; count: number },
    isMarked: (id: string) => boolean,
  ): { total: number; rows: readonly StoredHistory[] } {
    const found = this.#list.find(query, isMarked);
    return { total: found.length, rows: found.slice(range.offset, range.offset + range.count) };
  }

  /** By the last look. */
  placeOf({ destination, isHere, isCleared, movedFrom }: StoredHistory): Place {
    if (!isHere) return isCleared ? 'cleared' : 'gone';
    if (this.#away.has(destination)) return 'away';
    return movedFrom === null ? 'here' : 'moved';
  }

  /** Durable when it returns. */
  finished(id: string): void {
    const row = this.#rowOf(this.#deps.registry.record(id));
    if (!row) return;
    const before = this.#rows.get(id);
    // A repair was asked for where somebody has moved it.
    const from = before ? (before.movedFrom ?? before.folder) : row.folder;
    this.#save([{ ...row, movedFrom: from === row.folder ? null : from }]);
    this.#sought.delete(id);
    this.#deps.onChanged([id]);
  }

  /** Its files were deleted on purpose: they aren't looked for. Durable when it returns. */
  gone(id: string): void {
    const row = this.#rows.get(id);
    if (!row) return;
    this.#save([{ ...row, isHere: false, isCleared: true }]);
    this.#sought.add(id);
    this.#deps.onChanged([id]);
  }

  /**
   * Looks at all folders in the background, unless that was done lately. Never rejects.
   * @param isNow somebody has asked
   */
  check(isNow = false): Promise<void> {
    const nowMs = this.#deps.clock.nowMs();
    const isRecent = this.#lookedAtMs !== null && nowMs - this.#lookedAtMs < PAUSE_MS;
    if (this.#stop.signal.aborted || (isRecent && !isNow)) return Promise.resolve();
    if (this.#running) return this.#running;
    this.#running = this.#check()
      .catch((thrown: unknown) => {
        if (!this.#stop.signal.aborted) this.#deps.onBug(thrown);
      })
      .finally(() => {
        this.#running = null;
        this.#tell();
      });
    this.#tell();
    return this.#running;
  }

  #tell(): void {
    this.#rev++;
    if (!this.#stop.signal.aborted) this.#deps.onView(this.view);
  }

  async close(): Promise<void> {
    this.#cancelTimer();
    this.#stop.abort(new AppError('cancelled', 'The app is closing'));
    await this.#running;
  }

  #rowOf(transfer: StoredTransfer): StoredHistory | null {
    const { id, assetId, packageId, kind, state } = transfer;
    if (kind !== 'package' || assetId === null || packageId === null || state.phase !== 'done')
      return null;
    return {
      id,
      assetId,
      packageId,
      rev: transfer.rev,
      service: transfer.evidence.service,
      title: transfer.title,
      label: transfer.label,
      purpose: transfer.purpose,
      destination: transfer.destination,
      folder: folderOf(transfer),
      totalBytes: transfer.totalBytes,
      filesTotal: transfer.filesTotal,
      addedAtMs: transfer.addedAtMs,
      finishedAtMs: transfer.finishedAtMs,
      files: mainFilesOf(this.#deps.store.files(id)),
      isHere: true,
      isCleared: false,
      movedFrom: null,
    };
  }

  #save(rows: readonly StoredHistory[]): void {
    if (rows.length === 0) return;
    this.#deps.store.saveHistory(rows);
    for (const row of rows) this.#rows.set(row.id, row);
    this.#list.changed();
    this.#tell();
  }

  async #check(): Promise<void> {
    const { disk } = this.#deps;
    await this.#addMissing();
    const changed: StoredHistory[] = [];
    /** Disks that are away or gave no answer: nothing is known of what is there. */
    const away = new Set<string>();
    for (const root of new Set([...this.#rows.values()].map(({ destination }) => destination)))
      await this.#ask(disk.realPath(root)).catch((thrown: unknown) => {
        if (!(thrown instanceof AppError) || this.#stop.signal.aborted) throw thrown;
        away.add(root);
      });
    let seen = 0;
    for (const row of Array.from(this.#rows.values())) {
      if (++seen % STEP === 0) await setImmediate();
      this.#stop.signal.throwIfAborted();
      if (away.has(row.destination)) continue;
      const isHere = await this.#areFilesIn(row).catch((thrown: unknown) => {
        if (!(thrown instanceof AppError) || this.#stop.signal.aborted) throw thrown;
        away.add(row.destination);
        return row.isHere;
      });
      // A repair or a rerun may have brought another row meanwhile.
      if (isHere !== row.isHere && this.#rows.get(row.id) === row)
        changed.push({ ...row, isHere, isCleared: false });
    }
    this.#lookedAtMs = this.#deps.clock.nowMs();
    const returned = new Set([
      ...[...this.#away].filter((root) => !away.has(root)),
      ...changed.filter(({ isHere }) => isHere).map(({ destination }) => destination),
    ]);
    this.#away = away;
    if (returned.size > 0) this.#deps.onReturned([...returned]);
    this.#save(changed);
    if (changed.length > 0) this.#deps.onChanged(changed.map(({ id }) => id));
    await this.#seek();
  }

  /** Packages that an earlier version has finished. */
  async #addMissing(): Promise<void> {
    const fresh: StoredHistory[] = [];
    for (const transfer of this.#deps.registry.records()) {
      if (this.#rows.has(transfer.id)) continue;
      const row = this.#rowOf(transfer);
      if (!row) continue;
      fresh.push(row);
      if (fresh.length % STEP === 0) await setImmediate();
      this.#stop.signal.throwIfAborted();
    }
    this.#save(fresh);
  }

  /** By the sizes of the files that make the package; an older record may not know any. */
  async #areFilesIn({ folder, files }: StoredHistory): Promise<boolean> {
    const { disk } = this.#deps;
    if (files.length === 0) return (await this.#ask(disk.entry(folder)))?.kind === 'folder';
    for (const file of files) {
      const entry = await this.#ask(disk.entry(path.join(folder, file.path)));
      if (entry?.kind !== 'file' || entry.bytes !== file.bytes) return false;
    }
    return true;
  }

  #ask<T>(call: Promise<T>): Promise<T> {
    return within(this.#deps.clock, WALK_LIMITS.stallMs, this.#stop.signal, call);
  }

  /** One walk for all that have gone since the last one. */
  async #seek(): Promise<void> {
    const gone = [...this.#rows.values()].filter(
      ({ id, isHere, isCleared, files }) =>
        !isHere && !isCleared && files.length > 0 && !this.#sought.has(id),
    );
    if (gone.length === 0) return;
    const { disk, clock, registry } = this.#deps;
    const { signal } = this.#stop;
    const there = new Set(
      [...this.#rows.values()].filter(({ isHere }) => isHere).map(({ folder }) => folder),
    );
    const roots = outermost(registry.records().map(({ destination }) => destination));
    for (const root of roots)
      for await (const { folder, name } of filesBelow([root], {
        disk,
        clock,
        signal,
        isSkipped: (below) => there.has(below),
        onPartial: () => undefined,
      }))
        if (name === MANIFEST_NAME) await this.#recognise(gone, root, folder);
    for (const { id } of gone) this.#sought.add(id);
  }

  /** Takes a folder for a package that has gone, if its manifest and its hashes say so. */
  async #recognise(gone: readonly StoredHistory[], root: string, folder: string): Promise<void> {
    const { disk, registry } = this.#deps;
    try {
      const text = await this.#ask(
        readText(disk, path.join(folder, MANIFEST_NAME), MAX_MANIFEST_BYTES),
      );
      const manifest = await parseManifest(JSON.parse(text));
      const { packageId, rev, files } = manifest;
      const row = gone.find((one) => one.packageId === packageId && one.rev === rev);
      if (!row || this.isHere(row.id)) return;
      const names = await namesOf(disk, folder, manifest, this.#deps.store.files(row.id));
      for (const [at, file] of files.entries())
        if (file.required && !(await this.#isRight(folder, names[at] ?? file.path, file))) return;
      if (registry.record(row.id).state.phase !== 'done') return;
      const from = row.movedFrom ?? row.folder;
      const movedFrom = from === folder ? null : from;
      // An earlier version has a row for each download of it to the same place.
      const repeated = gone.filter(
        (one) =>
          one.packageId === packageId &&
          one.rev === rev &&
          (one.movedFrom ?? one.folder) === from &&
          registry.record(one.id).state.phase === 'done',
      );
      registry.update(
        repeated.map(({ id }) => ({ ...registry.record(id), destination: root, folder })),
      );
      this.#save(
        repeated.map((one) => ({ ...one, destination: root, folder, isHere: true, movedFrom })),
      );
      for (const { id } of repeated) this.#deps.onMoved(id);
      this.#deps.onChanged(repeated.map(({ id }) => id));
    } catch (thrown) {
      // Not a manifest, or it can't be read.
      if (this.#stop.signal.aborted) throw thrown;
      if (!(thrown instanceof AppError) && !(thrown instanceof SyntaxError)) throw thrown;
    }
  }

  async #isRight(
    folder: string,
    name: string,
    { bytes, sha256 }: { bytes: number | null; sha256: string | null },
  ): Promise<boolean> {
    const file = path.join(folder, name);
    const entry = await this.#ask(this.#deps.disk.entry(file));
    if (entry?.kind !== 'file' || entry.bytes !== bytes) return false;
    return (await hashOf({ ...this.#deps, signal: this.#stop.signal }, file, bytes)) === sha256;
  }
}
