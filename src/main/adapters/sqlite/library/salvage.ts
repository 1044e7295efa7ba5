import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { articleDetail, type ArticleSummary } from '../../../../shared/model/article.ts';
import { assetDetail, assetSummary, type AssetChange } from '../../../catalogue/asset.ts';
import { isForeignId } from '../../../../shared/model/source.ts';
import { isDiskFull, type RecoveredRows, type Source } from '../kit.ts';
import { SqliteCatalogueStore } from './catalogue-store.ts';
import { CRC } from './schema.ts';
import { LibrarySources } from './sources.ts';

type Row = Record<string, SQLInputValue>;
const textOf = (value: SQLInputValue | undefined): string =>
  typeof value === 'string' ? value : '';

const ASSET_BATCH = 1000;

/**
 * Rowids of articles in the new library by those in the old one, and by their ids, which the rows of
 * pictures had up to version 4.
 */
type Moved = Map<SQLInputValue, number>;

/**
 * Copies the readable articles, with the user's marks, and catalogue rows into a new library. The
 * marks of the syncs are not copied, so the next ones fetch everything again, including the text
 * that is only indexed.
 */
export function recoverLibrary(db: DatabaseSync, sources: Iterable<Source>): RecoveredRows {
  const lost: string[] = [];
  for (const source of sources)
    if (copyLibrary(db, source, { sole: '', lost }) && source.isWhole) break;
  const kept = Number(db.prepare('SELECT count(*) AS n FROM article').get()?.['n']);
  return { kept, fromBackup: 0, lost };
}

/**
 * Copies what is readable of a library into another one, which may have rows already.
 *
 * @param sole the source of rows that don't say whose they are; empty for the service that the
 *   library is opened for next
 * @param lost gets the names of what could not be copied
 * @returns false if not everything could be read
 */
export function copyLibrary(
  db: DatabaseSync,
  { db: source, hasChecksums }: Pick<Source, 'db' | 'hasChecksums'>,
  { sole, lost }: { sole: string; lost: string[] },
): boolean {
  const ownerOf = recoverSources(source, db, sole, hasChecksums);
  const { isComplete, articles } = recoverArticles(source, db, { ownerOf, lost, hasChecksums });
  const arePictures = recoverPictures(source, db, articles);
  recoverAssets(source, db, { ownerOf, hasChecksums });
  return isComplete && arePictures;
}

/**
 * Rows whose source can't be read say themselves whose they are, by their id.
 *
 * @returns the rowid in the new library of the source that a row belongs to
 */
function recoverSources(
  source: DatabaseSync,
  db: DatabaseSync,
  sole: string,
  hasChecksums: boolean,
): (row: Row) => number {
  const names = new Map<number, string>();
  const sound = hasChecksums ? `id_crc IS ${CRC.sourceId}` : '1';
  eachRow(source, `SELECT rowid, id, ${sound} AS sound FROM source`, 'rowid', (row) => {
    if (row['sound'] === 1) names.set(Number(row['rowid']), textOf(row['id']) || sole);
  });
  const to = new LibrarySources(db);
  const known = new Map<string, number>();
  return (row) => {
    const id = textOf(row['id']);
    const name =
      names.get(Number(row['source'])) ?? (isForeignId(id) ? id.slice(0, id.indexOf('/')) : sole);
    const rowid = known.get(name) ?? to.state(name).rowid;
    known.set(name, rowid);
    return rowid;
  };
}

