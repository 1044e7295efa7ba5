import type { ServiceApi, TaggedServiceApi } from '../../shared/api/endpoints.ts';
import { AppError } from '../../shared/errors.ts';

/**
 * What the operating system's keychain is to us: `ok`; `absent` (none here: secrets last as long as
 * the program); `locked` (there, but its prompt was refused or is still open: nothing is deleted);
 * `unanswered` (there and silent, tried again by itself: nothing is deleted); `unreadable` (what is
 * stored makes no sense: it is kept aside and told).
 */
export type KeychainState = 'ok' | 'absent' | 'locked' | 'unanswered' | 'unreadable';
export type SecretName = 'session' | 'flow' | 'logout-pending';

/** Keeps secrets, one text a name. Never throws: the state says what happened. */
export interface TokenVault<Name extends string = SecretName> {
  /** The system may ask a person again to unlock the keychain, which it else does once. */
  allowPrompt(): void;
  read(name: Name): Promise<{ state: KeychainState; value: string | null }>;
  /** All but `ok`: the value is kept in memory for as long as the program runs. */
  write(name: Name, value: string): Promise<KeychainState>;
  remove(name: Name): Promise<KeychainState>;
  /**
   * Writes what `absent`, `locked` and `unanswered` have left in memory. `ok` when nothing is left
   * there.
   */
  flush(): Promise<KeychainState>;
  /**
   * The entry in the keychain is spent although it could not be replaced: it is treated as removed
   * unless it is written again.
   */
  markRemoved(name: Name): void;
  /**
   * Puts an entry that could not be understood under another name, so that nothing is lost and it
   * is not met again.
   */
  quarantine(name: Name): Promise<void>;
  /**
   * An entry that was removed or disowned while the keychain was locked, by this run or an earlier
   * one, and is still there: deleted and returned.
   */
  takeOrphan(name: Name): Promise<string | null>;
}

/**
 * The right password of a registration whose code was not entered yet. The flow's id is a bearer
 * secret: it is no fact of the error, those cross borders.
 */
export class VerificationRequired extends AppError {
  readonly flowId: string;

  constructor(flowId: string, message: string) {
    super('verification-required', message);
    this.flowId = flowId;
  }
}

/** Endpoints whose answer is the account, with the tag that a later change names. */
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
/** An account and its entity tag, so that a change never overwrites one made elsewhere. */
export type TaggedAccount = Awaited<ReturnType<AccountApi['getAccount']>>;

export interface Clock {
  /** This machine's clock, ms since 1970. */
  now(): number;
  /** The service's clock as last heard, ms since 1970: countdowns and expiry go by it. */
  serviceNow(): number;
}

/** Names of what was told here; kept beyond a session. */
export type SeenNotices = { has(name: string): boolean; add(name: string): void };
