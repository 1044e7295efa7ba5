import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import type { articleDetail } from '../../shared/contract/articles.ts';
import { AppError } from '../../shared/errors.ts';
import { withSourceIds } from '../../shared/api/query/edit.ts';
import { parseQuery } from '../../shared/api/query/parse.ts';
import { MAX_IDS } from '../../shared/model/article-limits.ts';
import { boundedRun } from '../../shared/model/changes.ts';
import { isForeignSource, SAVED_PAGES, type SourceId } from '../../shared/model/source.ts';
import type { ArticleChange, ArticleDetail } from '../../shared/model/article.ts';
import type {
  ArticleList,
  ArticleMarks,
  ArticleOverview,
  ArticleQuery,
  ArticleRow,
  ArticleSource,
  ArticleStore,
  ListRange,
  ReadArticleQuery,
  ServiceArticles,
} from './ports.ts';
import { isSettled } from './settled.ts';
import { storagePlan, storageView, type StoragePlan, type StorageRules } from './storage.ts';

export type ArticleView = z.infer<typeof articleDetail>;
type Options = {
  store(): ArticleStore;
  /** Where an article comes from; null while that isn't open. */
  sourceOf(id: string): ArticleSource | null;
  /** What people call the sources. */
  sourceNames(): readonly { id: SourceId; name: string }[];
  rules(): StorageRules;
  nowMs(): number;
  /** Rows of the related assets. */
  assets(ids: string[]): Promise<ArticleView['relatedAssets']>;
  /** None for many; with the marks of a reader if that is all. */
  onChanged(ids: string[], marks?: { read?: boolean; starred?: boolean; tags?: string[] }): void;
};

/** Of the room for all articles, what the pictures of one may take that nobody has asked for. */
const MAX_SHARE = 0.1;
/**
 * How long a publisher is waited for while what is to be here is fetched, ms: one that answers slowly
 * must not keep the articles of all others from being here. The next check goes on with its rest.
 */
const MAX_SOURCE_MS = 5 * 60_000;
/** … and with the pictures of one article, of which the rest come when it is opened. */
const MAX_PICTURES_MS = 60_000;
/** Faults after which the next article would fail too. */
const ENDS = ['offline', 'service-unreachable', 'timeout', 'disk-full', 'disk-error'];
/** Lists are read again when they are told of a change: no more often than this while many come. */
const TELL_INTERVAL_MS = 500;
/** Faults of saving a picture that can be shown all the same. */
const UNSAVED = ['disk-full', 'disk-error', 'service-error'];

const isFault = (thrown: unknown, codes: readonly string[]): boolean =>
  thrown instanceof AppError && codes.includes(thrown.code);

/** Articles of a run, and sources that couldn't be reached in it. */
type Tried = {
  tried: Set<string>;
  away: Set<SourceId>;
  /** How long each was waited for, ms. */
  usedMs: Map<SourceId, number>;
};
const nothingTried = (): Tried => ({ tried: new Set(), away: new Set(), usedMs: new Map() });

/** The articles of all sources: lists, texts and offline copies. Throws `AppError` only. */
export class Articles {
  readonly #options: Options;
  /** What was marked as read last, which can be undone. */
  #read: { token: string; ids: string[] } | null = null;
  #storing: Promise<void> | null = null;
  /** Articles whose pages are being read. */
  readonly #paging = new Set<string>();

  constructor(options: Options) {
    this.#options = options;
  }

