import { ipBlock } from '../http/limits.ts';
import type { Limits, Taken } from '../http/limits.ts';
import { problem } from '../http/problems.ts';

/**
 * Key of a counter per address and network: a stranger can only use up the share of their own
 * network.
 */
export const addressFrom = (emailKey: string, ip: string): string => `${emailKey} ${ipBlock(ip)}`;

/**
 * Takes one mail from the budget of an address: a number per day and network, and a number per day
 * in all. Once strangers have used up the latter, one mail an hour remains for networks that have
 * sent few requests.
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
 * Takes a reset mail. The owner’s networks have a share of their own, used when the common one is
 * exhausted. The common one is charged first in any case: what is left of it shows in the answers
 * to registrations, so charging only the owner’s share would reveal an account.
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
