import type { SQLInputValue, DatabaseSync } from 'node:sqlite';
import {
  assetDetail,
  type AssetChange,
  type AssetDetail,
  type AssetSummary,
  type IndexedSummary,
} from '../../../catalogue/asset.ts';
import type {
  AssetRights,
  AssetRow,
  CatalogueStore,
  FacetCounts,
  HeldAsset,
  ListRange,
  ReadQuery,
  RenditionValues,
  SyncStep,
} from '../../../catalogue/ports.ts';
import { rateNumber } from '../../../../shared/api/video-format.ts';
import { nearest, SET_FIELDS, type SetField } from '../../../../shared/api/query/fields.ts';
import type { Sort } from '../../../../shared/model/sorts.ts';
import { facetValues, peopleOf, sortKeysOf } from '../../../catalogue/search-facts.ts';
import { FacetSets, type FacetCount } from './facet-sets.ts';
import {
  hitsOf,
  isFilterOf,
  isInSets,
  textLength,
  type Hits,
  type KnownValues,
} from './query-sql.ts';
import { AppError } from '../../../../shared/errors.ts';
import type { SqliteArticleStore } from './article-store.ts';
import { CRC } from './schema.ts';
import { SOURCE_LIMITS, storeWithin, type SourceLimits } from './size-limit.ts';
import type { SourceId } from '../../../../shared/model/source.ts';
import {
  evaluateRights,
  forUse,
  publishedStatus,
  rightsBadges,
  unavailableBecause,
  UNSTATED_PROFILE,
  type RightsVerdict,
} from '../../../../shared/api/rights.ts';
import { nowOf, questionOf, type RightsViewer } from '../../../catalogue/rights.ts';
import { checksum, statementsOf, transaction } from '../kit.ts';
import type { LibrarySources, SourceState } from './sources.ts';

/**
 * Rowids of assets encode their time: milliseconds since 1970 times this factor, the rest
 * distinguishes assets of one millisecond. All indexes are in rowid order, so the newest hits of
 * any search come first without reading the others.
 */
const ROWIDS_PER_MS = 1024;
/** In the year 2248; later times count as this one, so that rowids stay safe integers. */
const LAST_MS = 8_790_000_000_000;

/**
 * The lowest rowid at a time; all rows from it on were published then or later.
 *
 * @param ms since 1970, UTC; earlier times count as 1970
 */
const firstRowid = (ms: number): number =>
  Math.floor(Math.min(Math.max(ms, 0), LAST_MS)) * ROWIDS_PER_MS;

/**
 * A free rowid for an asset published at a time.
 *
 * @param nextBetween the rowid after the highest in use from one up to another
 */
function freeRowid(ms: number, nextBetween: (from: number, below: number) => number): number {
  for (let from = firstRowid(ms); ; from += ROWIDS_PER_MS) {
    const next = nextBetween(from, from + ROWIDS_PER_MS);
    // A millisecond that is full goes on in the next.
    if (next < from + ROWIDS_PER_MS) return next;
  }
}

/** Mistyped words of one query that are put right. */
const MAX_MISTYPED = 5;

/**
 * Short prefixes are not ranked: they match a large part of the index, at high cost and little use.
 */
const isRanked = ({ clauses, sort }: ReadQuery, { from }: Hits): boolean =>
  sort === 'relevance' && from === 'asset_text' && textLength(clauses) >= 3;

/** Orders that aren't of the rowids, by the table that has their key. */
const ORDERS: Partial<Record<Sort, { table: 'asset' | 'asset_order'; by: string }>> = {
  longest: { table: 'asset', by: 'duration_ms DESC' },
  shortest: { table: 'asset', by: 'coalesce(duration_ms, 0) = 0, duration_ms' },
  'title-az': { table: 'asset_order', by: 'title' },
  'title-za': { table: 'asset_order', by: 'title DESC' },
  'place-az': { table: 'asset_order', by: "place = '', place" },
  'place-za': { table: 'asset_order', by: 'place DESC' },
  'languages-az': { table: 'asset_order', by: "languages = '', languages" },
  'languages-za': { table: 'asset_order', by: 'languages DESC' },
  'format-best': { table: 'asset_order', by: 'format DESC' },
  'format-least': { table: 'asset_order', by: 'format' },
  largest: { table: 'asset_order', by: 'bytes DESC' },
  smallest: { table: 'asset_order', by: 'bytes IS NULL, bytes' },
};

/** Stored before there were other sources than our own service. */
const FROM_OUR_SERVICE = {
  integrity: 'signed',
  rights: 'stated',
  isDateStated: true,
  unlistedAt: null,
} satisfies Partial<AssetSummary>;

