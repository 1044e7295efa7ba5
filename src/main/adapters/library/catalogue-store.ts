import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { assetDetail, assetSummary, type AssetChange, type AssetDetail, type AssetSummary } from '../../../shared/api/catalogue.ts';
import { FACETS } from '../../../shared/contract/catalogue.ts';
import type { AssetRow, CatalogueQuery, CatalogueStore, FacetCounts, ListRange } from '../../catalogue/ports.ts';
import { facetValues, toRow } from './asset-rows.ts';
import { matchExpression, readMeta, transaction, writeMeta } from './database.ts';

type Where = { from: string; where: string; values: SQLInputValue[] };
const CURSOR = 'catalogue.cursor';
const GENERATION = 'catalogue.generation';
/** Kept, because the pages of a snapshot may be read over several runs of the program. */
const SNAPSHOT = 'catalogue.snapshot';
const LANGUAGE = 'catalogue.language';

/** Filters as SQL. `except` leaves one facet out, so that its counts tell what choosing another value would give. */
function whereOf(query: CatalogueQuery, except: string | null): Where {
  const conditions: string[] = [];
  const values: SQLInputValue[] = [];
  const match = matchExpression(query.text);
  if (match !== null) {
    conditions.push('asset_text MATCH ?');
    values.push(match);
  }
  for (const facet of FACETS) {
    const chosen = query.facets[facet] ?? [];
    if (chosen.length === 0 || facet === except) continue;
    conditions.push(`a.rowid IN (SELECT asset FROM asset_facet WHERE facet = ? AND value IN (${chosen.map(() => '?').join(', ')}))`);
    values.push(facet, ...chosen);
  }
  if (query.publishedAfter !== null) {
    conditions.push('a.published_at >= ?');
    values.push(query.publishedAfter);
  }
  const from = match === null ? 'asset a' : 'asset_text t JOIN asset a ON a.rowid = t.rowid';
  return { from, where: conditions.length === 0 ? '1' : conditions.join(' AND '), values };
}

function orderOf(query: CatalogueQuery): string {
  // Ranking short prefixes costs more than a keystroke may (a two-letter prefix meets a large part of the index).
  const ranked = query.sort === 'relevance' && query.text.trim().length >= 3 && matchExpression(query.text) !== null;
  if (ranked) return 'bm25(asset_text, 10, 8, 4, 1), a.published_at DESC';
  return query.sort === 'duration' ? 'a.duration_ms DESC, a.published_at DESC' : 'a.published_at DESC, a.rowid';
}

/** The catalogue in SQLite. Methods are async because callers sit in another thread. */
export class SqliteCatalogueStore implements CatalogueStore {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  async cursor(): Promise<string | null> {
    return readMeta(this.#db, CURSOR);
  }

