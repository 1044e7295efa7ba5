import * as z from 'zod';
import type { KeychainState, SecretName, TokenVault, AccountApi } from './ports.ts';
import { randomUUID } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import type { Clock } from '../../shared/clock.ts';

type Entry = Record<string, unknown>;
const isEntry = (value: unknown): value is Entry => typeof value === 'object' && value !== null;

/**
 * Migrates entries of version 0.1: `toldUntil` is now `seenUntil`, the profile's `edition` `etag`.
 */
function fromEarlierNames(value: unknown): unknown {
  if (!isEntry(value)) return value;
  const { toldUntil, profile, ...entry } = value;
  return {
    ...(toldUntil === undefined ? {} : { seenUntil: toldUntil }),
    ...entry,
    profile:
      isEntry(profile) && 'edition' in profile ? { etag: profile['edition'], ...profile } : profile,
  };
}

/** The session as stored in the keychain: enough to be signed in offline after a restart. */
export const storedSession = z.preprocess(
  fromEarlierNames,
  z.object({
    refreshToken: z.string(),
    /**
     * Idempotency key of a refresh that was sent but not answered; repeating it returns the same
     * answer.
     */
    refreshKey: z.string().nullable(),
    profile: z.object({
      id: z.string(),
      email: z.string(),
      displayName: z.string().nullable(),
      organisation: z.string().nullable(),
      country: z.string().nullable(),
      newsletter: z.boolean(),
      entitlements: z.array(z.string()),
      // Missing in entries of earlier versions.
      newsletterChangedAt: z.number().nullable().default(null),
      etag: z.string().nullable().default(null),
      /** Of the terms of use that the account has accepted. */
      termsVersion: z.string().optional(),
      notices: z.array(z.object({ code: z.string(), at: z.number() })).default([]),
    }),
    /** Notices up to this time are not shown, ms since 1970 by the service's clock. */
    seenUntil: z.number().default(0),
  }),
);
export type StoredSession = z.infer<typeof storedSession>;

/**
 * A pending flow as stored in the keychain. Its id is a bearer secret until the code is verified.
 */
export const storedFlow = z.object({
  purpose: z.enum(['registration', 'reset', 'email-change']),
  flowId: z.string(),
  email: z.string(),
  codeLength: z.number(),
  sentAt: z.number().default(0),
  codeExpiresAt: z.number(),
  resendAvailableAt: z.number(),
  resetToken: z.string().nullable(),
});
export type StoredFlow = z.infer<typeof storedFlow>;

/** Null if `text` is not valid JSON or does not match the schema. */
export function parseSecret<T>(text: string, schema: z.ZodType<T>): T | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/**
 * Reads and parses one entry. An invalid entry is quarantined, not deleted, and reported as
 * `unreadable`.
 */
export async function readSecret<T>(
  vault: TokenVault,
  name: SecretName,
  schema: z.ZodType<T>,
): Promise<{ state: KeychainState; value: T | null }> {
  const { state, value: text } = await vault.read(name);
  if (text === null) return { state, value: null };
  const value = parseSecret(text, schema);
  if (value !== null) return { state, value };
  await vault.quarantine(name);
  return { state: 'unreadable', value: null };
}

/** Tokens are refreshed this long before expiry, so that none expires in flight. */
const EXPIRY_MARGIN_MS = 60_000;

/**
 * Holds the tokens. Refresh is single-flight: its idempotency key is in the keychain before the
 * request is sent, and the new refresh token before the new access token is used, so a crash at any
 * point loses no session.
 */
export class Tokens {
  #session: StoredSession | null = null;
  #updates = 0;
  #access: { token: string; expiresAt: number } | null = null;
  #refreshing: { epoch: number; token: Promise<string> } | null = null;
  /** Incremented by every sign-in and sign-out; results of an earlier epoch are discarded. */
  #epoch = 0;
  readonly #api: Pick<AccountApi, 'refresh'>;
  readonly #vault: TokenVault;
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #onEnded: () => void;
  readonly #onStored: (state: KeychainState) => void;

  /**
   * @param onEnded called after the service ended the session and the tokens were cleared
   * @param onStored called with the keychain's state after each write of the session in use
   */
  constructor(
    api: Pick<AccountApi, 'refresh'>,
    vault: TokenVault,
    clock: Pick<Clock, 'nowMs'>,
    { onEnded, onStored }: { onEnded: () => void; onStored: (state: KeychainState) => void },
  ) {
    this.#api = api;
    this.#vault = vault;
    this.#clock = clock;
    this.#onEnded = onEnded;
    this.#onStored = onStored;
  }

