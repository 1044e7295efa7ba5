import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { AppError, stopReason } from '../../../shared/errors.ts';
import type { Clock } from '../../../shared/clock.ts';
import { foldedName } from '../../../shared/model/names.ts';
import type { Clearable, ClearedPlace, PlaceRef } from '../api.ts';
import { hashFile } from '../hashing.ts';
import { folderOf, manifestFilesIn } from '../package/folder.ts';
import { DONE_NAME, MANIFEST_NAME, NAMES_NAME, RECALLED_NAME } from '../package/manifest.ts';
import type { Disk, Hasher, StoredPlace, StoredTransfer, TransferStore } from '../ports.ts';
import { hashOf } from '../recall/copies.ts';
import { isPackageIn, removeNotice } from '../recall/marks.ts';
import type { Recalls } from '../recall/recalls.ts';
import { isWithin } from '../recall/roots.ts';
import { WALK_LIMITS, within } from '../recall/walk.ts';
import { ConfinedDisk } from '../run/confined-disk.ts';
import type { History } from './history.ts';
import type { Registry } from './registry.ts';

/** Texts may be edited without a change of their length; larger files are known by their size. */
const MAX_HASHED_BYTES = 4 * 1024 * 1024;
/** Files after which other work of the thread gets its turn. */
const STEP = 50;

type Deps = {
  disk: Disk;
  store: Pick<TransferStore, 'files'>;
  clock: Clock;
  hasher: Hasher;
  registry: Registry;
  recalls: Pick<Recalls, 'places'>;
  history: Pick<History, 'find' | 'gone'>;
};

/** A file that the package has brought, as it was then. */
type OwnFile = { path: string; bytes: number | null; sha256: string | null };
/** Where a package or a copy of it is, and which files there are its own. */
type Place = {
  transfer: StoredTransfer;
  folder: string;
  /** Nothing outside of it is touched. */
  root: string;
  kind: Clearable['kind'];
  /** Names of single copied files; empty for a whole package with its manifest. */
  copied: readonly string[];
};

/** Why it may not be used any more, and won't be: what is on hold may be released. */
const REASONS: readonly string[] = [
  'withdrawn',
  'expired',
  'barred',
] satisfies Clearable['reason'][];
const isReason = (state: string | undefined): state is Clearable['reason'] =>
  state !== undefined && REASONS.includes(state);

/**
 * Deletes what lies on the disk and may not be used any more, when a person has chosen it. Only
 * files that a package has brought and that are as it brought them, its manifest, our markers and
 * our notices; a link is never followed. The manifest goes last of all, after the deletion was
 * recorded: so a kill at any point leaves what can be found and cleared again.
 */
export class ClearFromDisk {
  readonly #deps: Deps;
  readonly #stop = new AbortController();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Ends after the file that is being deleted. */
  close(): void {
    this.#stop.abort(new AppError('cancelled', 'The app is closing'));
  }

