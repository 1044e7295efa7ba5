import { sleepOn, systemClock, type Clock } from '../../../src/shared/clock.ts';
import { stopReason } from '../../../src/shared/errors.ts';

/** A clock that only moves with `advance`. */
export class FakeClock implements Clock {
  #nowMs = 0;
  readonly #timers = new Set<{ atMs: number; run: () => void }>();

  readonly nowMs = (): number => this.#nowMs;

  readonly after: Clock['after'] = (delayMs, run) => {
    const timer = { atMs: this.#nowMs + delayMs, run };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  };

  readonly sleep: Clock['sleep'] = (delayMs, signal) => sleepOn(this, delayMs, signal);

  /** Moves on, running due timers in order, also those they add. */
  async advance(ms: number): Promise<void> {
    const end = this.#nowMs + ms;
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const due = [...this.#timers]
        .filter(({ atMs }) => atMs <= end)
        .toSorted((a, b) => a.atMs - b.atMs)[0];
      if (!due) break;
      this.#timers.delete(due);
      this.#nowMs = Math.max(this.#nowMs, due.atMs);
      due.run();
    }
    this.#nowMs = end;
  }
}

/** The system's clock, this many times faster. */
export function fasterClock(times: number): Clock {
  const startedAtMs = Date.now();
  return {
    nowMs: () => startedAtMs + (Date.now() - startedAtMs) * times,
    after: (delayMs, run) => systemClock.after(delayMs / times, run),
    sleep: (delayMs, signal) => systemClock.sleep(delayMs / times, signal),
  };
}

/** A clock that nobody waits for: a sleep moves it on. */
export class SkippingClock {
  /** Each of the sleeps, ms. */
  readonly slept: number[] = [];
  #nowMs: number;

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  readonly nowMs = (): number => this.#nowMs;

  readonly sleep = async (delayMs: number, signal?: AbortSignal): Promise<void> => {
    if (signal?.aborted) throw stopReason(signal);
    this.slept.push(delayMs);
    this.#nowMs += delayMs;
  };

  pass(ms: number): void {
    this.#nowMs += ms;
  }
}
