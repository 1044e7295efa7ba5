import type { SQLInputValue } from 'node:sqlite';
import { filterTerm } from '../../../../shared/api/query/edit.ts';
import type { SetField, TextField } from '../../../../shared/api/query/fields.ts';
import type { Clause, Criterion, Term, Words } from '../../../../shared/api/query/parse.ts';
import { foldText } from '../../../../shared/api/text.ts';

/** Rowids of a query's hits: `SELECT rowid FROM ${from} WHERE ${where}`. */
export type Hits = { from: 'asset' | 'asset_text'; where: string; values: SQLInputValue[] };

/** What the library knows of the values that a query may name. */
export type KnownValues = {
  /** Rowid of a source; null for one that it doesn't have. */
  sourceRowid(id: string): number | null;
  /** Stored values of a field. */
  stored(field: SetField): readonly string[];
  /** The lowest rowid of what was published at a time, ms since 1970, or later. */
  firstRowid(ms: number): number;
  /** Rowids of sources whose assets aren't shown. */
  hidden: readonly number[];
};

export type Sql = { where: string; values: SQLInputValue[] };

export const marks = (values: readonly unknown[]): string => values.map(() => '?').join(', ');

/** Columns of the index in which a field is looked for; speakers have an index of their own. */
const COLUMNS: Record<Exclude<TextField, 'speaker'>, string> = {
  place: 'place',
  title: 'headline',
  id: 'slug',
};

/**
 * Words in sequence as a phrase of FTS5, null without a word. Quoting makes its operators and
 * punctuation plain text.
 */
export function phraseOf({ text, isPhrase }: Words): string | null {
  const words = text.normalize('NFC').match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  return words.length === 0 ? null : `"${words.join(' ')}"${isPhrase ? '' : '*'}`;
}

/** Any of these words, as an expression of FTS5; null without a word. */
function matchOf({ column, anyOf }: Extract<Criterion, { kind: 'text' }>): string | null {
  const phrases = anyOf.flatMap((words) => phraseOf(words) ?? []);
  if (phrases.length === 0) return null;
  const any = phrases.length === 1 ? String(phrases[0]) : `(${phrases.join(' OR ')})`;
  return column === null || column === 'speaker' ? any : `{${COLUMNS[column]}} : ${any}`;
}

const isWords = ({ criterion }: Term): boolean =>
  criterion.kind === 'text' && criterion.column !== 'speaker';

const match = ({ criterion }: Term): string | null =>
  criterion.kind === 'text' ? matchOf(criterion) : null;

/**
 * What is searched for in the full-text index at once: the clauses of words alone, and the excluded
 * words where there are others.
 *
 * @returns the expression of FTS5, null without one, and the clauses that are left
 */
function textOf(clauses: readonly Clause[]): { expression: string | null; others: Clause[] } {
  const wanted: string[] = [];
  const excluded: string[] = [];
  const others: Clause[] = [];
  const apart: Clause[] = [];
  for (const clause of clauses) {
    const phrases = clause.map((term) => (isWords(term) ? match(term) : null));
    const isText = phrases.every((phrase) => phrase !== null);
    const [only] = clause;
    if (isText && clause.every(({ isExcluded }) => !isExcluded))
      wanted.push(phrases.length === 1 ? String(phrases[0]) : `(${phrases.join(' OR ')})`);
    else if (isText && clause.length === 1 && only?.isExcluded === true) {
      excluded.push(String(phrases[0]));
      apart.push(clause);
    } else others.push(clause);
  }
  if (wanted.length === 0) return { expression: null, others: [...others, ...apart] };
  const all = wanted.join(' AND ');
  return {
    // One NOT: FTS5 nests each, to a depth of 256, but flattens what OR joins.
    expression: excluded.length === 0 ? all : `(${all}) NOT (${excluded.join(' OR ')})`,
    others,
  };
}

/** Facet rows of a criterion's values. */
function valuesOf(field: SetField, anyOf: readonly string[], known: KnownValues): string[] {
  if (field === 'source')
    return anyOf.flatMap((id) => {
      const rowid = known.sourceRowid(id);
      return rowid === null ? [] : [String(rowid)];
    });
  // Publishers write topics as they like.
  const wanted = new Set(anyOf.map(foldText));
  return field === 'topic' || field === 'format'
    ? known.stored(field).filter((value) => wanted.has(foldText(value)))
    : [...anyOf];
}

/**
 * Facets of few values, of which many assets have the same. Topics are as publishers write them, and
 * a source can change its rowid: both have a row for each asset and value.
 */
