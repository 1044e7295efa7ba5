import path from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import type { Clock } from '../../../shared/clock.ts';
import type { RecallsView } from '../api.ts';
import { folderOf } from '../package/folder.ts';
import type { Disk, Hasher, StoredRecall } from '../ports.ts';
import type { Registry } from '../queue/registry.ts';
import { findCopies, type Copy, type MainFile, type Wanted } from './copies.ts';
import { isWithin, outermost } from './roots.ts';
import { WALK_LIMITS, within } from './walk.ts';

/** Most commands are over before that, and what runs for long has better things to do first. */
const FIRST_DELAY_MS = 1000;
/** After a start everything else comes first. */
const START_DELAY_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** `again` and `returned` look for what has been copied since, or lay on a disk that was away. */
type Reason = 'first' | 'again' | 'returned';

type Deps = {
  disk: Disk;
  clock: Clock;
  hasher: Hasher;
  registry: Registry;
  /** The files by which a finished download is recognised. */
  mainFiles(transferId: string): MainFile[];
  /** Recalls that hold, whose copies must not be used. */
  standing(): StoredRecall[];
  onFound(copy: Copy): void;
  /** Durable when it returns. */
  onSearched(ids: readonly string[], facts: Partial<StoredRecall>): void;
  /** `searching` has changed. */
  onProgress(): void;
  onBug(thrown: unknown): void;
};

/**
 * Looks for copies of what is recalled below the folders that downloads went to: at once, and again
 * after a start (an hour after the last time at the earliest), once a day while the recall stands,
 * and where a disk has come back. Never two searches at a time.
 */
