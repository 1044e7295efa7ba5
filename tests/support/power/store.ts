import type {
  FileProgress,
  StoredFile,
  StoredHistory,
  StoredRecall,
  StoredTransfer,
  TransferStore,
} from '../../../src/main/transfers/ports.ts';

type State = {
  transfers: Map<string, StoredTransfer>;
  files: Map<string, Map<number, StoredFile>>;
  recalls: Map<string, StoredRecall>;
  history: Map<string, StoredHistory>;
  paused: boolean;
  eraseDue: boolean;
};
type Change = (state: State) => void;

/**
 * The store in memory with its guarantee: commits are durable; progress only with the next commit
 * or by luck, in order.
 */
export class PowerStore implements TransferStore {
  #now: State = {
    transfers: new Map(),
    files: new Map(),
    recalls: new Map(),
    history: new Map(),
    paused: false,
    eraseDue: false,
  };
  #medium: State = structuredClone(this.#now);
  #changes: Change[] = [];

  /** The store as found after a power loss at this moment; nothing here changes. */
  afterPowerLoss(random: () => number): PowerStore {
    const after = new PowerStore();
    after.#now = structuredClone(this.#medium);
    for (const change of this.#changes.slice(0, Math.floor(random() * (this.#changes.length + 1))))
      change(after.#now);
    after.#medium = structuredClone(after.#now);
    return after;
  }

  /** The store as found after a kill at this moment; nothing here changes. */
  afterKill(): PowerStore {
    const after = new PowerStore();
    after.#now = structuredClone(this.#now);
    after.#medium = structuredClone(this.#medium);
    after.#changes = [...this.#changes];
    return after;
  }

  all(): StoredTransfer[] {
    return structuredClone(
      [...this.#now.transfers.values()].toSorted((a, b) => a.position - b.position),
    );
  }

  save(transfers: StoredTransfer[]): void {
    this.#commit(({ transfers: all }) =>
      transfers.forEach((transfer) => all.set(transfer.id, structuredClone(transfer))),
    );
  }

  remove(ids: string[]): void {
    this.#commit(({ transfers, files }) =>
      ids.forEach((id) => (transfers.delete(id), files.delete(id))),
    );
  }

  files(transferId: string): StoredFile[] {
    return structuredClone(
      [...(this.#now.files.get(transferId)?.values() ?? [])].toSorted((a, b) => a.index - b.index),
    );
  }

  saveFiles(transferId: string, files: StoredFile[]): void {
    this.#commit(({ files: all }) => {
      const known = all.get(transferId) ?? new Map<number, StoredFile>();
      all.set(transferId, known);
      for (const file of files) known.set(file.index, structuredClone(file));
    });
  }

  saveProgress(transferId: string, index: number, progress: FileProgress | null): void {
    const kept = structuredClone(progress);
    const change: Change = ({ files }) => {
      const file = files.get(transferId)?.get(index);
      if (file) file.progress = structuredClone(kept);
    };
    change(this.#now);
    this.#changes.push(change);
  }

  withFile(searched: string): string[] {
    return [...this.#now.files]
      .filter(([, files]) => [...files.values()].some(({ path }) => path.includes(searched)))
      .map(([id]) => id);
  }

  contents(): string[] {
    return [];
  }
  recalls(): StoredRecall[] {
    return structuredClone([...this.#now.recalls.values()]);
  }
  saveRecalls(recalls: readonly StoredRecall[]): void {
    this.#commit(({ recalls: all }) =>
      recalls.forEach((one) => all.set(one.id, structuredClone(one))),
    );
  }
  history(): StoredHistory[] {
    return structuredClone([...this.#now.history.values()]);
  }
  saveHistory(rows: readonly StoredHistory[]): void {
    this.#commit(({ history }) => rows.forEach((row) => history.set(row.id, structuredClone(row))));
  }
  snapshot(): null {
    return null;
  }
  unsnapped(): string[] {
    return [];
  }
  saveSnapshot(): void {}
  paused(): boolean {
    return this.#now.paused;
  }
  eraseDue(): boolean {
    return this.#now.eraseDue;
  }
  setEraseDue(due: boolean): void {
    this.#commit((state) => void (state.eraseDue = due));
  }
  setPaused(paused: boolean): void {
    this.#commit((state) => void (state.paused = paused));
  }
  close(): void {}

  #commit(change: Change): void {
    change(this.#now);
    this.#medium = structuredClone(this.#now);
    this.#changes = [];
  }
}
