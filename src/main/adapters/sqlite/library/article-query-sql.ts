import type { SetField, TextField } from '../../../../shared/api/query/fields.ts';
import type { Clause, Criterion } from '../../../../shared/api/query/parse.ts';
import type { ArticleState } from '../../../../shared/api/query/values.ts';
import { foldText } from '../../../../shared/api/text.ts';
import type { ReadArticleQuery } from '../../../articles/ports.ts';
import { marks, phraseOf, type Sql } from './query-sql.ts';

/** What the library knows of the values that a query may name. */
export type KnownOfArticles = {
  /** Rowid of a source; null for one that it doesn't have. */
  sourceRowid(id: string): number | null;
  /** Rowid of our own service; null while it isn't shown. */
  ownSource: number | null;
  /** Topics, sections and tags as they are stored. */
  topics(): readonly string[];
  tags(): readonly string[];
};

/** Columns of the index in which a field is looked for; who speaks is who has written. */
const COLUMNS: Record<TextField, string | null> = {
  speaker: 'byline',
  place: 'place',
  title: 'headline',
  id: null,
};

const NOTHING: Sql = { where: '0', values: [] };

const STATES: Record<ArticleState, string> = {
  unread: 'a.read = 0',
  read: 'a.read = 1',
  starred: 'a.starred = 1',
  saved: 'a.stored = 1',
  // Feeds say of no correction: their texts just change.
  corrected: "a.summary ->> '$.corrected' OR a.former IS NOT NULL",
};

const tagged = (tags: readonly string[]): Sql => ({
  where: `EXISTS (SELECT 1 FROM json_each(a.tags) t WHERE t.value IN (${marks(tags)}))`,
  values: [...tags],
});
const onTopics = (topics: readonly string[]): Sql => ({
  where: `(a.section IN (${marks(topics)}) OR a.rowid IN (SELECT article FROM article_topic WHERE topic IN (${marks(topics)})))`,
  values: [...topics, ...topics],
});

/** Publishers and people write names as they like. */
function storedAs(wanted: readonly string[], stored: readonly string[]): string[] {
  const folded = new Set(wanted.map(foldText));
  return stored.filter((one) => folded.has(foldText(one)));
}

function setSql(field: SetField, anyOf: readonly string[], known: KnownOfArticles): Sql {
  switch (field) {
    case 'topic': {
      const topics = storedAs(anyOf, known.topics());
      return topics.length === 0 ? NOTHING : onTopics(topics);
    }
    case 'source': {
      const rowids = anyOf.flatMap((id) => known.sourceRowid(id) ?? []);
      return { where: `+a.source IN (${marks(rowids)})`, values: rowids };
    }
    case 'language':
      return {
        where: `(${anyOf.map(() => '(a.language = ? OR a.language LIKE ?)').join(' OR ')})`,
        values: anyOf.flatMap((code) => [code, `${code}-%`]),
      };
    case 'country':
      return {
        where: `EXISTS (SELECT 1 FROM json_each(a.summary, '$.countries') c WHERE c.value IN (${marks(anyOf)}))`,
        values: [...anyOf],
      };
    // Of assets alone.
    case 'type':
    case 'format':
    case 'rate':
    case 'rights':
    case 'has':
      return NOTHING;
  }
  return field satisfies never;
}

function criterionSql(criterion: Criterion, known: KnownOfArticles): Sql {
  switch (criterion.kind) {
    case 'text': {
      const phrases = criterion.anyOf.flatMap((words) => phraseOf(words) ?? []);
      const column = criterion.column === null ? null : COLUMNS[criterion.column];
      if (phrases.length === 0 || (criterion.column !== null && column === null)) return NOTHING;
      const any = `(${phrases.join(' OR ')})`;
      return {
        where: '+a.rowid IN (SELECT rowid FROM article_text WHERE article_text MATCH ?)',
        values: [column === null ? any : `{${column}} : ${any}`],
      };
    }
    case 'set':
      return setSql(criterion.field, criterion.anyOf, known);
    case 'mark': {
      if (criterion.field === 'tag') {
        const tags = storedAs(criterion.anyOf, known.tags());
        return tags.length === 0 ? NOTHING : tagged(tags);
      }
      const states = Object.entries(STATES).flatMap(([state, where]) =>
        criterion.anyOf.includes(state) ? [where] : [],
      );
      return { where: `(${states.join(' OR ')})`, values: [] };
    }
    case 'range': {
      if (criterion.field !== 'date') return NOTHING;
      const ends = [
        ...(criterion.from === null ? [] : [['>=', criterion.from] as const]),
        ...(criterion.below === null ? [] : [['<', criterion.below] as const]),
      ];
      return {
        where: ends.map(([sign]) => `a.published_at ${sign} ?`).join(' AND ') || '1',
        values: ends.map(([, ms]) => ms),
      };
    }
  }
  return criterion satisfies never;
}

function clauseSql(clause: Clause, known: KnownOfArticles): Sql {
  const parts = clause.map(({ isExcluded, criterion }) => {
    const { where, values } = criterionSql(criterion, known);
    return { where: isExcluded ? `NOT (${where})` : `(${where})`, values };
  });
  return {
    where: `(${parts.map(({ where }) => where).join(' OR ')})`,
    values: parts.flatMap(({ values }) => values),
  };
}

/** Filters that are set apart from the query. */
export type ArticleFilter =
  | 'section'
  | 'topic'
  | 'source'
  | 'tag'
  | 'language'
  | 'dates'
  | 'unreadOnly'
  | 'starredOnly';

/**
 * A query as conditions on `article a`. Those marked `+` aren't looked up, which would read the long
 * rows of all hits, but compared with what the index of lists has.
 *
 * @param except filters that are left out, so that what they count shows the effect of choosing
 *   another value
 */
export function articleHits(
  query: ReadArticleQuery,
  known: KnownOfArticles,
  except: readonly ArticleFilter[] = [],
): Sql {
  const parts = query.clauses.map((clause) => clauseSql(clause, known));
  const add = (filter: ArticleFilter, isSet: boolean, sql: () => Sql): void => {
    if (isSet && !except.includes(filter)) parts.push(sql());
  };
  const { section, topic, source, tag, language, ownLanguage, from, below } = query;
  add('section', section !== null, () => ({ where: 'a.section = ?', values: [section] }));
  add('topic', topic !== null, () => onTopics([topic ?? '']));
  add('source', source !== null, () => setSql('source', [source ?? ''], known));
  add('tag', tag !== null, () => tagged([tag ?? '']));
  add('language', language !== null, () => setSql('language', [language ?? ''], known));
  add('language', ownLanguage !== null, () => {
    const { where, values } = setSql('language', [ownLanguage ?? ''], known);
    return { where: `(${where} OR a.source <> ${known.ownSource ?? -1})`, values };
  });
  add('dates', from !== null || below !== null, () =>
    criterionSql({ kind: 'range', field: 'date', from, below }, known),
  );
  add('unreadOnly', query.unreadOnly, () => ({ where: 'a.read = 0', values: [] }));
  add('starredOnly', query.starredOnly, () => ({ where: 'a.starred = 1', values: [] }));
  return {
    where: parts.map(({ where }) => where).join(' AND ') || '1',
    values: parts.flatMap(({ values }) => values),
  };
}
