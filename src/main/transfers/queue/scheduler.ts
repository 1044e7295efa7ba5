import type { TransferEvent } from '../../../shared/model/transfer-reducer.ts';
import type { WaitReason } from '../../../shared/model/transfer.ts';
import type { TransferSettings } from '../api.ts';
import type { StoredTransfer } from '../ports.ts';
import { chooseRuns } from './queue.ts';
import type { Registry } from './registry.ts';
import type { ServiceGate } from './service-gate.ts';

/** What keeps every package from starting until the account is put right. */
const OF_ACCOUNT = new Set<WaitReason>(['signed-out', 'terms']);

type Outlook = {
  registry: Registry;
  gate: ServiceGate;
  /** Ids of those whose run has not ended. */
  busy(): Iterable<string>;
  /** Those somebody asked for in this run of the program. */
  touched: ReadonlySet<string>;
  settings(): TransferSettings;
  /** By the hours that were set only what is urgent runs. */
  standstill(): boolean;
  apply(ids: readonly string[], event: TransferEvent): void;
};

/** Which transfers run: fills the places there are, by priority. */
export class Starter {
  readonly #outlook: Outlook;
  /** How often somebody said that it is right now, by reason. */
  readonly #wakes = new Map<WaitReason, number>();

  constructor(outlook: Outlook) {
    this.#outlook = outlook;
  }

  pump(): void {
    const { registry, gate, busy, settings, standstill, apply } = this.#outlook;
    if (standstill())
      apply(
        [...busy()].filter((id) => !registry.get(id).urgent),
        { type: 'yield' },
      );
    const { activeTransfers, maxAttempts } = settings();
    // Who gives up after some attempts is to be told so of each.
    const packages = maxAttempts === null ? gate.places : Infinity;
    const { start, yield: stop } = chooseRuns(
      this.#ready(),
      [...busy()].map((id) => registry.get(id)),
      activeTransfers,
      packages,
    );
    apply(stop, { type: 'yield' });
    apply(start, { type: 'start' });
  }

  /** A run begins. @returns to be called when it has failed and its new state is known. */
  starting(id: string): () => void {
    const wakes = new Map(this.#wakes);
    if (this.#outlook.registry.get(id).kind !== 'package') return () => undefined;
    this.#outlook.gate.starting();
    return () => this.#onFailed(id, wakes);
  }

  /** What waited for these may start now. */
  woken(reasons: readonly WaitReason[]): void {
    if (reasons.includes('offline')) this.#outlook.gate.open();
    for (const reason of reasons) this.#wakes.set(reason, (this.#wakes.get(reason) ?? 0) + 1);
  }

  /** By priority. */
  *#ready(): Generator<StoredTransfer> {
    const { registry, touched, settings, standstill } = this.#outlook;
    const { scope } = settings();
    for (const { id, urgent } of registry.index.ready) {
      if ((scope === 'touched' && !touched.has(id)) || (standstill() && !urgent)) continue;
      yield registry.get(id);
    }
  }

  /**
   * Where one was told that the account is not right, the other packages would be told the same,
   * each in turn.
   */
  #onFailed(id: string, wakes: ReadonlyMap<WaitReason, number>): void {
    const { registry, apply } = this.#outlook;
    const { state } = registry.get(id);
    if (state.phase !== 'waiting' || !OF_ACCOUNT.has(state.reason)) return;
    // It was put right while this one was under way.
    if (wakes.get(state.reason) !== this.#wakes.get(state.reason))
      return apply([id], { type: 'wake' });
    const others = [...this.#ready()]
      .filter(({ kind }) => kind === 'package')
      .map((other) => other.id);
    apply(others, { type: 'barred', reason: state.reason });
  }
}
