import { valueName } from '../../shared/api/query/values.ts';
import { UNAVAILABLE } from '../../shared/api/rights.ts';
import {
  type Language,
  countryName,
  formatDate,
  formatDuration,
  formatMoment,
} from '../i18n/format.ts';
import type { Texts } from '../i18n/index.ts';
import type { BadgeTone } from '../ui/display/badge.tsx';
import type { AssetRow, AssetView } from './views.ts';

/** Length of the footage; empty where the source doesn't say. */
export const lengthText = ({ durationMs }: Pick<AssetRow, 'durationMs'>): string =>
  durationMs === null ? '' : formatDuration(durationMs / 1000);

type RowBadge = AssetRow['badges'][number];
/** Main’s badges, and those that say what a source doesn’t give. */
export type AssetBadge = RowBadge | 'unlisted' | 'link-only';

const TONES: Record<AssetBadge, BadgeTone> = {
  embargoed: 'embargo',
  restricted: 'restricted',
  updated: 'updated',
  withdrawn: 'withdrawn',
  'on-hold': 'held',
  expired: 'expired',
  barred: 'barred',
  here: 'here',
  unlisted: 'unlisted',
  'link-only': 'link',
};

/** All badges of an asset, the most important first. */
export const badgesOf = ({
  badges,
  unlistedAt,
  integrity,
}: Pick<AssetRow, 'badges' | 'unlistedAt' | 'integrity'>): AssetBadge[] => [
  ...badges,
  ...(integrity === 'none' ? (['link-only'] as const) : []),
  ...(unlistedAt === null ? [] : (['unlisted'] as const)),
];

export const badgeTone = (badge: AssetBadge): BadgeTone => TONES[badge];

/** Text of a badge, with the time for embargoes. */
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

/** States to show wherever footage is named: what prevents its use, or that it is downloaded. */
const STATES: readonly RowBadge[] = [...UNAVAILABLE, 'embargoed', 'barred', 'here'];
export const stateBadges = ({ badges }: Pick<AssetRow, 'badges'>): RowBadge[] =>
  badges.filter((badge) => STATES.includes(badge));

type Restriction = AssetView['restrictions'][number];

export const capitalised = (words: string): string =>
  words.charAt(0).toUpperCase() + words.slice(1);

/** What of this newsroom an asset isn't cleared for. */
export function barredText(
  { kind, barred }: AssetRow['verdict']['reasons'][number],
  { asset }: Texts,
  language: Language,
): string {
  return kind === 'territory'
    ? asset.barredTerritory(barred.map((code) => countryName(code, language)).join(', '))
    : asset.barredPlatforms(barred.map((name) => asset.platforms[name] ?? name).join(', '));
}

/** The rule in the user's language, from its values: "Not in Canada". The note gives the reason. */
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

/** Words by which a note forbids or limits something, in the languages of the catalogue. */
const RULE_WORDS = {
  deny: /\b(?:no|not|never|pas|ni|sans|aucun|aucune)\b/iu,
  allow: /\b(?:only|uniquement|seulement)\b/iu,
};

/** True if one clause of the note forbids or allows exactly the values of the rule by name. */
function saysRule(
  { kind, mode, values, note }: Restriction,
  texts: Texts,
  language: Language,
): boolean {
  if (values.length === 0) return true;
  if (kind !== 'territory' && kind !== 'platform') return false;
  const names = values.map((value) =>
    (kind === 'territory'
      ? countryName(value, language)
      : (texts.asset.platforms[value] ?? value)
    ).toLowerCase(),
  );
  return note
    .toLowerCase()
    .split(/[.;:()]/u)
    .some(
      (clause) => RULE_WORDS[mode].test(clause) && names.every((name) => clause.includes(name)),
    );
}

/** The rule as a title and the publisher's note under it; the note alone where it says the rule. */
export function restrictionParts(
  restriction: Restriction,
  texts: Texts,
  language: Language,
): { title: string; note: string | null } {
  const { kind, note } = restriction;
  const rule = ruleLabel(restriction, texts, language);
  if (rule === '') return { title: valueName('rights', kind, language) ?? kind, note: null };
  if (note === '') return { title: capitalised(rule), note: null };
  return rule === note || saysRule(restriction, texts, language)
    ? { title: note, note: null }
    : { title: capitalised(rule), note };
}

/** Both in one line. */
export function restrictionLabel(
  restriction: Restriction,
  texts: Texts,
  language: Language,
): string {
  const { title, note } = restrictionParts(restriction, texts, language);
  return note === null ? title : `${title}. ${note}`;
}
