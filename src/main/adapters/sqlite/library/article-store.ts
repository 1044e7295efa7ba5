import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import {
  articleDetail,
  type ArticleChange,
  type ArticleDetail,
  type ArticleSummary,
} from '../../../../shared/api/articles.ts';
import type {
  ArticleList,
  ArticleQuery,
  ArticleRow,
  ArticleStore,
  ListRange,
  Picture,
} from '../../../articles/ports.ts';
import type { PictureStore } from '../../fs/file-cache.ts';
import type { SourceId } from '../../../../shared/model/source.ts';
import { transaction } from '../kit.ts';
import { matchExpression, CRC } from './schema.ts';
import { SOURCE_LIMITS, storeWithin, tooMuch, type SourceLimits } from './size-limit.ts';
import type { LibrarySources } from './sources.ts';

const COLUMNS = 'a.id, a.summary, a.stored, a.read, a.withdrawn';
/** Reading speed of adults for news. */
const WORDS_A_MINUTE = 230;

function toRow(row: Record<string, unknown>): ArticleRow {
  const wire = JSON.parse(String(row['summary'])) as ArticleSummary;
  return {
    id: wire.id,
    rev: wire.rev,
    headline: wire.headline,
    summary: wire.summary,
    section: wire.section,
    topics: wire.topics,
    dateline: wire.dateline,
    language: wire.language,
    publishedAt: Date.parse(wire.publishedAt),
    updatedAt: Date.parse(wire.updatedAt),
    corrected: wire.corrected,
    minutes: Math.max(1, Math.round(wire.wordCount / WORDS_A_MINUTE)),
    stored: row['stored'] === 1,
    read: row['read'] === 1,
    withdrawn: row['withdrawn'] === 1,
    leadMediaId: wire.leadMediaId,
  };
}

/**
 * SQL assignments that change an article's marks and their checksum. A damaged row stays damaged:
 * the checksum is renewed only if it was right before.
 */
function assignMarks(
  changes: Partial<Record<'stored' | 'wanted' | 'read' | 'position', string>>,
): string {
  const value = (name: keyof typeof changes): string => changes[name] ?? `article.${name}`;
  const assignments = Object.entries(changes).map(([name, to]) => `${name} = ${to}`);
  const crc = `checksum(article.id, ${value('stored')}, ${value('wanted')}, ${value('read')}, ${value('position')})`;
  return [
    ...assignments,
    `marks_crc = iif(article.marks_crc IS checksum(article.id, article.stored, article.wanted, article.read, article.position), ${crc}, NULL)`,
  ].join(', ');
}

/** Articles in SQLite; their pictures are files, referred to by hash. */
export class SqliteArticleStore implements ArticleStore {
  readonly #db: DatabaseSync;
  readonly #sources: LibrarySources;
  readonly #pictures: PictureStore;
  readonly #onDamaged: (id: string) => void;

  readonly #limits: SourceLimits;

  /**
   * @param onDamaged called with the id of each damaged article; it is skipped
   * @param limits of each source, and of the articles' pictures
   */
  constructor(
    db: DatabaseSync,
    sources: LibrarySources,
    pictures: PictureStore,
    onDamaged: (id: string) => void,
    limits = SOURCE_LIMITS,
  ) {
    this.#db = db;
    this.#sources = sources;
    this.#pictures = pictures;
    this.#onDamaged = onDamaged;
    this.#limits = limits;
  }

  async cursor(source: SourceId): Promise<string | null> {
    return this.#sources.state(source).articlesMark;
  }

  async apply(source: SourceId, changes: ArticleChange[], cursor: string): Promise<string[]> {
    const { rowid } = this.#sources.state(source);
    return storeWithin(this.#db, { id: source, rowid }, this.#limits, () => {
      const state = this.#sources.state(source);
      const changed = changes
        .filter((change) => this.#applyOne(change, state.rowid))
        .map(({ id }) => id);
      this.#sources.save({ ...state, articlesMark: cursor });
      return changed;
    });
  }

