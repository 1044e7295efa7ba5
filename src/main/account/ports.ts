import type { ServiceApi, TaggedServiceApi } from '../../shared/api/endpoints.ts';
import { AppError } from '../../shared/errors.ts';
import type { Clock } from '../../shared/clock.ts';

/**
 * State of the operating system's keychain. `absent`: there is none, secrets last until the program
 * exits. `locked`: its prompt was refused or is still open. `unanswered`: it does not respond and
 * is retried. `unreadable`: a stored entry could not be parsed; it is quarantined and reported.
 * Nothing is deleted while `locked` or `unanswered`.
 */
export type KeychainState = 'ok' | 'absent' | 'locked' | 'unanswered' | 'unreadable';
export type SecretName = 'session' | 'flow' | 'logout-pending';

/** Stores secrets, one string per name. Never throws; the state reports the outcome. */
export interface TokenVault<Name extends string = SecretName> {
  /** Allows one more unlock prompt of the system; without it there is at most one per run. */
  allowPrompt(): void;
  read(name: Name): Promise<{ state: KeychainState; value: string | null }>;
  /** For any state but `ok` the value is held in memory until the program exits. */
  write(name: Name, value: string): Promise<KeychainState>;
  remove(name: Name): Promise<KeychainState>;
  /** Writes the values still held in memory only. `ok` if none are left. */
  flush(): Promise<KeychainState>;
  /**
   * Marks a stored entry that is obsolete but could not be replaced: it counts as removed until it
   * is written again.
   */
  markRemoved(name: Name): void;
  /**
   * Moves an entry that could not be parsed to another name, so that it is preserved but not read
   * again.
   */
  quarantine(name: Name): Promise<void>;
  /**
   * Deletes and returns an entry that was removed while the keychain was locked, by this run or an
   * earlier one, and still exists.
   */
  takeOrphan(name: Name): Promise<string | null>;
}

/**
 * Correct password, but the registration's code was never entered. The flow id is a bearer secret
 * and therefore not part of `detail`, which crosses process borders.
 */
export class VerificationRequired extends AppError {
  readonly flowId: string;

  constructor(flowId: string, message: string) {
    super('verification-required', message);
    this.flowId = flowId;
  }
}

/** Endpoints that answer with the account and its ETag. */
type AccountEndpoint = 'getAccount' | 'patchAccount' | 'putTerms' | 'verifyEmailChange';

/** The account part of the service. Every method throws `AppError` only. */
export type AccountApi = ServiceApi<
  | 'getMeta'
  | 'register'
  | 'verifyAccount'
  | 'resendCode'
  | 'startReset'
  | 'resendReset'
  | 'verifyReset'
  | 'completeReset'
  | 'signIn'
  | 'refresh'
  | 'logout'
  | 'changePassword'
  | 'startEmailChange'
  | 'resendEmailChange'
  | 'deleteAccount'
  | 'exportAccount'
  | 'putNewsletter'
  | 'listSessions'
  | 'revokeSession'
  | 'revokeOthers'
  | 'reauth'
> &
  TaggedServiceApi<AccountEndpoint>;
/** An account with its entity tag (RFC 9110 §8.8.3), used as `If-Match` by the next edit. */
export type TaggedAccount = Awaited<ReturnType<AccountApi['getAccount']>>;

/** This machine's clock, and the service's. */
export type ServiceClock = Pick<Clock, 'nowMs'> & {
  /** As last observed, ms since 1970; countdowns and expiry use it. */
  serviceNow(): number;
};

/** Hashes of the notices seen on this machine; they outlive the session. */
export type SeenNotices = { has(name: string): boolean; add(name: string): void };
