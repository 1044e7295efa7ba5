import type { Account } from '../../shared/api/account.ts';
import { iso } from '../clock.ts';
import type { Language } from '../http/language.ts';
import type { AccountRecord, StoreTx } from '../store/ports.ts';

export function profileOf(account: AccountRecord): Account {
  const { id, email, displayName, organisation, country, locale, entitlements } = account;
  const { subscribed, topics, changedAt } = account.newsletter;
  return {
    id,
    email,
    displayName,
    organisation,
    country,
    locale,
    entitlements,
    newsletter: { subscribed, topics, changedAt: changedAt === null ? null : iso(changedAt) },
    terms: { version: account.terms.version, acceptedAt: iso(account.terms.acceptedAt) },
    createdAt: iso(account.createdAt),
    notices: account.notices.map(({ code, at }) => ({ code, at: iso(at) })),
  };
}

/** Language of mails that no request has asked for. */
export const languageOfAccount = (account: AccountRecord): Language =>
  account.locale?.toLowerCase().startsWith('fr') ? 'fr' : 'en';
export const accountEtag = (account: AccountRecord): string => `"a${account.rev}"`;

/** Stores a change of an account under its next revision. */
export async function changeAccount(
  tx: StoreTx,
  account: AccountRecord,
  change: Partial<AccountRecord>,
): Promise<AccountRecord> {
  const changed = { ...account, ...change, rev: account.rev + 1 };
  await tx.accounts.put(changed);
  return changed;
}

/** The fields that change with a new password, with the notice about it. */
export const withPassword = (
  account: AccountRecord,
  passwordHash: string,
  at: number,
): Pick<AccountRecord, 'passwordHash' | 'passwordRev' | 'notices'> => ({
  passwordHash,
  passwordRev: (account.passwordRev ?? 0) + 1,
  ...withNotice(account, 'password-changed', at),
});

const MAX_NOTICES = 10;
export const withNotice = (
  account: AccountRecord,
  code: AccountRecord['notices'][number]['code'],
  at: number,
): Pick<AccountRecord, 'notices'> => ({
  notices: [{ code, at }, ...account.notices].slice(0, MAX_NOTICES),
});
