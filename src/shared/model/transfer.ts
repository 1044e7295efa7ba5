import * as z from 'zod';
import { ERROR_CODES, type ErrorCode, type WireError } from '../errors.ts';

/*
 *            enqueue
 *               |
 *            queued ----------> running -> publishing -> done
 *               ^  \               |  |________|____________|
 *    (reason    |   \pause         | a reason to wait      | a lasting error
 *     is gone)  |    v             v                       v
 *            waiting  paused <-----+                     failed --retry--> queued
 *
 *   cancel leads to `cancelled` from everywhere but `done`.
 */

/** Why a transfer waits; each reason is shown with the action that resolves it. */
export const WAIT_REASONS = [
  'offline',
  'retry',
  'disk-full',
  'destination-missing',
  'signed-out',
  'terms',
  'quota',
  'embargo',
  'superseded',
  'other-service',
  'all-paused',
] as const;

export const transferState = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('queued') }),
  z.object({
    phase: z.literal('waiting'),
    reason: z.enum(WAIT_REASONS),
    /** When it continues by itself, ms since 1970; null if something else must happen first. */
    untilMs: z.number().nullable(),
    /** disk-full: number of missing bytes. */
    shortBytes: z.number().nullable(),
  }),
  z.object({ phase: z.literal('running') }),
  z.object({ phase: z.literal('publishing') }),
  z.object({ phase: z.literal('paused') }),
  z.object({ phase: z.literal('done') }),
  z.object({
    phase: z.literal('failed'),
    code: z.enum(ERROR_CODES),
    message: z.string(),
    retryable: z.boolean(),
    /** restriction-unacknowledged: ids to acknowledge. */
    restrictionIds: z.array(z.string()).optional(),
  }),
  z.object({ phase: z.literal('cancelled') }),
]);
export type TransferState = z.infer<typeof transferState>;
export type WaitReason = (typeof WAIT_REASONS)[number];

/** The part of a transfer that the reducer decides. */
export type TransferLife = {
  state: TransferState;
  /** Failures in a row without new bytes. */
  attempts: number;
};

export type TransferEvent =
  // Commands of the user.
  | { type: 'pause' }
  | { type: 'resume' }
  | { type: 'retry' }
  | { type: 'cancel' }
  | { type: 'restart' }
  // The queue: start a run; stop it for a more urgent one; stop it because everything is paused;
  // wait for what another package has found missing; the reason to wait is gone; the rights to it
  // are; the program has started.
  | { type: 'start' }
  | { type: 'preempt' }
  | { type: 'pause-all' }
  | { type: 'block'; reason: WaitReason }
  | { type: 'wake' }
  // It may not be used any more.
  | { type: 'refuse'; code: ErrorCode; message: string }
  | { type: 'restored' }
  // Outcomes of a run.
  | { type: 'publishing' }
  | { type: 'finished' }
  | {
      type: 'failed';
      error: WireError;
      progressed: boolean;
      atMs: number;
      maxAttempts: number | null;
    };

export type TransferEffect =
  | { type: 'run' }
  | { type: 'abort' }
  | { type: 'wake-at'; atMs: number };
export type Step = { life: TransferLife; effects: TransferEffect[] };

const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 60_000;
const RECHECK_MS = 10_000;
/** Attempts after an error other than the network's: the same answer again and again is final. */
const MAX_ORIGIN_ATTEMPTS = 8;

/** Errors that only an outside change can resolve: the transfer waits. */
const WAITS: Partial<Record<ErrorCode, WaitReason>> = {
  'signed-out': 'signed-out',
  'session-ended': 'signed-out',
  'keychain-locked': 'signed-out',
  'keychain-unanswered': 'signed-out',
  'terms-not-accepted': 'terms',
  embargoed: 'embargo',
  superseded: 'superseded',
  'other-service': 'other-service',
  'destination-missing': 'destination-missing',
  'disk-full': 'disk-full',
};
/** Wait reasons that are checked again by timer. */
const RECHECKED = new Set<WaitReason>(['destination-missing', 'disk-full']);
const NETWORK = new Set<ErrorCode>([
  'offline',
  'service-unreachable',
  'timeout',
  'stalled',
  'short-body',
  'captive-portal',
  'proxy-unreachable',
  'proxy-auth',
  'proxy-refused',
  'rate-limited',
  'quota-exceeded',
]);

export const isActive = (state: TransferState): boolean =>
  state.phase === 'running' || state.phase === 'publishing';
export const isEnded = (state: TransferState): boolean =>
  state.phase === 'done' || state.phase === 'failed' || state.phase === 'cancelled';

/**
 * Delay before attempt n + 1, doubling. Short after progress, so that a connection that keeps
 * breaking still advances.
 */
export const backoffMs = (attempts: number): number =>
  Math.min(MAX_DELAY_MS, attempts <= 1 ? FIRST_DELAY_MS : 1000 * 2 ** (attempts - 2));

