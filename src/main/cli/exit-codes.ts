import type { ErrorCode } from '../../shared/errors.ts';

const GROUPS: Record<number, readonly ErrorCode[]> = {
  2: ['usage', 'https-required', 'home-in-use', 'invalid-payload', 'metalink-invalid'],
  3: [
    'signed-out',
    'invalid-credentials',
    'verification-required',
    'session-ended',
    'account-suspended',
    'code-invalid',
    'code-expired',
    'flow-closed',
    'resend-too-soon',
    'too-many-attempts',
    'validation-failed',
    'reauth-required',
    'edit-conflict',
    'no-pending-flow',
    'keychain-absent',
    'keychain-locked',
    'keychain-unanswered',
    'keychain-unreadable',
    'password-needed',
  ],
  4: [
    'offline',
    'service-unreachable',
    'service-error',
    'rate-limited',
    'timeout',
    'tls',
    'client-too-old',
    'origin-refused',
    'origin-error',
    'captive-portal',
    'stalled',
    'redirect-refused',
    'short-body',
    'range-ignored',
    'cursor-expired',
  ],
  5: ['hash-mismatch', 'manifest-invalid', 'untrusted-key', 'unsafe-name', 'source-changed'],
  6: [
    'disk-full',
    'disk-error',
    'destination-missing',
    'not-permitted',
    'exists',
    'file-too-large',
  ],
  7: ['not-found', 'withdrawn', 'on-hold', 'expired', 'superseded'],
  8: [
    'embargoed',
    'territory-restricted',
    'restriction-unacknowledged',
    'terms-not-accepted',
    'entitlement-missing',
    'quota-exceeded',
  ],
  130: ['cancelled'],
};

/**
 * The exit code of an error: part of the command line's stable interface. 1 is a fault of this
 * program.
 */
export function exitCodeOf(code: ErrorCode): number {
  const group = Object.entries(GROUPS).find(([, codes]) => codes.includes(code));
  return group ? Number(group[0]) : 1;
}
