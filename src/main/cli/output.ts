import { type ErrorCode, toWire, type WireError } from '../../shared/errors.ts';

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
function exitCodeOf(code: ErrorCode): number {
  const group = Object.entries(GROUPS).find(([, codes]) => codes.includes(code));
  return group ? Number(group[0]) : 1;
}

/** Control characters, line ends, and what turns text around. */
const HIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
/**
 * Names and words of a service, an address or a Metalink may hold commands to the terminal, forge a
 * line or turn one around: what would do that is seen instead, in the form that JSON has for it
 * too.
 */
const shown = (line: string): string =>
  line.replaceAll(
    HIDDEN,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** For people: each text is one line, whatever is in it. */
type Lines = string | readonly string[];
const textOf = (lines: Lines): string =>
  (typeof lines === 'string' ? [lines] : lines).map((line) => `${shown(line)}\n`).join('');

/**
 * Where a command writes: with `--json` one object a line on stdout, otherwise words for people
 * (results on stdout, the rest on stderr).
 */
export class Output {
  readonly json: boolean;

  constructor(json: boolean) {
    this.json = json;
  }

  /** One line for scripts; people see `human` instead, if there is one. */
  line(object: { type: string } & Record<string, unknown>, human?: Lines): void {
    if (this.json) process.stdout.write(textOf(JSON.stringify(object)));
    else if (human !== undefined) process.stdout.write(textOf(human));
  }

  /** For people only. */
  note(lines: Lines): void {
    if (!this.json) process.stderr.write(textOf(lines));
  }

  /** For people, whoever reads stdout. */
  warn(lines: Lines): void {
    process.stderr.write(textOf(lines));
  }

  /** The last line of a command that did what it was asked to. */
  done(facts: Record<string, unknown> = {}, human?: Lines): number {
    this.line({ type: 'result', ok: true, ...facts }, human);
    return 0;
  }

  /** The last lines of one that did not. @returns the exit code. */
  failed(thrown: unknown, facts: Record<string, unknown> = {}): number {
    const error = toWire(thrown);
    if (error.code === 'bug')
      process.stderr.write(
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
