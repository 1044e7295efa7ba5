import type { DatabaseSync } from 'node:sqlite';
import type { SourceId } from '../../../../shared/model/source.ts';
import { CRC } from './schema.ts';

/** How far the sync of one source has come. */
export type SourceState = {
  /** Rowid of the source, which its rows refer to. */
  rowid: number;
  /** Null before the first sync, and where the record is damaged: all is fetched again. */
  mark: string | null;
  articlesMark: string | null;
  /** Of the stored texts; null if unknown or for all. */
  language: string | null;
  /** Of the newest full list; rows of older ones weren't in it. */
  generation: number;
  /** A full list has begun and isn't complete. */
  isListing: boolean;
};

/** The sources that rows belong to, and which of them are shown. */
export class LibrarySources {
  readonly #db: DatabaseSync;
  #shown: readonly number[] = [];
  #hidesAssets = false;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** Rowids of the shown sources. */
  get shown(): readonly number[] {
    return this.#shown;
  }

  /** True if assets of sources that aren't shown have to be left out of searches. */
  get hidesAssets(): boolean {
    return this.#hidesAssets;
  }

  /** Only rows of these sources are in lists and found by their id. */
  show(ids: readonly SourceId[]): void {
    this.#shown = ids.map((id) => this.state(id).rowid);
    this.refresh();
  }

  /** After rows of hidden sources have been removed. */
  refresh(): void {
    this.#hidesAssets =
      this.#db
        .prepare(
          `SELECT 1 FROM source s WHERE s.rowid NOT IN (${this.#shown.join(', ')})
          AND EXISTS (SELECT 1 FROM asset a WHERE a.source = s.rowid) LIMIT 1`,
        )
        .get() !== undefined;
  }

  /** Names the source of rows that were stored while a library had only one. */
  name(id: SourceId): void {
    this.#db
      .prepare("UPDATE OR IGNORE source SET id = ? WHERE id = '' AND crc IS " + CRC.source)
      .run(id);
    this.#db.prepare(`UPDATE source SET crc = ${CRC.source} WHERE id = ?`).run(id);
  }

  /** Null for a source that is not in the library. */
  find(id: SourceId): number | null {
    const row = this.#db.prepare('SELECT rowid FROM source WHERE id = ?').get(id);
    return row ? Number(row['rowid']) : null;
  }

  idOf(rowid: number): SourceId | null {
    const row = this.#db.prepare('SELECT id FROM source WHERE rowid = ?').get(rowid);
    return row ? String(row['id']) : null;
  }

  /** The state of a source, which is added if it is new. */
  state(id: SourceId): SourceState {
    const { changes } = this.#db
      .prepare('INSERT INTO source (id) VALUES (?) ON CONFLICT DO NOTHING')
      .run(id);
    if (Number(changes) > 0)
      this.#db.prepare(`UPDATE source SET crc = ${CRC.source} WHERE id = ?`).run(id);
    const row = this.#db
      .prepare(`SELECT rowid, *, crc IS ${CRC.source} AS sound FROM source WHERE id = ?`)
      .get(id);
    const isSound = row?.['sound'] === 1;
    const text = (name: string): string | null =>
      isSound && typeof row[name] === 'string' ? row[name] : null;
    return {
      rowid: Number(row?.['rowid']),
      mark: text('mark'),
      articlesMark: text('articles_mark'),
      language: text('language'),
      generation: Number(row?.['generation']),
      isListing: isSound && row['listing'] === 1,
    };
  }

  save({ rowid, mark, articlesMark, language, generation, isListing }: SourceState): void {
    this.#db
      .prepare(
        'UPDATE source SET mark = ?, articles_mark = ?, language = ?, generation = ?, listing = ? WHERE rowid = ?',
      )
      .run(mark, articlesMark, language, generation, isListing ? 1 : 0, rowid);
    this.#db.prepare(`UPDATE source SET crc = ${CRC.source} WHERE rowid = ?`).run(rowid);
  }
}
