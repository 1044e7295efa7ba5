import type { TransferTab } from '../../../shared/model/transfer-tabs.ts';
import {
  isActive,
  isEnded,
  reduceTransfer,
  type TransferEffect,
  type TransferEvent,
  type TransferState,
} from '../../../shared/model/transfer.ts';
import type { TransferTotals } from '../api.ts';
import type { Clock } from '../../../shared/clock.ts';
import type { StoredHistory, StoredTransfer, TransferStore } from '../ports.ts';
import { transferOf } from './history-row.ts';
import { AppError } from '../../../shared/errors.ts';
import type { TransferProgress } from '../run/progress.ts';

export type Place = Pick<StoredTransfer, 'id' | 'urgent' | 'position'>;
/** Urgent transfers first, then queue order. */
export const byPriority = (a: Omit<Place, 'id'>, b: Omit<Place, 'id'>): number =>
  Number(b.urgent) - Number(a.urgent) || a.position - b.position;

/** Tabs that the queue alone knows; what is recalled is known elsewhere. */
type QueueTab = Exclude<TransferTab, 'recalled'>;

function tabOf({ phase }: TransferState): Exclude<QueueTab, 'all'> {
  switch (phase) {
    case 'running':
    case 'publishing':
      return 'active';
    case 'queued':
    case 'waiting':
    case 'paused':
      return 'waiting';
    case 'done':
      return 'done';
    case 'failed':
    case 'cancelled':
      return 'failed';
  }
  return phase satisfies never;
}

const inTab = (state: TransferState, tab: QueueTab): boolean =>
  tab === 'all' || tab === tabOf(state);

type Lookup = (id: string) => StoredTransfer | undefined;

const remainingBytes = ({ state, totalBytes, receivedBytes }: StoredTransfer): number =>
  isEnded(state) || isActive(state) ? 0 : Math.max(0, (totalBytes ?? 0) - receivedBytes);

/**
 * Counts, sums and orders over all transfers, updated with each change, so that an event costs what
 * changed and not the size of the queue.
 */
export class QueueIndex {
  readonly #find: Lookup;
  readonly #active = new Set<string>();
  readonly #bySource = new Map<string, string[]>();
  /** Queued transfers, by priority. */
  readonly #ready: Place[] = [];
  readonly #tabs = new Map<QueueTab, string[]>();
  /** Ids of transfers that aren't for this newsroom. */
  readonly #barred = new Set<string>();
  readonly counts: Omit<TransferTotals['counts'], 'recalled'> = {
    all: 0,
    active: 0,
    waiting: 0,
    done: 0,
    failed: 0,
  };
  /** Bytes left of transfers that neither run nor have ended. */
  pendingBytes = 0;

  constructor(find: Lookup) {
    this.#find = find;
  }

  get active(): ReadonlySet<string> {
    return this.#active;
  }

  get barred(): ReadonlySet<string> {
    return this.#barred;
  }

  get ready(): readonly Place[] {
    return this.#ready;
  }

  /** Ids of transfers of the same address, path or package. */
  ofSource(source: string): readonly string[] {
    return this.#bySource.get(source) ?? [];
  }

  /** Called after every change; null for a transfer that did not, or does not, exist. */
  change(before: StoredTransfer | null, after: StoredTransfer | null): void {
    this.#count(before, -1);
    this.#count(after, 1);
    if (!before || !after) this.#trackSource(before, after);
    this.#trackReady(before, after);
    const id = (after ?? before)?.id ?? '';
    if (after && isActive(after.state)) this.#active.add(id);
    else this.#active.delete(id);
    if (after?.rights?.state === 'barred') this.#barred.add(id);
    else this.#barred.delete(id);
    if (!before || !after || before.position !== after.position || before.urgent !== after.urgent)
      this.#tabs.clear();
    else if (
      before.finishedAtMs !== after.finishedAtMs ||
      tabOf(before.state) !== tabOf(after.state)
    )
      for (const tab of [tabOf(before.state), tabOf(after.state)]) this.#tabs.delete(tab);
  }

