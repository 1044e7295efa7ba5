import {
  isActive,
  backoffMs,
  type TransferEvent,
  type WaitReason,
} from '../../../shared/model/transfer.ts';
import type { Clock } from '../../../shared/clock.ts';
import type { StoredTransfer, PackageSource } from '../ports.ts';
import { toWire, type ErrorCode } from '../../../shared/errors.ts';
import { isForeignId, isForeignSource } from '../../../shared/model/source.ts';
import type { TransferSettings } from '../api.ts';
import { type Registry, byPriority, type Place } from './registry.ts';
type Queued = Place & Pick<StoredTransfer, 'state' | 'kind' | 'source'>;

/** Of our own service, whose absence holds it up. */
const needsService = ({ kind, source }: Pick<Queued, 'kind' | 'source'>): boolean =>
  kind === 'package' && !isForeignId(source);

/**
 * Chooses transfers to start, and those to preempt for an urgent one. `ready` is sorted by priority
 * and read only as far as needed. `busy` are transfers whose run has not ended, in whatever state:
 * they are not started again and hold their place. An urgent transfer doesn't wait for a stopped
 * run that is held up by a disk or a service. At most `packages` packages of our service start.
 */
export function chooseRuns(
  ready: Iterable<Queued>,
  busy: readonly Queued[],
  places: number,
  packages: number,
): { start: string[]; preempt: string[] } {
  const running = new Set(busy.map(({ id }) => id));
  const active = busy.filter(({ state }) => isActive(state));
  const urgent: Queued[] = [];
  const rest: Queued[] = [];
  let left = packages;
  for (const one of ready) {
    if (running.has(one.id)) continue;
    if (!one.urgent && rest.length >= places) break;
    if (needsService(one) && left-- <= 0) continue;
    (one.urgent ? urgent : rest).push(one);
  }
  const free = Math.max(0, places - active.length);
  const preempted = active
    .filter((one) => !one.urgent && one.state.phase === 'running')
    .toSorted(byPriority)
    .toReversed()
    .slice(0, Math.max(0, urgent.length - free));
  const startUrgent = urgent.slice(0, free + preempted.length);
  const others = rest.slice(0, Math.max(0, places - busy.length - startUrgent.length));
  return {
    start: [...startUrgent, ...others].map(({ id }) => id),
    preempt: preempted.map(({ id }) => id),
  };
}

/**
 * A position before the given transfer, or after all. Positions are fractions, so a move changes
 * one row.
 */
export function positionBefore(transfers: readonly Place[], before: string | null): number {
  const sorted = transfers.toSorted((a, b) => a.position - b.position);
  const index = sorted.findIndex(({ id }) => id === before);
  const next = sorted[index];
  if (!next) return (sorted.at(-1)?.position ?? 0) + 1;
  const previous = sorted[index - 1];
  return previous ? (previous.position + next.position) / 2 : next.position - 1;
}

/** Errors of the service itself, independent of the package. */
const UNREACHABLE = new Set<ErrorCode>([
  'offline',
  'service-unreachable',
  'service-error',
  'timeout',
  'captive-portal',
  'proxy-unreachable',
  'proxy-auth',
  'proxy-refused',
  'rate-limited',
]);

/**
 * Circuit breaker of the service. While it doesn't answer, one package at a time probes it, with
 * growing pauses, and the others stay queued. The first answer of any kind releases all.
 */
export class ServiceCircuit {
  readonly #clock: Clock;
  readonly #onAvailable: () => void;
  #failures = 0;
  #untilMs = 0;
  #cancelTimer: (() => void) | null = null;

  /** @param onAvailable called when packages may start again */
  constructor(clock: Clock, onAvailable: () => void) {
    this.#clock = clock;
    this.#onAvailable = onAvailable;
  }

