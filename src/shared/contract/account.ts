import * as z from 'zod';
import { command, push } from './define.ts';
import { id, instant, language, rev } from './common.ts';

export const keychainState = z.enum(['ok', 'absent', 'locked', 'unreadable']);

const profile = z.object({
  id,
  email: z.string(),
  displayName: z.string().nullable(),
  organisation: z.string().nullable(),
  country: z.string().nullable(),
  newsletter: z.boolean(),
  entitlements: z.array(z.string()),
});

/** A code was sent and is awaited. Survives a restart; no code, password or token is in it. */
export const pendingFlow = z.object({
  purpose: z.enum(['registration', 'reset']),
  email: z.string(),
  codeLength: z.number().int(),
  codeExpiresAt: instant,
  resendAvailableAt: instant,
  /** True once the code of a reset was proved: the new password is awaited. */
  codeProved: z.boolean(),
});

export const account = z.object({
  rev,
  /** Offline is not signed out: `signed-in` stays until the service says the session ended. */
  status: z.enum(['loading', 'signed-out', 'signed-in']),
  profile: profile.nullable(),
  /** The service ended the session (elsewhere revoked, expired, password reset): said once, cleared at the next sign-in. */
  sessionEnded: z.boolean(),
  keychain: keychainState,
  pendingFlow: pendingFlow.nullable(),
});

const email = z.string().min(3).max(254);
const password = z.string().min(1).max(512);
const session = z.object({
  id, deviceName: z.string(), platform: z.string(), createdAt: instant, lastSeenAt: instant, ipMasked: z.string(), current: z.boolean(),
});

export const accountArea = {
  'account.get': command(z.void(), account),
  'account.changed': push(account),
  'account.register': command(
    z.strictObject({ email, password, displayName: z.string().max(200), organisation: z.string().max(200), country: z.string().length(2), newsletter: z.boolean(), language }),
    account,
  ),
  /** Proves the pending flow's code: a registration ends signed in, a reset waits for the new password. */
  'account.verify': command(z.strictObject({ code: z.string().min(1).max(32) }), account),
  'account.resend': command(z.void(), account),
  /** Forgets the pending flow on this machine; the service lets it lapse. */
  'account.forget-flow': command(z.void(), account),
  'account.sign-in': command(z.strictObject({ email, password }), account),
  'account.sign-out': command(z.void(), account),
  'account.reset-start': command(z.strictObject({ email }), account),
  'account.reset-complete': command(z.strictObject({ password }), account),
  'account.newsletter': command(z.strictObject({ subscribed: z.boolean() }), account),
  'account.sessions': command(z.void(), z.object({ items: z.array(session) })),
  /** Needs the password when the last proof is older than ten minutes: `reauth-required`. */
  'account.session-revoke': command(z.strictObject({ id, password: password.optional() }), z.void()),
  /** Looks at the keychain again, after the user unlocked it. */
  'account.keychain-retry': command(z.void(), account),
} as const;
