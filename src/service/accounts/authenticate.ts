import { MINUTE } from '../clock.ts';
import type { Context } from '../context.ts';
import type { Authenticated } from '../http/call.ts';
import { problem } from '../http/problems.ts';
import type { StoreTx } from '../store/ports.ts';
import type { Sessions } from './sessions.ts';

/**
 * Resolves an `Authorization` header to its account and session.
 * @throws invalid-token, account-suspended
 */
export type Authenticate = (authorization: string | undefined) => Promise<Authenticated>;

/**
 * Reads account and session again inside the transaction: while a password was hashed or a quota
 * counted, another device may have ended either.
 * @throws invalid-token
 */
export async function requireLiveSession(
  tx: StoreTx,
  { account: { id }, session: before }: Authenticated,
): Promise<Authenticated> {
  const [account, session] = [await tx.accounts.get(id), await tx.sessions.get(before.id)];
  if (!account || !session || session.endedAt !== null) throw problem('invalid-token');
  return { account, session };
}

export function createAuthenticate(
  { clock, store, tokens }: Context,
  sessions: Sessions,
): Authenticate {
  return async (authorization) => {
    const token = /^Bearer ([\w.-]{1,512})$/i.exec(authorization ?? '')?.[1];
    const now = clock.now();
    const sessionId = token === undefined ? null : tokens.sessionOf(token, now);
    if (sessionId === null) throw problem('invalid-token');
    return store.transaction(async (tx) => {
      const found = await tx.sessions.get(sessionId);
      const account = found && (await tx.accounts.get(found.accountId));
      if (!account || sessions.isOver(found, now)) throw problem('invalid-token');
      if (account.status === 'suspended') throw problem('account-suspended');
      if (now - found.lastSeenAt < MINUTE) return { account, session: found };
      const session = { ...found, lastSeenAt: now };
      await tx.sessions.put(session);
      return { account, session };
    });
  };
}
