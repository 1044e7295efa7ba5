import {
  ARTICLE_FIELDS,
  fieldName,
  fieldOf,
  isSetField,
  QUERY_FIELDS,
  type QueryArea,
  type QueryField,
} from '../../shared/api/query/fields.ts';
import { parseQuery, type Fault } from '../../shared/api/query/parse.ts';
import { AppError } from '../../shared/errors.ts';
import { ARTICLE_STATES, valuesOf } from '../../shared/api/query/values.ts';

const names = (area: QueryArea): string =>
  (area === 'articles' ? ARTICLE_FIELDS : QUERY_FIELDS)
    .map((field) => fieldName(field, 'en'))
    .join(', ');

const EXAMPLES: Partial<Record<QueryField, string>> = {
  country: 'a code such as NL, or a name in English or French',
  language: 'a code such as fr, or a name in English or French',
  rate: 'frames per second such as 25 or 29.97',
  is: ARTICLE_STATES.join(', '),
};

/** What may stand after the colon of a field that doesn't take every word. */
function valuesText(field: QueryField): string {
  const values = isSetField(field) ? valuesOf(field).join(', ') : '';
  return ` Use ${EXAMPLES[field] ?? values}.`;
}

/** What is wrong with a query, and what to write instead. */
function faultText({ reason, field, value, suggestion }: Fault, area: QueryArea): string {
  const instead = suggestion === null ? '' : ` Did you mean ${suggestion}?`;
  const known = fieldOf(field, area);
  const said: Record<Fault['reason'], string> = {
    'unknown-field': `${field} isn’t a field.${instead || ` Fields: ${names(area)}`}`,
    'unknown-value': `${field} has no value ${JSON.stringify(value)}.${instead || (known === null ? '' : valuesText(known))}`,
    'no-value': `${field}: needs a value, right after the colon`,
    'no-date': `${JSON.stringify(value)} isn’t a date. Use 2026-11-20, 2026-11, 2026-11-20..24, today or 7d.`,
    'too-many': 'The query has too many words and values: 100 at most',
    'no-length': `${JSON.stringify(value)} isn’t a length. Use <60, >5:00 or 1:30..3:00.`,
  };
  return said[reason];
}

/**
 * What isn't understood is left out of a query: nobody who isn't looking must get more than was
 * asked for.
 * @throws `usage`
 */
export function requireUnderstood(text: string, nowMs: number, area: QueryArea = 'assets'): void {
  const [fault] = parseQuery(text, nowMs, area).faults;
  if (fault) throw new AppError('usage', faultText(fault, area));
}
