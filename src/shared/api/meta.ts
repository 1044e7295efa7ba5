import * as z from 'zod';
import { id } from './common.ts';

export const manifestKey = z.object({
  keyId: id,
  alg: z.literal('Ed25519'),
  /** Raw 32-byte Ed25519 public key, base64url. */
  publicKey: z.string(),
});
export type ManifestKey = z.infer<typeof manifestKey>;

export const meta = z
  .object({
    apiVersion: z.string(),
    /** Display name of the service. */
    name: z.string(),
    minClientVersion: z.string(),
    passwordPolicy: z.object({
      minLength: z.int().positive(),
      maxLength: z.int().positive(),
      classes: z.array(z.enum(['upper', 'lower', 'digit', 'symbol'])),
      forbidSpaces: z.boolean(),
    }),
    codeLength: z.int().positive(),
    codeTtlSeconds: z.int().positive(),
    resendCooldownSeconds: z.int().nonnegative(),
    termsVersion: z.string(),
    newsletterConsentVersion: z.string(),
    newsletterTopics: z.array(z.string()),
    maxParallelDownloads: z.int().positive(),
    manifestKeys: z.array(manifestKey),
  })
  .meta({ id: 'Meta' });
export type Meta = z.infer<typeof meta>;
