import { isActive, isEnded } from '../../../shared/model/transfer-reducer.ts';
import type { TransferTab, TransferTotals } from '../api.ts';
import type { StoredTransfer } from '../ports.ts';
import { byPriority } from './queue.ts';
import { inTab, tabOf } from './view.ts';

type Ready = Pick<StoredTransfer, 'id' | 'urgent' | 'position'>;
type Lookup = (id: string) => StoredTransfer | undefined;

const openBytes = ({ state, totalBytes, receivedBytes }: StoredTransfer): number =>
  isEnded(state) || isActive(state) ? 0 : Math.max(0, (totalBytes ?? 0) - receivedBytes);

/**
 * Counts, sums and orders over all transfers, kept up with each change, so that a push costs what
 * changed and not what there is.
 */
export class QueueIndex {
  readonly #find: Lookup;
  readonly #active = new Set<string>();
  readonly #bySource = new Map<string, string[]>();
  /** What is queued, by priority. */
  readonly #ready: Ready[] = [];
  readonly #tabs = new Map<TransferTab, string[]>();
  readonly counts: TransferTotals['counts'] = { all: 0, active: 0, waiting: 0, done: 0, failed: 0 };
  /** Bytes to go of what neither runs nor has ended. */
  restingBytes = 0;

  constructor(find: Lookup) {
    this.#find = find;
  }

  get active(): ReadonlySet<string> {
    return this.#active;
  }

  get ready(): readonly Ready[] {
    return this.#ready;
  }

  /** Ids of transfers of the same address, path or package. */
  ofSource(source: string): readonly string[] {
    return this.#bySource.get(source) ?? [];
  }

  /** To be called with every change, after it; null where there was, or is, no transfer. */
  change(before: StoredTransfer | null, after: StoredTransfer | null): void {
    this.#count(before, -1);
    this.#count(after, 1);
    if (!before || !after) this.#trackSource(before, after);
    this.#trackReady(before, after);
    const id = (after ?? before)?.id ?? '';
    if (after && isActive(after.state)) this.#active.add(id);
    else this.#active.delete(id);
    if (!before || !after || before.position !== after.position || before.urgent !== after.urgent)
      this.#tabs.clear();
    else if (
      before.finishedAtMs !== after.finishedAtMs ||
      tabOf(before.state) !== tabOf(after.state)
    )
      for (const tab of [tabOf(before.state), tabOf(after.state)]) this.#tabs.delete(tab);
  }

  /**
   * In the order they are shown: the newest first where they are done, else the order of the queue.
   */
  idsOf(tab: TransferTab): readonly string[] {
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
    this.restingBytes += by * openBytes(transfer);
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

  /** Before the first that has no higher priority. */
  #placeOf(one: Ready): number {
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
