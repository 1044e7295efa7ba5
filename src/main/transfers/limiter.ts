import { AppError } from '../../shared/errors.ts';
import type { Clock } from './ports.ts';

/**
 * Waits on the port's clock; rejects with the signal's reason (`cancelled` by default) when that
 * comes first.
 */
export function waitFor(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      callOff();
      reject(abortReason(signal));
    };
    const callOff = clock.after(delayMs, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

export function abortReason(signal: AbortSignal): AppError {
  return signal.reason instanceof AppError ? signal.reason : new AppError('cancelled', 'Stopped');
}

/**
 * A token bucket over all connections. A block is let through when the bucket is not in debt and
 * then paid for whole, so that any block size works with any rate; at most a quarter of a second of
 * unused rate is saved up. A limiter with a `parent` holds both limits.
 */
export class Limiter {
  readonly #clock: Clock;
  readonly #parent: Limiter | null;
  #bytesPerSecond: number | null = null;
  #balance = 0;
  #filledAtMs = 0;

  constructor(clock: Clock, parent: Limiter | null = null) {
    this.#clock = clock;
    this.#parent = parent;
  }

  set(bytesPerSecond: number | null): void {
    this.#bytesPerSecond = bytesPerSecond;
    this.#balance = 0;
    this.#filledAtMs = this.#clock.nowMs();
  }

  async take(bytes: number, signal: AbortSignal): Promise<void> {
    await this.#takeOwn(bytes, signal);
    await this.#parent?.take(bytes, signal);
  }

  async #takeOwn(bytes: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      const rate = this.#bytesPerSecond;
      if (rate === null) return;
      const nowMs = this.#clock.nowMs();
      this.#balance = Math.min(
        rate / 4,
        this.#balance + (rate * Math.max(0, nowMs - this.#filledAtMs)) / 1000,
      );
      this.#filledAtMs = nowMs;
      if (this.#balance >= 0) {
        this.#balance -= bytes;
        return;
      }
      // A changed limit must be felt within a second.
      await waitFor(this.#clock, Math.min(1000, Math.ceil((-this.#balance * 1000) / rate)), signal);
    }
  }
}
