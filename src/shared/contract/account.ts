import * as z from 'zod';
import { command, push } from './define.ts';
import { id, instant, language, rev } from './common.ts';

export const keychainState = z.enum(['ok', 'absent', 'locked', 'unanswered', 'unreadable']);

const profile = z.object({
  id,
  email: z.string(),
  displayName: z.string().nullable(),
  organisation: z.string().nullable(),
  country: z.string().nullable(),
  newsletter: z.boolean(),
  /** When it was last subscribed to or ended; null for never. */
  newsletterChangedAt: instant.nullable(),
  entitlements: z.array(z.string()),
  /** Names this state of the account: an edit says which one it is based on. */
  etag: z.string().nullable(),
});

export const noticeCode = z.enum([
  'session-limit',
  'token-reused',
  'password-changed',
  'email-changed',
]);

/** A code was sent and is awaited. Survives a restart; no code, password or token is in it. */
export const pendingFlow = z.object({
  purpose: z.enum(['registration', 'reset', 'email-change']),
  email: z.string(),
  codeLength: z.number().int(),
  sentAt: instant,
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
  /**
   * The service ended the session (elsewhere revoked, expired, password reset): said once, cleared
   * at the next sign-in.
   */
  sessionEnded: z.boolean(),
  keychain: keychainState,
  pendingFlow: pendingFlow.nullable(),
  /** The terms of use have changed: downloads wait until they are accepted. */
  termsDue: z.boolean(),
  /** What happened to the account and was not told here yet, newest first. */
  notices: z.array(z.object({ code: noticeCode, at: instant })),
});

const email = z.string().min(3).max(254);
/**
 * As long as the service takes: 128 code points may be many more units before they are normalised.
 */
const password = z.string().min(1).max(1024);
const session = z.object({
  id,
  deviceName: z.string(),
  platform: z.string(),
  createdAt: instant,
  lastSeenAt: instant,
  ipMasked: z.string(),
  current: z.boolean(),
});

export const accountArea = {
  'account.get': command(z.void(), account),
  'account.changed': push(account),
  'account.register': command(
    z.strictObject({
      email,
      password,
      displayName: z.string().max(200),
      organisation: z.string().max(200),
      country: z.string().length(2),
      newsletter: z.boolean(),
      language,
    }),
    account,
  ),
  /**
   * Proves the pending flow's code: a registration ends signed in, a reset waits for the new
   * password, a new address is the account's.
   */
  'account.verify': command(z.strictObject({ code: z.string().min(1).max(32) }), account),
  'account.resend': command(z.void(), account),
  /** Forgets the pending flow on this machine; the service lets it lapse. */
  'account.forget-flow': command(z.void(), account),
  'account.sign-in': command(z.strictObject({ email, password }), account),
  'account.sign-out': command(z.void(), account),
  'account.reset-start': command(z.strictObject({ email }), account),
  'account.reset-complete': command(z.strictObject({ password }), account),
  /** Reads the account anew from the service. */
  'account.refresh': command(z.void(), account),
  /**
   * `edit-conflict` when it was changed elsewhere meanwhile: the account then has what holds now.
   */
  'account.edit': command(
    z.strictObject({
      displayName: z.string().max(120),
      organisation: z.string().max(120),
      country: z.string().length(2),
      etag: z.string().max(200).nullable(),
    }),
    account,
  ),
  'account.change-password': command(
    z.strictObject({ currentPassword: password, newPassword: password }),
    account,
  ),
  /** Sends a code to the new address; `account.verify` proves it. */
  'account.change-email': command(z.strictObject({ newEmail: email, password }), account),
  /** Nobody is signed in afterwards. The moment until which the service keeps what it must. */
  'account.delete': command(z.strictObject({ password }), z.object({ eraseAt: instant })),
  /** All personal data as a document of its own, JSON. */
  'account.export': command(z.void(), z.object({ name: z.string(), text: z.string() })),
  'account.accept-terms': command(z.void(), account),
  'account.notices-read': command(z.void(), account),
  'account.newsletter': command(z.strictObject({ subscribed: z.boolean() }), account),
  'account.sessions': command(z.void(), z.object({ items: z.array(session) })),
  /** Needs the password when the last proof is older than ten minutes: `reauth-required`. */
  'account.session-revoke': command(
    z.strictObject({ id, password: password.optional() }),
    z.void(),
  ),
  /** Every session but this one; the password as above. */
  'account.sessions-revoke-others': command(
    z.strictObject({ password: password.optional() }),
    z.object({ revoked: z.number().int() }),
  ),
  /** Looks at the keychain again, after the user unlocked it. */
  'account.keychain-retry': command(z.void(), account),
} as const;
