import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
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
/** Compares digests in constant time: neither length nor content leaks. */
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
const random = (): string => randomBytes(32).toString('base64url');

/** What a request says of the browser that sent it. */
export type Client = {
  userAgent: string;
  /** The address that the proxy names; null without a proxy. */
  from: string | null;
};

export type Session = Client & {
  /** No secret: what the pages call it. */
  readonly id: string;
  /** Secret: begins with the id and a dot. */
  readonly token: string;
  readonly beganAtMs: number;
  /** When its last page was there. */
  seenAtMs: number;
  /** Number of pages that are connected. */
  pages: number;
};

/**
 * Access to the station. A ticket in the printed link works once, within ten minutes; it is
 * exchanged for a session token, which the page keeps and which never appears in a URL. A session
 * ends with the station, when it is ended, or when its page was not seen for 30 days. Media URLs
 * carry a signed pass, because `<img>` sends no token.
 */
export class AccessTokens {
  readonly #tickets = new Map<string, { expiresAt: number; session: Session | null }>();
  readonly #sessions = new Map<string, Session>();
  readonly #mediaKey = randomBytes(32);
  readonly #clock: Pick<Clock, 'nowMs'>;

  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.#clock = clock;
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
   * @returns the session that began or ended; null for an expired or unknown ticket
   */
  redeem(ticket: string, client: Client): { began: Session } | { ended: Session } | null {
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
        const began = { ...client, id, token, beganAtMs: nowMs, seenAtMs: nowMs, pages: 0 };
        this.#sessions.set(id, began);
        this.#tickets.set(known, { expiresAt, session: began });
        return { began };
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
    let found: Session | null = null;
    for (const known of this.sessions()) found = isSame(known.token, token) ? known : found;
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