export class CopySearch {
  readonly #deps: Deps;
  readonly #startedAtMs: number;
  /** Roots that came back, and have not been searched since. */
  readonly #returned = new Set<string>();
  /** When a root was searched because it had come back: one that comes and goes is a faulty one. */
  readonly #returnSearches = new Map<string, number>();
  /** Roots that the searches of this run didn't see whole. */
  readonly #missed = new Set<string>();
  /** Whether all recalls that stand were searched for in this run: `#missed` says all then. */
  #isMissedKnown = false;
  readonly #stop = new AbortController();
  /** Whether everything was searched again since the start. */
  #hasRepeated = false;
  #planned: { reason: Reason; atMs: number; cancel: () => void } | null = null;
  #running: Promise<void> | null = null;
  #searching: RecallsView['searching'] = null;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#startedAtMs = deps.clock.nowMs();
  }

  /** What is searched for now; null while no search runs. */
  get searching(): RecallsView['searching'] {
    return this.#searching;
  }

  /** Sees to it that the next search begins in time. */
  plan(): void {
    if (this.#running || this.#stop.signal.aborted) return;
    const next = this.#next();
    if (this.#planned?.reason === next?.reason && this.#planned) return;
    this.#planned?.cancel();
    this.#planned = null;
    if (!next) return;
    const delayMs = Math.max(0, next.atMs - this.#deps.clock.nowMs());
    this.#planned = {
      ...next,
      cancel: this.#deps.clock.after(delayMs, () => this.#start(next.reason)),
    };
  }

  /** Disks are back that were away, or have files again that had gone. */
  returned(roots: readonly string[]): void {
    for (const root of roots) this.#returned.add(root);
    this.plan();
  }

  /** Ends after the file that is looked at. */
  async close(): Promise<void> {
    this.#planned?.cancel();
    this.#stop.abort(new AppError('cancelled', 'The app is closing'));
    await this.#running;
  }

  #next(): { reason: Reason; atMs: number } | null {
    const standing = this.#deps.standing();
    if (standing.length === 0) return null;
    const nowMs = this.#deps.clock.nowMs();
    if (standing.some(({ copies }) => copies === 'due'))
      return { reason: 'first', atMs: nowMs + FIRST_DELAY_MS };
    const lastMs = standing.reduce((last, one) => Math.max(last, one.searchedAtMs ?? 0), 0);
    const againMs = Math.max(
      this.#startedAtMs + START_DELAY_MS,
      // The computer's clock may have been set back.
      Math.min(lastMs, nowMs) + (this.#hasRepeated ? DAY_MS : HOUR_MS),
    );
    const returnMs = [...this.#returned].map((root) =>
      Math.max(nowMs + FIRST_DELAY_MS, (this.#returnSearches.get(root) ?? -Infinity) + HOUR_MS),
    );
    const returnedMs = Math.min(...returnMs);
    return returnedMs < againMs
      ? { reason: 'returned', atMs: returnedMs }
      : { reason: 'again', atMs: againMs };
  }

  #start(reason: Reason): void {
    this.#planned = null;
    this.#running = this.#run(reason)
      .catch((thrown: unknown) => {
        if (!this.#stop.signal.aborted) this.#deps.onBug(thrown);
      })
      .finally(() => {
        this.#running = null;
        this.#searching = null;
        this.#deps.onProgress();
        this.plan();
      });
  }

  /** One walk for all recalls that it is for. */
  async #run(reason: Reason): Promise<void> {
    const { registry, clock } = this.#deps;
    const standing = this.#deps.standing();
    const recalls = reason === 'first' ? standing.filter(isUnsearched) : standing;
    const all = outermost(registry.records().map(({ destination }) => destination));
    const nowMs = clock.nowMs();
    const roots = reason === 'returned' ? this.#takeReturned(all, nowMs) : all;
    if (recalls.length === 0 || roots.length === 0) return;
    for (const root of roots) this.#missed.delete(root);
    await this.#search(recalls, roots);
    if (recalls.length === standing.length && reason !== 'returned') this.#isMissedKnown = true;
    if (reason === 'again') {
      this.#hasRepeated = true;
      this.#returned.clear();
    }
    const isPartial = roots.some((root) => this.#missed.has(root));
    if (reason === 'returned') this.#endReturned(recalls, isPartial);
    else
      this.#deps.onSearched(
        recalls.map(({ id }) => id),
        { copies: isPartial ? 'partial' : 'searched', searchedAtMs: nowMs },
      );
  }

  /** What was partial is whole once every root that was missed has been seen. */
  #endReturned(recalls: readonly StoredRecall[], isPartial: boolean): void {
    const isWhole = this.#isMissedKnown && this.#missed.size === 0;
    if (isPartial)
      this.#deps.onSearched(
        recalls.map(({ id }) => id),
        { copies: 'partial' },
      );
    else if (isWhole)
      this.#deps.onSearched(
        recalls.map(({ id }) => id),
        { copies: 'searched' },
      );
  }

  /** The roots among these that are due because they came back. */
  #takeReturned(all: readonly string[], nowMs: number): string[] {
    const due = [...this.#returned].filter(
      (root) => nowMs - (this.#returnSearches.get(root) ?? -Infinity) >= HOUR_MS,
    );
    for (const root of due) {
      this.#returned.delete(root);
      this.#returnSearches.set(root, nowMs);
    }
    return outermost(due).filter((root) => all.some((known) => isWithin(known, root)));
  }

  async #search(recalls: readonly StoredRecall[], roots: readonly string[]): Promise<void> {
    const { registry, mainFiles } = this.#deps;
    const { signal } = this.#stop;
    const own = new Set(
      registry
        .records()
        .filter(({ kind }) => kind === 'package')
        .map((one) => folderOf(one)),
    );
    const wanted = recalls.map(({ id, transferId, packageId, rev }): Wanted => ({
      id,
      packageId,
      rev: rev.from,
      files: mainFiles(transferId),
    }));
    this.#searching = { title: recalls[0]?.title ?? '', files: 0 };
    this.#deps.onProgress();
    const known = await this.#marked(recalls);
    await findCopies(
      wanted.filter(({ files }) => files.length > 0),
      await this.#reachable(roots),
      {
        ...this.#deps,
        signal,
        isSkipped: (folder) => own.has(folder),
        isKnown: ({ id }, folder, name) =>
          known
            .get(id)
            ?.some(
              (place) =>
                (place.files.length === 0 && isWithin(place.folder, folder)) ||
                (place.folder === folder && place.files.includes(name)),
            ) === true,
        onSeen: () => this.#onSeen(),
        onPartial: (root) => void this.#missed.add(root),
      },
      this.#deps.onFound,
    );
  }

  /** Those that can be searched now; the others are missed. */
  async #reachable(roots: readonly string[]): Promise<string[]> {
    const { disk, clock } = this.#deps;
    const { signal } = this.#stop;
    const found: string[] = [];
    for (const root of roots) {
      try {
        await within(clock, WALK_LIMITS.stallMs, signal, disk.realPath(root));
        found.push(root);
      } catch (thrown) {
        if (!(thrown instanceof AppError) || signal.aborted) throw thrown;
        this.#missed.add(root);
      }
    }
    return found;
  }

  /** Copies that are known and have their notice: these aren't hashed again. By recall. */
  async #marked(
    recalls: readonly StoredRecall[],
  ): Promise<ReadonlyMap<string, StoredRecall['places']>> {
    const { disk, clock } = this.#deps;
    const { signal } = this.#stop;
    const marked = new Map<string, StoredRecall['places']>();
    const silent = new Set<string>();
    for (const { id, places } of recalls)
      for (const place of places) {
        if (place.kind !== 'copy' || place.notice !== 'written' || place.name === null) continue;
        if (silent.has(place.root)) continue;
        const notice = path.join(place.folder, place.name);
        try {
          const entry = await within(clock, WALK_LIMITS.stallMs, signal, disk.entry(notice));
          if (entry?.kind === 'file') marked.set(id, [...(marked.get(id) ?? []), place]);
        } catch (thrown) {
          if (!(thrown instanceof AppError) || signal.aborted) throw thrown;
          silent.add(place.root);
        }
      }
    return marked;
  }

  #onSeen(): void {
    const { title, files } = this.#searching ?? { title: '', files: 0 };
    this.#searching = { title, files: files + 1 };
    this.#deps.onProgress();
  }
}

const isUnsearched = ({ copies }: StoredRecall): boolean => copies === 'due';
