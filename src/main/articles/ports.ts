import type * as z from 'zod';
import type { ArticleChange, ArticleChanges, ArticleDetail } from '../../shared/api/articles.ts';
import type { articleQuery, articleSummary } from '../../shared/contract/articles.ts';
import type { range } from '../../shared/contract/common.ts';

export type ArticleRow = z.infer<typeof articleSummary>;
export type ArticleQuery = z.infer<typeof articleQuery>;
export type ListRange = z.infer<typeof range>;
export type ArticleList = {
  total: number;
  unread: number;
  items: ArticleRow[];
  sections: { name: string; count: number }[];
};
/** A picture of a stored text; `bytes` is null until they have been saved here. */
export type Picture = {
  sha256: string;
  mediaType: string;
  url: string;
  bytes: Uint8Array | null;
};

/** The articles part of the service. Throws `AppError` only. */
export interface ArticlesApi {
  changes(since: string | null): Promise<ArticleChanges>;
  article(id: string): Promise<ArticleDetail>;
  picture(url: string): Promise<Uint8Array>;
}

/** Articles on this machine: rows of all, whole texts of those stored. */
export interface ArticleStore {
  cursor(): Promise<string | null>;
  apply(changes: ArticleChange[], cursor: string): Promise<string[]>;
  list(query: ArticleQuery, range: ListRange): Promise<ArticleList>;
  row(id: string): Promise<ArticleRow | null>;
  detail(id: string): Promise<{ detail: ArticleDetail; position: number } | null>;
  /** Newest first: allowed offline, and not stored in their present revision. */
  missing(limit: number): Promise<string[]>;
  save(detail: ArticleDetail): Promise<void>;
  /** All pictures of the text are on this machine: it can be read offline from now on. */
  setStored(id: string, stored: boolean): Promise<void>;
  mark(id: string, marks: { read?: boolean; position?: number }): Promise<void>;
  /** Null where no article on this machine has it. */
  picture(mediaId: string): Promise<Picture | null>;
  /** Pictures of this text that are not on this machine. */
  missingPictures(id: string): Promise<{ sha256: string; url: string }[]>;
  /**
   * @throws `hash-mismatch` when the bytes are not what the name says, `disk-full`, `disk-error`;
   * nothing is saved then.
   */
  savePicture(sha256: string, bytes: Uint8Array): Promise<void>;
  /** Removes what no article needs any more. */
  removeUnusedPictures(): Promise<void>;
  relatedTo(assetId: string): Promise<{ id: string; headline: string }[]>;
  count(): Promise<number>;
  storedBytes(): Promise<number>;
}
