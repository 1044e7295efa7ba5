import * as z from 'zod';
import { ERROR_CODES } from '../errors.ts';

/*
 *            enqueue
 *               |
 *            queued ----------> running -> verifying -> publishing -> done
 *               ^  \               |  |________|____________|
 *    (reason    |   \pause         | a reason to wait      | a lasting error
 *     is gone)  |    v             v                       v
 *            waiting  paused <-----+                     failed --retry--> queued
 *
 *   cancel leads to `cancelled` from everywhere but `done`.
 */

/** Why something waits; each is told in words beside the one action that helps. */
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
  'all-paused',
] as const;

export const transferState = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('queued') }),
  z.object({
    phase: z.literal('waiting'),
    reason: z.enum(WAIT_REASONS),
    /** It goes on by itself then, ms since 1970; null when that depends on something else. */
    untilMs: z.number().nullable(),
    /** disk-full: how much room is missing. */
    shortBytes: z.number().nullable(),
  }),
  z.object({ phase: z.literal('running') }),
  z.object({ phase: z.literal('verifying') }),
  z.object({ phase: z.literal('publishing') }),
  z.object({ phase: z.literal('paused') }),
  z.object({ phase: z.literal('done') }),
  z.object({
    phase: z.literal('failed'),
    code: z.enum(ERROR_CODES),
    message: z.string(),
    retryable: z.boolean(),
    /** restriction-unacknowledged: the ids to acknowledge. */
    restrictionIds: z.array(z.string()).optional(),
  }),
  z.object({ phase: z.literal('cancelled') }),
]);
export type TransferState = z.infer<typeof transferState>;
export type WaitReason = (typeof WAIT_REASONS)[number];
