import { isActive, isEnded } from '../../../shared/model/transfer-reducer.ts';
import type { TransferRow } from '../api.ts';
import { forecast, type Forecast, type InLine } from './forecast.ts';
import type { Pace } from './pace.ts';
import type { StoredTransfer } from '../ports.ts';

type Deadline = TransferRow['deadline'];
export type Outlook = {
  /** All in the order of the queue, with the bytes of this moment. */
  ordered(): StoredTransfer[];
  places(): number;
  /** How it goes on from now; null when nothing was measured, or all is paused. */
  pace(): Pace | null;
  nowMs(): number;
};

/** An estimate is told again when it has moved by this much. */
const STEP_MS = 60_000;
const FRESH_MS = 1_000;

/** Waits for its turn, or for a moment that comes by itself. */
const isInLine = ({ state }: StoredTransfer): boolean =>
  isActive(state) ||
  state.phase === 'queued' ||
  (state.phase === 'waiting' && (state.reason === 'retry' || state.reason === 'offline'));

const inLineOf = ({
  id,
  totalBytes,
  receivedBytes,
  limitBytesPerSecond,
}: StoredTransfer): InLine => ({
  id,
  remainingBytes: totalBytes === null ? null : Math.max(0, totalBytes - receivedBytes),
  limitBytesPerSecond,
});

/**
 * What becomes of deadlines. They never change the order: a package that will be late says so, and
 * the user may make it urgent.
 */
export class Deadlines {
  readonly #outlook: Outlook;
  readonly #ids = new Set<string>();
  readonly #told = new Map<string, Deadline>();
  #found = new Map<string, Forecast>();
  #foundAtMs = -Infinity;

  constructor(outlook: Outlook) {
    this.#outlook = outlook;
  }

  /** To be called with every transfer that was put. */
  note({ id, deadlineMs, state }: StoredTransfer): void {
    if (deadlineMs === null || isEnded(state)) this.#ids.delete(id);
    else this.#ids.add(id);
  }

  of({ id, deadlineMs, state }: StoredTransfer): Deadline {
    if (deadlineMs === null || isEnded(state)) return null;
    const nowMs = this.#outlook.nowMs();
    const found = this.#look(nowMs).get(id);
    // A lower bound is enough to know that it will be late, not to promise that it will not.
    const late = nowMs > deadlineMs || (found !== undefined && found.atMs > deadlineMs);
    const deadline = {
      atMs: deadlineMs,
      expectedAtMs: found && (found.certain || late) ? found.atMs : null,
      late,
    };
    this.#told.set(id, deadline);
    return deadline;
  }

  /** Those of which something else is to be told than before. */
  moved(all: (id: string) => StoredTransfer | undefined): string[] {
    return [...this.#ids].filter((id) => {
      const transfer = all(id);
      const before = this.#told.get(id) ?? null;
      const now = transfer ? this.of(transfer) : null;
      const step = Math.abs((now?.expectedAtMs ?? 0) - (before?.expectedAtMs ?? 0));
      if (now?.late === before?.late && step < STEP_MS) {
        if (before) this.#told.set(id, before);
        return false;
      }
      return true;
    });
  }

  #look(nowMs: number): Map<string, Forecast> {
    if (nowMs - this.#foundAtMs < FRESH_MS) return this.#found;
    this.#foundAtMs = nowMs;
    const pace = this.#ids.size === 0 ? null : this.#outlook.pace();
    if (!pace) return (this.#found = new Map());
    const standing = this.#outlook.ordered().filter(isInLine);
    const line = [
      ...standing.filter(({ state }) => isActive(state)),
      ...standing.filter(({ state }) => !isActive(state)),
    ];
    // What is urgent waits for nothing else, and goes on in hours of rest.
    const urgent = line.filter((transfer) => transfer.urgent);
    const places = this.#outlook.places();
    return (this.#found = new Map([
      ...forecast(
        line.map(inLineOf),
        this.#askedOf(line.filter((transfer) => !transfer.urgent)),
        places,
        pace,
      ),
      ...forecast(urgent.map(inLineOf), this.#askedOf(urgent), places, pace, true),
    ]));
  }

  #askedOf(line: readonly StoredTransfer[]): Set<string> {
    return new Set(line.map(({ id }) => id).filter((id) => this.#ids.has(id)));
  }

  /** What was worked out before does not count any more. */
  forget(): void {
    this.#foundAtMs = -Infinity;
  }
}
