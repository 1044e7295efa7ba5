/*
 * A query and the filters beside it are one state: what is typed is ticked, and what is ticked is
 * written into the query.
 */

import { fieldName, type QueryField, type QueryLanguage, type SetField } from './fields.ts';
import type { Clause, Query, Span, Term } from './parse.ts';
import { foldText } from '../text.ts';
import { writtenRate } from './values.ts';

/** The term of a clause that is nothing else, as a filter sets it; null for any other clause. */
export function filterTerm(clause: Clause): Term | null {
  const [only] = clause;
  return clause.length === 1 && only && !only.isExcluded ? only : null;
}

/** Terms that filters can show and change. */
const alone = ({ clauses }: Query): Term[] => clauses.flatMap((clause) => filterTerm(clause) ?? []);

/** Terms that a filter stands for. */
const termsOf = (query: Query, field: QueryField): Term[] =>
  alone(query).filter(({ criterion }) =>
    criterion.kind === 'text' ? criterion.column === field : criterion.field === field,
  );

/** Values of a field that are asked for, as a filter shows them. */
export const valuesIn = (query: Query, field: SetField): string[] => [
  ...new Set(
    termsOf(query, field).flatMap(({ criterion }) =>
      criterion.kind === 'set' ? criterion.anyOf : [],
    ),
  ),
];

/** The dates that are asked for, ms since 1970; both null without any. */
export function datesIn(query: Query): { from: number | null; below: number | null } {
  let [from, below]: (number | null)[] = [null, null];
  for (const { criterion } of termsOf(query, 'date')) {
    if (criterion.kind !== 'range') continue;
    if (criterion.from !== null) from = Math.max(from ?? criterion.from, criterion.from);
    if (criterion.below !== null) below = Math.min(below ?? criterion.below, criterion.below);
  }
  return { from: from ?? null, below: below ?? null };
}

/** Without some of its parts and the spaces that they leave. */
function without(text: string, spans: readonly Span[]): string {
  let kept = '';
  let at = 0;
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    kept = `${kept}${text.slice(at, start)}`.trimEnd();
    if (kept !== '') kept += ' ';
    at = end;
    while (/\s/u.test(text.charAt(at))) at += 1;
  }
  return (kept + text.slice(at)).trimEnd();
}

/** As it is written after a colon. */
export const writtenValue = (value: string): string =>
  /^[^\s,"“”„«»]+$/u.test(value) ? value : `"${value.replaceAll(/["“”„«»]/gu, '')}"`;

/** A field with values, as it is written. */
export const writtenField = (
  field: QueryField,
  values: readonly string[],
  language: QueryLanguage,
): string =>
  `${fieldName(field, language)}:${values.map((value) => writtenValue(field === 'rate' ? writtenRate(value) : value)).join(',')}`;

/**
 * The query with a filter set to these values, where the filter was or else at the end; without the
 * filter if there are none.
 */
export function withValues(
  text: string,
  query: Query,
  {
    field,
    values,
    language,
  }: { field: QueryField; values: readonly string[]; language: QueryLanguage },
): string {
  const terms = termsOf(query, field);
  if (values.length === 0) return without(text, terms);
  const written = writtenField(field, values, language);
  const [first, ...others] = terms;
  if (!first) return appended(text, query, written);
  const rest = without(text, others);
  return `${rest.slice(0, first.start)}${written}${rest.slice(first.end)}`;
}

/** With a term at the end, apart from what is still being written there. */
export function appended(text: string, { unclosed }: Query, term: string): string {
  const before = `${text.trimEnd()}${unclosed ?? ''}`.replace(/(?:(?:^|\s+)(?:OR|OU))+$/u, '');
  return before === '' ? term : `${before} ${term}`;
}

/** Without all filters: only words are left, and what is excluded or an alternative. */
export const withoutFilters = (text: string, query: Query): string =>
  without(
    text,
    alone(query).filter(({ criterion }) => criterion.kind !== 'text' || criterion.column !== null),
  );

/** Without one of its terms. */
export const withoutSpan = (text: string, span: Span): string => without(text, [span]);

/**
 * A form that is equal for queries that ask for the same, however they are written. For comparing
 * only.
 */
export const identityOf = ({ clauses, faults }: Query, text: string): string =>
  JSON.stringify([
    clauses
      .map((clause) =>
        clause
          .map(({ isExcluded, criterion }) => JSON.stringify([isExcluded, sorted(criterion)]))
          .toSorted(),
      )
      .map((clause) => JSON.stringify(clause))
      .toSorted(),
    faults.map(({ start, end }) => text.slice(start, end)).toSorted(),
  ]);

const sorted = (criterion: Term['criterion']): unknown =>
  criterion.kind === 'set'
    ? { ...criterion, anyOf: criterion.anyOf.toSorted() }
    : criterion.kind === 'text'
      ? { ...criterion, anyOf: criterion.anyOf.map((one) => JSON.stringify(one)).toSorted() }
      : criterion;

const wordsOf = (text: string): string[] => foldText(text).match(/[\p{L}\p{N}]+/gu) ?? [];
/** True if each word is the beginning of one in the name, as in a search of texts. */
function isCalled(name: string, words: readonly string[]): boolean {
  const parts = wordsOf(name);
  return words.length > 0 && words.every((word) => parts.some((part) => part.startsWith(word)));
}

/**
 * A query whose sources are named by their ids, in the place of what people call them: by the whole
 * name, so that what is chosen from a list is that one alone, else by words of it.
 */
export const withSourceIds = (
  clauses: readonly Clause[],
  names: readonly { id: string; name: string }[],
): Clause[] =>
  clauses.map((clause) =>
    clause.map((term) => {
      const { criterion } = term;
      if (criterion.kind !== 'set' || criterion.field !== 'source') return term;
      const anyOf = criterion.anyOf.flatMap((wanted) => {
        const whole = names.filter(({ name }) => foldText(name) === foldText(wanted));
        if (whole.length > 0) return whole.map(({ id }) => id);
        const words = wordsOf(wanted);
        const called = names.filter(({ name }) => isCalled(name, words));
        const isId = called.length === 0 || names.some(({ id }) => id === wanted);
        return isId ? [wanted] : called.map(({ id }) => id);
      });
      return { ...term, criterion: { ...criterion, anyOf } };
    }),
  );
