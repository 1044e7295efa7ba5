import path from 'node:path';
import { foldedName } from '../../../shared/model/names.ts';
import { isEnded } from '../../../shared/model/transfer.ts';
import { hasPlainCredentials, type AddressSecrets } from '../address-secrets.ts';
import { folderOf, ownParts, partPath } from '../package/folder.ts';
import { ConfinedDisk } from '../run/confined-disk.ts';
import { isOwnPart } from '../run/part-file.ts';
import type { Clock } from '../../../shared/clock.ts';
import type { Disk, StoredFile, StoredHistory, StoredTransfer, TransferStore } from '../ports.ts';
import type { Registry } from './registry.ts';
/** How long a clear can be undone; slightly longer than the window offers it. */
const UNDO_MS = 10_000;
/** Whole records of cleared, finished transfers; of the oldest only the history stays. */
const MAX_REMOVED = 10_000;

/** All files are on the disk, except those refused for their names. */
const isFinished = ({ state, filesDone }: StoredTransfer): boolean =>
  state.phase === 'done' ||
  (state.phase === 'failed' && state.code === 'unsafe-name' && filesDone > 0);
/** A record with a plain password is from an earlier version and must leave no trace. */
const isKept = (transfer: StoredTransfer): boolean =>
  isFinished(transfer) && !hasPlainCredentials(transfer);

type Ports = { disk: Disk; store: TransferStore; clock: Clock; secrets: AddressSecrets };

/** The folder and its parents. */
function pathTo(folder: string): string[] {
  const above = path.dirname(folder);
  return above === folder ? [folder] : [folder, ...pathTo(above)];
}

/**
 * Transfers whose folder is, contains or lies in a folder of `gone`: both may have the same file.
 */
function sharing(
  others: readonly StoredTransfer[],
  gone: readonly StoredTransfer[],
): StoredTransfer[] {
  const bases = new Set(gone.map((transfer) => foldedName(folderOf(transfer))));
  const above = new Set([...bases].flatMap(pathTo));
  return others.filter((other) => {
    const base = foldedName(folderOf(other));
    return above.has(base) || pathTo(base).some((folder) => bases.has(folder));
  });
}

/**
 * Takes ended transfers off the list. Once undo has expired, unfinished ones are deleted with their
 * partial files. Finished ones keep their files and their record: what is on the disk, where it
 * came from, what was accepted.
 */
export class ClearedTransfers {
  readonly #ports: Ports;
  readonly #registry: Registry;
  readonly #onBug: (thrown: unknown) => void;
  readonly #historyOf: (id: string) => StoredHistory | undefined;
  readonly #timers = new Set<() => void>();

  constructor(
    ports: Ports,
    registry: Registry,
    onBug: (thrown: unknown) => void,
    historyOf: (id: string) => StoredHistory | undefined,
  ) {
    this.#ports = ports;
    this.#registry = registry;
    this.#onBug = onBug;
    this.#historyOf = historyOf;
  }

  /** @returns ids of the cleared transfers: those that had ended and have no run left */
  async clear(
    ids: readonly string[],
    undoable: boolean,
    runOf: (id: string) => Promise<void> | undefined,
  ): Promise<string[]> {
    const ended = ids
      .flatMap((id) => this.#registry.find(id) ?? [])
      .filter(({ state }) => isEnded(state));
    for (const { id } of ended) await runOf(id);
    // A transfer may have been retried during the wait.
    const gone = ended.map(({ id }) => id).filter((id) => isEnded(this.#registry.get(id).state));
    this.#registry.clear(gone);
    if (!undoable) await this.#purge(gone);
    else {
      const cancelTimer = this.#ports.clock.after(UNDO_MS, () => {
        this.#timers.delete(cancelTimer);
        this.#purge(gone).catch(this.#onBug);
      });
      this.#timers.add(cancelTimer);
    }
    return gone;
  }

  /** Purges whatever this or an earlier run of the program has cleared. */
  async finish(): Promise<void> {
    for (const cancelTimer of this.#timers) cancelTimer();
    this.#timers.clear();
    await this.#purge(this.#registry.cleared.map(({ id }) => id));
  }

  async #purge(ids: readonly string[]): Promise<void> {
    const wanted = new Set(ids);
    const gone = this.#registry.cleared.filter(({ id }) => wanted.has(id));
    await this.#removeParts(gone.filter(({ state }) => state.phase !== 'done'));
    const kept = this.#registry.cleared
      .filter(isKept)
      .toSorted((a, b) => (b.finishedAtMs ?? 0) - (a.finishedAtMs ?? 0))
      .map(({ id }) => id);
    const staying = new Set(kept.slice(0, MAX_REMOVED));
    this.#registry.forget(
      [...new Set([...gone.map(({ id }) => id), ...kept])].filter((id) => !staying.has(id)),
      this.#historyOf,
    );
    this.#ports.secrets.forget(gone);
  }

  /** Files that may have a part file, and its path. */
  #partsOf(transfer: StoredTransfer): { part: string; file: StoredFile }[] {
    return this.#ports.store
      .files(transfer.id)
      .filter(({ done, ownsPart, progress }) => !done && (ownsPart || progress !== null))
      .map((file) => ({ part: partPath(path.join(folderOf(transfer), file.path)), file }));
  }

  /** Deletes the partial files of a transfer, and its folder if that is empty then. */
  discardParts(transfer: StoredTransfer): Promise<void> {
    return this.#removeParts([transfer]);
  }

  async #removeParts(gone: readonly StoredTransfer[]): Promise<void> {
    const ids = new Set(gone.map(({ id }) => id));
    const others = sharing(
      this.#registry.all().filter(({ id, state }) => state.phase !== 'done' && !ids.has(id)),
      gone,
    );
    const inUse = new Set(
      others.flatMap((other) => this.#partsOf(other)).map(({ part }) => foldedName(part)),
    );
    for (const transfer of gone) await this.#removePartsOf(transfer, inUse);
  }

  async #removePartsOf(transfer: StoredTransfer, inUse: ReadonlySet<string>): Promise<void> {
    const disk = new ConfinedDisk(this.#ports.disk, transfer.destination);
    for (const { part, file } of this.#partsOf(transfer)) {
      const entry = inUse.has(foldedName(part)) ? null : await disk.entry(part);
      if (entry && isOwnPart(file, entry)) await disk.remove(part);
    }
    if (transfer.folder === null) return;
    if (transfer.kind === 'package')
      for (const part of ownParts(transfer.folder, transfer)) await disk.remove(part);
    // A folder template may have created parents of the package's folder.
    for (
      let folder = transfer.folder;
      folder.startsWith(transfer.destination + path.sep);
      folder = path.dirname(folder)
    )
      await disk.removeEmptyFolder(folder);
  }
}
