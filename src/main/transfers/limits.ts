import { limitAt } from '../../shared/model/limit-hours.ts';
import type { Limit, LimitNow } from '../../shared/model/limit-hours.ts';
import { Limiter } from './limiter.ts';
import type { Clock } from './ports.ts';

/**
 * A timer does not count the time the computer sleeps, and its clock may be set: looked at this
 * often.
 */
const LOOK_MS = 30_000;

/** The limit over all transfers, by the clock where it has hours. */
export class Limits {
  readonly limiter: Limiter;
  readonly #clock: Clock;
  readonly #onChanged: () => void;
  #limit: Limit;
  #now: LimitNow;
  #callOff: (() => void) | null = null;

  /** @param onChanged told when another limit applies than before. */
  constructor(clock: Clock, limit: Limit, onChanged: () => void) {
    this.#clock = clock;
    this.#onChanged = onChanged;
    this.#limit = limit;
    this.#now = limitAt(limit, clock.nowMs());
    this.limiter = new Limiter(clock);
    this.limiter.set(this.#now.bytesPerSecond);
    this.#wait();
  }

  get now(): LimitNow {
    return this.#now;
  }

  set(limit: Limit): void {
    this.#limit = limit;
    this.look();
  }

  /** Applies what holds at this moment. */
  look(): void {
    const before = this.#now;
    this.#now = limitAt(this.#limit, this.#clock.nowMs());
    const { bytesPerSecond, standstill, untilMs } = this.#now;
    if (bytesPerSecond !== before.bytesPerSecond) this.limiter.set(bytesPerSecond);
    this.#wait();
    if (
      bytesPerSecond !== before.bytesPerSecond ||
      standstill !== before.standstill ||
      untilMs !== before.untilMs
    )
      this.#onChanged();
  }

  #wait(): void {
    this.close();
    const { untilMs } = this.#now;
    if (untilMs !== null)
      this.#callOff = this.#clock.after(
        Math.min(LOOK_MS, Math.max(0, untilMs - this.#clock.nowMs())),
        () => this.look(),
      );
  }

  close(): void {
    this.#callOff?.();
    this.#callOff = null;
  }
}