const ms = (time: string | null): number | null => (time === null ? null : Date.parse(time));

/** All terms that begin so. */
const between = (start: string): [string, string] => [start, `${start}\u{10ffff}`];

/** For what doesn't depend on who asks, nor when. */
const ANYBODY: RightsViewer = {
  nowMs: 0,
  sourceTimes: {},
  profile: UNSTATED_PROFILE,
  earlySource: null,
};

type Shown = { source: SourceId; withdrawn: boolean; viewer: RightsViewer };

/** Whether it may be downloaded now. */
const verdictOf = (wire: AssetSummary, { source, withdrawn, viewer }: Shown): RightsVerdict =>
  evaluateRights(
    {
      ...publishedStatus(wire, { isWithdrawn: withdrawn, nowMs: nowOf(viewer, source) }),
      embargoUntil: ms(wire.embargoUntil),
      restrictions: wire.restrictions,
      shots: wire.shotNumbers,
    },
    questionOf(viewer, source),
  );

/** Maps a summary to a row, with its rights as they are now. */
function toRow(wire: AssetSummary, shown: Shown): AssetRow {
  const verdict = verdictOf(wire, shown);
  return {
    id: wire.id,
    source: shown.source,
    rev: wire.rev,
    slug: wire.slug,
    headline: wire.headline,
    description: wire.descriptionShort,
    publishedAt: Date.parse(wire.publishedAt),
    isDateStated: wire.isDateStated,
    updatedAt: Date.parse(wire.updatedAt),
    durationMs: wire.durationMs,
    location: wire.location ?? '',
    countries: wire.countries,
    languages: wire.languages,
    topics: wire.topics,
    formats: wire.formats,
    frameRates: wire.frameRates,
    restrictions: wire.restrictions,
    embargoUntil: ms(wire.embargoUntil),
    expiresAt: ms(wire.expiresAt),
    integrity: wire.integrity,
    rights: wire.rights,
    unlistedAt: ms(wire.unlistedAt),
    verdict,
    badges: [
      ...rightsBadges(verdict),
      ...(wire.badges.includes('updated') ? (['updated'] as const) : []),
    ],
    packages: unavailableBecause(verdict) === null ? wire.packageSizes : [],
  };
}

/** The rights to an asset now, without the rest of its row. */
const rightsOf = (wire: AssetSummary, shown: Shown): AssetRights => ({
  assetId: wire.id,
  source: shown.source,
  slug: wire.slug,
  verdict: verdictOf(wire, shown),
  embargoEndsMs: ms(wire.embargoUntil),
  packages: wire.packageSizes.map(({ packageId, rev = null }) => ({ packageId, rev })),
});

/**
 * Number of newest hits that are ranked; older ones follow by age. Ranking 100,000 would take too
 * long for a keystroke.
 */
const MAX_RANKED = 2000;
/** A row with its checksum verified. */
const ROW = `SELECT a.id, a.source, d.summary, a.withdrawn, d.crc IS NOT checksum(d.asset, d.summary) OR a.crc IS NOT checksum(a.rowid, a.id, a.source, a.rev, a.stamp, a.duration_ms, a.withdrawn) AS damaged
  FROM asset a JOIN asset_document d ON d.asset = a.rowid`;
/** Assets looked at whose slug has the words of another. */
const MAX_SLUG_HITS = 1_000;
/** Up to this many hits have their facets looked up one by one. */
const MAX_LOOKUPS = 20_000;
/** For a withdrawal without a summary: overrides the stored status. */
const CANCELED = `json_set(summary, '$.pubStatus', 'canceled')`;
const CANCELED_DETAIL = `iif(detail_crc IS ${CRC.detail}, json_set(detail, '$.pubStatus', 'canceled'), NULL)`;
const UNLISTED = `json_set(summary, '$.unlistedAt', strftime('%Y-%m-%dT%H:%M:%fZ', ?1 / 1000.0, 'unixepoch'))`;
const LISTED = `json_set(summary, '$.unlistedAt', NULL)`;
/** Assets of a removed source that are deleted at a time: searches go on in between. */
const REMOVED_AT_ONCE = 500;
/** From so many new assets on the index is worth reordering. */
const MANY = 5000;
const NEXT_ROWID =
  'SELECT coalesce(max(rowid) + 1, ?1) AS rowid FROM asset WHERE rowid >= ?1 AND rowid < ?2';
/** Each value of a facet once, by one step in the index for each. */
const VALUES = `WITH RECURSIVE stored (value) AS (
    SELECT min(value) FROM asset_facet WHERE facet = ?1
    UNION ALL
    SELECT (SELECT min(value) FROM asset_facet WHERE facet = ?1 AND value > stored.value) FROM stored WHERE stored.value IS NOT NULL
  ) SELECT value FROM stored WHERE value IS NOT NULL`;
