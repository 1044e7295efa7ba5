import * as z from 'zod';
import type { KeychainState, SecretName, TokenVault } from './ports.ts';

/** The signed-in session as the keychain keeps it: enough to be signed in offline, after a restart. */
export const storedSession = z.object({
  refreshToken: z.string(),
  /** Idempotency key of a refresh that was sent and not yet answered: the same key gets the same answer again. */
  refreshKey: z.string().nullable(),
  profile: z.object({
    id: z.string(), email: z.string(), displayName: z.string().nullable(), organisation: z.string().nullable(),
    country: z.string().nullable(), newsletter: z.boolean(), entitlements: z.array(z.string()),
  }),
});
export type StoredSession = z.infer<typeof storedSession>;

/** A code that is awaited. The flow id is a bearer secret until the code is proved, so it is kept with the tokens. */
export const storedFlow = z.object({
  purpose: z.enum(['registration', 'reset']),
  flowId: z.string(),
  email: z.string(),
  codeLength: z.number(),
  codeExpiresAt: z.number(),
  resendAvailableAt: z.number(),
  resetToken: z.string().nullable(),
});
export type StoredFlow = z.infer<typeof storedFlow>;

/** Reads one entry as what it should be. An entry that makes no sense is set aside, not deleted, and reported. */
export async function readSecret<T>(vault: TokenVault, name: SecretName, schema: z.ZodType<T>): Promise<{ state: KeychainState; value: T | null }> {
  const { state, value } = await vault.read(name);
  if (value === null) return { state, value: null };
  let parsed;
  try {
    parsed = schema.safeParse(JSON.parse(value));
  } catch {
    parsed = { success: false } as const;
  }
  if (parsed.success) return { state, value: parsed.data };
  await vault.setAside(name);
  return { state: 'unreadable', value: null };
}
