import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ListFile } from '../adapters/fs/list-file.ts';
import type { StoredSession } from '../adapters/fs/station-sessions-file.ts';
import type { Clock } from '../../shared/clock.ts';

export const TICKET_MS = 10 * 60_000;
/**
 * Long, because a page stays open for weeks on an ingest server. The signing key lives only as long
 * as the station.
 */
const MEDIA_MS = 30 * 24 * 60 * 60_000;

/** A page that has not been seen for so long needs a new link. */
const IDLE_MS = 30 * 24 * 60 * 60_000;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const hex = (text: string): string => digest(text).toString('hex');
/** Compares digests in constant time: neither length nor content leaks. */
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
const random = (): string => randomBytes(32).toString('base64url');

type SessionStore = ListFile<StoredSession>;

/** What a request says of the browser that sent it. */
export type Client = {
  userAgent: string;
  /** The address that the proxy names; null without a proxy. */
  from: string | null;
};

/** Its id is no secret: it is what the pages call it. `seenAtMs`: when its last page was there. */
export type Session = StoredSession & {
  /** Number of pages that are connected. */
  pages: number;
};

/**
 * Access to the station. A ticket in the printed link works once, within ten minutes; it is
 * exchanged for a session token (the session's id, a dot, and a secret), which the page keeps and
 * which never appears in a URL. A session ends when it is ended, when its page was not seen for 30
 * days, or with the station where no store keeps it. Media URLs carry a signed pass, because `<img>`
 * sends no token.
 */
export class AccessTokens {
  readonly #tickets = new Map<string, { expiresAt: number; session: Session | null }>();
  readonly #sessions = new Map<string, Session>();
  readonly #mediaKey = randomBytes(32);
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #store: SessionStore | null;

  constructor(clock: Pick<Clock, 'nowMs'>, store: SessionStore | null = null) {
    this.#clock = clock;
    this.#store = store;
    for (const known of store?.read().items ?? [])
      this.#sessions.set(known.id, { ...known, pages: 0 });
  }

  ticket(): string {
    const ticket = random();
    this.#tickets.set(ticket, { expiresAt: this.#clock.nowMs() + TICKET_MS, session: null });
    return ticket;
  }

  /**
   * Exchanges a ticket for a session. Two who have the same ticket are not both the owner, and either
   * may be first: the second ends the session of the first.
   *
   * @returns the token of the session that began, or the one that ended; null for an expired or unknown
   * ticket
   */
  redeem(ticket: string, client: Client): { token: string } | { ended: Session } | null {
    const nowMs = this.#clock.nowMs();
    for (const [known, { expiresAt, session }] of this.#tickets) {
      if (expiresAt <= nowMs) this.#tickets.delete(known);
      else if (isSame(known, ticket)) {
        if (session !== null) {
          this.#tickets.delete(known);
          this.#sessions.delete(session.id);
          return { ended: session };
        }
        const id = randomBytes(9).toString('base64url');
        const token = `${id}.${random()}`;
        const times = { beganAtMs: nowMs, seenAtMs: nowMs };
        const began = { ...client, ...times, id, sha256: hex(token), pages: 0 };
        this.#sessions.set(id, began);
        this.#tickets.set(known, { expiresAt, session: began });
        return { token };
      }
    }
    return null;
  }

  /** In the order of their beginning. */
  sessions(): Session[] {
    const nowMs = this.#clock.nowMs();
    for (const { id, seenAtMs, pages } of this.#sessions.values())
      if (pages === 0 && nowMs - seenAtMs > IDLE_MS) this.#sessions.delete(id);
    return [...this.#sessions.values()];
  }

  /** Null for a token of no session. */
  session(token: string): Session | null {
    const sha256 = hex(token);
    let found: Session | null = null;
    for (const known of this.sessions()) found = isSame(known.sha256, sha256) ? known : found;
    return found;
  }

  /** Counts a page that has come or gone. */
  countPage(session: Session, change: 1 | -1): void {
    session.pages += change;
    session.seenAtMs = this.#clock.nowMs();
  }

  endSession(id: string): void {
    this.#sessions.delete(id);
  }

  /**
   * Keeps the sessions for the next station.
   *
   * @param durable also where the power goes: one that was ended must not come back
   * @throws `disk-full`, `disk-error`, `not-permitted`
   */
  save(durable = false): void {
    this.#store?.write(
      this.sessions().map(({ id, sha256, userAgent, from, beganAtMs, seenAtMs }) => ({
        id,
        sha256,
        userAgent,
        from,
        beganAtMs,
        seenAtMs,
      })),
      durable,
    );
  }

  /** Query string that grants access to a media URL. */
  mediaSuffix(): string {
    const expiresAt = this.#clock.nowMs() + MEDIA_MS;
    return `?m=${expiresAt}.${this.#sign(expiresAt)}`;
  }

  isMediaPass(pass: string): boolean {
    const [expiry = '', signature = ''] = pass.split('.');
    const expiresAt = Number(expiry);
    return expiresAt > this.#clock.nowMs() && isSame(signature, this.#sign(expiresAt));
  }

  #sign(expiresAt: number): string {
    return createHmac('sha256', this.#mediaKey).update(String(expiresAt)).digest('base64url');
  }
}
