import type * as z from 'zod';
import type { ArticleChange, ArticleChanges, ArticleDetail } from '../../shared/api/articles.ts';
import type { articleQuery, articleSummary } from '../../shared/contract/articles.ts';
import type { range } from '../../shared/contract/common.ts';
import type { SourceId } from '../../shared/model/source.ts';

export type ArticleRow = z.infer<typeof articleSummary>;
export type ArticleQuery = z.infer<typeof articleQuery>;
export type ListRange = z.infer<typeof range>;
export type ArticleList = {
  total: number;
  unread: number;
  items: ArticleRow[];
  sections: { name: string; count: number }[];
};
/** A picture of a stored article; `bytes` is null until it was saved. */
export type Picture = {
  sha256: string;
  mediaType: string;
  url: string;
  bytes: Uint8Array | null;
};

/** The service's articles endpoints. Throws `AppError` only. */
export interface ArticlesApi {
  changes(since: string | null): Promise<ArticleChanges>;
  article(id: string): Promise<ArticleDetail>;
  picture(url: string): Promise<Uint8Array>;
}

/** Local articles of the shown sources: rows of all, full texts of the stored ones. */
export interface ArticleStore {
  cursor(source: SourceId): Promise<string | null>;
  /** @throws `service-error` if the library would grow too large; nothing is applied then */
  apply(source: SourceId, changes: ArticleChange[], cursor: string): Promise<string[]>;
  list(query: ArticleQuery, range: ListRange): Promise<ArticleList>;
  row(id: string): Promise<ArticleRow | null>;
  detail(id: string): Promise<{ detail: ArticleDetail; position: number } | null>;
  /**
   * Ids of articles that may be kept offline and are not stored in their current revision, newest
   * first.
   */
  missing(limit: number): Promise<string[]>;
  save(detail: ArticleDetail): Promise<void>;
  /** Marks whether the text and all its pictures are stored for reading offline. */
  setStored(id: string, stored: boolean): Promise<void>;
  mark(id: string, marks: { read?: boolean; position?: number }): Promise<void>;
  /** Null if no local article has it. */
  picture(mediaId: string): Promise<Picture | null>;
  /** Pictures of this article that are not stored. */
  missingPictures(id: string): Promise<{ sha256: string; url: string }[]>;
  /**
   * @throws `hash-mismatch` if the bytes do not have this digest, `disk-full`, `disk-error`,
   * `service-error` if the pictures of this service take too much; nothing is saved then
   */
  savePicture(sha256: string, bytes: Uint8Array): Promise<void>;
  /** Removes pictures that no stored article refers to. */
  removeUnusedPictures(): Promise<void>;
  relatedTo(assetId: string): Promise<{ id: string; headline: string }[]>;
  count(): Promise<number>;
  storedBytes(): Promise<number>;
}
