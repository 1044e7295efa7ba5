import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { articleDetail } from '../../../../shared/api/articles.ts';
import { assetSummary, type AssetChange } from '../../../catalogue/asset.ts';
import { isDiskFull, type RecoveredRows, type Source } from '../kit.ts';
import { SqliteCatalogueStore } from './catalogue-store.ts';
import { CRC } from './schema.ts';
import { LibrarySources } from './sources.ts';

type Row = Record<string, SQLInputValue>;
const textOf = (value: SQLInputValue | undefined): string =>
  typeof value === 'string' ? value : '';

const ASSET_BATCH = 1000;

/** Rowids in the new library by those in the old one. */
type Moved = Map<number, number>;

/**
 * Copies the readable articles, with the user's marks, and catalogue rows into a new library. The
 * marks of the syncs are not copied, so the next ones fetch everything again, including the text
 * that is only indexed.
 *
 * @param sole the source of everything, where the library has the rows of one that it doesn't name
 */
export function recoverLibrary(
  db: DatabaseSync,
  sources: Iterable<Source>,
  sole = '',
): RecoveredRows {
  const lost: string[] = [];
  for (const { db: source, hasChecksums, isWhole } of sources) {
    const owners = recoverSources(source, db, sole);
    const { isComplete, articles } = recoverArticles(source, db, { owners, lost, hasChecksums });
    recoverPictures(source, db, articles);
    recoverAssets(source, db, owners);
    if (isComplete && isWhole) break;
  }
  const kept = Number(db.prepare('SELECT count(*) AS n FROM article').get()?.['n']);
  return { kept, fromBackup: 0, lost };
}

/** Rows whose source is unreadable belong to the one that the library is opened for next. */
function recoverSources(source: DatabaseSync, db: DatabaseSync, sole: string): Moved {
  const moved: Moved = new Map();
  const to = new LibrarySources(db);
  eachRow(source, 'SELECT rowid, id FROM source', 'rowid', (row) => {
    moved.set(Number(row['rowid']), to.state(textOf(row['id']) || sole).rowid);
  });
  return moved;
}

function recoverPictures(source: DatabaseSync, db: DatabaseSync, articles: Moved): void {
  const tables = [
    ['article_picture', ['media_id', 'article', 'sha256', 'media_type', 'url', 'bytes']],
    ['picture', ['sha256', 'bytes']],
    ['related', ['asset', 'article']],
  ] as const;
  for (const [table, columns] of tables) {
    const insert = db.prepare(
      `INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    );
    eachRow(source, `SELECT ${columns.join(', ')} FROM ${table}`, columns[0], (row) => {
      const article = articles.get(Number(row['article']));
      if ('article' in row && article === undefined) return;
      const moved: Row = article === undefined ? row : { ...row, article };
      insert.run(...columns.map((column) => moved[column] ?? null));
    });
  }
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

/** Rowid in the new library of the source that a row belongs to. */
function ownerOf(owners: Moved, row: Row): number {
  const [first = 1] = owners.values();
  return owners.get(Number(row['source'])) ?? first;
}

function recoverArticles(
  source: DatabaseSync,
  db: DatabaseSync,
  { owners, lost, hasChecksums }: { owners: Moved; lost: string[]; hasChecksums: boolean },
): { isComplete: boolean; articles: Moved } {
  const articles: Moved = new Map();
  const checks = hasChecksums
    ? `crc IS ${CRC.article} AS sound, detail_crc IS ${CRC.articleDetail} AS detail_sound, marks_crc IS ${CRC.marks} AS marks_sound`
    : '1 AS sound, 1 AS detail_sound, 1 AS marks_sound';
  const known = db.prepare('SELECT rowid FROM article WHERE id = ? AND source = ?');
  const insert =
    db.prepare(`INSERT INTO article (id, source, rev, summary, detail, detail_rev, section, language, published_at, withdrawn, stored, wanted, read, position)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const index = db.prepare(
    'INSERT INTO article_text (rowid, headline, summary, body) VALUES (?, ?, ?, ?)',
  );
  const isComplete = eachRow(source, `SELECT rowid, *, ${checks} FROM article`, 'rowid', (row) => {
    const id = textOf(row['id']);
    const owner = ownerOf(owners, row);
    const before = known.get(id, owner);
    if (before) {
      articles.set(Number(row['rowid']), Number(before['rowid']));
      return;
    }
    const detail =
      row['detail_sound'] === 1 && typeof row['detail'] === 'string'
        ? (articleDetail.safeParse(JSON.parse(row['detail'])).data ?? null)
        : null;
    const summary =
      row['sound'] === 1
        ? (JSON.parse(textOf(row['summary'])) as { headline: string; summary: string })
        : null;
    // The detail contains all that the list shows; revision 0 makes the next sync replace it.
    const recovered = summary
      ? { ...row, summary: textOf(row['summary']) }
      : detail && {
          id: detail.id,
          rev: 0,
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
    ];
    const { lastInsertRowid } = insert.run(
      id,
      owner,
      Number(recovered.rev),
      recovered.summary,
      detail ? textOf(row['detail']) : null,
      detail ? Number(row['detail_rev']) : null,
      String(recovered.section),
      String(recovered.language),
      Number(recovered.published_at),
      Number(recovered.withdrawn),
      ...marks,
    );
    articles.set(Number(row['rowid']), Number(lastInsertRowid));
    index.run(
      lastInsertRowid,
      headline,
      summary?.summary ?? detail?.summary ?? '',
      detail?.bodyText ?? '',
    );
  });
  db.exec(
    `UPDATE article SET crc = ${CRC.article}, detail_crc = ${CRC.articleDetail}, marks_crc = ${CRC.marks}`,
  );
  return { isComplete, articles };
}

/** Recovers assets with revision 0, so that the next sync replaces them. */
function recoverAssets(source: DatabaseSync, db: DatabaseSync, owners: Moved): void {
  const sources = new LibrarySources(db);
  const store = new SqliteCatalogueStore(db, sources, () => undefined);
  const known = db.prepare('SELECT 1 FROM asset WHERE id = ? AND source = ?');
  let changes: (AssetChange & { owner: number })[] = [];
  const write = (): void => {
    for (const [owner, own] of Map.groupBy(changes, (change) => change.owner))
      store.applyAll(own, sources.state(sources.idOf(owner) ?? ''));
    changes = [];
  };
  eachRow(
    source,
    `SELECT a.id, a.source, d.summary, a.withdrawn FROM asset a JOIN asset_document d ON d.asset = a.rowid
    WHERE d.crc IS checksum(d.asset, d.summary) AND a.crc IS checksum(a.rowid, a.id, a.source, a.rev, a.stamp, a.duration_ms, a.withdrawn)`,
    'a.rowid',
    (row) => {
      const asset = assetSummary.safeParse(JSON.parse(textOf(row['summary']))).data;
      const owner = ownerOf(owners, row);
      if (
        !asset ||
        known.get(asset.id, owner) ||
        changes.some(({ id, owner: other }) => id === asset.id && other === owner)
      )
        return;
      changes.push({
        op: row['withdrawn'] === 1 ? 'withdraw' : 'upsert',
        id: asset.id,
        rev: asset.rev,
        owner,
        asset: { ...asset, searchText: '' },
      });
      if (changes.length === ASSET_BATCH) write();
    },
  );
  write();
  db.exec('UPDATE asset SET rev = 0');
  db.exec(`UPDATE asset SET crc = ${CRC.asset}`);
}