  /** Ids in display order: done newest first, others in queue order. */
  idsOf(tab: QueueTab): readonly string[] {
    const known = this.#tabs.get(tab);
    if (known) return known;
    const ids =
      tab === 'all'
        ? this.#sorted()
        : this.idsOf('all').filter((id) => inTab(this.#state(id), tab));
    if (tab === 'done')
      ids.sort((a, b) => (this.#find(b)?.finishedAtMs ?? 0) - (this.#find(a)?.finishedAtMs ?? 0));
    this.#tabs.set(tab, ids);
    return ids;
  }

  #state(id: string): StoredTransfer['state'] {
    return this.#find(id)?.state ?? { phase: 'cancelled' };
  }

  #sorted(): string[] {
    const all: StoredTransfer[] = [];
    for (const ids of this.#bySource.values())
      for (const id of ids)
        all.push(...[this.#find(id)].filter((transfer) => transfer !== undefined));
    return all.toSorted(byPriority).map(({ id }) => id);
  }

  #count(transfer: StoredTransfer | null, by: 1 | -1): void {
    if (!transfer) return;
    this.counts.all += by;
    this.counts[tabOf(transfer.state)] += by;
    this.pendingBytes += by * remainingBytes(transfer);
  }

  #trackReady(before: StoredTransfer | null, after: StoredTransfer | null): void {
    const was = before?.state.phase === 'queued' ? before : null;
    const is = after?.state.phase === 'queued' ? after : null;
    if (was && is && byPriority(was, is) === 0) return;
    if (was) {
      let at = this.#placeOf(was);
      while (this.#ready[at]?.id !== was.id) at++;
      this.#ready.splice(at, 1);
    }
    if (is)
      this.#ready.splice(this.#placeOf(is), 0, {
        id: is.id,
        urgent: is.urgent,
        position: is.position,
      });
  }

  /** Index of the first entry without a higher priority. */
  #placeOf(one: Place): number {
    let low = 0;
    let high = this.#ready.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const there = this.#ready[middle];
      if (there && byPriority(there, one) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #trackSource(before: StoredTransfer | null, after: StoredTransfer | null): void {
    if (before) {
      const left = this.ofSource(before.source).filter((id) => id !== before.id);
      if (left.length > 0) this.#bySource.set(before.source, left);
      else this.#bySource.delete(before.source);
    }
    if (after) this.#bySource.set(after.source, [...this.ofSource(after.source), after.id]);
  }
}

const SAVE_AGAIN_MS = 10_000;
/**
 * Commands whose caller gets a failed save as an error. After any other event the next start
 * recomputes what was not saved.
 */
const COMMANDS = new Set<TransferEvent['type']>([
  'pause',
  'resume',
  'retry',
  'cancel',
  'pause-all',
]);

/** All transfers, in memory and in the store. A change is stored before it is acted on. */
export class Registry {
  readonly #store: TransferStore;
  readonly #clock: Clock;
  readonly #transfers = new Map<string, StoredTransfer>();
  readonly #unsaved = new Set<string>();
  /** Cleared from the list, until undo expires; finished ones stay. */
  readonly #cleared = new Map<string, StoredTransfer>();
  /** Those of which only the history is left. */
  readonly #slim = new Set<string>();
  readonly index = new QueueIndex((id) => this.#transfers.get(id));
  #saveAgain: (() => void) | null = null;

  constructor(store: TransferStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    for (const transfer of store.all()) {
      if (transfer.cleared) this.#cleared.set(transfer.id, transfer);
      else this.#set(transfer);
    }
    for (const row of store.history()) if (!this.has(row.id)) this.#keepSlim(transferOf(row));
  }

  #keepSlim(transfer: StoredTransfer): void {
    this.#cleared.set(transfer.id, transfer);
    this.#slim.add(transfer.id);
  }

  all(): StoredTransfer[] {
    return [...this.#transfers.values()];
  }
  /** In queue order. */
  ordered(): StoredTransfer[] {
    return this.index.idsOf('all').map((id) => this.get(id));
  }
  find(id: string): StoredTransfer | undefined {
    return this.#transfers.get(id);
  }
  get(id: string): StoredTransfer {
    const transfer = this.#transfers.get(id);
    if (!transfer) throw new AppError('not-found', `No download ${id}`);
    return transfer;
  }

  /** On the list or cleared from it. */
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

  /** As `put`, for cleared transfers too. */
  update(transfers: StoredTransfer[]): void {
    const cleared = transfers.filter(({ id }) => this.#cleared.has(id));
    if (cleared.length > 0) this.#store.save(cleared);
    for (const transfer of cleared) {
      this.#cleared.set(transfer.id, transfer);
      this.#slim.delete(transfer.id);
    }
    this.put(transfers.filter(({ id }) => !this.#cleared.has(id)));
  }

  /** Memory only: the next transition persists it, or a restart recomputes it. */
  patch(id: string, facts: Partial<StoredTransfer>): StoredTransfer {
    const patched = { ...this.get(id), ...facts };
    this.#set(patched);
    return patched;
  }

  /** With a record of their own. */
  get cleared(): StoredTransfer[] {
    return [...this.#cleared.values()].filter(({ id }) => !this.#slim.has(id));
  }

  /** Takes transfers off the list; `restore` undoes it, `forget` deletes their records. */
  clear(ids: readonly string[]): void {
    const gone = ids.map((id) => ({ ...this.get(id), cleared: true }));
    this.#store.save(gone);
    for (const transfer of gone) {
      this.index.change(this.get(transfer.id), null);
      this.#transfers.delete(transfer.id);
      this.#cleared.set(transfer.id, transfer);
    }
  }

  /** @returns the ids that could be restored */
  restore(ids: readonly string[]): string[] {
    const back = ids
      .flatMap((id) => this.#cleared.get(id) ?? [])
      .map((transfer) => ({ ...transfer, cleared: false }));
    this.put(back);
    for (const { id } of back) {
      this.#cleared.delete(id);
      this.#slim.delete(id);
    }
    return back.map(({ id }) => id);
  }

  /**
   * Deletes records.
   * @param historyOf what is left of a finished package
   */
  forget(
    ids: readonly string[],
    historyOf: (id: string) => StoredHistory | undefined = () => undefined,
  ): void {
    this.#store.remove([...ids]);
    for (const id of ids) {
      const row = historyOf(id);
      const { rights = null } = this.#cleared.get(id) ?? {};
      if (row) this.#keepSlim({ ...transferOf(row), rights });
      else this.#cleared.delete(id);
    }
  }

  /**
   * Applies one event to each transfer and commits the changes together.
   * @returns the effects of those that changed
   */
  apply(
    ids: readonly string[],
    event: TransferEvent,
    progressOf: (id: string) => TransferProgress | undefined,
  ): Map<string, TransferEffect[]> {
    const changed: StoredTransfer[] = [];
    const effects = new Map<string, TransferEffect[]>();
    for (const id of ids) {
      const transfer = this.get(id);
      const step = reduceTransfer({ state: transfer.state, attempts: transfer.attempts }, event);
      if (step.life.state === transfer.state) continue;
      const next = { ...transfer, ...step.life };
      const now = progressOf(id);
      if (now && isActive(transfer.state))
        Object.assign(next, {
          receivedBytes: now.receivedBytes,
          totalBytes: next.totalBytes ?? now.totalBytes,
        });
      if (step.life.state.phase === 'running' && next.receivedBytes > 0 && !next.repair)
        next.resumes++;
      // The manifest of a finished package is on the disk.
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
      // The home's volume is full and no caller can be told: continue in memory and save when there
      // is space.
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
