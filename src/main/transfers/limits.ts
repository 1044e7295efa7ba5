import { stopReason } from '../../shared/errors.ts';
import type { Clock } from '../../shared/clock.ts';
import { limitAt, type Limit, type ActiveLimit } from '../../shared/model/schedule.ts';

/**
 * Token bucket over all connections. A block passes when the balance isn't negative and is then
 * paid for in full, so any block size works with any rate; unused rate accumulates for at most a
 * quarter of a second. A limiter with a `parent` obeys both.
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
      // A changed limit applies within a second.
      await this.#clock.sleep(Math.min(1000, Math.ceil((-this.#balance * 1000) / rate)), signal);
    }
  }
}

/** Counting semaphore, FIFO. */
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

  /** Lowers the count; slots in use stay in use. */
  reduceTo(count: number): void {
    const fewer = Math.max(0, this.#count - count);
    this.#count -= fewer;
    this.#free -= fewer;
  }

  /** @returns a function that releases the slot, or null if none is free */
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
        // This waiter may have been woken for a free slot: wake the next one.
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

/** Connections per host, over all transfers. */
export class HostSlots {
  #count: number;
  #byHost = new Map<string, Slots>();

  constructor(count: number) {
    this.#count = count;
  }

  /** Applies to new connections; existing ones keep their slot. */
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

/** Limits of one run. */
export type RunLimits = {
  /** Bytes per second of this transfer, within the limit for all. */
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
 * Timers stop during sleep and the clock may be set: the schedule is looked at again after this
 * long.
 */
const REFRESH_INTERVAL_MS = 30_000;

/** The limit over all transfers, by the schedule. */
export class Limits {
  readonly limiter: Limiter;
  readonly #clock: Clock;
  readonly #onChanged: () => void;
  #limit: Limit;
  #now: ActiveLimit;
  #cancelTimer: (() => void) | null = null;

  /** @param onChanged called when another limit applies */
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

  /** Applies the limit of this moment. */
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
