import type { ClientRequest } from 'node:http';
import { hasErrno } from '../fs/errors.ts';
import { redactUrl } from '../../../shared/model/url.ts';
import { stopReason, AppError, type ErrorCode } from '../../../shared/errors.ts';
import type { ByteRequest } from '../../transfers/ports.ts';
import { PRIVATE_ADDRESS } from './private-addresses.ts';
import { ProxyFault } from './proxy-fault.ts';

const OFFLINE = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'ENETDOWN',
  'EHOSTUNREACH',
  'EADDRNOTAVAIL',
]);
const TIMEOUT = new Set(['ETIMEDOUT', 'ESOCKETTIMEDOUT']);

const PROXY: Readonly<Record<ProxyFault['code'], ErrorCode>> = {
  EPROXY_UNREACHABLE: 'proxy-unreachable',
  EPROXY_AUTH: 'proxy-auth',
  EPROXY_REFUSED: 'proxy-refused',
};

/** Of a proxy that didn't lead to an address; null for other faults. */
export const errorFromProxy = (thrown: unknown): AppError | null => {
  const fault =
    thrown instanceof Error && thrown.cause instanceof ProxyFault ? thrown.cause : thrown;
  if (!(fault instanceof ProxyFault)) return null;
  const code = PROXY[fault.code];
  return new AppError(code, fault.message, { cause: thrown, retryable: code !== 'proxy-auth' });
};

/**
 * Rejects once a request has ended without an answer or an error, as Node ends one whose answer
 * changes the protocol (101).
 */
export function rejectUnanswered(request: ClientRequest, reject: (thrown: Error) => void): void {
  request.once('close', () => reject(new Error('no answer')));
}

/**
 * A kept connection had been closed by the server when the request reached it, as each does after
 * some seconds without one. A GET is then sent again, by another connection (RFC 9112 §9.3.1).
 *
 * @param request of node:http, or of got; none if it failed before it was made
 */
export const wasClosedIdle = (
  request: { readonly reusedSocket?: boolean | undefined } | undefined,
  thrown: unknown,
): boolean => request?.reusedSocket === true && hasErrno(thrown, 'ECONNRESET', 'EPIPE');

function codeOf(thrown: Error): ErrorCode {
  const errno = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  if (OFFLINE.has(errno)) return 'offline';
  if (TIMEOUT.has(errno)) return 'timeout';
  if (errno === PRIVATE_ADDRESS) return 'redirect-refused';
  if (
    errno.startsWith('ERR_TLS') ||
    errno.startsWith('ERR_SSL') ||
    errno.includes('CERT') ||
    errno === 'EPROTO' ||
    errno.startsWith('UNABLE_TO_')
  )
    return 'tls';
  return 'origin-error';
}

/**
 * Converts errors of sockets and HTTP libraries.
 * @param late code to use once the body has begun
 */
export function transportError(
  thrown: unknown,
  { url, signal }: Pick<ByteRequest, 'url' | 'signal'>,
  late: ErrorCode | null,
): AppError {
  if (thrown instanceof AppError) return thrown;
  if (signal.aborted) return stopReason(signal);
  const ofProxy = errorFromProxy(thrown);
  if (ofProxy) return ofProxy;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const code = late ?? codeOf(error);
  return new AppError(code, `${redactUrl(url)}: ${error.message}`, {
    cause: error,
    retryable: code !== 'tls' && code !== 'redirect-refused',
  });
}
