import type { AppError, ErrorCode } from '../../shared/errors.ts';
import type { SyncFault } from './ports.ts';

const FAULTS: Partial<Record<ErrorCode, SyncFault>> = {
  'rate-limited': 'limited',
  'quota-exceeded': 'limited',
  'source-blocked': 'blocked',
  'captive-portal': 'blocked',
  'key-refused': 'key-refused',
  'signed-out': 'key-refused',
  'session-ended': 'key-refused',
  'account-suspended': 'key-refused',
  'origin-refused': 'origin-refused',
  'redirect-refused': 'origin-refused',
  'client-too-old': 'origin-refused',
  'feed-invalid': 'changed-shape',
  'source-gone': 'gone',
  'origin-error': 'offline',
  offline: 'offline',
  'service-unreachable': 'offline',
  'service-error': 'offline',
  timeout: 'offline',
  tls: 'offline',
  'proxy-unreachable': 'offline',
  'proxy-auth': 'offline',
  'proxy-refused': 'origin-refused',
  stalled: 'offline',
  'short-body': 'offline',
  'not-found': 'offline',
  // Of a folder.
  'destination-missing': 'offline',
  'not-permitted': 'origin-refused',
  'disk-error': 'offline',
};

/**
 * What an error that a source has thrown says of the source.
 *
 * @returns null for what isn't its fault, such as a full disk or a stop
 */
export function faultOf({ code, detail }: AppError): SyncFault | null {
  // 503 with Retry-After is a server that asks for a pause, and without one it is down.
  if (code === 'origin-error' && detail.retryAfterMs !== undefined) return 'limited';
  return FAULTS[code] ?? null;
}
