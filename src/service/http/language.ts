export type Language = 'en' | 'fr';

/** The preferred one of the two languages (RFC 9110 §12.5.4); English by default. */
export function languageOf(header: string | undefined): Language {
  const wanted = (header ?? '')
    .split(',')
    .map((entry, index) => {
      const [tag = '', ...parameters] = entry.trim().toLowerCase().split(';');
      const q = parameters
        .map((p) => /^\s*q=([\d.]+)\s*$/.exec(p)?.[1])
        .find((value) => value !== undefined);
      return { primary: tag.split('-')[0], q: q === undefined ? 1 : Number(q), index };
    })
    .filter(({ primary, q }) => q > 0 && (primary === 'en' || primary === 'fr'))
    .toSorted((a, b) => b.q - a.q || a.index - b.index);
  return wanted[0]?.primary === 'fr' ? 'fr' : 'en';
}
