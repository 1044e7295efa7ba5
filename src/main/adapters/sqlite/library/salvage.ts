import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { articleDetail } from '../../../../shared/api/articles.ts';
import { assetSummary, type AssetChange } from '../../../../shared/api/catalogue.ts';
import { isDiskFull, type RecoveredRows, type Source } from '../kit.ts';
import { SqliteCatalogueStore } from './catalogue-store.ts';
import { CRC } from './schema.ts';

type Row = Record<string, SQLInputValue>;
const textOf = (value: SQLInputValue | undefined): string =>
  typeof value === 'string' ? value : '';

/** Parent tables first. */
const ARTICLE_TABLES = [
  ['article_picture', ['media_id', 'article', 'sha256', 'media_type', 'url', 'bytes']],
  ['picture', ['sha256', 'bytes']],
  ['related', ['asset', 'article']],
] as const;
const ASSET_BATCH = 1000;

/**
 * Copies the readable articles, with the user's marks, and catalogue rows into a new library. The
 * cursor is not copied, so the next sync fetches everything again, including the text that is only
 * indexed.
 */
export function recoverLibrary(db: DatabaseSync, sources: Iterable<Source>): RecoveredRows {
  const lost: string[] = [];
  for (const { db: source, hasChecksums, isWhole } of sources) {
    const isComplete = recoverArticles(source, db, lost, hasChecksums);
    for (const [table, columns] of ARTICLE_TABLES) {
      const insert = db.prepare(
        `INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
      );
      eachRow(
        source,
        `SELECT ${columns.join(', ')} FROM ${table}`,
        columns[0],
        (row) => void insert.run(...columns.map((column) => row[column] ?? null)),
      );
    }
    recoverAssets(source, db);
    if (isComplete && isWhole) break;
  }
  const kept = Number(db.prepare('SELECT count(*) AS n FROM article').get()?.['n']);
  return { kept, fromBackup: 0, lost };
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
  lost: string[],
  hasChecksums: boolean,
): boolean {
  const checks = hasChecksums
    ? `crc IS ${CRC.article} AS sound, detail_crc IS ${CRC.articleDetail} AS detail_sound, marks_crc IS ${CRC.marks} AS marks_sound`
    : '1 AS sound, 1 AS detail_sound, 1 AS marks_sound';
  const known = db.prepare('SELECT 1 FROM article WHERE id = ?');
  const insert =
    db.prepare(`INSERT INTO article (id, rev, summary, detail, detail_rev, section, language, published_at, withdrawn, stored, wanted, read, position)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const index = db.prepare(
    'INSERT INTO article_text (rowid, headline, summary, body) VALUES (?, ?, ?, ?)',
  );
  const isComplete = eachRow(source, `SELECT *, ${checks} FROM article`, 'rowid', (row) => {
    const id = textOf(row['id']);
    if (known.get(id)) return;
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
  return isComplete;
}

/** Recovers assets with revision 0, so that the next sync replaces them. */
function recoverAssets(source: DatabaseSync, db: DatabaseSync): void {
  const store = new SqliteCatalogueStore(db, () => undefined);
  const known = db.prepare('SELECT 1 FROM asset WHERE id = ?');
  let changes: AssetChange[] = [];
  const write = (): void => {
    store.applyAll(changes);
    changes = [];
  };
  eachRow(
    source,
    `SELECT a.id, d.summary, a.withdrawn FROM asset a JOIN asset_document d ON d.asset = a.rowid
    WHERE d.crc IS checksum(d.asset, d.summary) AND a.crc IS checksum(a.rowid, a.id, a.rev, a.duration_ms, a.withdrawn)`,
    'a.rowid',
    (row) => {
      const asset = assetSummary.safeParse({
        ...JSON.parse(textOf(row['summary'])),
        searchText: '',
      }).data;
      if (!asset || known.get(asset.id) || changes.some(({ id }) => id === asset.id)) return;
      changes.push({
        op: row['withdrawn'] === 1 ? 'withdraw' : 'upsert',
        id: asset.id,
        rev: asset.rev,
        at: asset.updatedAt,
        asset,
      });
      if (changes.length === ASSET_BATCH) write();
    },
  );
  write();
  db.exec('UPDATE asset SET rev = 0');
  db.exec(`UPDATE asset SET crc = ${CRC.asset}`);
}
