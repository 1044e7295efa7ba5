import * as z from 'zod';
import type { KeychainState, SecretName, TokenVault, AccountApi } from './ports.ts';
import { randomUUID } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';

type Entry = Record<string, unknown>;
const isEntry = (value: unknown): value is Entry => typeof value === 'object' && value !== null;

/** Entries of version 0.1 say `toldUntil` for `seenUntil`, and `edition` for the profile's `etag`. */
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

/**
 * The signed-in session as the keychain keeps it: enough to be signed in offline, after a restart.
 */
export const storedSession = z.preprocess(
  fromEarlierNames,
  z.object({
    refreshToken: z.string(),
    /**
     * Idempotency key of a refresh that was sent and not yet answered: the same key gets the same
     * answer again.
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
      // Entries of earlier versions lack these.
      newsletterChangedAt: z.number().nullable().default(null),
      etag: z.string().nullable().default(null),
      notices: z.array(z.object({ code: z.string(), at: z.number() })).default([]),
    }),
    /** What happened up to this moment is no news here, ms since 1970 by the service's clock. */
    seenUntil: z.number().default(0),
  }),
);
export type StoredSession = z.infer<typeof storedSession>;

/**
 * A code that is awaited. The flow id is a bearer secret until the code is proved, so it is kept
 * with the tokens.
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

/** Null for what makes no sense. */
export function parseSecret<T>(text: string, schema: z.ZodType<T>): T | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/**
 * Reads one entry as what it should be. An entry that makes no sense is set aside, not deleted, and
 * reported.
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

/** A minute early, so that a token does not run out on its way. */
const EARLY_MS = 60_000;

/**
 * The one place that holds tokens. Refresh is single-flight; the idempotency key is in the keychain
 * before the request is sent and the new refresh token before the new access token is used, so that
 * a crash at any point loses no session.
 */
export class Tokens {
  #session: StoredSession | null = null;
  #updates = 0;
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
  get updates(): number {
    return this.#updates;
  }

  get session(): StoredSession | null {
    return this.#session;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** Takes over a session; resolves once the keychain has it, with the keychain's state. */
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
   * Runs a call with a valid access token, refreshed at most once. Throws `signed-out`,
   * `session-ended`, or what the call throws.
   */
  async withToken<T>(call: (accessToken: string) => Promise<T>): Promise<T> {
    if (!this.#session) throw new AppError('signed-out', 'Not signed in');
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
      // The entry may be another session's by now.
      requireCurrent();
      if (state !== 'ok') this.#vault.markRemoved('session');
      this.#access = { token: pair.accessToken, expiresAt: this.#now() + pair.expiresIn * 1000 };
      return pair.accessToken;
    } catch (thrown) {
      // Only the service's own word ends a session; offline is not signed out.
      if (thrown instanceof AppError && thrown.code === 'session-ended' && isCurrent()) {
        await this.clear();
        this.#onEnded();
      }
      throw thrown;
    }
  }
}
