import type * as z from 'zod';
import type { Clause } from '../../shared/api/query/parse.ts';
import type {
  articleOverview,
  articleQuery,
  articleSummary,
} from '../../shared/contract/articles.ts';
import type { range } from '../../shared/contract/common.ts';
import type { SourceId } from '../../shared/model/source.ts';
import type { ArticleChange, ArticleDetail, FormerText } from '../../shared/model/article.ts';

export type ArticleRow = z.infer<typeof articleSummary>;
export type ArticleQuery = z.infer<typeof articleQuery>;
export type ArticleOverview = z.infer<typeof articleOverview>;
/** A query as it was read, with the ids of the sources that it names. */
export type ReadArticleQuery = Omit<ArticleQuery, 'text'> & { clauses: readonly Clause[] };
export type ListRange = z.infer<typeof range>;
export type ArticleList = {
  total: number;
  unread: number;
  items: ArticleRow[];
  sections: { name: string; count: number }[];
  topics: { name: string; count: number }[];
};
/** What a reader marks; what is left out stays. */
export type ArticleMarks = {
  read?: boolean | undefined;
  starred?: boolean | undefined;
  tags?: readonly string[] | undefined;
  /** 0 to 1. */
  position?: number | undefined;
};
/** A picture of an article; `bytes` is null until it is here. */
export type Picture = {
  articleId: string;
  mediaType: string;
  /** Empty where it isn't stored, since it may hold a secret. */
  url: string;
  bytes: Uint8Array | null;
};

/** How an article is asked for. */
export type AskedArticle = {
  /** What is here of it; null if nothing is. */
  here: ArticleDetail | null;
  /** The text of its page is wanted, whatever is usual for its source, and nothing else will do. */
  isPageWanted: boolean;
};
/** Where articles come from. Throws `AppError` only. */
export interface ArticleSource {
  readonly id: SourceId;
  /** The whole article as it is published now, with the addresses of its pictures. */
  article(id: string, asked: AskedArticle): Promise<ArticleDetail>;
  /**
   * @param url absolute, or a path of the source
   * @param of the article that has it
   */
  picture(url: string, of: Pick<ArticleDetail, 'id' | 'canonicalUrl'>): Promise<Uint8Array>;
  /** True if the text is to be that of its page, which may still have it. */
  lacksPage?(detail: ArticleDetail): boolean;
}
/** Our own service, which tells of changes apart from those of its assets. */
export interface ServiceArticles extends ArticleSource {
  changes(since: string | null): Promise<{
    changes: ArticleChange[];
    cursor: string;
    hasMore: boolean;
  }>;
}

/** What decides which articles are here whole: see `storagePlan`. */
export type StoredArticle = {
  id: string;
  source: SourceId;
  section: string;
  topics: readonly string[];
  /** Ms since 1970. */
  publishedAt: number;
  isRead: boolean;
  /** Starred, tagged, or saved by hand. */
  isKept: boolean;
  /** The user has removed it, or its publisher doesn't allow it. */
  isUnwanted: boolean;
  isStored: boolean;
  /** It is here as it is published now. */
  isCurrent: boolean;
  /** Its text, bytes. */
  textBytes: number;
  /** Hashes of its pictures that are known, with their sizes in bytes. */
  pictures: readonly (readonly [sha256: string, bytes: number])[];
  /** What its pictures took that were here and aren't, bytes; null where that isn't known. */
  missingBytes: number | null;
  /** Its publisher's limit, ms since 1970. */
  until: number | null;
};

/** Local articles of the shown sources: rows of all, full texts of the stored ones. */
export interface ArticleStore {
  cursor(source: SourceId): Promise<string | null>;
  /** @throws `service-error` if the library would grow too large; nothing is applied then */
  apply(source: SourceId, changes: ArticleChange[], cursor: string): Promise<string[]>;
  list(query: ReadArticleQuery, range: ListRange): Promise<ArticleList>;
  /** Ids of all hits, newest first. */
  ids(query: ReadArticleQuery): Promise<string[]>;
  /** @param ownLanguage of our own service, what it has in this language alone; null for all */
  overview(ownLanguage: string | null): Promise<ArticleOverview>;
  row(id: string): Promise<ArticleRow | null>;
  detail(
    id: string,
  ): Promise<{ detail: ArticleDetail; former: FormerText | null; position: number } | null>;
  /** All that are shown and not withdrawn, newest first. */
  stored(): Promise<StoredArticle[]>;
  /**
   * What may be secret in addresses of its pictures isn't stored.
   *
   * @throws `withdrawn` if its source has taken it back; nothing of it is stored then
   */
  save(detail: ArticleDetail): Promise<void>;
  /** Says that they are to be here, and stay whatever is cleared away. */
  want(ids: readonly string[]): Promise<void>;
  /**
   * Says that the text and all its pictures are here.
   *
   * @param byHand it stays whatever is cleared away; else it is as it was
   */
  setStored(id: string, byHand: boolean): Promise<void>;
  /**
   * Removes texts and pictures; of a source that isn't asked for single articles the texts stay.
   *
   * @param byHand it isn't stored again by itself
   */
  unstore(ids: readonly string[], byHand: boolean): Promise<void>;
  mark(ids: readonly string[], marks: ArticleMarks): Promise<void>;
  /** Null if no local article has it. */
  picture(mediaId: string): Promise<Picture | null>;
  /** Pictures of this article that are not here. */
  missingPictures(id: string): Promise<{ mediaId: string; url: string }[]>;
  /** How many of its pictures are here, and what they take, bytes: the same one counts once. */
  picturesHere(id: string): Promise<{ count: number; bytes: number }>;
  /**
   * @throws `hash-mismatch` if its publisher states another hash, `disk-full`, `disk-error`,
   * `service-error` if it isn't a picture or pictures take too much; nothing is saved then
   */
  savePicture(mediaId: string, bytes: Uint8Array): Promise<void>;
  /** Removes pictures that no article refers to. */
  removeUnusedPictures(): Promise<void>;
  /** All that is here of a source counts as out of date: it is fetched again. */
  outdate(source: SourceId): Promise<void>;
  /** Removes articles of a source, some at a time; those that are kept become saved pages. @returns whether there are more */
  removeArticles(source: SourceId): Promise<boolean>;
  relatedTo(assetId: string): Promise<{ id: string; headline: string }[]>;
  count(): Promise<number>;
  storedBytes(): Promise<number>;
}
