import { iso, DAY } from '../clock.ts';
import type { Context } from '../context.ts';
import { POLICY } from '../policy.ts';
import type { Handlers } from '../http/call.ts';
import { problem } from '../http/problems.ts';
import { etagListed } from '../http/conditions.ts';
import type { AccountRecord, StoreTx } from '../store/ports.ts';
import { requireLiveSession } from './authenticate.ts';
import { exportOf } from './export.ts';
import { endGrants, requireProvedSession } from './grants.ts';
import { passwordFieldFaults, type PasswordProof } from './password-proof.ts';
import {
  accountEtag,
  changeAccount,
  languageOfAccount,
  profileOf,
  withPassword,
} from './profile.ts';
import type { Sessions } from './sessions.ts';

/**
 * Copies of a deleted account (backups, the day’s mails) are erased after this time; answered as
 * `eraseAt`.
 */
const ERASED_AFTER_MS = 30 * DAY;

/** Newest consents kept per account. */
const MAX_CONSENTS = 200;

type Names =
  | 'getAccount'
  | 'patchAccount'
  | 'deleteAccount'
  | 'changePassword'
  | 'putNewsletter'
  | 'putTerms'
  | 'exportAccount'
  | 'unsubscribe';

/**
 * Checks `If-Match` against the account; without the header there is nothing to check.
 * @throws edit-conflict
 */
function requireEtag(ifMatch: string | undefined, account: AccountRecord): void {
  if (ifMatch !== undefined && !etagListed(ifMatch, accountEtag(account), 'strong'))
    throw problem('edit-conflict');
}

const answered = (account: AccountRecord) => ({
  status: 200 as const,
  body: profileOf(account),
  headers: { etag: accountEtag(account) },
});

export function accountHandlers(
  context: Context,
  sessions: Sessions,
  proof: PasswordProof,
): Handlers<Names> {
  const { clock, store, limits } = context;

  return {
    getAccount: async ({ auth }) => answered(auth.account),

    async patchAccount({ auth, body, header }) {
      const expected = header('if-match');
      if (expected === undefined) throw problem('precondition-required');
      const { displayName, organisation, country, locale } = body;
      const given = { displayName, organisation, country, locale };
      return store.transaction(async (tx) => {
        const { account } = await requireLiveSession(tx, auth);
        requireEtag(expected, account);
        const kept = {
          displayName: account.displayName,
          organisation: account.organisation,
          country: account.country,
          locale: account.locale,
        };
        const changes = Object.fromEntries(
          Object.entries(given).filter(([, value]) => value !== undefined),
        );
        return answered(await changeAccount(tx, account, { ...kept, ...changes }));
      });
    },

    async putTerms({ auth, body, header }) {
      if (body.version !== POLICY.termsVersion)
        throw problem('validation-failed', { errors: [{ field: 'version', code: 'invalid' }] });
      return store.transaction(async (tx) => {
        const { account } = await requireLiveSession(tx, auth);
        requireEtag(header('if-match'), account);
        return answered(
          await changeAccount(tx, account, {
            terms: { version: body.version, acceptedAt: clock.now() },
          }),
        );
      });
    },

    ...newsletterHandlers(context),
    ...endingHandlers(context, sessions, proof),

    async exportAccount({ auth }) {
      limits.require('export', auth.account.id);
      return store.transaction(async (tx) => ({
        status: 200,
        body: await exportOf(tx, (await requireLiveSession(tx, auth)).account, clock.now()),
      }));
    },
  };
}

function newsletterHandlers({
  clock,
  store,
  tokens,
  mail,
  limits,
}: Context): Handlers<'putNewsletter' | 'unsubscribe'> {
  async function change(
    tx: StoreTx,
    account: AccountRecord,
    wanted: { subscribed: boolean; topics: string[]; consentVersion: string },
  ): Promise<AccountRecord> {
    const at = clock.now();
    const { subscribed, topics, consentVersion } = wanted;
    return changeAccount(tx, account, {
      newsletter: { subscribed, topics, changedAt: at },
      consents: [...account.consents, { subscribed, consentVersion, at }].slice(-MAX_CONSENTS),
    });
  }

  return {
    async putNewsletter({ auth, body, header }) {
      const { subscribed, topics, consentVersion } = body;
      if (consentVersion !== POLICY.newsletterConsentVersion)
        throw problem('validation-failed', {
          errors: [{ field: 'consentVersion', code: 'invalid' }],
        });
      limits.require('newsletter', auth.account.id);
      const account = await store.transaction(async (tx) => {
        const { account: before } = await requireLiveSession(tx, auth);
        requireEtag(header('if-match'), before);
        if (subscribed && !before.newsletter.subscribed) {
          await mail.enqueue(tx, {
            kind: 'newsletter-welcome',
            to: before.email,
            language: languageOfAccount(before),
            unsubscribeToken: tokens.unsubscribe(before.id),
          });
        }
        return change(tx, before, {
          subscribed,
          topics: topics ?? before.newsletter.topics,
          consentVersion,
        });
      });
      mail.wake();
      return { status: 200, body: profileOf(account).newsletter };
    },

    async unsubscribe({ body, query }) {
      const accountId = tokens.accountOf(query.token ?? body?.token ?? '');
      if (accountId !== null) {
        await store.transaction(async (tx) => {
          const account = await tx.accounts.get(accountId);
          if (account?.newsletter.subscribed)
            await change(tx, account, {
              subscribed: false,
              topics: [],
              consentVersion: POLICY.newsletterConsentVersion,
            });
        });
      }
      return { status: 204, body: null };
    },
  };
}

function endingHandlers(
  { clock, store, passwords, mail }: Context,
  sessions: Sessions,
  proof: PasswordProof,
): Handlers<'changePassword' | 'deleteAccount'> {
  return {
    async changePassword({ auth, body, ip }) {
      await proof.prove(auth.account, body.currentPassword, ip);
      const errors = await passwordFieldFaults('newPassword', body.newPassword, {
        email: auth.account.email,
        name: auth.account.displayName,
      });
      if (body.newPassword.normalize('NFC') === body.currentPassword.normalize('NFC'))
        errors.push({ field: 'newPassword', code: 'same-as-current' });
      if (errors.length > 0) throw problem('validation-failed', { errors });
      const passwordHash = await passwords.hash(body.newPassword);
      await store.transaction(async (tx) => {
        const { account, session } = await requireProvedSession(tx, auth);
        await changeAccount(tx, account, withPassword(account, passwordHash, clock.now()));
        await sessions.endAll(tx, account.id, session.id);
        await endGrants(tx, {
          accountId: account.id,
          emailKey: account.emailKey,
          ip,
          exceptSession: session.id,
        });
        await mail.enqueue(tx, {
          kind: 'password-changed',
          to: account.email,
          language: languageOfAccount(account),
        });
      });
      mail.wake();
      return { status: 204, body: null };
    },

    async deleteAccount({ auth, body, ip }) {
      await proof.prove(auth.account, body.password, ip);
      await store.transaction(async (tx) => {
        const { account } = await requireProvedSession(tx, auth);
        await endGrants(tx, { accountId: account.id, emailKey: account.emailKey, ip });
        await tx.accounts.delete(account.id);
        await mail.enqueue(tx, {
          kind: 'account-deleted',
          to: account.email,
          language: languageOfAccount(account),
        });
      });
      mail.wake();
      return { status: 202, body: { eraseAt: iso(clock.now() + ERASED_AFTER_MS) } };
    },
  };
}
