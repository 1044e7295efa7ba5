import { isOnHold, isRecalled, isWithdrawn } from '../../../shared/api/rights.ts';
import path from 'node:path';
import { AppError, toWire } from '../../../shared/errors.ts';
import { createMutex } from '../../../shared/mutex.ts';
import type { Clock } from '../../../shared/clock.ts';
import { isToAcknowledge, type Recall } from '../../../shared/model/recall.ts';
import type { Explanation, RecallEvent, RecallFilter, RecallsView } from '../api.ts';
import { sha256Of } from '../hashing.ts';
import { folderOf } from '../package/folder.ts';
import type {
  Disk,
  Hasher,
  StoredPlace,
  StoredRecall,
  StoredTransfer,
  TransferStore,
} from '../ports.ts';
import type { Registry } from '../queue/registry.ts';
import { ConfinedDisk } from '../run/confined-disk.ts';
import type { Copy, MainFile } from './copies.ts';
import { CopySearch } from './search.ts';
import { WALK_LIMITS, within } from './walk.ts';
import { dueRecalls, groupOf, hasFiles, newestOf, repeatedIds } from './due.ts';
import {
  chooseName,
  isPackageIn,
  prepareNotice,
  publishNotice,
  releaseMarker,
  removeNotice,
  setMarkerAside,
} from './marks.ts';
import { noticeNames, noticeText } from './notice.ts';

type Deps = {
  disk: Disk;
  store: Pick<TransferStore, 'recalls' | 'saveRecalls'>;
  clock: Clock;
  firstRev: number;
  hasher: Hasher;
  registry: Registry;
  /** The files by which a finished download is recognised. */
  mainFiles(transferId: string): MainFile[];
  newId(): string;
  onBug(thrown: unknown): void;
  /** What holds of these downloads has changed. */
  onChanged(transferIds: readonly string[]): void;
  /** Packages that are recalled aren't where they were put. */
  onGone(): void;
};

const EMIT_INTERVAL_MS = 250;

const placeOf = (transfer: StoredTransfer): StoredPlace => ({
  folder: folderOf(transfer),
  kind: 'package',
  files: [],
  notice: 'pending',
  name: null,
  done: 'none',
  error: null,
  root: transfer.destination,
  own: [],
});

/** Not there is no failure: files may be deleted, and a disk may come back. */
const isGone = ({ error }: StoredPlace): boolean => error?.code === 'not-found';
const isOpen = (place: StoredPlace): boolean =>
  place.notice === 'pending' ||
  place.notice === 'failed' ||
  place.done === 'failed' ||
  isGone(place);

/**
 * Recalls and corrections of what was fetched. Each is recorded, durably, before the disk is
 * touched; then the files' folders are brought in line with the newest record of a download, again
 * at every check until that has worked. All steps can be repeated, so a kill at any point costs
 * nothing. Footage is never deleted.
 */
