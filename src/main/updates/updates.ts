import type { UpdateChannel, UpdatesView } from '../../shared/contract/updates.ts';
import { AppError, messageOf } from '../../shared/errors.ts';
import type { Cancel, Clock } from '../../shared/clock.ts';
import { judgeOffer } from './judge-offer.ts';
import { UpdateError, type UpdateSource } from './ports.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** After a start everything else comes first. */
const QUIET_MS = MINUTE_MS;
const PAUSE_MS = 6 * HOUR_MS;
/** Pauses after failures in a row; the last one stays. */
const PAUSES_MS = [15 * MINUTE_MS, HOUR_MS, PAUSE_MS];
/** So that not all installations ask at the same moment. */
const JITTER = 0.2;
/** A newsroom that always downloads gets its updates too. */
const MAX_WAIT_MS = 24 * HOUR_MS;

export type UpdateRules = { isOn: boolean; channel: UpdateChannel };
type Options = {
  source: UpdateSource;
  clock: Clock;
  /** Of the program that runs. */
  version: string;
  rules: UpdateRules;
  onChanged(view: UpdatesView): void;
  log(message: string): void;
  /** From 0 to 1. */
  random?: () => number;
};
type Shown = Omit<UpdatesView, 'rev' | 'isBusy'>;

const NOTHING: Shown = {
  state: 'idle',
  version: null,
  percent: null,
  checkedAt: null,
  note: null,
  fault: null,
};

/**
 * Looks for newer versions, downloads them while no transfer runs, and has one installed when the
 * program ends. It starts and stops no transfer, and a failure changes nothing but what is shown.
 */
export class Updates {
  readonly #options: Options & { random: () => number };
  #rules: UpdateRules;
  #shown: Shown;
  #rev = 0;
  #isBusy = false;
  #failures = 0;
  /** Whether somebody wants it to start again after it was installed. */
  #isRestart = false;
  #isStarted = false;
  #running: Promise<void> | null = null;
  #stop = new AbortController();
  #cancelTimer: Cancel = () => undefined;
  /** Ends the wait for transfers. */
  #idle: PromiseWithResolvers<void> | null = null;

  constructor(options: Options) {
    this.#options = { random: Math.random, ...options };
    this.#rules = options.rules;
    this.#shown = { ...NOTHING, state: options.rules.isOn ? 'idle' : 'off' };
  }

