/** Why an asset may not be used. */
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

/** Entitlement to see and download assets under embargo. */
export const EMBARGO_ACCESS = 'embargo-access';
