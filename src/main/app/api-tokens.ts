import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Received, Returned } from '../../shared/contract/define.ts';
import type { AppContract } from '../../shared/contract/index.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import type { StoredApiToken } from '../adapters/fs/api-tokens-file.ts';
import type { ListFile } from '../adapters/fs/list-file.ts';
import type { Log } from '../adapters/log.ts';
import type { Policy } from '../settings/policy.ts';
import type { Ledger } from './ledger.ts';

/** By which a token is known for one, in a log of a proxy or in a repository. */
const PREFIX = 'mmd_';
const MAX_TOKENS = 100;
/** The last use is written no more often. */
const USE_INTERVAL_MS = 60_000;

type ApiTokensView = Returned<AppContract, 'api-tokens.list'>;
/** A system that has shown its token. */
export type ApiSystem = Pick<StoredApiToken, 'id' | 'name' | 'scopes' | 'expiresAtMs'>;

type Deps = {
  store: ListFile<StoredApiToken>;
  clock: Pick<Clock, 'nowMs'>;
  policy: Pick<Policy, 'require'>;
  ledger: Pick<Ledger, 'note'>;
  log: Log;
  /** A file that can't be used was set aside. */
  onDamaged(aside: string): void;
  onChanged(change: { rev: number }): void;
};

const digest = (token: string): Buffer => createHash('sha256').update(token).digest();

/**
 * Which newsroom systems may use the station's API. A token is 32 random bytes, so that its plain
 * SHA-256, which alone is stored, tells nothing of it.
 */
export class ApiTokens {
  readonly #deps: Deps;
  readonly #listeners = new Set<(id: string) => void>();
  #tokens: StoredApiToken[];
  #rev = 0;
  #writtenAtMs = 0;
  #isUseUnwritten = false;

  constructor(deps: Deps) {
    this.#deps = deps;
    const { items: tokens, aside } = deps.store.read();
    this.#tokens = tokens;
    if (aside !== null) deps.onDamaged(aside);
  }

  get view(): ApiTokensView {
    return {
      rev: this.#rev,
      items: this.#tokens.map(({ id, name, scopes, createdAtMs, expiresAtMs, lastUsedAtMs }) => ({
        id,
        name,
        scopes,
        createdAt: createdAtMs,
        expiresAt: expiresAtMs,
        lastUsedAt: lastUsedAtMs,
      })),
    };
  }

  /** @throws `managed` where the API is switched off */
  require(): void {
    this.#deps.policy.require('api');
  }

  /**
   * Gives a system access. Durable when it returns, and the only time that its token is known.
   *
   * @throws `exists` for the name of another, `usage` for a time that has passed or too many,
   * `managed`, codes of the disk
   */
  async add({
    name,
    scopes,
    expiresAt,
  }: Received<AppContract, 'api-tokens.add'>): Promise<{ id: string; token: string }> {
    this.require();
    const nowMs = this.#deps.clock.nowMs();
    if (expiresAt !== null && expiresAt <= nowMs)
      throw new AppError('usage', 'The day on which it expires has passed. Use a later one.');
    if (this.#tokens.some((known) => known.name.toLowerCase() === name.toLowerCase()))
      throw new AppError(
        'exists',
        `There is a token for ${name} already. Use another name, or revoke it first.`,
      );
    if (this.#tokens.length >= MAX_TOKENS)
      throw new AppError('usage', `There are ${MAX_TOKENS} tokens already. Revoke one first.`);
    const token = PREFIX + randomBytes(32).toString('base64url');
    const added: StoredApiToken = {
      id: `sys_${randomUUID().slice(0, 8)}`,
      name,
      scopes: [...new Set(scopes)],
      sha256: digest(token).toString('hex'),
      createdAtMs: nowMs,
      expiresAtMs: expiresAt,
      lastUsedAtMs: null,
    };
    this.#replace([...this.#tokens, added]);
    await this.#note(added, added.scopes.join(', '));
    return { id: added.id, token };
  }

  /**
   * Takes access away: the next request is refused, and answers under way end.
   *
   * @param named by id or name
   * @throws `not-found`, codes of the disk
   */
  async revoke(named: string): Promise<{ id: string; name: string }> {
    const revoked =
      this.#tokens.find(({ id }) => id === named) ??
      this.#tokens.find(({ name }) => name.toLowerCase() === named.toLowerCase());
    if (!revoked)
      throw new AppError(
        'not-found',
        `No system ${named} has a token. See them with: desk api token list`,
      );
    this.#replace(this.#tokens.filter((known) => known !== revoked));
    for (const listener of this.#listeners) listener(revoked.id);
    await this.#note(revoked, null);
    return { id: revoked.id, name: revoked.name };
  }

  /**
   * Whose token it is; null for one that is unknown, revoked or expired. Compares with all in
   * constant time, and notes the use.
   */
  check(token: string): ApiSystem | null {
    const given = digest(token);
    const nowMs = this.#deps.clock.nowMs();
    let found: StoredApiToken | null = null;
    for (const known of this.#tokens)
      if (timingSafeEqual(Buffer.from(known.sha256, 'hex'), given)) found = known;
    if (!found || (found.expiresAtMs !== null && found.expiresAtMs <= nowMs)) return null;
    found.lastUsedAtMs = nowMs;
    this.#isUseUnwritten = true;
    if (nowMs - this.#writtenAtMs >= USE_INTERVAL_MS) this.#writeUse(nowMs);
    const { id, name, scopes, expiresAtMs } = found;
    return { id, name, scopes, expiresAtMs };
  }

  /** Told the id of each token that is revoked. @returns a function that unsubscribes */
  onRevoked(listener: (id: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): void {
    if (this.#isUseUnwritten) this.#writeUse(this.#deps.clock.nowMs());
  }

  #replace(tokens: StoredApiToken[]): void {
    this.#deps.store.write(tokens, true);
    this.#tokens = tokens;
    this.#isUseUnwritten = false;
    this.#changed();
  }

  #writeUse(nowMs: number): void {
    this.#writtenAtMs = nowMs;
    try {
      this.#deps.store.write(this.#tokens, false);
      this.#isUseUnwritten = false;
    } catch (thrown) {
      // Nothing depends on it; the next use tries again.
      this.#deps.log.error('api tokens', thrown);
    }
    this.#changed();
  }

  #changed(): void {
    this.#rev += 1;
    this.#deps.onChanged({ rev: this.#rev });
  }

  #note({ name }: StoredApiToken, value: string | null): Promise<void> {
    return this.#deps.ledger.note({
      kind: 'setting-changed',
      what: { setting: 'apiAccess', system: name, value },
    });
  }
}
