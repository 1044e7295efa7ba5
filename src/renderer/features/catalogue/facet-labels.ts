import { countryName, languageName, type Language } from '../../i18n/format.ts';
import type { Texts } from '../../i18n/index.ts';
import type { FacetName } from '../../state/criteria.ts';

/** 25/1 is 25, 30000/1001 is 29.97. */
function rateNumber(rate: string, language: Language): string {
  const [over = 0, under = 1] = rate.split('/').map(Number);
  return new Intl.NumberFormat(language, { maximumFractionDigits: 2 }).format(over / (under || 1));
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/**
 * Label of a facet's value in the terms of newsrooms; unknown values are shown as the service sends
 * them.
 */
export function facetLabel(
  name: FacetName,
  value: string,
  label: string,
  { catalogue, sources, topics }: Texts,
  language: Language,
): string {
  switch (name) {
    case 'country':
      return countryName(value, language);
    case 'language':
      return capital(languageName(value, language));
    case 'frameRate':
      return catalogue.perSecond(rateNumber(value, language));
    case 'restriction':
    case 'format':
    case 'type':
      return catalogue.values[name][value] ?? label;
    // Names that users and publishers give, but for that of the demo.
    case 'source':
      return value === 'demo' ? sources.demo : label;
    case 'topic':
    default:
      return topics[value] ?? label;
  }
}
