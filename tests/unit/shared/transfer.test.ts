import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ERROR_CODES } from '../../../src/shared/errors.ts';
import {
  transferState,
  backoffMs,
  isActive,
  isEnded,
  reduceTransfer,
  type TransferEvent,
  type TransferLife,
} from '../../../src/shared/model/transfer.ts';

const failed = fc.record({
  type: fc.constant('failed' as const),
  error: fc.record({
    code: fc.constantFrom(...ERROR_CODES),
    message: fc.constant('why'),
    retryable: fc.boolean(),
  }),
  progressed: fc.boolean(),
  atMs: fc.nat(1_000_000),
  maxAttempts: fc.option(fc.integer({ min: 1, max: 5 })),
});
const simple = fc
  .constantFrom(
    'pause',
    'resume',
    'retry',
    'cancel',
    'start',
    'preempt',
    'pause-all',
    'wake',
    'restored',
    'publishing',
    'finished',
  )
  .map((type): TransferEvent => ({ type }));
const event: fc.Arbitrary<TransferEvent> = fc.oneof(
  { weight: 3, arbitrary: simple },
  { weight: 1, arbitrary: failed },
  { weight: 1, arbitrary: fc.constant<TransferEvent>({ type: 'start' }) },
);

const QUEUED: TransferLife = { state: { phase: 'queued' }, attempts: 0 };
const RUNNING: TransferLife = { state: { phase: 'running' }, attempts: 0 };
const failure = (
  code: (typeof ERROR_CODES)[number],
  more: Partial<TransferEvent & { type: 'failed' }> = {},
): TransferEvent => ({
  type: 'failed',
  error: { code, message: 'why', retryable: true },
  progressed: false,
  atMs: 1000,
  maxAttempts: null,
  ...more,
});

test('whatever happens in whatever order, a life stays one of the states and its effects fit', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), (events) => {
      let life = QUEUED;
      let runs = 0;
      for (const event of events) {
        const before = life;
        const { life: after, effects } = reduceTransfer(before, event);
        transferState.parse(after.state);
        for (const effect of effects) {
          if (effect.type === 'run') runs++;
          if (effect.type === 'abort') runs--;
        }
        const wakes = effects.flatMap((effect) => (effect.type === 'wake-at' ? [effect.atMs] : []));
        expect(wakes).toEqual(
          event.type === 'failed' &&
            after.state !== before.state &&
            after.state.phase === 'waiting' &&
            after.state.untilMs !== null
            ? [after.state.untilMs]
            : [],
        );
        if (isActive(before.state) && ['finished', 'failed'].includes(event.type)) runs--;
        // `restored` comes from a new program, in which nothing runs.
        if (event.type === 'restored' && isActive(before.state)) runs--;
        expect(runs).toBe(isActive(after.state) ? 1 : 0);
        const changed = after.state !== before.state;
        expect({
          leavesDone: changed && before.state.phase === 'done',
          actsWithoutChange: !changed && effects.length > 0,
        }).toEqual({ leavesDone: false, actsWithoutChange: false });
        expect(changed && after.state.phase === 'done' && event.type !== 'finished').toBe(false);
        expect(after.attempts).toBe(
          event.type === 'failed' && changed
            ? event.progressed
              ? 1
              : before.attempts + 1
            : changed && after.attempts === 0
              ? 0
              : before.attempts,
        );
        life = after;
      }
    }),
    { numRuns: 2000 },
  );
});

test.each<[string, TransferLife, TransferEvent, TransferLife['state']]>([
  [
    'no room waits, says how much, and looks again',
    RUNNING,
    failure('disk-full', {
      error: { code: 'disk-full', message: 'why', retryable: true, shortBytes: 5 },
    }),
    { phase: 'waiting', reason: 'disk-full', untilMs: 11_000, shortBytes: 5 },
  ],
  [
    'signed out waits for the sign-in',
    RUNNING,
    failure('session-ended'),
    { phase: 'waiting', reason: 'signed-out', untilMs: null, shortBytes: null },
  ],
  [
    'a superseded package waits for a decision',
    RUNNING,
    failure('superseded'),
    { phase: 'waiting', reason: 'superseded', untilMs: null, shortBytes: null },
  ],
  [
    'offline is told as offline',
    RUNNING,
    failure('offline'),
    { phase: 'waiting', reason: 'offline', untilMs: 1250, shortBytes: null },
  ],
  [
    'Retry-After counts when it is longer',
    RUNNING,
    failure('rate-limited', {
      error: { code: 'rate-limited', message: 'why', retryable: true, retryAfterMs: 30_000 },
    }),
    { phase: 'waiting', reason: 'retry', untilMs: 31_000, shortBytes: null },
  ],
  [
    'a lasting error fails at once',
    RUNNING,
    failure('not-found', { error: { code: 'not-found', message: 'why', retryable: false } }),
    { phase: 'failed', code: 'not-found', message: 'why', retryable: false },
  ],
  [
    'network faults go on for ever in the app',
    { state: { phase: 'running' }, attempts: 1000 },
    failure('timeout'),
    { phase: 'waiting', reason: 'retry', untilMs: 61_000, shortBytes: null },
  ],
  [
    'and end where a call must end',
    { state: { phase: 'running' }, attempts: 4 },
    failure('timeout', { maxAttempts: 5 }),
    { phase: 'failed', code: 'timeout', message: 'why', retryable: true },
  ],
  [
    'an origin that is always wrong ends',
    { state: { phase: 'running' }, attempts: 7 },
    failure('origin-error'),
    { phase: 'failed', code: 'origin-error', message: 'why', retryable: true },
  ],
  [
    'unless bytes were gained',
    { state: { phase: 'running' }, attempts: 7 },
    failure('origin-error', { progressed: true }),
    { phase: 'waiting', reason: 'retry', untilMs: 1250, shortBytes: null },
  ],
  ['what ran goes on after a restart', RUNNING, { type: 'restored' }, { phase: 'queued' }],
  [
    'what was paused stays paused',
    { state: { phase: 'paused' }, attempts: 0 },
    { type: 'restored' },
    { phase: 'paused' },
  ],
  [
    'a late outcome of a stopped run changes nothing',
    { state: { phase: 'paused' }, attempts: 0 },
    { type: 'finished' },
    { phase: 'paused' },
  ],
])('%s', (_, life, event, state) => {
  expect(reduceTransfer(life, event).life.state).toEqual(state);
});

test('the pause between attempts doubles up to a minute', () => {
  expect([1, 2, 3, 4, 9, 50].map(backoffMs)).toEqual([250, 1000, 2000, 4000, 60_000, 60_000]);
});

test('ended and active exclude each other', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 10 }), (events) => {
      const life = events.reduce((life, event) => reduceTransfer(life, event).life, QUEUED);
      expect(isActive(life.state) && isEnded(life.state)).toBe(false);
    }),
  );
});
