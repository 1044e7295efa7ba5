import type { RequestError } from 'got';
import {
  problem as problemSchema,
  problemName,
  type ProblemName,
} from '../../../shared/api/problem.ts';
import { VerificationRequired } from '../../account/ports.ts';
import { AppError, type ErrorCode, type ErrorDetail } from '../../../shared/errors.ts';
import { errorFromProxy } from '../http/errors.ts';
import { parseRetryAfter } from '../../../shared/model/retry-after.ts';
import { systemClock } from '../../../shared/clock.ts';

/** Error codes by problem type (RFC 9457); all others become `service-error`. */
const CODES: Partial<Record<ProblemName, ErrorCode>> = {
  'invalid-credentials': 'invalid-credentials',
  'invalid-token': 'signed-out',
  'session-ended': 'session-ended',
  'token-reused': 'session-ended',
  'verification-required': 'verification-required',
  'account-suspended': 'account-suspended',
  'reauth-required': 'reauth-required',
  'code-invalid': 'code-invalid',
  'code-expired': 'code-expired',
  'flow-closed': 'flow-closed',
  'resend-too-soon': 'resend-too-soon',
  'too-many-attempts': 'too-many-attempts',
  'rate-limited': 'rate-limited',
  'quota-exceeded': 'quota-exceeded',
  'validation-failed': 'validation-failed',
  'client-too-old': 'client-too-old',
  'not-found': 'not-found',
  'asset-withdrawn': 'withdrawn',
  'package-superseded': 'superseded',
  embargoed: 'embargoed',
  'territory-restricted': 'territory-restricted',
  'platform-restricted': 'platform-restricted',
  'cursor-expired': 'cursor-expired',
  'restriction-unacknowledged': 'restriction-unacknowledged',
  'entitlement-missing': 'entitlement-missing',
  'terms-not-accepted': 'terms-not-accepted',
  'edit-conflict': 'edit-conflict',
};

type RawAnswer = {
  status: number;
  contentType: string;
  body: Buffer;
  retryAfter: string | undefined;
};

/**
 * Maps an error response to an `AppError`. HTML instead of JSON means a captive portal or a wrong
 * address.
 */
export function errorFromAnswer(answer: RawAnswer): AppError {
  const wait = parseRetryAfter(answer.retryAfter, systemClock.nowMs());
  const facts: ErrorDetail = wait === null ? {} : { retryAfterMs: wait };
  const parsed = problemSchema.safeParse(parseJson(answer.body));
  if (!parsed.success) {
    // From a proxy in front of the service, which sends no problem document.
    if (answer.status === 429)
      return new AppError('rate-limited', 'Too many requests. Try again later.', {
        ...facts,
        retryable: true,
      });
    // As nginx says it; RFC 8446 §4.4.2.4 leaves it to the server, and few end the handshake.
    if (answer.status === 400 && answer.body.includes('SSL certificate'))
      return new AppError('tls', CERTIFICATE_WANTED);
    if (answer.contentType.includes('html'))
      return new AppError(
        'captive-portal',
        `A web page answered instead of the service (status ${answer.status})`,
        { ...facts, retryable: true },
      );
    return new AppError(
      answer.status === 404 ? 'not-found' : 'service-error',
      `The service answered ${answer.status}`,
      { ...facts, retryable: answer.status >= 500 },
    );
  }
  const problem = parsed.data;
  const name = problemName(problem.type);
  if (name === 'verification-required' && problem.flowId !== undefined)
    return new VerificationRequired(problem.flowId, problem.detail);
  const code =
    (name === 'asset-withdrawn' && problem.unavailable) ||
    ((name && CODES[name]) ?? 'service-error');
  return new AppError(code, problem.detail, {
    ...facts,
    ...(answer.status >= 500 || answer.status === 429 ? { retryable: true } : {}),
    ...(problem.errors ? { fields: problem.errors } : {}),
    ...(problem.attemptsLeft === undefined ? {} : { attemptsLeft: problem.attemptsLeft }),
    ...(problem.restrictionIds ? { restrictionIds: problem.restrictionIds } : {}),
  });
}

/** Null if it is not valid JSON. */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}

/** Of a server that knows nobody without a certificate. */
export const CERTIFICATE_WANTED = 'The service asks for a certificate of ours';

/** Duck-typed: got is loaded with the first request only, so `instanceof` is not available. */
const isRequestError = (thrown: unknown): thrown is RequestError =>
  thrown instanceof Error &&
  'code' in thrown &&
  typeof thrown.code === 'string' &&
  'options' in thrown;

/** Maps a failure of got without a response to an `AppError`. */
export function errorFromTransport(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof Error && thrown.name === 'TimeoutError')
    return new AppError('timeout', 'The service didn’t respond in time', {
      retryable: true,
      cause: thrown,
    });
  const ofProxy = errorFromProxy(thrown);
  if (ofProxy) return ofProxy;
  if (!isRequestError(thrown))
    return new AppError('bug', 'The request couldn’t be made', { cause: thrown });
  if (thrown.code === 'ERR_ABORTED' || thrown.name === 'AbortError')
    return new AppError('cancelled', 'Cancelled');
  if (/^(?:CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(thrown.code))
    return new AppError('tls', `The service’s certificate isn’t trusted (${thrown.code})`, {
      cause: thrown,
    });
  const isOffline = /^(?:ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ENETDOWN)$/.test(thrown.code);
  return new AppError(
    isOffline ? 'offline' : 'service-unreachable',
    `The service can’t be reached (${thrown.code})`,
    { retryable: true, cause: thrown },
  );
}