  /** Number of profile updates so far. */
  get updates(): number {
    return this.#updates;
  }

  get session(): StoredSession | null {
    return this.#session;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** Starts using a session; resolves with the keychain's state once it was written. */
  async setSession(
    session: StoredSession,
    accessToken: string,
    expiresInSeconds: number,
  ): Promise<KeychainState> {
    const epoch = ++this.#epoch;
    this.#session = session;
    this.#access = null;
    const state = await this.#write();
    if (this.#epoch === epoch)
      this.#access = {
        token: accessToken,
        expiresAt: this.#clock.nowMs() + expiresInSeconds * 1000,
      };
    return state;
  }

  /** Restores the session from the keychain, unless this run has already signed in or out. */
  restore(session: StoredSession): void {
    if (this.#epoch === 0) this.#session ??= session;
  }

  /**
   * Stores a new profile. A profile of another account, requested before the current sign-in, is
   * ignored.
   */
  async update(profile: StoredSession['profile']): Promise<void> {
    this.#updates += 1;
    if (this.#session?.profile.id === profile.id) await this.#save({ ...this.#session, profile });
  }

  async clear(): Promise<void> {
    this.#epoch += 1;
    this.#session = null;
    this.#access = null;
    await this.#vault.remove('session');
  }

  /**
   * Runs `call` with a valid access token, refreshed at most once.
   *
   * @throws `signed-out`, `session-ended`, or what `call` throws
   */
  async withToken<T>(call: (accessToken: string) => Promise<T>): Promise<T> {
    if (!this.#session) throw new AppError('signed-out', 'Not signed in');
    const epoch = this.#epoch;
    const fresh =
      this.#access && this.#access.expiresAt - EXPIRY_MARGIN_MS > this.#clock.nowMs()
        ? this.#access.token
        : null;
    const token = fresh ?? (await this.#refreshed());
    try {
      return await call(token);
    } catch (thrown) {
      // The service rejected the token before its expiry: retry once with a fresh one.
      if (!(thrown instanceof AppError) || thrown.code !== 'signed-out' || this.#epoch !== epoch)
        throw thrown;
      if (this.#access?.token === token) this.#access = null;
      return call(this.#access?.token ?? (await this.#refreshed()));
    }
  }

  async #save(session: StoredSession): Promise<KeychainState> {
    this.#session = session;
    const state = await this.#write();
    this.#onStored(state);
    return state;
  }

  #write(): Promise<KeychainState> {
    return this.#vault.write('session', JSON.stringify(this.#session));
  }

  #refreshed(): Promise<string> {
    if (this.#refreshing?.epoch === this.#epoch) return this.#refreshing.token;
    const refreshing = {
      epoch: this.#epoch,
      token: this.#refresh().finally(() => {
        if (this.#refreshing === refreshing) this.#refreshing = null;
      }),
    };
    this.#refreshing = refreshing;
    return refreshing.token;
  }

  async #refresh(): Promise<string> {
    const current = this.#session;
    if (!current) throw new AppError('signed-out', 'Not signed in');
    const epoch = this.#epoch;
    const isCurrent = (): boolean => this.#epoch === epoch;
    const requireCurrent = (): void => {
      if (!isCurrent()) throw new AppError('signed-out', 'Signed out in the meantime');
    };
    const key = current.refreshKey ?? randomUUID();
    if (current.refreshKey === null) await this.#save({ ...current, refreshKey: key });
    requireCurrent();
    try {
      const pair = await this.#api.refresh({
        body: { refreshToken: current.refreshToken },
        idempotencyKey: key,
      });
      requireCurrent();
      const state = await this.#save({
        ...current,
        ...this.#session,
        refreshToken: pair.refreshToken,
        refreshKey: null,
      });
      // Another session may own the entry by now.
      requireCurrent();
      if (state !== 'ok') this.#vault.markRemoved('session');
      this.#access = {
        token: pair.accessToken,
        expiresAt: this.#clock.nowMs() + pair.expiresIn * 1000,
      };
      return pair.accessToken;
    } catch (thrown) {
      // Only an answer of the service ends a session; being offline does not.
      if (thrown instanceof AppError && thrown.code === 'session-ended' && isCurrent()) {
        await this.clear();
        this.#onEnded();
      }
      throw thrown;
    }
  }
}