  /** Number of packages that may start now. */
  get places(): number {
    if (this.#failures === 0) return Infinity;
    return this.#cancelTimer === null ? 1 : 0;
  }

  /** A package starts; while the service is away it is the probe. */
  starting(): void {
    if (this.#failures > 0) this.#trip();
  }

  /** Assumes that the service is back. */
  reset(): void {
    this.#failures = 0;
    this.close();
  }

  close(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  /** The same source, observed by the circuit. */
  watch(source: PackageSource): PackageSource {
    return {
      pinnedKeys: () => source.pinnedKeys(),
      trustedKeys: (service) => source.trustedKeys(service),
      manifest: (...args) => this.#observe(args[0], source.manifest(...args)),
      authorise: (...args) => this.#observe(args[0], source.authorise(...args)),
      renew: (...args) => this.#observe(args[0], source.renew(...args)),
    };
  }

  async #observe<T>(service: string | null, answer: Promise<T>): Promise<T> {
    // A publisher that is away says nothing of the service, and the other way round.
    if (service !== null && isForeignSource(service)) return answer;
    try {
      const given = await answer;
      this.#answered();
      return given;
    } catch (thrown) {
      const { code, retryAfterMs } = toWire(thrown);
      if (UNREACHABLE.has(code)) {
        if (this.#failures === 0) this.#trip();
        this.#waitAtLeast(retryAfterMs ?? 0);
      } else if (code !== 'cancelled' && code !== 'other-service') this.#answered();
      throw thrown;
    }
  }

  #answered(): void {
    if (this.#failures === 0) return;
    this.reset();
    this.#onAvailable();
  }

  #trip(): void {
    this.#failures++;
    this.close();
    this.#waitAtLeast(backoffMs(this.#failures));
  }

  #waitAtLeast(ms: number): void {
    const untilMs = this.#clock.nowMs() + ms;
    if (this.#cancelTimer !== null && untilMs <= this.#untilMs) return;
    this.close();
    this.#untilMs = untilMs;
    this.#cancelTimer = this.#clock.after(ms, () => {
      this.#cancelTimer = null;
      this.#onAvailable();
    });
  }
}

/** Reasons that hold for every package until the account is in order. */
const ACCOUNT_REASONS = new Set<WaitReason>(['signed-out', 'terms']);

type SchedulerDeps = {
  registry: Registry;
  circuit: ServiceCircuit;
  /** Ids of transfers whose run has not ended. */
  busy(): Iterable<string>;
  /** Ids of transfers the user asked for in this run of the program. */
  startedHere: ReadonlySet<string>;
  settings(): TransferSettings;
  /** True while the schedule lets only urgent transfers run. */
  isPaused(): boolean;
  apply(ids: readonly string[], event: TransferEvent): void;
};

/** Fills the places of running transfers by priority. */
export class Scheduler {
  readonly #deps: SchedulerDeps;
  /** Number of wakes by reason. */
  readonly #wakes = new Map<WaitReason, number>();

  constructor(deps: SchedulerDeps) {
    this.#deps = deps;
  }

  schedule(): void {
    const { registry, circuit, busy, settings, isPaused, apply } = this.#deps;
    if (isPaused())
      apply(
        [...busy()].filter((id) => !registry.get(id).urgent),
        { type: 'preempt' },
      );
    const { activeTransfers, maxAttempts } = settings();
    // With a limited number of attempts each transfer must get its own failure.
    const packages = maxAttempts === null ? circuit.places : Infinity;
    const { start, preempt } = chooseRuns(
      this.#ready(),
      [...busy()].map((id) => registry.get(id)),
      activeTransfers,
      packages,
    );
    apply(preempt, { type: 'preempt' });
    apply(start, { type: 'start' });
  }

  /**
   * Called when a run begins.
   * @returns a function to call once it has failed and its state is known
   */
  starting(id: string): () => void {
    const wakes = new Map(this.#wakes);
    if (!needsService(this.#deps.registry.get(id))) return () => undefined;
    this.#deps.circuit.starting();
    return () => this.#onFailed(id, wakes);
  }

  /** Transfers that waited for these reasons may start. */
  woken(reasons: readonly WaitReason[]): void {
    if (reasons.includes('offline')) this.#deps.circuit.reset();
    for (const reason of reasons) this.#wakes.set(reason, (this.#wakes.get(reason) ?? 0) + 1);
  }

  /** By priority. */
  *#ready(): Generator<StoredTransfer> {
    const { registry, startedHere, settings, isPaused } = this.#deps;
    const { scope } = settings();
    for (const { id, urgent } of registry.index.ready) {
      if ((scope === 'started-here' && !startedHere.has(id)) || (isPaused() && !urgent)) continue;
      yield registry.get(id);
    }
  }

  /** One package's account error would be every other package's: block them all at once. */
  #onFailed(id: string, wakes: ReadonlyMap<WaitReason, number>): void {
    const { registry, apply } = this.#deps;
    const { state } = registry.get(id);
    if (state.phase !== 'waiting' || !ACCOUNT_REASONS.has(state.reason)) return;
    // Resolved while this run was still ending.
    if (wakes.get(state.reason) !== this.#wakes.get(state.reason))
      return apply([id], { type: 'wake' });
    const others = [...this.#ready()].filter(needsService).map((other) => other.id);
    apply(others, { type: 'block', reason: state.reason });
  }
}
