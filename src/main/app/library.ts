import { Catalogue } from '../catalogue/catalogue.ts';
import type { CatalogueSource } from '../catalogue/ports.ts';
import type { ArticleStore } from '../articles/ports.ts';
import type { LibraryDamage } from '../threads/channels.ts';
import { startLibraryWorker, type LibraryWorker } from '../threads/library.ts';

type Options = {
  home: string;
  serviceNow(): number;
  localAssets(): ReadonlySet<string>;
  language(): string;
  /** Called with a text for the log when the library thread has died. */
  onError(message: string): void;
  onDamaged(damage: LibraryDamage): void;
};
type Opened = { worker: LibraryWorker; catalogue: Catalogue };

/** The library of this home, with the sources whose assets and articles it shows. */
export class Library {
  readonly #options: Options;
  readonly #sources: CatalogueSource[] = [];
  #opened: Opened | null = null;

  constructor(options: Options) {
    this.#options = options;
  }

  get catalogue(): Catalogue {
    return this.#open().catalogue;
  }

  get store(): LibraryWorker['catalogue'] {
    return this.#open().worker.catalogue;
  }

  get articles(): ArticleStore {
    return this.#open().worker.articles;
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
    await this.#opened?.worker.close();
    this.#opened = null;
  }

  /** With the first source: commands on the queue alone start without it. */
  #open(): Opened {
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
    // What prevents it, such as a full disk, is what the next question is answered with.
    void this.#open()
      .worker.show(this.#sources.map(({ id }) => id))
      .catch(() => undefined);
  }
}
