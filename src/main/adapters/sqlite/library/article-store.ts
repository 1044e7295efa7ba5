import { createHash } from 'node:crypto';
import type * as z from 'zod';
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { ALL_ARTICLES } from '../../../../shared/model/article-query.ts';
import { foldText } from '../../../../shared/api/text.ts';
import { AppError } from '../../../../shared/errors.ts';
import { isForeignSource, SAVED_PAGES, type SourceId } from '../../../../shared/model/source.ts';
import {
  articleDetail,
  formerText,
  type articleSummary,
  type ArticleChange,
  type ArticleDetail,
  type ArticleSummary,
  type FormerText,
} from '../../../../shared/model/article.ts';
import type {
  ArticleList,
  ArticleMarks,
  ArticleOverview,
  ArticleRow,
  ArticleStore,
  ListRange,
  Picture,
  ReadArticleQuery,
  StoredArticle,
} from '../../../articles/ports.ts';
import type { SyncStep } from '../../../catalogue/ports.ts';
import { excerptOf } from '../../../formats/excerpt.ts';
import { pictureType } from '../../../formats/picture-type.ts';
import type { PictureStore } from '../../fs/file-cache.ts';
import { isSecret } from '../../sources/addresses.ts';
import { statementsOf, transaction } from '../kit.ts';
import { articleHits, type ArticleFilter, type KnownOfArticles } from './article-query-sql.ts';
import { CRC } from './schema.ts';
import { SOURCE_LIMITS, storeWithin, tooMuch, type SourceLimits } from './size-limit.ts';
import type { LibrarySources } from './sources.ts';

const COLUMNS =
  'a.rowid, a.id, a.rev, a.source, a.summary, a.stored, a.read, a.starred, a.tags, a.withdrawn, a.position, a.former IS NOT NULL AS changed';
/** Reading speed of adults for news. */
const WORDS_A_MINUTE = 230;
/** Values of a filter that are offered. */
const MAX_VALUES = 50;
const REMOVED_AT_ONCE = 500;

/**
 * What a query has found, newest first: what is shown, counted and offered of it is asked of this, so
 * that the texts are searched once.
 */
const HITS = `CREATE TEMP TABLE IF NOT EXISTS hit (
  n INTEGER PRIMARY KEY, article INTEGER NOT NULL, read INTEGER NOT NULL, section TEXT NOT NULL
) STRICT`;

/** What the list of a source has had so far: the rest of what is here of it is no longer listed. */
const LISTED = `CREATE TEMP TABLE IF NOT EXISTS listed_article (
  source INTEGER NOT NULL, id TEXT NOT NULL, PRIMARY KEY (source, id)
) STRICT, WITHOUT ROWID`;
/** Articles of a source that it no longer lists and nobody has kept: so many stay, read ones go first. */
const MAX_UNLISTED = 20_000;

type Row = Readonly<Record<string, SQLOutputValue>>;
type TextFacts = Pick<ArticleDetail, 'wordCount' | 'isWhole'>;
type Counted = { name: string; count: number }[];

/** What a user has decided: 0 for not stored by itself, 2 for never cleared away. */
const WANTED = { no: 0, byRules: 1, byHand: 2 } as const;

/** Condition for an article that never goes. */
const KEPT = `starred OR tags <> '[]' OR wanted = ${WANTED.byHand}`;

const textOf = (value: SQLOutputValue | undefined): string =>
  typeof value === 'string' ? value : '';

type Mark = 'stored' | 'wanted' | 'read' | 'position' | 'starred' | 'tags';
const MARKS: readonly Mark[] = ['stored', 'wanted', 'read', 'position', 'starred', 'tags'];

/**
 * SQL assignments that change an article's marks and their checksum. A damaged row stays damaged:
 * the checksum is renewed only if it was right before.
 */
function assignMarks(changes: Partial<Record<Mark, string>>): string {
  const assignments = Object.entries(changes).map(([name, to]) => `${name} = ${to}`);
  const checksum = (value: (name: Mark) => string): string =>
    `checksum(article.id, ${MARKS.map(value).join(', ')})`;
  const [before, after] = [
    checksum((name) => `article.${name}`),
    checksum((name) => changes[name] ?? `article.${name}`),
  ];
  return [...assignments, `marks_crc = iif(article.marks_crc IS ${before}, ${after}, NULL)`].join(
    ', ',
  );
}

/** Articles in SQLite; their pictures are files, referred to by hash. */
export class SqliteArticleStore implements ArticleStore {
  readonly #db: DatabaseSync;
  readonly #sql: (sql: string) => StatementSync;
  readonly #sources: LibrarySources;
  readonly #pictures: PictureStore;
  readonly #onDamaged: (id: string) => void;
  readonly #limits: SourceLimits;
  readonly #maxUnlisted: number;

