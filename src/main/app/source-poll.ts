import { AppError, toWire } from '../../shared/errors.ts';
import type { Cancel, Clock } from '../../shared/clock.ts';
import { faultOf } from '../catalogue/sync-fault.ts';
import type { SourceStatus } from '../adapters/fs/source-status-file.ts';

export const NEVER_CHECKED: SourceStatus = {
  syncedAt: null,
  nextAt: null,
  fault: null,
  failures: 0,
  refusals: 0,
};

/** After a start everything else comes first. */
const QUIET_MS = 30_000;
const MINUTE = 60_000;
/** Pauses after failures in a row; the last one stays. */
const PAUSES_MS = [MINUTE, MINUTE, 5 * MINUTE, 30 * MINUTE, 120 * MINUTE];
/** A source that refuses this often, or is gone for good, is only asked again by a person. */
const MAX_REFUSALS = 3;
/** No source asks for a longer pause: what is planned later was planned by a clock that was ahead. */
const MAX_PAUSE_MS = 8 * 24 * 60 * MINUTE;
/** So that not all installations ask at the same moment. */
const JITTER = 0.1;

type Options = {
  status: SourceStatus;
  clock: Clock;
  /**
   * @param isByHand somebody has asked for it
   * @returns the pause until the next check, ms
   */
  check(signal: AbortSignal, isByHand: boolean): Promise<number>;
  onChanged(): void;
  /** Called with what is no `AppError`. */
  onBug(thrown: unknown): void;
  /** Calls back on changes of the source, which are looked at at once. @returns ends it */
  watch?: ((onChange: () => void) => () => void) | undefined;
  /** From 0 to 1. */
  random?: () => number;
};

/** Checks one source again and again. No failure of it reaches another. */
export class SourcePoll {
  #status: SourceStatus;
  #running: Promise<void> | null = null;
  #stop = new AbortController();
  #cancelTimer: Cancel = () => undefined;
  #isStarted = false;
  #unwatch: (() => void) | null = null;
  #hasChanged = false;
  #isStopping = false;
  readonly #options: Options & { random: () => number };

  constructor(options: Options) {
    this.#options = { random: Math.random, ...options };
    this.#status = options.status;
  }

  get status(): SourceStatus {
    return this.#status;
  }

  get isChecking(): boolean {
    return this.#running !== null;
  }

  /**
   * Checks whenever it is due; what was never checked is due at once, or once a check that is being
   * stopped has ended.
   */
  start(): void {
    this.#isStarted = true;
    const { clock, watch } = this.#options;
    this.#unwatch ??= watch?.(() => this.#lookSoon()) ?? null;
    const { syncedAt, nextAt, failures, fault } = this.#status;
    if (syncedAt === null && fault === null) {
      if (this.#isStopping && this.isChecking) this.#hasChanged = true;
      else void this.check();
    } else if (nextAt !== null || failures === 0) {
      const pauseMs = (nextAt ?? 0) - clock.nowMs();
      this.#plan(pauseMs > MAX_PAUSE_MS ? QUIET_MS : Math.max(QUIET_MS, pauseMs));
    }
  }

  /** Ends a check that runs and plans none; resolves once nothing runs. */
  async stop(): Promise<void> {
    this.#isStarted = false;
    this.#unwatch?.();
    this.#unwatch = null;
    this.#cancelTimer();
    this.#stop.abort();
    // It may be started again before that check has ended.
    this.#stop = new AbortController();
    this.#isStopping = true;
    await this.#running;
    this.#isStopping = false;
  }

  /**
   * Checks now; concurrent calls share one check. Never rejects: the status has the fault.
   *
   * @param isByHand somebody has asked for it
   */
  check(isByHand = false): Promise<void> {
    this.#cancelTimer();
    this.#running ??= this.#check(isByHand).finally(() => {
      this.#running = null;
      this.#options.onChanged();
      if (this.#hasChanged) this.#lookSoon();
    });
    this.#options.onChanged();
    return this.#running;
  }

  /** What changes while it is looked at may have been passed by. */
  #lookSoon(): void {
    this.#hasChanged = this.isChecking;
    if (this.#isStarted && !this.isChecking) void this.check();
  }

  async #check(isByHand: boolean): Promise<void> {
    const { signal } = this.#stop;
    const { clock } = this.#options;
    try {
      const pauseMs = await this.#options.check(signal, isByHand);
      if (signal.aborted) return;
      this.#status = { ...NEVER_CHECKED, syncedAt: clock.nowMs() };
      this.#plan(this.#jittered(pauseMs));
    } catch (thrown) {
      if (signal.aborted) return;
      this.#fail(thrown);
    }
  }

  #fail(thrown: unknown): void {
    const { clock, onBug } = this.#options;
    if (!(thrown instanceof AppError)) onBug(thrown);
    const error = toWire(thrown);
    const kind = thrown instanceof AppError ? faultOf(thrown) : null;
    const isRefused = kind === 'origin-refused' || kind === 'key-refused';
    const { fault, failures } = this.#status;
    const count = failures + 1;
    const refusals = isRefused ? this.#status.refusals + 1 : 0;
    this.#status = {
      ...this.#status,
      nextAt: null,
      failures: count,
      refusals,
      fault: { ...error, since: fault?.since ?? clock.nowMs() },
    };
    if (kind === 'gone' || refusals >= MAX_REFUSALS) return;
    const pause = PAUSES_MS[Math.min(count, PAUSES_MS.length) - 1] ?? MINUTE;
    this.#plan(this.#jittered(Math.max(pause, error.retryAfterMs ?? 0)));
  }

  #jittered(pauseMs: number): number {
    return Math.round(pauseMs * (1 + JITTER * (2 * this.#options.random() - 1)));
  }

  /** Until it is started, the time is only kept: for the run that starts it. */
  #plan(delayMs: number): void {
    const { clock } = this.#options;
    this.#cancelTimer();
    if (this.#isStarted) this.#cancelTimer = clock.after(delayMs, () => void this.check());
    this.#set({ nextAt: clock.nowMs() + delayMs });
  }

  #set(change: Partial<SourceStatus>): void {
    this.#status = { ...this.#status, ...change };
    this.#options.onChanged();
  }
}