  get view(): UpdatesView {
    return { rev: this.#rev, ...this.#shown, isBusy: this.#isBusy };
  }

  start(): void {
    this.#isStarted = true;
    this.#plan(QUIET_MS);
  }

  /**
   * Checks at once, and downloads also while transfers run. Resolves when it has begun.
   * @throws `usage` where updates are off
   */
  check(): UpdatesView {
    if (!this.#rules.isOn) throw new AppError('usage', 'Updates are switched off.');
    this.#idle?.resolve();
    this.#run(true);
    return this.view;
  }

  /** What runs under other rules is stopped, and what was downloaded under them isn't installed. */
  setRules(rules: UpdateRules): void {
    const { isOn, channel } = this.#rules;
    if (rules.isOn === isOn && rules.channel === channel) return;
    this.#rules = rules;
    this.#abort();
    this.#isRestart = false;
    this.#set({ ...NOTHING, state: rules.isOn ? 'idle' : 'off' });
    void this.#settled().then(() => this.#plan(0));
  }

  /** @param isBusy transfers run, or go on by themselves */
  setBusy(isBusy: boolean): void {
    if (isBusy === this.#isBusy) return;
    this.#isBusy = isBusy;
    this.#set({});
    if (!isBusy) this.#idle?.resolve();
  }

  /**
   * Has the version that is ready installed by `finish`, which then starts it.
   * @throws `usage` if none is ready, or while transfers run
   */
  requestRestart(): void {
    if (this.#shown.state !== 'ready') throw new AppError('usage', 'No update is ready.');
    if (this.#isBusy)
      throw new AppError(
        'usage',
        'Downloads are running. The update is installed when you quit the app.',
      );
    this.#isRestart = true;
  }

  /** Stops what runs; resolves once nothing does. */
  async close(): Promise<void> {
    this.#isStarted = false;
    this.#abort();
    await this.#settled();
  }

  /**
   * Installs what is ready, as the last step of the program, after `close`.
   * @throws what it failed with
   */
  finish(): void {
    const { source, log } = this.#options;
    try {
      if (this.#shown.state !== 'ready') return;
      log(`updates: ${this.#shown.version} is installed`);
      source.install({ isRestart: this.#isRestart });
    } finally {
      source.close();
    }
  }

  #abort(): void {
    this.#cancelTimer();
    this.#stop.abort();
    this.#idle?.resolve();
  }

  async #settled(): Promise<void> {
    await this.#running;
  }

  #plan(delayMs: number): void {
    this.#cancelTimer();
    if (!this.#isStarted || !this.#rules.isOn) return;
    this.#cancelTimer = this.#options.clock.after(delayMs, () => this.#run(false));
  }

  #run(isByHand: boolean): void {
    if (this.#running !== null) return;
    this.#cancelTimer();
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.#running = this.#look(isByHand, signal)
      .catch((thrown: unknown) => {
        if (!signal.aborted) this.#fail(thrown);
      })
      .finally(() => {
        this.#running = null;
        if (signal.aborted) return;
        const pauseMs =
          this.#failures === 0
            ? PAUSE_MS
            : (PAUSES_MS[Math.min(this.#failures, PAUSES_MS.length) - 1] ?? PAUSE_MS);
        this.#plan(Math.round(pauseMs * (1 + JITTER * (2 * this.#options.random() - 1))));
      });
  }

  async #look(isByHand: boolean, signal: AbortSignal): Promise<void> {
    const { source, clock, version: own } = this.#options;
    const { channel } = this.#rules;
    // One that is ready stays so while it is asked for again.
    const ready = this.#shown.state === 'ready' ? this.#shown.version : null;
    if (ready === null)
      this.#set({ ...NOTHING, state: 'checking', checkedAt: this.#shown.checkedAt });
    const offer = await source.check(channel, signal);
    if (signal.aborted) return;
    const found = { ...NOTHING, version: offer.version, checkedAt: clock.nowMs() };
    const verdict = judgeOffer(offer, { version: own, channel });
    if (verdict.kind === 'refused') {
      this.#fail(
        new UpdateError(verdict.fault, `${offer.version} is refused: ${verdict.fault}`),
        found,
      );
      return;
    }
    if (verdict.kind === 'left') {
      // Also where it was ready: it has been withdrawn.
      this.#failures = 0;
      this.#set({ ...found, state: 'current', note: verdict.note });
      return;
    }
    if (offer.version !== ready) await this.#fetch(found, isByHand, signal);
    if (signal.aborted) return;
    this.#failures = 0;
    this.#set({ ...found, state: 'ready' });
  }

  async #fetch(found: Shown, isByHand: boolean, signal: AbortSignal): Promise<void> {
    if (this.#isBusy && !isByHand) {
      this.#set({ ...found, state: 'found' });
      await this.#untilIdle();
      if (signal.aborted) return;
    }
    this.#set({ ...found, state: 'downloading', percent: 0 });
    await this.#options.source.download((percent) => {
      if (!signal.aborted && percent !== this.#shown.percent) this.#set({ percent });
    }, signal);
  }

  async #untilIdle(): Promise<void> {
    this.#idle = Promise.withResolvers<void>();
    const cancelTimer = this.#options.clock.after(MAX_WAIT_MS, () => this.#idle?.resolve());
    await this.#idle.promise;
    cancelTimer();
    this.#idle = null;
  }

  #fail(thrown: unknown, found: Partial<Shown> = {}): void {
    this.#failures += 1;
    this.#options.log(`updates: ${messageOf(thrown)}`);
    // What is ready was verified before, whatever the server answers now.
    if (this.#shown.state === 'ready') return;
    this.#set({
      ...found,
      state: 'failed',
      percent: null,
      fault: thrown instanceof UpdateError ? thrown.fault : 'other',
    });
  }

  #set(change: Partial<Shown>): void {
    this.#shown = { ...this.#shown, ...change };
    this.#rev += 1;
    this.#options.onChanged(this.view);
  }
}
