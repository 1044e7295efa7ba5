import * as z from 'zod';
import { country, id, language, time } from './common.ts';
import { downloadState, receipt } from './downloads.ts';

const name = z.string().trim().max(120);
export const email = z.string().trim().min(3).max(254);
/** Only bounds the work; the service's rules are in `passwordFaults`. */
export const password = z.string().min(1).max(1024);

export const newsletter = z.object({
  subscribed: z.boolean(),
  topics: z.array(z.string()),
  changedAt: time.nullable(),
});
export type Newsletter = z.infer<typeof newsletter>;

export const account = z
  .object({
    id,
    email: z.string(),
    displayName: z.string().nullable(),
    organisation: z.string().nullable(),
    country: country.nullable(),
    locale: language.nullable(),
    newsletter,
    terms: z.object({ version: z.string(), acceptedAt: time }),
    entitlements: z.array(z.string()),
    createdAt: time,
    /** Security notices, newest first; clients show each once. */
    notices: z.array(
      z.object({
        code: z.enum(['session-limit', 'token-reused', 'password-changed', 'email-changed']),
        at: time,
      }),
    ),
  })
  .meta({ id: 'Account' });
export type Account = z.infer<typeof account>;

/** JSON merge patch (RFC 7396): null clears a member, an absent one is unchanged. */
export const accountPatch = z.strictObject({
  displayName: name.nullable().optional(),
  organisation: name.nullable().optional(),
  country: country.nullable().optional(),
  locale: language.nullable().optional(),
});
export type AccountPatch = z.infer<typeof accountPatch>;

export const newsletterChange = z.strictObject({
  subscribed: z.boolean(),
  topics: z.array(z.string().max(60)).max(50).optional(),
  consentVersion: z.string().max(60),
});
export const unsubscribeRequest = z.strictObject({ token: z.string().max(512) });
/**
 * Mail clients POST a form to the URL of `List-Unsubscribe`, which contains the token (RFC 8058).
 */
export const unsubscribeQuery = z.strictObject({ token: z.string().max(512).optional() });
export const termsAcceptance = z.strictObject({ version: z.string().max(60) });
export const passwordChange = z.strictObject({ currentPassword: password, newPassword: password });
export const emailChange = z.strictObject({ newEmail: email, password });
export const passwordProof = z.strictObject({ password });
export const erasure = z.object({ eraseAt: time });

const heldSession = z.object({
  id,
  device: z.string(),
  platform: z.string(),
  appVersion: z.string(),
  ip: z.string(),
  createdAt: time,
  lastSeenAt: time,
  endedAt: time.nullable(),
});
const heldDownload = z.object({
  id,
  packageId: id,
  rev: z.int(),
  bytes: z.int().nullable(),
  state: downloadState.shape.state,
  createdAt: time,
  acknowledged: z.array(id),
  /** The receipt as the client sent it. */
  receipt: receipt.nullable(),
});

/** All data held about a person. */
export const accountExport = z.object({
  exportedAt: time,
  account,
  newsletterConsents: z.array(
    z.object({ subscribed: z.boolean(), consentVersion: z.string(), at: time }),
  ),
  /** Includes ended sessions while they are retained. */
  sessions: z.array(heldSession),
  downloads: z.array(heldDownload),
  /** Recent password resets and changes of address, with the new address. */
  flows: z.array(
    z.object({ purpose: z.enum(['reset', 'email-change']), email: z.string(), createdAt: time }),
  ),
  /** Networks (IPv4 /24, IPv6 /64) of sign-ins and of attempts with a wrong password. */
  networks: z.array(
    z.object({ network: z.string(), signedInAt: time.nullable(), wrongPasswords: z.int() }),
  ),
});
export type AccountExport = z.infer<typeof accountExport>;

export const registration = z.strictObject({
  email,
  password,
  displayName: name.optional(),
  organisation: name.optional(),
  country: country.optional(),
  locale: language.optional(),
  newsletter: z.boolean().default(false),
  terms: z.strictObject({ version: z.string().max(60) }),
});
export type Registration = z.input<typeof registration>;