function recoverPictures(source: DatabaseSync, db: DatabaseSync, articles: Moved): boolean {
  let isComplete = true;
  const tables = [
    ['article_picture', ['media_id', 'article', 'sha256', 'media_type', 'url', 'bytes']],
    ['picture', ['sha256', 'bytes']],
    ['related', ['asset', 'article']],
  ] as const;
  for (const [table, columns] of tables) {
    const insert = db.prepare(
      `INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    );
    const isRead = eachRow(
      source,
      `SELECT ${columns.join(', ')} FROM ${table}`,
      columns[0],
      (row) => {
        const article = articles.get(row['article'] ?? null);
        if ('article' in row && article === undefined) return;
        const moved: Row = article === undefined ? row : { ...row, article };
        insert.run(...columns.map((column) => moved[column] ?? null));
      },
    );
    isComplete &&= isRead;
  }
  return isComplete;
}

/**
 * Reads a table from both ends, since an unreadable row ends the iteration.
 *
 * @returns false if not all rows could be read
 */
function eachRow(
  source: DatabaseSync,
  query: string,
  by: string,
  take: (row: Row) => void,
): boolean {
  let isComplete = true;
  for (const order of ['ASC', 'DESC']) {
    try {
      for (const row of source.prepare(`${query} ORDER BY ${by} ${order}`).iterate()) take(row);
    } catch (thrown) {
      if (isDiskFull(thrown)) throw thrown;
      isComplete = false;
    }
  }
  return isComplete;
}

function recoverArticles(
  source: DatabaseSync,
  db: DatabaseSync,
  {
    ownerOf,
    lost,
    hasChecksums,
  }: { ownerOf(row: Row): number; lost: string[]; hasChecksums: boolean },
): { isComplete: boolean; articles: Moved } {
  const articles: Moved = new Map();
  const moved = (row: Row, to: number): void => {
    for (const name of ['rowid', 'id']) articles.set(row[name] ?? null, to);
  };
  const checks = hasChecksums
    ? `crc IS ${CRC.article} AS sound, detail_crc IS ${CRC.articleDetail} AS detail_sound, marks_crc IS ${CRC.marks} AS marks_sound`
    : '1 AS sound, 1 AS detail_sound, 1 AS marks_sound';
  const topic = db.prepare('INSERT OR IGNORE INTO article_topic (topic, article) VALUES (?, ?)');
  const known = db.prepare('SELECT rowid FROM article WHERE id = ? AND source = ?');
  const insert =
    db.prepare(`INSERT INTO article (id, source, rev, stamp, summary, detail, detail_rev, former, section, language, published_at, withdrawn,
      stored, wanted, read, position, starred, tags)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  // Of these rows alone: damage to others must stay to be seen.
  const seal = db.prepare(
    `UPDATE article SET crc = ${CRC.article}, detail_crc = ${CRC.articleDetail}, marks_crc = ${CRC.marks} WHERE rowid = ?`,
  );
  const index = db.prepare(
    'INSERT INTO article_text (rowid, headline, summary, byline, place, body) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const isComplete = eachRow(source, `SELECT rowid, *, ${checks} FROM article`, 'rowid', (row) => {
    const id = textOf(row['id']);
    const owner = ownerOf(row);
    const before = known.get(id, owner);
    if (before) {
      moved(row, Number(before['rowid']));
      return;
    }
    const detail =
      row['detail_sound'] === 1 && typeof row['detail'] === 'string'
        ? (articleDetail.safeParse(JSON.parse(row['detail'])).data ?? null)
        : null;
    const summary =
      row['sound'] === 1 ? (JSON.parse(textOf(row['summary'])) as ArticleSummary) : null;
    // The detail contains all that the list shows; revision 0 makes the next sync replace it.
    const recovered = summary
      ? { ...row, summary: textOf(row['summary']) }
      : detail && {
          id: detail.id,
          rev: 0,
          stamp: null,
          summary: JSON.stringify(detail),
          section: detail.section,
          language: detail.language,
          published_at: Date.parse(detail.publishedAt),
          withdrawn: 0,
        };
    if (!recovered) {
      lost.push(id);
      return;
    }
    const headline = summary?.headline ?? detail?.headline ?? '';
    const hasMarks = row['marks_sound'] === 1;
    if (!hasMarks) lost.push(`“${headline}”: read mark`);
    const isStored = detail !== null && hasMarks && row['stored'] === 1;
    const marks = [
      isStored ? 1 : 0,
      hasMarks ? Number(row['wanted']) : 1,
      hasMarks ? Number(row['read']) : 0,
      hasMarks ? Number(row['position']) : 0,
      // Up to version 8 there were neither stars nor tags.
      hasMarks ? Number(row['starred'] ?? 0) : 0,
      hasMarks ? textOf(row['tags']) || '[]' : '[]',
    ];
    const { lastInsertRowid } = insert.run(
      id,
      owner,
      Number(recovered.rev),
      recovered.stamp ?? null,
      recovered.summary,
      detail ? textOf(row['detail']) : null,
      detail ? Number(row['detail_rev']) : null,
      detail ? (row['former'] ?? null) : null,
      String(recovered.section),
      String(recovered.language),
      Number(recovered.published_at),
      Number(recovered.withdrawn),
      ...marks,
    );
    moved(row, Number(lastInsertRowid));
    seal.run(lastInsertRowid);
    if (recovered.withdrawn === 1) {
      index.run(lastInsertRowid, headline, '', '', '', '');
      return;
    }
    for (const name of (summary ?? detail)?.topics ?? []) topic.run(name, lastInsertRowid);
    index.run(
      lastInsertRowid,
      headline,
      summary?.summary ?? detail?.summary ?? '',
      detail?.byline.join(', ') ?? '',
      summary?.dateline ?? detail?.dateline ?? '',
      detail?.bodyText ?? '',
    );
  });
  return { isComplete, articles };
}

const hasColumn = (db: DatabaseSync, table: string, column: string): boolean =>
  db.prepare('SELECT 1 FROM pragma_table_info(?) WHERE name = ?').get(table, column) !== undefined;

/**
 * Recovers assets. Those of a source that numbers its versions get revision 0, so that the next
 * sync replaces them; of others the count goes on, with what was in the list of them.
 */
function recoverAssets(
  source: DatabaseSync,
  db: DatabaseSync,
  { ownerOf, hasChecksums }: { ownerOf(row: Row): number; hasChecksums: boolean },
): void {
  const sources = new LibrarySources(db);
  const store = new SqliteCatalogueStore(db, sources, () => undefined);
  const known = db.prepare('SELECT 1 FROM asset WHERE id = ? AND source = ?');
  const number = db.prepare(
    'UPDATE asset SET rev = ?1, crc = checksum(rowid, id, source, ?1, stamp, duration_ms, withdrawn) WHERE id = ?2 AND source = ?3',
  );
  let found: { change: AssetChange; owner: number; rev: number }[] = [];
  const write = (): void => {
    for (const [owner, own] of Map.groupBy(found, (one) => one.owner))
      store.applyAll(
        own.map(({ change }) => change),
        sources.state(sources.idOf(owner) ?? ''),
        0,
      );
    for (const { change, owner, rev } of found) number.run(rev, change.id, owner);
    found = [];
  };
  // Up to version 4 there was one source, and another checksum.
  const isOfSources = hasColumn(source, 'asset', 'source');
  const sound = !hasChecksums
    ? '1'
    : 'd.crc IS checksum(d.asset, d.summary) AND a.crc IS checksum(a.rowid, a.id, a.source, a.rev, a.stamp, a.duration_ms, a.withdrawn)';
  eachRow(
    source,
    `SELECT a.id, a.rev, a.withdrawn, d.summary, ${isOfSources ? 'a.source, a.stamp, iif(d.detail_crc IS checksum(d.asset, d.detail), d.detail, NULL) AS detail' : 'NULL AS stamp, NULL AS detail'}
    FROM asset a JOIN asset_document d ON d.asset = a.rowid WHERE ${sound}`,
    'a.rowid',
    (row) => {
      const asset = assetSummary.safeParse(JSON.parse(textOf(row['summary']))).data;
      const owner = ownerOf(row);
      if (
        !asset ||
        known.get(asset.id, owner) ||
        found.some(({ change, owner: other }) => change.id === asset.id && other === owner)
      )
        return;
      const stamp = row['stamp'];
      const detail = assetDetail.safeParse(JSON.parse(textOf(row['detail']) || 'null')).data;
      const version = typeof stamp === 'string' ? { stamp } : { rev: asset.rev };
      const facts = { id: asset.id, asset: { ...asset, searchText: '' }, ...version };
      const change: AssetChange =
        row['withdrawn'] === 1
          ? { op: 'withdraw', ...facts }
          : { op: 'upsert', ...facts, ...(detail ? { detail } : {}) };
      found.push({ change, owner, rev: typeof stamp === 'string' ? Number(row['rev']) : 0 });
      if (found.length === ASSET_BATCH) write();
    },
  );
  write();
}
