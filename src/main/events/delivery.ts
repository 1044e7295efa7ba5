import type { Cancel, Clock } from '../../shared/clock.ts';
import type { DeskEvent, EventKind } from '../../shared/contract/events.ts';
import { AppError, type ErrorCode } from '../../shared/errors.ts';
import type { EventStore, TargetState } from './ports.ts';

/** What became of one try. */
export type Outcome =
  | { kind: 'delivered' }
  /** It wants no more events, ever. */
  | { kind: 'gone'; message: string }
  | {
      kind: 'failed';
      code: ErrorCode;
      message: string;
      /** When it asks to be tried again, ms from now. */
      retryAfterMs?: number | null;
      /** It was reached, and has refused this event: another one may do. */
      isOfEvent?: boolean;
      /** Something is missing here, such as an unlocked keychain: the target has done nothing wrong. */
      isOfDesk?: boolean;
    };

/** Where events go: an address or a command. */
export type Target = {
  id: string;
  events: readonly EventKind[];
  /** How often an event is tried that it refuses; null for as long as the target is in use. */
  maxTries: number | null;
  /** One at a time, in order. Never throws. */
  send(event: DeskEvent, signal: AbortSignal): Promise<Outcome>;
};

const FIRST_PAUSE_MS = 5_000;
const GROWTH = 4;
const MAX_PAUSE_MS = 3 * 3_600_000;
/** After so long without any success a target is switched off. */
export const OFF_AFTER_MS = 5 * 24 * 3_600_000;
/** Tries that it must have had by then: the app may have been closed meanwhile. */
const OFF_TRIES = 20;
/** Until a state that couldn’t be stored, or a closed keychain, is tried again. */
const DESK_PAUSE_MS = 60_000;

/** Pause after so many failures in a row: 5 s, 20 s, 80 s, … up to 3 hours. */
export const pauseMs = (attempts: number): number =>
  Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * GROWTH ** Math.max(0, attempts - 1));

type Deps = {
  store: Pick<EventStore, 'after' | 'newest' | 'target' | 'saveTarget'>;
  clock: Clock;
  /** The state of a target has changed. */
  onChanged(): void;
  log(message: string): void;
  onBug(thrown: unknown): void;
};

type Running = {
  target: Target;
  stop: AbortController;
  cancelTimer: Cancel;
  /** ms since 1970; null while nothing waits for a pause to end. */
  nextTryMs: number | null;
  work: Promise<void> | null;
  /** Something came while it worked. */
  isAgain: boolean;
};

const FRESH: Omit<TargetState, 'cursor'> = {
  lastDeliveredMs: null,
  failingSinceMs: null,
  attempts: 0,
  fault: null,
  off: null,
  missed: 0,
};

/**
 * Hands events to targets: to each in order, at least once, whatever ends the program. What an event
 * has led to is stored before the next one is sent; if the program is killed in between, it is sent
 * again with the same id. No target holds up another.
 */
export class Deliveries {
  readonly #deps: Deps;
  readonly #running = new Map<string, Running>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The state of a target; one that is new begins with what happens from now on. */
  state(id: string): TargetState {
    const { store } = this.#deps;
    const known = store.target(id);
    if (known) return known;
    const state = { ...FRESH, cursor: store.newest() };
    store.saveTarget(id, state);
    return state;
  }

  nextTryMs(id: string): number | null {
    return this.#running.get(id)?.nextTryMs ?? null;
  }