const MAX_IDS = 10_000;
/** Of so many new assets it is looked at what their packages are: a scan of all takes seconds. */
const NEWEST = 5_000;
const MAX_VALUES = 200;

/** The catalogue in SQLite. Methods are async because they are called over RPC. */
export class SqliteCatalogueStore implements CatalogueStore {
  readonly #db: DatabaseSync;
  readonly #sql: ReturnType<typeof statementsOf>;

  readonly #sources: LibrarySources;
  readonly #onDamaged: (id: string) => void;
  readonly #limits: SourceLimits;
  readonly #articles: Pick<SqliteArticleStore, 'applyAll' | 'noteListed'> | null;
  readonly #sets: FacetSets;
  /** Assets since the index was last made one segment. */
  #written = 0;

  /**
   * @param onDamaged called with the id of each damaged entry; it is skipped
   * @param articles take what a source's steps have of them; null where none has any
   */
  constructor(
    db: DatabaseSync,
    sources: LibrarySources,
    onDamaged: (id: string) => void,
    limits = SOURCE_LIMITS,
    articles: Pick<SqliteArticleStore, 'applyAll' | 'noteListed'> | null = null,
  ) {
    this.#db = db;
    this.#sources = sources;
    this.#onDamaged = onDamaged;
    this.#limits = limits;
    this.#articles = articles;
    this.#sql = statementsOf(db);
    this.#sets = new FacetSets(db);
  }

  async mark(source: SourceId): Promise<string | null> {
    return this.#sources.state(source).mark;
  }

  async language(source: SourceId): Promise<string | null> {
    return this.#sources.state(source).language;
  }

