import { AppError } from '../../shared/errors.ts';
import type { Clock } from './ports.ts';
import { limitAt, type Limit, type ActiveLimit } from '../../shared/model/schedule.ts';

/**
 * Waits on the port's clock; rejects with the signal's reason (`cancelled` by default) when that
 * comes first.
 */
export function waitFor(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      cancelTimer();
      reject(stopReason(signal));
    };
    const cancelTimer = clock.after(delayMs, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

export function stopReason(signal: AbortSignal): AppError {
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

/** A number of things that may be in use at once; who waits gets one in order. */
export class Slots {
  #count: number;
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#count = count;
    this.#free = count;
  }

  get used(): number {
    return this.#count - this.#free;
  }

  /** Lowers the number; what is in use stays so. */
  reduceTo(count: number): void {
    const fewer = Math.max(0, this.#count - count);
    this.#count -= fewer;
    this.#free -= fewer;
  }

  /** How to give it back, or null if none is free. */
  tryAcquire(): (() => void) | null {
    if (this.#free <= 0) return null;
    this.#free--;
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      this.#free++;
      this.#waiting.shift()?.();
    };
  }

  async acquire(signal: AbortSignal): Promise<() => void> {
    for (;;) {
      if (signal.aborted) {
        // It may have been this one's turn: pass it on.
        if (this.#free > 0) this.#waiting.shift()?.();
        throw stopReason(signal);
      }
      const release = this.tryAcquire();
      if (release) return release;
      await new Promise<void>((resolve) => {
        const go = () => {
          signal.removeEventListener('abort', leave);
          resolve();
        };
        const leave = () => {
          this.#waiting.splice(this.#waiting.indexOf(go), 1);
          resolve();
        };
        this.#waiting.push(go);
        signal.addEventListener('abort', leave, { once: true });
      });
    }
  }
}

/**
 * Connections to one server over all transfers: what a package may use and what a server should
 * bear are two numbers.
 */
export class HostSlots {
  #count: number;
  #byHost = new Map<string, Slots>();

  constructor(count: number) {
    this.#count = count;
  }

  /** For connections that begin from now on; those under way keep the place they have. */
  set(count: number): void {
    if (count === this.#count) return;
    this.#count = count;
    this.#byHost = new Map();
  }

  acquire(url: string, signal: AbortSignal): Promise<() => void> {
    const { host } = new URL(url);
    const slots = this.#byHost.get(host) ?? new Slots(this.#count);
    this.#byHost.set(host, slots);
    return slots.acquire(signal);
  }
}

/** Files of one transfer that are fetched at the same time. */
export const FILES_AT_ONCE = 8;

/** What one run may use. */
export type RunLimits = {
  /** Of this transfer, within the one for all. */
  rate: Limiter;
  hosts: HostSlots;
  /** Connections over all files of the run. */
  slots: Slots;
  connectionsPerFile: number;
  /** Longest time without a byte before a connection counts as dead. */
  stallMs: number;
};

export const runLimits = (
  { connectionsPerFile, stallMs }: Pick<RunLimits, 'connectionsPerFile' | 'stallMs'>,
  rate: Limiter,
  hosts: HostSlots,
): RunLimits => ({
  rate,
  hosts,
  slots: new Slots(Math.max(FILES_AT_ONCE, connectionsPerFile)),
  connectionsPerFile,
  stallMs,
});

/**
 * A timer does not count the time the computer sleeps, and its clock may be set: looked at this
 * often.
 */
const REFRESH_INTERVAL_MS = 30_000;

/** The limit over all transfers, by the clock where it has hours. */
export class Limits {
  readonly limiter: Limiter;
  readonly #clock: Clock;
  readonly #onChanged: () => void;
  #limit: Limit;
  #now: ActiveLimit;
  #cancelTimer: (() => void) | null = null;

  /** @param onChanged told when another limit applies than before. */
  constructor(clock: Clock, limit: Limit, onChanged: () => void) {
    this.#clock = clock;
    this.#onChanged = onChanged;
    this.#limit = limit;
    this.#now = limitAt(limit, clock.nowMs());
    this.limiter = new Limiter(clock);
    this.limiter.set(this.#now.bytesPerSecond);
    this.#scheduleRefresh();
  }

  get now(): ActiveLimit {
    return this.#now;
  }

  set(limit: Limit): void {
    this.#limit = limit;
    this.refresh();
  }

  /** Applies what holds at this moment. */
  refresh(): void {
    const before = this.#now;
    this.#now = limitAt(this.#limit, this.#clock.nowMs());
    const { bytesPerSecond, isPaused, untilMs } = this.#now;
    if (bytesPerSecond !== before.bytesPerSecond) this.limiter.set(bytesPerSecond);
    this.#scheduleRefresh();
    if (
      bytesPerSecond !== before.bytesPerSecond ||
      isPaused !== before.isPaused ||
      untilMs !== before.untilMs
    )
      this.#onChanged();
  }

  #scheduleRefresh(): void {
    this.close();
    const { untilMs } = this.#now;
    if (untilMs !== null)
      this.#cancelTimer = this.#clock.after(
        Math.min(REFRESH_INTERVAL_MS, Math.max(0, untilMs - this.#clock.nowMs())),
        () => this.refresh(),
      );
  }

  close(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }
}