  /** What can be cleared away now, and the number of folders that can't be reached. */
  async list(): Promise<{ items: Clearable[]; away: number }> {
    const items: Clearable[] = [];
    let away = 0;
    const silent = new Set<string>();
    for (const place of this.#places()) {
      if (silent.has(place.root)) {
        away += 1;
        continue;
      }
      try {
        const found = await this.#look(place);
        if (found) items.push(found);
      } catch (thrown) {
        if (!(thrown instanceof AppError) || this.#stop.signal.aborted) throw thrown;
        if (thrown.code === 'timeout') silent.add(place.root);
        away += 1;
      }
    }
    return { items, away };
  }

  /**
   * Deletes everything of it but the manifest. Can be repeated.
   * @throws `not-found` for what can't be cleared, and what the disk throws
   */
  async clear(ref: PlaceRef): Promise<ClearedPlace> {
    const place = this.#find(ref);
    const { transfer, folder, kind, copied } = place;
    const disk = await this.#diskOf(place);
    const common = { id: transfer.id, folder, kind, ...aboutOf(transfer) };
    if (copied.length > 0) return { ...common, ...(await this.#removeCopies(disk, place)) };
    const files = await this.#ownFiles(place);
    // Nothing may take what is left for a usable package.
    await this.#removeMarker(disk, folder, DONE_NAME);
    await disk.syncFolder(folder);
    let [removed, bytes, left] = [0, 0, 0];
    for (const [at, file] of files.entries()) {
      if (at % STEP === 0) await setImmediate();
      this.#requireIdle(transfer.id);
      const target = path.join(folder, file.path);
      const state = await this.#stateOf(place, file, path.dirname(target));
      if (state === 'own') {
        await disk.remove(target);
        removed += 1;
        bytes += file.bytes ?? 0;
      } else if (state === 'other') left += 1;
    }
    await this.#removeNotices(disk, place);
    await this.#removeMarker(disk, folder, RECALLED_NAME);
    await disk.syncFolder(folder);
    return { ...common, files: removed, bytes, left };
  }

  /**
   * Once it is recorded: the manifest and its names, the folders that are empty, and that it is here.
   * @returns whether it was the package itself, not a copy
   */
  async finish(ref: PlaceRef): Promise<boolean> {
    const place = this.#find(ref);
    const { transfer, folder, root, kind, copied } = place;
    const disk = await this.#diskOf(place);
    if (copied.length === 0) {
      const files = await this.#ownFiles(place);
      const of = { packageId: transfer.packageId ?? '', rev: transfer.rev };
      if (await this.#ask(isPackageIn(disk, folder, of, NAMES_NAME)))
        await disk.remove(path.join(folder, NAMES_NAME));
      const manifest = path.join(folder, MANIFEST_NAME);
      if ((await disk.entry(manifest))?.kind === 'file') await disk.remove(manifest);
      await disk.syncFolder(folder);
      for (const below of foldersOf(files)) {
        const at = path.join(folder, below);
        if ((await disk.entry(at))?.kind === 'folder') await disk.removeEmptyFolder(at);
      }
      // A folder template may have created parents of the package's folder.
      const above = new ConfinedDisk(this.#deps.disk, root);
      const last = kind === 'copy' ? path.dirname(folder) : root;
      for (let at = folder; at !== last && at !== root && isWithin(root, at); at = path.dirname(at))
        await above.removeEmptyFolder(at);
    }
    if (kind === 'package') this.#deps.history.gone(transfer.id);
    return kind === 'package';
  }

  #places(): Place[] {
    return this.#deps.registry.records().flatMap((transfer) => {
      const { id, kind, state, rights, packageId } = transfer;
      if (kind !== 'package' || packageId === null) return [];
      if (state.phase !== 'done' || !isReason(rights?.state)) return [];
      const own: Place = {
        transfer,
        folder: folderOf(transfer),
        root: transfer.destination,
        kind: 'package',
        copied: [],
      };
      const copies = this.#deps.recalls
        .places(id)
        .filter((place) => place.kind === 'copy')
        .map(({ folder, root, files }: StoredPlace): Place => ({
          transfer,
          folder,
          root,
          kind: 'copy',
          copied: files,
        }));
      return [own, ...copies];
    });
  }

  #find({ id, folder }: PlaceRef): Place {
    const place = this.#places().find((one) => one.transfer.id === id && one.folder === folder);
    if (!place)
      throw new AppError('not-found', `Nothing in ${folder} has to be cleared away`, {
        retryable: false,
      });
    return place;
  }

  /** A repair could bring files back while they are deleted. */
  #requireIdle(id: string): void {
    if (this.#stop.signal.aborted) throw stopReason(this.#stop.signal);
    if (this.#deps.registry.record(id).state.phase !== 'done')
      throw new AppError('usage', 'The package is being repaired. Pause it first.');
  }

  #ask<T>(call: Promise<T>): Promise<T> {
    return within(this.#deps.clock, WALK_LIMITS.stallMs, this.#stop.signal, call);
  }

  /**
   * True if the folder is where its path says, below the root: neither it nor a folder above it was
   * replaced by a link.
   */
  async #isInPlace(root: string, folder: string): Promise<boolean> {
    const { disk } = this.#deps;
    if (!isWithin(root, folder)) return false;
    const base = await this.#ask(disk.realPath(root));
    const real = await this.#ask(disk.realPath(folder));
    return foldedName(real) === foldedName(path.join(base, path.relative(root, folder)));
  }

  /** @throws `not-permitted` for a folder that has become a link, `not-found` for another package */
  async #diskOf(place: Place): Promise<Disk> {
    const { folder, root, copied, transfer } = place;
    if (!(await this.#isInPlace(root, folder)))
      throw new AppError('not-permitted', `${folder} leads to another place`, { retryable: false });
    const disk = new ConfinedDisk(this.#deps.disk, folder);
    if (copied.length === 0 && !(await this.#isIt(disk, folder, transfer)))
      throw new AppError('not-found', `The package is no longer in ${folder}`);
    this.#requireIdle(transfer.id);
    return disk;
  }

  #isIt(disk: Disk, folder: string, { packageId, rev }: StoredTransfer): Promise<boolean> {
    return this.#ask(isPackageIn(disk, folder, { packageId: packageId ?? '', rev }));
  }

  /** By the record of what was fetched; where that is gone, by the manifest in the folder. */
  async #ownFiles({ transfer, folder }: Place): Promise<OwnFile[]> {
    const { disk, store } = this.#deps;
    const { id, packageId, rev } = transfer;
    const recorded = store.files(id).filter(({ done }) => done);
    const files: OwnFile[] =
      recorded.length > 0
        ? recorded
        : (
            (await manifestFilesIn(disk, folder, {
              packageId: packageId ?? '',
              rev: { from: rev },
            })) ?? []
          ).map(({ name, bytes, sha256 }) => ({ path: name, bytes, sha256 }));
    const others = this.#claimedByOthers(transfer);
    return files.filter((file) => !others.has(foldedName(path.join(folder, file.path))));
  }

  /** Files of other downloads that go to the same folder, or one above or below it. */
  #claimedByOthers(transfer: StoredTransfer): ReadonlySet<string> {
    const { registry, store } = this.#deps;
    const folder = folderOf(transfer);
    return new Set(
      registry
        .records()
        .filter(
          (other) =>
            other.packageId !== transfer.packageId &&
            (isWithin(folder, folderOf(other)) || isWithin(folderOf(other), folder)),
        )
        .flatMap((other) =>
          store.files(other.id).map((file) => foldedName(path.join(folderOf(other), file.path))),
        ),
    );
  }

  /** `other`: it was changed, replaced by something else, or lies behind a link. */
  async #stateOf(
    { folder }: Pick<Place, 'folder'>,
    file: OwnFile,
    parent: string,
  ): Promise<'own' | 'other' | 'none'> {
    const { disk } = this.#deps;
    const target = path.join(folder, file.path);
    const entry = await this.#ask(disk.entry(target));
    if (entry === null) return 'none';
    if (entry.kind !== 'file' || entry.bytes !== file.bytes) return 'other';
    if (!(await this.#isInPlace(folder, parent))) return 'other';
    if (file.sha256 === null || entry.bytes > MAX_HASHED_BYTES) return 'own';
    return (await this.#ask(hashFile(disk, target, entry.bytes))) === file.sha256 ? 'own' : 'other';
  }

  async #look(place: Place): Promise<Clearable | null> {
    const { transfer, folder, root, kind, copied } = place;
    const { disk } = this.#deps;
    const entry = await this.#ask(disk.entry(folder));
    if (entry?.kind !== 'folder' || !(await this.#isInPlace(root, folder))) return null;
    if (copied.length === 0 && !(await this.#isIt(disk, folder, transfer))) return null;
    const names: readonly OwnFile[] =
      copied.length > 0 ? await this.#copiedFiles(place) : await this.#ownFiles(place);
    let [files, bytes] = [0, 0];
    for (const [at, file] of names.entries()) {
      if (at % STEP === 0) await setImmediate();
      const found = await this.#ask(disk.entry(path.join(folder, file.path)));
      if (found?.kind !== 'file' || found.bytes !== file.bytes) continue;
      files += 1;
      bytes += found.bytes;
    }
    if (copied.length > 0 && files === 0) return null;
    const { state } = transfer.rights ?? {};
    return isReason(state)
      ? { id: transfer.id, title: transfer.title, folder, kind, reason: state, files, bytes }
      : null;
  }

  /** The copied files that have the size of one of the package's. */
  async #copiedFiles({ transfer, folder, copied }: Place): Promise<OwnFile[]> {
    const { disk, history } = this.#deps;
    const known = history.find(transfer.id)?.files ?? [];
    const files: OwnFile[] = [];
    for (const name of copied) {
      const entry = await this.#ask(disk.entry(path.join(folder, name)));
      if (entry?.kind === 'file' && known.some(({ bytes }) => bytes === entry.bytes))
        files.push({ path: name, bytes: entry.bytes, sha256: null });
    }
    return files;
  }

  /** Single copies lie among other things: each is hashed again before it goes. */
  async #removeCopies(
    disk: Disk,
    place: Place,
  ): Promise<Pick<ClearedPlace, 'files' | 'bytes' | 'left'>> {
    const { clock, hasher, history } = this.#deps;
    const { transfer, folder, copied } = place;
    const hashes = new Set((history.find(transfer.id)?.files ?? []).map(({ sha256 }) => sha256));
    const alike = await this.#copiedFiles(place);
    let [files, bytes] = [0, 0];
    for (const file of alike) {
      const target = path.join(folder, file.path);
      const size = file.bytes ?? 0;
      const hash = await hashOf({ disk, clock, hasher, signal: this.#stop.signal }, target, size);
      if (hash === null || !hashes.has(hash)) continue;
      await disk.remove(target);
      files += 1;
      bytes += size;
    }
    await this.#removeNotices(disk, place);
    await disk.syncFolder(folder);
    let there = 0;
    for (const name of copied) if (await disk.entry(path.join(folder, name))) there += 1;
    return { files, bytes, left: there };
  }

  async #removeNotices(disk: Disk, { transfer, folder }: Place): Promise<void> {
    for (const place of this.#deps.recalls.places(transfer.id))
      if (place.folder === folder && place.name !== null)
        await removeNotice(disk, folder, place.name, place.own);
  }

  /** Only an empty, plain file is a marker of ours. */
  async #removeMarker(disk: Disk, folder: string, name: string): Promise<void> {
    const target = path.join(folder, name);
    const entry = await disk.entry(target);
    if (entry?.kind === 'file' && entry.bytes === 0) await disk.remove(target);
  }
}

/** What the ledger says about it. */
const aboutOf = ({
  assetId,
  packageId,
  rev,
  title,
  evidence,
  rights,
}: StoredTransfer): Pick<ClearedPlace, 'subject' | 'reason'> => ({
  subject: { assetId, packageId, rev, title, source: evidence.service },
  reason: isReason(rights?.state) ? rights.state : 'withdrawn',
});

/** Folders that these files are in, below that of the package; the deepest first. */
function foldersOf(files: readonly OwnFile[]): string[] {
  const folders = new Set<string>();
  for (const file of files)
    for (
      let at = path.dirname(file.path);
      at !== '.' && at !== path.dirname(at);
      at = path.dirname(at)
    )
      folders.add(at);
  return [...folders].toSorted((a, b) => b.length - a.length);
}
