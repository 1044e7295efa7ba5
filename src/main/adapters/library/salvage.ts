import { DatabaseSync, type SQLInputValue } from 'node:sqlite';

/** Parents first. The catalogue is not among them: it comes whole from the service. */
const TABLES = [
  ['article', ['id', 'rev', 'summary', 'detail', 'detail_rev', 'section', 'language', 'published_at', 'withdrawn', 'stored', 'wanted', 'read', 'position']],
  ['article_picture', ['media_id', 'article', 'sha256', 'media_type', 'url', 'bytes']],
  ['picture', ['sha256', 'bytes']],
  ['related', ['asset', 'article']],
] as const;

/**
 * Copies what can still be read of the articles, with their marks, from a damaged library into a new one. A row that cannot be read ends the
 * reading from that side, so each table is read from both ends. Without the cursor, which stays behind, the service tells all articles again.
 * @returns how many articles were taken over; 0 where nothing can be read.
 */
export function salvageArticles(damaged: string, db: DatabaseSync): number {
  let old;
  try {
    old = new DatabaseSync(damaged);
  } catch {
    return 0;
  }
  for (const [table, columns] of TABLES) {
    const insert = db.prepare(`INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`);
    for (const order of ['ASC', 'DESC']) copyRows(old, `SELECT ${columns.join(', ')} FROM ${table} ORDER BY ${columns[0]} ${order}`, (row) => insert.run(...columns.map((column) => row[column] ?? null)));
  }
  old.close();
  const index = db.prepare('INSERT INTO article_text (rowid, headline, summary, body) VALUES (?, ?, ?, ?)');
  const articles = db.prepare('SELECT rowid, summary, detail FROM article').all();
  for (const { rowid, summary, detail } of articles) {
    const text = { headline: '', summary: '', bodyText: '', ...(JSON.parse(String(summary)) as object), ...(JSON.parse(String(detail ?? '{}')) as object) };
    index.run(Number(rowid), text.headline, text.summary, text.bodyText);
  }
  return articles.length;
}

const isJson = (text: unknown): boolean => {
  try {
    return text === null || text === undefined || (typeof text === 'string' && typeof JSON.parse(text) === 'object');
  } catch {
    return false;
  }
};

function copyRows(from: DatabaseSync, query: string, insert: (row: Record<string, SQLInputValue>) => unknown): void {
  try {
    for (const row of from.prepare(query).iterate()) if (isJson(row['summary']) && isJson(row['detail'])) insert(row);
  } catch {
    // The damage, or a row that no longer fits: the other end may be readable.
  }
}