  /** Exactly these get events from now on; what is under way to others is stopped. */
  setTargets(targets: readonly Target[]): void {
    const wanted = new Map(targets.map((target) => [target.id, target]));
    for (const [id, running] of this.#running)
      if (!wanted.has(id)) {
        this.#stop(running);
        this.#running.delete(id);
      }
    for (const target of targets) {
      const running = this.#running.get(target.id);
      if (running) running.target = target;
      else
        this.#running.set(target.id, {
          target,
          stop: new AbortController(),
          cancelTimer: () => undefined,
          nextTryMs: null,
          work: null,
          isAgain: false,
        });
    }
    this.kick();
  }

  /** There may be new events. */
  kick(): void {
    for (const running of this.#running.values())
      if (running.nextTryMs === null) this.#start(running);
  }

  /** Switches a target on again, and tries now what would be tried later. */
  resume(id: string): void {
    const state = this.state(id);
    this.#deps.store.saveTarget(id, {
      ...state,
      attempts: 0,
      failingSinceMs: null,
      off: null,
      fault: state.off === null ? state.fault : null,
    });
    const running = this.#running.get(id);
    if (running) this.#start(running);
    this.#deps.onChanged();
  }

  async close(): Promise<void> {
    const all = [...this.#running.values()];
    for (const running of all) this.#stop(running);
    await Promise.all(all.map(async ({ work }) => work));
  }

  #stop(running: Running): void {
    running.cancelTimer();
    running.stop.abort();
  }

  #start(running: Running): void {
    if (running.stop.signal.aborted) return;
    running.isAgain = running.work !== null;
    if (running.work !== null) return;
    running.cancelTimer();
    running.nextTryMs = null;
    running.work = this.#deliver(running)
      .catch((thrown: unknown) => {
        // Such as a full disk: what was sent is sent again.
        if (thrown instanceof AppError) this.#deps.log(`${running.target.id}: ${thrown.message}`);
        else this.#deps.onBug(thrown);
        this.#wait(running, DESK_PAUSE_MS);
      })
      .finally(() => {
        running.work = null;
        if (running.isAgain) this.#start(running);
      });
  }

  async #deliver(running: Running): Promise<void> {
    const { store, onChanged } = this.#deps;
    const { signal } = running.stop;
    while (!signal.aborted) {
      const { target } = running;
      const state = this.state(target.id);
      if (state.off !== null) return;
      const [event] = store.after(state.cursor, 1, target.events);
      if (!event) return;
      const outcome = await target.send(event, signal);
      if (signal.aborted) return;
      const next = this.#next(target, state, event, outcome);
      store.saveTarget(target.id, next);
      if (next.attempts > 0 && next.off === null)
        this.#wait(
          running,
          Math.max(
            pauseMs(next.attempts),
            outcome.kind === 'failed'
              ? outcome.isOfDesk === true
                ? DESK_PAUSE_MS
                : (outcome.retryAfterMs ?? 0)
              : 0,
          ),
        );
      onChanged();
      if (next.attempts > 0) return;
    }
  }

  #next(target: Target, state: TargetState, event: DeskEvent, outcome: Outcome): TargetState {
    const { clock, log } = this.#deps;
    const nowMs = clock.nowMs();
    if (outcome.kind === 'delivered')
      return {
        ...FRESH,
        cursor: event.number,
        lastDeliveredMs: nowMs,
        missed: state.missed,
      };
    const { message } = outcome;
    const failing = {
      ...state,
      attempts: state.attempts + 1,
      failingSinceMs: state.failingSinceMs ?? nowMs,
      fault: {
        code: outcome.kind === 'gone' ? ('source-gone' as const) : outcome.code,
        message,
      },
    };
    if (outcome.kind === 'failed' && outcome.isOfDesk === true)
      return { ...failing, attempts: 1, failingSinceMs: nowMs };
    log(`${target.id}: ${event.type} ${event.id} wasn’t delivered: ${message}`);
    if (outcome.kind === 'gone') return { ...failing, off: 'gone' };
    if (
      outcome.isOfEvent === true &&
      target.maxTries !== null &&
      failing.attempts >= target.maxTries
    ) {
      log(`${target.id}: ${event.type} ${event.id} is given up`);
      // The next event begins anew; what was wrong with this one stays to be read.
      return {
        ...failing,
        cursor: event.number,
        attempts: 0,
        missed: state.missed + 1,
      };
    }
    return nowMs - failing.failingSinceMs >= OFF_AFTER_MS && failing.attempts >= OFF_TRIES
      ? { ...failing, off: 'failing' }
      : failing;
  }

  #wait(running: Running, delayMs: number): void {
    const { clock } = this.#deps;
    if (running.stop.signal.aborted) return;
    running.nextTryMs = clock.nowMs() + delayMs;
    running.cancelTimer = clock.after(delayMs, () => this.#start(running));
  }
}
