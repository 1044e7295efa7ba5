/*
 * The query language of the catalogue: the same in the search box, on the command line and in the
 * service.
 *
 *   query  = 1*clause                     ; all of them
 *   clause = term *( "OR" term )          ; any of them
 *   term   = [ "-" ] ( word / phrase / field ":" value *( "," value ) )
 *   phrase = <"> words <">                ; also “ ” and « »
 *
 * A word also finds longer ones that begin with it; a phrase finds its words as they stand. What
 * can't be understood is left out and told, the rest is searched for.
 */

import {
  fieldOf,
  isMarkField,
  isSetField,
  isTextField,
  nearestField,
  type MarkField,
  type QueryArea,
  type QueryField,
  type SetField,
  type TextField,
} from './fields.ts';
import { parseDates, parseLengths } from './spans.ts';
import { markOf, nearestMark, nearestValue, valueOf } from './values.ts';

/** Offsets in UTF-16 code units. */
export type Span = { start: number; end: number };

/** Words in sequence. The last of them may go on, unless it is a phrase. */
export type Words = { text: string; isPhrase: boolean };
export type Criterion =
  | { kind: 'text'; column: TextField | null; anyOf: readonly Words[] }
  | { kind: 'set'; field: SetField; anyOf: readonly string[] }
  /** Tags as they are written, or states: see `ARTICLE_STATES`. */
  | { kind: 'mark'; field: MarkField; anyOf: readonly string[] }
  | {
      kind: 'range';
      field: 'date' | 'duration';
      /** Ms since 1970, or of length; null is open. */
      from: number | null;
      /** Not part of it. */
      below: number | null;
    };
export type Term = Span & { isExcluded: boolean; criterion: Criterion };
export type Clause = readonly Term[];

/** What was left out, and why. */
export type Fault = Span & {
  reason: 'unknown-field' | 'unknown-value' | 'no-value' | 'no-date' | 'no-length' | 'too-many';
  /** Name of the field, as it is written. */
  field: string;
  /** The value that isn't understood; empty without one. */
  value: string;
  /** What could have been meant, in the place of the field's name or of the value. */
  suggestion: string | null;
};

/** A field with its values as they are written, whether it is understood or not. */
export type FieldToken = Span & {
  /** Null for one that isn't known. */
  field: QueryField | null;
  /** As it is written, without the minus and the colon. */
  name: string;
  isExcluded: boolean;
  /** Where the values begin, after the colon. */
  valuesAt: number;
  values: readonly (Span & { text: string })[];
};
export type Query = {
  clauses: readonly Clause[];
  faults: readonly Fault[];
  fields: readonly FieldToken[];
  /** The mark that would close a quotation that goes on to the end; null if there is none. */
  unclosed: string | null;
};

const CLOSING: Record<string, string> = { '"': '"', '“': '”', '„': '“', '«': '»' };
const isSpace = (char: string | undefined): boolean => char !== undefined && /\s/u.test(char);
/** Letters of a field's name; a colon after anything else is punctuation. */
const FIELD = /^[\p{L}][\p{L}\p{M}-]*$/u;
const isWordy = (text: string): boolean => /[\p{L}\p{N}]/u.test(text);

type Piece = Span & { text: string; isQuoted: boolean; unclosed: string | null };

/** Reads what is quoted or stands up to a space or one of `stops`. */
function pieceAt(text: string, start: number, stops: string): Piece {
  const closing = CLOSING[text.charAt(start)];
  if (closing !== undefined) {
    const close = text.indexOf(closing, start + 1);
    const end = close === -1 ? text.length : close + 1;
    const inner = text.slice(start + 1, close === -1 ? text.length : close).trim();
    return { start, end, text: inner, isQuoted: true, unclosed: close === -1 ? closing : null };
  }
  let end = start;
  while (end < text.length && !isSpace(text[end]) && !stops.includes(text.charAt(end))) end += 1;
  return { start, end, text: text.slice(start, end), isQuoted: false, unclosed: null };
}

/** Values after a colon: separated by commas, and quoted if they have spaces. */
function valuesAt(
  text: string,
  start: number,
): { values: Piece[]; end: number; unclosed: string | null } {
  const values: Piece[] = [];
  let at = start;
  for (;;) {
    const piece = pieceAt(text, at, ',');
    if (piece.text !== '') values.push(piece);
    at = piece.end;
    // What stands right after a quotation belongs to nothing else.
    while (piece.isQuoted && at < text.length && !isSpace(text[at]) && text[at] !== ',') at += 1;
    if (text[at] !== ',') return { values, end: at, unclosed: piece.unclosed };
    at += 1;
  }
}

type Read = { criterion: Criterion } | { fault: Omit<Fault, keyof Span | 'field'> & Partial<Span> };

/** Values of a list, each once; the first that it doesn't have is the fault. */
function readValues(
  values: readonly Piece[],
  {
    valueOf: known,
    nearest,
    toCriterion,
  }: {
    valueOf(text: string): string | null;
    nearest(text: string): string | null;
    toCriterion(anyOf: readonly string[]): Criterion;
  },
): Read {
  const anyOf = new Set<string>();
  for (const { start, end, text } of values) {
    const value = known(text);
    if (value === null)
      return {
        fault: { start, end, reason: 'unknown-value', value: text, suggestion: nearest(text) },
      };
    anyOf.add(value);
  }
  return { criterion: toCriterion([...anyOf]) };
}

