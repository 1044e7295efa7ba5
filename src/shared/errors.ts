/**
 * The closed list of error codes. Adapters map errno, HTTP status and problem types to them; code
 * above adapters checks these only. Texts for people are in the renderer.
 */
export const ERROR_CODES = [
  // account
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
  'credentials-closed',
  'password-needed',
  // network
  'offline',
  'https-required',
  'service-unreachable',
  'service-error',
  'rate-limited',
  'timeout',
  'tls',
  'proxy-unreachable',
  'proxy-auth',
  'proxy-refused',
  'client-too-old',
  'origin-refused',
  'origin-error',
  'captive-portal',
  'stalled',
  'redirect-refused',
  'short-body',
  'range-ignored',
  'source-changed',
  // a source of assets
  'source-blocked',
  'source-gone',
  'key-refused',
  // integrity
  'hash-mismatch',
  'manifest-invalid',
  'untrusted-key',
  'other-package',
  'unsafe-name',
  'metalink-invalid',
  'feed-invalid',
  'several-feeds',
  'no-feed',
  'page-unreadable',
  'ledger-broken',
  // disk
  'disk-full',
  'disk-error',
  'destination-missing',
  'not-permitted',
  'exists',
  'file-too-large',
  // content and rights
  'not-found',
  'withdrawn',
  'on-hold',
  'expired',
  'superseded',
  'other-service',
  'cursor-expired',
  'embargoed',
  'territory-restricted',
  'platform-restricted',
  'restriction-unacknowledged',
  'terms-not-accepted',
  'entitlement-missing',
  'copies-refused',
  'quota-exceeded',
  // program
  'usage',
  'managed',
  'home-in-use',
  'invalid-payload',
  'forbidden',
  'cancelled',
  'no-browser',
  'pdf-failed',
  'bug',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** Facts of an error that cross process borders; all safe to show and to log. */
export type ErrorDetail = {
  retryable?: boolean;
  retryAfterMs?: number;
  /** `validation-failed`: the field errors. */
  fields?: { field: string; code: string }[];
  /** `code-invalid`: attempts left before the flow closes. */
  attemptsLeft?: number;
  /** `restriction-unacknowledged`, `embargoed`: ids to acknowledge. */
  restrictionIds?: string[];
  /** Of what rights refuse: every reason that forbids or asks, strictest first. */
  reasons?: {
    effect: 'forbid' | 'ask';
    kind: string;
    restrictionId: string | null;
    untilMs: number | null;
    shots: number[];
    barred: string[];
  }[];
  /** `several-feeds`: those that a web page names, best first. */
  feeds?: { address: string; title: string }[];
  /** `managed`: who has set it; absent where the policy doesn’t say. */
  organisation?: string;
  /** `disk-full`: bytes that the volume lacks, where they are known. */
  shortBytes?: number;
  /** `other-package`: what the folder contains. */
  found?: { packageId: string; rev: number };
};
export type WireError = { code: ErrorCode; message: string } & ErrorDetail;
export type WireResult<T> = { ok: true; value: T } | { ok: false; error: WireError };

export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly detail: ErrorDetail;

  /** @param message in English, for logs and the command line; never contains a secret */
  constructor(code: ErrorCode, message: string, detail: ErrorDetail & { cause?: unknown } = {}) {
    const { cause, ...facts } = detail;
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
    this.detail = facts;
  }
}

/** What was thrown, in words for a log. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);

/** The reason an `AbortSignal` was aborted with. */
export const stopReason = ({ reason }: { readonly reason: unknown }): AppError =>
  reason instanceof AppError ? reason : new AppError('cancelled', 'Stopped');

/**
 * Serialises a thrown value for another process. Anything but an `AppError` becomes `bug` and
 * reveals nothing.
 */
export function toWire(thrown: unknown): WireError {
  if (!(thrown instanceof AppError)) return { code: 'bug', message: 'Unexpected error' };
  return { code: thrown.code, message: thrown.message, ...thrown.detail };
}

export function fromWire({ code, message, ...facts }: WireError): AppError {
  return new AppError(code, message, facts);
}
