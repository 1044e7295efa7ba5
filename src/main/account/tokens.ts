import { randomUUID } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import type { AccountApi, KeychainState, TokenVault } from './ports.ts';
import type { StoredSession } from './secrets.ts';

/** A minute early, so that a token does not run out on its way. */
const EARLY_MS = 60_000;

/**
 * The one place that holds tokens. Refresh is single-flight; the idempotency key is in the keychain
 * before the request is sent and the new refresh token before the new access token is used, so that
 * a crash at any point loses no session.
 */
export class Tokens {
  #session: StoredSession | null = null;
  #remembered = 0;
  #access: { token: string; expiresAt: number } | null = null;
  #refreshing: { of: number; token: Promise<string> } | null = null;
  /** Grows when somebody signs in or out: what was under way before is not his. */
  #epoch = 0;
  readonly #api: Pick<AccountApi, 'refresh'>;
  readonly #vault: TokenVault;
  readonly #now: () => number;
  readonly #onEnded: () => void;
  readonly #onKept: (state: KeychainState) => void;

  /**
   * @param onEnded the service said that the session is over; the tokens are gone by then
   * @param onKept what the keychain said when a session in use was written to it
   */
  constructor(
    api: Pick<AccountApi, 'refresh'>,
    vault: TokenVault,
    now: () => number,
    { onEnded, onKept }: { onEnded: () => void; onKept: (state: KeychainState) => void },
  ) {
    this.#api = api;
    this.#vault = vault;
    this.#now = now;
    this.#onEnded = onEnded;
    this.#onKept = onKept;
  }

  /** How often what is remembered beside the tokens was changed. */
  get remembered(): number {
    return this.#remembered;
  }

  get session(): StoredSession | null {
    return this.#session;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** Takes over a session; resolves once the keychain has it, with the keychain's state. */
  async adopt(
    session: StoredSession,
    accessToken: string,
    expiresInSeconds: number,
  ): Promise<KeychainState> {
    const epoch = ++this.#epoch;
    this.#session = session;
    this.#access = null;
    const state = await this.#write();
    if (this.#epoch === epoch)
      this.#access = { token: accessToken, expiresAt: this.#now() + expiresInSeconds * 1000 };
    return state;
  }

  /**
   * Puts a session in use that the keychain gave, unless somebody has signed in or out in this run.
   */
  restore(session: StoredSession): void {
    if (this.#epoch === 0) this.#session ??= session;
  }

  /**
   * Changes what is remembered beside the tokens. What is of another account, asked for before this
   * one signed in, does not.
   */
  async remember(profile: StoredSession['profile']): Promise<void> {
    this.#remembered += 1;
    if (this.#session?.profile.id === profile.id) await this.#save({ ...this.#session, profile });
  }

  async drop(): Promise<void> {
    this.#epoch += 1;
    this.#session = null;
    this.#access = null;
    await this.#vault.remove('session');
  }

  /**
   * Runs a call with a valid access token, refreshed at most once. Throws `signed-out`,
   * `session-ended`, or what the call throws.
   */
  async withToken<T>(call: (accessToken: string) => Promise<T>): Promise<T> {
    if (!this.#session) throw new AppError('signed-out', 'Nobody is signed in');
    const epoch = this.#epoch;
    const fresh =
      this.#access && this.#access.expiresAt - EARLY_MS > this.#now() ? this.#access.token : null;
    const token = fresh ?? (await this.#refreshed());
    try {
      return await call(token);
    } catch (thrown) {
      // The service no longer takes this access token although its time is not up: one fresh one,
      // then its word stands.
      if (!(thrown instanceof AppError) || thrown.code !== 'signed-out' || this.#epoch !== epoch)
        throw thrown;
      if (this.#access?.token === token) this.#access = null;
      return call(this.#access?.token ?? (await this.#refreshed()));
    }
  }

  async #save(session: StoredSession): Promise<KeychainState> {
    this.#session = session;
    const state = await this.#write();
    this.#onKept(state);
    return state;
  }

  #write(): Promise<KeychainState> {
    return this.#vault.write('session', JSON.stringify(this.#session));
  }

  #refreshed(): Promise<string> {
    if (this.#refreshing?.of === this.#epoch) return this.#refreshing.token;
    const refreshing = {
      of: this.#epoch,
      token: this.#refresh().finally(() => {
        if (this.#refreshing === refreshing) this.#refreshing = null;
      }),
    };
    this.#refreshing = refreshing;
    return refreshing.token;
  }

  async #refresh(): Promise<string> {
    const current = this.#session;
    if (!current) throw new AppError('signed-out', 'Nobody is signed in');
    const epoch = this.#epoch;
    const isCurrent = (): boolean => this.#epoch === epoch;
    const mustBeCurrent = (): void => {
      if (!isCurrent()) throw new AppError('signed-out', 'Signed out meanwhile');
    };
    const key = current.refreshKey ?? randomUUID();
    if (current.refreshKey === null) await this.#save({ ...current, refreshKey: key });
    mustBeCurrent();
    try {
      const pair = await this.#api.refresh(current.refreshToken, key);
      mustBeCurrent();
      const state = await this.#save({
        ...current,
        ...this.#session,
        refreshToken: pair.refreshToken,
        refreshKey: null,
      });
      // The entry may be another session's by now.
      mustBeCurrent();
      if (state !== 'ok') this.#vault.disown('session');
      this.#access = { token: pair.accessToken, expiresAt: this.#now() + pair.expiresIn * 1000 };
      return pair.accessToken;
    } catch (thrown) {
      // Only the service's own word ends a session; offline is not signed out.
      if (thrown instanceof AppError && thrown.code === 'session-ended' && isCurrent()) {
        await this.drop();
        this.#onEnded();
      }
      throw thrown;
    }
  }
}
