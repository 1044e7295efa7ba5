import type * as z from 'zod';
import type { connection } from '../../shared/contract/app.ts';
import { systemClock } from '../../shared/clock.ts';
import { HeardClock } from '../adapters/heard-clock.ts';

export type ConnectionView = z.infer<typeof connection>;

/** Reachability and clock of the service, as reported by every request. */
export class Connection {
  #view: ConnectionView = {
    rev: 0,
    state: 'no-service',
    demo: false,
    lastSeenAt: null,
    clockOffsetMs: 0,
  };
  readonly #onChanged: (view: ConnectionView) => void;

  readonly #onReconnected: () => void;
  #wasOffline = false;
  readonly #heard = new HeardClock();

  /**
   * @param onBack called when the service answers again after it was unreachable, so that waiting
   * work can retry at once
   */
  constructor(onChanged: (view: ConnectionView) => void, onBack: () => void = () => undefined) {
    this.#onChanged = onChanged;
    this.#onReconnected = onBack;
  }

  get view(): ConnectionView {
    return this.#view;
  }

  get isOnline(): boolean {
    return this.#view.state === 'online';
  }

  /** The service's clock, ms since 1970. */
  serviceNow(): number {
    return systemClock.nowMs() + this.#view.clockOffsetMs;
  }

  /** What the service's clock shows by its last answer of this run, ms since 1970; null without one. */
  knownServiceNow(): number | null {
    return this.#heard.nowMs();
  }

  starting(demo: boolean): void {
    // Another service may have another clock.
    this.#heard.forget();
    this.#update({ state: 'starting', demo, lastSeenAt: null });
  }

  none(): void {
    this.#update({ state: 'no-service', demo: false, lastSeenAt: null });
  }

  seen(clockOffsetMs: number): void {
    this.#heard.hear(systemClock.nowMs() + clockOffsetMs);
    // Differences below 2 s are within the resolution of `Date` (RFC 9110 §6.6.1) and the latency.
    const offset =
      Math.abs(clockOffsetMs - this.#view.clockOffsetMs) < 2000
        ? this.#view.clockOffsetMs
        : clockOffsetMs;
    const isChanged = this.#view.state !== 'online' || offset !== this.#view.clockOffsetMs;
    this.#view = { ...this.#view, lastSeenAt: systemClock.nowMs() };
    if (isChanged) this.#update({ state: 'online', clockOffsetMs: offset });
  }

  unreachable(): void {
    if (this.#view.state !== 'offline') this.#update({ state: 'offline' });
  }

  #update(change: Partial<ConnectionView>): void {
    this.#view = { ...this.#view, ...change, rev: this.#view.rev + 1 };
    this.#onChanged(this.#view);
    if (this.#wasOffline && this.isOnline) this.#onReconnected();
    this.#wasOffline = this.#view.state === 'offline' || (this.#wasOffline && !this.isOnline);
  }
}
