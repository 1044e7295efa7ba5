import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { isFresh } from '../clock.ts';
import type { Secrets } from './secrets.ts';

/** 192 random bits, Base64url, with a prefix for the type. */
export const newId = (prefix: 'acc' | 'ses' | 'flw' | 'dl' | 'mail'): string =>
  `${prefix}_${randomBytes(24).toString('base64url')}`;
export const newToken = (): string => randomBytes(32).toString('base64url');
export const tokenHash = (token: string): string =>
  createHash('sha256').update(token).digest('base64url');

export const ACCESS_SECONDS = 900;
const ACCESS_MS = ACCESS_SECONDS * 1000;

/**
 * Tokens are derived from a secret of the client and one of this installation. A lost answer can
 * therefore be repeated byte for byte, and the store never holds a token.
 */
export type Tokens = {
  access(sessionId: string, issuedAt: number): string;
  /** @returns the session of a valid, unexpired token, else null */
  sessionOf(accessToken: string, now: number): string | null;
  /** First refresh token of a session, derived from the secret that opened it. */
  firstRefresh(sessionId: string, opener: string): string;
  nextRefresh(previous: string, key: string): string;
  unsubscribe(accountId: string): string;
  /** @returns the account of a valid token, else null */
  accountOf(unsubscribeToken: string): string | null;
};

function same(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

export function createTokens(secrets: Secrets): Tokens {
  const signed = (purpose: string, text: string) =>
    `${Buffer.from(text).toString('base64url')}.${secrets.mac(purpose, text).toString('base64url')}`;
  const opened = (purpose: string, token: string): string | null => {
    const [text = '', mac = ''] = token.split('.');
    const plain = Buffer.from(text, 'base64url').toString('utf8');
    return same(Buffer.from(mac, 'base64url'), secrets.mac(purpose, plain)) ? plain : null;
  };
  return {
    access: (sessionId, issuedAt) => signed('access', `${sessionId} ${issuedAt + ACCESS_MS}`),
    sessionOf(accessToken, now) {
      const [sessionId, expiresAt] = opened('access', accessToken)?.split(' ') ?? [];
      return sessionId !== undefined && isFresh(Number(expiresAt) - ACCESS_MS, ACCESS_MS, now)
        ? sessionId
        : null;
    },
    firstRefresh: (sessionId, opener) =>
      secrets.mac('refresh-first', sessionId, opener).toString('base64url'),
    nextRefresh: (previous, key) =>
      secrets.mac('refresh-next', previous, key).toString('base64url'),
    unsubscribe: (accountId) => signed('unsubscribe', accountId),
    accountOf: (token) => opened('unsubscribe', token),
  };
}
