import type { TransferChange, TransferRow, TransferTotals } from '../api.ts';
import type { Clock } from '../../../shared/clock.ts';

const EMIT_INTERVAL_MS = 250;
const IDLE_INTERVAL_MS = 1_000;
/** Changes within this time share an event. */
const COALESCE_MS = 20;

type Source = {
  rowOf(id: string): TransferRow | null;
  totals(rev: number): TransferTotals;
  /** Ids of running transfers. */
  active(): ReadonlySet<string>;
  /** Ids of transfers whose deadline forecast has changed. */
  changedDeadlines(): string[];
};

/** Coalesces changes to 4 events/s; the last state of a row is always emitted. */
export class ChangeEmitter {
  readonly #clock: Clock;
  readonly #source: Source;
  readonly #listeners = new Set<(change: TransferChange) => void>();
  readonly #dirty = new Set<string>();
  readonly #removed = new Set<string>();
  #cancelTimer: (() => void) | null = null;
  #isSoon = false;
  #flushedAtMs = -Infinity;
  rev: number;

  constructor(clock: Clock, source: Source, firstRev: number) {
    this.#clock = clock;
    this.rev = firstRev;
    this.#source = source;
  }

  listen(listener: (change: TransferChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  changed(...ids: string[]): void {
    for (const id of ids) this.#dirty.add(id);
    this.#flushSoon();
  }

  removed(ids: string[]): void {
    for (const id of ids) {
      this.#dirty.delete(id);
      this.#removed.add(id);
    }
    this.#flushSoon();
  }

  /** Emits pending changes at once: when nothing runs any more no further event is due. */
  flush(): void {
    if (this.#dirty.size > 0 || this.#removed.size > 0) this.#flush();
  }

  close(): void {
    this.flush();
    this.#cancelTimer?.();
    this.#listeners.clear();
  }

  /** Nearly at once after a quiet period, so that the effect of a command shows. */
  #flushSoon(): void {
    this.#flushIn(
      Math.max(COALESCE_MS, EMIT_INTERVAL_MS - (this.#clock.nowMs() - this.#flushedAtMs)),
      true,
    );
  }

  #flushIn(delayMs: number, soon: boolean): void {
    if (this.#cancelTimer && (this.#isSoon || !soon)) return;
    this.#cancelTimer?.();
    this.#isSoon = soon;
    this.#cancelTimer = this.#clock.after(delayMs, () => this.#flush());
  }

  #flush(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    // The speed of a running transfer sinks even if nothing arrives.
    const active = this.#source.active();
    for (const id of active) this.#dirty.add(id);
    for (const id of this.#source.changedDeadlines()) this.#dirty.add(id);
    this.rev++;
    this.#flushedAtMs = this.#clock.nowMs();
    const rows = [...this.#dirty].flatMap((id) => this.#source.rowOf(id) ?? []);
    const removed = [...this.#removed];
    this.#dirty.clear();
    this.#removed.clear();
    const change = { totals: this.#source.totals(this.rev), rows, removed };
    for (const listener of this.#listeners) listener(change);
    if (active.size > 0) this.#flushIn(IDLE_INTERVAL_MS, false);
  }
}