  /** Condition for articles of the shown sources. */
  get #shown(): string {
    return `source IN (${this.#sources.shown.join(', ')})`;
  }

  /** Rowid of the article with an id, among those. */
  #rowid(id: string): number | null {
    const row = this.#db
      .prepare(`SELECT rowid FROM article WHERE id = ? AND ${this.#shown}`)
      .get(id);
    return row ? Number(row['rowid']) : null;
  }

  async list(query: ArticleQuery, range: ListRange): Promise<ArticleList> {
    const match = matchExpression(query.text);
    const from =
      match === null ? 'article a' : 'article_text t JOIN article a ON a.rowid = t.rowid';
    const conditions = [`a.${this.#shown}`, ...(match === null ? [] : ['article_text MATCH ?'])];
    const values: SQLInputValue[] = match === null ? [] : [match];
    if (query.language !== null) {
      conditions.push('a.language = ?');
      values.push(query.language);
    }
    const base = conditions.join(' AND ');
    const baseValues = [...values];
    if (query.section !== null) {
      conditions.push('a.section = ?');
      values.push(query.section);
    }
    if (query.unreadOnly) conditions.push('a.read = 0');
    const where = conditions.join(' AND ');
    const totals = this.#db
      .prepare(
        `SELECT count(*) AS n, coalesce(sum(a.read = 0), 0) AS unread FROM ${from} WHERE ${where}`,
      )
      .get(...values);
    const rows = this.#db
      .prepare(
        `SELECT ${COLUMNS} FROM ${from} WHERE ${where} ORDER BY a.published_at DESC, a.rowid LIMIT ? OFFSET ?`,
      )
      .all(...values, range.count, range.offset);
    const sections = this.#db
      .prepare(
        `SELECT a.section AS name, count(*) AS n FROM ${from} WHERE ${base} GROUP BY a.section ORDER BY n DESC, a.section`,
      )
      .all(...baseValues);
    return {
      total: Number(totals?.['n']),
      unread: Number(totals?.['unread']),
      items: rows.filter((row) => this.#isValid(row['id'])).map(toRow),
      sections: sections.map((row) => ({ name: String(row['name']), count: Number(row['n']) })),
    };
  }

  async row(id: string): Promise<ArticleRow | null> {
    const row = this.#db
      .prepare(`SELECT ${COLUMNS} FROM article a WHERE a.id = ? AND a.${this.#shown}`)
      .get(id);
    return row && this.#isValid(id) ? toRow(row) : null;
  }

  async detail(id: string): Promise<{ detail: ArticleDetail; position: number } | null> {
    const row = this.#db
      .prepare(
        `SELECT detail, position, detail_crc IS ${CRC.articleDetail} AS sound FROM article WHERE id = ? AND ${this.#shown}`,
      )
      .get(id);
    if (row?.['sound'] === 0) this.#onDamaged(id);
    if (row?.['sound'] !== 1 || typeof row['detail'] !== 'string') return null;
    const parsed = articleDetail.safeParse(JSON.parse(row['detail']));
    return parsed.success ? { detail: parsed.data, position: Number(row['position']) } : null;
  }

  async missing(limit: number): Promise<string[]> {
    return this.#db
      .prepare(
        `SELECT id FROM article WHERE ${this.#shown} AND withdrawn = 0 AND wanted = 1 AND (stored = 0 OR detail_rev IS NOT rev) ORDER BY published_at DESC LIMIT ?`,
      )
      .all(limit)
      .map((row) => String(row['id']));
  }

  async save(detail: ArticleDetail): Promise<void> {
    const rowid = this.#rowid(detail.id);
    if (rowid === null) return;
    const source = Number(
      this.#db.prepare('SELECT source FROM article WHERE rowid = ?').get(rowid)?.['source'],
    );
    const owner = { id: this.#sources.idOf(source) ?? '', rowid: source };
    storeWithin(this.#db, owner, this.#limits, () => {
      this.#db
        .prepare(
          `UPDATE article SET detail = ?1, detail_rev = ?2, detail_crc = checksum(id, ?1, ?2), ${assignMarks({ stored: '0' })} WHERE rowid = ?3`,
        )
        .run(JSON.stringify(detail), detail.rev, rowid);
      this.#index(rowid, detail.headline, detail.summary, detail.bodyText);
      this.#db.prepare('DELETE FROM article_picture WHERE article = ?').run(rowid);
      const insert = this.#db.prepare(
        'INSERT INTO article_picture (media_id, article, sha256, media_type, url, bytes) VALUES (?, ?, ?, ?, ?, ?)',
      );
      for (const media of detail.media) {
        insert.run(media.mediaId, rowid, media.sha256, media.mediaType, media.url, media.bytes);
        this.#db
          .prepare('INSERT OR IGNORE INTO picture (sha256, bytes) VALUES (?, ?)')
          .run(media.sha256, media.bytes);
      }
      this.#db.prepare('DELETE FROM related WHERE article = ?').run(rowid);
      for (const asset of new Set(detail.relatedAssetIds))
        this.#db.prepare('INSERT INTO related (asset, article) VALUES (?, ?)').run(asset, rowid);
    });
  }

  async setStored(id: string, stored: boolean): Promise<void> {
    const rowid = this.#rowid(id);
    if (rowid === null) return;
    if (stored)
      this.#db
        .prepare(`UPDATE article SET ${assignMarks({ stored: '1', wanted: '1' })} WHERE rowid = ?`)
        .run(rowid);
    else {
      transaction(this.#db, () => {
        this.#db
          .prepare(
            `UPDATE article SET ${assignMarks({ stored: '0', wanted: '0' })} WHERE rowid = ?`,
          )
          .run(rowid);
        this.#removeText(rowid);
      });
    }
  }

  async mark(id: string, { read, position }: { read?: boolean; position?: number }): Promise<void> {
    const rowid = this.#rowid(id);
    if (rowid === null) return;
    if (read !== undefined)
      this.#db
        .prepare(`UPDATE article SET ${assignMarks({ read: '?1' })} WHERE rowid = ?2`)
        .run(read ? 1 : 0, rowid);
    if (position !== undefined)
      this.#db
        .prepare(`UPDATE article SET ${assignMarks({ position: '?1' })} WHERE rowid = ?2`)
        .run(position, rowid);
  }

  async picture(mediaId: string): Promise<Picture | null> {
    const row = this.#db
      .prepare(
        `SELECT sha256, media_type, url FROM article_picture p JOIN article a ON a.rowid = p.article WHERE media_id = ? AND a.${this.#shown} LIMIT 1`,
      )
      .get(mediaId);
    if (!row) return null;
    const sha256 = String(row['sha256']);
    return {
      sha256,
      mediaType: String(row['media_type']),
      url: String(row['url']),
      bytes: await this.#pictures.read(sha256),
    };
  }

  async missingPictures(id: string): Promise<{ sha256: string; url: string }[]> {
    const missing: { sha256: string; url: string }[] = [];
    for (const row of this.#db
      .prepare('SELECT sha256, url FROM article_picture WHERE article = ?')
      .all(this.#rowid(id))) {
      const picture = { sha256: String(row['sha256']), url: String(row['url']) };
      if (!(await this.#pictures.has(picture.sha256))) missing.push(picture);
    }
    return missing;
  }

  async savePicture(sha256: string, bytes: Uint8Array): Promise<void> {
    // What it takes, not what the service says of it.
    this.#db.prepare('UPDATE picture SET bytes = ? WHERE sha256 = ?').run(bytes.length, sha256);
    const sum = this.#db.prepare('SELECT sum(bytes) AS bytes FROM picture').get();
    if (Number(sum?.['bytes']) > this.#limits.own)
      throw tooMuch('The pictures of the service’s articles', this.#limits.own);
    await this.#pictures.put(sha256, bytes);
  }

  async removeUnusedPictures(): Promise<void> {
    const unused = 'sha256 NOT IN (SELECT sha256 FROM article_picture)';
    const hashes = this.#db
      .prepare(`SELECT sha256 FROM picture WHERE ${unused}`)
      .all()
      .map((row) => String(row['sha256']));
    // The row first: a file without a row only takes space, a row without its file would claim a
    // missing picture.
    const remove = this.#db.prepare(`DELETE FROM picture WHERE sha256 = ? AND ${unused}`);
    for (const sha256 of hashes) remove.run(sha256);
    for (const sha256 of hashes) await this.#pictures.remove(sha256);
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
        `SELECT (SELECT coalesce(sum(length(detail)), 0) FROM article WHERE stored = 1 AND ${this.#shown}) + (SELECT coalesce(sum(bytes), 0) FROM (SELECT DISTINCT p.sha256, p.bytes FROM article_picture p JOIN article a ON a.rowid = p.article WHERE a.stored = 1 AND a.${this.#shown})) AS n`,
      )
      .get();
    return Number(row?.['n']);
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

  #index(rowid: number, headline: string, summary: string, body: string): void {
    this.#db.prepare('DELETE FROM article_text WHERE rowid = ?').run(rowid);
    this.#db
      .prepare('INSERT INTO article_text (rowid, headline, summary, body) VALUES (?, ?, ?, ?)')
      .run(rowid, headline, summary, body);
  }

  /** Removes text and pictures; the row stays as a stub. */
  #removeText(rowid: number): void {
    this.#db
      .prepare(
        `UPDATE article SET detail = NULL, detail_rev = NULL, detail_crc = checksum(id, NULL, NULL), ${assignMarks({ stored: '0' })} WHERE rowid = ?`,
      )
      .run(rowid);
    this.#db.prepare('DELETE FROM article_picture WHERE article = ?').run(rowid);
  }

  /** @returns true if anything changed */
  #applyOne(change: ArticleChange, source: number): boolean {
    const find = this.#db.prepare('SELECT rowid, rev FROM article WHERE id = ? AND source = ?');
    const local = find.get(change.id, source);
    if (local && Number(local['rev']) >= change.rev) return false;
    if (change.op === 'delete' || (change.op === 'withdraw' && !change.article)) {
      if (!local) return false;
      const rowid = Number(local['rowid']);
      this.#removeText(rowid);
      this.#db
        .prepare(
          'UPDATE article SET withdrawn = 1, rev = ?1, crc = checksum(id, source, ?1, summary, section, language, published_at, 1) WHERE rowid = ?2',
        )
        .run(change.rev, rowid);
      return true;
    }
    const article = change.article;
    if (!article) return false;
    const values = [
      article.rev,
      JSON.stringify(article),
      article.section,
      article.language,
      Date.parse(article.publishedAt),
      change.op === 'withdraw' ? 1 : 0,
      article.offlineAllowed ? 1 : 0,
    ];
    this.#db
      .prepare(`INSERT INTO article (rev, summary, section, language, published_at, withdrawn, wanted, id, source, crc, detail_crc, marks_crc)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, checksum(?8, ?9, ?1, ?2, ?3, ?4, ?5, ?6), checksum(?8, NULL, NULL), checksum(?8, 0, ?7, 0, 0))
        ON CONFLICT (id, source) DO UPDATE SET rev = excluded.rev, summary = excluded.summary, section = excluded.section, language = excluded.language,
        published_at = excluded.published_at, withdrawn = excluded.withdrawn, crc = excluded.crc, ${assignMarks({ wanted: 'min(article.wanted, excluded.wanted)' })}`)
      .run(...values, article.id, source);
    const rowid = Number(find.get(article.id, source)?.['rowid']);
    if (change.op === 'withdraw') this.#removeText(rowid);
    else if (!local) this.#index(rowid, article.headline, article.summary, '');
    return true;
  }
}
