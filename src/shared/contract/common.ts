import * as z from 'zod';
import { ERROR_CODES } from '../errors.ts';
import { fileTemplateFault } from '../model/file-names.ts';
import { MAX_TEMPLATE_CHARACTERS, templateFault } from '../model/names.ts';

export const id = z.string().min(1).max(128);
export const bytes = z.number().int().nonnegative();
/** ms since 1970 by the service's clock, as far as known. */
export const instant = z.number();
export const language = z.enum(['en', 'fr']);
/** The visible window of a list; whole lists are never sent. */
export const range = z.strictObject({
  offset: z.number().int().nonnegative(),
  count: z.number().int().min(1).max(500),
});
/** Revision of an area's snapshots and pushes; a lower revision than the one shown is ignored. */
export const rev = z.number().int().nonnegative();

export const wireError = z.object({
  code: z.enum(ERROR_CODES),
  message: z.string(),
  retryable: z.boolean().optional(),
  retryAfterMs: z.number().optional(),
  fields: z.array(z.object({ field: z.string(), code: z.string() })).optional(),
  attemptsLeft: z.number().optional(),
  restrictionIds: z.array(z.string()).optional(),
  organisation: z.string().optional(),
  shortBytes: z.number().optional(),
  found: z.object({ packageId: z.string(), rev: z.number() }).optional(),
});

/** Templates of names, with tokens such as `{date}`: of package folders, and of the files in them. */
export const folderTemplate = z
  .string()
  .max(MAX_TEMPLATE_CHARACTERS)
  .refine((template) => templateFault(template) === null);
export const fileTemplate = z
  .string()
  .max(MAX_TEMPLATE_CHARACTERS)
  .refine((template) => fileTemplateFault(template) === null);
