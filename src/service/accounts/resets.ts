import { isFresh, MINUTE } from '../clock.ts';
import type { Context } from '../context.ts';
import { newId, newToken, tokenHash } from '../crypto/tokens.ts';
import type { Call, Handlers } from '../http/call.ts';
import { ipBlock, ipKey } from '../http/limits.ts';
import { problem } from '../http/problems.ts';
import type { AccountRecord, FlowRecord, StoreTx } from '../store/ports.ts';
import { addressOf } from './email.ts';
import { mailFor, resend, type Flows } from './flows.ts';
import { endGrants } from './grants.ts';
import { takeResetMail } from './mail-budget.ts';
import { passwordFieldFaults } from './password-proof.ts';
import { changeAccount, withPassword } from './profile.ts';
import type { Sessions } from './sessions.ts';
import type { LoginThrottle } from './throttle.ts';

const GRANT_MS = 10 * MINUTE;

type Names = 'startReset' | 'resendReset' | 'verifyReset' | 'completeReset';

export function resetHandlers(
  context: Context,
  flows: Flows,
  sessions: Sessions,
  throttle: LoginThrottle,
): Handlers<Names> {
  const { clock, store, limits, mail, passwords } = context;

  /**
   * The flow and the account that a reset token grants access to.
   * @throws flow-closed
   */
  async function granted(
    tx: StoreTx,
    resetToken: string,
  ): Promise<{ flow: FlowRecord; account: AccountRecord }> {
    const flow = await tx.flows.byResetToken(tokenHash(resetToken));
    const account = flow?.accountId == null ? undefined : await tx.accounts.get(flow.accountId);
    if (
      !flow?.reset ||
      !account ||
      flow.outcome ||
      !isFresh(flow.reset.expiresAt - GRANT_MS, GRANT_MS, clock.now())
    )
      throw problem('flow-closed');
    return { flow, account };
  }

  async function setPassword(
    tx: StoreTx,
    resetToken: string,
    passwordHash: string,
    { idempotencyKey: key, ip }: Call<'completeReset'>,
  ): Promise<void> {
    const { flow, account } = await granted(tx, resetToken);
    const now = clock.now();
    await changeAccount(tx, account, withPassword(account, passwordHash, now));
    await sessions.endAll(tx, account.id);
    await endGrants(tx, { accountId: account.id, emailKey: account.emailKey, ip });
    await throttle.startAfresh(tx, account.emailKey, ip);
    await tx.flows.put({
      ...flow,
      isClosed: true,
      reset: null,
      outcome: { key, at: now, accountId: account.id, sessionId: '' },
    });
    await mail.enqueue(tx, {
      kind: 'password-changed',
      to: account.email,
      language: flow.language,
    });
  }

  return {
    async startReset({ body, ip, language }) {
      const address = addressOf(body.email);
      limits.require('reset-ip', ipKey(ip));
      const flow = await store.transaction(async (tx) => {
        const account = await tx.accounts.byEmail(address.emailKey);
        // Over the limit the answer stays the same, without a mail.
        const isSent = takeResetMail(
          limits,
          address.emailKey,
          ip,
          await throttle.isKnown(tx, address.emailKey, ip),
        );
        // A decoy has an account ID too (of no account), so that its record is equally long.
        const accountId = account?.id ?? newId('acc');
        const seed = {
          ...address,
          purpose: 'reset' as const,
          network: ipBlock(ip),
          language,
          registration: null,
          decoy: account === undefined,
          accountId,
        };
        const opened = await flows.open(
          tx,
          { ...seed, email: account?.email ?? address.email },
          isSent,
        );
        await mail.enqueue(tx, isSent ? mailFor(opened.flow, opened.code) : null);
        return opened.flow;
      });
      mail.wake();
      return { status: 202, body: flows.sent(flow) };
    },

    resendReset: async ({ body, ip }) => ({
      status: 202,
      body: await resend(context, flows, 'reset', body.flowId, ip),
    }),

    async verifyReset({ body, ip }) {
      limits.require('code-ip', ipKey(ip));
      const resetToken = newToken();
      const checked = await store.transaction(async (tx) => {
        const verdict = await flows.check(tx, body.flowId, 'reset', body.code);
        if ('flow' in verdict)
          await tx.flows.put({
            ...verdict.flow,
            isClosed: true,
            reset: { tokenHash: tokenHash(resetToken), expiresAt: clock.now() + GRANT_MS },
          });
        return verdict;
      });
      if ('refusal' in checked) throw checked.refusal;
      return { status: 200, body: { resetToken, expiresIn: GRANT_MS / 1000 } };
    },

    async completeReset(call) {
      limits.require('complete-block', ipBlock(call.ip));
      const { resetToken, newPassword } = call.body;
      const { account } = await store.transaction((tx) => granted(tx, resetToken));
      const errors = await passwordFieldFaults('newPassword', newPassword, {
        email: account.email,
        name: account.displayName,
      });
      if (await passwords.matches(newPassword, account.passwordHash))
        errors.push({ field: 'newPassword', code: 'same-as-current' });
      if (errors.length > 0) throw problem('validation-failed', { errors });
      const passwordHash = await passwords.hash(newPassword);
      await store.transaction((tx) => setPassword(tx, resetToken, passwordHash, call));
      mail.wake();
      return { status: 204, body: null };
    },
  };
}
