import * as z from 'zod';

export const HASH_ALGORITHMS = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'] as const;
export type HashAlgorithm = (typeof HASH_ALGORITHMS)[number];

/** A hash as a publisher gives it beside a file. */
export const fileHash = z.object({
  algorithm: z.enum(HASH_ALGORITHMS),
  /** Lower-case. */
  hex: z.string().regex(/^(?:[0-9a-f]{2})+$/u),
});
export type FileHash = z.infer<typeof fileHash>;

/** How a package without a signature is known. */
export const recording = z.object({
  /** When its first complete download was recorded, ms since 1970. */
  atMs: z.number(),
  /** Kind of the publisher's own hash, if it gives one. */
  hash: z.enum(HASH_ALGORITHMS).nullable(),
  /** Recorded in this home; otherwise its manifest.json says so, and anybody may have written that. */
  isOwn: z.boolean(),
  /** SHA-256 of manifest.json with that record. */
  manifest: z.string().regex(/^[0-9a-f]{64}$/u),
});
export type Recording = z.infer<typeof recording>;
