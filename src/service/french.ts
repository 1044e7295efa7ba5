/**
 * French spacing: no line may begin with a closing mark nor end with an opening guillemet. Authors
 * type plain spaces; they become no-break ones, narrow (U+202F) before ; ! ? and full (U+00A0)
 * before : % » and after «. Other languages are returned unchanged.
 */
export function frenchSpacing(text: string, language: string): string {
  return language === 'fr'
    ? text
        .replaceAll(/[ \u00a0](?=[;!?])/gu, '\u202f')
        .replaceAll(/ (?=[:%»])/gu, '\u00a0')
        .replaceAll('« ', '«\u00a0')
    : text;
}

/** The same text in the languages it has, its French with French spacing. */
export const spacedText = <T extends { en: string; fr?: string }>(text: T): T =>
  text.fr === undefined ? text : { ...text, fr: frenchSpacing(text.fr, 'fr') };
