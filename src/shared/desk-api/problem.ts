import * as z from 'zod';
import { ERROR_CODES, type ErrorCode } from '../errors.ts';

/** Problems of the API itself: the request wasn't understood, or the token doesn't allow it. */
const REQUEST_PROBLEMS = {
  'malformed-request': 400,
  'invalid-token': 401,
  'insufficient-scope': 403,
  'method-not-allowed': 405,
  'not-acceptable': 406,
  'body-too-large': 413,
  'unsupported-media-type': 415,
} as const;
type RequestProblem = keyof typeof REQUEST_PROBLEMS;
export type ApiProblemName = ErrorCode | RequestProblem;

/** The app's error codes as statuses of HTTP (RFC 9110 §15, RFC 4918 §11.5). */
const STATUSES: Partial<Record<ErrorCode, number>> = {
  forbidden: 403,
  managed: 403,
  'not-found': 404,
  'validation-failed': 422,
  usage: 422,
  'rate-limited': 429,
  // What the station's account or home lacks: a person has to act there.
  'signed-out': 409,
  'terms-not-accepted': 409,
  'password-needed': 409,
  exists: 409,
  'other-service': 409,
  superseded: 409,
  withdrawn: 410,
  'on-hold': 403,
  expired: 403,
  embargoed: 403,
  'territory-restricted': 403,
  'platform-restricted': 403,
  'restriction-unacknowledged': 403,
  'entitlement-missing': 403,
  'copies-refused': 403,
  'quota-exceeded': 429,
  'disk-full': 507,
  offline: 503,
  'service-unreachable': 503,
  'service-error': 503,
  timeout: 503,
  tls: 503,
  'captive-portal': 503,
  'proxy-unreachable': 503,
  'proxy-auth': 503,
  'proxy-refused': 503,
  stalled: 503,
};

/** The status of a problem; an error that no endpoint has for itself is 500. */
export const statusOf = (name: ApiProblemName): number =>
  name in REQUEST_PROBLEMS
    ? REQUEST_PROBLEMS[name as RequestProblem]
    : (STATUSES[name as ErrorCode] ?? 500);

/** Problem details (RFC 9457). */
export const apiProblem = z
  .object({
    type: z.string().describe('An address that ends in the code'),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string().describe('What happened and what to do, in English'),
    code: z
      .enum([...(Object.keys(REQUEST_PROBLEMS) as RequestProblem[]), ...ERROR_CODES])
      .describe('An error code of the app'),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .describe('Members of the request that break a rule'),
    restrictions: z
      .array(z.object({ id: z.string(), text: z.string() }))
      .optional()
      .describe('What has to be confirmed, in the words that are recorded with it'),
    organisation: z.string().optional().describe('Who has switched it off'),
  })
  .meta({ id: 'Problem' });
export type ApiProblem = z.infer<typeof apiProblem>;
