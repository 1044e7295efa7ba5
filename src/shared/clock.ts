import { stopReason } from './errors.ts';

/** The part of `AbortSignal` that a wait needs; shared is compiled without the globals of a process. */
type StopSignal = {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void, options?: { once: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
};

/** Cancels a timer; without effect once it has run. */
export type Cancel = () => void;

export type Clock = {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** Runs once after the delay, however long it is. */
  after(delayMs: number, run: () => void): Cancel;
  /** @throws the signal's reason, `cancelled` by default */
  sleep(delayMs: number, signal?: StopSignal): Promise<void>;
};

/** `Clock.sleep` on the timers of a clock. */
export function sleepOn(
  clock: Pick<Clock, 'after'>,
  delayMs: number,
  signal?: StopSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      cancelTimer();
      if (signal) reject(stopReason(signal));
    };
    const cancelTimer = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    });
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}

// Every process has these two; types of one process would bring its other globals along.
declare function setTimeout(run: () => void, delayMs: number): unknown;
declare function clearTimeout(timer: unknown): void;

/** Longest delay of `setTimeout`, 24.8 days; a longer one fires after 1 ms. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  after(delayMs, run) {
    let timer: unknown;
    const wait = (restMs: number): void => {
      const stepMs = Math.min(restMs, MAX_TIMER_MS);
      timer = setTimeout(() => (restMs > stepMs ? wait(restMs - stepMs) : run()), stepMs);
    };
    wait(delayMs);
    return () => clearTimeout(timer);
  },
  sleep: (delayMs, signal) => sleepOn(systemClock, delayMs, signal),
};