/** What a field with these values asks for. */
function readField(field: QueryField, values: readonly Piece[], nowMs: number): Read {
  const [first] = values;
  if (!first) return { fault: { reason: 'no-value', value: '', suggestion: null } };
  if (isTextField(field))
    return {
      criterion: {
        kind: 'text',
        column: field,
        anyOf: values.map(({ text, isQuoted }) => ({ text, isPhrase: isQuoted })),
      },
    };
  if (isSetField(field))
    return readValues(values, {
      valueOf: (one) => valueOf(field, one),
      nearest: (one) => nearestValue(field, one),
      toCriterion: (anyOf) => ({ kind: 'set', field, anyOf }),
    });
  if (isMarkField(field))
    return readValues(values, {
      // A tag is what its reader has made it.
      valueOf: field === 'tag' ? (one) => one : markOf,
      nearest: nearestMark,
      toCriterion: (anyOf) => ({ kind: 'mark', field, anyOf }),
    });
  const text = values.map((piece) => piece.text).join(',');
  if (field === 'duration') {
    const between = parseLengths(text.toLowerCase());
    return between
      ? { criterion: { kind: 'range', field, ...between } }
      : { fault: { reason: 'no-length', value: text, suggestion: null } };
  }
  const between = parseDates(text.toLowerCase(), nowMs);
  if (!between) return { fault: { reason: 'no-date', value: text, suggestion: null } };
  const criterion = { kind: 'range', field: 'date' } as const;
  // Half-open, as in version control and mail: from the first moment of one up to that of the other.
  if (field === 'after') return { criterion: { ...criterion, from: between.from, below: null } };
  if (field === 'before') return { criterion: { ...criterion, from: null, below: between.from } };
  return { criterion: { ...criterion, ...between } };
}

/** Words and values: each is a search of its own, for which others wait. */
const MAX_SOUGHT = 100;

/**
 * Reads a query. Never throws.
 *
 * @param nowMs for `today` and its like; days are those of this computer
 * @param area fields that it doesn't have are unknown
 */
export function parseQuery(text: string, nowMs: number, area: QueryArea = 'assets'): Query {
  const clauses: Term[][] = [];
  const faults: Fault[] = [];
  const fields: FieldToken[] = [];
  let unclosed: string | null = null;
  /** What was read last; an OR joins the terms on its two sides only. */
  const before: { piece: 'term' | 'or' | null } = { piece: null };
  let sought = 0;
  const add = (term: Term): void => {
    const { criterion, start, end } = term;
    sought += criterion.kind === 'range' ? 1 : criterion.anyOf.length;
    if (sought > MAX_SOUGHT) {
      before.piece = null;
      const last = faults.at(-1);
      if (last?.reason === 'too-many') last.end = end;
      else
        faults.push({
          reason: 'too-many',
          start,
          end,
          field: '',
          value: text.slice(start, end),
          suggestion: null,
        });
      return;
    }
    const clause = clauses.at(-1);
    if (before.piece === 'or' && clause) clause.push(term);
    else clauses.push([term]);
    before.piece = 'term';
  };
  for (let at = 0; at < text.length;) {
    if (isSpace(text[at])) {
      at += 1;
      continue;
    }
    const start = at;
    const isExcluded = text[at] === '-' && at + 1 < text.length && !isSpace(text[at + 1]);
    if (isExcluded) at += 1;
    const piece = pieceAt(text, at, ':');
    const name = piece.text;
    if (!piece.isQuoted && text[piece.end] === ':' && FIELD.test(name)) {
      const afterColon = piece.end + 1;
      // An address is no field.
      if (!text.startsWith('//', afterColon)) {
        const { values, end, ...open } = valuesAt(text, afterColon);
        unclosed = open.unclosed;
        const field = fieldOf(name, area);
        fields.push({ start, end, field, name, isExcluded, valuesAt: afterColon, values });
        const read: Read =
          field === null
            ? {
                fault: {
                  start: piece.start,
                  end: piece.end,
                  reason: 'unknown-field',
                  value: text.slice(afterColon, end),
                  suggestion: nearestField(name, area),
                },
              }
            : readField(field, values, nowMs);
        if ('criterion' in read) add({ start, end, isExcluded, criterion: read.criterion });
        else {
          faults.push({ start, end, field: name, ...read.fault });
          before.piece = null;
        }
        at = end;
        continue;
      }
    }
    const word = piece.isQuoted ? piece : pieceAt(text, at, '');
    at = word.end;
    unclosed = word.unclosed;
    const isApart = start === 0 || isSpace(text[start - 1]);
    if (isApart && (word.text === 'OR' || word.text === 'OU') && word.end - start === 2) {
      before.piece = before.piece === 'term' ? 'or' : null;
      continue;
    }
    if (!isWordy(word.text)) {
      before.piece = null;
      continue;
    }
    add({
      start,
      end: word.end,
      isExcluded,
      criterion: {
        kind: 'text',
        column: null,
        anyOf: [{ text: word.text, isPhrase: word.isQuoted }],
      },
    });
  }
  return { clauses, faults, fields, unclosed };
}
