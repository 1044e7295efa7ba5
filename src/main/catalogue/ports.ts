import type * as z from 'zod';
import type { AssetChange, AssetChanges, AssetDetail } from '../../shared/api/catalogue.ts';
import type { assetSummary, catalogueQuery } from '../../shared/contract/catalogue.ts';
import type { range } from '../../shared/contract/common.ts';
import type { Unavailable } from '../../shared/api/unavailable.ts';

export type AssetRow = z.infer<typeof assetSummary>;
/**
 * The rights to an asset at one moment. `embargoUntil` is null once it has lifted, `rev` if the
 * service does not provide it.
 */
export type AssetRights = {
  assetId: string;
  unavailable: Unavailable | null;
  embargoUntil: number | null;
  expiresAt: number | null;
  packages: { packageId: string; rev: number | null }[];
};
export type CatalogueQuery = z.infer<typeof catalogueQuery>;
export type ListRange = z.infer<typeof range>;
export type FacetCounts = Record<string, { value: string; label: string; count: number }[]>;

/** The service's catalogue endpoints. Throws `AppError` only. */
export interface CatalogueApi {
  /** @throws `cursor-expired` if the cursor is too old; start again with null */
  changes(since: string | null): Promise<AssetChanges>;
  asset(id: string): Promise<AssetDetail>;
}

/** The local catalogue with its full-text index. */
export interface CatalogueStore {
  cursor(): Promise<string | null>;
  /** Language of the stored summaries; null before the first sync. */
  language(): Promise<string | null>;
  /** Starts a full sync in another language; until it is complete the old rows stay searchable. */
  restart(language: string): Promise<void>;
  /**
   * Applies changes and the cursor that covers them in one transaction. An entry whose `rev` is not
   * above the local one is ignored.
   *
   * @throws `service-error` if the service has sent more than is stored; nothing is applied then
   */
  apply(changes: AssetChange[], cursor: string): Promise<void>;
  /** Begins a full snapshot; `sweep` then removes the rows it did not contain. */
  beginSnapshot(): Promise<void>;
  /** Call after a complete snapshot, also one begun before a restart; otherwise it does nothing. */
  sweep(): Promise<void>;
  search(
    query: CatalogueQuery,
    range: ListRange,
    nowMs: number,
  ): Promise<{ total: number; items: AssetRow[] }>;
  facets(query: CatalogueQuery, nowMs: number): Promise<FacetCounts>;
  ids(query: CatalogueQuery): Promise<string[]>;
  rows(ids: string[], nowMs: number): Promise<AssetRow[]>;
  /** Ids that are not in the catalogue are skipped. */
  rights(ids: string[], nowMs: number): Promise<AssetRights[]>;
  detail(id: string): Promise<AssetDetail | null>;
  saveDetail(detail: AssetDetail): Promise<void>;
  /** Path or URL of the picture on cards. */
  thumbnailUrl(id: string): Promise<string | null>;
  previewUrl(id: string): Promise<string | null>;
  count(): Promise<number>;
}