  async restart(source: SourceId, language: string): Promise<void> {
    transaction(this.#db, () => {
      const state = this.#sources.state(source);
      // Revisions that are counted here go on, and a list has the details too.
      this.#sql(
        `UPDATE asset SET rev = 0, crc = checksum(rowid, id, source, 0, NULL, duration_ms, withdrawn) WHERE source = ? AND stamp IS NULL AND crc IS ${CRC.asset}`,
      ).run(state.rowid);
      this.#sql(
        'UPDATE asset_document SET detail = NULL, detail_crc = checksum(asset, NULL) WHERE detail IS NOT NULL AND asset IN (SELECT rowid FROM asset WHERE source = ? AND stamp IS NULL)',
      ).run(state.rowid);
      this.#sources.save({ ...state, mark: null, language });
    });
  }

  async apply(source: SourceId, step: SyncStep, nowMs: number): Promise<void> {
    const { changes, articles = [], mark, list } = step;
    if (articles.length > 0 && !this.#articles)
      throw new AppError('bug', 'Nothing here takes articles');
    const { rowid } = this.#sources.state(source);
    const store = (): void => {
      const state = this.#sources.state(source);
      if (list?.begins === true) {
        state.generation += 1;
        state.isListing = true;
      }
      this.applyAll(changes, state, nowMs);
      this.#articles?.applyAll(articles, rowid);
      if (list) this.#articles?.noteListed(articles, rowid, list);
      if (list?.completes === true && state.isListing) {
        this.#sweep(state, list.missing, nowMs);
        state.isListing = false;
      }
      this.#sources.save({ ...state, mark });
    };
    try {
      storeWithin(this.#db, { id: source, rowid }, this.#limits, store);
    } catch (thrown) {
      this.#sets.forget();
      throw thrown;
    }
    this.#written += changes.length;
    if (list?.completes === true && this.#written > MANY) {
      this.#written = 0;
      // What came in many steps is in many segments, of which each search reads all: up to 1.4 times
      // as long with 100,000 assets. Making it one takes seconds once.
      this.#db.exec("INSERT INTO asset_text (asset_text) VALUES ('optimize')");
      this.#sets.tidy();
    }
  }

  /** Must run inside a transaction. */
  applyAll(changes: readonly AssetChange[], source: SourceState, nowMs: number): void {
    // FTS5 inserts are cheap only in rowid order. Changes of one asset stay in sequence.
    const byAsset = [...Map.groupBy(changes, ({ id }) => id).values()].toSorted(
      (a, b) => timeOf(a) - timeOf(b),
    );
    for (const change of byAsset.flat()) this.#applyOne(change, source, nowMs);
  }

  /** What a complete list didn't have. */
  #sweep({ rowid, generation }: SourceState, missing: 'removed' | 'unlisted', nowMs: number): void {
    const rows = 'SELECT rowid FROM asset WHERE source = ? AND generation < ?';
    if (missing === 'removed') {
      for (const index of ['asset_text', 'asset_person'])
        this.#sql(`DELETE FROM ${index} WHERE rowid IN (${rows})`).run(rowid, generation);
      this.#sql('DELETE FROM asset WHERE source = ? AND generation < ?').run(rowid, generation);
      return;
    }
    this.#sql(
      `UPDATE asset_document SET summary = ${UNLISTED}, crc = checksum(asset, ${UNLISTED})
      WHERE asset IN (SELECT rowid FROM asset WHERE source = ?2 AND generation < ?3) AND summary ->> '$.unlistedAt' IS NULL AND crc IS ${CRC.summary}`,
    ).run(nowMs, rowid, generation);
  }

  async removeAssets(source: SourceId): Promise<boolean> {
    const rowid = this.#sources.find(source);
    if (rowid === null) return false;
    const rows = this.#list(
      'SELECT rowid FROM asset WHERE source = ? ORDER BY rowid DESC LIMIT ?',
      rowid,
      REMOVED_AT_ONCE,
    );
    transaction(this.#db, () => {
      for (const row of rows) this.#remove(row);
      this.#sources.save({ ...this.#sources.state(source), mark: null });
    });
    if (rows.length === REMOVED_AT_ONCE) return true;
    this.#sources.drop(rowid);
    return false;
  }

  async held(source: SourceId): Promise<HeldAsset[]> {
    const rowid = this.#sources.find(source);
    if (rowid === null) return [];
    return this.#sql(
      // What is damaged counts as not listed: it is asked for again then.
      `SELECT a.rowid / ${ROWIDS_PER_MS} AS published, a.id, a.stamp, a.withdrawn, iif(d.crc IS checksum(d.asset, d.summary), d.summary ->> '$.unlistedAt', '') AS unlisted
        FROM asset a JOIN asset_document d ON d.asset = a.rowid WHERE a.source = ?`,
    )
      .all(rowid)
      .map((row) => ({
        id: String(row['id']),
        stamp: row['stamp'] === null ? null : String(row['stamp']),
        publishedAt: Number(row['published']),
        isWithdrawn: row['withdrawn'] === 1,
        isUnlisted: row['unlisted'] !== null,
      }));
  }

  async sourceIds(): Promise<SourceId[]> {
    return this.#sources.ids();
  }

  async search(
    query: ReadQuery,
    range: ListRange,
    viewer: RightsViewer,
  ): Promise<{ total: number; items: AssetRow[] }> {
    const total = this.#total(this.#hits(query));
    const document = this.#sql(`${ROW} WHERE a.rowid = ?`);
    return {
      total,
      items: this.#rowids(query, range).flatMap((rowid) =>
        this.#rowsOf(document.get(rowid), viewer),
      ),
    };
  }

  async facets(query: ReadQuery): Promise<FacetCounts> {
    const chosen = SET_FIELDS.filter((field) =>
      query.clauses.some((clause) => isFilterOf(clause, field)),
    );
    const others = SET_FIELDS.filter((field) => !chosen.includes(field));
    const counted = [
      ...this.#counted(this.#hits(query), others),
      ...chosen.flatMap((field) => this.#counted(this.#hits(query, field), [field])),
    ].toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
    return Object.fromEntries(
      SET_FIELDS.map((name) => [
        name,
        counted
          .filter(({ facet }) => facet === name)
          .slice(0, MAX_VALUES)
          .map(({ value: stored, count }) => {
            const value =
              name === 'source' ? (this.#sources.idOf(Number(stored)) ?? stored) : stored;
            return { value, label: value, count };
          }),
      ]),
    );
  }

  async renditionValues(): Promise<RenditionValues> {
    const rows = this.#sql(
      `WITH stated AS MATERIALIZED (
        SELECT f.facts FROM (SELECT rowid FROM asset WHERE source IN (${this.#sources.shown.join(', ')}) ORDER BY rowid DESC LIMIT ?) a
        JOIN asset_document d ON d.asset = a.rowid AND d.crc IS checksum(d.asset, d.summary) JOIN film f ON f.asset = a.rowid
      ), given AS (
        SELECT 'container' AS field, facts ->> 'container' AS value FROM stated
        UNION ALL SELECT 'codec', facts ->> 'videoCodec' FROM stated
        UNION ALL SELECT 'size', (facts ->> 'width') || 'x' || (facts ->> 'height') FROM stated WHERE facts ->> 'height' > 0
        UNION ALL SELECT 'frameRate', facts ->> 'frameRate' FROM stated
      )
      SELECT field, value, count(*) AS n FROM given WHERE value IS NOT NULL GROUP BY field, value ORDER BY n DESC, value`,
    ).all(NEWEST);
    const of = (field: string): string[] =>
      rows.flatMap((row) => (row['field'] === field ? [String(row['value'])] : []));
    return {
      container: of('container'),
      codec: of('codec'),
      size: of('size'),
      frameRate: [
        ...new Set(of('frameRate').map((rate) => Math.round(rateNumber(rate) * 1000) / 1000)),
      ],
    };
  }

  async ids(query: ReadQuery): Promise<string[]> {
    const id = this.#sql('SELECT id FROM asset WHERE rowid = ?');
    return this.#rowids(query, { offset: 0, count: MAX_IDS }).map((rowid) =>
      String(id.get(rowid)?.['id']),
    );
  }

  async revisions(query: ReadQuery): Promise<{ id: string; rev: number }[]> {
    const asset = this.#sql('SELECT id, rev FROM asset WHERE rowid = ?');
    return this.#rowids(query, { offset: 0, count: MAX_IDS }).map((rowid) => {
      const row = asset.get(rowid);
      return { id: String(row?.['id']), rev: Number(row?.['rev']) };
    });
  }

  async count(query: ReadQuery, arrivedAfter: number | null): Promise<number> {
    const hits = this.#hits(query);
    return this.#total(
      arrivedAfter === null
        ? hits
        : {
            ...hits,
            where: `${hits.where} AND +rowid IN (SELECT asset FROM asset_order WHERE arrived > ?)`,
            values: [...hits.values, arrivedAfter],
          },
    );
  }

  async similarWords(words: readonly string[]): Promise<Record<string, string>> {
    // The vocabulary belongs to a connection.
    this.#db.exec(
      'CREATE VIRTUAL TABLE IF NOT EXISTS temp.asset_word USING fts5vocab(main, asset_text, row)',
    );
    const has = this.#sql('SELECT 1 FROM temp.asset_word WHERE term >= ? AND term < ? LIMIT 1');
    const beginning = this.#sql('SELECT term FROM temp.asset_word WHERE term >= ? AND term < ?');
    const unknown = words.filter((word) => word.length >= 3 && !has.get(...between(word)));
    // So many aren't slips of the hand, and each is compared with thousands of words.
    if (unknown.length > MAX_MISTYPED) return {};
    return Object.fromEntries(
      unknown.flatMap((word) => {
        // People rarely mistype how a word begins, and the vocabulary is large.
        const like = nearest(
          word,
          beginning.all(...between(word.charAt(0))).map((row) => String(row['term'])),
        );
        return like === null ? [] : [[word, like]];
      }),
    );
  }

  async rows(ids: string[], viewer: RightsViewer): Promise<AssetRow[]> {
    return ids.flatMap((id) => this.#rowsOf(this.#row(id), viewer));
  }

  async idsOfSlug(slug: string): Promise<string[]> {
    // The index folds case, accents and signs: what it finds is compared as a whole.
    const hits = this.#sql(
      `${ROW} WHERE a.rowid IN (SELECT rowid FROM asset_text WHERE asset_text MATCH ? LIMIT ?) AND a.source IN (${this.#sources.shown.join(', ')})`,
    ).all(`slug : "${slug.replaceAll('"', '""')}"`, MAX_SLUG_HITS);
    const wanted = slug.toLowerCase();
    return hits.flatMap((row) =>
      this.#parseValid(row)?.slug.toLowerCase() === wanted ? [String(row['id'])] : [],
    );
  }

  async rights(ids: string[], viewer: RightsViewer): Promise<AssetRights[]> {
    return ids.flatMap((id) => {
      const row = this.#row(id);
      const summary = this.#parseValid(row);
      if (!summary || !row) return [];
      const source = this.#sources.idOf(Number(row['source'])) ?? '';
      return [rightsOf(summary, { source, withdrawn: row['withdrawn'] === 1, viewer })];
    });
  }

  async detail(id: string): Promise<AssetDetail | null> {
    const text = this.#sql(
      `SELECT detail FROM asset_document WHERE asset = (${this.#shownAsset}) AND detail_crc IS ${CRC.detail}`,
    ).get(id)?.['detail'];
    if (typeof text !== 'string') return null;
    // A detail stored by a version with another schema counts as missing.
    return assetDetail.safeParse(JSON.parse(text)).data ?? null;
  }

  async saveDetail(detail: AssetDetail): Promise<void> {
    const row = this.#sql(this.#shownAsset).get(detail.id);
    if (row) this.#saveDetail(Number(row['rowid']), detail);
  }

  async thumbnailUrl(id: string): Promise<string | null> {
    const thumbnails = this.#summary(id)?.thumbnails ?? [];
    // The smallest that is wide enough for a card at 2x, else the widest.
    const byWidth = thumbnails.toSorted((a, b) => (a.width ?? 0) - (b.width ?? 0));
    return (byWidth.find(({ width }) => (width ?? 0) >= 480) ?? byWidth.at(-1))?.url ?? null;
  }

  async previewUrl(id: string): Promise<string | null> {
    // What was taken back isn't shown any more, whoever asks.
    const [rights] = await this.rights([id], ANYBODY);
    if (rights && forUse(rights.verdict, { ...ANYBODY, use: 'play' }).decision === 'forbid')
      return null;
    return (await this.detail(id))?.preview?.url ?? null;
  }

  async counts(): Promise<Record<SourceId, number>> {
    return Object.fromEntries(
      this.#sources.shown.map((rowid) => [
        this.#sources.idOf(rowid) ?? '',
        Number(this.#sql('SELECT count(*) AS n FROM asset WHERE source = ?').get(rowid)?.['n']),
      ]),
    );
  }

  /** Rowid of the asset with an id, among those of the shown sources. */
  get #shownAsset(): string {
    return `SELECT rowid FROM asset WHERE id = ? AND source IN (${this.#sources.shown.join(', ')})`;
  }

  #row(id: string): Record<string, unknown> | undefined {
    return this.#sql(
      `${ROW} WHERE a.id = ? AND a.source IN (${this.#sources.shown.join(', ')})`,
    ).get(id);
  }

  #summary(id: string): AssetSummary | null {
    return this.#parseValid(this.#row(id));
  }

  #rowsOf(row: Record<string, unknown> | undefined, viewer: RightsViewer): AssetRow[] {
    const summary = this.#parseValid(row);
    if (!summary || !row) return [];
    const source = this.#sources.idOf(Number(row['source'])) ?? '';
    return [toRow(summary, { source, withdrawn: row['withdrawn'] === 1, viewer })];
  }

  #saveDetail(rowid: number, detail: AssetDetail): void {
    // Computed here, since a text that SQLite hands over is copied once more.
    const text = JSON.stringify(detail);
    this.#sql('UPDATE asset_document SET detail = ?, detail_crc = ? WHERE asset = ?').run(
      text,
      checksum(rowid, text),
      rowid,
    );
  }

  #parseValid(row: Record<string, unknown> | undefined): AssetSummary | null {
    if (!row) return null;
    if (row['damaged'] !== 0) {
      this.#onDamaged(String(row['id']));
      return null;
    }
    // Validated when it was written; doing so again for every row of every keystroke would cost
    // more than the search.
    return { ...FROM_OUR_SERVICE, ...(JSON.parse(String(row['summary'])) as AssetSummary) };
  }

  #list(text: string, ...values: SQLInputValue[]): number[] {
    return this.#sql(text)
      .all(...values)
      .map((row) => Number(row['rowid']));
  }

  /** Rowids of the hits in the query's order. */
  #rowids(query: ReadQuery, { offset, count }: ListRange): number[] {
    const found = this.#hits(query);
    const { from, where, values } = found;
    const hits = `SELECT rowid FROM ${from} WHERE ${where}`;
    const order = ORDERS[query.sort];
    if (order) {
      const rowid = order.table === 'asset' ? 'rowid' : 'asset';
      const own = order.table === from || where === '1' ? where : `${rowid} IN (${hits})`;
      return this.#list(
        `SELECT ${rowid} AS rowid FROM ${order.table} WHERE ${own} ORDER BY ${order.by}, ${rowid} DESC LIMIT ? OFFSET ?`,
        ...values,
        count,
        offset,
      );
    }
    if (!isRanked(query, found))
      return this.#list(
        `${hits} ORDER BY rowid ${query.sort === 'oldest' ? 'ASC' : 'DESC'} LIMIT ? OFFSET ?`,
        ...values,
        count,
        offset,
      );
    const [oldest] = this.#list(
      `${hits} ORDER BY rowid DESC LIMIT 1 OFFSET ?`,
      ...values,
      MAX_RANKED - 1,
    );
    const rankedFrom = BigInt(oldest ?? 0);
    const ranked = this.#list(
      `${hits} AND rowid >= ? ORDER BY bm25(asset_text, 10, 8, 4, 1), rowid DESC LIMIT ? OFFSET ?`,
      ...values,
      rankedFrom,
      count,
      offset,
    );
    if (ranked.length === count || oldest === undefined) return ranked;
    return [
      ...ranked,
      ...this.#list(
        `${hits} AND rowid < ? ORDER BY rowid DESC LIMIT ? OFFSET ?`,
        ...values,
        rankedFrom,
        count - ranked.length,
        Math.max(0, offset - MAX_RANKED),
      ),
    ];
  }

  #hits({ clauses }: ReadQuery, except: SetField | null = null): Hits {
    const known: KnownValues = {
      sourceRowid: (id) => this.#sources.find(id),
      stored: (field) =>
        isInSets(field)
          ? this.#sets.valuesOf(field)
          : this.#sql(VALUES)
              .all(field)
              .map((row) => String(row['value'])),
      firstRowid,
      hidden: this.#sources.hidden,
    };
    return hitsOf(clauses, known, except);
  }

  #total({ from, where, values }: Hits): number {
    return Number(
      this.#sql(`SELECT count(*) AS n FROM ${from} WHERE ${where}`).get(...values)?.['n'],
    );
  }

  /** Counts the hits by value, of these facets. */
  #counted(hits: Hits, facets: readonly SetField[]): FacetCount[] {
    const singly = facets.filter((facet) => !isInSets(facet));
    const total = singly.length > 0 ? this.#total(hits) : 0;
    return [
      ...(facets.some(isInSets) ? this.#sets.count(hits) : []).filter(({ facet }) =>
        facets.includes(facet),
      ),
      ...singly.flatMap((facet) => this.#countedSingly(hits, total, facet)),
    ];
  }

  #countedSingly(hits: Hits, total: number, facet: SetField): FacetCount[] {
    const [source, ...others] = this.#sources.shown;
    if (facet === 'source' && source !== undefined && others.length === 0)
      return total === 0 ? [] : [{ facet, value: String(source), count: total }];
    // For many hits scanning all values in order is faster than looking each hit up.
    const isScanned = hits.where !== '1' && total > MAX_LOOKUPS;
    const among =
      hits.where === '1'
        ? ''
        : ` AND ${isScanned ? '+' : ''}asset IN (SELECT rowid FROM ${hits.from} WHERE ${hits.where})`;
    return this.#sql(
      `SELECT value, count(*) AS n FROM asset_facet WHERE facet = ?${among} GROUP BY value`,
    )
      .all(facet, ...hits.values)
      .map((row) => ({ facet, value: String(row['value']), count: Number(row['n']) }));
  }

  #applyOne(change: AssetChange, source: SourceState, nowMs: number): void {
    const { id } = change;
    const local = this.#sql('SELECT rowid, rev, stamp FROM asset WHERE id = ? AND source = ?').get(
      id,
      source.rowid,
    );
    const rowid = local === undefined ? null : Number(local['rowid']);
    if (rowid !== null)
      this.#sql('UPDATE asset SET generation = ? WHERE rowid = ?').run(source.generation, rowid);
    if (change.op === 'unlist') {
      if (rowid !== null) this.#unlist(rowid, nowMs);
      return;
    }
    const before = Number(local?.['rev'] ?? 0);
    const stamp = change.stamp ?? null;
    const rev = change.rev ?? before + 1;
    if (rowid !== null && (stamp === null ? before >= rev : local?.['stamp'] === stamp)) {
      if (stamp !== null && change.op === 'upsert') this.#relist(rowid);
      return;
    }
    if (change.op === 'delete') {
      if (rowid !== null) this.#remove(rowid);
    } else if (change.asset) {
      this.#put(change, { ...change.asset, rev }, { existing: rowid, stamp, source, nowMs });
    } else if (rowid !== null) {
      this.#sql(
        'UPDATE asset SET withdrawn = 1, rev = ?1, stamp = ?2, crc = checksum(rowid, id, source, ?1, ?2, duration_ms, 1) WHERE rowid = ?3',
      ).run(rev, stamp, rowid);
      // The service has its detail as it is now; of others what is here is all that there is.
      const detail = stamp === null ? 'NULL' : CANCELED_DETAIL;
      this.#sql(
        `UPDATE asset_document SET detail = ${detail}, detail_crc = checksum(asset, ${detail}), summary = ${CANCELED}, crc = checksum(asset, ${CANCELED}) WHERE asset = ?`,
      ).run(rowid);
    }
  }

  #unlist(rowid: number, nowMs: number): void {
    this.#sql(
      `UPDATE asset_document SET summary = ${UNLISTED}, crc = checksum(asset, ${UNLISTED}) WHERE asset = ?2 AND summary ->> '$.unlistedAt' IS NULL AND crc IS ${CRC.summary}`,
    ).run(nowMs, rowid);
  }

  /** An unchanged asset that had not been listed for a while. */
  #relist(rowid: number): void {
    this.#sql(
      `UPDATE asset_document SET summary = ${LISTED}, crc = checksum(asset, ${LISTED}) WHERE asset = ? AND summary ->> '$.unlistedAt' IS NOT NULL AND crc IS ${CRC.summary}`,
    ).run(rowid);
  }

  #remove(rowid: number): void {
    this.#sql('DELETE FROM asset_text WHERE rowid = ?').run(rowid);
    this.#sql('DELETE FROM asset_person WHERE rowid = ?').run(rowid);
    this.#sql('DELETE FROM asset WHERE rowid = ?').run(rowid);
  }

  /** As the stored summary has it; null if that is damaged. */
  #publishedAt(rowid: number): string | null {
    const row = this.#sql(
      `SELECT summary ->> '$.publishedAt' AS at FROM asset_document WHERE asset = ? AND crc IS ${CRC.summary}`,
    ).get(rowid);
    return typeof row?.['at'] === 'string' ? row['at'] : null;
  }

  /** @param existing rowid of an older revision, which is removed together with its detail */
  #put(
    change: AssetChange & { op: 'upsert' | 'withdraw' },
    { searchText, ...given }: IndexedSummary,
    {
      existing,
      stamp,
      source,
      nowMs,
    }: { existing: number | null; stamp: string | null; source: SourceState; nowMs: number },
  ): void {
    const before = existing === null ? null : this.#publishedAt(existing);
    const arrived =
      existing === null
        ? null
        : this.#sql('SELECT arrived FROM asset_order WHERE asset = ?').get(existing)?.['arrived'];
    if (existing !== null) this.#remove(existing);
    // What has no date was published when it was first seen, however often it is corrected.
    if (!given.isDateStated && before !== null) given.publishedAt = before;
    const asset =
      stamp === null ? given : { ...given, packageSizes: ofRev(given.packageSizes, given.rev) };
    const rowid =
      existing !== null && asset.publishedAt === before
        ? existing
        : freeRowid(Date.parse(asset.publishedAt), (from, below) =>
            Number(this.#sql(NEXT_ROWID).get(from, below)?.['rowid']),
          );
    const withdrawn = change.op === 'withdraw' ? 1 : 0;
    this.#sql(
      'INSERT INTO asset (rowid, id, source, rev, stamp, duration_ms, withdrawn, generation, crc) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, checksum(?1, ?2, ?3, ?4, ?5, ?6, ?7))',
    ).run(
      rowid,
      asset.id,
      source.rowid,
      asset.rev,
      stamp,
      asset.durationMs,
      withdrawn,
      source.generation,
    );
    // As in #saveDetail.
    const summary = JSON.stringify(asset);
    this.#sql(
      'INSERT INTO asset_document (asset, summary, crc, detail_crc) VALUES (?, ?, ?, ?)',
    ).run(rowid, summary, checksum(rowid, summary), checksum(rowid, null));
    if (change.op === 'upsert' && change.detail)
      this.#saveDetail(rowid, {
        ...change.detail,
        rev: asset.rev,
        publishedAt: asset.publishedAt,
        packages:
          stamp === null ? change.detail.packages : ofRev(change.detail.packages, asset.rev),
        packageSizes: asset.packageSizes,
      });
    this.#sql(
      'INSERT INTO asset_text (rowid, headline, slug, place, body) VALUES (?, ?, ?, ?, ?)',
    ).run(
      rowid,
      [asset.headline, ...(asset.otherHeadlines ?? [])].join('\n'),
      asset.slug,
      [asset.location, ...asset.countries].join(' '),
      `${asset.descriptionShort} ${asset.people.join(' ')} ${asset.topics.join(' ')} ${searchText}`,
    );
    const detail = (change.op === 'upsert' ? change.detail : undefined) ?? null;
    const people = peopleOf(asset, detail);
    if (people !== '')
      this.#sql('INSERT INTO asset_person (rowid, name) VALUES (?, ?)').run(rowid, people);
    const keys = sortKeysOf(asset);
    this.#sql(
      'INSERT INTO asset_order (asset, title, place, languages, format, bytes, arrived) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ).run(rowid, keys.title, keys.place, keys.languages, keys.format, keys.bytes, arrived ?? nowMs);
    const insert = this.#sql('INSERT INTO asset_facet (facet, value, asset) VALUES (?, ?, ?)');
    const values = facetValues(asset, detail);
    for (const [field, value] of values) if (!isInSets(field)) insert.run(field, value, rowid);
    this.#sets.put(rowid, values);
    insert.run('source', String(source.rowid), rowid);
  }
}

/** Packages whose versions are counted here are of the revision of their asset. */
const ofRev = <T extends { rev?: number | undefined }>(packages: readonly T[], rev: number) =>
  packages.map((one) => ({ ...one, rev }));

/** When the asset was published, ms since 1970; 0 if its last change lacks it. */
const timeOf = (changes: readonly AssetChange[]): number => {
  const last = changes.at(-1);
  return last && 'asset' in last && last.asset ? Date.parse(last.asset.publishedAt) : 0;
};
