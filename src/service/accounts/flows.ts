import type { CodeResent, CodeSent } from '../../shared/api/flows.ts';
import { DAY, isFresh, iso } from '../clock.ts';
import type { Context } from '../context.ts';
import { POLICY } from '../policy.ts';
import { CODE_LENGTH, newCode } from '../crypto/codes.ts';
import { newId, newToken } from '../crypto/tokens.ts';
import { ipKey } from '../http/limits.ts';
import { problem } from '../http/problems.ts';
import type { Mail } from '../mail/templates.ts';
import type { FlowPurpose, FlowRecord, StoreTx } from '../store/ports.ts';
import { requireMail } from './mail-budget.ts';

const TRIES_PER_CODE = 5;
const TRIES_PER_FLOW = 15;
const RESENDS_PER_FLOW = 5;
/**
 * Open flows per address and requesting network. Counting by network keeps a stranger’s flows from
 * closing the owner’s.
 */
const OPEN_FLOWS = 5;

export type FlowSeed = Pick<
  FlowRecord,
  'purpose' | 'email' | 'emailKey' | 'network' | 'language' | 'decoy' | 'registration' | 'accountId'
>;

const isOver = (flow: FlowRecord, now: number) => flow.isClosed || now >= flow.createdAt + DAY;

/**
 * A flow proves that its holder reads an address:
 *
 *   open ──right code──▶ outcome (registration) or reset token, closed
 *    │ ├──resend──▶ open with a new code, the old one void
 *    │ └──5 wrong tries──▶ code void, a resend opens it again
 *    └──15 wrong tries, 24 hours, or a 6th flow for the address from this network──▶ closed
 */
export function createFlows({ clock, codes, limits }: Pick<Context, 'clock' | 'codes' | 'limits'>) {
  const cooldownMs = limits.isRelaxed ? 0 : POLICY.resendCooldownMs;
  const freshCode = (flow: Pick<FlowRecord, 'id' | 'purpose'>, now: number, code: string) => ({
    code,
    fields: {
      ...codes.keep(code, flow),
      codeIssuedAt: now,
      codeTries: 0,
      resendAvailableAt: now + cooldownMs,
    },
  });

  return {
    /**
     * Opens a flow and silently closes the oldest one beyond the limit.
     * @param isSent whether the code is mailed. An unsent code can’t be guessed, and its flow never
     * closes one with a sent code.
     */
    async open(
      tx: StoreTx,
      seed: FlowSeed,
      isSent = true,
    ): Promise<{ flow: FlowRecord; code: string }> {
      const now = clock.now();
      const id = newId('flw');
      const { code, fields } = freshCode(
        { id, purpose: seed.purpose },
        now,
        isSent ? newCode() : newToken(),
      );
      const flow: FlowRecord = {
        ...seed,
        ...fields,
        id,
        isSent,
        flowTries: 0,
        resends: 0,
        createdAt: now,
        isClosed: false,
        outcome: null,
        reset: null,
      };
      const others = (await tx.flows.open(seed.purpose, seed.emailKey)).filter(
        (other) => other.network === seed.network && (other.isSent ?? true) === isSent,
      );
      for (const old of others.slice(OPEN_FLOWS - 1))
        await tx.flows.put({ ...old, isClosed: true });
      await tx.flows.put(flow);
      return { flow, code };
    },

    sent: (flow: FlowRecord): CodeSent => ({
      flowId: flow.id,
      status: 'code-sent',
      codeLength: CODE_LENGTH,
      codeExpiresAt: iso(flow.codeIssuedAt + POLICY.codeTtlMs),
      resendAvailableAt: iso(flow.resendAvailableAt),
    }),

    /**
     * Makes a new code for the flow. Decoys throw the same errors.
     * @throws flow-closed, resend-too-soon, rate-limited
     */
    async resend(
      tx: StoreTx,
      flowId: string,
      purpose: FlowPurpose,
      ip: string,
    ): Promise<{ flow: FlowRecord; code: string; answer: CodeResent }> {
      const now = clock.now();
      const found = await tx.flows.get(flowId);
      if (
        !found ||
        found.purpose !== purpose ||
        isOver(found, now) ||
        found.resends >= RESENDS_PER_FLOW
      )
        throw problem('flow-closed');
      const retryAfterMs = found.resendAvailableAt - now;
      // A wait longer than the whole cool-down means that the clock was set back since.
      if (retryAfterMs > 0 && retryAfterMs <= cooldownMs)
        throw problem('resend-too-soon', {}, { retryAfterMs });
      limits.require('resend-ip', ipKey(ip));
      requireMail(limits, found.emailKey, ip);
      const { code, fields } = freshCode(found, now, newCode());
      const flow = { ...found, ...fields, isSent: true, resends: found.resends + 1 };
      await tx.flows.put(flow);
      const answer = {
        codeExpiresAt: iso(now + POLICY.codeTtlMs),
        resendAvailableAt: iso(flow.resendAvailableAt),
        resendsLeft: RESENDS_PER_FLOW - flow.resends,
      };
      return { flow, code, answer };
    },

    /**
     * Checks a code and counts the try. The verdict is returned, not thrown, so that the count is
     * committed; the caller throws `refusal` after the transaction.
     */
    async check(
      tx: StoreTx,
      flowId: string,
      purpose: FlowPurpose,
      typed: string,
    ): Promise<{ flow: FlowRecord } | { refusal: ReturnType<typeof problem> }> {
      const now = clock.now();
      const flow = await tx.flows.get(flowId);
      if (!flow || flow.purpose !== purpose || isOver(flow, now))
        return { refusal: problem('flow-closed') };
      if (!isFresh(flow.codeIssuedAt, POLICY.codeTtlMs, now))
        return { refusal: problem('code-expired') };
      if (flow.codeTries >= TRIES_PER_CODE)
        return { refusal: problem('code-invalid', { attemptsLeft: 0 }) };
      if (codes.matches(typed, flow) && !flow.decoy) return { flow };
      const tried = { ...flow, codeTries: flow.codeTries + 1, flowTries: flow.flowTries + 1 };
      await tx.flows.put({ ...tried, isClosed: tried.flowTries >= TRIES_PER_FLOW });
      if (tried.flowTries >= TRIES_PER_FLOW) return { refusal: problem('flow-closed') };
      return {
        refusal: problem('code-invalid', { attemptsLeft: TRIES_PER_CODE - tried.codeTries }),
      };
    },
  };
}
export type Flows = ReturnType<typeof createFlows>;

/** The mail for a flow; a decoy’s mail has no code. */
export function mailFor(flow: FlowRecord, code: string): Mail | null {
  const { language, email: to, network = '' } = flow;
  if (flow.purpose === 'registration')
    return flow.decoy
      ? { kind: 'already-registered', to, language }
      : { kind: 'registration-code', to, language, code, network };
  if (flow.purpose === 'email-change')
    return flow.decoy
      ? { kind: 'address-in-use', to, language }
      : { kind: 'email-change-code', to, language, code, network };
  // No account has this address, so there is no one to write to.
  return flow.decoy ? null : { kind: 'reset-code', to, language, code, network };
}

/** Makes a new code for the flow and queues its mail. */
export async function resend(
  { store, mail }: Pick<Context, 'store' | 'mail'>,
  flows: Flows,
  purpose: FlowPurpose,
  flowId: string,
  ip: string,
): Promise<CodeResent> {
  const answer = await store.transaction(async (tx) => {
    const sent = await flows.resend(tx, flowId, purpose, ip);
    await mail.enqueue(tx, mailFor(sent.flow, sent.code));
    return sent.answer;
  });
  mail.wake();
  return answer;
}
