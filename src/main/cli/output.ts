import { type ErrorCode, toWire, type WireError } from '../../shared/errors.ts';
import type { Terminal } from './terminal.ts';

const GROUPS: Record<number, readonly ErrorCode[]> = {
  2: [
    'usage',
    'managed',
    'https-required',
    'home-in-use',
    'invalid-payload',
    'metalink-invalid',
    'feed-invalid',
    'several-feeds',
    'no-feed',
    'page-unreadable',
    'no-browser',
  ],
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
    'credentials-closed',
    'password-needed',
    'key-refused',
  ],
  4: [
    'offline',
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
    'cursor-expired',
    'source-blocked',
  ],
  5: [
    'hash-mismatch',
    'manifest-invalid',
    'untrusted-key',
    'other-package',
    'unsafe-name',
    'source-changed',
    'ledger-broken',
  ],
  6: [
    'disk-full',
    'disk-error',
    'destination-missing',
    'not-permitted',
    'exists',
    'file-too-large',
  ],
  7: ['not-found', 'source-gone', 'other-service', 'withdrawn', 'superseded'],
  8: [
    'on-hold',
    'expired',
    'embargoed',
    'territory-restricted',
    'platform-restricted',
    'restriction-unacknowledged',
    'terms-not-accepted',
    'entitlement-missing',
    'copies-refused',
    'quota-exceeded',
  ],
  130: ['cancelled'],
};

/** What each exit code says, for the manual page. */
export const EXIT_CODES: Record<number, string> = {
  0: 'done, and verified wherever a hash is known',
  1: 'an unexpected error',
  2: 'usage, the home is in use, or the administrator has set it otherwise',
  3: 'account, keychain or credential file, or the password of a URL is needed again',
  4: 'network',
  5: 'integrity',
  6: 'disk, or a different file already exists',
  7: 'not found, withdrawn, or from another service than the one in use',
  8: 'rights: on hold, expired, under embargo, not cleared, or not confirmed',
  130: 'interrupted',
};

/**
 * Exit codes are part of the command line's stable interface. Codes without a group exit with 1.
 */
function exitCodeOf(code: ErrorCode): number {
  const group = Object.entries(GROUPS).find(([, codes]) => codes.includes(code));
  return group ? Number(group[0]) : 1;
}

/** Control characters, line and paragraph separators, bidirectional controls. */
const HIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
/**
 * Texts of a service, a URL or a Metalink may hold terminal commands or forge a line. Escaped as in
 * JSON, so that they are visible and harmless.
 */
const shown = (line: string): string =>
  line.replaceAll(
    HIDDEN,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Text for people: each entry becomes exactly one line. */
type Lines = string | readonly string[];
const textOf = (lines: Lines): string =>
  (typeof lines === 'string' ? [lines] : lines).map((line) => `${shown(line)}\n`).join('');

/**
 * With `--json` one object per line on stdout; otherwise text for people, results on stdout and the
 * rest on stderr.
 */
export class Output {
  readonly json: boolean;
  readonly terminal: Terminal;

  constructor(json: boolean, terminal: Terminal) {
    this.json = json;
    this.terminal = terminal;
  }

  /** Writes `object` with `--json`, otherwise `human` if given. */
  line(object: { type: string } & Record<string, unknown>, human?: Lines): void {
    if (this.json) this.terminal.out(textOf(JSON.stringify(object)));
    else if (human !== undefined) this.terminal.out(textOf(human));
  }

  /** Text on stderr, without `--json` only. */
  note(lines: Lines): void {
    if (!this.json) this.terminal.err(textOf(lines));
  }

  /** Text on stderr, with `--json` too. */
  warn(lines: Lines): void {
    this.terminal.err(textOf(lines));
  }

  /** Last line of a command that succeeded. @returns the exit code */
  done(facts: Record<string, unknown> = {}, human?: Lines): number {
    this.line({ type: 'result', ok: true, ...facts }, human);
    return 0;
  }

  /**
   * Last lines of a command that failed; a bug is printed with its stack. @returns the exit code
   */
  failed(thrown: unknown, facts: Record<string, unknown> = {}): number {
    const error = toWire(thrown);
    if (error.code === 'bug')
      this.terminal.err(
        textOf(String(thrown instanceof Error ? thrown.stack : thrown).split('\n')),
      );
    return this.failedWith(error, facts);
  }

  failedWith(error: WireError, facts: Record<string, unknown> = {}): number {
    const { code, message, retryable = false, ...rest } = error;
    this.line({ type: 'error', code, message, retryable, ...rest });
    this.line({ type: 'result', ok: false, code, message, ...facts });
    this.note(`desk: ${message} (${code})`);
    const { restrictionIds = [] } = error;
    if (restrictionIds.length > 0)
      this.note(
        `See the restrictions with: desk catalogue show. Confirm them with: --acknowledge ${restrictionIds.join(',')}`,
      );
    return exitCodeOf(code);
  }
}
