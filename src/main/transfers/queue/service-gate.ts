import { toWire, type ErrorCode } from '../../../shared/errors.ts';
import { backoffMs } from '../../../shared/model/transfer-reducer.ts';
import type { Clock, PackageSource } from '../ports.ts';

/** Of the service itself, whatever package it was asked for. */
const AWAY = new Set<ErrorCode>([
  'offline',
  'service-unreachable',
  'service-error',
  'timeout',
  'captive-portal',
  'rate-limited',
]);

/**
 * While the service gives no answer, ten thousand packages need not each find that out: one at a
 * time asks, ever more rarely, and the others keep their place in the queue. The first answer,
 * whatever it says, lets all go on.
 */
export class ServiceGate {
  readonly #clock: Clock;
  readonly #onOpen: () => void;
  #failures = 0;
  #untilMs = 0;
  #callOff: (() => void) | null = null;

  /** @param onOpen told when packages may start that could not before. */
  constructor(clock: Clock, onOpen: () => void) {
    this.#clock = clock;
    this.#onOpen = onOpen;
  }

  /** How many packages may start now. */
  get places(): number {
    if (this.#failures === 0) return Infinity;
    return this.#callOff === null ? 1 : 0;
  }

  /** A package starts: while the service is away it is the one that asks. */
  starting(): void {
    if (this.#failures > 0) this.#shut();
  }

  /** There is reason to believe that the service is back. */
  open(): void {
    this.#failures = 0;
    this.close();
  }

  close(): void {
    this.#callOff?.();
    this.#callOff = null;
  }

  /** The same source, heard by the gate. */
  watch(source: PackageSource): PackageSource {
    return {
      keptKeys: () => source.keptKeys(),
      trustedKeys: () => source.trustedKeys(),
      manifest: (...args) => this.#heard(source.manifest(...args)),
      authorise: (...args) => this.#heard(source.authorise(...args)),
      renew: (...args) => this.#heard(source.renew(...args)),
    };
  }

  async #heard<T>(answer: Promise<T>): Promise<T> {
    try {
      const given = await answer;
      this.#answered();
      return given;
    } catch (thrown) {
      const { code, retryAfterMs } = toWire(thrown);
      if (AWAY.has(code)) {
        if (this.#failures === 0) this.#shut();
        this.#waitAtLeast(retryAfterMs ?? 0);
      } else if (code !== 'cancelled') this.#answered();
      throw thrown;
    }
  }

  #answered(): void {
    if (this.#failures === 0) return;
    this.open();
    this.#onOpen();
  }

  #shut(): void {
    this.#failures++;
    this.close();
    this.#waitAtLeast(backoffMs(this.#failures));
  }

  #waitAtLeast(ms: number): void {
    const untilMs = this.#clock.nowMs() + ms;
    if (this.#callOff !== null && untilMs <= this.#untilMs) return;
    this.close();
    this.#untilMs = untilMs;
    this.#callOff = this.#clock.after(ms, () => {
      this.#callOff = null;
      this.#onOpen();
    });
  }
}
