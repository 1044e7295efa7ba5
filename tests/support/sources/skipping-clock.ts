import { stopReason } from '../../../src/shared/errors.ts';

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
