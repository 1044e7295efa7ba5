import * as z from 'zod';
import { id, time, unavailable } from './common.ts';

/** All problem types with their status and fixed English title. */
export const PROBLEMS = {
  'malformed-request': [400, 'The request could not be read'],
  'cursor-mismatch': [400, 'The cursor belongs to another query'],
  'code-invalid': [400, 'The code is incorrect'],
  'invalid-credentials': [401, 'The email address or the password is incorrect'],
  'invalid-token': [401, 'The access token is missing or no longer valid'],
  'session-ended': [401, 'The session has ended'],
  'token-reused': [401, 'The refresh token had been used before'],
  'verification-required': [403, 'The email address is not verified yet'],
  'account-suspended': [403, 'The account is suspended'],
  'reauth-required': [403, 'The password is needed again'],
  'terms-not-accepted': [403, 'The current terms of use are not accepted'],
  embargoed: [403, 'The content is under embargo'],
  'territory-restricted': [403, 'The content is not cleared for this territory'],
  'platform-restricted': [403, 'The content is not cleared for these platforms'],
  'restriction-unacknowledged': [403, 'Restrictions must be acknowledged first'],
  'entitlement-missing': [403, 'The account lacks the right'],
  'not-found': [404, 'Not found'],
  'method-not-allowed': [405, 'The method is not supported here'],
  'package-superseded': [409, 'There is a newer revision of the package'],
  'idempotency-in-progress': [409, 'The first request with this key is still running'],
  'code-expired': [410, 'The code has expired'],
  'flow-closed': [410, 'The flow is closed'],
  'cursor-expired': [410, 'The cursor has expired'],
  'asset-withdrawn': [410, 'The asset is no longer available for use'],
  'edit-conflict': [412, 'It was changed elsewhere in the meantime'],
  'body-too-large': [413, 'The body is too large'],
  'unsupported-media-type': [415, 'The media type is not supported'],
  'validation-failed': [422, 'Some fields break a rule'],
  'idempotency-key-reused': [422, 'The key was used for another request'],
  'client-too-old': [426, 'The client is too old'],
  'precondition-required': [428, 'If-Match is needed'],
  'resend-too-soon': [429, 'The next code can be sent a little later'],
  'too-many-attempts': [429, 'Too many attempts'],
  'rate-limited': [429, 'Too many requests'],
  'quota-exceeded': [429, 'The quota is used up'],
  internal: [500, 'Something went wrong'],
  maintenance: [503, 'The service is temporarily unavailable'],
} as const satisfies Record<string, readonly [number, string]>;

export type ProblemName = keyof typeof PROBLEMS;
export const PROBLEM_BASE = 'https://multimedia-desk.example/problems/';

export const fieldFault = z.object({
  /** Dotted path of the member, e.g. `terms.version`; truncated if very long. */
  field: z.string(),
  /** A `PasswordFault`, `same-as-current`, or `required`, `unknown-member`, `invalid`. */
  code: z.string(),
});
export type FieldFault = z.infer<typeof fieldFault>;

/** Problem details (RFC 9457). Clients map `type` to their own texts; `detail` is safe to show. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string(),
    instance: z.string().regex(/^urn:uuid:/),
    /** The first field errors; there may be more. */
    errors: z.array(fieldFault).optional(),
    attemptsLeft: z.int().nonnegative().optional(),
    flowId: id.optional(),
    currentRev: z.int().positive().optional(),
    restrictionIds: z.array(id).optional(),
    /** For `asset-withdrawn`: the exact state. */
    unavailable: unavailable.optional(),
    resetsAt: time.optional(),
    minClientVersion: z.string().optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problem>;
/** Extension members, which only some problems have. */
export type ProblemFacts = Partial<
  Pick<
    Problem,
    | 'errors'
    | 'attemptsLeft'
    | 'flowId'
    | 'currentRev'
    | 'restrictionIds'
    | 'unavailable'
    | 'resetsAt'
    | 'minClientVersion'
  >
>;

const isProblemName = (name: string): name is ProblemName => Object.hasOwn(PROBLEMS, name);

/** @returns the name at the end of a problem's `type`, null if unknown */
export function problemName(type: string): ProblemName | null {
  const name = type.slice(type.lastIndexOf('/') + 1);
  return isProblemName(name) ? name : null;
}
