import { writtenField } from '../api/query/edit.ts';
import type { SetField } from '../api/query/fields.ts';

/** Names of filters up to 0.1.0, when they stood beside the text of a saved search. */
const FIELDS: Record<string, SetField> = {
  source: 'source',
  topic: 'topic',
  country: 'country',
  type: 'type',
  format: 'format',
  frameRate: 'rate',
  language: 'language',
  restriction: 'rights',
};
/** As the contract takes them. */
const MAX_QUERY_CHARACTERS = 1000;
const SORTS: Record<string, string> = { duration: 'longest' };

const isStrings = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

/**
 * As many whole terms as a query may have. One that is longer would take all saved searches with it,
 * for the settings keep a list as a whole.
 */
function fitting(terms: readonly string[]): string {
  let text = '';
  for (const term of terms) {
    const longer = text === '' ? term : `${text} ${term}`;
    if (longer.length <= MAX_QUERY_CHARACTERS) text = longer;
  }
  return text;
}

/**
 * A saved search of up to 0.1.0 in the query language; anything else as it is.
 *
 * @param raw unchecked
 */
export function fromFormerSearch(raw: unknown): unknown {
  if (typeof raw !== 'object' || raw === null || !('facets' in raw) || !('text' in raw)) return raw;
  const { facets, since, text, sort, ...others } = raw as Record<string, unknown>;
  if (typeof facets !== 'object' || facets === null || typeof text !== 'string') return raw;
  // Its punctuation meant nothing.
  const words = text.normalize('NFC').match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  const filters = Object.entries(facets).flatMap(([name, values]) => {
    const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
    return field && isStrings(values) && values.length > 0
      ? [writtenField(field, values, 'en')]
      : [];
  });
  const period = since === 'today' ? ['date:today'] : since === 'week' ? ['date:7d'] : [];
  return {
    ...others,
    text: fitting([...words, ...filters, ...period]),
    sort: typeof sort === 'string' && Object.hasOwn(SORTS, sort) ? SORTS[sort] : sort,
  };
}
