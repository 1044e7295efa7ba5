import { countryName, formatDate, type Language } from '../i18n/format.ts';
import type { Texts } from '../i18n/index.ts';
import type { AssetView } from './views.ts';

type Restriction = AssetView['restrictions'][number];

export const capitalised = (words: string): string =>
  words.charAt(0).toUpperCase() + words.slice(1);

/**
 * The rule itself, from its values, in the user's language: "Not in Canada". Its note has the
 * reason.
 */
export function ruleWords(
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
export function termWords(restriction: Restriction, texts: Texts, language: Language): string {
  const rule = ruleWords(restriction, texts, language);
  return rule === restriction.note ? rule : `${capitalised(rule)}. ${restriction.note}`;
}
