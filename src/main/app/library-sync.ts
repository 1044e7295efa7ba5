import type * as z from 'zod';
import type { libraryState } from '../../shared/contract/catalogue.ts';
import { AppError, toWire, type WireError } from '../../shared/errors.ts';
import type { Log } from '../adapters/log.ts';
import type { ServiceSession } from './service-session.ts';
import type { MediaHandler } from '../adapters/service/media.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';

export type LibraryView = z.infer<typeof libraryState>;
type ServiceFault = WireError & { since: number };
export type LibrarySyncOptions = {
  session(): ServiceSession | null;
  /** Of all sources that are shown. */
  counts(): Promise<Pick<LibraryView, 'assets' | 'articles' | 'storedBytes'>>;
  /** The service's clock, ms since 1970. */
  clock(): number;
  log: Log;
  onChanged(view: LibraryView): void;
};

/**
 * Poll interval that the service asks for. While unreachable it is retried more often, so that the
 * app recovers soon after the network.
 */
const POLL_MS = 60_000;
const RETRY_MS = 10_000;

/**
 * Polls the service for changes of the library, and publishes the state of the library of all
 * sources.
 */
export class LibrarySync {
  #view: LibraryView = {
    rev: 0,
    assets: 0,
    articles: 0,
    syncing: false,
    syncedAt: null,
    storedBytes: 0,
  };
  #timer: NodeJS.Timeout | null = null;
  #running = false;
  /** Syncs that are awaited: a later one runs after the one before. */
  #awaited = 0;
  #latest = 0;
  #fault: ServiceFault | null = null;
  /** When the service was last synced, which its own state shows. */
  #serviceSyncedAt: number | null = null;
  readonly #options: LibrarySyncOptions;

  constructor(options: LibrarySyncOptions) {
    this.#options = options;
  }

  /** State of the service's own polls. */
  get service(): { syncedAt: number | null; fault: ServiceFault | null } {
    return { syncedAt: this.#serviceSyncedAt, fault: this.#fault };
  }

  /** Another source has changed, by a sync that was complete or by anything else. */
  async refresh(isSynced: boolean): Promise<void> {
    const { counts, clock } = this.#options;
    this.#publish({ ...(await counts()), ...(isSynced ? { syncedAt: clock() } : {}) });
  }

  get view(): LibraryView {
    return this.#view;
  }

  /**
   * Next revision; all pushes about the library share one counter, so that receivers can drop old
   * ones.
   */
  nextRev(): number {
    this.#view = { ...this.#view, rev: this.#view.rev + 1 };
    return this.#view.rev;
  }

  start(): void {
    this.#running = true;
    void this.#round();
  }

  stop(): void {
    this.#running = false;
    this.#fault = null;
    this.#serviceSyncedAt = null;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Starts a round early, after a change of language or account. */
  requestSync(): void {
    if (!this.#running) return;
    if (this.#timer) clearTimeout(this.#timer);
    void this.#round();
  }

  /**
   * Fetches changes now. A `rate-limited` answer is no failure if an earlier sync has succeeded.
   *
   * @throws what made the sync fail
   */
  async sync(): Promise<LibraryView> {
    try {
      return await this.#fetch();
    } catch (thrown) {
      if (
        this.#view.syncedAt !== null &&
        thrown instanceof AppError &&
        thrown.code === 'rate-limited'
      )
        return this.#view;
      throw thrown;
    }
  }

  async #fetch(): Promise<LibraryView> {
    const { session: current, counts, clock } = this.#options;
    const session = current();
    if (!session) throw new AppError('offline', 'No service is set up');
    this.#awaited += 1;
    const result: Partial<LibraryView> = {};
    try {
      this.#publish({ syncing: true, ...(await counts()) });
      await session.sync();
      this.#fault = null;
      this.#serviceSyncedAt = clock();
      result.syncedAt = this.#serviceSyncedAt;
    } catch (thrown) {
      this.#fault = { ...toWire(thrown), since: this.#fault?.since ?? clock() };
      throw thrown;
    } finally {
      this.#awaited -= 1;
      this.#publish({ ...result, syncing: this.#awaited > 0, ...(await counts()) });
    }
    return this.#view;
  }

  async #round(): Promise<void> {
    const session = this.#options.session();
    this.#latest += 1;
    const round = this.#latest;
    // Stopped, switched to another service, or superseded by a later round.
    const isOver = (): boolean =>
      !this.#running || session !== this.#options.session() || round !== this.#latest;
    let wait = POLL_MS;
    try {
      await session?.account.flushSignOut();
      await this.#fetch();
      if (session?.account.view.status === 'signed-in') await session.account.refreshProfile();
    } catch (thrown) {
      if (isOver()) return;
      if (thrown instanceof AppError)
        this.#options.log.info(`sync: ${thrown.code}: ${thrown.message}`);
      else this.#options.log.error('sync', thrown);
      wait = Math.min(
        Math.max(RETRY_MS, (thrown instanceof AppError && thrown.detail.retryAfterMs) || 0),
        POLL_MS,
      );
    }
    if (isOver()) return;
    this.#timer = setTimeout(() => void this.#round(), wait);
    this.#timer.unref();
  }

  #publish(change: Partial<LibraryView>): void {
    this.#view = { ...this.#view, ...change, rev: this.#view.rev + 1 };
    this.#options.onChanged(this.#view);
  }
}

/** Number of newest assets whose thumbnails are prefetched; others are fetched when shown. */
const NEWEST = 200;

/**
 * Fetches the thumbnails of the newest assets after each sync, sequentially, so that they are there
 * offline. Failures are retried after the next sync.
 *
 * @returns the listener for the library's state
 */
export function prefetchThumbnails(
  catalogue: () => Catalogue | undefined,
  media: MediaHandler,
): (view: LibraryView) => void {
  let syncedAt: number | null = null;
  let running = false;

  async function fetchAll(): Promise<void> {
    const page = await catalogue()?.search(
      { text: '', sort: 'newest' },
      { offset: 0, count: NEWEST },
    );
    for (const { id } of page?.items ?? []) {
      const { status } = await media(`thumb/${encodeURIComponent(id)}`, null);
      if (status >= 500) return;
    }
  }

  return (view) => {
    if (view.syncing || view.syncedAt === null || view.syncedAt === syncedAt || running) return;
    syncedAt = view.syncedAt;
    running = true;
    // Prefetching is best effort; the library may close meanwhile.
    void fetchAll()
      .catch(() => undefined)
      .finally(() => {
        running = false;
      });
  };
}
