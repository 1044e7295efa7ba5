import { isFresh, iso, MINUTE } from '../clock.ts';
import { POLICY } from '../policy.ts';
import type { Context } from '../context.ts';
import { newToken, tokenHash } from '../crypto/tokens.ts';
import type { Call, Handlers, Authenticated } from '../http/call.ts';
import { ipBlock, ipKey, maskedIp } from '../http/limits.ts';
import { problem } from '../http/problems.ts';
import type { AccountRecord, RefreshRecord, SessionRecord, StoreTx } from '../store/ports.ts';
import { requireLiveSession } from './authenticate.ts';
import { addressOf } from './email.ts';
import { requireProvedSession } from './grants.ts';
import { changeAccount, languageOfAccount, withNotice } from './profile.ts';
import type { PasswordProof } from './password-proof.ts';
import { IDLE_MS } from './sessions.ts';
import type { Sessions } from './sessions.ts';

const REPLAY_MS = MINUTE;
const REAUTH_MS = 10 * MINUTE;

const numbersOf = (version: string): number[] =>
  version.split(/[-+]/u)[0]?.split('.').map(Number) ?? [];

/** Compares the numeric parts of two versions; a suffix (`-beta.1`) does not count. */
function isOlder(version: string, than: string): boolean {
  const [ours, theirs] = [numbersOf(version), numbersOf(than)];
  const at = theirs.findIndex((part, index) => (ours[index] ?? 0) !== part);
  return at !== -1 && (ours[at] ?? 0) < (theirs[at] ?? 0);
}

type Names =
  | 'signIn'
  | 'refresh'
  | 'logout'
  | 'listSessions'
  | 'revokeSession'
  | 'revokeOthers'
  | 'reauth';

export function sessionHandlers(
  context: Context,
  sessions: Sessions,
  proof: PasswordProof,
): Handlers<Names> {
  const { clock, store, limits, mail } = context;

  async function requireRecentProof(tx: StoreTx, auth: Authenticated): Promise<void> {
    const { session } = await requireLiveSession(tx, auth);
    if (!isFresh(session.provedAt, REAUTH_MS, clock.now())) throw problem('reauth-required');
  }

  return {
    async signIn({ body, ip }) {
      limits.require('login-ip', ipKey(ip));
      if (isOlder(body.device.appVersion, POLICY.minClientVersion))
        throw problem('client-too-old', { minClientVersion: POLICY.minClientVersion });
      const account = await proof.signIn(addressOf(body.email), body.password, ip);
      const session = await store.transaction(async (tx) => {
        // The password was compared outside the transaction: the account may have changed since.
        const current = await tx.accounts.get(account.id);
        if (!current || current.passwordRev !== account.passwordRev)
          throw problem('invalid-credentials');
        return sessions.open(tx, current, { device: body.device, ip, opener: newToken() });
      });
      return { status: 201, body: session };
    },

    refresh: refreshHandler(context, sessions),

    async logout({ body }) {
      await store.transaction(async (tx) => {
        const record = await tx.refreshTokens.get(tokenHash(body.refreshToken));
        const session = record && (await tx.sessions.get(record.sessionId));
        if (session?.endedAt === null) await sessions.end(tx, session);
      });
      return { status: 204, body: null };
    },

    async listSessions({ auth }) {
      const live = await store.transaction((tx) => tx.sessions.live(auth.account.id));
      const items = live.toReversed().map((session) => itemOf(session, auth.session.id));
      return { status: 200, body: { items } };
    },

    async revokeSession({ auth, params }) {
      await store.transaction(async (tx) => {
        await requireRecentProof(tx, auth);
        const session = await tx.sessions.get(params.id);
        if (!session || session.accountId !== auth.account.id) throw problem('not-found');
        if (session.endedAt === null) await sessions.end(tx, session);
      });
      return { status: 204, body: null };
    },

    async revokeOthers({ auth }) {
      const revoked = await store.transaction(async (tx) => {
        await requireRecentProof(tx, auth);
        return sessions.endAll(tx, auth.account.id, auth.session.id);
      });
      return { status: 200, body: { revoked } };
    },

    async reauth({ auth, body, ip }) {
      await proof.prove(auth.account, body.password, ip);
      await store.transaction(async (tx) =>
        tx.sessions.put({
          ...(await requireProvedSession(tx, auth)).session,
          provedAt: clock.now(),
        }),
      );
      mail.wake();
      return { status: 204, body: null };
    },
  };
}

function itemOf(session: SessionRecord, currentId: string) {
  const { id, device, createdAt, lastSeenAt, ip } = session;
  return {
    id,
    device,
    createdAt: iso(createdAt),
    lastSeenAt: iso(lastSeenAt),
    ipMasked: maskedIp(ip),
    current: id === currentId,
  };
}

/**
 * Rotates refresh tokens; each works once. A repeat with the same idempotency key gets the same
 * answer, since the first one may have been lost: within a minute, and later until the new token
 * has been used. A repeat with another key means that the token was copied, and ends the session.
 */
function refreshHandler({ clock, store, limits, mail, tokens }: Context, sessions: Sessions) {
  async function isReplay(tx: StoreTx, { used }: RefreshRecord, key: string): Promise<boolean> {
    if (used?.key !== key) return false;
    return (
      clock.now() - used.at <= REPLAY_MS ||
      (await tx.refreshTokens.get(used.successor))?.used === null
    );
  }

  async function endFamily(
    tx: StoreTx,
    session: SessionRecord,
    account: AccountRecord,
  ): Promise<void> {
    await sessions.end(tx, session);
    await changeAccount(tx, account, withNotice(account, 'token-reused', clock.now()));
    await mail.enqueue(tx, {
      kind: 'session-ended',
      to: account.email,
      language: languageOfAccount(account),
    });
  }

  async function rotate(tx: StoreTx, { body, idempotencyKey: key }: Call<'refresh'>) {
    const now = clock.now();
    const record = await tx.refreshTokens.get(tokenHash(body.refreshToken));
    const session = record && (await tx.sessions.get(record.sessionId));
    const account = session && (await tx.accounts.get(session.accountId));
    if (!account || sessions.isOver(session, now) || now >= record.issuedAt + IDLE_MS)
      return problem('session-ended');
    const next = tokens.nextRefresh(body.refreshToken, key);
    if (record.used) {
      if (await isReplay(tx, record, key)) return sessions.pair(session, next, record.used.at);
      await endFamily(tx, session, account);
      return problem('token-reused');
    }
    limits.require('refresh-session', session.id);
    await tx.refreshTokens.put({ ...record, used: { at: now, key, successor: tokenHash(next) } });
    await tx.refreshTokens.put({
      hash: tokenHash(next),
      sessionId: session.id,
      issuedAt: now,
      used: null,
    });
    await tx.sessions.put({ ...session, lastSeenAt: now });
    return sessions.pair(session, next, now);
  }

  return async (call: Call<'refresh'>) => {
    limits.require('refresh-block', ipBlock(call.ip));
    // Returned, not thrown, so that the end of the session is committed.
    const result = await store.transaction((tx) => rotate(tx, call));
    mail.wake();
    if (result instanceof Error) throw result;
    return { status: 200 as const, body: result };
  };
}
