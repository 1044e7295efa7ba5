import type { DatabaseSync } from 'node:sqlite';
import type { SourceId } from '../../../../shared/model/source.ts';
import { transaction } from '../kit.ts';
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
  #hidden: readonly number[] = [];
  /** Every row of a list is asked for the name of its source. */
  readonly #names = new Map<number, SourceId>();

  constructor(db: DatabaseSync) {
    this.#db = db;
    // Until it is known which ones are shown, none is.
    this.refresh();
  }

  /** Rowids of the shown sources. */
  get shown(): readonly number[] {
    return this.#shown;
  }

  /** Rowids of sources that have assets and aren't shown. */
  get hidden(): readonly number[] {
    return this.#hidden;
  }

  /** Only rows of these sources are in lists and found by their id. */
  show(ids: readonly SourceId[]): void {
    this.#shown = ids.map((id) => this.state(id).rowid);
    this.refresh();
  }

  /** After rows of hidden sources have been removed. */
  refresh(): void {
    this.#hidden = this.#db
      .prepare(
        `SELECT rowid FROM source s WHERE s.rowid NOT IN (${this.#shown.join(', ')})
        AND EXISTS (SELECT 1 FROM asset a WHERE a.source = s.rowid)`,
      )
      .all()
      .map((row) => Number(row['rowid']));
  }

  /**
   * Names the source of rows that have none: they are from a time when a library had one source, or
   * its name was damaged.
   */
  name(id: SourceId): void {
    const unnamed = this.find('');
    if (unnamed === null) return;
    this.#names.clear();
    this.#atomically(() => {
      const named = this.find(id);
      if (named === null) {
        this.#db
          .prepare('UPDATE source SET id = ?1, id_crc = checksum(rowid, ?1) WHERE rowid = ?2')
          .run(id, unnamed);
        return;
      }
      for (const [table, crc] of [
        ['asset', CRC.asset],
        ['article', CRC.article],
      ] as const) {
        const moved = crc.replace(' source,', ' ?1,');
        this.#db
          .prepare(
            `UPDATE OR IGNORE ${table} SET source = ?1, crc = iif(crc IS ${crc}, ${moved}, NULL) WHERE source = ?2`,
          )
          .run(named, unnamed);
      }
      this.#db
        .prepare(
          "UPDATE OR IGNORE asset_facet SET value = ?1 WHERE facet = 'source' AND value = ?2 AND asset IN (SELECT rowid FROM asset WHERE source = ?3)",
        )
        .run(String(named), String(unnamed), named);
    });
  }

  ids(): SourceId[] {
    return this.#db
      .prepare('SELECT id FROM source')
      .all()
      .map((row) => String(row['id']));
  }

  /** Forgets a hidden source that has no rows left. */
  drop(rowid: number): void {
    if (!this.#shown.includes(rowid)) {
      this.#db
        .prepare(
          'DELETE FROM source WHERE rowid = ?1 AND NOT EXISTS (SELECT 1 FROM asset WHERE source = ?1) AND NOT EXISTS (SELECT 1 FROM article WHERE source = ?1)',
        )
        .run(rowid);
      this.#names.clear();
    }
    this.refresh();
  }

  /** Null for a source that is not in the library. */
  find(id: SourceId): number | null {
    const row = this.#db.prepare('SELECT rowid FROM source WHERE id = ?').get(id);
    return row ? Number(row['rowid']) : null;
  }

  idOf(rowid: number): SourceId | null {
    const known = this.#names.get(rowid);
    if (known !== undefined) return known;
    const row = this.#db.prepare('SELECT id FROM source WHERE rowid = ?').get(rowid);
    if (!row) return null;
    const id = String(row['id']);
    this.#names.set(rowid, id);
    return id;
  }

  /** All or nothing, also where a caller has begun a transaction. */
  #atomically(work: () => void): void {
    if (this.#db.isTransaction) work();
    else transaction(this.#db, work);
  }

  /** The state of a source, which is added if it is new. */
  state(id: SourceId): SourceState {
    if (this.find(id) === null)
      this.#atomically(() => {
        const { lastInsertRowid } = this.#db.prepare('INSERT INTO source (id) VALUES (?)').run(id);
        this.#db
          .prepare(
            `UPDATE source SET id_crc = ${CRC.sourceId}, crc = ${CRC.source} WHERE rowid = ?`,
          )
          .run(lastInsertRowid);
      });
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
        `UPDATE source SET mark = ?1, articles_mark = ?2, language = ?3, generation = ?4, listing = ?5,
        crc = checksum(rowid, ?1, ?3, ?4, ?5, ?2) WHERE rowid = ?6`,
      )
      .run(mark, articlesMark, language, generation, isListing ? 1 : 0, rowid);
  }
}