  get #store(): ArticleStore {
    return this.#options.store();
  }

  list(query: ArticleQuery, range: ListRange): Promise<ArticleList> {
    return this.#store.list(this.#readQuery(query), range);
  }

  ids(query: ArticleQuery): Promise<string[]> {
    return this.#store.ids(this.#readQuery(query));
  }

  /** As many of them as a command takes, and how many there are. */
  async firstIds(query: ArticleQuery): Promise<{ ids: string[]; total: number }> {
    const found = await this.ids(query);
    return { ids: found.slice(0, MAX_IDS), total: found.length };
  }

  overview(ownLanguage: string | null = null): Promise<ArticleOverview> {
    return this.#store.overview(ownLanguage);
  }

  /** Reads the stored copy if it is of the current revision, else fetches the article. */
  async get(id: string): Promise<ArticleView> {
    const { row, detail, isChanged } = await this.#detail(id);
    return this.#view(detail, row, isChanged);
  }

  async isHere(id: string): Promise<boolean> {
    return (await this.#store.row(id)) !== null;
  }

  /** What there is of an article, as `get` shows it. @throws `not-found`, `withdrawn` */
  async detail(id: string): Promise<ArticleDetail> {
    return (await this.#detail(id)).detail;
  }

  async #detail(
    id: string,
  ): Promise<{ row: ArticleRow; detail: ArticleDetail; isChanged: boolean }> {
    const row = await this.#store.row(id);
    if (!row) throw new AppError('not-found', 'No such article');
    if (row.withdrawn)
      throw new AppError('withdrawn', 'Withdrawn by the publisher. Do not use it.');
    let stored = await this.#store.detail(id);
    if (!stored || stored.detail.rev < row.rev) {
      try {
        await this.#fetch(id, row.rev);
        stored = await this.#store.detail(id);
      } catch (thrown) {
        // an outdated copy is better than none, but for one that was taken back meanwhile
        if (!stored || !(thrown instanceof AppError) || thrown.code === 'withdrawn') throw thrown;
      }
    } else if (this.#options.sourceOf(id)?.lacksPage?.(stored.detail)) void this.#fetchPage(row);
    if (!stored) throw new AppError('not-found', 'This article is no longer available');
    return { row, detail: stored.detail, isChanged: stored.former !== null };
  }

  /** Replaces the text by that of its page while the one that is here can be read. */
  async #fetchPage({ id, rev, stored }: ArticleRow): Promise<void> {
    if (this.#paging.has(id)) return;
    this.#paging.add(id);
    try {
      await (stored ? this.#storeComplete(id, { byHand: false }) : this.#fetch(id, rev));
      this.#options.onChanged([id]);
    } catch (thrown) {
      // It is asked for again when the article is opened the next time.
      if (!(thrown instanceof AppError)) throw thrown;
    } finally {
      this.#paging.delete(id);
    }
  }

  /**
   * Takes the text from the article's page, whatever is usual for its source, and stores it with its
   * pictures for good.
   * @throws what the page answers; what was here stays then
   */
  async takePage(id: string): Promise<void> {
    const row = await this.#store.row(id);
    if (row?.withdrawn)
      throw new AppError('withdrawn', 'Withdrawn by the publisher. Do not use it.');
    await this.#storeComplete(id, { byHand: true, isPageWanted: true });
    this.#options.onChanged([id]);
  }

  /** Stores a page that was just read as an article, with its pictures, for good. */
  async keepPage(page: ArticleChange & { detail: ArticleDetail }): Promise<void> {
    const { id, detail } = page;
    await this.#store.apply(SAVED_PAGES, [page], '');
    await this.#store.setStored(id, true);
    try {
      await this.#storePictures(
        id,
        new Map(detail.media.map(({ mediaId, url }) => [mediaId, url])),
      );
    } catch (thrown) {
      // The text is what was wished; pictures that didn't come are asked for when they are shown.
      if (!(thrown instanceof AppError) || isFault(thrown, ['disk-full', 'disk-error']))
        throw thrown;
    } finally {
      this.#options.onChanged([id]);
    }
  }

  /** The text as it is and as it was before it was corrected. @throws `not-found` */
  async correction(id: string): Promise<{ now: ArticleText; before: ArticleText }> {
    const stored = await this.#store.detail(id);
    if (!stored?.former) throw new AppError('not-found', 'No earlier text of this article is here');
    return { now: textOf(stored.detail), before: textOf(stored.former) };
  }

  async mark(ids: readonly string[], marks: ArticleMarks): Promise<void> {
    await this.#store.mark(ids, marks);
    const { read, starred, tags } = marks;
    if (read !== undefined || starred !== undefined || tags !== undefined)
      this.#options.onChanged([...ids], {
        ...(read !== undefined && { read }),
        ...(starred !== undefined && { starred }),
        ...(tags !== undefined && { tags: [...tags] }),
      });
  }

  async markAllRead(query: ArticleQuery): Promise<{ count: number; undo: string }> {
    const ids = await this.#store.ids({ ...this.#readQuery(query), unreadOnly: true });
    const token = randomUUID();
    this.#read = { token, ids };
    await this.#store.mark(ids, { read: true });
    this.#options.onChanged([]);
    return { count: ids.length, undo: token };
  }

  /** @throws `not-found` */
  async undoRead(token: string): Promise<void> {
    if (this.#read?.token !== token)
      throw new AppError('not-found', 'This can’t be undone any more');
    const { ids } = this.#read;
    this.#read = null;
    await this.#store.mark(ids, { read: false });
    this.#options.onChanged([]);
  }

  /**
   * Stores articles for good, or removes them. What doesn't come now is fetched with the next sync.
   *
   * @returns how many are here
   * @throws the first fault, if none is
   */
  async setStored(ids: readonly string[], stored: boolean): Promise<number> {
    if (!stored) {
      await this.#store.unstore(ids, true);
      await this.#store.removeUnusedPictures();
      this.#options.onChanged([...ids]);
      return 0;
    }
    await this.#store.want(ids);
    let count = 0;
    const failure = await this.#storeEach(ids, { byHand: true, ...nothingTried() }, () => {
      count += 1;
      return true;
    });
    if (count === 0 && failure !== null) throw failure;
    return count;
  }

  /** Fetches the changes of our own service, then what is to be here. */
  async sync(service: ServiceArticles): Promise<void> {
    const { id: source } = service;
    let since = await this.#store.cursor(source);
    const check = boundedRun(since);
    for (let more = true; more;) {
      const page = await changesOf(service, since);
      check(page);
      const changed = await this.#store.apply(source, page.changes, page.cursor);
      if (changed.length > 0) this.#options.onChanged(changed);
      since = page.cursor;
      more = page.hasMore;
    }
    await this.keep();
  }

  /** What stored articles take, and what would go first. */
  async storage(): Promise<ReturnType<typeof storageView>> {
    return storageView(await this.#plan(), this.#options.rules());
  }

  /** What is here, what is to be fetched, and what goes. */
  async #plan(): Promise<StoragePlan> {
    const { rules, nowMs } = this.#options;
    return storagePlan(await this.#store.stored(), rules(), nowMs());
  }

  /**
   * Brings what is here in line with the rules. A failing article does not stop the others; the first
   * error is thrown at the end. Concurrent calls share one run.
   */
  keep(): Promise<void> {
    this.#storing ??= this.#keep().finally(() => {
      this.#storing = null;
    });
    return this.#storing;
  }

  async #keep(): Promise<void> {
    let failure: unknown = null;
    const run = { byHand: false, ...nothingTried() };
    // What pictures take is known once they are here: if it is more than was planned, what goes for
    // them, and what has room then, is planned anew.
    for (let isOver = true; isOver;) {
      let { fetch, leftBytes } = await this.#removed();
      // What is kept may take more than there is; nothing else is fetched then.
      const hasRoom = leftBytes >= 0;
      isOver = false;
      const fault = await this.#storeEach(fetch, run, (bytes) => {
        leftBytes -= bytes;
        isOver = hasRoom && leftBytes < 0;
        return !isOver;
      });
      failure ??= fault;
    }
    await this.#store.removeUnusedPictures();
    if (failure !== null) throw failure;
  }

  /**
   * Stores one after the other, and tells of them as they come. One that fails doesn't stop the
   * others; of a source that can't be reached no further one is tried.
   *
   * @param run what was tried before isn't tried again
   * @param onStored told what was fetched, bytes; false ends it
   * @returns the first fault, null without any
   * @throws if the disk takes nothing more
   */
  async #storeEach(
    ids: readonly string[],
    { byHand, tried, away, usedMs }: { byHand: boolean } & Tried,
    onStored: (bytes: number) => boolean,
  ): Promise<unknown> {
    const { nowMs, onChanged, sourceOf } = this.#options;
    let failure: unknown = null;
    let stored: string[] = [];
    let toldAt = nowMs();
    const tell = (): void => {
      if (stored.length > 0) onChanged(stored);
      stored = [];
      toldAt = nowMs();
    };
    try {
      for (const id of ids) {
        const source = sourceOf(id);
        if (tried.has(id) || (source && away.has(source.id))) continue;
        tried.add(id);
        const startedAt = nowMs();
        try {
          const bytes = await this.#storeComplete(id, { byHand });
          stored.push(id);
          // Also by a clock that was put back.
          if (Math.abs(nowMs() - toldAt) >= TELL_INTERVAL_MS) tell();
          if (!onStored(bytes)) break;
        } catch (thrown) {
          if (!(thrown instanceof AppError) || isFault(thrown, ['disk-full', 'disk-error']))
            throw thrown;
          // One that was taken back while it was on its way is no fault, unless somebody asked for it.
          if (byHand || thrown.code !== 'withdrawn') failure ??= thrown;
          if (source && isFault(thrown, ENDS)) away.add(source.id);
        } finally {
          // Nobody has asked for these, and the next ones may be another publisher's.
          if (!byHand && source && isForeignSource(source.id)) {
            const used = (usedMs.get(source.id) ?? 0) + Math.max(0, nowMs() - startedAt);
            usedMs.set(source.id, used);
            if (used > MAX_SOURCE_MS) away.add(source.id);
          }
        }
      }
    } finally {
      tell();
    }
    return failure;
  }

  /** Removes what has to go. @returns what is to be fetched, and how much room there is for it, bytes */
  async #removed(): Promise<{ fetch: readonly string[]; leftBytes: number }> {
    const { fetch, remove, groups } = await this.#plan();
    if (remove.length > 0) {
      const ids = remove.map(({ id }) => id);
      await this.#store.unstore(ids, false);
      await this.#store.removeUnusedPictures();
      this.#options.onChanged(ids);
    }
    const usedBytes = Object.values(groups).reduce((sum, { bytes }) => sum + bytes, 0);
    return { fetch, leftBytes: this.#options.rules().limitBytes - usedBytes };
  }

  /** Removes what would go first, to free about so many bytes. @returns what was freed */
  async free(bytes: number): Promise<{ bytes: number; articles: number }> {
    const { remove, next } = await this.#plan();
    let freed = 0;
    const ids: string[] = [];
    for (const one of [...remove, ...next]) {
      if (freed >= bytes) break;
      freed += one.bytes;
      ids.push(one.id);
    }
    // They would be fetched again if the rules still ask for them.
    await this.#store.unstore(ids, true);
    await this.#store.removeUnusedPictures();
    this.#options.onChanged([]);
    return { bytes: freed, articles: ids.length };
  }

  /**
   * Reads a picture from disk or fetches it; what was fetched is stored. Null if no article has
   * it.
   */
  async picture(mediaId: string): Promise<{ mediaType: string; bytes: Uint8Array } | null> {
    const picture = await this.#store.picture(mediaId);
    if (!picture) return null;
    const { mediaType, url, articleId } = picture;
    if (picture.bytes) return { mediaType, bytes: picture.bytes };
    const source = this.#options.sourceOf(articleId);
    if (!source) throw new AppError('offline', 'The source of this article isn’t open');
    const here = (await this.#store.detail(articleId))?.detail ?? null;
    const address = url === '' ? await addressOf(source, articleId, mediaId, here) : url;
    if (address === null) return null;
    const bytes = await source.picture(address, articleOf(articleId, here));
    try {
      await this.#store.savePicture(mediaId, bytes);
    } catch (thrown) {
      // A picture that cannot be saved can still be shown.
      if (!isFault(thrown, UNSAVED)) throw thrown;
      return { mediaType, bytes };
    }
    // Its type is known by now.
    return { mediaType: (await this.#store.picture(mediaId))?.mediaType ?? mediaType, bytes };
  }

  #readQuery({ text, ...filters }: ArticleQuery): ReadArticleQuery {
    const { clauses } = parseQuery(text, this.#options.nowMs(), 'articles');
    return { ...filters, clauses: withSourceIds(clauses, this.#options.sourceNames()) };
  }

  /** @returns the addresses of its pictures */
  async #fetch(
    id: string,
    rev: number,
    isPageWanted = false,
  ): Promise<ReadonlyMap<string, string>> {
    const source = this.#options.sourceOf(id);
    if (!source) throw new AppError('offline', 'The source of this article isn’t open');
    const here = (await this.#store.detail(id))?.detail ?? null;
    const detail = await source.article(id, { here, isPageWanted });
    // Of a source that counts none the revision is the one that its list has led to.
    await this.#store.save(isForeignSource(source.id) ? { ...detail, rev } : detail);
    return new Map(detail.media.map(({ mediaId, url }) => [mediaId, url]));
  }

  /** @returns what its pictures took that were fetched, bytes */
  async #storeComplete(
    id: string,
    { byHand, isPageWanted = false }: { byHand: boolean; isPageWanted?: boolean },
  ): Promise<number> {
    const row = await this.#store.row(id);
    if (!row) throw new AppError('not-found', 'No such article');
    let addresses: ReadonlyMap<string, string> = new Map();
    try {
      addresses = await this.#fetch(id, row.rev, isPageWanted);
    } catch (thrown) {
      // What a source has no more, and what can't be read of a page, is here as it was listed.
      const stored = await this.#store.detail(id);
      if (!stored || isPageWanted || !isSettled(thrown)) throw thrown;
      // As current as it gets: it isn't asked for again before its source has another version.
      await this.#store.save({ ...stored.detail, rev: row.rev });
    }
    // The others come when it is opened: one article must not take the room of all.
    const limits = byHand
      ? undefined
      : { bytes: this.#options.rules().limitBytes * MAX_SHARE, ms: MAX_PICTURES_MS };
    const taken = await this.#storePictures(id, addresses, limits);
    await this.#store.setStored(id, byHand);
    return taken;
  }

  /**
   * @param addresses of pictures, where they are known better than they are stored
   * @param limits from which on no further one is fetched
   * @returns what those took that were fetched, bytes
   */
  async #storePictures(
    id: string,
    addresses: ReadonlyMap<string, string>,
    limits = { bytes: Infinity, ms: Infinity },
  ): Promise<number> {
    const source = this.#options.sourceOf(id);
    if (!source) throw new AppError('offline', 'The source of this article isn’t open');
    const of = articleOf(id, (await this.#store.detail(id))?.detail ?? null);
    const startedAt = this.#options.nowMs();
    let taken = 0;
    for (const { mediaId, url } of await this.#store.missingPictures(id)) {
      const address = addresses.get(mediaId) ?? url;
      // What isn't stored can't be asked for without the article.
      if (address === '') continue;
      if (taken >= limits.bytes || this.#options.nowMs() - startedAt >= limits.ms) break;
      try {
        const bytes = await source.picture(address, of);
        await this.#store.savePicture(mediaId, bytes);
        taken += bytes.length;
      } catch (thrown) {
        // One that is gone, or isn't a picture, doesn't keep the text from being here.
        if (!isFault(thrown, ['not-found', 'origin-error', 'redirect-refused'])) throw thrown;
      }
    }
    return taken;
  }

  async #view(detail: ArticleDetail, row: ArticleRow, isChanged: boolean): Promise<ArticleView> {
    const { excerpt: _, ...facts } = row;
    const pictures = await this.#store.picturesHere(row.id);
    return {
      ...facts,
      alternativeHeadline: detail.alternativeHeadline,
      // Its page may have more than its list.
      isWhole: detail.isWhole,
      byline: detail.byline,
      dir: detail.dir,
      correctionNote: detail.correctionNote,
      isChanged,
      bodyHtml: detail.bodyHtml,
      copyrightNotice: detail.copyrightNotice,
      usageTerms: detail.usageTerms,
      canonicalUrl: detail.canonicalUrl,
      media: detail.media.map(({ mediaId, role, width, height, alt, caption, credit }) => ({
        mediaId,
        role,
        width,
        height,
        alt,
        caption,
        credit,
      })),
      bytes: Buffer.byteLength(detail.bodyHtml) + pictures.bytes,
      pictures: pictures.count,
      relatedAssets: await this.#options.assets(detail.relatedAssetIds),
      translations: detail.translations,
    };
  }
}

export type ArticleText = { updatedAt: number; headline: string; summary: string; text: string };
const textOf = (of: {
  updatedAt: string;
  headline: string;
  summary: string;
  bodyText: string;
}): ArticleText => ({
  updatedAt: Date.parse(of.updatedAt),
  headline: of.headline,
  summary: of.summary,
  text: of.bodyText,
});

async function changesOf(
  service: ServiceArticles,
  since: string | null,
): ReturnType<ServiceArticles['changes']> {
  try {
    return await service.changes(since);
  } catch (thrown) {
    if (since !== null && thrown instanceof AppError && thrown.code === 'cursor-expired')
      return service.changes(null);
    throw thrown;
  }
}

const articleOf = (
  id: string,
  here: ArticleDetail | null,
): Pick<ArticleDetail, 'id' | 'canonicalUrl'> => ({ id, canonicalUrl: here?.canonicalUrl ?? '' });

async function addressOf(
  source: ArticleSource,
  articleId: string,
  mediaId: string,
  here: ArticleDetail | null,
): Promise<string | null> {
  const { media } = await source.article(articleId, { here, isPageWanted: false });
  return media.find((one) => one.mediaId === mediaId)?.url ?? null;
}
