import { AppError } from '../../../shared/errors.ts';
import {
  isActive,
  isEnded,
  reduceTransfer,
  type TransferEffect,
  type TransferEvent,
} from '../../../shared/model/transfer-reducer.ts';
import type { LiveTransfer } from '../run/progress.ts';
import type { Clock, StoredTransfer, TransferStore } from '../ports.ts';
import { QueueIndex } from './queue-index.ts';

const SAVE_AGAIN_MS = 10_000;
/**
 * Somebody waits for the answer to these. What is left is found out again by the next start, if it
 * is not recorded.
 */
const COMMANDS = new Set<TransferEvent['type']>(['pause', 'resume', 'retry', 'cancel', 'hold']);

/** All transfers in memory and in the store. A change is in the store before anybody acts on it. */
export class Registry {
  readonly #store: TransferStore;
  readonly #clock: Clock;
  readonly #transfers = new Map<string, StoredTransfer>();
  readonly #unsaved = new Set<string>();
  /** Removed from the list: finished ones stay, others go when that cannot be undone any more. */
  readonly #cleared = new Map<string, StoredTransfer>();
  readonly index = new QueueIndex((id) => this.#transfers.get(id));
  #saveAgain: (() => void) | null = null;

  constructor(store: TransferStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    for (const transfer of store.all()) {
      if (transfer.cleared) this.#cleared.set(transfer.id, transfer);
      else this.#set(transfer);
    }
  }

  all(): StoredTransfer[] {
    return [...this.#transfers.values()];
  }
  /** In the order of the queue. */
  ordered(): StoredTransfer[] {
    return this.index.idsOf('all').map((id) => this.get(id));
  }
  find(id: string): StoredTransfer | undefined {
    return this.#transfers.get(id);
  }
  get(id: string): StoredTransfer {
    const transfer = this.#transfers.get(id);
    if (!transfer) throw new AppError('not-found', `No transfer ${id}`);
    return transfer;
  }

  /** On the list or removed from it. */
  record(id: string): StoredTransfer {
    return this.#cleared.get(id) ?? this.get(id);
  }
  has(id: string): boolean {
    return this.#transfers.has(id) || this.#cleared.has(id);
  }
  records(): StoredTransfer[] {
    return [...this.#cleared.values(), ...this.#transfers.values()];
  }

  /** Durable when it returns; on an error nothing has changed. */
  put(transfers: StoredTransfer[]): void {
    if (transfers.length === 0) return;
    this.#store.save(transfers);
    for (const transfer of transfers) {
      this.#set(transfer);
      this.#unsaved.delete(transfer.id);
    }
  }

  #set(transfer: StoredTransfer): void {
    const before = this.#transfers.get(transfer.id) ?? null;
    this.#transfers.set(transfer.id, transfer);
    this.index.change(before, transfer);
  }

  /** The same for records that may be off the list. */
  update(transfers: StoredTransfer[]): void {
    const cleared = transfers.filter(({ id }) => this.#cleared.has(id));
    if (cleared.length > 0) this.#store.save(cleared);
    for (const transfer of cleared) this.#cleared.set(transfer.id, transfer);
    this.put(transfers.filter(({ id }) => !this.#cleared.has(id)));
  }

  /** Facts that the next transition takes to the store, or that a restart finds out again. */
  note(id: string, facts: Partial<StoredTransfer>): void {
    this.#set({ ...this.get(id), ...facts });
  }

  get cleared(): StoredTransfer[] {
    return [...this.#cleared.values()];
  }

  /** Off the list; `restore` takes them back, `forget` removes their records for good. */
  clear(ids: readonly string[]): void {
    const gone = ids.map((id) => ({ ...this.get(id), cleared: true }));
    this.#store.save(gone);
    for (const transfer of gone) {
      this.index.change(this.get(transfer.id), null);
      this.#transfers.delete(transfer.id);
      this.#cleared.set(transfer.id, transfer);
    }
  }

  /** Those that could still be taken back. */
  restore(ids: readonly string[]): string[] {
    const back = ids
      .flatMap((id) => this.#cleared.get(id) ?? [])
      .map((transfer) => ({ ...transfer, cleared: false }));
    this.put(back);
    for (const { id } of back) this.#cleared.delete(id);
    return back.map(({ id }) => id);
  }

  forget(ids: readonly string[]): void {
    this.#store.remove([...ids]);
    for (const id of ids) this.#cleared.delete(id);
  }

  /** One event for each; returns the effects of those it meant something to, committed together. */
  apply(
    ids: readonly string[],
    event: TransferEvent,
    live: (id: string) => LiveTransfer | undefined,
  ): Map<string, TransferEffect[]> {
    const changed: StoredTransfer[] = [];
    const effects = new Map<string, TransferEffect[]>();
    for (const id of ids) {
      const transfer = this.get(id);
      const step = reduceTransfer({ state: transfer.state, attempts: transfer.attempts }, event);
      if (step.life.state === transfer.state) continue;
      const next = { ...transfer, ...step.life };
      const now = live(id);
      if (now && isActive(transfer.state))
        Object.assign(next, {
          receivedBytes: now.receivedBytes,
          totalBytes: next.totalBytes ?? now.totalBytes,
        });
      if (step.life.state.phase === 'running' && next.receivedBytes > 0 && !next.repair)
        next.resumes++;
      // A finished package has its manifest on disk beside the files.
      if (step.life.state.phase === 'done')
        Object.assign(next, {
          manifest: next.kind === 'package' ? null : next.manifest,
          repair: false,
          repairOnly: null,
          receivedBytes: now?.receivedBytes ?? next.receivedBytes,
        });
      next.finishedAtMs = isEnded(step.life.state) ? this.#clock.nowMs() : null;
      changed.push(next);
      effects.set(id, step.effects);
    }
    this.#commit(changed, event);
    return effects;
  }

  close(): void {
    this.#saveAgain?.();
    this.#store.close();
  }

  #commit(changed: StoredTransfer[], event: TransferEvent): void {
    try {
      this.put(changed);
    } catch (thrown) {
      // The home's volume is full, and nobody is there who could be told: it goes on all the same,
      // and is saved when there is room.
      if (!(thrown instanceof AppError) || COMMANDS.has(event.type)) throw thrown;
      for (const transfer of changed) {
        this.#set(transfer);
        this.#unsaved.add(transfer.id);
      }
      this.#saveAgain ??= this.#clock.after(SAVE_AGAIN_MS, () => {
        this.#saveAgain = null;
        this.#commit(
          [...this.#unsaved].flatMap((id) => this.find(id) ?? []),
          event,
        );
      });
    }
  }
}
