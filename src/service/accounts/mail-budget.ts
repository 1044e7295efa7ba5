import { ipBlock } from '../http/limits.ts';
import type { Limits, Taken } from '../http/limits.ts';
import { problem } from '../http/problems.ts';

/**
 * The counters of an address are kept by network, so that a stranger uses up a share of its own
 * only.
 */
export const addressFrom = (emailKey: string, ip: string): string => `${emailKey} ${ipBlock(ip)}`;

/**
 * Takes one of the letters that requests without a password may send to an address: so many a day
 * from one network and from all. When strangers have used up those of all, one an hour is left for
 * networks that have had few of these.
 */
export function takeMail(limits: Limits, emailKey: string, ip: string): Taken {
  const network = addressFrom(emailKey, ip);
  const regular = limits.takeAll(['mail-network', network], ['mail-address', emailKey]);
  if (regular.ok) return regular;
  const reserve = limits.takeAll(
    ['mail-network', network],
    ['mail-reserve-network', network],
    ['mail-reserve', emailKey],
  );
  return reserve.ok || reserve.retryAfterMs < regular.retryAfterMs ? reserve : regular;
}

/** @throws rate-limited */
export function requireMail(limits: Limits, emailKey: string, ip: string): void {
  const taken = takeMail(limits, emailKey, ip);
  if (!taken.ok) throw problem('rate-limited', {}, { retryAfterMs: taken.retryAfterMs });
}

/**
 * The networks of the account's owner have a share of their own, for when the common one is used
 * up. The common one is taken from in any case: what is left of it shows in the answers to
 * registrations, and would tell who asks from such a network that there is an account.
 */
export function takeResetMail(
  limits: Limits,
  emailKey: string,
  ip: string,
  isOwners: boolean,
): boolean {
  const network = addressFrom(emailKey, ip);
  if (!limits.take('reset-address', network).ok) return false;
  return takeMail(limits, emailKey, ip).ok || (isOwners && limits.take('mail-owner', network).ok);
}
