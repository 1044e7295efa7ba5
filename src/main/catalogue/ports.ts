import type * as z from 'zod';
import type { ArticleChange } from '../../shared/model/article.ts';
import type { AssetChange, AssetDetail } from './asset.ts';
import type {
  assetSummary,
  catalogueQuery,
  renditionValues,
} from '../../shared/contract/catalogue.ts';
import type { range } from '../../shared/contract/common.ts';
import type { RightsVerdict } from '../../shared/api/rights.ts';
import type { Query } from '../../shared/api/query/parse.ts';
import type { RightsViewer } from './rights.ts';
import type { SourceId } from '../../shared/model/source.ts';

export type AssetRow = z.infer<typeof assetSummary>;
/** The rights to an asset at one moment. `rev` is null if the service does not provide it. */
export type AssetRights = {
  assetId: string;
  source: SourceId;
  slug: string;
  verdict: RightsVerdict;
  /** When its embargo lifts or has lifted, ms since 1970; null if it never had one. */
  embargoEndsMs: number | null;
  packages: { packageId: string; rev: number | null }[];
};
export type CatalogueQuery = z.infer<typeof catalogueQuery>;
/** A query as it was read, with the ids of the sources that it names. */
export type ReadQuery = Pick<CatalogueQuery, 'sort'> & Pick<Query, 'clauses'>;
export type ListRange = z.infer<typeof range>;
export type RenditionValues = z.infer<typeof renditionValues>;
export type FacetCounts = Record<string, { value: string; label: string; count: number }[]>;

/** What a source can and can't promise. Nothing above the port asks which kind it is. */
export type Capabilities = {
  accounts: 'required' | 'key' | 'none';
  /** What vouches for files: see `integrity` of an asset. */
  integrity: 'signed' | 'published' | 'recorded';
  /** Whether sizes are exact, may be wrong, or are unknown before the first answer. */
  sizes: 'exact' | 'hint' | 'none';
  /** How changes are found: told by the source, or by comparing what it lists. */
  changes: 'cursor' | 'list';
  withdrawals: 'announced' | 'checked';
  restrictions: 'data' | 'none';
  /** Texts come in the language of the interface. */
  isLocalised: boolean;
  /** Shortest time between two syncs. */
  minPollSeconds: number;
};

/**
 * Part of a sync, applied in one transaction together with its mark, from which a later sync goes
 * on. A full list consists of steps of which the first begins and the last completes it; what it
 * lacks is then gone from the source.
 */
export type SyncStep = {
  changes: AssetChange[];
  /** Of a source whose documents have both. */
  articles?: ArticleChange[];
  mark: string;
  list: { begins: boolean; completes: boolean; missing: 'removed' | 'unlisted' } | null;
};

/**
 * Why a sync failed, in the words of a source's status; `faultOf` (`sync-fault.ts`) reads them from
 * the errors that a source throws.
 *
 * - `limited`: it asks for a pause (`detail.retryAfterMs` if it says how long)
 * - `blocked`: something else than the source answered, such as a check for browsers
 * - `key-refused`: it requires a key or a password, or refused ours
 * - `origin-refused`: it lets this program, address or network in no more
 * - `offline`: it can't be reached or doesn't work now
 * - `changed-shape`: it answers with what isn't understood; `detail.retryable` if it was cut off
 * - `gone`: it says that it is closed for good: don't ask again
 */
export type SyncFault =
  | 'limited'
  | 'blocked'
  | 'key-refused'
  | 'origin-refused'
  | 'offline'
  | 'changed-shape'
  | 'gone';

/**
 * Where assets come from. Throws `AppError` only, with a code that `faultOf` tells apart; a partial
 * or blocked answer throws and never ends a list.
 */
export interface CatalogueSource {
  readonly id: SourceId;
  /** True for the ids that its assets and packages have here; no other source has them. */
  owns(id: string): boolean;
  readonly capabilities: Capabilities;
  /**
   * Fetches what is new since `mark`; null fetches everything. Can be stopped and repeated at any
   * point.
   *
   * @param isThorough somebody wants to know now: what is otherwise looked at once a day or week, such
   * as what has been taken back, is looked at too
   */
  sync(mark: string | null, signal: AbortSignal, isThorough?: boolean): AsyncIterable<SyncStep>;
  /** Null where the list had all that there is. */
  detail(assetId: string): Promise<AssetDetail | null>;
}

/** What the library has of an asset. `stamp` is null where its source counts revisions. */
export type HeldAsset = {
  id: string;
  stamp: string | null;
  publishedAt: number;
  isWithdrawn: boolean;
  isUnlisted: boolean;
};

/** The local catalogue of all sources with its full-text index. */
export interface CatalogueStore {
  mark(source: SourceId): Promise<string | null>;
  /** Language of the stored summaries; null before the first sync. */
  language(source: SourceId): Promise<string | null>;
  /** Starts a full sync in another language; until it is complete the old rows stay searchable. */
  restart(source: SourceId, language: string): Promise<void>;
  /**
   * Applies a step in one transaction.
   *
   * @throws `service-error` if the source would fill more than its limit; nothing is applied then
   */
  apply(source: SourceId, step: SyncStep, nowMs: number): Promise<void>;
  /** The assets of a source that is shown: for one that has to ask for each whether it is there. */
  held(source: SourceId): Promise<HeldAsset[]>;
  /** All sources that it has ever had rows of, shown or not. */
  sourceIds(): Promise<SourceId[]>;
  /** Removes assets of a source, some at a time. @returns whether there are more */
  removeAssets(source: SourceId): Promise<boolean>;
  search(
    query: ReadQuery,
    range: ListRange,
    viewer: RightsViewer,
  ): Promise<{ total: number; items: AssetRow[] }>;
  facets(query: ReadQuery): Promise<FacetCounts>;
  /** What the newest packages state of their films, the most frequent first. */
  renditionValues(): Promise<RenditionValues>;
  ids(query: ReadQuery): Promise<string[]>;
  /** Ids with the revisions of their assets, as many as `ids` has. */
  revisions(query: ReadQuery): Promise<{ id: string; rev: number }[]>;
  /** @param arrivedAfter counts only what came to this computer later, ms since 1970; null counts all */
  count(query: ReadQuery, arrivedAfter: number | null): Promise<number>;
  /**
   * Of each word that nothing begins with, the one that is most like it; words without accents. None
   * where there are more than a few.
   *
   * @param words folded
   */
  similarWords(words: readonly string[]): Promise<Record<string, string>>;
  rows(ids: string[], viewer: RightsViewer): Promise<AssetRow[]>;
  /** Of the assets whose slug this is, in any case; none for a slug that nothing has. */
  idsOfSlug(slug: string): Promise<string[]>;
  /** Ids that are not in the catalogue are skipped. */
  rights(ids: string[], viewer: RightsViewer): Promise<AssetRights[]>;
  detail(id: string): Promise<AssetDetail | null>;
  saveDetail(detail: AssetDetail): Promise<void>;
  /** Path or URL of the picture on cards. */
  thumbnailUrl(id: string): Promise<string | null>;
  previewUrl(id: string): Promise<string | null>;
  /** Number of assets by source, of the shown ones. */
  counts(): Promise<Record<SourceId, number>>;
}
