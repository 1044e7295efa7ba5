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
  /** When the subscription last changed; null for never. */
  newsletterChangedAt: instant.nullable(),
  entitlements: z.array(z.string()),
});

export const noticeCode = z.enum([
  'session-limit',
  'token-reused',
  'password-changed',
  'email-changed',
]);

/** A flow that waits for its code. Survives a restart; contains no code, password or token. */
export const pendingFlow = z.object({
  purpose: z.enum(['registration', 'reset', 'email-change']),
  email: z.string(),
  codeLength: z.number().int(),
  sentAt: instant,
  codeExpiresAt: instant,
  resendAvailableAt: instant,
  /** True once the code of a reset was verified and the new password is missing. */
  codeProved: z.boolean(),
});

export const account = z.object({
  rev,
  /** Offline is not signed out: `signed-in` lasts until the service ends the session. */
  status: z.enum(['loading', 'signed-out', 'signed-in']),
  profile: profile.nullable(),
  /**
   * The service ended the session (revoked, expired, password reset). Cleared at the next sign-in.
   */
  sessionEnded: z.boolean(),
  keychain: keychainState,
  pendingFlow: pendingFlow.nullable(),
  /** The terms of use have changed: downloads wait until they are accepted. */
  termsDue: z.boolean(),
  /** Unread security notices, newest first. */
  notices: z.array(z.object({ code: noticeCode, at: instant })),
});

const email = z.string().min(3).max(254);
/** The service's bound: 128 code points may be many more units before normalisation. */
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
   * Verifies the pending flow's code: a registration is signed in, a reset waits for the new
   * password, a new address takes effect.
   */
  'account.verify': command(z.strictObject({ code: z.string().min(1).max(32) }), account),
  'account.resend': command(z.void(), account),
  /** Forgets the pending flow on this machine; the service lets it lapse. */
  'account.forget-flow': command(z.void(), account),
  'account.sign-in': command(z.strictObject({ email, password }), account),
  'account.sign-out': command(z.void(), account),
  'account.reset-start': command(z.strictObject({ email }), account),
  'account.reset-complete': command(z.strictObject({ password }), account),
  /** Fetches the account from the service. */
  'account.refresh': command(z.void(), account),
  /**
   * `base` are the details that the edit is based on.
   *
   * @throws `edit-conflict` if they were changed elsewhere; the account is then refreshed
   */
  'account.edit': command(
    z.strictObject({
      displayName: z.string().max(120),
      organisation: z.string().max(120),
      country: z.string().length(2),
      base: profile.pick({ displayName: true, organisation: true, country: true }),
    }),
    account,
  ),
  'account.change-password': command(
    z.strictObject({ currentPassword: password, newPassword: password }),
    account,
  ),
  /** Sends a code to the new address, for `account.verify`. */
  'account.change-email': command(z.strictObject({ newEmail: email, password }), account),
  /** Deletes the account and signs out. `eraseAt` is when the service has erased all data. */
  'account.delete': command(z.strictObject({ password }), z.object({ eraseAt: instant })),
  /** All personal data as a JSON document. */
  'account.export': command(z.void(), z.object({ name: z.string(), text: z.string() })),
  'account.accept-terms': command(z.void(), account),
  'account.notices-read': command(z.void(), account),
  'account.newsletter': command(z.strictObject({ subscribed: z.boolean() }), account),
  'account.sessions': command(z.void(), z.object({ items: z.array(session) })),
  /** Requires the password if it was last entered more than ten minutes ago (`reauth-required`). */
  'account.session-revoke': command(
    z.strictObject({ id, password: password.optional() }),
    z.void(),
  ),
  /** Ends all other sessions; password as above. */
  'account.sessions-revoke-others': command(
    z.strictObject({ password: password.optional() }),
    z.object({ revoked: z.number().int() }),
  ),
  /** Retries the keychain, which may prompt. */
  'account.keychain-retry': command(z.void(), account),
} as const;
