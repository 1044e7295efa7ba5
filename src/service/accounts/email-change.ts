import type { Context } from '../context.ts';
import type { Handlers, Authenticated } from '../http/call.ts';
import { ipBlock, ipKey } from '../http/limits.ts';
import { problem } from '../http/problems.ts';
import type { FlowRecord, StoreTx } from '../store/ports.ts';
import { addressOf } from './email.ts';
import { mailFor, resend } from './flows.ts';
import type { Flows } from './flows.ts';
import { endGrants, requireProvedSession } from './grants.ts';
import { requireMail } from './mail-budget.ts';
import type { PasswordProof } from './password-proof.ts';
import { changeAccount, languageOfAccount, profileOf, accountEtag, withNotice } from './profile.ts';

type Names = 'startEmailChange' | 'resendEmailChange' | 'verifyEmailChange';

/** @throws flow-closed for the flow of another account, as for an unknown one */
async function own(tx: StoreTx, flowId: string, { account }: Authenticated): Promise<void> {
  const flow = await tx.flows.get(flowId);
  if (flow?.accountId !== account.id) throw problem('flow-closed');
}

/**
 * The code goes to the new address; the old one is notified once the change is made. An address
 * that belongs to another account gets the same answers (its flow is a decoy).
 */
export function emailChangeHandlers(
  context: Context,
  flows: Flows,
  proof: PasswordProof,
): Handlers<Names> {
  const { clock, store, limits, mail } = context;

  async function change(tx: StoreTx, flow: FlowRecord, sessionId: string, ip: string) {
    const account = await tx.accounts.get(flow.accountId ?? '');
    // The address was registered while the code was on its way.
    if (!account || (await tx.accounts.byEmail(flow.emailKey))) return null;
    const now = clock.now();
    const changed = await changeAccount(tx, account, {
      email: flow.email,
      emailKey: flow.emailKey,
      ...withNotice(account, 'email-changed', now),
    });
    // Failures counted for the new address before it changed hands are not the owner’s.
    for (const { key } of await tx.throttles.ofAddress(flow.emailKey))
      await tx.throttles.delete(key);
    for (const tries of await tx.throttles.ofAddress(account.emailKey)) {
      await tx.throttles.delete(tries.key);
      await tx.throttles.put({
        ...tries,
        key: flow.emailKey + tries.key.slice(account.emailKey.length),
      });
    }
    // Codes sent to the old address are void, and no other flow may claim the new one.
    for (const { emailKey } of [account, flow])
      await endGrants(tx, { accountId: account.id, emailKey, ip, exceptSession: sessionId });
    await mail.enqueue(tx, {
      kind: 'email-changed',
      to: account.email,
      language: languageOfAccount(account),
    });
    return changed;
  }

  return {
    async startEmailChange({ auth, body, ip, language }) {
      await proof.prove(auth.account, body.password, ip);
      const address = addressOf(body.newEmail, 'newEmail');
      if (address.emailKey === auth.account.emailKey)
        throw problem('validation-failed', {
          errors: [{ field: 'newEmail', code: 'same-as-current' }],
        });
      limits.require('register-ip', ipKey(ip));
      requireMail(limits, address.emailKey, ip);
      const flow = await store.transaction(async (tx) => {
        await requireProvedSession(tx, auth);
        const decoy = (await tx.accounts.byEmail(address.emailKey)) !== undefined;
        const opened = await flows.open(tx, {
          ...address,
          purpose: 'email-change',
          network: ipBlock(ip),
          language,
          decoy,
          registration: null,
          accountId: auth.account.id,
        });
        await mail.enqueue(tx, mailFor(opened.flow, opened.code));
        return opened.flow;
      });
      mail.wake();
      return { status: 202, body: flows.sent(flow) };
    },

    async resendEmailChange({ auth, body, ip }) {
      await store.transaction((tx) => own(tx, body.flowId, auth));
      return { status: 202, body: await resend(context, flows, 'email-change', body.flowId, ip) };
    },

    async verifyEmailChange({ auth, body, ip }) {
      limits.require('code-ip', ipKey(ip));
      const result = await store.transaction(async (tx) => {
        await own(tx, body.flowId, auth);
        const checked = await flows.check(tx, body.flowId, 'email-change', body.code);
        if ('refusal' in checked) return checked;
        const changed = await change(tx, checked.flow, auth.session.id, ip);
        await tx.flows.put({ ...checked.flow, isClosed: true });
        return changed ? { changed } : { refusal: problem('flow-closed') };
      });
      if ('refusal' in result) throw result.refusal;
      mail.wake();
      return {
        status: 200,
        body: profileOf(result.changed),
        headers: { etag: accountEtag(result.changed) },
      };
    },
  };
}
