import type { Context } from '../context.ts';
import { POLICY } from '../policy.ts';
import { newId } from '../crypto/tokens.ts';
import type { Call, Handlers } from '../http/call.ts';
import type { Language } from '../http/language.ts';
import { ipBlock, ipKey } from '../http/limits.ts';
import { problem } from '../http/problems.ts';
import type { AccountRecord, FlowRecord, PendingRegistration, StoreTx } from '../store/ports.ts';
import { addressOf } from './email.ts';
import { mailFor, resend, type Flows } from './flows.ts';
import { endGrants } from './grants.ts';
import { addressFrom, requireMail } from './mail-budget.ts';
import { passwordFieldFaults } from './password-proof.ts';
import { profileOf } from './profile.ts';
import { UNKNOWN_DEVICE, type Sessions } from './sessions.ts';
import type { LoginThrottle } from './throttle.ts';

/** A repeated verification with the same key gets the same session within this time. */
const REPLAY_MS = 60_000;

function newAccount(flow: FlowRecord, wanted: PendingRegistration, now: number): AccountRecord {
  const { passwordHash, displayName, organisation, country, locale, newsletter, termsVersion } =
    wanted;
  return {
    id: newId('acc'),
    email: flow.email,
    emailKey: flow.emailKey,
    passwordHash,
    displayName,
    organisation,
    country,
    locale,
    newsletter: { subscribed: newsletter, topics: [], changedAt: newsletter ? now : null },
    consents: newsletter
      ? [{ subscribed: true, consentVersion: POLICY.newsletterConsentVersion, at: now }]
      : [],
    terms: { version: termsVersion, acceptedAt: flow.createdAt },
    entitlements: ['downloads'],
    status: 'active',
    createdAt: now,
    rev: 1,
    notices: [],
  };
}

function pending(
  body: Call<'register'>['body'],
  passwordHash: string,
  language: Language,
): PendingRegistration {
  const {
    displayName = null,
    organisation = null,
    country = null,
    locale = language,
    newsletter,
    terms,
  } = body;
  return {
    passwordHash,
    displayName,
    organisation,
    country,
    locale,
    newsletter,
    termsVersion: terms.version,
  };
}

async function checkInput({
  email,
  password,
  displayName,
  terms,
}: Call<'register'>['body']): Promise<ReturnType<typeof addressOf>> {
  const address = addressOf(email);
  const errors = await passwordFieldFaults('password', password, {
    email: address.email,
    name: displayName,
  });
  if (terms.version !== POLICY.termsVersion)
    errors.push({ field: 'terms.version', code: 'invalid' });
  if (errors.length > 0) throw problem('validation-failed', { errors });
  return address;
}

export function registrationHandlers(
  context: Context,
  flows: Flows,
  sessions: Sessions,
  throttle: LoginThrottle,
): Handlers<'register' | 'verifyAccount' | 'resendCode'> {
  const { clock, store, limits, mail, passwords } = context;

  async function verified(
    tx: StoreTx,
    flow: FlowRecord,
    { body, idempotencyKey, ip }: Call<'verifyAccount'>,
  ) {
    if (!flow.registration) throw problem('flow-closed');
    const now = clock.now();
    const account = newAccount(flow, flow.registration, now);
    await tx.accounts.put(account);
    await endGrants(tx, { accountId: account.id, emailKey: account.emailKey, ip });
    const session = await sessions.open(tx, account, {
      device: body.device ?? UNKNOWN_DEVICE,
      ip,
      opener: `${flow.id} ${idempotencyKey}`,
    });
    await throttle.startAfresh(tx, flow.emailKey, ip);
    await tx.flows.put({
      ...flow,
      isClosed: true,
      registration: null,
      outcome: {
        key: idempotencyKey,
        at: now,
        accountId: account.id,
        sessionId: session.sessionId,
      },
    });
    if (account.newsletter.subscribed) {
      await mail.enqueue(tx, {
        kind: 'newsletter-welcome',
        to: account.email,
        language: flow.language,
        unsubscribeToken: context.tokens.unsubscribe(account.id),
      });
    }
    return { account: session.account, session };
  }

  /** The answer to a repeated request, or null where it is not one. */
  async function replayed(tx: StoreTx, { body, idempotencyKey }: Call<'verifyAccount'>) {
    const flow = await tx.flows.get(body.flowId);
    if (
      !flow?.outcome ||
      flow.purpose !== 'registration' ||
      flow.outcome.key !== idempotencyKey ||
      clock.now() - flow.outcome.at > REPLAY_MS
    )
      return null;
    const session = await tx.sessions.get(flow.outcome.sessionId);
    const account = await tx.accounts.get(flow.outcome.accountId);
    if (!session || !account || !context.codes.matches(body.code, flow)) return null;
    return {
      account: profileOf(account),
      session: sessions.reopened(session, account, `${flow.id} ${idempotencyKey}`),
    };
  }

  return {
    async register({ body, ip, language }) {
      // Estimating a password is the most expensive step before a mail is sent.
      limits.require('estimate-ip', ipKey(ip));
      const address = await checkInput(body);
      limits.require('register-ip', ipKey(ip));
      limits.require('register-address', addressFrom(address.emailKey, ip));
      requireMail(limits, address.emailKey, ip);
      const registration = pending(body, await passwords.hash(body.password), language);
      const flow = await store.transaction(async (tx) => {
        const decoy = (await tx.accounts.byEmail(address.emailKey)) !== undefined;
        const opened = await flows.open(tx, {
          ...address,
          purpose: 'registration',
          network: ipBlock(ip),
          language,
          decoy,
          registration,
          accountId: null,
        });
        await mail.enqueue(tx, mailFor(opened.flow, opened.code));
        return opened.flow;
      });
      mail.wake();
      return { status: 202, body: flows.sent(flow) };
    },

    async verifyAccount(call) {
      limits.require('code-ip', ipKey(call.ip));
      const result = await store.transaction(async (tx) => {
        const again = await replayed(tx, call);
        if (again) return { done: again };
        const checked = await flows.check(tx, call.body.flowId, 'registration', call.body.code);
        return 'refusal' in checked ? checked : { done: await verified(tx, checked.flow, call) };
      });
      if ('refusal' in result) throw result.refusal;
      mail.wake();
      return { status: 201, body: result.done };
    },

    resendCode: async ({ body, ip }) => ({
      status: 202,
      body: await resend(context, flows, 'registration', body.flowId, ip),
    }),
  };
}