const waiting = (
  reason: WaitReason,
  untilMs: number | null,
  shortBytes: number | null = null,
): TransferState => ({ phase: 'waiting', reason, untilMs, shortBytes });

function afterFailure(life: TransferLife, event: TransferEvent & { type: 'failed' }): Step {
  const { error, progressed, atMs, maxAttempts } = event;
  const attempts = progressed ? 1 : life.attempts + 1;
  const reason = WAITS[error.code];
  if (reason) {
    // An embargo has a known end.
    const untilMs = RECHECKED.has(reason)
      ? atMs + RECHECK_MS
      : reason === 'embargo' && error.retryAfterMs !== undefined
        ? atMs + error.retryAfterMs
        : null;
    return {
      life: { state: waiting(reason, untilMs, error.shortBytes ?? null), attempts },
      effects: untilMs === null ? [] : [{ type: 'wake-at', atMs: untilMs }],
    };
  }
  const network = NETWORK.has(error.code);
  const limit = Math.min(maxAttempts ?? Infinity, network ? Infinity : MAX_ORIGIN_ATTEMPTS);
  if (!(error.retryable ?? network) || attempts >= limit) {
    const { code, message, restrictionIds } = error;
    const state: TransferState = {
      phase: 'failed',
      code,
      message,
      retryable: error.retryable ?? network,
      ...(restrictionIds ? { restrictionIds } : {}),
    };
    return { life: { state, attempts }, effects: [] };
  }
  const untilMs = atMs + Math.max(backoffMs(attempts), error.retryAfterMs ?? 0);
  const why =
    error.code === 'offline' || error.code === 'service-unreachable'
      ? 'offline'
      : error.code === 'quota-exceeded'
        ? 'quota'
        : 'retry';
  return {
    life: { state: waiting(why, untilMs), attempts },
    effects: [{ type: 'wake-at', atMs: untilMs }],
  };
}

function stop(life: TransferLife, state: TransferState): Step {
  return { life: { ...life, state }, effects: isActive(life.state) ? [{ type: 'abort' }] : [] };
}

/**
 * Applies one event to a transfer. Total: an event that makes no sense in a state changes nothing
 * and has no effects, so a late outcome of a stopped run is harmless. The caller commits the new
 * state before acting on the effects.
 */
export function reduceTransfer(life: TransferLife, event: TransferEvent): Step {
  const same: Step = { life, effects: [] };
  const { state } = life;
  const active = isActive(state);
  const queued: TransferState = { phase: 'queued' };
  switch (event.type) {
    case 'start':
      return state.phase === 'queued'
        ? { life: { ...life, state: { phase: 'running' } }, effects: [{ type: 'run' }] }
        : same;
    case 'pause':
      return isEnded(state) || state.phase === 'paused' ? same : stop(life, { phase: 'paused' });
    case 'resume':
      return state.phase === 'paused' || state.phase === 'waiting'
        ? { life: { state: queued, attempts: 0 }, effects: [] }
        : same;
    case 'retry':
      return state.phase === 'failed' || state.phase === 'cancelled' || state.phase === 'waiting'
        ? { life: { state: queued, attempts: 0 }, effects: [] }
        : same;
    case 'restart':
      return active || state.phase === 'queued'
        ? same
        : { life: { state: queued, attempts: 0 }, effects: [] };
    case 'cancel':
      return state.phase === 'done' || state.phase === 'cancelled'
        ? same
        : stop(life, { phase: 'cancelled' });
    case 'preempt':
      return active ? stop(life, queued) : same;
    case 'pause-all':
      return active ? stop(life, waiting('all-paused', null)) : same;
    case 'block':
      return state.phase === 'queued'
        ? { life: { ...life, state: waiting(event.reason, null) }, effects: [] }
        : same;
    case 'wake':
      return state.phase === 'waiting' ? { life: { ...life, state: queued }, effects: [] } : same;
    case 'refuse':
      // A finished one stays, and so does one whose files are being named: they are marked instead.
      return isEnded(state) || state.phase === 'publishing'
        ? same
        : stop(life, {
            phase: 'failed',
            code: event.code,
            message: event.message,
            retryable: false,
          });
    case 'restored':
      // Nothing runs at the start of the program: interrupted runs resume from the journal, timed
      // waits are checked again.
      return active ||
        (state.phase === 'waiting' && (state.untilMs !== null || state.reason === 'all-paused'))
        ? { life: { ...life, state: queued }, effects: [] }
        : same;
    case 'publishing':
      return state.phase === 'running'
        ? { life: { ...life, state: { phase: 'publishing' } }, effects: [] }
        : same;
    case 'finished':
      return active ? { life: { state: { phase: 'done' }, attempts: 0 }, effects: [] } : same;
    case 'failed':
      return active ? afterFailure(life, event) : same;
  }
  return event satisfies never;
}
