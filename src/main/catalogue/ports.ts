import type * as z from 'zod';
import type { AssetChange, AssetChanges, AssetDetail } from '../../shared/api/catalogue.ts';
import type { assetSummary, catalogueQuery } from '../../shared/contract/catalogue.ts';
import type { range } from '../../shared/contract/common.ts';
import type { Unavailable } from '../../shared/api/unavailable.ts';

export type AssetRow = z.infer<typeof assetSummary>;
/**
 * What rights there are to an asset at one moment; `embargoUntil` is null once it has lifted, a
 * revision where the service does not tell it.
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

/** The catalogue part of the service. Throws `AppError` only. */
export interface CatalogueApi {
  /** @throws `cursor-expired` when the cursor is too old: start anew without one. */
  changes(since: string | null): Promise<AssetChanges>;
  asset(id: string): Promise<AssetDetail>;
}

/** The catalogue on this machine, with its full-text index. */
export interface CatalogueStore {
  cursor(): Promise<string | null>;
  /** Language the summaries are kept in; null before the first sync. */
  language(): Promise<string | null>;
  /**
   * What is kept is fetched anew in this language; until then it stays as it is, and can be
   * searched.
   */
  restart(language: string): Promise<void>;
  /**
   * One transaction: the changes and the cursor that covers them. An entry whose rev is not above
   * the local one is passed over.
   */
  apply(changes: AssetChange[], cursor: string): Promise<void>;
  /** Before a full snapshot: afterwards `sweep` removes what the snapshot no longer had. */
  beginSnapshot(): Promise<void>;
  /**
   * Once a snapshot is complete, also one that was begun before a restart; otherwise it does
   * nothing.
   */
  sweep(): Promise<void>;
  search(
    query: CatalogueQuery,
    range: ListRange,
    nowMs: number,
  ): Promise<{ total: number; items: AssetRow[] }>;
  facets(query: CatalogueQuery, nowMs: number): Promise<FacetCounts>;
  ids(query: CatalogueQuery): Promise<string[]>;
  rows(ids: string[], nowMs: number): Promise<AssetRow[]>;
  /** Of those that the catalogue has. */
  rights(ids: string[], nowMs: number): Promise<AssetRights[]>;
  detail(id: string): Promise<AssetDetail | null>;
  saveDetail(detail: AssetDetail): Promise<void>;
  /** Path or address of the picture on cards. */
  thumbnailUrl(id: string): Promise<string | null>;
  previewUrl(id: string): Promise<string | null>;
  count(): Promise<number>;
}
