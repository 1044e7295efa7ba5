import { abortReason } from './limiter.ts';

/** A number of things that may be in use at once; who waits gets one in order. */
export class Slots {
  readonly #count: number;
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#count = count;
    this.#free = count;
  }

  get used(): number {
    return this.#count - this.#free;
  }

  /** How to give it back, or null if none is free. */
  tryAcquire(): (() => void) | null {
    if (this.#free === 0) return null;
    this.#free--;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#free++;
      this.#waiting.shift()?.();
    };
  }

  async acquire(signal: AbortSignal): Promise<() => void> {
    for (;;) {
      if (signal.aborted) {
        // It may have been this one's turn: pass it on.
        if (this.#free > 0) this.#waiting.shift()?.();
        throw abortReason(signal);
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
