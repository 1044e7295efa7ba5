import { valueName } from '../../../shared/api/query/values.ts';
import { rateNumber } from '../../../shared/api/video-format.ts';
import type { SetField } from '../../../shared/api/query/fields.ts';
import type { Language } from '../../i18n/format.ts';
import type { Texts } from '../../i18n/index.ts';

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
  if (field === 'rate')
    return catalogue.perSecond(
      new Intl.NumberFormat(language, { maximumFractionDigits: 2 }).format(rateNumber(value)),
    );
  // Names that users and publishers give, but for that of the demo.
  if (field === 'source') return value === 'demo' ? sources.demo : label;
  const name = valueName(field, value, language);
  return field === 'language' && name !== null ? capital(name) : (name ?? label);
}
