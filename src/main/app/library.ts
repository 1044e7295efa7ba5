import { Catalogue } from '../catalogue/catalogue.ts';
import type { AssetRights, CatalogueSource } from '../catalogue/ports.ts';
import type { ArticleStore } from '../articles/ports.ts';
import type { RightsViewer } from '../catalogue/rights.ts';
import type { SourceId } from '../../shared/model/source.ts';
import type { LibraryDamage } from '../threads/channels.ts';
import { startLibraryWorker, type LibraryWorker } from '../threads/library.ts';
import { AppError, toWire } from '../../shared/errors.ts';

type Options = {
  home: string;
  viewer(): RightsViewer;
  localAssets(): ReadonlySet<string>;
  language(): string;
  /** Called with a text for the log when the library thread has died. */
  /** What people call the sources. */
  sourceNames(): readonly { id: string; name: string }[];
  onError(message: string): void;
  onDamaged(damage: LibraryDamage): void;
};
type Opened = { worker: LibraryWorker; catalogue: Catalogue };

/** The library of this home, with the sources whose assets and articles it shows. */
export class Library {
  readonly #options: Options;
  readonly #sources: CatalogueSource[] = [];
  #opened: Opened | null = null;
  #isClosed = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** True while no source is set up. */
  get isEmpty(): boolean {
    return this.#sources.length === 0;
  }

  /** @throws `offline` while no source is set up */
  get catalogue(): Catalogue {
    if (this.isEmpty) throw new AppError('offline', 'No source is set up', { retryable: true });
    return this.#open().catalogue;
  }

  /**
   * Rights by what is stored of these sources, also while none of them is open: what lies on the disk
   * is judged without them.
   */
  async storedRights(assetIds: string[], sources: SourceId[]): Promise<AssetRights[]> {
    const { worker, catalogue } = this.#open();
    if (this.isEmpty) await worker.show(sources);
    return catalogue.rights(assetIds);
  }

  get store(): LibraryWorker['catalogue'] {
    return this.#open().worker.catalogue;
  }

  get articles(): ArticleStore {
    return this.#open().worker.articles;
  }

  /** What is shown of all sources together. */
  async counts(): Promise<{ assets: number; articles: number; storedBytes: number }> {
    // Without a source there may be saved pages; they open it.
    if (this.isEmpty && !this.#opened) return { assets: 0, articles: 0, storedBytes: 0 };
    const { catalogue, articles } = this.#open().worker;
    const counts = Object.values(await catalogue.counts());
    return {
      assets: counts.reduce((sum, count) => sum + count, 0),
      articles: await articles.count(),
      storedBytes: await articles.storedBytes(),
    };
  }

  add(source: CatalogueSource): void {
    this.#sources.push(source);
    this.#show();
  }

  /** Takes the rows of a source out of all lists; they stay for when it is added again. */
  remove(source: CatalogueSource): void {
    const at = this.#sources.indexOf(source);
    if (at === -1) return;
    this.#sources.splice(at, 1);
    this.#show();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#opened?.worker.close();
    this.#opened = null;
  }

  /** With the first source: commands on the queue alone start without it. */
  #open(): Opened {
    if (this.#isClosed) throw new AppError('offline', 'The library is closed');
    this.#opened ??= this.#start();
    return this.#opened;
  }

  #start(): Opened {
    const { home, onError, onDamaged, ...options } = this.#options;
    const worker = startLibraryWorker(home, { onError, onDamaged });
    const catalogue = new Catalogue({
      ...options,
      store: worker.catalogue,
      sourceFor: (id) => this.#sources.find((source) => source.owns(id)) ?? null,
      articlesAbout: (id) => worker.articles.relatedTo(id),
    });
    return { worker, catalogue };
  }

  #show(): void {
    const { onError } = this.#options;
    // What prevents it, such as a full disk, is also what the next question is answered with.
    if (this.isEmpty && !this.#opened) return;
    void this.#open()
      .worker.show(this.#sources.map(({ id }) => id))
      .catch((thrown: unknown) => onError(`sources: ${toWire(thrown).message}`));
  }
}
