import type * as z from 'zod';
import type { ArticleDetail } from '../../shared/api/articles.ts';
import type { articleDetail } from '../../shared/contract/articles.ts';
import { AppError } from '../../shared/errors.ts';
import type {
  ArticleList,
  ArticleQuery,
  ArticlesApi,
  ArticleStore,
  ListRange,
  PictureStore,
} from './ports.ts';

export type ArticleView = z.infer<typeof articleDetail>;
type Options = {
  api: ArticlesApi;
  shelf: ArticleStore;
  pictures: PictureStore;
  /** The video beside the text. */
  assets(ids: string[]): Promise<ArticleView['relatedAssets']>;
  onChanged(ids: string[]): void;
};

/** How many of the newest articles are stored whole by themselves. */
const KEEP_NEWEST = 300;

/** Articles: the list, the texts, and what is stored of them. Throws `AppError` only. */
export class Articles {
  readonly #api: ArticlesApi;
  readonly #shelf: ArticleStore;
  readonly #pictures: PictureStore;
  readonly #assets: Options['assets'];
  readonly #onChanged: Options['onChanged'];

  constructor({ api, shelf, pictures, assets, onChanged }: Options) {
    this.#api = api;
    this.#shelf = shelf;
    this.#pictures = pictures;
    this.#assets = assets;
    this.#onChanged = onChanged;
  }

  list(query: ArticleQuery, range: ListRange): Promise<ArticleList> {
    return this.#shelf.list(query, range);
  }

  /** From this machine where it is stored in its present revision, else from the service. */
  async get(id: string): Promise<ArticleView> {
    const row = await this.#shelf.row(id);
    if (!row) throw new AppError('not-found', 'This article is not in the list');
    if (row.withdrawn)
      throw new AppError('withdrawn', 'The article was withdrawn by its publisher');
    let kept = await this.#shelf.detail(id);
    if (!kept || kept.detail.rev < row.rev) {
      try {
        await this.#shelf.save(await this.#api.article(id));
        kept = await this.#shelf.detail(id);
      } catch (thrown) {
        if (!kept || !(thrown instanceof AppError)) throw thrown; // an older text is better than none
      }
    }
    if (!kept) throw new AppError('not-found', 'This article is not there any more');
    return this.#view(kept.detail, row, kept.position);
  }

  async mark(id: string, marks: { read?: boolean; position?: number }): Promise<void> {
    await this.#shelf.mark(id, marks);
    if (marks.read !== undefined) this.#onChanged([id]);
  }

  async setStored(id: string, stored: boolean): Promise<void> {
    if (stored) await this.#store(id);
    else {
      await this.#shelf.setStored(id, false);
      await this.#clean();
    }
    this.#onChanged([id]);
  }

  /**
   * Fetches what is new, then whole texts and pictures. An article that fails does not keep the
   * others; the first error is thrown at the end.
   */
  async sync(): Promise<void> {
    let since = await this.#shelf.cursor();
    for (let more = true; more;) {
      const page = await this.#changes(since);
      // Would be asked for without end.
      if (page.hasMore && page.cursor === since)
        throw new AppError(
          'service-error',
          'The service says that there is more, and does not go on',
        );
      const changed = await this.#shelf.apply(page.changes, page.cursor);
      if (changed.length > 0) this.#onChanged(changed);
      since = page.cursor;
      more = page.hasMore;
    }
    let failure: unknown = null;
    for (const id of await this.#shelf.missing(KEEP_NEWEST)) {
      try {
        await this.#store(id);
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
    await this.#clean();
    if (failure !== null) throw failure;
  }

  /**
   * A picture of an article: from this machine, else fetched, and kept where its article is stored.
   * Null where no article has it.
   */
  async picture(mediaId: string): Promise<{ mediaType: string; bytes: Uint8Array } | null> {
    const picture = await this.#shelf.picture(mediaId);
    if (!picture) return null;
    let bytes = await this.#pictures.read(picture.sha256);
    if (!bytes) {
      bytes = await this.#api.picture(picture.url);
      try {
        await this.#pictures.put(picture.sha256, bytes);
      } catch (thrown) {
        // What cannot be kept can still be shown.
        if (!(thrown instanceof AppError) || !['disk-full', 'disk-error'].includes(thrown.code))
          throw thrown;
      }
    }
    return { mediaType: picture.mediaType, bytes };
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

  async #store(id: string): Promise<void> {
    const detail = await this.#api.article(id);
    await this.#shelf.save(detail);
    for (const media of detail.media) {
      if (!(await this.#pictures.has(media.sha256)))
        await this.#pictures.put(media.sha256, await this.#api.picture(media.url));
    }
    await this.#shelf.setStored(id, true);
  }

  async #clean(): Promise<void> {
    const unused = await this.#shelf.unusedPictures();
    // The row goes first: a file without a row is only space, a row without its file would be a
    // lie.
    await this.#shelf.forgetPictures(unused);
    for (const sha256 of unused) await this.#pictures.remove(sha256);
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
