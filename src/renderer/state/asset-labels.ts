import { UNAVAILABLE } from '../../shared/api/unavailable.ts';
import { formatDay, formatTime, type Language, countryName, formatDate } from '../i18n/format.ts';
import type { Texts } from '../i18n/index.ts';
import type { BadgeTone } from '../ui/badge.tsx';
import type { AssetRow, AssetView } from './views.ts';

export type AssetBadge = AssetRow['badges'][number];

const TONES: Record<AssetBadge, BadgeTone> = {
  embargoed: 'embargo',
  restricted: 'restricted',
  updated: 'updated',
  withdrawn: 'withdrawn',
  'on-hold': 'held',
  expired: 'expired',
  here: 'here',
};

export const badgeTone = (badge: AssetBadge): BadgeTone => TONES[badge];

/** Today: the time alone; on another day: the day before it. */
export function formatMoment(ms: number, nowMs: number, language: Language): string {
  const isToday = new Date(ms).toDateString() === new Date(nowMs).toDateString();
  return isToday
    ? formatTime(ms, language)
    : `${formatDay(ms, language)}, ${formatTime(ms, language)}`;
}

/** The words of a badge; an embargo says until when. */
export function badgeText(
  badge: AssetBadge,
  asset: Pick<AssetRow, 'embargoUntil'>,
  { badges }: Texts,
  nowMs: number,
  language: Language,
): string {
  if (badge === 'embargoed')
    return asset.embargoUntil === null
      ? badges.embargo
      : badges.embargoUntil(formatMoment(asset.embargoUntil, nowMs, language));
  return badges[badge];
}

/** What stands in the way of using it, or that it is here: said wherever footage is named. */
const STATES: readonly AssetBadge[] = [...UNAVAILABLE, 'embargoed', 'here'];
export const stateBadges = ({ badges }: Pick<AssetRow, 'badges'>): AssetBadge[] =>
  badges.filter((badge) => STATES.includes(badge));

type Restriction = AssetView['restrictions'][number];

export const capitalised = (words: string): string =>
  words.charAt(0).toUpperCase() + words.slice(1);

/**
 * The rule itself, from its values, in the user's language: "Not in Canada". Its note has the
 * reason.
 */
export function ruleLabel(
  { kind, mode, values, note }: Restriction,
  { asset }: Texts,
  language: Language,
): string {
  const places = (): string => values.map((code) => countryName(code, language)).join(', ');
  const platforms = (): string => values.map((name) => asset.platforms[name] ?? name).join(', ');
  const date = Date.parse(values[0] ?? '');
  if (values.length === 0) return note;
  if (kind === 'territory') return mode === 'deny' ? asset.notIn(places()) : asset.onlyIn(places());
  if (kind === 'platform')
    return mode === 'deny' ? asset.notOn(platforms()) : asset.onlyOn(platforms());
  if (kind === 'time' && !Number.isNaN(date)) return asset.notAfter(formatDate(date, language));
  return note;
}

/** The rule with its figures, then the publisher's own words for it. */
export function restrictionLabel(
  restriction: Restriction,
  texts: Texts,
  language: Language,
): string {
  const rule = ruleLabel(restriction, texts, language);
  return rule === restriction.note ? rule : `${capitalised(rule)}. ${restriction.note}`;
}