  async language(): Promise<string | null> {
    return readMeta(this.#db, LANGUAGE);
  }

  async restart(language: string): Promise<void> {
    transaction(this.#db, () => {
      this.#db.prepare('DELETE FROM meta WHERE key = ?').run(CURSOR);
      this.#db.prepare('UPDATE asset SET rev = 0, detail = NULL').run();
      writeMeta(this.#db, LANGUAGE, language);
    });
  }

  async apply(changes: AssetChange[], cursor: string): Promise<void> {
    transaction(this.#db, () => {
      for (const change of changes) this.#applyOne(change);
      writeMeta(this.#db, CURSOR, cursor);
    });
  }

  async beginSnapshot(): Promise<void> {
    transaction(this.#db, () => {
      writeMeta(this.#db, GENERATION, String(this.#generation() + 1));
      writeMeta(this.#db, SNAPSHOT, 'begun');
    });
  }

  async sweep(): Promise<void> {
    if (readMeta(this.#db, SNAPSHOT) !== 'begun') return;
    transaction(this.#db, () => {
      this.#db.prepare('DELETE FROM asset_text WHERE rowid IN (SELECT rowid FROM asset WHERE generation < ?)').run(this.#generation());
      this.#db.prepare('DELETE FROM asset WHERE generation < ?').run(this.#generation());
      writeMeta(this.#db, SNAPSHOT, 'complete');
    });
  }

  async search(query: CatalogueQuery, range: ListRange, nowMs: number): Promise<{ total: number; items: AssetRow[] }> {
    const { from, where, values } = whereOf(query, null);
    const total = Number(this.#db.prepare(`SELECT count(*) AS n FROM ${from} WHERE ${where}`).get(...values)?.['n'] ?? 0);
    const rows = this.#db
      .prepare(`SELECT a.summary, a.withdrawn FROM ${from} WHERE ${where} ORDER BY ${orderOf(query)} LIMIT ? OFFSET ?`)
      .all(...values, range.count, range.offset);
    return { total, items: rows.map((row) => this.#row(row, nowMs)) };
  }

  async facets(query: CatalogueQuery): Promise<FacetCounts> {
    const counts: FacetCounts = {};
    for (const facet of FACETS) {
      const { from, where, values } = whereOf(query, facet);
      const rows = this.#db
        .prepare(`SELECT f.value, count(*) AS n FROM ${from} JOIN asset_facet f ON f.asset = a.rowid AND f.facet = ? WHERE ${where} GROUP BY f.value ORDER BY n DESC, f.value LIMIT 200`)
        .all(facet, ...values);
      counts[facet] = rows.map((row) => ({ value: String(row['value']), label: String(row['value']), count: Number(row['n']) }));
    }
    return counts;
  }

  async ids(query: CatalogueQuery): Promise<string[]> {
    const { from, where, values } = whereOf(query, null);
    return this.#db.prepare(`SELECT a.id FROM ${from} WHERE ${where} ORDER BY ${orderOf(query)} LIMIT 10000`).all(...values).map((row) => String(row['id']));
  }

  async rows(ids: string[], nowMs: number): Promise<AssetRow[]> {
    const statement = this.#db.prepare('SELECT summary, withdrawn FROM asset WHERE id = ?');
    return ids.flatMap((id) => {
      const row = statement.get(id);
      return row ? [this.#row(row, nowMs)] : [];
    });
  }

  async detail(id: string): Promise<AssetDetail | null> {
    const text = this.#db.prepare('SELECT detail FROM asset WHERE id = ?').get(id)?.['detail'];
    if (typeof text !== 'string') return null;
    // Written by a version with another shape: as if it had not been kept.
    return assetDetail.safeParse(JSON.parse(text)).data ?? null;
  }

  async saveDetail(detail: AssetDetail): Promise<void> {
    this.#db.prepare('UPDATE asset SET detail = ? WHERE id = ?').run(JSON.stringify(detail), detail.id);
  }

  async thumbnailUrl(id: string): Promise<string | null> {
    const thumbnails = this.#summary(id)?.thumbnails ?? [];
    // The smallest that is wide enough for a card on a dense screen, else the widest there is.
    const byWidth = thumbnails.toSorted((a, b) => a.width - b.width);
    return (byWidth.find(({ width }) => width >= 480) ?? byWidth.at(-1))?.url ?? null;
  }

  async previewUrl(id: string): Promise<string | null> {
    return (await this.detail(id))?.preview?.url ?? null;
  }

  async count(): Promise<number> {
    return Number(this.#db.prepare('SELECT count(*) AS n FROM asset').get()?.['n'] ?? 0);
  }

  #generation(): number {
    return Number(readMeta(this.#db, GENERATION) ?? 0);
  }

  #summary(id: string): AssetSummary | null {
    const text = this.#db.prepare('SELECT summary FROM asset WHERE id = ?').get(id)?.['summary'];
    return typeof text === 'string' ? assetSummary.parse(JSON.parse(text)) : null;
  }

  #row(row: Record<string, unknown>, nowMs: number): AssetRow {
    // Parsed when it was written; parsing it by schema again for every row of every keystroke would cost more than the search.
    return toRow(JSON.parse(String(row['summary'])) as AssetSummary, row['withdrawn'] === 1, nowMs);
  }

  #applyOne(change: AssetChange): void {
    const local = this.#db.prepare('SELECT rowid, rev FROM asset WHERE id = ?').get(change.id);
    const rowid = local === undefined ? null : Number(local['rowid']);
    if (local !== undefined) this.#db.prepare('UPDATE asset SET generation = ? WHERE rowid = ?').run(this.#generation(), rowid);
    if (local !== undefined && Number(local['rev']) >= change.rev) return;
    if (change.op === 'delete') {
      if (rowid !== null) this.#remove(rowid);
    } else if (change.asset) {
      this.#upsert(change.asset, rowid, change.op === 'withdraw');
    } else if (rowid !== null) {
      this.#db.prepare('UPDATE asset SET withdrawn = 1, rev = ?, detail = NULL WHERE rowid = ?').run(change.rev, rowid);
    }
  }

  #remove(rowid: number): void {
    this.#db.prepare('DELETE FROM asset_text WHERE rowid = ?').run(rowid);
    this.#db.prepare('DELETE FROM asset WHERE rowid = ?').run(rowid);
  }

  #upsert(asset: AssetSummary, existing: number | null, withdrawn: boolean): void {
    if (existing !== null) {
      this.#db.prepare('DELETE FROM asset_text WHERE rowid = ?').run(existing);
      this.#db.prepare('DELETE FROM asset_facet WHERE asset = ?').run(existing);
    }
    const values = [asset.rev, JSON.stringify(asset), Date.parse(asset.publishedAt), asset.durationMs, withdrawn ? 1 : 0, this.#generation()] as const;
    if (existing === null) {
      this.#db.prepare('INSERT INTO asset (rev, summary, published_at, duration_ms, withdrawn, generation, id) VALUES (?, ?, ?, ?, ?, ?, ?)').run(...values, asset.id);
    } else {
      this.#db.prepare('UPDATE asset SET rev = ?, summary = ?, published_at = ?, duration_ms = ?, withdrawn = ?, generation = ?, detail = NULL WHERE rowid = ?').run(...values, existing);
    }
    const rowid = existing ?? Number(this.#db.prepare('SELECT last_insert_rowid() AS id').get()?.['id']);
    this.#db
      .prepare('INSERT INTO asset_text (rowid, headline, slug, place, body) VALUES (?, ?, ?, ?, ?)')
      .run(rowid, asset.headline, asset.slug, [asset.location, ...asset.countries].join(' '), `${asset.descriptionShort} ${asset.people.join(' ')} ${asset.topics.join(' ')} ${asset.searchText}`);
    const insert = this.#db.prepare('INSERT INTO asset_facet (facet, value, asset) VALUES (?, ?, ?)');
    for (const [facet, value] of facetValues(asset)) insert.run(facet, value, rowid);
  }
}
