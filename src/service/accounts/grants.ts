import type { Authenticated } from '../http/call.ts';
import { ipBlock } from '../http/limits.ts';
import { problem } from '../http/problems.ts';
import type { FlowPurpose, StoreTx } from '../store/ports.ts';
import { requireLiveSession } from './authenticate.ts';

const PURPOSES: readonly FlowPurpose[] = ['registration', 'reset', 'email-change'];

type Ending = {
  accountId: string;
  emailKey: string;
  /** IP address of the caller. */ ip: string;
  exceptSession?: string;
};

/**
 * Revokes everything that could still be used for an account and an address: open flows of every
 * purpose, proved resets, and the recent password proofs of all sessions but `exceptSession`.
 * Called when a registration is proved and whenever password, address or account changes. A flow
 * opened from another network becomes a decoy instead of being closed: closing it would reveal that
 * the address has an account.
 */
export async function endGrants(
  tx: StoreTx,
  { accountId, emailKey, ip, exceptSession }: Ending,
): Promise<void> {
  const flows = await tx.flows.ofAccount(accountId);
  for (const purpose of PURPOSES) flows.push(...(await tx.flows.open(purpose, emailKey)));
  for (const flow of flows) {
    if (flow.isClosed && flow.reset === null) continue;
    const isOwn =
      flow.network === ipBlock(ip) ||
      (flow.purpose === 'email-change' && flow.accountId === accountId);
    if (isOwn || flow.isClosed) await tx.flows.put({ ...flow, isClosed: true, reset: null });
    else await tx.flows.put({ ...flow, decoy: true });
  }
  for (const session of await tx.sessions.live(accountId)) {
    if (session.id !== exceptSession) await tx.sessions.put({ ...session, provedAt: 0 });
  }
}

/**
 * `requireLiveSession` for a call that proved the password: it was compared outside the transaction
 * and may have changed since.
 * @throws invalid-token, invalid-credentials
 */
export async function requireProvedSession(
  tx: StoreTx,
  auth: Authenticated,
): Promise<Authenticated> {
  const signed = await requireLiveSession(tx, auth);
  if (signed.account.passwordRev !== auth.account.passwordRev) throw problem('invalid-credentials');
  return signed;
}
