import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../shared/clock.ts';

export const TICKET_MS = 10 * 60_000;
/**
 * Long, because a page stays open for weeks on an ingest server. The signing key lives only as long
 * as the station.
 */
const MEDIA_MS = 30 * 24 * 60 * 60_000;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
/** Compares digests in constant time: neither length nor content leaks. */
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
const random = (): string => randomBytes(32).toString('base64url');

/**
 * Access to the station. A ticket in the printed link works once, within ten minutes; it is
 * exchanged for a session token, which the page keeps and which never appears in a URL. Media URLs
 * carry a signed pass, because `<img>` sends no token.
 */
export class AccessTokens {
  readonly #tickets = new Map<string, { expiresAt: number; session: string | null }>();
  readonly #sessions = new Set<string>();
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
   * Exchanges a ticket for a session token. Two who have the same ticket are not both the owner, and
   * either may be first: the second ends the session of the first.
   *
   * @returns the token of the session that began or ended; null for an expired or unknown ticket
   */
  redeem(ticket: string): { began: string } | { ended: string } | null {
    for (const [known, { expiresAt, session }] of this.#tickets) {
      if (expiresAt <= this.#clock.nowMs()) this.#tickets.delete(known);
      else if (isSame(known, ticket)) {
        if (session !== null) {
          this.#tickets.delete(known);
          this.#sessions.delete(session);
          return { ended: session };
        }
        const began = random();
        this.#sessions.add(began);
        this.#tickets.set(known, { expiresAt, session: began });
        return { began };
      }
    }
    return null;
  }

  isSession(token: string): boolean {
    let found = false;
    for (const known of this.#sessions) found = isSame(known, token) || found;
    return found;
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
