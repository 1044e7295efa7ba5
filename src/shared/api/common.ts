import * as z from 'zod';
import { UNAVAILABLE } from './rights.ts';

/** Opaque to clients; the prefix is for people. */
export const id = z.string().min(1).max(128);
/** RFC 3339 timestamp in UTC, ending in `Z`. */
export const time = z.iso.datetime();
export const bytes = z.int().nonnegative();
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** BCP 47 language tag. */
export const language = z.string().min(2).max(35);
/** ISO 3166-1 alpha-2. */
export const country = z.string().regex(/^[A-Z]{2}$/);
export const publicUrl = z
  .string()
  .regex(/^(\/(?!\/)|https?:\/\/)/)
  .max(2048)
  .describe(
    'Readable without an account. Begins with "/" for a path on the service, or is absolute: resolve it against the service’s address.',
  );
export const rev = z.int().positive();
export const timecode = z.string().regex(/^\d{2}:\d{2}:\d{2}[:;.]\d{2,3}$/);

export const direction = z.enum(['ltr', 'rtl']);
export const pubStatus = z.enum(['usable', 'withheld', 'canceled']);
/** Why an asset may not be used or downloaded. */
export const unavailable = z.enum(UNAVAILABLE);
export type PubStatus = z.infer<typeof pubStatus>;

/**
 * The common part of all `/changes` endpoints. Delivery is at-least-once: apply an entry only if
 * its `rev` is above the local one.
 */
export const changesQuery = z.strictObject({
  since: z
    .string()
    .max(512)
    .optional()
    .describe('Cursor of the last answer; without it a full snapshot in pages, then live changes'),
  limit: z.coerce.number().int().min(1).max(500).default(200),
});
export const changesPage = <S extends z.ZodType>(change: S) =>
  z.object({
    changes: z.array(change),
    cursor: z.string(),
    hasMore: z.boolean(),
    pollAfterSeconds: z.int().positive(),
  });

export const idParams = z.strictObject({ id });

export const thumbnail = z.object({
  url: publicUrl,
  width: z.int().positive(),
  height: z.int().positive(),
});
export type Thumbnail = z.infer<typeof thumbnail>;

/** A URL to fetch bytes from with exactly these headers: no bearer token, no cookies. */
export const signedUrl = z.object({
  fileId: id,
  originId: id,
  url: z.url({ protocol: /^https?$/ }),
  method: z.literal('GET'),
  headers: z.record(z.string(), z.string()),
  notBefore: time,
  expiresAt: time,
  ranges: z.boolean(),
  etag: z.string().optional(),
  bytes,
});
export type SignedUrl = z.infer<typeof signedUrl>;