export const isInSets = (facet: SetField): boolean => facet !== 'topic' && facet !== 'source';

const NOTHING: Sql = { where: '0', values: [] };

function criterionSql(criterion: Criterion, from: Hits['from'], known: KnownValues): Sql {
  if (criterion.kind === 'text') {
    const expression = matchOf(criterion);
    if (expression === null) return NOTHING;
    const table = criterion.column === 'speaker' ? 'asset_person' : 'asset_text';
    return {
      // The unary plus keeps SQLite from repeating the search for each of these rowids.
      where: `+rowid IN (SELECT rowid FROM ${table} WHERE ${table} MATCH ?)`,
      values: [expression],
    };
  }
  if (criterion.kind === 'set') {
    const values = valuesOf(criterion.field, criterion.anyOf, known);
    if (values.length === 0) return NOTHING;
    const having = `facet = ? AND value IN (${marks(values)})`;
    return {
      where: isInSets(criterion.field)
        ? `+rowid IN (SELECT asset FROM asset_facet_set WHERE facets IN (SELECT facets FROM facet_set_value WHERE ${having}))`
        : `+rowid IN (SELECT asset FROM asset_facet WHERE ${having})`,
      values: [criterion.field, ...values],
    };
  }
  // Of articles alone.
  if (criterion.kind === 'mark') return NOTHING;
  const { field } = criterion;
  const ends = [
    ...(criterion.from === null ? [] : [['>=', criterion.from] as const]),
    ...(criterion.below === null ? [] : [['<', criterion.below] as const]),
  ];
  if (field === 'duration') {
    // What has no length is in no span of lengths: 0 is a still. Negated, it is outside of all.
    const span = `coalesce(duration_ms, 0) > 0 AND ${ends.map(([sign]) => `duration_ms ${sign} ?`).join(' AND ')}`;
    return {
      where: from === 'asset' ? span : `+rowid IN (SELECT rowid FROM asset WHERE ${span})`,
      values: ends.map(([, ms]) => ms),
    };
  }
  return {
    where: ends.map(([sign]) => `rowid ${sign} ?`).join(' AND '),
    // BigInt: a number would be bound as REAL, which FTS5 does not accept for a rowid.
    values: ends.map(([, ms]) => BigInt(known.firstRowid(ms))),
  };
}

function clauseSql(clause: Clause, from: Hits['from'], known: KnownValues): Sql {
  const parts = clause.map(({ isExcluded, criterion }) => {
    const { where, values } = criterionSql(criterion, from, known);
    return { where: isExcluded ? `NOT (${where})` : where, values };
  });
  return {
    where:
      parts.length === 1
        ? String(parts[0]?.where)
        : `(${parts.map(({ where }) => `(${where})`).join(' OR ')})`,
    values: parts.flatMap(({ values }) => values),
  };
}

/** Whether a clause is nothing but values of one field, as its filter sets it. */
export function isFilterOf(clause: Clause, field: SetField): boolean {
  const criterion = filterTerm(clause)?.criterion;
  return criterion?.kind === 'set' && criterion.field === field;
}

/** Whether anything is searched for in texts, by which hits can be ranked. */
export const textLength = (clauses: readonly Clause[]): number =>
  Math.max(
    0,
    ...clauses
      .flat()
      .flatMap(({ isExcluded, criterion }) =>
        !isExcluded && criterion.kind === 'text' && criterion.column !== 'speaker'
          ? criterion.anyOf.map(({ text }) => text.length)
          : [],
      ),
  );

/**
 * A query as SQL.
 *
 * @param except omits the filter of one field, so that its counts show the effect of choosing another
 *   value
 */
export function hitsOf(
  clauses: readonly Clause[],
  known: KnownValues,
  except: SetField | null = null,
): Hits {
  const { expression, others } = textOf(
    except === null ? clauses : clauses.filter((clause) => !isFilterOf(clause, except)),
  );
  const from = expression === null ? 'asset' : 'asset_text';
  const conditions = others.map((clause) => clauseSql(clause, from, known));
  // By what is hidden, which is usually less than what is shown, and nothing most of the time.
  if (known.hidden.length > 0)
    conditions.push({
      where: `+rowid NOT IN (SELECT asset FROM asset_facet WHERE facet = 'source' AND value IN (${marks(known.hidden)}))`,
      values: known.hidden.map(String),
    });
  if (expression !== null)
    conditions.unshift({ where: 'asset_text MATCH ?', values: [expression] });
  return {
    from,
    where: conditions.map(({ where }) => where).join(' AND ') || '1',
    values: conditions.flatMap(({ values }) => values),
  };
}
