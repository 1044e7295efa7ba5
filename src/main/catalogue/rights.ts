import { AppError } from '../../shared/errors.ts';
import type { Unavailable } from '../../shared/api/unavailable.ts';
import { embargoAcknowledgement, isUnavailable } from '../../shared/model/rights.ts';
import type { AssetRow } from './ports.ts';

/** When the embargo lifts, ms since 1970; null once it has. */
export const embargoInForce = ({
  badges,
  embargoUntil,
}: Pick<AssetRow, 'badges' | 'embargoUntil'>): number | null =>
  badges.includes('embargoed') ? embargoUntil : null;

/**
 * Ids that must be acknowledged before a package is authorised: its restrictions, and an embargo in
 * force.
 */
export function restrictionsOf(
  row: Pick<AssetRow, 'badges' | 'embargoUntil' | 'restrictions'>,
): string[] {
  const embargoUntil = embargoInForce(row);
  return [
    ...row.restrictions.map(({ id }) => id),
    ...(embargoUntil === null ? [] : [embargoAcknowledgement(embargoUntil)]),
  ];
}

/** Why this account cannot queue the asset now; null if it can. */
export function blockReason(
  row: Pick<AssetRow, 'badges' | 'embargoUntil'>,
  seesEmbargoed: boolean,
): Unavailable | 'embargoed' | null {
  return (
    row.badges.find(isUnavailable) ??
    (embargoInForce(row) !== null && !seesEmbargoed ? 'embargoed' : null)
  );
}

/** Such as `24 Nov 2026, 17:00 UTC`, for the log, the command line and the evidence report. */
export const momentText = (ms: number): string =>
  `${new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(ms)} UTC`;

const STATE_TEXTS: Record<Unavailable, string> = {
  withdrawn: 'was withdrawn',
  'on-hold': 'is on hold',
  expired: 'has expired',
};

/** English text for the log and the command line. */
export const unavailableText = (
  slug: string,
  state: Unavailable,
  note: string | null = null,
): string => `${slug} ${STATE_TEXTS[state]}${note === null ? '' : `: ${note}`}`;

export const blockedText = (
  { slug, embargoUntil }: Pick<AssetRow, 'slug' | 'embargoUntil'>,
  blocked: Unavailable | 'embargoed',
): string =>
  blocked === 'embargoed'
    ? `${slug} is under embargo${embargoUntil === null ? '' : ` until ${momentText(embargoUntil)}`}`
    : unavailableText(slug, blocked);

/**
 * @param others ids of restrictions; unacknowledged ones are reported in the same error
 * @param nowMs by the service's clock
 * @throws `embargoed` for an embargo in force that was not acknowledged
 */
export function requireEmbargoConsent(
  embargoUntil: number | null,
  acknowledged: readonly string[],
  nowMs: number,
  others: readonly string[] = [],
): void {
  if (embargoUntil === null || embargoUntil <= nowMs) return;
  const id = embargoAcknowledgement(embargoUntil);
  if (acknowledged.includes(id)) return;
  const restrictionIds = [...others, id].filter((one) => !acknowledged.includes(one));
  throw new AppError(
    'embargoed',
    `Under embargo until ${momentText(embargoUntil)}. Confirm it first.`,
    { restrictionIds, retryAfterMs: embargoUntil - nowMs },
  );
}
