import { valueName } from '../../../shared/api/query/values.ts';
import type { SetField } from '../../../shared/api/query/fields.ts';
import type { Language } from '../../i18n/format.ts';
import type { Texts } from '../../i18n/index.ts';

/** 25/1 is 25, 30000/1001 is 29.97. */
function rateNumber(rate: string, language: Language): string {
  const [over = 0, under = 1] = rate.split('/').map(Number);
  return new Intl.NumberFormat(language, { maximumFractionDigits: 2 }).format(over / (under || 1));
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/**
 * Label of a facet's value in the terms of newsrooms; unknown values are shown as the source sends
 * them.
 */
export function facetLabel(
  field: SetField,
  value: string,
  label: string,
  { catalogue, sources }: Texts,
  language: Language,
): string {
  if (field === 'rate') return catalogue.perSecond(rateNumber(value, language));
  // Names that users and publishers give, but for that of the demo.
  if (field === 'source') return value === 'demo' ? sources.demo : label;
  const name = valueName(field, value, language);
  return field === 'language' && name !== null ? capital(name) : (name ?? label);
}
