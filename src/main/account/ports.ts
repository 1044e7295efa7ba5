import type {
  Account as WireAccount,
  AccountExport,
  AccountPatch,
  Newsletter,
} from '../../shared/api/account.ts';
import type { CodeResent, CodeSent, Device, ResetGrant } from '../../shared/api/flows.ts';
import type { Registration } from '../../shared/api/account.ts';
import type { Session, SessionItem, TokenPair } from '../../shared/api/sessions.ts';

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
  writePending(): Promise<KeychainState>;
  /**
   * The entry in the keychain is spent although it could not be replaced: it is treated as removed
   * unless it is written again.
   */
  disown(name: Name): void;
  /**
   * Puts an entry that could not be understood under another name, so that nothing is lost and it
   * is not met again.
   */
  setAside(name: Name): Promise<void>;
  /**
   * An entry that was removed or disowned while the keychain was locked, by this run or an earlier
   * one, and is still there: deleted and returned.
   */
  takeRemoved(name: Name): Promise<string | null>;
}

/**
 * The account with the tag that a later change names, so that what was changed elsewhere meanwhile
 * is not overwritten.
 */
export type TaggedAccount = { account: WireAccount; edition: string | null };

/** The account part of the service. Every method throws `AppError` only. */
export interface AccountApi {
  register(input: Registration, idempotencyKey: string): Promise<CodeSent>;
  verify(flowId: string, code: string, device: Device, idempotencyKey: string): Promise<Session>;
  resendCode(flowId: string): Promise<CodeResent>;
  startReset(email: string): Promise<CodeSent>;
  resendReset(flowId: string): Promise<CodeResent>;
  verifyReset(flowId: string, code: string): Promise<ResetGrant>;
  completeReset(resetToken: string, newPassword: string, idempotencyKey: string): Promise<void>;
  /**
   * @returns the flow in place of a session where the password is right and the code of the
   * registration still to be entered.
   */
  signIn(
    email: string,
    password: string,
    device: Device,
  ): Promise<Session | { awaitedFlowId: string }>;
  refresh(refreshToken: string, idempotencyKey: string): Promise<TokenPair>;
  signOut(refreshToken: string): Promise<void>;
  account(accessToken: string): Promise<TaggedAccount>;
  /** @throws `edit-conflict` when the account is not what `edition` was any more. */
  edit(accessToken: string, patch: AccountPatch, edition: string): Promise<TaggedAccount>;
  setNewsletter(accessToken: string, subscribed: boolean): Promise<Newsletter>;
  acceptTerms(accessToken: string, version: string): Promise<TaggedAccount>;
  changePassword(accessToken: string, currentPassword: string, newPassword: string): Promise<void>;
  startEmailChange(accessToken: string, newEmail: string, password: string): Promise<CodeSent>;
  resendEmailChange(accessToken: string, flowId: string): Promise<CodeResent>;
  verifyEmailChange(accessToken: string, flowId: string, code: string): Promise<TaggedAccount>;
  /** @returns when the last of it is gone, ms since 1970. */
  deleteAccount(accessToken: string, password: string): Promise<number>;
  exportAccount(accessToken: string): Promise<AccountExport>;
  sessions(accessToken: string): Promise<SessionItem[]>;
  revokeSession(accessToken: string, id: string): Promise<void>;
  /** @returns how many ended. */
  revokeOthers(accessToken: string): Promise<number>;
  reauthenticate(accessToken: string, password: string): Promise<void>;
  termsVersion(): Promise<string>;
}

export interface Clock {
  /** This machine's clock, ms since 1970. */
  now(): number;
  /** The service's clock as last heard, ms since 1970: countdowns and expiry go by it. */
  serviceNow(): number;
}

/** Names of what was told here; kept beyond a session. */
export type SeenNotices = { has(name: string): boolean; add(name: string): void };
