/** Why nothing of an asset may be used: three different things with three different words. */
export const UNAVAILABLE = ['withdrawn', 'on-hold', 'expired'] as const;
export type Unavailable = (typeof UNAVAILABLE)[number];

/** @param nowMs by the service's clock */
export function unavailableBecause(
  {
    pubStatus,
    expiresAtMs,
  }: { pubStatus: 'usable' | 'withheld' | 'canceled'; expiresAtMs: number | null },
  nowMs: number,
): Unavailable | null {
  if (pubStatus !== 'usable') return pubStatus === 'withheld' ? 'on-hold' : 'withdrawn';
  return expiresAtMs !== null && expiresAtMs <= nowMs ? 'expired' : null;
}

/** The entitlement of an account that sees, and may download, what is under embargo. */
export const EMBARGO_ACCESS = 'embargo-access';
