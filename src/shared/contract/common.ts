import * as z from 'zod';
import { ERROR_CODES } from '../errors.ts';

export const id = z.string().min(1).max(128);
export const bytes = z.number().int().nonnegative();
/** Milliseconds since 1970 by the service's clock, as far as this machine knows it. */
export const instant = z.number();
export const language = z.enum(['en', 'fr']);
/** The part of a list that is on screen: lists never cross whole. */
export const range = z.strictObject({
  offset: z.number().int().nonnegative(),
  count: z.number().int().min(1).max(500),
});
/**
 * Every snapshot and push of an area carries its revision: an older one is dropped, a gap asks for
 * a snapshot.
 */
export const rev = z.number().int().nonnegative();

export const wireError = z.object({
  code: z.enum(ERROR_CODES),
  message: z.string(),
  retryable: z.boolean().optional(),
  retryAfterMs: z.number().optional(),
  fields: z.array(z.object({ field: z.string(), code: z.string() })).optional(),
  attemptsLeft: z.number().optional(),
  restrictionIds: z.array(z.string()).optional(),
  shortBytes: z.number().optional(),
});
