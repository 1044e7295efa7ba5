import * as z from 'zod';
import type { KeychainState, SecretName, TokenVault } from './ports.ts';

/**
 * The signed-in session as the keychain keeps it: enough to be signed in offline, after a restart.
 */
export const storedSession = z.object({
  refreshToken: z.string(),
  /**
   * Idempotency key of a refresh that was sent and not yet answered: the same key gets the same
   * answer again.
   */
  refreshKey: z.string().nullable(),
  profile: z.object({
    id: z.string(),
    email: z.string(),
    displayName: z.string().nullable(),
    organisation: z.string().nullable(),
    country: z.string().nullable(),
    newsletter: z.boolean(),
    entitlements: z.array(z.string()),
    // Entries of earlier versions lack these.
    newsletterChangedAt: z.number().nullable().default(null),
    edition: z.string().nullable().default(null),
    notices: z.array(z.object({ code: z.string(), at: z.number() })).default([]),
  }),
  /** What happened up to this moment is no news here, ms since 1970 by the service's clock. */
  toldUntil: z.number().default(0),
});
export type StoredSession = z.infer<typeof storedSession>;

/**
 * A code that is awaited. The flow id is a bearer secret until the code is proved, so it is kept
 * with the tokens.
 */
export const storedFlow = z.object({
  purpose: z.enum(['registration', 'reset', 'email-change']),
  flowId: z.string(),
  email: z.string(),
  codeLength: z.number(),
  sentAt: z.number().default(0),
  codeExpiresAt: z.number(),
  resendAvailableAt: z.number(),
  resetToken: z.string().nullable(),
});
export type StoredFlow = z.infer<typeof storedFlow>;

/** Null for what makes no sense. */
export function parseSecret<T>(text: string, schema: z.ZodType<T>): T | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/**
 * Reads one entry as what it should be. An entry that makes no sense is set aside, not deleted, and
 * reported.
 */
export async function readSecret<T>(
  vault: TokenVault,
  name: SecretName,
  schema: z.ZodType<T>,
): Promise<{ state: KeychainState; value: T | null }> {
  const { state, value: text } = await vault.read(name);
  if (text === null) return { state, value: null };
  const value = parseSecret(text, schema);
  if (value !== null) return { state, value };
  await vault.setAside(name);
  return { state: 'unreadable', value: null };
}
