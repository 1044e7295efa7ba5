import type * as z from 'zod';
import type { ArticleDetail } from '../../shared/api/articles.ts';
import type { articleDetail } from '../../shared/contract/articles.ts';
import { AppError } from '../../shared/errors.ts';
import { boundedRun } from '../../shared/model/changes.ts';
import type { SourceId } from '../../shared/model/source.ts';
import type { ArticleList, ArticleQuery, ArticlesApi, ArticleStore, ListRange } from './ports.ts';

export type ArticleView = z.infer<typeof articleDetail>;
type Options = {
  source: SourceId;
  api: ArticlesApi;
  store: ArticleStore;
  /** Rows of the related assets. */
  assets(ids: string[]): Promise<ArticleView['relatedAssets']>;
  onChanged(ids: string[]): void;
};

/** Number of newest articles that are stored for offline reading automatically. */
const KEEP_NEWEST = 300;

/** The articles: list, texts and offline copies. Throws `AppError` only. */
export class Articles {
  readonly #source: SourceId;
  readonly #api: ArticlesApi;
  readonly #store: ArticleStore;
  readonly #assets: Options['assets'];
  readonly #onChanged: Options['onChanged'];

  constructor({ source, api, store, assets, onChanged }: Options) {
    this.#source = source;
    this.#api = api;
    this.#store = store;
    this.#assets = assets;
    this.#onChanged = onChanged;
  }

  list(query: ArticleQuery, range: ListRange): Promise<ArticleList> {
    return this.#store.list(query, range);
  }

  /** Reads the stored copy if it is of the current revision, else fetches the article. */
  async get(id: string): Promise<ArticleView> {
    const row = await this.#store.row(id);
    if (!row) throw new AppError('not-found', 'No such article');
    if (row.withdrawn)
      throw new AppError('withdrawn', 'Withdrawn by the publisher. Do not use it.');
    let stored = await this.#store.detail(id);
    if (!stored || stored.detail.rev < row.rev) {
      try {
        await this.#store.save(await this.#api.article(id));
        stored = await this.#store.detail(id);
      } catch (thrown) {
        // an outdated copy is better than none
        if (!stored || !(thrown instanceof AppError)) throw thrown;
      }
    }
    if (!stored) throw new AppError('not-found', 'This article is no longer available');
    return this.#view(stored.detail, row, stored.position);
  }

  async mark(id: string, marks: { read?: boolean; position?: number }): Promise<void> {
    await this.#store.mark(id, marks);
    if (marks.read !== undefined) this.#onChanged([id]);
  }

  async setStored(id: string, stored: boolean): Promise<void> {
    if (stored) await this.#storeComplete(id);
    else {
      await this.#store.setStored(id, false);
      await this.#store.removeUnusedPictures();
    }
    this.#onChanged([id]);
  }

  /**
   * Fetches changes, then texts and pictures of the newest articles. A failing article does not
   * stop the others; the first error is thrown at the end.
   */
  async sync(): Promise<void> {
    let since = await this.#store.cursor(this.#source);
    const check = boundedRun(since);
    for (let more = true; more;) {
      const page = await this.#changes(since);
      check(page);
      const changed = await this.#store.apply(this.#source, page.changes, page.cursor);
      if (changed.length > 0) this.#onChanged(changed);
      since = page.cursor;
      more = page.hasMore;
    }
    let failure: unknown = null;
    for (const id of await this.#store.missing(KEEP_NEWEST)) {
      try {
        await this.#storeComplete(id);
        this.#onChanged([id]);
      } catch (thrown) {
        if (
          !(thrown instanceof AppError) ||
          ['offline', 'service-unreachable', 'timeout', 'disk-full', 'disk-error'].includes(
            thrown.code,
          )
        )
          throw thrown;
        failure ??= thrown;
      }
    }
    await this.#store.removeUnusedPictures();
    if (failure !== null) throw failure;
  }

  /**
   * Reads a picture from disk or fetches it; what was fetched is stored. Null if no article has
   * it.
   */
  async picture(mediaId: string): Promise<{ mediaType: string; bytes: Uint8Array } | null> {
    const picture = await this.#store.picture(mediaId);
    if (!picture) return null;
    const { mediaType, sha256, url } = picture;
    if (picture.bytes) return { mediaType, bytes: picture.bytes };
    const bytes = await this.#api.picture(url);
    try {
      await this.#store.savePicture(sha256, bytes);
    } catch (thrown) {
      // A picture that cannot be saved can still be shown.
      if (
        !(thrown instanceof AppError) ||
        !['disk-full', 'disk-error', 'service-error'].includes(thrown.code)
      )
        throw thrown;
    }
    return { mediaType, bytes };
  }

  async #changes(since: string | null): Promise<Awaited<ReturnType<ArticlesApi['changes']>>> {
    try {
      return await this.#api.changes(since);
    } catch (thrown) {
      if (since !== null && thrown instanceof AppError && thrown.code === 'cursor-expired')
        return this.#api.changes(null);
      throw thrown;
    }
  }

  async #storeComplete(id: string): Promise<void> {
    const detail = await this.#api.article(id);
    await this.#store.save(detail);
    for (const { sha256, url } of await this.#store.missingPictures(id))
      await this.#store.savePicture(sha256, await this.#api.picture(url));
    await this.#store.setStored(id, true);
  }

  async #view(
    detail: ArticleDetail,
    row: NonNullable<Awaited<ReturnType<ArticleStore['row']>>>,
    position: number,
  ): Promise<ArticleView> {
    return {
      ...row,
      alternativeHeadline: detail.alternativeHeadline,
      byline: detail.byline,
      dir: detail.dir,
      correctionNote: detail.correctionNote,
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
      relatedAssets: await this.#assets(detail.relatedAssetIds),
      position,
      translations: detail.translations,
    };
  }
}
