import { performance } from 'node:perf_hooks';

/**
 * A clock of somebody else as it was heard last in this run. A change of this computer's clock
 * doesn't move it; while the computer sleeps it may fall behind.
 */
export class HeardClock {
  #heard: { ms: number; at: number } | null = null;

  /** @param ms what it shows now, ms since 1970 */
  hear(ms: number): void {
    this.#heard = { ms, at: performance.now() };
  }

  forget(): void {
    this.#heard = null;
  }

  /** What it shows now, ms since 1970; null while it wasn't heard. */
  nowMs(): number | null {
    return this.#heard && this.#heard.ms + performance.now() - this.#heard.at;
  }
}