export class Recalls {
  readonly #deps: Deps;
  readonly #all = new Map<string, StoredRecall>();
  readonly #byTransfer = new Map<string, string[]>();
  readonly #listeners = new Set<(view: RecallsView) => void>();
  readonly #mutex = createMutex();
  readonly #stop = new AbortController();
  /** Folders of downloads that gave no answer in this pass. */
  readonly #silent = new Set<string>();
  #isQueued = false;
  /** A package was not found for the first time in this pass. */
  #hasMissed = false;
  #rev: number;
  #cancelTimer: (() => void) | null = null;
  readonly #search: CopySearch;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#rev = deps.firstRev;
    for (const one of deps.store.recalls()) this.#keep(one);
    this.#search = new CopySearch({
      ...deps,
      standing: () => this.#standing(),
      onFound: (copy) => this.#found(copy),
      onSearched: (ids, facts) => {
        this.#save(ids.flatMap((id) => this.#patched(id, facts) ?? []));
      },
      onProgress: () => this.#emit(),
    });
  }

  get view(): RecallsView {
    const all = [...this.#all.values()];
    const open = all.filter((one) => isToAcknowledge(one));
    return {
      rev: this.#rev,
      total: all.length,
      recalls: open.filter(({ kind }) => isRecalled(kind)).length,
      held: open.filter(({ kind }) => kind === 'on-hold').length,
      corrections: open.filter(({ kind }) => kind === 'corrected').length,
      failed: all.reduce((sum, { isDue, places }) => sum + (isDue ? failuresIn(places) : 0), 0),
      searching: this.#search.searching,
    };
  }

  listen(listener: (view: RecallsView) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Newest first.
   * @param only those of these downloads, or what is to be acknowledged
   */
  list(
    { offset, count }: { offset: number; count: number },
    { transferIds, isOpen = false }: RecallFilter = {},
  ): { rev: number; total: number; items: Recall[] } {
    const wanted = transferIds && new Set(transferIds);
    const found = [...this.#all.values()]
      .filter((one) => wanted?.has(one.transferId) ?? true)
      .filter((one) => !isOpen || isToAcknowledge(one))
      .toReversed()
      .toSorted((a, b) => b.atMs - a.atMs);
    return { rev: this.#rev, total: found.length, items: found.slice(offset, offset + count) };
  }

  /** Downloads of which there is any. */
  transferIds(): string[] {
    return [...this.#byTransfer.keys()];
  }

  /** What holds of a download now; null if nothing does. */
  current({ id, rights }: Pick<StoredTransfer, 'id' | 'rights'>): StoredRecall | null {
    const mine = this.#byTransfer.has(id) ? this.#of(id) : [];
    const mark = newestOf(mine, 'mark');
    if (mark && isRecalled(mark.kind)) return mark;
    if (rights?.state === 'expired') return newestOf(mine, 'expiry') ?? null;
    const correction = newestOf(mine, 'correction');
    return correction && !correction.isOver ? correction : null;
  }

  /** Where a download and copies of it are known to be, of each folder the newest record. */
  places(transferId: string): StoredPlace[] {
    const known = new Map<string, StoredPlace>();
    for (const { places } of this.#of(transferId))
      for (const place of places)
        known.set(place.folder, {
          ...place,
          own: [...(known.get(place.folder)?.own ?? []), ...place.own],
        });
    return [...known.values()];
  }

  find(id: string): StoredRecall | undefined {
    return this.#all.get(id);
  }

  /**
   * Records what the stored rights say, and starts to bring the disk in line. Durable when it
   * returns.
   * @param nowMs by the service's clock
   */
  check(nowMs: number): void {
    const records = this.#deps.registry.records();
    const repeated = repeatedIds(records);
    const fresh = records.flatMap((transfer) =>
      dueRecalls(transfer, this.#of(transfer.id), nowMs)
        .filter(({ kind }) => kind === 'lifted' || !repeated.has(transfer.id))
        .map(({ kind, atMs, phase, rev }): StoredRecall => ({
          id: `rcl_${this.#deps.newId()}`,
          transferId: transfer.id,
          assetId: transfer.assetId ?? '',
          packageId: transfer.packageId ?? '',
          title: transfer.title,
          kind,
          atMs,
          words: null,
          rev: { from: transfer.rev, to: rev },
          phase,
          places: [],
          copies: phase === 'done' && isRecalled(kind) ? 'due' : 'none',
          isOver: false,
          acknowledged: null,
          searchedAtMs: null,
          isDue: kind !== 'expired',
          isExplained: kind === 'lifted' || kind === 'expired',
          reported: { recall: false, acknowledgement: false },
        })),
    );
    const over = fresh.flatMap(
      (one) => newestOf(this.#of(one.transferId), groupOf(one.kind)) ?? [],
    );
    this.#save([...over.map((one) => ({ ...one, isOver: true, isDue: false })), ...fresh]);
    this.#start();
  }

  /** The files of a download are complete, or were found somewhere else. */
  placed(transferId: string): void {
    this.#endCorrections(transferId);
    const mine = this.#of(transferId);
    const current = [newestOf(mine, 'mark'), newestOf(mine, 'correction')].filter(
      (one) => one !== undefined,
    );
    if (current.length === 0) return;
    this.#save(current.map((one) => ({ ...one, isDue: true })));
    this.#start();
  }

  /** Of what this download has brought in a newer version. */
  #endCorrections(transferId: string): void {
    const { packageId, rev } = this.#deps.registry.record(transferId);
    if (packageId === null || rev === null) return;
    this.#save(
      [...this.#all.values()]
        .filter(
          (one) =>
            one.kind === 'corrected' &&
            !one.isOver &&
            one.packageId === packageId &&
            one.rev.to !== null &&
            one.rev.to <= rev,
        )
        .map((one) => ({ ...one, isOver: true })),
    );
  }

  /** @param by who has read them, and when by the service's clock */
  acknowledge(ids: readonly string[], by: NonNullable<Recall['acknowledged']>): void {
    this.#save(
      ids
        .flatMap((id) => this.#all.get(id) ?? [])
        .filter(({ acknowledged }) => acknowledged === null)
        .map((one) => ({ ...one, acknowledged: by })),
    );
  }

  /** Assets whose publisher's words are not known yet. */
  unexplained(): string[] {
    const open = [...this.#all.values()].filter(({ isExplained }) => !isExplained);
    return [...new Set(open.map(({ assetId }) => assetId))];
  }

  /** Adds the publisher's words; a notice that is in place gets them too. */
  async explain(explanations: readonly Explanation[]): Promise<void> {
    const known = new Map(explanations.map((one) => [one.assetId, one]));
    // After what runs, which would otherwise take the new text for written.
    await this.#mutex(async () => {
      const changed = [...this.#all.values()].flatMap((one): StoredRecall[] => {
        const about = one.isExplained ? undefined : known.get(one.assetId);
        if (!about) return [];
        const words = wordsFor(one, about);
        // What is over needs no words any more.
        if (words === undefined && this.#isCurrent(one)) return [];
        return [
          {
            ...one,
            words: words ?? null,
            isExplained: true,
            isDue: one.isDue || (typeof words === 'string' && this.#isCurrent(one)),
          },
        ];
      });
      this.#save(changed);
    });
    this.#start();
  }

  /** What the ledger has not been told. */
  unreported(): RecallEvent[] {
    return [...this.#all.values()].flatMap((one): RecallEvent[] => [
      ...(one.reported.recall ? [] : [{ type: 'recalled' as const, recall: one }]),
      ...(one.acknowledged === null || one.reported.acknowledgement
        ? []
        : [{ type: 'acknowledged' as const, recall: one }]),
    ]);
  }

  reported(events: readonly { type: RecallEvent['type']; id: string }[]): void {
    for (const { type, id } of events) {
      const one = this.#all.get(id);
      if (!one) continue;
      this.#save(
        [
          {
            ...one,
            reported: {
              ...one.reported,
              [type === 'recalled' ? 'recall' : 'acknowledgement']: true,
            },
          },
        ],
        true,
      );
    }
  }

  /** Ends after the step that runs. */
  async close(): Promise<void> {
    await this.#search.close();
    // What was begun at the last check is finished: most commands live for a moment only.
    await this.#mutex(async () => undefined);
    this.#stop.abort();
    this.#cancelTimer?.();
    this.#listeners.clear();
  }

  #of(transferId: string): StoredRecall[] {
    return (this.#byTransfer.get(transferId) ?? []).flatMap((id) => this.#all.get(id) ?? []);
  }

  #isCurrent({ id, transferId, kind }: StoredRecall): boolean {
    return newestOf(this.#of(transferId), groupOf(kind))?.id === id;
  }

  #keep(one: StoredRecall): void {
    if (!this.#all.has(one.id))
      this.#byTransfer.set(one.transferId, [
        ...(this.#byTransfer.get(one.transferId) ?? []),
        one.id,
      ]);
    this.#all.set(one.id, one);
  }

  /** Durable when it returns. */
  #save(recalls: readonly StoredRecall[], isQuiet = false): void {
    if (recalls.length === 0) return;
    this.#deps.store.saveRecalls(recalls);
    for (const one of recalls) this.#keep(one);
    if (isQuiet) return;
    this.#emit();
    this.#deps.onChanged([...new Set(recalls.map(({ transferId }) => transferId))]);
  }

  #emit(): void {
    this.#rev += 1;
    if (this.#stop.signal.aborted) return;
    this.#cancelTimer ??= this.#deps.clock.after(EMIT_INTERVAL_MS, () => {
      this.#cancelTimer = null;
      for (const listener of this.#listeners) listener(this.view);
    });
  }

  #start(): void {
    if (this.#isQueued || this.#stop.signal.aborted) return;
    this.#isQueued = true;
    this.#mutex(async () => {
      this.#isQueued = false;
      this.#silent.clear();
      for (const { id } of [...this.#all.values()].filter(({ isDue }) => isDue)) {
        if (this.#stop.signal.aborted) return;
        await this.#work(id);
      }
      if (this.#hasMissed) this.#deps.onGone();
      this.#hasMissed = false;
    }).catch((thrown: unknown) => {
      // The home's disk is full: what could not be recorded is done by the next check.
      if (!(thrown instanceof AppError)) this.#deps.onBug(thrown);
    });
    this.#search.plan();
  }

  /** Recalls whose copies matter; what is released or replaced has none any more. */
  #standing(): StoredRecall[] {
    return [...this.#all.values()].filter(
      (one) => one.copies !== 'none' && isRecalled(one.kind) && this.#isCurrent(one),
    );
  }

  /** Disks are back that were away, or have files again that had gone. */
  returned(roots: readonly string[]): void {
    this.#search.returned(roots);
  }

  #found({ id, root, folder, file }: Copy): void {
    const one = this.#all.get(id);
    if (!one || !this.#isCurrent(one)) return;
    const files = file === null ? [] : [file];
    const at = one.places.findIndex((place) => place.folder === folder);
    const known = one.places[at];
    const isKnown =
      known !== undefined &&
      files.every((name) => known.files.includes(name) || known.files.length === 0);
    // Of a search that was ended.
    if (isKnown && known.notice === 'pending') return;
    // Another file in the same folder, or a known one whose notice has gone.
    const place: StoredPlace = known
      ? {
          ...known,
          files: isKnown ? known.files : [...known.files, ...files],
          notice: 'pending',
          error: null,
        }
      : {
          folder,
          kind: 'copy',
          files,
          notice: 'pending',
          name: null,
          done: 'none',
          error: null,
          root,
          own: [],
        };
    const places = known ? one.places.with(at, place) : [...one.places, place];
    this.#save([{ ...one, places, isDue: true }]);
    this.#start();
  }

  /** Brings the disk in line with one record. */
  async #work(id: string): Promise<void> {
    const one = this.#all.get(id);
    if (!one) return;
    if (!this.#isCurrent(one)) return this.#save([{ ...one, isDue: false }]);
    const places = this.#placesOf(one);
    if (places !== one.places) this.#patch(id, { places });
    for (const at of places.keys()) await this.#workAt(id, at);
    const { places: after } = this.#all.get(id) ?? one;
    this.#patch(id, { isDue: after.some(isOpen) });
  }

  /** Those of the record before it in its group, and the folder that the download has by now. */
  #placesOf(one: StoredRecall): StoredPlace[] {
    const mine = this.#of(one.transferId).filter(({ kind }) => groupOf(kind) === groupOf(one.kind));
    const before = one.places.length > 0 ? undefined : mine[mine.indexOf(one) - 1];
    const places = before
      ? before.places.map((place): StoredPlace => ({ ...place, notice: 'pending', error: null }))
      : one.places;
    const { registry } = this.#deps;
    if (!registry.has(one.transferId)) return places;
    const transfer = registry.record(one.transferId);
    const own = places.find(({ kind }) => kind === 'package');
    const folder = folderOf(transfer);
    if (own && own.folder === folder) return places;
    if (own) {
      // It was moved, and may have been found there as a copy first.
      const there = places.find((place) => place.folder === folder);
      const moved: StoredPlace = {
        ...placeOf(transfer),
        name: there?.name ?? null,
        own: [...own.own, ...(there?.own ?? [])],
      };
      return [moved, ...places.filter((place) => place !== own && place !== there)];
    }
    return one.kind !== 'lifted' && hasFiles(transfer) ? [placeOf(transfer), ...places] : places;
  }

  async #workAt(id: string, at: number): Promise<void> {
    const { kind } = this.#all.get(id) ?? {};
    try {
      await (kind === 'lifted' ? this.#release(id, at) : this.#mark(id, at));
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
      const { code, message } = toWire(thrown);
      const [, { kind: placeKind, error: before }] = this.#at(id, at);
      this.#patchPlace(id, at, {
        notice: code === 'not-found' ? 'none' : 'failed',
        error: { code, message },
      });
      // It may have been moved.
      if (placeKind === 'package' && code === 'not-found' && before?.code !== code)
        this.#hasMissed = true;
    }
  }

  async #mark(id: string, at: number): Promise<void> {
    const [one, place] = this.#at(id, at);
    const disk = await this.#diskOf(one, place);
    const text = noticeText(one);
    const hash = sha256Of(Buffer.from(text, 'utf8'));
    const { folder } = place;
    const names = noticeNames(one.kind, (await isShared(disk, place)) ? about(one) : null);
    let notice: Parameters<typeof publishNotice>[2] | null = null;
    let isPrepared = false;
    let failure: AppError | null = null;
    try {
      const own = [...place.own.filter((known) => known !== hash), hash];
      const name = await chooseName(
        disk,
        folder,
        place.name === null ? names : [place.name, ...names],
        own,
      );
      // Recorded before it is there, so that it is known for ours whatever happens next.
      this.#patchPlace(id, at, { name, own });
      notice = { id, name, text, own };
      isPrepared = await prepareNotice(disk, folder, notice);
    } catch (thrown) {
      // Without a notice the marker must go all the same, unless nothing may be changed there:
      // a rename would be tried for seconds.
      if (!(thrown instanceof AppError) || thrown.code === 'not-permitted') throw thrown;
      failure = thrown;
    }
    // A marker beside single files is of something else.
    const fault =
      isRecalled(one.kind) && place.files.length === 0
        ? await this.#renameMarker(id, at, 'set-aside', () => setMarkerAside(disk, folder))
        : null;
    if (failure) throw failure;
    if (notice && isPrepared) await publishNotice(disk, folder, notice);
    this.#patchPlace(id, at, { notice: 'written', error: fault });
  }

  /** Something else in the place of a marker keeps no notice from being written. */
  async #renameMarker(
    id: string,
    at: number,
    done: 'set-aside' | 'released',
    rename: () => Promise<boolean>,
  ): Promise<StoredPlace['error']> {
    try {
      this.#patchPlace(id, at, { done: (await rename()) ? done : 'none' });
      return null;
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
      const { code, message } = toWire(thrown);
      this.#patchPlace(id, at, { done: 'failed' });
      return { code, message };
    }
  }

  async #release(id: string, at: number): Promise<void> {
    const [one, place] = this.#at(id, at);
    const disk = await this.#diskOf(one, place);
    const { folder, name, own } = place;
    const isRemoved = name === null || (await removeNotice(disk, folder, name, own));
    const fault =
      place.files.length === 0
        ? await this.#renameMarker(id, at, 'released', () => releaseMarker(disk, folder))
        : null;
    this.#patchPlace(id, at, { notice: isRemoved ? 'removed' : 'left', error: fault });
  }

  /** @throws `not-found` if something else is in its folder by now */
  async #diskOf(one: StoredRecall, { root, folder, files }: StoredPlace): Promise<Disk> {
    const disk = new ConfinedDisk(this.#deps.disk, root);
    await this.#requireAnswer(disk, root);
    if (
      files.length === 0 &&
      !(await isPackageIn(disk, folder, { packageId: one.packageId, rev: one.rev.from }))
    )
      throw new AppError('not-found', `The package is no longer in ${folder}`);
    if (files.length > 0 && (await disk.entry(path.join(folder, files[0] ?? ''))) === null)
      throw new AppError('not-found', `The copy is no longer in ${folder}`);
    return disk;
  }

  /**
   * A share that is gone may never answer, which holds up the other recalls once, and not for long.
   * @throws `timeout`, and what the disk throws for a missing folder
   */
  async #requireAnswer(disk: Disk, root: string): Promise<void> {
    if (this.#silent.has(root)) throw new AppError('timeout', `${root} doesn’t answer`);
    const { clock } = this.#deps;
    try {
      await within(clock, WALK_LIMITS.stallMs, this.#stop.signal, disk.realPath(root));
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.code === 'timeout') this.#silent.add(root);
      throw thrown;
    }
  }

  #at(id: string, at: number): [StoredRecall, StoredPlace] {
    const one = this.#all.get(id);
    const place = one?.places[at];
    if (!one || !place) throw new AppError('bug', 'A recall without its place');
    return [one, place];
  }

  /** Only what changes is written: what fails is tried again every minute. */
  #patch(id: string, facts: Partial<StoredRecall>): void {
    const next = this.#patched(id, facts);
    if (next) this.#save([next]);
  }

  /** Null if nothing of it changes. */
  #patched(id: string, facts: Partial<StoredRecall>): StoredRecall | null {
    const one = this.#all.get(id);
    if (!one) return null;
    const next = { ...one, ...facts };
    return JSON.stringify(next) === JSON.stringify(one) ? null : next;
  }

  #patchPlace(id: string, at: number, facts: Partial<StoredPlace>): void {
    const [{ places }] = this.#at(id, at);
    this.#patch(id, {
      places: places.map((place, index) => (index === at ? { ...place, ...facts } : place)),
    });
  }
}