  /**
   * @param onDamaged called with the id of each damaged article; it is skipped
   * @param limits of each source, and of the articles' pictures
   * @param maxUnlisted number of a source's articles that stay though it no longer lists them
   */
  constructor(
    db: DatabaseSync,
    sources: LibrarySources,
    pictures: PictureStore,
    onDamaged: (id: string) => void,
    limits = SOURCE_LIMITS,
    maxUnlisted = MAX_UNLISTED,
  ) {
    this.#db = db;
    this.#sql = statementsOf(db);
    this.#sources = sources;
    this.#pictures = pictures;
    this.#onDamaged = onDamaged;
    this.#limits = limits;
    this.#maxUnlisted = maxUnlisted;
    db.exec(`${HITS}; ${LISTED}`);
  }

  async cursor(source: SourceId): Promise<string | null> {
    return this.#sources.state(source).articlesMark;
  }

  async apply(source: SourceId, changes: ArticleChange[], cursor: string): Promise<string[]> {
    const { rowid } = this.#sources.state(source);
    return storeWithin(this.#db, { id: source, rowid }, this.#limits, () => {
      const changed = this.applyAll(changes, rowid);
      this.#sources.save({ ...this.#sources.state(source), articlesMark: cursor });
      return changed;
    });
  }

  /**
   * Must run inside a transaction.
   *
   * @param source rowid of their source
   * @returns ids of those that have changed
   */
  applyAll(changes: readonly ArticleChange[], source: number): string[] {
    return changes.filter((change) => this.#applyOne(change, source)).map(({ id }) => id);
  }

  /**
   * Notes what a step of a source's list has, and clears away once that is complete; of one that was
   * never completed, when the next begins. Must run inside a transaction.
   *
   * @param source its rowid
   */
  noteListed(
    articles: readonly ArticleChange[],
    source: number,
    { begins, completes }: Pick<NonNullable<SyncStep['list']>, 'begins' | 'completes'>,
  ): void {
    if (begins) this.#forgetUnlisted(source);
    const note = this.#sql('INSERT OR IGNORE INTO listed_article (source, id) VALUES (?, ?)');
    for (const { id } of articles) note.run(source, id);
    if (completes) this.#forgetUnlisted(source);
  }

  /**
   * A feed whose items have another id at each reading would fill the disk. What it has published may
   * be nowhere else any more, so that much stays.
   */
  #forgetUnlisted(source: number): void {
    const isListing = this.#sql('SELECT 1 FROM listed_article WHERE source = ? LIMIT 1').get(
      source,
    );
    const { n, bytes } =
      this.#sql(
        'SELECT count(*) AS n, coalesce(sum(octet_length(detail)), 0) AS bytes FROM article WHERE source = ?',
      ).get(source) ?? {};
    // Half of what it may fill, so that its next list has room.
    const maxBytes = this.#limits.foreign / 2;
    if (isListing && (Number(n) > this.#maxUnlisted || Number(bytes) > maxBytes)) {
      const rows = this.#sql(
        `SELECT rowid FROM (
          SELECT rowid, row_number() OVER newest AS n, sum(octet_length(detail)) OVER newest AS bytes FROM article
          WHERE source = ?1 AND NOT (${KEPT}) AND NOT EXISTS (SELECT 1 FROM listed_article l WHERE l.source = ?1 AND l.id = article.id)
          WINDOW newest AS (ORDER BY read, rowid DESC ROWS UNBOUNDED PRECEDING)
        ) WHERE n > ?2 OR bytes > ?3`,
      ).all(source, this.#maxUnlisted, maxBytes);
      for (const { rowid } of rows) this.#remove(Number(rowid));
    }
    this.#sql('DELETE FROM listed_article WHERE source = ?').run(source);
  }

  #remove(rowid: number): void {
    this.#sql('DELETE FROM article_text WHERE rowid = ?').run(rowid);
    this.#sql('DELETE FROM article WHERE rowid = ?').run(rowid);
  }

  /** Condition for articles of the shown sources, and for saved pages, which are always shown. */
  get #shown(): string {
    const pages = this.#sources.find(SAVED_PAGES);
    return `source IN (${[...this.#sources.shown, ...(pages === null ? [] : [pages])].join(', ')})`;
  }

  /** Rowid of the article with an id, among those. */
  #rowid(id: string): number | null {
    const row = this.#sql(`SELECT rowid FROM article WHERE id = ? AND ${this.#shown}`).get(id);
    return row ? Number(row['rowid']) : null;
  }

  get #known(): KnownOfArticles {
    const names = (sql: string) => (): string[] =>
      this.#sql(sql)
        .all()
        .map((row) => String(row['name']));
    return {
      sourceRowid: (id) => this.#sources.find(id),
      ownSource:
        this.#sources.shown.find(
          (rowid) => !isForeignSource(this.#sources.idOf(rowid) ?? SAVED_PAGES),
        ) ?? null,
      topics: names(
        'SELECT DISTINCT topic AS name FROM article_topic UNION SELECT DISTINCT section FROM article',
      ),
      tags: names('SELECT DISTINCT t.value AS name FROM article a, json_each(a.tags) t'),
    };
  }

  /** What a query finds, as the rest of a statement on `article a`. */
  #hits(
    query: ReadArticleQuery,
    except: readonly ArticleFilter[] = [],
  ): { where: string; values: SQLInputValue[] } {
    const { where, values } = articleHits(query, this.#known, except);
    return { where: `+a.${this.#shown} AND ${where}`, values };
  }

  /** Puts what a query finds into `hit`, in place of what was there. */
  #collect(query: ReadArticleQuery, except: readonly ArticleFilter[] = []): void {
    const { where, values } = this.#hits(query, except);
    this.#sql('DELETE FROM hit').run();
    this.#db
      .prepare(
        `INSERT INTO hit (article, read, section) SELECT a.rowid, a.read, a.section FROM article a WHERE ${where} ORDER BY a.published_at DESC, a.rowid`,
      )
      .run(...values);
  }

  async list(query: ReadArticleQuery, range: ListRange): Promise<ArticleList> {
    this.#collect(query);
    const totals = this.#sql(
      'SELECT count(*) AS n, coalesce(sum(read = 0), 0) AS unread FROM hit',
    ).get();
    const rows = this.#sql(
      `SELECT ${COLUMNS}, crc IS ${CRC.article} AND marks_crc IS ${CRC.marks} AS sound FROM article a
      WHERE rowid IN (SELECT article FROM hit WHERE n > ?1 ORDER BY n LIMIT ?2) ORDER BY published_at DESC, rowid`,
    ).all(range.offset, range.count);
    const own = { sections: this.#sections(), topics: this.#topics() };
    const words = query.clauses
      .flat()
      .flatMap(({ isExcluded, criterion }) =>
        isExcluded || criterion.kind !== 'text' ? [] : criterion.anyOf,
      );
    for (const { id, sound } of rows) if (sound !== 1) this.#onDamaged(String(id));
    return {
      total: Number(totals?.['n']),
      unread: Number(totals?.['unread']),
      items: rows
        .filter(({ sound }) => sound === 1)
        .map((row) => ({
          ...this.#rowOf(row),
          excerpt: words.length === 0 ? null : excerptOf(this.#textOf(Number(row['rowid'])), words),
        })),
      ...own,
      // What another value of a filter that is set would find.
      ...(query.section === null ? {} : { sections: this.#without(query, 'section').#sections() }),
      ...(query.topic === null ? {} : { topics: this.#without(query, 'topic').#topics() }),
    };
  }

  /** Collects what a query would find without one of its filters. */
  #without(query: ReadArticleQuery, filter: ArticleFilter): this {
    this.#collect(query, [filter]);
    return this;
  }

  /** The most frequent sections of what was collected. */
  #sections(): Counted {
    return this.#counted(
      "SELECT section AS name, count(*) AS n FROM hit WHERE section <> '' GROUP BY 1",
    );
  }

  /** The most frequent topics of what was collected. */
  #topics(): Counted {
    return this.#counted(
      'SELECT t.topic AS name, count(*) AS n FROM hit JOIN article_topic t ON t.article = hit.article GROUP BY 1',
    );
  }

  #counted(sql: string): Counted {
    return this.#sql(`${sql} ORDER BY n DESC, name LIMIT ${MAX_VALUES}`)
      .all()
      .map((row) => ({ name: String(row['name']), count: Number(row['n']) }));
  }

  async ids(query: ReadArticleQuery): Promise<string[]> {
    const { where, values } = this.#hits(query);
    return this.#db
      .prepare(`SELECT a.id FROM article a WHERE ${where} ORDER BY a.published_at DESC, a.rowid`)
      .all(...values)
      .map((row) => String(row['id']));
  }

  async overview(ownLanguage: string | null): Promise<ArticleOverview> {
    const { text: _, ...filters } = ALL_ARTICLES;
    const { where, values } = this.#hits({ ...filters, clauses: [], ownLanguage });
    const sources = this.#db
      .prepare(
        `SELECT a.source, count(*) AS total, sum(a.read = 0) AS unread, sum(a.starred) AS starred FROM article a WHERE ${where} GROUP BY a.source`,
      )
      .all(...values);
    const sum = (name: string): number =>
      sources.reduce((total, row) => total + Number(row[name]), 0);
    return {
      total: sum('total'),
      unread: sum('unread'),
      starred: sum('starred'),
      sources: sources.map((row) => ({
        id: this.#sources.idOf(Number(row['source'])) ?? '',
        total: Number(row['total']),
        unread: Number(row['unread']),
      })),
      tags: this.#db
        .prepare(
          `SELECT t.value AS name, count(*) AS n FROM article a, json_each(a.tags) t WHERE ${where} AND a.tags <> '[]' GROUP BY t.value ORDER BY n DESC, name`,
        )
        .all(...values)
        .map((row) => ({ name: String(row['name']), count: Number(row['n']) })),
    };
  }

  async row(id: string): Promise<ArticleRow | null> {
    const row = this.#db
      .prepare(`SELECT ${COLUMNS} FROM article a WHERE a.id = ? AND a.${this.#shown}`)
      .get(id);
    return row && this.#isValid(id) ? this.#rowOf(row) : null;
  }

  async detail(
    id: string,
  ): Promise<{ detail: ArticleDetail; former: FormerText | null; position: number } | null> {
    const row = this.#db
      .prepare(
        `SELECT detail, former, position, detail_crc IS ${CRC.articleDetail} AS sound FROM article WHERE id = ? AND ${this.#shown}`,
      )
      .get(id);
    if (row?.['sound'] === 0) this.#onDamaged(id);
    if (row?.['sound'] !== 1 || typeof row['detail'] !== 'string') return null;
    const parsed = articleDetail.safeParse(JSON.parse(row['detail']));
    if (!parsed.success) return null;
    const former =
      typeof row['former'] === 'string'
        ? (formerText.safeParse(JSON.parse(row['former'])).data ?? null)
        : null;
    return { detail: parsed.data, former, position: Number(row['position']) };
  }

  async stored(): Promise<StoredArticle[]> {
    const pictures = Map.groupBy(
      this.#db
        .prepare(
          'SELECT p.article, p.sha256, c.bytes FROM article_picture p JOIN picture c ON c.sha256 = p.sha256',
        )
        .all(),
      (row) => Number(row['article']),
    );
    return this.#db
      .prepare(
        `SELECT a.rowid, a.id, a.source, a.section, a.published_at, a.read, a.wanted, a.stored, a.rev IS a.detail_rev AS current,
          ${KEPT} AS kept, coalesce(octet_length(a.detail), 0) + coalesce(octet_length(a.former), 0) AS bytes,
          (SELECT sum(bytes) FROM article_picture p WHERE p.article = a.rowid AND p.sha256 IS NULL) AS missing,
          a.summary -> '$.topics' AS topics, a.summary ->> '$.offlineUntil' AS until, a.summary ->> '$.offlineAllowed' AS allowed
        FROM article a WHERE a.${this.#shown} AND a.withdrawn = 0 ORDER BY a.published_at DESC, a.rowid`,
      )
      .all()
      .map((row) => ({
        id: String(row['id']),
        source: this.#sources.idOf(Number(row['source'])) ?? '',
        section: String(row['section']),
        topics: JSON.parse(String(row['topics'])) as string[],
        publishedAt: Number(row['published_at']),
        isRead: row['read'] === 1,
        isKept: row['kept'] === 1,
        isUnwanted: row['wanted'] === WANTED.no || row['allowed'] === 0,
        isStored: row['stored'] === 1,
        isCurrent: row['current'] === 1,
        textBytes: Number(row['bytes']),
        pictures: (pictures.get(Number(row['rowid'])) ?? []).map(
          (picture) => [String(picture['sha256']), Number(picture['bytes'])] as const,
        ),
        missingBytes: row['missing'] === null ? null : Number(row['missing']),
        until: row['until'] === null ? null : Date.parse(String(row['until'])),
      }));
  }

  async save(detail: ArticleDetail): Promise<void> {
    const rowid = this.#rowid(detail.id);
    if (rowid === null) return;
    const row = this.#sql('SELECT source, withdrawn FROM article WHERE rowid = ?').get(rowid);
    // Its source may have taken it back while this was on its way.
    if (row?.['withdrawn'] === 1)
      throw new AppError('withdrawn', 'Withdrawn by the publisher. Do not use it.');
    const source = Number(row?.['source']);
    const owner = { id: this.#sources.idOf(source) ?? '', rowid: source };
    storeWithin(this.#db, owner, this.#limits, () => this.#saveDetail(rowid, detail));
  }

  /** Must run inside a transaction. */
  #saveDetail(rowid: number, given: ArticleDetail): void {
    const detail = {
      ...given,
      media: given.media.map((media) => ({
        ...media,
        // A path on our own service, or an address that anybody may open.
        url: media.url.startsWith('/') || !isSecret(media.url) ? media.url : '',
      })),
    };
    const before = this.#sql(
      `SELECT detail, former, detail_crc IS ${CRC.articleDetail} AS sound FROM article WHERE rowid = ?`,
    ).get(rowid);
    this.#sql(
      `UPDATE article SET detail = ?1, detail_rev = ?2, former = ?3, detail_crc = checksum(id, ?1, ?2, ?3), ${assignMarks({ stored: '0' })} WHERE rowid = ?4`,
    ).run(JSON.stringify(detail), detail.rev, formerOf(before, detail), rowid);
    if (detail.textFrom === 'page') this.#noteText(rowid, detail);
    this.#index(rowid, detail);
    // What is here of its pictures stays, where they are the same.
    const known = new Map(
      this.#sql('SELECT media_id, sha256, bytes FROM article_picture WHERE article = ?')
        .all(rowid)
        .map((row) => [String(row['media_id']), row] as const),
    );
    this.#sql('DELETE FROM article_picture WHERE article = ?').run(rowid);
    const insert = this.#sql(
      'INSERT INTO article_picture (media_id, article, sha256, media_type, url, bytes) VALUES (?, ?, ?, ?, ?, ?)',
    );
    // Each once without OR REPLACE: that opens a savepoint, at which FTS5 writes out what it has gathered.
    for (const media of new Map(detail.media.map((one) => [one.mediaId, one])).values()) {
      const sha256 = media.sha256 ?? this.#hashOfMedium(media.mediaId, known) ?? null;
      // What it took when it was here counts in what it would take again.
      const bytes = media.bytes ?? known.get(media.mediaId)?.['bytes'] ?? null;
      insert.run(media.mediaId, rowid, sha256, media.mediaType, media.url, bytes);
      if (sha256 !== null)
        this.#sql('INSERT OR IGNORE INTO picture (sha256, bytes) VALUES (?, ?)').run(
          sha256,
          media.bytes ?? 0,
        );
    }
    this.#sql('DELETE FROM related WHERE article = ?').run(rowid);
    for (const asset of new Set(detail.relatedAssetIds))
      this.#sql('INSERT INTO related (asset, article) VALUES (?, ?)').run(asset, rowid);
  }

  /** What lists tell of a text that was taken from its page; null if the one that is here wasn't. */
  #pageText(rowid: number): TextFacts | null {
    const row = this.#sql(
      `SELECT d ->> '$.wordCount' AS words, d ->> '$.isWhole' AS whole FROM (
        SELECT iif(detail_crc IS ${CRC.articleDetail}, detail, NULL) AS d FROM article WHERE rowid = ?
      ) WHERE d ->> '$.textFrom' = 'page'`,
    ).get(rowid);
    return row ? { wordCount: Number(row['words']), isWhole: row['whole'] !== 0 } : null;
  }

  /** Lists tell of the text that is here, not of the one that their source lists. */
  #noteText(rowid: number, { wordCount, isWhole }: TextFacts): void {
    const sound = this.#sql(
      `SELECT summary FROM article WHERE rowid = ? AND crc IS ${CRC.article}`,
    );
    const row = sound.get(rowid);
    if (!row) return;
    const listed = JSON.parse(textOf(row['summary'])) as ArticleSummary;
    this.#sql(
      'UPDATE article SET summary = ?1, crc = checksum(id, source, rev, stamp, ?1, section, language, published_at, withdrawn) WHERE rowid = ?2',
    ).run(JSON.stringify({ ...listed, wordCount, isWhole }), rowid);
  }

  /** Of a picture that is here, in this article before or in another one. */
  #hashOfMedium(mediaId: string, known: ReadonlyMap<string, Row>): string | null {
    const own = known.get(mediaId)?.['sha256'];
    if (typeof own === 'string') return own;
    const other = this.#sql(
      'SELECT sha256 FROM article_picture WHERE media_id = ? AND sha256 IS NOT NULL',
    ).get(mediaId);
    return typeof other?.['sha256'] === 'string' ? other['sha256'] : null;
  }

  async want(ids: readonly string[]): Promise<void> {
    const update = this.#db.prepare(
      `UPDATE article SET ${assignMarks({ wanted: String(WANTED.byHand) })} WHERE id = ? AND ${this.#shown}`,
    );
    transaction(this.#db, () => {
      for (const id of ids) update.run(id);
    });
  }

  async setStored(id: string, byHand: boolean): Promise<void> {
    this.#db
      .prepare(
        `UPDATE article SET ${assignMarks({ stored: '1', ...(byHand ? { wanted: String(WANTED.byHand) } : {}) })} WHERE rowid = ? AND withdrawn = 0`,
      )
      .run(this.#rowid(id));
  }

  async unstore(ids: readonly string[], byHand: boolean): Promise<void> {
    transaction(this.#db, () => {
      for (const id of ids) {
        const rowid = this.#rowid(id);
        if (rowid === null) continue;
        this.#db
          .prepare(
            `UPDATE article SET ${assignMarks({ stored: '0', ...(byHand ? { wanted: String(WANTED.no) } : {}) })} WHERE rowid = ?`,
          )
          .run(rowid);
        const source = this.#sql('SELECT source FROM article WHERE rowid = ?').get(rowid);
        const isForeign = isForeignSource(this.#sources.idOf(Number(source?.['source'])) ?? '');
        // What a feed has published may be nowhere else any more.
        if (isForeign)
          this.#sql('UPDATE article_picture SET sha256 = NULL WHERE article = ?').run(rowid);
        else this.#removeText(rowid);
      }
    });
  }

  async mark(ids: readonly string[], marks: ArticleMarks): Promise<void> {
    const { read, starred, tags, position } = marks;
    const values: Partial<Record<Mark, SQLInputValue>> = {
      ...(read === undefined ? {} : { read: read ? 1 : 0 }),
      ...(starred === undefined ? {} : { starred: starred ? 1 : 0 }),
      ...(tags === undefined ? {} : { tags: JSON.stringify(oneOfEach(tags)) }),
      ...(position === undefined ? {} : { position }),
    };
    const names = MARKS.filter((name) => name in values);
    if (names.length === 0) return;
    const update = this.#db.prepare(
      `UPDATE article SET ${assignMarks(Object.fromEntries(names.map((name, n) => [name, `?${n + 1}`])))} WHERE id = ?${names.length + 1} AND ${this.#shown}`,
    );
    transaction(this.#db, () => {
      for (const id of ids) update.run(...names.map((name) => values[name] ?? null), id);
    });
  }

  async picture(mediaId: string): Promise<Picture | null> {
    const row = this.#db
      .prepare(
        // One that is here, if several articles have it.
        `SELECT a.id, sha256, media_type, url FROM article_picture p JOIN article a ON a.rowid = p.article WHERE media_id = ? AND a.${this.#shown} ORDER BY sha256 IS NULL LIMIT 1`,
      )
      .get(mediaId);
    if (!row) return null;
    return {
      articleId: String(row['id']),
      mediaType: String(row['media_type']),
      url: String(row['url']),
      bytes: row['sha256'] === null ? null : await this.#pictures.read(String(row['sha256'])),
    };
  }

  async missingPictures(id: string): Promise<{ mediaId: string; url: string }[]> {
    const missing: { mediaId: string; url: string }[] = [];
    for (const row of this.#sql(
      'SELECT media_id, sha256, url FROM article_picture WHERE article = ?',
    ).all(this.#rowid(id)))
      if (row['sha256'] === null || !(await this.#pictures.has(String(row['sha256']))))
        missing.push({ mediaId: String(row['media_id']), url: String(row['url']) });
    return missing;
  }

  async picturesHere(id: string): Promise<{ count: number; bytes: number }> {
    const sizes = new Map<string, number>();
    let count = 0;
    for (const row of this.#sql(
      'SELECT p.sha256, c.bytes FROM article_picture p JOIN picture c ON c.sha256 = p.sha256 WHERE p.article = ?',
    ).all(this.#rowid(id))) {
      const sha256 = String(row['sha256']);
      if (!(await this.#pictures.has(sha256))) continue;
      count += 1;
      sizes.set(sha256, Number(row['bytes']));
    }
    return { count, bytes: [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0) };
  }

  async savePicture(mediaId: string, bytes: Uint8Array): Promise<void> {
    const row = this.#sql(
      'SELECT p.sha256, p.media_type, a.source FROM article_picture p JOIN article a ON a.rowid = p.article WHERE media_id = ? LIMIT 1',
    ).get(mediaId);
    if (!row) return;
    // Our own service states type and hash; of others both are what comes.
    const isOwn = !isForeignSource(this.#sources.idOf(Number(row['source'])) ?? '');
    const mediaType = isOwn ? String(row['media_type']) : pictureType(bytes);
    if (mediaType === null) throw new AppError('origin-error', 'This isn’t a picture');
    const sha256 = isOwn ? String(row['sha256']) : createHash('sha256').update(bytes).digest('hex');
    // What it takes, not what its publisher says of it.
    const before = this.#sql('SELECT bytes FROM picture WHERE sha256 = ?').get(sha256);
    this.#sql(
      'INSERT INTO picture (sha256, bytes) VALUES (?, ?) ON CONFLICT (sha256) DO UPDATE SET bytes = excluded.bytes',
    ).run(sha256, bytes.length);
    const sum = Number(this.#sql('SELECT sum(bytes) AS bytes FROM picture').get()?.['bytes']);
    if (sum > this.#limits.own) {
      if (!before) this.#sql('DELETE FROM picture WHERE sha256 = ?').run(sha256);
      throw tooMuch('The pictures of articles', this.#limits.own);
    }
    await this.#pictures.put(sha256, bytes);
    this.#sql(
      'UPDATE article_picture SET sha256 = ?1, media_type = ?2, bytes = ?3 WHERE media_id = ?4',
    ).run(sha256, mediaType, bytes.length, mediaId);
  }

  async removeUnusedPictures(): Promise<void> {
    const unused = 'NOT EXISTS (SELECT 1 FROM article_picture p WHERE p.sha256 = picture.sha256)';
    const hashes = this.#sql(`SELECT sha256 FROM picture WHERE ${unused}`)
      .all()
      .map((row) => String(row['sha256']));
    // The row first: a file without a row only takes space, a row without its file would claim a
    // missing picture.
    const remove = this.#sql(`DELETE FROM picture WHERE sha256 = ? AND ${unused}`);
    for (const sha256 of hashes) remove.run(sha256);
    for (const sha256 of hashes) await this.#pictures.remove(sha256);
  }

  async outdate(source: SourceId): Promise<void> {
    this.#sql(
      `UPDATE article SET detail_rev = 0, detail_crc = iif(detail_crc IS ${CRC.articleDetail}, checksum(id, detail, 0, former), NULL) WHERE source = ? AND detail IS NOT NULL`,
    ).run(this.#sources.find(source));
  }

  async removeArticles(source: SourceId): Promise<boolean> {
    const rowid = this.#sources.find(source);
    if (rowid === null) return false;
    const to = this.#sources.state(SAVED_PAGES).rowid;
    const rows = this.#sql(
      `SELECT rowid, id, ${KEPT} AS kept FROM article WHERE source = ? LIMIT ${REMOVED_AT_ONCE}`,
    ).all(rowid);
    transaction(this.#db, () => {
      for (const row of rows) {
        if (row['kept'] === 1) this.#move(String(row['id']), rowid, to);
        this.#sql(
          'DELETE FROM article_text WHERE rowid IN (SELECT rowid FROM article WHERE rowid = ?1 AND source = ?2)',
        ).run(Number(row['rowid']), rowid);
        this.#sql('DELETE FROM article WHERE rowid = ? AND source = ?').run(
          Number(row['rowid']),
          rowid,
        );
      }
    });
    return rows.length === REMOVED_AT_ONCE;
  }

  async relatedTo(assetId: string): Promise<{ id: string; headline: string }[]> {
    return this.#db
      .prepare(
        `SELECT a.id, a.summary FROM related r JOIN article a ON a.rowid = r.article WHERE r.asset = ? AND a.${this.#shown} AND a.withdrawn = 0 ORDER BY a.published_at DESC LIMIT 10`,
      )
      .all(assetId)
      .filter((row) => this.#isValid(row['id']))
      .map((row) => ({
        id: String(row['id']),
        headline: (JSON.parse(String(row['summary'])) as ArticleSummary).headline,
      }));
  }

  async count(): Promise<number> {
    return Number(
      this.#db.prepare(`SELECT count(*) AS n FROM article WHERE ${this.#shown}`).get()?.['n'],
    );
  }

  async storedBytes(): Promise<number> {
    const row = this.#db
      .prepare(
        `SELECT (SELECT coalesce(sum(octet_length(detail)), 0) FROM article WHERE stored = 1 AND ${this.#shown}) + (SELECT coalesce(sum(bytes), 0) FROM picture WHERE sha256 IN (SELECT p.sha256 FROM article_picture p JOIN article a ON a.rowid = p.article WHERE a.stored = 1 AND a.${this.#shown})) AS n`,
      )
      .get();
    return Number(row?.['n']);
  }

  #rowOf(row: Row): ArticleRow {
    const wire = JSON.parse(textOf(row['summary'])) as z.input<typeof articleSummary>;
    return {
      id: wire.id,
      rev: Number(row['rev']),
      source: this.#sources.idOf(Number(row['source'])) ?? '',
      headline: wire.headline,
      summary: wire.summary,
      section: wire.section,
      topics: wire.topics,
      dateline: wire.dateline,
      language: wire.language,
      publishedAt: Date.parse(wire.publishedAt),
      updatedAt: Date.parse(wire.updatedAt),
      corrected: wire.corrected,
      isChanged: row['changed'] === 1,
      minutes: Math.max(1, Math.round(wire.wordCount / WORDS_A_MINUTE)),
      stored: row['stored'] === 1,
      read: row['read'] === 1,
      starred: row['starred'] === 1,
      tags: JSON.parse(textOf(row['tags'])) as string[],
      withdrawn: row['withdrawn'] === 1,
      // Absent in rows from before there were other sources.
      isWhole: wire.isWhole ?? true,
      position: Number(row['position']),
      leadMediaId: wire.leadMediaId,
      excerpt: null,
    };
  }

  #textOf(rowid: number): string {
    const row = this.#sql(
      "SELECT coalesce(detail ->> '$.bodyText', summary ->> '$.summary') AS text FROM article WHERE rowid = ?",
    ).get(rowid);
    return String(row?.['text'] ?? '');
  }

  #isValid(id: unknown): boolean {
    const row = this.#db
      .prepare(
        `SELECT 1 FROM article WHERE id = ? AND ${this.#shown} AND crc IS ${CRC.article} AND marks_crc IS ${CRC.marks}`,
      )
      .get(String(id));
    if (!row) this.#onDamaged(String(id));
    return row !== undefined;
  }

  #index(
    rowid: number,
    article: Pick<ArticleSummary, 'headline' | 'summary' | 'dateline'> &
      Partial<Pick<ArticleDetail, 'byline' | 'bodyText'>>,
  ): void {
    const { headline, summary, byline = [], dateline, bodyText = '' } = article;
    this.#sql('DELETE FROM article_text WHERE rowid = ?').run(rowid);
    this.#sql(
      'INSERT INTO article_text (rowid, headline, summary, byline, place, body) VALUES (?, ?, ?, ?, ?, ?)',
    ).run(rowid, headline, summary, byline.join(', '), dateline, bodyText);
  }

  /** Removes text and pictures; the row stays as a stub. */
  #removeText(rowid: number): void {
    this.#sql(
      `UPDATE article SET detail = NULL, detail_rev = NULL, former = NULL, detail_crc = checksum(id, NULL, NULL, NULL), ${assignMarks({ stored: '0' })} WHERE rowid = ?`,
    ).run(rowid);
    this.#sql('DELETE FROM article_picture WHERE article = ?').run(rowid);
  }

  /** A withdrawn article is found by its headline alone. */
  #withdraw(rowid: number, { headline }: Pick<ArticleSummary, 'headline'>): void {
    this.#removeText(rowid);
    this.#index(rowid, { headline, summary: '', dateline: '' });
    this.#sql('DELETE FROM article_topic WHERE article = ?').run(rowid);
  }

  /**
   * What was kept of a source when it was removed is its own again once it is added anew: it would be
   * here twice, and the source would withdraw one of the two.
   *
   * @param source rowid of the source that says it has the article
   * @returns false if nothing of it was kept
   */
  #takeBack(id: string, source: number): boolean {
    const pages = this.#sources.find(SAVED_PAGES);
    // The ids of a feed's articles begin with its own; what begins otherwise was never its.
    const isOwn = id.startsWith(`${this.#sources.idOf(source) ?? ''}/`);
    if (pages === null || pages === source || !isOwn) return false;
    return this.#move(id, pages, source);
  }

  /** @returns false if it isn't there */
  #move(id: string, from: number, to: number): boolean {
    const { changes } = this.#sql(
      `UPDATE OR IGNORE article SET source = ?1, crc = iif(crc IS ${CRC.article}, ${CRC.article.replace(' source,', ' ?1,')}, NULL) WHERE id = ?2 AND source = ?3`,
    ).run(to, id, from);
    return changes !== 0;
  }

  /** @returns true if anything changed */
  #applyOne(change: ArticleChange, source: number): boolean {
    const find = this.#sql(
      'SELECT rowid, rev, stamp, summary FROM article WHERE id = ? AND source = ?',
    );
    let local = find.get(change.id, source);
    if (!local && this.#takeBack(change.id, source)) local = find.get(change.id, source);
    const stamp = change.stamp ?? null;
    if (
      local &&
      (stamp === null ? Number(local['rev']) >= (change.rev ?? 0) : local['stamp'] === stamp)
    )
      return false;
    const rev = change.rev ?? Number(local?.['rev'] ?? 0) + 1;
    const article = change.op === 'delete' ? undefined : change.article;
    if (!article) {
      if (!local || change.op === 'upsert') return false;
      const rowid = Number(local['rowid']);
      const stub = stubOf(JSON.parse(String(local['summary'])) as ArticleSummary);
      this.#sql(
        'UPDATE article SET withdrawn = 1, rev = ?1, stamp = ?2, summary = ?4, crc = checksum(id, source, ?1, ?2, ?4, section, language, published_at, 1) WHERE rowid = ?3',
      ).run(rev, stamp, rowid, JSON.stringify(stub));
      this.#withdraw(rowid, stub);
      return true;
    }
    const summary = { ...(change.op === 'withdraw' ? stubOf(article) : article), rev };
    const values = [
      rev,
      stamp,
      JSON.stringify(summary),
      article.section,
      article.language,
      Date.parse(article.publishedAt),
      change.op === 'withdraw' ? 1 : 0,
      article.offlineAllowed ? WANTED.byRules : WANTED.no,
    ];
    this.#sql(`INSERT INTO article (rev, stamp, summary, section, language, published_at, withdrawn, wanted, id, source, crc, detail_crc, marks_crc)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, checksum(?9, ?10, ?1, ?2, ?3, ?4, ?5, ?6, ?7), checksum(?9, NULL, NULL, NULL), checksum(?9, 0, ?8, 0, 0, 0, '[]'))
        ON CONFLICT (id, source) DO UPDATE SET rev = excluded.rev, stamp = excluded.stamp, summary = excluded.summary, section = excluded.section,
        language = excluded.language, published_at = excluded.published_at, withdrawn = excluded.withdrawn, crc = excluded.crc,
        ${assignMarks({ wanted: `iif(excluded.wanted = ${WANTED.no}, ${WANTED.no}, article.wanted)` })}`).run(
      ...values,
      article.id,
      source,
    );
    const rowid = Number(find.get(article.id, source)?.['rowid']);
    this.#sql('DELETE FROM article_topic WHERE article = ?').run(rowid);
    if (change.op === 'withdraw') {
      this.#withdraw(rowid, summary);
      return true;
    }
    for (const topic of new Set(article.topics))
      this.#sql('INSERT INTO article_topic (topic, article) VALUES (?, ?)').run(topic, rowid);
    const detail = change.op === 'upsert' ? change.detail : undefined;
    // A text from its page is better than what the list has; it is fetched again as it isn't current.
    const page = local ? this.#pageText(rowid) : null;
    if (page) this.#noteText(rowid, page);
    else if (detail) this.#saveDetail(rowid, { ...detail, rev });
    else if (!local) this.#index(rowid, summary);
    return true;
  }
}

/** What stays of a withdrawn article: what names it, and nothing of what it says. */
const stubOf = (article: ArticleSummary): ArticleSummary => ({
  ...article,
  summary: '',
  dateline: '',
  topics: [],
  countries: [],
  thumbnail: null,
  leadMediaId: null,
});

const oneOfEach = (tags: readonly string[]): string[] => [
  ...new Map(tags.map((tag) => [foldText(tag), tag] as const)).values(),
];

/** The text before a change of it; what was before stays where only other things have changed. */
function formerOf(
  before: Row | undefined,
  { headline, summary, bodyText, textFrom }: ArticleDetail,
): string | null {
  if (before?.['sound'] !== 1 || typeof before['detail'] !== 'string') return null;
  const known = articleDetail.safeParse(JSON.parse(before['detail'])).data;
  const former = typeof before['former'] === 'string' ? before['former'] : null;
  // A page says more than a list: that is no change of the text.
  if (!known || known.textFrom !== textFrom) return former;
  const isSame =
    known.headline === headline && known.summary === summary && known.bodyText === bodyText;
  if (isSame) return former;
  return JSON.stringify({
    rev: known.rev,
    updatedAt: known.updatedAt,
    headline: known.headline,
    summary: known.summary,
    bodyText: known.bodyText,
  } satisfies FormerText);
}
