import type { Device } from '../../shared/api/flows.ts';
import type { Session, TokenPair } from '../../shared/api/sessions.ts';
import { DAY } from '../clock.ts';
import type { Context } from '../context.ts';
import { ACCESS_SECONDS, newId, tokenHash } from '../crypto/tokens.ts';
import type { AccountRecord, SessionRecord, StoreTx } from '../store/ports.ts';
import { changeAccount, profileOf, withNotice } from './profile.ts';

export const IDLE_MS = 30 * DAY;
const ABSOLUTE_MS = 180 * DAY;
const MAX_SESSIONS = 10;

export const UNKNOWN_DEVICE: Device = {
  name: 'Unknown device',
  platform: 'unknown',
  appVersion: '0',
};

export function createSessions({ clock, tokens }: Pick<Context, 'clock' | 'tokens'>) {
  const pair = (session: SessionRecord, refreshToken: string, issuedAt: number): TokenPair => ({
    accessToken: tokens.access(session.id, issuedAt),
    tokenType: 'Bearer',
    expiresIn: ACCESS_SECONDS,
    refreshToken,
    refreshExpiresIn: IDLE_MS / 1000,
    sessionId: session.id,
  });
  const end = (tx: StoreTx, session: SessionRecord) =>
    tx.sessions.put({ ...session, endedAt: clock.now() });

  return {
    pair,
    end,
    /**
     * Opens a session and ends the least recently used ones beyond the limit.
     * @param opener a secret of the request; the same one yields the same tokens again (`reopened`)
     */
    async open(
      tx: StoreTx,
      account: AccountRecord,
      { device, ip, opener }: { device: Device; ip: string; opener: string },
    ): Promise<Session> {
      const now = clock.now();
      const live = await tx.sessions.live(account.id);
      const surplus = live.slice(0, Math.max(0, live.length - MAX_SESSIONS + 1));
      for (const old of surplus) await end(tx, old);
      const owner =
        surplus.length > 0
          ? await changeAccount(tx, account, withNotice(account, 'session-limit', now))
          : account;
      const session: SessionRecord = {
        id: newId('ses'),
        accountId: account.id,
        device,
        ip,
        createdAt: now,
        lastSeenAt: now,
        provedAt: now,
        endedAt: null,
      };
      const refreshToken = tokens.firstRefresh(session.id, opener);
      await tx.sessions.put(session);
      await tx.refreshTokens.put({
        hash: tokenHash(refreshToken),
        sessionId: session.id,
        issuedAt: now,
        used: null,
      });
      return { ...pair(session, refreshToken, now), account: profileOf(owner) };
    },

    reopened: (session: SessionRecord, account: AccountRecord, opener: string): Session => ({
      ...pair(session, tokens.firstRefresh(session.id, opener), session.createdAt),
      account: profileOf(account),
    }),

    /** @returns the number of sessions ended */
    async endAll(tx: StoreTx, accountId: string, except: string | null = null): Promise<number> {
      const ending = (await tx.sessions.live(accountId)).filter(({ id }) => id !== except);
      for (const session of ending) await end(tx, session);
      return ending.length;
    },

    isOver: (session: SessionRecord, now: number) =>
      session.endedAt !== null || now >= session.createdAt + ABSOLUTE_MS,
  };
}
export type Sessions = ReturnType<typeof createSessions>;