/** The publisher's words about a recall; null if it has none, undefined while that isn't known. */
function wordsFor(recall: StoredRecall, about: Explanation): string | null | undefined {
  const { kind } = recall;
  const { pubStatus, note } = about;
  if (kind === 'withdrawn') return isWithdrawn({ pubStatus }) ? note : undefined;
  if (kind === 'on-hold') return isOnHold({ pubStatus }) ? note : undefined;
  return notesOf(recall, about);
}

/**
 * Notes of all versions of a package between the one on disk and the newer one, newest first. Its
 * versions count by themselves: a hold is a revision of the asset and brings none.
 */
function notesOf(
  { packageId, rev: { from, to } }: StoredRecall,
  { history }: Pick<Explanation, 'history'>,
): string | null | undefined {
  if (to === null) return undefined;
  const newest = Math.max(0, ...history.map(({ rev }) => rev));
  const isSaid = history.some(({ packages }) => packages !== undefined);
  const versions = history.flatMap(({ rev, note, packages }) => {
    const version = isSaid
      ? packages?.find((one) => one.packageId === packageId)?.rev
      : // Not said, but where both counts are the same by now each revision has brought a version.
        newest === to
        ? rev
        : undefined;
    return version === undefined ? [] : [{ version, note }];
  });
  if (newest < to || (isSaid && !versions.some(({ version }) => version >= to))) return undefined;
  const notes = versions
    .filter(({ version, note }) => version > (from ?? to - 1) && version <= to && note !== '')
    .toSorted((a, b) => b.version - a.version)
    .map(({ note }) => note);
  return notes.length === 0 ? null : notes.join(' · ');
}

const failuresIn = (places: readonly StoredPlace[]): number =>
  places.filter(({ notice, done }) => notice === 'failed' || done === 'failed').length;

const MAX_LOOKED_AT = 64;

/** Whether a folder of single copied files holds other things too. */
async function isShared(disk: Disk, { folder, files }: StoredPlace): Promise<boolean> {
  if (files.length === 0) return false;
  let seen = 0;
  for await (const { name } of disk.list(folder)) {
    if (!files.includes(name) && !/^(?:RECALLED|CORRECTED)\b/u.test(name)) return true;
    if (++seen > MAX_LOOKED_AT) return true;
  }
  return false;
}

/** Of a package in a notice beside other things: without the source of a foreign one. */
const about = ({ packageId }: StoredRecall): string => path.posix.basename(packageId);
