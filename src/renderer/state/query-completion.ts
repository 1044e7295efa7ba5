import { writtenValue } from '../../shared/api/query/edit.ts';
import {
  fieldName,
  isSetField,
  QUERY_FIELDS,
  QUERY_LANGUAGES,
  type QueryField,
  type QueryLanguage,
} from '../../shared/api/query/fields.ts';
import type { Query } from '../../shared/api/query/parse.ts';
import { namesOf, valueName, writtenRate } from '../../shared/api/query/values.ts';
import { foldText } from '../../shared/api/text.ts';

/*
 * What the search field offers while one types. Pure.
 */

export type Completion = {
  /** What it replaces the span with. */
  written: string;
  /** How it is called; null where that is what is written. */
  label: string | null;
  /** How many it would find; null where that isn't known. */
  count: number | null;
};
export type Completions = {
  /** The field whose values these are; null for names of fields. */
  field: QueryField | null;
  /** What is replaced, offsets in the text. */
  start: number;
  end: number;
  /** What is typed there, of which the beginning of an item is marked. */
  typed: string;
  items: readonly Completion[];
};

type FacetValue = { value: string; label: string; count: number };
export type Known = {
  language: QueryLanguage;
  /** Values with their counts for the query without the filter of their field. */
  counts: Readonly<Record<string, readonly FacetValue[]>>;
};

const MAX_ITEMS = 8;
/** Written alike in both languages. */
const EXAMPLES: Partial<Record<QueryField, readonly string[]>> = {
  date: ['today', 'yesterday', '7d', '30d'],
  after: ['today', 'yesterday'],
  before: ['today', 'yesterday'],
  duration: ['<30', '<60', '1:00..3:00', '>5:00'],
};

const begins = (name: string, typed: string): boolean =>
  foldText(name).startsWith(typed) ||
  foldText(name)
    .split(/[\s-]+/u)
    .some((word) => word.startsWith(typed));

/** Values of a field that begin as typed, in either language, most frequent first. */
function valuesOf(
  field: QueryField,
  typed: string,
  chosen: ReadonlySet<string>,
  { language, counts }: Known,
): Completion[] {
  const folded = foldText(typed);
  if (!isSetField(field))
    return (EXAMPLES[field] ?? [])
      .filter((example) => example.startsWith(typed) && example !== typed)
      .map((written) => ({ written, label: null, count: null }));
  return (counts[field] ?? [])
    .filter(({ value }) => !chosen.has(value))
    .filter(({ value, label }) =>
      [label, ...namesOf(field, value)].some((name) => begins(name, folded)),
    )
    .slice(0, MAX_ITEMS)
    .map(({ value, label, count }) => {
      const written = writtenValue(
        field === 'rate' ? writtenRate(value) : field === 'source' ? label : value,
      );
      const name = valueName(field, value, language);
      return { written, label: name === written ? null : name, count };
    });
}

/** Fields that are called as typed, in this language or else the other, by their name in this one. */
const fieldsOf = (typed: string, language: QueryLanguage): Completion[] =>
  [
    ...new Set(
      [language, ...QUERY_LANGUAGES].flatMap((one) =>
        QUERY_FIELDS.filter((field) => foldText(fieldName(field, one)).startsWith(foldText(typed))),
      ),
    ),
  ].map((field) => ({ written: `${fieldName(field, language)}:`, label: null, count: null }));

/** What can be completed where the caret stands; null where nothing can. */
export function completionsAt(
  text: string,
  query: Query,
  caret: number,
  known: Known,
): Completions | null {
  const token = query.fields.find(({ valuesAt, end }) => valuesAt <= caret && caret <= end);
  if (token) {
    if (token.field === null) return null;
    const piece = token.values.find(({ start, end }) => start <= caret && caret <= end);
    const [start, end] = piece ? [piece.start, piece.end] : [caret, caret];
    const typed = piece?.text ?? '';
    const others = new Set(token.values.filter((one) => one !== piece).map((one) => one.text));
    const items = valuesOf(token.field, typed, others, known);
    return items.length === 0 ? null : { field: token.field, start, end, typed, items };
  }
  const before = /(?:^|\s)-?([\p{L}]+)$/u.exec(text.slice(0, caret))?.[1] ?? '';
  const isInside = /^[\p{L}\p{N}:]/u.test(text.slice(caret));
  if (before === '' || isInside) return null;
  const items = fieldsOf(before, known.language);
  return items.length === 0
    ? null
    : { field: null, start: caret - before.length, end: caret, typed: before, items };
}

/** The text with a completion in it, and where the caret stands then. */
export function completed(
  text: string,
  { start, end, field }: Pick<Completions, 'start' | 'end' | 'field'>,
  { written }: Completion,
): { text: string; caret: number } {
  // A value is followed by the next term; a field by its values.
  const space = field !== null && !/^\s/u.test(text.slice(end)) ? ' ' : '';
  return {
    text: `${text.slice(0, start)}${written}${space}${text.slice(end)}`,
    caret: start + written.length + (field === null ? 0 : 1),
  };
}
